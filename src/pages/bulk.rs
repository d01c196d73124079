//! One change of many flags: choose what to do with those that were ticked on the list, look at what it comes to, make it.

use super::confirm::{self, Preview, Refusal};
use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::diff::{DiffKind, DiffRow};
use crate::domain::flag::Problem;
use crate::domain::key::EnvironmentKey;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::services::bulk::{self, Action, MOST, Step};
use crate::server::services::flag_draft::{owner_value, tags};
use crate::server::services::flag_list;
use crate::server::services::flag_query::FlagQuery;
use crate::server::services::owners;
use crate::server::services::projects::{self, OpenProject};
use axum::extract::{Path, RawQuery};
use std::collections::HashMap;

const CHOOSE: &str = "bulk-choose";
const APPLY: &str = "bulk-apply";
/// Flags that are named one by one; the rest are counted.
const NAMED: usize = 20;

/// The form of the list whose boxes tick flags.
pub const TICKS: &str = "bulk";

/// What the forms are made of.
#[derive(Clone)]
struct Choices {
    owners: Vec<Choice>,
    environments: Vec<Choice>,
}

/// What was chosen on the list: `?flag=a&flag=b`, or `?all=true&q=…` for whatever that search finds.
pub async fn get(member: Member, Path(project): Path<String>, RawQuery(query): RawQuery) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let asked = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let keys = match asked.is_checked("all") {
        true => flag_list::matching(member.state(), &member.actor(), &project, &FlagQuery::parse(asked.get("q"))).await?,
        false => asked.all("flag").into_iter().map(str::to_owned).collect(),
    };
    draw(member, project, keys, None, None).await
}

pub async fn post(member: Member, Path(project): Path<String>, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    project.require(Role::Editor)?;
    let (keys, seen) = read_seen(fields.get("flags"));
    let action = match read(&member, &project, &fields, &keys).await {
        Ok(action) => action,
        Err(error) => return draw(member, project, keys, None, Some(fields.attempt(error)?)).await,
    };
    let steps = bulk::plan(member.state(), &project, &keys, &action).await?;
    if fields.form() != APPLY {
        return draw(member, project, keys, Some((steps, fields)), None).await;
    }
    let changed = steps.iter().filter(|step| step.changes()).count();
    let preview = Preview {
        title: format!("{} {}", order(&action), counted(changed)),
        rows: steps.iter().flat_map(|step| told(step, &action)).collect(),
        back: format!("/p/{}/flags", project.key()),
        note: Some(steps.iter().filter(|step| step.changes()).map(|step| step.key.as_str()).collect::<Vec<_>>().join(", ")),
        ..Preview::default()
    };
    match bulk::apply(member.state(), &member.actor(), &project, steps.clone(), &seen, &fields.consent()).await {
        Ok(_) => page::go(format!("/p/{}/flags?changed={changed}", project.key())),
        Err(error) => match confirm::refusal(&fields, error)? {
            Refusal::Confirm(ask, attempt) => confirm::show(member, project, &fields, ask, attempt, preview).await,
            Refusal::Form(attempt) => draw(member, project, keys, Some((steps, fields)), Some(attempt)).await,
        },
    }
}

/// `new_checkout@3 dark_mode@1`: which flags, and which version of each was looked at. Keys hold no white space.
fn read_seen(text: &str) -> (Vec<String>, HashMap<String, i64>) {
    let (mut keys, mut seen) = (Vec::new(), HashMap::new());
    for part in text.split_whitespace() {
        let (key, version) = part.split_once('@').unwrap_or((part, ""));
        if key.is_empty() {
            continue;
        }
        keys.push(key.to_owned());
        if let Ok(version) = version.parse() {
            seen.insert(key.to_owned(), version);
        }
    }
    (keys, seen)
}

