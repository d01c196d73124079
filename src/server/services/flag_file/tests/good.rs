//! What good files mean.

use super::*;
use crate::domain::condition::{Condition, Operator};
use crate::domain::flag::{ExpiryAction, FlagKind, ValueType};
use crate::domain::key::VariantName;
use crate::domain::project::{ExpiryDefault, GRACE_DAYS, KindDefaults, READY_DAYS};
use crate::domain::required::Required;
use crate::domain::rollout::{Plan, Start};
use crate::domain::rule::{Serve, Split};
use crate::domain::time::DAY;
use serde_json::json;

const CONTRACT: &str = r#"flags:
  new_checkout:
    enabled: true
    percentage: 10            # 0..100
    allowed_users: [user_123]
    rules:
      - {attribute: plan, operator: in, value: [pro, enterprise]}
      - {attribute: country, operator: equals, value: US}
    owner: payments-team
    expires: "2027-06-01"
    on_expiry: serve_off
    jira: PAY-1234
  new_search:
    enabled: true
    rollout: {start: "2026-11-30T09:00:00Z", steps: [1, 10, 25, 50, 100], every: 1d}
  dark_mode: true
"#;

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}
fn on() -> Serve {
    Serve::Variant(VariantName::on())
}
fn off() -> Serve {
    Serve::Variant(VariantName::off())
}
fn share(share: u16) -> Serve {
    Serve::Split(Split::two(VariantName::on(), VariantName::off(), share))
}
fn fallthrough(lines: &str) -> Serve {
    only(&flag_a(lines)).state.fallthrough
}

#[test]
fn the_file_of_the_contract_is_read_as_it_says() {
    let file = read(CONTRACT).unwrap();
    let [checkout, search, dark] = file.flags.as_slice() else { panic!("{file:?}") };
    assert_eq!((checkout.line, search.line, dark.line), (2, 13, 16));
    assert!(file.warnings.is_empty(), "{:?}", file.warnings);

    assert_eq!(checkout.flag.owner, Owner::Unclaimed("payments-team".to_owned()));
    assert_eq!(checkout.flag.expires_at, Some(instant("2027-06-02T00:00:00Z")));
    assert_eq!(checkout.flag.on_expiry, ExpiryAction::Serve(VariantName::off()));
    assert_eq!(checkout.flag.ticket, "PAY-1234");
    assert_eq!(checkout.named, [Named::Owner, Named::Ticket, Named::Expires, Named::OnExpiry]);
    assert_eq!(checkout.assumed.len(), 1, "only the description is missing: {:?}", checkout.assumed);
    assert!(checkout.state.enabled);
    assert_eq!(checkout.state.targets[0].units, ["user_123"]);
    assert_eq!(checkout.state.fallthrough, share(1_000));
    let rule = &checkout.state.rules[0];
    assert_eq!((rule.id.as_str(), &rule.serve), ("r1", &on()));
    assert_eq!(rule.conditions[0].values, [json!("pro"), json!("enterprise")]);
    assert_eq!(checkout.state.rules[1].conditions[0].operator, Operator::Equals);

    let Serve::Rollout(rollout) = &search.state.fallthrough else { panic!("{search:?}") };
    let start = instant("2026-11-30T09:00:00Z");
    assert_eq!(rollout.plan, Plan::preset(start));
    assert_eq!(rollout.plan.steps[4].starts_at, Start::At(start.plus(4 * DAY)));

    assert_eq!((dark.state.enabled, &dark.state.fallthrough), (true, &on()));
    assert_eq!(dark.flag.owner, Owner::Unclaimed("console".to_owned()));
    assert_eq!(dark.flag.expires_at, Some(now().plus(90 * DAY)));
    let assumed: Vec<&str> = dark.assumed.iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(assumed, ["flags.dark_mode.owner", "flags.dark_mode.description", "flags.dark_mode.expires"]);
}

#[test]
fn json_means_the_same() {
    let yaml = read("flags:\n  a: {enabled: true, percentage: 10, allowed_users: [x]}\n  b: false\n").unwrap();
    let json = read("{\n\t\"flags\": {\n\t\t\"a\": {\"enabled\": true, \"percentage\": 10, \"allowed_users\": [\"x\"]},\n\t\t\"b\": false\n\t}\n}").unwrap();
    let bare = |file: &FlagFile| file.flags.iter().map(|f| (f.flag.clone(), f.state.clone())).collect::<Vec<_>>();
    assert_eq!(bare(&yaml), bare(&json));
    assert_eq!(json.flags[1].line, 4);
}

