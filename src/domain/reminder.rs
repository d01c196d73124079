//! What is said of a flag's dates, and when. Pure: a function of the flag, of what was said already and of the moment.

use super::flag::{ExpiryAction, Flag, last_day};
use super::time::{DAY, Timestamp};
use super::when;

/// One thing that is said of one date, once. Those of one date in their order.
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
    /// Days before it is to be asked whether it is still needed.
    ReviewFourteen,
    ReviewSeven,
    ReviewOne,
    /// That day has come.
    Review,
    /// A week later, to those who answer for the project.
    ReviewAdmins,
}

/// How long after a date the project's admins hear of it.
pub const ADMINS_AFTER: i64 = 7 * DAY;

impl Occurrence {
    pub const ALL: [Self; 12] = [
        Self::Fourteen,
        Self::Seven,
        Self::One,
        Self::Expired,
        Self::Admins,
        Self::Waits,
        Self::Archive,
        Self::ReviewFourteen,
        Self::ReviewSeven,
        Self::ReviewOne,
        Self::Review,
        Self::ReviewAdmins,
    ];

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
            Self::ReviewFourteen => "review_14_days",
            Self::ReviewSeven => "review_7_days",
            Self::ReviewOne => "review_1_day",
            Self::Review => "review",
            Self::ReviewAdmins => "review_admins",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occurrence| occurrence.as_str() == text)
    }
    /// When it is due, of something that happens at `date`.
    const fn at(self, date: Timestamp) -> Timestamp {
        match self {
            Self::Fourteen | Self::ReviewFourteen => date.plus(-14 * DAY),
            Self::Seven | Self::ReviewSeven => date.plus(-7 * DAY),
            Self::One | Self::ReviewOne => date.plus(-DAY),
            Self::Admins | Self::ReviewAdmins => date.plus(ADMINS_AFTER),
            Self::Expired | Self::Waits | Self::Archive | Self::Review => date,
        }
    }
}

/// The dates of a flag that people are reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    Expiry,
    Review,
}

impl Series {
    pub const ALL: [Self; 2] = [Self::Expiry, Self::Review];

    pub const fn date(self, flag: &Flag) -> Option<Timestamp> {
        match self {
            Self::Expiry => flag.expires_at,
            Self::Review => flag.review_by,
        }
    }
    /// What the owner hears of it, in its order; the last one is said on the date itself.
    pub const fn to_owner(self) -> [Occurrence; 4] {
        match self {
            Self::Expiry => [Occurrence::Fourteen, Occurrence::Seven, Occurrence::One, Occurrence::Expired],
            Self::Review => [Occurrence::ReviewFourteen, Occurrence::ReviewSeven, Occurrence::ReviewOne, Occurrence::Review],
        }
    }
    /// What the admins hear where nothing was done.
    pub const fn to_admins(self) -> Occurrence {
        match self {
            Self::Expiry => Occurrence::Admins,
            Self::Review => Occurrence::ReviewAdmins,
        }
    }
    /// The one to the owner whose moment passed last; earlier ones are useless by then.
    fn latest(self, date: Timestamp, now: Timestamp) -> Option<Occurrence> {
        self.to_owner().into_iter().rfind(|occurrence| occurrence.at(date) <= now)
    }
    /// What needs no saying of a date that somebody has just chosen: they know that it is near.
    pub fn known_already(self, date: Timestamp, now: Timestamp) -> Option<Told> {
        self.latest(date, now).filter(|one| one.at(date) < date).map(|one| (date, one))
    }
    fn owed(self, flag: &Flag, told: &[Told], is_silent: bool, now: Timestamp) -> Vec<Told> {
        let Some(date) = self.date(flag) else { return Vec::new() };
        let said = |occurrence: Occurrence| told.contains(&(date, occurrence));
        // Whoever heard of something later is not told of what comes before it, though the clock may go back.
        let is_late = |one: Occurrence| self.to_owner().into_iter().any(|other| other >= one && said(other));
        let owner = self.latest(date, now).filter(|one| !is_silent && !is_late(*one));
        let admins = Some(self.to_admins()).filter(|one| one.at(date) <= now && !said(*one));
        owner.into_iter().chain(admins).map(|one| (date, one)).collect()
    }
}

/// What was said, and of which date.
pub type Told = (Timestamp, Occurrence);

/// What has to be said of a flag now. After however long a pause it is at most one thing to its owner about each of its
/// dates, and one to the admins: what still helps.
pub fn owed(flag: &Flag, told: &[Told], snoozed_until: Option<Timestamp>, now: Timestamp) -> Vec<Told> {
    if flag.archived_at.is_some() {
        return Vec::new();
    }
    let is_silent = snoozed_until.is_some_and(|until| now < until);
    Series::ALL.into_iter().flat_map(|series| series.owed(flag, told, is_silent, now)).collect()
}

/// When a flag is archived by its expiry at the soonest: its grace begins once somebody was told that it is over, so that nobody
/// finds it archived unheard. `told`: when that was said; where it was not, now is as good as it gets.
pub fn archived_from(flag: &Flag, grace_days: u32, told: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let at = flag.expires_at.filter(|_| flag.on_expiry == ExpiryAction::Archive && flag.archived_at.is_none())?;
    let heard = if at <= now { told.unwrap_or(now) } else { at };
    Some(at.max(heard).plus(i64::from(grace_days) * DAY))
}

/// Whether an owner heard of a date, as far as others are told of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Told,
    /// They silenced its reminders.
    Silent,
    /// Nobody is there who could act.
    Nobody,
}

impl Owner {
    const fn heard(self) -> &'static str {
        match self {
            Self::Told => "Its owner was told; now it is up to you.",
            Self::Silent => "Its owner silenced its reminders; now it is up to you.",
            Self::Nobody => "Nobody answers for it: choose an owner.",
        }
    }
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
        Occurrence::Admins => format!("expired {ended}, and nothing was done since. {}", owner.heard()),
        Occurrence::Waits => format!(
            "expired {ended} and was to be archived by now. That waits until nobody has asked for it for a day and no searched code names it."
        ),
        Occurrence::Archive => format!("was archived: it expired {ended} and nobody extended it."),
        Occurrence::ReviewFourteen | Occurrence::ReviewSeven | Occurrence::ReviewOne => {
            format!("is due for a review on {}: will it still be needed? Then set the next day.", when::date(date))
        }
        Occurrence::Review => {
            format!("is due for a review since {}: is it still needed? Then set the next day.", when::date(date))
        }
        Occurrence::ReviewAdmins => {
            format!("was due for a review on {}, and nothing was done since. {}", when::date(date), owner.heard())
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
