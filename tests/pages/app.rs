//! A running server with a project, its three environments, a flag and some people; and browsers without a script.

use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::flag::Flag;
use flagstaff::domain::key::{EnvironmentKey, FlagKey, ProjectKey};
use flagstaff::domain::member::Member;
use flagstaff::domain::project::Project;
use flagstaff::domain::role::{InstanceRole, Role};
use flagstaff::domain::state::State;
use flagstaff::domain::user::User;
use flagstaff::server::clock::Clock;
use flagstaff::server::governance::{Sealed, Submission};
use flagstaff::server::http;
use flagstaff::server::security::passwords::Passwords;
use flagstaff::server::security::secrets::{MasterKey, Secret};
use flagstaff::server::state::{AppState, Setup};
use flagstaff::server::store::Db;
use serde_json::{Value, json};
use std::net::SocketAddr;

const PASSWORD: &str = "correct horse battery";

pub struct App {
    pub state: AppState,
    base: String,
    folder: tempfile::TempDir,
}

pub fn shop() -> ProjectKey {
    ProjectKey::parse("shop").unwrap()
}

/// A boolean release flag that nobody's account owns.
pub fn release(key: &str) -> Flag {
    serde_json::from_value(json!({
        "key": key, "kind": "release", "value_type": "boolean", "fallback_variant": "off",
        "variants": [{ "name": "on", "value": true }, { "name": "off", "value": false }],
        "owner": { "unclaimed": "Payments team" }, "description": "A flag of a test", "expires_at": "2199-01-01T00:00:00Z",
    }))
    .unwrap()
}

/// A flag with these variants, each its own value.
pub fn flag(key: &str, variants: &[&str]) -> Flag {
    let variants: Vec<Value> = variants.iter().map(|name| json!({ "name": name, "value": name })).collect();
    let fallback = variants.last().unwrap()["name"].clone();
    serde_json::from_value(json!({
        "key": key, "kind": "permission", "value_type": "string", "variants": variants, "fallback_variant": fallback,
        "owner": { "unclaimed": "Payments team" }, "description": "A flag of a test",
    }))
    .unwrap()
}

impl App {
    /// With `new_checkout` (on, off), an editor called ada and a viewer called vic.
    pub async fn start() -> Self {
        Self::start_at(Clock::System).await
    }

    pub async fn start_at(clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("flagstaff.db")).await.unwrap();
        let master = MasterKey::load_or_make(&folder.path().join("secret")).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = AppState::new(db, &master, clock, &base, Setup::default()).await.unwrap();
        let router = http::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let app = Self { state, base, folder };
        let environments = ["development", "staging", "production"].map(|key| EnvironmentKey::parse(key).unwrap());
        let environments = (0..).zip(environments).map(|(at, key)| Environment::usual(key, at)).collect();
        app.by_system(Command::CreateProject { project: Project::new(shop(), "Shop"), environments }).await;
        app.by_system(Command::CreateFlag { project: shop(), flag: flag("new_checkout", &["on", "off"]) }).await;
        app.person("ada", Some(Role::Editor)).await;
        app.person("vic", Some(Role::Viewer)).await;
        app
    }

    pub async fn by_system(&self, command: Command) {
        self.state.governance.submit(&Actor::System, Submission::new(command)).await.unwrap();
    }

    /// An account, in the project where a role is named.
    pub async fn person(&self, name: &str, role: Option<Role>) {
        static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
        let hash = || async { Passwords::new().unwrap().hash(Secret::new(PASSWORD.to_owned())).await.unwrap() };
        let hash = HASH.get_or_init(hash).await.clone();
        let email = format!("{name}@shop.example");
        let user = User { email: email.clone(), name: name.to_owned(), instance_role: InstanceRole::Member };
        let create = Submission::new(Command::CreateUser { user }).sealing(Sealed::Password(hash));
        self.state.governance.submit(&Actor::System, create).await.unwrap();
        if let Some(role) = role {
            self.by_system(Command::SetMember { project: shop(), member: Member { email, role } }).await;
        }
    }

    /// Every byte that the server has written down.
    pub fn written(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
    }

    /// A browser in which nobody is signed in.
    pub fn stranger(&self) -> Browser {
        let client = reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none());
        Browser { client: client.build().unwrap(), base: self.base.clone() }
    }

    pub async fn sign_in(&self, name: &str) -> Browser {
        let browser = self.stranger();
        let email = format!("{name}@shop.example");
        let page = browser.post("/login", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(page.status, 303, "{}", page.html);
        browser
    }

    /// What is in force.
    pub fn served(&self, flag: &str, environment: &str) -> State {
        State::clone(&self.snapshot(environment).flag(flag).unwrap().state)
    }

    pub fn version(&self, flag: &str, environment: &str) -> String {
        self.snapshot(environment).flag(flag).unwrap().state_version.to_string()
    }

    fn snapshot(&self, environment: &str) -> std::sync::Arc<flagstaff::server::serving::Snapshot> {
        self.state.serving.environment(&shop(), &EnvironmentKey::parse(environment).unwrap()).unwrap()
    }

    /// Changes parts of a flag's state, past every page.
    pub async fn set(&self, flag: &str, environment: &str, parts: Value) {
        let mut state = serde_json::to_value(self.served(flag, environment)).unwrap();
        for (name, value) in parts.as_object().unwrap() {
            state[name] = value.clone();
        }
        self.by_system(Command::EditState {
            project: shop(),
            environment: EnvironmentKey::parse(environment).unwrap(),
            flag: FlagKey::parse(flag).unwrap(),
            state: serde_json::from_value(state).unwrap(),
        })
        .await;
    }
}

