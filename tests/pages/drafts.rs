//! Drafts: what somebody has changed and not saved, seen by others, thrown away, saved once.

use super::app::App;
use flagstaff::domain::role::Role;
use serde_json::json;

const DEVELOPMENT: &str = "/p/shop/flags/new_checkout/development";

#[tokio::test]
async fn a_draft_serves_nobody_and_is_seen_by_everybody() {
    let app = App::start().await;
    app.person("lin", Some(Role::Editor)).await;
    let (ada, lin) = (app.sign_in("ada").await, app.sign_in("lin").await);
    let page = ada.get(DEVELOPMENT).await;
    assert_eq!(ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "user_1")]).await.status, 303);
    assert!(app.served("new_checkout", "development").targets.is_empty());
    let draft = ada.get(DEVELOPMENT).await.draft().0;
    let theirs = lin.get(DEVELOPMENT).await;
    assert!(theirs.says("has unsaved changes here") && theirs.says(&draft) && !theirs.says("savebar"), "{}", theirs.html);
    let seen = lin.get(&draft).await;
    assert!(seen.status == 200 && seen.says("user_1") && !seen.says("value=\"discard\""), "{}", seen.html);
    for form in ["save", "discard", "settle"] {
        assert_eq!(lin.post(&draft, &[("_form", form), ("draft_version", "1")]).await.status, 403, "{form}");
    }
    let vic = app.sign_in("vic").await;
    let masked = vic.get(&draft).await;
    assert!(masked.status == 200 && !masked.main().contains("user_1") && masked.says("1 hidden"), "{}", masked.html);
    assert!(vic.get("/p/shop/drafts").await.says("new_checkout in development"));
}

#[tokio::test]
async fn what_is_discarded_is_gone_and_edits_that_take_each_other_back_leave_nothing() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "discarded_unit")]).await;
    let page = ada.get(DEVELOPMENT).await;
    let (draft, version) = page.draft();
    let gone = ada.post(&draft, &[("_form", "discard"), ("draft_version", &version), ("return_to", DEVELOPMENT)]).await;
    assert_eq!((gone.status, gone.location.as_str()), (303, DEVELOPMENT));
    assert_eq!(ada.get(&draft).await.status, 404);
    let page = ada.get(DEVELOPMENT).await;
    assert!(!page.says("savebar") && !page.says("discarded_unit"));
    ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "discarded_unit")]).await;
    let page = ada.get(DEVELOPMENT).await;
    ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "")]).await;
    assert!(!ada.get(DEVELOPMENT).await.says("savebar"));
    assert!(ada.get("/p/shop/drafts").await.says("Nothing is waiting to be saved"));
}

#[tokio::test]
async fn two_tabs_of_one_person_do_not_overwrite_each_other() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let (one, other) = (ada.get(DEVELOPMENT).await, ada.get(DEVELOPMENT).await);
    assert_eq!(ada.send(DEVELOPMENT, &one, "targets", &[("units[on]", "user_1")]).await.status, 303);
    let refused = ada.send(DEVELOPMENT, &other, "targets", &[("units[on]", "user_2")]).await;
    assert!(refused.status == 409 && refused.says("user_2</textarea>"), "{}", refused.html);
    let (draft, version) = ada.get(DEVELOPMENT).await.draft();
    ada.save_draft(DEVELOPMENT, &[]).await;
    let twice = ada.post(&draft, &[("_form", "save"), ("draft_version", &version)]).await;
    assert_eq!(twice.status, 404, "a draft is saved once");
    assert_eq!(app.served("new_checkout", "development").targets[0].units, ["user_1"]);
}

#[tokio::test]
async fn who_lost_the_right_cannot_save_what_they_had_prepared() {
    let app = App::start().await;
    app.person("lin", Some(Role::Editor)).await;
    let lin = app.sign_in("lin").await;
    let page = lin.get(DEVELOPMENT).await;
    lin.send(DEVELOPMENT, &page, "targets", &[("units[on]", "user_1")]).await;
    let (draft, version) = lin.get(DEVELOPMENT).await.draft();
    let member = json!({"email": "lin@shop.example", "role": "viewer"});
    let demote = json!({"set_member": {"project": "shop", "member": member}});
    app.by_system(serde_json::from_value(demote).unwrap()).await;
    assert_eq!(lin.post(&draft, &[("_form", "save"), ("draft_version", &version)]).await.status, 403);
    assert!(app.served("new_checkout", "development").targets.is_empty());
}
