//! Who changed what a draft is about since it began, so that its author knows whom to talk to.

use super::StateDraft;
use crate::domain::actor::Person;
use crate::domain::text::listed;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::server::error::Error;
use crate::server::services::audit::names;
use crate::server::services::projects::OpenProject;
use crate::server::services::states::OpenState;
use crate::server::state::AppState;
use crate::server::store::audit::{AuditFilter, AuditRow, search};

/// More changes than these are not looked through for names.
const MOST: i64 = 50;

/// Changes that came in between, of which the history knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// `Ada`, `You and Lin`.
    pub who: String,
    /// How many; 1 where that is not known.
    pub count: i64,
    /// When the last one was made.
    pub at: Option<Timestamp>,
}

impl Since {
    /// Of changes, the newest first.
    fn of(rows: &[AuditRow], name: impl Fn(&AuditRow) -> String) -> Option<Self> {
        let newest = rows.first()?;
        let mut who: Vec<String> = Vec::new();
        for name in rows.iter().rev().map(name) {
            if !who.contains(&name) {
                who.push(name);
            }
        }
        let count = i64::try_from(rows.len()).unwrap_or(MOST);
        Some(Self { who: listed(&who), count, at: Timestamp::parse(&newest.at).ok() })
    }

    /// `Lin saved a change here 3 m ago` · `Ada and Lin saved 4 changes here, the last of them 3 m ago`
    pub fn told(since: Option<&Self>, what: &str, now: Timestamp) -> String {
        let Some(Self { who, count, at }) = since else { return format!("Somebody saved a change {what}") };
        let when = at.map(|at| when::relative(at, now)).unwrap_or_default().replace("now", "just now");
        match (*count, when.as_str()) {
            (1, "") => format!("{who} saved a change {what}"),
            (1, when) => format!("{who} saved a change {what} {when}"),
            (count, when) => format!("{who} saved {count} changes {what}, the last of them {when}"),
        }
    }
}

/// Who changed the state that a draft began from; `None` where nobody did, or the history does not say.
pub async fn since(
    state: &AppState,
    person: &Person,
    project: &OpenProject,
    draft: &StateDraft,
    live: &OpenState,
) -> Result<Option<Since>, Error> {
    // Every change raises the version by one.
    let count = (live.served.state_version - draft.base_version).min(MOST);
    if count <= 0 {
        return Ok(None);
    }
    let filter = AuditFilter {
        project: Some(project.key().to_string()),
        environment: Some(live.environment_key().to_string()),
        object: Some(format!("flag:{}", live.flag_key())),
        action: Some("state".to_owned()),
        ..AuditFilter::default()
    };
    let mut cx = state.db.read().await?;
    let rows = search(&mut cx, &filter, count).await?;
    let names = names(&mut cx).await?;
    Ok(Since::of(&rows, |row| match row.actor == person.email {
        true => "You".to_owned(),
        false => names.get(&row.actor).unwrap_or(&row.actor).clone(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_who_and_when() {
        let now = Timestamp::from_millis(1_000_000);
        let since = |who: &str, count| Since { who: who.to_owned(), count, at: Some(now.plus(-180_000)) };
        for (since, told) in [
            (None, "Somebody saved a change here"),
            (Some(since("Lin", 1)), "Lin saved a change here 3 m ago"),
            (Some(since("You and Lin", 4)), "You and Lin saved 4 changes here, the last of them 3 m ago"),
            (Some(Since { at: None, ..since("Lin", 1) }), "Lin saved a change here"),
            (Some(Since { at: Some(now), ..since("Lin", 1) }), "Lin saved a change here just now"),
        ] {
            assert_eq!(Since::told(since.as_ref(), "here", now), told);
        }
    }
}
