//! What a transaction is worth.

use super::*;
use flagstaff::domain::key::EnvironmentKey;

#[tokio::test]
async fn what_is_not_committed_never_was() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    shop(&mut tx, "shop").await;
    drop(tx);
    assert!(store::projects::all(&mut db.read().await.unwrap()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_reader_does_not_see_what_is_not_committed_and_does_not_wait_for_it() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    shop(&mut tx, "shop").await;
    assert!(store::projects::all(&mut db.read().await.unwrap()).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    assert_eq!(store::projects::all(&mut db.read().await.unwrap()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_snapshot_stays_at_its_moment() {
    let (_guard, db) = open().await;
    let mut snapshot = db.snapshot().await.unwrap();
    assert!(store::projects::all(&mut snapshot).await.unwrap().is_empty());
    let mut tx = db.begin().await.unwrap();
    shop(&mut tx, "shop").await;
    tx.commit().await.unwrap();
    assert!(store::projects::all(&mut snapshot).await.unwrap().is_empty());
    drop(snapshot);
    assert_eq!(store::projects::all(&mut db.snapshot().await.unwrap()).await.unwrap().len(), 1);
}

/// Sixteen writers read, add one and write: every one of them must see what the one before it left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_take_turns() {
    const WRITERS: usize = 16;
    const EACH: usize = 20;
    let (_guard, db) = open().await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..EACH {
                    let mut tx = db.begin().await.unwrap();
                    let before = store::instance::get(&mut tx, "count").await.unwrap();
                    let count: usize = before.map_or(0, |text| text.parse().unwrap());
                    store::instance::set(&mut tx, "count", &(count + 1).to_string()).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let count = store::instance::get(&mut db.read().await.unwrap(), "count").await.unwrap();
    assert_eq!(count, Some((WRITERS * EACH).to_string()));
}

#[tokio::test]
async fn revisions_rise_one_by_one_where_they_are_told_to() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let (id, staging, production) = shop(&mut tx, "shop").await;
    store::environments::raise_revision(&mut tx, &production).await.unwrap();
    store::environments::raise_revision(&mut tx, &production).await.unwrap();
    store::environments::raise_revisions(&mut tx, &id).await.unwrap();
    let revisions = store::environments::revisions(&mut tx).await.unwrap();
    let of = |environment: &EnvironmentId| revisions.iter().find(|(id, _)| id == environment.as_str()).unwrap().1;
    assert_eq!((of(&staging), of(&production)), (2, 4));
}

#[tokio::test]
async fn a_row_that_breaks_a_reference_is_refused_and_is_not_called_taken() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let nowhere = ProjectId::from_text("nowhere");
    let environment = Environment::usual(EnvironmentKey::parse("qa").unwrap(), 0);
    let id = EnvironmentId::from_text(new_id());
    let refused = store::environments::insert(&mut tx, &id, &nowhere, &environment, NOON).await.unwrap_err();
    assert!(!refused.is_taken() && !refused.is_busy() && !refused.is_full(), "{refused}");
}
