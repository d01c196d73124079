//! What the demo's flags answer, where.

use super::flags::name;
use super::personas;
use crate::domain::condition::{Condition, Operator};
use crate::domain::key::VariantName;
use crate::domain::rollout::{Plan, Rollout};
use crate::domain::rule::{Rule, Serve, Split, TARGETING_KEY, Weight};
use crate::domain::state::{State, Target};
use crate::domain::time::{HOUR, Timestamp};
use crate::server::error::Error;
use serde_json::{Value, json};

fn state(fallthrough: Serve) -> State {
    State { enabled: true, off_variant: VariantName::off(), targets: Vec::new(), rules: Vec::new(), fallthrough }
}

/// On for everybody.
pub fn on() -> State {
    state(Serve::Variant(VariantName::on()))
}

/// On for a share, in basis points.
pub fn share(share: u16) -> State {
    state(Serve::Split(Split::two(VariantName::on(), VariantName::off(), share)))
}

pub fn condition(attribute: &str, operator: Operator, values: &[Value]) -> Condition {
    Condition { attribute: attribute.to_owned(), operator, values: values.to_vec(), negate: false, ignore_case: false }
}

fn rule(id: &str, name: &str, conditions: Vec<Condition>, serve: Serve) -> Rule {
    Rule { id: id.to_owned(), name: name.to_owned(), active: true, conditions, serve }
}

fn target(variant: VariantName, units: &[&str]) -> Target {
    Target { variant, units: units.iter().map(|unit| (*unit).to_owned()).collect() }
}

fn staff() -> Condition {
    condition("", Operator::InSegment, &[json!(personas::STAFF)])
}

fn paying() -> Condition {
    condition("plan", Operator::In, &[json!("pro"), json!("enterprise")])
}

/// How long the second of five steps has been running.
const STEP_TWO_SINCE: i64 = 9 * HOUR;

/// When production's plan began.
pub fn rollout_start(now: Timestamp) -> Timestamp {
    now.plus(-STEP_TWO_SINCE - 24 * HOUR)
}

fn checkout_audience() -> (Vec<Target>, Vec<Rule>) {
    let split = Serve::Split(Split::two(VariantName::on(), VariantName::off(), 5_000));
    let norway = condition("country", Operator::Equals, &[json!("NO")]);
    let rules = vec![
        rule("staff", "Staff", vec![staff()], Serve::Variant(VariantName::on())),
        rule("paying", "Paying customers", vec![paying()], Serve::Variant(VariantName::on())),
        rule("norway", "Half of Norway", vec![norway], split),
    ];
    let targets = vec![target(VariantName::on(), &["user_123", "user_77"]), target(VariantName::off(), &["user_9"])];
    (targets, rules)
}

/// Before the plan: invited customers only.
pub fn checkout_invited() -> State {
    let (targets, rules) = checkout_audience();
    State { targets, rules, ..state(Serve::Variant(VariantName::off())) }
}

/// On the second of the five usual steps.
pub fn checkout_rolling(now: Timestamp) -> State {
    let plan = Plan::preset(rollout_start(now));
    let (variant, rest) = (VariantName::on(), VariantName::off());
    let fallthrough = Serve::Rollout(Rollout { bucket_by: TARGETING_KEY.to_owned(), seed: None, variant, rest, plan });
    State { fallthrough, ..checkout_invited() }
}

/// Thirds, with staff kept out of the measurement.
pub fn pricing_thirds() -> Result<State, Error> {
    let weight = |text: &str, share: u16| -> Result<Weight, Error> { Ok(Weight { variant: name(text)?, share }) };
    let weights = vec![weight("control", 3_400)?, weight("yearly_first", 3_300)?, weight("trial", 3_300)?];
    let split = Serve::Split(Split { bucket_by: TARGETING_KEY.to_owned(), seed: Some("pricing-autumn".to_owned()), weights });
    let rules = vec![rule("staff", "Staff sees control", vec![staff()], Serve::Variant(name("control")?))];
    Ok(State { off_variant: name("control")?, rules, ..state(split) })
}

/// Strict for orders that look like fraud, and at night in the shop's own zone.
pub fn limits() -> Result<State, Error> {
    let tight = Serve::Variant(name("tight")?);
    let risky = vec![condition("risk_score", Operator::GreaterOrEqual, &[json!(0.8)])];
    let night =
        json!({"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "01:00", "to": "05:00", "zone": "Europe/Oslo"});
    let night =
        vec![condition("", Operator::TimeWindow, &[night]), condition("account_age_days", Operator::LessThan, &[json!(7)])];
    let rules =
        vec![rule("risky", "Looks like fraud", risky, tight.clone()), rule("night", "New accounts at night", night, tight)];
    Ok(State { off_variant: name("normal")?, rules, ..state(Serve::Variant(name("normal")?)) })
}

/// Tight for everybody: what an incident calls for.
pub fn limits_tight() -> Result<State, Error> {
    Ok(State { fallthrough: Serve::Variant(name("tight")?), ..limits()? })
}

pub fn upload() -> Result<State, Error> {
    let enterprise = vec![condition("plan", Operator::Equals, &[json!("enterprise")])];
    let old_app = vec![condition("app_version", Operator::SemverLess, &[json!("2.4.0")])];
    let rules = vec![
        rule("old_app", "Apps that cannot resume", old_app, Serve::Variant(name("small")?)),
        rule("enterprise", "Enterprise", enterprise, Serve::Variant(name("large")?)),
    ];
    Ok(State { off_variant: name("standard")?, rules, ..state(Serve::Variant(name("standard")?)) })
}

pub fn reports() -> State {
    let nordic = condition("country", Operator::In, &[json!("NO"), json!("SE"), json!("DK"), json!("FI")]);
    let rules = vec![
        rule("staff", "Staff", vec![staff()], Serve::Variant(VariantName::on())),
        rule("nordic", "Paying customers in the Nordics", vec![paying(), nordic], Serve::Variant(VariantName::on())),
    ];
    let targets = vec![target(VariantName::on(), &["org_fjord", "org_aurora", "org_kelp"])];
    State { targets, rules, ..state(Serve::Variant(VariantName::off())) }
}
