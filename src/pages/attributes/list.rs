//! The list: what is described, and below it what is not.

use super::super::settings::{self, Section};
use super::address;
use super::form::capitalised;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::Attribute;
use crate::domain::rule::TARGETING_KEY;
use crate::domain::sentence::scalar;
use crate::domain::text::listed;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::server::services::attributes::{KnownName, Seen};
use crate::server::services::projects::OpenProject;

const LEAD: &str = "What your program sends with each question. Rules look at attributes by name; described here, slips in them are \
                    pointed out.";

pub fn view(project: &OpenProject, names: Vec<KnownName>, refusal: Option<String>, now: Timestamp) -> Html {
    let may = refusal.is_none();
    let new = match refusal {
        Some(reason) => view! { <DisabledAction reason=reason>"Describe an attribute"</DisabledAction> },
        None => {
            let href = format!("{}/new", Section::Attributes.address(project));
            view! { <LinkButton href=href kind=ButtonKind::Primary icon=Glyph::Plus>"Describe an attribute"</LinkButton> }
        }
    };
    let others = names.into_iter().filter(|known| known.name != TARGETING_KEY);
    let (described, undescribed): (Vec<_>, Vec<_>) = others.partition(|known| known.described.is_some());
    let body = match described.is_empty() {
        true => view! {
            <EmptyNew icon=Glyph::Tag title="No attributes described yet" action=new>
                <p>"An attribute is a fact about the user: plan, country, app_version. The targeting key is always known. Describe those that your rules look at: their type, their values, and whether they are private."</p>
            </EmptyNew>
        },
        false => view! { {table(project, described, now)} <p class="bar mt">{new}</p> },
    };
    let suggestions = (!undescribed.is_empty()).then(|| suggestions(project, undescribed, may, now));
    view! {
        {settings::head(project, Section::Attributes, LEAD)}
        {body}
        {suggestions}
    }
}

fn table(project: &OpenProject, described: Vec<KnownName>, now: Timestamp) -> Html {
    let head = view! {
        <Column label="Attribute" />
        <Column label="Type" />
        <Column label="Legal values" />
        <Column label="Used by" />
        <Column label="Last seen" />
    };
    let rows: Vec<_> = described.into_iter().map(|known| row(project, known, now)).collect();
    view! { <Table caption="Described attributes" head=head>{rows}</Table> }
}

fn row(project: &OpenProject, known: KnownName, now: Timestamp) -> Html {
    let attribute = known.described.map(|stored| stored.attribute);
    let (values, description) = (attribute.as_ref().map(values), attribute.as_ref().map(|one| one.description.clone()));
    let kind = attribute.as_ref().map(|attribute| capitalised(attribute.value_type));
    let private = attribute.is_some_and(|attribute| attribute.private);
    let private = private.then(|| view! { <Badge text="Private" icon=Glyph::Lock /> });
    let (href, used) = (address(project, &known.name), used(&known.used_by));
    view! {
        <Row>
            <RowHead>
                <a class="named" href=href><code>{known.name}</code></a>
                <div class="sub clamp">{description}</div>
            </RowHead>
            <Cell label="Type"><span class="bar">{kind} {private}</span></Cell>
            <Cell label="Legal values" full=true>{values}</Cell>
            <Cell label="Used by">{used}</Cell>
            <Cell label="Last seen">{seen(known.seen, now)}</Cell>
        </Row>
    }
}

fn values(attribute: &Attribute) -> Html {
    let values: Vec<String> = attribute.legal_values.iter().map(scalar).collect();
    match values.is_empty() {
        true => view! { <span class="sub">"any"</span> },
        false => view! { <span class="clamp">{listed(&values)}</span> },
    }
}

fn used(by: &std::collections::BTreeSet<String>) -> Html {
    match by.is_empty() {
        true => view! { <span class="sub">"nothing"</span> },
        false => view! { <span>{listed(&by.iter().cloned().collect::<Vec<_>>())}</span> },
    }
}

fn seen(seen: Option<Seen>, now: Timestamp) -> Html {
    match seen {
        None => view! { <span class="sub">"never"</span> },
        Some(seen) => view! { <span><Ago at=seen.at now=now /><div class="sub">{seen.environment}</div></span> },
    }
}

fn suggestions(project: &OpenProject, undescribed: Vec<KnownName>, may: bool, now: Timestamp) -> Html {
    let rows: Vec<_> = undescribed.into_iter().map(|known| suggestion(project, known, may, now)).collect();
    view! {
        <div class="mt">
            <Card id="undescribed" title="Not described" note="names that evaluations sent or rules look at; values are never kept" flush=true>
                <ul class="tried names">{rows}</ul>
            </Card>
        </div>
    }
}

/// `seen 3 min ago in Production` · `used by new_checkout, never seen`
fn suggestion(project: &OpenProject, known: KnownName, may: bool, now: Timestamp) -> Html {
    let used =
        (!known.used_by.is_empty()).then(|| format!("used by {}", listed(&known.used_by.iter().cloned().collect::<Vec<_>>())));
    let seen = match known.seen {
        Some(seen) => Some(format!("seen {} in {}", when::relative(seen.at, now), seen.environment)),
        None => Some("never seen".to_owned()),
    };
    let said = [seen, used].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let link = may.then(|| {
        let href = format!("{}/new?name={}", Section::Attributes.address(project), encode(&known.name));
        view! { <a href=href>"Describe it"<span class="vh">{format!(" {}", known.name)}</span></a> }
    });
    view! { <li><div><code>{known.name.clone()}</code></div><p class="sub">{said}</p>{link}</li> }
}
