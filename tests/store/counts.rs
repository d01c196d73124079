//! Counts and when a variant was last asked for.

use super::*;
use flagstaff::domain::time::HOUR;
use flagstaff::server::store::counts::{self, Tally};

fn tally(flag: &FlagId, environment: &EnvironmentId, evaluated: i64, delivered: i64) -> Tally {
    Tally {
        flag: flag.clone(),
        environment: environment.clone(),
        variant: "on".into(),
        hour: NOON,
        evaluated,
        delivered,
        evaluated_at: (evaluated > 0).then_some(NOON.plus(evaluated)),
        delivered_at: (delivered > 0).then_some(NOON.plus(delivered)),
    }
}

#[tokio::test]
async fn amounts_add_up_and_absent_moments_leave_known_ones() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (project, _, production) = shop(&mut tx, "shop").await;
    let flag = add_flag(&mut tx, &project, "new_checkout").await;
    counts::add(&mut tx, &tally(&flag, &production, 3, 4)).await.unwrap();
    counts::add(&mut tx, &tally(&flag, &production, 0, 9)).await.unwrap();
    let hours = counts::hours(&mut tx, &flag, NOON).await.unwrap();
    assert_eq!(hours.len(), 1);
    assert_eq!((hours[0].evaluated, hours[0].delivered), (3, 13));
    assert!(counts::hours(&mut tx, &flag, NOON.plus(HOUR)).await.unwrap().is_empty());
    let seen = counts::seen(&mut tx, &flag).await.unwrap();
    assert_eq!(seen[0].evaluated_at, Some(NOON.plus(3).millis()));
    assert_eq!(seen[0].delivered_at, Some(NOON.plus(9).millis()));
}

#[tokio::test]
async fn an_environment_keeps_no_more_unknown_keys_than_its_limit_and_goes_on_counting_those() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (_, staging, production) = shop(&mut tx, "shop").await;
    for key in ["a", "b", "c", "a"] {
        store::unknown::add(&mut tx, &production, key, 2, NOON, 2).await.unwrap();
    }
    store::unknown::add(&mut tx, &staging, "c", 1, NOON, 2).await.unwrap();
    tx.commit().await.unwrap();
    let kept = unknown(&db).await;
    assert_eq!(kept, [("a".to_owned(), 4), ("b".to_owned(), 2), ("c".to_owned(), 1)]);
}

#[tokio::test]
async fn old_hours_go_and_when_a_variant_was_last_asked_for_stays() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    assert_eq!(counts::oldest_hour(&mut tx).await.unwrap(), None);
    let (project, _, production) = shop(&mut tx, "shop").await;
    let flag = add_flag(&mut tx, &project, "new_checkout").await;
    for hour in [NOON.plus(-HOUR), NOON, NOON.plus(HOUR)] {
        counts::add(&mut tx, &Tally { hour, ..tally(&flag, &production, 1, 0) }).await.unwrap();
    }
    assert_eq!(counts::oldest_hour(&mut tx).await.unwrap(), Some(NOON.plus(-HOUR)));
    assert_eq!(counts::prune(&mut tx, NOON).await.unwrap(), 1);
    let hours = counts::hours(&mut tx, &flag, NOON.plus(-DAY)).await.unwrap();
    assert_eq!(hours.len(), 2);
    assert!(hours.iter().all(|row| row.hour >= NOON.millis()));
    assert_eq!(counts::seen(&mut tx, &flag).await.unwrap()[0].evaluated_at, Some(NOON.plus(1).millis()));
    assert_eq!(counts::prune(&mut tx, NOON).await.unwrap(), 0, "a second time there is nothing left to do");
}

async fn unknown(db: &Db) -> Vec<(String, i64)> {
    use flagstaff::server::store::Cx;
    let sql = "select key, asked from unknown_flags order by key";
    match &mut db.read().await.unwrap() {
        Cx::Sqlite(handle) => sqlx::query_as(sql).fetch_all(handle.connection()).await.unwrap(),
        Cx::Postgres(handle) => sqlx::query_as(sql).fetch_all(handle.connection()).await.unwrap(),
    }
}
