//! `flagstaff evaluate`: the answers of the contract's flag, from a file and from the database.

use super::fixture::{CHECKOUT, Folder};
use serde_json::{Value, json};

/// Context, value, reason.
fn table() -> [(Value, bool, &'static str); 7] {
    [
        (json!({"targetingKey": "user_1"}), false, "SPLIT"),
        (json!({"targetingKey": "user_5"}), true, "SPLIT"),
        (json!({"targetingKey": "user_31"}), true, "SPLIT"),
        (json!({"targetingKey": "user_123"}), true, "TARGETING_MATCH"),
        (json!({"targetingKey": "user_1", "plan": "pro"}), true, "TARGETING_MATCH"),
        (json!({"targetingKey": "user_1", "country": "US"}), true, "TARGETING_MATCH"),
        (json!({}), false, "DEFAULT"),
    ]
}

fn line(value: bool, reason: &str) -> Value {
    json!({"value": value, "variant": if value { "on" } else { "off" }, "reason": reason})
}

fn read(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

const AT: [&str; 2] = ["--at", "2026-12-01T00:00:00Z"];

#[test]
fn a_file_is_evaluated_without_a_data_folder() {
    let folder = Folder::bare();
    let file = folder.file("flags.yaml", CHECKOUT);
    for (context, value, reason) in table() {
        let out =
            folder.run(&["evaluate", "--file", &file, "--context", &context.to_string(), AT[0], AT[1], "new_checkout"]).ok();
        assert_eq!(read(&out), line(value, reason), "{context}");
    }
    assert!(!folder.data().exists());
}

#[test]
fn a_file_may_come_by_standard_input() {
    let folder = Folder::bare();
    let args = ["evaluate", "--file", "-", "--context", "{}", "dark_mode"];
    let out = folder.run_with(&args, &[], "{\"flags\": {\"dark_mode\": true}}").ok();
    assert_eq!(out, "{\"value\":true,\"variant\":\"on\",\"reason\":\"STATIC\"}\n");
}

#[tokio::test]
async fn the_database_gives_the_same_answers_line_by_line() {
    let folder = Folder::with_project().await;
    folder.import("flags.yaml", CHECKOUT, &[]).ok();
    let lines: String = table().iter().map(|(context, ..)| format!("{context}\n\n")).collect();
    let contexts = folder.file("contexts.jsonl", &lines);
    let args =
        ["evaluate", "--project", "shop", "--environment", "production", "--contexts", &contexts, AT[0], AT[1], "new_checkout"];
    let out = folder.run(&args).ok();
    let expected: Vec<Value> = table().into_iter().map(|(_, value, reason)| line(value, reason)).collect();
    assert_eq!(out.lines().map(read).collect::<Vec<_>>(), expected);
}

#[test]
fn the_clock_is_what_at_says() {
    let folder = Folder::bare();
    let search = "flags:\n  s:\n    enabled: true\n    rollout: {start: \"2026-11-30T09:00:00Z\", steps: [1, 10, 25, 50, 100], every: 1d}\n";
    let file = folder.file("flags.yaml", &format!("{search}{}", CHECKOUT.trim_start_matches("flags:\n")));
    let answer = |at: &str, key: &str| {
        read(&folder.run(&["evaluate", "--file", &file, "--context", "{\"targetingKey\":\"user_5\"}", "--at", at, key]).ok())
    };
    assert_eq!(answer("2026-11-30T08:59:59Z", "s"), line(false, "STATIC"));
    assert_eq!(answer("2026-12-04T09:00:00Z", "s"), line(true, "STATIC"));
    assert_eq!(answer("2027-06-01T23:59:59Z", "new_checkout"), line(true, "SPLIT"));
    assert_eq!(answer("2027-06-02T00:00:00Z", "new_checkout"), line(false, "STATIC"));
}

#[test]
fn explain_adds_the_steps() {
    let folder = Folder::bare();
    let file = folder.file("flags.yaml", CHECKOUT);
    let args =
        ["evaluate", "--file", &file, "--context", "{\"targetingKey\":\"user_5\"}", AT[0], AT[1], "--explain", "new_checkout"];
    let explained = read(&folder.run(&args).ok());
    assert_eq!(explained["value"], json!(true));
    assert!(explained["sentence"].as_str().unwrap().len() > 10, "{explained}");
    assert!(explained["steps"].as_array().unwrap().len() >= 4, "{explained}");
}

#[test]
fn what_cannot_be_evaluated_says_why() {
    let folder = Folder::bare();
    let file = folder.file("flags.yaml", CHECKOUT);
    let ask = |more: &[&str]| folder.run(&[&["evaluate", "--file", &file], more].concat());
    ask(&["--context", "{}", "new_chekout"]).failed(1, &["no flag in", "new_chekout", "Did you mean new_checkout?"]);
    ask(&["--context", "{", "new_checkout"]).failed(2, &["--context", "no JSON", "targetingKey"]);
    ask(&["--context", "[]", "new_checkout"]).failed(2, &["a context is a JSON object"]);
    ask(&["--context", "{}", "--at", "tomorrow", "new_checkout"]).failed(2, &["2026-11-30 09:00 Europe/Berlin"]);
    ask(&["new_checkout"]).failed(2, &["--context"]);
    let contexts = folder.file("c.jsonl", "{}\n{\"targetingKey\": 7}\n");
    ask(&["--contexts", &contexts, "new_checkout"]).failed(1, &["c.jsonl:2:", "7 is a number"]);
    let broken = folder.file("broken.yaml", "flags:\n  a: {percentage: 101}\n");
    folder.run(&["evaluate", "--file", &broken, "--context", "{}", "a"]).failed(1, &["broken.yaml:2:", "from 0 to 100"]);
    folder.run(&["evaluate", "--context", "{}", "a"]).failed(2, &["--project"]);
    let nowhere = ["evaluate", "--project", "shop", "--environment", "production", "--context", "{}", "a"];
    folder.run(&nowhere).failed(1, &["no database at", "--data"]);
    assert!(!folder.data().exists(), "asking leaves nothing behind");
}

#[tokio::test]
async fn names_that_are_absent_are_told_with_those_there_are() {
    let folder = Folder::with_project().await;
    let ask = |project: &str, environment: &str, key: &str| {
        folder.run(&["evaluate", "--project", project, "--environment", environment, "--context", "{}", key])
    };
    ask("shp", "production", "a").failed(1, &["no project called shp", "Did you mean shop?"]);
    ask("shop", "prod", "a").failed(1, &["no environment of shop called prod", "Did you mean production?"]);
    ask("shop", "production", "a b").failed(1, &["no flag in shop called a b", "There are none yet."]);
}

#[tokio::test]
async fn an_explanation_tells_no_private_value() {
    let folder = Folder::with_project().await;
    let file = "version: 1
environments:
  - {key: production, name: Production, colour: magenta, protection: open}
attributes:
  - {name: email, value_type: text, private: true}
flags:
  vip:
    kind: permission
    value_type: boolean
    variants: {\"on\": true, \"off\": false}
    fallback_variant: \"off\"
    owner: ada
    description: d
    environments:
      production:
        enabled: true
        off_variant: \"off\"
        rules:
          - {id: r1, conditions: [{attribute: email, operator: ends_with, values: [\"@vip.example\"]}], serve: \"on\"}
        fallthrough: \"off\"
";
    let path = folder.file("vip.yaml", file);
    folder.run(&["import", "--project", "shop", &path]).ok();
    let context = "{\"email\": \"kari@vip.example\"}";
    let asked = ["--environment", "production", "--context", context, "--explain", "vip"];
    for from in [["--project", "shop"], ["--file", &path]] {
        let out = folder.run(&[&["evaluate"][..], &from, &asked].concat()).ok();
        assert!(out.contains("\"variant\":\"on\"") && out.contains("yes, it is (private)."), "{out}");
        assert!(!out.contains("kari"), "{out}");
    }
}
