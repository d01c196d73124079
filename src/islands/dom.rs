//! The few things that all listeners do with a document.

use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Document, Element, Event, EventInit, EventTarget, HtmlElement, KeyboardEvent};

pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Every element that fits a selector, as it is now.
pub fn all(selector: &str) -> Vec<Element> {
    let found = document().and_then(|document| document.query_selector_all(selector).ok());
    let Some(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

pub fn first(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok()?
}

/// The element that an event happened on.
pub fn element(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Listens as long as the page lives.
pub fn on(target: &EventTarget, name: &str, then: impl FnMut(Event) + 'static) {
    let options = AddEventListenerOptions::new();
    let listener = Closure::<dyn FnMut(Event)>::new(then).into_js_value();
    let _ = target.add_event_listener_with_callback_and_add_event_listener_options(name, listener.unchecked_ref(), &options);
}

/// The key of a keyboard's event.
pub fn key(event: &Event) -> Option<String> {
    event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key)
}

/// Says that a script wrote in a field, as a browser says it of a person.
pub fn changed(field: &EventTarget) {
    let init = EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &init) {
        let _ = field.dispatch_event(&event);
    }
}

/// Runs once, so many milliseconds from now.
pub fn later(millis: i32, then: impl FnOnce() + 'static) {
    if let Some(window) = web_sys::window() {
        let then = Closure::once_into_js(then);
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(then.unchecked_ref(), millis);
    }
}

/// A new element with a text in it; never HTML.
pub fn make(tag: &str, class: &str, text: &str) -> Option<Element> {
    let made = document()?.create_element(tag).ok()?;
    if !class.is_empty() {
        made.set_class_name(class);
    }
    if !text.is_empty() {
        made.set_text_content(Some(text));
    }
    Some(made)
}

pub fn append(parent: &Element, child: Option<Element>) {
    if let Some(child) = child {
        let _ = parent.append_child(&child);
    }
}

pub fn show(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        element.set_hidden(false);
    }
}

/// The page's one status region, which is read out when it changes.
pub fn status() -> Option<Element> {
    document()?.get_element_by_id("status")
}

/// Says something to who does not see it happen.
pub fn announce(text: &str) {
    let (Some(status), Some(said)) = (status(), make("p", "vh", text)) else { return };
    let _ = status.append_child(&said);
    later(5_000, move || said.remove());
}
