//! What several changes at once ask for before they are taken, as fields of a form: a reason, and the key of each critical
//! environment, typed.

use super::confirm;
use super::fields::Fields;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::Problem;
use crate::domain::text::{capital, listed};
use crate::server::services::confirmation::{Asks, Confirmation};

/// The name of the field in which an environment's key is typed.
pub fn typed_name(environment: &str) -> String {
    format!("typed.{environment}")
}

/// What of it was not said.
pub fn unconfirmed(fields: &Fields, asks: &Asks) -> Vec<Problem> {
    let mut problems = Vec::new();
    if fields.request().is_some() {
        return problems;
    }
    if asks.reason && fields.filled("reason").is_none() {
        problems.push(Problem::new("reason", "Say why, for the people who read the history."));
    }
    for key in asks.typed.iter().filter(|key| fields.text(&typed_name(key)) != key.as_str()) {
        problems.push(Problem::new(typed_name(key), format!("Type {key} to confirm that you mean this environment.")));
    }
    problems
}

pub fn confirmation(fields: &Fields, asks: &Asks) -> Confirmation {
    let typed = asks.typed.iter().map(|key| fields.text(&typed_name(key))).collect();
    Confirmation { reason: fields.filled("reason"), confirmed: asks.reason, typed, request: fields.request() }
}

/// The fields; to be made inside of a form. Where other people look at it first, that is what is asked for: `title` is what
/// the request is called unless somebody says it better, `reviewers` whom it may be asked of.
pub fn inputs(asks: &Asks, title: &str, reviewers: Vec<Choice>) -> Html {
    if let Some(asked) = &asks.review {
        let told = format!("{}: {} first.", capital(&listed(&asked.because)), confirm::looks(asked));
        return view! { <p>{told}</p> {confirm::review_fields(title.to_owned(), String::new(), reviewers, false)} };
    }
    let hint = "For the people who read the history.";
    let typed: Vec<_> = asks.typed.iter().map(|key| typed_field(key)).collect();
    view! { <Field name="reason" label="Reason" required=asks.reason hint=hint /> {typed} }
}

fn typed_field(environment: &str) -> Html {
    let (name, label) = (typed_name(environment), format!("Environment {environment}"));
    let hint = format!("{environment} is critical: type {environment} to say that you mean it.");
    view! { <Field name=name label=label required=true mono=true autocomplete="off" hint=hint /> }
}
