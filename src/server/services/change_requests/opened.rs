//! One request with all that is known of it: what it changes, how it stands, who may do what and who could help.

use crate::domain::actor::{Actor, Person};
use crate::domain::attribute::Schema;
use crate::domain::change::order::ordered;
use crate::domain::change::{Change, pieces};
use crate::domain::change_request::{Act, Event, Onlooker, Standing, Status, refusal};
use crate::domain::command::Command;
use crate::domain::diff::{DiffRow, diff};
use crate::domain::environment::Environment;
use crate::domain::id::UserId;
use crate::domain::policy::{Asked, Policy, words};
use crate::domain::role::Role;
use crate::domain::sentence::Piece;
use crate::domain::time::Timestamp;
use crate::server::error::{Confirm, Error};
use crate::server::governance::change_requests::rehearse::Rehearsal;
use crate::server::services::attributes;
use crate::server::services::audit::{self, shown};
use crate::server::services::projects::OpenProject;
use crate::server::state::AppState;
use crate::server::store;
use crate::server::store::change_requests::{self as rows, Part, Proposed, StoredRequest};
use serde_json::Value;
use std::collections::HashMap;

/// One thing that the request changes.
#[derive(Debug, Clone)]
pub struct Changed {
    /// `turn on new_checkout in production`, or `turned on …` once it is made.
    pub said: Vec<Piece>,
    pub environment: Option<String>,
    /// Field by field, as far as who looks may know it.
    pub rows: Vec<DiffRow>,
    /// What an environment asks of changes in words, before and after, where that is what changes.
    pub policy: Option<(Vec<String>, Vec<String>)>,
    /// Both sides as documents, for who reads JSON.
    pub before: Value,
    pub after: Value,
}

/// An entry of the timeline with a name.
#[derive(Debug, Clone)]
pub struct Told {
    pub event: Event,
    pub who: String,
}

/// Somebody who was asked to look at it, or could.
#[derive(Debug, Clone)]
pub struct Reviewer {
    pub id: UserId,
    pub name: String,
    pub was_asked: bool,
    pub has_approved: bool,
    pub objects: bool,
}

/// A request as one person sees it.
#[derive(Debug, Clone)]
pub struct Opened {
    pub stored: StoredRequest,
    /// Who made it, alone or with others.
    pub authors: Vec<String>,
    pub changes: Vec<Changed>,
    pub timeline: Vec<Told>,
    /// What is asked now: what was asked when the round began, and what the policies ask by now.
    pub asked: Asked,
    /// Of an open one.
    pub standing: Option<Standing>,
    /// The hash of what would be applied now: verdicts are about it.
    pub content: String,
    /// Whether something that it replaces has changed since.
    pub is_behind: bool,
    /// What else keeps it from being applied, in a sentence.
    pub trouble: Option<String>,
    /// What breaking the glass asks for.
    pub ladder: Option<Confirm>,
    /// Who may approve it.
    pub reviewers: Vec<Reviewer>,
    pub may_break_glass: bool,
    names: HashMap<UserId, String>,
    me: Onlooker,
}

impl Opened {
    /// Why who looks may not do that; `None` when they may. With whom to ask, where others could.
    pub fn refusal(&self, act: Act) -> Option<String> {
        let why = refusal(&self.stored.request, act, &self.me, &self.asked)?;
        let helps = matches!(act, Act::Approve | Act::RequestChanges | Act::Review);
        let names: Vec<String> = self.reviewers.iter().take(3).map(|reviewer| reviewer.name.clone()).collect();
        let is_open = self.stored.request.status == Status::Open || act == Act::Review;
        Some(match (helps && is_open, names.is_empty()) {
            (true, false) => format!("{why} Ask {}.", names.join(" or ")),
            (true, true) => format!("{why} Nobody else here could: an admin gives somebody the role."),
            (false, _) => why,
        })
    }
    /// What somebody is called.
    pub fn name(&self, who: &UserId) -> String {
        self.names.get(who).cloned().unwrap_or_else(|| "somebody who left".to_owned())
    }
    pub fn is_mine(&self) -> bool {
        self.stored.request.is_by(&self.me.id)
    }
    pub fn is_approved(&self) -> bool {
        self.standing.as_ref().is_some_and(Standing::is_approved)
    }
}

