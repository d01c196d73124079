//! Ways around a review that go by who somebody is.

use super::*;
use crate::house::refusal;
use flagstaff::domain::member::Member;

async fn is_refused<T: std::fmt::Debug>(office: &Office, result: Result<T, Error>, why: &str) {
    let said = refusal(result);
    assert!(said.contains(why), "{said}");
    assert!(!office.is_on().await);
}

#[tokio::test]
async fn nobody_approves_their_own_change() {
    let office = Office::open().await;
    for who in [&office.ed, &office.ann, &office.ada] {
        let number = office.ask(who, on()).await;
        is_refused(&office, office.approve(who, number).await, "You had a hand in this change").await;
        is_refused(&office, office.apply(who, number).await, "1 of 1 approvals are missing").await;
    }
}

#[tokio::test]
async fn an_owner_of_the_installation_does_not_either() {
    let office = Office::open().await;
    let olga = office.house.owner("olga").await;
    let number = office.ask(&olga, on()).await;
    is_refused(&office, office.approve(&olga, number).await, "You had a hand in this change").await;
    is_refused(&office, office.apply(&olga, number).await, "1 of 1").await;
}

#[tokio::test]
async fn who_edited_it_is_an_author_of_it() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    let wanted = office.wanted(|state| state.enabled = true).await;
    assert!(matches!(office.edit(&office.ann, number, wanted).await, Err(Error::Requested { .. })));
    is_refused(&office, office.approve(&office.ann, number).await, "You had a hand").await;
    is_refused(&office, office.approve(&office.ed, number).await, "You had a hand").await;
    // Nor is it forgotten by taking it back, or by somebody else's edit.
    office.say(&office.ed, number, Say::Withdraw).await.unwrap();
    office.say(&office.ed, number, Say::Reopen).await.unwrap();
    is_refused(&office, office.approve(&office.ann, number).await, "You had a hand").await;
    assert!(matches!(office.edit(&office.ed, number, on()).await, Err(Error::Requested { .. })));
    is_refused(&office, office.approve(&office.ann, number).await, "You had a hand").await;
}

/// An approval that came before somebody's own edit is theirs no more.
#[tokio::test]
async fn an_approver_who_edits_afterwards_has_approved_nothing() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    assert!(matches!(office.edit(&office.ann, number, on()).await, Err(Error::Requested { .. })));
    is_refused(&office, office.apply(&office.ann, number).await, "1 of 1").await;
}

#[tokio::test]
async fn one_person_who_approves_twice_is_one_person() {
    let office = Office::with(reviewed(2)).await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    let _ = office.approve(&office.ann, number).await;
    is_refused(&office, office.apply(&office.ann, number).await, "1 of 2").await;
}

#[tokio::test]
async fn an_editor_or_a_viewer_approves_nothing() {
    let office = Office::open().await;
    let vic = office.house.person("vic", Some(Role::Viewer)).await;
    let number = office.ask(&office.ed, on()).await;
    for who in [&office.eve, &vic] {
        is_refused(&office, office.approve(who, number).await, "An approver decides on this").await;
        is_refused(&office, office.object(who, number).await, "An approver decides on this").await;
    }
    is_refused(&office, office.apply(&vic, number).await, "Needs the role editor").await;
}

#[tokio::test]
async fn a_stranger_learns_of_no_request() {
    let office = Office::open().await;
    let stranger = office.house.person("stranger", None).await;
    let number = office.ask(&office.ed, on()).await;
    assert!(matches!(office.approve(&stranger, number).await, Err(Error::NotFound("project"))));
    assert!(matches!(office.apply(&stranger, number).await, Err(Error::NotFound("project"))));
    assert!(matches!(office.say(&stranger, number, Say::Comment).await, Err(Error::NotFound("project"))));
    assert!(!office.is_on().await);
}

#[tokio::test]
async fn where_admins_review_an_approver_does_not() {
    let admins = Review { when: When::Always, quorum: 1, reviewers: Role::Admin };
    let office = Office::with(Policy { review: admins, ..Policy::default() }).await;
    let number = office.ask(&office.ed, on()).await;
    is_refused(&office, office.approve(&office.ann, number).await, "An admin decides on this").await;
    office.approve(&office.ada, number).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
}

#[tokio::test]
async fn an_approver_who_was_demoted_does_not_count() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    office.house.set_role(&office.ann, Role::Editor, false).await;
    is_refused(&office, office.apply(&office.ed, number).await, "1 of 1").await;
    office.house.set_role(&office.ann, Role::Approver, false).await;
    office.apply(&office.ed, number).await.unwrap();
}

/// Nobody rids themselves of an objection by taking away the rights of who had it.
#[tokio::test]
async fn who_asked_for_changes_and_was_demoted_still_did() {
    let office = Office::open().await;
    let number = office.ask(&office.ada, on()).await;
    office.object(&office.ann, number).await.unwrap();
    office.approve(&office.abe, number).await.unwrap();
    office.house.set_role(&office.ann, Role::Viewer, false).await;
    is_refused(&office, office.apply(&office.ada, number).await, "Somebody asked for changes").await;
    office.house.by_system(Command::RemoveMember { project: shop(), email: office.ann.email.clone() }).await;
    is_refused(&office, office.apply(&office.ada, number).await, "Somebody asked for changes").await;
}

#[tokio::test]
async fn an_approver_who_was_disabled_or_left_does_not_count() {
    let office = Office::with(reviewed(2)).await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    office.approve(&office.abe, number).await.unwrap();
    office.house.by_system(Command::DisableUser { email: office.ann.email.clone() }).await;
    is_refused(&office, office.apply(&office.ed, number).await, "1 of 2").await;
    office.house.by_system(Command::RemoveMember { project: shop(), email: office.abe.email.clone() }).await;
    is_refused(&office, office.apply(&office.ed, number).await, "2 of 2").await;
}

