//! What was wrong with a refused post, on top of its form.

use super::{Attempt, field_id};
use crate::components::icon::{Glyph, Icon};
use crate::components::prelude::*;
use std::sync::Arc;

/// Takes the focus when the page loads, so that it is read out and the fields are one key away.
#[component]
pub fn Summary(form: String, attempt: Arc<Attempt>, fields: Vec<String>) -> Html {
    let (title, message) = match (attempt.problems.len(), attempt.message.clone()) {
        (0, message) => (message.unwrap_or_else(|| "This could not be done.".to_owned()), None),
        (1, message) => ("There is a problem to put right.".to_owned(), message),
        (count, message) => (format!("There are {count} problems to put right."), message),
    };
    let message = message.map(|text| view! { <p>{text}</p> });
    let entries: Vec<_> = attempt
        .problems
        .iter()
        .map(|problem| match nearest(&problem.field, &fields) {
            Some(name) => {
                view! { <li><a href=format!("#{}", field_id(&form, name))>{problem.message.clone()}</a></li> }
            }
            None => view! { <li>{problem.message.clone()}</li> },
        })
        .collect();
    let list = (!entries.is_empty()).then(|| view! { <ul>{entries}</ul> });
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus=true id=format!("{form}-problems")>
            <Icon name=Glyph::Danger />
            <div><p class="title">{title}</p>{message}{list}</div>
        </div>
    }
}

/// The field that a problem's path names: that one, else the first inside of it, else the one around it.
fn nearest<'a>(path: &str, fields: &'a [String]) -> Option<&'a String> {
    let inside = |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['.', '[']));
    let exact = fields.iter().find(|name| *name == path);
    exact
        .or_else(|| fields.iter().find(|name| inside(path, name)))
        .or_else(|| fields.iter().filter(|name| inside(name, path)).max_by_key(|name| name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_link_to_the_nearest_field() {
        let fields: Vec<String> = ["targets[0].units", "variants", "variants[1].value", "rules[0]"].map(String::from).to_vec();
        let table = [
            ("variants[1].value", Some("variants[1].value")),
            ("targets[0]", Some("targets[0].units")),
            ("variants[7].name", Some("variants")),
            ("rules[0].serve.weights", Some("rules[0]")),
            ("owner", None),
            ("var", None),
        ];
        for (path, expected) in table {
            assert_eq!(nearest(path, &fields).map(String::as_str), expected, "{path}");
        }
    }
}
