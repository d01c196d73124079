//! A flag's one status line, computed from what it is and where it stands. Pure.

use crate::domain::environment::Protection;
use crate::domain::flag::{ExpiryAction, Flag, FlagKind};
use crate::domain::key::VariantName;
use crate::domain::rollout::Plan;
use crate::domain::rule::{Serve, WHOLE, percent};
use crate::domain::state::State;
use crate::domain::time::{DAY, Timestamp};
use crate::server::serving::ServedFlag;

/// What a line means, for its colour and for `status:` in the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Expired,
    RollingOut,
    Partial,
    InDevelopment,
    FullyOn,
    Permanent,
    Off,
    Archived,
}

impl Stage {
    /// As it is searched for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::RollingOut => "rolling-out",
            Self::Partial => "partly-on",
            Self::InDevelopment => "in-development",
            Self::FullyOn => "fully-on",
            Self::Permanent => "permanent",
            Self::Off => "off",
            Self::Archived => "archived",
        }
    }
    pub const ALL: [Self; 8] = [
        Self::Expired,
        Self::RollingOut,
        Self::Partial,
        Self::InDevelopment,
        Self::FullyOn,
        Self::Permanent,
        Self::Off,
        Self::Archived,
    ];
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub stage: Stage,
    /// "Rolling out · step 2 of 5"
    pub text: String,
}

/// How a flag stands in one environment.
#[derive(Debug, Clone)]
pub struct Standing<'s> {
    pub protection: Protection,
    pub state: &'s State,
    /// When the state last changed.
    pub since: Timestamp,
}

/// How far a state reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    Off,
    /// Basis points of everybody get something other than the off variant.
    Share(u16),
    /// The same of everyone else; targets or rules serve something else to theirs.
    Beside(u16),
    /// So many variants, of which more than one is not the off variant: no share says who gets what.
    Variants(usize),
}

/// How far a state reaches at `now`.
pub fn exposure(state: &State, now: Timestamp) -> Exposure {
    if !state.enabled {
        return Exposure::Off;
    }
    let served: Vec<_> = state.fallthrough.shares(now).into_iter().filter(|(_, share)| *share > 0).collect();
    let share = state.fallthrough.share_beside(&state.off_variant, now);
    if served.iter().filter(|(name, _)| **name != state.off_variant).count() > 1 {
        return Exposure::Variants(served.len());
    }
    let everyone_alike = |name: &VariantName| served.len() == 1 && served[0].0 == name;
    let alike = |serve: &Serve| {
        let shares: Vec<_> = serve.shares(now).into_iter().filter(|(_, share)| *share > 0).collect();
        serve == &state.fallthrough || matches!(shares[..], [(name, _)] if everyone_alike(name))
    };
    let targets = state.targets.iter().all(|target| target.units.is_empty() || everyone_alike(&target.variant));
    let rules = state.rules.iter().filter(|rule| rule.active).all(|rule| alike(&rule.serve));
    if targets && rules { Exposure::Share(share) } else { Exposure::Beside(share) }
}

/// `off`, `25 %`, `25 % + rules`, `some`, `3 variants`.
fn exposure_text(exposure: Exposure) -> String {
    match exposure {
        Exposure::Off => "off".to_owned(),
        Exposure::Share(share) => percent(share),
        Exposure::Beside(0 | WHOLE) => "some".to_owned(),
        Exposure::Beside(share) => format!("{} + rules", percent(share)),
        Exposure::Variants(count) => format!("{count} variants"),
    }
}

/// What decides a flag's answers in one environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InForce<'f> {
    /// It answers nobody.
    Archived,
    /// What is stored cannot be served: everybody gets the fallback.
    Faulty(&'f VariantName),
    Off,
    /// Its expiry has passed and told it to serve this from then on; targets and rules are not asked.
    Expired(&'f VariantName),
    /// Targets, rules and everyone else.
    Rules,
}

/// The order is the engine's.
pub fn in_force<'f>(flag: &'f Flag, state: &State, is_faulty: bool, now: Timestamp) -> InForce<'f> {
    match &flag.on_expiry {
        _ if flag.archived_at.is_some() => InForce::Archived,
        _ if is_faulty => InForce::Faulty(&flag.fallback_variant),
        _ if !state.enabled => InForce::Off,
        ExpiryAction::Serve(name) if flag.expires_at.is_some_and(|at| at <= now) => InForce::Expired(name),
        _ => InForce::Rules,
    }
}

