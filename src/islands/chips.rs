//! A list of values as chips: typed with a comma or Enter after each, pasted as a list, taken away with a key. The text area stays the form's field
//! and holds a value a line; this is only another way to write in it.

use super::dom;
use crate::domain::value_list;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element, Event, HtmlElement, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent};

/// More than these are better read as lines.
const MOST: usize = 200;

/// Gives every list its chips that has none yet.
pub fn dress() {
    for area in dom::all("textarea[data-chips]:not([hidden])") {
        if let Ok(area) = area.dyn_into::<HtmlTextAreaElement>()
            && area.value().lines().count() <= MOST
        {
            Chips::start(area);
        }
    }
}

struct Chips {
    /// The form's field, out of sight.
    area: HtmlTextAreaElement,
    list: Element,
    /// Where the next value is written.
    entry: HtmlTextAreaElement,
    /// Says how; a page without a script has no use for it.
    hint: Element,
}

/// How a list is written, and what of values that may hold commas by themselves, such as patterns.
const HOW: &str = "Enter or a comma ends a value. One that holds a comma stands in quotes: \"Oslo, Norway\".";
const HOW_WHOLE: &str = "Enter ends a value.";

impl Chips {
    fn start(area: HtmlTextAreaElement) -> Option<()> {
        let around = dom::make("div", "chips input mono", "")?;
        let list = dom::make("ul", "", "")?;
        let entry: HtmlTextAreaElement = dom::make("textarea", "", "")?.dyn_into().ok()?;
        // The label, the hint and the list of problems lead to where one writes.
        let id = area.id();
        entry.set_rows(1);
        entry.set_spellcheck(false);
        for name in ["aria-invalid", "autocapitalize"] {
            if let Some(value) = area.get_attribute(name) {
                entry.set_attribute(name, &value).ok()?;
            }
        }
        let _ = area.remove_attribute("id");
        entry.set_id(&id);
        let hint = dom::make("p", "hint", "")?;
        hint.set_id(&format!("{id}-how"));
        let described = area.get_attribute("aria-describedby").map_or_else(|| hint.id(), |by| format!("{by} {}", hint.id()));
        entry.set_attribute("aria-describedby", &described).ok()?;
        around.append_child(&list).ok()?;
        around.append_child(&entry).ok()?;
        area.insert_adjacent_element("beforebegin", &hint).ok()?;
        area.insert_adjacent_element("beforebegin", &around).ok()?;
        let is_written_in =
            dom::document().and_then(|document| document.active_element()).is_some_and(|one| one.is_same_node(Some(&area)));
        area.set_hidden(true);
        let chips = Rc::new(Self { area, list, entry, hint });
        chips.draw();
        if is_written_in {
            chips.go_on();
        }
        chips.say_how();
        chips.listen();
        Some(())
    }

    fn listen(self: &Rc<Self>) {
        let this = self.clone();
        dom::on(&self.entry, "input", move |_| this.typed());
        let this = self.clone();
        dom::on(&self.entry, "paste", move |event| this.pasted(&event));
        let this = self.clone();
        dom::on(&self.entry, "keydown", move |event| this.key(&event));
        let this = self.clone();
        dom::on(&self.entry, "blur", move |_| this.commit());
        let this = self.clone();
        dom::on(&self.list, "click", move |event| {
            let button = dom::element(&event).and_then(|target| target.closest("button").ok().flatten());
            if let Some(at) = button.and_then(|button| button.get_attribute("value")?.parse().ok()) {
                this.remove(at);
            }
        });
        if let Some(part) = self.area.closest("fieldset.condition").ok().flatten() {
            let this = self.clone();
            dom::on(&part, "change", move |_| this.say_how());
        }
        let this = self.clone();
        dom::on(&self.list, "keydown", move |event| this.key_on_chip(&event));
    }

    /// Who writes already, before the script came, goes on with the last value.
    fn go_on(&self) {
        let mut values = self.values();
        if let Some(last) = values.pop().filter(|_| !self.area.value().ends_with('\n')) {
            self.show(&values);
            self.entry.set_value(&last);
        }
        let _ = self.entry.focus();
    }

    fn say_how(&self) {
        self.hint.set_text_content(Some(if self.takes_lists() { HOW } else { HOW_WHOLE }));
    }

    /// Without what is being written.
    fn values(&self) -> Vec<String> {
        (0..self.list.children().length()).filter_map(|at| self.list.children().item(at)?.get_attribute("data-value")).collect()
    }

    /// The field says what the chips and the entry say together, so that a value that is only typed counts too.
    fn write(&self, values: &[String]) {
        let entry = self.one(&self.entry.value());
        let all: Vec<&str> = values.iter().map(String::as_str).chain([entry.as_str()]).filter(|line| !line.is_empty()).collect();
        self.area.set_value(&all.join("\n"));
        dom::changed(&self.area);
    }

    /// Draws what the field holds.
    fn draw(&self) {
        let mut values: Vec<String> =
            self.area.value().lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
        value_list::without_repeats(&mut values);
        self.show(&values);
    }

