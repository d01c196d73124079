//! What the forms of the page ask for: posted fields in, a [`Change`] or problems out.

use crate::domain::flag::Problem;
use crate::domain::rule::{Serve, percent};
use crate::domain::state::{State, Target};
use crate::pages::fields::Fields;
use crate::pages::page;
use crate::pages::serve_form::{self, ServeForm};
use crate::pages::state_change::{self, Change, What, at_form, rule_name};
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

pub fn read(fields: &Fields, open: &OpenState) -> Result<Change, Error> {
    let place = Place { flag: open.flag_key().as_str(), environment: open.environment_key().as_str() };
    match fields.form() {
        SWITCH => switch(fields, &place),
        TARGETS => Ok(targets(fields, open, &place)),
        EVERYONE_ELSE => everyone_else(fields, open, &place),
        OFF_VARIANT => off_variant(fields, open, &place),
        RULE => rule(fields, &open.served.state, &place),
        _ => Err(Error::field("", "This page has no such form. Reload it and try again.")),
    }
}

/// Brings what the state's check found to the fields of the form that was sent.
pub fn at_its_form(error: Error, fields: &Fields, open: &OpenState, change: &Change) -> Error {
    at_form(error, |problem| own(problem, fields.form(), open, change))
}

fn own(problem: &Problem, form: &str, open: &OpenState, change: &Change) -> Option<Problem> {
    let field = match form {
        EVERYONE_ELSE => serve_form::field_of(problem.field.strip_prefix("fallthrough")?),
        TARGETS => units_of(problem.field.strip_prefix("targets")?, open, change),
        OFF_VARIANT if problem.field == "off_variant" => OFF_VARIANT.replace('-', "_"),
        _ => return None,
    };
    Some(Problem::new(field, problem.message.clone()))
}

/// The field of the list that a path such as `[1].units` counts.
fn units_of(rest: &str, open: &OpenState, change: &Change) -> String {
    let at = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')?.0.parse::<usize>().ok());
    let after = match &change.what {
        What::Edit(edit) => open.preview(edit.as_ref().clone()).ok(),
        What::Enabled(_) => None,
    };
    let list = at.and_then(|at| after.and_then(|after| after.targets.into_iter().nth(at)));
    list.map_or_else(|| "units".to_owned(), |list| units_field(list.variant.as_str()))
}

/// For the titles.
struct Place<'p> {
    flag: &'p str,
    environment: &'p str,
}

fn switch(fields: &Fields, place: &Place<'_>) -> Result<Change, Error> {
    let enabled = match fields.get("enabled") {
        "true" => true,
        "false" => false,
        _ => return Err(Error::field("", "Say whether to turn it on or off.")),
    };
    let title = format!("Turn {} {} in {}", if enabled { "on" } else { "off" }, place.flag, place.environment);
    Ok(Change { title, what: What::Enabled(enabled) })
}

/// A list that was not sent stays as it is.
fn targets(fields: &Fields, open: &OpenState, place: &Place<'_>) -> Change {
    let variants = open.served.stored.flag.variants.iter().map(|variant| &variant.name);
    let sent = variants.filter_map(|name| {
        let field = units_field(name.as_str());
        let text = fields.0.iter().find(|(key, _)| *key == field).map(|(_, value)| value)?;
        Some(Target { variant: name.clone(), units: read_units(text) })
    });
    let title = format!("Change the individual targets of {} in {}", place.flag, place.environment);
    Change::edit(title, StateEdit::AllTargets(sent.collect()))
}

fn everyone_else(fields: &Fields, open: &OpenState, place: &Place<'_>) -> Result<Change, Error> {
    let (flag, state) = (&open.served.stored.flag, &open.served.state);
    let form = ServeForm::from_pairs(&fields.0, flag, Some(&state.fallthrough));
    let (serve, problems) = form.read(flag, Some(&state.fallthrough));
    let title = serve_title(&serve, &form.of, &state.fallthrough, place.environment);
    let change = Change::edit(title, StateEdit::Fallthrough(serve.clone()));
    if problems.is_empty() {
        return Ok(change);
    }
    let after = State { fallthrough: serve, ..State::clone(state) };
    let others = open.problems(&after).iter().filter_map(|problem| own(problem, EVERYONE_ELSE, open, &change)).collect();
    Err(Error::Invalid(state_change::together(problems, others)))
}

/// `Serve on to 25 % in production`, of two variants the one that was asked for.
fn serve_title(serve: &Serve, of: &str, before: &Serve, environment: &str) -> String {
    let order = match serve {
        Serve::Variant(name) => format!("Serve {name} to everyone else"),
        Serve::Split(split) if split.weights.len() == 2 => {
            let asked = split.weights.iter().find(|weight| weight.variant.as_str() == of.trim());
            let weight = asked.unwrap_or(&split.weights[0]);
            format!("Serve {} to {}", weight.variant, percent(weight.share))
        }
        Serve::Split(split) => {
            let shares: Vec<_> = split.weights.iter().map(|w| format!("{} to {}", w.variant, percent(w.share))).collect();
            format!("Serve {}", shares.join(", "))
        }
        Serve::Rollout(_) => "Keep the rollout plan".to_owned(),
    };
    let ends = match (before, serve) {
        (Serve::Rollout(_), Serve::Variant(_) | Serve::Split(_)) => " and end the rollout plan",
        _ => "",
    };
    format!("{order} in {environment}{ends}")
}

fn off_variant(fields: &Fields, open: &OpenState, place: &Place<'_>) -> Result<Change, Error> {
    let variants = &open.served.stored.flag.variants;
    let wanted = fields.text("off_variant");
    let found = variants.iter().find(|variant| variant.name.as_str() == wanted).map(|variant| variant.name.clone());
    let name = found.ok_or_else(|| {
        let names: Vec<_> = variants.iter().map(|variant| variant.name.as_str()).collect();
        Error::field("off_variant", format!("Choose one of the variants: {}.", names.join(", ")))
    })?;
    let title = format!("Serve {name} while {} is off in {}", place.flag, place.environment);
    Ok(Change::edit(title, StateEdit::OffVariant(name)))
}

fn rule(fields: &Fields, state: &State, place: &Place<'_>) -> Result<Change, Error> {
    let id = fields.get("rule").to_owned();
    let name = state.rules.iter().find(|rule| rule.id == id).map_or_else(|| "a rule".to_owned(), |rule| rule_name(state, rule));
    let (order, edit) = match fields.get("do") {
        "up" => (format!("Move {name} up"), StateEdit::MoveRule { id, to: Move::Up }),
        "down" => (format!("Move {name} down"), StateEdit::MoveRule { id, to: Move::Down }),
        "top" => (format!("Move {name} to the top"), StateEdit::MoveRule { id, to: Move::Top }),
        "pause" => (format!("Pause {name}"), StateEdit::PauseRule { id, active: false }),
        "resume" => (format!("Resume {name}"), StateEdit::PauseRule { id, active: true }),
        "remove" => (format!("Remove {name}"), StateEdit::RemoveRule(id)),
        "duplicate" => (format!("Duplicate {name}"), StateEdit::DuplicateRule { id }),
        "place" => {
            let place: usize =
                fields.get("place").parse().map_err(|_| Error::field("", "Choose the place to move the rule to."))?;
            (format!("Move {name} to place {}", place.saturating_add(1)), StateEdit::MoveRuleTo { id, place })
        }
        _ => return Err(Error::field("", "Say what to do with the rule.")),
    };
    Ok(Change::edit(format!("{order} of {} in {}", place.flag, place.environment), edit))
}
