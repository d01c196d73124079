//! Random projects, with the texts that are hard to write down.

use super::any;
use super::house::environment;
use flagstaff::domain::attribute::{Attribute, AttributeType};
use flagstaff::domain::condition::{Condition, Operator};
use flagstaff::domain::environment::{Colour, Environment, Protection};
use flagstaff::domain::flag::{ExpiryAction, Flag, FlagKind, Owner};
use flagstaff::domain::key::{FlagKey, PersonaKey, SegmentKey, TeamKey};
use flagstaff::domain::persona::Persona;
use flagstaff::domain::policy::{Freeze, Large, Policy, Review, When};
use flagstaff::domain::project::{ExpiryDefault, KindDefaults, Kinds};
use flagstaff::domain::required::Required;
use flagstaff::domain::role::Role;
use flagstaff::domain::segment::Segment;
use flagstaff::domain::state::State;
use flagstaff::domain::team::Team;
use flagstaff::domain::time::{DAY, Timestamp};
use flagstaff::server::services::flag_file::document::{Document, DocumentFlag, Settings};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// What a reader could take for something else, or trip over.
fn text() -> impl Strategy<Value = String> {
    let hard = vec![
        "no",
        "on",
        "Yes",
        "null",
        "~",
        "007",
        "1e3",
        "0x1f",
        "1_000",
        "12:30:45",
        "2027-06-01",
        ".nan",
        "<<",
        "=",
        "!",
        "&a",
        "*a",
        "- a",
        "a: b",
        "a #b",
        "{a: 1}",
        "[a]",
        "|",
        ">",
        "'",
        "\"",
        "\\",
        "a\nb",
        "a\r\nb\n",
        "\ta",
        " a ",
        "a\u{85}b",
        "\u{2028}",
        "\u{feff}a",
        "\u{0}",
        "\u{7f}",
        "é",
        "\u{1F600}",
        "%",
        "@",
        "`",
        "?",
        "---",
        "...",
        "# x",
        "a,b",
        "3 hidden x",
    ];
    prop_oneof![3 => select(hard).prop_map(str::to_owned), 2 => "[a-z ]{1,12}", 1 => any::<String>()]
}

/// A text that may name something.
fn name() -> impl Strategy<Value = String> {
    text()
        .prop_map(|text| text.chars().take(100).collect::<String>())
        .prop_filter("a name", |text| text.trim() == text && !text.is_empty())
}

fn key() -> impl Strategy<Value = String> {
    let hard = vec!["no", "on", "007", "1e3", "2027-06-01", "null", "0x1f", "true", "y", "1-5", "9_000"];
    prop_oneof![select(hard).prop_map(str::to_owned), "[A-Za-z0-9][A-Za-z0-9_-]{0,12}"]
        .prop_filter("an address", |key| key != "new")
}

fn value() -> impl Strategy<Value = Value> {
    let numbers =
        vec![json!(0), json!(-0.0), json!(3.0), json!(1e300), json!(5e-324), json!(u64::MAX), json!(i64::MIN), json!(0.1)];
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        select(numbers),
        any::<f64>().prop_filter_map("finite", |n| serde_json::Number::from_f64(n).map(Value::Number)),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Value::from), btree_map(text(), inner, 0..4).prop_map(|map| json!(map))]
    })
}

fn object() -> impl Strategy<Value = Map<String, Value>> {
    btree_map(text(), value(), 0..4).prop_map(|map| map.into_iter().collect())
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (0..40_000 * DAY).prop_map(Timestamp::from_millis)
}

fn settings() -> impl Strategy<Value = Settings> {
    let action = select(ExpiryDefault::ALL.to_vec());
    let required = (any::<bool>(), any::<bool>()).prop_map(|(ticket, rollback_criteria)| Required { ticket, rollback_criteria });
    let parts = (name(), 1..3_650_u32, option::of(1..3_650_u32), action, required);
    parts.prop_map(|(name, lifetime, review, on_expiry, required)| {
        let release =
            KindDefaults { lifetime_days: Some(lifetime), on_expiry, required, ..KindDefaults::usual(FlagKind::Release) };
        let kill = KindDefaults { review_days: review, ..KindDefaults::usual(FlagKind::KillSwitch) };
        let kinds = Kinds::default().with(FlagKind::Release, release).with(FlagKind::KillSwitch, kill);
        Settings { name, naming_pattern: "^[A-Za-z0-9._-]+$".to_owned(), kinds, plans: Vec::new() }
    })
}

