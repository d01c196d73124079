//! The rule as a sentence while it is written, or what it lacks.

use super::Editing;
use crate::components::*;
use crate::domain::flag::Problem;
use crate::domain::limits;
use crate::domain::rule::Rule;
use crate::domain::sentence;
use crate::pages::serve_form::Standing;
use crate::pages::state_change::together;
use crate::server::services::state_edit::StateEdit;
use leptos::prelude::*;

impl Editing {
    /// What the form says now, and all that keeps it from being saved.
    fn written(&self) -> (Rule, Vec<Problem>) {
        let state = &self.open.served.state;
        let id = self.rule.as_ref().map_or_else(|| state.free_rule_id(), |rule| rule.id.clone());
        let (rule, problems) = self.form.read(id, &self.open.served.stored.flag, self.serve());
        let edit = match self.rule {
            Some(_) => StateEdit::ReplaceRule(rule.clone()),
            None => StateEdit::AddRule(rule.clone()),
        };
        let Ok(after) = self.open.preview(edit) else { return (rule, problems) };
        let others = self.open.problems(&after).into_iter().chain(limits::of_state(&after, Some(state)));
        let others = others.filter_map(|problem| self.own(&problem, &rule)).collect();
        (rule, together(problems, others))
    }

    /// What the form's answer is compared with.
    pub(super) fn standing(&self) -> Standing {
        let state = &self.open.served.state;
        Standing {
            serve: self.serve().cloned(),
            off: state.off_variant.to_string(),
            whom: "those it matches",
            live: state.enabled && self.rule.as_ref().is_some_and(|rule| rule.active),
            now: self.now,
        }
    }
}

/// Stands under the form, marked `data-live`. Of a rule that nobody has begun to write there is nothing to say.
pub fn preview(editing: &Editing) -> impl IntoView + use<> {
    let (rule, problems) = editing.written();
    let is_begun = editing.typed || editing.rule.is_some();
    let said = match problems.is_empty() {
        true => view! { <p><Sentence pieces=sentence::rule_pieces(&rule, editing.now) /></p> }.into_any(),
        false => {
            let lines: Vec<_> = problems.into_iter().map(|problem| view! { <li>{problem.message}</li> }).collect();
            view! { <p class="sub">"Before it can be saved:"</p><ul class="lacks">{lines}</ul> }.into_any()
        }
    };
    let said = if is_begun { said } else { view! { <p class="sub">"Press Check to read it as a sentence."</p> }.into_any() };
    view! { <div id="rule-preview" class="preview" data-live="" aria-live="polite">{said}</div> }
}
