//! The requests of a project: what waits for me, what is mine, all of them.

use crate::domain::actor::Person;
use crate::domain::change_request::{Act, AfterReview, Onlooker, Standing, Status, refusal, standing};
use crate::domain::id::UserId;
use crate::server::error::Error;
use crate::server::governance::change_requests::roles_now;
use crate::server::services::projects::OpenProject;
use crate::server::services::schedule;
use crate::server::state::AppState;
use crate::server::store::change_requests::{self as rows, StoredRequest, Waiting};
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Cx, Db};
use std::collections::HashMap;

/// Which requests are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// What somebody else made and I could decide on, and what of mine is ready to be applied.
    #[default]
    NeedsMe,
    Mine,
    All,
}

impl View {
    pub const ALL: [Self; 3] = [Self::NeedsMe, Self::Mine, Self::All];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeedsMe => "needs-me",
            Self::Mine => "mine",
            Self::All => "all",
        }
    }
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|view| view.as_str() == text).unwrap_or_default()
    }
}

#[derive(Debug, Clone)]
pub struct Listed {
    pub stored: StoredRequest,
    /// `Nobody in person` for what the command line or Flagstaff itself made.
    pub author: String,
    /// Of an open one: how it stands by what it was when it was last looked at.
    pub standing: Option<Standing>,
    pub is_mine: bool,
    pub needs_me: bool,
    /// Whether it has a moment and will not be applied then as things are.
    pub is_stopped: bool,
}

/// A page of requests, and how many the other views hold.
#[derive(Debug, Clone)]
pub struct Lists {
    pub shown: Vec<Listed>,
    pub needs_me: usize,
    pub mine: usize,
    pub all: i64,
}

/// Requests on one page of all of them.
pub const PER_PAGE: i64 = 50;

/// The requests of a view. What waits is shown whole; of all of them a page, counted from 1.
pub async fn lists(state: &AppState, person: &Person, project: &OpenProject, view: View, page: i64) -> Result<Lists, Error> {
    let mut cx = state.db.snapshot().await?;
    let id = &project.stored.id;
    let reader = Reader::new(&mut cx, project, person).await?;
    let waiting = rows::waiting(&mut cx, id).await?;
    let waiting = reader.all(&mut cx, waiting).await?;
    let needs_me: Vec<Listed> = waiting.iter().filter(|listed| listed.needs_me).cloned().collect();
    let mine: Vec<Listed> = waiting.into_iter().filter(|listed| listed.is_mine).collect();
    let all = rows::count(&mut cx, id).await?;
    let counts = (needs_me.len(), mine.len());
    let mut shown = match view {
        View::NeedsMe => needs_me,
        View::Mine => mine,
        View::All => {
            let offset = (page.max(1) - 1).saturating_mul(PER_PAGE);
            let found = rows::of_project(&mut cx, id, PER_PAGE, offset).await?;
            reader.all(&mut cx, found).await?
        }
    };
    drop(cx);
    let scheduled = shown.iter().filter(|listed| listed.stored.apply_at.is_some()).map(|listed| listed.stored.number).collect();
    let stopped = schedule::stopped(state, project, &scheduled).await?;
    shown.iter_mut().for_each(|listed| listed.is_stopped = stopped.contains(&listed.stored.number));
    Ok(Lists { shown, needs_me: counts.0, mine: counts.1, all })
}

/// The open requests that change each flag, by its key.
pub async fn in_review(cx: &mut Cx, project: &OpenProject) -> Result<HashMap<String, Vec<Waiting>>, Error> {
    let all = rows::open_objects(cx, &project.stored.id).await?;
    let mut found: HashMap<String, Vec<Waiting>> = HashMap::new();
    for (object, waiting) in all {
        if let Some(flag) = object.strip_prefix("flag:") {
            found.entry(flag.to_owned()).or_default().push(waiting);
        }
    }
    Ok(found)
}

/// The request in which somebody looks at a change afterwards, by the first and the last row of the audit that it
/// made.
pub async fn owed(db: &Db, project: &StoredProject, made: (i64, i64)) -> Result<Option<i64>, Error> {
    let waiting = rows::waiting(&mut db.read().await?, &project.id).await?;
    let is_it = |stored: &StoredRequest| stored.rows.is_some_and(|(from, to)| from <= made.1 && made.0 <= to);
    Ok(waiting.into_iter().find(is_it).map(|stored| stored.number))
}

struct Reader {
    me: Onlooker,
    names: HashMap<UserId, String>,
    roles: Vec<(UserId, crate::domain::role::Role)>,
}

impl Reader {
    async fn new(cx: &mut Cx, project: &OpenProject, person: &Person) -> Result<Self, Error> {
        let role = roles_now(cx, &project.stored).await?(&person.id);
        let names = store::users::all(cx).await?.into_iter().map(|stored| (stored.id, stored.user.name)).collect();
        let roles = store::members::roles(cx, &project.stored.id).await?.into_iter().map(|(id, _, role)| (id, role)).collect();
        Ok(Self { me: Onlooker { id: person.id.clone(), role }, names, roles })
    }

    async fn all(&self, cx: &mut Cx, found: Vec<StoredRequest>) -> Result<Vec<Listed>, Error> {
        let mut listed = Vec::with_capacity(found.len());
        for stored in found {
            listed.push(self.one(cx, stored).await?);
        }
        Ok(listed)
    }

    async fn one(&self, cx: &mut Cx, stored: StoredRequest) -> Result<Listed, Error> {
        let request = &stored.request;
        let role = |who: &UserId| self.roles.iter().find(|(id, _)| id == who).map(|(_, role)| *role);
        let standing = match request.status {
            Status::Open => {
                let events = rows::events(cx, &stored.id).await?;
                Some(standing(request, &events, &request.content, &request.asked, role))
            }
            Status::Withdrawn | Status::Applied => None,
        };
        let author = request.author.as_ref().and_then(|id| self.names.get(id).cloned());
        let is_mine = request.is_by(&self.me.id);
        let may = |act| refusal(request, act, &self.me, &request.asked).is_none() && self.me.role.is_some();
        let has_spoken = standing
            .as_ref()
            .is_some_and(|standing| standing.approved_by.contains(&self.me.id) || standing.objected.contains(&self.me.id));
        let is_approved = standing.as_ref().is_some_and(Standing::is_approved);
        let is_ready = is_approved && stored.apply_at.is_none();
        let to_decide = request.status == Status::Open && !is_approved && !has_spoken && may(Act::Approve);
        let to_look_at = request.after_review == AfterReview::Open && may(Act::Review);
        let needs_me = to_decide || to_look_at || (is_mine && is_ready);
        Ok(Listed {
            author: author.unwrap_or_else(|| "Nobody in person".to_owned()),
            standing,
            is_mine,
            needs_me,
            stored,
            is_stopped: false,
        })
    }
}
