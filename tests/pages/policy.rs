//! The policy of an environment: in words, changed by a form, and met by itself.

use super::app::{App, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::domain::policy::{Policy, Review, When};
use flagstaff::domain::role::Role;

const PAGE: &str = "/p/shop/settings/environments/staging/policy";

/// What the form holds besides freezes; `when` of everything else and what differs from it.
fn fields<'a>(when: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("review.when", when),
        ("review.quorum", "2"),
        ("review.reviewers", "approver"),
        ("large.growth", "10"),
        ("large.changes", "5"),
        ("large.kill_switch", "true"),
    ];
    let own = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    own.chain(more.iter().copied()).collect()
}

fn policy(app: &App) -> Policy {
    let key = EnvironmentKey::parse("staging").unwrap();
    app.state.serving.environment(&shop(), &key).unwrap().environment.environment.policy.clone()
}

#[tokio::test]
async fn an_admin_sets_it_and_the_page_says_it_in_words() {
    let app = App::start().await;
    app.person("root", Some(Role::Admin)).await;
    let root = app.sign_in("root").await;
    let page = root.get(PAGE).await;
    assert!(page.says("No change needs a review."), "{}", page.main());
    let freeze =
        [("freezes[0].name", "Holidays"), ("freezes[0].from", "2098-12-20T00:00:00Z"), ("freezes[0].until", "2099-01-02 00:00")];
    let saved = root.send(PAGE, &page, "policy", &fields("always", &freeze)).await;
    assert_eq!(saved.status, 303, "{}", saved.main());
    let words = root.get(PAGE).await;
    for said in [
        "Every change needs the approval of two approvers.",
        "Who made a change, or had a hand in it, never approves it, whatever their role.",
        "Holidays",
        "Nobody could approve here, where two approvers must",
    ] {
        assert!(words.says(said) || words.says(&said.replace("Nobody", "Only root")), "{said}: {}", words.main());
    }
    assert!(root.get("/p/shop/settings/environments").await.says("Reviews every change"));
    assert!(root.get("/p/shop/audit").await.says("staging"), "it is in the history");
}

#[tokio::test]
async fn every_mistake_is_told_beside_its_field_and_nothing_typed_is_lost() {
    let app = App::start().await;
    app.person("root", Some(Role::Admin)).await;
    let root = app.sign_in("root").await;
    let page = root.get(PAGE).await;
    let wrong = [
        ("review.quorum", "9"),
        ("large.growth", "lots"),
        ("freezes[0].name", "Holidays"),
        ("freezes[0].from", "soon"),
        ("freezes[0].until", "2099-01-02T00:00:00Z"),
    ];
    let refused = root.send(PAGE, &page, "policy", &fields("always", &wrong)).await;
    assert_eq!(refused.status, 422);
    for said in ["value=\"soon\"", "value=\"lots\"", "value=\"Holidays\"", "Write 0 to 100 %, such as 25."] {
        assert!(refused.says(said), "{said}: {}", refused.main());
    }
    assert_eq!(policy(&app), Policy::default());
    let more = root.send(PAGE, &page, "policy", &fields("always", &[("add_freeze", "true")])).await;
    assert!(more.says("freezes[0].from") && policy(&app) == Policy::default(), "{}", more.main());
}

#[tokio::test]
async fn loosening_it_is_a_change_under_it() {
    let app = App::start().await;
    let review = Review { when: When::Always, quorum: 1, reviewers: Role::Approver };
    let strict = Policy { review, ..Policy::default() };
    let usual = Environment::usual(EnvironmentKey::parse("staging").unwrap(), 1);
    app.by_system(Command::EditEnvironment { project: shop(), environment: Environment { policy: strict.clone(), ..usual } })
        .await;
    app.person("root", Some(Role::Admin)).await;
    let root = app.sign_in("root").await;
    let page = root.get(PAGE).await;
    let ask = root.send(PAGE, &page, "policy", &fields("never", &[])).await;
    assert!(ask.status == 428 && ask.says("Ask for a review"), "{} {}", ask.status, ask.main());
    let opened = root.send(PAGE, &ask, "confirm", &[("request_title", "Loosen"), ("request_why", "Too slow")]).await;
    assert_eq!(opened.location, "/p/shop/changes/1", "{}", opened.html);
    assert_eq!(policy(&app), strict, "it holds until somebody else said yes");
    let own = root.get("/p/shop/changes/1").await;
    for said in ["Until now", "Every change needs the approval of one approver.", "No change needs a review."] {
        assert!(own.says(said), "{said}: {}", own.main());
    }
    assert!(own.says("aria-disabled") && own.says("You had a hand in this change"), "{}", own.main());
}

#[tokio::test]
async fn who_may_not_change_it_reads_it_and_is_told_who_can() {
    let app = App::start().await;
    app.person("root", Some(Role::Admin)).await;
    for name in ["ada", "vic"] {
        let who = app.sign_in(name).await;
        let page = who.get(PAGE).await;
        assert!(page.status == 200 && page.says("aria-disabled") && page.says("root"), "{name}: {}", page.main());
        assert_eq!(who.post(PAGE, &fields("never", &[("_form", "policy")])).await.status, 403, "{name}");
    }
}
