//! How a draft's page is put together.

use super::{DETACH, DISCARD, SAVE, SETTLE, Shown, button, clashes, discard, edits, personas};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::diff::{DiffRow, diff};
use crate::domain::environment::Protection;
use crate::domain::state::State;
use crate::pages::state_change::note;
use crate::pages::{confirm, policy};
use crate::pages::{schedule_draft, scheduled};
use crate::server::services::audit;
use crate::server::services::drafts::{Since, Standing};

pub fn page(shown: &Shown) -> Html {
    let crumbs = vec![
        Crumb::new("Flags", format!("/p/{}/flags", shown.project.key())),
        Crumb::new(shown.live.flag_key().to_string(), format!("/p/{}/flags/{}", shown.project.key(), shown.live.flag_key())),
        Crumb::new(shown.live.environment_key().to_string(), shown.flag()),
    ];
    let environment = &shown.live.snapshot.environment.environment;
    let (colour, name) = (environment.colour, environment.key.to_string());
    let (now, stored) = (shown.now, &shown.listed.stored);
    let (title, standing, changes, actions) = (shown.title(), standing(shown), changes(shown), actions(shown));
    let (personas, edits) = (personas::card(&shown.verdicts), edits(&shown.listed, &shown.project));
    let scheduled = scheduled::banners(&shown.project, &shown.scheduled, shown.now);
    let (author, updated, begun) = (shown.listed.author.clone(), stored.updated_at, stored.created_at);
    view! {
        <PageHeading title=title crumbs=crumbs lead="Not saved yet: nobody is served by it.">
            <EnvironmentBadge colour=colour name=name />
        </PageHeading>
        <div class="stack">
            <Refused forms=vec![SAVE, DISCARD, SETTLE, DETACH, ""] />
            {scheduled}
            {edits}
            {standing}
            <Card id="changes" title="What changes">{changes}</Card>
            {personas}
            <Card id="about" title="About this draft">
                <Definitions wide=true>
                    <Fact label="By">{author}</Fact>
                    <Fact label="Last edited"><When at=updated now=now /></Fact>
                    <Fact label="Begun"><When at=begun now=now /></Fact>
                </Definitions>
            </Card>
            {actions}
        </div>
    }
}

fn standing(shown: &Shown) -> Html {
    let title = || format!("{}, after this draft began.", Since::told(shown.since.as_ref(), "here", shown.now));
    match &shown.standing {
        Standing::Current => ().draw(),
        Standing::Behind(_) if shown.is_mine() => {
            let update = button(&shown.listed, SETTLE, "Update my draft", ButtonKind::Plain);
            view! {
                <Banner tone=Tone::Info title=title() actions=update>
                    <p>"It touches other parts, so both fit together; below is what saving both comes to."</p>
                </Banner>
            }
        }
        Standing::Clashing(merged) if shown.is_mine() => clashes::card(shown, &merged.clashes),
        Standing::Behind(_) | Standing::Clashing(_) => view! { <Banner title=title() /> },
    }
}

fn changes(shown: &Shown) -> Html {
    let flag = &shown.live.served.stored.flag;
    let (before, after) = match &shown.standing {
        // What the flag would be after saving, beside what it is.
        Standing::Behind(merged) => (&*shown.live.served.state, &merged.state),
        Standing::Current | Standing::Clashing(_) => (&shown.draft.base, &shown.draft.after),
    };
    let (rows, note) = (rows(shown, before, after), note(flag, before, after, shown.now));
    view! { <p>{note}</p> <Diff rows=rows label="What changes" /> }
}

/// Viewers are not told whom lists name.
fn rows(shown: &Shown, before: &State, after: &State) -> Vec<DiffRow> {
    let document = |state: &State| audit::shown(state.document(), shown.project.role, &shown.schema);
    diff(&document(before), &document(after))
}

fn actions(shown: &Shown) -> Html {
    let back = view! { <LinkButton href=shown.flag() kind=ButtonKind::Quiet>"To the flag"</LinkButton> };
    if !shown.listed.is_own {
        let reason = format!("Only {} can save this draft.", shown.listed.author);
        return view! { <p class="bar"><DisabledAction reason=reason>"Save"</DisabledAction>{back}</p> };
    }
    let label = match shown.live.snapshot.environment.environment.protection {
        _ if shown.listed.stored.request.is_some() => "Put it into the request",
        _ if shown.ahead.asked.is_some() => "Request review",
        Protection::Open => "Save",
        Protection::Protected | Protection::Critical => "Review and save",
    };
    let blocked = match (&shown.lock, &shown.standing) {
        (Some(reason), _) => Some(reason.clone()),
        (None, Standing::Clashing(_)) => Some("Choose a side of every part above first.".to_owned()),
        (None, _) => None,
    };
    let clashes = matches!(shown.standing, Standing::Clashing(_) | Standing::Behind(_));
    let address = super::address(shown.project.key().as_str(), &shown.listed.stored.id);
    // A freeze of today says nothing of a later moment.
    let later = (!clashes && shown.is_mine()).then(|| {
        view! { <LinkButton href=schedule_draft::address(&address) icon=Glyph::Schedule>"Schedule…"</LinkButton> }
    });
    let save = match &blocked {
        Some(reason) => view! { <DisabledAction reason=reason.clone()>{label}</DisabledAction> },
        None => button(&shown.listed, SAVE, label, ButtonKind::Primary),
    };
    // Where no policy asks for one, whoever made it may.
    let wish = (blocked.is_none() && shown.ahead.asked.is_none() && shown.listed.stored.request.is_none()).then(|| wish(shown));
    let changes = diff(&shown.draft.base.document(), &shown.draft.after.document()).len();
    let discard = discard(shown.listed.stored.version, changes, None, None);
    let edit = view! { <LinkButton href=shown.flag()>"Go on editing"</LinkButton> };
    let asked = shown.ahead.asked.as_ref().map(|asked| {
        let told = policy::told(asked, &shown.ahead.able);
        view! { <p class="sub">{told}</p> }
    });
    view! { {asked} <div class="bar">{save}{wish}{later}{edit}{discard}</div> }
}

fn wish(shown: &Shown) -> Html {
    let version = shown.listed.stored.version;
    view! {
        <form method="post">
            <input type="hidden" name="_form" value=SAVE />
            <input type="hidden" name="draft_version" value=version />
            <Button name=confirm::ANYWAY value="on">"Ask for a review"</Button>
        </form>
    }
}
