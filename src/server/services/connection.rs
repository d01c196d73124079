//! How far a project is on its way to the first answer: is there a flag, a key, and has a program asked? Computed from what
//! is there, so nothing has to be kept or ticked off.

use super::projects::OpenProject;
use crate::domain::time::{DAY, Timestamp};
use crate::domain::when;
use crate::server::error::Error;
use crate::server::serving::ServedKey;
use crate::server::state::AppState;
use crate::server::store;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connection {
    pub has_flag: bool,
    pub has_key: bool,
    /// When a flag's answer was last given.
    pub last: Option<Timestamp>,
    /// What asked last, such as `curl`; `None` where it did not say or that was before the start.
    pub caller: Option<String>,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Flag,
    Key,
    /// Copy the snippet and run it: it is done when it was run.
    Ask,
    Done,
}

impl Step {
    /// From 1, for the page and the script that keeps it up to date.
    pub const fn number(self) -> u8 {
        match self {
            Self::Flag => 1,
            Self::Key => 2,
            Self::Ask => 3,
            Self::Done => 4,
        }
    }
}

/// How long after the first answer it is news, in milliseconds.
const NEWS: i64 = DAY;

impl Connection {
    pub fn step(&self) -> Step {
        match (self.last, self.has_flag, self.has_key) {
            (Some(_), ..) => Step::Done,
            (None, false, _) => Step::Flag,
            (None, true, false) => Step::Key,
            (None, true, true) => Step::Ask,
        }
    }

    /// `Connected: curl, 3 s ago`, or what is waited for.
    pub fn said(&self, now: Timestamp) -> String {
        match (self.last, &self.caller) {
            (None, _) => "Waiting for the first evaluation…".to_owned(),
            (Some(at), Some(caller)) => format!("Connected: {caller}, {}", when::relative(at, now)),
            (Some(at), None) => format!("Connected, {}", when::relative(at, now)),
        }
    }
}

/// Whether nobody needs to be told any more: it was asked for more than a day ago.
pub async fn is_old(state: &AppState, project: &OpenProject) -> Result<bool, Error> {
    let before = state.clock.now().plus(-NEWS);
    Ok(store::counts::was_asked_before(&mut state.db.read().await?, &project.stored.id, before).await?)
}

pub async fn of(state: &AppState, project: &OpenProject) -> Result<Connection, Error> {
    let snapshots = state.serving.environments_of(&project.stored.id);
    let keys = || snapshots.iter().flat_map(|snapshot| snapshot.keys.iter());
    let counters = snapshots.iter().flat_map(|snapshot| snapshot.flags()).map(|served| &served.counters);
    // What was counted since the last flush is in memory only.
    let memory = counters.filter_map(|counters| counters.last_evaluated().max(counters.last_delivered())).max();
    let written = store::counts::last_asked(&mut state.db.read().await?, &project.stored.id).await?;
    let latest = keys().max_by_key(|key| key.last_used());
    Ok(Connection {
        has_flag: snapshots.first().is_some_and(|snapshot| snapshot.live().next().is_some()),
        has_key: keys().any(|key| !key.is_expired(state.clock.now())),
        last: memory.max(written),
        caller: latest.and_then(|key| ServedKey::caller(key)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_follows_from_what_is_there() {
        let now = Timestamp::from_millis(1_000 * DAY);
        let none = Connection::default();
        let flag = Connection { has_flag: true, ..none.clone() };
        let key = Connection { has_key: true, ..flag.clone() };
        let asked = Connection { last: Some(now.plus(-3_000)), ..key.clone() };
        let told = Connection { caller: Some("curl".to_owned()), ..asked.clone() };
        for (connection, step, said) in [
            (&none, Step::Flag, "Waiting for the first evaluation…"),
            (&flag, Step::Key, "Waiting for the first evaluation…"),
            (&key, Step::Ask, "Waiting for the first evaluation…"),
            (&asked, Step::Done, "Connected, 3 s ago"),
            (&told, Step::Done, "Connected: curl, 3 s ago"),
        ] {
            assert_eq!((connection.step(), connection.said(now).as_str()), (step, said));
        }
        assert_eq!(Connection { has_key: true, ..none }.step(), Step::Flag, "a flag comes first");
    }
}
