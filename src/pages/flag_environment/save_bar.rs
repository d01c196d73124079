//! What is not saved yet: one's own draft with all that it changes, and who else is at work here.

use super::Shown;
use crate::components::*;
use crate::domain::environment::Protection;
use crate::domain::merge::Choices;
use crate::domain::role::Role;
use crate::domain::when;
use crate::pages::draft::{self, DISCARD, SAVE, SETTLE};
use crate::pages::state_change::rows;
use crate::server::services::drafts::{Standing, StateDraft, standing};
use leptos::prelude::*;

/// The bar at the foot of the page; nothing without a draft.
pub fn bar(shown: &Shown) -> AnyView {
    let Some(draft) = &shown.work.draft else { return ().into_any() };
    // Who lost the right to edit sees no more of their own draft than of any other: its page tells it masked.
    if shown.project.refusal(Role::Editor).is_some() {
        return ().into_any();
    }
    let rows = rows(&draft.base, &draft.after);
    let said = match rows.len() {
        1 => "1 unsaved change".to_owned(),
        many => format!("{many} unsaved changes"),
    };
    let address = draft::address(shown.project.key().as_str(), &draft.stored.id);
    let save = match shown.open.snapshot.environment.environment.protection {
        Protection::Open => "Save",
        Protection::Protected | Protection::Critical => "Review and save",
    };
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
    let note = shown.personas_say.clone().map_or_else(|| "Nobody is served by it yet.".to_owned(), |said| format!("{said}."));
    // Why it cannot be saved stands on top of the page.
    let save = shown.locks.edits.is_none().then(|| post(SAVE, save, ButtonKind::Primary));
    view! {
        <section class="savebar" aria-label="Unsaved changes">
            <b>{said}</b>
            <span class="sub">{note}</span>
            <div class="end bar">
                <LinkButton href=address.clone() kind=ButtonKind::Quiet>"See draft"</LinkButton>
                {post(DISCARD, "Discard", ButtonKind::Plain)}
                {save}
            </div>
            <Disclosure label="What changes"><Diff rows=rows label="Draft against what it began from" /></Disclosure>
        </section>
    }
    .into_any()
}

/// What somebody else did or does here meanwhile.
pub fn meanwhile(shown: &Shown) -> impl IntoView + use<> {
    let behind = shown.work.draft.as_ref().and_then(|draft| behind(shown, draft));
    let others: Vec<_> = shown
        .work
        .others
        .iter()
        .map(|other| {
            let title = format!("{} has unsaved changes here, {}.", other.name, when::relative(other.at, shown.now));
            let href = draft::address(shown.project.key().as_str(), &other.draft);
            let see = view! { <LinkButton href=href>"See their draft"</LinkButton> }.into_any();
            view! { <Banner title=title actions=see /> }
        })
        .collect();
    view! { {behind} {others} }
}

fn behind(shown: &Shown, draft: &StateDraft) -> Option<AnyView> {
    let address = draft::address(shown.project.key().as_str(), &draft.stored.id);
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
            Some(
                view! {
                    <Banner tone=Tone::Info title="Somebody saved a change here since your draft began." actions=update.into_any()>
                        <p>"It touches other parts than yours, so both fit together."</p>
                    </Banner>
                }
                .into_any(),
            )
        }
        Standing::Clashing(_) => {
            let choose = view! { <LinkButton href=address>"Compare and choose"</LinkButton> }.into_any();
            Some(
                view! {
                    <Banner tone=Tone::Warn title="Somebody saved a change of the same parts since your draft began." actions=choose>
                        <p>"Nothing of yours is lost: see both beside what they began from, and choose."</p>
                    </Banner>
                }
                .into_any(),
            )
        }
    }
}
