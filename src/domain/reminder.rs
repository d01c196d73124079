//! What is said of a flag's dates, and when. Pure: a function of the flag, of what was said already and of the moment.

use super::flag::{ExpiryAction, Flag, last_day};
use super::time::{DAY, Timestamp};
use super::when;

/// One thing that is said of one date, once. In their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occurrence {
    /// Days before the last day ends.
    Fourteen,
    Seven,
    One,
    /// At the expiry itself.
    Expired,
    /// A week later, to those who answer for the project.
    Admins,
    /// Its grace is over, and code still asks for it: archiving waits, which its owner and the admins hear.
    Waits,
    /// It was archived, or a request to do so was opened.
    Archive,
    /// The day has come to ask whether it is still needed.
    Review,
}

/// How long after the expiry the project's admins hear of it.
pub const ADMINS_AFTER: i64 = 7 * DAY;

impl Occurrence {
    pub const ALL: [Self; 8] =
        [Self::Fourteen, Self::Seven, Self::One, Self::Expired, Self::Admins, Self::Waits, Self::Archive, Self::Review];
    /// What the owner hears of an expiry.
    pub const TO_OWNER: [Self; 4] = [Self::Fourteen, Self::Seven, Self::One, Self::Expired];

    /// The spelling in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fourteen => "14_days",
            Self::Seven => "7_days",
            Self::One => "1_day",
            Self::Expired => "expired",
            Self::Admins => "admins",
            Self::Waits => "waits",
            Self::Archive => "archive",
            Self::Review => "review",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occurrence| occurrence.as_str() == text)
    }
    /// When it is due, of something that happens at `date`.
    const fn at(self, date: Timestamp) -> Timestamp {
        match self {
            Self::Fourteen => date.plus(-14 * DAY),
            Self::Seven => date.plus(-7 * DAY),
            Self::One => date.plus(-DAY),
            Self::Admins => date.plus(ADMINS_AFTER),
            Self::Expired | Self::Waits | Self::Archive | Self::Review => date,
        }
    }
}

/// What was said, and of which date.
pub type Told = (Timestamp, Occurrence);

/// The reminder of an expiry whose moment passed last; earlier ones are useless by then.
fn latest(expires_at: Timestamp, now: Timestamp) -> Option<Occurrence> {
    Occurrence::TO_OWNER.into_iter().rfind(|occurrence| occurrence.at(expires_at) <= now)
}

/// What has to be said of a flag now. After however long a pause it is at most one thing to its owner about each of its
/// dates, and one to the admins: what still helps.
pub fn owed(flag: &Flag, told: &[Told], snoozed_until: Option<Timestamp>, now: Timestamp) -> Vec<Told> {
    if flag.archived_at.is_some() {
        return Vec::new();
    }
    let is_silent = snoozed_until.is_some_and(|until| now < until);
    let mut found = Vec::new();
    if let Some(at) = flag.expires_at {
        let said = |occurrence: Occurrence| told.contains(&(at, occurrence));
        // Whoever heard of something later is not told of what comes before it, though the clock may go back.
        let is_late = |one: Occurrence| Occurrence::TO_OWNER.into_iter().any(|other| other >= one && said(other));
        found.extend(latest(at, now).filter(|one| !is_silent && !is_late(*one)).map(|one| (at, one)));
        let admins = Occurrence::Admins.at(at) <= now && !said(Occurrence::Admins);
        found.extend(admins.then_some((at, Occurrence::Admins)));
    }
    let review = flag.review_by.filter(|at| *at <= now && !is_silent && !told.contains(&(*at, Occurrence::Review)));
    found.extend(review.map(|at| (at, Occurrence::Review)));
    found
}

/// What needs no saying of a date that somebody has just chosen: they know that it is near.
pub fn known_already(expires_at: Timestamp, now: Timestamp) -> Option<Told> {
    latest(expires_at, now).filter(|one| *one != Occurrence::Expired).map(|one| (expires_at, one))
}

/// When a flag is archived by its expiry at the soonest: its grace begins once somebody was told that it is over, so that nobody
/// finds it archived unheard. `told`: when that was said; where it was not, now is as good as it gets.
pub fn archived_from(flag: &Flag, grace_days: u32, told: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let at = flag.expires_at.filter(|_| flag.on_expiry == ExpiryAction::Archive && flag.archived_at.is_none())?;
    let heard = if at <= now { told.unwrap_or(now) } else { at };
    Some(at.max(heard).plus(i64::from(grace_days) * DAY))
}

/// Whether an owner heard of an expiry, as far as others are told of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Told,
    /// They silenced its reminders.
    Silent,
    /// Nobody is there who could act.
    Nobody,
}

/// An end of days is told as the day that it ends, another instant as it is.
pub fn ended(date: Timestamp) -> String {
    match date.millis().rem_euclid(DAY) {
        0 => format!("at the end of {}", when::date(last_day(date))),
        _ => format!("on {}", when::exact(date)),
    }
}

/// What is said, after the flag's key: `expires at the end of 3 Dec 2026; then …`
pub fn said(flag: &Flag, (date, occurrence): Told, grace_days: u32, owner: Owner, now: Timestamp) -> String {
    let ended = ended(date);
    match occurrence {
        Occurrence::Fourteen | Occurrence::Seven | Occurrence::One => {
            format!("expires {ended}. {}", consequence(flag, grace_days, now))
        }
        Occurrence::Expired => format!("expired {ended}. {}", consequence(flag, grace_days, now)),
        Occurrence::Admins => {
            let heard = match owner {
                Owner::Told => "Its owner was told; now it is up to you.",
                Owner::Silent => "Its owner silenced its reminders; now it is up to you.",
                Owner::Nobody => "Nobody answers for it: choose an owner.",
            };
            format!("expired {ended}, and nothing was done since. {heard}")
        }
        Occurrence::Waits => format!(
            "expired {ended} and was to be archived by now. That waits until nobody has asked for it for a day and no searched code names it."
        ),
        Occurrence::Archive => format!("was archived: it expired {ended} and nobody extended it."),
        Occurrence::Review => {
            format!("is due for a review since {}: is it still needed? Then set the next day.", when::date(date))
        }
    }
}

/// What comes of the expiry, or has come.
fn consequence(flag: &Flag, grace_days: u32, now: Timestamp) -> String {
    match (&flag.on_expiry, flag.expires_at.is_some_and(|at| at <= now)) {
        (ExpiryAction::Notify, _) => "Extend it with a reason, or remove the code that asks for it.".to_owned(),
        (ExpiryAction::Freeze, false) => "Then edits are refused until it is extended.".to_owned(),
        (ExpiryAction::Freeze, true) => "Edits are refused until it is extended.".to_owned(),
        (ExpiryAction::Serve(name), false) => format!("Then everybody gets {name}."),
        (ExpiryAction::Serve(name), true) => format!("Since then everybody gets {name}."),
        (ExpiryAction::Archive, _) => match archived_from(flag, grace_days, None, now) {
            Some(at) => format!("It is archived from {} on unless it is extended.", when::exact(at)),
            None => String::new(),
        },
    }
}

#[cfg(test)]
#[path = "reminder_tests.rs"]
mod tests;
