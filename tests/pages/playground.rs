//! The playground: what is asked for in its address, and what it answers.

use super::app::{App, Browser, Page, flag, release, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::rollout::Plan;
use flagstaff::domain::time::Timestamp;
use flagstaff::server::clock::Clock;
use serde_json::json;

const PLAYGROUND: &str = "/p/shop/playground";

/// `new_checkout` is on in production for pro customers and for half of the others; `dark_mode` is off.
async fn installed() -> App {
    let app = App::start().await;
    app.by_system(Command::CreateFlag { project: shop(), flag: release("dark_mode") }).await;
    let rule = json!({"id": "r", "name": "Paying", "conditions": [{"attribute": "plan", "operator": "in", "values": ["pro", "team"]}],
        "serve": {"variant": "on"}});
    let half = json!({"split": {"weights": [{"variant": "on", "share": 5000}, {"variant": "off", "share": 5000}]}});
    let targets = json!([{"variant": "on", "units": ["named_user"]}]);
    let parts = json!({"enabled": true, "rules": [rule], "targets": targets, "fallthrough": half});
    app.set("new_checkout", "production", parts).await;
    app
}

async fn ask(browser: &Browser, pairs: &[(&str, &str)]) -> Page {
    browser.get(&format!("{PLAYGROUND}?{}", serde_html_form::to_string(pairs).unwrap())).await
}

fn answers(page: &Page) -> usize {
    page.html.matches("class=\"got\"").count()
}

#[track_caller]
fn says(page: &Page, texts: &[&str]) {
    for text in texts {
        assert!(page.says(text), "{text} in {}", page.main());
    }
}

#[tokio::test]
async fn every_flag_is_asked_everywhere_unless_some_are_chosen() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    let all = ada.get(PLAYGROUND).await;
    assert_eq!((all.status, answers(&all)), (200, 6), "{}", all.main());
    says(&all, &["2 flags × 3 environments", "href=\"/p/shop/playground\" aria-current=\"page\"", "DISABLED"]);
    let one = ask(&ada, &[("flag", "new_checkout"), ("env", "production"), ("env", "staging")]).await;
    assert_eq!(answers(&one), 2);
    let found = ask(&ada, &[("q", "dark")]).await;
    assert_eq!(answers(&found), 3);
    assert!(found.says("value=\"dark\"") && !found.says("href=\"/p/shop/flags/new_checkout\""), "{}", found.main());
    let none = ask(&ada, &[("q", "nothing_like_this")]).await;
    assert!(none.status == 200 && none.says("No flags match"), "{}", none.main());
    let wrong = ask(&ada, &[("flag", "new_chekout"), ("flag", "dark_mode"), ("env", "prodction")]).await;
    says(
        &wrong,
        &[
            "There is no flag called new_chekout. Did you mean new_checkout?",
            "no environment called prodction. Did you mean production?",
        ],
    );
    assert_eq!(answers(&wrong), 3, "what is there is asked all the same");
}

#[tokio::test]
async fn an_answer_tells_every_step_with_bucket_and_threshold() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    let asked = [
        ("flag", "new_checkout"),
        ("env", "production"),
        ("a0", "targetingKey"),
        ("v0", "user_5"),
        ("a1", "plan"),
        ("v1", "free"),
    ];
    let page = ask(&ada, &asked).await;
    says(
        &page,
        &[
            "SPLIT",
            "By a share of the users",
            "plan is one of \"pro\", \"team\": no, it is \"free\".",
            "Target list 1",
            "50 %",
            "0 to 4",
        ],
    );
    assert!(page.says("bucket ") && (page.says(" &lt; ") || page.says("≥")), "{}", page.main());
    let pro = ask(&ada, &[asked[0], asked[1], ("a0", "plan"), ("v0", "pro")]).await;
    says(&pro, &["TARGETING_MATCH", "Serves on, because rule 1 matched.", "plan is one of"]);
    let flag = ada.get("/p/shop/flags/new_checkout").await;
    assert!(flag.says("Waiting for the first evaluation"), "trying is no evaluation");
}

