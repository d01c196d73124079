//! What is probably not meant: beside the rule it speaks of, the rest in a short list on top. Never in the way of a change.

use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::{ExpiryAction, Flag};
use crate::domain::lint::Finding;
use crate::domain::state::State;

/// What is found of the rule at `at`; nothing where nothing is.
pub fn of_rule(at: usize, findings: &[Finding]) -> Html {
    list(findings.iter().filter(|finding| finding.rule() == Some(at)))
}

/// All of them, under the words they speak of; nothing where there are none.
pub fn list<'f>(findings: impl Iterator<Item = &'f Finding>) -> Html {
    let items: Vec<_> = findings.map(item).collect();
    match items.is_empty() {
        true => ().draw(),
        false => view! { <ul class="lint">{items}</ul> },
    }
}

/// All of them, on top of a page.
pub fn banner<'f>(findings: impl Iterator<Item = &'f Finding>) -> Html {
    let items: Vec<_> = findings.map(item).collect();
    match items.is_empty() {
        true => ().draw(),
        false => view! { <Banner title="Worth a look"><ul class="lint">{items}</ul></Banner> },
    }
}

/// What is found of no rule that is shown below.
pub fn of_the_rest(flag: &Flag, state: &State, findings: &[Finding]) -> Html {
    // An expiry that decides has a banner of its own.
    let is_told = |finding: &&Finding| finding.code == "expired" && matches!(flag.on_expiry, ExpiryAction::Serve(_));
    let has_row = |finding: &&Finding| finding.rule().is_some_and(|at| at < state.rules.len());
    banner(findings.iter().filter(|finding| !has_row(finding) && !is_told(finding)))
}

fn item(finding: &Finding) -> Html {
    let (sentence, advice) = (finding.sentence.clone(), finding.advice.clone());
    view! { <li><Icon name=Glyph::Warning /><p>{sentence}" "<span class="sub">{advice}</span></p></li> }
}
