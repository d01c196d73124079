//! The answers: a row for each flag and combination, a column for each environment.

use super::{EXPECT, FORM, Shown};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::when;
use crate::engine::Explanation;
use crate::pages::explanation::{trace, words};
use crate::pages::flag_head;
use crate::pages::personas::expected;
use crate::server::services::playground::{Answers, CELLS, Cell as Answer, Row as Asked};
use crate::server::services::status;
use crate::server::serving::Snapshot;

pub fn view(shown: &Shown, answers: &Answers) -> Html {
    let absent: Vec<_> = answers.absent.iter().map(|why| view! { <li>{why.clone()}</li> }).collect();
    let absent = (!absent.is_empty()).then(|| {
        view! { <Banner tone=Tone::Warn title="Not everything could be asked for."><ul>{absent}</ul></Banner> }
    });
    if answers.rows.is_empty() {
        let typed = shown.asked.search.clone();
        let clear = if typed.trim().is_empty() { "flags" } else { "?" };
        return view! { {absent} <EmptyFiltered noun="flags" query=typed clear=clear /> };
    }
    let rows: Vec<_> = answers.rows.iter().map(|row| self::row(shown, answers, row)).collect();
    let head: Vec<_> = answers.environments.iter().map(|snapshot| column(snapshot)).collect();
    let head = view! { <Column label="Flag" />{head} };
    let (page, pages) = (answers.page as u64, answers.pages as u64);
    let (summary, moment, hidden) = (summary(answers), moment(shown), hidden(shown));
    view! {
        {absent}
        {bound(answers)}
        <section class="stack answers" aria-labelledby="answers">
            <header class="bar"><h2 id="answers">"Answers"</h2><span class="sub">{summary}" · "{moment}</span></header>
            {hidden}
            <Table caption="What each flag answers in each environment" head=head>{rows}</Table>
            {paging(shown, page, pages)}
        </section>
    }
}

/// Links; buttons of the form where its fields hold what no link may.
fn paging(shown: &Shown, page: u64, pages: u64) -> Html {
    if shown.private.is_empty() {
        let query = shown.query.clone();
        return view! { <Paging page=page pages=pages query=query /> };
    }
    let button = |number: u64, label: &'static str| {
        let shown = (1..=pages).contains(&number);
        shown.then(|| view! { <Button form=FORM name="page" value=number.to_string() kind=ButtonKind::Quiet>{label}</Button> })
    };
    let said = format!("Page {page} of {pages}");
    (pages > 1)
        .then(|| view! { <nav class="paging" aria-label="Pages">{button(page - 1, "Previous")}<span class="sub">{said}</span>{button(page + 1, "Next")}</nav> }).draw()
}

/// `8 flags × 3 environments × 2 contexts`
fn summary(answers: &Answers) -> String {
    let count = |count: u64, noun: &str| if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") };
    let (flags, environments) = (answers.flags as u64, answers.environments.len() as u64);
    let contexts = if answers.shown > 1 { format!(" × {}", count(answers.shown, "context")) } else { String::new() };
    format!("{} × {}{contexts}", count(flags, "flag"), count(environments, "environment"))
}

fn moment(shown: &Shown) -> String {
    shown.at.map_or_else(|| "now".to_owned(), |at| format!("at {}, {}", when::exact_second(at), when::relative(at, shown.now)))
}

fn hidden(shown: &Shown) -> Option<Html> {
    let is_viewer = shown.project.role == Role::Viewer;
    is_viewer.then(|| view! { <p class="sub">"Whom lists name is not shown to viewers, so a reason may be told in part."</p> })
}

/// Says it where not all combinations stand on the page.
fn bound(answers: &Answers) -> Option<Html> {
    (answers.shown < answers.combinations).then(|| {
        let all = match answers.combinations {
            u64::MAX => "more than can be counted".to_owned(),
            count => crate::domain::count::counted(count),
        };
        let title = format!("Only the first {} combinations are shown, of {all}.", answers.shown);
        let text = format!("At most {CELLS} answers stand on a page. Choose fewer environments, or write fewer values.");
        view! { <Banner tone=Tone::Warn title=title><p>{text}</p></Banner> }
    })
}

