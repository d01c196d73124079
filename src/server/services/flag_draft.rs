//! A flag's definition as a person typed it, and how it is read. Pure: everything that is wrong is told at once, at the
//! field it was typed in.

use crate::domain::flag::{ExpiryAction, Flag, FlagKind, Owner, Problem, ValueType, Variant, last_day};
use crate::domain::id::UserId;
use crate::domain::key::{FlagKey, TeamKey, VariantName};
use crate::domain::project::{KindDefaults, Kinds};
use crate::domain::text::capital;
use crate::domain::time::{DAY, Timestamp};
use serde_json::Value;

/// What an owner's value starts with when nobody's account stands behind the name.
const UNCLAIMED: &str = "unclaimed:";
/// The same for a team, before its key.
const TEAM: &str = "team:";

/// The form's fields, untouched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlagDraft {
    pub key: String,
    pub kind: String,
    pub value_type: String,
    /// Name and value of each row; a row with neither is left out.
    pub variants: Vec<(String, String)>,
    pub fallback_variant: String,
    /// A person's id, or `unclaimed:` and a name.
    pub owner: String,
    pub description: String,
    pub scope: String,
    pub ticket: String,
    /// Separated by commas.
    pub tags: String,
    pub rollback_criteria: String,
    /// The last day, `2027-06-01`; empty for none.
    pub expires_at: String,
    /// The day that the form proposed: left as it is, it is no wish of a permanent kind.
    pub expires_proposed: String,
    /// `notify`, `freeze`, `archive` or `serve`; empty for what is usual for its kind.
    pub on_expiry: String,
    /// For `serve`.
    pub on_expiry_variant: String,
    /// The day to ask whether it is still needed, `2027-06-01`; empty for none.
    pub review_by: String,
    /// The day that the form proposed: left as it is, it is no wish of a kind that expires.
    pub review_proposed: String,
    pub client_visible: bool,
}

fn start_of_day(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis() - at.millis().rem_euclid(DAY))
}

impl FlagDraft {
    /// What an empty form proposes, by the project's defaults.
    pub fn proposed(owner: &UserId, kinds: &Kinds, now: Timestamp) -> Self {
        let date = |at: Option<Timestamp>| at.map(Timestamp::to_date).unwrap_or_default();
        let day = date(kinds.of(FlagKind::Release).expires_at(now));
        let review = date(FlagKind::ALL.into_iter().find_map(|kind| kinds.of(kind).review_by(now)));
        let rows = Flag::boolean_variants().into_iter().map(|variant| (variant.name.to_string(), variant.value.to_string()));
        Self {
            kind: FlagKind::Release.as_str().to_owned(),
            value_type: ValueType::Boolean.as_str().to_owned(),
            variants: rows.collect(),
            owner: owner.to_string(),
            expires_at: day.clone(),
            expires_proposed: day,
            review_by: review.clone(),
            review_proposed: review,
            ..Self::default()
        }
    }

    /// A flag as the form shows it.
    pub fn of(flag: &Flag) -> Self {
        let (on_expiry, on_expiry_variant) = match &flag.on_expiry {
            ExpiryAction::Notify => ("notify", String::new()),
            ExpiryAction::Freeze => ("freeze", String::new()),
            ExpiryAction::Archive => ("archive", String::new()),
            ExpiryAction::Serve(name) => ("serve", name.to_string()),
        };
        Self {
            key: flag.key.to_string(),
            kind: flag.kind.as_str().to_owned(),
            value_type: flag.value_type.as_str().to_owned(),
            variants: flag.variants.iter().map(|variant| (variant.name.to_string(), typed(&variant.value))).collect(),
            fallback_variant: flag.fallback_variant.to_string(),
            owner: owner_value(&flag.owner),
            description: flag.description.clone(),
            scope: flag.scope.clone(),
            ticket: flag.ticket.clone(),
            tags: flag.tags.join(", "),
            rollback_criteria: flag.rollback_criteria.clone(),
            expires_at: flag.expires_at.map(|at| last_day(at).to_date()).unwrap_or_default(),
            expires_proposed: String::new(),
            on_expiry: on_expiry.to_owned(),
            on_expiry_variant,
            review_by: flag.review_by.map(Timestamp::to_date).unwrap_or_default(),
            review_proposed: String::new(),
            client_visible: flag.client_visible,
        }
    }

    /// Reads a new flag; what was left as proposed is what the project's `kinds` say.
    pub fn create(&self, kinds: &Kinds, now: Timestamp) -> Result<Flag, Vec<Problem>> {
        self.read(None, kinds, now)
    }

    /// Reads what becomes of `flag`; its key and type stay, and so does what the form does not show.
    pub fn edit(&self, flag: &Flag, kinds: &Kinds, now: Timestamp) -> Result<Flag, Vec<Problem>> {
        self.read(Some(flag), kinds, now)
    }