#[test]
fn the_share_follows_from_what_is_there() {
    let table = [
        ("enabled: true", on()),
        ("enabled: true\npercentage: 100", on()),
        ("enabled: true\npercentage: 0", off()),
        ("enabled: true\npercentage: 12.5", share(1_250)),
        ("enabled: true\npercentage: 0.01", share(1)),
        ("enabled: true\npercentage: 33.33333", share(3_333)),
        ("enabled: true\npercentage: 1e1", share(1_000)),
        ("enabled: true\npercentage:", on()),
        ("enabled: true\nallowed_users: [a]", off()),
        ("enabled: true\nrules: [{attribute: a, operator: exists}]", off()),
        ("enabled: true\nallowed_users: [a]\npercentage: 5", share(500)),
        ("enabled: true\nallowed_users: []", off()),
        ("owner: x", on()),
    ];
    for (lines, expected) in table {
        assert_eq!(fallthrough(lines), expected, "{lines}");
    }
    assert!(!only(&flag_a("owner: x")).state.enabled, "enabled absent is false");
}

#[test]
fn what_may_not_be_meant_is_warned_of() {
    let table = [
        ("percentage: 33.33333", "becomes 33.33 %"),
        ("allowed_users: []", "turns nobody on"),
        ("rules: []", "turns nobody on"),
        ("expires: \"2020-01-01\"", "has passed already"),
    ];
    for (lines, words) in table {
        let warnings = read(&flag_a(lines)).unwrap().warnings;
        assert!(warnings.iter().any(|w| w.message.contains(words) && w.at.line == 3), "{lines}: {warnings:?}");
    }
    assert_eq!(read("flags: {}\n").unwrap().warnings.len(), 1);
    assert!(read(&flag_a("allowed_users: []\npercentage: 10")).unwrap().warnings.is_empty());
}

#[test]
fn users_count_once_and_numbers_as_they_are_written() {
    let flag = only(&flag_a("allowed_users: [b, a, b, 007, 42, \"42\", \"x y\", 1_000]"));
    assert_eq!(flag.state.targets[0].units, ["b", "a", "007", "42", "x y", "1_000"]);
    assert!(only(&flag_a("allowed_users: []")).state.targets.is_empty());
}

#[test]
fn rules_are_read_in_order_with_their_options() {
    let flag = only(&flag_a(
        "rules:\n  - {attribute: mail, operator: ends_with, value: \"@Shop.example\", ignore_case: true, name: Staff}\n  \
         - {attribute: plan, operator: not_in, value: free, negate: true}\n  - {attribute: age, operator: greater_or_equal, value: 18}\n  \
         - {attribute: since, operator: before, value: 2026-01-01T00:00:00Z}\n  - {attribute: v, operator: semver_matches, value: ^1.2}\n  \
         - {attribute: ip, operator: ip_in, value: [10.0.0.0/8]}\n  \
         - {operator: time_window, value: {days: [mon, fri], from: \"09:00\", to: \"17:00\", zone: Europe/Oslo}}\n  \
         - {attribute: beta, operator: equals, value: true}",
    ));
    let ids: Vec<&str> = flag.state.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"]);
    assert_eq!(flag.state.rules[0].name, "Staff");
    let expected = Condition {
        attribute: "mail".to_owned(),
        operator: Operator::EndsWith,
        values: vec![json!("@Shop.example")],
        negate: false,
        ignore_case: true,
    };
    assert_eq!(flag.state.rules[0].conditions, [expected]);
    assert!(flag.state.rules[1].conditions[0].negate);
    assert_eq!(flag.state.rules[2].conditions[0].values, [json!(18)]);
    assert_eq!(flag.state.rules[6].conditions[0].attribute, "");
    assert_eq!(flag.state.rules[7].conditions[0].values, [json!(true)]);
}

#[test]
fn variants_have_one_type_a_served_and_an_off_one() {
    let table = [
        ("enabled: true", ValueType::Boolean, "on", "off"),
        ("variants: {off: false, on: true}", ValueType::Boolean, "on", "off"),
        ("variants: {yes: true, no: false}", ValueType::Boolean, "yes", "no"),
        ("variants: {control: a, treatment: b}", ValueType::String, "control", "treatment"),
        ("variants: {control: a, treatment: b}\nserve: treatment\noff: control", ValueType::String, "treatment", "control"),
        ("variants: {small: 10, large: 100}", ValueType::Integer, "small", "large"),
        ("variants: {small: 10, large: 99.5}", ValueType::Number, "small", "large"),
        ("variants: {big: 3000000000, off: 0}", ValueType::Number, "big", "off"),
        ("value_type: number\nvariants: {a: 1, b: 2}", ValueType::Number, "a", "b"),
        ("variants: {a: {limit: 5}, off: {}}", ValueType::Object, "a", "off"),
        ("variants: {only: x}", ValueType::String, "only", "only"),
        ("value_type: boolean", ValueType::Boolean, "on", "off"),
    ];
    for (lines, value_type, serve, off) in table {
        let found = only(&flag_a(lines));
        let served = found.state.fallthrough.variants()[0].as_str();
        assert_eq!((found.flag.value_type, served, found.state.off_variant.as_str()), (value_type, serve, off), "{lines}");
        assert_eq!(found.flag.fallback_variant.as_str(), off, "{lines}");
    }
}

