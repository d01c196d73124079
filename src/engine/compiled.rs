//! A flag in one environment, in the form that is evaluated: names are indices, lists are hashed, answers are written out.

use super::condition::CompiledCondition;
use super::serve::CompiledServe;
use super::trace::Trace;
use crate::domain::flag::{Flag, ValueType, Variant};
use crate::domain::key::{FlagKey, VariantName};
use crate::domain::time::Timestamp;
use serde_json::Value;
use std::collections::HashMap;

/// Immutable; made by [`super::compile()`], or by [`CompiledFlag::fallback`] where that fails.
#[derive(Debug)]
pub struct CompiledFlag {
    pub(super) key: FlagKey,
    pub(super) value_type: ValueType,
    /// In the flag's order; never empty.
    pub(super) variants: Box<[CompiledVariant]>,
    pub(super) body: Body,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledVariant {
    pub name: String,
    /// In a number flag always a double.
    pub value: Value,
    /// The value as JSON, ready to be sent; a number flag writes `3.0`, never `3`.
    pub json: String,
}

#[derive(Debug)]
pub(super) enum Body {
    State(Box<CompiledState>),
    /// The state could not be compiled: this variant for everybody.
    NotCompiled(usize),
}

#[derive(Debug)]
pub(super) struct CompiledState {
    pub(super) enabled: bool,
    pub(super) off: usize,
    /// When and what to serve once the flag has expired, if it is to serve anything then.
    pub(super) expiry: Option<(Timestamp, usize)>,
    pub(super) targets: Targets,
    /// All rules in order, paused ones too.
    pub(super) rules: Box<[CompiledRule]>,
    pub(super) fallthrough: CompiledServe,
}

/// Individual targets: which list names a unit, and what each list serves.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub(super) by_unit: HashMap<Box<str>, usize>,
    pub(super) lists: Box<[TargetList]>,
}

#[derive(Debug)]
pub(super) struct TargetList {
    pub(super) variant: usize,
    pub(super) units: usize,
}

#[derive(Debug)]
pub(super) struct CompiledRule {
    /// Place in the state's list, from 0.
    pub(super) index: usize,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) active: bool,
    pub(super) conditions: Box<[CompiledCondition]>,
    pub(super) serve: CompiledServe,
}

impl CompiledFlag {
    /// For a state that cannot be compiled: serves the flag's fallback variant to everybody, with reason `DEFAULT`. Should
    /// the definition lack even that variant, its type's plainest value stands in.
    pub fn fallback(flag: &Flag) -> Self {
        let mut variants = compile_variants(flag);
        let at = flag.variants.iter().position(|variant| variant.name == flag.fallback_variant);
        let at = at.unwrap_or_else(|| {
            let value = plainest(flag.value_type, &flag.fallback_variant);
            variants.push(CompiledVariant::new(flag.value_type, &flag.fallback_variant, &value));
            variants.len() - 1
        });
        Self::new(flag, variants, Body::NotCompiled(at))
    }

    pub(super) fn new(flag: &Flag, variants: Vec<CompiledVariant>, body: Body) -> Self {
        Self { key: flag.key.clone(), value_type: flag.value_type, variants: variants.into(), body }
    }

    pub fn key(&self) -> &FlagKey {
        &self.key
    }
    pub fn value_type(&self) -> ValueType {
        self.value_type
    }
    /// In the flag's order; an [`super::Evaluation`]'s index points into them.
    pub fn variants(&self) -> &[CompiledVariant] {
        &self.variants
    }
    /// Whether it is only a [`CompiledFlag::fallback`].
    pub fn is_fallback(&self) -> bool {
        matches!(self.body, Body::NotCompiled(_))
    }
    /// Whether two contexts may get different answers, now or later. If not, one answer at a moment serves all.
    pub fn depends_on_context(&self) -> bool {
        let Body::State(state) = &self.body else { return false };
        let rule =
            |rule: &CompiledRule| rule.serve.reads_context() || rule.conditions.iter().any(CompiledCondition::reads_context);
        let reads = || state.active_rules().any(rule) || state.fallthrough.reads_context();
        state.enabled && (!state.targets.by_unit.is_empty() || reads())
    }
}

impl CompiledState {
    pub(super) fn active_rules(&self) -> impl Iterator<Item = &CompiledRule> {
        self.rules.iter().filter(|rule| rule.active)
    }
    /// Whether everybody takes the same way through it.
    pub(super) fn is_plain(&self) -> bool {
        self.targets.by_unit.is_empty() && self.active_rules().next().is_none()
    }
}

impl Targets {
    /// The list that names `key`.
    pub(super) fn find<T: Trace>(&self, key: Option<&str>, trace: &mut T) -> Option<(usize, &TargetList)> {
        let hit = if self.by_unit.is_empty() { None } else { key.and_then(|key| self.by_unit.get(key)).copied() };
        trace.targets(key, hit);
        hit.and_then(|at| Some((at, self.lists.get(at)?)))
    }
}

impl CompiledVariant {
    fn new(value_type: ValueType, name: &VariantName, value: &Value) -> Self {
        let double = || value.as_f64().map(Value::from);
        let value = if value_type == ValueType::Number { double() } else { None }.unwrap_or_else(|| value.clone());
        Self { name: name.to_string(), json: value.to_string(), value }
    }
}

pub(super) fn compile_variants(flag: &Flag) -> Vec<CompiledVariant> {
    let compile = |variant: &Variant| CompiledVariant::new(flag.value_type, &variant.name, &variant.value);
    flag.variants.iter().map(compile).collect()
}

fn plainest(value_type: ValueType, name: &VariantName) -> Value {
    match value_type {
        ValueType::Boolean => Value::Bool(*name == VariantName::on()),
        ValueType::String => Value::from(""),
        ValueType::Integer => Value::from(0),
        ValueType::Number => Value::from(0.0),
        ValueType::Object => Value::Object(serde_json::Map::new()),
    }
}
