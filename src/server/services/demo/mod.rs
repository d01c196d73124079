//! The demo project: flags of every kind and stage, with the personas to try them on, and with the history and the counts
//! that brought them there, so that each page has something to show. Everything goes through governance, each change at its
//! moment of the story.

mod attributes;
mod counts;
mod flags;
mod history;
mod personas;
mod schedule;
mod states;
mod teams;

use crate::domain::actor::Actor;
use crate::domain::key::ProjectKey;
use crate::domain::time::Timestamp;
use crate::server::clock::Clock;
use crate::server::error::Error;
use crate::server::governance::{Governance, Submission};
use crate::server::store::{self, Cx, Db, Tx, instance};

/// The project's key.
const KEY: &str = "demo";

pub fn key() -> Result<ProjectKey, Error> {
    ProjectKey::parse(KEY).map_err(internal)
}

/// Whether the demo was made here, or something else took its key. What was made and removed stays removed.
pub async fn is_there(cx: &mut Cx) -> Result<bool, Error> {
    let made = instance::get(cx, instance::DEMO).await?.is_some();
    Ok(made || store::projects::find(cx, &key()?).await?.is_some())
}

/// Makes the project as if people had worked on it for months before `now`, whole or not at all. Does nothing where it was
/// made before.
pub async fn create(db: &Db, audit_key: [u8; 32], now: Timestamp) -> Result<(), Error> {
    let governance = Governance::new(db.clone(), audit_key, Clock::at(now), None);
    let mut tx = db.begin().await?;
    tell(&mut tx, &governance, now).await?;
    Ok(tx.commit().await?)
}

/// The same within a transaction, to which the whole story belongs: a crash in the middle leaves nothing of it.
pub async fn tell(tx: &mut Tx, governance: &Governance, now: Timestamp) -> Result<(), Error> {
    if is_there(tx).await? {
        return Ok(());
    }
    for moment in history::moments(now)? {
        let submission = Submission::new(moment.command).because(moment.reason);
        governance.submit_within(tx, moment.at, &Actor::System, &submission).await?;
    }
    let (at, submission, request) = history::request(now)?;
    governance.ask_within(tx, at, &Actor::System, submission, &request).await?;
    schedule::add(tx, governance, now).await?;
    counts::add(tx, now).await?;
    attributes::add(tx, now).await?;
    let project = store::projects::find(tx, &key()?).await?.ok_or(Error::NotFound("project"))?;
    Ok(instance::set(tx, instance::DEMO, project.id.as_str()).await?)
}

