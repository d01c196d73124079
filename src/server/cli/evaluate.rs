//! `flagstaff evaluate`

use super::data::{self, DataArgs, Opened};
use super::failure::Failure;
use super::findings::refusal;
use super::source::{self, Source};
use crate::domain::actor::Actor;
use crate::domain::attribute::Schema;
use crate::domain::flag::Flag;
use crate::domain::key::{EnvironmentKey, FlagKey, ProjectKey};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::engine::{CompiledFlag, Context, Segments, compile, evaluate, explain};
use crate::server::clock::Clock;
use crate::server::error::Error;
use crate::server::services::flag_file::document::{Document, DocumentFlag};
use crate::server::services::flag_file::{File, MAX_BYTES, parse};
use crate::server::services::{compiled, import, moment};
use crate::server::store;
use clap::Args;
use clap::builder::BoolishValueParser;
use std::io::Write;

/// Evaluate a flag for one context or for many, from the database or from a flag file.
///
/// Writes one JSON object per context, on a line of its own: value, variant and reason.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("asked").args(["context", "contexts"]).required(true))]
pub struct EvaluateArgs {
    /// The project that the flag belongs to.
    #[arg(long, value_name = "P", env = "FLAGSTAFF_PROJECT", required_unless_present = "file")]
    project: Option<ProjectKey>,
    /// The environment whose answer is asked for; of a file in the long form, unless it has just one.
    #[arg(long, value_name = "E", env = "FLAGSTAFF_ENVIRONMENT", required_unless_present = "file")]
    environment: Option<EnvironmentKey>,
    /// Evaluate this flag file; needs no data folder, and --project says nothing then. - is standard input.
    #[arg(long, value_name = "FILE", env = "FLAGSTAFF_FILE", value_parser = source::parser())]
    file: Option<Source>,
    /// The context, such as '{"targetingKey": "user_1", "plan": "pro"}'.
    #[arg(long, value_name = "JSON", env = "FLAGSTAFF_CONTEXT")]
    context: Option<String>,
    /// A file of contexts, one JSON object a line; - is standard input.
    #[arg(long, value_name = "FILE", env = "FLAGSTAFF_CONTEXTS", value_parser = source::parser())]
    contexts: Option<Source>,
    /// The moment to evaluate for, such as 2026-11-30T09:00:00Z or '2026-11-30 09:00 Europe/Berlin'; now without it. It sets the clock only: rules and shares
    /// are those of today.
    #[arg(long, value_name = "MOMENT", env = "FLAGSTAFF_AT", value_parser = moment::parse)]
    at: Option<Timestamp>,
    /// Add every step on the way to the answer, without values of private attributes.
    #[arg(long, env = "FLAGSTAFF_EXPLAIN", value_parser = BoolishValueParser::new())]
    explain: bool,
    /// The flag.
    #[arg(value_name = "KEY")]
    key: String,
}

/// The largest file of contexts.
const MAX_CONTEXTS: usize = 1 << 30;

pub async fn run(args: EvaluateArgs, data: &DataArgs) -> Result<(), Failure> {
    let contexts = contexts(&args)?;
    let (flag, schema) = match &args.file {
        Some(file) => from_file(file, &args)?,
        None => from_database(&args, data).await?,
    };
    let at = args.at.unwrap_or_else(|| Clock::System.now());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let written =
        contexts.iter().try_for_each(|context| writeln!(out, "{}", answer(&flag, context, at, args.explain.then_some(&schema))));
    match written.and_then(|()| out.flush()) {
        // Whoever reads has seen enough, as in `| head`.
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::refused(format!("the answers cannot be written: {why}")))
        }
        _ => Ok(()),
    }
}

fn contexts(args: &EvaluateArgs) -> Result<Vec<Context>, Failure> {
    if let Some(text) = &args.context {
        return Ok(vec![context(text).map_err(|why| Failure::usage(format!("--context: {why}")))?]);
    }
    let Some(source) = &args.contexts else { return Ok(Vec::new()) };
    let bytes = source.read(MAX_CONTEXTS)?;
    if bytes.len() > MAX_CONTEXTS {
        return Err(Failure::refused(format!("{} has more than 1 GiB; split it", source.name())));
    }
    let mut contexts = Vec::new();
    for (line, bytes) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let refused = |why: String| Failure::refused(format!("{}:{line}: {why}", source.name()));
        let text = std::str::from_utf8(bytes).map_err(|_| refused("this line is no UTF-8".to_owned()))?;
        if !text.trim().is_empty() {
            contexts.push(context(text).map_err(refused)?);
        }
    }
    Ok(contexts)
}

fn context(text: &str) -> Result<Context, String> {
    let no_json =
        |e: serde_json::Error| format!("this is no JSON ({e}); write an object such as {{\"targetingKey\": \"user_1\"}}");
    Context::parse(serde_json::from_str(text).map_err(no_json)?).map_err(|e| e.to_string())
}

