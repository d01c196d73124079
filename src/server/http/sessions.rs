//! tower-sessions over our own table. The cookie holds a random identity; the table only its SHA-256.

use crate::domain::id::UserId;
use crate::domain::time::{HOUR, MINUTE, Timestamp};
use crate::server::security::tokens;
use crate::server::state::AppState;
use crate::server::store::{self, StoreError};
use async_trait::async_trait;
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// A session ends after this much time without use …
const IDLE: i64 = 30 * MINUTE;
/// … and after this much time in any case.
const ABSOLUTE: i64 = 12 * HOUR;
/// Where a session keeps who is signed in.
pub const USER: &str = "user";

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
        .with_expiry(Expiry::OnInactivity(Duration::milliseconds(IDLE)))
}

fn hash(id: &Id) -> String {
    tokens::sha256_hex(&id.to_string())
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

fn user_of(record: &Record) -> Option<UserId> {
    record.data.get(USER).and_then(|value| value.as_str()).map(UserId::from_text)
}

fn data_of(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))
}

fn expiry_of(record: &Record) -> Timestamp {
    let millis = record.expiry_date.unix_timestamp_nanos() / 1_000_000;
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (data, now) = (data_of(record)?, self.state.clock.now());
        let mut tx = self.state.db.begin().await.map_err(backend)?;
        let user = user_of(record);
        loop {
            let written = store::sessions::insert(&mut tx, &hash(&record.id), user.as_ref(), &data, now, expiry_of(record)).await;
            match written {
                Err(error) if error.is_taken() => record.id = Id::default(),
                other => break other.map_err(backend)?,
            }
        }
        tx.commit().await.map_err(backend)
    }

    /// Updates only: a slow request must not bring back a session that was signed out meanwhile.
    async fn save(&self, record: &Record) -> Result<()> {
        let data = data_of(record)?;
        let mut tx = self.state.db.begin().await.map_err(backend)?;
        let user = user_of(record);
        store::sessions::update(&mut tx, &hash(&record.id), user.as_ref(), &data, expiry_of(record)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
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
        let mut tx = self.state.db.begin().await.map_err(backend)?;
        store::sessions::delete(&mut tx, &hash(id)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}