/// Opens a request of a project, and marks what concerns it as seen.
pub async fn open(state: &AppState, person: &Person, project: &OpenProject, number: i64) -> Result<Opened, Error> {
    let schema = attributes::schema(state, project).await?;
    let mut cx = state.db.read().await?;
    let stored = rows::find(&mut cx, &project.stored.id, number).await?.ok_or(Error::NotFound("change request"))?;
    let users = store::users::all(&mut cx).await?;
    let names: HashMap<UserId, String> = users.iter().map(|stored| (stored.id.clone(), stored.user.name.clone())).collect();
    let labels = audit::names(&mut cx).await?;
    let timeline: Vec<Told> = rows::events(&mut cx, &stored.id).await?.into_iter().map(|event| told(event, &labels)).collect();
    let roles = store::members::roles(&mut cx, &project.stored.id).await?;
    let was_asked = rows::people(&mut cx, &stored.id, Part::Reviewer).await?;
    drop(cx);
    let rehearsal = match stored.request.status {
        Status::Open => Some(state.governance.rehearse_request(project.key(), number).await?),
        Status::Withdrawn | Status::Applied => None,
    };
    // Somebody may have edited it since: what is shown is what was rehearsed, because verdicts are about that.
    let stored = rehearsal.as_ref().map_or(stored, |rehearsal| rehearsal.stored.clone());
    let asked = rehearsal.as_ref().map_or_else(|| stored.request.asked.clone(), |rehearsal| rehearsal.asked.clone());
    let me = Onlooker { id: person.id.clone(), role: Some(project.role) };
    let authors = stored.request.author.iter().chain(&stored.request.coauthors);
    let authors: Vec<String> = authors.filter_map(|id| names.get(id).cloned()).collect();
    let standing = rehearsal.as_ref().map(|rehearsal| rehearsal.standing.clone());
    let reviewers = reviewers(&stored, &asked, &roles, &was_asked, standing.as_ref());
    let seen =
        Seen { role: project.role, schema: &schema, is_open: stored.request.status == Status::Open, now: state.clock.now() };
    let changes = stored.proposed.iter().map(|one| changed(one, wanted(&stored, one), &seen)).collect();
    let (content, is_behind, trouble, ladder) = match rehearsal {
        Some(Rehearsal { content, is_behind, trouble, demand, .. }) => (content, is_behind, trouble, demand.ladder),
        None => (stored.request.content.clone(), false, None, None),
    };
    let actor = Actor::Person(person.clone());
    let may_break_glass = actor.may_break_glass(&project.stored.id);
    // The console, or Flagstaff itself.
    let nobody = timeline.first().map_or_else(|| "The console".to_owned(), |told| told.who.clone());
    Ok(Opened {
        authors: if authors.is_empty() { vec![nobody] } else { authors },
        changes,
        timeline,
        asked,
        standing,
        content,
        is_behind,
        trouble,
        ladder,
        reviewers,
        may_break_glass,
        names,
        me,
        stored,
    })
}

fn told(event: Event, labels: &HashMap<String, String>) -> Told {
    let who = labels.get(&event.actor).unwrap_or(&event.actor).clone();
    Told { event, who }
}

fn reviewers(
    stored: &StoredRequest,
    asked: &Asked,
    roles: &[(UserId, String, Role)],
    was_asked: &[UserId],
    standing: Option<&Standing>,
) -> Vec<Reviewer> {
    let able = roles.iter().filter(|(id, _, role)| *role >= asked.reviewers && !stored.request.is_by(id));
    let reviewer = |(id, name, _): &(UserId, String, Role)| Reviewer {
        id: id.clone(),
        name: name.clone(),
        was_asked: was_asked.contains(id),
        has_approved: standing.is_some_and(|standing| standing.approved_by.contains(id)),
        objects: standing.is_some_and(|standing| standing.objected.contains(id)),
    };
    let mut found: Vec<Reviewer> = able.map(reviewer).collect();
    found.sort_by_key(|reviewer| !reviewer.was_asked);
    found
}

/// By whom and when changes are looked at.
struct Seen<'s> {
    role: Role,
    schema: &'s Schema,
    /// Whether they are still to be made.
    is_open: bool,
    now: Timestamp,
}

/// The state that a change asks for, as it was said: what begins when it is applied has no instant yet.
fn wanted(stored: &StoredRequest, proposed: &Proposed) -> Option<Value> {
    let key = proposed.object.strip_prefix("flag:").filter(|_| stored.request.status == Status::Open)?;
    let state = stored.items.iter().find_map(|item| match &item.command {
        Command::EditState { environment, flag, state, .. } if flag.as_str() == key => {
            (proposed.environment.as_deref() == Some(environment.as_str())).then_some(state)
        }
        _ => None,
    });
    state.and_then(|state| serde_json::to_value(state).ok())
}

/// What one change comes to, in words and field by field.
fn changed(proposed: &Proposed, wanted: Option<Value>, seen: &Seen<'_>) -> Changed {
    let mask = |side: &Option<Value>| side.clone().map(|value| shown(value, seen.role, seen.schema)).unwrap_or_default();
    let (before, after) = (mask(&proposed.before), mask(&proposed.after));
    let change = Change {
        seq: 0,
        at: seen.now,
        actor: String::new(),
        who: String::new(),
        action: proposed.action.clone(),
        project: None,
        environment: proposed.environment.clone(),
        object: proposed.object.clone(),
        before: proposed.before.as_ref().map(|_| before.clone()),
        after: proposed.after.as_ref().map(|_| after.clone()),
        reason: None,
    };
    // Without who does it, which is not decided yet.
    let said = pieces(&change).into_iter().skip(2).collect();
    let said = if seen.is_open { ordered(said) } else { said };
    let policy = policies(proposed).map(|(before, after)| (words(&before, seen.now), words(&after, seen.now)));
    let after = if wanted.is_some() { mask(&wanted) } else { after };
    Changed { said, environment: proposed.environment.clone(), rows: diff(&before, &after), policy, before, after }
}

/// The policies of an environment whose policy is to change.
fn policies(proposed: &Proposed) -> Option<(Policy, Policy)> {
    let read = |side: &Option<Value>| serde_json::from_value::<Environment>(side.clone()?).ok();
    let (before, after) = (read(&proposed.before)?.policy, read(&proposed.after)?.policy);
    (before != after).then_some((before, after))
}
