//! A request as it would be applied, taken back again: what a page says of it cannot differ from what will happen.

use super::{Desk, roles_now};
use crate::domain::actor::Actor;
use crate::domain::change_request::{Standing, standing};
use crate::domain::key::ProjectKey;
use crate::domain::policy::Asked;
use crate::domain::time::{SECOND, Timestamp};
use crate::server::error::Error;
use crate::server::governance::Governance;
use crate::server::governance::change_requests::apply::By;
use crate::server::governance::policy::Demand;
use crate::server::governance::submit::strictest;
use crate::server::store;
use crate::server::store::Cx;
use crate::server::store::change_requests::{self as rows, StoredRequest};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a rehearsal was made of: the history says whether anything happened since.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Seen {
    project: ProjectKey,
    number: i64,
    newest: i64,
}

impl Seen {
    async fn of(cx: &mut Cx, project: &ProjectKey, number: i64) -> Result<Option<Self>, Error> {
        let head = store::audit::head(cx).await?;
        Ok(head.map(|(newest, _)| Self { project: project.clone(), number, newest }))
    }
}

/// For so long a rehearsal is told again where nothing happened meanwhile: a freeze may begin without anybody's doing.
const KEPT: i64 = 10 * SECOND;
/// So many are kept.
const MOST: usize = 64;

/// The last rehearsals, so that who only looks takes the write transaction from nobody.
#[derive(Debug, Clone, Default)]
pub struct Rehearsals(Arc<Mutex<HashMap<Seen, (Timestamp, Rehearsal)>>>);

impl Rehearsals {
    fn get(&self, seen: &Seen, now: Timestamp) -> Option<Rehearsal> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, found) = all.get(seen)?;
        (0..KEPT).contains(&(now.millis() - at.millis())).then(|| found.clone())
    }

    fn keep(&self, seen: Seen, now: Timestamp, rehearsal: Rehearsal) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(seen, (now, rehearsal));
    }
}

/// How a request would fare if it were applied now.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// The request that was rehearsed: whatever is shown of it belongs to this content.
    pub stored: StoredRequest,
    pub standing: Standing,
    /// The hash of what would be applied.
    pub content: String,
    /// What the round was asked for and what the policies ask now, together.
    pub asked: Asked,
    pub demand: Demand,
    /// Something that it replaces has changed since.
    pub is_behind: bool,
    /// What else keeps it from being applied, in a sentence.
    pub trouble: Option<String>,
}

impl Governance {
    /// Applies a request and takes that back: what a page says of it cannot differ from what will happen.
    pub async fn rehearse_request(&self, project: &ProjectKey, number: i64) -> Result<Rehearsal, Error> {
        let now = self.clock.now();
        let seen = Seen::of(&mut self.db.read().await?, project, number).await?;
        if let Some(seen) = &seen
            && let Some(known) = self.rehearsals.get(seen, now)
        {
            return Ok(known);
        }
        let mut tx = self.db.begin().await?;
        let mut desk = Desk::open(&mut tx, &self.audit_key, now, &Actor::System, project).await?;
        let rehearsal = desk.rehearse(number).await?;
        if let Some(seen) = seen {
            self.rehearsals.keep(seen, now, rehearsal.clone());
        }
        Ok(rehearsal)
    }
}

impl Desk<'_> {
    /// The caller lets the transaction go.
    async fn rehearse(&mut self, number: i64) -> Result<Rehearsal, Error> {
        let stored = self.find(number).await?;
        let content = super::content::hash(self.tx, &self.project, &stored.items).await?;
        let events = rows::events(self.tx, &stored.id).await?;
        let people = roles_now(self.tx, &self.project).await?;
        let tried = match self.holder(&stored).await {
            Ok(holder) => self.run(&stored, &holder, &By::Approval).await,
            Err(error) => Err(error),
        };
        let (demand, is_behind, trouble) = match tried {
            Ok(steps) => {
                let demand = strictest(&steps.iter().map(|step| &step.demand).collect::<Vec<_>>());
                let frozen = demand.frozen.clone();
                (demand, false, frozen)
            }
            Err(Error::Conflict { .. }) => (Demand::default(), true, None),
            Err(error @ (Error::Invalid(_) | Error::Forbidden(_) | Error::NotFound(_))) => {
                (Demand::default(), false, Some(error.to_string()))
            }
            Err(error) => return Err(error),
        };
        let asked = demand.review.iter().cloned().fold(stored.request.asked.clone(), Asked::and);
        let standing = standing(&stored.request, &events, &content, &asked, people);
        Ok(Rehearsal { stored, standing, content, asked, demand, is_behind, trouble })
    }
}