fn from_file(file: &Source, args: &EvaluateArgs) -> Result<(CompiledFlag, Schema), Failure> {
    let none = Segments::new();
    let setting = import::setting(None, &Actor::Console, &none, Clock::System.now());
    let read = parse(&file.read(MAX_BYTES)?, &setting).map_err(|findings| Failure::refused(refusal(file, &findings)))?;
    let (found, known, segments, schema): (Option<(Flag, State)>, Vec<String>, Segments, Schema) = match read {
        File::Short(read) => {
            let known = read.flags.iter().map(|imported| imported.flag.key.to_string()).collect();
            let found = read.flags.into_iter().find(|imported| imported.flag.key.as_str() == args.key);
            (found.map(|imported| (imported.flag, imported.state)), known, none, Schema::default())
        }
        File::Long(read) => {
            let environment = environment(file, &read.document, args.environment.as_ref())?;
            let schema = read.document.schema();
            let used = read.document.flags.into_iter().filter(|one| one.flag.archived_at.is_none());
            let mut used: Vec<_> = used.filter_map(|one| in_environment(one, &environment)).collect();
            let known = used.iter().map(|(flag, _)| flag.key.to_string()).collect();
            let at = used.iter().position(|(flag, _)| flag.key.as_str() == args.key);
            (at.map(|at| used.swap_remove(at)), known, read.segments, schema)
        }
    };
    let (flag, state) = found.ok_or_else(|| data::absent(&format!("flag in {}", file.name()), &args.key, &known))?;
    let compiled = compile(&flag, &state, &segments).map_err(Error::Invalid)?;
    Ok((compiled, schema))
}

fn in_environment(flag: DocumentFlag, environment: &EnvironmentKey) -> Option<(Flag, State)> {
    let (_, state) = flag.states.into_iter().find(|(key, _)| key == environment)?;
    Some((flag.flag, state))
}

/// The environment that was named, or the only one that the file has.
fn environment(file: &Source, document: &Document, named: Option<&EnvironmentKey>) -> Result<EnvironmentKey, Failure> {
    let listed = document.environments.iter().map(|one| &one.key);
    let described = document.flags.iter().flat_map(|flag| flag.states.iter().map(|(key, _)| key));
    let mut there: Vec<&EnvironmentKey> = Vec::new();
    for key in listed.chain(described) {
        if !there.contains(&key) {
            there.push(key);
        }
    }
    let names: Vec<String> = there.iter().map(ToString::to_string).collect();
    match (named, there.as_slice()) {
        (Some(key), _) if there.contains(&key) => Ok(key.clone()),
        (Some(key), _) => Err(data::absent(&format!("environment in {}", file.name()), key.as_str(), &names)),
        (None, [only]) => Ok((*only).clone()),
        (None, _) => {
            Err(Failure::usage(format!("{} describes {}; name one of them with --environment", file.name(), names.join(", "))))
        }
    }
}

async fn from_database(args: &EvaluateArgs, data: &DataArgs) -> Result<(CompiledFlag, Schema), Failure> {
    let (Some(project), Some(environment)) = (&args.project, &args.environment) else {
        return Err(Failure::usage("name the flag's --project and --environment, or a flag file with --file"));
    };
    let opened = Opened::find(&data.config()?).await?;
    let mut cx = opened.db.snapshot().await?;
    let project = data::project(&mut cx, project).await?;
    let environment = data::environment(&mut cx, &project, environment).await?;
    let found = match FlagKey::parse(&args.key) {
        Ok(key) => compiled::flag(&mut cx, &project.id, &environment.id, &key).await,
        Err(_) => Err(Error::NotFound("flag")),
    };
    let result = match found {
        Err(Error::NotFound(_)) => {
            let all = store::flags::of_project(&mut cx, &project.id).await?;
            let known = all.into_iter().filter(|stored| stored.flag.archived_at.is_none());
            let known: Vec<String> = known.map(|stored| stored.flag.key.to_string()).collect();
            Err(data::absent(&format!("flag in {}", project.project.key), &args.key, &known))
        }
        other => other.map_err(Failure::from),
    };
    let schema = store::attributes::schema(&mut cx, &project.id).await?;
    drop(cx);
    opened.db.close().await;
    let compiled = result?;
    for problem in &compiled.problems {
        eprintln!("warning: {} cannot be evaluated and serves its fallback: {}: {}", args.key, problem.field, problem.message);
    }
    Ok((compiled.flag, schema))
}

/// One line of JSON. The value is written as the endpoint writes it: a number-typed 3 is `3.0`. With a schema the steps are
/// told too, without what it calls private.
fn answer(flag: &CompiledFlag, context: &Context, at: Timestamp, explained: Option<&Schema>) -> String {
    let found = evaluate(flag, context, at);
    let variant = serde_json::Value::from(found.variant.name.as_str());
    let bare = format!("{{\"value\":{},\"variant\":{variant},\"reason\":\"{}\"", found.variant.json, found.reason.as_str());
    let Some(schema) = explained else { return bare + "}" };
    let explanation = explain(flag, context, at).without_private(schema);
    let steps = serde_json::to_string(&explanation.steps).unwrap_or_else(|_| "[]".to_owned());
    format!("{bare},\"sentence\":{},\"steps\":{steps}}}", serde_json::Value::from(explanation.sentence))
}
