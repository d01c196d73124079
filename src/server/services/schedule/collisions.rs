//! What to know of what will happen: things that meet at one flag, and what then comes of them.

use super::changes::Scheduled;
use super::collect::{Found, Kind, Part, Places, entry, steps};
use super::{Entry, Mark, Weight};
use crate::domain::environment::Environment;
use crate::domain::flag::ExpiryAction;
use crate::domain::text::capital;
use crate::domain::time::{MINUTE, Timestamp};
use crate::domain::when;
use crate::server::serving::ServedFlag;

/// Things at one flag that come so close are told of each other.
const NEAR: i64 = 30 * MINUTE;

/// The entries of a page with their marks. Only the flags on it are looked at.
pub fn marked(places: &Places<'_>, changes: &[Scheduled], page: Vec<Found<'_>>, now: Timestamp, until: Timestamp) -> Vec<Entry> {
    let marked = |found: Found<'_>| {
        let mut entry = entry(places, changes, &found)?;
        entry.marks = marks(places, changes, &found, now, until);
        Some(entry)
    };
    page.into_iter().filter_map(marked).collect()
}

fn marks(places: &Places<'_>, changes: &[Scheduled], found: &Found<'_>, now: Timestamp, until: Timestamp) -> Vec<Mark> {
    let mut marks = Vec::new();
    match found.kind {
        Kind::Step { place, served, part, .. } => {
            expired(served, found.at, &mut marks);
            let environment = places.all.get(place).map(|(_, environment)| environment.as_ref());
            if let Some(environment) = environment {
                of_step(changes, environment.key.as_str(), served, part, found.at, &mut marks);
                plan_in_freeze(environment, found.at, &mut marks);
            }
        }
        Kind::Change(at) => {
            if let Some(change) = changes.get(at) {
                of_change(places, changes, change, now, until, &mut marks);
            }
        }
        Kind::Expiry(served) => of_expiry(changes, served, found.at, &mut marks),
        Kind::Review(_) | Kind::FreezeBegins { .. } | Kind::FreezeEnds { .. } => {}
    }
    // The gravest first.
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.weight));
    marks.dedup();
    marks
}

fn mark(weight: Weight, text: impl Into<String>) -> Mark {
    Mark { weight, text: text.into() }
}

fn near(one: Timestamp, other: Timestamp) -> bool {
    (one.millis() - other.millis()).abs() <= NEAR
}

/// `#4, 12 m before`
fn beside(number: i64, at: Timestamp, than: Timestamp) -> String {
    match at.millis() - than.millis() {
        0 => format!("#{number} comes at the same moment."),
        ahead if ahead > 0 => format!("#{number} comes {} after it.", when::span(ahead)),
        ago => format!("#{number} comes {} before it.", when::span(ago)),
    }
}

/// A flag that has expired by then serves what it was told to, whatever its plan says.
fn expired(served: &ServedFlag, at: Timestamp, marks: &mut Vec<Mark>) {
    let flag = &served.stored.flag;
    let (Some(expiry), ExpiryAction::Serve(name)) = (flag.expires_at, &flag.on_expiry) else { return };
    if expiry <= at {
        let text = format!("The flag has expired by then: everybody gets {name} whatever this does.");
        marks.push(mark(Weight::Stops, text));
    }
}

fn of_step(changes: &[Scheduled], place: &str, served: &ServedFlag, part: Part<'_>, at: Timestamp, marks: &mut Vec<Mark>) {
    let path = part.path();
    for change in changes {
        let here = change.touches.iter().filter(|touch| touch.flag.as_deref() == Some(served.key()));
        let here: Vec<_> = here.filter(|touch| touch.environment.as_deref().is_none_or(|key| key == place)).collect();
        if here.iter().any(|touch| touch.parts.contains(&path)) && change.at <= at {
            let text =
                format!("#{} replaces what this is part of before: if it is applied, this does not come.", change.stored.number);
            marks.push(mark(Weight::Stops, text));
        } else if !here.is_empty() && near(change.at, at) {
            marks.push(mark(Weight::Meets, beside(change.stored.number, change.at, at)));
        }
    }
    let flag = &served.stored.flag;
    if flag.expires_at.is_some_and(|expiry| expiry > at && near(expiry, at)) {
        marks.push(mark(Weight::Meets, "The flag expires shortly after it."));
    }
}

fn plan_in_freeze(environment: &Environment, at: Timestamp, marks: &mut Vec<Mark>) {
    if let Some(freeze) = environment.policy.frozen(at) {
        let text = format!("{} is frozen then ({}); a plan goes on all the same.", environment.key, freeze.name);
        marks.push(mark(Weight::Note, text));
    }
}

fn of_expiry(changes: &[Scheduled], served: &ServedFlag, at: Timestamp, marks: &mut Vec<Mark>) {
    for change in changes.iter().filter(|change| near(change.at, at)) {
        if change.touches.iter().any(|touch| touch.flag.as_deref() == Some(served.key())) {
            marks.push(mark(Weight::Meets, beside(change.stored.number, change.at, at)));
        }
    }
}

