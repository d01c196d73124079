//! Why a flag stands on the board, in sentences: each says what was seen, where and since when. Pure.

use super::{Looked, days};
use crate::domain::count::counted;
use crate::domain::lifecycle::{QUIET, constant, is_settled, main};
use crate::domain::reference::Scan;
use crate::domain::time::Timestamp;
use crate::domain::when;

pub(super) fn reasons(looked: &Looked<'_>, scans: &[(Scan, Timestamp)], now: Timestamp) -> Vec<String> {
    let flag = looked.flag;
    let mut found = Vec::new();
    if let Some(at) = flag.archived_at {
        found.push(format!("Archived {}: who asks for it is told that there is no such flag.", when::relative(at, now)));
        match looked.evidence.asked_in_vain {
            0 => {}
            1 => found.push("Asked for once since, in vain.".to_owned()),
            times => found.push(format!("Asked for {} times since, in vain.", counted(times))),
        }
    } else {
        if let Some(at) = flag.expires_at.filter(|at| *at <= now) {
            found.push(format!("Expired {} ago.", days(at, now)));
        }
        if let Some(at) = flag.review_by.filter(|at| *at <= now) {
            found.push(format!("Its review was due on {}.", when::date(at)));
        }
        found.extend(answer(looked, now));
        if !is_settled(flag, &looked.standings, now) {
            found.push("A step of its plan is still to come.".to_owned());
        }
        if let Some(number) = looked.scheduled {
            found.push(format!("Change request #{number} is scheduled and would change it."));
        }
        found.push(last_asked(looked, now));
    }
    found.extend(in_code(looked.evidence.references, scans));
    found
}

/// `Everybody in production has got on for 86 days, since 3 Sep 2026.`
pub(super) fn answer(looked: &Looked<'_>, now: Timestamp) -> Option<String> {
    if looked.flag.kind.is_permanent() {
        return None;
    }
    let main = main(&looked.standings)?;
    let found = constant(looked.flag, main, now)?;
    let (snapshot, _) = looked.places.iter().find(|(_, served)| std::ptr::eq(&*served.state, main.state))?;
    let (place, since) = (&snapshot.environment.environment.key, when::date(found.since));
    Some(format!("Everybody in {place} has got {} for {}, since {since}.", found.variant, days(found.since, now)))
}

/// When it was asked for alone, and, set apart, when it was part of a bulk answer.
pub(super) fn last_asked(looked: &Looked<'_>, now: Timestamp) -> String {
    let (evaluated, delivered) = (looked.evidence.last_evaluated, looked.evidence.last_delivered);
    let alone = if delivered.is_some() { " by itself" } else { "" };
    let asked = match evaluated {
        None => format!("Nobody has ever asked this server for it{alone}."),
        Some(at) if now.millis() - at.millis() >= QUIET => {
            format!("Nobody has asked for it{alone} since {}.", when::date(at))
        }
        Some(at) => format!("Last asked for {}.", when::relative(at, now)),
    };
    match delivered {
        None => asked,
        Some(at) => {
            let at = when::relative(at, now);
            format!("{asked} Part of a bulk answer {at}, which says nothing of whether code reads it.")
        }
    }
}

fn in_code(references: usize, scans: &[(Scan, Timestamp)]) -> Option<String> {
    let newest = scans.iter().map(|(_, at)| *at).max()?;
    let day = when::date(newest);
    Some(match references {
        0 => format!("The searched code does not name it (last search {day})."),
        1 => format!("Named in one place in code (last search {day})."),
        many => format!("Named in {many} places in code (last search {day})."),
    })
}
