//! One key: what is known of it, and the forms that change, replace and revoke it.

use super::list::{kind_words, standing, used};
use super::secret::Shown as Secret;
use super::{form, tell};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::pages::done;
use crate::pages::fields::Fields;
use crate::pages::page::{self, Frame, PageResult};
use crate::pages::settings::Section;
use crate::pages::visit::Member;
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::services::keys::{self, KeyView};
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, Query as QueryOf};

type Address = Path<(String, String)>;

pub async fn get(member: Member, Path((project, id)): Address, QueryOf(params): QueryOf<super::Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let key = keys::find(member.state(), &project, &id).await?;
    let notice = done::notice(&member, &project, params.done.parse().ok()).await;
    show(member, project, key, Frame { notice, ..Frame::default() }).await
}

/// Saves what was edited, or makes a new secret, which only this answer shows.
pub async fn post(member: Member, Path((project, id)): Address, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    project.require(Role::Admin)?;
    let key = keys::find(member.state(), &project, &id).await?;
    let refused = match fields.form() {
        form::EDIT => match edit(&member, &project, &key, &fields).await {
            Ok(applied) => return page::done(&address(&project, &key), &applied),
            Err(error) => error,
        },
        form::ROTATE => match rotate(&member, &project, &key, &fields).await {
            Ok(shown) => return Ok(tell(member, project, shown).await),
            Err(error) => error,
        },
        _ => Error::field("", "This page has no such form. Reload it and try again."),
    };
    let attempt = Some(fields.attempt(refused)?);
    show(member, project, key, Frame { attempt, ..Frame::default() }).await
}

async fn edit(member: &Member, project: &OpenProject, key: &KeyView, fields: &Fields) -> Result<Applied, Error> {
    let wanted = form::draft(fields).read(key.api_key.expires_at)?;
    keys::edit(member.state(), &member.actor(), project, &key.api_key.public_id, wanted).await
}

async fn rotate(member: &Member, project: &OpenProject, key: &KeyView, fields: &Fields) -> Result<Secret, Error> {
    let wanted = form::draft(fields).read(key.api_key.expires_at)?;
    let overlap = form::read_overlap(fields)?;
    let made = keys::rotate(member.state(), &member.actor(), project, &key.api_key, overlap, wanted.expires_at).await?;
    let old = keys::find(member.state(), project, &key.api_key.public_id).await?;
    let key = keys::find(member.state(), project, &made.public_id).await?;
    Ok(Secret { key, secret: made.secret, replaced: Some(old.api_key) })
}

pub async fn get_revoke(member: Member, Path((project, id)): Address) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    project.require(Role::Admin)?;
    let key = keys::find(member.state(), &project, &id).await?;
    let title = format!("Revoke {}", key.api_key.name);
    let frame = Frame { title: title.clone(), ..Section::Keys.frame(project.clone()) };
    let now = member.visit.now;
    member.page(frame, move || revoke_view(&project, &key, title, now)).await
}

pub async fn post_revoke(member: Member, Path((project, id)): Address, _: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    project.require(Role::Admin)?;
    let applied = keys::revoke(member.state(), &member.actor(), &project, &id).await?;
    page::done(&Section::Keys.address(&project), &applied)
}

fn address(project: &OpenProject, key: &KeyView) -> String {
    format!("{}/{}", Section::Keys.address(project), encode(&key.api_key.public_id))
}

fn crumbs(project: &OpenProject) -> Vec<Crumb> {
    vec![Crumb::new("API keys", Section::Keys.address(project))]
}

async fn show(member: Member, project: OpenProject, key: KeyView, frame: Frame) -> PageResult {
    let refusal = projects::refusal(member.state(), &project, Role::Admin).await?;
    let (notice, attempt, now) = (frame.notice, frame.attempt, member.visit.now);
    let frame = Frame { title: key.api_key.name.clone(), notice, attempt, ..Section::Keys.frame(project.clone()) };
    member.page(frame, move || view(&project, &key, refusal, now)).await
}

