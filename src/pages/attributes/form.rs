//! The form that describes an attribute, and the page that asks before a description goes.

use super::super::settings::Section;
use super::address;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::{Attribute, AttributeType};
use crate::server::services::attributes::AttributeDraft;
use crate::server::services::projects::OpenProject;
use crate::server::store::attributes::StoredAttribute;

const FORM: &str = "attribute";

pub fn view(
    project: &OpenProject,
    stored: Option<StoredAttribute>,
    draft: AttributeDraft,
    title: String,
    refusal: Option<String>,
) -> Html {
    let home = Section::Attributes.address(project);
    let crumbs = vec![Crumb::new("Attributes", home.clone())];
    let remove = stored.as_ref().filter(|_| refusal.is_none()).map(|stored| {
        let href = format!("{}/delete", address(project, &stored.attribute.name));
        view! { <LinkButton href=href kind=ButtonKind::Danger icon=Glyph::Remove>"Remove"</LinkButton> }
    });
    let label = if stored.is_some() { "Save" } else { "Describe it" };
    let version = stored.map(|stored| stored.version);
    let cancel = view! { <LinkButton href=home kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let form = match refusal {
        None => view! { <Form id=FORM submit=label actions=cancel>{fields(version, draft)}</Form> },
        Some(reason) => {
            let actions = view! { <DisabledAction reason=reason>{label}</DisabledAction> {cancel} };
            view! { <Form id=FORM actions=actions>{fields(version, draft)}</Form> }
        }
    };
    view! {
        <PageHeading title=title crumbs=crumbs actions=remove.draw() />
        <div class="card pad">{form}</div>
    }
}

/// `version`: none of one that is new.
fn fields(version: Option<i64>, draft: AttributeDraft) -> Html {
    let name = match version {
        None => view! {
            <Field name="name" label="Name" required=true mono=true autofocus=true autocomplete="off" width=24 value=draft.name
                placeholder="plan, user.country" hint="As your program sends it; a dot leads into an object. It stays." />
        },
        Some(_) => {
            let name = draft.name.clone();
            view! { <Definitions wide=true><Fact label="Name"><code>{name}</code></Fact></Definitions> }
        }
    };
    let version = version.map(|version| view! { <Hidden name="base_version" value=version.to_string() /> });
    let types = AttributeType::ALL.map(|kind| Choice::described(kind.as_str(), capitalised(kind), said(kind))).to_vec();
    view! {
        {version}
        {name}
        <Select name="value_type" label="Type" options=types value=draft.value_type required=true prompt="Choose what its values are"
            hint="Of a list: what its elements are." />
        <TextArea name="legal_values" label="Legal values" value=draft.legal_values mono=true rows=4 placeholder="free\npro\nenterprise"
            hint="One a line, where there are only these; empty for any. A rule that asks for another one is pointed out." />
        <Checkbox name="private" label="Private" checked=draft.private
            hint="Its values are stored nowhere and shown to nobody: not in personas, not in explanations. Viewers do not see what rules compare it with." />
        <TextArea name="description" label="Description" value=draft.description rows=2 />
    }
}

pub fn capitalised(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::Text => "Text",
        AttributeType::Number => "Number",
        AttributeType::Boolean => "True or false",
        AttributeType::Instant => "Date and time",
        AttributeType::Version => "Version",
        AttributeType::Address => "IP address",
    }
}

/// An example, where the name alone says too little.
const fn said(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::Text | AttributeType::Number | AttributeType::Boolean => "",
        _ => kind.example(),
    }
}

pub fn delete_view(project: &OpenProject, attribute: &Attribute, title: String) -> Html {
    let back = address(project, &attribute.name);
    let crumbs =
        vec![Crumb::new("Attributes", Section::Attributes.address(project)), Crumb::new(attribute.name.clone(), back.clone())];
    let cancel = view! { <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let lead = "Rules that look at it go on as they are. Nobody's answer changes.";
    let shown = attribute.private.then(|| {
        view! {
            <Banner tone=Tone::Warn title="It is private now.">
                <p>"Without its description its values can be kept in personas and are shown in explanations, and viewers see what rules compare it with."</p>
            </Banner>
        }
    });
    view! {
        <PageHeading title=title crumbs=crumbs lead=lead />
        {shown}
        <div class="card pad"><Form id="delete" submit="Remove this description" tone=ButtonKind::Danger actions=cancel>
            <p class="sub">"The audit keeps what it said."</p>
        </Form></div>
    }
}
