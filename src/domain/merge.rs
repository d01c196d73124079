//! Two people's edits of one state, brought together. What only one of them changed is taken; what both changed in
//! different ways is asked. Rules and targets are told apart by id and unit, not by where they stand, so that two added
//! rules are two rules. What is served and a rule's conditions are each taken whole: half of one split and half of another
//! is a split that nobody meant.

use super::rule::Rule;
use super::state::{State, Target};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Whose change to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Yours,
    Theirs,
}

impl Side {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "yours" => Some(Self::Yours),
            "theirs" => Some(Self::Theirs),
            _ => None,
        }
    }
}

/// What was decided of clashes, by their path.
pub type Choices = BTreeMap<String, Side>;

/// Something that both sides changed, and not in the same way. `Null` stands for what is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// Where, by ids: `rules[r2].serve`, `targets[ada]`, `fallthrough`.
    pub path: String,
    /// The same as people call it, in the manner of [`super::diff::DiffRow::path`]: `rules[Staff].serve`.
    pub said: String,
    pub base: Value,
    pub yours: Value,
    pub theirs: Value,
    /// What was chosen; nothing while that is open.
    pub choice: Option<Side>,
}

/// What came of it. Where a clash is still open the state has yours.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    pub state: State,
    pub clashes: Vec<Clash>,
}

impl Merged {
    pub fn is_settled(&self) -> bool {
        self.clashes.iter().all(|clash| clash.choice.is_some())
    }
}

/// Brings `yours` and `theirs` together, which both began as `base`.
pub fn merge(base: &State, yours: &State, theirs: &State, choices: &Choices) -> Merged {
    let mut merger = Merger { choices, clashes: Vec::new() };
    let state = State {
        enabled: merger.field("enabled", None, &base.enabled, &yours.enabled, &theirs.enabled),
        off_variant: merger.field("off_variant", None, &base.off_variant, &yours.off_variant, &theirs.off_variant),
        targets: merger.targets(&base.targets, &yours.targets, &theirs.targets),
        rules: merger.rules(&base.rules, &yours.rules, &theirs.rules),
        fallthrough: merger.field("fallthrough", None, &base.fallthrough, &yours.fallthrough, &theirs.fallthrough),
    };
    Merged { state, clashes: merger.clashes }
}

struct Merger<'c> {
    choices: &'c Choices,
    clashes: Vec<Clash>,
}

