//! The question: somebody, as rows or as JSON; flags, environments and the moment.

use super::address::{DRAFT, ENVIRONMENT, FILLED, FLAG, MOMENT, ORDER, Order, PERSONA, SEARCH, SEVERAL, SHAPE};
use super::{FORM, Shown};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::environment::Colour;
use crate::domain::text::listed;
use crate::pages::settings::Section;
use crate::server::services::context_draft::{ContextRow, JSON, ReadAs, Shape, name_field, type_field, values_field};
use crate::server::services::moment;

/// Blank rows, before and after one asks for more.
const BLANK: (usize, usize) = (1, 5);
/// As many flags as stand to be ticked; the search finds the others.
const TICKS: usize = 60;

pub fn view(shown: &Shown) -> Html {
    let (context, personas, target) = (context(shown), personas(shown), target(shown));
    let action = format!("/p/{}/playground", shown.project.key());
    // What stands in the form is made in there, where its fields find what was wrong with them.
    view! {
        <Ask id=FORM label="What to try" action=action post=true>
            <div class="asking">
                <Card id="context" title="Somebody">
                    <div class="form">{personas()}{context()}</div>
                </Card>
                <Card id="target" title="Asks for">
                    <div class="form">{target()}</div>
                </Card>
            </div>
        </Ask>
    }
}

fn personas(shown: &Shown) -> impl FnOnce() -> Html + use<> {
    let settings = Section::Personas.address(&shown.project);
    let choices: Vec<Choice> =
        shown.personas.iter().map(|stored| Choice::new(stored.persona.key.as_str(), stored.persona.name.clone())).collect();
    let (chosen, filled) = (shown.asked.persona.clone(), shown.asked.filled.clone());
    let is_changed = shown.persona.is_none() && !filled.is_empty() && shown.answers.is_some();
    move || {
        if choices.is_empty() {
            return view! { <p class="sub">"A "<a href=settings>"persona"</a>" keeps somebody under a name, to try them again."</p> };
        }
        let note = is_changed.then(|| view! { <p class="hint">"Changed: no longer exactly this persona."</p> });
        view! {
            <div class="field-row">
                <Select name=PERSONA label="Persona" options=choices value=chosen prompt="Nobody in particular" />
                <Button name=ORDER value="fill">"Fill in"</Button>
            </div>
            <input type="hidden" name=FILLED value=filled />
            {note}
        }
    }
}

fn context(shown: &Shown) -> impl FnOnce() -> Html + use<> {
    let (draft, attributes) = (shown.asked.context.clone(), shown.attributes.clone());
    let added = shown.asked.order == Order::Add;
    let private = (!shown.private.is_empty()).then(|| {
        let text = format!("Not in this page's address, because it is private or may be: {}.", listed(&shown.private));
        view! { <p class="hint">{text}</p> }
    });
    move || {
        let fields = match draft.shape {
            Shape::Rows => {
                let blank = if added { BLANK.1 } else { BLANK.0.max(2_usize.saturating_sub(draft.rows.len())) };
                let first_new = draft.rows.len();
                let all = draft.rows.into_iter().chain(std::iter::repeat_n(ContextRow::default(), blank));
                let rows: Vec<_> =
                    all.enumerate().map(|(at, row)| self::row(at, row, added && at == first_new, &attributes)).collect();
                view! {
                    <FieldGroup legend="Context" hint="Several values, one a line: every combination of them is tried.">
                        {rows}
                        <p class="bar">
                            <Button icon=Glyph::Plus name=ORDER value="add">"More attributes"</Button>
                            <Button icon=Glyph::Code name=ORDER value="json" kind=ButtonKind::Quiet>"Write it as JSON"</Button>
                        </p>
                    </FieldGroup>
                }
            }
            Shape::Json => view! {
                <input type="hidden" name=SHAPE value="json" />
                <TextArea name=JSON label="Context as JSON" value=draft.json mono=true rows=8
                    placeholder="{\"targetingKey\": \"user_1\", \"plan\": \"pro\", \"country\": \"NO\"}" />
                <Checkbox name=SEVERAL label="Several values" value="on" checked=draft.several
                    hint="A list then holds values to try one after another, in every combination; a list of its own stands in a second one: [[\"a\", \"b\"]]." />
                <p class="bar"><Button name=ORDER value="rows" kind=ButtonKind::Quiet>"Write it as rows"</Button></p>
            },
        };
        view! { {fields} {private} }
    }
}

