//! What keeps the history as it is: the database's own refusals, heads beside the secret, and pruning that can be verified.

use super::database;
use super::house::{House, KEY, NOON, refusal, switch};
use flagstaff::domain::command::Command;
use flagstaff::domain::role::Role;
use flagstaff::domain::time::{DAY, HOUR, MINUTE, SECOND};
use flagstaff::server::governance::Submission;
use flagstaff::server::governance::audit::{Evidence, Remembered, Verified, retention, verify};
use std::path::PathBuf;

async fn check(house: &House) -> Verified {
    verify(&mut house.db.read().await.unwrap(), &KEY).await.unwrap()
}

/// Six switches a day apart.
async fn with_history() -> House {
    let house = House::open().await;
    for n in 0..6 {
        house.clock.set(NOON.plus(n * DAY));
        house.by_system(switch("new_checkout", "development", n % 2 == 0)).await;
    }
    house
}

async fn keep_for(house: &House, days: Option<u32>) {
    house.by_system(Command::SetRetention { days }).await;
}

fn evidence(house: &House, heads: Option<PathBuf>) -> Evidence {
    Evidence::new(house.db.clone(), KEY, house.clock.clone(), heads)
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_delete_rows() {
    let house = with_history().await;
    let copy =
        "select 3, at, actor, action, project, environment, object, before, after, reason, mac from audit_log where seq = 4";
    let (insert, upsert) = (
        format!("insert into audit_log {copy}"),
        format!("insert into audit_log {copy} on conflict (seq) do update set actor = 'nobody'"),
    );
    let replace = format!("insert or replace into audit_log {copy}");
    let mut table = vec![
        "update audit_log set reason = 'none' where seq = 3",
        "update audit_log set seq = 99 where seq = 8",
        "delete from audit_log where seq = 8",
        "delete from audit_log",
        insert.as_str(),
        upsert.as_str(),
    ];
    match house.db {
        flagstaff::server::store::Db::Sqlite { .. } => table.push(&replace),
        flagstaff::server::store::Db::Postgres(_) => table.push("truncate audit_log"),
    }
    for sql in table {
        let mut tx = house.db.begin().await.unwrap();
        let refused = database::run(&mut tx, sqlx::AssertSqlSafe(sql.to_owned())).await.unwrap_err();
        assert!(refused.to_string().contains("audit_log is append-only"), "{sql}: {refused}");
    }
    let verified = check(&house).await;
    assert!(verified.is_intact() && verified.rows == 8, "{verified:?}");
}

#[tokio::test]
async fn owners_say_how_long_the_history_is_kept() {
    let house = House::open().await;
    let (ed, olga) = (house.person("ed", Some(Role::Admin)).await, house.owner("olga").await);
    let set = |days| Submission::new(Command::SetRetention { days });
    assert!(refusal(house.submit(&ed, set(Some(365))).await).contains("owner"));
    for days in [0, 1, 89, 36_501, u32::MAX] {
        assert!(refusal(house.submit(&olga, set(Some(days))).await).contains("from 90 to 36500"), "{days}");
    }
    assert!(house.submit(&olga, set(None)).await.unwrap().audit.is_empty(), "that is how it was");
    let seq = house.submit(&olga, set(Some(90)).because("Policy 7")).await.unwrap().audit[0];
    let row = house.rows().await.into_iter().find(|row| row.seq == seq).unwrap();
    assert_eq!(
        (row.action.as_str(), row.before.as_deref(), row.after.as_deref()),
        ("audit.retention", Some(r#"{"days":null}"#), Some(r#"{"days":90}"#))
    );
    assert_eq!(row.reason.as_deref(), Some("Policy 7"));
    assert!(house.submit(&olga, set(Some(90))).await.unwrap().audit.is_empty());
    let policy = retention::policy(&mut house.db.read().await.unwrap()).await.unwrap();
    assert_eq!((policy.days, policy.since), (Some(90), Some(NOON)));
}

#[tokio::test]
async fn pruning_leaves_a_stub_from_which_the_chain_goes_on() {
    let house = with_history().await;
    assert_eq!(evidence(&house, None).prune().await.unwrap(), 0, "kept for ever");
    keep_for(&house, Some(90)).await;
    house.clock.set(NOON.plus(92 * DAY + HOUR));
    assert_eq!(evidence(&house, None).prune().await.unwrap(), 5, "project, flag and the switches of days 0 to 2");
    let verified = check(&house).await;
    assert!(verified.is_intact(), "{verified:?}");
    assert_eq!((verified.pruned, verified.rows, verified.through()), (5, 5, 10));
    let rows = house.rows().await;
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [6, 7, 8, 9, 10]);
    assert_eq!((rows[4].action.as_str(), rows[4].actor.as_str()), ("audit.prune", "system"));
    assert_eq!(evidence(&house, None).prune().await.unwrap(), 0, "nothing more is due");

    // The policy outlives the row that set it.
    house.clock.set(NOON.plus(200 * DAY));
    house.by_system(switch("new_checkout", "staging", true)).await;
    assert_eq!(evidence(&house, None).prune().await.unwrap(), 5);
    let verified = check(&house).await;
    assert!(verified.is_intact() && (verified.pruned, verified.through()) == (10, 12), "{verified:?}");
    assert_eq!(retention::policy(&mut house.db.read().await.unwrap()).await.unwrap().days, Some(90));
    house.by_system(switch("new_checkout", "staging", false)).await;
    assert!(check(&house).await.is_intact());

    house.tamper("delete from audit_log where seq = 11").await;
    let found = check(&house).await;
    assert_eq!(found.first_bad.map(|bad| bad.seq), Some(11), "a cut further on is still found");
}

#[tokio::test]
async fn everything_may_be_old() {
    let house = with_history().await;
    keep_for(&house, Some(90)).await;
    house.clock.set(NOON.plus(500 * DAY));
    assert_eq!(evidence(&house, None).prune().await.unwrap(), 9);
    let verified = check(&house).await;
    assert!(verified.is_intact() && (verified.pruned, verified.rows) == (9, 1), "{verified:?}");
    house.by_system(switch("new_checkout", "staging", true)).await;
    assert!(check(&house).await.is_intact());
}

#[tokio::test]
async fn nothing_is_removed_on_the_first_day_nor_what_is_not_sound() {
    let house = with_history().await;
    house.clock.set(NOON.plus(300 * DAY));
    keep_for(&house, Some(90)).await;
    house.clock.set(NOON.plus(300 * DAY + 23 * HOUR));
    assert_eq!(evidence(&house, None).prune().await.unwrap(), 0, "who slipped has a day");
    house.clock.set(NOON.plus(301 * DAY));
    house.tamper("update audit_log set reason = 'none' where seq = 3").await;
    assert_eq!(evidence(&house, None).prune().await.unwrap(), 0, "pruning does not hide a row that was changed");
    house.tamper("update audit_log set reason = null where seq = 3").await;
    assert_eq!(evidence(&house, None).prune().await.unwrap(), 8);
}

#[tokio::test]
async fn heads_are_kept_once_and_never_over_another_history() {
    let (house, folder) = (with_history().await, tempfile::tempdir().unwrap());
    let path = folder.path().join("audit.heads");
    let evidence = evidence(&house, Some(path.clone()));
    let kept = |remembered| match remembered {
        Remembered::Kept(head) => head.seq,
        other => panic!("{other:?}"),
    };
    assert_eq!(kept(evidence.remember().await.unwrap()), 8);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(kept(evidence.remember().await.unwrap()), 8);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "nothing happened since");
    house.by_system(switch("new_checkout", "staging", true)).await;
    assert_eq!(kept(evidence.remember().await.unwrap()), 9);
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
    assert!(evidence.verify(true).await.unwrap().verified.is_intact());

    // As many rows, but others: another history in its place.
    let other = House::open().await;
    for _ in 0..5 {
        other.by_system(switch("new_checkout", "staging", true)).await;
        other.by_system(switch("new_checkout", "staging", false)).await;
    }
    let swapped = Evidence::new(other.db.clone(), KEY, other.clock.clone(), Some(path.clone()));
    assert!(matches!(swapped.remember().await.unwrap(), Remembered::Refused(_)));
    let found = swapped.verify(true).await.unwrap().verified;
    assert_eq!(found.first_bad.map(|bad| bad.seq), Some(8), "the first that was remembered");

    // A file that was removed is begun anew, and the history says so.
    std::fs::remove_file(&path).unwrap();
    assert!(evidence.verify(true).await.unwrap().verified.bad_heads.unwrap().contains("missing"));
    assert_eq!(kept(evidence.remember().await.unwrap()), 10);
    let row = house.rows().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.before.as_deref()), ("audit.heads", Some(r#"{"reached":9}"#)));
    assert!(evidence.verify(true).await.unwrap().verified.is_intact());
}

#[tokio::test]
async fn a_later_verification_goes_on_where_the_last_one_ended() {
    let house = with_history().await;
    let evidence = evidence(&house, None);
    assert_eq!(evidence.known(), None);
    let first = evidence.verify(false).await.unwrap();
    assert_eq!((first.verified.through(), first.whole_at), (8, first.at), "the first one sees all");
    house.clock.set(first.at.plus(5 * MINUTE));
    house.by_system(switch("new_checkout", "staging", true)).await;
    let second = evidence.verify(false).await.unwrap();
    assert_eq!((second.verified.through(), second.whole_at), (9, first.at));
    assert_eq!(evidence.known(), Some(second));
    house.tamper("update audit_log set reason = 'none' where seq = 9").await;
    house.by_system(switch("new_checkout", "staging", false)).await;
    assert!(evidence.verify(false).await.unwrap().verified.is_intact(), "it was looked at already");
    house.by_system(switch("new_checkout", "staging", true)).await;
    house.tamper("update audit_log set reason = 'none' where seq = 11").await;
    let bad = |known: flagstaff::server::governance::audit::Known| known.verified.first_bad.map(|bad| bad.seq);
    assert_eq!(bad(evidence.verify(false).await.unwrap()), Some(11));
    assert_eq!(bad(evidence.verify(true).await.unwrap()), Some(9));
}

#[tokio::test]
async fn who_asks_again_at_once_gets_the_same_answer() {
    let house = with_history().await;
    let evidence = evidence(&house, None);
    let first = evidence.verify_now().await.unwrap();
    house.tamper("update audit_log set reason = 'none' where seq = 4").await;
    house.clock.set(first.at.plus(9 * SECOND));
    assert_eq!(evidence.verify_now().await.unwrap(), first);
    house.clock.set(first.at.plus(10 * SECOND));
    let second = evidence.verify_now().await.unwrap();
    assert_eq!(second.verified.first_bad.map(|bad| bad.seq), Some(4));
}
