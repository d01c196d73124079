//! The rollout plans that a project keeps for its next flags: a name and steps each. The usual one is always there.

use super::done;
use super::fields::Fields;
use super::page::{self, Frame, PageResult};
use super::settings::{self, Section};
use super::stages::{self, StageRows};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::plan::Stage;
use crate::domain::plan_template::PlanTemplate;
use crate::domain::role::Role;
use crate::domain::rule::percent;
use crate::server::error::Error;
use crate::server::services::plans;
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, Query as QueryOf};

const FORM: &str = "plan";
const REMOVE: &str = "remove";
const LEAD: &str = "Steps to begin a rollout with. A plan that is under way keeps its own.";

type Address = Path<(String, String)>;

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<done::Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let refusal = projects::refusal(member.state(), &project, Role::Admin).await?;
    let notice = done::notice(&member, &project, params.done.parse().ok()).await;
    let frame = Frame { notice, ..Section::Plans.frame(project.clone()) };
    member.page(frame, move || list(&project, refusal)).await
}

pub async fn get_new(member: Member, Path(key): Path<String>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    show(member, project, None, None).await
}

pub async fn get_one(member: Member, Path((key, name)): Address) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let template = plans::find(&project, &name)?.clone();
    show(member, project, Some(template), None).await
}

pub async fn post_new(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    project.require(Role::Admin)?;
    save(member, project, None, fields).await
}

pub async fn post_one(member: Member, Path((key, name)): Address, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    project.require(Role::Admin)?;
    let template = plans::find(&project, &name)?.clone();
    if fields.form() != REMOVE {
        return save(member, project, Some(template), fields).await;
    }
    match plans::remove(member.state(), &member.actor(), &project, &template.name, fields.consent()).await {
        Ok(applied) => page::done(&Section::Plans.address(&project), &applied),
        Err(error) => show(member, project, Some(template), Some(fields.attempt(error)?)).await,
    }
}

async fn save(member: Member, project: OpenProject, old: Option<PlanTemplate>, fields: Fields) -> PageResult {
    if let Some(values) = stages::rearranged(&fields.0) {
        let attempt = Attempt { form: FORM.to_owned(), values, ..Attempt::default() };
        return show(member, project, old, Some(attempt)).await;
    }
    let was: Vec<Stage> = old.as_ref().map(|old| old.steps.clone()).unwrap_or_default();
    let (steps, mut problems) = stages::read(&stages::from_pairs(&fields.0), None, &was);
    let template = PlanTemplate { name: fields.text("name"), steps };
    let saved = match problems.is_empty() {
        true => {
            let name = old.as_ref().map(|old| old.name.as_str());
            plans::save(member.state(), &member.actor(), &project, name, template, fields.consent()).await
        }
        false => {
            problems.extend(template.problems().into_iter().filter(|problem| problem.field == "name"));
            Err(Error::Invalid(problems))
        }
    };
    match saved {
        Ok(applied) => page::done(&Section::Plans.address(&project), &applied),
        Err(error) => show(member, project, old, Some(fields.attempt(error)?)).await,
    }
}

fn list(project: &OpenProject, refusal: Option<String>) -> Html {
    let new = match refusal {
        Some(reason) => view! { <DisabledAction reason=reason>"New plan"</DisabledAction> },
        None => {
            let href = format!("{}/new", Section::Plans.address(project));
            view! { <LinkButton href=href kind=ButtonKind::Primary icon=Glyph::Plus>"New plan"</LinkButton> }
        }
    };
    let head = view! { <Column label="Plan" /> <Column label="Steps" /> };
    let usual = PlanTemplate::usual();
    let own = plans::templates(project).into_iter().map(|template| {
        let href = format!("{}/{}", Section::Plans.address(project), encode(&template.name));
        let name = match template.name == usual.name {
            true => view! { <span class="named">{template.name.clone()}</span><div class="sub">"always there"</div> },
            false => view! { <a class="named" href=href>{template.name.clone()}</a> },
        };
        view! { <Row><RowHead>{name}</RowHead><Cell label="Steps" full=true>{told(&template.steps)}</Cell></Row> }
    });
    let rows: Vec<_> = own.collect();
    view! {
        {settings::head(project, Section::Plans, LEAD)}
        <Table caption="Rollout plans" head=head few=true>{rows}</Table>
        <p class="bar mt">{new}</p>
    }
}

/// `1 % for 1 d, 10 % until approved, 100 %`
fn told(steps: &[Stage]) -> String {
    let last = steps.len().saturating_sub(1);
    let step = |(at, stage): (usize, &Stage)| match stage.hold {
        _ if at == last => percent(stage.share),
        crate::domain::rollout::Hold::UntilApproved => format!("{} until approved", percent(stage.share)),
        hold => format!("{} for {}", percent(stage.share), hold.told()),
    };
    steps.iter().enumerate().map(step).collect::<Vec<_>>().join(", ")
}

async fn show(member: Member, project: OpenProject, old: Option<PlanTemplate>, attempt: Option<Attempt>) -> PageResult {
    let refusal = projects::refusal(member.state(), &project, Role::Admin).await?;
    let title = old.as_ref().map_or_else(|| "New plan".to_owned(), |old| old.name.clone());
    let rows = match attempt.as_ref().filter(|attempt| attempt.form == FORM) {
        Some(attempt) => stages::from_pairs(&attempt.values),
        None => stages::rows(&old.clone().unwrap_or_else(PlanTemplate::usual).steps),
    };
    let frame = Frame { title: title.clone(), attempt, ..Section::Plans.frame(project.clone()) };
    let view = move || {
        let crumbs = vec![Crumb::new("Rollout plans", Section::Plans.address(&project))];
        let (name, base) = (old.as_ref().map(|old| old.name.clone()).unwrap_or_default(), project.stored.version.to_string());
        let removal = old.filter(|_| refusal.is_none()).map(|_| removal(base.clone()));
        let form = match refusal {
            Some(reason) => {
                let actions = view! { <DisabledAction reason=reason>"Save"</DisabledAction> };
                view! { <Form id=FORM actions=actions inner_buttons=true>{fields(name, base, rows)}</Form> }
            }
            None => view! { <Form id=FORM submit="Save" inner_buttons=true>{fields(name, base, rows)}</Form> },
        };
        view! {
            <PageHeading title=title crumbs=crumbs lead=LEAD />
            <div class="stack"><div class="card pad">{form}</div>{removal}</div>
        }
    };
    member.page(frame, view).await
}

fn fields(name: String, base: String, rows: Vec<stages::Row>) -> Html {
    view! {
        <Hidden name="base_version" value=base />
        <Field name="name" label="Name" value=name required=true width=24 autocomplete="off" hint="Such as Careful." />
        <StageRows rows=rows legend="Steps" />
    }
}

fn removal(base: String) -> Html {
    view! {
        <Card id="remove-it" title="Remove this plan">
            <Form id=REMOVE submit="Remove this plan" tone=ButtonKind::Danger>
                <Hidden name="base_version" value=base />
                <p>"Rollouts that began with it go on as they are."</p>
            </Form>
        </Card>
    }
}
