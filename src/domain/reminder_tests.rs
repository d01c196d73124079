#![allow(clippy::unwrap_used)]
use super::*;
use Occurrence::*;
use serde_json::json;

const AT: Timestamp = Timestamp::from_millis(1_000 * DAY);

fn flag() -> Flag {
    serde_json::from_value(json!({
        "key": "a", "kind": "release", "value_type": "boolean", "fallback_variant": "off",
        "variants": [{ "name": "on", "value": true }, { "name": "off", "value": false }],
        "owner": { "unclaimed": "Team" }, "description": "A", "expires_at": AT,
    }))
    .unwrap()
}

/// Walks through the days, saying each time what is owed.
fn walk(flag: &Flag, days: impl IntoIterator<Item = i64>) -> Vec<(i64, Occurrence)> {
    let mut told: Vec<Told> = Vec::new();
    let mut heard = Vec::new();
    for day in days {
        for one in owed(flag, &told, None, AT.plus(day * DAY)) {
            told.push(one);
            heard.push((day, one.1));
        }
    }
    heard
}

#[test]
fn each_is_said_once_at_its_moment() {
    let usual = [(-14, Fourteen), (-7, Seven), (-1, One), (0, Expired), (7, Admins)];
    assert_eq!(walk(&flag(), -40..40), usual);
}

#[test]
fn after_a_jump_only_what_still_helps_is_said() {
    assert_eq!(walk(&flag(), [-30, 30, 31]), [(30, Expired), (30, Admins)]);
    assert_eq!(walk(&flag(), [-30, -3, -2]), [(-3, Seven)]);
    assert_eq!(walk(&flag(), [-3, -10, 0]), [(-3, Seven), (0, Expired)], "the clock went back");
}

#[test]
fn a_snooze_silences_the_owner_and_not_the_admins() {
    let until = Some(AT.plus(9 * DAY));
    assert!(owed(&flag(), &[], until, AT.plus(-7 * DAY)).is_empty());
    assert_eq!(owed(&flag(), &[], until, AT.plus(7 * DAY)), [(AT, Admins)]);
    assert_eq!(owed(&flag(), &[(AT, Admins)], until, AT.plus(9 * DAY)), [(AT, Expired)]);
}

#[test]
fn another_date_begins_anew_and_an_archived_flag_is_left_alone() {
    let later = Flag { expires_at: Some(AT.plus(30 * DAY)), ..flag() };
    let told = [(AT, Fourteen), (AT, Seven), (AT, One), (AT, Expired), (AT, Admins)];
    assert!(owed(&later, &told, None, AT.plus(15 * DAY)).is_empty());
    assert_eq!(owed(&later, &told, None, AT.plus(16 * DAY)), [(AT.plus(30 * DAY), Fourteen)]);
    let archived = Flag { archived_at: Some(AT), ..flag() };
    assert!(owed(&archived, &[], None, AT.plus(90 * DAY)).is_empty());
}

#[test]
fn who_has_just_chosen_a_near_day_is_not_reminded_of_it() {
    let now = AT.plus(-5 * DAY);
    let known = Series::Expiry.known_already(AT, now).unwrap();
    assert_eq!(known, (AT, Seven));
    assert!(owed(&flag(), &[known], None, now).is_empty());
    assert_eq!(owed(&flag(), &[known], None, AT.plus(-DAY)), [(AT, One)]);
    assert_eq!(Series::Expiry.known_already(AT, AT), None, "that it is over is worth saying");
}

#[test]
fn a_review_comes_near_as_an_expiry_does() {
    let permanent = Flag { expires_at: None, review_by: Some(AT), ..flag() };
    let usual = [(-14, ReviewFourteen), (-7, ReviewSeven), (-1, ReviewOne), (0, Review), (7, ReviewAdmins)];
    assert_eq!(walk(&permanent, -20..20), usual);
    let words = |occurrence| said(&permanent, (AT, occurrence), 14, Owner::Told, AT);
    assert_eq!(words(ReviewSeven), "is due for a review on 27 Sep 1972: will it still be needed? Then set the next day.");
    assert!(
        words(ReviewAdmins).starts_with("was due for a review on 27 Sep 1972, and nothing was done since. Its owner was told")
    );
    // One day for both: each says its own.
    let both = Flag { review_by: Some(AT), ..flag() };
    assert_eq!(walk(&both, [-7]), [(-7, Seven), (-7, ReviewSeven)]);
}

#[test]
fn occurrences_keep_their_spelling() {
    for one in Occurrence::ALL {
        assert_eq!(Occurrence::parse(one.as_str()), Some(one));
    }
    assert_eq!(Occurrence::parse("tomorrow"), None);
}

#[test]
fn what_comes_of_it_is_said() {
    let archived = Flag { on_expiry: ExpiryAction::Archive, ..flag() };
    let before = AT.plus(-7 * DAY);
    assert_eq!(
        said(&archived, (AT, Seven), 14, Owner::Told, before),
        "expires at the end of 26 Sep 1972. It is archived from 11 Oct 1972 00:00 UTC on unless it is extended."
    );
    let late = AT.plus(30 * DAY);
    let words = said(&archived, (AT, Expired), 14, Owner::Told, late);
    assert!(words.contains("It is archived from 10 Nov 1972 00:00 UTC on"), "as it is told so late: {words}");
}

#[test]
fn grace_begins_when_somebody_heard() {
    let archived = Flag { on_expiry: ExpiryAction::Archive, ..flag() };
    let from = |told: Option<i64>, now: i64| {
        let told = told.map(|day| AT.plus(day * DAY));
        archived_from(&archived, 14, told, AT.plus(now * DAY)).map(|at| (at.millis() - AT.millis()) / DAY)
    };
    assert_eq!(from(None, -7), Some(14));
    assert_eq!(from(Some(0), 3), Some(14));
    assert_eq!(from(Some(20), 21), Some(34), "after a pause");
    assert_eq!(from(None, 21), Some(35), "nobody heard yet");
    assert_eq!(archived_from(&flag(), 14, None, AT), None);
}

#[test]
fn what_is_said_is_true_of_instants_and_of_owners() {
    let at = AT.plus(19 * 3_600_000 + 6 * 60_000);
    let instant = Flag { expires_at: Some(at), ..flag() };
    let told = |occurrence, owner| said(&instant, (at, occurrence), 14, owner, at.plus(8 * DAY));
    assert!(told(Expired, Owner::Told).starts_with("expired on 27 Sep 1972 19:06 UTC."), "{}", told(Expired, Owner::Told));
    assert!(told(Admins, Owner::Told).ends_with("Its owner was told; now it is up to you."));
    assert!(told(Admins, Owner::Silent).ends_with("Its owner silenced its reminders; now it is up to you."));
    assert!(told(Admins, Owner::Nobody).ends_with("Nobody answers for it: choose an owner."));
}
