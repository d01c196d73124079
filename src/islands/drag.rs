//! Rules dragged to another place of their list. On the drop the row's own form *Move to…* is sent, which does the same
//! without a hand or a script.

use super::dom;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlSelectElement, PointerEvent};

const BEFORE: &str = "drop-before";
const AFTER: &str = "drop-after";

pub fn listen() {
    for handle in dom::all("[data-drag]") {
        dom::show(&handle);
        let from = handle.get_attribute("data-drag").and_then(|at| at.parse::<usize>().ok());
        if let (Some(from), Ok(handle)) = (from, handle.dyn_into::<HtmlElement>()) {
            attend(&handle, from);
        }
    }
}

fn attend(handle: &HtmlElement, from: usize) {
    let held = Rc::new(Cell::new(false));
    let (grip, holds) = (handle.clone(), held.clone());
    dom::on(handle, "pointerdown", move |event| {
        if let Some(pointer) = pointer(&event).filter(|pointer| pointer.button() == 0) {
            event.prevent_default();
            let _ = grip.set_pointer_capture(pointer.pointer_id());
            holds.set(true);
            mark(from, Some(from));
        }
    });
    let holds = held.clone();
    dom::on(handle, "pointermove", move |event| {
        if let Some(pointer) = pointer(&event).filter(|_| holds.get()) {
            mark(from, Some(place(pointer.client_y(), from)));
        }
    });
    let holds = held.clone();
    dom::on(handle, "pointerup", move |event| {
        if let Some(pointer) = pointer(&event).filter(|_| holds.replace(false)) {
            mark(from, None);
            drop_at(from, place(pointer.client_y(), from));
        }
    });
    dom::on(handle, "pointercancel", move |_| {
        held.set(false);
        mark(from, None);
    });
}

fn pointer(event: &Event) -> Option<&PointerEvent> {
    event.dyn_ref()
}

/// The rows that have a place, in their order.
fn rows() -> Vec<Element> {
    let row = |handle: Element| handle.closest(".rule").ok().flatten();
    dom::all("[data-drag]").into_iter().filter_map(row).collect()
}

/// The place that a rule would get if it were dropped at this height: as many as lie above it.
fn place(height: i32, from: usize) -> usize {
    let middle = |row: &Element| {
        let rect = row.get_bounding_client_rect();
        rect.top() + rect.height() / 2.0
    };
    rows().iter().enumerate().filter(|(at, row)| *at != from && middle(row) < f64::from(height)).count()
}

/// Shows what is held and where it would go; `None`: nothing is.
fn mark(from: usize, to: Option<usize>) {
    for (at, row) in rows().iter().enumerate() {
        let set = |class: &str, on: bool| {
            let _ = row.class_list().toggle_with_force(class, on);
        };
        set("dragged", to.is_some() && at == from);
        set(BEFORE, to == Some(at) && at < from);
        set(AFTER, to == Some(at) && at > from);
    }
}

fn drop_at(from: usize, to: usize) {
    if from == to {
        return;
    }
    let Some(form) = dom::first(&format!("form[data-place='{from}']")) else { return };
    let find = |selector: &str| form.query_selector(selector).ok().flatten();
    let select = find("select[name=place]").and_then(|found| found.dyn_into::<HtmlSelectElement>().ok());
    let button = find("button[name=do]").and_then(|found| found.dyn_into::<HtmlElement>().ok());
    if let (Some(select), Some(button)) = (select, button) {
        select.set_value(&to.to_string());
        button.click();
    }
}
