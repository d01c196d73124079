//! A document as one value: which fields there are, in which order, and which are left out because they hold their default.

use crate::domain::attribute::Schema;
use crate::domain::condition::{Condition, hidden, is_masked};
use crate::domain::environment::Environment;
use crate::domain::flag::ExpiryAction;
use crate::domain::id::UserId;
use crate::domain::plan::Stage;
use crate::domain::policy::{Large, Policy, Review};
use crate::domain::rollout::{Hold, Rollout, Start, Step};
use crate::domain::rule::{Rule, Serve, Split, TARGETING_KEY};
use crate::domain::segment::Segment;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::server::services::flag_file::document::{Document, DocumentFlag, Settings, owner_text};
use crate::server::services::flag_file::moments::write_duration;
use serde::Serialize;
use serde_json::{Map, Number, Value, json};
use std::collections::HashMap;

pub fn root(document: &Document, emails: &HashMap<UserId, String>, masked: bool) -> Value {
    let schema = document.schema();
    let writer = Writer { emails, masked, schema: &schema };
    let flags = document.flags.iter().map(|flag| (flag.flag.key.to_string(), writer.flag(flag)));
    let mut root = Mapping::new().with("version", 1);
    if let Some(settings) = &document.project {
        root = root.with("project", self::settings(settings));
    }
    root.with("environments", list(&document.environments, environment))
        .with("teams", list(&document.teams, filled))
        .with("attributes", list(&document.attributes, filled))
        .with("segments", list(&document.segments, |segment| writer.segment(segment)))
        .with("personas", list(&document.personas, filled))
        .with("flags", Value::Object(flags.collect()))
        .0
        .into()
}

/// A mapping under construction. What holds its default is left out.
struct Mapping(Map<String, Value>);

impl Mapping {
    fn new() -> Self {
        Self(Map::new())
    }
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
    fn filled(self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let is_default = match &value {
            Value::Null => true,
            Value::Bool(value) => !value,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if is_default { self } else { self.with(name, value) }
    }
}

fn list<T>(items: &[T], of: impl Fn(&T) -> Value) -> Value {
    items.iter().map(of).collect::<Vec<_>>().into()
}

/// What the domain writes, without what holds its default.
fn filled<T: Serialize>(item: &T) -> Value {
    let Ok(Value::Object(map)) = serde_json::to_value(item) else { return Value::Null };
    map.into_iter().fold(Mapping::new(), |mapping, (name, value)| mapping.filled(&name, value)).0.into()
}

fn settings(settings: &Settings) -> Value {
    let kinds = serde_json::to_value(&settings.kinds).unwrap_or_default();
    let kinds = kinds.as_object().into_iter().flatten().map(|(kind, defaults)| (kind.clone(), filled(defaults)));
    let stage = |stage: &Stage| json!({ "share": share(stage.share), "hold": hold(stage.hold) });
    let plans = list(&settings.plans, |plan| json!({ "name": plan.name, "steps": list(&plan.steps, stage) }));
    Mapping::new()
        .with("name", settings.name.as_str())
        .with("naming_pattern", settings.naming_pattern.as_str())
        .with("kinds", Value::Object(kinds.collect()))
        .filled("plans", plans)
        .0
        .into()
}

/// Its place is its place in the list.
fn environment(environment: &Environment) -> Value {
    let Environment { key, name, colour, protection, position: _, policy } = environment;
    Mapping::new()
        .with("key", key.as_str())
        .with("name", name.as_str())
        .with("colour", colour.as_str())
        .with("protection", protection.as_str())
        .filled("policy", self::policy(policy))
        .0
        .into()
}

/// Shares as percentages, as everywhere in a file.
fn policy(policy: &Policy) -> Value {
    if policy.is_usual() {
        return Value::Null;
    }
    let review = |review: &Review| json!({ "when": review.when.as_str(), "quorum": review.quorum, "reviewers": review.reviewers.as_str() });
    let Large { growth, kill_switch, changes, revert } = policy.large;
    let large = json!({ "growth": share(growth), "kill_switch": kill_switch, "changes": changes, "revert": revert });
    let kinds: Map<String, Value> = policy.kinds.iter().map(|(kind, one)| (kind.as_str().to_owned(), review(one))).collect();
    let mapping = Mapping::new().with("review", review(&policy.review));
    let mapping = if kinds.is_empty() { mapping } else { mapping.with("kinds", kinds) };
    mapping.with("large", large).filled("freezes", list(&policy.freezes, filled)).0.into()
}

struct Writer<'d> {
    emails: &'d HashMap<UserId, String>,
    masked: bool,
    /// Whose attributes may be private.
    schema: &'d Schema,
}

