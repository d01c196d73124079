//! An installation of its own for each test: a project `shop` with the environments `production` and `staging`.

use flagstaff::domain::api_key::{ApiKey, ApiKeyKind};
use flagstaff::domain::environment::Environment;
use flagstaff::domain::flag::{ExpiryAction, Flag, FlagKind, Owner, ValueType, Variant};
use flagstaff::domain::id::{ApiKeyId, EnvironmentId, FlagId, ProjectId};
use flagstaff::domain::key::{EnvironmentKey, FlagKey, ProjectKey, VariantName};
use flagstaff::domain::project::Project;
use flagstaff::domain::state::State;
use flagstaff::domain::time::Timestamp;
use flagstaff::server::clock::Clock;
use flagstaff::server::http::{health, ofrep};
use flagstaff::server::security::tokens;
use flagstaff::server::serving::{Serving, Snapshot};
use flagstaff::server::store::{Db, Tx, api_keys, environments, flags, new_id, projects, states};
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinHandle;

pub const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub const BULK: &str = "/ofrep/v1/evaluate/flags";

pub struct Installation {
    folder: tempfile::TempDir,
    pub db: Db,
    pub clock: Clock,
    pub serving: Serving,
    pub address: SocketAddr,
    pub project: ProjectId,
    pub production: EnvironmentId,
    pub staging: EnvironmentId,
    /// Of production.
    pub server_key: String,
    /// Of production; pages of `https://shop.example` may use it.
    pub client_key: String,
    http: reqwest::Client,
    server: JoinHandle<()>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{} {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap()
    }
    /// The protocol's form of a refusal; returns the error code.
    #[track_caller]
    pub fn refused(&self, status: u16) -> String {
        let json = self.json();
        assert_eq!(self.status, status, "{json}");
        assert!(json["errorDetails"].as_str().is_some_and(|details| !details.is_empty()), "{json}");
        assert_eq!(json["metadata"], json!({}), "{json}");
        json["errorCode"].as_str().unwrap().to_owned()
    }
}

