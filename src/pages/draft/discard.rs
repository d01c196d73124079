//! The way to throw a draft away: it cannot be brought back, so that one asks once more, in place and without a script.

use super::DISCARD;
use crate::components::prelude::*;
use crate::components::*;

/// A button that shows the question, and the form that answers it. `action` and `back` say where it is sent and where that leads
/// to; without them it stands on the draft's own page.
pub fn discard(version: i64, changes: usize, action: Option<String>, back: Option<String>) -> Html {
    let back = back.map(|back| view! { <input type="hidden" name="return_to" value=back /> });
    let (words, label) = match changes {
        1 => ("This change is gone then, for good.".to_owned(), "Discard 1 change".to_owned()),
        count => ("These changes are gone then, for good.".to_owned(), format!("Discard {count} changes")),
    };
    view! {
        <details class="disclosure ask">
            <summary class="btn">"Discard…"</summary>
            <form method="post" action=action class="inside bar">
                <input type="hidden" name="_form" value=DISCARD />
                {back}
                <input type="hidden" name="draft_version" value=version />
                <span>{words}</span>
                <Button kind=ButtonKind::Danger>{label}</Button>
            </form>
        </details>
    }
}
