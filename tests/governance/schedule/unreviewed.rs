//! A change that waits for nothing but its moment is no way around what its environment asks for.

use super::*;
use flagstaff::domain::environment::Protection;

#[tokio::test]
async fn a_guarded_environment_asks_when_the_moment_is_given() {
    let office = office().await;
    office.house.protect("production", Protection::Critical, Policy::default()).await;
    let on = || Submission::new(switch("new_checkout", "production", true)).asking(later("On", NOON.plus(HOUR)));
    let silent = office.house.submit(&office.ed, on()).await;
    assert!(matches!(&silent, Err(Error::Confirm(ask)) if ask.typed && ask.environment == "production"), "{silent:?}");
    let wrong = office.house.submit(&office.ed, on().confirmed("prod")).await;
    assert!(refusal(wrong).contains("confirmation: Type production"));
    let number = number(office.house.submit(&office.ed, on().confirmed("production")).await);
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert!(office.is_on().await && office.status(number).await == Status::Applied);
}

#[tokio::test]
async fn an_edit_of_it_asks_again() {
    let office = office().await;
    office.house.protect("production", Protection::Critical, Policy::default()).await;
    let first = Submission::new(switch("new_checkout", "production", true)).asking(later("On", NOON.plus(HOUR)));
    let number = number(office.house.submit(&office.ed, first.confirmed("production")).await);
    let wanted = edit_of(&office, "production", 10_000).await;
    for request in [note("Something else"), later("Something else", NOON.plus(HOUR))] {
        let edits = Some((number, office.stored(number).await.request.round));
        let slip = Submission::new(wanted.clone()).asking(NewRequest { edits, ..request });
        let refused = office.house.submit(&office.eve, slip).await;
        assert!(matches!(&refused, Err(Error::Confirm(ask)) if ask.typed), "{refused:?}");
    }
    let edits = Some((number, office.stored(number).await.request.round));
    let said = Submission::new(wanted).asking(NewRequest { edits, ..later("Everybody", NOON.plus(2 * HOUR)) });
    let edited = office.house.submit(&office.eve, said.confirmed("production")).await;
    assert!(matches!(edited, Err(Error::Requested { .. })), "{edited:?}");
    assert_eq!(office.stored(number).await.apply_at, Some(NOON.plus(2 * HOUR)));
    assert_eq!(office.at(NOON.plus(2 * HOUR)).await, 1);
    assert_eq!(office.house.state("new_checkout", "production").await.0.fallthrough, share(10_000));
}

#[tokio::test]
async fn what_is_large_by_then_is_reviewed_by_the_policy_of_then() {
    let office = Office::with(crate::four_eyes::large()).await;
    let small = edit_of(&office, "production", 1_000).await;
    let half = number(office.house.submit(&office.ed, Submission::new(small).asking(later("A few", NOON.plus(HOUR)))).await);
    // From nothing to everybody is large.
    assert_eq!(office.stored(half).await.request.asked.quorum, 0, "the flag is off, so nobody gets it");
    let on = office.wanted(|state| (state.enabled, state.fallthrough) = (true, share(9_000))).await;
    let all = number(office.house.submit(&office.ed, Submission::new(on).asking(later("All", NOON.plus(HOUR)))).await);
    assert_eq!(office.stored(all).await.request.asked.quorum, 1);
    assert_eq!(office.at(NOON.plus(HOUR)).await, 2);
    assert_eq!((office.outcomes(half).await, office.outcomes(all).await), (vec![Outcome::Applied], vec![Outcome::Refused]));
}

#[tokio::test]
async fn somebody_may_hold_it_up_and_somebody_may_ask_for_a_review_anyway() {
    let office = office().await;
    let number_of = office.on_at("production", NOON.plus(HOUR)).await;
    office.object(&office.ann, number_of).await.unwrap();
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert!(!office.is_on().await);
    let anyway = NewRequest { anyway: true, ..later("Look at this", NOON.plus(2 * HOUR)) };
    let asked = Submission::new(switch("new_checkout", "staging", true)).asking(anyway);
    let asked = number(office.house.submit(&office.ed, asked).await);
    assert_eq!(office.stored(asked).await.request.asked.quorum, 1);
    assert_eq!(office.at(NOON.plus(2 * HOUR)).await, 1);
    assert!(!office.is_on_in("staging").await);
}

#[tokio::test]
async fn a_bundle_is_made_whole_at_its_moment() {
    let office = office().await;
    let both = ["staging", "production"].map(|place| Submission::new(switch("new_checkout", place, true)));
    let both = both.map(|it| it.asking(later("Everywhere", NOON.plus(HOUR)))).to_vec();
    let all = number(office.house.governance.submit_all(&Actor::Person(office.ed.clone()), both).await);
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert!(office.is_on_in("staging").await && office.is_on().await);
    let (first, last) = office.stored(all).await.rows.unwrap();
    assert_eq!(last, first + 1);
}
