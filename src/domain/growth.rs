//! How far a change of a state reaches: the most that the share of any variant grows. What nobody can count, such as whom a
//! new rule will match, counts as everybody: whoever wants to be held up less makes smaller changes.

use super::flag::{ExpiryAction, Flag};
use super::key::VariantName;
use super::rule::{Rule, Serve, WHOLE};
use super::state::State;
use super::time::Timestamp;

/// Whether another definition might answer anybody differently, now or later. A last day from which only words follow moves
/// freely.
pub fn changes_answers(before: &Flag, after: &Flag) -> bool {
    let acts = |flag: &Flag| matches!(flag.on_expiry, ExpiryAction::Serve(_) | ExpiryAction::Archive);
    let expiry = |flag: &Flag| flag.expires_at.filter(|_| acts(flag)).map(|at| (at, flag.on_expiry.clone()));
    (before.archived_at, before.client_visible) != (after.archived_at, after.client_visible)
        || before.variants != after.variants
        || before.fallback_variant != after.fallback_variant
        || expiry(before) != expiry(after)
}

/// How far another state of a flag reaches, its expiry included: from that moment on a state that is on serves one variant to
/// everybody, and nobody is asked again by then. Where it was on before, that was looked at already.
pub fn growth_of(flag: &Flag, before: &State, after: &State, now: Timestamp) -> u16 {
    growth(before, after, now).max(of_expiry(flag, before, after))
}

fn of_expiry(flag: &Flag, before: &State, after: &State) -> u16 {
    let (ExpiryAction::Serve(variant), Some(_)) = (&flag.on_expiry, flag.expires_at) else { return 0 };
    let begins = after.enabled && !before.enabled;
    if begins && *variant != before.off_variant { WHOLE } else { 0 }
}

/// The most that a share grows from one state to the other, in basis points. Individual targets are not counted: they name
/// whom they concern, and are bounded.
pub fn growth(before: &State, after: &State, now: Timestamp) -> u16 {
    // Everybody gets it once the flag is off, and off it is without a question.
    if before.off_variant != after.off_variant {
        return WHOLE;
    }
    if !after.enabled {
        return 0;
    }
    let off = Serve::Variant(before.off_variant.clone());
    let was = |serve: Option<&Serve>| serve.filter(|_| before.enabled).cloned().unwrap_or_else(|| off.clone());
    if before.enabled && !follow_alike(before, after) {
        return WHOLE;
    }
    let of_rules = active(after).map(|rule| {
        let earlier = active(before).find(|other| other.id == rule.id && other.conditions == rule.conditions);
        of_serve(&was(earlier.map(|rule| &rule.serve)), &rule.serve, now)
    });
    let of_everyone_else = of_serve(&was(Some(&before.fallthrough)), &after.fallthrough, now);
    of_rules.max().unwrap_or(0).max(of_everyone_else)
}

fn active(state: &State) -> impl Iterator<Item = &Rule> {
    state.rules.iter().filter(|rule| rule.active)
}

/// Whether the same conditions are asked in the same order, so that each rule meets whom it met before.
fn follow_alike(before: &State, after: &State) -> bool {
    active(before).map(|rule| (&rule.id, &rule.conditions)).eq(active(after).map(|rule| (&rule.id, &rule.conditions)))
}

/// The most that a variant gains: its peak by the new plan, beyond what it has now.
fn of_serve(before: &Serve, after: &Serve, now: Timestamp) -> u16 {
    if before == after {
        return 0;
    }
    // Other buckets are other people, whatever the shares.
    let drawn = |serve: &Serve| (serve.bucket_by().map(str::to_owned), serve.seed().map(str::to_owned));
    let both_drawn = !matches!(before, Serve::Variant(_)) && !matches!(after, Serve::Variant(_));
    if both_drawn && drawn(before) != drawn(after) {
        return WHOLE;
    }
    let gains = after.variants().into_iter().map(|name| peak(after, name, now).saturating_sub(share(before, name, now)));
    gains.max().unwrap_or(0)
}

fn share(serve: &Serve, name: &VariantName, now: Timestamp) -> u16 {
    serve.shares(now).into_iter().filter(|(other, _)| *other == name).map(|(_, share)| share).sum()
}

