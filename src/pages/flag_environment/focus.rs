//! Where a person goes on after a change: the address that answers it leads to the control they used, which a browser then gives
//! the focus, with and without a script.

use super::change::{self, OFF_VARIANT, RULE};
use crate::components::field_id;
use crate::domain::state::State;
use crate::pages::fields::Fields;

/// Ids of what can be pressed on the page, beside those of rules.
pub const ADD: &str = "add-rule";
pub const TARGETS: &str = "change-targets";
pub const EVERYONE_ELSE: &str = "change-everyone-else";
/// The link of a rule that opens its editor.
pub const EDIT: &str = "edit";

/// The id of what does `order` to the rule called `id`.
pub fn of_rule(id: &str, order: &str) -> String {
    format!("{}-{order}", field_id("rule", id))
}

/// The id to go to after the form that was sent.
pub fn after(fields: &Fields, before: &State, after: &State) -> String {
    match fields.form() {
        RULE => rule(fields.get("rule"), fields.get("do"), before, after),
        change::TARGETS => TARGETS.to_owned(),
        change::EVERYONE_ELSE => EVERYONE_ELSE.to_owned(),
        OFF_VARIANT => field_id(OFF_VARIANT, "off_variant"),
        _ => "rules".to_owned(),
    }
}

fn rule(id: &str, order: &str, before: &State, after: &State) -> String {
    let place = |state: &State| state.rules.iter().position(|rule| rule.id == id);
    let last = after.rules.len().saturating_sub(1);
    match (order, place(after)) {
        // It can go no further: the way back is beside.
        ("up" | "top", Some(0)) if last > 0 => of_rule(id, "down"),
        ("down", Some(at)) if at == last && last > 0 => of_rule(id, "up"),
        ("up" | "down" | "top" | "place", Some(_)) if last > 0 => of_rule(id, order),
        ("pause", Some(_)) => of_rule(id, "resume"),
        ("resume", Some(_)) => of_rule(id, "pause"),
        // The copy stands below the original.
        ("duplicate", Some(at)) => after.rules.get(at + 1).map_or_else(|| ADD.to_owned(), |copy| of_rule(&copy.id, EDIT)),
        // The next one took its place.
        (_, None) => {
            let next = place(before).and_then(|at| after.rules.get(at.min(last)));
            next.map_or_else(|| ADD.to_owned(), |next| of_rule(&next.id, "remove"))
        }
        _ => of_rule(id, EDIT),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn state(ids: &str) -> State {
        let rules: Vec<_> = ids.chars().map(|id| json!({"id": id, "serve": {"variant": "on"}})).collect();
        serde_json::from_value(json!({"enabled": true, "off_variant": "off", "rules": rules, "fallthrough": {"variant": "on"}}))
            .unwrap()
    }

    #[test]
    fn the_control_that_was_used_has_the_focus_again() {
        for (order, before, then, expected) in [
            ("up", "abc", "acb", "rule-c-up"),
            ("up", "acb", "cab", "rule-c-down"),
            ("top", "abc", "cab", "rule-c-down"),
            ("down", "cab", "acb", "rule-c-down"),
            ("down", "acb", "abc", "rule-c-up"),
            ("place", "abc", "cab", "rule-c-place"),
            ("pause", "abc", "abc", "rule-c-resume"),
            ("resume", "abc", "abc", "rule-c-pause"),
            ("duplicate", "abc", "abcd", "rule-d-edit"),
            ("remove", "abc", "ab", "rule-b-remove"),
            ("remove", "cab", "ab", "rule-a-remove"),
            ("remove", "c", "", "add-rule"),
        ] {
            assert_eq!(rule("c", order, &state(before), &state(then)), expected, "{order} {before} {then}");
        }
        assert_eq!(of_rule("a rule/1", "up"), "rule-a-rule-1-up");
    }
}
