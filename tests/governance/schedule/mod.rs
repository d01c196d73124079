//! Changes that are made by themselves at their moment: once, in order, late or not at all.

mod orphans;
mod races;
mod unreviewed;
mod zones;

use super::four_eyes::{Office, edit_state, note, number, share};
use super::house::{NOON, refusal, switch};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::change_request::{EventKind, Status};
use flagstaff::domain::inbox::Kind;
use flagstaff::domain::policy::Policy;
use flagstaff::domain::schedule::{GRACE, Outcome, Schedule};
use flagstaff::domain::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use flagstaff::server::error::Error;
use flagstaff::server::governance::Submission;
use flagstaff::server::governance::change_requests::NewRequest;
use flagstaff::server::governance::change_requests::review::Say;
use flagstaff::server::store::schedules;

/// Nothing is reviewed anywhere.
async fn office() -> Office {
    Office::with(Policy::default()).await
}

fn later(title: &str, schedule: impl Into<Schedule>) -> NewRequest {
    NewRequest { schedule: Some(schedule.into()), ..note(title) }
}

impl Office {
    /// Has the flag turned on in an environment at a moment; the number of the request.
    async fn on_at(&self, place: &str, schedule: impl Into<Schedule>) -> i64 {
        let command = switch("new_checkout", place, true);
        number(self.house.submit(&self.ed, Submission::new(command).asking(later("Turn it on", schedule))).await)
    }
    async fn is_on_in(&self, place: &str) -> bool {
        self.house.state("new_checkout", place).await.0.enabled
    }
    /// Lets the clock show that, and a node look at what is due.
    async fn at(&self, moment: Timestamp) -> usize {
        self.house.clock.set(moment);
        self.house.governance.apply_due().await.unwrap()
    }
    /// What became of each moment of a request.
    async fn outcomes(&self, number: i64) -> Vec<Outcome> {
        let id = self.stored(number).await.id;
        let all = schedules::runs_of(&mut self.house.db.read().await.unwrap(), &id).await.unwrap();
        all.into_iter().map(|(_, outcome)| outcome).collect()
    }
    async fn last_words(&self, number: i64) -> String {
        let id = self.stored(number).await.id;
        let mut cx = self.house.db.read().await.unwrap();
        let events = flagstaff::server::store::change_requests::events(&mut cx, &id).await.unwrap();
        events.last().unwrap().text.clone()
    }
}

#[tokio::test]
async fn what_nobody_reviews_waits_for_its_moment_alone() {
    let office = office().await;
    let number = office.on_at("production", NOON.plus(HOUR)).await;
    let stored = office.stored(number).await;
    assert_eq!((stored.request.asked.quorum, stored.apply_at, stored.occurrence), (0, Some(NOON.plus(HOUR)), 1));
    assert_eq!(office.timeline(number).await, [EventKind::Opened, EventKind::Scheduled]);
    assert_eq!(office.inbox(&office.ann).await, [], "nobody is asked for anything");
    assert_eq!(office.at(NOON.plus(HOUR - 1)).await, 0);
    assert!(!office.is_on().await);
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert!(office.is_on().await && office.status(number).await == Status::Applied);
    assert_eq!(office.outcomes(number).await, [Outcome::Applied]);
    assert_eq!(office.audited(number).await, ["change_request.open", "change_request.schedule", "change_request.apply"]);
    assert_eq!(office.inbox(&office.ed).await, [Kind::Applied]);
    let rows = office.house.rows().await;
    let change = rows.iter().find(|row| row.action == "state.enable").unwrap();
    assert_eq!((change.actor.as_str(), change.reason.as_deref()), ("system", Some("Change request #1 by ed: Turn it on")));
}

#[tokio::test]
async fn a_policy_that_asks_for_reviews_asks_for_them_before_a_moment_too() {
    let office = Office::open().await;
    let number = office.on_at("production", NOON.plus(HOUR)).await;
    assert_eq!(office.stored(number).await.request.asked.quorum, 1);
    assert_eq!(office.inbox(&office.ann).await, [Kind::ReviewAsked]);
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert!(!office.is_on().await, "without an approval nothing is made");
    assert_eq!((office.outcomes(number).await, office.stored(number).await.apply_at), (vec![Outcome::Refused], None));
    office.say(&office.ed, number, Say::Schedule(NOON.plus(2 * HOUR).into())).await.unwrap();
    office.approve(&office.ann, number).await.unwrap();
    assert_eq!(office.at(NOON.plus(2 * HOUR)).await, 1);
    assert!(office.is_on().await);
    assert_eq!(office.outcomes(number).await, [Outcome::Refused, Outcome::Applied]);
}

#[tokio::test]
async fn it_is_given_another_moment_and_none() {
    let office = office().await;
    let number = office.on_at("production", NOON.plus(HOUR)).await;
    assert!(refusal(office.say(&office.eve, number, Say::Schedule(NOON.into())).await).contains("at: Choose a moment"));
    office.say(&office.eve, number, Say::Schedule(NOON.plus(3 * HOUR).into())).await.unwrap();
    assert_eq!(office.at(NOON.plus(HOUR)).await, 0);
    office.say(&office.eve, number, Say::Unschedule).await.unwrap();
    assert_eq!(office.at(NOON.plus(3 * HOUR)).await, 0);
    assert!(!office.is_on().await && office.status(number).await == Status::Open);
    let kinds = office.timeline(number).await;
    assert_eq!(kinds[1..], [EventKind::Scheduled, EventKind::Scheduled, EventKind::Unscheduled]);
}

