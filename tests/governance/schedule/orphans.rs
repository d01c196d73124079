//! What keeps a change from being made at its moment: the flag moved on, its author left, a freeze. People are told.

use super::*;
use crate::house::shop;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Protection;
use flagstaff::domain::policy::Freeze;
use flagstaff::domain::role::Role;

async fn refused(office: &Office, number: i64) -> String {
    assert_eq!(office.outcomes(number).await, [Outcome::Refused]);
    assert_eq!((office.status(number).await, office.stored(number).await.apply_at), (Status::Open, None));
    assert_eq!(office.timeline(number).await.last(), Some(&EventKind::Failed));
    assert_eq!(office.audited(number).await.last().map(String::as_str), Some("change_request.fail"));
    office.last_words(number).await
}

#[tokio::test]
async fn one_whose_flag_moved_on_is_not_made() {
    let office = office().await;
    let wanted = edit_of(&office, "production", 5_000).await;
    let number = number(office.house.submit(&office.ed, Submission::new(wanted).asking(later("Half", NOON.plus(HOUR)))).await);
    let other = edit_of(&office, "production", 1_000).await;
    office.submit(&office.eve, other).await.unwrap();
    let rows = office.house.rows().await.len();
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert!(refused(&office, number).await.contains("changed by somebody else since"));
    assert_eq!(office.house.state("new_checkout", "production").await.0.fallthrough, share(1_000));
    assert_eq!(office.house.rows().await.len(), rows + 1, "nothing but that it failed is written down");
    assert_eq!(office.inbox(&office.ed).await, [Kind::Failed]);
}

#[tokio::test]
async fn one_that_turns_off_is_made_whatever_was_changed() {
    let office = office().await;
    office.house.by_system(crate::house::switch("new_checkout", "production", true)).await;
    let off = Submission::new(crate::house::switch("new_checkout", "production", false)).based_on(2);
    let number = number(office.house.submit(&office.ed, off.asking(later("Off", NOON.plus(HOUR)))).await);
    let other = edit_of(&office, "production", 1_000).await;
    office.submit(&office.eve, other).await.unwrap();
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert_eq!(office.outcomes(number).await, [Outcome::Applied]);
    assert!(!office.is_on().await);
}

#[tokio::test]
async fn one_that_cannot_be_read_is_set_aside_once() {
    let office = office().await;
    let number = office.on_at("production", NOON.plus(HOUR)).await;
    let sound = office.on_at("staging", NOON.plus(HOUR)).await;
    office.house.tamper("update change_requests set items = 'nonsense' where number = 1").await;
    assert_eq!(number, 1);
    assert_eq!(office.at(NOON.plus(HOUR)).await, 2, "the other one is made");
    assert_eq!(office.at(NOON.plus(2 * HOUR)).await, 0, "and nothing is tried again");
    assert_eq!(office.outcomes(sound).await, [Outcome::Applied]);
    let row = office.house.rows().await.into_iter().find(|row| row.action == "change_request.fail").unwrap();
    assert_eq!(row.object, "change_request:1");
    assert!(row.reason.unwrap().contains("cannot be read"));
}

#[tokio::test]
async fn of_two_at_one_flag_the_second_finds_it_changed() {
    let office = office().await;
    let (half, all) = (edit_of(&office, "production", 5_000).await, edit_of(&office, "production", 10_000).await);
    let first = number(office.house.submit(&office.ed, Submission::new(half).asking(later("Half", NOON.plus(HOUR)))).await);
    let second = number(office.house.submit(&office.eve, Submission::new(all).asking(later("All", NOON.plus(2 * HOUR)))).await);
    assert_eq!(office.at(NOON.plus(3 * HOUR)).await, 2);
    assert_eq!(office.house.state("new_checkout", "production").await.0.fallthrough, share(5_000));
    assert_eq!((office.outcomes(first).await, office.outcomes(second).await), (vec![Outcome::Late], vec![Outcome::Refused]));
    assert_eq!(office.inbox(&office.eve).await, [Kind::Failed]);
}

#[tokio::test]
async fn one_whose_author_was_disabled_is_not_made_and_its_admins_are_told() {
    let office = office().await;
    let number = office.on_at("production", NOON.plus(HOUR)).await;
    office.house.by_system(Command::DisableUser { email: office.ed.email.clone() }).await;
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert!(refused(&office, number).await.contains("has left or lost the right to"));
    assert!(!office.is_on().await);
    assert_eq!(office.inbox(&office.ada).await, [Kind::Failed], "somebody who can do something about it");
}

#[tokio::test]
async fn one_whose_author_lost_the_role_or_left_is_not_made() {
    for leaves in [false, true] {
        let office = office().await;
        let number = office.on_at("production", NOON.plus(HOUR)).await;
        if leaves {
            office.house.by_system(Command::RemoveMember { project: shop(), email: office.ed.email.clone() }).await;
        } else {
            office.house.set_role(&office.ed, Role::Viewer, false).await;
        }
        assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
        assert!(refused(&office, number).await.contains("lost the right to"));
        assert!(!office.is_on().await);
        assert_eq!(office.inbox(&office.ada).await, [Kind::Failed]);
    }
}

#[tokio::test]
async fn a_freeze_keeps_it_out_and_says_so() {
    let office = office().await;
    let freeze = Freeze { name: "Black Friday".into(), from: NOON.plus(-HOUR), until: NOON.plus(2 * HOUR) };
    office.house.protect("production", Protection::Open, Policy { freezes: vec![freeze], ..Policy::default() }).await;
    // A freeze that holds now keeps nobody from planning what comes after it.
    let within = office.on_at("production", NOON.plus(HOUR)).await;
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert!(refused(&office, within).await.contains("production is frozen until"));
    office.say(&office.ed, within, Say::Schedule(NOON.plus(2 * HOUR).into())).await.unwrap();
    assert_eq!(office.at(NOON.plus(2 * HOUR)).await, 1);
    assert!(office.is_on().await);
}

#[tokio::test]
async fn a_policy_that_became_stricter_meanwhile_holds() {
    let office = office().await;
    let number = office.on_at("production", NOON.plus(HOUR)).await;
    office.house.protect("production", Protection::Open, crate::four_eyes::reviewed(1)).await;
    assert_eq!(office.at(NOON.plus(HOUR)).await, 1);
    assert!(refused(&office, number).await.contains("1 of 1 approvals are missing"));
    assert!(!office.is_on().await);
}

#[tokio::test]
async fn one_that_was_taken_back_or_has_no_project_any_more_is_nobodys() {
    let office = office().await;
    let number = office.on_at("production", NOON.plus(HOUR)).await;
    office.say(&office.ed, number, Say::Withdraw).await.unwrap();
    assert_eq!(office.at(NOON.plus(HOUR)).await, 0);
    let wanted = later("On", NOON.plus(3 * HOUR));
    let other = Submission::new(switch("new_checkout", "staging", true)).asking(wanted);
    let _ = office.house.submit(&office.ed, other).await;
    let delete = Submission::new(Command::DeleteProject { project: shop() }).confirmed("shop");
    office.house.governance.submit(&Actor::System, delete).await.unwrap();
    assert_eq!(office.at(NOON.plus(3 * HOUR)).await, 0);
}
