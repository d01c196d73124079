//! What time does by itself: who is told what and how often, whom a snooze silences, and what is archived how.

use super::house::{House, NOON, flag, key, refusal, shop};
use flagstaff::domain::actor::{Actor, Person};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::{ExpiryAction, Flag, FlagKind, Owner};
use flagstaff::domain::id::{FlagId, ProjectId};
use flagstaff::domain::inbox::{About, Kind, Line};
use flagstaff::domain::key::TeamKey;
use flagstaff::domain::reference::{Reference, Scan};
use flagstaff::domain::role::Role;
use flagstaff::domain::team::Team;
use flagstaff::domain::time::{DAY, HOUR, Timestamp};
use flagstaff::server::governance::{Governance, Submission};
use flagstaff::server::store;

/// A house whose flag `old` ends in thirty days and belongs to ed.
pub struct Home {
    pub house: House,
    pub ed: Person,
    pub ada: Person,
}

impl Home {
    pub async fn open(on_expiry: ExpiryAction) -> Self {
        let house = House::open().await;
        let (ed, ada) = (house.person("ed", Some(Role::Editor)).await, house.person("ada", Some(Role::Admin)).await);
        house.person("vic", Some(Role::Viewer)).await;
        let old = Flag { owner: Owner::Person(ed.id.clone()), expires_at: Some(NOON.plus(30 * DAY)), on_expiry, ..flag("old") };
        house.by_system(Command::CreateFlag { project: shop(), flag: old }).await;
        Self { house, ed, ada }
    }

    pub async fn at(&self, days: i64) -> usize {
        self.house.clock.set(NOON.plus(days * DAY));
        self.house.governance.tend().await.unwrap()
    }

    /// What somebody was told of flags, oldest first.
    pub async fn heard(&self, who: &Person) -> Vec<(Kind, String)> {
        let mut cx = self.house.db.read().await.unwrap();
        let all = store::inbox::of_user(&mut cx, &who.id, false, 100).await.unwrap();
        let said = |about: About| match about {
            About::Flag { flag, note, .. } => format!("{flag} {note}"),
            other => format!("{other:?}"),
        };
        all.into_iter().rev().map(|message| (message.kind, said(message.about))).collect()
    }

    pub async fn kinds(&self, who: &Person) -> Vec<Kind> {
        self.heard(who).await.into_iter().map(|(kind, _)| kind).collect()
    }

