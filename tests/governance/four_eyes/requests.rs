//! The life of a request, from asked to applied.

use super::*;
use crate::house::{NOON, refusal};
use flagstaff::domain::change_request::{AfterReview, Origin};
use flagstaff::domain::policy::Freeze;
use flagstaff::domain::time::HOUR;

#[tokio::test]
async fn a_change_is_asked_for_approved_by_somebody_else_and_applied() {
    let office = Office::open().await;
    let Office { ed, ann, abe, ada, eve, .. } = &office;
    let asked = office.submit(ed, on()).await;
    assert!(
        matches!(&asked, Err(Error::Confirm(c)) if c.review.as_ref().is_some_and(|r| r.quorum == 1) && c.environment == "production"),
        "{asked:?}"
    );
    let before = office.house.revision("production").await;
    let number = office.ask(ed, on()).await;
    assert_eq!((office.status(number).await, office.is_on().await), (Status::Open, false));
    assert_eq!(office.house.revision("production").await, before);
    assert_eq!(refusal(office.apply(ed, number).await), ": 1 of 1 approvals are missing.");
    office.approve(ann, number).await.unwrap();
    assert!(!office.is_on().await);
    let last = office.apply(ed, number).await.unwrap();
    assert!(office.is_on().await);
    assert_eq!(office.status(number).await, Status::Applied);
    assert_eq!(office.house.revision("production").await, before + 1);
    assert_eq!(office.timeline(number).await, [EventKind::Opened, EventKind::Approved, EventKind::Applied]);
    assert_eq!(office.audited(number).await, ["change_request.open", "change_request.approve", "change_request.apply"]);
    let rows = office.house.rows().await;
    assert_eq!(rows.last().unwrap().seq, last);
    let change = rows.iter().find(|row| row.action == "state.enable").unwrap();
    assert_eq!((change.actor.as_str(), change.reason.as_deref()), (ed.email.as_str(), Some("Change request #1 by ed: A change")));
    assert_eq!(office.stored(number).await.rows, Some((change.seq, change.seq)));
    assert_eq!(office.inbox(ann).await, [Kind::ReviewAsked, Kind::Applied]);
    assert_eq!(office.inbox(abe).await, [Kind::ReviewAsked]);
    assert_eq!(office.inbox(ada).await, [Kind::ReviewAsked]);
    assert_eq!(office.inbox(ed).await, [Kind::Approved]);
    assert_eq!(office.inbox(eve).await, []);
}

#[tokio::test]
async fn nothing_is_left_of_what_was_tried_out() {
    let office = Office::open().await;
    let rows = office.house.rows().await.len();
    let (state, version) = office.house.state("new_checkout", "production").await;
    let number = office.ask(&office.ed, on()).await;
    let _ = office.rehearse(number).await;
    assert_eq!(office.house.state("new_checkout", "production").await, (state, version));
    assert_eq!(office.house.rows().await.len(), rows + 1);
}

#[tokio::test]
async fn two_approvals_are_two_people() {
    let office = Office::with(reviewed(2)).await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    assert_eq!(refusal(office.apply(&office.ed, number).await), ": 1 of 2 approvals are missing.");
    office.approve(&office.ada, number).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
    assert!(office.is_on().await);
}

#[tokio::test]
async fn a_wish_for_changes_holds_it_up_until_it_is_edited() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    office.object(&office.abe, number).await.unwrap();
    assert!(refusal(office.apply(&office.ed, number).await).contains("Somebody asked for changes"));
    let wanted = office.wanted(|state| state.enabled = true).await;
    let edited = office.edit(&office.ed, number, wanted).await;
    assert!(matches!(edited, Err(Error::Requested { number: same, .. }) if same == number), "{edited:?}");
    assert_eq!(office.stored(number).await.request.round, 2);
    assert!(refusal(office.apply(&office.ed, number).await).contains("What was approved before has changed since."));
    assert_eq!(office.inbox(&office.ann).await.last(), Some(&Kind::ReviewAsked));
    assert!(office.inbox(&office.ann).await.contains(&Kind::Changed));
    office.approve(&office.abe, number).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
    assert!(office.is_on().await);
}

