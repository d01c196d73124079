//! What is said of a plan beside its steps: what a button does, when it begins, and what its flag's last day does to it. Pure.

use crate::domain::flag::{ExpiryAction, Flag, last_day};
use crate::domain::launch::{Launch, Whose};
use crate::domain::plan::Move;
use crate::domain::rollout::{Plan, Start};
use crate::domain::rule::percent;
use crate::domain::schedule::Schedule;
use crate::domain::state::State;
use crate::domain::text::listed;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::pages::state_change::rule_name;
use crate::server::services::moment::{self, Kept};

/// Whose share a plan tells, where it is not everybody's: `everyone else`, `those who match rule “Staff”`. Empty where it is.
pub fn shared_by(state: &State, whose: &Whose) -> String {
    let is_alone = state.rules.iter().all(|rule| !rule.active) && state.targets.iter().all(|target| target.units.is_empty());
    match whose {
        Whose::EveryoneElse if is_alone => String::new(),
        Whose::EveryoneElse => "everyone else".to_owned(),
        Whose::Rule(id) => match state.rules.iter().find(|rule| rule.id == *id) {
            Some(rule) => format!("those who match {}", rule_name(state, rule)),
            None => "those who match a rule".to_owned(),
        },
    }
}

/// What a button comes to, where the shares alone do not say it. `before` is the plan it is pressed at.
pub fn moved(order: Move, before: &Plan, now: Timestamp) -> Option<String> {
    match order {
        Move::Pause if before.current(now).is_none() => Some("The plan stops before it begins.".to_owned()),
        Move::Pause => Some(format!("The plan stops at {}.", percent(before.share(now)))),
        Move::Resume if before.place(now).is_none() => {
            Some("The plan begins anew, with its steps as they are planned.".to_owned())
        }
        Move::Resume => Some("The plan goes on from where it stopped.".to_owned()),
        Move::RollBack => Some("The plan stops before its first step.".to_owned()),
        Move::Advance | Move::Approve | Move::Complete => None,
    }
}

/// Whether a plan stands still that nobody has rolled back and that has not begun: such as one that was paused before its moment.
pub fn is_unbegun(plan: &Plan, now: Timestamp) -> bool {
    let first = plan.steps.first().map(|step| step.starts_at);
    plan.held_at == Some(0) && plan.place(now).is_none() && !matches!(first, None | Some(Start::After(0)))
}

/// When a plan begins that does so later, as it was typed, and what is done at once all the same.
pub fn begins(launch: &Launch, was_on: bool, typed: &str) -> Option<String> {
    let at = launch.at?;
    let told = match moment::keep(typed, "") {
        Ok(Kept::Moment(moment)) => Schedule::at(moment).told(at),
        _ => when::exact(at),
    };
    let turned_on = (launch.turn_on && !was_on).then(|| "the flag is turned on".to_owned());
    let staff = launch.staff.as_ref().map(|key| format!("those in {key} get {}", launch.variant));
    let at_once: Vec<String> = turned_on.into_iter().chain(staff).collect();
    Some(match at_once.is_empty() {
        true => format!("The plan begins on {told}."),
        false => format!("At once {}; the plan begins on {told}.", listed(&at_once)),
    })
}