    /// Asked for so often on that day.
    pub async fn asked(&self, day: i64, evaluated: i64) {
        let (project, flag) = self.rows().await;
        let mut tx = self.house.db.begin().await.unwrap();
        let place = store::environments::of_project(&mut tx, &project).await.unwrap().remove(0);
        let (hour, at) = (NOON.plus(day * DAY + 2 * HOUR), Some(NOON.plus(day * DAY + 2 * HOUR)));
        let tally = store::counts::Tally {
            flag,
            environment: place.id,
            variant: "on".into(),
            hour,
            evaluated,
            delivered: 0,
            evaluated_at: at,
            delivered_at: None,
        };
        store::counts::add(&mut tx, &tally).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A search of code found it in so many places.
    pub async fn named_in_code(&self, places: u32) {
        let (project, _) = self.rows().await;
        let found: Vec<_> =
            (0..places).map(|at| Reference { key: "old".into(), file: "src/a.rs".into(), line: at + 1 }).collect();
        let scan = Scan { repository: "shop/web".into(), ..Scan::default() };
        let mut tx = self.house.db.begin().await.unwrap();
        store::references::replace(&mut tx, &project, &scan, &found, NOON).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn rows(&self) -> (ProjectId, FlagId) {
        let mut cx = self.house.db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
        let flag = store::flags::find(&mut cx, &project.id, &key("old")).await.unwrap().unwrap();
        (project.id, flag.id)
    }

    pub async fn flag(&self) -> Flag {
        let mut cx = self.house.db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
        store::flags::find(&mut cx, &project.id, &key("old")).await.unwrap().unwrap().flag
    }
}

#[tokio::test]
async fn the_owner_hears_of_it_four_times_and_the_admins_once() {
    let home = Home::open(ExpiryAction::Notify).await;
    for day in 0..60 {
        home.at(day).await;
        assert_eq!(home.house.governance.tend().await.unwrap(), 0, "nothing twice on day {day}");
    }
    let soon = Kind::ExpiresSoon;
    assert_eq!(home.kinds(&home.ed).await, [soon, soon, soon, Kind::Expired]);
    assert_eq!(home.kinds(&home.ada).await, [Kind::Overdue]);
    let first = home.heard(&home.ed).await.remove(0).1;
    assert!(first.starts_with("old expires on 3 Nov 2024 12:00 UTC.") && first.contains("Extend it with a reason"), "{first}");
    assert!(home.flag().await.archived_at.is_none(), "telling is all it does");
}

#[tokio::test]
async fn a_review_is_told_as_an_expiry_is_and_anew_once_its_day_moves() {
    let home = Home::open(ExpiryAction::Notify).await;
    let set = async |actor: &Actor, day: i64| {
        let (kind, review_by) = (FlagKind::Operational, Some(NOON.plus(day * DAY)));
        let flag = Flag { kind, expires_at: None, review_by, ..home.flag().await };
        let edit = Submission::new(Command::EditFlag { project: shop(), flag });
        home.house.governance.submit(actor, edit).await.unwrap();
    };
    set(&Actor::System, 30).await;
    for day in 0..50 {
        home.at(day).await;
        assert_eq!(home.house.governance.tend().await.unwrap(), 0, "nothing twice on day {day}");
    }
    assert_eq!(home.kinds(&home.ed).await, [Kind::ReviewDue; 4]);
    assert_eq!(home.kinds(&home.ada).await, [Kind::Overdue]);
    let heard = home.heard(&home.ada).await.remove(0).1;
    assert!(heard.starts_with("old was due for a review on 3 Nov 2024") && heard.contains("Its owner was told"), "{heard}");
    // Who owns it and chose a day that is near knows that; the other ones are still told.
    set(&Actor::Person(home.ed.clone()), 55).await;
    for day in 50..56 {
        home.at(day).await;
    }
    assert_eq!(home.kinds(&home.ed).await, [Kind::ReviewDue; 6], "the day before, and on it");
}

#[tokio::test]
async fn a_jump_of_a_month_says_once_what_still_helps() {
    let home = Home::open(ExpiryAction::Notify).await;
    home.at(0).await;
    home.at(45).await;
    home.at(46).await;
    assert_eq!(home.kinds(&home.ed).await, [Kind::Expired]);
    assert_eq!(home.kinds(&home.ada).await, [Kind::Overdue]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_database_say_it_once() {
    let home = Home::open(ExpiryAction::Archive).await;
    for number in 0..20 {
        let one = Flag {
            expires_at: Some(NOON.plus(30 * DAY)),
            owner: Owner::Person(home.ed.id.clone()),
            ..flag(&format!("f{number}"))
        };
        home.house.by_system(Command::CreateFlag { project: shop(), flag: one }).await;
    }
    // A pool of connections of its own, as another process has it.
    let other = home.house.second_door().await;
    let (one, two) = (home.house.governance.clone(), Governance::new(other, super::house::KEY, home.house.clock.clone(), None));
    let both = async |day: i64| {
        home.house.clock.set(NOON.plus(day * DAY));
        let (one, two) = (one.clone(), two.clone());
        let (first, second) = (tokio::spawn(async move { one.tend().await }), tokio::spawn(async move { two.tend().await }));
        first.await.unwrap().unwrap() + second.await.unwrap().unwrap()
    };
    assert_eq!(both(50).await, 21, "21 flags are spoken of");
    assert_eq!(home.kinds(&home.ada).await.len(), 21);
    assert_eq!(both(64).await, 1, "and one is archived, when its grace is over");
    assert_eq!(home.kinds(&home.ed).await.len(), 22);
    let archived = home.house.rows().await.into_iter().filter(|row| row.action == "flag.archive").count();
    assert_eq!(archived, 1);
}

#[tokio::test]
async fn everybody_of_a_team_hears_of_it_and_the_admins_where_nobody_is_left() {
    let home = Home::open(ExpiryAction::Notify).await;
    let bo = home.house.person("bo", Some(Role::Viewer)).await;
    let team = |members: &[&Person]| Team {
        key: TeamKey::parse("payments").unwrap(),
        name: "Payments".into(),
        members: members.iter().map(|person| person.email.clone()).collect(),
    };
    home.house.by_system(Command::CreateTeam { project: shop(), team: team(&[&home.ed, &bo]) }).await;
    let owned = Flag { owner: Owner::Team(TeamKey::parse("payments").unwrap()), ..home.flag().await };
    home.house.by_system(Command::EditFlag { project: shop(), flag: owned }).await;
    home.house.by_system(Command::DisableUser { email: bo.email.clone() }).await;
    home.at(16).await;
    assert_eq!((home.kinds(&home.ed).await.len(), home.kinds(&bo).await.len()), (1, 0), "who is disabled hears nothing");
    home.house.by_system(Command::EditTeam { project: shop(), team: team(&[]) }).await;
    home.at(23).await;
    assert_eq!(home.kinds(&home.ed).await.len(), 1);
    let told = home.heard(&home.ada).await;
    assert!(told.len() == 1 && told[0].1.contains("Nobody answers for it"), "{told:?}");
}

#[tokio::test]
async fn a_snooze_is_the_owners_and_ends() {
    let home = Home::open(ExpiryAction::Notify).await;
    let snooze = |days: i64| Command::SnoozeFlag { project: shop(), flag: key("old"), until: Some(NOON.plus(days * DAY)) };
    let eve = home.house.person("eve", Some(Role::Editor)).await;
    let refused = refusal(home.house.submit(&eve, Submission::new(snooze(25))).await);
    assert!(refused.contains("Only who owns the flag"), "{refused}");
    let refused = refusal(home.house.submit(&home.ed, Submission::new(snooze(91))).await);
    assert!(refused.starts_with("until: Choose a day to come, 90 days"), "{refused}");
    home.house.submit(&home.ed, Submission::new(snooze(25)).because("On holiday")).await.unwrap();
    let row = home.house.rows().await.pop().unwrap();
    assert_eq!(
        (row.action.as_str(), row.object.as_str(), row.reason.as_deref()),
        ("reminder.snooze", "flag:old", Some("On holiday"))
    );
    home.at(24).await;
    assert!(home.kinds(&home.ed).await.is_empty());
    home.at(25).await;
    assert_eq!(home.kinds(&home.ed).await, [Kind::ExpiresSoon], "once, of what is still true");
    // A new day begins anew, and is not silent because the old one was.
    home.house.submit(&home.ada, Submission::new(snooze(60))).await.unwrap();
    let extended = Flag { expires_at: Some(NOON.plus(65 * DAY)), ..home.flag().await };
    home.house.by_system(Command::EditFlag { project: shop(), flag: extended }).await;
    home.at(52).await;
    assert_eq!(home.kinds(&home.ed).await.len(), 2);
}

/// Who moves a date knows of it; who answers for the flag does not thereby.
#[tokio::test]
async fn an_owner_hears_of_what_others_did_to_the_expiry() {
    let home = Home::open(ExpiryAction::Notify).await;
    let soon = |home_flag: Flag, days: i64| {
        Submission::new(Command::EditFlag {
            project: shop(),
            flag: Flag { expires_at: Some(NOON.plus(days * DAY)), ..home_flag },
        })
    };
    home.house.submit(&home.ed, soon(home.flag().await, 5)).await.unwrap();
    home.at(0).await;
    assert!(home.kinds(&home.ed).await.is_empty(), "their own doing");
    home.house.submit(&home.ada, soon(home.flag().await, 6)).await.unwrap();
    home.at(0).await;
    assert_eq!(home.kinds(&home.ed).await, [Kind::ExpiresSoon]);
    // Something else follows from the same day.
    let archives = Flag { on_expiry: ExpiryAction::Archive, ..home.flag().await };
    home.house.by_system(Command::EditFlag { project: shop(), flag: archives }).await;
    home.at(0).await;
    let (_, note) = home.heard(&home.ed).await.pop().unwrap();
    assert!(home.kinds(&home.ed).await.len() == 2 && note.contains("It is archived from"), "{note}");
    // Somebody else answers for it from now on.
    let eve = home.house.person("eve", Some(Role::Editor)).await;
    let handed = Flag { owner: Owner::Person(eve.id.clone()), ..home.flag().await };
    home.house.submit(&home.ada, Submission::new(Command::EditFlag { project: shop(), flag: handed })).await.unwrap();
    home.at(0).await;
    assert_eq!(home.kinds(&eve).await, [Kind::ExpiresSoon]);
    assert_eq!(home.kinds(&home.ed).await.len(), 2);
    // Words are nothing new.
    let words = Flag { description: "Other words".into(), ..home.flag().await };
    home.house.submit(&home.ada, Submission::new(Command::EditFlag { project: shop(), flag: words })).await.unwrap();
    assert_eq!(home.at(0).await, 0);
}

#[tokio::test]
async fn a_silenced_owner_is_not_said_to_have_been_told() {
    let home = Home::open(ExpiryAction::Notify).await;
    let snooze = Command::SnoozeFlag { project: shop(), flag: key("old"), until: Some(NOON.plus(80 * DAY)) };
    home.house.submit(&home.ed, Submission::new(snooze)).await.unwrap();
    home.at(37).await;
    let (kind, note) = home.heard(&home.ada).await.pop().unwrap();
    assert!(kind == Kind::Overdue && note.contains("Its owner silenced its reminders; now it is up to you."), "{note}");
}

#[tokio::test]
async fn a_frozen_flag_takes_no_edit_but_an_extension_an_owner_and_off() {
    let home = Home::open(ExpiryAction::Freeze).await;
    home.house.by_system(super::house::switch("old", "development", true)).await;
    home.at(31).await;
    let edit = |flag: Flag| Submission::new(Command::EditFlag { project: shop(), flag });
    let old = home.flag().await;
    let refused = refusal(home.house.submit(&home.ada, edit(Flag { description: "Another".into(), ..old.clone() })).await);
    assert!(refused.contains("is frozen; extend its expiry date first"), "{refused}");
    let refused = refusal(home.house.submit(&home.ada, edit(Flag { on_expiry: ExpiryAction::Notify, ..old.clone() })).await);
    assert!(refused.contains("is frozen"), "nor is the freeze itself taken away: {refused}");
    home.house.submit(&home.ada, edit(Flag { owner: Owner::Person(home.ada.id.clone()), ..old })).await.unwrap();
    let old = home.flag().await;
    home.house.submit(&home.ada, Submission::new(super::house::switch("old", "development", false))).await.unwrap();
    let extended = Flag { expires_at: Some(NOON.plus(60 * DAY)), description: "Another".into(), ..old };
    home.house.governance.submit(&Actor::System, edit(extended)).await.unwrap();
    assert_eq!(home.flag().await.description, "Another");
}

#[tokio::test]
async fn a_digest_comes_once_for_each_person_and_week() {
    let home = Home::open(ExpiryAction::Notify).await;
    let line = [Line { project: "shop".into(), flag: "old".into(), note: "expires in 6 d.".into() }];
    let governance = &home.house.governance;
    assert!(governance.digest(&home.ed.id, 7, &line).await.unwrap());
    assert!(!governance.digest(&home.ed.id, 7, &line).await.unwrap());
    assert!(governance.digest(&home.ed.id, 8, &[]).await.unwrap(), "an empty one is done with, too");
    assert!(governance.digest(&home.ada.id, 7, &[]).await.unwrap());
    assert_eq!(home.kinds(&home.ed).await, [Kind::Digest]);
    assert!(home.kinds(&home.ada).await.is_empty());
}

/// A minute more or less at the moment itself.
#[tokio::test]
async fn the_moment_itself_is_kept() {
    let home = Home::open(ExpiryAction::Notify).await;
    let at = |moment: Timestamp| home.house.clock.set(moment);
    at(NOON.plus(16 * DAY - 1));
    assert_eq!(home.house.governance.tend().await.unwrap(), 0);
    at(NOON.plus(16 * DAY));
    assert_eq!(home.house.governance.tend().await.unwrap(), 1);
    at(NOON.plus(16 * DAY - HOUR));
    assert_eq!(home.house.governance.tend().await.unwrap(), 0, "the clock went back");
}
