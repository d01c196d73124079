//! Segments: made, changed and removed on their pages; ids from files; who asks for them.

use super::app::{App, Browser, Page, flag, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::key::{FlagKey, SegmentKey};
use flagstaff::domain::segment::Segment;
use flagstaff::server::store;
use serde_json::{Value, json};
use std::time::Instant;

const SEGMENTS: &str = "/p/shop/segments";
const NEW: &str = "/p/shop/segments/new";
const BETA: &str = "/p/shop/segments/beta";

async fn make(app: &App, parts: Value) {
    let mut whole = json!({"key": "beta", "name": "Beta testers"});
    whole.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    let segment = serde_json::from_value(whole).unwrap();
    app.by_system(Command::CreateSegment { project: shop(), segment }).await;
}

async fn stored(app: &App) -> Segment {
    let mut cx = app.state.db.read().await.unwrap();
    let shop = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    let key = SegmentKey::parse("beta").unwrap();
    store::segments::find(&mut cx, &shop.id, &key).await.unwrap().unwrap().segment
}

/// Makes a flag ask for the segment.
async fn ask(app: &App, flag: &str, environment: &str) {
    let condition = json!({"operator": "in_segment", "values": ["beta"]});
    let rules = json!([{"id": "r1", "conditions": [condition], "serve": {"variant": "on"}}]);
    app.set(flag, environment, json!({"enabled": true, "rules": rules, "fallthrough": {"variant": "off"}})).await;
}

/// What stands in the text area of this name.
fn area(page: &Page, name: &str) -> Option<String> {
    let named = |part: &&str| part[..part.find('>').unwrap()].contains(&format!("name=\"{name}\""));
    let start = page.html.split("<textarea").skip(1).find(named)?;
    let text = &start[start.find('>').unwrap() + 1..start.find("</textarea>").unwrap()];
    let text = text.strip_prefix('\n').unwrap_or(text);
    Some(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace('\n', "\r\n"))
}

/// Sends a form of the page as a browser does: hidden fields, text areas, and `more` in place of what it has.
async fn send(browser: &Browser, path: &str, page: &Page, id: &str, more: &[(&str, &str)], file: Option<&[u8]>) -> Page {
    let names = ["description", "include", "exclude", "ids.content", "ids.kept"];
    let mut fields = page.hidden(id);
    fields.extend(names.into_iter().filter_map(|name| Some((name.to_owned(), area(page, name)?))));
    if id == "segment" && path != NEW {
        fields.push(("name".to_owned(), "Beta testers".to_owned()));
    }
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend(more);
    Page::from(browser.multipart(path, &fields, file)).await
}

#[tokio::test]
async fn a_segment_is_made_changed_and_removed() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    assert!(ada.get(SEGMENTS).await.says("No segments yet"));
    let form = ada.get(NEW).await;
    let fields = [
        ("key", "beta"),
        ("name", "Beta testers"),
        ("include", "user_1\r\nuser_2\r\nuser_1"),
        ("groups[0].conditions[0].attribute", "email"),
        ("groups[0].conditions[0].operator", "ends_with"),
        ("groups[0].conditions[0].values", "@shop.example"),
    ];
    let made = send(&ada, NEW, &form, "segment", &fields, None).await;
    assert_eq!((made.status, made.location.starts_with(BETA)), (303, true), "{}", made.html);
    let page = ada.get(&made.location).await;
    for text in ["You created the segment beta.", "user_1\nuser_2</textarea>", "@shop.example", "No flag asks for it."] {
        assert!(page.says(text), "{text} in {}", page.main());
    }
    let list = ada.get(SEGMENTS).await;
    assert!(list.says("Beta testers") && list.says("no flag"), "{}", list.main());

    let edit = [&fields[3..], &[("exclude", "user_9"), ("include", "user_2")]].concat();
    let late = send(&ada, BETA, &page, "segment", &edit, None).await;
    assert_eq!(late.status, 303, "{}", late.main());
    assert!(ada.get(&late.location).await.says("You changed"), "{}", late.location);
    assert_eq!((stored(&app).await.include, stored(&app).await.exclude), (vec!["user_2".to_owned()], vec!["user_9".to_owned()]));

    let asked = ada.get(&format!("{BETA}/delete")).await;
    assert!(asked.says("nobody's answer changes") || asked.says("nobody&#x27;s answer changes"), "{}", asked.main());
    let removed = ada.post(&format!("{BETA}/delete"), &[("_form", "delete")]).await;
    assert!(ada.get(&removed.location).await.says("You removed the segment beta."));
    assert_eq!(ada.get(BETA).await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_is_lost() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let form = ada.get(NEW).await;
    let fields = [
        ("key", "no good"),
        ("include", "<script>alert(1)</script>\r\na\tb"),
        ("groups[0].conditions[0].attribute", "app"),
        ("groups[0].conditions[0].operator", "semver_greater"),
        ("groups[0].conditions[0].values", "many"),
    ];
    let refused = send(&ada, NEW, &form, "segment", &fields, Some(b"kept_1\nkept_2")).await;
    assert_eq!(refused.status, 422);
    for text in
        ["A segment key starts with", "Write a name of 1 to 200", "look at line 2", "goes along: 2 lines", "value=\"app\""]
    {
        assert!(refused.says(text), "{text} in {}", refused.main());
    }
    assert!(!refused.says("<script>alert") && area(&refused, "ids.kept").unwrap().contains("kept_2"), "{}", refused.main());
    let grown = send(&ada, NEW, &refused, "segment", &[("add_group", "true"), ("name", "Typed")], None).await;
    assert!(grown.status == 200 && grown.says("Group 1") && grown.says("value=\"Typed\""), "{}", grown.main());
    assert!(area(&grown, "ids.kept").unwrap().contains("kept_2"), "the file goes along");
    make(&app, json!({})).await;
    let taken = send(&ada, NEW, &form, "segment", &[("key", "beta"), ("name", "Again")], None).await;
    assert!(taken.status == 422 && taken.says("There already is a segment beta."), "{}", taken.main());
    let reserved = send(&ada, NEW, &form, "segment", &[("key", "new"), ("name", "New")], None).await;
    assert!(reserved.status == 422 && reserved.says("new is the address of a page"), "{}", reserved.main());
    let latin = send(&ada, BETA, &ada.get(BETA).await, "segment", &[], Some(b"a\ncaf\xe9")).await;
    assert!(latin.status == 422 && latin.says("Line 2 is no UTF-8"), "{}", latin.main());
}

#[tokio::test]
async fn a_change_that_touches_flags_is_shown_first() {
    let app = App::start().await;
    make(&app, json!({"include": ["user_1"]})).await;
    app.by_system(Command::CreateFlag { project: shop(), flag: flag("old_flag", &["on", "off"]) }).await;
    for (flag, environment) in [("new_checkout", "development"), ("new_checkout", "production"), ("old_flag", "staging")] {
        ask(&app, flag, environment).await;
    }
    app.by_system(Command::ArchiveFlag { project: shop(), flag: FlagKey::parse("old_flag").unwrap() }).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(BETA).await;
    for text in ["/p/shop/flags/new_checkout/production", "/p/shop/flags/old_flag\"", "Archived"] {
        assert!(page.says(text), "{text} in {}", page.main());
    }
    assert!(ada.get(SEGMENTS).await.says("2 flags"));
    let review = send(&ada, BETA, &page, "segment", &[("include", "user_1\r\nuser_2")], None).await;
    assert_eq!(review.status, 428, "{}", review.main());
    for text in ["What it touches", "1 flag may answer differently", "production is critical", "user_2", "name=\"confirmation\""]
    {
        assert!(review.says(text), "{text} in {}", review.main());
    }
    assert_eq!(stored(&app).await.include, ["user_1"], "nothing has happened yet");
    let unsaid = send(&ada, BETA, &review, "confirm", &[("reason", ""), ("confirmation", "staging")], None).await;
    assert!(unsaid.status == 422 && unsaid.says("Say why") && unsaid.says("Type production"), "{}", unsaid.main());
    let done = send(&ada, BETA, &unsaid, "confirm", &[("reason", "They asked"), ("confirmation", "production")], None).await;
    assert_eq!(done.status, 303, "{}", done.main());
    assert_eq!(stored(&app).await.include, ["user_1", "user_2"]);
    let renamed = send(&ada, BETA, &ada.get(BETA).await, "segment", &[("name", "Testers")], None).await;
    assert!(
        renamed.status == 428 && renamed.says("Nobody is answered differently") && !renamed.says("name=\"reason\""),
        "{}",
        renamed.main()
    );

    let refused = ada.get(&format!("{BETA}/delete")).await;
    assert!(refused.says("These flags ask for it") && refused.says("/p/shop/flags/old_flag"), "{}", refused.main());
    let by_hand = ada.post(&format!("{BETA}/delete"), &[("_form", "delete")]).await;
    assert!(by_hand.status == 422, "{}", by_hand.main());
    assert!(by_hand.says("new_checkout (development, production), old_flag (staging, archived)"), "{}", by_hand.main());
}

#[tokio::test]
async fn a_file_survives_a_conflict_and_what_others_did_stays() {
    let app = App::start().await;
    make(&app, json!({"include": ["a"]})).await;
    let ada = app.sign_in("ada").await;
    let page = ada.get(BETA).await;
    let review = send(&ada, BETA, &page, "segment", &[], Some(b"id,plan\nb,pro\na,free\nb,pro\n")).await;
    // The client names its file flags.yaml, so it is read by the line until told otherwise.
    assert!(review.status == 428 && review.says("b,pro"), "{}", review.main());
    let file: &[u8] = b"user;plan\nb;pro\na;free\nb;pro\n";
    let columns = [("ids.read_as", "table"), ("ids.column", "user")];
    let review = send(&ada, BETA, &page, "segment", &columns, Some(file)).await;
    assert!(review.says("3 lines: 1 new, 1 twice in the file, 1 already in the list."), "{}", review.main());
    assert!(review.says("was read as the header"), "{}", review.main());

    let mut theirs = stored(&app).await;
    theirs.include.push("theirs".into());
    app.by_system(Command::EditSegment { project: shop(), segment: theirs }).await;
    let late = send(&ada, BETA, &review, "confirm", &[], None).await;
    assert!(late.status == 409 && late.says("changed since you opened it") && late.says("1 new"), "{}", late.main());
    let done = send(&ada, BETA, &late, "confirm", &[], None).await;
    assert_eq!(done.status, 303, "{}", done.main());
    assert_eq!(stored(&app).await.include, ["a", "theirs", "b"]);
    let typed = send(&ada, BETA, &page, "segment", &[("exclude", "x")], None).await;
    assert_eq!(typed.status, 409, "a page from before");
    assert_eq!(send(&ada, BETA, &typed, "confirm", &[], None).await.status, 303);
    assert_eq!((stored(&app).await.include.len(), stored(&app).await.exclude), (3, vec!["x".to_owned()]));
}

#[tokio::test]
async fn a_hundred_thousand_ids_come_with_their_report_and_no_page_grows() {
    let app = App::start().await;
    let known: Vec<String> = (0..180).map(|n| format!("user_{n}")).collect();
    make(&app, json!({ "include": known })).await;
    let ada = app.sign_in("ada").await;
    let mut lines: Vec<String> = (0..99_297).map(|n| format!("user_{n}")).collect();
    lines.extend((0..700).map(|n| format!("user_{n}")));
    for line in [6, 18, 29] {
        lines.insert(line, "x".repeat(1_000));
    }
    let (page, start) = (ada.get(BETA).await, Instant::now());
    let review = send(&ada, BETA, &page, "segment", &[], Some(lines.join("\n").as_bytes())).await;
    let said = review.main().replace('\u{a0}', " ");
    for text in [
        "100 000 lines: 99 117 new, 700 twice in the file, 180 already in the list, 3 too long – lines 7, 19, 30.",
        "99 114 more",
    ] {
        assert!(said.contains(text), "{text} in {}", &said[..said.len().min(5_000)]);
    }
    let shown = start.elapsed();
    let done = send(&ada, BETA, &review, "confirm", &[], None).await;
    assert_eq!(done.status, 303, "{}", &done.html[..done.html.len().min(5_000)]);
    println!("shown after {shown:?}, saved after {:?}", start.elapsed() - shown);
    assert_eq!(stored(&app).await.include.len(), 99_297);
    for (path, text) in [
        (BETA, "99 297 ids"),
        (done.location.as_str(), "You added 99 117 ids to the segment beta."),
        ("/p/shop/segments/beta?find=USER_9929", "8 of 99 297 ids match"),
        (SEGMENTS, "99 297"),
        ("/p/shop/audit", "99 117 items: user_180, user_181, user_182 and 99 114 more"),
    ] {
        let start = Instant::now();
        let page = ada.get(path).await;
        println!("{path}: {} bytes in {:?}", page.html.len(), start.elapsed());
        assert!(page.main().replace('\u{a0}', " ").contains(text), "{text} in {path}");
        assert!(page.html.len() < 120_000, "{path} has {} bytes", page.html.len());
    }
    let (status, kind, name, text) = ada.download(&format!("{BETA}/ids?list=include")).await;
    assert_eq!((status, kind.as_str(), text.lines().count()), (200, "text/plain; charset=utf-8", 99_297));
    assert!(name.contains("beta-include.txt"), "{name}");
}

#[tokio::test]
async fn hostile_ids_are_ids_and_nothing_else() {
    let app = App::start().await;
    make(&app, json!({})).await;
    let ada = app.sign_in("ada").await;
    let ids = ["a,b", "\"quoted\"", "<script>alert(1)</script>", "</textarea><b>", "👩‍🚀", "&amp;", "=1+1", "x' or '1'='1"];
    let saved = send(&ada, BETA, &ada.get(BETA).await, "segment", &[("include", &ids.join("\r\n"))], None).await;
    assert_eq!(saved.status, 303, "{}", saved.main());
    assert_eq!(stored(&app).await.include, ids);
    let page = ada.get(BETA).await;
    assert!(!page.says("<script>alert") && !page.says("</textarea><b>"), "{}", page.main());
    let quoted: String = ids.iter().map(|id| format!("\"{}\"\n", id.replace('"', "\"\""))).collect();
    let fields = [("ids.read_as", "table"), ("ids.how", "remove")];
    let review = send(&ada, BETA, &page, "segment", &fields, Some(quoted.as_bytes())).await;
    assert!(review.says("8 lines: 8 removed.") && !review.says("<script>alert"), "{}", review.main());
    assert_eq!(send(&ada, BETA, &review, "confirm", &[], None).await.status, 303);
    assert_eq!(stored(&app).await.include, [""; 0]);
    // From a file there may come what no form takes: it is shown, and not lost by saving.
    let mut odd = stored(&app).await;
    odd.include = vec!["two\nlines".into(), " spaced".into()];
    app.by_system(Command::EditSegment { project: shop(), segment: odd.clone() }).await;
    let page = ada.get(BETA).await;
    assert!(area(&page, "include").is_none() && page.says("no text to edit"), "{}", page.main());
    assert_eq!(send(&ada, BETA, &page, "segment", &[("exclude", "a")], None).await.status, 303);
    assert_eq!(stored(&app).await.include, odd.include);
}

#[tokio::test]
async fn viewers_learn_how_many_and_not_who() {
    let app = App::start().await;
    let named = json!({"attribute": "targetingKey", "operator": "in", "values": ["grace_1", "grace_2"]});
    make(&app, json!({"include": ["grace_3", "grace_4"], "exclude": ["grace_5"], "groups": [[named]]})).await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    let mut changed = stored(&app).await;
    changed.include.push("grace_6".into());
    app.by_system(Command::EditSegment { project: shop(), segment: changed }).await;
    for path in [
        SEGMENTS,
        BETA,
        "/p/shop/segments/beta?find=grace",
        "/p/shop/audit",
        "/p/shop/audit.csv",
        "/p/shop/settings/files/export",
    ] {
        let page = vic.get(path).await;
        assert!(page.status == 200 && !page.says("grace_"), "{path}: {}", page.html);
    }
    let page = vic.get(BETA).await;
    for text in ["3 ids", "1 id", "targetingKey is one of 2 hidden", "Needs the role editor"] {
        assert!(page.says(text), "{text} in {}", page.main());
    }
    assert!(!page.says("name=\"find\"") && !page.says("Download"), "{}", page.main());
    assert!(ada.get(BETA).await.says("grace_3"));
    for path in ["/p/shop/segments/beta/ids?list=include", "/p/shop/segments/beta/delete"] {
        assert_eq!(vic.get(path).await.status, 403, "{path}");
    }
    for path in [NEW, BETA, "/p/shop/segments/beta/delete"] {
        assert_eq!(vic.post(path, &[("_form", "segment"), ("name", "x")]).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_told_on_a_page() {
    let app = App::start().await;
    make(&app, json!({})).await;
    let ada = app.sign_in("ada").await;
    let large = "x\n".repeat(9 * 1024 * 1024);
    let refused = send(&ada, BETA, &ada.get(BETA).await, "segment", &[], Some(large.as_bytes())).await;
    assert!(refused.status == 413 && refused.says("At most 16 MiB"), "{}", refused.status);
}
