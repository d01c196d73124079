//! Two nodes on one database look at the same moments at the same time: each is taken once, and written down once.

use super::*;
use crate::house::{KEY, environment, flag, shop};
use flagstaff::domain::command::Command;
use flagstaff::server::clock::Clock;
use flagstaff::server::governance::{Governance, audit};
use flagstaff::server::store::{Cx, Db};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How many moments come at once; `DUE_EVENTS` makes it another number.
fn events() -> usize {
    std::env::var("DUE_EVENTS").ok().map_or(1_000, |text| text.parse().unwrap())
}

/// The file of a SQLite database; none on a server.
async fn file(db: &Db) -> Option<PathBuf> {
    let mut cx = db.read().await.unwrap();
    let Cx::Sqlite(handle) = &mut cx else { return None };
    let sql = "select file from pragma_database_list where name = 'main'";
    let path: String = sqlx::query_scalar(sql).fetch_one(handle.connection()).await.unwrap();
    Some(PathBuf::from(path))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_race_and_each_moment_is_taken_once() {
    let (office, count) = (office().await, events());
    let names: Vec<String> = (0..count).map(|at| format!("flag_{at}")).collect();
    let created = names.iter().map(|name| Submission::new(Command::CreateFlag { project: shop(), flag: flag(name) }));
    office.house.governance.submit_all(&Actor::System, created.collect()).await.unwrap();
    for (at, name) in names.iter().enumerate() {
        // Several at each moment, in a mixed order.
        let moment = NOON.plus(MINUTE + (at * 7 % 50) as i64 * SECOND);
        let command = Command::SetEnabled {
            project: shop(),
            environment: environment("production"),
            flag: crate::house::key(name),
            enabled: true,
        };
        number(office.house.submit(&office.ed, Submission::new(command).asking(later(name, moment))).await);
    }
    let before = office.house.rows().await.len();
    // Each node has its own connections and its own clock.
    let other = match file(&office.house.db).await {
        Some(path) => Db::open(&path).await.unwrap(),
        None => office.house.db.clone(),
    };
    let now = NOON.plus(HOUR);
    let nodes = [office.house.db.clone(), other].map(|db| Governance::new(db, KEY, Clock::at(now), None));
    let mut tasks = tokio::task::JoinSet::new();
    for node in nodes {
        tasks.spawn(async move {
            let mut taken = 0;
            loop {
                match node.apply_due().await {
                    Ok(0) => return taken,
                    Ok(some) => taken += some,
                    Err(Error::Busy) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
    }
    let taken = tasks.join_all().await;
    println!("{count} moments: {taken:?} by each node");
    assert_eq!(taken.iter().sum::<usize>(), count);
    let rows = office.house.rows().await.split_off(before);
    let mut times: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for row in &rows {
        let which = match row.action.as_str() {
            "state.enable" => 0,
            "change_request.apply" => 1,
            other => panic!("{other}"),
        };
        times.entry(row.object.as_str()).or_default()[which] += 1;
    }
    assert_eq!(rows.len(), 2 * count, "a row of the change and one of the request for each");
    assert!(times.values().all(|[made, told]| made + told == 1), "{times:?}");
    for number in 1..=i64::try_from(count).unwrap() {
        assert_eq!(office.outcomes(number).await, [Outcome::Late]);
    }
    let verified = audit::verify(&mut office.house.db.read().await.unwrap(), &KEY).await.unwrap();
    assert_eq!(verified.first_bad, None);
    let moments: Vec<i64> = due_order(&office).await;
    assert!(moments.windows(2).all(|pair| pair[0] <= pair[1]), "in the order of their moments, whoever took them");
}

/// The moments in the order in which their changes were written down.
async fn due_order(office: &Office) -> Vec<i64> {
    let mut found = Vec::new();
    let mut cx = office.house.db.read().await.unwrap();
    let project = flagstaff::server::store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
    let runs = schedules::runs(&mut cx, &project.id, NOON, 100_000).await.unwrap();
    let due: BTreeMap<i64, i64> = runs.into_iter().map(|run| (run.number, run.due_at.millis())).collect();
    drop(cx);
    for row in office.house.rows().await.iter().filter(|row| row.action == "change_request.apply") {
        let number: i64 = row.object.trim_start_matches("change_request:").parse().unwrap();
        found.push(due[&number]);
    }
    found
}