/// The largest share that a variant gets now or by a later step.
fn peak(serve: &Serve, name: &VariantName, now: Timestamp) -> u16 {
    let Serve::Rollout(rollout) = serve else { return share(serve, name, now) };
    let steps = rollout.plan.steps.iter().map(|step| step.share.min(WHOLE));
    let shares: Vec<u16> = steps.chain([rollout.plan.share(now)]).collect();
    let highest = shares.iter().copied().max().unwrap_or(0);
    let lowest = shares.iter().copied().min().unwrap_or(0);
    let mut peak = 0;
    if rollout.variant == *name {
        peak = highest;
    }
    if rollout.rest == *name {
        peak = peak.max(WHOLE - lowest);
    }
    peak
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::condition::{Condition, Operator};
    use crate::domain::rollout::{Plan, Rollout};
    use crate::domain::rule::Split;
    use crate::domain::state::Target;
    use crate::domain::time::DAY;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_millis(20_000 * DAY);

    fn split(share: u16) -> Serve {
        Serve::Split(Split::two(VariantName::on(), VariantName::off(), share))
    }
    fn plan(shares: &[u16]) -> Serve {
        let plan = Plan::regular(shares, NOW, DAY);
        let (bucket_by, seed) = ("targetingKey".to_owned(), None);
        Serve::Rollout(Rollout { bucket_by, seed, variant: VariantName::on(), rest: VariantName::off(), plan })
    }
    fn all(name: VariantName) -> Serve {
        Serve::Variant(name)
    }
    fn state(enabled: bool, fallthrough: Serve) -> State {
        State { enabled, off_variant: VariantName::off(), targets: Vec::new(), rules: Vec::new(), fallthrough }
    }
    fn rule(id: &str, plan: &str, serve: Serve) -> Rule {
        let condition: Condition =
            serde_json::from_value(json!({"attribute": "plan", "operator": "equals", "values": [plan]})).unwrap();
        assert_eq!(condition.operator, Operator::Equals);
        Rule { id: id.into(), name: String::new(), active: true, conditions: vec![condition], serve }
    }
    fn with(rules: Vec<Rule>) -> State {
        State { rules, ..state(true, all(VariantName::off())) }
    }

    #[test]
    fn shares_of_everyone_else_are_counted() {
        for (before, after, expected) in [
            (state(true, split(1_000)), state(true, split(3_500)), 2_500),
            // Whoever loses `on` gets `off`, which grows.
            (state(true, split(3_500)), state(true, split(1_000)), 2_500),
            (state(true, split(1_000)), state(true, all(VariantName::on())), 9_000),
            (state(false, split(100)), state(true, split(100)), 100),
            (state(false, all(VariantName::on())), state(true, all(VariantName::on())), WHOLE),
            (state(true, split(5_000)), state(false, split(9_000)), 0),
            (state(false, split(5_000)), state(false, split(9_000)), 0),
            (state(true, split(100)), state(true, plan(&[100, 5_000])), 4_900),
            (state(true, plan(&[100, 5_000])), state(true, plan(&[100, 5_000])), 0),
            (state(true, plan(&[100, 5_000])), state(true, plan(&[100, 5_000, 10_000])), 9_900),
        ] {
            assert_eq!(growth(&before, &after, NOW), expected, "{before:?} {after:?}");
        }
    }

    fn flag(on_expiry: ExpiryAction, expires_at: Option<Timestamp>) -> Flag {
        let flag = json!({
            "key": "new_checkout", "kind": "release", "value_type": "boolean", "description": "A test",
            "variants": [{"name": "on", "value": true}, {"name": "off", "value": false}], "fallback_variant": "off",
            "owner": {"unclaimed": "Ada"}, "expires_at": expires_at, "on_expiry": on_expiry,
        });
        serde_json::from_value(flag).unwrap()
    }

    #[test]
    fn a_last_day_changes_answers_where_something_follows_from_it() {
        let (notify, freeze, archive) = (ExpiryAction::Notify, ExpiryAction::Freeze, ExpiryAction::Archive);
        let serve = |name: VariantName| ExpiryAction::Serve(name);
        let (soon, later) = (Some(NOW.plus(DAY)), Some(NOW.plus(9 * DAY)));
        for (before, after, expected) in [
            ((notify.clone(), soon), (notify.clone(), later), false),
            ((freeze.clone(), soon), (notify.clone(), later), false),
            ((notify.clone(), soon), (serve(VariantName::on()), soon), true),
            ((serve(VariantName::on()), soon), (serve(VariantName::on()), later), true),
            ((serve(VariantName::on()), soon), (serve(VariantName::off()), soon), true),
            ((serve(VariantName::on()), soon), (notify, soon), true),
            ((archive.clone(), soon), (archive.clone(), later), true),
            ((archive, None), (serve(VariantName::on()), None), false),
        ] {
            let sides = (flag(before.0, before.1), flag(after.0, after.1));
            assert_eq!(changes_answers(&sides.0, &sides.1), expected, "{sides:?}");
        }
        let words = Flag { description: "Other words".into(), ..flag(freeze, soon) };
        assert!(!changes_answers(&flag(ExpiryAction::Freeze, soon), &words));
        assert!(changes_answers(&words, &Flag { client_visible: true, ..words.clone() }));
    }

    #[test]
    fn what_an_expiry_serves_is_a_step_to_come() {
        let serve = |name: VariantName| ExpiryAction::Serve(name);
        let (off, on) = (state(false, split(100)), state(true, split(100)));
        for (action, at, before, after, expected) in [
            (serve(VariantName::on()), Some(NOW.plus(DAY)), &off, &on, WHOLE),
            (serve(VariantName::on()), Some(NOW.plus(-DAY)), &off, &on, WHOLE),
            // Everybody has that one while it is off.
            (serve(VariantName::off()), Some(NOW.plus(DAY)), &off, &on, 100),
            (serve(VariantName::on()), None, &off, &on, 100),
            (ExpiryAction::Notify, Some(NOW.plus(DAY)), &off, &on, 100),
            // It was ahead before as well.
            (serve(VariantName::on()), Some(NOW.plus(DAY)), &on, &state(true, split(300)), 200),
            (serve(VariantName::on()), Some(NOW.plus(DAY)), &on, &off, 0),
            (serve(VariantName::on()), Some(NOW.plus(DAY)), &off, &state(false, split(300)), 0),
        ] {
            assert_eq!(growth_of(&flag(action.clone(), at), before, after, NOW), expected, "{action:?} {at:?} {before:?}");
        }
    }

    #[test]
    fn another_seed_draws_everybody_again() {
        let Serve::Split(mut other) = split(1_000) else { panic!() };
        other.seed = Some("again".into());
        assert_eq!(growth(&state(true, split(1_000)), &state(true, Serve::Split(other)), NOW), WHOLE);
    }

    #[test]
    fn whom_a_rule_meets_is_not_known() {
        let one = || rule("r1", "pro", split(1_000));
        let two = || rule("r2", "free", split(1_000));
        let paused = Rule { active: false, ..one() };
        for (before, after, expected) in [
            (vec![one()], vec![rule("r1", "pro", split(2_000))], 1_000),
            (vec![one()], vec![rule("r1", "team", split(1_000))], WHOLE),
            (vec![], vec![one()], WHOLE),
            (vec![one()], vec![], WHOLE),
            (vec![one(), two()], vec![two(), one()], WHOLE),
            (vec![paused.clone()], vec![one()], WHOLE),
            (vec![paused], vec![], 0),
            (vec![one()], vec![Rule { name: "Paying".into(), ..one() }], 0),
        ] {
            assert_eq!(growth(&with(before.clone()), &with(after.clone()), NOW), expected, "{before:?} {after:?}");
        }
        let off = State { enabled: false, ..with(vec![one()]) };
        assert_eq!(growth(&off, &with(vec![one()]), NOW), 1_000, "turned on, a rule gives what it serves");
    }

    #[test]
    fn who_is_served_without_a_bucket_counts_as_everybody() {
        let after = State { off_variant: VariantName::on(), ..state(true, split(1_000)) };
        assert_eq!(growth(&state(true, split(1_000)), &after, NOW), WHOLE);
        let (off, other) = (state(false, split(1_000)), State { off_variant: VariantName::on(), ..state(false, split(1_000)) });
        assert_eq!(growth(&off, &other, NOW), WHOLE);
        // Nor is it hidden by a turn of the switch that comes with it.
        assert_eq!(growth(&state(true, split(1_000)), &other, NOW), WHOLE);
        assert_eq!(growth(&off, &after, NOW), WHOLE);
    }

    #[test]
    fn individual_targets_are_free() {
        let target = Target { variant: VariantName::on(), units: vec!["ada".into()] };
        let after = State { targets: vec![target], ..state(true, split(1_000)) };
        assert_eq!(growth(&state(true, split(1_000)), &after, NOW), 0);
    }
}
