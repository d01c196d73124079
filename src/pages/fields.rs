//! What a posted form holds, in order and as it was typed.

use super::failure::Failure;
use crate::components::Attempt;
use crate::domain::flag::Problem;
use crate::domain::id::UserId;
use crate::domain::text::capital;
use crate::server::error::Error;
use crate::server::governance::change_requests::NewRequest;
use crate::server::services::drafts::Seen;
use crate::server::services::states::Consent;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;

/// The fields of a form. Values are trimmed where they are parsed, not here: what was typed comes back as typed.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Vec<(String, String)>);

/// The most fields that a form may hold. Pages have hundreds at most; a body of nothing but field ends would take much
/// memory to draw again.
const MOST: usize = 5_000;

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let read = axum::extract::RawForm::from_request(request, state).await;
        let axum::extract::RawForm(bytes) = read.map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            _ => Error::field("", "The form did not arrive whole, or is no form. Go back and send it again."),
        })?;
        Self::parse(&bytes).map_err(Failure::from)
    }
}

impl Fields {
    /// Reads a form as browsers write it.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.iter().filter(|byte| **byte == b'&').count() >= MOST {
            return Err(Error::field("", format!("The form has more than {MOST} fields.")));
        }
        let pairs = serde_html_form::from_bytes(bytes);
        pairs.map(Self).map_err(|e| Error::field("", format!("The form could not be read: {e}")))
    }
}

impl Fields {
    /// The first value of a field; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }
    /// The same without the white space around it.
    pub fn text(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }
    /// The same, and `None` when nothing is left.
    pub fn filled(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }
    /// Every value of a field that may be sent several times.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }
    pub fn is_checked(&self, name: &str) -> bool {
        self.0.iter().any(|(key, value)| key == name && value != "false")
    }
    /// Which of the page's forms was sent, the confirm page in between or not.
    pub fn form(&self) -> &str {
        if self.is_confirming() { self.get(super::confirm::ORIGIN) } else { self.get("_form") }
    }
    /// Whether it comes from the confirm page.
    pub fn is_confirming(&self) -> bool {
        self.get("_form") == super::confirm::FORM
    }
    /// What the person adds to the change.
    pub fn consent(&self) -> Consent {
        Consent {
            base_version: self.base_version(),
            reason: self.filled("reason"),
            confirmation: self.is_confirming().then(|| self.text("confirmation")),
            request: self.request(),
        }
    }
    /// What is said to those who have to look at it first, where the page asked for that.
    pub fn request(&self) -> Option<NewRequest> {
        let is_asked = self.0.iter().any(|(name, _)| name == super::confirm::TITLE);
        is_asked.then(|| NewRequest {
            title: self.text(super::confirm::TITLE),
            why: self.text(super::confirm::WHY),
            reviewers: self.all(super::confirm::REVIEWERS).into_iter().map(UserId::from_text).collect(),
            edits: None,
            anyway: self.is_checked(super::confirm::ANYWAY),
            schedule: None,
        })
    }
    /// Whether a review is wanted that no policy asks for, and nothing is said yet to those who look at it.
    pub fn wishes_review(&self) -> bool {
        self.is_checked(super::confirm::ANYWAY) && self.request().is_none()
    }
    /// What a form of the draft was drawn from.
    pub fn seen(&self) -> Seen {
        Seen { base_version: self.base_version(), draft_version: self.get("draft_version").parse().ok() }
    }
    /// The version the page was drawn from.
    pub fn base_version(&self) -> Option<i64> {
        self.get("base_version").parse().ok()
    }

    /// Turns a refusal into what the page shows beside its fields; what no form can mend goes on as an error.
    pub fn attempt(&self, error: Error) -> Result<Attempt, Error> {
        let (status, retry_after) = (Some(error.status()), error.retry_after());
        let (problems, message): (Vec<Problem>, Option<String>) = match error {
            Error::Invalid(problems) => {
                let (whole, fields): (Vec<_>, Vec<_>) = problems.into_iter().partition(|problem| problem.field.is_empty());
                let message = whole.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join(" ");
                (fields, Some(message).filter(|text| !text.is_empty()))
            }
            Error::Conflict { .. } => {
                let advice =
                    "What you typed is kept below. Reload the page to see the present state, then make your change again.";
                (Vec::new(), Some(format!("{}. {advice}", capital(&error.to_string()))))
            }
            Error::TooMany(_) | Error::Busy | Error::Full => (Vec::new(), Some(format!("{}.", capital(&error.to_string())))),
            other => return Err(other),
        };
        let values = self.without_passwords().cloned().collect();
        Ok(Attempt { form: self.form().to_owned(), values, problems, message, status, retry_after })
    }

    /// What may be sent back: a password is typed again.
    pub fn without_passwords(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(|(name, _)| !name.contains("password"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::pages::page;

    #[test]
    fn a_refusal_keeps_its_status_and_when_to_try_again() {
        let conflict = Error::Conflict { object: "a".into(), base: 1, current: 2 };
        let table = [
            (Error::field("share", "no"), 422, None),
            (conflict, 409, None),
            (Error::TooMany(7), 429, Some(7)),
            (Error::Busy, 503, Some(5)),
            (Error::Full, 507, Some(60)),
        ];
        for (error, status, retry_after) in table {
            let attempt = Fields::default().attempt(error).unwrap();
            assert_eq!((page::status(Some(&attempt)).as_u16(), attempt.retry_after), (status, retry_after));
        }
        assert_eq!(page::status(Some(&Attempt::default())), StatusCode::OK, "a form that only grew by a row");
        assert!(Fields::default().attempt(Error::NotFound("flag")).is_err());
    }
}
