//! Why somebody gets what they get, as every page shows it: the reason in words, and the trace step by step.

use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::rule::{WHOLE, percent};
use crate::engine::{Bucketing, ConditionStep, Explanation, Outcome, Reason, RuleOutcome, Share, Step, What};

/// OpenFeature's reason, as people say it.
pub const fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::Static => "Everybody gets it",
        Reason::TargetingMatch => "A target or a rule matched",
        Reason::Split => "By a share of the users",
        Reason::Disabled => "The flag is off here",
        Reason::Default => "Nothing else decided",
    }
}

/// The answer in one sentence, and how it came about.
pub fn trace(explanation: &Explanation) -> Html {
    let (sentence, steps) = (explanation.sentence.clone(), steps(explanation));
    view! { <p>{sentence}</p> {steps} }
}

pub fn steps(explanation: &Explanation) -> Html {
    let steps: Vec<_> = explanation.steps.iter().map(step).collect();
    view! { <ol class="trace">{steps}</ol> }
}

fn step(step: &Step) -> Html {
    let more = match &step.what {
        What::Rule { conditions, outcome, .. } if *outcome != RuleOutcome::NotReached => list(conditions),
        What::Bucket(bucketing) => bucket(bucketing),
        _ => ().draw(),
    };
    view! { <li>{step.sentence.clone()}{more}</li> }
}

fn list(conditions: &[ConditionStep]) -> Html {
    let lines: Vec<_> = conditions.iter().map(condition).collect();
    if lines.is_empty() {
        ().draw()
    } else {
        view! { <ul>{lines}</ul> }
    }
}

/// What was asked, expected and found; the groups of a segment are looked at below it.
fn condition(step: &ConditionStep) -> Html {
    let groups = step.segments.iter().flat_map(|segment| segment.groups.iter().map(|group| list(&group.conditions)));
    let groups: Vec<_> = groups.collect();
    let icon = if step.outcome == Outcome::Holds { Glyph::Check } else { Glyph::Close };
    view! { <li class="asked"><Icon name=icon /><div>{step.sentence.clone()}{groups}</div></li> }
}

/// The bucket against the thresholds, and everybody's range.
fn bucket(bucketing: &Bucketing) -> Html {
    let Some(bucket) = bucketing.bucket else { return ().draw() };
    let falls = |share: &Share| (share.from..share.to).contains(&bucket);
    let comparison = bucketing.shares.iter().find(|share| falls(share)).map(|share| comparison(bucket, share));
    let rows: Vec<_> = bucketing.shares.iter().map(|share| range(share, falls(share))).collect();
    view! {
        <p><code>{comparison}</code></p>
        <table class="shares">
            <thead><tr><th scope="col">"Variant"</th><th scope="col">"Buckets"</th><th scope="col">"Share"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// `bucket 3 412 < 5 000 → on`
fn comparison(bucket: u16, share: &Share) -> String {
    let number = |n: u16| counted(u64::from(n));
    let (bucket, from, to) = (number(bucket), number(share.from), number(share.to));
    let compared = match (share.from, share.to) {
        (0, _) => format!("bucket {bucket} < {to}"),
        (_, WHOLE) => format!("bucket {bucket} ≥ {from}"),
        _ => format!("{from} ≤ bucket {bucket} < {to}"),
    };
    format!("{compared} → {}", share.variant)
}

fn range(share: &Share, is_hit: bool) -> Html {
    let width = share.to.saturating_sub(share.from);
    let buckets = match width {
        0 => "none".to_owned(),
        _ => format!("{} to {}", counted(u64::from(share.from)), counted(u64::from(share.to - 1))),
    };
    let mark = is_hit.then(|| view! { <Icon name=Glyph::Check /><span class="vh">" (this one)"</span> });
    view! {
        <tr class=is_hit.then_some("hit")>
            <th scope="row">{share.variant.clone()}" "{mark}</th><td>{buckets}</td><td>{percent(width)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_held_against_its_thresholds() {
        let share = |from, to| Share { variant: "on".to_owned(), from, to };
        for (bucket, range, said) in [
            (3_412, share(0, 5_000), "bucket 3 412 < 5 000 → on"),
            (7_001, share(5_000, 10_000), "bucket 7 001 ≥ 5 000 → on"),
            (1_250, share(1_250, 5_000), "1 250 ≤ bucket 1 250 < 5 000 → on"),
        ] {
            assert_eq!(comparison(bucket, &range).replace('\u{a0}', " "), said);
        }
    }
}
