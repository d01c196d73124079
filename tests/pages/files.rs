//! The page of files: out as a download, in by way of a page that shows what would change.

use super::app::{App, Browser, Page, release, shop};
use flagstaff::domain::command::Command;
use serde_json::json;

const FILES: &str = "/p/shop/settings/files";
const SEARCH: &str = "flags:\n  new_search: {enabled: true, percentage: 25, owner: ada@shop.example, description: \"</textarea><script>x</script>\", expires: \"2198-12-31\"}\n";

/// Uploads a file to compare.
async fn upload(browser: &Browser, environment: &str, file: &[u8]) -> Page {
    let fields = [("_form", "import"), ("content", ""), ("environment", environment)];
    Page::from(browser.multipart(FILES, &fields, Some(file))).await
}

/// The file that the page with the comparison carries along.
fn carried(page: &Page) -> String {
    let start = page.html.find("<textarea name=\"content\"").unwrap_or_else(|| panic!("{}", page.html));
    let text = &page.html[start..];
    let text = &text[text.find('>').unwrap() + 1..text.find("</textarea>").unwrap()];
    text.strip_prefix('\n').unwrap().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Sends the comparison's form, as a browser would: with the file and with carriage returns.
async fn apply(browser: &Browser, page: &Page, typed: &[(&str, &str)]) -> Page {
    let (content, hidden) = (carried(page).replace('\n', "\r\n"), page.hidden("apply"));
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("content", &content));
    fields.extend(typed);
    Page::from(browser.multipart(FILES, &fields, None)).await
}

#[tokio::test]
async fn a_file_is_shown_first_and_applied_then() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = upload(&ada, "development", SEARCH.as_bytes()).await;
    assert_eq!(page.status, 200, "{}", page.html);
    for text in ["1 new flag. Nothing has happened yet.", "<code>new_search</code>", "Apply changes", "25 %", "last day"] {
        assert!(page.says(text), "{text} in {}", page.main());
    }
    assert!(!page.says("<script>x") && !page.says("an empty text"), "{}", page.html);
    assert_eq!(carried(&page), SEARCH);
    let missing = ada.get("/p/shop/flags/new_search").await;
    assert_eq!(missing.status, 404, "nothing has happened yet");

    let done = apply(&ada, &page, &[]).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/p/shop/settings/files?imported=2"), "{}", done.html);
    assert!(app.served("new_search", "development").enabled);
    assert!(ada.get(&done.location).await.says("Imported: 2 changes."));
    let again = upload(&ada, "development", SEARCH.as_bytes()).await;
    assert!(again.says("everything is as the file says") && !again.says("Apply changes"), "{}", again.main());
}

#[tokio::test]
async fn what_is_wrong_is_listed_by_line_and_the_text_stays() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let text = "flags:\n  a: {percentage: 140}\n  b: {ownr: <b>}\n";
    let fields = [("_form", "import"), ("content", text), ("environment", "development")];
    for page in [
        Page::from(ada.multipart(FILES, &fields, None)).await,
        upload(&ada, "development", text.as_bytes()).await,
        ada.post(FILES, &fields).await,
    ] {
        assert_eq!(page.status, 422, "{}", page.html);
        for said in ["2:19", "flags.a.percentage", "from 0 to 100", "Did you mean owner?", "2 findings", "b: {ownr: &lt;b&gt;}"] {
            assert!(page.says(said), "{said} in {}", page.main());
        }
    }
    let latin = upload(&ada, "development", b"flags:\n  caf\xe9: true\n").await;
    assert!(latin.status == 422 && latin.says("UTF-8"), "{}", latin.main());
    let nothing = Page::from(ada.multipart(FILES, &[("_form", "import"), ("content", " ")], None)).await;
    assert!(nothing.status == 422 && nothing.says("Choose a file, or paste"), "{}", nothing.main());
    let settings = "version: 1\nteams: [{key: payments, name: Payments}]\n";
    let admins = upload(&ada, "", settings.as_bytes()).await;
    assert!(admins.status == 422 && admins.says("needs the role admin") && admins.says("{key: payments"), "{}", admins.main());
    let nowhere = upload(&ada, "", SEARCH.as_bytes()).await;
    assert!(nowhere.status == 422 && nowhere.says("Choose which one"), "{}", nowhere.main());
}