fn column(snapshot: &Snapshot) -> Html {
    let environment = &snapshot.environment.environment;
    let (name, colour) = (environment.name.clone(), environment.colour);
    view! { <Column label=name.clone()><EnvironmentBadge colour=colour name=name.clone() /></Column> }
}

fn row(shown: &Shown, answers: &Answers, row: &Asked) -> Html {
    let key = row.flag.to_string();
    let href = flag_head::address(&shown.project, &key);
    let varying: Vec<_> = row.varying.iter().map(|(name, value)| view! { <code>{format!("{name}: {value}")}</code> }).collect();
    let varying = (!varying.is_empty()).then(|| view! { <div class="bar sub">{varying}</div> });
    let cells: Vec<_> = answers
        .environments
        .iter()
        .zip(&row.cells)
        .map(|(snapshot, answer)| cell(shown, snapshot, &key, answer.as_ref()))
        .collect();
    view! { <Row><RowHead><a class="key" href=href>{key}</a>{varying}</RowHead>{cells}</Row> }
}

fn cell(shown: &Shown, snapshot: &Snapshot, flag: &str, answer: Option<&Answer>) -> Html {
    let environment = &snapshot.environment.environment;
    let label = environment.name.clone();
    let Some(answer) = answer else { return view! { <Cell label=label><span class="sub">"–"</span></Cell> } };
    let explanation = &answer.live;
    let (variant, value) = (explanation.variant.clone(), explanation.value.to_string());
    let (reason, code, steps) = (words(explanation.reason), explanation.reason.as_str(), trace(explanation));
    let standing = answer.expected.as_ref().zip(answer.standing.as_ref()).map(|(name, standing)| expected::badge(name, standing));
    let draft = answer.draft.as_ref().map(|draft| with_draft(draft, draft.variant != explanation.variant));
    let rules = format!("{}/{}", flag_head::address(&shown.project, flag), environment.key);
    let expect = expect(shown, environment.key.as_str(), flag, answer);
    // Of another moment one asks for everybody rather than for somebody.
    let everybody =
        shown.at.zip(snapshot.flag(flag)).map(|(at, served)| view! { <p class="sub">{status::serves(served, at)}</p> });
    view! {
        <Cell label=label full=true>
            <div class="given">
                {everybody}
                <p class="got"><b>{variant}</b>" "<code class="clamp">{value}</code></p>
                <p class="sub">{reason}" "<code>{code}</code></p>
                {standing}
                {draft}
                <Disclosure label="Step by step" icon=Glyph::Info>
                    {steps}
                    <div class="bar mt"><a href=rules>"Its rules"</a>{expect}</div>
                </Disclosure>
            </div>
        </Cell>
    }
}

/// What one's own draft would answer.
fn with_draft(explanation: &Explanation, differs: bool) -> Html {
    let (variant, reason, steps) = (explanation.variant.clone(), words(explanation.reason), trace(explanation));
    let badge = differs.then(|| view! { <Badge tone=Tone::Warn icon=Glyph::Edit text="differs" /> });
    view! {
        <p class="got">"Your draft: "<b>{variant}</b>" "{badge}</p>
        <p class="sub">{reason}</p>
        <Disclosure label="Your draft, step by step" icon=Glyph::Edit>{steps}</Disclosure>
    }
}

/// Makes this answer one that the persona should get; of the present alone, because that is what is held against it.
fn expect(shown: &Shown, environment: &str, flag: &str, answer: &Answer) -> Option<Html> {
    let stored = shown.persona.as_ref()?;
    let is_expected = answer.expected.as_ref().is_some_and(|name| name.as_str() == answer.live.variant);
    if shown.at.is_some() || is_expected || shown.project.refusal(Role::Editor).is_some() {
        return None;
    }
    let fields = [
        ("_form", EXPECT.to_owned()),
        ("persona", stored.persona.key.to_string()),
        ("base_version", stored.version.to_string()),
        ("environment", environment.to_owned()),
        ("flag", flag.to_owned()),
        ("variant", answer.live.variant.clone()),
    ];
    let label = format!("Expect {} of {flag} in {environment}", answer.live.variant);
    let fields: Vec<_> =
        fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    Some(view! { <form method="post">{fields}<Button icon=Glyph::Check label=label>"Expect this"</Button></form> })
}
