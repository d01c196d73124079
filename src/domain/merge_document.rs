//! Two people's edits of one document whose fields are each taken whole, such as a flag's definition or a segment. What only
//! one of them changed is taken; what both changed in different ways is asked, as [`super::merge`] does for states.

use super::merge::{Choices, Clash, Side};
use serde_json::{Map, Value};

/// What came of it. Where a clash is still open the document has yours.
#[derive(Debug, Clone, PartialEq)]
pub struct MergedDocument {
    pub document: Value,
    pub clashes: Vec<Clash>,
}

impl MergedDocument {
    pub fn is_settled(&self) -> bool {
        self.clashes.iter().all(|clash| clash.choice.is_some())
    }
}

/// Brings `yours` and `theirs` together, which both began as `base`. A field that is absent on one side counts as `Null`.
pub fn merge_document(base: &Value, yours: &Value, theirs: &Value, choices: &Choices) -> MergedDocument {
    let (mut document, mut clashes) = (Map::new(), Vec::new());
    for field in fields(&[theirs, yours, base]) {
        let at = |side: &Value| side.get(&field).cloned().unwrap_or(Value::Null);
        let (was, mine, other) = (at(base), at(yours), at(theirs));
        let taken = if mine == other || other == was {
            mine
        } else if mine == was {
            other
        } else {
            let choice = choices.get(&field).copied();
            let taken = if choice == Some(Side::Theirs) { other.clone() } else { mine.clone() };
            let (path, said) = (field.clone(), field.clone());
            clashes.push(Clash { path, said, base: was, yours: mine, theirs: other, choice });
            taken
        };
        if !taken.is_null() {
            document.insert(field, taken);
        }
    }
    MergedDocument { document: Value::Object(document), clashes }
}

/// The names of all fields, each once, in the order of the first document that has them.
fn fields(documents: &[&Value]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in documents.iter().filter_map(|document| document.as_object()).flat_map(Map::keys) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(base: Value, yours: Value, theirs: Value, choice: Option<Side>) -> (Value, Vec<String>) {
        let choices = choice.map(|side| ("tags".to_owned(), side)).into_iter().collect();
        let merged = merge_document(&base, &yours, &theirs, &choices);
        let open = merged.clashes.iter().filter(|clash| clash.choice.is_none());
        (merged.document.clone(), open.map(|clash| clash.path.clone()).collect())
    }

    #[test]
    fn fields_that_one_side_changed_are_taken_and_others_asked() {
        let base = json!({"owner": "ada", "tags": ["web"], "ticket": "A-1"});
        let yours = json!({"owner": "lin", "tags": ["app"], "ticket": "A-1"});
        let theirs = json!({"owner": "ada", "tags": ["api"], "ticket": "A-2"});
        for (choice, tags, open) in
            [(None, "app", vec!["tags"]), (Some(Side::Yours), "app", vec![]), (Some(Side::Theirs), "api", vec![])]
        {
            let (document, asked) = merged(base.clone(), yours.clone(), theirs.clone(), choice);
            assert_eq!(document, json!({"owner": "lin", "tags": [tags], "ticket": "A-2"}));
            assert_eq!(asked, open);
        }
    }

    #[test]
    fn what_both_did_alike_is_no_clash_and_what_one_took_out_is_gone() {
        let (document, open) = merged(json!({"a": 1, "b": 2}), json!({"a": 3}), json!({"a": 3, "b": 2, "c": 4}), None);
        assert_eq!(document, json!({"a": 3, "c": 4}));
        assert!(open.is_empty());
    }
}
