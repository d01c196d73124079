//! OFREP, one by one and in bulk, `flagstaff evaluate` and the playground give one answer to each of twenty contexts: the one
//! that is worked out here without the engine.

use super::app::{App, shop};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::api_key::ApiKeyKind;
use flagstaff::domain::command::Command;
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::server::services::keys::{self, Wanted};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command as Process;

const FLAG: &str = "shop_launch";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agreement").join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(file(name)).unwrap()).unwrap()
}

/// What a person reads out of the rules with paper and pencil: the variant and the reason.
fn by_hand(context: &Value) -> (&'static str, &'static str) {
    let text = |name: &str| context.get(name).and_then(Value::as_str).unwrap_or_default();
    let staff = text("email").ends_with("@shop.example");
    let paying = ["pro", "enterprise"].contains(&text("plan")) && text("country") == "US";
    if staff || paying || is_new(text("app")) {
        return ("on", "TARGETING_MATCH");
    }
    let company = match context.get("companyId") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return ("off", "DEFAULT"),
    };
    let digest = Md5::digest(format!("{FLAG}:{company}"));
    let pair = |at: usize| (usize::from(digest[at]) * 256 + usize::from(digest[at + 1])) % 100;
    if pair(0) * 100 + pair(2) < 1_250 { ("on", "SPLIT") } else { ("off", "SPLIT") }
}

/// At least 2.3.0; no pre-release is in the table.
fn is_new(version: &str) -> bool {
    let parts: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
    parts.is_some_and(|parts| parts >= vec![2, 3])
}

struct Case {
    name: String,
    context: Value,
    variant: String,
    reason: String,
}

fn table() -> Vec<Case> {
    let text = |case: &Value, name: &str| case[name].as_str().unwrap().to_owned();
    let case = |case: &Value| Case {
        name: text(case, "name"),
        context: case["context"].clone(),
        variant: text(case, "variant"),
        reason: text(case, "reason"),
    };
    read("contexts.json").as_array().unwrap().iter().map(case).collect()
}

#[test]
fn the_table_is_what_one_works_out_by_hand() {
    let table = table();
    assert_eq!(table.len(), 20);
    for case in &table {
        assert_eq!(by_hand(&case.context), (case.variant.as_str(), case.reason.as_str()), "{}", case.name);
    }
    let among =
        |variant: &str, reason: &str| table.iter().filter(|case| case.variant == variant && case.reason == reason).count();
    assert!(among("on", "TARGETING_MATCH") >= 5 && among("on", "SPLIT") >= 3 && among("off", "SPLIT") >= 3, "each way is taken");
}

/// The flag, as the file has it, in production.
async fn installed() -> App {
    let app = App::start().await;
    let written = &read("flag.json")["flags"][FLAG];
    let mut flag = written.clone();
    let object = flag.as_object_mut().unwrap();
    object.remove("environments");
    object.insert("key".into(), FLAG.into());
    object.insert("owner".into(), json!({ "unclaimed": written["owner"] }));
    let variants = written["variants"].as_object().unwrap().iter().map(|(name, value)| json!({ "name": name, "value": value }));
    object.insert("variants".into(), variants.collect());
    app.by_system(Command::CreateFlag { project: shop(), flag: serde_json::from_value(flag).unwrap() }).await;
    let state = &written["environments"]["production"];
    let rules = state["rules"].as_array().unwrap().iter().cloned().map(|mut rule| {
        rule["serve"] = json!({ "variant": rule["serve"] });
        rule
    });
    let shares = state["fallthrough"]["split"].as_array().unwrap().iter();
    let weights: Vec<Value> = shares
        .map(|share| json!({ "variant": share["variant"], "share": (share["share"].as_f64().unwrap() * 100.0).round() as u16 }))
        .collect();
    let split = json!({ "split": { "bucket_by": state["fallthrough"]["bucket_by"], "weights": weights } });
    let parts = json!({ "enabled": true, "rules": rules.collect::<Vec<_>>(), "fallthrough": split });
    app.set(FLAG, "production", parts).await;
    app
}

#[tokio::test]
async fn ofrep_agrees_one_by_one_and_in_bulk() {
    let app = installed().await;
    let production = EnvironmentKey::parse("production").unwrap();
    let wanted = Wanted { name: "Test".into(), origins: Vec::new(), expires_at: None };
    let made =
        keys::create(&app.state.governance, &Actor::System, (shop(), production), ApiKeyKind::Server, wanted).await.unwrap();
    let sdk = app.stranger();
    for case in table() {
        for path in [format!("/ofrep/v1/evaluate/flags/{FLAG}"), "/ofrep/v1/evaluate/flags".to_owned()] {
            let request = sdk.request(reqwest::Method::POST, &path).bearer_auth(made.secret.reveal());
            let answer = request.json(&json!({ "context": case.context })).send().await.unwrap();
            let answer: Value = answer.json().await.unwrap();
            let bulk = answer.get("flags").and_then(Value::as_array);
            let answer = bulk.map_or(&answer, |all| all.iter().find(|flag| flag["key"] == FLAG).unwrap());
            let found = (&answer["variant"], &answer["reason"], &answer["value"]);
            let wanted = (&json!(case.variant), &json!(case.reason), &json!(case.variant == "on"));
            assert_eq!(found, wanted, "{} at {path}: {answer}", case.name);
        }
    }
}

#[tokio::test]
async fn the_playground_agrees() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    for case in table() {
        let fields = [("flag", FLAG), ("env", "production"), ("as", "json"), ("context", &case.context.to_string())];
        let query = serde_html_form::to_string(fields).unwrap();
        let page = ada.get(&format!("/p/shop/playground?{query}")).await;
        let cell = page.html.split("class=\"got\"").nth(1).unwrap_or_else(|| panic!("{}: {}", case.name, page.main()));
        assert!(cell.contains(&format!("<b>{}</b>", case.variant)), "{}: {cell}", case.name);
        assert!(cell.contains(&format!("<code>{}</code>", case.reason)), "{}: {cell}", case.name);
        assert_eq!(page.html.matches("class=\"got\"").count(), 1, "one answer");
    }
}

#[test]
fn the_command_line_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let contexts = folder.path().join("contexts.jsonl");
    let lines: String = table().iter().map(|case| format!("{}\n", case.context)).collect();
    std::fs::write(&contexts, lines).unwrap();
    let ran = Process::new(env!("CARGO_BIN_EXE_flagstaff"))
        .args(["evaluate", "--explain", "--file"])
        .arg(file("flag.json"))
        .arg("--contexts")
        .arg(&contexts)
        .arg(FLAG)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let out = String::from_utf8(ran.stdout).unwrap();
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), table().len());
    for (case, answer) in table().iter().zip(answers) {
        let found = (answer["variant"].as_str().unwrap(), answer["reason"].as_str().unwrap());
        assert_eq!(found, (case.variant.as_str(), case.reason.as_str()), "{}: {answer}", case.name);
        assert!(answer["steps"].as_array().is_some_and(|steps| !steps.is_empty()), "{answer}");
    }
}