pub struct Browser {
    client: reqwest::Client,
    base: String,
}

pub struct Page {
    pub status: u16,
    pub location: String,
    pub html: String,
}

impl Browser {
    pub async fn get(&self, path: &str) -> Page {
        Page::of(self.client.get(format!("{}{path}", self.base)).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        Page::of(self.client.post(format!("{}{path}", self.base)).form(fields).send().await.unwrap()).await
    }

    /// A post made by hand, to be sent with [`Page::from`].
    pub fn by_hand(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{path}", self.base))
    }

    /// A post from the page at `referrer`, as browsers say it.
    pub async fn post_from(&self, referrer: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.by_hand(path).header("referer", format!("{}{referrer}", self.base)).form(fields);
        Page::from(request).await
    }

    /// Sends the page's form called `id` again with everything in it, and `more` in place of what it has.
    pub async fn send(&self, path: &str, page: &Page, id: &str, more: &[(&str, &str)]) -> Page {
        let hidden = page.hidden(id);
        let kept = hidden.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let mut fields: Vec<(&str, &str)> = kept.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend(more);
        self.post(path, &fields).await
    }
}

impl Page {
    pub async fn from(request: reqwest::RequestBuilder) -> Self {
        Self::of(request.send().await.unwrap()).await
    }

    async fn of(response: reqwest::Response) -> Self {
        let header =
            |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (status, location) = (response.status().as_u16(), header("location"));
        Self { status, location, html: response.text().await.unwrap() }
    }

    /// The hidden fields of the form called `id`.
    pub fn hidden(&self, id: &str) -> Vec<(String, String)> {
        let start = self.html.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no form {id} in {}", self.html));
        let form = &self.html[start..];
        let form = &form[..form.find("</form>").unwrap()];
        let inputs = form.split("<input ").skip(1).map(|tag| &tag[..tag.find('>').unwrap()]);
        let hidden = inputs.filter(|tag| tag.contains("type=\"hidden\""));
        hidden.map(|tag| (attribute(tag, "name"), attribute(tag, "value"))).collect()
    }

    /// The page without what stands around it.
    pub fn main(&self) -> &str {
        let start = self.html.find("<main").unwrap();
        &self.html[start..start + self.html[start..].find("</main>").unwrap()]
    }

    pub fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let start = tag.find(&format!("{name}=\"")).map(|at| at + name.len() + 2);
    let value = start.map_or("", |start| &tag[start..start + tag[start..].find('"').unwrap()]);
    let plain = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&#x27;", "'"), ("&amp;", "&")];
    plain.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}
