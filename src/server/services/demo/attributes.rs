//! What the demo's contexts are made of, and what its programs send beside that.

use super::history::ENVIRONMENTS;
use super::key;
use crate::domain::attribute::{Attribute, AttributeType};
use crate::domain::key::EnvironmentKey;
use crate::domain::rule::TARGETING_KEY;
use crate::domain::time::{HOUR, MINUTE, Timestamp};
use crate::server::error::Error;
use crate::server::serving::MAX_NAMES;
use crate::server::store::{self, Tx};
use serde_json::Value;

fn attribute(name: &str, value_type: AttributeType, description: &str) -> Attribute {
    let (name, description) = (name.to_owned(), description.to_owned());
    Attribute { name, value_type, legal_values: Vec::new(), private: false, description }
}

pub fn all() -> Vec<Attribute> {
    let plans = ["free", "pro", "enterprise"].map(Value::from).to_vec();
    vec![
        attribute("account_age_days", AttributeType::Number, "Whole days since the account was made."),
        attribute("app_version", AttributeType::Version, "Of the phone app; the web shop sends none."),
        attribute("country", AttributeType::Text, "Two letters, by the delivery address."),
        attribute("email", AttributeType::Text, "As it was confirmed; absent until then."),
        Attribute {
            private: true,
            ..attribute("phone", AttributeType::Text, "The app sends it for the fraud desk's own use. No persona may keep one.")
        },
        Attribute { legal_values: plans, ..attribute("plan", AttributeType::Text, "What the customer pays for.") },
        attribute("risk_score", AttributeType::Number, "From the fraud desk: 0 is harmless, 1 is certain."),
    ]
}

/// Names as the demo's back end, web shop and app send them; two of them nobody has described.
const SENT: [(&str, i64); 10] = [
    (TARGETING_KEY, 0),
    ("account_age_days", 0),
    ("app_version", 2),
    ("country", 0),
    ("device.os", 3),
    ("email", 1),
    ("locale", 4),
    ("phone", 2),
    ("plan", 0),
    ("risk_score", 6),
];

/// Writes down which names were sent, a while before `now`.
pub async fn add(tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
    let project = store::projects::find(tx, &key()?).await?.ok_or(Error::NotFound("project"))?;
    let limit = i64::try_from(MAX_NAMES).unwrap_or(i64::MAX);
    for (environment, hours) in ENVIRONMENTS.into_iter().rev().zip(0..) {
        let environment = EnvironmentKey::parse(environment).map_err(super::internal)?;
        let environment =
            store::environments::find(tx, &project.id, &environment).await?.ok_or(Error::NotFound("environment"))?;
        for (name, minutes) in SENT {
            store::attributes::see(tx, &environment.id, name, now.plus(-hours * HOUR - minutes * MINUTE), limit).await?;
        }
    }
    Ok(())
}