fn review() -> impl Strategy<Value = Review> {
    let parts = (select(When::ALL.to_vec()), 1..=3_u8, select(vec![Role::Approver, Role::Admin]));
    parts.prop_map(|(when, quorum, reviewers)| Review { when, quorum, reviewers })
}

fn policy() -> impl Strategy<Value = Policy> {
    let kinds = btree_map(select(FlagKind::ALL.to_vec()), review(), 0..4);
    let large = (0..=10_000_u16, any::<bool>(), any::<u32>(), any::<bool>());
    let large = large.prop_map(|(growth, kill_switch, changes, revert)| Large { growth, kill_switch, changes, revert });
    let freeze = (name(), moment(), 1..100 * DAY).prop_map(|(name, from, long)| Freeze { name, from, until: from.plus(long) });
    let own = (review(), kinds, large, vec(freeze, 0..3));
    let own = own.prop_map(|(review, kinds, large, freezes)| Policy { review, kinds, large, freezes });
    prop_oneof![1 => Just(Policy::default()), 3 => own]
}

/// Some of four, in any order, `production` among them.
fn environments() -> impl Strategy<Value = Vec<Environment>> {
    let others = subsequence(vec!["development", "staging", "007", "no"], 0..=3).prop_shuffle();
    let look = (name(), select(Colour::ALL.to_vec()), select(Protection::ALL.to_vec()), policy());
    (others, 0..4_usize, vec(look, 4)).prop_map(|(mut keys, at, looks)| {
        keys.insert(at.min(keys.len()), "production");
        let each = |((key, (name, colour, protection, policy)), position)| Environment {
            key: environment(key),
            name,
            colour,
            protection,
            position,
            policy,
        };
        keys.into_iter().zip(looks).zip(0..).map(each).collect()
    })
}

fn team() -> impl Strategy<Value = Team> {
    let members = subsequence(vec!["ada@shop.example", "lin@shop.example"], 0..=2);
    (key(), name(), members).prop_map(|(key, name, members)| Team {
        key: TeamKey::parse(&key).unwrap(),
        name,
        members: members.into_iter().map(str::to_owned).collect(),
    })
}

fn segment() -> impl Strategy<Value = Segment> {
    let units = || vec(text().prop_filter("a unit", |text| !text.is_empty()), 0..20);
    let attribute = name().prop_filter("an attribute", |name| !name.chars().any(char::is_control));
    let condition = (attribute, any::<bool>(), vec(text(), 1..4)).prop_map(|(attribute, negate, values)| Condition {
        attribute,
        operator: Operator::In,
        values: values.into_iter().map(Value::from).collect(),
        negate,
        ignore_case: false,
    });
    (key(), name(), text(), units(), units(), vec(vec(condition, 1..3), 0..3)).prop_map(
        |(key, name, description, include, exclude, groups)| {
            let key = SegmentKey::parse(&key).unwrap();
            Segment { key, name, description, include, exclude, groups }
        },
    )
}

/// Never private: a random persona may hold a value of it.
fn attribute() -> impl Strategy<Value = Attribute> {
    let kind = select(AttributeType::ALL.to_vec());
    let names =
        name().prop_filter("a name", |name| !["new", ".", ".."].contains(&name.as_str()) && !name.chars().any(char::is_control));
    (names, kind, btree_set("[a-z~.0-9-]{1,8}", 0..4), text()).prop_map(|(name, value_type, values, description)| {
        let legal_values =
            if value_type == AttributeType::Text { values.into_iter().map(Value::from).collect() } else { Vec::new() };
        Attribute { name, value_type, legal_values, private: false, description }
    })
}

