//! Ways around a review that go by the policy itself.

use super::*;
use crate::house::{NOON, refusal};
use flagstaff::domain::flag::Flag;
use flagstaff::domain::policy::Freeze;
use flagstaff::domain::project::Project;
use flagstaff::domain::time::HOUR;

fn kind(kind: FlagKind) -> Command {
    Command::EditFlag { project: shop(), flag: Flag { kind, ..flag("new_checkout") } }
}

#[tokio::test]
async fn loosening_what_is_asked_is_asked_about_as_it_was() {
    let office = Office::with(reviewed(2)).await;
    for (way, command) in [
        ("no review", office.environment(|it| it.policy = Policy::default()).await),
        ("fewer people", office.environment(|it| it.policy = reviewed(1)).await),
        ("only large changes", office.environment(|it| it.policy = Policy { ..large() }).await),
        ("not this kind", office.environment(|it| it.policy = kinds(reviewed(2), FlagKind::Release, When::Never)).await),
        ("other protection", office.environment(|it| it.protection = Protection::Critical).await),
        ("more of it", office.environment(|it| it.policy = reviewed(3)).await),
    ] {
        let result = office.submit(&office.ada, command.clone()).await;
        let quorum = matches!(&result, Err(Error::Confirm(c)) if c.review.as_ref().is_some_and(|review| review.quorum == 2));
        assert!(quorum, "{way}: {result:?}");
        assert!(refusal(office.submit(&office.ed, command).await).contains("needs the role admin"), "{way}");
    }
    assert_eq!(office.house.place("production").await.environment.policy, reviewed(2));
}

/// Even where it asks about one kind only, or about large changes only.
#[tokio::test]
async fn a_policy_that_asks_for_anything_guards_itself() {
    let never = Policy::default();
    for policy in
        [large(), kinds(never.clone(), FlagKind::Experiment, When::Large), kinds(never, FlagKind::KillSwitch, When::Always)]
    {
        let office = Office::with(policy.clone()).await;
        let loosen = office.environment(|it| it.policy = Policy::default()).await;
        assert!(asks(&office.submit(&office.ada, loosen).await), "{policy:?}");
    }
}

#[tokio::test]
async fn fewer_people_later_are_not_fewer_for_what_is_asked_already() {
    let office = Office::with(reviewed(2)).await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    office.house.protect("production", Protection::Open, reviewed(1)).await;
    assert!(refusal(office.apply(&office.ed, number).await).contains("1 of 2"));
    office.house.protect("production", Protection::Open, Policy::default()).await;
    assert!(refusal(office.apply(&office.ed, number).await).contains("1 of 2"));
    // Nor after an edit.
    let wanted = office.wanted(|state| state.enabled = true).await;
    assert!(matches!(office.edit(&office.ed, number, wanted).await, Err(Error::Requested { .. })));
    office.approve(&office.ann, number).await.unwrap();
    assert!(refusal(office.apply(&office.ed, number).await).contains("1 of 2"));
}

#[tokio::test]
async fn more_people_later_are_more_for_what_is_asked_already() {
    let office = Office::open().await;
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    office.house.protect("production", Protection::Open, reviewed(2)).await;
    assert!(refusal(office.apply(&office.ed, number).await).contains("1 of 2"));
    let admins = Review { reviewers: Role::Admin, ..reviewed(1).review };
    office.house.protect("production", Protection::Open, Policy { review: admins, ..Policy::default() }).await;
    assert!(refusal(office.apply(&office.ed, number).await).contains("1 of 1"));
    office.approve(&office.ada, number).await.unwrap();
    office.apply(&office.ed, number).await.unwrap();
}

#[tokio::test]
async fn a_policy_is_changed_by_a_request_like_everything() {
    let office = Office::open().await;
    let loosen = office.environment(|it| it.policy = Policy::default()).await;
    let number = office.ask(&office.ada, loosen).await;
    assert!(refusal(office.approve(&office.ada, number).await).contains("You had a hand"));
    office.approve(&office.ann, number).await.unwrap();
    office.apply(&office.ada, number).await.unwrap();
    office.submit(&office.ed, on()).await.unwrap();
}

