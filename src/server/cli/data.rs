//! The options of every command: which installation it works on.

use super::failure::Failure;
use crate::domain::key::{EnvironmentKey, ProjectKey};
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::governance::Governance;
use crate::server::security::secrets::MasterKey;
use crate::server::security::secrets::Secret;
use crate::server::services::nearest::did_you_mean;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Cx, Db};
use clap::Args;
use std::path::PathBuf;

/// Holds the secret that several nodes share. A secret has no option: the process list shows those.
pub const SECRET_KEY: &str = "FLAGSTAFF_SECRET_KEY";

#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The data folder: database, secret key and audit.heads. serve and user create make it when it is missing, for its owner alone.
    #[arg(long, value_name = "DIR", default_value = "./data", env = "FLAGSTAFF_DATA", global = true)]
    data: PathBuf,
    /// The database, where it is not DIR/flagstaff.db: sqlite:PATH.
    #[arg(long, value_name = "URL", env = "FLAGSTAFF_DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
}

impl DataArgs {
    pub fn config(&self) -> Result<Config, Failure> {
        let secret = match std::env::var(SECRET_KEY) {
            Ok(text) => Some(Secret::new(text)),
            Err(std::env::VarError::NotPresent) => None,
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(Failure::usage(format!("{SECRET_KEY} must be 64 hexadecimal digits; it is no text")));
            }
        };
        Ok(Config::new(self.data.clone(), self.database_url.as_deref(), secret)?)
    }
}

/// An installation that a command works on.
#[derive(Debug, Clone)]
pub struct Opened {
    pub db: Db,
    pub master: MasterKey,
}

impl Opened {
    /// Opens it, and makes what is missing.
    pub async fn make(config: &Config) -> Result<Self, Failure> {
        Self::with(config, config.make()?).await
    }

    /// Opens what must be there already.
    pub async fn find(config: &Config) -> Result<Self, Failure> {
        Self::with(config, config.find()?).await
    }

    async fn with(config: &Config, master: MasterKey) -> Result<Self, Failure> {
        let path = config.database.display();
        let opened = Db::open(&config.database).await;
        Ok(Self { db: opened.map_err(|why| Failure::refused(format!("the database {path} cannot be opened: {why}")))?, master })
    }

    /// The write path, without a snapshot to publish: a running server learns of the change from its revision.
    pub fn governance(&self) -> Governance {
        Governance::new(self.db.clone(), self.master.derive("audit"), Clock::System, None)
    }
}

/// The project of that key, or a refusal that names those there are.
pub async fn project(cx: &mut Cx, key: &ProjectKey) -> Result<StoredProject, Failure> {
    if let Some(found) = store::projects::find(cx, key).await? {
        return Ok(found);
    }
    let known: Vec<String> = store::projects::all(cx).await?.into_iter().map(|found| found.project.key.to_string()).collect();
    Err(absent("project", key.as_str(), &known))
}

/// The environment of that key, or a refusal that names those there are.
pub async fn environment(cx: &mut Cx, project: &StoredProject, key: &EnvironmentKey) -> Result<StoredEnvironment, Failure> {
    let all = store::environments::of_project(cx, &project.id).await?;
    let known: Vec<String> = all.iter().map(|found| found.environment.key.to_string()).collect();
    let found = all.into_iter().find(|found| &found.environment.key == key);
    found.ok_or_else(|| absent(&format!("environment of {}", project.project.key), key.as_str(), &known))
}

/// `there is no project shp. Did you mean shop? There are: demo, shop.`
pub fn absent(noun: &str, key: &str, known: &[String]) -> Failure {
    const SHOWN: usize = 20;
    let list = match known.len() {
        0 => "There are none yet.".to_owned(),
        n if n > SHOWN => format!("There are {n}."),
        _ => format!("There are: {}.", known.join(", ")),
    };
    Failure::refused(format!("there is no {noun} called {key}.{} {list}", did_you_mean(key, known.iter().map(String::as_str))))
}
