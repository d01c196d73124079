#![allow(clippy::unwrap_used)]

use super::*;
use serde_json::json;

fn attribute(name: &str, value_type: AttributeType) -> Attribute {
    Attribute { name: name.to_owned(), value_type, legal_values: Vec::new(), private: false, description: String::new() }
}

fn private(name: &str) -> Attribute {
    Attribute { private: true, ..attribute(name, AttributeType::Text) }
}

#[test]
fn values_are_held_to_their_type() {
    use AttributeType::{Address, Boolean, Instant, Number, Text, Version};
    let table = [
        (Text, json!("pro"), true),
        (Text, json!(1), false),
        (Number, json!(1.5), true),
        (Number, json!("1.5"), false),
        (Boolean, json!(true), true),
        (Boolean, json!("true"), false),
        (Instant, json!("2027-06-01T09:00:00Z"), true),
        (Instant, json!("2027-06-01"), false),
        (Version, json!("2.3"), true),
        (Version, json!("2.3.1-beta.1+5"), true),
        (Version, json!("2"), false),
        (Version, json!("v2.3"), false),
        (Version, json!(2.3), false),
        (Address, json!("10.0.0.1"), true),
        (Address, json!("::1"), true),
        (Address, json!("10.0.0.0/8"), false),
    ];
    for (kind, value, admitted) in table {
        assert_eq!(kind.admits(&value), admitted, "{kind:?} {value}");
    }
    for kind in AttributeType::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(AttributeType::parse(kind.as_str()), Some(kind));
    }
}

#[test]
fn what_is_wrong_is_told_with_its_field() {
    let said = |attribute: &Attribute| {
        attribute
            .problems()
            .iter()
            .map(|problem| format!("{}: {}", problem.field, problem.message))
            .collect::<Vec<_>>()
            .join("\n")
    };
    for name in ["plan", "user.plan", "a b", "Land/Sprache", "år"] {
        assert_eq!(said(&attribute(name, AttributeType::Text)), "", "{name}");
    }
    for (name, why) in [
        ("", "name: Write the attribute's name"),
        ("new", "name: new is the address of a page"),
        (" plan", "name: There is white space"),
        ("a\nb", "name: It holds a line break"),
        ("targetingKey", "name: targetingKey is always known, as a text."),
    ] {
        assert!(said(&attribute(name, AttributeType::Text)).starts_with(why), "{name:?}");
    }
    assert!(said(&attribute(&"k".repeat(129), AttributeType::Text)).contains("At most 128 characters; this has 129."));
    let legal = |value_type, values: Vec<Value>| said(&Attribute { legal_values: values, ..attribute("plan", value_type) });
    assert_eq!(legal(AttributeType::Text, vec![json!("pro"), json!("free")]), "");
    assert_eq!(
        legal(AttributeType::Number, vec![json!(1), json!("x"), json!(1)]),
        "legal_values[1]: \"x\" is not a number; write it like 20.\nlegal_values[2]: 1 is listed twice; list it once."
    );
    assert_eq!(legal(AttributeType::Boolean, vec![json!(true)]), "legal_values: It is true or false already; leave this empty.");
    let both = Attribute { legal_values: vec![json!("a")], ..private("diagnosis") };
    assert!(said(&both).starts_with("legal_values: Values of a private attribute are stored nowhere"), "{}", said(&both));
}

#[test]
fn legal_values_are_compared_as_conditions_compare() {
    let sizes = Attribute { legal_values: vec![json!(20), json!(30)], ..attribute("size", AttributeType::Number) };
    assert!(sizes.is_legal(&json!(20.0)) && !sizes.is_legal(&json!(25)) && !sizes.is_legal(&json!("20")));
    assert!(attribute("size", AttributeType::Number).is_legal(&json!(25)), "without any, all are");
}

#[test]
fn what_is_private_is_so_with_all_that_is_in_it() {
    let schema: Schema =
        [private("email"), private("user.name"), private("card"), attribute("plan", AttributeType::Text)].into_iter().collect();
    for (path, is_private, hides) in [
        ("email", true, true),
        ("plan", false, false),
        ("user.name", true, true),
        ("user.name.first", true, true),
        ("user", false, true),
        ("user.plan", false, false),
        ("us", false, false),
        ("card.number", true, true),
        ("targetingKey", false, false),
    ] {
        assert_eq!((schema.is_private(path), schema.hides(path)), (is_private, hides), "{path}");
    }
    let context = json!({"email": "a@b", "plan": "pro", "user": {"name": {"first": "A"}, "plan": "x"}, "card.number": 4, "card": null,
        "list": [{"a": 1}]});
    let context = context.as_object().unwrap().clone();
    assert_eq!(schema.private_in(&context), ["email", "user.name", "card.number"]);
    let hidden = json!({"email": PRIVATE, "plan": "pro", "user": {"name": PRIVATE, "plan": "x"}, "card.number": PRIVATE, "card": null,
        "list": [{"a": 1}]});
    assert_eq!(Value::Object(schema.without_private(context)), hidden);
    assert_eq!(Schema::default().private_in(hidden.as_object().unwrap()), Vec::<String>::new());
}

#[test]
fn the_targeting_key_is_always_known() {
    let schema: Schema = [attribute("age", AttributeType::Number)].into_iter().collect();
    assert_eq!(schema.type_of("targetingKey"), Some(AttributeType::Text));
    assert_eq!(schema.type_of("age"), Some(AttributeType::Number));
    assert!(schema.knows("targetingKey") && schema.knows("age") && !schema.knows("plan"));
    assert!(Schema::default().is_empty() && Schema::default().knows("targetingKey"));
}
