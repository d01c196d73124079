//! Shortcuts: to the search, from page to page, to the list of them. None of them changes a flag.
//!
//! They are single letters, so whoever dictates or hits keys by accident can turn them off; the browser remembers that.

use super::dom;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::js_sys::Date;
use web_sys::{Element, Event, HtmlAnchorElement, HtmlDialogElement, HtmlElement, KeyboardEvent, Storage};

/// How long `g` waits for its second letter, in milliseconds.
const PATIENCE: f64 = 1_500.0;
const SETTING: &str = "shortcuts";

pub fn listen() {
    let Some(document) = dom::document() else { return };
    let went = Rc::new(Cell::new(0.0));
    dom::on(&document, "keydown", move |event| {
        if let Some(key) = event.dyn_ref::<KeyboardEvent>().and_then(plain_key) {
            pressed(&event, &key, &went);
        }
    });
    for toggle in dom::all("[data-shortcuts]") {
        say(&toggle);
        dom::show(&toggle);
        let button = toggle.clone();
        dom::on(&toggle, "click", move |_| {
            if let Some(storage) = storage() {
                let _ = if is_on() { storage.set_item(SETTING, "off") } else { storage.remove_item(SETTING) };
            }
            say(&button);
        });
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn is_on() -> bool {
    storage().and_then(|storage| storage.get_item(SETTING).ok().flatten()).is_none()
}

fn say(toggle: &Element) {
    toggle.set_text_content(Some(if is_on() { "Turn shortcuts off" } else { "Turn shortcuts on" }));
}

/// The key, where it was pressed alone and not to write with.
fn plain_key(event: &KeyboardEvent) -> Option<String> {
    let chord = event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() || event.repeat();
    let target = dom::element(event);
    let writes = target.is_some_and(|target| {
        let editable = target.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
        editable || matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    });
    (!chord && !writes && dom::first("dialog[open]").is_none() && is_on()).then(|| event.key())
}

fn pressed(event: &Event, key: &str, went: &Cell<f64>) {
    let is_second = Date::now() - went.replace(0.0) < PATIENCE;
    match (key, is_second) {
        ("g", _) => went.set(Date::now()),
        ("f", true) => go("/flags"),
        ("s", true) => go("/segments"),
        ("a", true) => go("/audit"),
        ("/", _) => focus_search(event),
        ("?", _) => {
            if let Some(dialog) = dom::first("dialog#shortcuts").and_then(|found| found.dyn_into::<HtmlDialogElement>().ok()) {
                let _ = dialog.show_modal();
            }
        }
        _ => {}
    }
}

/// Follows the entry of the main navigation that ends so.
fn go(end: &str) {
    let link = dom::first(&format!("nav.nav a[href$='{end}']")).and_then(|found| found.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.click();
    }
}

fn focus_search(event: &Event) {
    let Some(search) = dom::first("main input[type=search]").and_then(|found| found.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    // The key itself is not meant to be typed.
    event.prevent_default();
    let _ = search.focus();
}