impl Installation {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("flagstaff.db")).await.unwrap();
        let clock = Clock::at(START);
        let project = ProjectId::from_text(new_id());
        let (production, staging) = (EnvironmentId::from_text(new_id()), EnvironmentId::from_text(new_id()));
        let mut tx = db.begin().await.unwrap();
        projects::insert(&mut tx, &project, &Project::new(ProjectKey::parse("shop").unwrap(), "Shop"), START).await.unwrap();
        for (id, key, position) in [(&staging, "staging", 0), (&production, "production", 1)] {
            let environment = Environment::usual(EnvironmentKey::parse(key).unwrap(), position);
            environments::insert(&mut tx, id, &project, &environment, START).await.unwrap();
        }
        tx.commit().await.unwrap();
        let serving = Serving::load(db.clone(), clock.clone()).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = ofrep::router(serving.clone(), clock.clone()).merge(health::router(serving.clone()));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let http = reqwest::Client::new();
        let (server_key, client_key) = (String::new(), String::new());
        let mut made =
            Self { folder, db, clock, serving, address, project, production, staging, server_key, client_key, http, server };
        made.server_key = made.key(ApiKeyKind::Server, |_| {}).await;
        made.client_key = made.key(ApiKeyKind::Client, |key| key.origins = vec!["https://shop.example".to_owned()]).await;
        made
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("flagstaff.db")
    }

    /// One transaction as the write path makes it: rows, revision, publish.
    pub async fn write(&self, rows: impl AsyncFnOnce(&mut Tx)) {
        write(&self.db, &self.project, rows).await;
        self.serving.publish().await;
    }

    /// A new key of production; returns the secret.
    pub async fn key(&self, kind: ApiKeyKind, change: impl FnOnce(&mut ApiKey)) -> String {
        self.key_of(&self.production, kind, change).await
    }

    pub async fn key_of(&self, environment: &EnvironmentId, kind: ApiKeyKind, change: impl FnOnce(&mut ApiKey)) -> String {
        let (secret, public_id) = tokens::api_secret(kind.as_str()).unwrap();
        let mut key =
            ApiKey { name: "test".to_owned(), kind, public_id, origins: Vec::new(), expires_at: None, replaced_by: None };
        change(&mut key);
        let hash = tokens::sha256_hex(&secret);
        let id = ApiKeyId::from_text(new_id());
        self.write(async |tx| api_keys::insert(tx, &id, environment, &key, &hash, "test", START).await.unwrap()).await;
        secret
    }

    /// Saves a flag, and its state in both environments.
    pub async fn put(&self, flag: Flag, state: Value) {
        let id = FlagId::from_text(flag.key.as_str());
        let state = state_of(&flag, state);
        let exists = self.snapshot().flag(flag.key.as_str()).is_some();
        let now = self.clock.now();
        self.write(async |tx| {
            match exists {
                true => flags::update(tx, &id, &flag, now).await.unwrap(),
                false => flags::insert(tx, &id, &self.project, &flag, "test", now).await.unwrap(),
            }
            for environment in [&self.production, &self.staging] {
                match exists {
                    true => {
                        states::update(tx, &id, environment, &state, now).await.unwrap();
                    }
                    false => states::insert(tx, &id, environment, &state, now).await.unwrap(),
                }
            }
        })
        .await;
    }

    /// Of production.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let (shop, production) = (ProjectKey::parse("shop").unwrap(), EnvironmentKey::parse("production").unwrap());
        self.serving.environment(&shop, &production).unwrap()
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.address))
    }

    /// A POST with the server key and a JSON body.
    pub fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        request.header("x-api-key", &self.server_key).body(body)
    }

    /// One flag's answer to the server key.
    pub async fn ask(&self, flag: &str, context: Value) -> Answer {
        send(self.post(&format!("{BULK}/{flag}"), json!({ "context": context }).to_string())).await
    }

    /// Every flag's answer to `key`, which has `etag` already.
    pub async fn poll(&self, key: &str, context: &Value, etag: Option<&str>) -> Answer {
        let request = self.request(Method::POST, BULK).header("authorization", format!("Bearer {key}"));
        let request = request.body(json!({ "context": context }).to_string());
        send(etag.into_iter().fold(request, |request, etag| request.header("if-none-match", etag))).await
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub async fn write(db: &Db, project: &ProjectId, rows: impl AsyncFnOnce(&mut Tx)) {
    let mut tx = db.begin().await.unwrap();
    rows(&mut tx).await;
    environments::raise_revisions(&mut tx, project).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

/// A flag with `on` and `off`.
pub fn boolean(key: &str) -> Flag {
    flag(key, ValueType::Boolean, &[("on", json!(true)), ("off", json!(false))])
}

/// A flag that falls back to its last variant.
pub fn flag(key: &str, value_type: ValueType, variants: &[(&str, Value)]) -> Flag {
    let name = |name: &str| VariantName::parse(name).unwrap();
    let variants: Vec<Variant> = variants.iter().map(|(n, value)| Variant { name: name(n), value: value.clone() }).collect();
    Flag {
        key: FlagKey::parse(key).unwrap(),
        kind: FlagKind::Operational,
        value_type,
        fallback_variant: variants.last().unwrap().name.clone(),
        variants,
        owner: Owner::Unclaimed("team".to_owned()),
        description: "Secret plans of the team.".to_owned(),
        scope: String::new(),
        ticket: String::new(),
        tags: Vec::new(),
        rollback_criteria: String::new(),
        expires_at: None,
        on_expiry: ExpiryAction::Notify,
        review_by: None,
        client_visible: true,
        archived_at: None,
    }
}

/// On for everybody with the first variant, but for the members that `change` names.
pub fn state_of(flag: &Flag, change: Value) -> State {
    let mut state = serde_json::to_value(State { enabled: true, ..State::initial(flag) }).unwrap();
    for (name, value) in change.as_object().unwrap() {
        state[name] = value.clone();
    }
    serde_json::from_value(state).unwrap()
}
