//! The keys that go somewhere: a list, and the dialog that `?` opens. Without a script there are none, and nothing says so.

use super::action::{ButtonKind, LinkButton};
use crate::components::prelude::*;

/// Keys, and what they do.
const KEYS: [(&[&str], &str); 5] = [
    (&["/"], "Go to the search"),
    (&["g", "f"], "Go to the flags"),
    (&["g", "s"], "Go to the segments"),
    (&["g", "a"], "Go to the audit log"),
    (&["?"], "Show these shortcuts"),
];

/// The list, with a button that turns them off for this browser; it shows once a script can do that.
#[component]
pub fn ShortcutList() -> Html {
    let rows: Vec<_> = KEYS
        .into_iter()
        .map(|(keys, does)| {
            let keys: Vec<_> = keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect();
            view! { <div><dt>{keys}</dt><dd>{does}</dd></div> }
        })
        .collect();
    view! {
        <div class="keys">
            <dl>{rows}</dl>
            <p class="sub">"Keys pressed one after the other. No key changes a flag."</p>
            <p><button type="button" class="btn" data-shortcuts=true hidden=true>"Turn shortcuts off"</button></p>
        </div>
    }
}

/// Opened by a script; closes by its own form or by Escape.
#[component]
pub fn Shortcuts() -> Html {
    view! {
        <dialog id="shortcuts" class="dialog" aria-labelledby="shortcuts-title">
            <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
            <ShortcutList />
            <form method="dialog" class="bar">
                <button type="submit" class="btn primary" autofocus=true>"Close"</button>
                <LinkButton href="/help" kind=ButtonKind::Quiet>"Help"</LinkButton>
            </form>
        </dialog>
    }
}
