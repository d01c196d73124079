//! The chain, and what each tamper does to it.

use super::house::{House, KEY, switch};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::role::Role;
use flagstaff::server::governance::audit::{BadRow, Verified, verify};
use flagstaff::server::governance::{Submission, undo};

async fn check(house: &House) -> Verified {
    verify(&mut house.db.read().await.unwrap(), &KEY).await.unwrap()
}

async fn with_history() -> House {
    let house = House::open().await;
    for n in 0..6 {
        house.by_system(switch("new_checkout", "development", n % 2 == 0)).await;
    }
    house
}

#[tokio::test]
async fn a_row_tells_who_did_what_to_what_and_why() {
    let house = House::open().await;
    let editor = house.person("ed", Some(Role::Editor)).await;
    let on = Submission::new(switch("new_checkout", "production", true)).because("Launch").confirmed("production");
    let seq = house.submit(&editor, on).await.unwrap().audit[0];
    let row = house.rows().await.into_iter().find(|row| row.seq == seq).unwrap();
    assert_eq!(
        (row.actor.as_str(), row.action.as_str(), row.object.as_str()),
        ("ed@shop.example", "state.enable", "flag:new_checkout")
    );
    assert_eq!(
        (row.project.as_deref(), row.environment.as_deref(), row.reason.as_deref()),
        (Some("shop"), Some("production"), Some("Launch"))
    );
    assert!(row.before.as_deref().unwrap().contains(r#""enabled":false"#));
    assert!(row.after.as_deref().unwrap().contains(r#""enabled":true"#));
    assert_eq!(row.at, "2024-10-04T12:00:00.000Z");
}

#[tokio::test]
async fn an_untouched_chain_is_sound() {
    let house = with_history().await;
    let verified = check(&house).await;
    assert!(verified.is_intact() && verified.rows == 8, "{verified:?}");
}

#[tokio::test]
async fn every_tamper_is_found() {
    let table = [
        ("update audit_log set actor = 'nobody' where seq = 5", 5),
        ("update audit_log set after = null where seq = 4", 4),
        ("update audit_log set at = '2020-01-01T00:00:00.000Z' where seq = 1", 1),
        ("delete from audit_log where seq = 3", 3),
        ("delete from audit_log where seq = 8", 8),
        ("delete from audit_log", 1),
        ("delete from audit_log where seq > 5", 6),
        (
            "insert into audit_log select 9, at, actor, action, project, environment, object, before, after, reason, mac from audit_log where seq = 8",
            9,
        ),
        (
            "insert into audit_log select 0, at, actor, action, project, environment, object, before, after, reason, mac from audit_log where seq = 8",
            0,
        ),
        ("update audit_log set seq = case seq when 4 then -5 when 5 then -4 end where seq in (4, 5)", 4),
    ];
    for (sql, first_bad) in table {
        let house = with_history().await;
        house.tamper(sql).await;
        if sql.contains("-5") {
            house.tamper("update audit_log set seq = -seq where seq < 0").await;
        }
        let found = check(&house).await;
        assert!(matches!(found.first_bad, Some(BadRow { seq, .. }) if seq == first_bad), "{sql}: {found:?}");
    }
}

/// What was done to the rows is not covered up by what is written after it.
#[tokio::test]
async fn every_tamper_is_still_found_after_the_next_write() {
    let table: [(&[&str], i64); 8] = [
        (&["update audit_log set actor = 'nobody' where seq = 5"], 5),
        (&["delete from audit_log where seq = 3"], 3),
        (&["delete from audit_log where seq > 5"], 6),
        (&["delete from audit_log"], 1),
        (&["delete from instance where name = 'audit_head'"], 9),
        (&["delete from audit_log", "delete from instance where name = 'audit_head'"], 1),
        (&["delete from audit_log where seq > 5", "delete from instance where name = 'audit_head'"], 6),
        (&["update instance set value = '5 aa bb' where name = 'audit_head'"], 9),
    ];
    for (tampers, first_bad) in table {
        let house = with_history().await;
        for sql in tampers {
            house.tamper(sql).await;
        }
        for round in 0..3 {
            let found = check(&house).await;
            assert!(matches!(found.first_bad, Some(BadRow { seq, .. }) if seq == first_bad), "{tampers:?}, {round}: {found:?}");
            house.by_system(switch("new_checkout", "development", round % 2 == 0)).await;
        }
    }
}

/// An earlier head is genuine and still not the one that was written last.
#[tokio::test]
async fn a_head_that_was_put_back_does_not_hide_a_cut() {
    let house = with_history().await;
    let keep = "insert into instance (name, value) select 'kept', value from instance where name = 'audit_head'";
    house.tamper(keep).await;
    house.by_system(switch("new_checkout", "development", true)).await;
    house.by_system(switch("new_checkout", "development", false)).await;
    let back = "update instance set value = (select value from instance where name = 'kept') where name = 'audit_head'";
    house.tamper(back).await;
    for _ in 0..2 {
        assert!(check(&house).await.first_bad.is_some());
        house.by_system(switch("new_checkout", "staging", true)).await;
    }
    assert!(check(&house).await.first_bad.is_some());
}

#[tokio::test]
async fn an_installation_that_nobody_touched_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let db = flagstaff::server::store::Db::open(&folder.path().join("flagstaff.db")).await.unwrap();
    let verified = verify(&mut db.read().await.unwrap(), &KEY).await.unwrap();
    assert!(verified.is_intact() && verified.rows == 0, "{verified:?}");
}

#[tokio::test]
async fn undo_brings_back_what_was_before() {
    let house = House::open().await;
    house.by_system(switch("new_checkout", "development", true)).await;
    let row = house.rows().await.pop().unwrap();
    let command = undo::command(&row).unwrap();
    assert_eq!(command, switch("new_checkout", "development", false));
    house.governance.submit(&Actor::System, Submission::new(command)).await.unwrap();
    assert!(!house.state("new_checkout", "development").await.0.enabled);
    // Making something has no undo.
    assert_eq!(undo::command(&house.rows().await[1]), None);
}

/// Who waited for their turn to write is written down with the moment at which they had it.
#[tokio::test]
async fn moments_never_run_against_the_numbers() {
    let house = std::sync::Arc::new(House::open().await);
    let writing = house.db.begin().await.unwrap();
    let waiting = tokio::spawn({
        let house = house.clone();
        async move { house.by_system(switch("new_checkout", "development", true)).await }
    });
    // It asks for its turn, which it cannot have, and everything else has to wait for it.
    tokio::task::yield_now().await;
    house.clock.set(super::house::NOON.plus(flagstaff::domain::time::HOUR));
    drop(writing);
    waiting.await.unwrap();
    assert_eq!(house.rows().await.pop().unwrap().at, "2024-10-04T13:00:00.000Z");
}
