//! What personas should get, held against what they get: now, and with a state that somebody proposes. Nothing is counted:
//! nobody was served.

use super::attributes;
use super::nearest::did_you_mean;
use super::personas;
use super::projects::OpenProject;
use super::states::{self, OpenState};
use super::trials::answer;
use crate::domain::attribute::Schema;
use crate::domain::audience::once_begun;
use crate::domain::command::Command;
use crate::domain::draft::Item;
use crate::domain::flag::Flag;
use crate::domain::key::{EnvironmentKey, FlagKey, VariantName};
use crate::domain::persona::{Expectations, Persona};
use crate::domain::role::Role;
use crate::domain::rule::Serve;
use crate::domain::state::State;
use crate::domain::text::listed;
use crate::domain::time::Timestamp;
use crate::engine::{Explanation, compile};
use crate::server::error::Error;
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::state::AppState;
use std::sync::Arc;

/// An answer, or why the persona's context is none.
pub type Answer = Result<Explanation, String>;

/// How an expectation fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Kept,
    /// Another variant, and why; the name is empty where there is no answer.
    Broken {
        gets: String,
        why: String,
    },
    /// It names something that is no more.
    Unknown(String),
}

/// One expectation of a persona.
#[derive(Debug, Clone)]
pub struct Checked {
    pub environment: EnvironmentKey,
    pub flag: FlagKey,
    pub expected: VariantName,
    pub standing: Standing,
}

/// What a persona gets of one flag in one environment, and what it should.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub persona: Persona,
    pub expected: Option<VariantName>,
    pub now: Answer,
    /// With the proposed state; none where nothing is proposed.
    pub then: Option<Answer>,
    /// The proposed state gives another variant.
    pub changes: bool,
    /// The expectation is kept now and would not be.
    pub breaks: bool,
    standing: Option<Standing>,
}

impl Verdict {
    fn new(persona: Persona, served: &ServedFlag, environment: &EnvironmentKey, now: Answer, then: Option<Answer>) -> Self {
        let flag = &served.stored.flag;
        let expected = persona.expects(environment, &flag.key).cloned();
        let stands = |answer: &Answer| expected.as_ref().map(|expected| standing(expected, flag, answer));
        let variant = |answer: &Answer| answer.as_ref().ok().map(|found| found.variant.clone());
        let changes = then.as_ref().is_some_and(|then| variant(then) != variant(&now));
        let is_broken = |answer: &Answer| matches!(stands(answer), Some(Standing::Broken { .. }));
        let breaks = then.as_ref().is_some_and(|then| is_broken(then) && !is_broken(&now));
        let standing = stands(then.as_ref().unwrap_or(&now));
        Self { expected, changes, breaks, standing, persona, now, then }
    }

    /// How the expectation fares, with the proposed state where there is one; none where nothing is expected.
    pub fn standing(&self) -> Option<&Standing> {
        self.standing.as_ref()
    }

    /// `Pro in Norway expects on, would get off`
    fn said(&self) -> String {
        let gets = self.then.as_ref().and_then(|then| then.as_ref().ok()).map_or("nothing", |then| then.variant.as_str());
        let expected = self.expected.as_ref().map_or("nothing", |name| name.as_str());
        format!("{} expects {expected}, would get {gets}", self.persona.name)
    }
}

/// What a proposed state does to the personas, for beside the button that saves it: `2 personas change, 1 breaks: Pro in
/// Norway expects on, would get off`. None where there are no personas.
pub fn summary(verdicts: &[Verdict]) -> Option<String> {
    let changing = verdicts.iter().filter(|verdict| verdict.changes).count();
    let breaking: Vec<String> = verdicts.iter().filter(|verdict| verdict.breaks).map(Verdict::said).collect();
    let changes = match changing {
        0 => "No persona changes".to_owned(),
        1 => "1 persona changes".to_owned(),
        count => format!("{count} personas change"),
    };
    let breaks = match breaking.len() {
        0 => String::new(),
        1 => format!(", 1 breaks: {}", breaking[0]),
        count => format!(", {count} break: {}", breaking.join("; ")),
    };
    (!verdicts.is_empty()).then(|| changes + &breaks)
}

