//! The week's digest in the inbox: what of somebody's flags wants them.

use super::app::{App, release, shop};
use super::cleanup::{clock, id, make};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::{Flag, FlagKind, Owner};
use flagstaff::domain::key::FlagKey;
use flagstaff::domain::time::{DAY, HOUR, Timestamp};
use flagstaff::server::services::digest;

/// What is cut off can wait longest, whatever it is called.
#[tokio::test]
async fn the_digest_begins_with_what_can_wait_least() {
    let app = App::start_at(clock()).await;
    let owner = Owner::Person(id(&app, "ada").await);
    let kept = Flag { kind: FlagKind::Operational, expires_at: None, owner: owner.clone(), ..release("kept") };
    for number in 0..31 {
        make(&app, Flag { key: FlagKey::parse(&format!("a_{number:02}")).unwrap(), ..kept.clone() }).await;
    }
    let ends = |key: &str, days: i64| Flag {
        expires_at: Some(app.state.clock.now().plus(days * DAY)),
        owner: owner.clone(),
        ..release(key)
    };
    for flag in [ends("y_soon", 3), ends("z_late", -9), ends("x_late", -2)] {
        make(&app, flag).await;
    }
    assert_eq!(digest::send(&app.state).await.unwrap(), 1);
    let inbox = app.sign_in("ada").await.get("/inbox").await;
    let at = |key: &str| inbox.main().find(&format!("/flags/{key}\"")).unwrap_or_else(|| panic!("{key}: {}", inbox.main()));
    assert!(at("z_late") < at("x_late") && at("x_late") < at("y_soon") && at("y_soon") < at("a_00"), "{}", inbox.main());
    assert!(inbox.says("And 4 more: see Cleanup."), "{}", inbox.main());
}

#[tokio::test]
async fn the_digest_names_what_is_mine_once_a_week() {
    let clock = clock();
    let app = App::start_at(clock.clone()).await;
    let ada = Owner::Person(id(&app, "ada").await);
    let soon = Flag { owner: ada.clone(), expires_at: Some(clock.now().plus(11 * DAY)), ..release("soon") };
    make(&app, soon.clone()).await;
    make(&app, Flag { key: FlagKey::parse("other").unwrap(), owner: Owner::Unclaimed("Bo".into()), ..soon.clone() }).await;
    let limits =
        Flag { kind: FlagKind::Operational, expires_at: None, owner: ada, key: FlagKey::parse("limits").unwrap(), ..soon };
    make(&app, limits).await;
    assert_eq!(digest::send(&app.state).await.unwrap(), 1);
    assert_eq!(digest::send(&app.state).await.unwrap(), 0);
    let browser = app.sign_in("ada").await;
    let inbox = browser.get("/inbox").await;
    assert!(
        inbox.says("Your flags this week") && inbox.says("expires in 11 d.") && inbox.says("has no review"),
        "{}",
        inbox.main()
    );
    assert!(!inbox.main().contains("/flags/other"), "{}", inbox.main());
    // The next Monday, and not the Sunday before.
    clock.set(Timestamp::parse("2020-11-29T23:00:00Z").unwrap());
    assert_eq!(digest::send(&app.state).await.unwrap(), 0);
    clock.set(clock.now().plus(2 * HOUR));
    assert_eq!(digest::send(&app.state).await.unwrap(), 1);
    // Of a project that somebody left it says nothing any more.
    app.by_system(Command::RemoveMember { project: shop(), email: "ada@shop.example".into() }).await;
    let inbox = app.sign_in("ada").await.get("/inbox").await;
    assert!(!inbox.main().contains("/flags/soon") && inbox.says("that you have left since"), "{}", inbox.main());
}
