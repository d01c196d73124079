//! Moments by a wall's clock in a zone whose clocks are turned.

use super::*;
use flagstaff::domain::schedule::{Moment, Wall};

fn wall(clock: &str, zone: &str, second: bool) -> Schedule {
    Schedule::at(Moment::Wall(Wall { clock: clock.into(), zone: zone.into(), second }))
}

fn utc(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[tokio::test]
async fn each_is_made_when_the_wall_shows_it() {
    for (clock, zone, second, instant) in [
        ("2026-10-25T02:30:00", "Europe/Oslo", false, "2026-10-25T00:30:00Z"),
        ("2026-10-25T02:30:00", "Europe/Oslo", true, "2026-10-25T01:30:00Z"),
        ("2026-10-25T09:00:00", "Europe/Oslo", false, "2026-10-25T08:00:00Z"),
        ("2026-10-24T09:00:00", "Europe/Oslo", false, "2026-10-24T07:00:00Z"),
        ("2027-03-28T03:30:00", "Europe/Oslo", false, "2027-03-28T01:30:00Z"),
        ("2026-11-01T01:30:00", "America/New_York", false, "2026-11-01T05:30:00Z"),
        ("2026-11-01T01:30:00", "America/New_York", true, "2026-11-01T06:30:00Z"),
        ("2027-03-14T03:30:00", "America/New_York", false, "2027-03-14T07:30:00Z"),
        ("2027-03-14T01:30:00", "America/New_York", false, "2027-03-14T06:30:00Z"),
    ] {
        let office = office().await;
        let number = office.on_at("production", wall(clock, zone, second)).await;
        let due = utc(instant);
        assert_eq!(office.stored(number).await.apply_at, Some(due), "{clock} {zone}");
        assert_eq!(office.at(due.plus(-1)).await, 0, "{clock} {zone}");
        assert_eq!(office.at(due).await, 1, "{clock} {zone}");
        assert!(office.is_on().await && office.last_words(number).await.is_empty());
    }
}

#[tokio::test]
async fn a_zone_whose_rules_changed_moves_what_was_said_by_its_clock() {
    let office = office().await;
    let by_wall = office.on_at("production", wall("2026-12-01T09:00:00", "Europe/Oslo", false)).await;
    let by_instant = office.on_at("staging", utc("2026-12-01T07:00:00Z")).await;
    // As if it had been worked out by rules under which Oslo stays on summer time.
    let off = "update change_requests set apply_at = apply_at - 3600000 where number = 1";
    office.house.tamper(off).await;
    assert_eq!(office.house.governance.reckon_schedules().await.unwrap(), 1);
    assert_eq!(office.stored(by_wall).await.apply_at, Some(utc("2026-12-01T08:00:00Z")));
    assert_eq!(office.stored(by_instant).await.apply_at, Some(utc("2026-12-01T07:00:00Z")));
    assert_eq!(office.inbox(&office.ed).await, [Kind::Moved]);
    assert!(office.last_words(by_wall).await.contains("1 Dec 2026 08:00 UTC instead of 1 Dec 2026 07:00 UTC"));
    assert_eq!(office.house.governance.reckon_schedules().await.unwrap(), 0);
}

#[tokio::test]
async fn a_zone_that_is_none_and_a_clock_that_is_none_are_refused() {
    let office = office().await;
    for (clock, zone) in [("2026-12-01T09:00:00", "Europe/Nowhere"), ("noon", "Europe/Oslo")] {
        let command = Submission::new(switch("new_checkout", "staging", true)).asking(later("On", wall(clock, zone, false)));
        assert!(refusal(office.house.submit(&office.ed, command).await).contains("at: That is no moment"));
    }
}
