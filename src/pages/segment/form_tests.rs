#![allow(clippy::unwrap_used)]

use super::*;
use serde_json::json;

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn segment(parts: serde_json::Value) -> Segment {
    let mut whole = json!({"key": "beta", "name": "Beta", "description": "d"});
    whole.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap()
}

/// What a browser sends of a form that nobody touched, with these in place of others.
fn sent(form: &SegmentForm, others: &[(&str, &str)]) -> SegmentForm {
    let mut all = pairs(others);
    all.extend(form.loaded());
    all.extend(pairs(&[("name", &form.name), ("description", &form.description)]));
    let lists = [("include", &form.include), ("exclude", &form.exclude)];
    all.extend(lists.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.as_ref()?.replace('\n', "\r\n")))));
    for (group, conditions) in form.groups.iter().enumerate() {
        for (at, condition) in conditions.iter().enumerate() {
            let place = format!("groups[{group}].conditions[{at}]");
            all.push((format!("{place}.attribute"), condition.attribute.clone()));
            all.push((format!("{place}.operator"), condition.operator.clone()));
            all.push((format!("{place}.values"), condition.values.clone()));
        }
    }
    SegmentForm::from_pairs(&all)
}

#[test]
fn a_form_that_nobody_touched_changes_nothing() {
    let groups = json!([[{"attribute": "plan", "operator": "in", "values": ["pro", "team"]}], [{"attribute": "beta", "operator": "exists"}]]);
    for stored in [
        segment(json!({})),
        segment(json!({"include": ["a", "b,c"], "exclude": ["\"d\""], "groups": groups})),
        segment(json!({"include": (0..2_000).map(|n| n.to_string()).collect::<Vec<_>>()})),
        segment(json!({"include": ["two\nlines", " spaced "]})),
    ] {
        let read = sent(&SegmentForm::of(&stored), &[]).read(Some(&stored));
        assert_eq!((read.problems, read.segment), (vec![], stored));
    }
}

#[test]
fn what_others_changed_meanwhile_stays_where_nobody_touched_it() {
    let drawn = segment(json!({"include": ["a"], "exclude": ["x"]}));
    let now = segment(json!({"name": "Theirs", "include": ["a", "b"], "exclude": ["y"]}));
    let form = sent(&SegmentForm::of(&drawn), &[("exclude", "x\nmine")]);
    let read = form.read(Some(&now));
    assert_eq!((read.segment.name.as_str(), read.segment.include), ("Theirs", vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(read.segment.exclude, ["x", "mine"]);
}

#[test]
fn problems_come_to_the_fields_of_the_form() {
    let form = SegmentForm::from_pairs(&pairs(&[
        ("key", "no good"),
        ("name", " "),
        ("include", "fine\na\tb"),
        ("group[0]", "true"),
        ("groups[1].conditions[0].attribute", "app"),
        ("groups[1].conditions[0].operator", "semver_greater"),
        ("groups[1].conditions[0].values", "many"),
        ("ids.content", "a\n"),
        ("ids.column", "user"),
    ]));
    let mut fields: Vec<String> = form.read(None).problems.into_iter().map(|problem| problem.field).collect();
    fields.sort();
    assert_eq!(fields, ["groups[0]", "groups[1].conditions[0].values", "ids.content", "include", "key", "name"]);
}

#[test]
fn ids_go_to_the_list_that_was_chosen() {
    let stored = segment(json!({"include": ["a"], "exclude": ["x"]}));
    let form = SegmentForm::of(&stored);
    let read = sent(&form, &[("ids.content", "x\ny"), ("ids.list", "exclude"), ("ids.how", "add")]).read(Some(&stored));
    assert_eq!((read.segment.exclude, read.report.unwrap().new), (vec!["x".to_owned(), "y".to_owned()], 1));
    let read =
        sent(&form, &[("ids.kept", "id;plan\nb;pro"), ("ids.kept_name", "a.csv"), ("ids.how", "replace")]).read(Some(&stored));
    assert_eq!((read.segment.include, read.segment.exclude), (vec!["b".to_owned()], vec!["x".to_owned()]));
}

#[test]
fn groups_and_conditions_come_and_go() {
    let form = SegmentForm::new();
    let press = |form: &SegmentForm, name: &str, value: &str| form.clone().rearranged(&pairs(&[(name, value)])).unwrap();
    let (form, added) = press(&form, "add_group", "true");
    assert_eq!((form.groups.len(), added), (1, Some((0, 0))));
    let (form, added) = press(&form, "add", "0");
    assert_eq!((form.groups[0].len(), added), (2, Some((0, 1))));
    let (form, _) = press(&form, "remove", "0.1");
    assert_eq!(form.groups[0].len(), 1);
    let (form, _) = press(&form, "remove_group", "0");
    assert!(form.groups.is_empty());
    assert!(press(&form, "remove", "9.9").0.groups.is_empty());
    assert!(form.rearranged(&pairs(&[("name", "x")])).is_none());
}
