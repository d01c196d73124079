//! The audit as a file: whose it is, what is in it, and that it is read in batches.

use super::app::{App, flag, shop};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::key::{EnvironmentKey, FlagKey};
use flagstaff::server::governance::Submission;
use flagstaff::server::services::audit::Wanted;
use flagstaff::server::services::audit_file::{self, BATCH, Format};
use flagstaff::server::services::{people, projects};
use serde_json::{Value, json};

const CSV: &str = "/p/shop/audit.csv";
const LINES: &str = "/p/shop/audit.jsonl";
const HEAD: &str = "seq,at,actor,action,project,environment,object,before,after,reason,mac,said";

/// RFC 4180, as a reader of ours would have it.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.push(chars.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => assert_eq!(chars.peek(), Some(&'\n'), "lines end in CR LF"),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && record.is_empty() && !quoted, "the last record ends");
    records
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// That many changes, in one transaction.
async fn switch(app: &App, environment: &str, times: usize) {
    let environment = EnvironmentKey::parse(environment).unwrap();
    let submission = |n: usize| {
        let (environment, flag) = (environment.clone(), FlagKey::parse("new_checkout").unwrap());
        Submission::new(Command::SetEnabled { project: shop(), environment, flag, enabled: n.is_multiple_of(2) })
    };
    app.state.governance.submit_all(&Actor::System, (0..times).map(submission).collect()).await.unwrap();
}

#[tokio::test]
async fn both_forms_hold_every_row_oldest_first() {
    let app = App::start().await;
    switch(&app, "staging", 3).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get("/p/shop/audit").await;
    assert!(page.says("href=\"/p/shop/audit.csv\"") && page.says("href=\"/p/shop/audit.jsonl\""), "{}", page.html);
    let (csv, json) = (ada.get(CSV).await, ada.get(LINES).await);
    let today = app.state.clock.now().to_date();
    assert_eq!((csv.status, csv.kind.as_str()), (200, "text/csv; charset=utf-8; header=present"));
    assert_eq!(csv.disposition, format!("attachment; filename=\"audit-shop-{today}.csv\""));
    assert_eq!(json.disposition, format!("attachment; filename=\"audit-shop-{today}.jsonl\""));
    let (records, lines) = (records(&csv.html), lines(&json.html));
    assert_eq!(records[0].join(","), HEAD);
    assert_eq!((records.len(), lines.len()), (8, 7), "a project, a flag, two members, three switches");
    for (record, line) in records[1..].iter().zip(&lines) {
        assert_eq!(record.len(), 12);
        assert_eq!(record[0], line["seq"].to_string());
        assert_eq!(record[11], line["said"].as_str().unwrap());
        assert!(line["mac"].as_str().is_some_and(|mac| mac.len() == 64));
    }
    assert!(lines.is_sorted_by_key(|line| line["seq"].as_i64()));
    assert_eq!(lines[6]["said"], "Flagstaff turned on new_checkout in staging");
    assert_eq!((&lines[6]["before"]["enabled"], &lines[6]["after"]["enabled"]), (&json!(false), &json!(true)));
}

#[tokio::test]
async fn files_keep_the_pages_filters() {
    let app = App::start().await;
    switch(&app, "staging", 2).await;
    switch(&app, "development", 1).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get("/p/shop/audit?environment=staging&what=state.enable&before=99&done=3").await;
    assert!(page.says("href=\"/p/shop/audit.csv?what=state.enable&amp;environment=staging\""), "{}", page.html);
    for (query, expected) in [
        ("?environment=staging", 2),
        ("?what=state.enable", 2),
        ("?object=checkout&what=flag", 1),
        ("?who=nobody", 0),
        ("?from=2999-01-01", 0),
    ] {
        assert_eq!(lines(&ada.get(&format!("{LINES}{query}")).await.html).len(), expected, "{query}");
        assert_eq!(records(&ada.get(&format!("{CSV}{query}")).await.html).len(), expected + 1, "{query}");
    }
    let refused = ada.get(&format!("{CSV}?from=2026-02-30")).await;
    assert!(refused.status == 422 && refused.says("2026-02-30 is no date; write a day like 2026-11-30."), "{}", refused.html);
    let page = ada.get("/p/shop/audit?from=2026-02-30&what=state").await;
    assert!(page.says("href=\"/p/shop/audit.csv?what=state\""), "what was left out of the page is left out of the file");
}

