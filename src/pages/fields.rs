//! What a posted form holds, in order and as it was typed.

use crate::components::Attempt;
use crate::domain::flag::Problem;
use crate::server::error::Error;
use crate::server::services::states::Consent;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};

/// The fields of a form. Values are trimmed where they are parsed, not here: what was typed comes back as typed.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let axum::extract::RawForm(bytes) =
            axum::extract::RawForm::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let pairs = serde_html_form::from_bytes(&bytes);
        pairs.map(Self).map_err(|e| {
            super::failure::Failure::from(Error::field("", format!("The form could not be read: {e}"))).into_response()
        })
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
        }
    }
    /// The version the page was drawn from.
    pub fn base_version(&self) -> Option<i64> {
        self.get("base_version").parse().ok()
    }

    /// Turns a refusal into what the page shows beside its fields; what no form can mend goes on as an error.
    pub fn attempt(&self, error: Error) -> Result<Attempt, Error> {
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
        // A password is typed again, never sent back.
        let values = self.0.iter().filter(|(key, _)| !key.contains("password")).cloned().collect();
        Ok(Attempt { form: self.form().to_owned(), values, problems, message })
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
