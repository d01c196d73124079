#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::domain::attribute::AttributeType;
use crate::domain::condition::{Condition, Operator};
use crate::domain::key::VariantName;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);

fn flag() -> Flag {
    serde_json::from_value(json!({
        "key": "a", "kind": "permission", "value_type": "boolean", "variants": Flag::boolean_variants(), "fallback_variant": "off",
        "owner": { "unclaimed": "Team" }, "description": "A",
    }))
    .unwrap()
}

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn read(fields: &[(&str, &str)]) -> (Vec<Condition>, Vec<Problem>) {
    let mut all = pairs(&[("serve", "variant"), ("serve.variant", "on")]);
    all.extend(fields.iter().map(|(name, value)| (format!("conditions[0].{name}"), (*value).to_owned())));
    let (rule, problems) = RuleForm::from_pairs(&all, &flag(), None).read("r1".into(), &flag(), None);
    (rule.conditions, problems)
}

#[test]
fn lines_become_values_of_the_type_that_the_operator_takes() {
    let table = [
        ("equals", "text", "pro\r\n\r\n  team ", json!(["pro", "team"])),
        ("equals", "text", "true\n20", json!(["true", "20"])),
        ("equals", "number", "20\n-2.5\n1e3", json!([20, -2.5, 1e3])),
        ("not_in", "boolean", "TRUE\nfalse", json!([true, false])),
        ("in", "json", "\"a\"\n1\ntrue\n\" padded \"", json!(["a", 1, true, " padded "])),
        ("greater_than", "text", "20", json!([20])),
        ("contains", "number", "20", json!(["20"])),
        ("semver_matches", "text", "^1.2", json!(["^1.2"])),
        ("ip_in", "text", "10.0.0.0/8\n::1", json!(["10.0.0.0/8", "::1"])),
        ("before", "text", "2027-06-01T09:00:00Z", json!(["2027-06-01T09:00:00Z"])),
        (
            "after",
            "text",
            "2026-11-30 09:00 Europe/Berlin\n2026-11-30 09:00",
            json!(["2026-11-30T08:00:00Z", "2026-11-30T09:00:00Z"]),
        ),
        ("exists", "text", "left over", json!([])),
        ("equals", "text", "<script>", json!(["<script>"])),
    ];
    for (operator, read_as, values, expected) in table {
        let (conditions, problems) =
            read(&[("attribute", " plan "), ("operator", operator), ("read_as", read_as), ("values", values)]);
        assert_eq!(problems, [], "{operator} {values}");
        assert_eq!((conditions[0].attribute.as_str(), conditions[0].operator.as_str()), ("plan", operator));
        assert_eq!(Value::from(conditions[0].values.clone()), expected, "{operator} {values}");
    }
}

#[test]
fn lines_that_cannot_be_read_are_told_by_their_number() {
    for (operator, read_as, values, said) in [
        ("less_than", "text", "1\n\n1,5", "Line 3: write a number such as 20 or 2.5; 1,5 is none."),
        ("equals", "boolean", "yes", "Line 1: write true or false; yes is none."),
        ("equals", "json", "pro", "Line 1: write one JSON value"),
        ("before", "text", "2026-03-29 02:30 Europe/Berlin", "Line 1: 2026-03-29 02:30 never comes in Europe/Berlin"),
    ] {
        let (_, problems) = read(&[("attribute", "a"), ("operator", operator), ("read_as", read_as), ("values", values)]);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].field == "conditions[0].values" && problems[0].message.starts_with(said), "{problems:?}");
    }
    assert_eq!(read(&[("operator", "resembles")]).1[0].field, "conditions[0].operator");
}

#[test]
fn segments_and_windows_have_fields_of_their_own() {
    let (conditions, problems) =
        read(&[("attribute", "left over"), ("operator", "in_segment"), ("segments[beta]", "true"), ("segments[staff]", "true")]);
    assert_eq!((problems, conditions[0].attribute.as_str()), (Vec::new(), ""));
    assert_eq!(conditions[0].values, [json!("beta"), json!("staff")]);
    let (conditions, _) = read(&[
        ("operator", "time_window"),
        ("from", "22:00"),
        ("to", "06:00"),
        ("zone", "Europe/Oslo"),
        ("days[fri]", "true"),
        ("negate", "true"),
    ]);
    assert_eq!(conditions[0].values, [json!({ "days": ["fri"], "from": "22:00", "to": "06:00", "zone": "Europe/Oslo" })]);
    assert!(conditions[0].negate);
}

