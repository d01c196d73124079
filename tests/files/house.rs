//! A temporary installation to take files in and out of.

use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::id::UserId;
use flagstaff::domain::key::{EnvironmentKey, ProjectKey};
use flagstaff::domain::member::Member;
use flagstaff::domain::project::Project;
use flagstaff::domain::role::{InstanceRole, Role};
use flagstaff::domain::time::{DAY, Timestamp};
use flagstaff::domain::user::User;
use flagstaff::server::clock::Clock;
use flagstaff::server::error::Error;
use flagstaff::server::governance::{Governance, Sealed, Submission};
use flagstaff::server::services::export::export;
use flagstaff::server::services::flag_file::Finding;
use flagstaff::server::services::flag_file::write::Format;
use flagstaff::server::services::import::{Confirmation, ImportError, Prepared, prepare, submit};
use flagstaff::server::services::people;
use flagstaff::server::store::{self, Db};

pub const NOON: Timestamp = Timestamp::from_millis(20_000 * DAY + DAY / 2);

pub struct House {
    pub db: Db,
    pub governance: Governance,
    folder: tempfile::TempDir,
}

pub fn shop() -> ProjectKey {
    ProjectKey::parse("shop").unwrap()
}

pub fn environment(key: &str) -> EnvironmentKey {
    EnvironmentKey::parse(key).unwrap()
}

impl House {
    /// With the project `shop`, which has these environments and nothing else.
    pub async fn with(environments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("flagstaff.db")).await.unwrap();
        let governance = Governance::new(db.clone(), [7; 32], Clock::at(NOON), None);
        let house = Self { db, governance, folder };
        let environments = (0..).zip(environments).map(|(at, key)| Environment::usual(environment(key), at)).collect();
        house.by_system(Command::CreateProject { project: Project::new(shop(), "Shop"), environments }).await;
        house
    }

    /// The database's address, for what only a hand at the file can do.
    pub fn url(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("flagstaff.db").display())
    }

    pub async fn by_system(&self, command: Command) {
        self.governance.submit(&Actor::System, Submission::new(command)).await.unwrap();
    }

    /// An account, in the project where a role is named.
    pub async fn person(&self, name: &str, role: Option<Role>) -> Actor {
        let email = format!("{name}@shop.example");
        let user = User { email: email.clone(), name: name.to_owned(), instance_role: InstanceRole::Member };
        let create = Submission::new(Command::CreateUser { user }).sealing(Sealed::Password("$argon2id$none".into()));
        self.governance.submit(&Actor::System, create).await.unwrap();
        if let Some(role) = role {
            self.by_system(Command::SetMember {
                project: shop(),
                member: Member { email: email.clone(), role, break_glass: false },
            })
            .await;
        }
        people::actor_by_email(&mut self.db.read().await.unwrap(), &email).await.unwrap().unwrap()
    }

    pub async fn id_of(&self, name: &str) -> UserId {
        let email = format!("{name}@shop.example");
        store::users::find_by_email(&mut self.db.read().await.unwrap(), &email).await.unwrap().unwrap().id
    }

    pub async fn prepare(&self, actor: &Actor, place: Option<&str>, file: &[u8]) -> Result<Prepared, ImportError> {
        let place = place.map(environment);
        prepare(&self.db, &self.governance, actor, &shop(), place.as_ref(), file.to_vec(), NOON).await
    }

    /// Imports as the console and says how many changes that were.
    pub async fn import(&self, place: Option<&str>, file: &str) -> usize {
        let prepared = self.prepare(&Actor::Console, place, file.as_bytes()).await;
        let prepared = prepared.unwrap_or_else(|error| panic!("{error:?}\n{file}"));
        submit(&self.governance, &Actor::Console, prepared, &Confirmation::default()).await.unwrap().len()
    }

    pub async fn import_as(&self, actor: &Actor, file: &str, said: &Confirmation) -> Result<usize, Error> {
        match self.prepare(actor, None, file.as_bytes()).await {
            Ok(prepared) => submit(&self.governance, actor, prepared, said).await.map(|rows| rows.len()),
            Err(ImportError::Other(error)) => Err(error),
            Err(error) => panic!("{error:?}\n{file}"),
        }
    }

    pub async fn findings(&self, place: Option<&str>, file: &[u8]) -> Vec<Finding> {
        match self.prepare(&Actor::Console, place, file).await {
            Err(ImportError::File(findings)) => findings,
            Err(ImportError::Other(error)) => panic!("{error}"),
            Err(ImportError::NoEnvironment) => panic!("the short form was not expected"),
            Ok(_) => Vec::new(),
        }
    }

    pub async fn export(&self, format: Format) -> String {
        export(&self.db, &Actor::Console, &shop(), None, format).await.unwrap()
    }

    /// How many rows the audit has: whether anything was changed.
    pub async fn rows(&self) -> usize {
        store::audit::following(&mut self.db.read().await.unwrap(), 0, 1_000_000).await.unwrap().len()
    }
}
