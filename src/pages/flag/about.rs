//! What people wrote down about a flag.

use super::Shown;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::{ExpiryAction, Flag, last_day};
use crate::domain::time::Timestamp;
use crate::domain::when;

pub fn about(shown: &Shown) -> Html {
    let flag = shown.view.flag();
    let stored = &shown.view.places[0].1.stored;
    let tags = (!flag.tags.is_empty()).then(|| {
        let links: Vec<_> = flag.tags.iter().map(|tag| tag_link(shown.project.key().as_str(), tag)).collect();
        view! { <Fact label="Tags"><span class="bar">{links}</span></Fact> }
    });
    let (owner, kind, fallback) = (shown.view.owner.clone(), flag.kind, flag.fallback_variant.to_string());
    let (expiry, clients) = (expiry(flag, shown.project.stored.project.kinds.of(flag.kind).grace_days, shown.now), clients(flag));
    let review = flag.review_by.map(|at| {
        let due = when::relative(at, shown.now);
        view! { <Fact label="Review by"><Day at=at />" · "{due}</Fact> }
    });
    let (scope, ticket, criteria) =
        (text("Scope", &flag.scope), text("Ticket", &flag.ticket), text("Turn it off when", &flag.rollback_criteria));
    let (now, created_at, updated_at, by) = (shown.now, stored.created_at, stored.updated_at, stored.created_by.clone());
    view! {
        <Card id="about" title="About">
            <Definitions>
                <Fact label="Owner">{owner}</Fact>
                <Fact label="Kind">{kind.label()}<p class="sub">{kind.purpose()}</p></Fact>
                {expiry}
                {review}
                {scope}
                {ticket}
                {tags}
                {criteria}
                <Fact label="Fallback in code"><code>{fallback}</code></Fact>
                <Fact label="Client keys">{clients}</Fact>
                <Fact label="Created"><When at=created_at now=now /><p class="sub">{by}</p></Fact>
                <Fact label="Definition changed"><When at=updated_at now=now /></Fact>
            </Definitions>
        </Card>
    }
}

fn text(label: &'static str, text: &str) -> Option<Html> {
    let text = text.to_owned();
    (!text.is_empty()).then(|| view! { <Fact label=label><span class="lines">{text}</span></Fact> })
}

fn tag_link(project: &str, tag: &str) -> Html {
    // A tag with a space in it is asked for in quotes.
    let asked = if tag.contains(char::is_whitespace) { format!("tag:\"{tag}\"") } else { format!("tag:{tag}") };
    let href = format!("/p/{project}/flags{}", Query::default().with("q", &asked).href());
    view! { <a href=href>{tag.to_owned()}</a> }
}

/// `grace`: days until it is archived, where that is what its expiry does.
fn expiry(flag: &Flag, grace: u32, now: Timestamp) -> Html {
    let Some(at) = flag.expires_at else { return view! { <Fact label="Expires">"never"</Fact> } };
    let then = match &flag.on_expiry {
        ExpiryAction::Notify => {
            "Its owner is told 14, 7 and 1 days before and then; a week later the admins are. Its answers stay.".to_owned()
        }
        ExpiryAction::Freeze => "Then edits are refused until it is extended.".to_owned(),
        ExpiryAction::Serve(name) => format!("Then everybody gets {name}."),
        ExpiryAction::Archive => match grace {
            0 => "Then it is archived, and answers nobody any more.".to_owned(),
            1 => "A day later it is archived, and answers nobody any more.".to_owned(),
            days => format!("{days} days later it is archived, and answers nobody any more."),
        },
    };
    let left = when::relative(at, now);
    view! { <Fact label="Expires"><Day at=last_day(at) />" · "{left}<p class="sub">{then}</p></Fact> }
}

const fn clients(flag: &Flag) -> &'static str {
    match flag.client_visible {
        true => "Browsers and phones may see its value.",
        false => "Hidden from browsers and phones.",
    }
}