/// A loosened policy beside a change that it held up: the change is met by what was in force before.
#[tokio::test]
async fn a_policy_is_not_loosened_for_what_comes_with_it() {
    let office = Office::with(reviewed(2)).await;
    let loosen = office.environment(|it| it.policy = Policy::default()).await;
    let both = [loosen, on()].map(|command| Submission::new(command).asking(note("Both"))).to_vec();
    let number = number(office.house.governance.submit_all(&Actor::Person(office.ada.clone()), both).await);
    assert_eq!(office.stored(number).await.request.asked.quorum, 2);
    office.approve(&office.ann, number).await.unwrap();
    assert!(refusal(office.apply(&office.ada, number).await).contains("1 of 2"));
    assert!(!office.is_on().await);
}

#[tokio::test]
async fn another_kind_is_not_a_way_to_another_policy() {
    let office = Office::with(kinds(reviewed(1), FlagKind::Experiment, When::Never)).await;
    let result = office.submit(&office.ed, kind(FlagKind::Experiment)).await;
    assert!(asks(&result), "{result:?}");
    let (state, _) = office.house.state("new_checkout", "development").await;
    let import = Command::Import {
        project: shop(),
        environment: environment("development"),
        flags: vec![(Flag { kind: FlagKind::Experiment, ..flag("new_checkout") }, state)],
        base_versions: Vec::new(),
        base_states: Vec::new(),
    };
    let result = office.submit(&office.ed, import).await;
    assert!(asks(&result), "{result:?}");
    // Nor while a request of it waits.
    let number = office.ask(&office.ed, on()).await;
    office.approve(&office.ann, number).await.unwrap();
    office.house.by_system(kind(FlagKind::Experiment)).await;
    assert!(refusal(office.apply(&office.ed, number).await).contains("1 of 1"));
}

/// Where large changes are reviewed, a kill switch is large by its kind alone.
#[tokio::test]
async fn a_kill_switch_is_not_made_something_else_first() {
    let office = Office::with(large()).await;
    office.house.by_system(kind(FlagKind::KillSwitch)).await;
    assert!(asks(&office.submit(&office.ed, kind(FlagKind::Release)).await));
}

#[tokio::test]
async fn another_kind_that_is_met_alike_is_a_word_about_the_flag() {
    for policy in [Policy::default(), reviewed(1)] {
        let office = Office::with(policy).await;
        office.submit(&office.ed, kind(FlagKind::Operational)).await.unwrap();
    }
}

#[tokio::test]
async fn a_kind_that_is_not_reviewed_is_free_and_one_that_is_is_not() {
    let office = Office::with(kinds(Policy::default(), FlagKind::Release, When::Always)).await;
    assert!(asks(&office.submit(&office.ed, on()).await));
    let other = Flag { kind: FlagKind::Operational, ..flag("log_level") };
    office.submit(&office.ed, Command::CreateFlag { project: shop(), flag: other }).await.unwrap();
    office.submit(&office.ed, switch("log_level", "production", true)).await.unwrap();
}

#[tokio::test]
async fn a_project_is_not_removed_with_what_is_reviewed_in_it() {
    let office = Office::open().await;
    let olga = office.house.owner("olga").await;
    office.ask(&office.ed, on()).await;
    let delete = Submission::new(Command::DeleteProject { project: shop() }).confirmed("shop");
    let refused = refusal(office.house.submit(&olga, delete.clone()).await);
    assert!(refused.contains("production"), "{refused}");
    let anyway = NewRequest { anyway: true, ..note("Away with it") };
    assert!(refusal(office.house.submit(&olga, delete.clone().asking(anyway)).await).contains("production"));
    office.house.protect("production", Protection::Open, Policy::default()).await;
    office.house.submit(&olga, delete).await.unwrap();
}