impl Writer<'_> {
    /// Individual targeting keys; how many, for who may not see them.
    fn units(&self, units: &[String]) -> Value {
        match self.masked && !units.is_empty() {
            true => hidden(units.len()).into(),
            false => units.into(),
        }
    }

    fn segment(&self, segment: &Segment) -> Value {
        Mapping::new()
            .with("key", segment.key.as_str())
            .with("name", segment.name.as_str())
            .filled("description", segment.description.as_str())
            .filled("include", self.units(&segment.include))
            .filled("exclude", self.units(&segment.exclude))
            .filled("groups", list(&segment.groups, |group| list(group, |condition| self.condition(condition))))
            .0
            .into()
    }

    fn flag(&self, document: &DocumentFlag) -> Value {
        let flag = &document.flag;
        let variants = flag.variants.iter().map(|variant| (variant.name.to_string(), variant.value.clone()));
        let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let states = document.states.iter().map(|(key, state)| (key.to_string(), self.state(state)));
        Mapping::new()
            .with("kind", flag.kind.as_str())
            .with("value_type", flag.value_type.as_str())
            .with("variants", Value::Object(variants.collect()))
            .with("fallback_variant", flag.fallback_variant.as_str())
            .with("owner", owner_text(&flag.owner, self.emails))
            .with("description", flag.description.as_str())
            .filled("scope", flag.scope.as_str())
            .filled("ticket", flag.ticket.as_str())
            .filled("tags", flag.tags.as_slice())
            .filled("rollback_criteria", flag.rollback_criteria.as_str())
            .filled("expires_at", instant(flag.expires_at))
            .filled("on_expiry", on_expiry(&flag.on_expiry))
            .filled("review_by", instant(flag.review_by))
            .filled("client_visible", flag.client_visible)
            .filled("archived_at", instant(flag.archived_at))
            .with("environments", Value::Object(states.collect()))
            .0
            .into()
    }

    fn rule(&self, rule: &Rule) -> Value {
        let mapping = Mapping::new().with("id", rule.id.as_str()).filled("name", rule.name.as_str());
        let mapping = if rule.active { mapping } else { mapping.with("active", false) };
        let conditions = list(&rule.conditions, |condition| self.condition(condition));
        mapping.filled("conditions", conditions).with("serve", serve(&rule.serve)).0.into()
    }

    /// One that names users does so as a list does, and one on a private attribute too.
    fn condition(&self, condition: &Condition) -> Value {
        let mut written = filled(condition);
        if self.masked && is_masked(&condition.attribute, self.schema) && !condition.values.is_empty() {
            written["values"] = hidden(condition.values.len()).into();
        }
        written
    }

    fn state(&self, state: &State) -> Value {
        let targets = list(&state.targets, |target| json!({ "variant": target.variant, "units": self.units(&target.units) }));
        Mapping::new()
            .with("enabled", state.enabled)
            .with("off_variant", state.off_variant.as_str())
            .filled("targets", targets)
            .filled("rules", list(&state.rules, |rule| self.rule(rule)))
            .with("fallthrough", serve(&state.fallthrough))
            .0
            .into()
    }
}

fn on_expiry(action: &ExpiryAction) -> Value {
    match action {
        ExpiryAction::Notify => Value::Null,
        ExpiryAction::Freeze => "freeze".into(),
        ExpiryAction::Archive => "archive".into(),
        ExpiryAction::Serve(variant) => json!({ "serve": variant }),
    }
}

/// A variant by its name alone; a split or a rollout as a mapping.
fn serve(serve: &Serve) -> Value {
    match serve {
        Serve::Variant(name) => name.as_str().into(),
        Serve::Split(Split { bucket_by, seed, weights }) => {
            let weights = list(weights, |weight| json!({ "variant": weight.variant, "share": share(weight.share) }));
            bucketed(Mapping::new().with("split", weights), bucket_by, seed.as_deref())
        }
        Serve::Rollout(rollout) => {
            bucketed(Mapping::new().with("rollout", plan(rollout)), &rollout.bucket_by, rollout.seed.as_deref())
        }
    }
}

/// `1d`, `until_approved`
fn hold(hold: Hold) -> Value {
    match hold {
        Hold::For(millis) => write_duration(millis).into(),
        Hold::UntilApproved => "until_approved".into(),
    }
}

fn plan(rollout: &Rollout) -> Value {
    let step = |step: &Step| {
        let starts_at = match step.starts_at {
            Start::At(at) => at.to_string(),
            Start::OnApproval => "on_approval".to_owned(),
            Start::After(millis) => format!("after {}", write_duration(millis)),
        };
        let mapping = Mapping::new().with("share", share(step.share)).with("starts_at", starts_at);
        mapping.filled("hold", step.hold.map_or(Value::Null, hold)).0.into()
    };
    Mapping::new()
        .with("variant", rollout.variant.as_str())
        .with("rest", rollout.rest.as_str())
        .with("steps", list(&rollout.plan.steps, step))
        .filled("held_at", rollout.plan.held_at.map_or(Value::Null, share))
        .0
        .into()
}

/// An empty seed is not the same as none.
fn bucketed(mapping: Mapping, by: &str, seed: Option<&str>) -> Value {
    let mapping = if by == TARGETING_KEY { mapping } else { mapping.with("bucket_by", by) };
    seed.into_iter().fold(mapping, |mapping, seed| mapping.with("seed", seed)).0.into()
}

/// Basis points as a percentage: `10`, `12.5`, `33.33`.
fn share(share: u16) -> Value {
    match share % 100 {
        0 => (share / 100).into(),
        _ => Number::from_f64(f64::from(share) / 100.0).map_or(Value::Null, Value::Number),
    }
}
