//! The playground: flags × environments for somebody, at any moment, with every step of each answer. The address is all the
//! state there is, so a page of it can be sent to a colleague.

pub mod address;
mod form;
mod results;
mod take_along;

use super::done;
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::*;
use crate::domain::attribute::Schema;
use crate::domain::environment::Colour;
use crate::domain::flag::Problem;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::services::attributes;
use crate::server::services::context_draft::ContextDraft;
use crate::server::services::contexts::Contexts;
use crate::server::services::flag_query::FlagQuery;
use crate::server::services::nearest::did_you_mean;
use crate::server::services::personas::{self, ExpectRow};
use crate::server::services::playground::{self, Answers, Question};
use crate::server::services::projects::{self, OpenProject};
use crate::server::store::personas::StoredPersona;
use address::{Asked, MOMENT, Order, PERSONA};
use axum::extract::{Path, RawQuery};
use leptos::prelude::*;

/// The form that asks, and the buttons that make an answer an expectation.
const FORM: &str = "playground";
const EXPECT: &str = "expect";

/// Everything the page shows.
struct Shown {
    project: OpenProject,
    asked: Asked,
    personas: Vec<StoredPersona>,
    /// The persona whose context this is, as it is stored.
    persona: Option<StoredPersona>,
    contexts: Contexts,
    /// None where the question could not be read.
    answers: Option<Answers>,
    /// Key, name and colour of every environment, to choose from.
    environments: Vec<(String, String, Colour)>,
    /// What flags of the project look at.
    attributes: Vec<String>,
    schema: Schema,
    at: Option<Timestamp>,
    now: Timestamp,
    public_url: String,
}

pub async fn get(member: Member, Path(key): Path<String>, RawQuery(query): RawQuery) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let pairs = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let notice = done::notice(&member, &project, pairs.get("done").parse().ok()).await;
    let frame = Frame { notice, ..Frame::default() };
    show(member, project, Asked::read(&pairs.0), frame).await
}

pub async fn post(member: Member, Path(key): Path<String>, RawQuery(query): RawQuery, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    project.require(Role::Editor)?;
    let asked = Asked::read(&Fields::parse(query.unwrap_or_default().as_bytes())?.0);
    match expect(&member, &project, &fields).await {
        Ok(applied) => page::done(&member.visit.path, &applied),
        Err(error) => {
            let attempt = Some(fields.attempt(error)?);
            show(member, project, asked, Frame { attempt, ..Frame::default() }).await
        }
    }
}

async fn expect(member: &Member, project: &OpenProject, fields: &Fields) -> Result<Applied, Error> {
    if fields.form() != EXPECT {
        return Err(Error::field("", "This page takes the form expect."));
    }
    let stored = personas::find(member.state(), project, fields.get("persona")).await?;
    let row = ExpectRow { environment: fields.text("environment"), flag: fields.text("flag"), variant: fields.text("variant") };
    let base = fields.base_version().unwrap_or(stored.version);
    personas::expect(member.state(), &member.actor(), project, &stored, &row, base).await
}

