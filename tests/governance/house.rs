//! A temporary installation with one project, its three environments and some people.

use super::database::{self, Database};
use flagstaff::domain::actor::{Actor, Person};
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::{Environment, Protection};
use flagstaff::domain::flag::{ExpiryAction, Flag, FlagKind, Owner, ValueType};
use flagstaff::domain::key::{EnvironmentKey, FlagKey, ProjectKey, VariantName};
use flagstaff::domain::member::Member;
use flagstaff::domain::policy::Policy;
use flagstaff::domain::project::Project;
use flagstaff::domain::role::{InstanceRole, Role};
use flagstaff::domain::state::State;
use flagstaff::domain::time::{DAY, Timestamp};
use flagstaff::domain::user::User;
use flagstaff::server::clock::Clock;
use flagstaff::server::error::Error;
use flagstaff::server::governance::{Applied, Governance, Sealed, Submission};
use flagstaff::server::services::people;
use flagstaff::server::store::{self, Db};

pub const KEY: [u8; 32] = [7; 32];

pub struct House {
    pub db: Db,
    pub governance: Governance,
    pub clock: Clock,
    database: Database,
}

pub fn shop() -> ProjectKey {
    ProjectKey::parse("shop").unwrap()
}
pub fn key(text: &str) -> FlagKey {
    FlagKey::parse(text).unwrap()
}
pub fn environment(text: &str) -> EnvironmentKey {
    EnvironmentKey::parse(text).unwrap()
}
pub const NOON: Timestamp = Timestamp::from_millis(20_000 * DAY + DAY / 2);

pub fn flag(name: &str) -> Flag {
    Flag {
        key: key(name),
        kind: FlagKind::Release,
        value_type: ValueType::Boolean,
        variants: Flag::boolean_variants(),
        fallback_variant: VariantName::off(),
        owner: Owner::Unclaimed("Payments team".into()),
        description: "A flag of a test".into(),
        scope: String::new(),
        ticket: String::new(),
        tags: Vec::new(),
        rollback_criteria: String::new(),
        expires_at: Some(NOON.plus(90 * DAY)),
        on_expiry: ExpiryAction::Notify,
        review_by: None,
        client_visible: false,
        archived_at: None,
    }
}

/// What a change was refused for, as people read it.
pub fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Invalid(problems)) => problems.iter().map(|p| format!("{}: {}", p.field, p.message)).collect(),
        Err(error @ (Error::Forbidden(_) | Error::PasswordDue)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

pub fn switch(flag: &str, place: &str, enabled: bool) -> Command {
    Command::SetEnabled { project: shop(), environment: environment(place), flag: key(flag), enabled }
}

impl House {
    pub async fn open() -> Self {
        let database = database::open().await;
        let db = database.db.clone();
        let clock = Clock::at(NOON);
        let governance = Governance::new(db.clone(), KEY, clock.clone(), None);
        let house = Self { db, governance, clock, database };
        let environments = ["development", "staging", "production"];
        let environments = (0..).zip(environments).map(|(at, name)| Environment::usual(environment(name), at)).collect();
        house.by_system(Command::CreateProject { project: Project::new(shop(), "Shop"), environments }).await;
        house.by_system(Command::CreateFlag { project: shop(), flag: flag("new_checkout") }).await;
        house
    }

    /// The same database through connections of its own, as another process has it.
    pub async fn second_door(&self) -> Db {
        self.database.again().await
    }

    pub async fn by_system(&self, command: Command) {
        self.governance.submit(&Actor::System, Submission::new(command)).await.unwrap();
    }

    /// A new account with a role in the project.
    pub async fn person(&self, name: &str, role: Option<Role>) -> Person {
        let email = format!("{name}@shop.example");
        let user = User { email: email.clone(), name: name.to_owned(), instance_role: InstanceRole::Member };
        let create = Submission::new(Command::CreateUser { user }).sealing(Sealed::Password("$argon2id$none".into()));
        self.governance.submit(&Actor::System, create).await.unwrap();
        if let Some(role) = role {
            let member = Member { email: email.clone(), role, break_glass: false };
            self.by_system(Command::SetMember { project: shop(), member }).await;
        }
        match people::actor_by_email(&mut self.db.read().await.unwrap(), &email).await.unwrap() {
            Some(Actor::Person(person)) => person,
            other => panic!("{other:?}"),
        }
    }

    /// A new account that owns the installation.
    pub async fn owner(&self, name: &str) -> Person {
        let person = self.person(name, None).await;
        self.by_system(Command::SetInstanceRole { email: person.email.clone(), role: InstanceRole::Owner }).await;
        Person { instance_role: InstanceRole::Owner, ..person }
    }

    /// An environment as it stands, with its version.
    pub async fn place(&self, name: &str) -> store::environments::StoredEnvironment {
        let mut cx = self.db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
        store::environments::find(&mut cx, &project.id, &environment(name)).await.unwrap().unwrap()
    }

    /// Gives an environment that protection and policy, past every question.
    pub async fn protect(&self, name: &str, protection: Protection, policy: Policy) {
        let environment = Environment { protection, policy, ..self.place(name).await.environment };
        self.by_system(Command::EditEnvironment { project: shop(), environment }).await;
    }

    /// Gives somebody that role, past every question.
    pub async fn set_role(&self, person: &Person, role: Role, break_glass: bool) {
        let member = Member { email: person.email.clone(), role, break_glass };
        self.by_system(Command::SetMember { project: shop(), member }).await;
    }

    pub async fn submit(&self, person: &Person, submission: Submission) -> Result<Applied, Error> {
        self.governance.submit(&Actor::Person(person.clone()), submission).await
    }

    pub async fn state(&self, name: &str, place: &str) -> (State, i64) {
        let mut cx = self.db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
        let place = store::environments::find(&mut cx, &project.id, &environment(place)).await.unwrap().unwrap();
        let flag = store::flags::find(&mut cx, &project.id, &key(name)).await.unwrap().unwrap();
        let state = store::states::find(&mut cx, &flag.id, &place.id).await.unwrap().unwrap();
        (state.state.unwrap(), state.version)
    }

    /// Does to the file what somebody with the file, and without the audit's key, could do.
    pub async fn tamper(&self, sql: &'static str) {
        let mut tx = self.db.begin().await.unwrap();
        database::tamper(&mut tx, sql).await;
        tx.commit().await.unwrap();
    }

    pub async fn revision(&self, place: &str) -> i64 {
        let mut cx = self.db.read().await.unwrap();
        let project = store::projects::find(&mut cx, &shop()).await.unwrap().unwrap();
        store::environments::find(&mut cx, &project.id, &environment(place)).await.unwrap().unwrap().revision
    }

    pub async fn rows(&self) -> Vec<store::audit::AuditRow> {
        store::audit::following(&mut self.db.read().await.unwrap(), 0, 10_000).await.unwrap()
    }
}
