//! How a draft of several changes looks.

use super::{AT, ELSEWHERE, GO, LATER, PAGE, PICK, REFUSED, RENEW, Shown, box_name};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::text::capital;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::pages::asks;
use crate::pages::confirm;
use crate::pages::draft::{DETACH, DISCARD, SAVE, asked_as, button, discard, edits, everywhere, personas};
use crate::server::services::drafts::bundle::BundleItem;

/// So few are shown open.
const OPEN: usize = 5;

fn number(count: usize) -> String {
    counted(count as u64)
}

pub fn page(shown: &Shown) -> Html {
    let (bundle, now) = (&shown.bundle, shown.now);
    let crumbs = vec![Crumb::new("Drafts", format!("/p/{}/drafts", bundle.project.key()))];
    let stored = &bundle.listed.stored;
    let (title, author, updated) = (stored.title.clone(), bundle.listed.author.clone(), stored.updated_at);
    let lead = match bundle.items.len() {
        1 => "1 change, not saved yet: nobody is served by it.".to_owned(),
        count => format!("{} changes, not saved yet: nobody is served by them.", number(count)),
    };
    let edits = edits(&bundle.listed, &bundle.project);
    let body = if bundle.is_mine() { form(shown) } else { read_only(shown) };
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead />
        <div class="stack">
            <Refused forms=vec![DISCARD, RENEW, DETACH, ""] />
            {edits}
            {stays(shown.stays)}
            {moved(shown)}
            {refused(shown)}
            {personas::promises(&shown.rehearsed.promises)}
            {body}
            <Card id="about" title="About this draft">
                <Definitions wide=true>
                    <Fact label="By">{author}</Fact>
                    <Fact label="Last edited"><When at=updated now=now /></Fact>
                </Definitions>
            </Card>
        </div>
    }
}

/// Not everything that a request did is taken back by its revert.
fn stays(count: usize) -> Option<Html> {
    let title = match count {
        0 => return None,
        1 => "1 change of the request is not part of this and stays as it is.".to_owned(),
        count => format!("{} changes of the request are not part of this and stay as they are.", number(count)),
    };
    let text = "What somebody changed again since, and people, teams, keys, attributes and personas, are changed back by hand; \
                the request's page names what it did.";
    Some(view! { <Banner tone=Tone::Warn title=title><p>{text}</p></Banner> })
}

/// Some of it was changed by somebody since.
fn moved(shown: &Shown) -> Option<Html> {
    let bundle = &shown.bundle;
    let count = bundle.items.iter().filter(|item| item.changed.is_some()).count();
    let title = match count {
        0 => return None,
        1 => "1 of these was changed since this draft began.".to_owned(),
        count => format!("{} of these were changed since this draft began.", number(count)),
    };
    let renew = bundle.listed.is_own.then(|| button(&bundle.listed, RENEW, "Compare with what is there now", ButtonKind::Plain));
    let text = view! { <p>"They are marked, and left out unless you compare again: then you see what you would replace."</p> };
    Some(match renew {
        Some(renew) => view! { <Banner tone=Tone::Warn title=title actions=renew>{text}</Banner> },
        None => view! { <Banner tone=Tone::Warn title=title>{text}</Banner> },
    })
}

/// Some of it would be refused.
fn refused(shown: &Shown) -> Option<Html> {
    let title = match shown.rehearsed.refused.len() {
        0 => return None,
        1 => "1 of these would be refused as it stands.".to_owned(),
        count => format!("{} of these would be refused as they stand.", number(count)),
    };
    Some(
        view! { <Banner tone=Tone::Warn title=title><p>"They say why, and are left out: the rest can be saved without them."</p></Banner> },
    )
}

fn form(shown: &Shown) -> Html {
    let bundle = &shown.bundle;
    let (asks, reviewers) = (shown.asks.clone(), shown.reviewers.clone());
    let version = bundle.listed.stored.version.to_string();
    let title = asked_as(&bundle.listed).unwrap_or_else(|| bundle.listed.stored.title.clone());
    let label = match bundle.items.len() {
        _ if bundle.listed.stored.request.is_some() => "Put it into the request",
        _ if asks.review.is_some() => "Request review",
        1 => "Save",
        _ => "Save all that is ticked",
    };
    // A review by wish: a button at first, and then part of what is sent.
    let wish = match (&asks.review, shown.wish) {
        (_, true) => view! { <input type="hidden" name=confirm::ANYWAY value="on" /> },
        (Some(_), false) => ().draw(),
        (None, false) => view! {
            <p class="bar"><Button kind=ButtonKind::Quiet name=confirm::ANYWAY value="on">"Ask for a review instead"</Button></p>
        },
    };
    let discard = discard(bundle.listed.stored.version, bundle.items.len(), None, None);
    let unticked = (bundle.items.len() > 1).then(
        || view! { <p class="sub">"In one step, or not at all. What is not ticked stays as it is, and the draft is gone."</p> },
    );
    let refused: Vec<String> = shown.rehearsed.refused.keys().map(usize::to_string).collect();
    let (page, elsewhere) = ((bundle.page + 1).to_string(), bundle.elsewhere(&shown.rehearsed));
    let (rows, label_of_pages, now) = (Row::of(shown), label_of_pages(shown), shown.now);
    let (at, pages) = (bundle.page, bundle.pages());
    view! {
        <Form id=SAVE submit=label inner_buttons=true>
            <Hidden name="draft_version" value=version />
            <input type="hidden" name=AT value=page />
            <input type="hidden" name=REFUSED value=refused.join(" ") />
            <input type="hidden" name=ELSEWHERE value=elsewhere />
            // Made in the form, where the boxes find what was ticked.
            {label_of_pages.map(|label| view! { <p class="sub">{label}</p> })}
            {list(&rows, true, now)}
            {(pages > 1).then(|| ways(at, pages))}
            {unticked}
            {asks::inputs(&asks, &title, reviewers)}
            {wish}
            <p><Button icon=Glyph::Schedule name=GO value=LATER>"Schedule…"</Button></p>
        </Form>
        <div class="bar">{discard}</div>
    }
}

