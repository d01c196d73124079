//! Two servers on one data folder, and a thousand changes whose moment has come: each is made once, and written down once.

use super::fixture::Folder;
use super::together::{PASSWORD, Server, rows};
use flagstaff::domain::command::Command;
use flagstaff::domain::flag::Flag;
use flagstaff::domain::key::{EnvironmentKey, FlagKey, ProjectKey};
use flagstaff::domain::time::{HOUR, MINUTE, SECOND, Timestamp};
use flagstaff::server::clock::Clock;
use flagstaff::server::config::Config;
use flagstaff::server::error::Error;
use flagstaff::server::governance::change_requests::NewRequest;
use flagstaff::server::governance::{Governance, Submission};
use flagstaff::server::services::people;
use flagstaff::server::store::{Db, audit, schedules};
use serde_json::json;
use std::collections::HashMap;
use std::time::{Duration, Instant};

const EVENTS: usize = 1_000;

fn shop() -> ProjectKey {
    ProjectKey::parse("shop").unwrap()
}

fn key(number: usize) -> FlagKey {
    FlagKey::parse(&format!("due_{number}")).unwrap()
}

/// Has a flag for each made, and turned on an hour ago: the servers find all of them due at once.
async fn schedule(db: &Db, folder: &Folder) {
    let account = ["user", "create", "--email", "ed@shop.example", "--name", "Ed", "--role", "editor", "--project", "shop"];
    folder.run_with(&[&account[..], &["--password-stdin"]].concat(), &[], PASSWORD).ok();
    let ed = people::actor_by_email(&mut db.read().await.unwrap(), "ed@shop.example").await.unwrap().unwrap();
    let then = Clock::System.now().plus(-HOUR);
    let secret = Config::new(folder.data(), None, None).unwrap().find().unwrap();
    let governance = Governance::new(db.clone(), secret.derive("audit"), Clock::at(then), None);
    let made = (0..EVENTS).map(|number| {
        let flag: Flag = serde_json::from_value(json!({
            "key": key(number), "kind": "operational", "value_type": "boolean", "fallback_variant": "off",
            "variants": [{ "name": "on", "value": true }, { "name": "off", "value": false }], "owner": { "unclaimed": "Shop" }, "description": "A flag of a test",
        }))
        .unwrap();
        Submission::new(Command::CreateFlag { project: shop(), flag })
    });
    governance.submit_all(&ed, made.collect()).await.unwrap();
    for number in 0..EVENTS {
        let environment = EnvironmentKey::parse("development").unwrap();
        let command = Command::SetEnabled { project: shop(), environment, flag: key(number), enabled: true };
        // Several at each moment, in a mixed order.
        let moment = then.plus(MINUTE + (number * 7 % 50) as i64 * SECOND);
        let (title, why) = (format!("Turn on {number}"), "To see it come once.".to_owned());
        let request = NewRequest { title, why, schedule: Some(moment.into()), ..NewRequest::default() };
        let asked = governance.submit(&ed, Submission::new(command).asking(request)).await;
        assert!(matches!(asked, Err(Error::Requested { .. })), "{asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_make_a_thousand_due_changes_once_each() {
    let folder = Folder::with_project().await;
    let db = Db::open(&Config::new(folder.data(), None, None).unwrap().database).await.unwrap();
    schedule(&db, &folder).await;
    let before = rows(&folder);
    let servers = [Server::start(&folder), Server::start(&folder)];
    let until = Instant::now() + Duration::from_secs(300);
    while !schedules::all(&mut db.read().await.unwrap()).await.unwrap().is_empty() {
        assert!(Instant::now() < until, "they are not done in five minutes");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    drop(servers);
    assert_eq!(rows(&folder), before + 2 * EVENTS, "a row of the change and one of its request for each");
    let mut times: HashMap<String, usize> = HashMap::new();
    let filter = audit::AuditFilter { action: Some("state.enable".into()), ..audit::AuditFilter::default() };
    for row in audit::search(&mut db.read().await.unwrap(), &filter, 10_000).await.unwrap() {
        *times.entry(row.object).or_default() += 1;
    }
    assert!(times.len() == EVENTS && times.values().all(|times| *times == 1), "{times:?}");
    let late = Timestamp::from_millis(Clock::System.now().millis() - 30 * MINUTE);
    let mut cx = db.read().await.unwrap();
    let project = flagstaff::server::store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    let runs = schedules::runs(&mut cx, &project.id, late, 10_000).await.unwrap();
    assert_eq!(runs.len(), EVENTS, "a moment of each");
}
