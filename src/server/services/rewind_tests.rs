#![allow(clippy::unwrap_used)]

use super::*;
use serde_json::{Value, json};

fn flag(key: &str, description: &str) -> Value {
    json!({
        "key": key, "kind": "permission", "value_type": "boolean", "fallback_variant": "off", "description": description,
        "variants": [{"name": "on", "value": true}, {"name": "off", "value": false}], "owner": {"unclaimed": "Payments"},
    })
}

fn state(enabled: bool) -> Value {
    json!({"enabled": enabled, "off_variant": "off", "fallthrough": {"variant": "on"}})
}

fn row(seq: i64, action: &str, object: &str, environment: Option<&str>, before: Option<Value>) -> AuditRow {
    AuditRow {
        seq,
        at: String::new(),
        actor: "console".into(),
        action: action.into(),
        project: Some("shop".into()),
        environment: environment.map(str::to_owned),
        object: object.into(),
        before: before.map(|document| document.to_string()),
        after: None,
        reason: None,
        mac: String::new(),
    }
}

fn read<T: DeserializeOwned>(document: Value) -> T {
    serde_json::from_value(document).unwrap()
}

/// Two flags, both on in production, and a segment.
fn present() -> Then {
    let segment = json!({"key": "beta", "name": "Beta", "include": ["ada"]});
    Then {
        environment: EnvironmentKey::parse("production").unwrap(),
        flags: ["a", "b"].map(|key| (key.to_owned(), read(flag(key, "now")))).into(),
        states: ["a", "b"].map(|key| (key.to_owned(), read(state(true)))).into(),
        segments: [("beta".to_owned(), read(segment))].into(),
        unreadable: BTreeSet::new(),
    }
}

#[test]
fn each_row_gives_back_what_it_replaced_and_the_oldest_wins() {
    let then = back(
        present(),
        &[
            row(9, "state.disable", "flag:a", Some("production"), Some(state(true))),
            row(8, "state.edit", "flag:a", Some("production"), Some(state(false))),
            row(7, "state.edit", "flag:b", Some("staging"), Some(state(false))),
            row(6, "flag.edit", "flag:a", None, Some(flag("a", "before"))),
            row(5, "segment.edit", "segment:beta", None, Some(json!({"key": "beta", "name": "Old"}))),
        ],
    );
    assert!(!then.states["a"].enabled);
    assert!(then.states["b"].enabled, "another environment is none of ours");
    assert_eq!((then.flags["a"].description.as_str(), then.flags["b"].description.as_str()), ("before", "now"));
    assert_eq!(then.segments["beta"].name, "Old");
}

#[test]
fn what_was_made_since_is_not_there_and_what_was_removed_is() {
    let then = back(
        present(),
        &[
            row(9, "segment.delete", "segment:gone", None, Some(json!({"key": "gone", "name": "Gone"}))),
            row(8, "segment.create", "segment:beta", None, None),
            row(7, "flag.create", "flag:b", None, None),
        ],
    );
    assert_eq!(then.flags.keys().collect::<Vec<_>>(), ["a"]);
    assert_eq!(then.states.keys().collect::<Vec<_>>(), ["a"]);
    assert_eq!(then.segments.keys().collect::<Vec<_>>(), ["gone"]);
}

#[test]
fn a_state_that_nobody_could_read_is_none_and_before_the_environment_there_were_none() {
    let broken = row(9, "state.disable", "flag:a", Some("production"), Some(json!({"unreadable": "{"})));
    let then = back(present(), &[broken]);
    assert_eq!(then.states.keys().collect::<Vec<_>>(), ["b"]);
    assert_eq!(then.unreadable.iter().collect::<Vec<_>>(), ["state a"], "which is not the same as not having been there");
    let made = |key: &str| row(9, "environment.create", &format!("environment:{key}"), Some(key), None);
    assert_eq!(back(present(), &[made("staging")]), present());
    let then = back(present(), &[made("production")]);
    assert!(then.states.is_empty() && then.flags.len() == 2);
    assert!(back(present(), &[row(1, "project.create", "project:shop", None, None)]).flags.is_empty());
}
