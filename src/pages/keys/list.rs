//! The keys there are, environment by environment.

use super::Listed;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::api_key::{ApiKeyKind, Standing};
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::pages::settings::Section;
use crate::server::services::keys::KeyView;

pub fn view(listed: &Listed) -> Html {
    if listed.keys.is_empty() {
        return view! {
            <EmptyNew icon=Glyph::Key title="No API keys yet">
                <p>"Make one for each program that asks, so that each can be replaced and revoked by itself."</p>
            </EmptyNew>
        };
    }
    let head = view! {
        <Column label="Key" />
        <Column label="For" />
        <Column label="State" />
        <Column label="Last used" />
        <Column label="Origins" />
        <Column label="Made" />
    };
    let rows: Vec<_> = listed.keys.iter().map(|key| row(listed, key)).collect();
    view! { <Table caption="API keys" head=head>{rows}</Table> }
}

/// The address of one key's own page.
pub fn address(listed: &Listed, key: &KeyView) -> String {
    format!("{}/{}", Section::Keys.address(&listed.project), encode(&key.api_key.public_id))
}

fn row(listed: &Listed, key: &KeyView) -> Html {
    let href = address(listed, key);
    let (name, public_id) = (key.api_key.name.clone(), key.api_key.public_id.clone());
    let (place, colour) = (key.environment.name.clone(), key.environment.colour);
    let (kind, faded) = (kind_words(key.api_key.kind), key.standing == Standing::Expired);
    let (made_by, made_at, now) = (key.made_by.clone(), key.made_at, listed.now);
    let (standing, used, origins) = (standing(key, now), used(key, now), origins(key));
    view! {
        <Row faded=faded>
            <RowHead>
                <a class="named" href=href>{name}</a>
                <div class="sub"><code>{public_id}"…"</code></div>
            </RowHead>
            <Cell label="For"><EnvironmentBadge colour=colour name=place /><div class="sub">{kind}</div></Cell>
            <Cell label="State">{standing}</Cell>
            <Cell label="Last used">{used}</Cell>
            <Cell label="Origins">{origins}</Cell>
            <Cell label="Made"><Ago at=made_at now=now /><div class="sub">{made_by}</div></Cell>
        </Row>
    }
}

/// A kind in words.
pub const fn kind_words(kind: ApiKeyKind) -> &'static str {
    match kind {
        ApiKeyKind::Server => "server: sees every flag",
        ApiKeyKind::Client => "client: sees values of flags marked for clients",
    }
}

/// The state in a word, and when it ends.
pub fn standing(key: &KeyView, now: Timestamp) -> Html {
    let (tone, word) = match key.standing {
        Standing::Active => (Tone::Ok, "Active"),
        Standing::ExpiresSoon => (Tone::Warn, "Expires soon"),
        Standing::BeingReplaced => (Tone::Warn, "Being replaced"),
        Standing::Expired => (Tone::Danger, "Expired"),
    };
    let end = match key.api_key.expires_at {
        None => view! { <span class="sub">"never expires"</span> },
        Some(at) => {
            let verb = if at <= now { "ended" } else { "ends" };
            let said = format!("{verb} {}, ", when::relative(at, now));
            view! { <span class="sub">{said}<time datetime=at.to_string()>{when::exact(at)}</time></span> }
        }
    };
    view! { <Badge tone=tone text=word /><div>{end}</div> }
}

pub fn used(key: &KeyView, now: Timestamp) -> Html {
    let caller = key.caller.clone().map(|name| view! { <div class="sub">{format!("by {name}")}</div> });
    match key.last_used {
        Some(at) => view! { <Ago at=at now=now />{caller} },
        None => view! { <span class="sub">"never"</span> },
    }
}

fn origins(key: &KeyView) -> Html {
    let origins = &key.api_key.origins;
    let text = match &origins[..] {
        [] => "no web page".to_owned(),
        _ if origins.iter().any(|origin| origin == "*") => "every web page".to_owned(),
        all => all.join(", "),
    };
    view! { <span class="sub">{text}</span> }
}