#[tokio::test]
async fn a_request_is_taken_back_and_opened_again() {
    let office = Office::open().await;
    let Office { ed, eve, ann, ada, .. } = &office;
    let number = office.ask(ed, on()).await;
    assert!(refusal(office.say(eve, number, Say::Withdraw).await).contains("Only who made it"));
    office.say(ed, number, Say::Withdraw).await.unwrap();
    assert!(refusal(office.approve(ann, number).await).contains("open it again first"));
    assert!(refusal(office.apply(ed, number).await).contains("open it again first"));
    office.say(ada, number, Say::Reopen).await.unwrap();
    office.approve(ann, number).await.unwrap();
    office.apply(eve, number).await.unwrap();
    assert!(office.is_on().await);
}

#[tokio::test]
async fn it_is_applied_at_the_moment_that_was_chosen() {
    let office = Office::open().await;
    let Office { ed, ann, .. } = &office;
    let number = office.ask(ed, on()).await;
    assert!(refusal(office.say(ed, number, Say::Schedule(NOON.into())).await).contains("still to come"));
    office.say(ed, number, Say::Schedule(NOON.plus(HOUR).into())).await.unwrap();
    office.approve(ann, number).await.unwrap();
    assert_eq!(office.house.governance.apply_due().await.unwrap(), 0);
    assert!(!office.is_on().await);
    office.house.clock.set(NOON.plus(HOUR));
    assert_eq!(office.house.governance.apply_due().await.unwrap(), 1);
    assert!(office.is_on().await);
    assert_eq!(office.house.governance.apply_due().await.unwrap(), 0);
    assert_eq!(office.inbox(ed).await.last(), Some(&Kind::Applied));
    assert!(office.house.rows().await.iter().any(|row| row.action == "state.enable" && row.actor == "system"));
}

/// It is not tried again and again: people are told, once.
#[tokio::test]
async fn what_is_due_and_not_approved_is_told_once() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    office.say(&office.ed, number, Say::Schedule(NOON.plus(HOUR).into())).await.unwrap();
    office.house.clock.set(NOON.plus(HOUR));
    assert_eq!(office.house.governance.apply_due().await.unwrap(), 1);
    assert_eq!(office.house.governance.apply_due().await.unwrap(), 0);
    assert!(!office.is_on().await);
    assert_eq!((office.status(number).await, office.stored(number).await.apply_at), (Status::Open, None));
    assert_eq!(office.timeline(number).await.last(), Some(&EventKind::Failed));
    assert_eq!(office.inbox(&office.ed).await, [Kind::Failed]);
}

#[tokio::test]
async fn what_freezes_keeps_out_even_what_is_approved_and_lets_off_through() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    let freeze = Freeze { name: "Black Friday".into(), from: NOON, until: NOON.plus(HOUR) };
    office.house.protect("production", Protection::Open, Policy { freezes: vec![freeze], ..reviewed(1) }).await;
    assert!(refusal(office.apply(&office.ed, number).await).contains("Black Friday"));
    office.house.by_system(on()).await;
    office.submit(&office.ed, switch("new_checkout", "production", false)).await.unwrap();
    assert!(!office.is_on().await);
    office.house.clock.set(NOON.plus(HOUR));
    // What is live has changed meanwhile, so it is brought up to date first.
    assert!(matches!(office.apply(&office.ed, number).await, Err(Error::Conflict { .. })));
    let edited = office.edit(&office.ed, number, on()).await;
    assert!(matches!(edited, Err(Error::Requested { .. })));
    office.approve(&office.ann, number).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
    assert!(office.is_on().await);
}

