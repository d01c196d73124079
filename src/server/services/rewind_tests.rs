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

fn row(seq: i64, action: &str, object: &str, environment: Option<&str>, before: Option<Value>) -> First {
    First {
        seq,
        action: action.into(),
        environment: environment.map(str::to_owned),
        object: object.into(),
        before: before.map(|document| document.to_string()),
    }
}

fn group(oldest: i64, newest: i64, action: &str, object: &str, environment: Option<&str>) -> RowGroup {
    RowGroup {
        actor: "console".into(),
        action: action.into(),
        environment: environment.map(str::to_owned),
        object: object.into(),
        oldest,
        newest,
        newest_at: String::new(),
        times: 1,
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
fn of_each_thing_only_the_oldest_change_counts() {
    let production = Some("production");
    let groups = [
        group(4, 9, "state.disable", "flag:a", production),
        group(3, 3, "state.edit", "flag:a", production),
        group(5, 5, "state.edit", "flag:a", Some("staging")),
        group(2, 8, "flag.edit", "flag:a", None),
        group(6, 6, "segment.edit", "segment:a", None),
    ];
    let found: Vec<_> = firsts(&groups).into_iter().map(|first| (first.seq, first.action)).collect();
    let wanted = [(6, "segment.edit"), (5, "state.edit"), (3, "state.edit"), (2, "flag.edit")];
    assert_eq!(found, wanted.map(|(seq, action)| (seq, action.to_owned())));
}

#[test]
fn each_change_gives_back_what_it_replaced() {
    let then = back(
        present(),
        &[
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
fn a_state_that_nobody_could_read_is_none() {
    let broken = row(9, "state.disable", "flag:a", Some("production"), Some(json!({"unreadable": "{"})));
    let then = back(present(), &[broken]);
    assert_eq!(then.states.keys().collect::<Vec<_>>(), ["b"]);
    assert_eq!(then.unreadable.iter().collect::<Vec<_>>(), ["state a"], "which is not the same as not having been there");
}
