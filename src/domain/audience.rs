//! Who gets a flag in one environment, as a sentence for who is about to change it.

use super::condition::Condition;
use super::launch::Whose;
use super::plan::MAX_STEPS;
use super::rule::{Serve, WHOLE, percent};
use super::shift::{Shift, shift};
use super::state::State;
use super::text::listed;
use super::time::Timestamp;

/// When all has begun that begins with a change at `now`: steps that begin together lie a millisecond apart.
pub fn once_begun(now: Timestamp) -> Timestamp {
    now.plus(i64::try_from(MAX_STEPS).unwrap_or_default())
}

/// What a change comes to for everybody, once it has taken effect: who then gets what, and who loses what they have. `flag` is
/// the seed where none is set.
pub fn change(before: &State, after: &State, flag: &str, now: Timestamp) -> String {
    let then = once_begun(now);
    if !after.enabled {
        return format!("Then everybody gets {}.", after.off_variant);
    }
    let told = audience(after, then);
    // Nobody *still* gets what others have until then.
    let told = if anybody(before, now) { told.replacen("everybody still gets", "everybody gets", 1) } else { told };
    let lost = if before.enabled { losses(before, after, flag, then) } else { Vec::new() };
    std::iter::once(told).chain(lost).collect::<Vec<_>>().join(" ")
}

/// Whether anybody gets something other than what is served while off.
fn anybody(state: &State, now: Timestamp) -> bool {
    let serves = state.rules.iter().filter(|rule| rule.active).map(|rule| &rule.serve).chain([&state.fallthrough]);
    let mut shares = serves.map(|serve| serve.share_beside(&state.off_variant, now));
    let is_named = state.targets.iter().any(|target| target.variant != state.off_variant && !target.units.is_empty());
    state.enabled && (is_named || shares.any(|share| share > 0))
}

/// What a rule that is there and active asks for.
fn conditions<'s>(state: &'s State, whose: &Whose) -> Option<&'s [Condition]> {
    let Whose::Rule(id) = whose else { return None };
    state.rules.iter().find(|rule| rule.id == *id && rule.active).map(|rule| rule.conditions.as_slice())
}

/// `10 % of everyone else lose on.`, of everyone else and of each rule that asks for the same people before and after.
fn losses(before: &State, after: &State, flag: &str, now: Timestamp) -> Vec<String> {
    let rules = after.rules.iter().filter(|rule| rule.active);
    let named = |rule: &super::rule::Rule| match rule.name.as_str() {
        "" => "those who match a rule".to_owned(),
        name => format!("those who match {name}"),
    };
    let alone = !after.targets.iter().any(|target| !target.units.is_empty()) && after.rules.iter().all(|rule| !rule.active);
    let everyone = if alone { "everybody" } else { EVERYONE };
    let all = rules.map(|rule| (Whose::Rule(rule.id.clone()), named(rule)));
    let all = all.chain([(Whose::EveryoneElse, everyone.to_owned())]);
    let of = |(whose, whom): (Whose, String)| {
        let (old, new) = (before.serve_of(&whose)?, after.serve_of(&whose)?);
        if conditions(before, &whose) != conditions(after, &whose) {
            return None;
        }
        let Shift::Moves(moves) = shift(old, new, flag, now) else { return None };
        let lost: Vec<_> =
            moves.into_iter().filter(|one| one.from != before.off_variant && one.to == after.off_variant).collect();
        let share: u16 = lost.iter().map(|one| one.share).sum();
        let names: Vec<&str> = lost.iter().map(|one| one.from.as_str()).collect();
        (share > 0).then(|| format!("{} of {whom} lose {}.", percent(share), names.join(" or ")))
    };
    all.filter_map(of).collect()
}

