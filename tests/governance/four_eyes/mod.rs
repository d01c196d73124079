//! Four eyes: changes that other people look at first, and every way around them that somebody might try.

mod by_size;
mod bypass_content;
mod bypass_people;
mod bypass_policy;
mod model;
mod plans;
mod races;
mod reference;
mod requests;
mod without_review;

use super::house::{House, environment, flag, key, shop, switch};
use flagstaff::domain::actor::{Actor, Person};
use flagstaff::domain::change_request::{EventKind, Status};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::{Environment, Protection};
use flagstaff::domain::flag::FlagKind;
use flagstaff::domain::inbox::Kind;
use flagstaff::domain::key::{SegmentKey, VariantName};
use flagstaff::domain::policy::{Large, Policy, Review, When};
use flagstaff::domain::role::Role;
use flagstaff::domain::rule::{Rule, Serve, Split};
use flagstaff::domain::segment::Segment;
use flagstaff::domain::state::State;
use flagstaff::server::error::Error;
use flagstaff::server::governance::change_requests::NewRequest;
use flagstaff::server::governance::change_requests::apply::By;
use flagstaff::server::governance::change_requests::rehearse::Rehearsal;
use flagstaff::server::governance::change_requests::review::Say;
use flagstaff::server::governance::{Applied, Submission};
use flagstaff::server::store;
use flagstaff::server::store::change_requests::StoredRequest;
use std::collections::BTreeMap;

/// A house in whose production every change is reviewed, and the people who work there.
pub struct Office {
    pub house: House,
    pub ed: Person,
    pub eve: Person,
    pub ann: Person,
    pub abe: Person,
    pub ada: Person,
}

pub fn reviewed(quorum: u8) -> Policy {
    let review = Review { when: When::Always, quorum, reviewers: Role::Approver };
    Policy { review, ..Policy::default() }
}

pub fn large() -> Policy {
    let review = Review { when: When::Large, quorum: 1, reviewers: Role::Approver };
    Policy { review, ..Policy::default() }
}

pub fn kinds(policy: Policy, kind: FlagKind, when: When) -> Policy {
    Policy { kinds: BTreeMap::from([(kind, Review { when, ..policy.review })]), ..policy }
}

pub fn note(title: &str) -> NewRequest {
    NewRequest { title: title.into(), why: "Because of a test".into(), ..NewRequest::default() }
}

pub fn on() -> Command {
    switch("new_checkout", "production", true)
}

pub fn edit_state(place: &str, state: State) -> Command {
    Command::EditState { project: shop(), environment: environment(place), flag: key("new_checkout"), state }
}

pub fn share(share: u16) -> Serve {
    Serve::Split(Split::two(VariantName::on(), VariantName::off(), share))
}

pub fn segment(members: &[&str]) -> Segment {
    Segment {
        key: SegmentKey::parse("beta").unwrap(),
        name: "Beta".into(),
        description: String::new(),
        include: members.iter().map(|&id| id.to_owned()).collect(),
        exclude: Vec::new(),
        groups: Vec::new(),
    }
}

/// `on` for whoever is in the segment.
pub fn for_segment() -> Rule {
    let condition = serde_json::json!({"attribute": "targetingKey", "operator": "in_segment", "values": ["beta"]});
    Rule {
        id: "beta".into(),
        name: String::new(),
        active: true,
        conditions: vec![serde_json::from_value(condition).unwrap()],
        serve: Serve::Variant(VariantName::on()),
    }
}

/// The number of the request that a submission became.
pub fn number<T: std::fmt::Debug>(result: Result<T, Error>) -> i64 {
    match result {
        Err(Error::Requested { number, .. }) => number,
        other => panic!("{other:?}"),
    }
}

/// Whether others have to look at it first.
pub fn asks<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Confirm(confirm)) if confirm.review.is_some())
}

impl Office {
    pub async fn open() -> Self {
        Self::with(reviewed(1)).await
    }

    /// Production is open, so that nothing but its policy stands in the way.
    pub async fn with(policy: Policy) -> Self {
        let house = House::open().await;
        house.protect("production", Protection::Open, policy).await;
        let ed = house.person("ed", Some(Role::Editor)).await;
        let eve = house.person("eve", Some(Role::Editor)).await;
        let ann = house.person("ann", Some(Role::Approver)).await;
        let abe = house.person("abe", Some(Role::Approver)).await;
        let ada = house.person("ada", Some(Role::Admin)).await;
        Self { house, ed, eve, ann, abe, ada }
    }

