#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::domain::rollout::{Plan, Rollout};
use serde_json::json;

const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);

fn flag(names: &[&str]) -> Flag {
    let variants: Vec<_> = names.iter().map(|name| json!({ "name": name, "value": name })).collect();
    serde_json::from_value(json!({
        "key": "a", "kind": "release", "value_type": "string", "variants": variants, "fallback_variant": names[0],
        "owner": { "unclaimed": "Team" }, "description": "A",
    }))
    .unwrap()
}

fn name(text: &str) -> VariantName {
    VariantName::parse(text).unwrap()
}

fn form(pairs: &[(&str, &str)], flag: &Flag, current: Option<&Serve>) -> ServeForm {
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    ServeForm::from_pairs(&pairs, flag, current)
}

fn weights(serve: &Serve) -> Vec<(String, u16)> {
    let Serve::Split(split) = serve else { panic!("{serve:?} is no split") };
    split.weights.iter().map(|weight| (weight.variant.to_string(), weight.share)).collect()
}

fn plan() -> Serve {
    Serve::Rollout(Rollout {
        bucket_by: "account".into(),
        seed: Some("shared".into()),
        variant: name("on"),
        rest: name("off"),
        plan: Plan::preset(NOW.plus(-1)),
    })
}

#[test]
fn shares_of_two_are_read_to_a_hundredth_of_a_percent() {
    let flag = flag(&["on", "off"]);
    for (typed, share) in [("25", 2_500), (" 12.5 ", 1_250), ("0,01", 1), ("0", 0), ("100 %", WHOLE), ("33.330", 3_333)] {
        let form = form(
            &[("serve", "split"), ("serve.share", typed), ("serve.of", "on"), ("serve.bucket_by", " account ")],
            &flag,
            None,
        );
        let (serve, problems) = form.read(&flag, None);
        assert_eq!(problems, [], "{typed}");
        assert_eq!(weights(&serve), [("on".to_owned(), share), ("off".to_owned(), WHOLE - share)], "{typed}");
        assert_eq!(serve.bucket_by(), Some("account"));
    }
}

#[test]
fn what_is_no_share_says_what_would_be() {
    let flag = flag(&["on", "off"]);
    for (typed, said) in [
        ("", "such as 25"),
        ("101", "101 is none"),
        ("-1", "-1 is none"),
        ("many", "many is none"),
        ("NaN", "NaN is none"),
        ("12.345", "steps of 0.01 %"),
    ] {
        let form = form(&[("serve", "split"), ("serve.share", typed), ("serve.of", "on"), ("serve.bucket_by", "a")], &flag, None);
        let (_, problems) = form.read(&flag, None);
        assert_eq!(problems.len(), 1, "{typed}: {problems:?}");
        assert!(problems[0].field == "serve.share" && problems[0].message.contains(said), "{typed}: {problems:?}");
    }
}

#[test]
fn an_edit_leaves_the_buckets_where_they_are() {
    let flag = flag(&["on", "off"]);
    let mut split = Split::two(name("off"), name("on"), 9_000);
    split.seed = Some("shared".into());
    let current = Serve::Split(split);
    let form =
        form(&[("serve", "split"), ("serve.share", "25"), ("serve.of", "on"), ("serve.bucket_by", "a")], &flag, Some(&current));
    let (serve, problems) = form.read(&flag, Some(&current));
    assert_eq!(problems, []);
    assert_eq!(weights(&serve), [("off".to_owned(), 7_500), ("on".to_owned(), 2_500)], "off keeps the first buckets");
    assert_eq!(serve.seed(), Some("shared"));
}

#[test]
fn what_is_served_survives_the_form() {
    let (two, three) = (flag(&["on", "off"]), flag(&["a", "b", "c"]));
    let parts = |shares: [(&str, u16); 3]| {
        let weights = shares.iter().map(|(variant, share)| Weight { variant: name(variant), share: *share }).collect();
        Serve::Split(Split { bucket_by: "account".into(), seed: Some("s".into()), weights })
    };
    let table = [
        (&two, Serve::Variant(name("off"))),
        (&two, Serve::Split(Split::two(name("off"), name("on"), 1))),
        (&two, plan()),
        (&three, Serve::Variant(name("c"))),
        (&three, parts([("c", 5_000), ("a", 4_999), ("b", 1)])),
    ];
    for (flag, serve) in table {
        let form = ServeForm::of(&serve, flag, NOW);
        assert_eq!(form.read(flag, Some(&serve)), (serve.clone(), Vec::new()), "{form:?}");
    }
}

