//! API keys on their pages: made, shown once, in force at once, replaced, revoked.

use super::app::{App, Browser, Page, release, shop};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::Flag;
use flagstaff::domain::role::Role;
use flagstaff::domain::time::{DAY, HOUR, Timestamp};
use flagstaff::server::clock::Clock;

const KEYS: &str = "/p/shop/settings/keys";

/// Some days ago: sessions end by the system's clock, so tests may not go ahead of it.
fn start() -> Timestamp {
    Clock::System.now().plus(-10 * DAY)
}

/// With an admin called lin.
async fn app_at(clock: Clock) -> App {
    let app = App::start_at(clock).await;
    app.person("lin", Some(Role::Admin)).await;
    app
}

/// The secret that a page shows.
fn secret(page: &Page) -> String {
    assert_eq!(page.status, 200, "{}", page.html);
    let start = page.html.find(">fs_").unwrap_or_else(|| panic!("no secret in {}", page.main())) + 1;
    let secret: String = page.html[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    assert_eq!(secret.rsplit('_').next().unwrap().len(), 64, "{secret}");
    secret
}

/// The part of a secret that may be shown.
fn public(secret: &str) -> &str {
    &secret[..secret.rfind('_').unwrap() + 9]
}

/// How the evaluation endpoint answers to a key: its status, and the origin whose pages may read the answer.
async fn ask(app: &App, key: &str, origin: &str) -> (u16, Option<String>) {
    let request = app.stranger().by_hand("/ofrep/v1/evaluate/flags/new_checkout").bearer_auth(key).header("origin", origin);
    let answer = request.header("user-agent", "curl/8.5.0").body("{}").send().await.unwrap();
    let allowed = answer.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap().to_owned());
    (answer.status().as_u16(), allowed)
}

async fn status(app: &App, key: &str) -> u16 {
    ask(app, key, "").await.0
}

const SERVER: [(&str, &str); 3] = [("environment", "production"), ("name", "Checkout service"), ("kind", "server")];

async fn make(lin: &Browser, fields: &[(&str, &str)]) -> Page {
    let page = lin.get(KEYS).await;
    lin.send(KEYS, &page, "new-key", fields).await
}

#[tokio::test]
async fn a_key_is_shown_once_and_answers_at_once() {
    let app = app_at(Clock::System).await;
    let lin = app.sign_in("lin").await;
    let empty = lin.get(KEYS).await;
    assert!(empty.says("No API keys yet"), "{}", empty.html);
    let request = lin.by_hand(KEYS).form(&[&SERVER[..], &[("_form", "new-key"), ("drawn_at", "0")]].concat());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers().get("location"), None, "the secret is in no address");
    let (code, none) = (answer.status().as_u16(), String::new);
    let made = Page {
        status: code,
        location: none(),
        cookie: none(),
        retry_after: none(),
        kind: none(),
        disposition: none(),
        html: answer.text().await.unwrap(),
    };
    let key = secret(&made);
    for text in ["You will not see it again", "Checkout service", "OFREPProvider", "/ofrep/v1/evaluate/flags/new_checkout"] {
        assert!(made.says(text), "{text} in {}", made.main());
    }
    assert!(made.says(&format!("Authorization: Bearer {key}")), "the snippets have it filled in");
    assert_eq!(status(&app, &key).await, 200, "in force at once");

    let list = lin.get(KEYS).await;
    for text in
        ["Checkout service", public(&key), "production", "server: sees every flag", "lin", "Active", "never expires", "by curl"]
    {
        assert!(list.says(text), "{text} in {}", list.main());
    }
    let one = lin.get(&format!("{KEYS}/{}", public(&key))).await;
    let audit = lin.get("/p/shop/audit").await;
    assert!(audit.says("created the server key"), "{}", audit.main());
    for page in [&list, &one, &audit, &lin.get("/p/shop/flags").await] {
        assert!(page.status == 200 && !page.says(&key), "no later page shows it");
    }
    let written = app.written();
    let holds = |text: &str| written.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(holds(public(&key)) && !holds(&key), "it is written down nowhere");
}

