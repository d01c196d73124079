//! What personas should get, beside what they get: a mark for one answer, all of a persona's, and the form's rows.

use crate::components::prelude::*;
use crate::components::*;
use crate::domain::key::VariantName;
use crate::pages::flag_head;
use crate::server::services::expectations::{Checked, Part, Standing};
use crate::server::services::personas::{ExpectRow, expect_field};
use crate::server::services::projects::OpenProject;

/// `✓ as expected`, `✗ expected on, gets off`, or what is no more.
pub fn badge(expected: &VariantName, standing: &Standing) -> Html {
    match standing {
        Standing::Kept => view! { <Badge tone=Tone::Ok icon=Glyph::Check text="as expected" /> },
        Standing::Broken { gets, .. } => {
            let text = if gets.is_empty() { format!("expected {expected}") } else { format!("expected {expected}, gets {gets}") };
            view! { <Badge tone=Tone::Danger icon=Glyph::Close text=text /> }
        }
        Standing::Unknown(why) => {
            view! { <Badge tone=Tone::Warn icon=Glyph::Warning text=format!("expected {expected}: {why}") /> }
        }
    }
}

/// How many of a persona's expectations are kept, for the list; those that are not stand below.
pub fn summary(checked: &[Checked]) -> Html {
    if checked.is_empty() {
        return view! { <span class="sub">"nothing yet"</span> };
    }
    const TOLD: usize = 3;
    let kept = checked.iter().filter(|one| one.standing == Standing::Kept).count();
    let text = format!("{kept} of {} as expected", checked.len());
    let (tone, icon) = if kept == checked.len() { (Tone::Ok, Glyph::Check) } else { (Tone::Danger, Glyph::Close) };
    let others: Vec<&Checked> = checked.iter().filter(|one| one.standing != Standing::Kept).collect();
    let more = (others.len() > TOLD).then(|| view! { <li class="sub">{format!("and {} more", others.len() - TOLD)}</li> });
    let lines: Vec<_> = others.into_iter().take(TOLD).map(|one| view! { <li class="sub">{line(one)}</li> }).collect();
    let lines = (!lines.is_empty()).then(|| view! { <ul>{lines}{more}</ul> });
    view! { <Badge tone=tone icon=icon text=text /> {lines} }
}

/// `new_checkout in production: expected on, gets off`
fn line(one: &Checked) -> String {
    let Checked { environment, flag, expected, standing } = one;
    match standing {
        Standing::Kept => format!("{flag} in {environment}: as expected"),
        Standing::Broken { gets, why } if gets.is_empty() => format!("{flag} in {environment}: expected {expected}. {why}"),
        Standing::Broken { gets, .. } => format!("{flag} in {environment}: expected {expected}, gets {gets}"),
        Standing::Unknown(why) => format!("{flag} in {environment}: expected {expected}. {why}"),
    }
}

/// Every expectation with how it fares, and why it is broken where it is.
pub fn card(project: &OpenProject, checked: &[Checked], present: Html) -> Html {
    let rows: Vec<_> = checked.iter().map(|one| row(project, one)).collect();
    let head = view! { <Column label="Flag" /> <Column label="Environment" /> <Column label="Now" /> };
    let body = match rows.is_empty() {
        true => {
            view! { <p class="pad sub">"Nothing is expected yet. What is expected is held against what they get: here, on each flag's page, in an import and by flagstaff check."</p> }
        }
        false => view! { <Table caption="What is expected" head=head>{rows}</Table> },
    };
    view! { <Card id="expected" title="Expected, and got now" flush=true>{body}{present}</Card> }
}

fn row(project: &OpenProject, one: &Checked) -> Html {
    let href = format!("{}/{}", flag_head::address(project, one.flag.as_str()), one.environment);
    let (flag, environment) = (one.flag.to_string(), one.environment.to_string());
    let flag = match &one.standing {
        Standing::Unknown(_) => view! { <code>{flag}</code> },
        _ => view! { <a class="key" href=href>{flag}</a> },
    };
    let why = match &one.standing {
        Standing::Broken { why, .. } => Some(view! { <p class="sub">{why.clone()}</p> }),
        _ => None,
    };
    let badge = badge(&one.expected, &one.standing);
    let expected = one.expected.to_string();
    view! {
        <Row>
            <RowHead>{flag}</RowHead>
            <Cell label="Environment">{environment}</Cell>
            <Cell label="Now" full=true><p><b>{expected}</b>" "{badge}</p>{why}</Cell>
        </Row>
    }
}

/// What the rows of the form offer.
#[derive(Debug, Clone, Default)]
pub struct Offered {
    pub environments: Vec<String>,
    pub flags: Vec<String>,
    pub variants: Vec<String>,
}

/// The form's part: a row for each answer, and blank ones for more.
#[component]
pub fn ExpectFields(rows: Vec<ExpectRow>, offered: Offered, added: Option<usize>) -> Html {
    let rows: Vec<_> = rows.into_iter().enumerate().map(|(at, row)| fields(at, row, &offered, added == Some(at))).collect();
    view! {
        <FieldGroup legend="What they should get" name="expect" hint="A row without a flag is left out.">
            {rows}
            <p><Button icon=Glyph::Plus name="add" value="true">"Add row"</Button></p>
        </FieldGroup>
    }
}

fn fields(at: usize, row: ExpectRow, offered: &Offered, autofocus: bool) -> Html {
    let (first, number) = (at == 0, at + 1);
    let label = |text: &str| if first { text.to_owned() } else { format!("{text} {number}") };
    let (environment, flag, variant) = (label("Environment"), label("Flag"), label("Variant"));
    let mut environments: Vec<Choice> = offered.environments.iter().map(|key| Choice::new(key.as_str(), key.as_str())).collect();
    if !row.environment.is_empty() && !offered.environments.contains(&row.environment) {
        // One that is gone: it stays until somebody takes it out.
        environments.push(Choice::new(row.environment.as_str(), row.environment.as_str()));
    }
    // Hundreds of rows must not bring the flags along hundreds of times.
    let is_blank = row.flag.is_empty();
    let flags = if is_blank { offered.flags.clone() } else { Vec::new() };
    let variants = if is_blank { offered.variants.clone() } else { Vec::new() };
    let chosen =
        if row.environment.is_empty() { offered.environments.last().cloned().unwrap_or_default() } else { row.environment };
    view! {
        <div class="field-row variant">
            <Select name=expect_field(at, Part::Environment) label=environment options=environments value=chosen compact=!first />
            <div class="grow">
                <Field name=expect_field(at, Part::Flag) label=flag value=row.flag mono=true compact=!first autocomplete="off"
                    autofocus=autofocus suggestions=flags />
            </div>
            <Field name=expect_field(at, Part::Variant) label=variant value=row.variant mono=true width=16 compact=!first
                autocomplete="off" suggestions=variants />
        </div>
    }
}