fn of_change(
    places: &Places<'_>,
    changes: &[Scheduled],
    change: &Scheduled,
    now: Timestamp,
    until: Timestamp,
    marks: &mut Vec<Mark>,
) {
    if change.is_behind {
        let text = "What it changes was changed since it was made: it will not be applied unless it is updated.";
        marks.push(mark(Weight::Stops, text));
    }
    if change.is_objected {
        marks.push(mark(Weight::Stops, "Somebody asked for changes: it will not be applied as it is."));
    }
    match change.missing {
        0 => {}
        1 => marks.push(mark(Weight::Meets, "It waits for 1 more approval, without which it will not be applied.")),
        many => {
            marks.push(mark(Weight::Meets, format!("It waits for {many} more approvals, without which it will not be applied.")))
        }
    }
    for (_, environment) in places.all.iter().filter(|(_, environment)| change.is_in(environment.key.as_str())) {
        if let Some(freeze) = environment.policy.frozen(change.at) {
            let text = format!(
                "{} is frozen then ({}, until {}): it will not be applied, and you are told.",
                environment.key,
                freeze.name,
                when::exact(freeze.until)
            );
            marks.push(mark(Weight::Stops, capital(&text)));
        }
    }
    for other in changes.iter().filter(|other| other.stored.number != change.stored.number) {
        meeting(change, other, marks);
    }
    for touch in &change.touches {
        let Some(key) = &touch.flag else { continue };
        if let Some(served) = places.flag(key) {
            expired(served, change.at, marks);
            let expiry = served.stored.flag.expires_at.filter(|expiry| *expiry > change.at && near(*expiry, change.at));
            marks.extend(expiry.map(|_| mark(Weight::Meets, format!("{key} expires shortly after it."))));
        }
        for (place, (snapshot, environment)) in places.all.iter().enumerate() {
            if touch.environment.as_deref().is_none_or(|key| key == environment.key.as_str())
                && let Some(served) = snapshot.flag(key)
            {
                let mut ahead = Vec::new();
                steps(place, served, &|at| at > now && at < until, &mut ahead);
                plans(change, touch.parts.as_slice(), environment, &ahead, marks);
            }
        }
    }
}

/// Another change at the same flag. The state that the later one was made against is not there any more then.
fn meeting(change: &Scheduled, other: &Scheduled, marks: &mut Vec<Mark>) {
    let of_state = |scheduled: &Scheduled| {
        let states = scheduled.touches.iter().filter(|touch| touch.environment.is_some() && touch.flag.is_some());
        states.map(|touch| (touch.environment.clone(), touch.flag.clone())).collect::<Vec<_>>()
    };
    let same_state = of_state(change).iter().any(|place| of_state(other).contains(place));
    let flags = |scheduled: &Scheduled| scheduled.touches.iter().filter_map(|touch| touch.flag.clone()).collect::<Vec<_>>();
    let same_flag = flags(change).iter().any(|flag| flags(other).contains(flag));
    let is_first = (change.at, &change.stored.id) < (other.at, &other.stored.id);
    let number = other.stored.number;
    let later = if is_first { other } else { change };
    match (same_state && !later.only_turns_off(), is_first) {
        (true, false) if !other.is_certain() => {
            let text = format!(
                "#{number} would change the same flag there before: if it is applied, this will not be unless it is updated."
            );
            marks.push(mark(Weight::Meets, text));
        }
        (true, false) => {
            let text =
                format!("#{number} changes the same flag there before: this will not be applied after it unless it is updated.");
            marks.push(mark(Weight::Stops, text));
        }
        (true, true) => {
            let text = format!(
                "#{number} was made for the same flag and comes later: it will not be applied after this unless it is updated."
            );
            marks.push(mark(Weight::Meets, text));
        }
        (false, _) if same_flag && near(change.at, other.at) => {
            marks.push(mark(Weight::Meets, beside(number, other.at, change.at)));
        }
        _ => {}
    }
}

/// Plans that a change replaces, or meets.
fn plans(change: &Scheduled, parts: &[String], environment: &Environment, ahead: &[Found<'_>], marks: &mut Vec<Mark>) {
    let mut replaced = 0;
    for found in ahead {
        let Kind::Step { part, step, rollout, served, .. } = found.kind else { continue };
        if parts.contains(&part.path()) {
            replaced += usize::from(found.at >= change.at);
        } else if near(found.at, change.at) {
            let text = format!(
                "Step {} of {} of the plan of {} in {} comes close to it.",
                step + 1,
                rollout.plan.steps.len(),
                served.key(),
                environment.key
            );
            marks.push(mark(Weight::Meets, text));
        }
    }
    match replaced {
        0 => {}
        1 => marks.push(mark(Weight::Meets, format!("It replaces a plan in {} that has 1 step to come.", environment.key))),
        many => {
            marks.push(mark(Weight::Meets, format!("It replaces a plan in {} that has {many} steps to come.", environment.key)))
        }
    }
}

impl Scheduled {
    /// Whether it may alter answers in an environment.
    fn is_in(&self, place: &str) -> bool {
        self.touches.iter().any(|touch| touch.environment.as_deref().is_none_or(|key| key == place))
    }
}