#[tokio::test]
async fn a_form_that_is_sent_again_makes_no_second_key() {
    let app = app_at(Clock::System).await;
    let lin = app.sign_in("lin").await;
    let page = lin.get(KEYS).await;
    let made = lin.send(KEYS, &page, "new-key", &SERVER).await;
    let id = public(&secret(&made)).to_owned();
    let again = lin.send(KEYS, &page, "new-key", &SERVER).await;
    assert_eq!(again.status, 422);
    assert!(again.says(&format!("made a key already, {id}")) && again.says("value=\"Checkout service\""), "{}", again.main());
    let meant = make(&lin, &SERVER).await;
    assert_ne!(public(&secret(&meant)), id, "a form that is opened afresh may make another of the same name");

    let address = format!("{KEYS}/{id}");
    let page = lin.get(&address).await;
    let rotated = lin.send(&address, &page, "rotate-key", &[("overlap", "0")]).await;
    let new = secret(&rotated);
    let twice = lin.send(&address, &page, "rotate-key", &[("overlap", "0")]).await;
    assert_eq!(twice.status, 422);
    assert!(twice.says("replaced already, by") && twice.says(public(&new)), "{}", twice.main());
}

#[tokio::test]
async fn two_posts_at_once_make_one_key() {
    let app = app_at(Clock::System).await;
    let lin = app.sign_in("lin").await;
    let page = lin.get(KEYS).await;
    let (one, other) = tokio::join!(lin.send(KEYS, &page, "new-key", &SERVER), lin.send(KEYS, &page, "new-key", &SERVER));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
}

#[tokio::test]
async fn an_old_key_goes_on_as_long_as_was_chosen() {
    let start = start();
    let clock = Clock::at(start);
    let app = app_at(clock.clone()).await;
    let lin = app.sign_in("lin").await;
    let old = secret(&make(&lin, &SERVER).await);
    let address = format!("{KEYS}/{}", public(&old));
    let page = lin.get(&address).await;
    let odd = lin.send(&address, &page, "rotate-key", &[("overlap", "12345")]).await;
    assert!(odd.status == 422 && odd.says("Choose how long the old secret goes on."), "{}", odd.main());
    let rotated = lin.send(&address, &page, "rotate-key", &[("overlap", &HOUR.to_string())]).await;
    let new = secret(&rotated);
    assert!(rotated.says("goes on until") && rotated.says("in 1 h") && !rotated.says(&old), "{}", rotated.main());
    let list = lin.get(KEYS).await;
    assert!(list.says("Being replaced") && list.says("ends in 1 h"), "{}", list.main());
    clock.set(start.plus(HOUR - 1));
    assert_eq!((status(&app, &old).await, status(&app, &new).await), (200, 200), "both answer meanwhile");
    clock.set(start.plus(HOUR));
    assert_eq!((status(&app, &old).await, status(&app, &new).await), (401, 200));
    let lin = app.sign_in("lin").await;
    let list = lin.get(KEYS).await;
    assert!(list.says("Expired") && list.says("ended now"), "{}", list.main());
}

#[tokio::test]
async fn a_revoked_key_is_refused_by_the_very_next_request() {
    let app = app_at(Clock::System).await;
    let lin = app.sign_in("lin").await;
    let key = secret(&make(&lin, &SERVER).await);
    assert_eq!(status(&app, &key).await, 200);
    let address = format!("{KEYS}/{}/revoke", public(&key));
    let asked = lin.get(&address).await;
    for text in ["Revoke Checkout service", "refused from the next request on", "Last used", "by curl", "production"] {
        assert!(asked.says(text), "{text} in {}", asked.main());
    }
    assert_eq!(status(&app, &key).await, 200, "the page alone does nothing");
    let revoked = lin.send(&address, &asked, "revoke", &[]).await;
    assert_eq!(revoked.status, 303, "{}", revoked.html);
    assert_eq!(status(&app, &key).await, 401);
    let told = lin.get(&revoked.location).await;
    assert!(told.says("You revoked the server key Checkout service for production."), "{}", told.main());
    assert_eq!(lin.send(&address, &asked, "revoke", &[]).await.status, 404, "once");
}

