//! Fields for a moment, which may be written in the viewer's own time zone: a button beside each writes it there.

use super::dom;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlInputElement;
use web_sys::js_sys::{Array, Date, Intl::DateTimeFormat, Object, Reflect};

/// Nothing for who lives in UTC: that is what a moment without a zone is in.
pub fn dress() {
    let Some(zone) = zone().filter(|zone| zone != "UTC") else { return };
    for field in dom::all("input[data-moment]") {
        if let Ok(field) = field.dyn_into::<HtmlInputElement>() {
            add(&field, &zone);
        }
    }
}

/// `Europe/Berlin`
fn zone() -> Option<String> {
    let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &JsValue::from_str("timeZone")).ok()?.as_string()
}

fn add(field: &HtmlInputElement, zone: &str) -> Option<()> {
    let button = dom::make("button", "btn quiet", &format!("In {zone}"))?;
    for (name, value) in [("type", "button"), ("title", "Write the moment in this time zone; an empty field becomes now")] {
        button.set_attribute(name, value).ok()?;
    }
    field.parent_element()?.append_child(&button).ok()?;
    let (field, zone) = (field.clone(), zone.to_owned());
    dom::on(&button, "click", move |_| {
        if let Some(text) = written(field.value().trim(), &zone) {
            field.set_value(&text);
            dom::changed(&field);
        }
        let _ = field.focus();
    });
    Some(())
}

/// The same moment on a clock of that zone; a clock's time without any zone is taken to be one there.
fn written(text: &str, zone: &str) -> Option<String> {
    if text.is_empty() {
        return Some(format!("{} {zone}", clock(&now())));
    }
    let time = text.get(10..).unwrap_or_default();
    if text.len() >= 10 && time.chars().all(|c| c.is_ascii_digit() || matches!(c, 'T' | ' ' | ':' | '.')) {
        return Some(format!("{text} {zone}"));
    }
    let at = Date::new(&JsValue::from_str(&text.replacen(' ', "T", 1)));
    (!at.get_time().is_nan()).then(|| format!("{} {zone}", clock(&at)))
}

/// `2026-11-30 09:00`, with what there is below a minute.
fn clock(at: &Date) -> String {
    let day = format!("{:04}-{:02}-{:02}", at.get_full_year(), at.get_month() + 1, at.get_date());
    let time = format!("{day} {:02}:{:02}", at.get_hours(), at.get_minutes());
    match (at.get_seconds(), at.get_milliseconds()) {
        (0, 0) => time,
        (seconds, 0) => format!("{time}:{seconds:02}"),
        (seconds, millis) => format!("{time}:{seconds:02}.{millis:03}"),
    }
}

/// To the minute.
fn now() -> Date {
    let now = Date::new_0();
    now.set_seconds(0);
    now.set_milliseconds(0);
    now
}
