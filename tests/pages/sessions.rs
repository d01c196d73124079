//! How long one stays signed in, and what a session survives.

use super::app::{App, PASSWORD};
use flagstaff::domain::time::{HOUR, MINUTE};
use flagstaff::server::clock::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const HELP: &str = "/help";
const ADA: [(&str, &str); 2] = [("email", "ada@shop.example"), ("password", PASSWORD)];

/// A server whose clock can be set, near the present, because cookies end by the system's clock.
async fn at_a_set_time() -> (App, Clock) {
    let clock = Clock::at(Clock::System.now());
    (App::start_at(clock.clone()).await, clock)
}

#[tokio::test]
async fn half_an_hour_without_use_ends_it() {
    let (app, clock) = at_a_set_time().await;
    let ada = app.sign_in("ada").await;
    clock.set(clock.now().plus(29 * MINUTE));
    assert_eq!(ada.get(HELP).await.status, 200);
    clock.set(clock.now().plus(29 * MINUTE));
    assert_eq!(ada.get(HELP).await.status, 200, "use keeps it alive");
    clock.set(clock.now().plus(30 * MINUTE));
    assert_eq!(ada.get(HELP).await.location, "/login?next=%2Fhelp");
}

#[tokio::test]
async fn twelve_hours_end_it_in_any_case() {
    let (app, clock) = at_a_set_time().await;
    let (start, ada) = (clock.now(), app.sign_in("ada").await);
    for round in 1..=35 {
        clock.set(start.plus(round * 20 * MINUTE));
        assert_eq!(ada.get(HELP).await.status, 200, "after {} minutes", round * 20);
    }
    clock.set(start.plus(12 * HOUR - 1));
    assert_eq!(ada.get(HELP).await.status, 200);
    clock.set(start.plus(12 * HOUR));
    assert_eq!(ada.get(HELP).await.status, 303);
}

#[tokio::test]
async fn signing_in_makes_a_new_session_and_ends_the_one_before() {
    let app = App::start().await;
    let browser = app.stranger();
    let first = browser.post("/login", &ADA).await.cookie;
    let second = browser.post("/login", &ADA).await.cookie;
    assert!(first.starts_with("flagstaff=") && second.starts_with("flagstaff="), "{first} {second}");
    assert_ne!(first, second);
    let other = app.stranger();
    assert_eq!(other.get_with(&first, HELP).await.status, 303);
    assert_eq!(other.get_with(&second, HELP).await.status, 200);
    let planted = format!("flagstaff={}", "A".repeat(22));
    let request = other.by_hand("/login").header("cookie", &planted).form(&ADA);
    let signed_in = super::app::Page::from(request).await;
    assert!(signed_in.status == 303 && signed_in.cookie != planted && !signed_in.cookie.is_empty());
    assert_eq!(other.get_with(&planted, HELP).await.status, 303);
}

/// The request begins before the sign-out and ends after it, with a last use to write down.
#[tokio::test]
async fn a_slow_request_does_not_bring_a_signed_out_session_back() {
    let (app, clock) = at_a_set_time().await;
    let browser = app.stranger();
    let cookie = browser.post("/login", &ADA).await.cookie;
    clock.set(clock.now().plus(2 * MINUTE));
    let mut slow = tokio::net::TcpStream::connect(app.address()).await.unwrap();
    let head = format!(
        "POST /theme HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 10\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        app.address()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body once it knows who sends it.
    let mut begun = [0; 12];
    slow.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100");
    assert_eq!(browser.post("/logout", &[]).await.status, 303);
    slow.write_all(b"theme=dark").await.unwrap();
    let mut rest = String::new();
    slow.read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("HTTP/1.1 303"), "{rest}");
    assert_eq!(app.stranger().get_with(&cookie, HELP).await.status, 303);
}

#[tokio::test]
async fn a_page_is_not_lost_because_its_use_cannot_be_written_down_and_a_sign_in_says_so() {
    let (app, clock) = at_a_set_time().await;
    let ada = app.sign_in("ada").await;
    clock.set(clock.now().plus(2 * MINUTE));
    let writing = app.state.db.begin().await.unwrap();
    let (page, refused) = (ada.get("/p/shop/flags"), app.stranger());
    let (page, refused) = tokio::join!(page, refused.post("/login", &ADA));
    assert!(page.status == 200 && page.says("new_checkout"), "{} {}", page.status, page.html);
    assert!(refused.status == 503 && refused.says("The database is busy"), "{} {}", refused.status, refused.html);
    assert_eq!((refused.retry_after.as_str(), refused.cookie.as_str()), ("5", ""));
    drop(writing);
    assert_eq!(app.stranger().post("/login", &ADA).await.status, 303, "it recovers by itself");
}

#[tokio::test]
async fn nobody_is_signed_in_on_a_full_disk_and_who_is_reads_on() {
    let (app, clock) = at_a_set_time().await;
    let ada = app.sign_in("ada").await;
    clock.set(clock.now().plus(2 * MINUTE));
    // The writer may use no page more than there are; a page of the table takes some sessions yet.
    app.sql("pragma max_page_count = 1").await.unwrap();
    let mut refused = app.stranger().post("/login", &ADA).await;
    for _ in 0..25 {
        if refused.status == 303 {
            refused = app.stranger().post("/login", &ADA).await;
        }
    }
    assert!(refused.status == 507 && refused.says("The disk is full"), "{} {}", refused.status, refused.html);
    assert_eq!((refused.retry_after.as_str(), refused.cookie.as_str()), ("60", ""));
    assert_eq!(ada.get("/p/shop/flags").await.status, 200);
    assert_eq!(app.stranger().post("/login", &ADA).await.status, 303, "with room again it recovers by itself");
}