#[tokio::test]
async fn several_values_make_a_matrix_up_to_a_bound_that_is_told() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    let one = [("flag", "new_checkout"), ("env", "production")];
    let rows =
        ask(&ada, &[one[0], one[1], ("a0", "plan"), ("v0", "pro\nfree"), ("a1", "age"), ("t1", "number"), ("v1", "20\n30\n40")])
            .await;
    assert_eq!(answers(&rows), 6, "{}", rows.main());
    says(&rows, &["× 6 contexts", "plan: \"free\"", "age: 40"]);
    let json = "{\"plan\": [\"pro\", \"free\"], \"age\": [20, 30, 40], \"one\": 1}";
    let several = ask(&ada, &[one[0], one[1], ("as", "json"), ("context", json), ("several", "on")]).await;
    assert_eq!(answers(&several), 6);
    let lists = ask(&ada, &[one[0], one[1], ("as", "json"), ("context", json)]).await;
    assert_eq!(answers(&lists), 1, "a list is a list unless it is said to be several values");
    let many: String = (0..300).map(|n| format!("user_{n}\n")).collect();
    let page = ask(&ada, &[one[0], one[1], ("a0", "targetingKey"), ("v0", &many)]).await;
    assert_eq!(answers(&page), 200);
    says(&page, &["Only the first 200 combinations are shown, of 300.", "At most 200 answers stand on a page."]);
    let pages = ask(&ada, &[("a0", "targetingKey"), ("v0", &many)]).await;
    assert!(answers(&pages) <= 200 && pages.says("page=2"), "the second flag is on the next page: {}", answers(&pages));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_with_its_line_and_kept() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    let page = ask(&ada, &[("as", "json"), ("context", "{\"plan\": \"pro\",\r\n \"country\" \"NO\"}"), ("at", "tomorrow")]).await;
    assert_eq!((page.status, answers(&page)), (200, 0));
    says(
        &page,
        &[
            "Line 2, column 12: expected `:`.",
            "is no moment. Write one such as 2026-11-30 09:00",
            "\"country\" \"NO\"}</textarea>",
            "value=\"tomorrow\"",
            "There are 2 problems",
        ],
    );
    let rows = ask(&ada, &[("a0", "age"), ("t0", "number"), ("v0", "20\nold"), ("a1", "plan"), ("v1", "")]).await;
    says(&rows, &["Line 2: write a number", "Write a value", "old</textarea>", "value=\"plan\""]);
    let key = ask(&ada, &[("as", "json"), ("context", "{\"targetingKey\": 7}")]).await;
    says(&key, &["targetingKey must be a text"]);
}

#[tokio::test]
async fn rows_become_json_and_back_with_everything_in_them() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    let rows = [("flag", "dark_mode"), ("a0", "plan"), ("v0", "pro\nfree"), ("a1", "tags"), ("t1", "json"), ("v1", "[\"a\"]")];
    let to_json = ask(&ada, &[&rows[..], &[("do", "json")]].concat()).await;
    assert_eq!(to_json.status, 303, "{}", to_json.html);
    let json = ada.get(&to_json.location).await;
    assert_eq!(answers(&json), 6);
    says(&json, &["\"pro\",", "checked", "name=\"as\" value=\"json\""]);
    let query = to_json.location.split_once('?').unwrap().1;
    let to_rows = ada.get(&format!("{PLAYGROUND}?{query}&do=rows")).await;
    let back = ada.get(&to_rows.location).await;
    assert!(to_rows.location.contains("a0=plan") && to_rows.location.contains("t1=json"), "{}", to_rows.location);
    assert_eq!(answers(&back), 6);
    let broken = ask(&ada, &[("as", "json"), ("context", "{plan"), ("do", "rows")]).await;
    assert!(broken.status == 200 && broken.says("{plan</textarea>"), "nothing typed is lost: {}", broken.main());
    let more = ask(&ada, &[("a0", "plan"), ("v0", "pro"), ("do", "add")]).await;
    says(&more, &["name=\"a5\"", "value=\"plan\""]);
}