    fn read(&self, before: Option<&Flag>, kinds: &Kinds, now: Timestamp) -> Result<Flag, Vec<Problem>> {
        let mut found = Vec::new();
        // What cannot be read stands in for now, so that the checks of the whole still tell all the rest.
        let key = match before {
            Some(flag) => Ok(flag.key.clone()),
            None => FlagKey::parse(self.key.trim()).or_else(|error| {
                found.push(Problem::new("key", format!("{}.", capital(&error.to_string()))));
                FlagKey::parse("unreadable")
            }),
        };
        let Ok(key) = key else { return Err(found) };
        let kind = FlagKind::parse(&self.kind).unwrap_or_else(|| {
            found.push(Problem::new("kind", "Choose what the flag is for."));
            FlagKind::Operational
        });
        let value_type = before.map(|flag| flag.value_type).or(ValueType::parse(&self.value_type)).unwrap_or_else(|| {
            found.push(Problem::new("value_type", "Choose the type of its values."));
            ValueType::Boolean
        });
        let (variants, rows) = self.read_variants(value_type, &mut found);
        let usual = kinds.of(kind);
        let expires_at = self.read_expiry(usual, before, now, &mut found);
        let review_by = self.read_review(usual, before, now, &mut found);
        let fallback_variant = self.read_fallback(kind, &variants, &mut found);
        let off = variants.iter().map(|variant| &variant.name).find(|name| **name == VariantName::off());
        let usual_action = usual.on_expiry.action(off.unwrap_or(&fallback_variant));
        let flag = Flag {
            key,
            kind,
            value_type,
            owner: self.read_owner(before, &mut found),
            on_expiry: self.read_on_expiry(before, usual_action, &mut found),
            fallback_variant,
            description: unix_lines(self.description.trim()),
            scope: self.scope.trim().to_owned(),
            ticket: self.ticket.trim().to_owned(),
            tags: tags(&self.tags),
            rollback_criteria: unix_lines(self.rollback_criteria.trim()),
            expires_at,
            review_by,
            client_visible: self.client_visible,
            archived_at: before.and_then(|flag| flag.archived_at),
            variants,
        };
        add_whole(&flag, &rows, &mut found);
        found.extend(usual.required.problems(&flag));
        if found.is_empty() { Ok(flag) } else { Err(found) }
    }

    /// The variants, and the row of the form that each came from.
    fn read_variants(&self, value_type: ValueType, found: &mut Vec<Problem>) -> (Vec<Variant>, Vec<usize>) {
        let (mut variants, mut rows) = (Vec::new(), Vec::new());
        for (at, (name, value)) in self.variants.iter().enumerate() {
            if name.trim().is_empty() && value.trim().is_empty() {
                continue;
            }
            let name = VariantName::parse(name.trim()).map_err(|error| {
                found.push(Problem::new(format!("variants[{at}].name"), format!("{}.", capital(&error.to_string()))))
            });
            let read = read_value(value_type, value);
            if read.is_none() {
                let message = match value.trim() {
                    "" => format!("Give it a value: {}.", value_type.expects()),
                    text => format!("The value must be {}; this is {text}", value_type.expects()),
                };
                found.push(Problem::new(format!("variants[{at}].value"), message));
            }
            if let (Ok(name), Some(value)) = (name, read) {
                variants.push(Variant { name, value });
                rows.push(at);
            }
        }
        (variants, rows)
    }

    /// What callers use when they cannot ask: as typed, else what the kind fails to, else the last one.
    fn read_fallback(&self, kind: FlagKind, variants: &[Variant], found: &mut Vec<Problem>) -> VariantName {
        let typed = self.fallback_variant.trim();
        let usual = if kind.fails_open() { VariantName::on() } else { VariantName::off() };
        if typed.is_empty() {
            let known = variants.iter().any(|variant| variant.name == usual);
            return if known { usual } else { variants.last().map_or(usual, |variant| variant.name.clone()) };
        }
        VariantName::parse(typed).unwrap_or_else(|error| {
            found.push(Problem::new("fallback_variant", format!("{}.", capital(&error.to_string()))));
            variants.last().map_or(usual, |variant| variant.name.clone())
        })
    }

    fn read_owner(&self, before: Option<&Flag>, found: &mut Vec<Problem>) -> Owner {
        let typed = self.owner.trim();
        let kept = before.map(|flag| &flag.owner).filter(|owner| owner_value(owner) == typed);
        let team = typed.strip_prefix(TEAM).and_then(|key| TeamKey::parse(key).ok());
        match (kept, team) {
            (Some(owner), _) => owner.clone(),
            (None, Some(key)) => Owner::Team(key),
            (None, None) if !typed.is_empty() && !typed.contains(':') => Owner::Person(UserId::from_text(typed)),
            _ => {
                found.push(Problem::new("owner", "Choose who answers for this flag."));
                Owner::Unclaimed("nobody".to_owned())
            }
        }
    }

