#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::key::VariantName;
use crate::domain::rule::{Serve, Split, Weight};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn name(text: &str) -> VariantName {
    VariantName::parse(text).unwrap()
}

fn serve(variant: &str) -> Serve {
    Serve::Variant(name(variant))
}

fn rule(id: &str) -> Rule {
    Rule { id: id.to_owned(), name: String::new(), active: true, conditions: Vec::new(), serve: serve("on") }
}

fn state(ids: &[&str]) -> State {
    let rules = ids.iter().map(|id| rule(id)).collect();
    State { enabled: true, off_variant: name("off"), targets: Vec::new(), rules, fallthrough: serve("off") }
}

fn target(variant: &str, units: &[&str]) -> Target {
    Target { variant: name(variant), units: units.iter().map(|unit| (*unit).to_owned()).collect() }
}

fn order(state: &State) -> String {
    ids(&state.rules).join(" ")
}

fn free(base: &State, yours: &State, theirs: &State) -> Merged {
    merge(base, yours, theirs, &Choices::new())
}

fn paths(merged: &Merged) -> Vec<&str> {
    merged.clashes.iter().map(|clash| clash.path.as_str()).collect()
}

#[test]
fn rules_keep_whose_order_was_changed_and_new_ones_follow_what_they_followed() {
    for (base, yours, theirs, expected) in [
        ("a b c", "c a b", "a b c d", "c d a b"),
        ("a b", "a b x", "a b y", "a b y x"),
        ("a b", "a x b", "b a", "b a x"),
        ("a b c", "a c", "a b c d", "a c d"),
        ("a b c", "b c", "a c", "c"),
        ("a b", "b a", "b a", "b a"),
        ("a", "x a", "y a", "x y a"),
        ("", "x", "y", "x y"),
    ] {
        let of = |text: &str| state(&text.split_whitespace().collect::<Vec<_>>());
        let merged = free(&of(base), &of(yours), &of(theirs));
        assert_eq!(order(&merged.state), expected, "{base} | {yours} | {theirs}");
        assert_eq!(merged.clashes, [], "{base} | {yours} | {theirs}");
    }
}

#[test]
fn two_orders_are_asked() {
    let (base, yours, theirs) = (state(&["a", "b", "c"]), state(&["b", "a", "c"]), state(&["a", "c", "b"]));
    let merged = free(&base, &yours, &theirs);
    assert_eq!(paths(&merged), ["rules"]);
    let chosen = |side| order(&merge(&base, &yours, &theirs, &[("rules".to_owned(), side)].into()).state);
    assert_eq!((chosen(Side::Yours).as_str(), chosen(Side::Theirs).as_str()), ("b a c", "a c b"));
}

#[test]
fn two_new_rules_of_the_same_id_are_two_rules() {
    let base = state(&["r1"]);
    let (mut yours, mut theirs) = (state(&["r1", "r2"]), state(&["r1", "r2"]));
    yours.rules[1].name = "Mine".into();
    theirs.rules[1].name = "Theirs".into();
    let merged = free(&base, &yours, &theirs);
    let names: Vec<_> = merged.state.rules.iter().map(|rule| (rule.id.as_str(), rule.name.as_str())).collect();
    assert_eq!(names, [("r1", ""), ("r2", "Theirs"), ("r3", "Mine")]);
    assert!(merged.is_settled());
}

#[test]
fn fields_of_one_rule_merge_and_the_same_field_is_asked() {
    let base = state(&["a"]);
    let (mut yours, mut theirs) = (base.clone(), base.clone());
    yours.rules[0].name = "Staff".into();
    theirs.rules[0].active = false;
    let merged = free(&base, &yours, &theirs);
    assert_eq!((merged.state.rules[0].name.as_str(), merged.state.rules[0].active), ("Staff", false));
    assert!(merged.is_settled());
    yours.rules[0].serve = serve("off");
    theirs.rules[0].serve = serve("blue");
    let merged = free(&base, &yours, &theirs);
    assert_eq!(paths(&merged), ["rules[a].serve"]);
    assert_eq!(merged.clashes[0].said, "rules[Staff].serve");
    assert!(!merged.is_settled());
}