#[tokio::test]
async fn production_asks_for_a_reason_and_its_name_on_the_same_page() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = upload(&ada, "production", SEARCH.as_bytes()).await;
    assert!(page.says("production is critical") && page.says("name=\"typed.production\""), "{}", page.main());
    let refused = apply(&ada, &page, &[("reason", "Ship it"), ("typed.production", "staging")]).await;
    assert!(refused.status == 422 && refused.says("Type production to confirm") && refused.says("Ship it"), "{}", refused.main());
    assert_eq!(ada.get("/p/shop/flags/new_search").await.status, 404);
    let done = apply(&ada, &refused, &[("reason", "Ship it"), ("typed.production", "production")]).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert!(app.served("new_search", "production").enabled);
    assert!(ada.get("/p/shop/audit").await.says("Ship it"));
}

#[tokio::test]
async fn what_changed_since_is_shown_again_and_not_overwritten() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    app.by_system(Command::CreateFlag { project: shop(), flag: release("new_search") }).await;
    let page = upload(&ada, "development", SEARCH.as_bytes()).await;
    app.set("new_search", "development", json!({ "fallthrough": { "variant": "off" } })).await;
    let conflict = apply(&ada, &page, &[]).await;
    assert!(
        conflict.status == 409 && conflict.says("The project changed since you compared"),
        "{} {}",
        conflict.status,
        conflict.main()
    );
    assert!(!app.served("new_search", "development").enabled);
    assert_eq!(apply(&ada, &conflict, &[]).await.status, 303, "looked at again, it is what was shown");
}

#[tokio::test]
async fn a_project_is_downloaded_and_viewers_learn_how_many_not_who() {
    let app = App::start().await;
    let (ada, vic) = (app.sign_in("ada").await, app.sign_in("vic").await);
    app.set("new_checkout", "staging", json!({ "targets": [{ "variant": "on", "units": ["user_7"] }] })).await;
    let (status, kind, disposition, text) = ada.download(&format!("{FILES}/export?format=yaml&environment=")).await;
    assert_eq!((status, kind.as_str()), (200, "application/yaml; charset=utf-8"));
    assert_eq!(disposition, "attachment; filename=\"shop.yaml\"");
    assert!(text.contains("version: 1") && text.contains("user_7"), "{text}");
    let (_, kind, disposition, text) = ada.download(&format!("{FILES}/export?format=json&environment=production")).await;
    assert!(kind == "application/json" && disposition.contains("shop-production.json") && !text.contains("staging"), "{text}");
    let (status, _, _, text) = vic.download(&format!("{FILES}/export")).await;
    assert!(status == 200 && text.contains("1 hidden") && !text.contains("user_7"), "{text}");
    assert_eq!(ada.download(&format!("{FILES}/export?environment=live")).await.0, 404);
}

#[tokio::test]
async fn who_may_not_import_is_told_and_strangers_learn_nothing() {
    let app = App::start().await;
    app.person("sam", None).await;
    let (vic, sam) = (app.sign_in("vic").await, app.sign_in("sam").await);
    let page = vic.get(FILES).await;
    assert!(page.status == 200 && page.says("Needs the role editor") && !page.says("id=\"import\""), "{}", page.main());
    assert_eq!(upload(&vic, "development", SEARCH.as_bytes()).await.status, 403);
    for path in [FILES.to_owned(), format!("{FILES}/export")] {
        assert_eq!(sam.get(&path).await.status, 404);
        assert_eq!(app.stranger().get(&path).await.status, 303);
    }
    assert_eq!(upload(&sam, "development", SEARCH.as_bytes()).await.status, 404);
    let ada = app.sign_in("ada").await;
    let fields = [("_form", "import"), ("environment", "development")];
    let foreign = ada.multipart(FILES, &fields, Some(SEARCH.as_bytes())).header("sec-fetch-site", "cross-site");
    assert_eq!(Page::from(foreign).await.status, 403);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_answered_by_a_page() {
    let app = App::start().await;
    let ada = app.sign_in("ada").await;
    let page = upload(&ada, "development", &vec![b'#'; 6 * 1024 * 1024]).await;
    assert!(page.status == 413 && page.says("The file is too large") && page.says("5 MiB"), "{} {}", page.status, page.html);
    let fits = upload(&ada, "development", &[SEARCH.as_bytes(), &vec![b'#'; 4 * 1024 * 1024]].concat()).await;
    assert_eq!(fits.status, 200, "{}", fits.status);
}