#[test]
fn a_plan_gives_way_to_its_present_share_and_its_buckets_stay() {
    let flag = flag(&["off", "on"]);
    let form = ServeForm { mode: SPLIT.into(), ..ServeForm::of(&plan(), &flag, NOW) };
    assert_eq!((form.share.as_str(), form.of.as_str()), ("1", "on"));
    let (serve, problems) = form.read(&flag, Some(&plan()));
    assert_eq!(problems, []);
    assert_eq!(weights(&serve), [("on".to_owned(), 100), ("off".to_owned(), 9_900)]);
    assert_eq!((serve.bucket_by(), serve.seed()), (Some("account"), Some("shared")));
}

#[test]
fn a_plan_that_is_gone_cannot_be_kept() {
    let flag = flag(&["on", "off"]);
    let (_, problems) = form(&[("serve", "plan")], &flag, None).read(&flag, Some(&Serve::Variant(name("on"))));
    assert_eq!(problems[0].field, "serve");
}

#[test]
fn every_share_of_three_is_read_and_every_problem_told() {
    let flag = flag(&["a", "b", "c"]);
    let good =
        form(&[("serve", "split"), ("serve.shares[a]", "20"), ("serve.shares[c]", "80"), ("serve.bucket_by", "x")], &flag, None);
    let (serve, problems) = good.read(&flag, None);
    assert_eq!(problems, []);
    assert_eq!(weights(&serve), [("a".to_owned(), 2_000), ("b".to_owned(), 0), ("c".to_owned(), 8_000)]);
    let bad = form(&[("serve", "split"), ("serve.shares[a]", "x"), ("serve.shares[b]", "101")], &flag, None);
    let fields: Vec<_> = bad.read(&flag, None).1.into_iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["serve.shares[a]", "serve.shares[b]"]);
}

#[test]
fn unknown_ways_and_variants_are_refused() {
    let flag = flag(&["on", "off"]);
    for (pairs, field) in [
        (vec![("serve", "")], "serve"),
        (vec![("serve", "magic")], "serve"),
        (vec![("serve", "variant"), ("serve.variant", "<b>")], "serve.variant"),
        (vec![("serve", "variant")], "serve.variant"),
        (vec![("serve", "split"), ("serve.share", "1"), ("serve.of", "maybe")], "serve.of"),
    ] {
        let (_, problems) = form(&pairs, &flag, None).read(&flag, None);
        assert_eq!(problems.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), [field], "{pairs:?}");
    }
}

#[test]
fn a_seed_is_written_cleared_or_left_alone() {
    let flag = flag(&["on", "off"]);
    let mut split = Split::two(name("on"), name("off"), 5_000);
    split.seed = Some("shared".into());
    let current = Serve::Split(split);
    for (typed, seed) in [(None, Some("shared")), (Some(""), None), (Some(" other "), Some("other"))] {
        let mut pairs = vec![("serve", "split"), ("serve.share", "50"), ("serve.of", "on"), ("serve.bucket_by", "a")];
        pairs.extend(typed.map(|typed| ("serve.seed", typed)));
        let (serve, problems) = form(&pairs, &flag, Some(&current)).read(&flag, Some(&current));
        assert_eq!((problems, serve.seed()), (vec![], seed), "{typed:?}");
    }
}

#[test]
fn the_rest_is_given_to_one_of_several() {
    let flag = flag(&["a", "b", "c"]);
    let press = |button: (&str, &str), a: &str, b: &str| {
        let pairs = [button, ("serve", "split"), ("serve.shares[a]", a), ("serve.shares[b]", b), ("serve.bucket_by", "x")];
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let after = redrawn(&pairs, &flag, None)?;
        assert!(after.iter().all(|(key, _)| key != CHECK && key != REST), "{after:?}");
        Some(ServeForm::from_pairs(&after, &flag, None).shares.into_iter().map(|pair| pair.1).collect::<Vec<_>>())
    };
    let shares = |button, a, b| press(button, a, b).unwrap();
    assert_eq!(shares((REST, "c"), "20", "12.5"), ["20", "12.5", "67.5"]);
    assert_eq!(shares((REST, "b"), "20", "12.5"), ["20", "80", ""]);
    assert_eq!(shares((REST, "a"), "60", "60"), ["60", "60", ""], "there is none to give");
    assert_eq!(shares((REST, "a"), "x", "60"), ["x", "60", ""], "what is typed stays");
    assert_eq!(shares((REST, "nobody"), "20", "60"), ["20", "60", ""]);
    assert_eq!(shares((CHECK, "true"), "20", "60"), ["20", "60", ""]);
    assert_eq!(press(("save", "x"), "1", "2"), None);
}
