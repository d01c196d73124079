//! The environments of a flag beside one another, and what each variant was asked for.

use super::Shown;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::audience::once_on;
use crate::domain::count::counted;
use crate::domain::flag::Variant;
use crate::domain::role::Role;
use crate::pages::flag_head::address;
use crate::pages::switch_form::switch_form;
use crate::server::services::status::{self, InForce};
use crate::server::services::usage::Usage;
use crate::server::serving::{ServedFlag, Snapshot};

pub fn environments(shown: &Shown) -> Html {
    let head = view! {
        <Column label="Environment" />
        <Column label="On" />
        <Column label="Serves" />
        <Column label="Rules" numeric=true />
        <Column label="24 h" />
        <Column label="Evaluated" numeric=true />
        <Column label="Delivered" numeric=true />
        <Column label="Last seen" />
    };
    let rows: Vec<_> = shown
        .view
        .places
        .iter()
        .zip(&shown.usage)
        .map(|((snapshot, served), usage)| row(shown, snapshot, served, usage))
        .collect();
    view! {
        <Card id="environments" title="Environments" note="counts of the last 24 hours" flush=true>
            <Table caption="Where it stands, by environment" head=head>{rows}</Table>
        </Card>
    }
}

fn row(shown: &Shown, snapshot: &Snapshot, served: &ServedFlag, usage: &Usage) -> Html {
    let environment = &snapshot.environment.environment;
    let flag = address(&shown.project, served.key());
    let href = format!("{flag}/{}", environment.key);
    let refusal = shown.project.refusal(Role::Editor);
    let switch = match served.is_archived() {
        true => view! { <span class="sub">"archived"</span> },
        false => switch_form(shown.project.key().as_str(), snapshot, served, &flag, refusal.as_deref(), shown.now),
    };
    let in_force = status::in_force(&served.stored.flag, &served.state, served.is_faulty(), shown.now);
    let serves = status::serves(served, shown.now);
    let once_on = matches!(in_force, InForce::Off).then(|| view! { <div class="sub">{once_on(&served.state, shown.now)}</div> });
    let (rules, paused) = (served.state.rules.len(), served.state.rules.iter().filter(|rule| !rule.active).count());
    let rules = if paused == 0 { rules.to_string() } else { format!("{rules}, {paused} paused") };
    let (evaluated, delivered) = (usage.evaluated(), usage.delivered());
    let label = format!("{} evaluated and {} delivered in {}", counted(evaluated), counted(delivered), environment.name);
    let seen = match usage.last_seen() {
        Some(at) => view! { <Ago at=at now=shown.now /> },
        None => view! { <span class="sub">"never"</span> },
    };
    let (colour, name, hours) = (environment.colour, environment.name.clone(), usage.hours.clone());
    view! {
        <Row>
            <RowHead><a class="place" href=href><EnvironmentBadge colour=colour name=name /></a></RowHead>
            <Cell label="On">{switch}</Cell>
            <Cell label="Serves" full=true>{serves}{once_on}</Cell>
            <Cell label="Rules" numeric=true>{rules}</Cell>
            <Cell label="24 h"><Sparkline values=hours label=label /></Cell>
            <Cell label="Evaluated" numeric=true>{counted(evaluated)}</Cell>
            <Cell label="Delivered" numeric=true>{counted(delivered)}</Cell>
            <Cell label="Last seen" nowrap=true>{seen}</Cell>
        </Row>
    }
}

/// How often each variant was the answer, by environment. Variants that are gone and were still counted come last.
pub fn variants(shown: &Shown) -> Html {
    let columns: Vec<_> = shown
        .view
        .places
        .iter()
        .map(|(snapshot, _)| {
            let (name, colour) = (snapshot.environment.environment.name.clone(), snapshot.environment.environment.colour);
            view! { <Column label=name.clone() numeric=true><EnvironmentBadge colour=colour name=name.clone() /></Column> }
        })
        .collect();
    let head = view! {
        <Column label="Variant" />
        <Column label="Value" />
        {columns}
    };
    let flag = shown.view.flag();
    let known = flag.variants.iter().map(|variant| (variant.name.to_string(), Some(variant)));
    let counted = shown.usage.iter().flat_map(|usage| &usage.variants).map(|variant| variant.name.clone());
    let mut gone: Vec<String> =
        counted.filter(|name| flag.variants.iter().all(|variant| variant.name.as_str() != name)).collect();
    gone.sort();
    gone.dedup();
    let rows: Vec<_> =
        known.chain(gone.into_iter().map(|name| (name, None))).map(|(name, variant)| variant_row(shown, name, variant)).collect();
    view! {
        <Card id="variants" title="Evaluations by variant" note="last 24 hours, single answers + deliveries in bulk" flush=true>
            <Table caption="Evaluations by variant in the last 24 hours" head=head few=true>{rows}</Table>
        </Card>
    }
}

fn variant_row(shown: &Shown, name: String, variant: Option<&Variant>) -> Html {
    let value = match variant {
        Some(variant) => view! { <code>{variant.value.to_string()}</code> },
        None => view! { <span class="sub">"removed"</span> },
    };
    let fallback = (shown.view.flag().fallback_variant.as_str() == name).then(|| view! { " " <Badge text="fallback" /> });
    let cells: Vec<_> = shown
        .view
        .places
        .iter()
        .zip(&shown.usage)
        .map(|((snapshot, _), usage)| {
            let environment = snapshot.environment.environment.name.clone();
            let found = usage.variants.iter().find(|variant| variant.name == name);
            let (evaluated, delivered) = found.map_or((0, 0), |variant| (variant.evaluated, variant.delivered));
            let bulk = (delivered > 0).then(|| view! { <span class="sub">" + " {counted(delivered)}</span> });
            view! { <Cell label=environment numeric=true><span class="nowrap">{counted(evaluated)} {bulk}</span></Cell> }
        })
        .collect();
    view! {
        <Row>
            <RowHead><code>{name}</code>{fallback}</RowHead>
            <Cell label="Value" full=true>{value}</Cell>
            {cells}
        </Row>
    }
}
