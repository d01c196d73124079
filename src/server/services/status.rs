//! A flag's one status line, computed from what it is and where it stands. Pure.

pub use crate::domain::lifecycle::{Exposure, Stage, Standing, exposure, is_rolling_out, running_plan};

use crate::domain::flag::{ExpiryAction, Flag};
use crate::domain::key::VariantName;
use crate::domain::lifecycle::{constant, main, stage};
use crate::domain::project::Kinds;
use crate::domain::rule::{WHOLE, percent};
use crate::domain::sentence;
use crate::domain::state::State;
use crate::domain::time::{DAY, Timestamp};
use crate::server::serving::ServedFlag;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub stage: Stage,
    /// "Rolling out · 10 %, next 25 % in 3 h 12 m"
    pub text: String,
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

/// What a flag serves in one environment, in a sentence: `On: 3 rules, then 25 % on, rest off`.
pub fn serves(served: &ServedFlag, now: Timestamp) -> String {
    match in_force(&served.stored.flag, &served.state, served.is_faulty(), now) {
        InForce::Archived => "Archived: answers nobody".to_owned(),
        InForce::Faulty(name) => format!("Faulty: everyone gets {name}"),
        InForce::Expired(name) => format!("Expired: everyone gets {name}"),
        InForce::Off | InForce::Rules => sentence::summary(&served.state, now),
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

/// The status line: where it stands, and since when or how far.
pub fn status(flag: &Flag, standings: &[Standing<'_>], kinds: &Kinds, now: Timestamp) -> Status {
    let ready_days = kinds.of(flag.kind).ready_days;
    let stage = stage(flag, standings, ready_days, now);
    Status { stage, text: text(stage, flag, standings, now) }
}

fn text(stage: Stage, flag: &Flag, standings: &[Standing<'_>], now: Timestamp) -> String {
    let Some(main) = main(standings) else { return "Off".to_owned() };
    let since = || constant(flag, main, now).map_or(main.since, |constant| constant.since);
    match stage {
        Stage::Archived => "Archived".to_owned(),
        Stage::Expired => format!("Expired · {}", days(flag.expires_at.unwrap_or(now), now)),
        Stage::ReadyToRemove => format!("Ready to remove · {}", days(since(), now)),
        Stage::Created => "Created".to_owned(),
        Stage::Off => "Off".to_owned(),
        Stage::InDevelopment => "In development".to_owned(),
        Stage::Internal => "Internal · chosen users".to_owned(),
        Stage::RollingOut => rolling_out(main.state, now),
        Stage::Permanent => "Permanent · on".to_owned(),
        Stage::FullyOn => format!("Fully on · {}", days(since(), now)),
        Stage::Partial => match exposure(main.state, now) {
            Exposure::Share(0) => "On for nobody yet".to_owned(),
            Exposure::Beside(0) => "On for some".to_owned(),
            Exposure::Beside(WHOLE) => "On for everyone else".to_owned(),
            Exposure::Variants(count) => format!("On · {count} variants"),
            exposure => format!("Partly on · {}", exposure_text(exposure)),
        },
    }
}

fn rolling_out(state: &State, now: Timestamp) -> String {
    let Some(plan) = running_plan(state, now) else { return "Rolling out".to_owned() };
    let share = percent(plan.share(now));
    match (plan.held_at, sentence::next_step(plan, now)) {
        (Some(0), _) if plan.current(now).is_none() => "Rollout paused · nobody yet".to_owned(),
        (Some(_), _) => format!("Rollout paused · {share}"),
        (None, Some(next)) if plan.current(now).is_none() => format!("Rollout scheduled · {next}"),
        (None, Some(next)) => format!("Rolling out · {share}, next {next}"),
        (None, None) => format!("Rolled out · {share}"),
    }
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
    use crate::domain::environment::Protection;
    use crate::domain::flag::{FlagKind, Owner, ValueType};
    use crate::domain::key::FlagKey;
    use crate::domain::rollout::{Plan, Rollout};
    use crate::domain::rule::{Rule, Serve, Split, Weight};
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
        let standing = |protection, state| Standing { protection, state, since: NOW.plus(-41 * DAY), is_untouched: false };
        let standings = [standing(Protection::Open, development), standing(Protection::Critical, production)];
        status(flag, &standings, &Kinds::default(), NOW).text
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
        assert_eq!(line(&release, &on(), &rolling), "Rolling out · 10 %, next 25 % in 1 d");
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
            (vec![rule(share(0))], serve("on"), "some", "On for everyone else"),
            (vec![rule(serve("on"))], serve("off"), "some", "Internal · chosen users"),
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
