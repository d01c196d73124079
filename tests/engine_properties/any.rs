//! Random flags, states, contexts and moments, drawn from few names so that they often meet.

use flagstaff::domain::condition::{Condition, Operand, Operator};
use flagstaff::domain::flag::{ExpiryAction, Flag};
use flagstaff::domain::key::VariantName;
use flagstaff::domain::rollout::{Plan, Rollout};
use flagstaff::domain::rule::{Rule, Serve, Split, WHOLE, Weight};
use flagstaff::domain::state::{State, Target};
use flagstaff::domain::time::{DAY, HOUR, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

pub const SEGMENT: &str = "beta";

#[derive(Debug, Clone)]
pub struct Case {
    pub flag: Flag,
    pub state: State,
    /// An object.
    pub context: Value,
    pub now: Timestamp,
}

pub fn flag() -> Flag {
    serde_json::from_value(json!({
        "key": "new_checkout", "kind": "release", "value_type": "string", "owner": {"unclaimed": "nobody"}, "description": "d",
        "variants": [{"name": "a", "value": "A"}, {"name": "b", "value": "B"}, {"name": "c", "value": "C"}],
        "fallback_variant": "a"
    }))
    .unwrap()
}

fn variant() -> impl Strategy<Value = VariantName> {
    select(vec!["a", "b", "c"]).prop_map(|name| VariantName::parse(name).unwrap())
}

fn attribute() -> impl Strategy<Value = String> {
    select(vec!["plan", "age", "user.plan", "tags", "ip", "app", "seen", TARGETING]).prop_map(str::to_owned)
}

const TARGETING: &str = "targetingKey";

/// A moment within a fortnight or two of the plans, the expiry and New York's turn of clocks.
fn moment() -> impl Strategy<Value = Timestamp> {
    let start = Timestamp::parse("2026-03-01T00:00:00Z").unwrap();
    (0..30 * DAY).prop_map(move |after| start.plus(after))
}

fn scalar() -> impl Strategy<Value = Value> {
    let texts = vec!["", "pro", "free", "PRO", "u1", "u2", "1.2.3", "2.3", "10.0.0.1", "::1", "2026-03-10T00:00:00Z", "å", "20"];
    prop_oneof![
        4 => select(texts).prop_map(Value::from),
        2 => select(vec![json!(0), json!(20), json!(20.0), json!(-0.5), json!(u64::MAX), json!(i64::MIN), json!(1e300)]),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<String>().prop_map(Value::from),
        // Quarters, because the JSON reader may be off by one unit in the last place where many digits are needed.
        1 => any::<i32>().prop_map(|n| Value::from(f64::from(n) / 4.0)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(2, 8, 4, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Value::from), inner.prop_map(|value| json!({"plan": value})),]
    })
}

pub fn context() -> impl Strategy<Value = Value> {
    let key = option::of(select(vec!["", "u1", "u2", "u3", "u4"]));
    let names = select(vec!["plan", "age", "user", "user.plan", "tags", "ip", "app", "seen", "extra"]);
    (key, vec((names, value()), 0..8)).prop_map(|(key, attributes)| {
        let mut object: serde_json::Map<_, _> = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if let Some(key) = key {
            object.insert(TARGETING.to_owned(), key.into());
        }
        Value::Object(object)
    })
}

/// A value the operator takes.
fn expected(operand: Operand) -> BoxedStrategy<Value> {
    let choices = match operand {
        Operand::Nothing => vec![json!(null)],
        Operand::Scalar => vec![json!("pro"), json!("free"), json!(20), json!(true), json!("u1")],
        Operand::Text => vec![json!("p"), json!("pro"), json!("u"), json!("E"), json!("å")],
        Operand::Pattern => vec![json!("^p"), json!("[0-9]"), json!("o$")],
        Operand::Number => vec![json!(0), json!(20), json!(1e9)],
        Operand::Instant => vec![json!("2026-03-10T00:00:00Z"), json!("2027-01-01T00:00:00+02:00")],
        Operand::Version => vec![json!("1.2.3"), json!("2.3")],
        Operand::VersionRange => vec![json!("^1.2"), json!("~2"), json!("*")],
        Operand::Cidr => vec![json!("10.0.0.0/8"), json!("::/0"), json!("192.0.2.1")],
        Operand::Segment => vec![json!(SEGMENT)],
        Operand::Window => vec![
            json!({"days": ["mon", "sun"], "from": "01:30", "to": "02:30", "zone": "America/New_York"}),
            json!({"from": "22:00", "to": "06:00", "zone": "Europe/Oslo"}),
            json!({"days": ["wed"], "from": "00:00", "to": "24:00", "zone": "UTC"}),
        ],
    };
    select(choices).boxed()
}

fn condition() -> impl Strategy<Value = Condition> {
    condition_on(attribute(), Operator::ALL.to_vec())
}

