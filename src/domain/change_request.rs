//! Change requests: changes that other people look at before they are made. Pure: what a request is, who may do what with
//! it, and whether it is approved.
//!
//! An approval is bound to the exact content that was looked at: every edit begins a new round, in which nobody has said
//! anything yet.

use super::id::UserId;
use super::policy::Asked;
use super::role::Role;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Characters of a title, and of a why or a comment.
pub const MAX_TITLE: usize = 200;
pub const MAX_TEXT: usize = 5_000;
/// Changes that one request holds.
pub const MAX_ITEMS: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for reviews, or for somebody to apply it.
    Open,
    /// Taken back by whoever made it.
    Withdrawn,
    /// In force.
    Applied,
}

/// How it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Somebody asked for a review first.
    Asked,
    /// Applied without one, by the permission for emergencies.
    BreakGlass,
    /// A flag was turned off, which waits for nobody.
    TurnedOff,
    /// Done from the command line of the server.
    Console,
}

/// Whether somebody looks at it after the fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterReview {
    NotDue,
    Open,
    Done,
}

macro_rules! spelled {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $name {
            /// The spelling in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
spelled!(Status { Open = "open", Withdrawn = "withdrawn", Applied = "applied" });
spelled!(Origin { Asked = "asked", BreakGlass = "break_glass", TurnedOff = "turned_off", Console = "console" });
spelled!(AfterReview { NotDue = "not_due", Open = "open", Done = "done" });
spelled!(EventKind {
    Opened = "opened",
    Edited = "edited",
    Commented = "commented",
    Approved = "approved",
    ChangesRequested = "changes_requested",
    Withdrawn = "withdrawn",
    Reopened = "reopened",
    Scheduled = "scheduled",
    Unscheduled = "unscheduled",
    Failed = "failed",
    Missed = "missed",
    Applied = "applied",
    BrokeGlass = "broke_glass",
    Reviewed = "reviewed",
});

/// What happened to a request, as its timeline tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    Opened,
    Edited,
    Commented,
    Approved,
    ChangesRequested,
    Withdrawn,
    Reopened,
    Scheduled,
    Unscheduled,
    /// It was due and could not be applied.
    Failed,
    /// It was due, and by the time somebody looked it was too late.
    Missed,
    Applied,
    BrokeGlass,
    /// Looked at after the fact.
    Reviewed,
}

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    /// An e-mail address, `console` or `system`.
    pub actor: String,
    pub actor_id: Option<UserId>,
    pub kind: EventKind,
    /// The round and the content that it speaks of.
    pub round: i64,
    pub content: String,
    pub text: String,
}

/// What decides who may do what with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `None` for what the console did.
    pub author: Option<UserId>,
    /// Who else had a hand in the content.
    pub coauthors: Vec<UserId>,
    pub status: Status,
    pub origin: Origin,
    pub after_review: AfterReview,
    /// Rises by one with every edit.
    pub round: i64,
    /// The hash of what is to be done, of the versions it was made against and of all that it leans on.
    pub content: String,
    /// What was asked when this round began. What is asked now may be more, never less.
    pub asked: Asked,
}

/// Somebody who looks at a request, with the rights they hold now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onlooker {
    pub id: UserId,
    /// `None` for who is no member, or disabled.
    pub role: Option<Role>,
}

impl Request {
    /// Whether `person` made it, alone or with others. Such people never approve it, an admin no more than an editor.
    pub fn is_by(&self, person: &UserId) -> bool {
        self.author.as_ref() == Some(person) || self.coauthors.contains(person)
    }

    /// Why somebody's approval would not count; `None` when it would. The middle of a sentence about them.
    pub fn bars(&self, onlooker: &Onlooker, asked: &Asked) -> Option<Bar> {
        if self.is_by(&onlooker.id) {
            return Some(Bar::Author);
        }
        match onlooker.role {
            None => Some(Bar::Gone),
            Some(role) if role < asked.reviewers => Some(Bar::Role),
            Some(_) => None,
        }
    }
}

/// Why somebody may not approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// It is their own work.
    Author,
    /// Their role is less than what is asked.
    Role,
    /// Their account is disabled, or they left the project.
    Gone,
}

/// How a request stands at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whose approvals count.
    pub approved_by: Vec<UserId>,
    /// Who asked for changes and has not approved since: holds it up whatever the others say.
    pub objected: Vec<UserId>,
    /// Approvals of this very content that do not count any more, and why.
    pub discounted: Vec<(UserId, Bar)>,
    /// Who approved an earlier content.
    pub outdated: Vec<UserId>,
    pub quorum: u8,
}

impl Standing {
    pub fn is_approved(&self) -> bool {
        self.objected.is_empty() && self.missing() == 0
    }
    /// Approvals that are still needed.
    pub fn missing(&self) -> usize {
        usize::from(self.quorum).saturating_sub(self.approved_by.len())
    }
}

