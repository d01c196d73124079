//! A flag's switch, turned in place. The form around it stays what it is: on any doubt it is sent as it stands, and the
//! server's page asks, explains or refuses.
//!
//! Takes over only where the share beside the switch is marked `data-share`: there nothing else on the page depends on it
//! but, marked `data-status` in the same row, the flag's status.

use super::dom;
use crate::server_fns::{Switched, set_enabled};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlTemplateElement, SubmitEvent};

/// How long the way back stands on the page, in milliseconds.
const UNDO: i32 = 10_000;
/// On a form that is to be sent as it stands.
const PLAIN: &str = "data-plain";

pub fn listen() {
    if let Some(document) = dom::document() {
        dom::on(&document, "submit", |event| {
            if let Some(turn) = Turn::read(&event) {
                event.prevent_default();
                turn.start();
            }
        });
    }
}

/// One click on a switch.
#[derive(Clone)]
struct Turn {
    form: HtmlFormElement,
    button: HtmlElement,
    share: Element,
    project: String,
    flag: String,
    environment: String,
}

impl Turn {
    /// What was clicked, where that is a switch of ours to take over.
    fn read(event: &Event) -> Option<Self> {
        let button = event.dyn_ref::<SubmitEvent>()?.submitter()?;
        let form: HtmlFormElement = dom::element(event)?.dyn_into().ok()?;
        let share = form.parent_element()?.query_selector("[data-share]").ok()??;
        if form.has_attribute(PLAIN) || button.get_attribute("role")? != "switch" {
            return None;
        }
        let action = form.get_attribute("action")?;
        let mut parts = action.strip_prefix("/p/")?.split('/');
        let (project, word, flag, environment) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        (word == "flags" && parts.next().is_none()).then(|| Self {
            share,
            button,
            project: project.to_owned(),
            flag: flag.to_owned(),
            environment: environment.to_owned(),
            form: form.clone(),
        })
    }

    fn is_on(&self) -> bool {
        self.button.get_attribute("aria-checked").as_deref() == Some("true")
    }

    fn show(&self, on: bool) {
        let _ = self.button.set_attribute("aria-checked", if on { "true" } else { "false" });
        let _ = self.button.set_attribute("value", if on { "false" } else { "true" });
        // What turning it on would do is done.
        let _ = self.button.remove_attribute("title");
    }

    /// Shows the switch turned at once, and asks the server.
    fn start(self) {
        if self.form.has_attribute("aria-busy") {
            return;
        }
        let _ = self.form.set_attribute("aria-busy", "true");
        let wanted = !self.is_on();
        self.show(wanted);
        spawn_local(async move {
            let base = self.version().and_then(|input| input.value().parse().ok());
            let turned = set_enabled(self.project.clone(), self.flag.clone(), self.environment.clone(), wanted, base).await;
            let _ = self.form.remove_attribute("aria-busy");
            match turned {
                Ok(turned) => self.finish(turned),
                Err(_) => self.send(!wanted),
            }
        });
    }

    fn version(&self) -> Option<HtmlInputElement> {
        self.form.query_selector("input[name=base_version]").ok()??.dyn_into().ok()
    }

    /// Sends the form as it stood before the click.
    fn send(&self, on: bool) {
        self.show(on);
        let _ = self.form.set_attribute(PLAIN, "");
        let _ = self.form.request_submit_with_submitter(Some(&self.button));
    }

    fn finish(&self, turned: Switched) {
        self.show(turned.enabled);
        self.share.set_text_content(Some(&turned.share));
        if let Some(input) = self.version() {
            input.set_value(&turned.version.to_string());
        }
        let status = self.form.closest("tr").ok().flatten().and_then(|row| row.query_selector("[data-status]").ok()?);
        let seen = status.and_then(|status| status.text_content());
        if seen.is_some_and(|seen| seen.trim() != turned.status) {
            // More of the page speaks of it than this row's share: the page as the server draws it.
            return self.reload(turned.seq);
        }
        tell(&turned);
    }

    fn reload(&self, seq: Option<i64>) {
        let Some(location) = web_sys::window().map(|window| window.location()) else { return };
        let (Ok(path), Ok(query)) = (location.pathname(), location.search()) else { return };
        let kept = query.trim_start_matches('?').split('&').filter(|part| !part.is_empty() && !part.starts_with("done="));
        let parts: Vec<String> = kept.map(str::to_owned).chain(seq.map(|seq| format!("done={seq}"))).collect();
        let _ = location.assign(&format!("{path}?{}", parts.join("&")));
    }
}

/// Says what happened in the status region, for ten seconds with the way back.
fn tell(turned: &Switched) {
    let Some(status) = dom::status() else { return };
    status.set_text_content(None);
    if turned.said.is_empty() {
        return;
    }
    if let Some(banner) = banner(&turned.said, turned.undo.as_deref()) {
        let _ = status.append_child(&banner);
        fade(banner);
    }
}

/// The server's own banner, from its template.
fn banner(said: &str, undo: Option<&str>) -> Option<Element> {
    let template: HtmlTemplateElement = dom::first("template#done")?.dyn_into().ok()?;
    let banner: Element = template.content().first_element_child()?.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    banner.query_selector("b").ok()??.set_text_content(Some(said));
    let form = banner.query_selector("form").ok()??;
    match undo {
        Some(address) => form.set_attribute("action", address).ok()?,
        None => form.remove(),
    }
    Some(banner)
}

/// Takes the banner away, but not from under somebody's hand.
fn fade(banner: Element) {
    dom::later(
        UNDO,
        move || {
            if banner.matches(":hover, :focus-within").unwrap_or(false) { fade(banner) } else { banner.remove() }
        },
    );
}