async fn read(member: &Member, project: &OpenProject, fields: &Fields, keys: &[String]) -> Result<Action, Error> {
    if keys.is_empty() {
        return Err(Error::field("", "No flag is chosen. Go back to the list and tick some."));
    }
    if keys.len() > MOST {
        return Err(Error::field("", format!("At most {MOST} flags at once; these are {}. Narrow the search.", keys.len())));
    }
    let named = |field: &str| match tags(fields.get(field)) {
        none if none.is_empty() => Err(Error::field(field, "Write at least one tag, such as web.")),
        tags => Ok(tags),
    };
    match fields.get("do") {
        "add-tags" => named("add").map(Action::AddTags),
        "remove-tags" => named("remove").map(Action::RemoveTags),
        "owner" => {
            let all = owners::choices(member.state(), project).await?;
            let owner = all.into_iter().find(|(owner, _)| owner_value(owner) == fields.get("owner"));
            owner.map(|(owner, _)| Action::SetOwner(owner)).ok_or_else(|| Error::field("owner", "Choose who is to own them."))
        }
        "archive" => Ok(Action::Archive),
        "off" => {
            let all = member.state().serving.environments_of(&project.stored.id);
            let wanted = EnvironmentKey::parse(fields.get("environment")).ok();
            let found = wanted.filter(|key| all.iter().any(|snapshot| snapshot.environment.environment.key == *key));
            found.map(Action::TurnOff).ok_or_else(|| Error::field("environment", "Choose the environment."))
        }
        _ => Err(Error::Invalid(vec![Problem::new("do", "Choose what to do with them.")])),
    }
}

fn order(action: &Action) -> String {
    match action {
        Action::AddTags(tags) => format!("Tag {} on", tags.join(", ")),
        Action::RemoveTags(tags) => format!("Take {} off", tags.join(", ")),
        Action::SetOwner(_) => "Hand over".to_owned(),
        Action::Archive => "Archive".to_owned(),
        Action::TurnOff(environment) => format!("Turn off in {environment}:"),
    }
}

/// What becomes of one flag, with its key in front.
fn told(step: &Step, action: &Action) -> Vec<DiffRow> {
    let Ok((_, rows)) = &step.change else { return Vec::new() };
    let path = format!("[{}]", step.key);
    let row = |before: &str, after: String| {
        vec![DiffRow { path: path.clone(), kind: DiffKind::Changed, before: Some(before.to_owned()), after: Some(after) }]
    };
    match action {
        Action::Archive => row("in use", "archived: answers nobody any more".to_owned()),
        Action::TurnOff(environment) => row("on", format!("off in {environment}")),
        _ => rows.iter().map(|row| DiffRow { path: format!("{path}.{}", row.path), ..row.clone() }).collect(),
    }
}

fn counted(flags: usize) -> String {
    if flags == 1 { "1 flag".to_owned() } else { format!("{flags} flags") }
}

async fn draw(
    member: Member,
    project: OpenProject,
    keys: Vec<String>,
    planned: Option<(Vec<Step>, Fields)>,
    attempt: Option<Attempt>,
) -> PageResult {
    let frame = Frame {
        title: format!("Change {}", counted(keys.len())),
        project: Some(project.clone()),
        place: Place::Flags,
        attempt,
        ..Frame::default()
    };
    let owners = owners::choices(member.state(), &project).await?;
    let environments = member.state().serving.environments_of(&project.stored.id);
    let choices = Choices {
        owners: owners.into_iter().map(|(owner, name)| Choice::new(owner_value(&owner), name)).collect(),
        environments: environments
            .iter()
            .map(|snapshot| &snapshot.environment.environment)
            .map(|environment| Choice::new(environment.key.as_str(), environment.name.clone()))
            .collect(),
    };
    member.page(frame, move || page(&project, keys, planned, choices)).await
}

fn page(project: &OpenProject, keys: Vec<String>, planned: Option<(Vec<Step>, Fields)>, choices: Choices) -> Html {
    let crumbs = vec![Crumb::new("Flags", format!("/p/{}/flags", project.key()))];
    let title = format!("Change {}", counted(keys.len()));
    let back = format!("/p/{}/flags", project.key());
    let body = match (project.refusal(Role::Editor), keys.is_empty(), planned) {
        (Some(reason), ..) => view! { <p><DisabledAction reason=reason>"Change them"</DisabledAction></p> },
        (None, true, _) => {
            let action = view! { <LinkButton href=back>"To the flags"</LinkButton> };
            view! { <EmptyNew icon=Glyph::Flag title="No flag is chosen" action=action><p>"Tick some on the list first."</p></EmptyNew> }
        }
        (None, false, None) => choose(&keys, choices, back),
        (None, false, Some((steps, fields))) => look(steps, &fields, back),
    };
    view! {
        <PageHeading title=title crumbs=crumbs />
        <div class="stack"><Refused forms=vec![""] />{body}</div>
    }
}

fn named(keys: &[String]) -> Html {
    let shown: Vec<_> = keys.iter().take(NAMED).map(|key| view! { <code>{key.clone()}</code>" " }).collect();
    let more = keys.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("and {more} more"));
    view! { <p>{shown}{more}</p> }
}

