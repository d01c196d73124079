//! Change requests on their pages: asked for from wherever something is changed, looked at by others, applied, taken back.

use super::app::{App, Browser, Page, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::domain::member::Member;
use flagstaff::domain::policy::{Policy, Review, When};
use flagstaff::domain::role::Role;
use flagstaff::domain::segment::Segment;
use serde_json::json;

const DEVELOPMENT: &str = "/p/shop/flags/new_checkout/development";
const STAGING: &str = "/p/shop/flags/new_checkout/staging";
const FIRST: &str = "/p/shop/changes/1";
const SAID: [(&str, &str); 2] = [("request_title", "More testers"), ("request_why", "They asked for it")];

/// With an approver called ann, and every change in development reviewed.
async fn reviewed() -> App {
    let app = App::start().await;
    app.person("ann", Some(Role::Approver)).await;
    let review = Review { when: When::Always, quorum: 1, reviewers: Role::Approver };
    let usual = Environment::usual(EnvironmentKey::parse("development").unwrap(), 0);
    let environment = Environment { policy: Policy { review, ..Policy::default() }, ..usual };
    app.by_system(Command::EditEnvironment { project: shop(), environment }).await;
    app
}

async fn draft(who: &Browser, at: &str, unit: &str) -> (String, String) {
    let page = who.get(at).await;
    assert_eq!(who.send(at, &page, "targets", &[("units[on]", unit)]).await.status, 303);
    who.get(at).await.draft()
}

/// Asks for a review of somebody's draft at `at`.
async fn asked(who: &Browser, at: &str, unit: &str) -> Page {
    draft(who, at, unit).await;
    who.save_draft(at, &SAID).await
}

fn is_served(app: &App, environment: &str) -> bool {
    !app.served("new_checkout", environment).targets.is_empty()
}

#[tokio::test]
async fn somebody_else_looks_at_it_and_then_it_is_applied() {
    let app = reviewed().await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    draft(&ada, DEVELOPMENT, "user_1").await;
    let page = ada.get(DEVELOPMENT).await;
    assert!(page.says("Request review") && page.says("ann"), "who could say yes is told ahead: {}", page.html);
    let ask = ada.save_draft(DEVELOPMENT, &[]).await;
    assert!(ask.status == 428 && ask.says("Ask for a review") && ask.says("one approver looks at it first"), "{}", ask.main());
    let silent = ada.save_draft(DEVELOPMENT, &[("request_title", ""), ("request_why", "")]).await;
    assert!(silent.status == 422 && silent.says("Ask for a review"), "{} {}", silent.status, silent.main());
    let opened = ada.save_draft(DEVELOPMENT, &SAID).await;
    assert_eq!((opened.status, opened.location.as_str()), (303, FIRST), "{}", opened.html);
    assert!(!is_served(&app, "development"));
    assert!(ada.get("/p/shop/drafts").await.says("Nothing is waiting to be saved"), "it is in the request now");
    let own = ada.get(FIRST).await;
    let reason = "You had a hand in this change";
    assert!(own.says("aria-disabled") && own.says(reason), "{}", own.main());
    let content = ann.get(FIRST).await.hidden("verdict").iter().find(|(name, _)| name == "content").unwrap().1.clone();
    let verdict = [("_form", "verdict"), ("verdict", "approve"), ("content", content.as_str())];
    let refused = ada.post(FIRST, &verdict).await;
    assert!(refused.status == 403 || refused.status == 422, "{} {}", refused.status, refused.main());
    assert!(ann.get("/inbox").await.says("asks you to review"));
    assert_eq!(ann.post(FIRST, &verdict).await.status, 303);
    assert!(ada.get("/inbox").await.says("approved"));
    assert!(!is_served(&app, "development"), "approved is not applied");
    assert_eq!(ada.post(FIRST, &[("_form", "apply")]).await.status, 303);
    assert!(is_served(&app, "development"));
    assert!(ann.get("/p/shop/changes?view=all").await.says("More testers"));
}

#[tokio::test]
async fn whoever_made_it_may_ask_where_no_policy_does() {
    let app = reviewed().await;
    let ada = app.sign_in("ada").await;
    let (address, version) = draft(&ada, STAGING, "user_1").await;
    assert!(ada.get(&address).await.says("Ask for a review"));
    let wish = [("_form", "save"), ("draft_version", version.as_str()), ("request_anyway", "on")];
    let ask = ada.post(&address, &wish).await;
    assert!(ask.status == 428 && ask.says("Ask for a review"), "{}", ask.main());
    assert!(!is_served(&app, "staging"));
    let opened = ada.send(&address, &ask, "confirm", &SAID).await;
    assert_eq!((opened.status, opened.location.as_str()), (303, FIRST), "{}", opened.html);
    assert!(!is_served(&app, "staging"), "it waits although nothing asks for that");
    assert!(ada.get(FIRST).await.says("asks for it"));
}

#[tokio::test]
async fn drafts_are_put_together_and_looked_at_as_one() {
    let app = reviewed().await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    let list = "/p/shop/drafts";
    let id = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    let one = id(&draft(&ada, DEVELOPMENT, "user_1").await.0);
    assert!(!ada.get(list).await.says("Put together"), "one draft is no bundle");
    let two = id(&draft(&ada, STAGING, "user_2").await.0);
    let page = ada.get(list).await;
    let alone = ada.send(list, &page, "together", &[("draft", &one), ("title", "Launch")]).await;
    assert!(alone.status == 422 && alone.says("at least two"), "{}", alone.main());
    assert!(alone.says("value=\"Launch\"") && alone.main().matches(" checked").count() == 1, "{}", alone.main());
    let stolen = ann.post(list, &[("_form", "together"), ("draft", &one), ("draft", &two)]).await;
    assert_eq!(stolen.status, 403, "{}", stolen.html);
    let made = ada.send(list, &page, "together", &[("draft", &one), ("draft", &two), ("title", "Launch")]).await;
    assert_eq!(made.status, 303, "{}", made.html);
    let bundle = ada.get(&made.location).await;
    assert!(bundle.says("Launch"), "{}", bundle.main());
    for said in ["new_checkout in development", "new_checkout in staging", "Request review", "Reviewers"] {
        assert!(bundle.says(said), "{said}: {}", bundle.main());
    }
    assert_eq!(ada.get(&format!("{list}/{one}")).await.status, 404, "the bundle took its place");
    let boxes = [("item[0]", "true"), ("item[1]", "true")];
    let opened = ada.send(&made.location, &bundle, "save", &[&boxes[..], &SAID[..]].concat()).await;
    assert_eq!(opened.location, FIRST, "{}", opened.html);
    let content = ann.get(FIRST).await.hidden("verdict").iter().find(|(name, _)| name == "content").unwrap().1.clone();
    let verdict = [("_form", "verdict"), ("verdict", "approve"), ("content", content.as_str())];
    assert_eq!(ann.post(FIRST, &verdict).await.status, 303);
    assert_eq!(ann.post(FIRST, &[("_form", "apply")]).await.status, 303);
    assert!(is_served(&app, "development") && is_served(&app, "staging"));
    let reverted = ada.post(FIRST, &[("_form", "revert")]).await;
    let back = ada.get(&reverted.location).await;
    assert!(back.says("Revert of #1") && back.says("Request review"), "{}", back.html);
}

#[tokio::test]
async fn two_drafts_of_the_same_are_not_put_together() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let (list, id) = ("/p/shop/drafts", |address: &str| address.rsplit('/').next().unwrap().to_owned());
    let together = async |drafts: [&str; 2]| {
        let page = ada.get(list).await;
        ada.send(list, &page, "together", &[("draft", drafts[0]), ("draft", drafts[1])]).await
    };
    let (one, two) = (id(&draft(&ada, DEVELOPMENT, "a").await.0), id(&draft(&ada, STAGING, "a").await.0));
    let bundle = id(&together([&one, &two]).await.location);
    let again = id(&draft(&ada, STAGING, "b").await.0);
    let refused = together([&bundle, &again]).await;
    assert!(refused.status == 422 && refused.says("new_checkout in staging. Leave one out."), "{}", refused.main());
    assert_eq!(ada.get(&format!("{list}/{bundle}")).await.status, 200, "nothing is lost");
}

