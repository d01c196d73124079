//! What somebody takes along into the code to remove a flag: plain text, to be pasted into a ticket. Pure.

use super::Looked;
use super::reasons::{answer, last_asked};
use crate::domain::lifecycle::{constant, main};
use crate::domain::reference::{Place, Scan};
use crate::domain::time::Timestamp;
use crate::domain::when;

/// Places in code that a brief names.
pub const PLACES: i64 = 50;

/// The text. What it cannot know it says.
pub(super) fn brief(
    looked: &Looked<'_>,
    owner: &str,
    url: &str,
    places: &[Place],
    scans: &[(Scan, Timestamp)],
    now: Timestamp,
) -> String {
    let flag = looked.flag;
    let mut out = format!("Remove the flag {} from the code\n\n", flag.key);
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    if let Some(why) = answer(looked, now) {
        line(format!("Why: {why}"));
    }
    line(format!("Put in its place: {}", replacement(looked, now)));
    line(format!("Asked for: {}", last_asked(looked, now)));
    line(format!("Owner: {owner}"));
    if !flag.ticket.is_empty() {
        line(format!("Ticket: {}", flag.ticket));
    }
    line(String::new());
    match (scans.is_empty(), places.is_empty()) {
        (true, _) => line(format!("In code: not searched yet; look for {}, or run flagstaff refs scan.", flag.key)),
        (false, true) => line("In code: the searches below found it nowhere.".to_owned()),
        (false, false) => {
            line("In code:".to_owned());
            places.iter().for_each(|place| line(format!("  {}", place.said())));
            if looked.evidence.references > places.len() {
                let more = looked.evidence.references - places.len();
                line(format!("  and {more} more {}", if more == 1 { "place" } else { "places" }));
            }
        }
    }
    for (scan, at) in scans {
        let parts = [&scan.branch, &scan.commit].into_iter().filter(|part| !part.is_empty()).cloned();
        let parts: Vec<String> = std::iter::once(scan.repository.clone()).chain(parts).collect();
        line(format!("Searched: {} on {}", parts.join(", "), when::exact(*at)));
    }
    line(String::new());
    line(format!("Then: release it, wait until nobody has asked for 7 days, and archive the flag: {url}"));
    line(LIMITS.to_owned());
    out
}

/// How far the evidence goes.
pub const LIMITS: &str = "Counts are of what asked this server: an SDK that goes on with an answer it kept, or a program that \
                          starts once a quarter, is not in them. Nor is what an SDK reads of a bulk answer, which holds every \
                          flag: SDKs for the web fetch nothing else.";

/// The value to write in the flag's place, where everybody gets one.
fn replacement(looked: &Looked<'_>, now: Timestamp) -> String {
    let flag = looked.flag;
    let found = main(&looked.standings).filter(|_| flag.archived_at.is_none()).and_then(|main| constant(flag, main, now));
    let (name, note) = match &found {
        Some(found) => (found.variant, ""),
        None if flag.archived_at.is_some() => (&flag.fallback_variant, ", the fallback, which the code uses by now"),
        None => return "nothing yet: different users get different answers. Decide first who wins.".to_owned(),
    };
    let value = flag.variant(name).map_or_else(|| "?".to_owned(), |variant| variant.value.to_string());
    format!("{value} (variant {name}{note})")
}