#[test]
fn a_rule_that_one_removed_and_the_other_changed_is_asked() {
    let base = state(&["a", "b"]);
    let (yours, mut theirs) = (state(&["b"]), base.clone());
    theirs.rules[0].active = false;
    let merged = free(&base, &yours, &theirs);
    assert_eq!((paths(&merged), &merged.clashes[0].yours), (vec!["rules[a]"], &Value::Null));
    let chosen = |side| order(&merge(&base, &yours, &theirs, &[("rules[a]".to_owned(), side)].into()).state);
    assert_eq!((chosen(Side::Yours).as_str(), chosen(Side::Theirs).as_str()), ("b", "a b"));
}

#[test]
fn targets_merge_unit_by_unit() {
    let with = |targets: &[Target]| State { targets: targets.to_vec(), ..state(&[]) };
    let base = with(&[target("on", &["ada", "lin"])]);
    let yours = with(&[target("on", &["ada", "lin", "bo"])]);
    let theirs = with(&[target("on", &["lin"]), target("off", &["kim"])]);
    let merged = free(&base, &yours, &theirs);
    assert_eq!(merged.state.targets, [target("on", &["lin", "bo"]), target("off", &["kim"])]);
    assert!(merged.is_settled());
    let yours = with(&[target("on", &["lin"]), target("off", &["ada"])]);
    let theirs = with(&[target("on", &["lin"])]);
    assert_eq!(paths(&free(&base, &yours, &theirs)), ["targets[ada]"]);
}

#[test]
fn what_is_served_is_taken_whole() {
    let split = |shares: [u16; 3]| {
        let weights = ["a", "b", "c"].iter().zip(shares).map(|(variant, share)| Weight { variant: name(variant), share });
        let serve = Serve::Split(Split { bucket_by: "targetingKey".into(), seed: None, weights: weights.collect() });
        State { fallthrough: serve, ..state(&[]) }
    };
    let (base, yours, theirs) = (split([5_000, 5_000, 0]), split([4_000, 6_000, 0]), split([5_000, 4_000, 1_000]));
    let merged = free(&base, &yours, &theirs);
    assert_eq!(paths(&merged), ["fallthrough"]);
    let chosen = merge(&base, &yours, &theirs, &[("fallthrough".to_owned(), Side::Theirs)].into());
    assert!(chosen.is_settled());
    assert_eq!(chosen.state, theirs);
}