#[tokio::test]
async fn any_moment_may_be_asked() {
    let app = installed().await;
    let steps = json!([{"share": 0, "starts_at": {"at": "2030-01-01T00:00:00Z"}}, {"share": 10000, "starts_at": {"at": "2031-01-01T00:00:00Z"}}]);
    let rollout = json!({"rollout": {"bucket_by": "targetingKey", "variant": "on", "rest": "off", "plan": {"steps": steps}}});
    app.set("dark_mode", "production", json!({"enabled": true, "fallthrough": rollout})).await;
    let ada = app.sign_in("ada").await;
    for (at, variant) in [("2030-12-31 23:59", "off"), ("2031-01-01T01:00:00+01:00", "on"), ("", "off")] {
        let page =
            ask(&ada, &[("flag", "dark_mode"), ("env", "production"), ("a0", "targetingKey"), ("v0", "u"), ("at", at)]).await;
        let cell = page.html.split("class=\"got\"").nth(1).unwrap_or_default();
        assert!(cell.contains(&format!("<b>{variant}</b>")), "{at}: {cell}");
    }
}

#[tokio::test]
async fn a_persona_fills_the_context_and_may_expect_what_it_gets() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    let persona =
        [("_form", "persona"), ("key", "pro"), ("name", "A pro"), ("context", "{\"targetingKey\": \"u\", \"plan\": \"pro\"}")];
    ada.post("/p/shop/settings/personas/new", &persona).await;
    let address = format!("{PLAYGROUND}?flag=new_checkout&env=production&persona=pro");
    let page = ada.get(&address).await;
    says(
        &page,
        &[
            "value=\"plan\"",
            "TARGETING_MATCH",
            "Expect this",
            "/p/shop/playground?flag=new_checkout&amp;env=production&amp;persona=pro",
        ],
    );
    assert!(ada.get(&format!("{address}&at=2030-01-01")).await.says("TARGETING_MATCH"));
    assert!(!ada.get(&format!("{address}&at=2030-01-01")).await.says("Expect this"), "only the present can be expected");
    let edited = ada.get(&format!("{address}&was=pro&a0=plan&v0=free")).await;
    assert!(edited.says("no longer exactly this persona") && !edited.says("Expect this"), "{}", edited.main());
    let filled = ada.get(&format!("{address}&was=pro&a0=plan&v0=free&do=fill")).await;
    assert_eq!((filled.status, filled.location.as_str()), (303, address.as_str()));

    let fields =
        [("_form", "expect"), ("persona", "pro"), ("environment", "production"), ("flag", "new_checkout"), ("variant", "on")];
    let done = ada.post(&address, &[&fields[..], &[("base_version", "1")]].concat()).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let after = ada.get(&done.location).await;
    says(&after, &["You changed the persona A pro.", "as expected"]);
    let late = ada.post(&address, &[&fields[..], &[("base_version", "1")], &[("variant", "off")]].concat()).await;
    assert!(late.status == 409 && late.says("changed since you opened it"), "{}", late.main());
    let gone = ada
        .post(
            &address,
            &[("_form", "expect"), ("persona", "pro"), ("environment", "production"), ("flag", "nope"), ("variant", "on")],
        )
        .await;
    assert!(gone.status == 422 && gone.says("There is no flag called nope."), "{}", gone.main());
    app.set("new_checkout", "production", json!({"enabled": false})).await;
    says(&ada.get(&address).await, &["expected on, gets off"]);
    let unknown = ada.get(&format!("{PLAYGROUND}?persona=por")).await;
    says(&unknown, &["There is no persona called por. Did you mean pro?"]);
}

