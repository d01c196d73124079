//! The playground: what flags answer in environments to contexts, at any moment, and why. Nothing is counted: nobody was
//! served.

use super::attributes;
use super::contexts::Contexts;
use super::drafts;
use super::expectations::{Standing, standing};
use super::flag_list;
use super::flag_query::FlagQuery;
use super::nearest::did_you_mean;
use super::projects::OpenProject;
use super::trials::answer;
use crate::domain::actor::Actor;
use crate::domain::attribute::Schema;
use crate::domain::id::{EnvironmentId, FlagId};
use crate::domain::key::{FlagKey, VariantName};
use crate::domain::persona::Persona;
use crate::domain::time::Timestamp;
use crate::engine::Explanation;
use crate::server::error::Error;
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::state::AppState;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// The most answers on one page, and the most flags.
pub const CELLS: u64 = 200;
pub const FLAGS: usize = 25;

/// Which rules are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    #[default]
    Live,
    /// The rules in force beside those of one's own drafts.
    Draft,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Keys, as they were typed; none: all in use that `query` finds.
    pub flags: Vec<String>,
    pub query: FlagQuery,
    /// Keys, as they were typed; none: all.
    pub environments: Vec<String>,
    pub contexts: Contexts,
    pub source: Source,
    /// Now unless said.
    pub at: Option<Timestamp>,
    /// From 1.
    pub page: usize,
    /// Whose expectations the answers are held against.
    pub persona: Option<Persona>,
}

/// A page of answers.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    pub environments: Vec<Arc<Snapshot>>,
    /// Every flag that may be asked, by key, for who wants to choose.
    pub found: Vec<String>,
    /// How many flags are asked, on all pages.
    pub flags: usize,
    pub page: usize,
    pub pages: usize,
    /// How many combinations the contexts have, and how many of them are shown.
    pub combinations: u64,
    pub shown: u64,
    pub rows: Vec<Row>,
    /// Sentences on what was asked for and is not there.
    pub absent: Vec<String>,
}

/// One flag for one combination.
#[derive(Debug, Clone)]
pub struct Row {
    pub flag: FlagKey,
    /// What tells this combination from the others.
    pub varying: Vec<(String, Value)>,
    /// One for each environment.
    pub cells: Vec<Option<Cell>>,
}

/// What a flag answers in one environment.
#[derive(Debug, Clone)]
pub struct Cell {
    pub live: Explanation,
    /// With one's own draft, where one has one and asked for it.
    pub draft: Option<Explanation>,
    pub expected: Option<VariantName>,
    pub standing: Option<Standing>,
}

pub async fn ask(state: &AppState, actor: &Actor, project: &OpenProject, question: &Question) -> Result<Answers, Error> {
    let mut answers = Answers { combinations: question.contexts.count(), ..Answers::default() };
    let schema = attributes::schema(state, project).await?;
    answers.environments = environments(state, project, question, &mut answers.absent);
    let unread = question.query.unknown.iter().map(|part| format!("{part} in the search was not understood and left out."));
    answers.absent.extend(unread);
    answers.found = flag_list::matching(state, actor, project, &question.query).await?;
    let asked = flags(&answers.environments, question, &answers.found, &mut answers.absent);
    let environments = answers.environments.len().max(1) as u64;
    answers.shown = answers.combinations.min((CELLS / environments).max(1));
    let fits = usize::try_from(CELLS / (environments * answers.shown)).unwrap_or(1);
    let on_page = fits.clamp(1, FLAGS);
    answers.flags = asked.len();
    answers.pages = asked.len().div_ceil(on_page).max(1);
    answers.page = question.page.clamp(1, answers.pages);
    let at = question.at.unwrap_or_else(|| state.clock.now());
    let on_page: Vec<&String> = asked.iter().skip((answers.page - 1) * on_page).take(on_page).collect();
    let drafts = drafts(state, actor, project, question, &answers.environments, &on_page).await?;
    for key in on_page {
        for number in 0..answers.shown {
            let context = question.contexts.combination(number);
            let asked = Asked { question, project, schema: &schema, drafts: &drafts, context: &context, at };
            answers.rows.extend(asked.row(&answers.environments, key));
        }
    }
    Ok(answers)
}

