//! One persona: who they are, what they should get, and what they get now.

use super::expected::{self, ExpectFields, Offered};
use super::{FORM, PRESENT, address};
use crate::components::prelude::*;
use crate::components::*;
use crate::pages::playground::address::of_persona;
use crate::pages::settings::Section;
use crate::server::services::expectations::Checked;
use crate::server::services::personas::{ExpectRow, PersonaDraft};
use crate::server::services::projects::OpenProject;
use crate::server::serving::Snapshot;
use crate::server::store::personas::StoredPersona;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Names that are offered while typing; a project may have thousands of flags.
const OFFERED: usize = 300;

pub struct Editing {
    pub project: OpenProject,
    /// None of a new one.
    pub stored: Option<StoredPersona>,
    pub draft: PersonaDraft,
    /// The row that was just added.
    pub added: Option<usize>,
    pub checked: Vec<Checked>,
    pub offered: Offered,
    pub refusal: Option<String>,
    pub title: String,
}

/// What the project has that may be expected.
pub fn offered(snapshots: &[Arc<Snapshot>]) -> Offered {
    let flags: Vec<_> = snapshots.first().into_iter().flat_map(|first| first.live()).take(OFFERED).collect();
    let variants: BTreeSet<String> =
        flags.iter().flat_map(|served| &served.stored.flag.variants).map(|variant| variant.name.to_string()).collect();
    Offered {
        environments: snapshots.iter().map(|snapshot| snapshot.environment.environment.key.to_string()).collect(),
        flags: flags.iter().map(|served| served.key().to_owned()).collect(),
        variants: variants.into_iter().take(OFFERED).collect(),
    }
}

pub fn view(editing: Editing) -> Html {
    let home = Section::Personas.address(&editing.project);
    let crumbs = vec![Crumb::new("Personas", home.clone())];
    let actions = editing.stored.as_ref().map(|stored| actions(&editing, stored));
    let below = editing.stored.as_ref().map(|stored| {
        let present = if editing.refusal.is_none() { present(stored, &editing.offered) } else { ().draw() };
        expected::card(&editing.project, &editing.checked, present)
    });
    let label = if editing.stored.is_some() { "Save" } else { "Create persona" };
    let title = editing.title.clone();
    let cancel = view! { <LinkButton href=home kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let form = match editing.refusal.clone() {
        None => {
            view! { <Form id=FORM submit=label inner_buttons=true actions=cancel>{fields(editing)}</Form> }
        }
        Some(reason) => {
            let actions = view! { <DisabledAction reason=reason>{label}</DisabledAction> {cancel} };
            view! { <Form id=FORM actions=actions>{fields(editing)}</Form> }
        }
    };
    view! {
        <PageHeading title=title crumbs=crumbs actions=actions.draw() />
        <div class="stack">
            <Refused forms=vec![PRESENT] />
            <div class="card pad">{form}</div>
            {below}
        </div>
    }
}

fn actions(editing: &Editing, stored: &StoredPersona) -> Html {
    let playground = of_persona(&editing.project, stored.persona.key.as_str());
    let remove = editing.refusal.is_none().then(|| {
        let href = format!("{}/delete", address(&editing.project, &stored.persona));
        view! { <LinkButton href=href kind=ButtonKind::Danger icon=Glyph::Remove>"Remove"</LinkButton> }
    });
    view! { <LinkButton href=playground icon=Glyph::Playground>"Playground"</LinkButton> {remove} }
}

/// A button for each environment.
fn present(stored: &StoredPersona, offered: &Offered) -> Html {
    let (version, environments) = (stored.version.to_string(), offered.environments.clone());
    let buttons: Vec<_> = environments
        .into_iter()
        .map(|key| {
            let label = format!("Expect present answers in {key}");
            view! { <Button name="environment" value=key>{label}</Button> }
        })
        .collect();
    view! {
        <form method="post" class="pad form">
            <input type="hidden" name="_form" value=PRESENT />
            <input type="hidden" name="base_version" value=version />
            <p class="hint">"Expects of every flag in use what it gives them now, in place of what stands above for that environment."</p>
            <div class="bar">{buttons}</div>
        </form>
    }
}

fn fields(editing: Editing) -> Html {
    let Editing { stored, draft, added, offered, .. } = editing;
    let version = stored.as_ref().map(|stored| view! { <Hidden name="base_version" value=stored.version.to_string() /> });
    let key = match stored {
        None => view! {
            <Field name="key" label="Key" required=true mono=true autofocus=added.is_none() autocomplete="off" width=24
                placeholder="pro_norway" hint="A short name for addresses and files. It stays." />
        },
        Some(_) => {
            let key = draft.key.clone();
            view! { <Definitions wide=true><Fact label="Key"><code>{key}</code></Fact></Definitions> }
        }
    };
    let mut rows = draft.expect;
    // One to write into.
    if added.is_some() || rows.last().is_none_or(|row| !row.flag.is_empty()) {
        rows.push(ExpectRow::default());
    }
    view! {
        {version}
        {key}
        <Field name="name" label="Name" required=true value=draft.name placeholder="Pro customer in Norway" autocomplete="off" />
        <TextArea name="description" label="Description" value=draft.description rows=2 />
        <TextArea name="context" label="Context" value=draft.context mono=true rows=10
            placeholder="{\"targetingKey\": \"user_1\", \"plan\": \"pro\", \"country\": \"NO\"}"
            hint="What your program sends when it asks, as JSON. targetingKey is who they are; left out for who is not known." />
        <ExpectFields rows=rows offered=offered added=added />
    }
}
