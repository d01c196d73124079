//! What somebody should do with a flag next, in one sentence and one link. Pure: a function of the flag, of where it stands
//! and of the moment.

use super::status::{self, Exposure};
use crate::domain::audience::once_on;
use crate::domain::count::counted;
use crate::domain::environment::Environment;
use crate::domain::flag::{ExpiryAction, Flag, FlagKind};
use crate::domain::key::EnvironmentKey;
use crate::domain::rule::{WHOLE, percent};
use crate::domain::sentence;
use crate::domain::state::State;
use crate::domain::time::{DAY, Timestamp};
use crate::domain::when;
use crate::server::serving::Asked;

/// How a flag stands in one environment, in the order in which changes travel.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    pub environment: &'p Environment,
    pub state: &'p State,
    /// When its answers last changed by somebody's hand.
    pub since: Timestamp,
    /// When an SDK last got this flag's answer here.
    pub last_seen: Option<Timestamp>,
    /// How often SDKs asked for it since it was archived, and were told that there is no such flag.
    pub asked: Option<Asked>,
    /// The state cannot be served; only the fallback variant is.
    pub is_faulty: bool,
}

/// How pressing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Nothing to do.
    Calm,
    /// The way goes on here.
    Next,
    /// Somebody should look soon.
    Due,
    /// Something is wrong now.
    Wrong,
}

/// Where it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    Environment(EnvironmentKey),
    /// The last day, further down.
    Extend,
    /// The review date of its definition.
    Review,
    Archive,
    Restore,
    /// The code to copy, further down.
    Snippet,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    pub weight: Weight,
    /// `Fully on for 41 days`
    pub title: String,
    /// What to do about it.
    pub advice: String,
    pub way: Option<Way>,
}

fn step(weight: Weight, title: impl Into<String>, advice: impl Into<String>, way: Option<Way>) -> NextStep {
    NextStep { weight, title: title.into(), advice: advice.into(), way }
}

fn to(place: &Place<'_>) -> Option<Way> {
    Some(Way::Environment(place.environment.key.clone()))
}

