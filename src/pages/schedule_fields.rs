//! The fields for when a change is to be made: a moment, with its time zone where one is meant, and how late it may still be; and
//! those for what is said of it.
//! Where clocks are turned the form comes back with the instants that may be meant, to choose from.

use super::asks::typed_name;
use super::confirm;
use super::fields::Fields;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::Problem;
use crate::domain::schedule::{GRACE, GRACES, Moment, Schedule};
use crate::domain::text::{capital, listed};
use crate::domain::when;
use crate::server::error::Error;
use crate::server::governance::change_requests::NewRequest;
use crate::server::services::confirmation::Asks;
use crate::server::services::moment::{self, Kept};

pub const AT: &str = "at";
pub const GRACE_FIELD: &str = "grace";
/// Which instant is meant of an hour that comes twice, or never.
pub const TURN: &str = "turn";

/// Reads them; the problem of a turned clock is told with what may be meant.
pub fn read(fields: &Fields) -> Result<Schedule, Error> {
    let at = match moment::keep(fields.get(AT), fields.get(TURN)).map_err(|why| Error::field(AT, why))? {
        Kept::Moment(at) => at,
        Kept::Asks { why, .. } => return Err(Error::field(AT, format!("{why} Or choose below."))),
    };
    let grace = match fields.filled(GRACE_FIELD) {
        None => GRACE,
        Some(text) => {
            text.parse().map_err(|_| Error::field(GRACE_FIELD, "Choose one of the lengths of time that the form offers."))?
        }
    };
    Ok(Schedule { at, grace })
}

/// The request that a whole form asks for: its moment, and what is said of it. `asks` is what its changes ask for.
pub fn request(fields: &Fields, asks: &Asks) -> Result<NewRequest, Error> {
    let schedule = read(fields)?;
    let untyped = |key: &String| {
        let message = format!("Type {key} to confirm that you mean this environment.");
        (fields.text(&typed_name(key)) != *key).then(|| Problem::new(typed_name(key), message))
    };
    let missing: Vec<Problem> = asks.typed.iter().filter_map(untyped).collect();
    match missing.is_empty() {
        true => Ok(NewRequest { schedule: Some(schedule), ..fields.request().unwrap_or_default() }),
        false => Err(Error::Invalid(missing)),
    }
}

/// Brings what was refused to the field of such a form. Also what an environment asks for that did when the page was drawn, too.
pub fn at_its_field(error: Error, asks: &Asks) -> Error {
    match error {
        Error::Confirm(_) => {
            Error::field("", "An environment asks for more than it did a moment ago. Look at the form once more.")
        }
        Error::Invalid(problems) => {
            let name = asks.typed.first().map(|key| typed_name(key));
            let moved = |problem: Problem| match (problem.field.as_str(), &name) {
                ("confirmation", Some(name)) => Problem::new(name.clone(), problem.message),
                ("reason", _) => Problem::new(confirm::WHY, problem.message),
                _ => problem,
            };
            Error::Invalid(problems.into_iter().map(moved).collect())
        }
        other => other,
    }
}

/// What stands above such a form.
pub fn lead(asks: &Asks) -> String {
    match &asks.review {
        Some(asked) => {
            let because = capital(&listed(&asked.because));
            format!("{because}: it is made at its moment if {} by then.", confirm::looks(asked))
        }
        None => "It is made at its moment, by itself. Until then everybody sees that it is planned, and anybody who edits can stop it."
            .to_owned(),
    }
}

/// What is said of it, to be made inside of the form.
pub fn words(title: String, why: String, asks: &Asks, reviewers: Vec<Choice>) -> Html {
    let typed: Vec<_> = asks.typed.iter().map(|key| typed(key)).collect();
    let reviewers = asks.review.is_some().then(|| confirm::reviewer_boxes(reviewers));
    view! {
        <Field name=confirm::TITLE label="Title" value=title required=true hint="What changes, in a line." />
        <TextArea name=confirm::WHY label="Why" value=why required=true hint="For everybody who sees it planned, and for the history." />
        {reviewers}
        {typed}
    }
}

fn typed(environment: &str) -> Html {
    let (name, label) = (typed_name(environment), format!("Environment {environment}"));
    let hint = format!("{environment} is critical: type {environment} to say that you mean it.");
    view! { <Field name=name label=label required=true mono=true autocomplete="off" hint=hint /> }
}

/// The fields of the form called `form`; to be made inside of it. `present` is what it has now.
pub fn inputs(form: &str, present: Option<&Schedule>) -> Html {
    let typed = match present.map(|schedule| &schedule.at) {
        None => String::new(),
        Some(Moment::Instant(at)) => moment::typed_at(*at),
        Some(Moment::Wall(wall)) => wall.typed(),
    };
    let grace = present.map_or(GRACE, |schedule| schedule.grace);
    let lengths = GRACES.into_iter().chain((!GRACES.contains(&grace)).then_some(grace));
    let graces: Vec<Choice> = lengths.map(|length| Choice::new(length.to_string(), capital(&when::span(length)))).collect();
    let hint = "Where the server was down at its moment. After that it is not made, and you are told.";
    view! {
        <Field name=AT label="At" value=typed required=true mono=true width=36 autocomplete="off" hint=moment::HOW moment=true />
        {turned(form, present)}
        <Select name=GRACE_FIELD label="May be late by" options=graces value=grace.to_string() required=true hint=hint />
    }
}

/// The instants that may be meant, where the form was refused for that.
fn turned(form: &str, present: Option<&Schedule>) -> Option<Html> {
    let text = match (Attempt::of(form), present.map(|schedule| &schedule.at)) {
        (Some(attempt), _) => attempt.value(AT).unwrap_or_default().to_owned(),
        (None, Some(Moment::Wall(wall))) if wall.second => {
            // It is one of an hour that comes twice: the other stays within reach.
            wall.typed()
        }
        _ => return None,
    };
    let Ok(Kept::Asks { choices, .. }) = moment::keep(&text, "") else { return None };
    let chosen =
        if present.is_some_and(|schedule| matches!(&schedule.at, Moment::Wall(wall) if wall.second)) { "second" } else { "" };
    let options: Vec<Choice> = choices
        .into_iter()
        .map(|choice| {
            let said = choice.wall.told();
            let clock = said.split(" in ").next().unwrap_or_default().to_owned();
            let label = format!("{clock} {} (UTC{})", choice.shown.zone, choice.shown.offset);
            Choice::described(choice.value, label, format!("That is {}.", when::exact(choice.shown.at)))
        })
        .collect();
    Some(view! { <RadioCards name=TURN legend="Which one is meant?" options=options value=chosen /> })
}
