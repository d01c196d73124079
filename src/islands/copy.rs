//! Buttons that copy a text: hidden until there is a clipboard to copy to.

use super::dom;
use wasm_bindgen::prelude::*;
use web_sys::Element;

pub fn listen() {
    let (Some(window), Some(document)) = (web_sys::window(), dom::document()) else { return };
    // Browsers keep the clipboard from pages on plain http, but for this machine's own.
    if !window.is_secure_context() {
        return;
    }
    dom::all("[data-copy]").iter().for_each(dom::show);
    dom::on(&document, "click", |event| {
        let button = dom::element(&event).and_then(|target| target.closest("[data-copy]").ok().flatten());
        if let Some(button) = button {
            copy(button);
        }
    });
}

fn copy(button: Element) {
    let (Some(window), Some(text)) = (web_sys::window(), button.get_attribute("data-copy")) else { return };
    let copied = Closure::once(move |_: JsValue| {
        dom::announce("Copied.");
        let _ = button.set_attribute("data-copied", "");
        dom::later(1_500, move || {
            let _ = button.remove_attribute("data-copied");
        });
    });
    let refused = Closure::once(|_: JsValue| dom::announce("The browser did not allow copying."));
    let _ = window.navigator().clipboard().write_text(&text).then2(&copied, &refused);
    // They outlive this function: the browser calls one of them later.
    copied.forget();
    refused.forget();
}
