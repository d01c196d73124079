//! A flag's state as sentences, to read: of the past, or of one environment beside another.

use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::Schema;
use crate::domain::role::Role;
use crate::domain::rule::{Rule, Serve, WHOLE};
use crate::domain::sentence::{self, Piece};
use crate::domain::state::{State, Target};
use crate::domain::time::Timestamp;

/// As many keys as a row names.
const NAMED: usize = 12;

/// Rows for a flush card, from the switch down to everyone else. Viewers are not told whom lists name.
pub fn rows(state: &State, role: Role, schema: &Schema, now: Timestamp) -> Html {
    let readable = role > Role::Viewer;
    let masking = (!readable).then_some(schema);
    let switch = match state.enabled {
        true => view! { <p><b>"On"</b>", who gets what is decided in this order."</p> },
        false => {
            let off = state.off_variant.to_string();
            view! { <p><b>"Off"</b>": everybody gets "<b>{off}</b>". What follows takes effect once it is on."</p> }
        }
    };
    let targets: Vec<_> =
        state.targets.iter().map(|target| view! { <p><Sentence pieces=line(target, readable) /></p> }).collect();
    let targets = (!targets.is_empty()).then(|| view! { <RuleRow number="–" title="Individual targets">{targets}</RuleRow> });
    let rules: Vec<_> = state.rules.iter().enumerate().map(|(at, rule)| row(state, at, rule, masking, now)).collect();
    let pieces = sentence::serve_pieces(&state.fallthrough, now);
    let crowd = crowd(state, &state.fallthrough, now);
    view! {
        <RuleGap>{switch}</RuleGap>
        {targets}
        {rules}
        <RuleRow number="–" title="Everyone else"><p><Sentence pieces=pieces /></p>{crowd}</RuleRow>
    }
}

fn row(state: &State, at: usize, rule: &Rule, masking: Option<&Schema>, now: Timestamp) -> Html {
    let title = if rule.name.is_empty() { format!("Rule {}", at + 1) } else { rule.name.clone() };
    let said = masking.map_or_else(|| rule.clone(), |schema| rule.clone().masked(schema));
    // The badge says that it is paused.
    let pieces = sentence::rule_pieces(&Rule { active: true, ..said }, now);
    let (paused, crowd) = (!rule.active, crowd(state, &rule.serve, now));
    view! { <RuleRow number=(at + 1).to_string() title=title paused=paused><p><Sentence pieces=pieces /></p>{crowd}</RuleRow> }
}

/// `ada, lin and 3 more → serve on`; who they are is not for everybody.
pub fn line(target: &Target, readable: bool) -> Vec<Piece> {
    let count = target.units.len();
    let mut out = Vec::new();
    if readable {
        for (at, unit) in target.units.iter().take(NAMED).enumerate() {
            out.extend((at > 0).then(|| Piece::Text(", ".to_owned())));
            out.push(Piece::Value(unit.clone()));
        }
        out.extend((count > NAMED).then(|| Piece::Text(format!(" and {} more", count - NAMED))));
    } else {
        out.push(Piece::Text(if count == 1 { "1 key".to_owned() } else { format!("{count} keys") }));
    }
    out.extend([Piece::Text(" → serve ".to_owned()), Piece::Name(target.variant.to_string())]);
    out
}

/// A share, as a hundred people.
pub fn crowd(state: &State, serve: &Serve, now: Timestamp) -> Option<Html> {
    let shares: Vec<(String, u16)> = match serve {
        Serve::Variant(_) => return None,
        Serve::Split(split) => split.weights.iter().map(|weight| (weight.variant.to_string(), weight.share)).collect(),
        Serve::Rollout(rollout) => {
            let share = rollout.plan.share(now);
            vec![(rollout.variant.to_string(), share), (rollout.rest.to_string(), WHOLE - share)]
        }
    };
    let off = state.off_variant.to_string();
    Some(view! { <Crowd shares=shares rest=off /> })
}