    fn show(&self, values: &[String]) {
        self.list.set_text_content(None);
        for (at, value) in values.iter().enumerate() {
            dom::append(&self.list, chip(at, value));
        }
        let _ = self.list.toggle_attribute_with_force("hidden", values.is_empty());
    }

    /// A line break ends a value, however it came there, and so does a comma where it is no part of one.
    fn typed(&self) {
        let (text, lists) = (self.entry.value(), self.takes_lists());
        if text.contains('\n') {
            return self.add(value_list::pasted(&text, lists), "");
        }
        match value_list::typed(&text) {
            (values, rest) if lists && rest != text => self.add(values, rest.trim_start()),
            _ => self.write(&self.values()),
        }
    }

    /// A value as it was written, without the quotes that hold it together.
    fn one(&self, text: &str) -> String {
        if self.takes_lists() { value_list::alone(text) } else { text.trim().to_owned() }
    }

    fn pasted(&self, event: &Event) {
        let text = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
        let Some(text) = text.and_then(|data| data.get_data("text/plain").ok()) else { return };
        let found = value_list::pasted(&text, self.takes_lists());
        if found.len() > 1 && self.entry.value().is_empty() {
            event.prevent_default();
            self.add(found, "");
        }
    }

    /// In a pattern or in JSON a comma is part of the value.
    fn takes_lists(&self) -> bool {
        let chosen = |name: &str| {
            let part = self.area.closest("fieldset.condition").ok().flatten()?;
            let select = part.query_selector(&format!("select[name$='.{name}']")).ok().flatten()?;
            Some(select.dyn_into::<HtmlSelectElement>().ok()?.value())
        };
        let operator = chosen("operator").unwrap_or_default();
        !matches!(operator.as_str(), "matches" | "semver_matches" | "time_window") && chosen("read_as").as_deref() != Some("json")
    }

    fn key(&self, event: &Event) {
        let Some(event) = event.dyn_ref::<KeyboardEvent>().filter(|event| !event.is_composing()) else { return };
        match (event.key().as_str(), self.entry.value().is_empty()) {
            ("Enter", false) => {
                event.prevent_default();
                self.commit();
            }
            // Enter in an empty field sends the form, as in every other field.
            ("Enter", true) => {
                event.prevent_default();
                if let Some(form) = self.area.form() {
                    let _ = form.request_submit();
                }
            }
            ("Backspace", true) => {
                if let Some(last) = self.values().len().checked_sub(1) {
                    self.remove(last);
                }
            }
            ("ArrowLeft", true) => self.focus(self.values().len().checked_sub(1)),
            _ => {}
        }
    }

    fn key_on_chip(&self, event: &Event) {
        let Some(at) = dom::element(event).and_then(|button| button.get_attribute("value")?.parse::<usize>().ok()) else {
            return;
        };
        match dom::key(event).as_deref() {
            Some("ArrowLeft") => self.focus(Some(at.saturating_sub(1))),
            Some("ArrowRight") => self.focus(Some(at + 1)),
            Some("Backspace" | "Delete") => {
                event.prevent_default();
                self.remove(at);
            }
            _ => {}
        }
    }

    /// The chip at `at`, else where one writes.
    fn focus(&self, at: Option<usize>) {
        let chip = at.and_then(|at| self.list.query_selector(&format!("button[value='{at}']")).ok().flatten());
        let _ = match chip.and_then(|chip| chip.dyn_into::<HtmlElement>().ok()) {
            Some(chip) => chip.focus(),
            None => self.entry.focus(),
        };
    }

    fn commit(&self) {
        let value = self.one(&self.entry.value());
        if !value.is_empty() {
            self.add(vec![value], "");
        }
    }

    /// Puts these behind the others; `rest` is what is still written on.
    fn add(&self, new: Vec<String>, rest: &str) {
        let mut values = self.values();
        let count = new.len();
        values.extend(new);
        let repeats = value_list::without_repeats(&mut values);
        self.entry.set_value(rest);
        self.show(&values);
        self.write(&values);
        if count == 0 {
            return;
        }
        let added = if count - repeats == 1 { "1 value added".to_owned() } else { format!("{} values added", count - repeats) };
        let twice = if repeats > 0 { format!(", {repeats} there already") } else { String::new() };
        dom::announce(&format!("{added}{twice}."));
    }

    fn remove(&self, at: usize) {
        let mut values = self.values();
        if at >= values.len() {
            return;
        }
        let gone = values.remove(at);
        self.show(&values);
        self.write(&values);
        self.focus(if values.is_empty() { None } else { Some(at).filter(|at| *at < values.len()) });
        dom::announce(&format!("{gone} removed."));
    }
}

fn chip(at: usize, value: &str) -> Option<Element> {
    let item = dom::make("li", "chip", "")?;
    item.set_attribute("data-value", value).ok()?;
    dom::append(&item, dom::make("span", "", value));
    let button = dom::make("button", "", "×")?;
    for (name, set) in [("type", "button"), ("value", &at.to_string()), ("aria-label", &format!("Remove {value}"))] {
        button.set_attribute(name, set).ok()?;
    }
    dom::append(&item, Some(button));
    Some(item)
}
