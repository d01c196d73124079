//! Who asks: people with a session, people who lost something since they signed in, and keys.

use super::app::{App, Browser, shop};
use super::table::{ABSENT, Row};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::api_key::ApiKeyKind;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::{EnvironmentKey, FlagKey, ProjectKey, TeamKey};
use flagstaff::domain::member::Member;
use flagstaff::domain::plan_template::PlanTemplate;
use flagstaff::domain::project::Project;
use flagstaff::domain::role::{InstanceRole, Role};
use flagstaff::domain::team::Team;
use flagstaff::server::assets;
use flagstaff::server::error::Error;
use flagstaff::server::governance::Submission;
use flagstaff::server::governance::change_requests::NewRequest;
use flagstaff::server::services::keys::{self, Made, Wanted};
use flagstaff::server::services::people;
use serde_json::json;

macro_rules! callers {
    ($($name:ident $text:literal),* $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Caller { $($name),* }

        impl Caller {
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$name),*];
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

callers! {
    Anonymous "anonymous", Viewer "viewer", Editor "editor", Approver "approver", Admin "admin", Owner "owner",
    // Signed in, and then disabled; signed in as an admin, and then made a viewer.
    Disabled "disabled", Demoted "demoted",
    // An admin of another project.
    Outsider "outsider",
    ServerKey "server-key", ClientKey "client-key", RevokedKey "revoked-key",
}

pub struct Callers {
    app: App,
    browsers: Vec<(Caller, Browser)>,
    keys: Vec<(Caller, String)>,
    stranger: Browser,
    /// The id of a draft of the owner's.
    draft: String,
}

pub struct Answer {
    status: u16,
    location: String,
    body: String,
}

const RULE: &str = "r1";
const TEAM: &str = "payments";
const PERSONA: &str = "ada";
const SEGMENT: &str = "beta";
const ATTRIBUTE: &str = "plan";
const PLAN: &str = "Careful";

impl Callers {
    pub async fn gather() -> Self {
        let app = App::start().await;
        let rule = json!([{"id": RULE, "conditions": [], "serve": {"variant": "on"}}]);
        app.set("new_checkout", "staging", json!({ "rules": rule })).await;
        let blog = ProjectKey::parse("blog").unwrap();
        let environments = vec![Environment::usual(EnvironmentKey::parse("production").unwrap(), 0)];
        app.by_system(Command::CreateProject { project: Project::new(blog.clone(), "Blog"), environments }).await;
        let mut browsers = Vec::new();
        for (caller, role) in [
            (Caller::Viewer, Some(Role::Viewer)),
            (Caller::Editor, Some(Role::Editor)),
            (Caller::Approver, Some(Role::Approver)),
            (Caller::Admin, Some(Role::Admin)),
            (Caller::Owner, None),
            (Caller::Disabled, Some(Role::Admin)),
            (Caller::Demoted, Some(Role::Admin)),
            (Caller::Outsider, None),
        ] {
            app.person(caller.name(), role).await;
            browsers.push((caller, app.sign_in(caller.name()).await));
        }
        let email = |caller: Caller| format!("{}@shop.example", caller.name());
        app.by_system(Command::SetInstanceRole { email: email(Caller::Owner), role: InstanceRole::Owner }).await;
        app.by_system(Command::SetMember {
            project: blog,
            member: Member { email: email(Caller::Outsider), role: Role::Admin, break_glass: false },
        })
        .await;
        app.by_system(Command::DisableUser { email: email(Caller::Disabled) }).await;
        let demotion = Member { email: email(Caller::Demoted), role: Role::Viewer, break_glass: false };
        app.by_system(Command::SetMember { project: shop(), member: demotion }).await;
        let plans = vec![PlanTemplate { name: PLAN.into(), ..PlanTemplate::usual() }];
        app.by_system(Command::EditProject { project: Project { plans, ..Project::new(shop(), "Shop") } }).await;
        let team = Team { key: TeamKey::parse(TEAM).unwrap(), name: "Payments".into(), members: Vec::new() };
        app.by_system(Command::CreateTeam { project: shop(), team }).await;
        let (server, client) = (key(&app, ApiKeyKind::Server).await, key(&app, ApiKeyKind::Client).await);
        let revoked = key(&app, ApiKeyKind::Server).await;
        app.by_system(Command::RevokeApiKey { project: shop(), public_id: revoked.public_id.clone() }).await;
        let keys = [(Caller::ServerKey, server), (Caller::ClientKey, client), (Caller::RevokedKey, revoked)];
        let keys = keys.into_iter().map(|(caller, made)| (caller, made.secret.reveal().clone())).collect();
        let owner = browsers.iter().find(|(caller, _)| *caller == Caller::Owner).map(|(_, browser)| browser).unwrap();
        let place = "/p/shop/flags/new_checkout/production";
        owner.post(place, &[("_form", "targets"), ("units[on]", "user_1")]).await;
        let draft = owner.get(place).await.draft().0;
        let draft = draft.rsplit('/').next().unwrap().to_owned();
        ask_for_review(&app).await;
        Self { stranger: app.stranger(), app, browsers, keys, draft }
    }

    pub async fn ask(&self, caller: Caller, row: &Row) -> Answer {
        let browser = self.browsers.iter().find(|(other, _)| *other == caller).map_or(&self.stranger, |(_, browser)| browser);
        let method = row.method.parse().unwrap();
        let mut request = browser.request(method, &self.address(&row.path).await);
        if row.method == "POST" && row.path.starts_with("/ofrep") {
            request = request.json(&json!({ "context": { "targetingKey": "user_1" } }));
        } else if row.method == "POST" {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(row.body.replace("{caller}", caller.name()));
        }
        if let Some((_, key)) = self.keys.iter().find(|(other, _)| *other == caller) {
            request = request.bearer_auth(key);
        }
        let response = request.send().await.unwrap();
        let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        Answer { status: response.status().as_u16(), location, body: response.text().await.unwrap() }
    }

    /// The router's path with something that is there in each of its places; what the caller before may have removed is made
    /// anew.
    async fn address(&self, path: &str) -> String {
        let key = match path.contains("{key}") {
            true => key(&self.app, ApiKeyKind::Server).await.public_id,
            false => String::new(),
        };
        if path.contains("{persona}") {
            let persona = serde_json::from_value(json!({ "key": PERSONA, "name": "Ada", "context": {} })).unwrap();
            self.app.by_system(Command::SavePersona { project: shop(), persona }).await;
        }
        if path.contains("{segment}") {
            let segment = serde_json::from_value(json!({ "key": SEGMENT, "name": "Beta" })).unwrap();
            // There already, save where the caller before removed it.
            let create = Submission::new(Command::CreateSegment { project: shop(), segment });
            let _ = self.app.state.governance.submit(&Actor::System, create).await;
        }
        if path.contains("{attribute}") {
            let attribute = serde_json::from_value(json!({ "name": ATTRIBUTE, "value_type": "text" })).unwrap();
            self.app.by_system(Command::SaveAttribute { project: shop(), attribute }).await;
        }
        let stylesheet = assets::url("flagstaff.css");
        let (digest, file) = stylesheet.trim_start_matches("/pkg/").split_once('/').unwrap();
        let people = format!("{}@shop.example", Caller::Viewer.name());
        [
            ("{project}", "shop"),
            ("{flag}", "new_checkout"),
            ("{environment}", "staging"),
            ("{rule}", RULE),
            ("{seq}", "1"),
            ("{number}", "1"),
            ("{draft}", &self.draft),
            ("{team}", TEAM),
            ("{persona}", PERSONA),
            ("{segment}", SEGMENT),
            ("{attribute}", ATTRIBUTE),
            ("{plan}", PLAN),
            ("{key}", &key),
            ("{digest}", digest),
            ("{*file}", file),
            ("{email}", &people),
        ]
        .iter()
        .fold(path.to_owned(), |path, (place, text)| path.replace(place, text))
    }
}

/// The owner asks for a review: change request 1.
async fn ask_for_review(app: &App) {
    let email = format!("{}@shop.example", Caller::Owner.name());
    let owner = people::actor_by_email(&mut app.state.db.read().await.unwrap(), &email).await.unwrap().unwrap();
    let (staging, flag) = (EnvironmentKey::parse("staging").unwrap(), FlagKey::parse("new_checkout").unwrap());
    let change = Command::SetEnabled { project: shop(), environment: staging, flag, enabled: true };
    let (title, why) = ("Launch".to_owned(), "It is time".to_owned());
    let request = NewRequest { title, why, anyway: true, ..NewRequest::default() };
    let asked = app.state.governance.submit(&owner, Submission::new(change).asking(request)).await;
    assert!(matches!(asked, Err(Error::Requested { number: 1, .. })), "{asked:?}");
}

async fn key(app: &App, kind: ApiKeyKind) -> Made {
    let environment = EnvironmentKey::parse("staging").unwrap();
    let wanted = Wanted { name: "Test".into(), origins: vec!["*".into()], expires_at: None };
    keys::create(&app.state.governance, &Actor::System, (shop(), environment), kind, wanted).await.unwrap()
}

impl Answer {
    /// A status; `login` where one is sent to sign in.
    pub fn outcome(&self) -> String {
        match self.location.starts_with("/login") {
            true => "login".to_owned(),
            false => self.status.to_string(),
        }
    }

    /// The answer without what is drawn by lot for each, and without the project's key, which the caller typed.
    pub fn without_chance(&self, project: &str) -> String {
        let plain = |text: &str| text.replace(&format!("/p/{project}/"), &format!("/p/{ABSENT}/"));
        let body = plain(&self.body);
        let lots =
            [("nonce=\"", "\""), ("crossorigin=\"", "\""), ("Request id <code>", "<"), ("name=\"return_to\" value=\"", "\"")];
        let body = lots.iter().fold(body, |body, (before, after)| blank(&body, before, after));
        format!("{} {} {body}", self.status, plain(&self.location))
    }
}

/// The text with nothing between each `before` and the next `after`.
fn blank(text: &str, before: &str, after: &str) -> String {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(before);
        out.push_str(&part[part.find(after).unwrap_or(part.len())..]);
    }
    out
}
