//! How long the texts of conditions may be. Asked where rules and segments are written, not where they are served: what was
//! stored before there were limits goes on answering, and stays as long as nobody changes it.

use super::condition::Condition;
use super::flag::Problem;
use super::rule::Serve;
use super::segment::Segment;
use super::state::State;

/// An attribute's name or path, in characters. A seed may be as long.
pub const MAX_NAME: usize = 128;
/// A text that an attribute is compared with, in characters.
pub const MAX_TEXT: usize = 1_000;

/// What is too long in a state, by its path; what stood in the state `before` as well is left alone.
pub fn of_state(after: &State, before: Option<&State>) -> Vec<Problem> {
    let had =
        |condition: &Condition| before.is_some_and(|state| state.rules.iter().any(|rule| rule.conditions.contains(condition)));
    let served = |serve: &Serve| before.is_some_and(|state| serves(state).any(|(_, other)| other == serve));
    let mut found = Vec::new();
    for (at, rule) in after.rules.iter().enumerate() {
        for (place, condition) in rule.conditions.iter().enumerate().filter(|(_, condition)| !had(condition)) {
            found.extend(of_condition(condition, &format!("rules[{at}].conditions[{place}]")));
        }
    }
    for (path, serve) in serves(after).filter(|(_, serve)| !served(serve)) {
        found.extend(of_serve(serve, &path));
    }
    found
}

/// The same for a segment.
pub fn of_segment(after: &Segment, before: Option<&Segment>) -> Vec<Problem> {
    let had =
        |condition: &Condition| before.is_some_and(|segment| segment.groups.iter().flatten().any(|other| other == condition));
    let mut found = Vec::new();
    for (at, group) in after.groups.iter().enumerate() {
        for (place, condition) in group.iter().enumerate().filter(|(_, condition)| !had(condition)) {
            found.extend(of_condition(condition, &format!("groups[{at}][{place}]")));
        }
    }
    found
}

fn serves(state: &State) -> impl Iterator<Item = (String, &Serve)> {
    let rules = state.rules.iter().enumerate().map(|(at, rule)| (format!("rules[{at}].serve"), &rule.serve));
    rules.chain([("fallthrough".to_owned(), &state.fallthrough)])
}

/// What is too long in one condition, at `field`.
pub fn of_condition(condition: &Condition, field: &str) -> Vec<Problem> {
    let mut found: Vec<Problem> =
        name(&condition.attribute, "attribute").map(|m| Problem::new(format!("{field}.attribute"), m)).into_iter().collect();
    for (at, text) in condition.values.iter().enumerate().filter_map(|(at, value)| Some((at, value.as_str()?))) {
        let length = text.chars().count();
        if length > MAX_TEXT {
            let message = format!("A value has at most {MAX_TEXT} characters; this one has {length}.");
            found.push(Problem::new(format!("{field}.values[{at}]"), message));
        }
    }
    found
}

fn of_serve(serve: &Serve, field: &str) -> Vec<Problem> {
    let by = serve.bucket_by().and_then(|text| name(text, "attribute")).map(|m| Problem::new(format!("{field}.bucket_by"), m));
    let seed = serve.seed().map(|seed| seed.chars().count()).filter(|length| *length > MAX_NAME).map(|length| {
        Problem::new(format!("{field}.seed"), format!("A seed has at most {MAX_NAME} characters; this one has {length}."))
    });
    by.into_iter().chain(seed).collect()
}

fn name(text: &str, what: &str) -> Option<String> {
    let length = text.chars().count();
    if length > MAX_NAME {
        return Some(format!("The name of an {what} has at most {MAX_NAME} characters; this one has {length}."));
    }
    // A program may well send `Plan name`; what nobody can see in a name is a slip.
    if text.chars().any(char::is_control) {
        return Some(format!("The name of an {what} holds no line breaks, tabs or other control characters."));
    }
    (text.trim() != text).then(|| format!("The name of an {what} has no white space before or after it; leave that out."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn state(attribute: &str, value: &str) -> State {
        serde_json::from_value(json!({
            "enabled": true, "off_variant": "off", "fallthrough": { "variant": "on" },
            "rules": [{ "id": "r1", "serve": { "variant": "on" }, "conditions": [{ "attribute": attribute, "operator": "equals", "values": [value] }] }],
        }))
        .unwrap()
    }

    fn fields(problems: &[Problem]) -> Vec<&str> {
        problems.iter().map(|problem| problem.field.as_str()).collect()
    }

    #[test]
    fn names_and_texts_have_a_length() {
        let long = |n: usize| "ä".repeat(n);
        let table = [
            (state("user.plan", "two words"), vec![]),
            (state(&long(128), &long(1_000)), vec![]),
            (state(&long(129), "x"), vec!["rules[0].conditions[0].attribute"]),
            (state("my plan", "x"), vec![]),
            (state(" plan", "x"), vec!["rules[0].conditions[0].attribute"]),
            (state("my\tplan", "x"), vec!["rules[0].conditions[0].attribute"]),
            (state("plan", &long(1_001)), vec!["rules[0].conditions[0].values[0]"]),
        ];
        for (state, expected) in table {
            assert_eq!(fields(&of_state(&state, None)), expected);
            assert!(of_state(&state, Some(&state)).is_empty(), "what stood there stays");
        }
    }

    #[test]
    fn seeds_and_what_is_bucketed_have_one_too() {
        let weights = json!([{ "variant": "on", "share": 10_000 }]);
        let mut state = state("plan", "x");
        state.fallthrough = serde_json::from_value(
            json!({ "split": { "bucket_by": "the company ", "seed": "s".repeat(129), "weights": weights } }),
        )
        .unwrap();
        assert_eq!(fields(&of_state(&state, None)), ["fallthrough.bucket_by", "fallthrough.seed"]);
    }

    #[test]
    fn so_have_those_of_segments() {
        let segment = |attribute: &str| -> Segment {
            let groups = json!([[], [{ "attribute": attribute, "operator": "exists" }]]);
            serde_json::from_value(json!({ "key": "beta", "name": "Beta", "groups": groups })).unwrap()
        };
        assert_eq!(fields(&of_segment(&segment("a "), None)), ["groups[1][0].attribute"]);
        assert!(of_segment(&segment("a "), Some(&segment("a "))).is_empty());
    }
}
