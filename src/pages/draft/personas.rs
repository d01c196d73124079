//! What a draft does to the personas: who gets something else, and whose expectation it breaks.

use crate::components::*;
use crate::server::services::expectations::{Answer, Verdict, summary};
use leptos::prelude::*;

/// Nothing where there are no personas.
pub fn card(verdicts: &[Verdict]) -> Option<impl IntoView + use<>> {
    let said = summary(verdicts)?;
    let rows: Vec<_> = verdicts.iter().filter(|verdict| verdict.changes || verdict.breaks).map(row).collect();
    let rows = (!rows.is_empty()).then(|| view! { <ul class="stack">{rows}</ul> });
    Some(view! {
        <Card id="personas" title="Personas">
            <p>{format!("{said}.")}</p>
            {rows}
        </Card>
    })
}

fn row(verdict: &Verdict) -> impl IntoView + use<> {
    let (now, then) = (told(&verdict.now), verdict.then.as_ref().map(told).unwrap_or_default());
    let broken = verdict.expected.as_ref().filter(|_| verdict.breaks).map(|expected| {
        view! { <Badge tone=Tone::Danger icon=Glyph::Danger text=format!("expects {expected}") /> }
    });
    let name = verdict.persona.name.clone();
    view! { <li class="bar"><b>{name}</b><span>{format!("{now} → {then}")}</span>{broken}</li> }
}

fn told(answer: &Answer) -> String {
    answer.as_ref().map_or_else(|_| "no answer".to_owned(), |answer| answer.variant.clone())
}