fn persona() -> impl Strategy<Value = Persona> {
    let names = || prop_oneof![select(vec!["on", "no", "007", "production"]).prop_map(str::to_owned), key()];
    let answers = btree_map(names(), names(), 1..3);
    (key(), name(), text(), object(), btree_map(names(), answers, 0..3)).prop_map(|(key, name, description, context, expect)| {
        let key = PersonaKey::parse(&key).unwrap();
        let expect = serde_json::from_value(json!(expect)).unwrap();
        Persona { key, name, description, context, expect }
    })
}

fn owner() -> impl Strategy<Value = String> {
    let known = vec!["ada@shop.example", "team:nobody", "nobody@shop.example", "Ada@shop.example"];
    prop_oneof![select(known).prop_map(str::to_owned), text().prop_filter("somebody", |text| !text.trim().is_empty())]
}

/// A flag of any kind of value, with what it answers everywhere. Its owner is a text that nobody has claimed.
fn flag(environments: Vec<Environment>) -> impl Strategy<Value = DocumentFlag> {
    let kind = select(FlagKind::ALL.to_vec());
    let action = prop_oneof![Just(ExpiryAction::Freeze), Just(ExpiryAction::Archive), Just(ExpiryAction::Notify)];
    let texts = (key(), text(), text(), text(), owner(), btree_set(text().prop_filter("a tag", |tag| !tag.is_empty()), 0..4));
    let times = (moment(), option::of(moment()), option::weighted(0.2, moment()), option::of(action));
    let values = option::weighted(0.4, vec(object(), 3));
    let states = vec(any::case(), environments.len());
    (kind, texts, times, values, any::<bool>(), states).prop_map(move |(kind, texts, times, values, client_visible, cases)| {
        let (key, description, scope, criteria, owner, tags) = texts;
        let base = cases.first().map(|case| case.flag.clone()).unwrap_or_else(any::flag);
        let mut flag = Flag {
            key: FlagKey::parse(&key).unwrap(),
            kind,
            owner: Owner::Unclaimed(owner),
            description: format!("d{}", description.chars().take(500).collect::<String>()),
            scope: scope.chars().take(100).collect(),
            rollback_criteria: criteria.chars().take(100).collect(),
            tags: tags.into_iter().map(|tag| tag.chars().take(64).collect()).collect(),
            expires_at: base.expires_at.or(Some(times.0)),
            review_by: times.1,
            archived_at: times.2,
            client_visible,
            ..base
        };
        flag.on_expiry = times.3.unwrap_or(flag.on_expiry);
        if let Some(values) = values {
            flag.value_type = flagstaff::domain::flag::ValueType::Object;
            for (variant, value) in flag.variants.iter_mut().zip(values) {
                variant.value = Value::Object(value);
            }
        }
        let states = environments.iter().zip(cases).map(|(environment, case)| (environment.key.clone(), in_file(case.state)));
        DocumentFlag { flag, states: states.collect() }
    })
}

/// The engine's cases ask for a segment that a random project may not have.
fn in_file(mut state: State) -> State {
    for rule in &mut state.rules {
        rule.conditions.retain(|condition| !matches!(condition.operator, Operator::InSegment | Operator::NotInSegment));
    }
    state
}

fn unique<T, K: Ord>(items: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let by_key: std::collections::BTreeMap<K, T> = items.into_iter().map(|item| (key(&item), item)).collect();
    by_key.into_values().collect()
}

pub fn document() -> impl Strategy<Value = Document> {
    environments().prop_flat_map(|environments| {
        let flags = vec(flag(environments.clone()), 0..4);
        let parts = (settings(), vec(team(), 0..3), vec(attribute(), 0..3), vec(segment(), 0..3), vec(persona(), 0..3), flags);
        parts.prop_map(move |(settings, teams, attributes, segments, personas, flags)| Document {
            project: Some(settings),
            environments: environments.clone(),
            teams: unique(teams, |team| team.key.clone()),
            attributes: unique(attributes, |attribute| attribute.name.clone()),
            segments: unique(segments, |segment| segment.key.clone()),
            personas: unique(personas, |persona| persona.key.clone()),
            flags: unique(flags, |flag| flag.flag.key.clone()),
        })
    })
}
