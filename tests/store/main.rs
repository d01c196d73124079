//! The SQL on a real database, and what both kinds of database promise alike. Runs on SQLite, and unchanged on PostgreSQL
//! where `TEST_DATABASE_URL` names a server (`make test-postgres`).
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod audit;
mod counts;
#[path = "../database/mod.rs"]
mod database;
mod drafts;
mod flags;
mod people;
mod projects;
mod transactions;

use flagstaff::domain::environment::Environment;
use flagstaff::domain::flag::Flag;
use flagstaff::domain::id::{EnvironmentId, FlagId, ProjectId, UserId};
use flagstaff::domain::key::{EnvironmentKey, ProjectKey};
use flagstaff::domain::project::Project;
use flagstaff::domain::role::InstanceRole;
use flagstaff::domain::time::{DAY, Timestamp};
use flagstaff::domain::user::User;
use flagstaff::server::store::users::PasswordHash;
use flagstaff::server::store::{self, Db, Tx, new_id};
use serde_json::json;

const NOON: Timestamp = Timestamp::from_millis(20_000 * DAY + DAY / 2);
const PASSWORD: PasswordHash<'static> = PasswordHash { phc: "$argon2id$none", must_change: false };

async fn open() -> (database::Database, Db) {
    let database = database::open().await;
    let db = database.db.clone();
    (database, db)
}

fn project(key: &str) -> Project {
    Project::new(ProjectKey::parse(key).unwrap(), "Shop")
}

fn flag(key: &str) -> Flag {
    serde_json::from_value(json!({
        "key": key, "kind": "release", "value_type": "boolean", "fallback_variant": "off",
        "variants": [{ "name": "on", "value": true }, { "name": "off", "value": false }],
        "owner": { "unclaimed": "Payments – Zahlungen 💳" }, "description": "Says 'yes' or \"no\"\n, in two lines \\ with a slash",
    }))
    .unwrap()
}

/// A project with two environments, in an order that is not that of their keys.
async fn shop(tx: &mut Tx, key: &str) -> (ProjectId, EnvironmentId, EnvironmentId) {
    let id = ProjectId::from_text(new_id());
    store::projects::insert(tx, &id, &project(key), NOON).await.unwrap();
    let (staging, production) = (EnvironmentId::from_text(new_id()), EnvironmentId::from_text(new_id()));
    for (at, (environment, key)) in (0..).zip([(&staging, "staging"), (&production, "production")]) {
        let made = Environment::usual(EnvironmentKey::parse(key).unwrap(), at);
        store::environments::insert(tx, environment, &id, &made, NOON).await.unwrap();
    }
    (id, staging, production)
}

async fn add_flag(tx: &mut Tx, project: &ProjectId, key: &str) -> FlagId {
    let id = FlagId::from_text(new_id());
    store::flags::insert(tx, &id, project, &flag(key), "ada@shop.example", NOON).await.unwrap();
    id
}

async fn add_user(tx: &mut Tx, name: &str) -> UserId {
    let id = UserId::from_text(new_id());
    let user = User { email: format!("{name}@shop.example"), name: name.to_owned(), instance_role: InstanceRole::Member };
    store::users::insert(tx, &id, &user, PASSWORD, NOON).await.unwrap();
    id
}
