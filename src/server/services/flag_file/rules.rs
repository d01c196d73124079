//! The rules of a short-form flag: one condition each, and whoever matches gets the flag.

use super::fields::{Fields, Notes};
use super::tree::{Node, Tree};
use crate::domain::condition::{Condition, Operand, Operator};
use crate::domain::key::VariantName;
use crate::domain::rule::{Rule, Serve};
use crate::server::services::nearest::did_you_mean;
use serde_json::Value;

const FIELDS: [&str; 6] = ["attribute", "operator", "value", "negate", "ignore_case", "name"];
const EXAMPLE: &str = "{attribute: plan, operator: in, value: [pro, enterprise]}";

/// Identities are `r1`, `r2`, … in the file's order, so that importing the same file twice stores the same bytes.
pub fn read(fields: &Fields<'_>, serve: &VariantName, notes: &mut Notes) -> Vec<Rule> {
    let items = fields.list("rules", notes).unwrap_or_default();
    let rule = |(at, item): (usize, &Tree)| {
        let path = format!("{}[{at}]", fields.path_of("rules"));
        let Node::Map(entries) = &item.node else {
            notes.error(item.at, path, format!("A rule is a mapping such as {EXAMPLE}; this is {}.", item.kind()));
            return None;
        };
        let rule = Fields::new(path, item.at, entries);
        rule.refuse_unknown("A rule", &FIELDS, notes);
        let condition = condition(&rule, notes);
        let name = rule.text("name", notes).unwrap_or_default().to_owned();
        let id = format!("r{}", at + 1);
        Some(Rule { id, name, active: true, conditions: vec![condition?], serve: Serve::Variant(serve.clone()) })
    };
    items.iter().enumerate().filter_map(rule).collect()
}

fn condition(rule: &Fields<'_>, notes: &mut Notes) -> Option<Condition> {
    let negate = rule.boolean("negate", notes).unwrap_or(false);
    let ignore_case = rule.boolean("ignore_case", notes).unwrap_or(false);
    let operator = operator(rule, notes);
    let attribute = attribute(rule, operator, notes);
    let values = values(rule, operator, notes);
    let operator = operator?;
    if ignore_case && !matches!(operator.operand(), Operand::Text | Operand::Pattern) {
        let message = format!("{} compares no text; leave ignore_case out.", operator.as_str());
        notes.error(rule.place_of("ignore_case"), rule.path_of("ignore_case"), message);
    }
    Some(Condition { attribute: attribute?, operator, values: values?, negate, ignore_case })
}

fn operator(rule: &Fields<'_>, notes: &mut Notes) -> Option<Operator> {
    if rule.get("operator").is_none() {
        notes.error(rule.at, rule.path_of("operator"), format!("A rule needs an operator, as in {EXAMPLE}."));
        return None;
    }
    let text = rule.text("operator", notes)?;
    let read = Operator::parse(text);
    if read.is_none() {
        let known = Operator::ALL.map(Operator::as_str);
        let message = format!("There is no operator {text:?}.{} They are: {}.", did_you_mean(text, known), known.join(", "));
        notes.error(rule.place_of("operator"), rule.path_of("operator"), message);
    }
    read
}

fn attribute(rule: &Fields<'_>, operator: Option<Operator>, notes: &mut Notes) -> Option<String> {
    let reads = operator.is_none_or(Operator::reads_attribute);
    let text = rule.text("attribute", notes);
    match (text, reads) {
        (Some(""), _) | (None, true) => {
            // A value of the wrong type has been told already.
            if rule.get("attribute").is_none() || text.is_some() {
                let message = format!("Name the attribute of the context to look at, as in {EXAMPLE}.");
                notes.error(rule.place_of("attribute"), rule.path_of("attribute"), message);
            }
            None
        }
        (Some(_), false) => {
            let name = operator.map_or("", Operator::as_str);
            let message = format!("{name} looks at no single attribute; leave attribute out.");
            notes.error(rule.place_of("attribute"), rule.path_of("attribute"), message);
            None
        }
        (Some(text), true) => Some(text.to_owned()),
        (None, false) => Some(String::new()),
    }
}

/// The values, a single one as a list of one. What each operator takes is checked where it is compiled.
fn values(rule: &Fields<'_>, operator: Option<Operator>, notes: &mut Notes) -> Option<Vec<Value>> {
    let takes_none = operator.is_some_and(|operator| operator.operand() == Operand::Nothing);
    let Some(tree) = rule.get("value") else {
        if takes_none || operator.is_none() {
            return Some(Vec::new());
        }
        notes.error(rule.place_of("value"), rule.path_of("value"), format!("Name the value to compare with, as in {EXAMPLE}."));
        return None;
    };
    if takes_none {
        let name = operator.map_or("", Operator::as_str);
        notes.error(tree.at, rule.path_of("value"), format!("{name} compares with nothing; leave value out."));
        return None;
    }
    let items = match &tree.node {
        Node::List(items) => items.as_slice(),
        _ => std::slice::from_ref(tree),
    };
    if items.is_empty() {
        notes.error(tree.at, rule.path_of("value"), "The list is empty, so the rule could never match; name at least one value.");
        return None;
    }
    items.iter().map(|item| value(rule, item, operator, notes)).collect()
}

fn value(rule: &Fields<'_>, item: &Tree, operator: Option<Operator>, notes: &mut Notes) -> Option<Value> {
    let path = rule.path_of("value");
    let operand = operator.map(Operator::operand);
    match &item.node {
        Node::Map(_) if operand == Some(Operand::Window) => item.json(),
        Node::Null | Node::List(_) | Node::Map(_) => {
            notes.error(item.at, path, format!("A value is a text, a number, true or false; this is {}.", item.kind()));
            None
        }
        Node::Int(_) | Node::Float(_) if matches!(operand, Some(Operand::Version | Operand::VersionRange)) => {
            let message = format!("A version is a text: write \"{}\", in quotes.", item.written);
            notes.error(item.at, path, message);
            None
        }
        _ => {
            let value = item.json();
            if value.is_none() {
                notes.error(item.at, path, format!("A number must be finite; this is {}.", item.kind()));
            }
            value
        }
    }
}