#[tokio::test]
async fn viewers_get_targets_masked() {
    let app = App::start().await;
    app.set("new_checkout", "production", json!({"targets": [{"variant": "on", "units": ["grace@shop.example"]}]})).await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    for path in [CSV, LINES] {
        assert!(ada.get(path).await.says("grace@shop.example"), "{path}");
        let seen = vic.get(path).await;
        assert!(seen.status == 200 && seen.says("1 hidden") && !seen.says("grace"), "{path}: {}", seen.html);
    }
}

#[tokio::test]
async fn whatever_was_typed_comes_back_and_runs_nothing() {
    let app = App::start().await;
    let mut odd = flag("odd", &["on", "off"]);
    odd.description = "He said \"no\",\r\nand left;\t=1+1".to_owned();
    app.by_system(Command::CreateFlag { project: shop(), flag: odd.clone() }).await;
    let reason = "=HYPERLINK(\"http://evil.example\",\"a, b\")\nsecond line";
    let edit = Command::EditFlag {
        project: shop(),
        flag: {
            odd.description.push('!');
            odd.clone()
        },
    };
    app.state.governance.submit(&Actor::System, Submission::new(edit).because(reason)).await.unwrap();
    let ada = app.sign_in("ada").await;
    let records = records(&ada.get(CSV).await.html);
    let last = records.last().unwrap();
    assert_eq!(last[9], format!("'{reason}"));
    let after: Value = serde_json::from_str(&last[8]).unwrap();
    assert_eq!(after["description"], odd.description.as_str());
    assert_eq!(lines(&ada.get(LINES).await.html).last().unwrap()["reason"], reason, "JSON needs no guard");
}

#[tokio::test]
async fn a_long_file_comes_in_batches_and_ends_where_it_began() {
    let app = App::start().await;
    switch(&app, "staging", BATCH + 20).await;
    let mut cx = app.state.db.read().await.unwrap();
    let ada = people::actor_by_email(&mut cx, "ada@shop.example").await.unwrap().unwrap();
    drop(cx);
    let project = projects::open(&app.state, &ada, "shop").await.unwrap();
    let mut file = audit_file::open(&app.state, &project, &Wanted::default(), Format::JsonLines).await.unwrap();
    let first = file.next().await.unwrap().unwrap();
    assert_eq!(first.lines().count(), BATCH, "no more is in memory at once");
    switch(&app, "development", 1).await;
    let second = file.next().await.unwrap().unwrap();
    assert_eq!(second.lines().count(), 24, "what came in meanwhile is not in it");
    assert_eq!(file.next().await.unwrap(), None);
    let seq = |text: &str| lines(text).iter().map(|line| line["seq"].as_i64().unwrap()).collect::<Vec<_>>();
    let all = [seq(&first), seq(&second)].concat();
    assert!(all.is_sorted_by(|one, other| one < other), "none twice");
    assert_eq!(lines(&app.sign_in("vic").await.get(LINES).await.html).len(), BATCH + 25);
}

#[tokio::test]
async fn who_is_no_member_gets_what_an_absent_project_gives() {
    let app = App::start().await;
    app.person("eve", None).await;
    let eve = app.sign_in("eve").await;
    for end in ["csv", "jsonl"] {
        let (foreign, absent) =
            (eve.get(&format!("/p/shop/audit.{end}")).await, eve.get(&format!("/p/nothing/audit.{end}")).await);
        assert_eq!((foreign.status, absent.status), (404, 404));
        let plain = |html: &str| html.split("Request id").next().unwrap().replace("/p/shop/", "/p/nothing/");
        assert_eq!(
            plain(&foreign.html[foreign.html.find("<main").unwrap()..]),
            plain(&absent.html[absent.html.find("<main").unwrap()..])
        );
        assert!(foreign.disposition.is_empty());
    }
    assert_eq!(app.stranger().get(CSV).await.location, "/login?next=%2Fp%2Fshop%2Faudit.csv");
}
