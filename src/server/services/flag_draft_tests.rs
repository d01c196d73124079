#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::domain::project::{ExpiryDefault, GRACE_DAYS, READY_DAYS};
use crate::domain::required::Required;
use serde_json::json;

const NOW: Timestamp = Timestamp::from_millis(20_000 * DAY + 1_000);

fn draft() -> FlagDraft {
    FlagDraft {
        key: " new_checkout ".into(),
        description: "Single page checkout".into(),
        ..FlagDraft::proposed(&UserId::from_text("ada"), &Kinds::default(), NOW)
    }
}

fn fields(draft: &FlagDraft) -> Vec<String> {
    draft.create(&Kinds::default(), NOW).unwrap_err().into_iter().map(|problem| problem.field).collect()
}

fn rows(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_proposal_with_a_key_and_a_sentence_is_a_flag() {
    let flag = draft().create(&Kinds::default(), NOW).unwrap();
    assert_eq!(flag.key.as_str(), "new_checkout");
    assert_eq!(flag.variants, Flag::boolean_variants());
    assert_eq!(flag.fallback_variant, VariantName::off());
    assert_eq!(flag.owner, Owner::Person(UserId::from_text("ada")));
    // The whole of the last day counts.
    assert_eq!(flag.expires_at, Timestamp::from_millis(20_091 * DAY).into());
}

#[test]
fn a_flag_goes_to_the_form_and_comes_back_the_same() {
    let flag = Flag {
        tags: vec!["web".into(), "checkout".into()],
        expires_at: Some(NOW.plus(5 * DAY + 77)),
        on_expiry: ExpiryAction::Serve(VariantName::off()),
        owner: Owner::Unclaimed("Payments team".into()),
        value_type: ValueType::Object,
        variants: vec![Variant { name: VariantName::off(), value: json!({"limit": 5, "name": "ä"}) }],
        review_by: Some(NOW),
        ..draft().create(&Kinds::default(), NOW).unwrap()
    };
    assert_eq!(FlagDraft::of(&flag).edit(&flag, &Kinds::default(), NOW).unwrap(), flag);
    let other = FlagDraft { owner: "unclaimed:Somebody else".into(), ..FlagDraft::of(&flag) };
    assert_eq!(other.edit(&flag, &Kinds::default(), NOW).unwrap_err()[0].field, "owner");
}

#[test]
fn everything_wrong_is_told_at_once_at_its_field() {
    let wrong = FlagDraft {
        key: "New Checkout".into(),
        kind: "release".into(),
        owner: String::new(),
        description: "  ".into(),
        expires_at: "tomorrow".into(),
        on_expiry: "serve".into(),
        variants: rows(&[("on", "true"), ("", ""), ("on", "false"), ("no name", "true"), ("late", "3")]),
        ..draft()
    };
    let expected = [
        "key",
        "variants[3].name",
        "variants[4].value",
        "expires_at",
        "owner",
        "on_expiry_variant",
        "description",
        "variants[2].name",
    ];
    assert_eq!(fields(&wrong), expected);
    let missing = FlagDraft { fallback_variant: "blue".into(), expires_at: String::new(), ..draft() };
    assert_eq!(fields(&missing), ["expires_at", "fallback_variant"]);
}

#[test]
fn values_are_read_by_their_type() {
    let table = [
        (ValueType::Boolean, " True ", Some(json!(true))),
        (ValueType::Boolean, "1", None),
        (ValueType::String, " a\r\nb ", Some(json!(" a\nb "))),
        (ValueType::String, "", Some(json!(""))),
        (ValueType::Integer, "42", Some(json!(42))),
        (ValueType::Integer, "4.2", None),
        (ValueType::Number, "4.5", Some(json!(4.5))),
        (ValueType::Number, "\"4.5\"", None),
        (ValueType::Object, "{\"a\": [1]}", Some(json!({"a": [1]}))),
        (ValueType::Object, "{\"a\": ", None),
        (ValueType::Object, "[1]", None),
    ];
    for (value_type, text, value) in table {
        assert_eq!(read_value(value_type, text), value, "{value_type:?} {text:?}");
    }
}

#[test]
fn a_permanent_kind_takes_no_expiry_that_nobody_asked_for() {
    let switch = FlagDraft { kind: "kill_switch".into(), ..draft() };
    let flag = switch.create(&Kinds::default(), NOW).unwrap();
    assert_eq!((flag.expires_at, flag.fallback_variant), (None, VariantName::on()));
    let chosen = FlagDraft { expires_at: NOW.plus(9 * DAY).to_date(), ..switch };
    assert!(chosen.create(&Kinds::default(), NOW).unwrap().expires_at.is_some());
    let past = FlagDraft { expires_at: NOW.plus(-DAY).to_date(), ..draft() };
    assert_eq!(fields(&past), ["expires_at"]);
}

#[test]
fn the_fallback_is_off_or_the_last_one() {
    let colours = FlagDraft { value_type: "string".into(), variants: rows(&[("red", "#f00"), ("blue", "#00f")]), ..draft() };
    assert_eq!(colours.create(&Kinds::default(), NOW).unwrap().fallback_variant.as_str(), "blue");
    let named = FlagDraft { fallback_variant: "red".into(), ..colours };
    assert_eq!(named.create(&Kinds::default(), NOW).unwrap().fallback_variant.as_str(), "red");
}

/// Release flags live 30 days and then freeze, experiments 10 and then serve off; kill switches are reviewed after 14.
fn own_kinds() -> Kinds {
    let days = |lifetime_days, review_days, on_expiry| KindDefaults {
        lifetime_days,
        review_days,
        on_expiry,
        grace_days: GRACE_DAYS,
        ready_days: READY_DAYS,
        required: Required::default(),
    };
    Kinds::default()
        .with(FlagKind::Release, days(Some(30), None, ExpiryDefault::Freeze))
        .with(FlagKind::Experiment, days(Some(10), None, ExpiryDefault::ServeOff))
        .with(FlagKind::Permission, days(None, None, ExpiryDefault::Notify))
        .with(FlagKind::KillSwitch, days(None, Some(14), ExpiryDefault::Notify))
}

#[test]
fn what_was_left_as_proposed_is_what_the_project_says_of_the_kind() {
    let kinds = own_kinds();
    let proposed = FlagDraft::proposed(&UserId::from_text("ada"), &kinds, NOW);
    assert_eq!(proposed.expires_at, NOW.plus(30 * DAY).to_date());
    let day = |days: i64| Some(Timestamp::from_millis((20_000 + days) * DAY));
    for (kind, expires_at, on_expiry, review_by) in [
        ("release", day(31), ExpiryAction::Freeze, None),
        ("experiment", day(11), ExpiryAction::Serve(VariantName::off()), None),
        ("permission", None, ExpiryAction::Notify, None),
        ("kill_switch", None, ExpiryAction::Notify, day(14)),
    ] {
        let draft = FlagDraft { key: "a".into(), description: "A flag".into(), kind: kind.into(), ..proposed.clone() };
        let flag = draft.create(&kinds, NOW).unwrap();
        assert_eq!((flag.expires_at, flag.on_expiry, flag.review_by), (expires_at, on_expiry, review_by), "{kind}");
    }
    let own = FlagDraft {
        key: "a".into(),
        description: "A flag".into(),
        kind: "kill_switch".into(),
        on_expiry: "notify".into(),
        review_by: String::new(),
        ..proposed
    };
    assert_eq!(own.create(&kinds, NOW).unwrap().review_by, None, "who empties it wants none");
}

#[test]
fn a_review_is_set_moved_and_taken_away() {
    let day = |days: i64| Timestamp::from_millis((20_000 + days) * DAY);
    let due = Flag { review_by: Some(NOW.plus(-9 * DAY)), ..draft().create(&Kinds::default(), NOW).unwrap() };
    let edited = |review_by: String| FlagDraft { review_by, ..FlagDraft::of(&due) }.edit(&due, &Kinds::default(), NOW);
    assert_eq!(edited(FlagDraft::of(&due).review_by).unwrap(), due, "one that has passed may stay while all else changes");
    assert_eq!(edited(day(30).to_date()).unwrap().review_by, Some(day(30)));
    assert_eq!(edited(String::new()).unwrap().review_by, None);
    for wrong in [day(-1).to_date(), day(0).to_date(), "soon".to_owned()] {
        assert_eq!(edited(wrong).unwrap_err()[0].field, "review_by");
    }
}

#[test]
fn what_a_kind_must_say_is_asked_for_at_its_field() {
    let asking =
        KindDefaults { required: Required { ticket: true, rollback_criteria: true }, ..KindDefaults::usual(FlagKind::Release) };
    let kinds = Kinds::default().with(FlagKind::Release, asking);
    let fields = |read: Result<Flag, Vec<Problem>>| -> Vec<String> {
        read.err().unwrap_or_default().into_iter().map(|problem| problem.field).collect()
    };
    assert_eq!(fields(draft().create(&kinds, NOW)), ["ticket", "rollback_criteria"]);
    let ticket = FlagDraft { ticket: "PAY-1".into(), ..draft() };
    assert_eq!(fields(ticket.create(&kinds, NOW)), ["rollback_criteria"]);
    let old = draft().create(&Kinds::default(), NOW).unwrap();
    assert_eq!(fields(FlagDraft::of(&old).edit(&old, &kinds, NOW)), ["ticket", "rollback_criteria"], "an edit asks too");
    let other = FlagDraft { kind: "operational".into(), ..FlagDraft::of(&old) };
    assert!(!fields(other.edit(&old, &kinds, NOW)).contains(&"ticket".to_owned()), "other kinds are not asked");
}