/// The demo's own texts are right by construction; what is not is our fault.
fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("the demo data is wrong: {error}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::command::Command;
    use crate::domain::key::{EnvironmentKey, FlagKey};
    use crate::domain::time::DAY;
    use crate::server::governance::audit;
    use crate::server::services::status::{self, Standing};
    use crate::server::serving::Serving;

    async fn made(now: Timestamp) -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("demo.db")).await.unwrap();
        create(&db, [7; 32], now).await.unwrap();
        (folder, db)
    }

    #[tokio::test]
    async fn it_is_made_once_and_its_history_holds() {
        let now = Timestamp::parse("2026-11-20T11:07:30Z").unwrap();
        let (_folder, db) = made(now).await;
        let verified = audit::verify(&mut db.read().await.unwrap(), &[7; 32]).await.unwrap();
        assert_eq!(verified.first_bad, None);
        create(&db, [7; 32], now.plus(DAY)).await.unwrap();
        let again = audit::verify(&mut db.read().await.unwrap(), &[7; 32]).await.unwrap();
        assert_eq!(again.rows, verified.rows, "a second start adds nothing");
    }

    #[tokio::test]
    async fn one_that_was_broken_off_leaves_nothing_and_is_made_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("demo.db")).await.unwrap();
        let now = Timestamp::parse("2026-11-20T11:07:30Z").unwrap();
        let governance = Governance::new(db.clone(), [7; 32], Clock::at(now), None);
        let mut tx = db.begin().await.unwrap();
        tell(&mut tx, &governance, now).await.unwrap();
        drop(tx);
        let mut cx = db.read().await.unwrap();
        assert!(!is_there(&mut cx).await.unwrap());
        assert_eq!(audit::verify(&mut cx, &[7; 32]).await.unwrap().rows, 0);
        create(&db, [7; 32], now).await.unwrap();
        assert!(is_there(&mut db.read().await.unwrap()).await.unwrap());
    }

    #[tokio::test]
    async fn there_are_flags_of_every_kind_and_an_archived_one() {
        let (_folder, db) = made(Timestamp::parse("2026-11-20T11:07:30Z").unwrap()).await;
        let mut cx = db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &key().unwrap()).await.unwrap().unwrap();
        let flags = store::flags::of_project(&mut cx, &project.id).await.unwrap();
        let (archived, live): (Vec<_>, Vec<_>) = flags.into_iter().partition(|stored| stored.flag.archived_at.is_some());
        assert_eq!((live.len(), archived.len()), (10, 1));
        for kind in crate::domain::flag::FlagKind::ALL {
            assert!(live.iter().any(|stored| stored.flag.kind == kind), "{kind:?}");
        }
        for kind in crate::domain::flag::ValueType::ALL {
            let number = crate::domain::flag::ValueType::Number;
            assert!(kind == number || live.iter().any(|stored| stored.flag.value_type == kind), "{kind:?}");
        }
    }

    #[tokio::test]
    async fn a_change_waits_to_be_looked_at() {
        let (_folder, db) = made(Timestamp::parse("2026-11-20T11:07:30Z").unwrap()).await;
        let mut cx = db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &key().unwrap()).await.unwrap().unwrap();
        let found = store::change_requests::find(&mut cx, &project.id, 1).await.unwrap().unwrap();
        assert_eq!(found.request.status, crate::domain::change_request::Status::Open);
        assert!(found.items.iter().all(|item| item.base_version.is_some()), "it is held against what there is");
    }

    #[tokio::test]
    async fn there_is_a_flag_in_every_stage() {
        let now = Timestamp::parse("2026-11-20T11:07:30Z").unwrap();
        let (_folder, db) = made(now).await;
        let serving = Serving::load(db.clone(), Clock::at(now)).await.unwrap();
        let project = store::projects::find(&mut db.read().await.unwrap(), &key().unwrap()).await.unwrap().unwrap();
        let environments = serving.environments_of(&project.id);
        let stage = |flag: &str| {
            let places = environments.iter().map(|snapshot| (snapshot, snapshot.flag(flag).unwrap()));
            let standings: Vec<_> = places
                .map(|(snapshot, served)| Standing {
                    protection: snapshot.environment.environment.protection,
                    state: &served.state,
                    since: served.updated_at,
                    is_untouched: served.state_version <= 1,
                })
                .collect();
            status::status(&environments[0].flag(flag).unwrap().stored.flag, &standings, &project.project.kinds, now).text
        };
        for (flag, text) in [
            (flags::GIFTS, "Created"),
            (flags::UPLOAD, "In development"),
            (flags::REPORTS, "On for some"),
            (flags::CHECKOUT, "Rolling out · 10 %, next 25 % in 15 h"),
            (flags::PRICING, "On · 3 variants"),
            (flags::ADDRESS, "Fully on · 24 days"),
            (flags::PAYMENTS, "Permanent · on"),
            (flags::DARK, "Expired · 6 days"),
            (flags::LEGACY, "Expired · 12 days"),
            (flags::BANNER, "Archived"),
        ] {
            assert_eq!(stage(flag), text, "{flag}");
        }
        assert!(environments.iter().all(|snapshot| snapshot.flags().all(|served| served.fault.is_none())));
    }

    #[tokio::test]
    async fn thirty_days_are_counted_and_agree_with_the_history() {
        let now = Timestamp::parse("2026-11-20T11:07:30Z").unwrap();
        let (_folder, db) = made(now).await;
        let mut cx = db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &key().unwrap()).await.unwrap().unwrap();
        let environment = EnvironmentKey::parse("production").unwrap();
        let production = store::environments::find(&mut cx, &project.id, &environment).await.unwrap().unwrap().id;
        let mut counted = async |flag: &str| {
            let stored = store::flags::find(&mut cx, &project.id, &FlagKey::parse(flag).unwrap()).await.unwrap().unwrap();
            let rows = store::counts::hours(&mut cx, &stored.id, now.plus(-40 * DAY)).await.unwrap();
            rows.into_iter().filter(|row| row.environment_id == production.as_str()).collect::<Vec<_>>()
        };
        let dark = counted(flags::DARK).await;
        assert_eq!(dark.len(), 30 * 24, "every hour of thirty days");
        let checkout = counted(flags::CHECKOUT).await;
        let first = |variant: &str| {
            let hours = checkout.iter().filter(|row| row.variant == variant).map(|row| row.hour);
            now.millis() - hours.min().unwrap()
        };
        assert_eq!(first("off") / DAY, 21, "asked for since it was created");
        assert_eq!(first("on") / DAY, 8, "and on for some since they were invited");
        let off: Vec<_> = counted(flags::PAYMENTS).await.into_iter().filter(|row| row.variant == "off").collect();
        assert!(!off.is_empty() && off.len() <= 2 && off.iter().all(|row| (now.millis() - row.hour) / DAY == 17), "{off:?}");
        assert!(counted(flags::GIFTS).await.is_empty() && counted(flags::UPLOAD).await.is_empty());
    }

    #[tokio::test]
    async fn what_was_removed_stays_removed() {
        let now = Timestamp::parse("2026-11-20T11:07:30Z").unwrap();
        let (_folder, db) = made(now).await;
        let governance = Governance::new(db.clone(), [7; 32], Clock::at(now), None);
        let remove = Command::DeleteProject { project: key().unwrap() };
        governance.submit(&Actor::Console, Submission::new(remove)).await.unwrap();
        create(&db, [7; 32], now.plus(DAY)).await.unwrap();
        let mut cx = db.read().await.unwrap();
        assert!(store::projects::find(&mut cx, &key().unwrap()).await.unwrap().is_none());
        assert_eq!(audit::verify(&mut cx, &[7; 32]).await.unwrap().first_bad, None, "its history stays");
    }

    #[tokio::test]
    async fn the_present_moment_never_comes_before_the_story() {
        let now = Timestamp::parse("2026-11-20T00:00:01Z").unwrap();
        let moments = history::moments(now).unwrap();
        assert!(moments.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(moments.iter().all(|moment| moment.at <= now && !moment.reason.is_empty()));
    }
}