fn environments(state: &AppState, project: &OpenProject, question: &Question, absent: &mut Vec<String>) -> Vec<Arc<Snapshot>> {
    let all = state.serving.environments_of(&project.stored.id);
    let key = |snapshot: &Snapshot| snapshot.environment.environment.key.to_string();
    for named in question.environments.iter().filter(|named| all.iter().all(|snapshot| key(snapshot) != **named)) {
        let known: Vec<String> = all.iter().map(|snapshot| key(snapshot)).collect();
        let hint = did_you_mean(named, known.iter().map(String::as_str));
        absent.push(format!("There is no environment called {named}.{hint}"));
    }
    let chosen: Vec<_> = all.iter().filter(|snapshot| question.environments.contains(&key(snapshot))).cloned().collect();
    if chosen.is_empty() { all } else { chosen }
}

/// The keys of the flags to ask, without those that answer nobody.
fn flags(environments: &[Arc<Snapshot>], question: &Question, found: &[String], absent: &mut Vec<String>) -> Vec<String> {
    let Some(first) = environments.first() else { return Vec::new() };
    let mut asked: Vec<String> = Vec::new();
    let wanted = if question.flags.is_empty() { found } else { &question.flags };
    for key in wanted {
        match first.flag(key) {
            _ if asked.contains(key) => {}
            Some(served) if served.is_archived() => absent.push(format!("{key} is archived and answers nobody.")),
            Some(_) => asked.push(key.clone()),
            None => {
                let hint = did_you_mean(key, first.live().map(|served| served.key()));
                absent.push(format!("There is no flag called {key}.{hint}"));
            }
        }
    }
    asked
}

/// One's own drafts, ready to answer.
type Drafts = HashMap<(FlagId, EnvironmentId), ServedFlag>;

/// Of the flags that are asked, and of no others.
async fn drafts(
    state: &AppState,
    actor: &Actor,
    project: &OpenProject,
    question: &Question,
    environments: &[Arc<Snapshot>],
    keys: &[&String],
) -> Result<Drafts, Error> {
    let (Source::Draft, Some(person)) = (question.source, actor.user_id()) else { return Ok(Drafts::new()) };
    let mut own = drafts::own_states(state, person, project).await?;
    let mut ready = Drafts::new();
    for (snapshot, key) in environments.iter().flat_map(|snapshot| keys.iter().map(move |key| (snapshot, key))) {
        let Some(served) = snapshot.flag(key) else { continue };
        let place = (served.stored.id.clone(), snapshot.environment.id.clone());
        if let Some(after) = own.remove(&place) {
            ready.insert(place, served.with_state(after, &snapshot.segments.compiled));
        }
    }
    Ok(ready)
}

/// One combination, to be asked of a flag.
struct Asked<'q> {
    question: &'q Question,
    project: &'q OpenProject,
    schema: &'q Schema,
    drafts: &'q Drafts,
    context: &'q Map<String, Value>,
    at: Timestamp,
}

impl Asked<'_> {
    fn row(&self, environments: &[Arc<Snapshot>], key: &str) -> Option<Row> {
        let cells = environments.iter().map(|snapshot| self.cell(snapshot, snapshot.flag(key)?)).collect();
        let varying = self.question.contexts.varying(self.context);
        let varying = varying.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Some(Row { flag: FlagKey::parse(key).ok()?, varying, cells })
    }

    fn cell(&self, snapshot: &Snapshot, served: &ServedFlag) -> Option<Cell> {
        let environment = &snapshot.environment.environment.key;
        let live = answer(&served.compiled, self.context.clone(), self.project.role, self.schema, self.at);
        let persona = self.question.persona.as_ref();
        let expected = persona.and_then(|persona| persona.expects(environment, &served.stored.flag.key)).cloned();
        let standing = expected.as_ref().map(|expected| standing(expected, &served.stored.flag, &live));
        let draft = self.drafts.get(&(served.stored.id.clone(), snapshot.environment.id.clone()));
        let draft = draft.map(|edited| answer(&edited.compiled, self.context.clone(), self.project.role, self.schema, self.at));
        Some(Cell { live: live.ok()?, draft: draft.transpose().ok()?, expected, standing })
    }
}
