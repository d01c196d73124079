//! `flagstaff verify-audit`: sound as written, and every kind of tampering found.

use super::fixture::{CHECKOUT, Folder};
use flagstaff::domain::actor::Actor;
use flagstaff::server::clock::Clock;
use flagstaff::server::config::Config;
use flagstaff::server::governance::audit::Evidence;
use flagstaff::server::services::audit::Wanted;
use flagstaff::server::services::evidence_file;
use flagstaff::server::state::{AppState, Setup};
use flagstaff::server::store::Db;
use sqlx::{Connection, SqliteConnection};

/// As somebody with the file: what the database refuses is taken out of the way first.
pub async fn tamper(folder: &Folder, sql: &'static str) {
    let url = format!("sqlite:{}", folder.database().display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let steps = ["drop trigger if exists audit_log_update", "drop trigger if exists audit_log_delete", sql];
    for step in steps {
        sqlx::query(step).execute(&mut connection).await.unwrap();
    }
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

/// What is signed in one installation can be checked without it, and nothing else passes.
#[tokio::test]
async fn an_export_is_checked_with_the_public_key_alone() {
    let folder = Folder::with_project().await;
    let key = folder.run(&["verify-audit", "--public-key"]).ok().trim().to_owned();
    assert!(key.len() == 64 && key.bytes().all(|c| c.is_ascii_hexdigit()), "{key}");
    assert_eq!(folder.run(&["verify-audit", "--public-key"]).ok().trim(), key, "it stays the same");
    let text = signed(&folder).await;
    let export = folder.file("export.jsonl", &text);
    let nowhere = Folder::bare();
    let out = nowhere.run(&["verify-audit", "--file", &export, "--key", &key]).ok();
    assert!(out.contains("as it was signed: 1 row") && out.contains("the installation"), "{out}");
    folder.run(&["verify-audit", "--file", &export]).ok();

    nowhere.run(&["verify-audit", "--file", &export]).failed(2, &["give the export's with --key"]);
    nowhere.run(&["verify-audit", "--file", &export, "--key", "abc"]).failed(2, &["64 hexadecimal digits"]);
    nowhere.run(&["verify-audit", "--key", &key]).failed(2, &["--file"]);
    let other = Folder::with_project().await.run(&["verify-audit", "--public-key"]).ok();
    nowhere.run(&["verify-audit", "--file", &export, "--key", other.trim()]).failed(1, &["line 3", "not signed with this key"]);
    let changed = nowhere.file("changed.jsonl", &text.replace("project.create", "project.creatE"));
    nowhere.run(&["verify-audit", "--file", &changed, "--key", &key]).failed(1, &["line 2", "not as it was signed"]);
    let cut: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
    let cut = nowhere.file("cut.jsonl", &cut);
    nowhere.run(&["verify-audit", "--file", &cut, "--key", &key]).failed(1, &["line 3", "cut off"]);
    let more = nowhere.file("more.jsonl", &format!("{text}{{}}\n"));
    nowhere.run(&["verify-audit", "--file", &more, "--key", &key]).failed(1, &["line 4", "after the signature"]);
}

/// The installation's whole history, as its owners get it.
async fn signed(folder: &Folder) -> String {
    let config = Config::new(folder.data(), None, None).unwrap();
    let db = Db::open(&config.database).await.unwrap();
    let master = config.find().unwrap();
    let state = AppState::new(db, &master, Clock::System, "http://localhost", Setup::default()).await.unwrap();
    let mut file = evidence_file::of_installation(&state, &Actor::Console, None, &Wanted::default(), "").await.unwrap();
    let mut text = String::new();
    while let Some(piece) = file.next().await.unwrap() {
        text.push_str(&piece);
    }
    state.db.close().await;
    text
}

/// A copy that is put back, older than what was remembered, is not taken for the history.
#[tokio::test]
async fn an_older_database_is_found_by_the_heads_that_were_kept() {
    let folder = Folder::with_project().await;
    let out = folder.run(&["verify-audit"]).ok();
    assert!(out.contains("audit.heads remembers nothing of it yet"), "{out}");
    folder.run(&["backup", "older.db"]).ok();
    folder.import("f.yaml", CHECKOUT, &[]).ok();
    let config = Config::new(folder.data(), None, None).unwrap();
    let db = Db::open(&config.database).await.unwrap();
    let key = config.find().unwrap().derive("audit");
    let evidence = Evidence::new(db.clone(), key, Clock::System, Some(config.heads_file()));
    evidence.remember().await.unwrap();
    db.close().await;
    let out = folder.run(&["verify-audit"]).ok();
    assert!(out.contains("audit.heads remembers it up to row 3"), "{out}");
    let out = folder.run(&["backup", "newer.db"]).ok();
    assert!(out.contains("audit.heads"), "{out}");

    let older = folder.data().with_file_name("older.db");
    std::fs::copy(&older, folder.database()).unwrap();
    folder.run(&["verify-audit"]).failed(1, &["row 2 is missing", "audit.heads remembers it"]);
    folder.run(&["verify-audit", "--copy"]).ok();
    std::fs::copy(folder.data().with_file_name("newer.db"), folder.database()).unwrap();
    folder.run(&["verify-audit"]).ok();
    std::fs::remove_file(config.heads_file()).unwrap();
    folder.run(&["verify-audit"]).failed(1, &["audit.heads is missing", "row 3"]);
}
