//! The audit's rows and how they are searched.

use super::*;
use flagstaff::server::store::audit::{self, AuditFilter, AuditRow};

fn row(seq: i64, actor: &str, action: &str, object: &str, environment: Option<&str>) -> AuditRow {
    AuditRow {
        seq,
        at: format!("2026-11-{:02}T09:00:00.000Z", seq),
        actor: actor.into(),
        action: action.into(),
        project: Some("shop".into()),
        environment: environment.map(str::to_owned),
        object: object.into(),
        before: None,
        after: Some("{}".into()),
        reason: Some("because".into()),
        mac: format!("mac {seq}"),
    }
}

async fn filled() -> (database::Database, Db) {
    let (guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let rows = [
        row(1, "ada", "flag.create", "flag:new_checkout", None),
        row(2, "ada", "state.edit", "flag:new_checkout", Some("production")),
        row(3, "lin", "state.enable", "flag:dark_mode", Some("staging")),
        row(4, "lin", "flagpole.edit", "flag:newXcheckout", None),
        AuditRow { project: Some("blog".into()), ..row(5, "ada", "flag.create", "flag:new_checkout", None) },
        row(6, "ada", "flag.archive", "flag:100%_sure!", None),
    ];
    for row in &rows {
        audit::append(&mut tx, row).await.unwrap();
        audit::announce(&mut tx, row.seq, NOON.millis()).await.unwrap();
    }
    tx.commit().await.unwrap();
    (guard, db)
}

#[tokio::test]
async fn rows_come_back_as_written_and_the_head_is_the_newest() {
    let (_guard, db) = filled().await;
    let mut cx = db.read().await.unwrap();
    let first = audit::find(&mut cx, 1).await.unwrap();
    assert_eq!(first, Some(row(1, "ada", "flag.create", "flag:new_checkout", None)));
    assert_eq!(audit::head(&mut cx).await.unwrap(), Some((6, "mac 6".to_owned())));
    let after: Vec<i64> = audit::following(&mut cx, 3, 2).await.unwrap().iter().map(|row| row.seq).collect();
    assert_eq!(after, [4, 5]);
    assert_eq!(audit::actors(&mut cx, "shop").await.unwrap(), ["ada", "lin"]);
}

#[tokio::test]
async fn a_filter_finds_what_it_asks_for() {
    let (_guard, db) = filled().await;
    let some = |text: &str| Some(text.to_owned());
    let shop = || AuditFilter { project: some("shop"), ..AuditFilter::default() };
    for (filter, found) in [
        (AuditFilter::default(), vec![6, 5, 4, 3, 2, 1]),
        (shop(), vec![6, 4, 3, 2, 1]),
        (AuditFilter { actor: some("lin"), ..shop() }, vec![4, 3]),
        (AuditFilter { action: some("flag"), ..shop() }, vec![6, 1]),
        (AuditFilter { action: some("flag.create"), ..shop() }, vec![1]),
        (AuditFilter { environment: some("staging"), ..shop() }, vec![3]),
        (AuditFilter { object: some("flag:new_checkout"), ..shop() }, vec![2, 1]),
        // An underscore is no wildcard, and case does not count.
        (AuditFilter { named: some("NEW_check"), ..shop() }, vec![2, 1]),
        (AuditFilter { named: some("100%"), ..shop() }, vec![6]),
        (AuditFilter { named: some("!"), ..shop() }, vec![6]),
        (AuditFilter { named: some("flag"), ..shop() }, vec![]),
        (AuditFilter { from: some("2026-11-03T00:00:00.000Z"), until: some("2026-11-05T00:00:00.000Z"), ..shop() }, vec![4, 3]),
        (AuditFilter { before_seq: Some(3), ..shop() }, vec![2, 1]),
        (AuditFilter { after_seq: Some(3), ..shop() }, vec![4, 6]),
    ] {
        let rows = audit::search(&mut db.read().await.unwrap(), &filter, 10).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), found, "{filter:?}");
    }
    let two = audit::search(&mut db.read().await.unwrap(), &shop(), 2).await.unwrap();
    assert_eq!(two.iter().map(|row| row.seq).collect::<Vec<_>>(), [6, 4]);
}
