//! The playground: flags × environments for somebody, at any moment, with every step of each answer. The address is all the
//! state there is, so a page of it can be sent to a colleague. But values of private attributes never stand in it: the form is
//! posted, and answered by a redirect to the address where there are none, else by the page itself at the address without them.

pub mod address;
mod form;
mod results;
mod take_along;

use super::done;
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::Schema;
use crate::domain::environment::Colour;
use crate::domain::flag::Problem;
use crate::domain::role::Role;
use crate::domain::text::listed;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::governance::Applied;
use crate::server::services::attributes;
use crate::server::services::context_draft::ContextDraft;
use crate::server::services::contexts::Contexts;
use crate::server::services::flag_query::FlagQuery;
use crate::server::services::moment;
use crate::server::services::nearest::did_you_mean;
use crate::server::services::personas::{self, ExpectRow};
use crate::server::services::playground::{self, Answers, Question, Source};
use crate::server::services::projects::{self, OpenProject};
use crate::server::store::personas::StoredPersona;
use address::{Asked, FILLED, MOMENT, ORDER, Order, PERSONA, WITHOUT};
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;

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
    /// The address of this page, without private values.
    query: Query,
    /// What of the context does not stand in the address.
    private: Vec<String>,
    /// What a link held that was left out.
    without: String,
    at: Option<Timestamp>,
    now: Timestamp,
    public_url: String,
}

pub async fn get(member: Member, Path(key): Path<String>, RawQuery(query): RawQuery) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let pairs = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let notice = done::notice(&member, &project, pairs.get("done").parse().ok()).await;
    let frame = Frame { notice, ..Frame::default() };
    show(member, project, Asked::read(&pairs.0), By::Address(pairs), frame).await
}

pub async fn post(member: Member, Path(key): Path<String>, RawQuery(query): RawQuery, fields: Fields) -> PageResult {
    let actor = member.actor();
    let project = projects::open(member.state(), &actor, &key).await?;
    let pairs = Fields::parse(query.unwrap_or_default().as_bytes())?;
    if fields.form() == FORM {
        return show(member, project, Asked::read(&fields.0), By::Form(pairs), Frame::default()).await;
    }
    project.require(Role::Editor)?;
    let asked = Asked::read(&pairs.0);
    match expect(&member, &project, &fields).await {
        Ok(applied) => page::done(&member.visit.path, &applied),
        Err(error) => {
            let attempt = Some(fields.attempt(error)?);
            show(member, project, asked, By::Form(pairs), Frame { attempt, ..Frame::default() }).await
        }
    }
}

/// How the question came, with what stands in the address.
enum By {
    Address(Fields),
    /// In the body of a post.
    Form(Fields),
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

async fn show(member: Member, project: OpenProject, mut asked: Asked, by: By, frame: Frame) -> PageResult {
    let schema = attributes::schema(member.state(), &project).await?;
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
    let rewritten = problems.is_empty() && rewrite(&mut asked, &contexts, filled);
    let (query, private) = open(&asked, &schema, persona.as_ref());
    if frame.attempt.is_none()
        && let Some((query, status)) = elsewhere(&by, &asked, &query, &private, rewritten)
    {
        return Ok((status, [(LOCATION, address::address(&project, &query))]).into_response());
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
        schema,
        query,
        private,
        without: by.pairs().get(WITHOUT).to_owned(),
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

impl By {
    const fn pairs(&self) -> &Fields {
        match self {
            Self::Address(pairs) | Self::Form(pairs) => pairs,
        }
    }
}

/// A button that only rewrites the form: the address then says the same without it.
fn rewrite(asked: &mut Asked, contexts: &Contexts, filled: bool) -> bool {
    match asked.order {
        Order::Switch(shape) => asked.context = ContextDraft::of(contexts, shape),
        Order::Fill if filled => {}
        _ => return false,
    }
    true
}

/// The address of the question, and what of it no address should have.
fn open(asked: &Asked, schema: &Schema, persona: Option<&StoredPersona>) -> (Query, Vec<String>) {
    // A persona's context is not written out.
    let (context, private) = match persona {
        Some(_) => (asked.context.clone(), Vec::new()),
        None => asked.context.public(schema),
    };
    let query = Asked { context, ..asked.clone() }.query(persona.map(|stored| stored.persona.key.as_str()));
    // Whoever changes a persona's context sees that it is no longer theirs.
    let query = match persona.is_none() && !asked.filled.is_empty() {
        true => query.with(PERSONA, &asked.persona).with(FILLED, &asked.filled),
        false => query,
    };
    (query, private)
}

/// Where the question is to be asked instead, and how: what was posted without anything private is an address; what was posted
/// with it is posted again to the address of all the rest; an address with it becomes one without.
fn elsewhere(by: &By, asked: &Asked, query: &Query, private: &[String], rewritten: bool) -> Option<(Query, StatusCode)> {
    let blank = if asked.order == Order::Add { "add" } else { "" };
    match (by, private.is_empty()) {
        (By::Address(_), true) => rewritten.then(|| (query.clone(), StatusCode::SEE_OTHER)),
        (By::Address(_), false) => Some((query.with(WITHOUT, &listed(private)), StatusCode::SEE_OTHER)),
        (By::Form(_), true) => Some((query.with(ORDER, blank), StatusCode::SEE_OTHER)),
        // At its own address already: here it is answered.
        (By::Form(pairs), false) if pairs.0 == query.0 => None,
        (By::Form(_), false) => Some((query.clone(), StatusCode::TEMPORARY_REDIRECT)),
    }
}

fn question(asked: &Asked, contexts: &Contexts, at: Option<Timestamp>, persona: Option<&StoredPersona>) -> Question {
    Question {
        flags: asked.flags.clone(),
        query: FlagQuery::parse(&asked.search),
        environments: asked.environments.clone(),
        contexts: contexts.clone(),
        source: if asked.draft { Source::Draft } else { Source::Live },
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
    moment::parse(text).map_err(|why| problems.push(Problem::new(MOMENT, why))).ok()
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

fn view(shown: &Shown) -> Html {
    let lead = "What flags answer, to whom you like and at any moment, and why. Nothing is counted.";
    let answers = shown.answers.as_ref().map(|answers| results::view(shown, answers));
    let along = shown.answers.is_some().then(|| take_along::view(shown));
    view! {
        <PageHeading title="Playground" lead=lead />
        <div class="stack">
            <Refused forms=vec![EXPECT, ""] />
            {without(shown)}
            {form::view(shown)}
            {answers}
            {along}
        </div>
    }
}

/// Says that a link held more than it may.
fn without(shown: &Shown) -> Option<Html> {
    let what = shown.without.trim().chars().take(200).collect::<String>();
    (!what.is_empty()).then(|| {
        view! {
            <Banner tone=Tone::Warn title=format!("Left out of the address: {what}.")>
                <p>"It is private, or may be, and addresses are kept in histories and logs. Write it into the form instead."</p>
            </Banner>
        }
    })
}