fn choose(keys: &[String], choices: Choices, back: String) -> Html {
    let (flags, cancel) = (keys.join(" "), view! { <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton> });
    let ways = vec![
        Choice::new("add-tags", "Add tags"),
        Choice::new("remove-tags", "Remove tags"),
        Choice::new("owner", "Change the owner"),
        Choice::new("off", "Turn off in an environment"),
        Choice::new("archive", "Archive"),
    ];
    let named = named(keys);
    view! {
        <Card id="chosen" title="Chosen">{named}</Card>
        <Card id="what" title="What to do">
            <Form id=CHOOSE submit="Preview" actions=cancel>
                <Hidden name="flags" value=flags />
                <Select name="do" label="Do" options=ways required=true prompt="Choose" />
                <Field name="add" label="Tags to add" placeholder="web, checkout" hint="With commas between them." />
                <Field name="remove" label="Tags to remove" placeholder="web, checkout" />
                <Select name="owner" label="New owner" options=choices.owners prompt="Choose" />
                <Select name="environment" label="Environment to turn them off in" options=choices.environments prompt="Choose" />
            </Form>
        </Card>
    }
}

/// What it comes to, before it is done.
fn look(steps: Vec<Step>, fields: &Fields, back: String) -> Html {
    let changing = steps.iter().filter(|step| step.changes()).count();
    let flags = steps.iter().map(|step| format!("{}@{}", step.key, step.version)).collect::<Vec<_>>().join(" ");
    let kept: Vec<_> = ["do", "add", "remove", "owner", "environment"]
        .into_iter()
        .map(|name| view! { <input type="hidden" name=name value=fields.get(name).to_owned() /> })
        .collect();
    let verb = match fields.get("do") {
        "archive" => "Archive",
        "off" => "Turn off",
        _ => "Change",
    };
    let is_archiving = fields.get("do") == "archive";
    let words = if fields.get("do") == "off" { "It is turned off." } else { "It is archived: it answers nobody any more." };
    let rows: Vec<_> = steps.into_iter().map(|step| row(step, words)).collect();
    let head = view! { <Column label="Flag" /> <Column label="What changes" /> };
    let cancel = view! { <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let tone = if is_archiving { ButtonKind::Danger } else { ButtonKind::Primary };
    let form = match changing {
        0 => view! { <p class="bar"><b>"Nothing to change."</b>{cancel}</p> },
        _ => view! {
            <Form id=APPLY submit=format!("{verb} {}", counted(changing)) tone=tone actions=cancel>
                <input type="hidden" name="flags" value=flags />
                {kept}
            </Form>
        },
    };
    view! {
        <Card id="preview" title="Preview" note="nothing is changed yet" flush=true><Table caption="What changes" head=head>{rows}</Table></Card>
        {form}
    }
}

fn row(step: Step, words: &'static str) -> Html {
    let label = format!("What changes of {}", step.key);
    let what = match step.change {
        Err(why) => view! { <span class="sub">{format!("Nothing: {}", why.to_lowercase())}</span> },
        Ok((_, rows)) if rows.is_empty() => {
            let missed =
                step.missed.map(|missed| view! { <p class="meta"><Badge tone=Tone::Warn text="Still in use" /> {missed}</p> });
            view! { {words} {missed} }
        }
        Ok((_, rows)) => view! { <Diff rows=rows label=label /> },
    };
    view! { <Row><RowHead><code>{step.key}</code></RowHead><Cell label="What changes" full=true>{what}</Cell></Row> }
}

/// Below the list: what to do with the flags that are ticked.
pub fn bar(project: &str, query: &str, matched: usize) -> Html {
    let (action, query) = (format!("/p/{project}/bulk"), query.to_owned());
    let all = format!("All {matched} that match, not only those ticked");
    view! {
        <form id=TICKS method="get" action=action class="bar mt">
            <input type="hidden" name="q" value=query />
            <label class="bar tight"><input type="checkbox" name="all" value="true" />{all}</label>
            <Button>"Change several…"</Button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_read_back() {
        let (keys, seen) = read_seen("a@3 b @x c@1");
        assert_eq!(keys, ["a", "b", "c"]);
        assert_eq!((seen.get("a"), seen.get("b"), seen.get("c")), (Some(&3), None, Some(&1)));
    }
}