    pub async fn submit(&self, who: &Person, command: Command) -> Result<Applied, Error> {
        self.house.submit(who, Submission::new(command)).await
    }

    /// Asks for a review of one change.
    pub async fn ask(&self, who: &Person, command: Command) -> i64 {
        number(self.house.submit(who, Submission::new(command).asking(note("A change"))).await)
    }

    /// Puts other changes in the place of what a request holds.
    pub async fn edit(&self, who: &Person, number: i64, command: Command) -> Result<Applied, Error> {
        let edits = Some((number, self.stored(number).await.request.round));
        self.house.submit(who, Submission::new(command).asking(NewRequest { edits, ..note("Edited") })).await
    }

    pub async fn say(&self, who: &Person, number: i64, say: Say) -> Result<i64, Error> {
        self.house.governance.say(&Actor::Person(who.clone()), &shop(), number, say, "So be it").await
    }

    /// Approves what a page would show at this moment.
    pub async fn approve(&self, who: &Person, number: i64) -> Result<i64, Error> {
        let seen = self.rehearse(number).await.content;
        self.say(who, number, Say::Approve(seen)).await
    }

    pub async fn object(&self, who: &Person, number: i64) -> Result<i64, Error> {
        let seen = self.rehearse(number).await.content;
        self.say(who, number, Say::RequestChanges(seen)).await
    }

    pub async fn apply(&self, who: &Person, number: i64) -> Result<i64, Error> {
        self.house.governance.apply_request(&Actor::Person(who.clone()), &shop(), number, By::Approval).await
    }

    pub async fn break_glass(&self, who: &Person, number: i64) -> Result<i64, Error> {
        let by = By::BreakGlass { reason: "The shop is down".into(), confirmation: Some("production".into()) };
        self.house.governance.apply_request(&Actor::Person(who.clone()), &shop(), number, by).await
    }

    pub async fn rehearse(&self, number: i64) -> Rehearsal {
        self.house.governance.rehearse_request(&shop(), number).await.unwrap()
    }

    pub async fn stored(&self, number: i64) -> StoredRequest {
        let mut cx = self.house.db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
        store::change_requests::find(&mut cx, &project.id, number).await.unwrap().unwrap()
    }

    pub async fn status(&self, number: i64) -> Status {
        self.stored(number).await.request.status
    }

    /// Every request that waits for something, the newest first.
    pub async fn waiting(&self) -> Vec<StoredRequest> {
        let mut cx = self.house.db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
        store::change_requests::waiting(&mut cx, &project.id).await.unwrap()
    }

    pub async fn timeline(&self, number: i64) -> Vec<EventKind> {
        let id = self.stored(number).await.id;
        let mut cx = self.house.db.read().await.unwrap();
        store::change_requests::events(&mut cx, &id).await.unwrap().into_iter().map(|event| event.kind).collect()
    }

    /// What was told to somebody, the oldest first.
    pub async fn inbox(&self, who: &Person) -> Vec<Kind> {
        let mut cx = self.house.db.read().await.unwrap();
        let all = store::inbox::of_user(&mut cx, &who.id, false, 100).await.unwrap();
        all.into_iter().rev().map(|message| message.kind).collect()
    }

    /// The actions that the audit tells of requests, the oldest first.
    pub async fn audited(&self, number: i64) -> Vec<String> {
        let object = format!("change_request:{number}");
        self.house.rows().await.into_iter().filter(|row| row.object == object).map(|row| row.action).collect()
    }

    pub async fn is_on(&self) -> bool {
        self.house.state("new_checkout", "production").await.0.enabled
    }

    /// The state of the flag in production, after `change`.
    pub async fn wanted(&self, change: impl FnOnce(&mut State)) -> Command {
        let (mut state, _) = self.house.state("new_checkout", "production").await;
        change(&mut state);
        edit_state("production", state)
    }

    /// Production, after `change`.
    pub async fn environment(&self, change: impl FnOnce(&mut Environment)) -> Command {
        let mut environment = self.house.place("production").await.environment;
        change(&mut environment);
        Command::EditEnvironment { project: shop(), environment }
    }
}
