//! What a draft does to the personas: who gets something else, and whose expectation it breaks.

use crate::components::prelude::*;
use crate::components::*;
use crate::server::services::drafts::promises::{Broken, Promises};
use crate::server::services::expectations::{Answer, Verdict, summary};

/// Nothing where there are no personas.
pub fn card(verdicts: &[Verdict]) -> Option<Html> {
    titled("Personas", "personas", verdicts, None)
}

/// The same under a title and an id of its own, where several stand on one page; `later` is said below it.
pub fn titled(title: &str, id: &str, verdicts: &[Verdict], later: Option<String>) -> Option<Html> {
    let (title, id) = (title.to_owned(), id.to_owned());
    let said = summary(verdicts)?;
    let rows: Vec<_> = verdicts.iter().filter(|verdict| verdict.changes || verdict.breaks).map(row).collect();
    let rows = (!rows.is_empty()).then(|| view! { <ul class="stack">{rows}</ul> });
    Some(view! {
        <Card id=id title=title>
            <p>{format!("{said}.")}</p>
            {rows}
            {later.map(|text| view! { <p class="sub">{text}</p> })}
        </Card>
    })
}

/// What becomes of what personas should get, where a draft changes many flags. Nothing where nothing is expected.
pub fn promises(promises: &Promises) -> Option<Html> {
    let said = promises.summary()?;
    let rows: Vec<_> = promises.broken.iter().map(broken).collect();
    let rows = (!rows.is_empty()).then(|| view! { <ul class="stack">{rows}</ul> });
    Some(view! {
        <Card id="personas" title="Personas">
            <p>{format!("{said}.")}</p>
            {rows}
        </Card>
    })
}

fn broken(broken: &Broken) -> Html {
    let (name, place) = (broken.persona.clone(), format!("{} in {}", broken.flag, broken.environment));
    let gets = if broken.gets.is_empty() { "no answer" } else { &broken.gets };
    let told = format!("{} → {gets}", broken.expected);
    let expected = format!("expects {}", broken.expected);
    view! {
        <li class="bar">
            <b>{name}</b><code>{place}</code><span>{told}</span>
            <Badge tone=Tone::Danger icon=Glyph::Danger text=expected />
        </li>
    }
}

fn row(verdict: &Verdict) -> Html {
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
