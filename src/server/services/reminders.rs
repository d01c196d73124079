//! A flag's dates: extended with a reason, reviewed, and silenced for a while.

use super::projects::OpenProject;
use super::states::Consent;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::flag::{Flag, Problem};
use crate::domain::id::FlagId;
use crate::domain::key::FlagKey;
use crate::domain::project::Kinds;
use crate::domain::reminder::{Occurrence, archived_from};
use crate::domain::role::Role;
use crate::domain::time::{DAY, Timestamp};
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::governance::change_requests::archive::open_archives;
use crate::server::governance::reminders::living;
use crate::server::state::AppState;
use crate::server::store::{self, Cx};

pub use crate::server::governance::apply::LONGEST_SNOOZE;

/// A date of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Date {
    /// The last day that it lives.
    Expiry,
    /// The day to ask whether it is still needed.
    Review,
}

impl Date {
    /// The name of its field.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Expiry => "expires_at",
            Self::Review => "review_by",
        }
    }
    /// The day that a form proposes: as far ahead as the project says of the kind, from now.
    pub fn proposed(self, flag: &Flag, kinds: &Kinds, now: Timestamp) -> Timestamp {
        let usual = kinds.of(flag.kind);
        let days = match self {
            Self::Expiry => usual.lifetime_days.unwrap_or(90),
            Self::Review => usual.review_days.unwrap_or(365),
        };
        now.plus(i64::from(days) * DAY)
    }
}

/// Moves a date of a flag ahead, for a reason that the history keeps.
pub async fn extend(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    flag: &Flag,
    (date, typed): (Date, &str),
    consent: Consent,
) -> Result<Applied, Error> {
    project.require(Role::Editor)?;
    let (read, mut problems) = read_day(date, typed, state.clock.now());
    if consent.request.is_none() && consent.reason.is_none() {
        problems.push(Problem::new("reason", "Say why it is still needed, for the people who read the history."));
    }
    let (Some(at), true) = (read, problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    let flag = match date {
        Date::Expiry => Flag { expires_at: Some(at), ..flag.clone() },
        Date::Review => Flag { review_by: Some(at), ..flag.clone() },
    };
    let command = Command::EditFlag { project: project.key().clone(), flag };
    state.governance.submit(actor, consent.on(command)).await
}

/// The whole of a last day counts; a review is due when its day begins.
fn read_day(date: Date, typed: &str, now: Timestamp) -> (Option<Timestamp>, Vec<Problem>) {
    let whole = if date == Date::Expiry { DAY } else { 0 };
    match Timestamp::parse_date(typed.trim()).map(|day| day.plus(whole)) {
        Ok(at) if at > now => (Some(at), Vec::new()),
        Ok(_) => (None, vec![Problem::new(date.field(), "That day is past; choose one to come.")]),
        Err(_) => (None, vec![Problem::new(date.field(), "Write the day like 2027-06-01.")]),
    }
}

/// Silences a flag's reminders until a day begins, or, without one, lets them speak again.
pub async fn snooze(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    flag: FlagKey,
    typed: Option<&str>,
    consent: Consent,
) -> Result<Applied, Error> {
    project.require(Role::Editor)?;
    let day = |typed: &str| Timestamp::parse_date(typed.trim());
    let until = typed.map(day).transpose().map_err(|_| Error::field("until", "Write the day like 2027-06-01."))?;
    let command = Command::SnoozeFlag { project: project.key().clone(), flag, until };
    state.governance.submit(actor, consent.on(command)).await
}

/// What a page says of a flag's reminders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reminders {
    /// Silent until then, where that is still to come.
    pub snoozed_until: Option<Timestamp>,
    /// Whether who looks may silence them.
    pub may_snooze: bool,
    pub archive: Archive,
}

/// How it stands with a flag that is archived by its expiry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Archive {
    /// Its expiry does not archive it.
    #[default]
    Never,
    /// From then on, once nothing says that code asks for it. That may have come, and then it waits.
    From(Timestamp),
    /// The change request of that number asks for it.
    Asked(i64),
    /// It was archived and restored, or a request to archive it was turned down: it does not come up again for this expiry.
    Over,
}

impl Archive {
    pub const fn is_ahead(self) -> bool {
        matches!(self, Self::From(_) | Self::Asked(_))
    }
}

async fn archive_of(
    cx: &mut Cx,
    project: &OpenProject,
    (id, flag): (&FlagId, &Flag),
    silent_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<Archive, Error> {
    let Some(at) = flag.expires_at else { return Ok(Archive::Never) };
    let told = store::reminders::said_at(cx, id, (at, Occurrence::Expired)).await?;
    // While its reminders are silent nobody is told, and no grace begins.
    let told = told.or(silent_until.filter(|until| *until > at));
    let grace = project.stored.project.kinds.of(flag.kind).grace_days;
    let Some(from) = archived_from(flag, grace, told, now.max(at)) else { return Ok(Archive::Never) };
    if store::reminders::said_at(cx, id, (at, Occurrence::Archive)).await?.is_none() {
        return Ok(Archive::From(from));
    }
    let open = open_archives(cx, &project.stored.id, &format!("flag:{}", flag.key)).await?;
    Ok(open.first().map_or(Archive::Over, |stored| Archive::Asked(stored.number)))
}

pub async fn of_flag(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    id: &FlagId,
    flag: &Flag,
) -> Result<Reminders, Error> {
    let mut cx = state.db.read().await?;
    let snoozed_until = store::reminders::snoozed_until(&mut cx, id).await?.filter(|until| *until > state.clock.now());
    let is_theirs = match actor.user_id() {
        Some(me) => living(&mut cx, &project.stored, &flag.owner).await?.contains(me),
        None => true,
    };
    let may_snooze = project.role >= Role::Admin || (project.role >= Role::Editor && is_theirs);
    let archive = archive_of(&mut cx, project, (id, flag), snoozed_until, state.clock.now()).await?;
    Ok(Reminders { snoozed_until, may_snooze, archive })
}
