//! How `refs` commands speak to a server.

use super::failure::Failure;
use crate::domain::reference::Upload;
use crate::server::config;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Holds a server key of the project. A secret has no option: the process list shows those.
pub const API_KEY: &str = "FLAGSTAFF_API_KEY";
/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server's door for searches, and the key that opens it.
pub struct Server {
    address: String,
    secret: String,
}

enum What {
    Keys,
    Upload(Upload),
    Forget(String),
}

impl Server {
    pub fn at(url: &str) -> Result<Self, Failure> {
        let address = format!("{}/api/v1/refs", config::public_url(url)?);
        let secret = std::env::var(API_KEY).ok().map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty());
        let secret = secret.ok_or_else(|| Failure::usage(format!("put a server key of the project into {API_KEY}")))?;
        Ok(Self { address, secret })
    }

    /// What to look for.
    pub async fn get<T: DeserializeOwned + Send + 'static>(&self) -> Result<T, Failure> {
        ask(self, What::Keys).await
    }
    /// Hands over what was found.
    pub async fn post(&self, upload: Upload) -> Result<(), Failure> {
        ask::<serde_json::Value>(self, What::Upload(upload)).await.map(drop)
    }
    /// Has a repository forgotten.
    pub async fn delete(&self, repository: &str) -> Result<(), Failure> {
        ask::<serde_json::Value>(self, What::Forget(repository.to_owned())).await.map(drop)
    }
}

/// Asks the server, beside the runtime's own threads: the client blocks.
async fn ask<T: DeserializeOwned + Send + 'static>(server: &Server, what: What) -> Result<T, Failure> {
    let (address, bearer) = (server.address.clone(), format!("Bearer {}", server.secret));
    let asked = tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false);
        let agent: ureq::Agent = config.build().into();
        let sent = match what {
            What::Keys => agent.get(&address).header("Authorization", &bearer).call(),
            What::Upload(upload) => agent.post(&address).header("Authorization", &bearer).send_json(&upload),
            What::Forget(repository) => {
                let request = agent.delete(&address).query("repository", &repository);
                request.header("Authorization", &bearer).call()
            }
        };
        let mut response = sent.map_err(|why| Failure::refused(format!("{address} cannot be asked: {why}")))?;
        let status = response.status();
        let text = response.body_mut().read_to_string();
        let text = text.map_err(|why| Failure::refused(format!("the answer of {address} broke off: {why}")))?;
        match status.is_success() {
            true => serde_json::from_str(&text).map_err(|why| {
                Failure::refused(format!("{address} answers, and not as Flagstaff does ({why}); is it the right address?"))
            }),
            false => Err(Failure::refused(format!("{address} refused it ({}): {}", status.as_u16(), reason(&text)))),
        }
    });
    asked.await.map_err(|why| Failure::refused(format!("the request did not end: {why}")))?
}

/// What an answer says was wrong.
fn reason(text: &str) -> String {
    let said = serde_json::from_str::<serde_json::Value>(text).ok();
    let said = said.and_then(|value| value.get("error")?.as_str().map(str::to_owned));
    said.unwrap_or_else(|| text.chars().take(200).collect())
}