#[tokio::test]
async fn origins_are_in_force_and_can_be_changed() {
    let app = app_at(Clock::System).await;
    let lin = app.sign_in("lin").await;
    app.by_system(Command::CreateFlag { project: shop(), flag: Flag { client_visible: true, ..release("for_pages") } }).await;
    let (here, there) = ("https://shop.example", "https://other.example");
    let client = [("environment", "production"), ("name", "Web shop"), ("kind", "client")];
    let page = make(&lin, &client).await;
    let key = secret(&page);
    assert!(page.says("OFREPWebProvider") && page.says("/flags/for_pages"), "a flag that it can see: {}", page.main());
    assert_eq!(ask(&app, &key, there).await.1.as_deref(), Some(there), "every page, unless said");
    let address = format!("{KEYS}/{}", public(&key));
    let form = lin.get(&address).await;
    assert!(form.says("*</textarea>"), "{}", form.main());
    for bad in ["shop.example", "https://shop.example/cart"] {
        let refused = lin.send(&address, &form, "edit-key", &[("name", "Web shop"), ("origins", bad)]).await;
        assert!(refused.status == 422 && refused.says("is no origin") && refused.says(&format!("{bad}</textarea>")), "{bad}");
    }
    let fields = [("name", "The web shop"), ("origins", "https://shop.example\r\nhttps://m.shop.example\r\n")];
    let saved = lin.send(&address, &form, "edit-key", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert_eq!(ask(&app, &key, here).await.1.as_deref(), Some(here));
    assert_eq!(ask(&app, &key, there).await.1, None);
    let list = lin.get(KEYS).await;
    assert!(list.says("The web shop") && list.says("https://shop.example, https://m.shop.example"), "{}", list.main());
}

#[tokio::test]
async fn an_expiry_is_a_last_day_and_is_told_before_it_comes() {
    let start = start();
    let clock = Clock::at(start);
    let app = app_at(clock.clone()).await;
    let lin = app.sign_in("lin").await;
    let past = make(&lin, &[&SERVER[..], &[("expires_at", "2020-01-01")]].concat()).await;
    assert!(past.status == 422 && past.says("Choose a moment to come") && past.says("value=\"2020-01-01\""), "{}", past.main());
    let odd = make(&lin, &[&SERVER[..], &[("expires_at", "soon")]].concat()).await;
    assert!(odd.status == 422 && odd.says("Write the last day like 2027-06-01."), "{}", odd.main());
    let day = start.plus(DAY).to_date();
    let key = secret(&make(&lin, &[&SERVER[..], &[("expires_at", &day)]].concat()).await);
    assert!(lin.get(KEYS).await.says("Expires soon"));
    let form = lin.get(&format!("{KEYS}/{}", public(&key))).await;
    assert!(form.says(&format!("value=\"{day}\"")), "{}", form.main());
    clock.set(Timestamp::parse_date(&day).unwrap().plus(DAY - 1));
    assert_eq!(status(&app, &key).await, 200, "the day is included");
    clock.set(Timestamp::parse_date(&day).unwrap().plus(DAY));
    assert_eq!(status(&app, &key).await, 401);
}

#[tokio::test]
async fn what_is_missing_is_said_all_at_once_and_what_was_typed_stays() {
    let app = app_at(Clock::System).await;
    let lin = app.sign_in("lin").await;
    let refused = make(&lin, &[("environment", ""), ("name", "Kept"), ("kind", "other")]).await;
    assert_eq!(refused.status, 422);
    for text in ["Choose the environment", "Choose who holds the key", "value=\"Kept\""] {
        assert!(refused.says(text), "{text} in {}", refused.main());
    }
    let nameless = make(&lin, &[("environment", "production"), ("name", " "), ("kind", "server")]).await;
    assert!(nameless.status == 422 && nameless.says("Name the key after what will use it"), "{}", nameless.main());
}

#[tokio::test]
async fn others_see_the_keys_and_whom_to_ask_and_can_change_none() {
    let app = app_at(Clock::System).await;
    let lin = app.sign_in("lin").await;
    let key = secret(&make(&lin, &SERVER).await);
    let one = format!("{KEYS}/{}", public(&key));
    for name in ["ada", "vic"] {
        let browser = app.sign_in(name).await;
        for address in [KEYS, &one] {
            let page = browser.get(address).await;
            assert!(
                page.says("Checkout service") && page.says("Needs the role admin") && page.says("Ask lin."),
                "{}",
                page.main()
            );
            for form in ["id=\"new-key\"", "id=\"edit-key\"", "id=\"rotate-key\""] {
                assert!(!page.says(form), "{form}");
            }
        }
        let revoke = format!("{one}/revoke");
        assert_eq!(browser.get(&revoke).await.status, 403);
        let create = [&SERVER[..], &[("_form", "new-key"), ("drawn_at", "0")]].concat();
        for (address, fields) in [
            (KEYS, create),
            (&one, vec![("_form", "edit-key"), ("name", "Mine")]),
            (&one, vec![("_form", "rotate-key"), ("overlap", "0")]),
            (&revoke, vec![("_form", "revoke")]),
        ] {
            let refused = browser.post(address, &fields).await;
            assert!(refused.status == 403 && !refused.says("id=\"secret\""), "{name} {fields:?}: {}", refused.main());
        }
    }
    assert_eq!(status(&app, &key).await, 200);
    app.person("eve", None).await;
    let eve = app.sign_in("eve").await;
    for address in [KEYS, &one] {
        assert_eq!(eve.get(address).await.status, 404);
    }
}
