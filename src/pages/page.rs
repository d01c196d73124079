//! How a page becomes an answer: the frame around it, the document, its nonce and its policy.
//!
//! A handler loads what the page shows before anything is drawn, so a view is a plain function of values: right status,
//! right title and whole HTML leave the server at once, and nothing is loaded twice.

use super::visit::{Member, Visit};
use crate::components::prelude::*;
use crate::components::{Assets, Attempt, Banner, Frame as Around, Gate, Glyph, NavItem, ProjectLink, Shell, SignedIn, Tone};
use crate::domain::actor::Person;
use crate::domain::role::InstanceRole;
use crate::domain::text::capital;
use crate::server::assets;
use crate::server::governance::Applied;
use crate::server::services::cleanup;
use crate::server::services::inbox;
use crate::server::services::projects::{self, OpenProject};
use crate::server::store::projects::StoredProject;
use axum::body::Body;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use hydration_context::SsrSharedContext;
use leptos::nonce::{provide_nonce, use_nonce};
use std::sync::Arc;

/// What stands around a page.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub title: String,
    /// The project that the page belongs to.
    pub project: Option<OpenProject>,
    pub place: Place,
    pub notice: Option<Notice>,
    /// A post that was refused, for the page's forms.
    pub attempt: Option<Attempt>,
}

impl Frame {
    /// The same with what `other` has to say of a change: its notice and its refused post.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { notice: other.notice, attempt: other.attempt, ..self }
    }
}

/// The entry of the main navigation that a page belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Nowhere,
    Flags,
    Drafts,
    Changes,
    Schedule,
    Inbox,
    Cleanup,
    Segments,
    Playground,
    Audit,
    Settings,
}

/// What just happened, said in the page's one status region.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    pub text: String,
    /// Posts to this address undo it.
    pub undo: Option<String>,
    /// Posts to this address lead to the confirm page that turns it on again.
    pub again: Option<String>,
}

pub type PageResult = Result<Response, super::failure::Failure>;

impl Member {
    /// Draws a page of a project. With a refused attempt in the frame the status says so.
    pub async fn page<V: IntoView + 'static>(self, frame: Frame, view: impl FnOnce() -> V + Send) -> PageResult {
        let status = status(frame.attempt.as_ref());
        Ok(draw(self.visit, frame, status, view).await)
    }
}

/// The status of a page with forms: that of the refusal, where one of them was refused.
pub fn status(attempt: Option<&Attempt>) -> StatusCode {
    match attempt.filter(|attempt| attempt.is_refusal()) {
        Some(refused) => {
            let status = refused.status.and_then(|status| StatusCode::from_u16(status).ok());
            status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
        }
        None => StatusCode::OK,
    }
}

/// After a change: the page to see it on. The browser asks for that with a GET, so a reload repeats nothing.
pub fn go(to: impl AsRef<str>) -> PageResult {
    Ok(Redirect::to(to.as_ref()).into_response())
}

/// After a change that the page can tell of and undo: names it in the address, in place of an earlier one.
pub fn done(to: &str, applied: &Applied) -> PageResult {
    go(with_done(to, applied.audit.last().copied()))
}

fn with_done(to: &str, sequence: Option<i64>) -> String {
    let to = to.split('#').next().unwrap_or_default();
    let (path, query) = to.split_once('?').unwrap_or((to, ""));
    let others = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("done="));
    let parts: Vec<String> = others.map(str::to_owned).chain(sequence.map(|number| format!("done={number}"))).collect();
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// Whether an address leads to a page of ours and nowhere else; `//evil.example` does not.
pub fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t'])
}

/// An address of our own to go to; anything else is home.
pub fn local(path: &str) -> &str {
    if is_local(path) { path } else { "/" }
}

/// Draws a page: framed for who is signed in, in one calm column for who is not.
pub async fn draw<V: IntoView + 'static>(
    visit: Visit,
    mut frame: Frame,
    status: StatusCode,
    view: impl FnOnce() -> V + Send,
) -> Response {
    let Some(person) = visit.person.clone() else { return gate(&visit, frame, false, None, status, view) };
    let actor = crate::domain::actor::Actor::Person(person.clone());
    let projects = projects::visible(&visit.state, &actor).await.unwrap_or_default();
    let unread = inbox::unread(&visit.state, &person).await.unwrap_or_default();
    let (title, attempt) = (frame.title.clone(), frame.attempt.take());
    document(&visit, title, attempt, status, move |visit| framed(visit, person, &projects, unread, frame, view))
}

/// A page outside of the frame: sign-in, set-up.
pub fn gate<V: IntoView + 'static>(
    visit: &Visit,
    mut frame: Frame,
    wide: bool,
    lead: Option<String>,
    status: StatusCode,
    view: impl FnOnce() -> V + Send,
) -> Response {
    let (title, attempt) = (frame.title.clone(), frame.attempt.take());
    let heading = title.clone();
    document(visit, title, attempt, status, move |_| {
        let inner = view();
        match lead {
            Some(lead) => view! { <Gate title=heading lead=lead wide=wide>{inner}</Gate> },
            None => view! { <Gate title=heading wide=wide>{inner}</Gate> },
        }
    })
}

