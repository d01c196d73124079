//! The checklist of a new project, kept up to date while somebody looks at it. Without a script a link asks again.

use super::dom;
use crate::server_fns::{ConnectionNow, connection};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// How often the server is asked, in milliseconds.
const EVERY: i32 = 2_000;
/// How often at most, all in all. Being asked keeps a session alive, so a forgotten window must fall silent.
const ROUNDS: u32 = 300;
/// The step after the last one.
const DONE: u8 = 4;

/// The list asks for it by `data-connect`, which names the project.
pub fn listen() {
    let Some(list) = dom::first("[data-connect]") else { return };
    let Some(project) = list.get_attribute("data-connect") else { return };
    show_again(&list, false);
    wait(list, project, ROUNDS);
}

fn wait(list: Element, project: String, rounds: u32) {
    if rounds == 0 {
        return show_again(&list, true);
    }
    dom::later(EVERY, move || {
        // Nobody looks: nothing is asked, and nothing used up.
        if dom::document().is_some_and(|document| document.hidden()) {
            return wait(list, project, rounds);
        }
        spawn_local(async move {
            match connection(project.clone()).await {
                Ok(now) => {
                    if show(&list, &now) {
                        wait(list, project, rounds - 1);
                    }
                }
                Err(_) => show_again(&list, true),
            }
        });
    });
}

/// Whether to go on; not when the page has to be drawn anew.
fn show(list: &Element, now: &ConnectionNow) -> bool {
    let seen = list.get_attribute("data-step").and_then(|step| step.parse::<u8>().ok()).unwrap_or_default();
    if now.step != seen && now.step != DONE {
        // The next step brings texts and links of its own.
        let _ = web_sys::window().map(|window| window.location().reload());
        return false;
    }
    let Some(said) = list.query_selector("[data-said]").ok().flatten() else { return false };
    said.set_text_content(Some(&now.said));
    if now.step != seen {
        let _ = list.set_attribute("data-step", &now.step.to_string());
        dom::announce(&now.said);
    }
    true
}

/// Shows or hides the link that asks again.
fn show_again(list: &Element, shown: bool) {
    let link = list.parent_element().and_then(|around| around.query_selector("[data-again]").ok().flatten());
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        link.set_hidden(!shown);
    }
}
