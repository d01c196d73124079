//! What somebody sent whose session had ended meanwhile. The sign-in page carries it along, and afterwards a page asks
//! whether to send it now: nothing that was typed is lost, nothing is changed without a press.

use super::fields::Fields;
use super::page::{self, Frame};
use super::visit::Visit;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::actor::Person;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

/// The longest form that is kept, in bytes: anybody may send one.
pub const LONGEST: usize = 256 * 1024;
/// How much longer it is in the sign-in form.
pub const AROUND: usize = 64 * 1024;

/// The address that it was sent to.
const TO: &str = "_to";
/// Sets its fields apart from those of the sign-in form.
const PREFIX: &str = "kept.";
/// The longest value that is shown whole, and the most fields.
const SHOWN: (usize, usize) = (200, 20);

/// A request of somebody who is not signed in.
#[derive(Debug, Clone)]
pub enum Posted {
    /// None, or no form.
    Nothing,
    Form(Bytes),
    TooLong,
}

/// Copies a form that is on its way to a page.
pub async fn copy(headers: &HeaderMap, body: Body) -> (Posted, Body) {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if !text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return (Posted::Nothing, body);
    }
    let length = match text(header::CONTENT_LENGTH) {
        Some(length) => length.parse().ok(),
        // Without either there is no body: the form is one button.
        None => text(header::TRANSFER_ENCODING).is_none().then_some(0),
    };
    if length.is_none_or(|length: usize| length > LONGEST) {
        return (Posted::TooLong, body);
    }
    match to_bytes(body, LONGEST).await {
        Ok(bytes) => (Posted::Form(bytes.clone()), Body::from(bytes)),
        // The connection broke: nobody is there to answer.
        Err(_) => (Posted::Nothing, Body::empty()),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// An address of our own.
    to: String,
    /// Without passwords.
    fields: Vec<(String, String)>,
}

impl Kept {
    /// A form that was posted to `path`.
    pub fn of(path: &str, body: &[u8]) -> Option<Self> {
        Self::new(path, &Fields::parse(body).ok()?)
    }

    /// What the sign-in form carried along.
    pub fn carried(form: &Fields) -> Option<Self> {
        let own = |(name, value): &(String, String)| Some((name.strip_prefix(PREFIX)?.to_owned(), value.clone()));
        Self::new(form.get(TO), &Fields(form.0.iter().filter_map(own).collect()))
    }

    fn new(to: &str, fields: &Fields) -> Option<Self> {
        let kept = || Self { to: to.to_owned(), fields: fields.without_passwords().cloned().collect() };
        page::is_local(to).then(kept)
    }

    /// For the sign-in form.
    pub fn carry(&self) -> Html {
        let fields = self.fields.iter().map(|(name, value)| (format!("{PREFIX}{name}"), value.clone()));
        hidden(std::iter::once((TO.to_owned(), self.to.clone())).chain(fields).collect()).draw()
    }

    /// What a person can recognise: no field that only the page itself knows.
    fn told(&self) -> Vec<(String, String)> {
        let typed = |name: &str| !name.starts_with('_') && !matches!(name, "base_version" | "return_to");
        let short = |value: &str| match value.char_indices().nth(SHOWN.0) {
            Some((at, _)) => format!("{}…", &value[..at]),
            None => value.to_owned(),
        };
        let fields = self.fields.iter().filter(|(name, value)| typed(name) && !value.is_empty());
        fields.take(SHOWN.1).map(|(name, value)| (name.clone(), short(value))).collect()
    }
}

fn hidden(fields: Vec<(String, String)>) -> Vec<Html> {
    fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect()
}

/// After signing in again: the form as it was sent, behind one button.
pub async fn offer(mut visit: Visit, person: Person, kept: Kept) -> Response {
    visit.person = Some(person);
    let frame = Frame { title: "You are signed in again".to_owned(), ..Frame::default() };
    page::draw(visit, frame, StatusCode::OK, move || view(kept)).await
}

fn view(kept: Kept) -> Html {
    let told = kept.told();
    let facts = (!told.is_empty()).then(|| {
        let facts: Vec<_> = told.into_iter().map(|(name, value)| view! { <Fact label=name>{value}</Fact> }).collect();
        view! { <Definitions wide=true>{facts}</Definitions> }
    });
    let (to, fields) = (kept.to.clone(), hidden(kept.fields));
    view! {
        <PageHeading title="You are signed in again" lead="Send it now? Nothing was changed while you were signed out." />
        <Card id="kept" title="What you sent">
            <div class="stack">
                <p>"To "<code>{kept.to}</code></p>
                {facts}
                <form method="post" action=to id="send-again" class="bar">
                    {fields}
                    <Button kind=ButtonKind::Primary>"Send it now"</Button>
                    <LinkButton href="/" kind=ButtonKind::Quiet>"Leave it"</LinkButton>
                </form>
            </div>
        </Card>
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_form_survives_the_sign_in_page_whole_but_for_passwords() {
        let body = b"_form=share&tag=a&tag=b&share=25+%25&new_password=hush&kept.x=1";
        let kept = Kept::of("/p/shop/flags/a?x=1", body).unwrap();
        let mut form = vec![("email".to_owned(), "ada".to_owned()), (TO.to_owned(), kept.to.clone())];
        form.extend(kept.fields.iter().map(|(name, value)| (format!("{PREFIX}{name}"), value.clone())));
        assert_eq!(Kept::carried(&Fields(form)), Some(kept.clone()));
        let pairs: Vec<_> = kept.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("_form", "share"), ("tag", "a"), ("tag", "b"), ("share", "25 %"), ("kept.x", "1")]);
    }

    #[test]
    fn only_addresses_of_our_own_are_sent_to() {
        for to in ["", "//evil.example/", "https://evil.example/", "/\\evil.example"] {
            assert_eq!(Kept::carried(&Fields(vec![(TO.to_owned(), to.to_owned())])), None, "{to}");
        }
        assert!(Kept::carried(&Fields(vec![(TO.to_owned(), "/p/shop/undo/7".to_owned())])).is_some());
        assert_eq!(Kept::carried(&Fields::default()), None);
    }
}