#[test]
fn a_condition_survives_the_form() {
    let table = [
        json!({ "attribute": "plan", "operator": "in", "values": ["pro", "true", "20"] }),
        json!({ "attribute": "age", "operator": "in", "values": [20, 2.5] }),
        json!({ "attribute": "beta", "operator": "equals", "values": [true], "negate": true }),
        json!({ "attribute": "mixed", "operator": "in", "values": ["20", 20, true] }),
        json!({ "attribute": "odd", "operator": "in", "values": ["", " padded ", "two\nlines", "</textarea>"] }),
        json!({ "attribute": "email", "operator": "ends_with", "values": ["@shop.example"], "ignore_case": true }),
        json!({ "attribute": "email", "operator": "contains", "values": [" "] }),
        json!({ "attribute": "age", "operator": "greater_or_equal", "values": [18] }),
        json!({ "attribute": "at", "operator": "after", "values": ["2027-06-01T09:00:00Z"] }),
        json!({ "attribute": "v", "operator": "semver_greater", "values": ["2.3"] }),
        json!({ "attribute": "v", "operator": "exists" }),
        json!({ "operator": "not_in_segment", "values": ["beta", "staff"] }),
        json!({ "operator": "time_window", "values": [{ "days": ["mon", "fri"], "from": "09:00", "to": "17:00", "zone": "Europe/Oslo" }] }),
        json!({ "operator": "time_window", "values": [{ "from": "09:00", "to": "10:00", "zone": "UTC" }, { "from": "11:00", "to": "12:00", "zone": "UTC" }] }),
    ];
    for document in table {
        let condition: Condition = serde_json::from_value(document).unwrap();
        let form = ConditionForm::of(&condition);
        assert_eq!(form.read("conditions[0]"), (condition, Vec::new()), "{form:?}");
    }
}

#[test]
fn a_rule_survives_the_form() {
    let rule: Rule = serde_json::from_value(json!({
        "id": "r1", "name": "Staff <b>", "active": false,
        "conditions": [{ "attribute": "plan", "operator": "equals", "values": ["pro"] }, { "attribute": "v", "operator": "exists" }],
        "serve": { "split": { "bucket_by": "account", "seed": "s", "weights": [{ "variant": "off", "share": 1 }, { "variant": "on", "share": 9999 }] } },
    }))
    .unwrap();
    let form = RuleForm::of(&rule, &flag(), NOW);
    assert_eq!(form.read("r1".into(), &flag(), Some(&rule.serve)), (rule.clone(), Vec::new()));
}

#[test]
fn buttons_add_and_remove_conditions_and_keep_the_others() {
    let fields = pairs(&[("conditions[0].attribute", "a"), ("conditions[1].attribute", "b"), ("conditions[1].values", "x\ny")]);
    let form = || RuleForm::from_pairs(&fields, &flag(), None);
    let attributes = |form: &RuleForm| form.conditions.iter().map(|c| c.attribute.clone()).collect::<Vec<_>>();
    let press = |name: &str, value: &str| form().rearranged(&pairs(&[(name, value)]), &flag(), None, &Hints::default());
    assert_eq!(attributes(&press("add", "true").unwrap()), ["a", "b", ""]);
    let removed = press("remove", "0").unwrap();
    assert_eq!((attributes(&removed), removed.conditions[0].values.as_str()), (vec!["b".to_owned()], "x\ny"));
    assert_eq!(attributes(&press("remove", "7").unwrap()), ["a", "b"]);
    assert_eq!(press("save", "x"), None);
}

#[test]
fn hand_made_indices_cost_nothing() {
    let fields = pairs(&[
        ("conditions[4000000000].attribute", "a"),
        ("conditions[x].attribute", "b"),
        ("conditions[3].attribute", "c"),
        ("conditions[", "d"),
    ]);
    let form = RuleForm::from_pairs(&fields, &flag(), None);
    assert_eq!(form.conditions.iter().map(|c| c.attribute.as_str()).collect::<Vec<_>>(), ["c", "a"]);
}

#[test]
fn new_ids_are_above_all_others() {
    let with = |ids: &[&str]| -> State {
        let rules: Vec<_> = ids.iter().map(|id| json!({ "id": id, "serve": { "variant": "on" } })).collect();
        serde_json::from_value(
            json!({ "enabled": true, "off_variant": "off", "rules": rules, "fallthrough": { "variant": "on" } }),
        )
        .unwrap()
    };
    for (ids, free) in [(&[][..], "r1"), (&["r1", "staff"], "r2"), (&["r9", "r2", "rx"], "r10")] {
        assert_eq!(with(ids).free_rule_id(), free);
    }
}