/// The rights that a page was opened with are not those that count.
#[tokio::test]
async fn a_second_session_with_rights_of_yesterday_approves_nothing() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    let mut stale = office.ed.clone();
    stale.name = "Somebody else".into();
    stale.roles.iter_mut().for_each(|(_, role)| *role = Role::Admin);
    stale.instance_role = flagstaff::domain::role::InstanceRole::Owner;
    is_refused(&office, office.approve(&stale, number).await, "You had a hand").await;
    is_refused(&office, office.break_glass(&stale, number).await, "permission of its own").await;
    assert!(asks(&office.submit(&stale, on()).await));
    let mut stale = office.ann.clone();
    office.house.set_role(&office.ann, Role::Viewer, false).await;
    stale.break_glass = stale.roles.iter().map(|(project, _)| project.clone()).collect();
    is_refused(&office, office.approve(&stale, number).await, "An approver decides").await;
    is_refused(&office, office.break_glass(&stale, number).await, "Needs the role editor").await;
    office.house.by_system(Command::DisableUser { email: office.ann.email.clone() }).await;
    assert!(matches!(office.approve(&stale, number).await, Err(Error::Unauthenticated)));
}

#[tokio::test]
async fn what_somebody_made_is_not_applied_once_they_may_not_make_it() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    office.house.set_role(&office.ed, Role::Viewer, false).await;
    is_refused(&office, office.apply(&office.ann, number).await, "left or lost the right").await;
    office.house.by_system(Command::RemoveMember { project: shop(), email: office.ed.email.clone() }).await;
    is_refused(&office, office.apply(&office.ann, number).await, "left or lost the right").await;
    office.house.by_system(Command::DisableUser { email: office.ed.email.clone() }).await;
    is_refused(&office, office.apply(&office.ann, number).await, "left or lost the right").await;
}

/// A command with `--as` is that person, who asks as on a page.
#[tokio::test]
async fn a_command_in_somebodys_name_is_theirs() {
    let office = Office::open().await;
    let mut cx = office.house.db.read().await.unwrap();
    let ada = flagstaff::server::services::people::actor_by_email(&mut cx, &office.ada.email).await.unwrap().unwrap();
    drop(cx);
    assert!(asks(&office.house.governance.submit(&ada, Submission::new(on())).await));
    let (flags, base_versions, base_states) = (vec![office.imported(true).await], Vec::new(), Vec::new());
    let import = Command::Import { project: shop(), environment: environment("production"), flags, base_versions, base_states };
    assert!(asks(&office.house.governance.submit(&ada, Submission::new(import)).await));
    assert!(!office.is_on().await);
}

#[tokio::test]
async fn no_command_of_the_server_approves_or_applies() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    let seen = office.rehearse(number).await.content;
    for actor in [Actor::Console, Actor::System] {
        let governance = &office.house.governance;
        let approved = governance.say(&actor, &shop(), number, Say::Approve(seen.clone()), "").await;
        is_refused(&office, approved, "Only people decide").await;
        assert!(governance.apply_request(&actor, &shop(), number, By::Approval).await.is_err());
        let by = By::BreakGlass { reason: "Because".into(), confirmation: Some("production".into()) };
        assert!(governance.apply_request(&actor, &shop(), number, by).await.is_err());
    }
    assert!(!office.is_on().await);
}

#[tokio::test]
async fn glass_is_broken_by_who_was_given_that_and_by_nobody_else() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    for who in [&office.ed, &office.ann, &office.ada] {
        is_refused(&office, office.break_glass(who, number).await, "permission of its own").await;
    }
    // Nor by who could not apply what they break it for: such a permission is not given.
    let member = Member { email: office.ed.email.clone(), role: Role::Viewer, break_glass: true };
    let grant = Submission::new(Command::SetMember { project: shop(), member });
    let given = office.house.governance.submit(&Actor::System, grant).await;
    assert!(refusal(given).contains("takes the role editor"));
}

#[tokio::test]
async fn nobody_grants_what_they_do_not_hold() {
    let office = Office::open().await;
    let grant = |who: &Person, role| {
        let member = flagstaff::domain::member::Member { email: who.email.clone(), role, break_glass: true };
        Command::SetMember { project: shop(), member }
    };
    for command in [grant(&office.ada, Role::Admin), grant(&office.ed, Role::Editor)] {
        is_refused(&office, office.submit(&office.ada, command.clone()).await, "Who may break the glass").await;
        let anyway = NewRequest { anyway: true, ..note("Please") };
        let asked = office.house.submit(&office.ada, Submission::new(command).asking(anyway)).await;
        is_refused(&office, asked, "Who may break the glass").await;
    }
    assert!(refusal(office.submit(&office.ed, grant(&office.ed, Role::Admin)).await).contains("needs the role admin"));
    let olga = office.house.owner("olga").await;
    office.submit(&olga, grant(&office.ann, Role::Approver)).await.unwrap();
    // Who holds it may pass it on, and somebody who lost it may not.
    office.house.set_role(&office.ada, Role::Admin, true).await;
    office.submit(&office.ada, grant(&office.abe, Role::Approver)).await.unwrap();
    office.house.set_role(&office.ada, Role::Admin, false).await;
    is_refused(&office, office.submit(&office.ada, grant(&office.ada, Role::Admin)).await, "Who may break the glass").await;
}
