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
        (AuditFilter { touching: some("production"), ..shop() }, vec![6, 4, 2, 1]),
        (AuditFilter { among: vec!["flag:dark_mode".into(), "flag:newXcheckout".into()], ..shop() }, vec![4, 3]),
    ] {
        let rows = audit::search(&mut db.read().await.unwrap(), &filter, 10).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), found, "{filter:?}");
    }
    let two = audit::search(&mut db.read().await.unwrap(), &shop(), 2).await.unwrap();
    assert_eq!(two.iter().map(|row| row.seq).collect::<Vec<_>>(), [6, 4]);
}

#[tokio::test]
async fn groups_tell_the_first_the_last_and_how_often_without_a_document() {
    let (_guard, db) = filled().await;
    let mut tx = db.begin().await.unwrap();
    for seq in [7, 8] {
        audit::append(&mut tx, &row(seq, "ada", "state.edit", "flag:new_checkout", Some("production"))).await.unwrap();
    }
    audit::append(&mut tx, &row(9, "lin", "state.edit", "flag:new_checkout", Some("production"))).await.unwrap();
    let some = |text: &str| Some(text.to_owned());
    let filter = AuditFilter { project: some("shop"), object: some("flag:new_checkout"), ..AuditFilter::default() };
    let mut groups = audit::groups(&mut tx, &filter).await.unwrap();
    groups.sort_by_key(|group| group.oldest);
    let told: Vec<_> = groups.iter().map(|group| (group.actor.as_str(), group.oldest, group.newest, group.times)).collect();
    assert_eq!(told, [("ada", 1, 1, 1), ("ada", 2, 8, 3), ("lin", 9, 9, 1)]);
    assert_eq!(groups[1].newest_at, "2026-11-08T09:00:00.000Z");
    let later = AuditFilter { from: some("2026-11-07T00:00:00.000Z"), ..filter.clone() };
    assert_eq!(audit::groups(&mut tx, &later).await.unwrap().iter().map(|group| group.times).sum::<i64>(), 3);
    let mut actions = audit::actions(&mut tx, &filter).await.unwrap();
    actions.sort();
    assert_eq!(actions, [("flag.create".to_owned(), 1), ("state.edit".to_owned(), 4)]);
}

#[tokio::test]
async fn an_outline_has_no_document_but_how_long_each_is() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let long = "é".repeat(100_000);
    let written = AuditRow { before: Some(long.clone()), after: None, ..row(1, "ada", "flag.edit", "flag:a", None) };
    audit::append(&mut tx, &written).await.unwrap();
    let found = audit::outlines(&mut tx, &AuditFilter::default(), 10).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].before_bytes, found[0].after_bytes), (Some(200_000), None));
    assert_eq!(found[0].row, AuditRow { before: None, ..written });
    assert_eq!(audit::documents(&mut tx, &[1, 2]).await.unwrap(), [(1, Some(long.clone()), None)]);
    assert_eq!(audit::replaced(&mut tx, &[1]).await.unwrap(), [(1, Some(long))]);
}

#[tokio::test]
async fn rows_in_order_come_in_portions_that_fit_and_none_is_passed_over() {
    let (_guard, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    let long = "x".repeat(3 << 20);
    for seq in 1..=9 {
        let after = Some(if seq % 2 == 0 { long.clone() } else { "{}".to_owned() });
        audit::append(&mut tx, &AuditRow { after, ..row(seq, "ada", "flag.edit", "flag:a", None) }).await.unwrap();
    }
    let (mut seen, mut portions) = (Vec::new(), Vec::new());
    loop {
        let some = audit::following(&mut tx, seen.last().copied().unwrap_or(0), 1_000).await.unwrap();
        if some.is_empty() {
            break;
        }
        portions.push(some.len());
        seen.extend(some.iter().map(|row| row.seq));
    }
    assert_eq!(seen, (1..=9).collect::<Vec<_>>());
    assert_eq!(portions, [5, 4], "two long ones and what stands between them");
    assert_eq!(audit::fitting([9, 1].into_iter(), 5), 1, "one at least");
    assert_eq!(audit::fitting([2, 3, 1].into_iter(), 5), 2);
    assert_eq!(audit::fitting(std::iter::empty(), 5), 0);
}
