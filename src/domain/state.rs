//! What a flag answers in one environment: one document, with a version that rises by one with every change.

use super::flag::{Flag, FlagKind, Problem};
use super::key::VariantName;
use super::rollout::Plan;
use super::rule::{Rule, Serve, Split, WHOLE};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The master switch: off is always off.
    pub enabled: bool,
    /// Served while disabled, and to who has no unit for a split.
    pub off_variant: VariantName,
    /// Individual allow lists, by targeting key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// First match wins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Served to everyone else.
    pub fallthrough: Serve,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub variant: VariantName,
    pub units: Vec<String>,
}

/// The most units that individual targets may name; more belong into a segment.
pub const MAX_UNITS: usize = 10_000;

impl State {
    /// How a new flag starts: off, and once enabled serving its first variant to everybody. A kill switch starts on.
    pub fn initial(flag: &Flag) -> Self {
        let first = || flag.variants.first().map_or_else(VariantName::on, |variant| variant.name.clone());
        let off = VariantName::off();
        let off_variant = match flag.variant(&off) {
            Some(_) => off,
            None => flag.fallback_variant.clone(),
        };
        Self {
            enabled: flag.kind == FlagKind::KillSwitch,
            off_variant,
            targets: Vec::new(),
            rules: Vec::new(),
            fallthrough: Serve::Variant(first()),
        }
    }

    /// The keys of the segments that its conditions name.
    pub fn segments(&self) -> HashSet<&str> {
        let conditions = self.rules.iter().flat_map(|rule| &rule.conditions);
        conditions
            .filter(|condition| condition.operator.operand() == super::condition::Operand::Segment)
            .flat_map(|condition| condition.values.iter().filter_map(|value| value.as_str()))
            .collect()
    }

    /// An id that no rule of this state has: `r1`, `r2`, above all that there are.
    pub fn free_rule_id(&self) -> String {
        let taken = self.rules.iter().filter_map(|rule| rule.id.strip_prefix('r')?.parse::<u64>().ok()).max();
        format!("r{}", taken.unwrap_or(0).saturating_add(1))
    }

    /// The state as a document with all of its lists, empty ones too, so that what is added to one is told item by item.
    pub fn document(&self) -> Value {
        let mut document = serde_json::to_value(self).unwrap_or(Value::Null);
        if let Some(fields) = document.as_object_mut() {
            for list in ["targets", "rules"] {
                fields.entry(list).or_insert_with(|| Value::Array(Vec::new()));
            }
        }
        document
    }

    /// Everything that is wrong with this state for `flag`, by structure alone; patterns, versions and segments are
    /// checked where they are compiled.
    pub fn problems(&self, flag: &Flag) -> Vec<Problem> {
        let mut found = Vec::new();
        require(flag, &self.off_variant, "off_variant", &mut found);
        let mut seen = HashSet::new();
        for (at, target) in self.targets.iter().enumerate() {
            require(flag, &target.variant, &format!("targets[{at}].variant"), &mut found);
            for unit in &target.units {
                if let Some(message) = unit_problem(unit) {
                    found.push(Problem::new(format!("targets[{at}]"), message));
                } else if !seen.insert(unit) {
                    found.push(Problem::new(format!("targets[{at}]"), format!("{unit} is listed twice; list it once.")));
                }
            }
        }
        if seen.len() > MAX_UNITS {
            found.push(Problem::new(
                "targets",
                format!("At most {MAX_UNITS} individual targets; put a longer list into a segment."),
            ));
        }
        let mut ids = HashSet::new();
        for (at, rule) in self.rules.iter().enumerate() {
            if rule.id.is_empty() || !ids.insert(&rule.id) {
                found.push(Problem::new(format!("rules[{at}].id"), "Every rule needs an id of its own."));
            }
            serve_problems(flag, &rule.serve, &format!("rules[{at}].serve"), &mut found);
        }
        serve_problems(flag, &self.fallthrough, "fallthrough", &mut found);
        found
    }
}

/// Why a text is no targeting key. It must survive a list with one key a line.
fn unit_problem(unit: &str) -> Option<String> {
    if unit.is_empty() {
        return Some("A targeting key must not be empty.".to_owned());
    }
    if unit.contains(['\n', '\r']) {
        return Some(format!("{unit:?} holds a line break; list each targeting key by itself."));
    }
    (unit.trim() != unit).then(|| format!("{unit:?} has white space before or after it; leave that out."))
}

fn require(flag: &Flag, name: &VariantName, field: &str, found: &mut Vec<Problem>) {
    if flag.variant(name).is_none() {
        let known: Vec<&str> = flag.variants.iter().map(|v| v.name.as_str()).collect();
        found.push(Problem::new(field, format!("{name} is not one of the variants: {}.", known.join(", "))));
    }
}

fn serve_problems(flag: &Flag, serve: &Serve, field: &str, found: &mut Vec<Problem>) {
    for name in serve.variants() {
        require(flag, name, field, found);
    }
    match serve {
        Serve::Variant(_) => {}
        Serve::Split(split) => split_problems(split, field, found),
        Serve::Rollout(rollout) => {
            if rollout.bucket_by.is_empty() {
                found.push(Problem::new(format!("{field}.bucket_by"), "Name the attribute to bucket by, such as targetingKey."));
            }
            plan_problems(&rollout.plan, field, found);
        }
    }
}

fn split_problems(split: &Split, field: &str, found: &mut Vec<Problem>) {
    if split.bucket_by.is_empty() {
        found.push(Problem::new(format!("{field}.bucket_by"), "Name the attribute to bucket by, such as targetingKey."));
    }
    let sum: u32 = split.weights.iter().map(|weight| u32::from(weight.share)).sum();
    if sum != u32::from(WHOLE) {
        found.push(Problem::new(format!("{field}.weights"), format!("The shares must sum to 100 %. {}", off_by(sum))));
    }
}

/// `These sum to 90 %; 10 % are missing.`
fn off_by(sum: u32) -> String {
    let percent = |share: u32| format!("{} %", f64::from(share) / 100.0);
    let whole = u32::from(WHOLE);
    match sum < whole {
        true => format!("These sum to {}; {} are missing.", percent(sum), percent(whole - sum)),
        false => format!("These sum to {}; {} are too much.", percent(sum), percent(sum - whole)),
    }
}

fn plan_problems(plan: &Plan, field: &str, found: &mut Vec<Problem>) {
    let field = format!("{field}.plan");
    found.extend(plan.problems().into_iter().map(|message| Problem::new(&*field, message)));
}
