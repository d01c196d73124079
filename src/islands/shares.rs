//! What is left of a form's shares, said while they are typed; and the rest, given to one of them.

use super::dom;
use crate::domain::rule::{WHOLE, left_of, parse_percent, percent_number};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

pub fn listen() {
    let Some(document) = dom::document() else { return };
    dom::on(&document, "input", |event| {
        if let Some(group) = dom::element(&event).and_then(|target| target.closest("[data-shares]").ok().flatten()) {
            tell(&group);
        }
    });
    dom::on(&document, "click", give_rest);
}

/// Says it anew for all of them.
pub fn say() {
    dom::all("[data-shares]").iter().for_each(tell);
}

fn tell(group: &Element) {
    let said = sum(group).map_or_else(|| "Write shares from 0 to 100 %.".to_owned(), left_of);
    if let Some(left) = group.query_selector("[data-left]").ok().flatten() {
        left.set_text_content(Some(&said));
    }
}

fn inputs(group: &Element) -> Vec<HtmlInputElement> {
    let found = group.query_selector_all("input").ok();
    let Some(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// Nothing typed is nothing served; `None` where something is no share.
fn sum(group: &Element) -> Option<u32> {
    inputs(group).iter().map(|input| share(input).map(u32::from)).sum()
}

fn share(input: &HtmlInputElement) -> Option<u16> {
    let text = input.value();
    if text.trim().is_empty() { Some(0) } else { parse_percent(&text) }
}

fn give_rest(event: Event) {
    let Some(button) = dom::element(&event).and_then(|target| target.closest("[data-shares] button[name=rest]").ok().flatten())
    else {
        return;
    };
    // The server gives it too, with a page load.
    event.prevent_default();
    let field = button.closest(".share").ok().flatten().and_then(|row| row.query_selector("input").ok().flatten());
    let group = button.closest("[data-shares]").ok().flatten();
    let (Some(field), Some(group)) = (field.and_then(|found| found.dyn_into::<HtmlInputElement>().ok()), group) else { return };
    let left = sum(&group).and_then(|sum| u16::try_from(u32::from(WHOLE).checked_sub(sum)?).ok());
    match (left, share(&field)) {
        (Some(0), _) => dom::announce("Nothing is left."),
        (Some(left), Some(share)) => {
            field.set_value(&percent_number(share + left));
            dom::changed(&field);
        }
        _ => dom::announce("There is no rest to give: the shares are too much, or one of them is none."),
    }
}
