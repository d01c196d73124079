//! Before and after, as documents.

use super::{ObjectChange, Step};
use crate::domain::command::Command;
use crate::domain::diff::{DiffRow, diff};
use crate::domain::key::EnvironmentKey;
use crate::server::error::Error;
use crate::server::services::contents::Contents;
use crate::server::store::flags::StoredFlag;
use serde::Serialize;
use serde_json::Value;

/// Field by field; `None` stands for nothing there.
pub fn rows<T: Serialize>(before: Option<&T>, after: &T) -> Result<Vec<DiffRow>, Error> {
    Ok(diff(&document(before)?, &document(Some(after))?))
}

fn document<T: Serialize>(part: Option<&T>) -> Result<Value, Error> {
    serde_json::to_value(part).map_err(|e| Error::Internal(e.to_string()))
}

/// A change of an object that is no flag.
pub fn object<T: Serialize>(noun: &'static str, key: &str, before: Option<&T>, after: &T) -> Result<ObjectChange, Error> {
    let definition = rows(before, after)?;
    Ok(ObjectChange { noun, key: key.to_owned(), is_new: before.is_none(), definition, states: Vec::new() })
}

/// A command whose object has a version of its own.
pub fn step(command: Command, base_version: Option<i64>) -> Step {
    Step { command, base_version, basis: Vec::new() }
}

/// The versions of a flag that an import was compared with.
pub fn basis(contents: &Contents, environment: &EnvironmentKey, flag: &StoredFlag) -> String {
    let state = contents.state(environment, &flag.id).map(|state| state.version);
    format!("{} {} {environment} {state:?}", flag.flag.key, flag.version)
}
