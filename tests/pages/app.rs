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
use flagstaff::server::store::{Cx, Db, StoreError};
use serde_json::{Value, json};
use std::net::SocketAddr;

pub const PASSWORD: &str = "correct horse battery";

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
        let app = Self::bare(clock, Setup::default()).await;
        let environments = ["development", "staging", "production"].map(|key| EnvironmentKey::parse(key).unwrap());
        let environments = (0..).zip(environments).map(|(at, key)| Environment::usual(key, at)).collect();
        app.by_system(Command::CreateProject { project: Project::new(shop(), "Shop"), environments }).await;
        app.by_system(Command::CreateFlag { project: shop(), flag: flag("new_checkout", &["on", "off"]) }).await;
        app.person("ada", Some(Role::Editor)).await;
        app.person("vic", Some(Role::Viewer)).await;
        app
    }

    /// As it is on the first day: nobody has set it up.
    pub async fn bare(clock: Clock, setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("flagstaff.db")).await.unwrap();
        let master = MasterKey::load_or_make(&folder.path().join("secret")).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = AppState::new(db, &master, clock, &base, setup).await.unwrap();
        let state = state.keeping_heads(folder.path().join("audit.heads"));
        let router = http::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { state, base, folder }
    }

    /// Does to the database what no page does.
    pub async fn sql(&self, sql: &'static str) -> Result<(), StoreError> {
        let mut tx = self.state.db.begin().await.unwrap();
        let Cx::Sqlite(handle) = tx.as_cx() else { panic!("pages are tested on SQLite") };
        sqlx::query(sql).execute(handle.connection()).await?;
        tx.commit().await
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    pub async fn by_system(&self, command: Command) {
        self.state.governance.submit(&Actor::System, Submission::new(command)).await.unwrap();
    }

    /// An account, in the project where a role is named.
    pub async fn person(&self, name: &str, role: Option<Role>) {
        self.account(name, InstanceRole::Member, role, Sealed::Password).await;
    }

    /// An owner of the installation.
    pub async fn owner(&self, name: &str) {
        self.account(name, InstanceRole::Owner, None, Sealed::Password).await;
    }

    /// Somebody whose password somebody else set.
    pub async fn newcomer(&self, name: &str, role: Role) {
        self.account(name, InstanceRole::Member, Some(role), Sealed::TemporaryPassword).await;
    }

    async fn account(&self, name: &str, instance_role: InstanceRole, role: Option<Role>, seal: fn(String) -> Sealed) {
        static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
        let hash = || async { Passwords::new().unwrap().hash(Secret::new(PASSWORD.to_owned())).await.unwrap() };
        let hash = HASH.get_or_init(hash).await.clone();
        let email = format!("{name}@shop.example");
        let user = User { email: email.clone(), name: name.to_owned(), instance_role };
        let create = Submission::new(Command::CreateUser { user }).sealing(seal(hash));
        self.state.governance.submit(&Actor::System, create).await.unwrap();
        if let Some(role) = role {
            self.by_system(Command::SetMember { project: shop(), member: Member { email, role, break_glass: false } }).await;
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
        let page = browser.try_sign_in(name, PASSWORD).await;
        assert_eq!(page.status, 303, "{}", page.html);
        browser
    }

    /// The audit's actions from the first on, and whole, for what must not stand in it.
    pub async fn audit(&self) -> Vec<flagstaff::server::store::audit::AuditRow> {
        let mut cx = self.state.db.read().await.unwrap();
        flagstaff::server::store::audit::following(&mut cx, 0, 10_000).await.unwrap()
    }

    /// What is in force.
    pub fn served(&self, flag: &str, environment: &str) -> State {
        State::clone(&self.snapshot(environment).flag(flag).unwrap().state)
    }

    /// A flag's definition, as it is in force.
    pub fn definition(&self, flag: &str) -> Flag {
        self.snapshot("production").flag(flag).unwrap().stored.flag.clone()
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
    /// The session's cookie, `name=value`; empty where none was set.
    pub cookie: String,
    pub retry_after: String,
    /// The media type.
    pub kind: String,
    pub disposition: String,
    pub html: String,
}

impl Browser {
    pub async fn get(&self, path: &str) -> Page {
        Page::from(self.request(reqwest::Method::GET, path)).await
    }

    pub async fn try_sign_in(&self, name: &str, password: &str) -> Page {
        let email = format!("{name}@shop.example");
        self.post("/login", &[("email", &email), ("password", password)]).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        Page::from(self.by_hand(path).form(fields)).await
    }

    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A page as a browser with this cookie gets it.
    pub async fn get_with(&self, cookie: &str, path: &str) -> Page {
        Page::from(self.client.get(format!("{}{path}", self.base)).header("cookie", cookie)).await
    }

    /// What a link to a file hands over: status, content type, disposition and text.
    pub async fn download(&self, path: &str) -> (u16, String, String, String) {
        let response = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        let header = |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (status, kind, disposition) = (response.status().as_u16(), header("content-type"), header("content-disposition"));
        (status, kind, disposition, response.text().await.unwrap())
    }

    /// A form sent as browsers send it when a file goes along.
    pub fn multipart(&self, path: &str, fields: &[(&str, &str)], file: Option<&[u8]>) -> reqwest::RequestBuilder {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
        }
        let (name, bytes) = file.map_or(("", &[][..]), |bytes| ("flags.yaml", bytes));
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
        body.extend(format!("{head}Content-Type: application/octet-stream\r\n\r\n").into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--edge--\r\n");
        self.by_hand(path).header("content-type", "multipart/form-data; boundary=edge").body(body)
    }

    /// A post made by hand, to be sent with [`Page::from`].
    pub fn by_hand(&self, path: &str) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::POST, path)
    }

    /// A post from the page at `referrer`, as browsers say it.
    pub async fn post_from(&self, referrer: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.by_hand(path).header("referer", format!("{}{referrer}", self.base)).form(fields);
        Page::from(request).await
    }

    /// Saves the draft that stands on a flag's page for an environment; `more` is what the confirm page asks for.
    pub async fn save_draft(&self, path: &str, more: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        let (address, version) = page.draft();
        let own = [("_form", "save"), ("return_to", path), ("draft_version", &version)];
        let asked = self.post(&address, &own).await;
        if more.is_empty() { asked } else { self.send(&address, &asked, "confirm", more).await }
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

    pub async fn of(response: reqwest::Response) -> Self {
        let header =
            |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (status, location, retry_after) = (response.status().as_u16(), header("location"), header("retry-after"));
        let cookie = header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let (kind, disposition) = (header("content-type"), header("content-disposition"));
        let html = response.text().await.unwrap();
        Self { status, location, cookie, retry_after, kind, disposition, html }
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

    /// The address and the version of the draft in the page's save bar.
    pub fn draft(&self) -> (String, String) {
        let start = self.html.find("class=\"savebar\"").unwrap_or_else(|| panic!("no draft in {}", self.html));
        let bar = &self.html[start..];
        let tag = |start: &str| {
            let at = bar.find(start).unwrap();
            &bar[at..at + bar[at..].find('>').unwrap()]
        };
        (attribute(tag("<form "), "action"), attribute(tag("<input type=\"hidden\" name=\"draft_version\""), "value"))
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
