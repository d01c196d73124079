//! What goes through without a review, loudly, and is looked at afterwards.

use super::*;
use crate::house::refusal;
use flagstaff::domain::change_request::{AfterReview, Origin};

/// The one request that waits.
async fn waits(office: &Office) -> StoredRequest {
    let all = office.waiting().await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().unwrap()
}

#[tokio::test]
async fn turning_off_happens_at_once_and_somebody_else_looks_at_it() {
    let office = Office::open().await;
    office.house.by_system(on()).await;
    office.submit(&office.ann, switch("new_checkout", "production", false)).await.unwrap();
    assert!(!office.is_on().await);
    let stored = waits(&office).await;
    assert_eq!((stored.request.origin, stored.request.after_review), (Origin::TurnedOff, AfterReview::Open));
    assert_eq!((stored.request.status, stored.title.as_str()), (Status::Applied, "Turned off new_checkout in production"));
    assert_eq!(office.inbox(&office.abe).await, [Kind::AfterReviewDue]);
    assert_eq!(office.inbox(&office.ann).await, []);
    assert!(refusal(office.say(&office.ann, stored.number, Say::Review).await).contains("your own change"));
    assert!(refusal(office.say(&office.ed, stored.number, Say::Review).await).contains("An approver decides"));
    office.say(&office.abe, stored.number, Say::Review).await.unwrap();
    assert!(refusal(office.say(&office.ada, stored.number, Say::Review).await).contains("already"));
    assert_eq!(office.inbox(&office.ann).await, [Kind::AfterReviewed]);
    assert!(office.waiting().await.is_empty());
}

#[tokio::test]
async fn what_the_console_does_is_looked_at_afterwards() {
    let office = Office::open().await;
    office.house.governance.submit(&Actor::Console, Submission::new(on())).await.unwrap();
    assert!(office.is_on().await);
    let stored = waits(&office).await;
    assert_eq!((stored.request.origin, stored.request.author.clone()), (Origin::Console, None));
    office.say(&office.ann, stored.number, Say::Review).await.unwrap();
    assert!(office.waiting().await.is_empty());
}

#[tokio::test]
async fn where_no_review_is_due_nothing_is_looked_at_afterwards() {
    let office = Office::open().await;
    office.house.by_system(switch("new_checkout", "staging", true)).await;
    office.submit(&office.ed, switch("new_checkout", "staging", false)).await.unwrap();
    office.house.governance.submit(&Actor::Console, Submission::new(switch("new_checkout", "staging", true))).await.unwrap();
    assert!(office.waiting().await.is_empty());
}

#[tokio::test]
async fn broken_glass_is_loud_and_somebody_else_clears_it_away() {
    let office = Office::open().await;
    let Office { house, ed, eve, ann, abe, ada } = &office;
    house.protect("production", Protection::Critical, reviewed(1)).await;
    house.set_role(ann, Role::Approver, true).await;
    let number = office.ask(ed, on()).await;
    office.break_glass(ann, number).await.unwrap();
    assert!(office.is_on().await);
    let stored = waits(&office).await;
    assert_eq!((stored.request.origin, stored.request.after_review), (Origin::BreakGlass, AfterReview::Open));
    assert_eq!(office.timeline(number).await.last(), Some(&EventKind::BrokeGlass));
    assert_eq!(office.audited(number).await.last().map(String::as_str), Some("change_request.break_glass"));
    let rows = house.rows().await;
    let change = rows.iter().find(|row| row.action == "state.enable").unwrap();
    assert_eq!(change.reason.as_deref(), Some("Glass broken: The shop is down (Change request #1 by ed: A change)"));
    for who in [abe, ada, ed] {
        assert_eq!(office.inbox(who).await.last(), Some(&Kind::BreakGlass), "{}", who.name);
    }
    for who in [ed, ann] {
        assert!(refusal(office.say(who, number, Say::Review).await).contains("your own change"), "{}", who.name);
    }
    assert!(refusal(office.say(eve, number, Say::Review).await).contains("An approver decides"));
    office.say(abe, number, Say::Review).await.unwrap();
    assert!(office.waiting().await.is_empty());
}

#[tokio::test]
async fn glass_is_broken_for_a_reason_and_where_it_is_meant() {
    let office = Office::open().await;
    office.house.protect("production", Protection::Critical, reviewed(1)).await;
    office.house.set_role(&office.ann, Role::Approver, true).await;
    let number = office.ask(&office.ed, on()).await;
    for (reason, confirmation) in [("", "production"), ("  ", "production"), ("The shop is down", "staging")] {
        let by = By::BreakGlass { reason: reason.into(), confirmation: Some(confirmation.into()) };
        let ann = Actor::Person(office.ann.clone());
        assert!(matches!(office.house.governance.apply_request(&ann, &shop(), number, by).await, Err(Error::Invalid(_))));
    }
    assert!(!office.is_on().await);
    assert_eq!(office.status(number).await, Status::Open);
}
