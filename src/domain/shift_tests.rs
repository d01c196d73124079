#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::rollout::{Plan, Rollout};
use crate::domain::rule::{Split, TARGETING_KEY, Weight};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);

fn name(text: &str) -> VariantName {
    VariantName::parse(text).unwrap()
}

fn split(shares: &[(&str, u16)]) -> Serve {
    let weights = shares.iter().map(|(variant, share)| Weight { variant: name(variant), share: *share }).collect();
    Serve::Split(Split { bucket_by: TARGETING_KEY.into(), seed: None, weights })
}

fn by(serve: Serve, attribute: &str, seed: Option<&str>) -> Serve {
    let Serve::Split(split) = serve else { panic!("{serve:?} is no split") };
    Serve::Split(Split { bucket_by: attribute.into(), seed: seed.map(str::to_owned), ..split })
}

fn one(variant: &str) -> Serve {
    Serve::Variant(name(variant))
}

fn told(before: &Serve, after: &Serve) -> String {
    sentences(before, after, "flag", "everyone else", NOW).join(" ")
}

#[test]
fn a_raised_share_moves_those_and_nobody_else() {
    let table = [
        (split(&[("on", 2_500), ("off", 7_500)]), split(&[("on", 5_000), ("off", 5_000)]), "25 % off → on"),
        (split(&[("on", 5_000), ("off", 5_000)]), split(&[("on", 4_999), ("off", 5_001)]), "0.01 % on → off"),
        (one("off"), split(&[("on", 1_000), ("off", 9_000)]), "10 % off → on"),
        (split(&[("on", 1_000), ("off", 9_000)]), one("on"), "90 % off → on"),
        // Another attribute changes nothing for who were all served the same.
        (one("off"), by(split(&[("on", 1_000), ("off", 9_000)]), "company", Some("s")), "10 % off → on"),
    ];
    for (before, after, expected) in table {
        let told = told(&before, &after);
        assert!(told.contains(expected) && told.contains("Everybody else keeps what they have."), "{told}");
    }
    assert_eq!(
        told(&split(&[("on", 2_500), ("off", 7_500)]), &split(&[("on", 5_000), ("off", 5_000)])),
        "25 % of everyone else get another variant: 25 % off → on. Everybody else keeps what they have."
    );
}

#[test]
fn of_three_a_raised_share_takes_from_the_next() {
    let before = split(&[("a", 2_000), ("b", 3_000), ("c", 5_000)]);
    let after = split(&[("a", 3_000), ("b", 3_000), ("c", 4_000)]);
    let told = told(&before, &after);
    assert!(told.contains("20 % of everyone else get another variant: 10 % b → a, 10 % c → b."), "{told}");
    assert!(told.contains("That is 10 % more than these shares ask for"), "{told}");
    let last = split(&[("a", 2_000), ("b", 4_000), ("c", 4_000)]);
    assert!(self::told(&before, &last).contains("Everybody else keeps"), "neighbours trade without loss");
}

#[test]
fn another_seed_or_attribute_shuffles_everybody() {
    let half = split(&[("on", 5_000), ("off", 5_000)]);
    assert_eq!(shift(&half, &by(half.clone(), "company", None), "flag", NOW), Shift::Shuffled(5_000));
    assert_eq!(shift(&half, &by(half.clone(), TARGETING_KEY, Some("s")), "flag", NOW), Shift::Shuffled(5_000));
    assert_eq!(shift(&half, &by(half.clone(), TARGETING_KEY, Some("flag")), "flag", NOW), Shift::Nobody, "the key is the seed");
    let told = told(&half, &by(half.clone(), "company", None));
    assert!(
        told.starts_with("About 50 % of everyone else, counted by company, get another variant: they are shuffled anew."),
        "{told}"
    );
    assert_eq!(shift(&split(&[("on", 1), ("off", 9_999)]), &by(half, "x", None), "flag", NOW), Shift::Shuffled(5_000));
}

#[test]
fn what_stays_says_so() {
    let plan = |seed: Option<&str>| {
        Serve::Rollout(Rollout {
            bucket_by: TARGETING_KEY.into(),
            seed: seed.map(str::to_owned),
            variant: name("on"),
            rest: name("off"),
            plan: Plan { held_at: Some(1_000), ..Plan::preset(NOW) },
        })
    };
    assert_eq!(shift(&plan(None), &split(&[("on", 1_000), ("off", 9_000)]), "flag", NOW), Shift::Nobody);
    assert_eq!(told(&one("on"), &one("on")), "Nobody of everyone else gets another variant.");
    assert_eq!(shift(&plan(None), &plan(Some("s")), "flag", NOW), Shift::Shuffled(1_800));
}

/// Any split of the same three variants, in any order of its buckets.
fn any_split() -> impl Strategy<Value = Serve> {
    let names = Just(vec!["a", "b", "c"]).prop_shuffle();
    (names, 0..=WHOLE, 0..=WHOLE).prop_map(|(names, one, other)| {
        let (low, high) = (one.min(other), one.max(other));
        split(&[(names[0], low), (names[1], high - low), (names[2], WHOLE - high)])
    })
}

proptest! {
    #[test]
    fn it_agrees_with_every_bucket_counted(before in any_split(), after in any_split()) {
        let variant = |serve: &Serve, bucket: u16| {
            let mut end = 0;
            let shares = serve.shares(NOW).into_iter();
            shares.map(|(name, share)| { end += share; (name.clone(), end) }).find(|(_, end)| bucket < *end).map(|found| found.0)
        };
        let counted = (0..WHOLE).filter(|bucket| variant(&before, *bucket) != variant(&after, *bucket)).count();
        let moved: usize = match shift(&before, &after, "flag", NOW) {
            Shift::Nobody => 0,
            Shift::Moves(moves) => moves.iter().map(|one| usize::from(one.share)).sum(),
            Shift::Shuffled(_) => panic!("seed and attribute stayed"),
        };
        prop_assert_eq!(moved, counted);
    }

    #[test]
    fn a_guess_agrees_with_every_pair_of_buckets(before in any_split(), after in any_split()) {
        let share = |serve: &Serve, of: &str| serve.shares(NOW).iter().filter(|(name, _)| name.as_str() == of).map(|p| f64::from(p.1) / 10_000.0).sum::<f64>();
        let whole = |serve: &Serve| serve.shares(NOW).iter().any(|(_, share)| *share == WHOLE);
        prop_assume!(!whole(&before) && !whole(&after));
        let same: f64 = ["a", "b", "c"].iter().map(|of| share(&before, of) * share(&after, of)).sum();
        let Shift::Shuffled(expected) = shift(&before, &by(after.clone(), "other", None), "flag", NOW) else {
            panic!("nothing was drawn anew")
        };
        prop_assert!((f64::from(expected) / 10_000.0 - (1.0 - same)).abs() <= 0.000_1);
    }
}