impl Merger<'_> {
    /// One thing that is taken whole.
    fn field<T: Clone + PartialEq + Serialize>(&mut self, path: &str, said: Option<&str>, base: &T, yours: &T, theirs: &T) -> T {
        if yours == theirs || theirs == base {
            return yours.clone();
        }
        if yours == base {
            return theirs.clone();
        }
        let choice = self.choices.get(path).copied();
        let document = |value: &T| serde_json::to_value(value).unwrap_or(Value::Null);
        self.clashes.push(Clash {
            path: path.to_owned(),
            said: said.unwrap_or(path).to_owned(),
            base: document(base),
            yours: document(yours),
            theirs: document(theirs),
            choice,
        });
        if choice == Some(Side::Theirs) { theirs.clone() } else { yours.clone() }
    }

    fn targets(&mut self, base: &[Target], yours: &[Target], theirs: &[Target]) -> Vec<Target> {
        if yours == theirs || theirs == base {
            return yours.to_vec();
        }
        if yours == base {
            return theirs.to_vec();
        }
        let (in_base, in_yours, in_theirs) = (by_unit(base), by_unit(yours), by_unit(theirs));
        let mut merged: Vec<Target> = Vec::new();
        let mut seen = HashSet::new();
        // Theirs first, so that their order stays; yours follow.
        let units = theirs.iter().chain(yours).chain(base).flat_map(|target| &target.units);
        for unit in units.filter(|unit| seen.insert(unit.as_str())) {
            let at = |map: &HashMap<&str, &Target>| map.get(unit.as_str()).map(|target| target.variant.clone());
            let path = format!("targets[{unit}]");
            let Some(variant) = self.field(&path, None, &at(&in_base), &at(&in_yours), &at(&in_theirs)) else { continue };
            match merged.iter_mut().find(|target| target.variant == variant) {
                Some(target) => target.units.push(unit.clone()),
                None => merged.push(Target { variant, units: vec![unit.clone()] }),
            }
        }
        let place = |target: &Target| theirs.iter().chain(yours).position(|other| other.variant == target.variant);
        merged.sort_by_key(place);
        merged
    }

    fn rules(&mut self, base: &[Rule], yours: &[Rule], theirs: &[Rule]) -> Vec<Rule> {
        if yours == theirs || theirs == base {
            return yours.to_vec();
        }
        if yours == base {
            return theirs.to_vec();
        }
        let yours = renumbered(base, yours, theirs);
        let mut merged: HashMap<String, Rule> = HashMap::new();
        let mut seen = HashSet::new();
        let all = ids(theirs).into_iter().chain(ids(&yours)).chain(ids(base));
        for id in all.filter(|id| seen.insert(*id)) {
            if let Some(rule) = self.rule(id, find(base, id), find(&yours, id), find(theirs, id)) {
                merged.insert(id.to_owned(), rule);
            }
        }
        let order = self.order(&kept(base, &merged), &kept(&yours, &merged), &kept(theirs, &merged));
        order.iter().filter_map(|id| merged.remove(id)).collect()
    }

    fn rule(&mut self, id: &str, base: Option<&Rule>, yours: Option<&Rule>, theirs: Option<&Rule>) -> Option<Rule> {
        let name = yours.or(theirs).or(base).map_or(id, |rule| if rule.name.is_empty() { id } else { &rule.name });
        let (path, said) = (format!("rules[{id}]"), format!("rules[{name}]"));
        let (Some(b), Some(y), Some(t)) = (base, yours, theirs) else {
            let owned = |rule: Option<&Rule>| rule.cloned();
            return self.field(&path, Some(&said), &owned(base), &owned(yours), &owned(theirs));
        };
        let at = |field: &str| (format!("{path}.{field}"), format!("{said}.{field}"));
        let ((name, name_said), (active, active_said)) = (at("name"), at("active"));
        let ((conditions, conditions_said), (serve, serve_said)) = (at("conditions"), at("serve"));
        Some(Rule {
            id: id.to_owned(),
            name: self.field(&name, Some(&name_said), &b.name, &y.name, &t.name),
            active: self.field(&active, Some(&active_said), &b.active, &y.active, &t.active),
            conditions: self.field(&conditions, Some(&conditions_said), &b.conditions, &y.conditions, &t.conditions),
            serve: self.field(&serve, Some(&serve_said), &b.serve, &y.serve, &t.serve),
        })
    }

    /// The order of the rules: of who moved some, with the other's new ones after the rule that they followed.
    fn order(&mut self, base: &[String], yours: &[String], theirs: &[String]) -> Vec<String> {
        let shared = |list: &[String]| -> Vec<String> {
            list.iter().filter(|id| yours.contains(id) && theirs.contains(id)).cloned().collect()
        };
        let (in_base, in_yours, in_theirs) = (shared(base), shared(yours), shared(theirs));
        let chosen = self.field("rules", None, &in_base, &in_yours, &in_theirs);
        if chosen == in_theirs { inserted(theirs, yours) } else { inserted(yours, theirs) }
    }
}

fn by_unit(targets: &[Target]) -> HashMap<&str, &Target> {
    targets.iter().flat_map(|target| target.units.iter().map(move |unit| (unit.as_str(), target))).collect()
}

fn ids(rules: &[Rule]) -> Vec<&str> {
    rules.iter().map(|rule| rule.id.as_str()).collect()
}

fn find<'r>(rules: &'r [Rule], id: &str) -> Option<&'r Rule> {
    rules.iter().find(|rule| rule.id == id)
}

/// The ids of the rules that are left, in the order of `rules`.
fn kept(rules: &[Rule], left: &HashMap<String, Rule>) -> Vec<String> {
    rules.iter().filter(|rule| left.contains_key(&rule.id)).map(|rule| rule.id.clone()).collect()
}

/// Gives your new rules ids of their own where they took the same as a new rule of theirs.
fn renumbered(base: &[Rule], yours: &[Rule], theirs: &[Rule]) -> Vec<Rule> {
    let mut taken: HashSet<String> = base.iter().chain(yours).chain(theirs).map(|rule| rule.id.clone()).collect();
    let twice = |rule: &Rule| find(base, &rule.id).is_none() && find(theirs, &rule.id).is_some_and(|other| other != rule);
    let mut rules = yours.to_vec();
    for rule in rules.iter_mut().filter(|rule| twice(rule)) {
        let free = (1_u32..).map(|number| format!("r{number}")).find(|id| !taken.contains(id)).unwrap_or_default();
        taken.insert(free.clone());
        rule.id = free;
    }
    rules
}

/// `order` with what only `other` has, each after the one it follows there; what is new in `order` at the same place comes
/// first.
fn inserted(order: &[String], other: &[String]) -> Vec<String> {
    let mut all = order.to_vec();
    for (at, id) in other.iter().enumerate().filter(|(_, id)| !order.contains(id)) {
        let before = other[..at].last().and_then(|before| all.iter().position(|one| one == before));
        let mut place = before.map_or(0, |place| place + 1);
        while before.is_some() && all.get(place).is_some_and(|next| !other.contains(next)) {
            place += 1;
        }
        all.insert(place, id.clone());
    }
    all
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
