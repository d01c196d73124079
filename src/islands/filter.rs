//! A search over a long list of boxes to tick. What is ticked stays in sight.

use super::dom;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// A list that has one already.
const DRESSED: &str = "data-dressed";

pub fn dress() {
    for list in dom::all("[data-filter]:not([data-dressed])") {
        let _ = list.set_attribute(DRESSED, "");
        if let Some(search) = search(&list) {
            let input = search.clone();
            dom::on(&search, "input", move |event| {
                // Nothing of the form has changed.
                event.stop_propagation();
                narrow(&list, &input.value().to_ascii_lowercase());
            });
        }
    }
}

fn search(list: &Element) -> Option<HtmlInputElement> {
    let search: HtmlInputElement = dom::make("input", "input", "")?.dyn_into().ok()?;
    search.set_type("search");
    search.set_placeholder("Search segments");
    search.set_attribute("aria-label", "Search segments").ok()?;
    // The form's own Enter key must not save.
    dom::on(&search, "keydown", |event| {
        if dom::key(&event).as_deref() == Some("Enter") {
            event.prevent_default();
        }
    });
    list.insert_adjacent_element("beforebegin", &search).ok()?;
    Some(search)
}

fn narrow(list: &Element, wanted: &str) {
    let Ok(rows) = list.query_selector_all(".check") else { return };
    let mut shown = 0;
    for row in (0..rows.length()).filter_map(|at| rows.get(at)?.dyn_into::<web_sys::HtmlElement>().ok()) {
        let ticked = row.query_selector("input:checked").ok().flatten().is_some();
        let fits = ticked || row.text_content().is_some_and(|text| text.to_ascii_lowercase().contains(wanted));
        row.set_hidden(!fits);
        shown += u32::from(fits);
    }
    dom::announce(&format!("{shown} shown."));
}
