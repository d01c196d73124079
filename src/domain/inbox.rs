//! What concerns somebody, until they have seen it.

use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why it concerns them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    ReviewAsked,
    Approved,
    ChangesRequested,
    Commented,
    /// The content changed after somebody had looked at it.
    Changed,
    Withdrawn,
    Applied,
    /// It was due and could not be applied.
    Failed,
    /// It was due, and by the time somebody looked it was too late.
    Missed,
    /// It will be applied at another instant than was worked out first.
    Moved,
    /// Applied without the review that was due.
    BreakGlass,
    /// Done without a review, which somebody else makes up for.
    AfterReviewDue,
    /// That is made up for.
    AfterReviewed,
    /// A flag's last day is near.
    ExpiresSoon,
    /// It is over.
    Expired,
    /// It has been over for a while, and its owner did nothing.
    Overdue,
    /// The day has come to ask whether a flag is still needed.
    ReviewDue,
    /// A flag was archived because its time was over.
    ArchivedByExpiry,
    /// Once a week: what of somebody's flags wants them.
    Digest,
}

impl Kind {
    pub const ALL: [Self; 19] = [
        Self::ReviewAsked,
        Self::Approved,
        Self::ChangesRequested,
        Self::Commented,
        Self::Changed,
        Self::Withdrawn,
        Self::Applied,
        Self::Failed,
        Self::Missed,
        Self::Moved,
        Self::BreakGlass,
        Self::AfterReviewDue,
        Self::AfterReviewed,
        Self::ExpiresSoon,
        Self::Expired,
        Self::Overdue,
        Self::ReviewDue,
        Self::ArchivedByExpiry,
        Self::Digest,
    ];

    /// The spelling in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReviewAsked => "review_asked",
            Self::Approved => "approved",
            Self::ChangesRequested => "changes_requested",
            Self::Commented => "commented",
            Self::Changed => "changed",
            Self::Withdrawn => "withdrawn",
            Self::Applied => "applied",
            Self::Failed => "failed",
            Self::Missed => "missed",
            Self::Moved => "moved",
            Self::BreakGlass => "break_glass",
            Self::AfterReviewDue => "after_review_due",
            Self::AfterReviewed => "after_reviewed",
            Self::ExpiresSoon => "expires_soon",
            Self::Expired => "expired",
            Self::Overdue => "overdue",
            Self::ReviewDue => "review_due",
            Self::ArchivedByExpiry => "archived_by_expiry",
            Self::Digest => "digest",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
    /// What happened to a request, between who did it and what it was done to: `Ada` … `“Launch”`. Of flags the note says it.
    pub const fn said(self) -> &'static str {
        match self {
            Self::ReviewAsked => "asks you to review",
            Self::Approved => "approved",
            Self::ChangesRequested => "asked for changes of",
            Self::Commented => "commented on",
            Self::Changed => "changed what you had looked at:",
            Self::Withdrawn => "took back",
            Self::Applied => "applied",
            Self::Failed => "could not apply",
            Self::Missed => "missed the moment of",
            Self::Moved => "worked out the moment anew of",
            Self::BreakGlass => "broke the glass and applied without a review:",
            Self::AfterReviewDue => "did what somebody else should look at now:",
            Self::AfterReviewed => "looked at, after the fact,",
            Self::ExpiresSoon | Self::Expired | Self::Overdue | Self::ReviewDue | Self::ArchivedByExpiry | Self::Digest => "",
        }
    }
}

/// One thing that concerns somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: String,
    pub kind: Kind,
    /// Who did it: an e-mail address, `console` or `system`.
    pub actor: String,
    pub at: Timestamp,
    pub is_read: bool,
    pub about: About,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The key of the project, and the number and title of the request in it.
    Request { project: String, number: i64, title: String, settled: Option<Settled> },
    /// The keys of the project and the flag, and what is said of it.
    Flag { project: String, flag: String, note: String },
    /// Several flags, each with what is said of it.
    Flags(Vec<Line>),
}

/// What has become of a request since it was asked for, so that nobody needs to do it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Applied,
    Withdrawn,
    /// Somebody looked at it after the fact.
    LookedAt,
}

impl Settled {
    pub const fn said(self) -> &'static str {
        match self {
            Self::Applied => "applied since",
            Self::Withdrawn => "taken back since",
            Self::LookedAt => "looked at since",
        }
    }
}

/// One flag of a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub project: String,
    pub flag: String,
    /// `expires in 6 d`
    pub note: String,
}