fn row(at: usize, row: ContextRow, autofocus: bool, attributes: &[String]) -> Html {
    let types = ReadAs::ALL.map(|kind| Choice::new(kind.as_str(), kind.label())).to_vec();
    let (first, number) = (at == 0, at + 1);
    let label = |text: &str| if first { text.to_owned() } else { format!("{text} {number}") };
    let (name, kind, values) = (label("Attribute"), label("Type"), label("Values"));
    let suggestions = attributes.to_vec();
    view! {
        <div class="field-row variant">
            <Field name=name_field(at) label=name value=row.name mono=true width=24 compact=!first autofocus=autofocus
                autocomplete="off" suggestions=suggestions placeholder=if first { "targetingKey" } else { "" } />
            <Select name=type_field(at) label=kind options=types value=row.read_as.as_str() compact=!first />
            <div class="grow">
                <TextArea name=values_field(at) label=values value=row.values mono=true compact=!first rows=1
                    placeholder=if first { "user_1" } else { "" } />
            </div>
        </div>
    }
}

fn target(shown: &Shown) -> impl FnOnce() -> Html + use<> {
    let (asked, ticks) = (shown.asked.clone(), ticks(shown));
    let environments = environments(shown);
    let label = match asked.flags.len() {
        0 => "Choose flags".to_owned(),
        1 => "1 flag chosen".to_owned(),
        count => format!("{count} flags chosen"),
    };
    move || {
        view! {
            <FieldGroup legend="Flags" hint="All that the search finds, unless some are chosen.">
                <Field name=SEARCH label="Search" kind="search" value=asked.search compact=true autocomplete="off"
                    placeholder="A word, owner:me, tag:web" />
                <Disclosure label=label icon=Glyph::Flag>{ticks}</Disclosure>
            </FieldGroup>
            <FieldGroup legend="Environments" hint="All, unless some are chosen."><div class="ticks">{environments}</div></FieldGroup>
            <Field name=MOMENT label="At" value=asked.at width=36 mono=true autocomplete="off" placeholder="2027-06-01 09:00"
                hint=format!("{} Empty: now. The rules are those of today.", moment::HOW) moment=true />
            <Checkbox name=DRAFT label="Also with my drafts" value="on" checked=asked.draft
                hint="Beside each answer, what it would be once your unsaved changes are saved." />
            <p><Button kind=ButtonKind::Primary icon=Glyph::Play>"Try"</Button></p>
        }
    }
}

/// The flags to choose from: those chosen, then those found.
fn ticks(shown: &Shown) -> Html {
    let asked = &shown.asked.flags;
    let found = shown.answers.as_ref().map(|answers| answers.found.as_slice()).unwrap_or_default();
    let others: Vec<&String> = found.iter().filter(|key| !asked.contains(key)).collect();
    let more = others.len().saturating_sub(TICKS);
    let boxes: Vec<_> = asked
        .iter()
        .map(|key| (key, true))
        .chain(others.into_iter().take(TICKS).map(|key| (key, false)))
        .enumerate()
        .map(|(at, (key, chosen))| {
            let id = format!("{FORM}-flag-{at}");
            tick(FLAG, id, key.clone(), chosen, view! { <code>{key.clone()}</code> })
        })
        .collect();
    let more = (more > 0).then(|| view! { <p class="hint">{format!("{more} more; search for them and press Try.")}</p> });
    view! { <div class="ticks">{boxes}</div> {more} }
}

fn environments(shown: &Shown) -> Vec<Html> {
    let boxes = shown.environments.iter().enumerate().map(|(at, (key, name, colour))| {
        let chosen = shown.asked.environments.contains(key);
        tick(ENVIRONMENT, format!("{FORM}-env-{at}"), key.clone(), chosen, badge(*colour, name.clone()))
    });
    boxes.collect()
}

fn badge(colour: Colour, name: String) -> Html {
    view! { <EnvironmentBadge colour=colour name=name /> }
}

/// One of several boxes that share a name, as a list in an address does.
fn tick(name: &'static str, id: String, value: String, checked: bool, label: Html) -> Html {
    view! {
        <div class="field check">
            <input type="checkbox" id=id.clone() name=name value=value checked=checked />
            <label for=id>{label}</label>
        </div>
    }
}
