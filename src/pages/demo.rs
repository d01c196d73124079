//! The demo project's own: a banner that says what it is, and the one click that removes it.

use super::page::{self, PageResult};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::key::ProjectKey;
use crate::server::error::Error;
use crate::server::services::projects::{self, OpenProject};
use axum::extract::Path;

/// For owners, who alone may remove it.
pub fn banner(project: &OpenProject) -> Html {
    let action = format!("/p/{}/demo/remove", project.key());
    let remove = view! {
        <form method="post" action=action><Button kind=ButtonKind::Quiet icon=Glyph::Remove>"Remove it"</Button></form>
    };
    view! {
        <Banner title="This is demo data." actions=remove>
            <p>"Try whatever you like. Once removed it does not come back; its history stays in the audit."</p>
        </Banner>
    }
}

/// Removes the demo, and no other project.
pub async fn remove(member: Member, Path(key): Path<String>) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let project = projects::open(state, &actor, &key).await?;
    if !projects::is_demo(state, &project).await? {
        return Err(Error::NotFound("page").into());
    }
    projects::remove(state, &actor, &project, None).await?;
    match projects::visible(state, &actor).await?.first() {
        Some(next) => page::go(format!("/p/{}/flags?removed={}", next.project.key, project.key())),
        None => page::go("/"),
    }
}

/// What the page after a removal says of it, where it is true.
pub async fn removed(member: &Member, key: &str) -> Option<page::Notice> {
    let key = ProjectKey::parse(key).ok()?;
    match projects::open(member.state(), &member.actor(), key.as_str()).await {
        Err(Error::NotFound(_)) => {
            Some(page::Notice { text: format!("The project {key} was removed."), ..page::Notice::default() })
        }
        _ => None,
    }
}