#[tokio::test]
async fn viewers_are_not_told_whom_lists_name_and_expect_nothing() {
    let app = installed().await;
    let vic = app.sign_in("vic").await;
    let page = ask(&vic, &[("flag", "new_checkout"), ("env", "production"), ("a0", "targetingKey"), ("v0", "named_user")]).await;
    says(&page, &["by an individual target or a rule", "Whom lists name is not shown to viewers"]);
    assert!(!page.says("Target list") && !page.says("Expect this"), "{}", page.main());
    assert_eq!(vic.post(PLAYGROUND, &[("_form", "expect")]).await.status, 403);
}

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let app = installed().await;
    app.by_system(Command::CreateFlag { project: shop(), flag: flag("third", &["a", "b"]) }).await;
    let ada = app.sign_in("ada").await;
    let bad = "\"'></textarea><script>alert(1)</script>";
    for pairs in [
        [("a0", bad), ("v0", bad), ("flag", bad), ("env", bad)],
        [("as", "json"), ("context", bad), ("q", bad), ("at", bad)],
        [("persona", bad), ("was", bad), ("page", bad), ("done", bad)],
    ] {
        let page = ask(&ada, &pairs).await;
        assert_eq!(page.status, 200);
        assert!(!page.html.contains("<script>alert"), "{}", page.main());
    }
    let shown = ask(&ada, &[("a0", bad), ("v0", &format!("{bad}\n2")), ("flag", "third")]).await;
    assert!(answers(&shown) == 6 && !shown.html.contains("<script>alert"), "{}", shown.main());
}

#[tokio::test]
async fn it_is_linked_from_flags_and_personas() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    let flag = ada.get("/p/shop/flags/new_checkout/production").await;
    assert!(flag.says("/p/shop/playground?flag=new_checkout&amp;env=production"), "{}", flag.main());
    let command = ask(&ada, &[("flag", "new_checkout"), ("a0", "targetingKey"), ("v0", "o'neill")]).await;
    says(&command, &["/ofrep/v1/evaluate/flags/new_checkout", "$FLAGSTAFF_KEY"]);
}

/// Where a question leads that a browser posts; whether it posts it there again.
async fn posted(browser: &Browser, address: &str, pairs: &[(&str, &str)]) -> Page {
    browser.post(address, &[&[("_form", "playground")], pairs].concat()).await
}