async fn show(member: Member, project: OpenProject, mut asked: Asked, frame: Frame) -> PageResult {
    let personas = personas::list(member.state(), &project).await?;
    let mut problems = Vec::new();
    let filled = asked.wants_persona();
    if asked.persona.is_empty() {
        // The context stays; whose it was does not matter any more.
        asked.filled.clear();
    }
    if filled {
        match personas.iter().find(|stored| stored.persona.key.as_str() == asked.persona) {
            Some(stored) => {
                asked.context = ContextDraft::of(&Contexts::of(stored.persona.context.clone()), asked.context.shape);
                asked.filled.clone_from(&asked.persona);
            }
            None => problems.push(no_persona(&asked.persona, &personas)),
        }
    }
    let contexts = asked.context.read().unwrap_or_else(|found| {
        problems.extend(found);
        Contexts::default()
    });
    let chosen = personas.iter().find(|stored| stored.persona.key.as_str() == asked.filled);
    let persona = chosen.filter(|stored| contexts.is(&stored.persona.context)).cloned();
    let asks_again = problems.is_empty() && frame.attempt.is_none();
    let there = if asks_again { redirect(&mut asked, &contexts, persona.as_ref(), filled) } else { None };
    if let Some(there) = there {
        return page::go(address::address(&project, &there));
    }
    let at = moment(&asked.at, &mut problems);
    let question = question(&asked, &contexts, at, persona.as_ref());
    let answers = match problems.is_empty() {
        true => Some(playground::ask(member.state(), &member.actor(), &project, &question).await?),
        false => None,
    };
    let refused = (!problems.is_empty()).then(|| attempt(&asked, problems));
    let frame = Frame {
        title: "Playground".to_owned(),
        project: Some(project.clone()),
        place: Place::Playground,
        attempt: frame.attempt.or(refused),
        ..frame
    };
    let shown = Shown {
        environments: environments(&member, &project),
        attributes: attributes::names(member.state(), &project).await?,
        schema: attributes::schema(member.state(), &project).await?,
        now: member.visit.now,
        public_url: member.state().public_url.to_string(),
        project,
        asked,
        personas,
        persona,
        contexts,
        answers,
        at,
    };
    member.page(frame, move || view(&shown)).await
}

/// A button that only rewrites the form leads to the address that says the same without it.
fn redirect(asked: &mut Asked, contexts: &Contexts, persona: Option<&StoredPersona>, filled: bool) -> Option<Query> {
    match asked.order {
        Order::Switch(shape) => asked.context = ContextDraft::of(contexts, shape),
        Order::Fill if filled => {}
        _ => return None,
    }
    Some(asked.query(persona.map(|stored| stored.persona.key.as_str())))
}

fn question(asked: &Asked, contexts: &Contexts, at: Option<Timestamp>, persona: Option<&StoredPersona>) -> Question {
    Question {
        flags: asked.flags.clone(),
        query: FlagQuery::parse(&asked.search),
        environments: asked.environments.clone(),
        contexts: contexts.clone(),
        at,
        page: asked.page,
        persona: persona.map(|stored| stored.persona.clone()),
    }
}

fn environments(member: &Member, project: &OpenProject) -> Vec<(String, String, Colour)> {
    let all = member.state().serving.environments_of(&project.stored.id);
    let facts = all.iter().map(|snapshot| &snapshot.environment.environment);
    facts.map(|environment| (environment.key.to_string(), environment.name.clone(), environment.colour)).collect()
}

fn moment(text: &str, problems: &mut Vec<Problem>) -> Option<Timestamp> {
    if text.trim().is_empty() {
        return None;
    }
    let read = Timestamp::parse_typed(text);
    read.map_err(|_| {
        let message = format!("{} is no moment; write it like 2027-06-01 09:00 or 2027-06-01T11:00:00+02:00.", text.trim());
        problems.push(Problem::new(MOMENT, message));
    })
    .ok()
}

fn no_persona(key: &str, personas: &[StoredPersona]) -> Problem {
    let hint = did_you_mean(key, personas.iter().map(|stored| stored.persona.key.as_str()));
    Problem::new(PERSONA, format!("There is no persona called {key}.{hint}"))
}

/// Asking changes nothing, so a question that cannot be read is no failure: the page says what is wrong with it.
fn attempt(asked: &Asked, problems: Vec<Problem>) -> Attempt {
    let values = asked.query(None).0;
    Attempt { form: FORM.to_owned(), values, problems, status: Some(200), ..Attempt::default() }
}

fn view(shown: &Shown) -> impl IntoView + use<> {
    let lead = "What flags answer, to whom you like and at any moment, and why. Nothing is counted.";
    let answers = shown.answers.as_ref().map(|answers| results::view(shown, answers));
    let along = shown.answers.is_some().then(|| take_along::view(shown));
    view! {
        <PageHeading title="Playground" lead=lead />
        <div class="stack">
            <Refused forms=vec![EXPECT, ""] />
            {form::view(shown)}
            {answers}
            {along}
        </div>
    }
}