#[tokio::test]
async fn a_bundle_is_applied_whole_or_not_at_all() {
    let office = Office::open().await;
    office.house.by_system(Command::CreateFlag { project: shop(), flag: flag("new_search") }).await;
    let both = ["new_checkout", "new_search"].map(|name| switch(name, "production", true));
    let both = both.map(|command| Submission::new(command).asking(note("Launch"))).to_vec();
    let number = number(office.house.governance.submit_all(&Actor::Person(office.ed.clone()), both).await);
    office.approve(&office.ann, number).await.unwrap();
    office.house.by_system(Command::ArchiveFlag { project: shop(), flag: key("new_search") }).await;
    assert!(office.apply(&office.ed, number).await.is_err());
    assert!(!office.is_on().await);
    office.house.by_system(Command::RestoreFlag { project: shop(), flag: key("new_search") }).await;
    // It was looked at before it went away and came back; nothing of it is different now.
    office.apply(&office.ed, number).await.unwrap();
    assert!(office.is_on().await && office.house.state("new_search", "production").await.0.enabled);
}

/// What cannot be read is set aside: whatever else is due is applied.
#[tokio::test]
async fn one_that_cannot_be_read_keeps_no_other_from_its_moment() {
    let office = Office::open().await;
    office.house.by_system(Command::CreateFlag { project: shop(), flag: flag("new_search") }).await;
    let (first, second) =
        (office.ask(&office.ed, on()).await, office.ask(&office.ed, switch("new_search", "production", true)).await);
    for number in [first, second] {
        office.approve(&office.ann, number).await.unwrap();
        let at = office.house.clock.now().plus(number);
        office.say(&office.ed, number, Say::Schedule(at.into())).await.unwrap();
    }
    let mut tx = office.house.db.begin().await.unwrap();
    crate::database::run(&mut tx, "update change_requests set items = 'nonsense' where number = 1").await.unwrap();
    tx.commit().await.unwrap();
    office.house.clock.set(office.house.clock.now().plus(HOUR));
    assert_eq!(office.house.governance.apply_due().await.unwrap(), 2, "one is applied, and one set aside");
    assert!(!office.is_on().await && office.house.state("new_search", "production").await.0.enabled);
}

#[tokio::test]
async fn somebody_may_ask_where_nothing_asks_for_it() {
    let office = Office::open().await;
    let anyway = NewRequest { anyway: true, ..note("Look at this") };
    let command = switch("new_checkout", "staging", true);
    let number = number(office.house.submit(&office.ed, Submission::new(command).asking(anyway)).await);
    assert!(refusal(office.apply(&office.ed, number).await).contains("1 of 1"));
    office.approve(&office.ann, number).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
    assert!(office.house.state("new_checkout", "staging").await.0.enabled);
    let stored = office.stored(number).await.request;
    assert_eq!((stored.origin, stored.after_review), (Origin::Asked, AfterReview::NotDue));
}

#[tokio::test]
async fn only_people_who_may_approve_are_asked_to() {
    let office = Office::open().await;
    let ask = |who: &Person| NewRequest { reviewers: vec![who.id.clone()], ..note("Launch") };
    for who in [&office.ed, &office.eve] {
        let refused = office.house.submit(&office.ed, Submission::new(on()).asking(ask(who))).await;
        assert!(refusal(refused).contains("request_reviewers"));
    }
    number(office.house.submit(&office.ed, Submission::new(on()).asking(ask(&office.ann))).await);
    assert_eq!((office.inbox(&office.ann).await.len(), office.inbox(&office.abe).await.len()), (1, 0));
}

/// The rights of the one who made it are looked at, not the choice of a password that somebody else has to make.
#[tokio::test]
async fn an_author_who_has_yet_to_choose_a_password_keeps_nobody_waiting() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    let reset = Submission::new(Command::SetPassword { email: office.ed.email.clone() });
    let reset = reset.sealing(flagstaff::server::governance::Sealed::TemporaryPassword("$argon2id$none".into()));
    office.house.governance.submit(&Actor::System, reset).await.unwrap();
    assert!(office.rehearse(number).await.standing.is_approved());
    office.apply(&office.ann, number).await.unwrap();
    assert!(office.is_on().await);
}