fn view(project: &OpenProject, key: &KeyView, refusal: Option<String>, now: Timestamp) -> Html {
    let revoke = format!("{}/revoke", address(project, key));
    let revoke = match refusal.clone() {
        None => view! { <LinkButton href=revoke kind=ButtonKind::Danger icon=Glyph::Remove>"Revoke"</LinkButton> },
        Some(reason) => view! { <DisabledAction reason=reason brief=true>"Revoke"</DisabledAction> },
    };
    let (name, crumbs, facts) = (key.api_key.name.clone(), crumbs(project), facts(project, key, now));
    let (edit, rotate) = (edit_form(key, refusal.clone()), rotate_form(project, key, refusal, now));
    view! {
        <PageHeading title=name crumbs=crumbs actions=revoke />
        <Refused forms=vec![""] />
        <div class="stack">
            <Card id="about" title="About">{facts}</Card>
            <Card id="edit" title="Name, origins, expiry">{edit}</Card>
            <Card id="rotate" title="Replace the secret">{rotate}</Card>
        </div>
    }
}

fn facts(project: &OpenProject, key: &KeyView, now: Timestamp) -> Html {
    let api_key = &key.api_key;
    let next = api_key.replaced_by.clone().map(|other| {
        let href = format!("{}/{}", Section::Keys.address(project), encode(&other));
        view! { <Fact label="Replaced by"><a href=href><code>{other}</code></a></Fact> }
    });
    let (place, colour) = (key.environment.name.clone(), key.environment.colour);
    let (public_id, kind, made_at, made_by) =
        (api_key.public_id.clone(), kind_words(api_key.kind), key.made_at, key.made_by.clone());
    let (standing, used) = (standing(key, now), used(key, now));
    view! {
        <Definitions wide=true>
            <Fact label="Begins with"><code>{public_id}</code></Fact>
            <Fact label="Environment"><EnvironmentBadge colour=colour name=place /></Fact>
            <Fact label="Kind">{kind}</Fact>
            <Fact label="State">{standing}</Fact>
            {next}
            <Fact label="Last used">{used}</Fact>
            <Fact label="Made"><When at=made_at now=now /><p class="sub">{made_by}</p></Fact>
        </Definitions>
    }
}

fn edit_form(key: &KeyView, refusal: Option<String>) -> Html {
    match refusal {
        None => form::edit(&key.api_key),
        Some(reason) => view! { <DisabledAction reason=reason>"Save"</DisabledAction> },
    }
}

fn rotate_form(project: &OpenProject, key: &KeyView, refusal: Option<String>, now: Timestamp) -> Html {
    if let Some(other) = key.api_key.replaced_by.clone() {
        let href = format!("{}/{}", Section::Keys.address(project), encode(&other));
        // A form that was sent twice is told so here.
        return view! {
            <Refused forms=vec![form::ROTATE] />
            <p>"It was replaced by "<a href=href><code>{other}</code></a>". Replace that one if you need another secret."</p>
        };
    }
    match refusal {
        None => form::rotate(&key.api_key, now),
        Some(reason) => view! { <DisabledAction reason=reason brief=true>"Make a new secret"</DisabledAction> },
    }
}

fn revoke_view(project: &OpenProject, key: &KeyView, title: String, now: Timestamp) -> Html {
    let (back, crumbs) = (address(project, key), crumbs(project));
    let cancel = view! { <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let lead = "Whoever shows this key is refused from the next request on. This cannot be undone.";
    let (name, place, colour) = (key.api_key.name.clone(), key.environment.name.clone(), key.environment.colour);
    let used = used(key, now);
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead />
        <Card id="what" title="What uses it">
            <div class="stack">
                <Definitions wide=true>
                    <Fact label="Name">{name}</Fact>
                    <Fact label="Environment"><EnvironmentBadge colour=colour name=place /></Fact>
                    <Fact label="Last used">{used}</Fact>
                </Definitions>
                <Form id="revoke" submit="Revoke this key" tone=ButtonKind::Danger actions=cancel>
                    <p class="sub">"The audit keeps that it was there, and who took it away."</p>
                </Form>
            </div>
        </Card>
    }
}
