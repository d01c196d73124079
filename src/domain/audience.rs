//! Who gets a flag in one environment, as a sentence for who is about to change it.

use super::rule::{Serve, WHOLE, percent};
use super::state::State;
use super::text::listed;
use super::time::Timestamp;

/// `Then 2 individual targets, those who match 1 rule and 25 % of everyone else get on.` Of a state that is on.
pub fn audience(state: &State, now: Timestamp) -> String {
    let share = |serve: &Serve| serve.share_beside(&state.off_variant, now);
    let rules = || state.rules.iter().filter(|rule| rule.active).map(|rule| share(&rule.serve));
    let units = |wanted: bool| {
        let lists = state.targets.iter().filter(|target| (target.variant != state.off_variant) == wanted);
        lists.map(|target| target.units.len()).sum::<usize>()
    };
    let who = [targets(units(true)), matching(rules().filter(|share| *share > 0).count()), everyone(share(&state.fallthrough))];
    let who: Vec<String> = who.into_iter().flatten().collect();
    let off = &state.off_variant;
    let withheld: Vec<String> =
        [targets(units(false)), matching(rules().filter(|share| *share == 0).count())].into_iter().flatten().collect();
    let given = given(state, now);
    match (who.as_slice(), withheld.is_empty()) {
        ([], _) => format!("Then everybody still gets {off}."),
        ([one], true) if one == EVERYONE => format!("Then everybody gets {given}."),
        ([share], true) if targets(units(true)).is_none() && rules().next().is_none() => {
            format!("Then {} get {given}.", share.replace(EVERYONE, "everybody"))
        }
        (_, true) => format!("Then {} get {given}.", listed(&who)),
        ([one], false) if one == EVERYONE => format!("Then {} get {off}, and everyone else gets {given}.", listed(&withheld)),
        (_, false) => format!("Then {} get {given}; {} get {off}.", listed(&who), listed(&withheld)),
    }
}

const EVERYONE: &str = "everyone else";

fn targets(units: usize) -> Option<String> {
    match units {
        0 => None,
        1 => Some("1 individual target".to_owned()),
        n => Some(format!("{n} individual targets")),
    }
}

fn matching(rules: usize) -> Option<String> {
    match rules {
        0 => None,
        1 => Some("those who match 1 rule".to_owned()),
        n => Some(format!("those who match {n} rules")),
    }
}

fn everyone(share: u16) -> Option<String> {
    match share {
        0 => None,
        WHOLE => Some(EVERYONE.to_owned()),
        share => Some(format!("{} of {EVERYONE}", percent(share))),
    }
}

/// `on` · `small or large` · past three only that it is something else.
fn given(state: &State, now: Timestamp) -> String {
    let serves = state.rules.iter().filter(|rule| rule.active).map(|rule| &rule.serve).chain([&state.fallthrough]);
    let served = serves.flat_map(|serve| serve.shares(now)).filter(|(_, share)| *share > 0).map(|(name, _)| name);
    let mut names: Vec<&str> = Vec::new();
    for name in state.targets.iter().map(|target| &target.variant).chain(served).filter(|name| **name != state.off_variant) {
        if !names.contains(&name.as_str()) {
            names.push(name.as_str());
        }
    }
    match names.as_slice() {
        [] | [_, _, _, _, ..] => format!("something other than {}", state.off_variant),
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        [one, ..] => (*one).to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::key::VariantName;
    use crate::domain::rule::{Rule, Split, Weight};
    use crate::domain::state::Target;

    fn name(text: &str) -> VariantName {
        VariantName::parse(text).unwrap()
    }

    fn share(of: u16) -> Serve {
        Serve::Split(Split::two(name("on"), name("off"), of))
    }

    fn rule(serve: Serve, active: bool) -> Rule {
        Rule { id: "r".into(), name: String::new(), active, conditions: Vec::new(), serve }
    }

    fn target(variant: &str, units: &[&str]) -> Target {
        Target { variant: name(variant), units: units.iter().map(|unit| (*unit).to_owned()).collect() }
    }

    #[test]
    fn it_is_said_who_gets_what() {
        let on = || Serve::Variant(name("on"));
        let off = || Serve::Variant(name("off"));
        let weights = ["off", "small", "large"].map(|arm| Weight { variant: name(arm), share: 2_500 });
        let arms = Serve::Split(Split { weights: weights.to_vec(), ..Split::two(name("on"), name("off"), 0) });
        let table = [
            (vec![], vec![], on(), "Then everybody gets on."),
            (vec![], vec![], off(), "Then everybody still gets off."),
            (vec![], vec![rule(on(), false)], off(), "Then everybody still gets off."),
            (vec![], vec![], share(2_500), "Then 25 % of everybody get on."),
            (vec![], vec![], arms, "Then 50 % of everybody get small or large."),
            (
                vec![target("on", &["ada", "lin"])],
                vec![rule(share(500), true)],
                share(2_500),
                "Then 2 individual targets, those who match 1 rule and 25 % of everyone else get on.",
            ),
            (
                vec![target("off", &["ada"])],
                vec![rule(off(), true), rule(share(0), true)],
                on(),
                "Then 1 individual target and those who match 2 rules get off, and everyone else gets on.",
            ),
        ];
        for (targets, rules, fallthrough, expected) in table {
            let state = State { enabled: true, off_variant: name("off"), targets, rules, fallthrough };
            assert_eq!(audience(&state, Timestamp::from_millis(0)), expected);
        }
    }
}