/// How far a flag reaches in one environment, as a cell shows it: `off`, `25 %`, `some`, `expired: control`.
pub fn reach(flag: &Flag, state: &State, is_faulty: bool, now: Timestamp) -> String {
    match in_force(flag, state, is_faulty, now) {
        InForce::Archived => "archived".to_owned(),
        InForce::Faulty(_) => "faulty".to_owned(),
        InForce::Expired(name) => format!("expired: {name}"),
        InForce::Off | InForce::Rules => exposure_text(exposure(state, now)),
    }
}

/// The same of a flag as it is served.
pub fn reach_of(served: &ServedFlag, now: Timestamp) -> String {
    reach(&served.stored.flag, &served.state, served.is_faulty(), now)
}

/// The plan that is under way, if one is.
pub fn running_plan(state: &State) -> Option<&Plan> {
    let serves = state.rules.iter().filter(|rule| rule.active).map(|rule| &rule.serve).chain([&state.fallthrough]);
    // What everyone else gets speaks first.
    serves.rev().find_map(plan_of).filter(|_| state.enabled)
}

fn plan_of(serve: &Serve) -> Option<&Plan> {
    if let Serve::Rollout(rollout) = serve { Some(&rollout.plan) } else { None }
}

/// The status line. The most carefully protected environment speaks for the flag; it is where customers are.
pub fn status(flag: &Flag, standings: &[Standing<'_>], now: Timestamp) -> Status {
    let of = |stage, text: String| Status { stage, text };
    if flag.archived_at.is_some() {
        return of(Stage::Archived, "Archived".to_owned());
    }
    if let Some(at) = flag.expires_at.filter(|at| *at <= now) {
        return of(Stage::Expired, format!("Expired · {}", days(at, now)));
    }
    // The last of equals: environments stand in the order in which changes travel.
    let Some(main) = standings.iter().max_by_key(|standing| standing.protection) else {
        return of(Stage::Off, "Off".to_owned());
    };
    let elsewhere = standings.iter().any(|standing| standing.state.enabled);
    match exposure(main.state, now) {
        Exposure::Off if elsewhere && flag.kind != FlagKind::KillSwitch => of(Stage::InDevelopment, "In development".to_owned()),
        Exposure::Off => of(Stage::Off, "Off".to_owned()),
        _ if running_plan(main.state).is_some_and(|plan| plan.share(now) < WHOLE) => rolling_out(main.state, now),
        Exposure::Share(WHOLE) if flag.kind.is_permanent() => of(Stage::Permanent, "Permanent · on".to_owned()),
        Exposure::Share(WHOLE) => of(Stage::FullyOn, format!("Fully on · {}", days(main.since, now))),
        Exposure::Share(0) => of(Stage::Partial, "On for nobody yet".to_owned()),
        Exposure::Beside(0 | WHOLE) => of(Stage::Partial, "On for some".to_owned()),
        Exposure::Variants(count) => of(Stage::Partial, format!("On · {count} variants")),
        exposure => of(Stage::Partial, format!("Partly on · {}", exposure_text(exposure))),
    }
}

fn rolling_out(state: &State, now: Timestamp) -> Status {
    let Some(plan) = running_plan(state) else { return Status { stage: Stage::RollingOut, text: "Rolling out".to_owned() } };
    let steps = plan.steps.len();
    let text = match (plan.held_at, plan.current(now)) {
        (Some(share), _) => format!("Rollout paused · {}", percent(share)),
        (None, Some(at)) => format!("Rolling out · step {} of {steps}", at + 1),
        (None, None) => "Rollout scheduled".to_owned(),
    };
    Status { stage: Stage::RollingOut, text }
}

fn days(since: Timestamp, now: Timestamp) -> String {
    match (now.millis() - since.millis()) / DAY {
        0 => "today".to_owned(),
        1 => "1 day".to_owned(),
        n => format!("{n} days"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::flag::{Owner, ValueType};
    use crate::domain::key::FlagKey;
    use crate::domain::rollout::Rollout;
    use crate::domain::rule::{Rule, Split, Weight};
    use crate::domain::state::Target;

    const NOW: Timestamp = Timestamp::from_millis(1_000 * DAY);

    fn flag(kind: FlagKind, expires_in: Option<i64>) -> Flag {
        Flag {
            key: FlagKey::parse("a").unwrap(),
            kind,
            value_type: ValueType::Boolean,
            variants: Flag::boolean_variants(),
            fallback_variant: VariantName::off(),
            owner: Owner::Unclaimed("Team".into()),
            description: "A".into(),
            scope: String::new(),
            ticket: String::new(),
            tags: Vec::new(),
            rollback_criteria: String::new(),
            expires_at: expires_in.map(|days| NOW.plus(days * DAY)),
            on_expiry: ExpiryAction::Notify,
            review_by: None,
            client_visible: false,
            archived_at: None,
        }
    }

    fn state(enabled: bool, fallthrough: Serve) -> State {
        State { enabled, off_variant: VariantName::off(), targets: Vec::new(), rules: Vec::new(), fallthrough }
    }

    fn line(flag: &Flag, development: &State, production: &State) -> String {
        let standing = |protection, state| Standing { protection, state, since: NOW.plus(-41 * DAY) };
        status(flag, &[standing(Protection::Open, development), standing(Protection::Critical, production)], NOW).text
    }

    #[test]
    fn the_line_follows_production() {
        let on = || state(true, Serve::Variant(VariantName::on()));
        let off = || state(false, Serve::Variant(VariantName::on()));
        let share = |share| state(true, Serve::Split(Split::two(VariantName::on(), VariantName::off(), share)));
        let plan = Rollout {
            bucket_by: "targetingKey".into(),
            seed: None,
            variant: VariantName::on(),
            rest: VariantName::off(),
            plan: Plan::preset(NOW.plus(-DAY)),
        };
        let rolling = state(true, Serve::Rollout(plan));
        let release = flag(FlagKind::Release, Some(9));
        assert_eq!(line(&release, &off(), &off()), "Off");
        assert_eq!(line(&release, &on(), &off()), "In development");
        assert_eq!(line(&release, &on(), &share(2_500)), "Partly on · 25 %");
        assert_eq!(line(&release, &on(), &share(0)), "On for nobody yet");
        assert_eq!(line(&release, &on(), &rolling), "Rolling out · step 2 of 5");
        assert_eq!(line(&release, &on(), &on()), "Fully on · 41 days");
        assert_eq!(line(&flag(FlagKind::KillSwitch, None), &on(), &on()), "Permanent · on");
        assert_eq!(line(&flag(FlagKind::Release, Some(-9)), &on(), &on()), "Expired · 9 days");
        let archived = Flag { archived_at: Some(NOW), ..release };
        assert_eq!(line(&archived, &on(), &on()), "Archived");
    }

    #[test]
    fn no_share_is_told_that_rules_or_targets_belie() {
        let serve = |name: &str| Serve::Variant(VariantName::parse(name).unwrap());
        let share = |of| Serve::Split(Split::two(VariantName::on(), VariantName::off(), of));
        let rule = |serve| Rule { id: "r".into(), name: String::new(), active: true, conditions: Vec::new(), serve };
        let arms = ["off", "a", "b"].map(|arm| Weight { variant: VariantName::parse(arm).unwrap(), share: 3_333 });
        let arms = Serve::Split(Split { weights: arms.to_vec(), ..Split::two(VariantName::on(), VariantName::off(), 0) });
        let release = flag(FlagKind::Release, None);
        for (rules, fallthrough, cell, status) in [
            (vec![rule(share(0))], serve("on"), "some", "On for some"),
            (vec![rule(serve("on"))], serve("off"), "some", "On for some"),
            (vec![rule(serve("on"))], serve("on"), "100 %", "Fully on · 41 days"),
            (vec![rule(serve("on"))], share(1_000), "10 % + rules", "Partly on · 10 % + rules"),
            (vec![], arms, "3 variants", "On · 3 variants"),
        ] {
            let state = State { rules, ..state(true, fallthrough) };
            assert_eq!(reach(&release, &state, false, NOW), cell);
            assert_eq!(line(&release, &state, &state), status);
        }
        let targets = vec![Target { variant: VariantName::off(), units: vec!["ada".into()] }];
        assert_eq!(reach(&release, &State { targets, ..state(true, serve("on")) }, false, NOW), "some");
    }

    #[test]
    fn an_expired_flag_that_serves_a_variant_does_not_reach_by_its_rules() {
        let (on, off) = (state(true, Serve::Variant(VariantName::on())), state(false, Serve::Variant(VariantName::on())));
        let serve = |days| Flag { on_expiry: ExpiryAction::Serve(VariantName::off()), ..flag(FlagKind::Release, Some(days)) };
        assert_eq!(reach(&serve(-1), &on, false, NOW), "expired: off");
        assert_eq!(reach(&serve(1), &on, false, NOW), "100 %");
        assert_eq!(reach(&serve(-1), &off, false, NOW), "off");
        assert_eq!(reach(&serve(-1), &on, true, NOW), "faulty");
        assert_eq!(reach(&flag(FlagKind::Release, Some(-1)), &on, false, NOW), "100 %", "one that is only overdue goes on");
        assert_eq!(reach(&Flag { archived_at: Some(NOW), ..serve(1) }, &on, false, NOW), "archived");
    }
}
