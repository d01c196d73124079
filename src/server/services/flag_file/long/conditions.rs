//! Conditions of the long form, of rules and segments alike.

use super::common::{is_masked, mapping, needed, needed_word};
use crate::domain::condition::{Condition, Operand, Operator};
use crate::server::services::flag_file::fields::{Fields, Notes};
use crate::server::services::flag_file::tree::Tree;
use serde_json::Value;

const FIELDS: [&str; 5] = ["attribute", "operator", "values", "negate", "ignore_case"];
const EXAMPLE: &str = "{attribute: plan, operator: in, values: [pro, enterprise]}";

pub fn read(items: &[Tree], path: &str, notes: &mut Notes) -> Vec<Condition> {
    let each = |(at, item): (usize, &Tree)| {
        let fields = mapping(item, &format!("{path}[{at}]"), EXAMPLE, notes)?;
        condition(&fields, notes)
    };
    items.iter().enumerate().filter_map(each).collect()
}

/// What the operator takes is checked where it is compiled.
fn condition(fields: &Fields<'_>, notes: &mut Notes) -> Option<Condition> {
    fields.refuse_unknown("A condition", &FIELDS, notes);
    let operator = needed_word(fields, "operator", "operator", &Operator::ALL, Operator::as_str, notes);
    let attribute = fields.text("attribute", notes).unwrap_or_default().to_owned();
    let values = values(fields, notes);
    let negate = fields.boolean("negate", notes).unwrap_or(false);
    let ignore_case = fields.boolean("ignore_case", notes).unwrap_or(false);
    let operator = operator?;
    if operator.operand() != Operand::Nothing && fields.get("values").is_none() {
        needed(fields, "values", "[pro, enterprise]", notes);
    }
    Some(Condition { attribute, operator, values, negate, ignore_case })
}

fn values(fields: &Fields<'_>, notes: &mut Notes) -> Vec<Value> {
    let list = if is_masked(fields, "values", notes) { None } else { fields.list("values", notes) };
    let list = list.unwrap_or_default();
    let value = |(at, item): (usize, &Tree)| {
        let value = item.json();
        if value.is_none() {
            let path = format!("{}[{at}]", fields.path_of("values"));
            notes.error(item.at, path, format!("A number must be finite; this is {}.", item.kind()));
        }
        value
    };
    list.iter().enumerate().filter_map(value).collect()
}
