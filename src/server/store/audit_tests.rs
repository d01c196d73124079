//! How the history is searched.

use super::*;
use crate::server::store::Db;
use sqlx::Row;

#[tokio::test]
async fn every_search_is_decided_in_an_index_alone_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flagstaff.db");
    let db = Db::open(&file).await.unwrap();
    searches_are_decided_in_an_index(&db).await;
    // One that was small when SQLite last counted, whose whole table it takes for the shorter way.
    let mut tx = db.begin().await.unwrap();
    for seq in 1..20 {
        let text = |value: &str| value.to_owned();
        let (at, actor, action, object) = (text("2026-01-01"), text("console"), text("flag.create"), text("flag:a"));
        let row = AuditRow { seq, at, actor, action, object, mac: text("m"), ..AuditRow::default() };
        append(&mut tx, &row).await.unwrap();
    }
    run_on_db!(tx, c => sqlx::query("analyze").execute(c)).unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    searches_are_decided_in_an_index(&Db::open(&file).await.unwrap()).await;
}

async fn searches_are_decided_in_an_index(db: &Db) {
    let mut cx = db.read().await.unwrap();
    let text = |value: &str| Some(value.to_owned());
    let all = AuditFilter { project: text("shop"), ..AuditFilter::default() };
    let (who, place) = (text("ada@shop.example"), text("production"));
    let searches = [
        all.clone(),
        AuditFilter { actor: who.clone(), ..all.clone() },
        AuditFilter { environment: place.clone(), ..all.clone() },
        AuditFilter { action: text("flag"), ..all.clone() },
        AuditFilter { named: text("checkout"), ..all.clone() },
        AuditFilter { object: text("flag:new_checkout"), ..all.clone() },
        AuditFilter { from: text("2026-01-01"), until: text("2026-02-01"), ..all.clone() },
        AuditFilter { before_seq: Some(9), ..all.clone() },
        AuditFilter { after_seq: Some(9), ..all.clone() },
        AuditFilter {
            actor: who,
            environment: place,
            action: text("state"),
            named: text("new"),
            before_seq: Some(9),
            from: text("2026-01-01"),
            ..all
        },
    ];
    for filter in searches {
        let Cx::Sqlite(handle) = &mut cx else { panic!("opened as SQLite") };
        let rows =
            searching::<sqlx::Sqlite>("explain query plan ", &filter, 50).build().fetch_all(handle.connection()).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        assert!(plan.iter().any(|step| step.contains("USING COVERING INDEX audit_log_by_")), "{filter:?}: {plan:?}");
        // Only the few rows that were found are put in order.
        let inner = plan.iter().skip_while(|step| !step.contains("CO-ROUTINE"));
        assert!(inner.take_while(|step| !step.contains("ORDER BY")).any(|step| step.contains("COVERING")), "{plan:?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN audit_log")), "{filter:?}: {plan:?}");
    }
}

#[tokio::test]
async fn groups_are_counted_in_an_index_alone() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("flagstaff.db")).await.unwrap();
    let mut cx = db.read().await.unwrap();
    let (project, from) = (Some("shop".to_owned()), Some("2026-01-01".to_owned()));
    let touching = Some("production".to_owned());
    let filter = AuditFilter { project, from, touching, ..AuditFilter::default() };
    let Cx::Sqlite(handle) = &mut cx else { panic!("opened as SQLite") };
    let mut query = grouping::<sqlx::Sqlite>("explain query plan ", &filter);
    let rows = query.build().fetch_all(handle.connection()).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    assert!(plan.iter().any(|step| step.contains("USING COVERING INDEX audit_log_by_")), "{plan:?}");
}
