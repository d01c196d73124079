//! What every door shares: cheap to clone, made once.

use super::clock::Clock;
use super::governance::Governance;
use super::governance::audit::Evidence;
use super::security::passwords::Passwords;
use super::security::secrets::MasterKey;
use super::security::signatures::Signer;
use super::serving::Serving;
use super::store::{Db, StoreError};
use crate::domain::id::ProjectId;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;

#[derive(Clone, Debug)]
pub struct AppState {
    pub db: Db,
    pub clock: Clock,
    pub serving: Serving,
    pub governance: Governance,
    pub passwords: Passwords,
    pub setup: Arc<Setup>,
    /// How people reach this server, without a slash at the end: `https://flags.shop.example`.
    pub public_url: Arc<str>,
    pub audit_key: [u8; 32],
    /// What is known of the audit's chain.
    pub evidence: Evidence,
    /// Signs what leaves the installation.
    pub signer: Signer,
    /// How many flags of a project want to be tidied up, as last counted.
    pub cleanup: Counted,
    /// Another server on the same data sees to what time and age ask for.
    pub answers_only: bool,
}

/// By project: what the count was made from, and the count.
pub type Counted = Arc<std::sync::Mutex<HashMap<ProjectId, ([i64; 3], usize)>>>;

/// First-run set-up: open as long as there is no account, to whoever holds the token printed at start.
#[derive(Debug, Default)]
pub struct Setup {
    /// SHA-256 of the token, hex; none where an account existed at start.
    pub token_hash: Option<String>,
    /// One set-up at a time, so that two posts of one form make one owner.
    pub turn: Mutex<()>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Password(#[from] super::security::passwords::PasswordError),
}

impl AppState {
    pub async fn new(db: Db, master: &MasterKey, clock: Clock, public_url: &str, setup: Setup) -> Result<Self, StartError> {
        let audit_key = master.derive("audit");
        let serving = Serving::load(db.clone(), clock.clone()).await?;
        let governance = Governance::new(db.clone(), audit_key, clock.clone(), Some(serving.clone()));
        let public_url = public_url.trim_end_matches('/').into();
        let passwords = Passwords::new()?;
        let evidence = Evidence::new(db.clone(), audit_key, clock.clone(), None);
        let (setup, signer) = (Arc::new(setup), Signer::new(master));
        Ok(Self {
            db,
            clock,
            serving,
            governance,
            passwords,
            setup,
            public_url,
            audit_key,
            evidence,
            signer,
            cleanup: Counted::default(),
            answers_only: false,
        })
    }

    /// Keeps the ends of the audit's chain in this file, and holds the chain against it.
    #[must_use]
    pub fn keeping_heads(self, file: PathBuf) -> Self {
        let evidence = Evidence::new(self.db.clone(), self.audit_key, self.clock.clone(), Some(file));
        Self { evidence, ..self }
    }

    /// Runs no task that tells, applies, archives or prunes.
    #[must_use]
    pub fn answering_only(self, answers_only: bool) -> Self {
        Self { answers_only, ..self }
    }

    /// Whether cookies can be `Secure`: browsers drop such a cookie on plain http.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