/// The one thing to do next. What is wrong comes first, then what is overdue, then the way from development to everybody.
/// `archive_is_ahead`: whether its expiry will still archive it.
pub fn next_step(flag: &Flag, places: &[Place<'_>], archive_is_ahead: bool, now: Timestamp) -> NextStep {
    if let Some(at) = flag.archived_at {
        return archived(at, places, now);
    }
    if let Some(faulty) = places.iter().find(|place| place.is_faulty) {
        let advice = format!("Everybody gets {} there until it is put right.", flag.fallback_variant);
        return step(Weight::Wrong, format!("Its rules in {} cannot be served", faulty.environment.key), advice, to(faulty));
    }
    if let Some(at) = flag.expires_at.filter(|at| *at <= now) {
        return expired(flag, at, archive_is_ahead, now);
    }
    if flag.kind == FlagKind::KillSwitch {
        return kill_switch(places, now);
    }
    on_its_way(flag, places, now)
}

fn archived(at: Timestamp, places: &[Place<'_>], now: Timestamp) -> NextStep {
    let asked = places.iter().filter_map(|place| Some((place, place.asked.filter(|asked| asked.last > at)?)));
    let told: Vec<String> = asked
        .map(|(place, asked)| {
            let times = if asked.count == 1 { "once".to_owned() } else { format!("{} times", counted(asked.count)) };
            format!("{times} in {}, last {}", place.environment.key, when::relative(asked.last, now))
        })
        .collect();
    if told.is_empty() {
        let advice = "Nothing asked for it since. It can be restored at any time.";
        return step(Weight::Calm, "Archived", advice, None);
    }
    let advice =
        format!("SDKs are told that there is no such flag, and use the default in their code. They asked {}.", told.join("; "));
    step(Weight::Due, "Archived, and still asked for", advice, Some(Way::Restore))
}

fn expired(flag: &Flag, at: Timestamp, archive_is_ahead: bool, now: Timestamp) -> NextStep {
    let effect = match &flag.on_expiry {
        ExpiryAction::Notify => String::new(),
        ExpiryAction::Archive if archive_is_ahead => {
            " Otherwise it is archived when its grace is over and nothing asks for it.".to_owned()
        }
        ExpiryAction::Archive => String::new(),
        ExpiryAction::Freeze => " Edits are refused until then.".to_owned(),
        ExpiryAction::Serve(name) => format!(" Since then everybody gets {name}."),
    };
    let advice = format!(
        "Extend its expiry date if it is still needed; otherwise remove the code that asks for it, then archive it.{effect}"
    );
    step(Weight::Due, format!("Expired {}", when::relative(at, now)), advice, Some(Way::Extend))
}

fn kill_switch(places: &[Place<'_>], now: Timestamp) -> NextStep {
    let off = places.iter().filter(|place| !place.state.enabled).max_by_key(|place| place.environment.protection);
    match off {
        Some(off) => step(
            Weight::Due,
            format!("Off in {} for {}", off.environment.key, when::span(now.millis() - off.since.millis())),
            "Turn it on again once the trouble is over.",
            to(off),
        ),
        None => step(Weight::Calm, "On everywhere, as it should be", "Turn it off where it has to stop what it guards.", None),
    }
}

fn on_its_way(flag: &Flag, places: &[Place<'_>], now: Timestamp) -> NextStep {
    // The last of equals: environments stand in the order in which changes travel.
    let Some(main) = places.iter().max_by_key(|place| place.environment.protection) else {
        return step(Weight::Calm, "This project has no environment", "A flag answers in environments; add one.", None);
    };
    if let Some(first) = places.first().filter(|_| places.iter().all(|place| !place.state.enabled)) {
        let title = format!("Turn it on in {}", first.environment.key);
        return step(
            Weight::Next,
            title,
            format!("It is off everywhere. Try it there first; nobody else notices. {}", once_on(first.state, now)),
            to(first),
        );
    }
    if places.iter().all(|place| place.last_seen.is_none()) {
        let advice =
            "Create an API key, put the snippet below into your code, and run it. This page then says when it was asked for.";
        return step(Weight::Next, "Waiting for the first evaluation", advice, Some(Way::Snippet));
    }
    match status::exposure(main.state, now) {
        Exposure::Off => {
            let next = places.iter().find(|place| !place.state.enabled).unwrap_or(main);
            step(
                Weight::Next,
                format!("Turn it on in {}", next.environment.key),
                format!("It works where it is on; take it one further. {}", once_on(next.state, now)),
                to(next),
            )
        }
        _ if status::is_rolling_out(main.state, now) => rolling_out(main, now),
        Exposure::Share(WHOLE) => fully_on(flag, main, now),
        Exposure::Beside(WHOLE) => step(
            Weight::Calm,
            format!("On for everyone else in {}", main.environment.key),
            "Targets or rules serve something else to theirs.",
            to(main),
        ),
        Exposure::Variants(count) => step(
            Weight::Calm,
            format!("{count} variants in {}", main.environment.key),
            "Look at the counts, and serve the one that wins to everybody.",
            to(main),
        ),
        Exposure::Share(0) | Exposure::Beside(0) => step(
            Weight::Next,
            format!("On for some in {}", main.environment.key),
            "Give everybody else a share when those are happy with it.",
            to(main),
        ),
        Exposure::Share(share) | Exposure::Beside(share) => step(
            Weight::Next,
            format!("On for {} in {}", percent(share), main.environment.key),
            "Raise the share, or let a rollout plan raise it for you.",
            to(main),
        ),
    }
}

fn rolling_out(main: &Place<'_>, now: Timestamp) -> NextStep {
    let place = &main.environment.key;
    let Some(plan) = status::running_plan(main.state, now) else { return step(Weight::Calm, "Rolling out", "", to(main)) };
    let share = percent(plan.share(now));
    if plan.held_at.is_some() {
        return step(
            Weight::Due,
            match plan.share(now) {
                0 => format!("Rollout paused in {place}: nobody has it"),
                _ => format!("Rollout paused at {share} in {place}"),
            },
            if plan.share(now) == 0 { "Resume it, or serve something else." } else { "Resume it, or roll it back to 0 %." },
            to(main),
        );
    }
    match sentence::next_step(plan, now) {
        Some(next) => step(
            Weight::Calm,
            format!("Rolling out in {place}: next {next}"),
            format!("{share} get it now. Turn it off there if something looks wrong."),
            to(main),
        ),
        None => step(
            Weight::Next,
            format!("The rollout in {place} stopped at {share}"),
            "The plan has no further step; add one, or give everybody a share.",
            to(main),
        ),
    }
}

fn fully_on(flag: &Flag, main: &Place<'_>, now: Timestamp) -> NextStep {
    if flag.kind.is_permanent() {
        let due = flag.review_by.filter(|at| *at <= now);
        return match due {
            Some(_) => step(
                Weight::Due,
                "Due for a review",
                "Ask its owner whether it is still needed, then set the day of the next review.",
                Some(Way::Review),
            ),
            None => step(Weight::Calm, "In use", "A permanent flag: nothing to clean up.", None),
        };
    }
    match (now.millis() - main.since.millis()) / DAY {
        0 => step(Weight::Next, "Fully on since today", "Watch it. When it stays, remove the old path from the code.", to(main)),
        days => {
            let title = if days == 1 { "Fully on for 1 day".to_owned() } else { format!("Fully on for {days} days") };
            step(Weight::Next, title, "Remove the code that asks for it, then archive it.", Some(Way::Archive))
        }
    }
}

#[cfg(test)]
#[path = "next_step_tests.rs"]
mod tests;
