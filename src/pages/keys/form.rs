//! The forms for a key's fields, and what they send.

use super::Listed;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::api_key::{ApiKey, ApiKeyKind};
use crate::domain::flag::Problem;
use crate::domain::flag::last_day;
use crate::domain::key::EnvironmentKey;
use crate::domain::time::{DAY, HOUR, Timestamp};
use crate::pages::fields::Fields;
use crate::server::error::Error;
use crate::server::services::keys::{KeyDraft, Wanted};

pub const NEW: &str = "new-key";
pub const EDIT: &str = "edit-key";
pub const ROTATE: &str = "rotate-key";

/// How long an old key may go on beside the one that replaces it: as it is sent, and in words.
const OVERLAPS: [(i64, &str); 5] =
    [(0, "Not at all: refuse the old secret now"), (HOUR, "1 hour"), (DAY, "1 day"), (7 * DAY, "7 days"), (30 * DAY, "30 days")];

const CORS: &str = "Addresses of web pages that may call with it, one a line. A browser asks before it lets a page read an \
                    answer from another address (CORS); programs are not asked. * stands for every page.";

/// What the form of a new key asks for.
pub struct New {
    pub environment: EnvironmentKey,
    pub kind: ApiKeyKind,
    pub wanted: Wanted,
    /// When the form was drawn.
    pub drawn_at: Timestamp,
}

pub fn read_new(fields: &Fields) -> Result<New, Error> {
    let mut problems = Vec::new();
    let environment = EnvironmentKey::parse(fields.get("environment"));
    if environment.is_err() {
        problems.push(Problem::new("environment", "Choose the environment that it answers for."));
    }
    let kind = ApiKeyKind::parse(fields.get("kind"));
    if kind.is_none() {
        problems.push(Problem::new("kind", "Choose who holds the key."));
    }
    let wanted = draft(fields).read(None).map_err(|error| problems.extend(problems_of(error)));
    let drawn_at = fields.get("drawn_at").parse().map_or(Timestamp::from_millis(i64::MAX), Timestamp::from_millis);
    match (environment, kind, wanted) {
        (Ok(environment), Some(kind), Ok(wanted)) => Ok(New { environment, kind, wanted: usual(kind, wanted), drawn_at }),
        _ => Err(Error::Invalid(problems)),
    }
}

/// A client key that names no origin can be used from every page: it shows evaluated values only, and pages hold no secret.
fn usual(kind: ApiKeyKind, wanted: Wanted) -> Wanted {
    match (kind, wanted.origins.is_empty()) {
        (ApiKeyKind::Client, true) => Wanted { origins: vec!["*".to_owned()], ..wanted },
        _ => wanted,
    }
}

fn problems_of(error: Error) -> Vec<Problem> {
    match error {
        Error::Invalid(problems) => problems,
        other => vec![Problem::new("", other.to_string())],
    }
}

pub fn draft(fields: &Fields) -> KeyDraft {
    let text = |name: &str| fields.get(name).to_owned();
    KeyDraft { name: text("name"), origins: text("origins"), last_day: text("expires_at") }
}

/// How long the old secret goes on, in milliseconds.
pub fn read_overlap(fields: &Fields) -> Result<i64, Error> {
    let found = OVERLAPS.iter().find(|(millis, _)| millis.to_string() == fields.get("overlap"));
    found.map(|(millis, _)| *millis).ok_or_else(|| Error::field("overlap", "Choose how long the old secret goes on."))
}

/// The card with the form of a new key; for who may not, with the reason.
pub fn new(listed: &Listed) -> Html {
    let environments = listed.environments.iter().map(|place| Choice::new(place.key.as_str(), place.name.as_str())).collect();
    let kinds = vec![
        Choice::described("server", "Server", "A back end holds it in secret. It sees every flag of the environment."),
        Choice::described(
            "client",
            "Client",
            "Browsers and phones hold it in the open. It sees values of flags marked for clients.",
        ),
    ];
    let (environment, drawn_at) = (listed.environment.clone(), listed.now.millis().to_string());
    let fields = move || {
        view! {
            <Hidden name="drawn_at" value=drawn_at />
            <Select name="environment" label="Environment" options=environments value=environment prompt="Choose one" required=true />
            <Field name="name" label="Name" required=true placeholder="Checkout service" autocomplete="off"
                hint="After the program that will use it." />
            <RadioCards name="kind" legend="Who holds it" options=kinds value="server" />
            {origins(String::new(), format!("{CORS} Left empty: every page for a client key, none for a server key."))}
            {expiry("Last day", None)}
        }
    };
    let body = match listed.refusal.clone() {
        None => view! { <Form id=NEW submit="Make key">{fields()}</Form> },
        Some(reason) => {
            let action = view! { <DisabledAction reason=reason>"Make key"</DisabledAction> };
            view! { <p class="bar">{action}</p> }
        }
    };
    view! { <Card id="make" title="Make a key">{body}</Card> }
}

/// Name, origins and expiry of a key that is there.
pub fn edit(key: &ApiKey) -> Html {
    let (name, own, expires_at) = (key.name.clone(), key.origins.join("\n"), key.expires_at);
    view! {
        <Form id=EDIT submit="Save">
            <Field name="name" label="Name" required=true value=name autocomplete="off" />
            {origins(own, CORS.to_owned())}
            {expiry("Last day", expires_at)}
        </Form>
    }
}

/// A new secret in a key's place.
pub fn rotate(key: &ApiKey, now: Timestamp) -> Html {
    let overlaps = OVERLAPS.into_iter().map(|(millis, words)| Choice::new(millis.to_string(), words)).collect();
    let expires_at = key.expires_at.filter(|at| *at > now);
    view! {
        <Form id=ROTATE submit="Make a new secret" tone=ButtonKind::Plain>
            <p>"A key with the same name, kind and origins is made, with a secret of its own. Put it into the program while the old one goes on."</p>
            <Select name="overlap" label="The old secret goes on for" options=overlaps value=DAY.to_string() required=true />
            {expiry("Last day of the new secret", expires_at)}
        </Form>
    }
}

fn origins(value: String, hint: String) -> Html {
    view! { <TextArea name="origins" label="Origins" value=value mono=true rows=2 placeholder="https://shop.example" hint=hint /> }
}

fn expiry(label: &'static str, at: Option<Timestamp>) -> Html {
    let day = at.map(|at| last_day(at).to_date()).unwrap_or_default();
    view! {
        <Field name="expires_at" label=label kind="date" width=16 value=day
            hint="It is refused when that day ends, UTC. Left empty: it never expires." />
    }
}
