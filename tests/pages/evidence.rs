//! The state of the history on pages, how long it is kept, and exports that somebody else can check.

use super::app::{App, shop};
use ed25519_dalek::{Signature, VerifyingKey};
use flagstaff::domain::command::Command;
use flagstaff::domain::key::{EnvironmentKey, FlagKey};
use flagstaff::domain::role::Role;
use flagstaff::domain::time::{DAY, MINUTE, Timestamp};
use flagstaff::server::clock::Clock;
use flagstaff::server::security::tokens::unhex;
use flagstaff::server::services::evidence_file;
use serde_json::Value;
use sha2::{Digest, Sha256};

const PAGE: &str = "/history/evidence";
const SIGNED: &str = "/history.signed.jsonl";
const OF_PROJECT: &str = "/p/shop/audit.signed.jsonl";

fn start() -> Timestamp {
    Timestamp::parse("2026-11-28T09:00:00Z").unwrap()
}

async fn with_owner() -> (App, Clock) {
    let clock = Clock::at(start());
    let app = App::start_at(clock.clone()).await;
    app.owner("olga").await;
    (app, clock)
}

async fn switch(app: &App, enabled: bool) {
    let (environment, flag) = (EnvironmentKey::parse("staging").unwrap(), FlagKey::parse("new_checkout").unwrap());
    app.by_system(Command::SetEnabled { project: shop(), environment, flag, enabled }).await;
}

async fn tamper(app: &App, sql: &'static str) {
    app.sql("drop trigger if exists audit_log_update").await.unwrap();
    app.sql(sql).await.unwrap();
}

#[tokio::test]
async fn every_audit_log_says_how_far_it_is_intact() {
    let (app, clock) = with_owner().await;
    let (vic, olga) = (app.sign_in("vic").await, app.sign_in("olga").await);
    assert!(vic.get("/p/shop/audit").await.says("Not verified yet since the server started."));
    app.state.evidence.verify(false).await.unwrap();
    clock.set(start().plus(3 * MINUTE));
    assert!(vic.get("/p/shop/audit").await.says("Intact to row 7, verified 3 m ago."));
    let page = olga.get("/history").await;
    assert!(page.says("Intact to row 7, verified 3 m ago.") && page.says("href=\"/history/evidence\""), "{}", page.html);

    tamper(&app, "update audit_log set reason = 'none' where seq = 5").await;
    app.state.evidence.verify(true).await.unwrap();
    for (page, who) in
        [(vic.get("/p/shop/audit").await, "vic"), (olga.get("/history").await, "olga"), (olga.get(PAGE).await, "olga")]
    {
        assert!(page.says("Row 5 is not as it was written.") && page.says("Rows 1 to 4 are sound"), "{who}: {}", page.html);
        assert!(page.says("verify-audit"), "it says what to do");
    }
}

#[tokio::test]
async fn owners_verify_at_once_and_not_again_at_once() {
    let (app, clock) = with_owner().await;
    let olga = app.sign_in("olga").await;
    let press = || async { olga.post(PAGE, &[("_form", "verify")]).await };
    let sent = press().await;
    assert_eq!((sent.status, sent.location.as_str()), (303, PAGE));
    let page = olga.get(PAGE).await;
    assert!(page.says("Intact to row 7, verified now."), "{}", page.html);
    assert!(page.says(&app.state.signer.public_key()));
    tamper(&app, "update audit_log set reason = 'none' where seq = 5").await;
    clock.set(start().plus(9_999));
    press().await;
    assert!(olga.get(PAGE).await.says("Intact to row 7, verified 9 s ago."), "the machine is not kept busy");
    clock.set(start().plus(10_000));
    press().await;
    assert!(olga.get(PAGE).await.says("Row 5 is not as it was written."));
    assert_eq!(app.sign_in("vic").await.post(PAGE, &[("_form", "verify")]).await.status, 403);
}

