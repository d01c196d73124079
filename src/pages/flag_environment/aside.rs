//! What there is to know beside the rules: use, version, and what is served while off.

use super::Shown;
use super::change::OFF_VARIANT;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::server::services::usage::VariantUsage;

pub fn view(shown: &Shown) -> Html {
    view! {
        <div class="card pad">{facts(shown)}</div>
        {off_variant(shown)}
    }
}

fn facts(shown: &Shown) -> Html {
    let (served, usage, now) = (&shown.open.served, &shown.usage, shown.now);
    let last = match usage.last_evaluated {
        Some(at) => view! { <When at=at now=now /> },
        None => view! { <span class="sub">"never"</span> },
    };
    let total = counted(usage.evaluated() + usage.delivered());
    let delivered = (usage.delivered() > 0).then(|| {
        let counts = by_variant(&usage.variants, |variant| variant.delivered);
        view! { <Fact label="Delivered in bulk, last 24 h">{counts}</Fact> }
    });
    let evaluated = by_variant(&usage.variants, |variant| variant.evaluated);
    let (owner, version, changed) = (shown.view.owner.clone(), served.state_version.to_string(), served.updated_at);
    let label = format!("{total} evaluated or delivered in the last 24 hours, by hour");
    let hours = usage.hours.clone();
    view! {
        <Definitions>
            <Fact label="Owner">{owner}</Fact>
            <Fact label="Last evaluated">{last}</Fact>
            <Fact label="Evaluated, last 24 h">{evaluated}</Fact>
            {delivered}
            <Fact label="Both by hour"><Sparkline values=hours label=label /></Fact>
            <Fact label="State version">{version}</Fact>
            <Fact label="Last changed"><When at=changed now=now /></Fact>
        </Definitions>
    }
}

/// `324 on · 12 off`
fn by_variant(variants: &[VariantUsage], count: fn(&VariantUsage) -> u64) -> Html {
    let parts: Vec<String> =
        variants.iter().filter(|v| count(v) > 0).map(|variant| format!("{} {}", counted(count(variant)), variant.name)).collect();
    match parts.is_empty() {
        true => view! { <span class="sub">"none"</span> },
        false => view! { <div>{parts.join(" · ")}</div> },
    }
}

fn off_variant(shown: &Shown) -> Html {
    let served = &shown.open.served;
    let off = served.state.off_variant.to_string();
    let body = match shown.locks.edits {
        Some(_) => view! { <p>"Everybody gets "<b>{off}</b>"."</p> },
        None => {
            let names: Vec<Choice> =
                served.stored.flag.variants.iter().map(|v| Choice::new(v.name.as_str(), v.name.as_str())).collect();
            let (base, draft) = shown.versions();
            view! {
                <Form id=OFF_VARIANT submit="Add to draft" tone=ButtonKind::Plain>
                    <Hidden name="base_version" value=base />
                    <Hidden name="draft_version" value=draft />
                    <Select
                        name="off_variant" label="Everybody gets" options=names value=off required=true
                        hint="Also whoever lacks the attribute that a share is bucketed by."
                    />
                </Form>
            }
        }
    };
    view! { <Card id="off" title="While off">{body}</Card> }
}
