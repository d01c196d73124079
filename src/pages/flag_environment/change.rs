//! What the forms of the page ask for: posted fields in, a [`StateEdit`] or problems out.

use crate::domain::flag::Problem;
use crate::domain::state::{State, Target};
use crate::pages::fields::Fields;
use crate::pages::page;
use crate::pages::serve_form::{self, ServeForm};
use crate::pages::state_change::{self, at_form};
use crate::server::error::Error;
use crate::server::services::state_edit::{Move, StateEdit, read_units};
use crate::server::services::states::OpenState;

pub const SWITCH: &str = "switch";
pub const TARGETS: &str = "targets";
pub const EVERYONE_ELSE: &str = "everyone-else";
pub const OFF_VARIANT: &str = "off-variant";
/// The buttons beside a rule.
pub const RULE: &str = "rule";

/// The field of one variant's individual targets.
pub fn units_field(variant: &str) -> String {
    format!("units[{variant}]")
}

/// Where to go afterwards: back to where the form stood, else to this page.
pub fn back(fields: &Fields, here: &str) -> String {
    fields.filled("return_to").map_or_else(|| here.to_owned(), |to| page::local(&to).to_owned())
}

/// Whether the switch is to be on.
pub fn wanted(fields: &Fields) -> Result<bool, Error> {
    match fields.get("enabled") {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Error::field("", "Say whether to turn it on or off.")),
    }
}

pub fn read(fields: &Fields, open: &OpenState) -> Result<StateEdit, Error> {
    match fields.form() {
        TARGETS => Ok(targets(fields, open)),
        EVERYONE_ELSE => everyone_else(fields, open),
        OFF_VARIANT => off_variant(fields, open),
        RULE => rule(fields),
        _ => Err(Error::field("", "This page has no such form. Reload it and try again.")),
    }
}

/// Brings what the state's check found to the fields of the form that was sent.
pub fn at_its_form(error: Error, fields: &Fields, open: &OpenState, edit: &StateEdit) -> Error {
    at_form(error, |problem| own(problem, fields.form(), open, edit))
}

fn own(problem: &Problem, form: &str, open: &OpenState, edit: &StateEdit) -> Option<Problem> {
    let field = match form {
        EVERYONE_ELSE => serve_form::field_of(problem.field.strip_prefix("fallthrough")?),
        TARGETS => units_of(problem.field.strip_prefix("targets")?, open, edit),
        OFF_VARIANT if problem.field == "off_variant" => OFF_VARIANT.replace('-', "_"),
        _ => return None,
    };
    Some(Problem::new(field, problem.message.clone()))
}

/// The field of the list that a path such as `[1].units` counts.
fn units_of(rest: &str, open: &OpenState, edit: &StateEdit) -> String {
    let at = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')?.0.parse::<usize>().ok());
    let after = open.preview(edit.clone()).ok();
    let list = at.and_then(|at| after.and_then(|after| after.targets.into_iter().nth(at)));
    list.map_or_else(|| "units".to_owned(), |list| units_field(list.variant.as_str()))
}

/// A list that was not sent stays as it is.
fn targets(fields: &Fields, open: &OpenState) -> StateEdit {
    let variants = open.served.stored.flag.variants.iter().map(|variant| &variant.name);
    let sent = variants.filter_map(|name| {
        let field = units_field(name.as_str());
        let text = fields.0.iter().find(|(key, _)| *key == field).map(|(_, value)| value)?;
        Some(Target { variant: name.clone(), units: read_units(text) })
    });
    StateEdit::AllTargets(sent.collect())
}

fn everyone_else(fields: &Fields, open: &OpenState) -> Result<StateEdit, Error> {
    let (flag, state) = (&open.served.stored.flag, &open.served.state);
    let form = ServeForm::from_pairs(&fields.0, flag, Some(&state.fallthrough));
    let (serve, problems) = form.read(flag, Some(&state.fallthrough));
    let edit = StateEdit::Fallthrough(serve.clone());
    if problems.is_empty() {
        return Ok(edit);
    }
    let after = State { fallthrough: serve, ..State::clone(state) };
    let others = open.problems(&after).iter().filter_map(|problem| own(problem, EVERYONE_ELSE, open, &edit)).collect();
    Err(Error::Invalid(state_change::together(problems, others)))
}

fn off_variant(fields: &Fields, open: &OpenState) -> Result<StateEdit, Error> {
    let variants = &open.served.stored.flag.variants;
    let wanted = fields.text("off_variant");
    let found = variants.iter().find(|variant| variant.name.as_str() == wanted).map(|variant| variant.name.clone());
    let name = found.ok_or_else(|| {
        let names: Vec<_> = variants.iter().map(|variant| variant.name.as_str()).collect();
        Error::field("off_variant", format!("Choose one of the variants: {}.", names.join(", ")))
    })?;
    Ok(StateEdit::OffVariant(name))
}

fn rule(fields: &Fields) -> Result<StateEdit, Error> {
    let id = fields.get("rule").to_owned();
    Ok(match fields.get("do") {
        "up" => StateEdit::MoveRule { id, to: Move::Up },
        "down" => StateEdit::MoveRule { id, to: Move::Down },
        "top" => StateEdit::MoveRule { id, to: Move::Top },
        "pause" => StateEdit::PauseRule { id, active: false },
        "resume" => StateEdit::PauseRule { id, active: true },
        "remove" => StateEdit::RemoveRule(id),
        "duplicate" => StateEdit::DuplicateRule { id },
        "place" => {
            let place = fields.get("place").parse().map_err(|_| Error::field("", "Choose the place to move the rule to."))?;
            StateEdit::MoveRuleTo { id, place }
        }
        _ => return Err(Error::field("", "Say what to do with the rule.")),
    })
}
