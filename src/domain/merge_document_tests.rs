use super::*;
use proptest::prelude::*;
use serde_json::json;

fn merged(base: Value, yours: Value, theirs: Value, choice: Option<(&str, Side)>) -> (Value, Vec<String>) {
    let choices = choice.map(|(field, side)| (field.to_owned(), side)).into_iter().collect();
    let merged = merge_document(&base, &yours, &theirs, &choices);
    let open = merged.clashes.iter().filter(|clash| clash.choice.is_none());
    (merged.document.clone(), open.map(|clash| clash.path.clone()).collect())
}

#[test]
fn fields_that_one_side_changed_are_taken_and_others_asked() {
    let base = json!({"owner": "ada", "kind": "release", "ticket": "A-1"});
    let yours = json!({"owner": "lin", "kind": "permission", "ticket": "A-1"});
    let theirs = json!({"owner": "ada", "kind": "experiment", "ticket": "A-2"});
    for (choice, kind, open) in [
        (None, "permission", vec!["kind"]),
        (Some(Side::Yours), "permission", vec![]),
        (Some(Side::Theirs), "experiment", vec![]),
    ] {
        let choice = choice.map(|side| ("kind", side));
        let (document, asked) = merged(base.clone(), yours.clone(), theirs.clone(), choice);
        assert_eq!(document, json!({"owner": "lin", "kind": kind, "ticket": "A-2"}));
        assert_eq!(asked, open);
    }
}

#[test]
fn what_both_did_alike_is_no_clash_and_what_one_took_out_is_gone() {
    let (document, open) = merged(json!({"a": 1, "b": 2}), json!({"a": 3}), json!({"a": 3, "b": 2, "c": 4}), None);
    assert_eq!(document, json!({"a": 3, "c": 4}));
    assert!(open.is_empty());
}

#[test]
fn sets_take_what_either_side_put_in_and_lose_what_either_took_out() {
    for (base, yours, theirs, expected) in [
        (json!(["a", "b"]), json!(["a", "b", "mine"]), json!(["b", "theirs"]), json!(["b", "mine", "theirs"])),
        (json!(["a"]), json!(["a", "x"]), json!(["a", "x", "w"]), json!(["a", "w", "x"])),
        (Value::Null, json!(["b"]), json!(["a"]), json!(["a", "b"])),
        (json!(["a", "b"]), json!(["a"]), json!(["b"]), Value::Null),
        (json!(["a"]), json!(["b"]), Value::Null, json!(["b"])),
    ] {
        for field in SETS {
            let of = |side: &Value| json!({ field: side });
            let (document, open) = merged(of(&base), of(&yours), of(&theirs), None);
            assert_eq!((document.get(field).unwrap_or(&Value::Null), open), (&expected, vec![]), "{field}");
        }
    }
    // The order of variants is a choice.
    let (_, open) = merged(json!({"order": ["a"]}), json!({"order": ["a", "b"]}), json!({"order": ["c", "a"]}), None);
    assert_eq!(open, ["order"]);
}

#[test]
fn whom_one_lets_in_and_the_other_shuts_out_is_asked() {
    let base = json!({"include": ["ada"], "exclude": ["bo"]});
    let yours = json!({"include": ["ada", "eve"], "exclude": ["bo"]});
    let theirs = json!({"include": ["ada"], "exclude": ["bo", "eve", "kim"]});
    let (inside, outside) = (
        json!({"include": ["ada", "eve"], "exclude": ["bo", "kim"]}),
        json!({"include": ["ada"], "exclude": ["bo", "eve", "kim"]}),
    );
    for (choice, expected, open) in
        [(None, &inside, vec!["exclude"]), (Some(Side::Yours), &inside, vec![]), (Some(Side::Theirs), &outside, vec![])]
    {
        let choice = choice.map(|side| ("exclude", side));
        assert_eq!(
            merged(base.clone(), yours.clone(), theirs.clone(), choice),
            (expected.clone(), open.iter().map(ToString::to_string).collect())
        );
    }
    let clash = merge_document(&base, &yours, &theirs, &Choices::new()).clashes.remove(0);
    assert_eq!((clash.base, clash.yours, clash.theirs), (json!([]), json!([]), json!(["eve"])), "only those of whom it is asked");
    // Who moved somebody took them out of where they were: nobody stands in their way.
    let moved = json!({"include": [], "exclude": ["bo", "ada"]});
    let (document, open) = merged(base.clone(), moved, json!({"include": ["ada", "lin"], "exclude": ["bo"]}), None);
    assert_eq!((document, open), (json!({"include": ["lin"], "exclude": ["bo", "ada"]}), vec![]));
}

/// Three segments of a few ids, the later two each some edits away from the first.
fn three() -> impl Strategy<Value = [Value; 3]> {
    let list = || proptest::sample::subsequence(vec!["ada", "bo", "eve", "kim", "lin", "mo"], 0..=6);
    let side = || (list(), list()).prop_map(|(include, exclude)| json!({"include": include, "exclude": exclude}));
    [side(), side(), side()]
}

fn ids(document: &Value, field: &str) -> BTreeSet<String> {
    texts(document.get(field).unwrap_or(&Value::Null)).unwrap_or_default().into_iter().map(str::to_owned).collect()
}

proptest! {
    #[test]
    fn whose_edit_is_whose_makes_no_difference_where_it_is_settled([base, yours, theirs] in three()) {
        let (one, other) = (merge_document(&base, &yours, &theirs, &Choices::new()), merge_document(&base, &theirs, &yours, &Choices::new()));
        prop_assert_eq!(one.is_settled(), other.is_settled());
        if one.is_settled() {
            prop_assert_eq!(one.document, other.document);
        } else {
            // The same choice, seen from either side.
            let chosen = |side| Choices::from([(EXCLUDE.to_owned(), side)]);
            let one = merge_document(&base, &yours, &theirs, &chosen(Side::Theirs));
            let other = merge_document(&base, &theirs, &yours, &chosen(Side::Yours));
            prop_assert!(one.is_settled() && one.document == other.document, "{:?} {:?}", one, other);
        }
    }

    #[test]
    fn additions_and_removals_of_both_are_kept([base, yours, theirs] in three()) {
        let merged = merge_document(&base, &yours, &theirs, &Choices::new());
        prop_assume!(merged.is_settled());
        for field in ["include", EXCLUDE] {
            let (was, now) = (ids(&base, field), ids(&merged.document, field));
            for side in [&yours, &theirs] {
                let own = ids(side, field);
                prop_assert!(own.difference(&was).all(|added| now.contains(added)), "{field} of {side} in {}", merged.document);
                prop_assert!(was.difference(&own).all(|removed| !now.contains(removed)), "{field} of {side} in {}", merged.document);
            }
            let known: BTreeSet<String> = [&base, &yours, &theirs].into_iter().flat_map(|side| ids(side, field)).collect();
            prop_assert!(now.is_subset(&known));
        }
    }

    #[test]
    fn who_changed_nothing_gets_what_the_other_did([base, yours, _] in three()) {
        for merged in [merge_document(&base, &yours, &base, &Choices::new()), merge_document(&base, &base, &yours, &Choices::new())] {
            prop_assert_eq!((merged.document, merged.clashes), (yours.clone(), vec![]));
        }
    }
}
