//! How the page of a segment looks.

use super::form::{EDITABLE, SegmentForm};
use super::ids::{COLUMN, CONTENT, DROP, HOW, KEPT, KEPT_NAME, LIST, MAX_FILE, READ_AS};
use super::{Editing, FORM, lists};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::Schema;
use crate::domain::condition::Condition;
use crate::domain::role::Role;
use crate::domain::segment::{MAX_ID, MAX_IDS, Segment};
use crate::domain::sentence;
use crate::pages::condition_fields::{Offered, Place, condition};
use crate::pages::lint::banner;
use crate::pages::segments::{address, number};
use crate::server::services::id_list::{How, ReadAs};
use crate::server::services::segments::UsedBy;
use std::sync::Arc;

pub fn page(editing: &Editing) -> Html {
    let crumbs = vec![Crumb::new("Segments", address(&editing.project))];
    let lead = "In are those on the list and those who match a group of conditions, save for those who are excluded.";
    let body = match (editing.segment(), editing.refusal.is_none()) {
        (Some(segment), true) => {
            let lists = lists::cards(&editing.address(), segment, &editing.find);
            let form = form(editing);
            aside(editing, view! { {form} {lists} })
        }
        (Some(segment), false) => aside(editing, readable(segment, &editing.schema, editing.project.role)),
        (None, true) => form(editing),
        (None, false) => {
            let reason = editing.refusal.clone().unwrap_or_default();
            view! { <p><DisabledAction reason=reason>"Create segment"</DisabledAction></p> }
        }
    };
    let lint = (!editing.findings.is_empty()).then(|| view! { <div class="above">{banner(editing.findings.iter())}</div> });
    let key = editing.segment().map(|segment| view! { <code>{segment.key.to_string()}</code> });
    let actions = match (&editing.stored, editing.refusal.clone()) {
        (None, _) => ().draw(),
        (Some(_), Some(reason)) => view! { <DisabledAction reason=reason>"Edit"</DisabledAction> },
        (Some(_), None) => {
            let href = format!("{}/delete", editing.address());
            view! { <LinkButton href=href kind=ButtonKind::Danger icon=Glyph::Remove>"Remove"</LinkButton> }
        }
    };
    view! {
        <PageHeading title=editing.title() crumbs=crumbs lead=lead actions=actions>{key}</PageHeading>
        {lint}
        {body}
    }
}

fn aside(editing: &Editing, main: Html) -> Html {
    let used = used_by(editing.project.key().as_str(), &editing.used_by);
    let used = view! { <Card id="used-by" title="Used by">{used}</Card> };
    view! { <Split aside=used aside_label="Used by">{main}</Split> }
}

/// The flags that ask for it, with their environments, as links.
pub fn used_by(project: &str, users: &[UsedBy]) -> Html {
    if users.is_empty() {
        return view! { <p class="sub">"No flag asks for it."</p> };
    }
    let row = |user: &UsedBy| {
        let flag = format!("/p/{project}/flags/{}", encode(user.flag.as_str()));
        let archived = user.is_archived.then(|| view! { <Badge text="Archived" icon=Glyph::Archive /> });
        let place = |environment: &crate::domain::environment::Environment| {
            let href = format!("{flag}/{}", encode(environment.key.as_str()));
            let (name, colour) = (environment.key.to_string(), environment.colour);
            view! { <a href=href><EnvironmentBadge colour=colour name=name /></a> }
        };
        let places: Vec<_> = user.environments.iter().map(place).collect();
        view! { <li class="bar"><a href=flag.clone()><code>{user.flag.to_string()}</code></a>{places}{archived}</li> }
    };
    let rows: Vec<_> = users.iter().map(row).collect();
    view! { <ul class="stack">{rows}</ul> }
}

