//! Who approves a step of a plan that waits for that. Where changes are reviewed, whoever made the plan does not open its gate
//! by themselves: one who may review and had no hand in the plan does it with a word, and everybody else asks for a review.

use super::{Work, flags};
use crate::domain::actor::Actor;
use crate::domain::pace::approves;
use crate::domain::plan::Stage;
use crate::domain::policy::When;
use crate::domain::rule::Serve;
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::store;
use crate::server::store::audit::AuditFilter;
use crate::server::store::environments::StoredEnvironment;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;

/// How many changes of a state are looked back over for who made its plans; and so many at once, because documents are long.
const MOST: usize = 1_000;
const AT_ONCE: usize = 50;

/// Whether a change opens the gate of a step without being the word of somebody who may give it alone.
pub async fn wants_approval(
    work: &mut Work<'_>,
    project: &StoredProject,
    place: &StoredEnvironment,
    stored: &StoredFlag,
    (before, after): (&State, &State),
) -> Result<bool, Error> {
    let review = place.environment.policy.review_of(Some(stored.flag.kind));
    if !matches!(work.actor, Actor::Person(_)) || review.when == When::Never || !approves(before, after) {
        return Ok(false);
    }
    if review.quorum > 1 || work.actor.role_in(&project.id) < Some(review.reviewers) {
        return Ok(true);
    }
    had_a_hand(work, project, place, stored).await
}

/// Whether who makes this change made the plans that are there, or helped to. Where the history does not say, it is held so.
async fn had_a_hand(
    work: &mut Work<'_>,
    project: &StoredProject,
    place: &StoredEnvironment,
    stored: &StoredFlag,
) -> Result<bool, Error> {
    let mut filter = AuditFilter {
        project: Some(project.project.key.to_string()),
        environment: Some(place.environment.key.to_string()),
        object: Some(flags::object(&stored.flag.key)),
        action: Some("state".to_owned()),
        ..AuditFilter::default()
    };
    for _ in 0..MOST / AT_ONCE {
        let rows = store::audit::search(work.tx, &filter, AT_ONCE as i64).await?;
        let Some(oldest) = rows.last() else { break };
        filter.before_seq = Some(oldest.seq);
        for row in &rows {
            if planned(row.before.as_deref()) == planned(row.after.as_deref()) {
                continue;
            }
            let request = store::change_requests::that_wrote(work.tx, &project.id, row.seq).await?;
            return Ok(match request {
                Some(stored) => work.actor.user_id().is_some_and(|who| stored.request.is_by(who)),
                None => row.actor == work.actor.label(),
            });
        }
    }
    Ok(true)
}

/// The plans of a state as they are planned, however far they have come: of rules by their id, and of everyone else.
fn planned(document: Option<&str>) -> Vec<(String, Vec<Stage>)> {
    let state: Option<State> = document.and_then(|text| serde_json::from_str(text).ok());
    let Some(state) = state else { return Vec::new() };
    let rules = state.rules.iter().map(|rule| (rule.id.clone(), &rule.serve));
    let all = rules.chain([(String::new(), &state.fallthrough)]);
    let plan = |(whose, serve): (String, &Serve)| match serve {
        Serve::Rollout(rollout) => Some((whose, rollout.plan.stages())),
        Serve::Variant(_) | Serve::Split(_) => None,
    };
    all.filter_map(plan).collect()
}