#[test]
fn metadata_is_taken_over() {
    let flag = only(&flag_a(
        "kind: operational\ndescription: Caps the basket.\nowner: ADA@shop.example\nscope: checkout\ntags: [a, b, a, 2026]\n\
         rollback_criteria: Errors above 1 %\nclient_visible: true\nticket: OPS-1",
    ))
    .flag;
    assert_eq!((flag.kind, flag.expires_at), (FlagKind::Operational, None));
    assert_eq!(flag.owner, Owner::Person(UserId::from_text("u1")));
    assert_eq!(flag.tags, ["a", "b", "2026"]);
    assert_eq!((flag.description.as_str(), flag.scope.as_str(), flag.ticket.as_str()), ("Caps the basket.", "checkout", "OPS-1"));
    assert_eq!((flag.rollback_criteria.as_str(), flag.client_visible), ("Errors above 1 %", true));
    let switch = only(&flag_a("kind: kill_switch\nenabled: true"));
    assert_eq!(switch.flag.fallback_variant, VariantName::on());
}

#[test]
fn moments_are_dates_or_instants() {
    let table = [
        ("\"2027-06-01\"", "2027-06-02T00:00:00Z"),
        ("2027-06-01", "2027-06-02T00:00:00Z"),
        ("\"2027-06-01T09:00:00Z\"", "2027-06-01T09:00:00Z"),
        ("2027-06-01T11:00:00+02:00", "2027-06-01T09:00:00Z"),
        ("2027-12-31", "2028-01-01T00:00:00Z"),
    ];
    for (text, expected) in table {
        assert_eq!(only(&flag_a(&format!("expires: {text}"))).flag.expires_at, Some(instant(expected)), "{text}");
    }
    let single = only(&flag_a("rollout: {start: 2026-11-30, steps: [5]}")).state.fallthrough;
    let Serve::Rollout(rollout) = single else { panic!("{single:?}") };
    assert_eq!(rollout.plan.steps[0].starts_at, Start::At(instant("2026-11-30T00:00:00Z")));
}

#[test]
fn anchors_and_comments_are_yaml_as_usual() {
    let text = "# ours\nflags:\n  a: &base {enabled: true, percentage: 5}\n  b: *base\n  c:\n    <<: *base\n    percentage: 7\n";
    let flags = read(text).unwrap().flags;
    let shares: Vec<&Serve> = flags.iter().map(|flag| &flag.state.fallthrough).collect();
    assert_eq!(shares, [&share(500), &share(500), &share(700)]);
}

#[test]
fn reading_twice_gives_the_same_bytes() {
    let bytes = |text: &str| {
        let file = read(text).unwrap();
        let pairs: Vec<_> = file.flags.iter().map(|f| (&f.flag, &f.state)).collect();
        serde_json::to_string(&pairs).unwrap()
    };
    assert_eq!(bytes(CONTRACT), bytes(CONTRACT));
}

#[test]
fn what_a_new_flag_lacks_is_what_its_project_says_of_the_kind() {
    let days = |lifetime_days, review_days, on_expiry| KindDefaults {
        lifetime_days,
        review_days,
        on_expiry,
        grace_days: GRACE_DAYS,
        ready_days: READY_DAYS,
        required: Required::default(),
    };
    let kinds = Kinds::default()
        .with(FlagKind::Release, days(Some(30), None, ExpiryDefault::ServeOff))
        .with(FlagKind::KillSwitch, days(None, Some(14), ExpiryDefault::Notify));
    let file = "flags:\n  a: true\n  b: {kind: kill_switch}\n  c: {expires: 2027-06-01, on_expiry: freeze}\n";
    let read = match in_project_with(&kinds, |setting| parse(file.as_bytes(), &setting)).unwrap() {
        File::Short(read) => read,
        File::Long(read) => panic!("in the long form: {read:?}"),
    };
    let found: Vec<_> = read.flags.iter().map(|it| (it.flag.expires_at, it.flag.on_expiry.clone(), it.flag.review_by)).collect();
    let off = ExpiryAction::Serve(VariantName::off());
    assert_eq!(
        found,
        [
            (Some(now().plus(30 * DAY)), off, None),
            (None, ExpiryAction::Notify, Some(now().plus(14 * DAY))),
            (Some(instant("2027-06-02T00:00:00Z")), ExpiryAction::Freeze, None),
        ]
    );
    assert!(read.flags[0].assumed.iter().any(|note| note.message.contains("lives 30 days")), "{:?}", read.flags[0].assumed);
}