/// How `request` stands by its timeline. `content` is the hash of what would be applied now; `people` says who somebody is
/// now; `asked` is the stricter of what was asked when the round began and what the policies ask now.
pub fn standing(
    request: &Request,
    events: &[Event],
    content: &str,
    asked: &Asked,
    people: impl Fn(&UserId) -> Option<Role>,
) -> Standing {
    let mut standing = Standing { quorum: asked.quorum, ..Standing::default() };
    for (who, last) in verdicts(events) {
        let is_current = last.round == request.round && last.content == content && request.content == content;
        let bar = request.bars(&Onlooker { id: who.clone(), role: people(&who) }, asked);
        match (last.kind, is_current, bar) {
            // A wish for changes outlives an edit only in the timeline: the edit is the answer to it.
            // And the rights of who had it: nobody rids themselves of an objection by taking them away.
            (EventKind::ChangesRequested, true, None | Some(Bar::Role | Bar::Gone)) => standing.objected.push(who),
            (EventKind::ChangesRequested, ..) => {}
            (_, false, _) => standing.outdated.push(who),
            (_, true, Some(bar)) => standing.discounted.push((who, bar)),
            (_, true, None) => standing.approved_by.push(who),
        }
    }
    standing
}

/// The last verdict of everybody who gave one, in the order in which they first did.
fn verdicts(events: &[Event]) -> Vec<(UserId, &Event)> {
    let mut found: Vec<(UserId, &Event)> = Vec::new();
    let is_verdict = |event: &&Event| matches!(event.kind, EventKind::Approved | EventKind::ChangesRequested);
    for event in events.iter().filter(is_verdict) {
        let Some(who) = &event.actor_id else { continue };
        match found.iter_mut().find(|(other, _)| other == who) {
            Some((_, last)) => *last = event,
            None => found.push((who.clone(), event)),
        }
    }
    found
}

/// What somebody wants to do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Comment,
    Approve,
    RequestChanges,
    Edit,
    Withdraw,
    Reopen,
    Schedule,
    Apply,
    BreakGlass,
    /// Close the review after the fact.
    Review,
}

/// Why somebody may not do that. Says what keeps them, and what would help.
pub fn refusal(request: &Request, act: Act, onlooker: &Onlooker, asked: &Asked) -> Option<String> {
    let Some(role) = onlooker.role else { return Some(GONE.to_owned()) };
    let needs = |least: Role| (role < least).then(|| format!("Needs the role {}; yours is {}.", least.as_str(), role.as_str()));
    let in_status = |status: Status, otherwise: &str| (request.status != status).then(|| otherwise.to_owned());
    let open = || in_status(Status::Open, closed(request.status));
    match act {
        Act::Comment => None,
        Act::Approve | Act::RequestChanges => open().or_else(|| verdict_refusal(request, act, onlooker, asked)),
        Act::Edit | Act::Schedule | Act::Apply | Act::BreakGlass => open().or_else(|| needs(Role::Editor)),
        Act::Withdraw => open().or_else(|| {
            let may = request.is_by(&onlooker.id) || role >= Role::Admin;
            (!may).then(|| "Only who made it, or an admin, takes it back.".to_owned())
        }),
        Act::Reopen => in_status(Status::Withdrawn, "Only what was taken back is opened again.").or_else(|| {
            let may = request.is_by(&onlooker.id) || role >= Role::Admin;
            (!may).then(|| "Only who made it, or an admin, opens it again.".to_owned())
        }),
        Act::Review => match request.after_review {
            AfterReview::NotDue => Some("No review after the fact is due.".to_owned()),
            AfterReview::Done => Some("Somebody has looked at it already.".to_owned()),
            AfterReview::Open => verdict_refusal(request, act, onlooker, asked),
        },
    }
}

fn verdict_refusal(request: &Request, act: Act, onlooker: &Onlooker, asked: &Asked) -> Option<String> {
    let whom = if asked.reviewers == Role::Admin { "An admin" } else { "An approver" };
    match request.bars(onlooker, asked)? {
        Bar::Author if act == Act::Review => Some("This is your own change: somebody else looks at it.".to_owned()),
        Bar::Author => Some("You had a hand in this change: somebody else approves it.".to_owned()),
        Bar::Role => {
            let yours = onlooker.role.map_or("none", Role::as_str);
            Some(format!("{whom} decides on this; your role is {yours}."))
        }
        Bar::Gone => Some(GONE.to_owned()),
    }
}

const GONE: &str = "You are no member of this project any more.";

const fn closed(status: Status) -> &'static str {
    match status {
        Status::Open => "It is open.",
        Status::Withdrawn => "It was taken back; open it again first.",
        Status::Applied => "It is applied already.",
    }
}

#[cfg(test)]
#[path = "change_request_tests.rs"]
mod tests;