#[tokio::test]
async fn a_bundle_waits_for_others_where_its_author_wishes_so() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let list = "/p/shop/drafts";
    let id = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    let (one, two) = (id(&draft(&ada, DEVELOPMENT, "a").await.0), id(&draft(&ada, STAGING, "a").await.0));
    let page = ada.get(list).await;
    let bundle = ada.send(list, &page, "together", &[("draft", &one), ("draft", &two)]).await.location;
    let page = ada.get(&bundle).await;
    assert!(page.says("Ask for a review instead") && !page.says("Request review"), "{}", page.main());
    let boxes = [("item[0]", "true"), ("item[1]", "true")];
    let ask = ada.send(&bundle, &page, "save", &[&boxes[..], &[("request_anyway", "on")]].concat()).await;
    assert!(ask.says("Request review") && !ask.says("Ask for a review instead"), "{}", ask.main());
    let opened = ada.send(&bundle, &ask, "save", &[&boxes[..], &SAID[..]].concat()).await;
    assert_eq!(opened.location, FIRST, "{}", opened.html);
    assert!(!is_served(&app, "development") && !is_served(&app, "staging"));
}

#[tokio::test]
async fn a_segment_that_a_reviewed_flag_asks_for_is_reviewed() {
    let app = reviewed().await;
    let beta: Segment = serde_json::from_value(json!({"key": "beta", "name": "Beta", "include": ["a"]})).unwrap();
    app.by_system(Command::CreateSegment { project: shop(), segment: beta }).await;
    let rule = json!({"rules": [{"id": "r1", "conditions": [{"operator": "in_segment", "values": ["beta"]}], "serve": {"variant": "on"}}]});
    app.set("new_checkout", "development", rule).await;
    let ada = app.sign_in("ada").await;
    let address = "/p/shop/segments/beta";
    let page = ada.get(address).await;
    let fields = [("name", "Beta"), ("include", "a\r\nb")];
    let send = async |page: &Page, form: &str, fields: &[(&str, &str)]| {
        let hidden = page.hidden(form);
        let kept = hidden.iter().filter(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        let mut all: Vec<(&str, &str)> = kept.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend(fields);
        Page::from(ada.multipart(address, &all, None)).await
    };
    let ask = send(&page, "segment", &fields).await;
    assert!(ask.status == 428 && ask.says("Ask for a review") && ask.says("Reviewers"), "{}", ask.main());
    let silent = send(&ask, "confirm", &[&fields[..], &[("request_title", "x"), ("request_why", "")]].concat()).await;
    assert!(silent.status == 422 && silent.says("Request review"), "{} {}", silent.status, silent.main());
    let opened = send(&silent, "confirm", &[&fields[..], &SAID[..]].concat()).await;
    assert_eq!(opened.location, FIRST, "{}", opened.html);
    assert!(ada.get(FIRST).await.says("Beta") && !ada.get(address).await.says(">b<"));
}

#[tokio::test]
async fn broken_glass_is_told_and_looked_at_afterwards() {
    let app = reviewed().await;
    let email = "ada@shop.example".to_owned();
    app.by_system(Command::SetMember { project: shop(), member: Member { email, role: Role::Editor, break_glass: true } }).await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    assert_eq!(asked(&ada, DEVELOPMENT, "user_1").await.location, FIRST);
    let page = ada.get(FIRST).await;
    assert!(page.says("Break the glass") && !ann.get(FIRST).await.says("Break the glass"), "{}", page.main());
    let silent = ada.send(FIRST, &page, "break-glass", &[("reason", "")]).await;
    assert!(silent.status == 422 && !is_served(&app, "development"), "{}", silent.main());
    assert_eq!(ada.send(FIRST, &page, "break-glass", &[("reason", "Payments are down")]).await.status, 303);
    assert!(is_served(&app, "development"));
    assert!(ann.get("/inbox").await.says("broke the glass"));
    let own = ada.get(FIRST).await;
    assert!(own.says("Review after the fact") && own.says("aria-disabled"), "{}", own.main());
    let looked = ann.get(FIRST).await;
    assert_eq!(ann.send(FIRST, &looked, "review", &[("text", "It was right")]).await.status, 303);
    assert!(ann.get(FIRST).await.says("Somebody has looked at it."));
}

#[tokio::test]
async fn the_inbox_counts_what_is_new_until_it_is_seen() {
    let app = reviewed().await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    asked(&ada, DEVELOPMENT, "user_1").await;
    let inbox = ann.get("/inbox").await;
    assert!(inbox.says("1 thing is new.") && inbox.says("Mark all as seen"), "{}", inbox.main());
    let upto = inbox.html.split("name=\"upto\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(ann.post("/inbox", &[("upto", upto)]).await.location, "/inbox");
    let seen = ann.get("/inbox").await;
    assert!(seen.says("Nothing new.") && seen.says("asks you to review"), "{}", seen.main());
    assert!(!app.sign_in("vic").await.get("/inbox").await.says("asks you to review"));
}

/// What a request and what is live say against each other may name people.
#[tokio::test]
async fn a_viewer_is_not_told_whom_both_sides_name() {
    let app = reviewed().await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    assert_eq!(asked(&ada, DEVELOPMENT, "secret_unit").await.location, FIRST);
    app.set("new_checkout", "development", json!({"targets": [{"variant": "off", "units": ["secret_unit"]}]})).await;
    let own = ada.get(FIRST).await;
    assert!(own.says("Both changed these") && own.says("secret_unit"), "{}", own.main());
    let seen = vic.get(FIRST).await;
    assert!(seen.status == 200 && !seen.says("secret_unit") && seen.says("Update the request"), "{}", seen.main());
}

#[tokio::test]
async fn a_comment_keeps_no_edit_from_being_saved() {
    let app = reviewed().await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    asked(&ada, DEVELOPMENT, "user_1").await;
    let edit = ada.post(FIRST, &[("_form", "edit")]).await.location;
    let page = ada.get(&edit).await;
    for said in ["This edits change request #1.", "Put it into the request", "Make it a draft of its own"] {
        assert!(page.says(said), "{said}: {}", page.main());
    }
    assert_eq!(ann.post(FIRST, &[("_form", "verdict"), ("verdict", "comment"), ("text", "Is that so?")]).await.status, 303);
    let version = page.html.split("name=\"draft_version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let ask = ada.post(&edit, &[("_form", "save"), ("draft_version", version)]).await;
    assert!(ask.status == 428 && ask.says("value=\"More testers\""), "it keeps its title: {}", ask.main());
    assert_eq!(ada.send(&edit, &ask, "confirm", &SAID).await.location, FIRST);
    assert!(ada.get(FIRST).await.says("Is that so?"));
}

#[tokio::test]
async fn an_edit_of_what_is_closed_meanwhile_becomes_a_draft_of_its_own() {
    let app = reviewed().await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    asked(&ada, DEVELOPMENT, "user_1").await;
    let edit = ada.post(FIRST, &[("_form", "edit")]).await.location;
    let page = ada.get(DEVELOPMENT).await;
    assert_eq!(ada.send(DEVELOPMENT, &page, "targets", &[("units[on]", "user_1\nuser_2")]).await.status, 303);
    let content = ann.get(FIRST).await.hidden("verdict").iter().find(|(name, _)| name == "content").unwrap().1.clone();
    ann.post(FIRST, &[("_form", "verdict"), ("verdict", "approve"), ("content", &content)]).await;
    assert_eq!(ann.post(FIRST, &[("_form", "apply")]).await.status, 303);
    let save = async || {
        let version = ada.get(&edit).await.html;
        let version = version.split("name=\"draft_version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let said = [("_form", "save"), ("draft_version", version.as_str()), SAID[0], SAID[1]];
        (ada.post(&edit, &said).await, version)
    };
    // First it is put over what was applied, to be looked at once more.
    assert_eq!(save().await.0.status, 409);
    let (late, version) = save().await;
    assert!(late.status == 422 && late.says("make this a draft of its own"), "{} {} {}", late.status, late.location, late.html);
    let own = ada.post(&edit, &[("_form", "detach"), ("draft_version", &version)]).await;
    assert_eq!((own.status, own.location.as_str()), (303, edit.as_str()));
    assert!(!ada.get(&edit).await.says("This edits change request"));
}

#[tokio::test]
async fn taking_a_request_back_takes_segments_back_too() {
    let app = reviewed().await;
    let beta: Segment = serde_json::from_value(json!({"key": "beta", "name": "Beta", "include": ["a"]})).unwrap();
    app.by_system(Command::CreateSegment { project: shop(), segment: beta.clone() }).await;
    let rule = json!({"rules": [{"id": "r1", "conditions": [{"operator": "in_segment", "values": ["beta"]}], "serve": {"variant": "on"}}]});
    app.set("new_checkout", "development", rule).await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    let address = "/p/shop/segments/beta";
    let page = ada.get(address).await;
    let mut fields: Vec<(String, String)> = page.hidden("segment");
    fields.extend([("name", "Beta"), ("include", "a\nb"), SAID[0], SAID[1]].map(|(name, value)| (name.into(), value.into())));
    fields.retain(|(name, _)| name != "_form");
    fields.extend([("_form", "confirm"), ("_origin", "segment")].map(|(name, value)| (name.into(), value.into())));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let opened = Page::from(ada.multipart(address, &pairs, None)).await;
    assert_eq!(opened.location, FIRST, "{}", opened.html);
    let content = ann.get(FIRST).await.hidden("verdict").iter().find(|(name, _)| name == "content").unwrap().1.clone();
    ann.post(FIRST, &[("_form", "verdict"), ("verdict", "approve"), ("content", &content)]).await;
    assert_eq!(ann.post(FIRST, &[("_form", "apply")]).await.status, 303);
    let back = ada.post(FIRST, &[("_form", "revert")]).await;
    let draft = ada.get(&back.location).await;
    assert!(draft.says("Change the segment beta") && draft.says("Revert of #1"), "{} {}", back.status, draft.html);
}

#[tokio::test]
async fn what_was_typed_stays_where_somebody_was_faster() {
    let app = reviewed().await;
    let (ada, ann) = (app.sign_in("ada").await, app.sign_in("ann").await);
    asked(&ada, DEVELOPMENT, "user_1").await;
    let page = ann.get(FIRST).await;
    let wrong = ada.post(FIRST, &[("_form", "schedule"), ("at", "whenever")]).await;
    assert!(
        wrong.status == 422 && wrong.says("value=\"whenever\"") && wrong.main().contains("<details open"),
        "{}",
        wrong.main()
    );
    assert_eq!(ada.post(FIRST, &[("_form", "withdraw")]).await.status, 303);
    let late = ann.send(FIRST, &page, "verdict", &[("verdict", "approve"), ("text", "A long thought")]).await;
    assert!(late.status == 403 && late.says("A long thought") && late.says("taken back"), "{} {}", late.status, late.main());
}

#[tokio::test]
async fn turning_off_says_where_somebody_looks_at_it_afterwards() {
    let app = reviewed().await;
    app.set("new_checkout", "development", json!({"enabled": true})).await;
    let ada = app.sign_in("ada").await;
    let version = app.version("new_checkout", "development");
    let off = ada.post(DEVELOPMENT, &[("_form", "switch"), ("base_version", &version), ("enabled", "false")]).await;
    assert_eq!(off.status, 303, "{}", off.html);
    let page = ada.get(&off.location).await;
    assert!(page.says("Somebody else looks at it afterwards, in change request #1."), "{}", page.main());
}

#[tokio::test]
async fn a_request_is_called_by_what_it_changes() {
    let app = reviewed().await;
    let ada = app.sign_in("ada").await;
    draft(&ada, DEVELOPMENT, "user_1").await;
    let ask = ada.save_draft(DEVELOPMENT, &[]).await;
    assert!(ask.says("value=\"Change new_checkout in development\""), "{}", ask.main());
}
