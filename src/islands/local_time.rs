//! The viewer's own zone beside UTC.

use super::dom;
use wasm_bindgen::JsValue;
use web_sys::Element;
use web_sys::js_sys::{Date, Intl::DateTimeFormat, Object, Reflect};

/// Adds ` · 10:00 CET` to every exact time, with the day where it is another one. Nothing for who lives in UTC.
pub fn add() {
    for time in dom::all("time[data-local]") {
        if let Some(text) = time.get_attribute("datetime").and_then(|at| local(&Date::new(&at.into()))) {
            add_to(&time, &text);
        }
    }
}

fn add_to(time: &Element, text: &str) {
    dom::append(time, dom::make("span", "local", &format!(" · {text}")));
}

fn local(at: &Date) -> Option<String> {
    if at.get_time().is_nan() || at.get_timezone_offset() == 0.0 {
        return None;
    }
    let mut wanted = vec![("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23"), ("timeZoneName", "short")];
    if at.get_date() != at.get_utc_date() {
        wanted.extend([("day", "numeric"), ("month", "short")]);
    }
    let options = Object::new();
    for (name, value) in wanted {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    // The page is in English, whatever the browser speaks.
    let locales = web_sys::js_sys::Array::of1(&JsValue::from_str("en-GB"));
    let format = DateTimeFormat::new(&locales, &options);
    format.format().call1(&JsValue::UNDEFINED, at).ok()?.as_string()
}