/// Of so many changes at once it is told what they do to the personas.
pub const MOST: usize = 20;

/// What one of several changes does to the personas.
#[derive(Debug, Clone)]
pub struct Told {
    /// `new_checkout in production`
    pub place: String,
    pub verdicts: Vec<Verdict>,
    /// The same in a line, of when the plans in it have come to their last step; none where they have by then.
    pub complete: Option<String>,
}

/// What several changes of states do to the personas, of the first [`MOST`] of them.
pub async fn verdicts_of(state: &AppState, project: &OpenProject, items: &[Item]) -> Result<Vec<Told>, Error> {
    let mut all = Vec::new();
    let (schema, personas) = asked(state, project).await?;
    for item in items {
        if all.len() == MOST {
            break;
        }
        let (environment, flag) = match &item.command {
            Command::EditState { environment, flag, .. } | Command::SetEnabled { environment, flag, .. } => (environment, flag),
            _ => continue,
        };
        let Ok(open) = states::open(state, project, environment.as_str(), flag.as_str()) else { continue };
        let after = match &item.command {
            Command::EditState { state, .. } => state.clone(),
            Command::SetEnabled { enabled, .. } => State { enabled: *enabled, ..State::clone(&open.served.state) },
            _ => continue,
        };
        let with = |after: &State| verdicts_by(&open, project, environment, Some(after), (&schema, &personas), state.clock.now());
        let complete = completed(&after, state.clock.now()).and_then(|complete| summary(&with(&complete)));
        all.push(Told { place: format!("{flag} in {environment}"), verdicts: with(&after), complete });
    }
    Ok(all)
}

/// The state with every plan at its last step; none where none has one to come.
fn completed(state: &State, now: Timestamp) -> Option<State> {
    let mut complete = state.clone().settled(now);
    let mut is_ahead = false;
    for serve in complete.rules.iter_mut().map(|rule| &mut rule.serve).chain([&mut complete.fallthrough]) {
        let Serve::Rollout(rollout) = serve else { continue };
        let Some(last) = rollout.plan.steps.last().map(|step| step.share) else { continue };
        is_ahead |= rollout.plan.share(once_begun(now)) != last;
        rollout.plan.held_at = Some(last);
    }
    is_ahead.then_some(complete)
}

/// What every persona of the project gets of a flag in an environment now, and with `proposed`. Viewers are not told whom
/// lists name.
pub async fn verdicts(
    state: &AppState,
    project: &OpenProject,
    environment: &EnvironmentKey,
    flag: &FlagKey,
    proposed: Option<&State>,
) -> Result<Vec<Verdict>, Error> {
    let open = states::open(state, project, environment.as_str(), flag.as_str())?;
    let (schema, all) = asked(state, project).await?;
    Ok(verdicts_by(&open, project, environment, proposed, (&schema, &all), state.clock.now()))
}

/// What is private in the project, and its personas.
async fn asked(state: &AppState, project: &OpenProject) -> Result<(Schema, Vec<Persona>), Error> {
    let schema = attributes::schema(state, project).await?;
    let all = personas::list(state, project).await?.into_iter().map(|stored| stored.persona).collect();
    Ok((schema, all))
}

fn verdicts_by(
    open: &OpenState,
    project: &OpenProject,
    environment: &EnvironmentKey,
    proposed: Option<&State>,
    (schema, personas): (&Schema, &[Persona]),
    now: Timestamp,
) -> Vec<Verdict> {
    let served = &open.served;
    // As it takes effect: a plan's instants are left open until then, and a plan without them answers nobody.
    let settled = proposed.map(|after| after.clone().settled(now));
    let proposed = settled.map(|after| compile(&served.stored.flag, &after, &open.snapshot.segments.compiled));
    let verdict = |persona: &Persona| {
        let asked = || persona.context.clone();
        let then = proposed.as_ref().map(|proposed| match proposed {
            Ok(compiled) => answer(compiled, asked(), project.role, schema, once_begun(now)),
            Err(_) => Err("The proposed state cannot be served.".to_owned()),
        });
        let found = answer(&served.compiled, asked(), project.role, schema, now);
        Verdict::new(persona.clone(), served, environment, found, then)
    };
    personas.iter().map(verdict).collect()
}

