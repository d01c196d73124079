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

#[tokio::test]
async fn a_rule_left_half_typed_is_offered_and_goes_on_from_where_it_was() {
    let app = App::start().await;
    let rule = |name: &str| json!({ "rules": [{ "id": "r1", "name": name, "serve": { "variant": "on" } }] });
    app.set("new_checkout", "development", rule("First")).await;
    let ada = app.sign_in("ada").await;
    let path = format!("{DEVELOPMENT}/rules/r1");
    let page = ada.get(&path).await;
    let typed = [("name", "Half typed"), ("active", "true"), ("serve", "variant"), ("serve.variant", "on")];
    assert_eq!(ada.send(&path, &page, "rule", &[&typed[..], &[("check", "true")]].concat()).await.status, 200);
    app.set("new_checkout", "development", rule("Of somebody else")).await;
    let offered = ada.get(&path).await;
    assert!(offered.says("You left this half typed") && !offered.says("value=\"Half typed\""), "{}", offered.html);
    let restored = ada.get(&format!("{path}?restore=true")).await;
    assert!(restored.says("value=\"Half typed\"") && !restored.says("You left this"), "{}", restored.html);
    assert_eq!(ada.send(&path, &restored, "rule", &typed).await.status, 303);
    // It was meant for what the page showed then, so both names are shown beside each other.
    assert!(ada.get(DEVELOPMENT).await.says("Compare and choose"));
    assert!(!ada.get(&path).await.says("You left this half typed"), "it is in the draft now");
    let (draft, version) = ada.get(DEVELOPMENT).await.draft();
    ada.post(&draft, &[("_form", "discard"), ("draft_version", &version)]).await;
    let page = ada.get(&path).await;
    ada.send(&path, &page, "rule", &[&typed[..], &[("check", "true")]].concat()).await;
    assert_eq!(ada.post(&path, &[("_form", "forget")]).await.status, 303);
    assert!(!ada.get(&path).await.says("You left this half typed"));
}

#[tokio::test]
async fn long_forms_are_kept_and_what_is_too_long_is_told() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let path = format!("{DEVELOPMENT}/rules/new");
    let page = ada.get(&path).await;
    let check = async |kibibytes: usize| {
        // Emoji are four bytes each, and a form sends twelve for them.
        let values = "\u{1f6a9}".repeat(kibibytes * 256);
        let typed = [
            ("conditions[0].attribute", "plan"),
            ("conditions[0].operator", "in"),
            ("conditions[0].values", values.as_str()),
            ("active", "true"),
            ("serve", "variant"),
            ("serve.variant", "on"),
            ("check", "true"),
        ];
        ada.send(&path, &page, "rule", &typed).await
    };
    let long = check(200).await;
    assert!(long.status == 200 && !long.says("that are kept while you write"), "{}", long.status);
    assert!(ada.get(&path).await.says("You left this half typed"));
    let flags = ada.get(&format!("{path}?restore=true")).await.html.matches('\u{1f6a9}').count();
    assert!(flags >= 200 * 256, "{flags}");
    let longer = check(300).await;
    assert!(
        longer.status == 200 && longer.says("This is longer than the 256 KiB that are kept while you write."),
        "{}",
        longer.status
    );
    assert!(longer.html.matches('\u{1f6a9}').count() >= 300 * 256, "it is still there");
    assert!(ada.get(&path).await.says("You left this half typed"), "what was kept before is better than nothing");
}

#[tokio::test]
async fn a_choice_holds_for_what_was_shown() {
    let app = App::start().await;
    app.set("new_checkout", "development", json!({ "off_variant": "off" })).await;
    let ada = app.sign_in("ada").await;
    let named = |unit: &str| json!({ "targets": [{ "variant": "on", "units": [unit] }], "off_variant": "off" });
    app.set("new_checkout", "development", named("unit_1")).await;
    let page = ada.get(DEVELOPMENT).await;
    assert_eq!(ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", ""), ("units[off]", "unit_1")]).await.status, 303);
    app.set("new_checkout", "development", named("unit_2")).await;
    let (draft, version) = ada.get(DEVELOPMENT).await.draft();
    let live = app.version("new_checkout", "development");
    app.set("new_checkout", "development", named("unit_3")).await;
    let choice = [("choice[targets[unit_1]]", "yours"), ("draft_version", &*version), ("live_version", &*live)];
    let late = ada.post(&draft, &[&[("_form", "settle")], &choice[..]].concat()).await;
    assert!(late.status == 409 && late.says("choose again"), "{} {}", late.status, late.html);
}

#[tokio::test]
async fn a_page_of_a_draft_that_is_gone_edits_no_other() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(DEVELOPMENT).await;
    ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "unit_1")]).await;
    let stale = ada.get(DEVELOPMENT).await;
    ada.save_draft(DEVELOPMENT, &[]).await;
    let page = ada.get(DEVELOPMENT).await;
    ada.send(DEVELOPMENT, &page, "off-variant", &[("off_variant", "on")]).await;
    let refused = ada.send(DEVELOPMENT, &stale, "targets", &[("units[on]", "unit_2")]).await;
    assert_eq!(refused.status, 409, "{}", refused.html);
}