/// One edit, as numbers so that any list of them is one.
#[derive(Debug, Clone)]
enum Edit {
    Toggle,
    Serve(&'static str),
    Target(&'static str, &'static str),
    Untarget(&'static str),
    Add,
    Remove(usize),
    Pause(usize),
    Rename(usize, &'static str),
    Top(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let (variant, unit) = (|| select(vec!["on", "off", "blue"]), || select(vec!["ada", "lin", "bo", "kim"]));
    prop_oneof![
        Just(Edit::Toggle),
        variant().prop_map(Edit::Serve),
        (variant(), unit()).prop_map(|(variant, unit)| Edit::Target(variant, unit)),
        unit().prop_map(Edit::Untarget),
        Just(Edit::Add),
        (0..6_usize).prop_map(Edit::Remove),
        (0..6_usize).prop_map(Edit::Pause),
        (0..6_usize, select(vec!["Staff", "Beta"])).prop_map(|(at, name)| Edit::Rename(at, name)),
        (0..6_usize).prop_map(Edit::Top),
    ]
}

fn edited(base: &State, edits: &[Edit]) -> State {
    let mut state = base.clone();
    for edit in edits {
        let rules = state.rules.len();
        match *edit {
            Edit::Toggle => state.enabled = !state.enabled,
            Edit::Serve(variant) => state.fallthrough = serve(variant),
            Edit::Target(variant, unit) => {
                untarget(&mut state, unit);
                match state.targets.iter_mut().find(|target| target.variant.as_str() == variant) {
                    Some(target) => target.units.push(unit.to_owned()),
                    None => state.targets.push(target(variant, &[unit])),
                }
            }
            Edit::Untarget(unit) => untarget(&mut state, unit),
            Edit::Add => {
                let free = (1..).map(|n| format!("r{n}")).find(|id| find(&state.rules, id).is_none()).unwrap();
                state.rules.push(rule(&free));
            }
            Edit::Remove(at) if at < rules => drop(state.rules.remove(at)),
            Edit::Pause(at) if at < rules => state.rules[at].active = !state.rules[at].active,
            Edit::Rename(at, name) if at < rules => state.rules[at].name = name.to_owned(),
            Edit::Top(at) if at < rules => {
                let rule = state.rules.remove(at);
                state.rules.insert(0, rule);
            }
            _ => {}
        }
    }
    state
}

fn untarget(state: &mut State, unit: &str) {
    state.targets.iter_mut().for_each(|target| target.units.retain(|other| other != unit));
    state.targets.retain(|target| !target.units.is_empty());
}

fn three() -> impl Strategy<Value = (State, State, State)> {
    (vec(edit(), 0..8), vec(edit(), 0..6), vec(edit(), 0..6)).prop_map(|(base, yours, theirs)| {
        let base = edited(&state(&["r1", "r2"]), &base);
        (base.clone(), edited(&base, &yours), edited(&base, &theirs))
    })
}

proptest! {
    #[test]
    fn who_changed_nothing_gets_what_the_other_did((base, yours, theirs) in three()) {
        prop_assert_eq!(free(&base, &yours, &base).state, yours.clone());
        prop_assert_eq!(free(&base, &base, &theirs).state, theirs);
        prop_assert_eq!(free(&base, &yours, &yours).state, yours);
    }

    #[test]
    fn every_clash_can_be_settled_and_nothing_is_there_twice((base, yours, theirs) in three(), side in select(vec![Side::Yours, Side::Theirs])) {
        let open = free(&base, &yours, &theirs);
        let choices: Choices = open.clashes.iter().map(|clash| (clash.path.clone(), side)).collect();
        let merged = merge(&base, &yours, &theirs, &choices);
        prop_assert!(merged.is_settled());
        let all: HashSet<&str> = ids(&merged.state.rules).into_iter().collect();
        prop_assert_eq!(all.len(), merged.state.rules.len());
        let units: Vec<&String> = merged.state.targets.iter().flat_map(|target| &target.units).collect();
        prop_assert_eq!(units.iter().collect::<HashSet<_>>().len(), units.len());
    }

    #[test]
    fn no_edit_is_lost_where_nothing_clashes((base, yours, theirs) in three()) {
        let merged = free(&base, &yours, &theirs);
        prop_assume!(merged.clashes.is_empty());
        let state = &merged.state;
        for (side, other) in [(&yours, &theirs), (&theirs, &yours)] {
            if side.enabled != base.enabled { prop_assert_eq!(state.enabled, side.enabled); }
            if side.fallthrough != base.fallthrough { prop_assert_eq!(&state.fallthrough, &side.fallthrough); }
            let (mine, was, now) = (by_unit(&side.targets), by_unit(&base.targets), by_unit(&state.targets));
            for unit in ["ada", "lin", "bo", "kim"] {
                let variant = |map: &HashMap<&str, &Target>| map.get(unit).map(|target| target.variant.clone());
                if variant(&mine) != variant(&was) { prop_assert_eq!(variant(&now), variant(&mine)); }
            }
            // A rule that somebody added is there; one that somebody removed is not.
            let added = side.rules.iter().filter(|rule| find(&base.rules, &rule.id).is_none());
            for rule in added {
                let same = |other: &&Rule| other.name == rule.name && other.active == rule.active && other.serve == rule.serve;
                prop_assert!(state.rules.iter().any(|other| same(&other)), "{rule:?} in {state:?}");
            }
            let removed = base.rules.iter().filter(|rule| find(&side.rules, &rule.id).is_none());
            for rule in removed {
                let again = find(&other.rules, &rule.id).is_some_and(|found| found != rule);
                prop_assert!(again || find(&state.rules, &rule.id).is_none() || find(&state.rules, &rule.id) != Some(rule));
            }
        }
    }
}
