//! What several changes at once ask for before they are taken, as fields of a form: a reason, and the key of each critical
//! environment, typed.

use super::fields::Fields;
use crate::components::*;
use crate::domain::flag::Problem;
use crate::domain::key::EnvironmentKey;
use crate::server::services::confirmation::{Asks, Confirmation};
use leptos::prelude::*;

/// The name of the field in which an environment's key is typed.
pub fn typed_name(environment: &EnvironmentKey) -> String {
    format!("typed.{environment}")
}

/// What of it was not said.
pub fn unconfirmed(fields: &Fields, asks: &Asks) -> Vec<Problem> {
    let mut problems = Vec::new();
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
    Confirmation { reason: fields.filled("reason"), confirmed: asks.reason, typed }
}

/// The fields; to be made inside of a form.
pub fn inputs(asks: &Asks) -> impl IntoView + use<> {
    let hint = "For the people who read the history.";
    let typed: Vec<_> = asks.typed.iter().map(typed_field).collect();
    view! { <Field name="reason" label="Reason" required=asks.reason hint=hint /> {typed} }
}

fn typed_field(environment: &EnvironmentKey) -> impl IntoView + use<> {
    let (name, label) = (typed_name(environment), format!("Environment {environment}"));
    let hint = format!("{environment} is critical: type {environment} to say that you mean it.");
    view! { <Field name=name label=label required=true mono=true autocomplete="off" hint=hint /> }
}
