//! Flags that time archives: after a grace of which people heard, not while code asks for them, and looked at first where that is
//! due.

use super::four_eyes::reviewed;
use super::house::{NOON, key, shop};
use super::reminders::Home;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Protection;
use flagstaff::domain::flag::{ExpiryAction, Flag};
use flagstaff::domain::inbox::Kind;
use flagstaff::domain::policy::{Freeze, Policy};
use flagstaff::domain::role::Role;
use flagstaff::domain::time::DAY;

#[tokio::test]
async fn archiving_waits_for_its_grace_and_stands_in_the_history() {
    let home = Home::open(ExpiryAction::Archive).await;
    home.at(30).await;
    home.at(43).await;
    assert!(home.flag().await.archived_at.is_none());
    home.house.clock.set(NOON.plus(44 * DAY));
    let revision = home.house.revision("production").await;
    home.house.governance.tend().await.unwrap();
    assert_eq!(home.flag().await.archived_at, Some(NOON.plus(44 * DAY)));
    assert!(home.house.revision("production").await > revision, "SDKs learn of it");
    let row = home.house.rows().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.actor.as_str()), ("flag.archive", "system"));
    assert!(row.reason.unwrap().starts_with("It expired on "));
    assert_eq!(home.kinds(&home.ed).await.last(), Some(&Kind::ArchivedByExpiry));
    // Restored with the same day it stays: it was archived once.
    home.house.by_system(Command::RestoreFlag { project: shop(), flag: key("old") }).await;
    home.at(80).await;
    assert!(home.flag().await.archived_at.is_none());
}

/// However long the server was down: what is archived was announced, and there was time to say no.
#[tokio::test]
async fn nothing_is_archived_unheard() {
    let home = Home::open(ExpiryAction::Archive).await;
    home.at(100).await;
    home.at(113).await;
    assert!(home.flag().await.archived_at.is_none());
    assert_eq!(home.kinds(&home.ed).await, [Kind::Expired]);
    let told = home.heard(&home.ed).await.remove(0).1;
    assert!(told.contains("It is archived from 26 Jan 2025 12:00 UTC on unless it is extended."), "{told}");
    home.at(114).await;
    assert!(home.flag().await.archived_at.is_some());
}

#[tokio::test]
async fn archiving_waits_while_code_asks_or_names_it() {
    let home = Home::open(ExpiryAction::Archive).await;
    home.at(30).await;
    home.at(40).await;
    home.asked(43, 3).await;
    assert_eq!(home.at(44).await, 1, "that it waits is said");
    assert_eq!(home.at(44).await, 0, "once");
    for who in [&home.ed, &home.ada] {
        let (kind, note) = home.heard(who).await.pop().unwrap();
        assert!(kind == Kind::Overdue && note.contains("was to be archived by now. That waits until"), "{note}");
        assert!(note.contains("Asked for 3 times in the last 24 h; callers will get FLAG_NOT_FOUND"), "{note}");
    }
    home.named_in_code(1).await;
    home.at(50).await;
    assert!(home.flag().await.archived_at.is_none(), "code still names it");
    home.named_in_code(0).await;
    home.at(51).await;
    assert!(home.flag().await.archived_at.is_some());
    let rows = home.house.rows().await;
    let reason = rows.iter().rfind(|row| row.action == "flag.archive").and_then(|row| row.reason.clone()).unwrap();
    assert!(reason.contains("Nobody asked for it in the last 24 h."), "{reason}");
}

/// A flag that is long over is not archived at once because that is what it does now.
#[tokio::test]
async fn another_thing_to_do_begins_a_grace_of_its_own() {
    let home = Home::open(ExpiryAction::Notify).await;
    home.at(30).await;
    home.at(90).await;
    let archives = Flag { on_expiry: ExpiryAction::Archive, ..home.flag().await };
    home.house.by_system(Command::EditFlag { project: shop(), flag: archives }).await;
    home.at(90).await;
    home.at(103).await;
    assert!(home.flag().await.archived_at.is_none());
    home.at(104).await;
    assert!(home.flag().await.archived_at.is_some());
}

#[tokio::test]
async fn a_request_to_archive_is_taken_back_when_the_last_day_moves() {
    let home = Home::open(ExpiryAction::Archive).await;
    home.house.protect("production", Protection::Critical, reviewed(1)).await;
    let ann = home.house.person("ann", Some(Role::Approver)).await;
    home.at(30).await;
    home.at(44).await;
    assert_eq!(home.kinds(&ann).await, [Kind::ReviewAsked]);
    let words = Flag { description: "Other words".into(), ..home.flag().await };
    home.house.by_system(Command::EditFlag { project: shop(), flag: words }).await;
    assert_eq!(home.kinds(&ann).await, [Kind::ReviewAsked]);
    let moved = Flag { expires_at: Some(NOON.plus(60 * DAY)), ..home.flag().await };
    home.house.by_system(Command::EditFlag { project: shop(), flag: moved }).await;
    let rows = home.house.rows().await;
    let row = rows.iter().rfind(|row| row.action == "change_request.withdraw").unwrap();
    assert!(row.reason.as_deref().unwrap_or_default().starts_with("Its expiry was moved: it ends on "), "{row:?}");
    assert_eq!(home.kinds(&ann).await, [Kind::ReviewAsked, Kind::Withdrawn]);
    // Put back, it is asked anew; and the next time it is over it comes up again.
    let back = Flag { expires_at: Some(NOON.plus(30 * DAY)), ..home.flag().await };
    home.house.by_system(Command::EditFlag { project: shop(), flag: back.clone() }).await;
    home.at(44).await;
    assert_eq!(home.kinds(&ann).await.len(), 3);
    home.house
        .by_system(Command::EditFlag { project: shop(), flag: Flag { expires_at: Some(NOON.plus(60 * DAY)), ..back } })
        .await;
    home.at(60).await;
    home.at(74).await;
    assert_eq!(home.kinds(&ann).await.last(), Some(&Kind::ReviewAsked));
}

#[tokio::test]
async fn where_a_review_is_asked_it_opens_a_request_once() {
    let home = Home::open(ExpiryAction::Archive).await;
    home.house.protect("production", Protection::Critical, reviewed(1)).await;
    let ann = home.house.person("ann", Some(Role::Approver)).await;
    for day in [30, 44, 45, 90] {
        home.at(day).await;
    }
    assert!(home.flag().await.archived_at.is_none(), "nobody has looked at it");
    let asked = home.heard(&ann).await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].0 == Kind::ReviewAsked && asked[0].1.contains("Archive old, whose time is over"), "{asked:?}");
}

#[tokio::test]
async fn a_freeze_is_waited_for() {
    let home = Home::open(ExpiryAction::Archive).await;
    let freeze = Freeze { name: "Sale".into(), from: NOON.plus(40 * DAY), until: NOON.plus(50 * DAY) };
    home.house.protect("production", Protection::Critical, Policy { freezes: vec![freeze], ..Policy::default() }).await;
    home.at(30).await;
    home.at(45).await;
    assert!(home.flag().await.archived_at.is_none());
    home.at(51).await;
    assert!(home.flag().await.archived_at.is_some());
}