/// For who only looks: how many, not who.
fn readable(segment: &Segment, schema: &Schema, role: Role) -> Html {
    let masked = |condition: &Condition| if role > Role::Viewer { condition.clone() } else { condition.clone().masked(schema) };
    let sentence = |group: &Vec<Condition>| {
        let parts: Vec<_> = group.iter().map(|condition| sentence::condition(&masked(condition))).collect();
        view! { <li>{parts.join(" and ")}</li> }
    };
    let groups: Vec<_> = segment.groups.iter().map(sentence).collect();
    let groups = match groups.is_empty() {
        true => view! { <p class="sub">"None."</p> },
        false => view! { <ul class="stack">{groups}</ul> },
    };
    let description = (!segment.description.is_empty()).then(|| view! { <p class="prose">{segment.description.clone()}</p> });
    let (included, excluded) = (number(segment.include.len(), "id"), number(segment.exclude.len(), "id"));
    view! {
        <Card id="who" title="Who is in">
            <div class="stack">
                {description}
                <Definitions wide=true>
                    <Fact label="Included">{included}</Fact>
                    <Fact label="Excluded">{excluded}</Fact>
                    <Fact label="Any of these">{groups}</Fact>
                </Definitions>
            </div>
        </Card>
    }
}

fn form(editing: &Editing) -> Html {
    let is_new = editing.stored.is_none();
    let save = if is_new { "Create segment" } else { "Save" };
    let cancel = view! { <LinkButton href=address(&editing.project) kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let version = editing.base_version.map(|version| version.to_string());
    let offered = Offered { segments: Vec::new(), attributes: editing.attributes.clone(), hints: editing.hints.clone() };
    let (form, added) = (Arc::new(editing.form.clone()), editing.added);
    let (first, second, third) = (form.clone(), form.clone(), form.clone());
    let (include, exclude) = (form.include.clone(), form.exclude.clone());
    let counts = editing.segment().map_or((0, 0), |segment| (segment.include.len(), segment.exclude.len()));
    // What stands in the form is made in there, where its fields find what was typed and what was wrong with it.
    view! {
        <Form id=FORM submit=save actions=cancel inner_buttons=true multipart=true>
            {version.map(|version| view! { <Hidden name="base_version" value=version /> })}
            {form.loaded().into_iter().map(|(name, value)| view! { <Hidden name=name value=value /> }).collect::<Vec<_>>()}
            <Card id="about" title="Segment"><div class="form">{about(&first, is_new, added.is_none())}</div></Card>
            <Card id="conditions" title="In by condition" note="any of these groups">{groups(&second, &offered, added)}</Card>
            <Card id="lists" title="In and out by id" note="targeting keys, one a line">
                <div class="form">
                    {list("include", "Always in", include, counts.0)}
                    {list("exclude", "Never in", exclude, counts.1)}
                </div>
            </Card>
            <Card id="ids" title="Ids from a file" note="you see what comes of it before it is saved">{ids(&third)}</Card>
        </Form>
    }
}

fn about(form: &SegmentForm, is_new: bool, focus: bool) -> Html {
    let key = is_new.then(|| {
        let key = form.key.clone();
        view! { <Field name="key" label="Key" required=true mono=true autofocus=focus autocomplete="off" value=key placeholder="beta_testers" hint="What rules ask for. It cannot be changed later." /> }
    });
    let (name, description) = (form.name.clone(), form.description.clone());
    view! {
        {key}
        <Field name="name" label="Name" required=true value=name autocomplete="off" placeholder="Beta testers" />
        <TextArea name="description" label="Description" value=description rows=2 />
    }
}

fn groups(form: &SegmentForm, offered: &Offered, added: Option<(usize, usize)>) -> Html {
    let rows: Vec<_> = form.groups.iter().enumerate().map(|(at, _)| group(form, at, offered, added)).collect();
    view! {
        <div class="conditions">
            {rows}
            <p><Button icon=Glyph::Plus name="add_group" value="true">"Add a group of conditions"</Button></p>
        </div>
    }
}

fn group(form: &SegmentForm, group: usize, offered: &Offered, added: Option<(usize, usize)>) -> Html {
    let title = format!("Group {}", group + 1);
    let row = |(at, condition_form)| {
        let place = Place {
            path: format!("groups[{group}].conditions[{at}]"),
            number: format!("{} of group {}", at + 1, group + 1),
            remove: format!("{group}.{at}"),
            split: None,
            focus: added == Some((group, at)),
        };
        condition(place, condition_form, offered)
    };
    let rows: Vec<_> = form.groups[group].iter().enumerate().map(row).collect();
    let (add, remove) = (format!("Add a condition to group {}", group + 1), format!("Remove group {}", group + 1));
    view! {
        <FieldGroup legend=title name=format!("groups[{group}]") hint="All of these hold.">
            <input type="hidden" name=format!("group[{group}]") value="true" />
            {rows}
            <div class="bar">
                <Button icon=Glyph::Plus name="add" value=group.to_string() label=add>"Add condition"</Button>
                <Button kind=ButtonKind::Quiet icon=Glyph::Remove name="remove_group" value=group.to_string() label=remove>"Remove group"</Button>
            </div>
        </FieldGroup>
    }
}

/// A list as a text, or how long it is.
fn list(name: &'static str, label: &'static str, text: Option<String>, count: usize) -> Html {
    match text {
        Some(text) => view! { <TextArea name=name label=label value=text mono=true rows=3 /> },
        None => {
            let text = match count {
                ..=EDITABLE => "Some of them hold a line break or stand in white space, so they are no text to edit.",
                _ => "So many are no text to edit: add, remove or replace them from a file.",
            };
            let (ids, problem) = (number(count, "id"), name.to_owned());
            view! {
                <div class="field">
                    <b>{label}</b>
                    <p>{ids}". "<span class="sub">{text}</span></p>
                    <GroupProblem name=problem />
                </div>
            }
        }
    }
}

fn ids(form: &SegmentForm) -> Html {
    let ids = form.ids.clone();
    let lists = vec![Choice::new("include", "Always in"), Choice::new("exclude", "Never in")];
    let hows = [(How::Add, "Add these ids"), (How::Remove, "Remove these ids"), (How::Replace, "Replace the list by these ids")];
    let hows = hows.map(|(how, label)| Choice::new(how.as_str(), label)).to_vec();
    let ways = vec![Choice::new(ReadAs::LINES, "One id a line"), Choice::new(ReadAs::TABLE, "CSV: a column of a table")];
    let kept = (!ids.kept.is_empty()).then(|| {
        let name = if ids.kept_name.is_empty() { "The file" } else { &ids.kept_name };
        let title = format!("{name} goes along: {}", number(ids.kept.lines().count(), "line"));
        view! {
            <Banner title=title><p>"It need not be chosen again."</p></Banner>
            <HiddenText name=KEPT value=ids.kept.clone() />
            <Hidden name=KEPT_NAME value=ids.kept_name.clone() />
            <Checkbox name=DROP label="Leave this file out" />
        }
    });
    let most = number(MAX_IDS, "id");
    let hint =
        format!("Text or CSV in UTF-8, at most {} MiB; a list holds {most} of {MAX_ID} characters.", MAX_FILE / (1024 * 1024));
    view! {
        <div class="form">
            {kept}
            <FileField name="file" label="File" accept=".csv,.tsv,.txt,text/plain,text/csv" hint=hint />
            <TextArea name=CONTENT label="Or paste them" value=ids.content.clone() mono=true rows=3 />
            <div class="field-row">
                <Select name=HOW label="What to do" options=hows value=ids.how.clone() required=true />
                <Select name=LIST label="List" options=lists value=ids.list.clone() required=true />
                <Select name=READ_AS label="Read as" options=ways value=ids.read_as.clone() prompt="As the file's name says" />
                <Field name=COLUMN label="Column" value=ids.column.clone() width=16 placeholder="the first" autocomplete="off" />
            </div>
        </div>
    }
}

pub fn too_large(back: String) -> Html {
    let text = format!(
        "At most {} MiB are taken at a time, and nothing was changed. Split the file, and add its parts one after the other.",
        MAX_FILE / (1024 * 1024)
    );
    view! {
        <section class="card pad prose">
            <h1>"The file is too large"</h1>
            <p>{text}</p>
            <p class="bar"><LinkButton href=back>"Back"</LinkButton></p>
        </section>
    }
}
