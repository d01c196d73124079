//! Says while a new flag's key is typed whether it can be had. The server asks the same again when the form is sent.

use super::dom;
use crate::server_fns::{KeyAnswer, check_key};
use leptos::task::spawn_local;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// Typing may pause so long before the server is asked, in milliseconds.
const PAUSE: i32 = 300;

/// The input asks for it by `data-key-check`, which names the project.
pub fn listen() {
    let Some(input) = dom::first("input[data-key-check]").and_then(|found| found.dyn_into::<HtmlInputElement>().ok()) else {
        return;
    };
    let Some(project) = input.get_attribute("data-key-check") else { return };
    let Some(note) = note_after(&input) else { return };
    let typed = Rc::new(Cell::new(0_u32));
    dom::on(&input.clone(), "input", move |_| {
        let turn = typed.get().wrapping_add(1);
        typed.set(turn);
        let (typed, input, note, project) = (typed.clone(), input.clone(), note.clone(), project.clone());
        dom::later(PAUSE, move || {
            // Somebody typed on.
            if typed.get() == turn {
                spawn_local(ask(input, note, project));
            }
        });
    });
}

/// Where the answer stands: after the input's own line, read out when it changes.
fn note_after(input: &HtmlInputElement) -> Option<Element> {
    let note = dom::make("p", "hint", "")?;
    note.set_attribute("aria-live", "polite").ok()?;
    let line = input.closest(".control").ok().flatten().unwrap_or_else(|| input.clone().unchecked_into());
    line.insert_adjacent_element("afterend", &note).ok()?;
    Some(note)
}

async fn ask(input: HtmlInputElement, note: Element, project: String) {
    let key = input.value().trim().to_owned();
    let answer = match key.is_empty() {
        true => None,
        // A check that cannot be made is no news: the form will say.
        false => check_key(project, key.clone()).await.ok(),
    };
    if input.value().trim() == key {
        show(&note, answer);
    }
}

fn show(note: &Element, answer: Option<KeyAnswer>) {
    let (class, text) = match &answer {
        None => ("hint", ""),
        Some(answer) if answer.is_free => ("hint good", answer.text.as_str()),
        Some(answer) => ("err", answer.text.as_str()),
    };
    note.set_class_name(class);
    note.set_text_content(Some(text));
}