fn framed<V: IntoView + 'static>(
    visit: &Visit,
    person: Person,
    projects: &[StoredProject],
    unread: i64,
    frame: Frame,
    view: impl FnOnce() -> V,
) -> Html {
    let role = role_words(&person, frame.project.as_ref());
    let current = frame.project.as_ref().map(|project| project.key().clone());
    let links = projects
        .iter()
        .map(|stored| ProjectLink {
            name: stored.project.name.clone(),
            href: format!("/p/{}/flags", stored.project.key),
            current: current.as_ref() == Some(&stored.project.key),
        })
        .collect();
    let wanting = frame.project.as_ref().map_or(0, |project| cleanup::count(&visit.state, project));
    let wanting = u64::try_from(wanting).ok().filter(|count| *count > 0);
    let mut nav = current.as_ref().map(|key| nav(key.as_str(), frame.place, wanting)).unwrap_or_default();
    nav.push(NavItem {
        label: "Inbox".to_owned(),
        href: "/inbox".to_owned(),
        icon: Glyph::Inbox,
        current: frame.place == Place::Inbox,
        count: u64::try_from(unread).ok().filter(|count| *count > 0),
    });
    let own = own_links(&person);
    let signed_in = SignedIn { name: person.name, email: person.email, role, links: own };
    let inner = view();
    let notice = frame.notice.map(notice);
    let here = visit.path.clone();
    let help = current.map_or_else(|| "/help".to_owned(), |key| format!("/help?project={key}"));
    match notice {
        Some(notice) => {
            view! { <Around person=signed_in theme=visit.theme projects=links nav=nav here=here help=help notice=notice>{inner}</Around> }
        }
        None => view! { <Around person=signed_in theme=visit.theme projects=links nav=nav here=here help=help>{inner}</Around> },
    }
}

/// What the menu of one's own leads to.
fn own_links(person: &Person) -> Vec<(&'static str, &'static str)> {
    let mut links = vec![("Account", "/account"), ("Projects", "/projects")];
    if person.instance_role == InstanceRole::Owner {
        links.extend([("People", "/people"), ("Installation history", "/history")]);
    }
    links
}

fn role_words(person: &Person, project: Option<&OpenProject>) -> String {
    match (person.instance_role, project) {
        (InstanceRole::Owner, _) => "Owner".to_owned(),
        (_, Some(project)) => capital(project.role.as_str()),
        _ => "Member".to_owned(),
    }
}

/// `cleanup`: how many flags want to be tidied up.
fn nav(project: &str, place: Place, cleanup: Option<u64>) -> Vec<NavItem> {
    let item = |label: &str, path: &str, icon, here| NavItem {
        label: label.to_owned(),
        href: format!("/p/{project}/{path}"),
        icon,
        current: place == here,
        count: None,
    };
    vec![
        item("Flags", "flags", Glyph::Flag, Place::Flags),
        item("Drafts", "drafts", Glyph::Edit, Place::Drafts),
        item("Changes", "changes", Glyph::Changes, Place::Changes),
        item("Schedule", "schedule", Glyph::Schedule, Place::Schedule),
        NavItem { count: cleanup, ..item("Cleanup", "cleanup", Glyph::Archive, Place::Cleanup) },
        item("Segments", "segments", Glyph::Segment, Place::Segments),
        item("Playground", "playground", Glyph::Playground, Place::Playground),
        item("Audit log", "audit", Glyph::History, Place::Audit),
        item("Settings", "settings", Glyph::Settings, Place::Settings),
    ]
}

fn notice(notice: Notice) -> Html {
    let way = notice.undo.map(|action| (action, "Undo"));
    let way = way.or(notice.again.map(|action| (action, "Turn on again…")));
    let way = way.map(|(action, label)| {
        view! {
            <form method="post" action=action>
                <crate::components::Button icon=Glyph::Undo>{label}</crate::components::Button>
            </form>
        }
    });
    match way {
        Some(undo) => view! { <Banner tone=Tone::Ok title=notice.text actions=undo /> },
        None => view! { <Banner tone=Tone::Ok title=notice.text /> },
    }
}

/// The whole document. Everything a view reads from the context is provided here.
fn document(
    visit: &Visit,
    title: String,
    attempt: Option<Attempt>,
    status: StatusCode,
    body: impl FnOnce(&Visit) -> Html,
) -> Response {
    let retry_after = attempt.as_ref().and_then(|attempt| attempt.retry_after);
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let (html, nonce) = owner.with(|| {
        provide_nonce();
        if let Some(attempt) = attempt {
            provide_context(attempt);
        }
        let files = Assets { stylesheet: assets::url("flagstaff.css"), ..Assets::default() };
        provide_context(files.clone());
        let body = body(visit);
        let (theme, scripts) = (visit.theme, assets::leptos_options());
        let html = view! { <Shell title=title theme=theme assets=files scripts=scripts>{body}</Shell> }.to_html();
        (html, use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default())
    });
    drop(owner);
    let mut response = (status, Body::from(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy(&nonce)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// No script but ours and those that carry this answer's nonce, no inline style, no frame, no foreign address.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_our_own_are_gone_to() {
        for (path, to) in [
            ("/p/demo/flags?q=a", "/p/demo/flags?q=a"),
            ("", "/"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("javascript:alert(1)", "/"),
        ] {
            assert_eq!(local(path), to, "{path:?}");
        }
    }

    #[test]
    fn a_change_is_named_once_in_the_address() {
        for (to, sequence, address) in [
            ("/p/demo/flags", Some(7), "/p/demo/flags?done=7"),
            ("/p/demo/flags?q=a&done=6&page=2", Some(7), "/p/demo/flags?q=a&page=2&done=7"),
            ("/p/demo/flags?done=6", None, "/p/demo/flags"),
            ("/p/demo/flags?q=a", None, "/p/demo/flags?q=a"),
            ("/p/demo/flags?done=6#rules", None, "/p/demo/flags"),
        ] {
            assert_eq!(with_done(to, sequence), address, "{to}");
        }
    }
}
