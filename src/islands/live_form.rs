//! Forms that say what they would do: while somebody types, the form's own button *Check* is pressed in the background, and the
//! parts of the answer marked `data-live` take the place of those on the page. Buttons that draw the form again (add, remove,
//! split, rest) do it without a page load. Without a script the same buttons load the page.
//!
//! Fields are never replaced under somebody's hand: only parts without a field that is being typed in.

use super::{chips, dom, filter, shares};
use leptos::task::spawn_local;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, DomParser, Element, Event, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit, Response,
    SubmitEvent, SupportedType, UrlSearchParams,
};

/// Typing may pause so long before the server is asked, in milliseconds.
const PAUSE: i32 = 300;
/// Buttons that only draw the form again.
const REDRAWING: [&str; 4] = ["check", "add", "remove", "split"];

pub fn listen() {
    for form in dom::all("form[data-live-form]") {
        if let Ok(form) = form.dyn_into::<HtmlFormElement>() {
            attend(&form);
        }
    }
}

fn attend(form: &HtmlFormElement) {
    let turn = Rc::new(Cell::new(0_u32));
    for name in ["input", "change"] {
        let (form, turn) = (form.clone(), turn.clone());
        dom::on(&form.clone(), name, move |_| soon(&form, &turn));
    }
    let (form, turn) = (form.clone(), turn.clone());
    dom::on(&form.clone(), "submit", move |event| pressed(&event, &form, &turn));
}

fn soon(form: &HtmlFormElement, turn: &Rc<Cell<u32>>) {
    let mine = turn.get().wrapping_add(1);
    turn.set(mine);
    let (form, turn) = (form.clone(), turn.clone());
    dom::later(PAUSE, move || {
        // Somebody typed on.
        if turn.get() == mine {
            spawn_local(async move {
                if let Some(answer) = ask(&form, "check", "true").await
                    && turn.get() == mine
                {
                    replace_all(&answer, "[data-live]");
                }
            });
        }
    });
}

/// Takes over a button that only draws the form again.
fn pressed(event: &Event, form: &HtmlFormElement, turn: &Rc<Cell<u32>>) {
    let Some(button) = event.dyn_ref::<SubmitEvent>().and_then(SubmitEvent::submitter) else { return };
    let (name, value) = (attribute(&button, "name"), attribute(&button, "value"));
    if !REDRAWING.contains(&name.as_str()) || button.has_attribute(PLAIN) {
        return;
    }
    event.prevent_default();
    turn.set(turn.get().wrapping_add(1));
    let (form, turn, mine) = (form.clone(), turn.clone(), turn.get());
    spawn_local(async move {
        match ask(&form, &name, &value).await {
            // What was typed meanwhile is worth more than the answer: it is asked for again, with all of it.
            Some(_) if turn.get() != mine => retry(&form, &button),
            Some(answer) => show(&answer, &name, &value),
            // The page itself says what is wrong.
            None => {
                let _ = button.set_attribute(PLAIN, "");
                retry(&form, &button);
            }
        }
    });
}

/// On a button that is to be pressed as it stands.
const PLAIN: &str = "data-plain";

fn retry(form: &HtmlFormElement, button: &HtmlElement) {
    let _ = form.request_submit_with_submitter(Some(button));
}

fn attribute(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

/// The page that the form's button would lead to; `None` where that is no such page.
async fn ask(form: &HtmlFormElement, name: &str, value: &str) -> Option<Document> {
    let window = web_sys::window()?;
    let typed: JsValue = FormData::new_with_form(form).ok()?.into();
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&typed).ok()?;
    fields.append(name, value);
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&fields);
    let address = window.location().pathname().ok()?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(&address, &init)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() || answer.redirected() {
        return None;
    }
    let text: JsValue = JsFuture::from(answer.text().ok()?).await.ok()?;
    DomParser::new().ok()?.parse_from_string(&text.as_string()?, SupportedType::TextHtml).ok()
}

fn show(answer: &Document, name: &str, value: &str) {
    if name != "check" {
        replace_all(answer, "[data-swap]");
        chips::dress();
        filter::dress();
        shares::say();
        focus_after(name, value);
    }
    replace_all(answer, "[data-live]");
    let said = match name {
        "add" => "Condition added.",
        "remove" => "Condition removed.",
        "split" => "The list was split.",
        _ => return,
    };
    dom::announce(said);
}

/// Puts the answer's parts in the place of those on the page that say something else.
fn replace_all(answer: &Document, selector: &str) {
    for old in dom::all(selector) {
        let Some(new) = answer.get_element_by_id(&old.id()) else { continue };
        keep_ticks(&old, &new);
        // What a script made of the part is not in the answer; such parts are told apart by what the server sent.
        if old.inner_html() != new.inner_html() && !is_typed_in(&old) {
            let focused =
                dom::document().and_then(|document| document.active_element()).filter(|element| old.contains(Some(element)));
            let _ = old.replace_with_with_node_1(&new);
            if let Some(id) = focused.map(|element| element.id()).filter(|id| !id.is_empty()) {
                focus(&format!("#{id}"));
            }
        }
    }
}

/// Boxes stay as they are on the page where the field beside them stays. The answer ticks what is written there, and that may
/// be half of a longer word, or be taken out there again.
fn keep_ticks(old: &Element, new: &Element) {
    if old.has_attribute("data-live") {
        let ticked: Vec<String> = boxes(old).iter().filter(|one| one.checked()).map(HtmlInputElement::name).collect();
        for one in boxes(new) {
            let _ = one.toggle_attribute_with_force("checked", ticked.contains(&one.name()));
        }
    }
}

fn boxes(part: &Element) -> Vec<HtmlInputElement> {
    let Ok(found) = part.query_selector_all("input[type=checkbox]") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// Whether a text field in it has the focus and it is no part that was asked for.
fn is_typed_in(part: &Element) -> bool {
    let active = dom::document().and_then(|document| document.active_element());
    let writes = |element: &Element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA");
    part.has_attribute("data-live") && active.is_some_and(|element| part.contains(Some(&element)) && writes(&element))
}

/// Where a person goes on: in the new condition, or where the removed one was.
fn focus_after(name: &str, value: &str) {
    match name {
        "add" => focus("[data-swap] [autofocus]"),
        "remove" => {
            let at = value.parse::<usize>().unwrap_or_default();
            let next = format!("[data-swap] button[name=remove][value='{at}']");
            focus(if dom::first(&next).is_some() { &next } else { "[data-swap] button[name=add]" });
        }
        "split" => focus(&format!("[id$='conditions-{value}-values']")),
        _ => {}
    }
}

fn focus(selector: &str) {
    if let Some(found) = dom::first(selector).and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        let _ = found.focus();
    }
}
