//! What flags of a kind must say in a project, besides owner and description, which every flag has.

use super::flag::{Flag, FlagKind, Problem};
use serde::{Deserialize, Serialize};

/// A field of a flag's definition that a project may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequiredField {
    Ticket,
    RollbackCriteria,
}

/// The fields that are asked for; in documents and files the list of their names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<RequiredField>", into = "Vec<RequiredField>")]
pub struct Required {
    pub ticket: bool,
    pub rollback_criteria: bool,
}

impl RequiredField {
    pub const ALL: [Self; 2] = [Self::Ticket, Self::RollbackCriteria];

    /// The field's name in a flag, and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::RollbackCriteria => "rollback_criteria",
        }
    }
    /// How people say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ticket => "Ticket",
            Self::RollbackCriteria => "Turn it off when",
        }
    }
    fn is_filled(self, flag: &Flag) -> bool {
        let text = match self {
            Self::Ticket => &flag.ticket,
            Self::RollbackCriteria => &flag.rollback_criteria,
        };
        !text.trim().is_empty()
    }
    fn problem(self, kind: FlagKind) -> Problem {
        let kind = kind.label();
        let message = match self {
            Self::Ticket => format!("{kind} flags of this project name their ticket, such as PAY-1234."),
            Self::RollbackCriteria => {
                format!("{kind} flags of this project say when to turn them off, such as errors above 1 %.")
            }
        };
        Problem::new(self.as_str(), message)
    }
}

impl Required {
    pub const fn asks(self, field: RequiredField) -> bool {
        match field {
            RequiredField::Ticket => self.ticket,
            RequiredField::RollbackCriteria => self.rollback_criteria,
        }
    }
    pub fn is_empty(&self) -> bool {
        self.fields().next().is_none()
    }
    pub fn fields(self) -> impl Iterator<Item = RequiredField> {
        RequiredField::ALL.into_iter().filter(move |field| self.asks(*field))
    }

    /// What a flag lacks, each at its field.
    pub fn problems(self, flag: &Flag) -> Vec<Problem> {
        self.fields().filter(|field| !field.is_filled(flag)).map(|field| field.problem(flag.kind)).collect()
    }

    /// The same where the flag was there before: what it lacked already, as a flag of this kind, it may go on lacking. A flag
    /// that is older than the rule is still given another owner; the form of its definition asks for the rest.
    pub fn new_problems(self, before: &Flag, after: &Flag) -> Vec<Problem> {
        let is_new = |field: &RequiredField| before.kind != after.kind || field.is_filled(before);
        self.fields().filter(|field| !field.is_filled(after)).filter(is_new).map(|field| field.problem(after.kind)).collect()
    }
}

impl From<Vec<RequiredField>> for Required {
    fn from(fields: Vec<RequiredField>) -> Self {
        let has = |field| fields.contains(&field);
        Self { ticket: has(RequiredField::Ticket), rollback_criteria: has(RequiredField::RollbackCriteria) }
    }
}

impl From<Required> for Vec<RequiredField> {
    fn from(required: Required) -> Self {
        required.fields().collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn flag(kind: &str, ticket: &str, criteria: &str) -> Flag {
        serde_json::from_value(json!({
            "key": "a", "kind": kind, "value_type": "boolean", "fallback_variant": "off",
            "variants": [{ "name": "on", "value": true }, { "name": "off", "value": false }],
            "owner": { "unclaimed": "Payments" }, "description": "A flag",
            "ticket": ticket, "rollback_criteria": criteria,
        }))
        .unwrap()
    }

    fn named(problems: Vec<Problem>) -> String {
        problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn what_is_missing_is_told_at_its_field() {
        let both = Required { ticket: true, rollback_criteria: true };
        let ticket = Required { ticket: true, ..Required::default() };
        for (required, flag, expected) in [
            (Required::default(), flag("release", "", ""), ""),
            (ticket, flag("release", " ", ""), "ticket"),
            (ticket, flag("release", "PAY-1", ""), ""),
            (both, flag("release", "", ""), "ticket,rollback_criteria"),
            (both, flag("release", "PAY-1", "Errors"), ""),
        ] {
            assert_eq!(named(required.problems(&flag)), expected);
        }
    }

    #[test]
    fn an_old_flag_is_not_made_worse_and_may_stay_as_it_is() {
        let both = Required { ticket: true, rollback_criteria: true };
        for (before, after, expected) in [
            (flag("release", "", ""), flag("release", "", ""), ""),
            (flag("release", "PAY-1", ""), flag("release", "", ""), "ticket"),
            (flag("release", "", ""), flag("release", "PAY-1", ""), ""),
            (flag("operational", "", ""), flag("release", "", ""), "ticket,rollback_criteria"),
        ] {
            assert_eq!(named(both.new_problems(&before, &after)), expected);
        }
    }

    #[test]
    fn documents_hold_the_names() {
        for (required, document) in [
            (Required::default(), json!([])),
            (Required { ticket: true, ..Required::default() }, json!(["ticket"])),
            (Required { ticket: true, rollback_criteria: true }, json!(["ticket", "rollback_criteria"])),
        ] {
            assert_eq!(serde_json::to_value(required).unwrap(), document);
            assert_eq!(serde_json::from_value::<Required>(document).unwrap(), required);
        }
    }
}