#[tokio::test]
async fn owners_say_how_long_it_is_kept_and_the_past_ends_there() {
    let (app, clock) = with_owner().await;
    let olga = app.sign_in("olga").await;
    let set = async |days: &str| olga.post(PAGE, &[("_form", "retention"), ("days", days), ("reason", "Policy 7")]).await;
    for bad in ["ten", "-1", "89", "1e3", "99999999999"] {
        let page = set(bad).await;
        assert_eq!(page.status, 422, "{bad}");
        assert!(page.says(&format!("value=\"{bad}\"")), "what was typed stays: {}", page.html);
    }
    let sent = set(" 90 ").await;
    assert_eq!(sent.status, 303);
    let page = olga.get(&sent.location).await;
    assert!(page.says("You set the history to be kept for 90 days, before for ever."), "{}", page.html);
    assert!(page.says("Nothing is removed before 29 Nov 2026 09:00 UTC."));

    clock.set(start().plus(60 * DAY));
    switch(&app, true).await;
    clock.set(start().plus(100 * DAY));
    assert_eq!(app.state.evidence.prune().await.unwrap(), 8);
    let olga = app.sign_in("olga").await;
    let page = olga.get("/history").await;
    assert!(page.says("removed rows 1 to 8 of the history, which is kept for 90 days"), "{}", page.html);
    assert!(page.says("Intact from row 9 to row 10; older ones were pruned"), "{}", page.html);
    assert!(olga.get(PAGE).await.says("value=\"90\""));

    let then = "/p/shop/flags/new_checkout/staging?at=2026-11-28T08:59:00Z";
    let page = olga.get(then).await;
    assert_eq!(page.status, 422);
    assert!(page.says("The history before 28 Nov 2026 09:00:00 UTC was pruned"), "{}", page.html);
    assert_eq!(olga.get("/p/shop/flags/new_checkout/staging?at=2026-11-28T09:00:00Z").await.status, 200);
    let back = olga.get("/p/shop/settings/environments/staging/revert?at=2026-11-01T00:00:00Z").await;
    assert!(back.status == 422 && back.says("was pruned"), "{}", back.html);
}

/// As a stranger to this program would check it, with the public key and nothing else.
fn check_by_hand(bytes: &[u8], public_key: &str) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    let last = text.lines().last().unwrap();
    let covered = text.rfind(",\"sum\":\"").unwrap();
    let sum: String = Sha256::digest(&bytes[..covered]).iter().map(|byte| format!("{byte:02x}")).collect();
    let last: Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["sum"], sum);
    let key = VerifyingKey::from_bytes(&unhex(public_key).unwrap().try_into().unwrap()).unwrap();
    let signature = Signature::from_slice(&unhex(last["signature"].as_str().unwrap()).unwrap()).unwrap();
    key.verify_strict(format!("flagstaff audit {sum}").as_bytes(), &signature).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_signed_export_can_be_checked_by_a_stranger() {
    let (app, _) = with_owner().await;
    app.state.evidence.verify(true).await.unwrap();
    for n in 0..3 {
        switch(&app, n % 2 == 0).await;
    }
    let olga = app.sign_in("olga").await;
    let file = olga.get(SIGNED).await;
    assert_eq!((file.status, file.kind.as_str()), (200, "application/jsonl; charset=utf-8"));
    assert_eq!(file.disposition, "attachment; filename=\"history-2026-11-28.signed.jsonl\"");
    let key = app.state.signer.public_key();
    let lines = check_by_hand(file.html.as_bytes(), &key);
    assert_eq!((&lines[0]["of"], &lines[0]["asked_by"]), (&Value::from("the installation"), &Value::from("olga@shop.example")));
    assert_eq!((&lines[0]["chain"]["sound_to"], &lines[0]["public_key"]), (&Value::from(7), &Value::from(key.as_str())));
    let seqs: Vec<i64> = lines[1..lines.len() - 1].iter().map(|line| line["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=10).collect::<Vec<_>>());
    assert!(lines[1..11].iter().all(|line| line["mac"].as_str().is_some_and(|mac| mac.len() == 64)));
    assert_eq!(lines[11]["rows"], 10);
    assert_eq!(evidence_file::check(file.html.as_bytes(), &key).unwrap().unwrap().rows, 10);

    // Whatever bit is turned over, the line is named.
    let bytes = file.html.as_bytes();
    for at in (0..bytes.len()).step_by(7) {
        let mut other = bytes.to_vec();
        other[at] ^= 1;
        let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let bad = evidence_file::check(&other[..], &key).unwrap().unwrap_err();
        assert_eq!(bad.line, line, "byte {at}: {}", bad.why);
    }
}

#[tokio::test]
async fn evidence_is_whole_and_so_for_admins_alone() {
    let (app, _) = with_owner().await;
    app.person("adam", Some(Role::Admin)).await;
    switch(&app, true).await;
    let adam = app.sign_in("adam").await;
    assert!(adam.get("/p/shop/audit").await.says("href=\"/p/shop/audit.signed.jsonl\""));
    let file = adam.get(&format!("{OF_PROJECT}?what=state")).await;
    let lines = check_by_hand(file.html.as_bytes(), &app.state.signer.public_key());
    assert_eq!(
        (lines.len(), &lines[0]["of"], &lines[0]["filter"]),
        (3, &Value::from("the project shop"), &Value::from("?what=state"))
    );
    for (who, status) in [("ada", 403), ("vic", 403)] {
        let browser = app.sign_in(who).await;
        assert_eq!(browser.get(OF_PROJECT).await.status, status, "{who}");
        assert!(!browser.get("/p/shop/audit").await.says("signed.jsonl"), "{who}");
    }
    assert_eq!(adam.get(SIGNED).await.status, 403);
    assert_eq!(adam.get(&format!("{OF_PROJECT}?from=yesterday")).await.status, 422);
}
