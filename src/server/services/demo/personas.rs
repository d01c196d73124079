//! Whom the demo's flags can be tried on, and the segment that several of them ask for.

use super::internal;
use super::states::condition;
use crate::domain::condition::{Condition, Operator};
use crate::domain::key::{EnvironmentKey, FlagKey, PersonaKey, SegmentKey, VariantName};
use crate::domain::persona::{Expectations, Persona};
use crate::domain::segment::Segment;
use crate::server::error::Error;
use serde_json::{Value, json};

/// The segment of those who work at the shop.
pub const STAFF: &str = "staff";

/// By their address at the shop; a contractor, who has none, by name.
pub fn staff() -> Result<Segment, Error> {
    let address = condition("email", Operator::EndsWith, &[json!("@shop.example")]);
    Ok(Segment {
        key: SegmentKey::parse(STAFF).map_err(internal)?,
        name: "Staff".to_owned(),
        description: "Everybody who works at the shop, the contractors of the warehouse included.".to_owned(),
        include: vec!["user_301".to_owned()],
        exclude: Vec::new(),
        groups: vec![vec![Condition { ignore_case: true, ..address }]],
    })
}

fn persona(key: &str, name: &str, description: &str, context: Value) -> Result<Persona, Error> {
    let Value::Object(context) = context else { return Err(internal("a persona's context is no object")) };
    let key = PersonaKey::parse(key).map_err(internal)?;
    Ok(Persona { key, name: name.to_owned(), description: description.to_owned(), context, expect: Expectations::new() })
}

/// What holds whatever day the demo is looked at: of rules and switches, never of a share.
const EXPECTED: [(&str, &str, &str, &str); 6] = [
    ("pro_norway", "production", "new_checkout", "on"),
    ("employee", "production", "new_checkout", "on"),
    ("employee", "production", "pricing_experiment", "control"),
    ("old_app", "staging", "max_upload_mb", "small"),
    ("suspicious", "production", "checkout_limits", "tight"),
    ("visitor", "production", "legacy_search", "off"),
];

fn with_expectations(persona: Persona) -> Result<Persona, Error> {
    let own: Vec<_> = EXPECTED.into_iter().filter(|(key, ..)| *key == persona.key.as_str()).collect();
    own.into_iter().try_fold(persona, |persona, (_, environment, flag, variant)| {
        let environment = EnvironmentKey::parse(environment).map_err(internal)?;
        let flag = FlagKey::parse(flag).map_err(internal)?;
        Ok(persona.expecting(environment, flag, VariantName::parse(variant).map_err(internal)?))
    })
}

pub fn all() -> Result<Vec<Persona>, Error> {
    people()?.into_iter().map(with_expectations).collect()
}

fn people() -> Result<Vec<Persona>, Error> {
    Ok(vec![
        persona(
            "pro_norway",
            "Kari, pro plan, Norway",
            "A customer for years, on the newest app.",
            json!({"targetingKey": "user_4711", "email": "kari@fjord.example", "plan": "pro", "country": "NO",
                   "account_age_days": 1_204, "app_version": "2.6.1", "risk_score": 0.04}),
        )?,
        persona(
            "visitor",
            "A visitor who is not signed in",
            "Has no key to bucket by, so no share reaches them.",
            json!({"country": "DE"}),
        )?,
        persona(
            "employee",
            "Ola, who works here",
            "In the segment staff by his address.",
            json!({"targetingKey": "user_12", "email": "ola@shop.example", "plan": "free", "country": "NO",
                   "account_age_days": 610, "app_version": "2.6.1"}),
        )?,
        persona(
            "old_app",
            "Sam, on an old app",
            "An app before 2.4.0 cannot resume an upload.",
            json!({"targetingKey": "user_5230", "plan": "enterprise", "country": "US", "account_age_days": 388,
                   "app_version": "2.1.0", "risk_score": 0.11}),
        )?,
        persona(
            "invited",
            "Lin, invited by name",
            "An individual target of the new checkout.",
            json!({"targetingKey": "user_123", "plan": "free", "country": "SE", "account_age_days": 97, "app_version": "2.5.0"}),
        )?,
        persona(
            "suspicious",
            "A new account that looks like fraud",
            "What the fraud desk tries its limits on.",
            json!({"targetingKey": "user_9980", "plan": "free", "country": "US", "account_age_days": 1, "risk_score": 0.93}),
        )?,
    ])
}