/// `Then 2 individual targets, 5 % of those who match 1 rule and 25 % of everyone else get on.` Of a state that is on.
pub fn audience(state: &State, now: Timestamp) -> String {
    let share = |serve: &Serve| serve.share_beside(&state.off_variant, now);
    let rules = || state.rules.iter().filter(|rule| rule.active).map(|rule| share(&rule.serve));
    let units = |wanted: bool| {
        let lists = state.targets.iter().filter(|target| (target.variant != state.off_variant) == wanted);
        lists.map(|target| target.units.len()).sum::<usize>()
    };
    let served: Vec<u16> = rules().filter(|share| *share > 0).collect();
    let who: Vec<String> =
        targets(units(true)).into_iter().chain(matching(&served)).chain(everyone(share(&state.fallthrough))).collect();
    let off = &state.off_variant;
    let withheld: Vec<String> =
        targets(units(false)).into_iter().chain(those(rules().filter(|share| *share == 0).count(), "")).collect();
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

/// `Once on, everybody gets on.` Of a state that is off, for who is about to turn it on.
pub fn once_on(state: &State, now: Timestamp) -> String {
    audience(state, now).replacen("Then ", "Once on, ", 1)
}

const EVERYONE: &str = "everyone else";

fn targets(units: usize) -> Option<String> {
    match units {
        0 => None,
        1 => Some("1 individual target".to_owned()),
        n => Some(format!("{n} individual targets")),
    }
}

/// Those whom rules with these shares serve: who is served whole first, then of whom only a share is.
fn matching(shares: &[u16]) -> Vec<String> {
    let whole = shares.iter().filter(|share| **share == WHOLE).count();
    let (least, most) = shares
        .iter()
        .filter(|share| **share != WHOLE)
        .fold((WHOLE, 0), |(least, most), share| (least.min(*share), most.max(*share)));
    let other = if whole > 0 { "other " } else { "" };
    let partly = those(shares.len() - whole, other).map(|those| match least == most {
        true => format!("{} of {those}", percent(most)),
        false => format!("{} to {} of {those}", percent(least), percent(most)),
    });
    those(whole, "").into_iter().chain(partly).collect()
}

fn those(rules: usize, other: &str) -> Option<String> {
    match rules {
        0 => None,
        1 => Some(format!("those who match 1 {other}rule")),
        n => Some(format!("those who match {n} {other}rules")),
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
    use crate::domain::rollout::{Plan, Rollout, Start, Step};
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

    fn plan(shares: &[u16], at: &[i64], held_at: Option<u16>) -> Serve {
        let step = |(share, at): (&u16, &i64)| Step::new(*share, Start::At(Timestamp::from_millis(*at)));
        let plan = Plan { steps: shares.iter().zip(at).map(step).collect(), held_at };
        let (bucket_by, seed) = ("targetingKey".to_owned(), None);
        Serve::Rollout(Rollout { bucket_by, seed, variant: name("on"), rest: name("off"), plan })
    }

    #[test]
    fn a_change_is_told_as_it_is_once_it_has_taken_effect() {
        let (on, off) = (|| Serve::Variant(name("on")), || Serve::Variant(name("off")));
        let state = |enabled, rules: Vec<Rule>, fallthrough| State {
            enabled,
            off_variant: name("off"),
            targets: vec![],
            rules,
            fallthrough,
        };
        let begun = || plan(&[100, 1_000], &[-10, 1_000_000], None);
        let named = || Rule { name: "Staff".into(), ..rule(begun(), true) };
        let quiet = || Rule { serve: off(), ..named() };
        let table = [
            // Steps that begin together lie a millisecond apart: what counts is the last of them.
            (
                state(true, vec![], begun()),
                state(true, vec![], plan(&[100, 1_000, WHOLE], &[-10, 0, 1], None)),
                "Then everybody gets on.",
            ),
            (state(true, vec![], off()), state(true, vec![], off()), "Then everybody still gets off."),
            (
                state(true, vec![], begun()),
                state(true, vec![], plan(&[100], &[-10], Some(0))),
                "Then everybody gets off. 1 % of everybody lose on.",
            ),
            (
                state(true, vec![], on()),
                state(true, vec![], share(1_000)),
                "Then 10 % of everybody get on. 90 % of everybody lose on.",
            ),
            (state(false, vec![], on()), state(true, vec![], share(1_000)), "Then 10 % of everybody get on."),
            (state(true, vec![], on()), state(false, vec![], on()), "Then everybody gets off."),
            (
                state(true, vec![named()], off()),
                state(true, vec![quiet()], off()),
                "Then everybody gets off. 1 % of those who match Staff lose on.",
            ),
        ];
        for (before, after, expected) in table {
            assert_eq!(change(&before, &after, "a", Timestamp::from_millis(0)), expected);
        }
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
                "Then 2 individual targets, 5 % of those who match 1 rule and 25 % of everyone else get on.",
            ),
            (
                vec![],
                vec![rule(on(), true), rule(share(6_000), true)],
                off(),
                "Then those who match 1 rule and 60 % of those who match 1 other rule get on.",
            ),
            (
                vec![],
                vec![rule(share(6_000), true), rule(share(500), true), rule(share(6_000), true)],
                share(100),
                "Then 5 % to 60 % of those who match 3 rules and 1 % of everyone else get on.",
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
