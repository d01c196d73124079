//! A rule as a form writes it: from what was posted to a [`Rule`] or problems, and back; pure.

use super::condition::{self, ConditionForm};
use crate::domain::flag::{Flag, Problem};
use crate::domain::rule::{Rule, Serve};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::pages::serve_form::{self, ServeForm};
use crate::server::services::attribute_hints::Hints;
use std::collections::BTreeMap;

/// The fields as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleForm {
    pub name: String,
    pub active: bool,
    pub conditions: Vec<ConditionForm>,
    pub serve: ServeForm,
}

impl RuleForm {
    /// What a new rule starts with: one condition to fill in, serving what is not served while off.
    pub fn new(flag: &Flag, state: &State, now: Timestamp) -> Self {
        let names = flag.variants.iter().map(|variant| &variant.name);
        let wanted = names.clone().find(|name| **name != state.off_variant).or_else(|| names.clone().next());
        let serve = Serve::Variant(wanted.unwrap_or(&state.off_variant).clone());
        Self {
            name: String::new(),
            active: true,
            conditions: vec![ConditionForm::default()],
            serve: ServeForm::of(&serve, flag, now),
        }
    }

    pub fn of(rule: &Rule, flag: &Flag, now: Timestamp) -> Self {
        Self {
            name: rule.name.clone(),
            active: rule.active,
            conditions: rule.conditions.iter().map(ConditionForm::of).collect(),
            serve: ServeForm::of(&rule.serve, flag, now),
        }
    }

    /// The fields as they were posted. `current` is what the rule serves now.
    pub fn from_pairs(pairs: &[(String, String)], flag: &Flag, current: Option<&Serve>) -> Self {
        let mut conditions: BTreeMap<usize, ConditionForm> = BTreeMap::new();
        for (name, value) in pairs {
            let Some((at, field)) = condition_field(name) else { continue };
            conditions.entry(at).or_default().take(field, value);
        }
        let text = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.clone());
        Self {
            name: text("name"),
            active: pairs.iter().any(|(key, value)| key == "active" && value != "false"),
            conditions: conditions.into_values().collect(),
            serve: ServeForm::from_pairs(pairs, flag, current),
        }
    }

    /// The form after one of its own buttons, which draw it again and save nothing; `None` when it was none of them.
    pub fn rearranged(mut self, pairs: &[(String, String)], flag: &Flag, current: Option<&Serve>, hints: &Hints) -> Option<Self> {
        let own = |name: &str| matches!(name, "add" | "remove" | "split" | serve_form::CHECK | serve_form::REST);
        let (name, value) = pairs.iter().find(|(name, _)| own(name))?;
        match (name.as_str(), value.parse::<usize>()) {
            ("add", _) => self.conditions.push(ConditionForm::default()),
            ("remove", Ok(at)) if at < self.conditions.len() => drop(self.conditions.remove(at)),
            ("split", Ok(at)) => self.conditions.get_mut(at).into_iter().for_each(ConditionForm::split),
            _ => {}
        }
        if let Some(pairs) = serve_form::redrawn(pairs, flag, current) {
            self.serve = ServeForm::from_pairs(&pairs, flag, current);
        }
        self.conditions.iter_mut().for_each(|condition| condition.follow(hints));
        Some(self)
    }

    /// What the fields say, with everything that is wrong with them.
    pub fn read(&self, id: String, flag: &Flag, current: Option<&Serve>) -> (Rule, Vec<Problem>) {
        let (serve, serve_problems) = self.serve.read(flag, current);
        let (mut conditions, mut problems) = (Vec::new(), Vec::new());
        for (at, form) in self.conditions.iter().enumerate() {
            let (condition, found) = form.read(&format!("conditions[{at}]"));
            conditions.push(condition);
            problems.extend(found);
        }
        problems.extend(serve_problems);
        let name = self.name.trim().to_owned();
        (Rule { id, name, active: self.active, conditions, serve }, problems)
    }
}

/// `0` and `values` of `conditions[0].values`
fn condition_field(name: &str) -> Option<(usize, &str)> {
    let (at, rest) = name.strip_prefix("conditions[")?.split_once(']')?;
    Some((at.parse().ok()?, rest.strip_prefix('.')?))
}

/// Brings a problem that a state's check found in this rule, which stands at `at`, to the form's field; `None` when it lies
/// elsewhere in the state.
pub fn own_problem(problem: &Problem, at: usize, rule: &Rule) -> Option<Problem> {
    let rest = problem.field.strip_prefix(&format!("rules[{at}]."))?;
    if let Some(rest) = rest.strip_prefix("serve") {
        return Some(Problem::new(serve_form::field_of(rest), problem.message.clone()));
    }
    let (place, rest) = rest.strip_prefix("conditions[")?.split_once(']')?;
    let condition = rule.conditions.get(place.parse::<usize>().ok()?)?;
    let (field, which) = condition::field_of(condition, rest);
    Some(Problem::new(format!("conditions[{place}]{field}"), format!("{which}{}", problem.message)))
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