#[tokio::test]
async fn private_values_never_stand_in_an_address() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    let attribute = [("_form", "attribute"), ("name", "email"), ("value_type", "text"), ("private", "true")];
    assert_eq!(ada.post("/p/shop/settings/attributes/new", &attribute).await.status, 303);
    let open = [("flag", "new_checkout"), ("env", "production"), ("a0", "plan"), ("v0", "pro")];
    let link = format!("{PLAYGROUND}?flag=new_checkout&env=production&a0=plan&v0=pro");

    let told = posted(&ada, PLAYGROUND, &open).await;
    assert_eq!((told.status, told.location.as_str()), (303, link.as_str()), "without anything private it is an address");
    assert_eq!(answers(&ada.get(&link).await), 1);
    let more = posted(&ada, PLAYGROUND, &[&open[..], &[("do", "add")]].concat()).await;
    assert_eq!((more.status, more.location.as_str()), (303, format!("{link}&do=add").as_str()));

    let private = [&open[..], &[("a1", "email"), ("v1", "ada@vip.example\nlin@vip.example")]].concat();
    let again = posted(&ada, PLAYGROUND, &private).await;
    assert_eq!((again.status, again.location.as_str()), (307, link.as_str()), "posted again, to the address of all the rest");
    let answer = posted(&ada, &again.location, &private).await;
    assert_eq!((answer.status, answers(&answer)), (200, 2), "{}", answer.main());
    says(&answer, &["ada@vip.example", "Not in this page's address, because it is private or may be: email."]);
    let links = answer.html.split("href=\"").skip(1).map(|part| part.split('"').next().unwrap());
    assert!(
        links.clone().count() > 10
            && !answer.html.split("data-copy=\"").skip(1).any(|part| part.split('"').next().unwrap().contains("vip"))
    );
    links.for_each(|href| assert!(!href.contains("vip"), "{href}"));

    let json = [("flag", "new_checkout"), ("as", "json"), ("context", "{\"plan\": \"pro\", \"email\": \"ada@vip.example\"}")];
    let again = posted(&ada, PLAYGROUND, &json).await;
    assert!(again.status == 307 && again.location.contains("plan") && !again.location.contains("vip"), "{}", again.location);
    assert_eq!(answers(&posted(&ada, &again.location, &json).await), 3);
    let broken = [("as", "json"), ("context", "{\"email\": \"ada@vip.example\"")];
    let again = posted(&ada, PLAYGROUND, &broken).await;
    assert!(again.status == 307 && !again.location.contains("vip"), "what cannot be read may be private: {}", again.location);
    let kept = posted(&ada, &again.location, &broken).await;
    assert!(
        kept.status == 200 && kept.says("ada@vip.example") && kept.says("There is a problem to put right."),
        "{}",
        kept.main()
    );
    let rows = posted(&ada, &again.location, &[&json[..], &[("do", "rows")]].concat()).await;
    assert!(rows.status == 307 && !rows.location.contains("vip"), "{}", rows.location);

    let old = ask(&ada, &private).await;
    assert_eq!((old.status, old.location.as_str()), (303, format!("{link}&without=email").as_str()), "a link without them");
    says(&ada.get(&old.location).await, &["Left out of the address: email.", "Serves on, because rule 1 matched."]);
    let vic = app.sign_in("vic").await;
    assert_eq!(answers(&posted(&vic, &link, &private).await), 2, "asking changes nothing, so a viewer may");
}

#[tokio::test]
async fn a_moment_may_be_written_in_a_zone() {
    let app = installed().await;
    let ada = app.sign_in("ada").await;
    let at = |at: &'static str| [("flag", "new_checkout"), ("env", "production"), ("at", at)];
    says(&ask(&ada, &at("2030-07-01 09:00 Europe/Berlin")).await, &["at 1 Jul 2030 07:00:00 UTC"]);
    let twice = ask(&ada, &at("2026-10-25 02:30 Europe/Berlin")).await;
    says(&twice, &["comes twice in Europe/Berlin", "2026-10-25T02:30:00+02:00", "value=\"2026-10-25 02:30 Europe/Berlin\""]);
    says(&ask(&ada, &at("2026-03-29 02:30 Europe/Berlin")).await, &["never comes in Europe/Berlin", "Write 2026-03-29 03:30"]);
    let then = ada.get("/p/shop/flags/new_checkout/production?at=2026-03-29+02%3A30+Europe%2FBerlin").await;
    assert!(
        then.status == 422 && then.says("never comes") && then.says("value=\"2026-03-29 02:30 Europe/Berlin\""),
        "{}",
        then.main()
    );
}

#[tokio::test]
async fn a_later_moment_tells_what_everybody_gets_then() {
    let now = Timestamp::parse("2020-11-25T09:00:00Z").unwrap();
    let app = App::start_at(Clock::at(now)).await;
    let plan = serde_json::to_value(Plan::preset(now)).unwrap();
    let rollout = json!({ "bucket_by": "targetingKey", "variant": "on", "rest": "off", "plan": plan });
    app.set("new_checkout", "staging", json!({ "enabled": true, "fallthrough": { "rollout": rollout } })).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get("/p/shop/playground?env=staging&at=2020-11-27T09:00:00Z").await;
    assert!(page.says("On: 25 % on, rest off"), "{}", page.main());
    assert!(!ada.get("/p/shop/playground?env=staging").await.says("On: 25 %"));
}