/// What there is to know where a plan begins or ends after its flag's last day; `plan` with its instants.
pub fn outlives(flag: &Flag, plan: &Plan) -> Option<String> {
    let expiry = flag.expires_at.filter(|_| plan.held_at.is_none())?;
    let late = plan.steps.iter().enumerate().find(|(_, step)| matches!(step.starts_at, Start::At(at) if at >= expiry))?;
    let what = match late {
        (0, _) => "the plan begins only after it".to_owned(),
        (_, step) => format!("{} comes only after it", percent(step.share)),
    };
    let then = match &flag.on_expiry {
        ExpiryAction::Notify => String::new(),
        ExpiryAction::Freeze => " From then on nobody can edit it, nor its plan.".to_owned(),
        ExpiryAction::Archive => " It may be archived by then.".to_owned(),
        ExpiryAction::Serve(name) => format!(" From then on everybody gets {name}, whatever the plan says."),
    };
    Some(format!("The flag's last day is {}: {what}.{then}", when::date(last_day(expiry))))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::key::{SegmentKey, VariantName};
    use crate::domain::plan::Stage;
    use crate::domain::rollout::Hold;
    use crate::domain::time::{DAY, HOUR};
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_millis(20_000 * DAY);

    fn plan(first: Start) -> Plan {
        let stages = [100, 1_000].map(|share| Stage { share, hold: Hold::For(DAY) });
        Plan::of(&stages, first).settled(NOW)
    }

    #[test]
    fn a_button_is_told_by_where_the_plan_stands() {
        let (running, ahead) = (plan(Start::After(0)), plan(Start::At(NOW.plus(HOUR))));
        let told = |order, plan: &Plan| moved(order, plan, NOW).unwrap_or_default();
        assert_eq!(told(Move::Pause, &running), "The plan stops at 1 %.");
        assert_eq!(told(Move::Pause, &ahead), "The plan stops before it begins.");
        let (paused, back) = (ahead.paused(NOW).unwrap(), running.rolled_back(NOW).unwrap());
        assert!(is_unbegun(&paused, NOW) && !is_unbegun(&back, NOW) && !is_unbegun(&running, NOW));
        assert_eq!(told(Move::Resume, &back), "The plan begins anew, with its steps as they are planned.");
        assert_eq!(told(Move::Complete, &running), "");
    }

    #[test]
    fn what_is_done_at_once_is_told_beside_a_later_beginning() {
        let launch = |at, staff: Option<&str>, turn_on| Launch {
            whose: Whose::EveryoneElse,
            variant: VariantName::on(),
            rest: VariantName::off(),
            bucket_by: "targetingKey".into(),
            stages: Vec::new(),
            at,
            staff: staff.map(|key| SegmentKey::parse(key).unwrap()),
            turn_on,
        };
        let at = Some(Timestamp::parse("2026-11-30T08:00:00Z").unwrap());
        let berlin = "2026-11-30 09:00 Europe/Berlin";
        for (launch, was_on, typed, told) in [
            (launch(None, Some("staff"), true), false, "", None),
            (launch(at, None, false), true, "2026-11-30 08:00", Some("The plan begins on 30 Nov 2026 08:00 UTC.")),
            (
                launch(at, None, true),
                true,
                berlin,
                Some("The plan begins on 30 Nov 2026 09:00 in Europe/Berlin (30 Nov 2026 08:00 UTC)."),
            ),
            (
                launch(at, Some("staff"), true),
                false,
                "2026-11-30 08:00Z",
                Some("At once the flag is turned on and those in staff get on; the plan begins on 30 Nov 2026 08:00 UTC."),
            ),
        ] {
            assert_eq!(begins(&launch, was_on, typed).as_deref(), told, "{typed}");
        }
    }

    #[test]
    fn a_plan_beyond_the_flags_last_day_is_told() {
        let flag = |expires_in: i64, on_expiry: serde_json::Value| -> Flag {
            serde_json::from_value(json!({
                "key": "a", "kind": "release", "value_type": "boolean", "fallback_variant": "off",
                "variants": [{ "name": "on", "value": true }, { "name": "off", "value": false }],
                "owner": { "unclaimed": "Team" }, "description": "A",
                "expires_at": NOW.plus(expires_in).to_string(), "on_expiry": on_expiry,
            }))
            .unwrap()
        };
        let notify = || json!("notify");
        let told = |flag: Flag| outlives(&flag, &plan(Start::After(0))).unwrap_or_default();
        assert_eq!(told(flag(2 * DAY, notify())), "");
        assert_eq!(told(flag(DAY, notify())), "The flag's last day is 4 Oct 2024: 10 % comes only after it.");
        assert!(
            told(flag(0, json!({"serve": "off"})))
                .ends_with("the plan begins only after it. From then on everybody gets off, whatever the plan says.")
        );
        let held = plan(Start::After(0)).paused(NOW).unwrap();
        assert_eq!(outlives(&flag(0, notify()), &held), None);
    }
}