#[tokio::test]
async fn settings_of_the_project_and_the_order_of_environments_take_no_policy_away() {
    let office = Office::open().await;
    let settings = Project { name: "Shop 2".into(), ..Project::new(shop(), "Shop") };
    office.submit(&office.ada, Command::EditProject { project: settings }).await.unwrap();
    let order = ["production", "staging", "development"].map(environment).to_vec();
    office.submit(&office.ada, Command::OrderEnvironments { project: shop(), order }).await.unwrap();
    let again = Environment::usual(environment("production"), 0);
    assert!(
        refusal(office.submit(&office.ada, Command::CreateEnvironment { project: shop(), environment: again }).await)
            .contains("already")
    );
    assert!(asks(&office.submit(&office.ed, on()).await));
}

/// What must be said of a flag is part of how its changes are met.
#[tokio::test]
async fn what_must_be_said_of_a_flag_is_not_loosened_alone() {
    let office = Office::open().await;
    let mut settings = Project::new(shop(), "Shop");
    let required = serde_json::json!(["ticket"]);
    let mut document = serde_json::to_value(&settings.kinds).unwrap();
    document["release"]["required"] = required;
    settings.kinds = serde_json::from_value(document).unwrap();
    let loosen = Command::EditProject { project: settings };
    assert!(asks(&office.submit(&office.ada, loosen.clone()).await));
    let number = office.ask(&office.ada, loosen).await;
    office.approve(&office.ann, number).await.unwrap();
    office.apply(&office.ada, number).await.unwrap();
}

/// What changes answers everywhere is met by the strictest of all.
#[tokio::test]
async fn what_concerns_all_environments_meets_the_strictest() {
    let office = Office::open().await;
    office.house.protect("staging", Protection::Open, reviewed(2)).await;
    let admins = Review { reviewers: Role::Admin, ..reviewed(1).review };
    office.house.protect("development", Protection::Open, Policy { review: admins, ..Policy::default() }).await;
    office.house.by_system(Command::CreateSegment { project: shop(), segment: segment(&["one"]) }).await;
    for place in ["development", "staging", "production"] {
        let (state, _) = office.house.state("new_checkout", place).await;
        office.house.by_system(edit_state(place, State { rules: vec![for_segment()], ..state })).await;
    }
    let mut values = flag("new_checkout");
    values.variants[0].value = serde_json::json!(false);
    for command in [
        Command::ArchiveFlag { project: shop(), flag: key("new_checkout") },
        Command::EditFlag { project: shop(), flag: values },
        Command::EditSegment { project: shop(), segment: segment(&["two"]) },
    ] {
        let result = office.submit(&office.ed, command).await;
        let Err(Error::Confirm(confirm)) = &result else { panic!("{result:?}") };
        let review = confirm.review.as_ref().unwrap();
        assert_eq!((review.quorum, review.reviewers), (2, Role::Admin));
    }
}

/// A flag that begins on answers whoever asked for its key: in a freeze nothing new is answered.
#[tokio::test]
async fn a_flag_that_begins_on_waits_for_the_end_of_a_freeze() {
    let freeze = Freeze { name: "Black Friday".into(), from: NOON, until: NOON.plus(HOUR) };
    let office = Office::with(Policy { freezes: vec![freeze], ..Policy::default() }).await;
    let new =
        |name: &str, kind: FlagKind| Command::CreateFlag { project: shop(), flag: Flag { kind, expires_at: None, ..flag(name) } };
    assert!(refusal(office.submit(&office.ed, new("stop_it", FlagKind::KillSwitch)).await).contains("frozen"));
    office.submit(&office.ed, new("give_it", FlagKind::Permission)).await.unwrap();
}

#[tokio::test]
async fn a_freeze_is_lifted_only_by_who_may_change_the_policy() {
    let freeze = Freeze { name: "Black Friday".into(), from: NOON, until: NOON.plus(HOUR) };
    let office = Office::with(Policy { freezes: vec![freeze], ..Policy::default() }).await;
    assert!(refusal(office.submit(&office.ed, on()).await).contains("frozen"));
    let lift = office.environment(|it| it.policy = Policy::default()).await;
    assert!(refusal(office.submit(&office.ed, lift).await).contains("needs the role admin"));
    assert!(!office.is_on().await);
}