#[tokio::test]
async fn what_was_missed_for_an_hour_is_made_late_and_in_order() {
    let office = office().await;
    let second = office.on_at("staging", NOON.plus(2 * MINUTE)).await;
    let off = edit_of(&office, "production", 2_000).await;
    let first = number(office.house.submit(&office.ed, Submission::new(off).asking(later("A share", NOON.plus(MINUTE)))).await);
    assert_eq!(office.at(NOON.plus(HOUR)).await, 2);
    assert!(office.is_on_in("staging").await);
    for (request, late) in [(first, "59 m late: it was due"), (second, "58 m late: it was due")] {
        assert_eq!(office.outcomes(request).await, [Outcome::Late]);
        assert!(office.last_words(request).await.starts_with(late), "{}", office.last_words(request).await);
    }
    let rows = office.house.rows().await;
    let made = rows.iter().filter(|row| row.action.starts_with("state.") && row.actor == "system" && row.seq > 3);
    let made: Vec<_> = made.map(|row| row.environment.clone().unwrap()).collect();
    assert_eq!(made, ["production", "staging"], "the first that was due came first");
}

async fn edit_of(office: &Office, place: &str, basis_points: u16) -> flagstaff::domain::command::Command {
    let (mut state, _) = office.house.state("new_checkout", place).await;
    state.fallthrough = share(basis_points);
    edit_state(place, state)
}

#[tokio::test]
async fn what_was_missed_for_thirty_days_is_not_made_and_people_are_told() {
    let office = office().await;
    let number = office.on_at("production", NOON.plus(HOUR)).await;
    assert_eq!(office.at(NOON.plus(30 * DAY)).await, 1);
    assert!(!office.is_on().await);
    assert_eq!((office.status(number).await, office.outcomes(number).await), (Status::Open, vec![Outcome::Missed]));
    assert_eq!(office.timeline(number).await.last(), Some(&EventKind::Missed));
    assert!(office.last_words(number).await.contains("up to 1 d late"), "{}", office.last_words(number).await);
    assert_eq!(office.inbox(&office.ed).await, [Kind::Missed]);
    assert_eq!(office.audited(number).await.last().map(String::as_str), Some("change_request.miss"));
    assert_eq!(office.at(NOON.plus(31 * DAY)).await, 0, "it is told once");
    let patient = Schedule { grace: 60 * DAY, ..NOON.plus(32 * DAY).into() };
    office.say(&office.ed, number, Say::Schedule(patient)).await.unwrap();
    assert_eq!(office.at(NOON.plus(62 * DAY)).await, 1);
    assert!(office.is_on().await, "its grace is its own");
    assert_eq!(office.outcomes(number).await, [Outcome::Missed, Outcome::Late]);
}

#[tokio::test]
async fn the_clock_may_jump_and_nothing_is_made_twice() {
    let office = office().await;
    let number = office.on_at("production", NOON.plus(10 * MINUTE)).await;
    let next = office.on_at("staging", NOON.plus(40 * MINUTE)).await;
    assert_eq!(office.at(NOON.plus(10 * MINUTE + SECOND)).await, 1);
    // An hour back, and the same moments once more.
    assert_eq!(office.at(NOON.plus(-50 * MINUTE)).await, 0);
    office.submit(&office.ed, switch("new_checkout", "production", false)).await.unwrap();
    assert_eq!(office.at(NOON.plus(10 * MINUTE)).await, 0);
    assert!(!office.is_on().await, "it was made, and taken back");
    // An hour ahead.
    assert_eq!(office.at(NOON.plus(70 * MINUTE)).await, 1);
    assert_eq!((office.outcomes(number).await, office.outcomes(next).await), (vec![Outcome::Applied], vec![Outcome::Late]));
    // A year ahead and back again.
    let third = office.on_at("development", NOON.plus(3 * HOUR)).await;
    assert_eq!(office.at(NOON.plus(366 * DAY)).await, 1);
    assert_eq!(office.outcomes(third).await, [Outcome::Missed]);
    assert_eq!(office.at(NOON.plus(4 * HOUR)).await, 0);
    assert!(!office.is_on_in("development").await);
    office.say(&office.ed, third, Say::Schedule(NOON.plus(5 * HOUR).into())).await.unwrap();
    assert_eq!(office.at(NOON.plus(5 * HOUR)).await, 1);
    assert!(office.is_on_in("development").await, "whoever gives it a moment again has it made");
}

#[tokio::test]
async fn how_late_it_may_be_is_a_year_at_most() {
    let office = office().await;
    for grace in [-1, 366 * DAY + 1] {
        let schedule = Schedule { grace, ..NOON.plus(HOUR).into() };
        let command = Submission::new(switch("new_checkout", "staging", true)).asking(later("On", schedule));
        assert!(refusal(office.house.submit(&office.ed, command).await).contains("grace: "));
    }
    assert_eq!(Schedule::from(NOON).grace, GRACE);
}