/// What the personas of today get of a state of another moment. What they should get is said of the present, and left out.
pub async fn of_past(state: &AppState, project: &OpenProject, open: &OpenState, at: Timestamp) -> Result<Vec<Verdict>, Error> {
    let (schema, all) = asked(state, project).await?;
    let verdict = |persona: Persona| {
        let found = answer(&open.served.compiled, persona.context.clone(), project.role, &schema, at);
        let persona = Persona { expect: Expectations::new(), ..persona };
        Verdict::new(persona, &open.served, open.environment_key(), found, None)
    };
    Ok(all.into_iter().map(verdict).collect())
}

/// Every expectation of a persona, held against what is in force.
pub fn of_persona(snapshots: &[Arc<Snapshot>], persona: &Persona, role: Role, schema: &Schema, now: Timestamp) -> Vec<Checked> {
    let all =
        persona.expect.iter().flat_map(|(environment, flags)| flags.iter().map(move |(flag, name)| (environment, flag, name)));
    all.map(|(environment, flag, expected)| Checked {
        standing: in_force(snapshots, persona, (environment, flag, expected), role, schema, now),
        environment: environment.clone(),
        flag: flag.clone(),
        expected: expected.clone(),
    })
    .collect()
}

type Expected<'e> = (&'e EnvironmentKey, &'e FlagKey, &'e VariantName);

fn in_force(
    snapshots: &[Arc<Snapshot>],
    persona: &Persona,
    expected: Expected<'_>,
    role: Role,
    schema: &Schema,
    now: Timestamp,
) -> Standing {
    if let Some((_, why)) = unknown(snapshots, expected) {
        return Standing::Unknown(why);
    }
    let (environment, flag, name) = expected;
    let found = place(snapshots, environment).and_then(|snapshot| snapshot.flag(flag.as_str()));
    let Some(served) = found else { return Standing::Unknown(format!("There is no flag called {flag}.")) };
    standing(name, &served.stored.flag, &answer(&served.compiled, persona.context.clone(), role, schema, now))
}

/// How an answer compares with the variant that is expected of `flag`.
pub fn standing(expected: &VariantName, flag: &Flag, answer: &Answer) -> Standing {
    if flag.variant(expected).is_none() {
        return Standing::Unknown(no_variant(flag, expected));
    }
    match answer {
        Ok(found) if found.variant == expected.as_str() => Standing::Kept,
        Ok(found) => Standing::Broken { gets: found.variant.clone(), why: found.sentence.clone() },
        Err(why) => Standing::Broken { gets: String::new(), why: why.clone() },
    }
}

/// What of an expectation is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Environment,
    Flag,
    Variant,
}

/// What an expectation names and the project does not have, with a sentence about it.
pub fn unknown(snapshots: &[Arc<Snapshot>], (environment, flag, expected): Expected<'_>) -> Option<(Part, String)> {
    let Some(snapshot) = place(snapshots, environment) else {
        let known = snapshots.iter().map(|snapshot| snapshot.environment.environment.key.as_str());
        let hint = did_you_mean(environment.as_str(), known);
        return Some((Part::Environment, format!("There is no environment called {environment}.{hint}")));
    };
    let Some(served) = snapshot.flag(flag.as_str()) else {
        let hint = did_you_mean(flag.as_str(), snapshot.live().map(|served| served.key()));
        return Some((Part::Flag, format!("There is no flag called {flag}.{hint}")));
    };
    if served.is_archived() {
        return Some((Part::Flag, format!("{flag} is archived and answers nobody.")));
    }
    let definition = &served.stored.flag;
    definition.variant(expected).is_none().then(|| (Part::Variant, no_variant(definition, expected)))
}

fn place<'s>(snapshots: &'s [Arc<Snapshot>], environment: &EnvironmentKey) -> Option<&'s Arc<Snapshot>> {
    snapshots.iter().find(|snapshot| snapshot.environment.environment.key == *environment)
}

/// `new_checkout has no variant green; it has on and off.`
fn no_variant(flag: &Flag, expected: &VariantName) -> String {
    let names: Vec<String> = flag.variants.iter().map(|variant| variant.name.to_string()).collect();
    format!("{} has no variant {expected}; it has {}.", flag.key, listed(&names))
}
