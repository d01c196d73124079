//! tower-sessions over our own table. The cookie holds a random identity; the table only its SHA-256.

use crate::domain::id::UserId;
use crate::domain::time::{HOUR, MINUTE};
use crate::pages::session::{USER, backend};
use crate::server::security::tokens;
use crate::server::state::AppState;
use crate::server::store::{self, StoreError};
use async_trait::async_trait;
use std::collections::HashMap;
use std::time::Duration;
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::Error;
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// A session ends after this much time without use …
const IDLE: i64 = 30 * MINUTE;
/// … and after this much time in any case.
const ABSOLUTE: i64 = 12 * HOUR;
/// How long a sign-in or a sign-out waits for its turn to write …
const PATIENCE: Duration = Duration::from_secs(5);
/// … and how long a page does that only wants to say that its session was used.
const LITTLE_PATIENCE: Duration = Duration::from_secs(1);

type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Clone, Debug)]
pub struct Sessions {
    state: AppState,
}

/// The layer that gives pages their session.
pub fn layer(state: &AppState) -> SessionManagerLayer<Sessions> {
    let https = state.is_https();
    // Browsers drop a `__Host-` cookie that is not Secure, so plain http has a name of its own.
    SessionManagerLayer::new(Sessions { state: state.clone() })
        .with_name(if https { "__Host-flagstaff" } else { "flagstaff" })
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(time::Duration::milliseconds(IDLE)))
}

fn hash(id: &Id) -> String {
    tokens::sha256_hex(&id.to_string())
}

fn user_of(record: &Record) -> Option<UserId> {
    record.data.get(USER).and_then(|value| value.as_str()).map(UserId::from_text)
}

fn data_of(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))
}

/// Gives up after `patience`, as on a database that is busy. What was begun is rolled back.
async fn within<T>(patience: Duration, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(patience, work).await.unwrap_or(Err(StoreError::Sql(sqlx::Error::PoolTimedOut)))
}

impl Sessions {
    async fn insert(&self, record: &mut Record, data: &str) -> Result<(), StoreError> {
        let (now, user) = (self.state.clock.now(), user_of(record));
        let mut tx = self.state.db.begin().await?;
        loop {
            let id = hash(&record.id);
            match store::sessions::insert(&mut tx, &id, user.as_ref(), data, now, now.plus(IDLE)).await {
                Err(error) if error.is_taken() => record.id = Id::default(),
                other => break other?,
            }
        }
        tx.commit().await
    }

    async fn update(&self, record: &Record, data: &str) -> Result<(), StoreError> {
        let (expires_at, user) = (self.state.clock.now().plus(IDLE), user_of(record));
        let mut tx = self.state.db.begin().await?;
        store::sessions::update(&mut tx, &hash(&record.id), user.as_ref(), data, expires_at).await?;
        tx.commit().await
    }

    async fn remove(&self, id: &Id) -> Result<(), StoreError> {
        let mut tx = self.state.db.begin().await?;
        store::sessions::delete(&mut tx, &hash(id)).await?;
        tx.commit().await
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = data_of(record)?;
        within(PATIENCE, self.insert(record, &data)).await.map_err(backend)
    }

    /// Updates only: a slow request must not bring back a session that was signed out meanwhile. What is saved here is
    /// when the session was used; for want of that no page is lost that is ready to be sent.
    async fn save(&self, record: &Record) -> Result<()> {
        let data = data_of(record)?;
        match within(LITTLE_PATIENCE, self.update(record, &data)).await {
            Err(error) if error.is_busy() || error.is_full() => {
                tracing::warn!(%error, "the last use of a session was not written down");
                Ok(())
            }
            other => other.map_err(backend),
        }
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut cx = self.state.db.read().await.map_err(backend)?;
        let Some(row) = store::sessions::find(&mut cx, &hash(id)).await.map_err(backend)? else { return Ok(None) };
        let now = self.state.clock.now().millis();
        if row.expires_at <= now || row.created_at + ABSOLUTE <= now {
            return Ok(None);
        }
        let data: HashMap<String, serde_json::Value> =
            serde_json::from_str(&row.data).map_err(|e| Error::Decode(e.to_string()))?;
        let expiry_date =
            OffsetDateTime::from_unix_timestamp(row.expires_at / 1_000).map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        within(PATIENCE, self.remove(id)).await.map_err(backend)
    }
}
