//! The answer that shows a secret: this once, with the code that uses it.

use crate::components::prelude::*;
use crate::components::*;
use crate::domain::api_key::{ApiKey, ApiKeyKind};
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::pages::code::Code;
use crate::pages::settings::Section;
use crate::server::security::secrets::Secret;
use crate::server::services::keys::KeyView;
use crate::server::services::projects::OpenProject;
use crate::server::state::AppState;

/// A key that was just made.
pub struct Shown {
    pub key: KeyView,
    pub secret: Secret<String>,
    /// The key in whose place it was made.
    pub replaced: Option<ApiKey>,
}

/// Code by language, with the secret in it, for the first flag that the key can see.
pub fn code(state: &AppState, project: &OpenProject, shown: &Shown) -> Vec<(String, String)> {
    // What this page is for.
    let secret = shown.secret.reveal();
    let is_client = shown.key.api_key.kind == ApiKeyKind::Client;
    let snapshot = state.serving.environment(project.key(), &shown.key.environment.key);
    let flag = snapshot.as_ref().and_then(|snapshot| {
        let mut live = snapshot.live().map(|served| &served.stored.flag);
        live.find(|flag| !is_client || flag.client_visible)
    });
    let code = match flag {
        Some(flag) => Code::of(&state.public_url, flag),
        None => Code::of_none(&state.public_url),
    };
    let code = code.with(secret);
    let other = match is_client {
        true => ("JavaScript in the browser", code.browser()),
        false => ("Python", code.python()),
    };
    [("curl", code.curl()), other].map(|(language, text)| (language.to_owned(), text)).to_vec()
}

pub fn view(project: &OpenProject, shown: Shown, code: Vec<(String, String)>, now: Timestamp) -> Html {
    let keys = Section::Keys.address(project);
    let crumbs = vec![Crumb::new("API keys", keys.clone())];
    let (name, environment) = (shown.key.api_key.name.clone(), shown.key.environment.name.clone());
    let lead = format!("The key of {name} for {environment}. You will not see it again: only its hash is kept.");
    let old = shown.replaced.map(|old| view! { <p>{told_of(&old, now)}</p> });
    let secret = shown.secret.reveal().clone();
    view! {
        <PageHeading title="Copy the key now" crumbs=crumbs lead=lead />
        <div class="stack">
            <Card id="secret" title="The key">
                <div class="stack">
                    <Snippet label="API key" code=secret />
                    {old}
                    <p class="sub">"Keep it where the program's other secrets are, not in its source. Who loses it makes a new one."</p>
                </div>
            </Card>
            <Card id="use-it" title="Try it" note="with the key in it">
                <Snippets name="use" items=code />
            </Card>
            <p><LinkButton href=keys kind=ButtonKind::Primary icon=Glyph::Check>"I have copied it"</LinkButton></p>
        </div>
    }
}

/// `The old key fs_server_4f1c goes on until 3 Dec 2026 09:00 UTC, in 7 d.`
fn told_of(old: &ApiKey, now: Timestamp) -> String {
    match old.expires_at.filter(|at| *at > now) {
        Some(at) => format!("The old key {} goes on until {}, {}.", old.public_id, when::exact(at), when::relative(at, now)),
        None => format!("The old key {} is refused from now on.", old.public_id),
    }
}