fn condition_on(attribute: impl Strategy<Value = String>, operators: Vec<Operator>) -> impl Strategy<Value = Condition> {
    (select(operators), attribute, any::<bool>(), any::<bool>()).prop_flat_map(|(operator, attribute, negate, ignore_case)| {
        let operand = operator.operand();
        let count = if operand == Operand::Nothing { 0..1 } else { 1..4 };
        let ignore_case = ignore_case && matches!(operand, Operand::Text | Operand::Pattern);
        vec(expected(operand), count).prop_map(move |values| Condition {
            attribute: attribute.clone(),
            operator,
            values,
            negate,
            ignore_case,
        })
    })
}

fn bucket_by() -> impl Strategy<Value = String> {
    select(vec![TARGETING, "plan", "age"]).prop_map(str::to_owned)
}

fn split() -> impl Strategy<Value = Serve> {
    (bucket_by(), option::of("[a-z]{0,3}"), vec(variant(), 3), 0..=WHOLE, 0..=WHOLE).prop_map(|(bucket_by, seed, names, x, y)| {
        let shares = [x.min(y), x.max(y) - x.min(y), WHOLE - x.max(y)];
        let weights = names.into_iter().zip(shares).map(|(variant, share)| Weight { variant, share }).collect();
        Serve::Split(Split { bucket_by, seed, weights })
    })
}

fn rollout() -> impl Strategy<Value = Serve> {
    let every = select(vec![HOUR, 17 * HOUR, DAY]);
    (bucket_by(), variant(), variant(), moment(), every, option::weighted(0.2, 0..=WHOLE)).prop_map(
        |(bucket_by, variant, rest, start, every, held_at)| {
            let plan = Plan { held_at, ..Plan::regular(&[100, 1_000, 5_000, WHOLE], start, every) };
            Serve::Rollout(Rollout { bucket_by, seed: None, variant, rest, plan })
        },
    )
}

fn serve() -> impl Strategy<Value = Serve> {
    prop_oneof![variant().prop_map(Serve::Variant), split(), rollout()]
}

fn rules(conditions: impl Strategy<Value = Vec<Condition>>) -> impl Strategy<Value = Vec<Rule>> {
    vec((conditions, serve(), proptest::bool::weighted(0.85)), 0..4).prop_map(|parts| {
        let numbered = parts.into_iter().enumerate();
        let rule =
            |(at, (conditions, serve, active))| Rule { id: format!("r{at}"), name: String::new(), active, conditions, serve };
        numbered.map(rule).collect()
    })
}

fn state(conditions: impl Strategy<Value = Vec<Condition>>) -> impl Strategy<Value = State> {
    let targets = option::weighted(0.3, variant());
    (proptest::bool::weighted(0.9), variant(), targets, rules(conditions), serve()).prop_map(
        |(enabled, off_variant, target, rules, fallthrough)| {
            let targets = target.map(|variant| Target { variant, units: vec!["u1".to_owned(), "u4".to_owned()] });
            State { enabled, off_variant, targets: targets.into_iter().collect(), rules, fallthrough }
        },
    )
}

fn expiring() -> impl Strategy<Value = Flag> {
    option::weighted(0.3, (moment(), variant())).prop_map(|expiry| {
        let mut flag = flag();
        if let Some((at, name)) = expiry {
            flag.expires_at = Some(at);
            flag.on_expiry = ExpiryAction::Serve(name);
        }
        flag
    })
}

/// A flag that compiles, and somebody who asks.
pub fn case() -> impl Strategy<Value = Case> {
    (expiring(), state(vec(condition(), 0..3)), context(), moment()).prop_map(|(flag, state, context, now)| Case {
        flag,
        state,
        context,
        now,
    })
}

/// A flag that is on, with conditions on so few attributes that they often have to do with one another.
pub fn related_case() -> impl Strategy<Value = Case> {
    let attribute = || select(vec!["plan", "plan", "age", TARGETING]).prop_map(str::to_owned);
    // All of them, and more often those of which two have more to do with one another.
    let often = [
        Operator::Equals,
        Operator::NotIn,
        Operator::Exists,
        Operator::NotExists,
        Operator::InSegment,
        Operator::NotInSegment,
        Operator::GreaterThan,
        Operator::LessOrEqual,
    ];
    let operators: Vec<Operator> = Operator::ALL.into_iter().chain(often.repeat(4)).collect();
    let state = state(vec(condition_on(attribute(), operators), 0..4)).prop_map(|state| State {
        enabled: true,
        targets: vec![],
        ..state
    });
    (state, context(), moment()).prop_map(|(state, context, now)| Case { flag: flag(), state, context, now })
}

/// Anything that can be written down: values that fit no operator, contexts that are none.
pub fn wild_case() -> impl Strategy<Value = Case> {
    let operators = select(Operator::ALL.to_vec());
    let condition = (operators, any::<String>(), vec(value(), 0..4), any::<bool>(), any::<bool>()).prop_map(
        |(operator, attribute, values, negate, ignore_case)| Condition { attribute, operator, values, negate, ignore_case },
    );
    let conditions = vec(prop_oneof![condition, self::condition()], 0..3);
    (expiring(), state(conditions), prop_oneof![context(), value()], moment()).prop_map(|(flag, state, context, now)| Case {
        flag,
        state,
        context,
        now,
    })
}