#[test]
fn a_states_problems_find_their_fields() {
    let condition = |operator, values: Value| Condition {
        attribute: "a".into(),
        operator,
        values: values.as_array().cloned().unwrap_or_default(),
        negate: false,
        ignore_case: false,
    };
    let window = json!([{ "from": "1", "to": "2", "zone": "x" }]);
    let rule = Rule {
        id: "r1".into(),
        name: String::new(),
        active: true,
        conditions: vec![
            condition(Operator::SemverEquals, json!(["1", "x"])),
            condition(Operator::InSegment, json!(["gone"])),
            condition(Operator::TimeWindow, window),
            condition(Operator::IpIn, json!(["x"])),
        ],
        serve: Serve::Variant(VariantName::on()),
    };
    for (path, field, message) in [
        ("rules[2].conditions[0].values[1]", "conditions[0].values", "Value 2: no"),
        ("rules[2].conditions[0].attribute", "conditions[0].attribute", "no"),
        ("rules[2].conditions[1].values[0]", "conditions[1].segments", "no"),
        ("rules[2].conditions[2].values[0].zone", "conditions[2].zone", "no"),
        ("rules[2].conditions[3].values[0]", "conditions[3].values", "no"),
        ("rules[2].conditions[3].values", "conditions[3].values", "no"),
        ("rules[2].serve.weights", "serve.shares", "no"),
        ("rules[2].serve.bucket_by", "serve.bucket_by", "no"),
    ] {
        assert_eq!(own_problem(&Problem::new(path, "no"), 2, &rule), Some(Problem::new(field, message)), "{path}");
    }
    for path in ["rules[1].serve.weights", "rules[20].serve.weights", "fallthrough.weights", "reason"] {
        assert_eq!(own_problem(&Problem::new(path, "no"), 2, &rule), None, "{path}");
    }
}

#[test]
fn boxes_and_lines_are_one_list() {
    let values = |fields: &[(&str, &str)]| {
        let (conditions, problems) = read(&[&[("attribute", "plan"), ("operator", "in")], fields].concat());
        assert_eq!(problems, [], "{fields:?}");
        Value::from(conditions[0].values.clone())
    };
    assert_eq!(values(&[("legal[pro]", "true"), ("legal[team]", "true")]), json!(["team", "pro"]));
    assert_eq!(values(&[("legal[pro]", "true"), ("values", "other\r\npro")]), json!(["other", "pro"]));
    assert_eq!(values(&[("values", "other"), ("legal[pro]", "true")]), json!(["pro", "other"]));
    assert_eq!(values(&[("values", "pro\nteam\n pro \n")]), json!(["pro", "team"]), "a list means each of it once");
}

#[test]
fn a_line_of_commas_is_one_value_until_it_is_split() {
    let form = |operator: &str, values: &str| ConditionForm {
        operator: operator.to_owned(),
        values: values.to_owned(),
        ..ConditionForm::default()
    };
    for (operator, values, count) in [
        ("in", "pro, team; free", Some(2)),
        ("in", "pro, team, pro", Some(3)),
        ("in", "pro\nteam", None),
        ("matches", "a{1,2}", None),
        ("semver_matches", ">=1.2, <2", None),
        ("less_than", "1,5", Some(2)),
    ] {
        assert_eq!(form(operator, values).split_into(), count, "{operator} {values}");
    }
    let fields = pairs(&[("conditions[0].operator", "in"), ("conditions[0].values", "pro, team, pro\nfree"), ("split", "0")]);
    let form = RuleForm::from_pairs(&fields, &flag(), None);
    let split = form.clone().rearranged(&fields, &flag(), None, &Hints::default()).unwrap();
    assert_eq!(split.conditions[0].values, "pro\nteam\nfree");
    assert_eq!(form.read("r1".into(), &flag(), None).0.conditions[0].values.len(), 2);
}

#[test]
fn values_follow_what_the_attribute_is_until_there_are_some() {
    let mut hints = Hints::default();
    hints.tell("age", Some(AttributeType::Number), Vec::new());
    let after = |values: &str| {
        let fields = pairs(&[("conditions[0].attribute", " age "), ("conditions[0].values", values), ("check", "true")]);
        let form = RuleForm::from_pairs(&fields, &flag(), None).rearranged(&fields, &flag(), None, &hints).unwrap();
        form.conditions[0].read_as.clone()
    };
    assert_eq!((after("").as_str(), after("old").as_str()), (condition::NUMBER, condition::TEXT));
}
