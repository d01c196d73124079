//! Several people at one request at the same moment: nothing is applied below its quorum, and nothing twice.

use super::*;
use std::sync::Arc;
use tokio::task::JoinSet;

/// How often each race is run; `RACE_ROUNDS` makes it more.
fn rounds() -> u16 {
    std::env::var("RACE_ROUNDS").ok().map_or(40, |text| text.parse().unwrap())
}

/// How often each way of ending was seen.
#[derive(Default)]
struct Seen(BTreeMap<&'static str, u32>);

impl Seen {
    fn note(&mut self, end: &'static str) {
        *self.0.entry(end).or_default() += 1;
    }
    fn tell(&self, race: &str) {
        println!("{race}: {:?}", self.0);
    }
}

async fn office(quorum: u8) -> Arc<Office> {
    Arc::new(Office::with(reviewed(quorum)).await)
}

/// A share for this round, which no other round has.
const fn of(round: u16) -> u16 {
    1 + round % 4_000
}

impl Office {
    async fn wants(&self, basis_points: u16) -> Command {
        self.wanted(|state| (state.enabled, state.fallthrough) = (true, share(basis_points))).await
    }

    async fn serves(&self) -> Serve {
        self.house.state("new_checkout", "production").await.0.fallthrough
    }

    /// Edits, however often somebody is faster; whether that went in.
    async fn edit_at_last(&self, number: i64, command: Command) -> bool {
        loop {
            match self.edit(&self.ed, number, command.clone()).await {
                Err(Error::Requested { .. }) => return true,
                Err(Error::Conflict { .. }) => {}
                Err(Error::Forbidden(_)) => return false,
                other => panic!("{other:?}"),
            }
        }
    }

    /// Applies; whether that went through.
    async fn tries(&self, who: &Person, number: i64) -> bool {
        match self.apply(who, number).await {
            Ok(_) => true,
            Err(Error::Invalid(_) | Error::Forbidden(_) | Error::Conflict { .. }) => false,
            other => panic!("{other:?}"),
        }
    }

    /// Takes a little while, so that it is not always the same who comes first.
    async fn dawdle(&self, number: i64, turns: u16) {
        for _ in 0..turns {
            let _ = self.stored(number).await;
        }
    }

    async fn times_applied(&self, number: i64) -> usize {
        self.timeline(number).await.into_iter().filter(|kind| *kind == EventKind::Applied).count()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn approve_and_edit() {
    let (office, mut seen) = (office(1).await, Seen::default());
    for round in 0..rounds() {
        let (looked_at, slipped_in) = (of(round), 5_000 + of(round));
        let number = office.ask(&office.ed, office.wants(looked_at).await).await;
        let before = office.serves().await;
        let slip = office.wants(slipped_in).await;
        let hash = office.rehearse(number).await.content;
        let edit = tokio::spawn({
            let office = office.clone();
            async move { office.edit_at_last(number, slip).await }
        });
        let approve = tokio::spawn({
            let office = office.clone();
            async move {
                office.dawdle(number, round % 7).await;
                office.say(&office.ann, number, Say::Approve(hash)).await.is_ok()
            }
        });
        let apply = tokio::spawn({
            let office = office.clone();
            async move {
                office.dawdle(number, round % 13).await;
                office.tries(&office.eve, number).await
            }
        });
        let (edited, approved, applied) = (edit.await.unwrap(), approve.await.unwrap(), apply.await.unwrap());
        let later = !applied && office.tries(&office.ed, number).await;
        let expected = if applied || later { share(looked_at) } else { before };
        assert_eq!(office.serves().await, expected, "edited {edited}, approved {approved}, applied {applied}, later {later}");
        assert!(!(applied || later) || (approved && !edited), "edited {edited}, approved {approved}");
        seen.note(match (edited, approved) {
            (false, _) => "applied before the edit",
            (true, true) => "approved, then edited",
            (true, false) => "edited, then refused approval",
        });
    }
    seen.tell("approve and edit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_person_approves_twice() {
    let (office, mut seen) = (office(2).await, Seen::default());
    for round in 0..rounds() {
        let number = office.ask(&office.ed, office.wants(of(round)).await).await;
        let before = office.serves().await;
        let hash = office.rehearse(number).await.content;
        let mut tasks = JoinSet::new();
        for _ in 0..2 {
            let (office, hash) = (office.clone(), hash.clone());
            tasks.spawn(async move {
                let approved = office.say(&office.ann, number, Say::Approve(hash)).await.is_ok();
                assert!(!office.tries(&office.ann, number).await);
                approved
            });
        }
        let approvals = tasks.join_all().await.into_iter().filter(|approved| *approved).count();
        assert!(!office.tries(&office.ed, number).await);
        assert_eq!(office.rehearse(number).await.standing.approved_by, std::slice::from_ref(&office.ann.id));
        assert_eq!((office.status(number).await, office.serves().await), (Status::Open, before));
        seen.note(if approvals == 2 { "both were taken down" } else { "one was" });
    }
    seen.tell("one person approves twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_people_approve_and_apply() {
    let (office, mut seen) = (office(2).await, Seen::default());
    for round in 0..rounds() {
        let number = office.ask(&office.ed, office.wants(of(round)).await).await;
        let hash = office.rehearse(number).await.content;
        let mut tasks = JoinSet::new();
        for name in ["ann", "abe"] {
            let (office, hash) = (office.clone(), hash.clone());
            tasks.spawn(async move {
                let who = if name == "ann" { &office.ann } else { &office.abe };
                office.say(who, number, Say::Approve(hash)).await.unwrap();
                office.tries(who, number).await
            });
        }
        let applied = tasks.join_all().await.into_iter().filter(|applied| *applied).count();
        assert_eq!((applied, office.times_applied(number).await), (1, 1));
        let order = office.timeline(number).await;
        assert_eq!(order, [EventKind::Opened, EventKind::Approved, EventKind::Approved, EventKind::Applied]);
        assert_eq!(office.serves().await, share(of(round)));
        seen.note("applied after the second");
    }
    seen.tell("two people approve and apply");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn apply_and_apply() {
    let (office, mut seen) = (office(1).await, Seen::default());
    for round in 0..rounds() {
        let number = office.ask(&office.ed, office.wants(of(round)).await).await;
        office.approve(&office.ann, number).await.unwrap();
        let (_, version) = office.house.state("new_checkout", "production").await;
        let mut tasks = JoinSet::new();
        for (at, name) in (0..).zip(["ed", "eve", "ann", "ada"]) {
            let office = office.clone();
            tasks.spawn(async move {
                office.dawdle(number, (round + at) % 4).await;
                let people = [&office.ed, &office.eve, &office.ann, &office.ada];
                let who = people.into_iter().find(|person| person.name == name).unwrap();
                (name, office.tries(who, number).await)
            });
        }
        let won: Vec<_> = tasks.join_all().await.into_iter().filter(|(_, applied)| *applied).map(|(name, _)| name).collect();
        assert_eq!((won.len(), office.times_applied(number).await), (1, 1), "{won:?}");
        assert_eq!(office.house.state("new_checkout", "production").await.1, version + 1);
        seen.note(won[0]);
    }
    seen.tell("apply and apply");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn apply_and_edit() {
    let (office, mut seen) = (office(1).await, Seen::default());
    for round in 0..rounds() {
        let number = office.ask(&office.ed, office.wants(of(round)).await).await;
        office.approve(&office.ann, number).await.unwrap();
        let (before, slip) = (office.serves().await, office.wants(5_000 + of(round)).await);
        let edit = tokio::spawn({
            let office = office.clone();
            async move { office.edit_at_last(number, slip).await }
        });
        let apply = tokio::spawn({
            let office = office.clone();
            async move {
                office.dawdle(number, round % 13).await;
                office.tries(&office.eve, number).await
            }
        });
        let (edited, applied) = (edit.await.unwrap(), apply.await.unwrap());
        assert!(edited != applied);
        assert_eq!(office.serves().await, if applied { share(of(round)) } else { before });
        assert!(!office.tries(&office.ed, number).await);
        seen.note(if applied { "applied" } else { "edited" });
    }
    seen.tell("apply and edit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn apply_and_a_stricter_policy() {
    let (office, mut seen) = (office(1).await, Seen::default());
    for round in 0..rounds() {
        let number = office.ask(&office.ed, office.wants(of(round)).await).await;
        office.approve(&office.ann, number).await.unwrap();
        let before = office.serves().await;
        let stricter = Submission::new(office.environment(|it| it.policy = reviewed(2)).await);
        let tighten = tokio::spawn({
            let office = office.clone();
            async move {
                office.dawdle(number, round % 4).await;
                office.house.governance.submit(&Actor::System, stricter).await.unwrap().audit[0]
            }
        });
        let apply = tokio::spawn({
            let office = office.clone();
            async move { office.apply(&office.eve, number).await.ok() }
        });
        let (tightened, applied) = (tighten.await.unwrap(), apply.await.unwrap());
        assert!(applied.is_none_or(|seq| seq < tightened), "{applied:?} {tightened}");
        assert_eq!(office.serves().await, if applied.is_some() { share(of(round)) } else { before });
        assert!(!office.tries(&office.ed, number).await);
        office.house.protect("production", Protection::Open, reviewed(1)).await;
        seen.note(if applied.is_some() { "applied before" } else { "held up" });
    }
    seen.tell("apply and a stricter policy");
}
