//! `flagstaff verify-audit`: sound as written, and every kind of tampering found.

use super::fixture::{CHECKOUT, Folder};
use sqlx::{Connection, SqliteConnection};

async fn tamper(folder: &Folder, sql: &'static str) {
    let url = format!("sqlite:{}", folder.database().display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_sound_chain_passes() {
    let folder = Folder::with_project().await;
    folder.import("f.yaml", CHECKOUT, &[]).ok();
    let out = folder.run(&["verify-audit"]).ok();
    assert!(out.contains("as it was written: 3 rows"), "{out}");
}

#[tokio::test]
async fn every_tampering_is_found() {
    let table: [(&'static str, &str); 5] = [
        ("update audit_log set reason = 'none' where seq = 2", "row 2"),
        ("update audit_log set actor = 'ada@shop.example' where seq = 1", "row 1"),
        ("delete from audit_log where seq = 2", "row 2 is missing"),
        ("delete from audit_log where seq = 3", "row 3 is missing"),
        ("update audit_log set after = before where seq = 3", "row 3"),
    ];
    for (sql, words) in table {
        let folder = Folder::with_project().await;
        folder.import("f.yaml", CHECKOUT, &[]).ok();
        tamper(&folder, sql).await;
        folder.run(&["verify-audit"]).failed(1, &["tampered", words]);
    }
}