/// `Changes 501 to 1 000 of 1 200. 1 180 are ticked on all pages together.`
fn label_of_pages(shown: &Shown) -> Option<String> {
    let (bundle, ticked) = (&shown.bundle, shown.rehearsed.saved().len());
    let (here, all) = (bundle.here(), bundle.items.len());
    let place = || format!("Changes {} to {} of {}.", number(here.start + 1), number(here.end), number(all));
    (all > PAGE).then(|| format!("{} {} are ticked on all pages together.", place(), number(ticked)))
}

/// Buttons to the other pages, which take along what is ticked, and such as tick everything or nothing.
fn ways(page: usize, pages: usize) -> Html {
    let to = |at: usize, label: &'static str| {
        view! { <Button name=GO value=(at + 1).to_string()>{label}</Button> }
    };
    let back = (page > 0).then(|| to(page - 1, "Previous page"));
    let forth = (page + 1 < pages).then(|| to(page + 1, "Next page"));
    let place = format!("Page {} of {pages}", page + 1);
    view! {
        <div class="bar">
            {back} <span class="sub">{place}</span> {forth}
            <Button kind=ButtonKind::Quiet name=PICK value="all">"Tick everything"</Button>
            <Button kind=ButtonKind::Quiet name=PICK value="none">"Untick everything"</Button>
        </div>
    }
}

fn read_only(shown: &Shown) -> Html {
    let bundle = &shown.bundle;
    let reason = format!("Only {} can save this draft.", bundle.listed.author);
    let list = list(&Row::of(shown), false, shown.now);
    let (page, pages) = (bundle.page as u64 + 1, bundle.pages() as u64);
    view! {
        {list}
        <Paging page=page pages=pages query=Query::default() />
        <p class="bar"><DisabledAction reason=reason>"Save"</DisabledAction></p>
    }
}

/// One change of this page.
struct Row {
    at: usize,
    item: BundleItem,
    ticked: bool,
    /// Why it would be refused.
    refused: Option<String>,
    open: bool,
}

impl Row {
    fn of(shown: &Shown) -> Vec<Self> {
        let (bundle, saved) = (&shown.bundle, shown.rehearsed.saved());
        let open = bundle.items.len() <= OPEN;
        let row = |(at, item): (usize, &BundleItem)| Self {
            at,
            item: item.clone(),
            ticked: saved.contains(&at),
            refused: shown.rehearsed.refused.get(&at).cloned(),
            open,
        };
        bundle.items.iter().enumerate().filter(|(at, _)| bundle.here().contains(at)).map(row).collect()
    }
}

fn list(rows: &[Row], boxes: bool, now: Timestamp) -> Html {
    let (everywhere, here): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.item.everywhere);
    let draw = |rows: Vec<&Row>| rows.into_iter().map(|row| change(row, boxes, now)).collect::<Vec<_>>();
    let (here, shared) = (draw(here), draw(everywhere));
    let here = (!here.is_empty()).then(|| view! { <Changes label="What changes">{here}</Changes> });
    let shared = (!shared.is_empty()).then(|| everywhere::set_apart(shared, ""));
    view! { {here} {shared} }
}

fn change(row: &Row, boxes: bool, now: Timestamp) -> Html {
    let Row { at, item, ticked, refused, open } = row;
    let (title, rows, open) = (item.title.clone(), item.rows.clone(), *open);
    let head = match boxes {
        true => view! { <Checkbox name=box_name(*at) label=title.clone() checked=*ticked /> },
        false => view! { <p><b>{title.clone()}</b></p> },
    };
    let since = item.changed.clone().map(|since| {
        let when = since.at.map(|at| format!(", {}", when::relative(at, now))).unwrap_or_default();
        view! { <p class="meta"><Badge tone=Tone::Warn text=format!("Changed since by {}{when}", since.who) /></p> }
    });
    // Of one that changed since, that is why.
    let refused = refused.clone().filter(|_| item.changed.is_none()).map(|why| {
        view! { <p class="meta"><Badge tone=Tone::Warn text="Would be refused" />" "{format!("{}.", capital(why.trim_end_matches('.')))}</p> }
    });
    let count = match rows.len() {
        1 => "1 difference".to_owned(),
        count => format!("{} differences", number(count)),
    };
    view! {
        <li class="change">
            {head}
            {since}
            {refused}
            <details open=open>
                <summary>{count}<span class="vh">{format!(" of “{title}”")}</span></summary>
                <Diff rows=rows label=format!("{title}: what changes") />
            </details>
        </li>
    }
}
