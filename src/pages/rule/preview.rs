//! The rule as a sentence while it is written, or what it lacks.

use super::Editing;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::Problem;
use crate::domain::limits;
use crate::domain::lint::Finding;
use crate::domain::rule::Rule;
use crate::domain::sentence;
use crate::domain::state::State;
use crate::pages::lint::list as lint_list;
use crate::pages::serve_form::Standing;
use crate::pages::state_change::together;
use crate::server::error::Error;
use crate::server::services::state_edit::StateEdit;
use crate::server::services::{kept_forms, lint};
use crate::server::state::AppState;

impl Editing {
    /// What the form says now, and all that keeps it from being saved.
    fn written(&self) -> (Rule, Vec<Problem>) {
        let state = &self.open.served.state;
        let id = self.rule.as_ref().map_or_else(|| state.free_rule_id(), |rule| rule.id.clone());
        let (rule, problems) = self.form.read(id, &self.open.served.stored.flag, self.serve());
        let Ok(after) = self.after(&rule) else { return (rule, problems) };
        let others = self.open.problems(&after).into_iter().chain(limits::of_state(&after, Some(state)));
        let others = others.filter_map(|problem| self.own(&problem, &rule)).collect();
        (rule, together(problems, others))
    }

    /// The state with the rule in it.
    fn after(&self, rule: &Rule) -> Result<State, Error> {
        self.open.preview(match self.rule {
            Some(_) => StateEdit::ReplaceRule(rule.clone()),
            None => StateEdit::AddRule(rule.clone()),
        })
    }

    /// What is probably not meant in the rule as it is written, and in others since it is written so.
    pub(super) async fn lint(&self, app: &AppState) -> Result<Vec<Finding>, Error> {
        let (rule, problems) = self.written();
        let after = self.after(&rule).ok().filter(|_| problems.is_empty() && self.is_begun());
        let Some(after) = after else { return Ok(Vec::new()) };
        let of = async |state: &State| lint::findings(app, &self.project, &self.open, state, self.now).await;
        let (before, all, own) = (of(&self.open.served.state).await?, of(&after).await?, self.place(&rule));
        Ok(all.into_iter().filter(|finding| finding.rule() == Some(own) || !before.contains(finding)).collect())
    }

    /// Whether there is something to speak of.
    fn is_begun(&self) -> bool {
        self.typed || self.rule.is_some()
    }

    /// Whether the form asks for the same people as the rule that is stored.
    fn meets_the_same(&self) -> bool {
        let (rule, _) = self.written();
        self.rule.as_ref().is_none_or(|before| rule.in_the_order_of(before).conditions == before.conditions)
    }

    /// What the form's answer is compared with.
    pub(super) fn standing(&self) -> Standing {
        let state = &self.open.served.state;
        Standing {
            // Of other people than now nobody knows what they get now.
            serve: self.serve().filter(|_| self.meets_the_same()).cloned(),
            off: state.off_variant.to_string(),
            whom: "those it matches",
            live: state.enabled && self.rule.as_ref().is_some_and(|rule| rule.active),
            now: self.now,
        }
    }
}

/// Stands under the form, marked `data-live`. Of a rule that nobody has begun to write there is nothing to say.
pub fn preview(editing: &Editing) -> Html {
    let (rule, problems) = editing.written();
    let said = match problems.is_empty() {
        true => view! { <p><Sentence pieces=sentence::rule_pieces(&rule, editing.now) /></p> },
        false => {
            let lines: Vec<_> = problems.into_iter().map(|problem| view! { <li>{problem.message}</li> }).collect();
            view! { <p class="sub">"Before it can be saved:"</p><ul class="lacks">{lines}</ul> }
        }
    };
    let said = if editing.is_begun() {
        said
    } else {
        view! { <p class="sub">"Press Check to read it as a sentence."</p> }
    };
    let (found, unkept) = (lint_list(editing.findings.iter()), editing.too_long.then(unkept));
    view! { <div id="rule-preview" class="preview" data-live="" aria-live="polite">{said}{found}{unkept}</div> }
}

/// What is typed is kept while somebody writes; this is not.
fn unkept() -> Html {
    let title = format!("This is longer than the {} KiB that are kept while you write.", kept_forms::LONGEST / 1024);
    view! { <Banner tone=Tone::Warn title=title>"Add it to the draft before you leave this page, or put the list into a segment."</Banner> }
}