    fn read_expiry(
        &self,
        usual: KindDefaults,
        before: Option<&Flag>,
        now: Timestamp,
        found: &mut Vec<Problem>,
    ) -> Option<Timestamp> {
        let typed = self.expires_at.trim();
        if typed.is_empty() {
            return None;
        }
        if typed == self.expires_proposed {
            // The whole of the last day counts.
            return usual.expires_at(now).map(|at| start_of_day(at).plus(DAY));
        }
        let present = before.and_then(|flag| flag.expires_at);
        // A day that was not touched keeps its very moment.
        if present.is_some_and(|at| last_day(at).to_date() == typed) {
            return present;
        }
        match Timestamp::parse_date(typed).map(|day| day.plus(DAY)) {
            Ok(at) if at > now => return Some(at),
            Ok(_) => found.push(Problem::new("expires_at", "That day is past; choose one to come.")),
            Err(_) => found.push(Problem::new("expires_at", "Write the last day like 2027-06-01.")),
        }
        // Something, so that it is not called missing as well.
        Some(now)
    }

    fn read_review(
        &self,
        usual: KindDefaults,
        before: Option<&Flag>,
        now: Timestamp,
        found: &mut Vec<Problem>,
    ) -> Option<Timestamp> {
        let typed = self.review_by.trim();
        if typed.is_empty() {
            return None;
        }
        if typed == self.review_proposed {
            return usual.review_by(now).map(start_of_day);
        }
        let present = before.and_then(|flag| flag.review_by);
        if present.is_some_and(|at| at.to_date() == typed) {
            return present;
        }
        match Timestamp::parse_date(typed) {
            Ok(at) if at > now => return Some(at),
            Ok(_) => found.push(Problem::new("review_by", "That day is past or today; choose one to come.")),
            Err(_) => found.push(Problem::new("review_by", "Write the day like 2027-06-01.")),
        }
        None
    }

    fn read_on_expiry(&self, before: Option<&Flag>, usual: ExpiryAction, found: &mut Vec<Problem>) -> ExpiryAction {
        match self.on_expiry.as_str() {
            "" => return before.map_or(usual, |flag| flag.on_expiry.clone()),
            "notify" => return ExpiryAction::Notify,
            "freeze" => return ExpiryAction::Freeze,
            "archive" => return ExpiryAction::Archive,
            "serve" => match VariantName::parse(self.on_expiry_variant.trim()) {
                Ok(name) => return ExpiryAction::Serve(name),
                Err(_) => found.push(Problem::new("on_expiry_variant", "Name the variant that everybody gets from then on.")),
            },
            _ => found.push(Problem::new("on_expiry", "Choose what happens after the last day.")),
        }
        ExpiryAction::Notify
    }
}

/// Adds what is wrong with the whole, where nothing was said of that field yet.
fn add_whole(flag: &Flag, rows: &[usize], found: &mut Vec<Problem>) {
    let fields: Vec<String> = found.iter().map(|problem| problem.field.clone()).collect();
    let variants_known = !fields.iter().any(|field| field.starts_with("variants"));
    for problem in flag.problems() {
        let problem = at_its_row(problem, rows);
        // A name that is missing may be that of a row which could not be read.
        let of_variants = matches!(problem.field.as_str(), "variants" | "fallback_variant" | "on_expiry_variant");
        if !fields.contains(&problem.field) && (variants_known || !of_variants) {
            found.push(problem);
        }
    }
}

/// The domain counts variants, the form counts rows; and it asks for the variant of `serve` in a field of its own.
fn at_its_row(problem: Problem, rows: &[usize]) -> Problem {
    if problem.field == "on_expiry" {
        return Problem { field: "on_expiry_variant".to_owned(), ..problem };
    }
    let place = problem.field.strip_prefix("variants[").and_then(|rest| rest.split_once(']'));
    let row = place.and_then(|(at, rest)| Some((rows.get(at.parse::<usize>().ok()?)?, rest)));
    match row {
        Some((row, rest)) => Problem { field: format!("variants[{row}]{rest}"), message: problem.message },
        None => problem,
    }
}

/// A value as it is typed: a text as it stands, everything else as JSON.
fn typed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn read_value(value_type: ValueType, typed: &str) -> Option<Value> {
    let value = match value_type {
        ValueType::String => Value::String(unix_lines(typed)),
        ValueType::Boolean => Value::Bool(typed.trim().to_lowercase().parse().ok()?),
        ValueType::Integer | ValueType::Number | ValueType::Object => serde_json::from_str(typed.trim()).ok()?,
    };
    value_type.admits(&value).then_some(value)
}

/// A form sends line ends as two characters.
fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Tags as they are typed, with commas between them; each once.
pub fn tags(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        if !found.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
            found.push(tag.to_owned());
        }
    }
    found
}

/// An owner as a menu sends it.
pub fn owner_value(owner: &Owner) -> String {
    match owner {
        Owner::Person(id) => id.to_string(),
        Owner::Team(key) => format!("{TEAM}{key}"),
        Owner::Unclaimed(name) => format!("{UNCLAIMED}{name}"),
    }
}

#[cfg(test)]
#[path = "flag_draft_tests.rs"]
mod tests;
