//! What is not saved yet: one's own draft with all that it changes, and who else is at work here.

use super::Shown;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::environment::Protection;
use crate::domain::merge::Choices;
use crate::domain::role::Role;
use crate::domain::text::capital;
use crate::domain::when;
use crate::pages::changes;
use crate::pages::draft::{self, SAVE, SETTLE};
use crate::pages::policy;
use crate::pages::schedule_draft;
use crate::pages::scheduled;
use crate::pages::state_change::rows;
use crate::server::services::drafts::{Since, Standing, StateDraft, standing};

/// The bar at the foot of the page; nothing without a draft.
pub fn bar(shown: &Shown) -> Html {
    let Some(draft) = &shown.work.draft else { return ().draw() };
    // Who lost the right to edit sees no more of their own draft than of any other: its page tells it masked.
    if shown.project.refusal(Role::Editor).is_some() {
        return ().draw();
    }
    let rows = rows(&draft.base, &draft.after);
    let said = match rows.len() {
        1 => "1 unsaved change".to_owned(),
        many => format!("{many} unsaved changes"),
    };
    let address = draft::address(shown.project.key().as_str(), &draft.stored.id);
    let save = match shown.open.snapshot.environment.environment.protection {
        _ if draft.stored.request.is_some() => "Put it into the request",
        _ if shown.ahead.asked.is_some() => "Request review",
        Protection::Open => "Save",
        Protection::Protected | Protection::Critical => "Review and save",
    };
    let discard = draft::discard(draft.stored.version, rows.len(), Some(address.clone()), Some(shown.here()));
    let post = |form: &'static str, label: &'static str, kind: ButtonKind| {
        let (action, back, version) = (address.clone(), shown.here(), draft.stored.version);
        view! {
            <form method="post" action=action>
                <input type="hidden" name="_form" value=form />
                <input type="hidden" name="return_to" value=back />
                <input type="hidden" name="draft_version" value=version />
                <Button kind=kind>{label}</Button>
            </form>
        }
    };
    let edits = draft.stored.request.map(|(number, _)| {
        let href = changes::address(shown.project.key().as_str(), number);
        view! { <p class="sub">"This edits change request "<a href=href>{format!("#{number}")}</a>"."</p> }
    });
    let note = shown.personas_say.clone().map_or_else(|| "Nobody is served by it yet.".to_owned(), |said| format!("{said}."));
    let asked = shown.ahead.asked.as_ref().map(|asked| {
        let told = policy::told(asked, &shown.ahead.able);
        view! { <p class="sub">{told}</p> }
    });
    let save = match &shown.ahead.refused {
        Some(why) => Some(view! { <DisabledAction reason=capital(why)>{save}</DisabledAction> }),
        // Why it cannot be saved stands on top of the page.
        None => shown.locks.edits.is_none().then(|| post(SAVE, save, ButtonKind::Primary)),
    };
    let later = shown.locks.edits.is_none().then(|| {
        view! { <LinkButton href=schedule_draft::address(&address) icon=Glyph::Schedule>"Schedule…"</LinkButton> }
    });
    view! {
        <section class="savebar" aria-label="Unsaved changes">
            <b>{said}</b>
            <span class="sub">{note}</span>
            {edits}
            {asked}
            <div class="end bar">
                <LinkButton href=address.clone() kind=ButtonKind::Quiet>"See draft"</LinkButton>
                {discard}
                {later}
                {save}
            </div>
            <Disclosure label="What changes"><Diff rows=rows label="Draft against what it began from" /></Disclosure>
        </section>
    }
}

/// What somebody else did or does here meanwhile.
pub fn meanwhile(shown: &Shown) -> Html {
    let behind = shown.work.draft.as_ref().and_then(|draft| behind(shown, draft));
    let others: Vec<_> = shown
        .work
        .others
        .iter()
        .map(|other| {
            let title = format!("{} has unsaved changes here, {}.", other.name, when::relative(other.at, shown.now));
            let href = draft::address(shown.project.key().as_str(), &other.draft);
            let see = view! { <LinkButton href=href>"See their draft"</LinkButton> };
            view! { <Banner title=title actions=see /> }
        })
        .collect();
    let scheduled = scheduled::banners(&shown.project, &shown.scheduled, shown.now);
    view! { {scheduled} {behind} {others} }
}

fn behind(shown: &Shown, draft: &StateDraft) -> Option<Html> {
    let address = draft::address(shown.project.key().as_str(), &draft.stored.id);
    let title = |what: &str| format!("{}, after your draft began.", Since::told(shown.work.since.as_ref(), what, shown.now));
    match standing(draft, &shown.work.live, &Choices::new()) {
        Standing::Current => None,
        Standing::Behind(_) => {
            let (back, version) = (shown.here(), draft.stored.version);
            let update = view! {
                <form method="post" action=address>
                    <input type="hidden" name="_form" value=SETTLE />
                    <input type="hidden" name="return_to" value=back />
                    <input type="hidden" name="draft_version" value=version />
                    <Button>"Update my draft"</Button>
                </form>
            };
            Some(view! {
                <Banner tone=Tone::Info title=title("here") actions=update>
                    <p>"It touches other parts than yours, so both fit together."</p>
                </Banner>
            })
        }
        Standing::Clashing(_) => {
            let choose = view! { <LinkButton href=address>"Compare and choose"</LinkButton> };
            Some(view! {
                <Banner tone=Tone::Warn title=title("of the same parts") actions=choose>
                    <p>"Nothing of yours is lost: see both beside what they began from, and choose."</p>
                </Banner>
            })
        }
    }
}
