//! The form of a flag's definition, for a new one and for an edit.

use super::fields::Fields;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::{FlagKind, Owner, ValueType};
use crate::domain::project::{ExpiryDefault, Kinds, Project, SNAKE_CASE};
use crate::domain::required::RequiredField;
use crate::domain::text::listed;
use crate::server::services::flag_draft::{FlagDraft, owner_value};

pub const FORM: &str = "definition";
/// The button that asks for another row.
const ADD: &str = "add_variant";
/// Rows that a new flag's form starts with.
const ROWS: usize = 4;
/// More variants than this no flag has.
const MOST: usize = 100;

/// What the form is drawn from.
pub struct DefinitionForm {
    /// What stands in it before anybody typed.
    pub draft: FlagDraft,
    pub owners: Vec<(Owner, String)>,
    /// What an edit cannot change: the key and the type stand as text. `None` for a new flag.
    pub base_version: Option<i64>,
    /// The project's settings, which a new flag starts with.
    pub settings: Option<Project>,
    /// What flags of each kind must say.
    pub kinds: Kinds,
    /// Rows of variants.
    pub rows: usize,
    /// The row that was just added.
    pub added: bool,
    /// Why this person cannot send it.
    pub refusal: Option<String>,
    /// Where *Cancel* leads.
    pub back: String,
}

impl DefinitionForm {
    /// As many rows as were sent, and one more when that is what was asked for.
    pub fn after(self, fields: &Fields) -> Self {
        let added = wants_a_row(fields);
        let rows = sent_rows(fields).len() + usize::from(added);
        Self { rows: rows.clamp(1, MOST), added, ..self }
    }
}

/// Whether the form was sent for another row of variants, and for nothing else.
pub fn wants_a_row(fields: &Fields) -> bool {
    fields.is_checked(ADD) && !fields.is_confirming()
}

/// The rows that a new flag's form starts with.
pub const fn first_rows() -> usize {
    ROWS
}

fn sent_rows(fields: &Fields) -> Vec<(String, String)> {
    let names = (0..MOST).map(|at| (format!("variants[{at}].name"), format!("variants[{at}].value")));
    let is_sent = |name: &str| fields.0.iter().any(|(key, _)| key == name);
    let sent = names.take_while(|(name, value)| is_sent(name) || is_sent(value));
    sent.map(|(name, value)| (fields.get(&name).to_owned(), fields.get(&value).to_owned())).collect()
}

/// The form as it was sent.
pub fn read(fields: &Fields) -> FlagDraft {
    FlagDraft {
        key: fields.get("key").to_owned(),
        kind: fields.text("kind"),
        value_type: fields.text("value_type"),
        variants: sent_rows(fields),
        fallback_variant: fields.get("fallback_variant").to_owned(),
        owner: fields.get("owner").to_owned(),
        description: fields.get("description").to_owned(),
        scope: fields.get("scope").to_owned(),
        ticket: fields.get("ticket").to_owned(),
        tags: fields.get("tags").to_owned(),
        rollback_criteria: fields.get("rollback_criteria").to_owned(),
        expires_at: fields.get("expires_at").to_owned(),
        expires_proposed: fields.get("expires_proposed").to_owned(),
        on_expiry: fields.text("on_expiry"),
        on_expiry_variant: fields.get("on_expiry_variant").to_owned(),
        review_by: fields.get("review_by").to_owned(),
        review_proposed: fields.get("review_proposed").to_owned(),
        client_visible: fields.is_checked("client_visible"),
    }
}

pub fn view(mut form: DefinitionForm) -> Html {
    let label = if form.base_version.is_none() { "Create flag" } else { "Save" };
    let cancel = view! { <LinkButton href=form.back.clone() kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    // The fields are made in the form, where they find what was typed and what was wrong with it.
    match form.refusal.take() {
        None => {
            view! { <Form id=FORM submit=label actions=cancel inner_buttons=true>{fields(form)}</Form> }
        }
        Some(reason) => {
            let actions = view! { <DisabledAction reason=reason>{label}</DisabledAction> {cancel} };
            view! { <Form id=FORM actions=actions>{fields(form)}</Form> }
        }
    }
}

fn fields(form: DefinitionForm) -> Html {
    let is_new = form.base_version.is_none();
    let version = form.base_version.map(|version| view! { <Hidden name="base_version" value=version.to_string() /> });
    let draft = &form.draft;
    let names: Vec<String> = draft.variants.iter().map(|(name, _)| name.clone()).filter(|name| !name.is_empty()).collect();
    view! {
        {version}
        {what(draft, form.settings.as_ref(), form.added)}
        {people(draft, form.owners, &form.kinds)}
        {answers(draft, is_new, form.rows, form.added, &names)}
        {lifetime(draft, form.settings.as_ref().map(|project| &project.kinds), &form.kinds, &names)}
    }
}

/// `project` for a new flag, whose key is typed.
fn what(draft: &FlagDraft, project: Option<&Project>, added: bool) -> Html {
    let key = match project {
        Some(project) => view! {
            <Field name="key" label="Key" value=draft.key.clone() required=true mono=true autofocus=!added autocomplete="off"
                placeholder="new_checkout" key_check=project.key.to_string() hint=key_hint(&project.naming_pattern) />
        },
        None => {
            let key = draft.key.clone();
            view! { <Definitions wide=true><Fact label="Key"><code>{key}</code></Fact></Definitions> }
        }
    };
    let kinds = FlagKind::ALL.map(|kind| Choice::described(kind.as_str(), kind.label(), kind.purpose())).to_vec();
    let (kind, description) = (draft.kind.clone(), draft.description.clone());
    view! {
        <Card id="what" title="What it is">
            <div class="form">
                {key}
                <RadioCards name="kind" legend="Kind" options=kinds value=kind />
                <TextArea name="description" label="Description" value=description required=true rows=2
                    hint="In a sentence: what changes for a user when it is on." />
            </div>
        </Card>
    }
}

fn key_hint(pattern: &str) -> String {
    let form =
        if pattern == SNAKE_CASE { "in snake_case".to_owned() } else { format!("in this project by the pattern {pattern}") };
    format!("What your code asks for, {form}. It stays, and is never used again.")
}

fn people(draft: &FlagDraft, people: Vec<(Owner, String)>, kinds: &Kinds) -> Html {
    let mut owners: Vec<Choice> = people.into_iter().map(|(owner, name)| Choice::new(owner_value(&owner), name)).collect();
    if owners.iter().all(|choice| choice.value != draft.owner) {
        // A name from a file, or somebody who left: it stays until somebody else is chosen.
        let name = draft.owner.strip_prefix("unclaimed:").unwrap_or("Somebody who left");
        owners.insert(0, Choice::new(draft.owner.clone(), name));
    }
    let (owner, scope, ticket, tags) = (draft.owner.clone(), draft.scope.clone(), draft.ticket.clone(), draft.tags.clone());
    let needed = needed(kinds, RequiredField::Ticket, "Ticket");
    view! {
        <Card id="who" title="Who answers for it">
            <div class="form">
                <Select name="owner" label="Owner" options=owners value=owner required=true />
                <div class="field-row">
                    <Field name="scope" label="Scope" value=scope placeholder="Checkout, web" />
                    <Field name="ticket" label="Ticket" value=ticket placeholder="PAY-1234" />
                    <Field name="tags" label="Tags" value=tags placeholder="web, checkout" />
                </div>
                <p class="hint">"Scope: what part of the product it touches. Tags: separated by commas."</p>
                {needed}
            </div>
        </Card>
    }
}

/// Which kinds need a field that others may leave empty; the style sheet marks the one that is chosen.
fn needed(kinds: &Kinds, field: RequiredField, label: &'static str) -> Option<Html> {
    let asking: Vec<FlagKind> = FlagKind::ALL.into_iter().filter(|kind| kinds.of(*kind).required.asks(field)).collect();
    if asking.is_empty() {
        return None;
    }
    let labels: Vec<String> = asking.iter().map(|kind| kind.label().to_lowercase()).collect();
    let named = if asking.len() == FlagKind::ALL.len() { "all".to_owned() } else { listed(&labels) };
    let marks: String = asking.iter().map(|kind| format!(" needs-{}", kind.as_str().replace('_', "-"))).collect();
    let text = format!("{label}: required of {named} flags in this project.");
    Some(view! { <p class=format!("hint needed{marks}")>{text}</p> })
}

fn answers(draft: &FlagDraft, is_new: bool, rows: usize, added: bool, names: &[String]) -> Html {
    let types = ValueType::ALL.map(|kind| Choice::described(kind.as_str(), kind.as_str(), kind.expects())).to_vec();
    let value_type = match is_new {
        true => view! {
            <Select name="value_type" label="Type of its values" options=types value=draft.value_type.clone() required=true
                hint="It stays: your code is written for it." />
        },
        false => {
            let kind = draft.value_type.clone();
            view! { <Definitions wide=true><Fact label="Type of its values">{kind}</Fact></Definitions> }
        }
    };
    let rows: Vec<_> = (0..rows).map(|at| variant(draft, at, added && at + 1 == rows)).collect();
    let (fallback, client_visible, names) = (draft.fallback_variant.clone(), draft.client_visible, names.to_vec());
    view! {
        <Card id="answers" title="What it can answer">
            <div class="form">
                {value_type}
                <FieldGroup legend="Variants" name="variants"
                    hint="A row left empty is left out. A switched-off flag serves off where there is such a variant, else the fallback.">
                    {rows}
                    <p><Button icon=Glyph::Plus name=ADD value="true">"Add variant"</Button></p>
                </FieldGroup>
                <Field name="fallback_variant" label="Fallback" value=fallback mono=true width=24
                    suggestions=names autocomplete="off"
                    hint="The variant your code uses when it cannot ask. Left empty: on for a kill switch, else off, else the last one." />
                <Checkbox name="client_visible" label="Available to client keys" checked=client_visible
                    hint="Browsers and phones may then see its evaluated value; never its rules." />
            </div>
        </Card>
    }
}

fn variant(draft: &FlagDraft, at: usize, autofocus: bool) -> Html {
    let (name, value) = draft.variants.get(at).cloned().unwrap_or_default();
    let number = at + 1;
    // A textarea, because a value may be a JSON object or a text of several lines.
    let (first, name_label, value_label) = match at {
        0 => (true, "Name".to_owned(), "Value".to_owned()),
        _ => (false, format!("Name of variant {number}"), format!("Value of variant {number}")),
    };
    view! {
        <div class="field-row variant">
            <Field name=format!("variants[{at}].name") label=name_label value=name mono=true required=first compact=!first width=16
                autofocus=autofocus autocomplete="off" />
            <div class="grow">
                <TextArea name=format!("variants[{at}].value") label=value_label value=value mono=true required=first compact=!first
                    rows=1 />
            </div>
        </div>
    }
}

fn lifetime(draft: &FlagDraft, kinds: Option<&Kinds>, all: &Kinds, names: &[String]) -> Html {
    let proposed = kinds.map(|_| {
        view! {
            <Hidden name="expires_proposed" value=draft.expires_proposed.clone() />
            <Hidden name="review_proposed" value=draft.review_proposed.clone() />
        }
    });
    let (day, action, names) = (draft.expires_at.clone(), draft.on_expiry.clone(), names.to_vec());
    let (variant, criteria, review) = (draft.on_expiry_variant.clone(), draft.rollback_criteria.clone(), draft.review_by.clone());
    let (usual, actions) = (kinds.map(usual), actions(kinds.is_some()));
    let needed = needed(all, RequiredField::RollbackCriteria, "Turn it off when");
    view! {
        <Card id="lifetime" title="How long it lives">
            <div class="form">
                {proposed}
                {usual}
                <Field name="expires_at" label="Last day" kind="date" value=day width=16
                    hint="Release and experiment flags need one. A kill switch, permission or operational flag has none: the day proposed here is dropped for them, and only a day of your own choice is kept." />
                <div class="field-row">
                    <Select name="on_expiry" label="After the last day" options=actions value=action
                        required=true />
                    <Field name="on_expiry_variant" label="Variant to serve" value=variant mono=true width=16
                        suggestions=names autocomplete="off" />
                </div>
                <Field name="review_by" label="Review by" kind="date" value=review width=16
                    hint="For permanent kinds: from this day on the flag's page asks whether it is still needed. Kinds that expire go without, unless you choose a day of your own." />
                <TextArea name="rollback_criteria" label="Turn it off when" value=criteria rows=2
                    placeholder="Checkout errors above 1 % for 5 minutes" />
                {needed}
            </div>
        </Card>
    }
}

fn actions(is_new: bool) -> Vec<Choice> {
    let label = |action: ExpiryDefault| Choice::new(action.as_str(), action.label());
    let serve = Choice::new("serve", "Serve one variant to everybody");
    let mut actions = vec![label(ExpiryDefault::Notify), label(ExpiryDefault::Freeze), serve, label(ExpiryDefault::Archive)];
    if is_new {
        actions.insert(0, Choice::new("", "What is usual for its kind"));
    }
    actions
}

/// What dates that are left as proposed become, kind by kind.
fn usual(kinds: &Kinds) -> Html {
    let said = |kind: FlagKind| {
        let usual = kinds.of(kind);
        let days = |days: u32| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        match (usual.lifetime_days, usual.review_days) {
            (Some(lifetime), _) => {
                format!("{}: {}, then {}.", kind.label(), days(lifetime), lower(usual.on_expiry.label()))
            }
            (None, Some(review)) => format!("{}: for good, review after {}.", kind.label(), days(review)),
            (None, None) => format!("{}: for good.", kind.label()),
        }
    };
    let lines: Vec<_> = FlagKind::ALL.map(said).into_iter().map(|line| view! { <li>{line}</li> }).collect();
    view! {
        <div class="hint">
            <p>"Dates that you leave as they are become what this project says for the kind:"</p>
            <ul>{lines}</ul>
        </div>
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
