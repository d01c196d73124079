//! One flag in two environments beside each other, and the way to make one like the other; and all flags that differ.

mod list;

pub use list::list;

use super::draft;
use super::fields::Fields;
use super::flag_head::{self, Here};
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use super::{revert, state_told};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::Schema;
use crate::domain::count::counted;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::attributes;
use crate::server::services::compare::{self, Comparison, Copied};
use crate::server::services::flags::{self, FlagView};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::states::OpenState;
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

const COPY: &str = "copy";
/// The field that says whether the switch is copied too.
const SWITCH: &str = "switch";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    a: String,
    b: String,
}

impl Params {
    /// Both environments, the usual ones where none is named.
    fn read(&self, member: &Member, project: &OpenProject) -> Result<(String, String), Error> {
        let usual = compare::usual(member.state(), project);
        let (a, b) = usual.map(|(a, b)| (a.to_string(), b.to_string())).unwrap_or_default();
        let or = |text: &str, other: String| if text.trim().is_empty() { other } else { text.trim().to_owned() };
        Ok((or(&self.a, a), or(&self.b, b)))
    }
}

struct Shown {
    project: OpenProject,
    view: FlagView,
    comparison: Comparison,
    schema: Schema,
    now: Timestamp,
}

async fn open(member: &Member, project: &str, flag: &str, params: &Params) -> Result<Shown, Error> {
    let project = projects::open(member.state(), &member.actor(), project).await?;
    let view = flags::view_of(member.state(), &project, flag).await?;
    let (a, b) = params.read(member, &project)?;
    let comparison = compare::flag(member.state(), &project, flag, &a, &b).await?;
    let schema = attributes::schema(member.state(), &project).await?;
    Ok(Shown { project, view, comparison, schema, now: member.visit.now })
}

pub async fn get(member: Member, Path((project, flag)): Path<(String, String)>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let shown = open(&member, &project, &flag, &params).await?;
    draw(member, shown, None).await
}

pub async fn post(
    member: Member,
    Path((project, flag)): Path<(String, String)>,
    QueryOf(params): QueryOf<Params>,
    fields: Fields,
) -> PageResult {
    let shown = open(&member, &project, &flag, &params).await?;
    shown.project.require(Role::Editor)?;
    if fields.form() != COPY {
        return Err(Error::field("", "This page has no such form. Reload it and try again.").into());
    }
    let (state, with_switch) = (member.state(), fields.is_checked(SWITCH));
    match compare::copy(state, &member.person, &shown.project, &shown.comparison, with_switch).await {
        Ok(Copied::Draft(id)) => page::go(draft::address(shown.project.key().as_str(), &id)),
        Ok(Copied::Occupied(id)) => {
            let back = shown.here();
            revert::occupied(member, shown.project, &id, back).await
        }
        Ok(Copied::Nothing) => {
            let words = "There is nothing to copy: but for the switch both are alike.";
            let attempt = fields.attempt(Error::field("", words))?;
            draw(member, shown, Some(attempt)).await
        }
        Err(error) => {
            let attempt = fields.attempt(error)?;
            draw(member, shown, Some(attempt)).await
        }
    }
}

impl Shown {
    fn keys(&self) -> (String, String) {
        (self.comparison.a.environment_key().to_string(), self.comparison.b.environment_key().to_string())
    }
    /// This page's address.
    fn here(&self) -> String {
        let ((a, b), flag) = (self.keys(), self.view.flag().key.as_str());
        address(&self.project, flag, &a, &b)
    }
}

/// Where a flag is compared.
fn address(project: &OpenProject, flag: &str, a: &str, b: &str) -> String {
    format!("{}/compare?a={}&b={}", flag_head::address(project, flag), encode(a), encode(b))
}

async fn draw(member: Member, shown: Shown, attempt: Option<Attempt>) -> PageResult {
    let ((a, b), flag) = (shown.keys(), shown.view.flag().key.clone());
    let title = format!("{flag}: {a} beside {b}");
    let frame = Frame { title, project: Some(shown.project.clone()), place: Place::Flags, attempt, ..Frame::default() };
    member.page(frame, move || view(&shown)).await
}

fn view(shown: &Shown) -> Html {
    let (a, b) = shown.keys();
    let heading = flag_head::heading(&shown.project, &shown.view, Here::Compare, shown.now);
    let keys = shown.view.places.iter().map(|(snapshot, _)| snapshot.environment.environment.key.to_string()).collect();
    let swapped = address(&shown.project, shown.view.flag().key.as_str(), &b, &a);
    let rows = shown.comparison.rows.clone();
    let note = match rows.len() {
        0 => "both are alike".to_owned(),
        1 => "1 difference".to_owned(),
        count => format!("{} differences", counted(count as u64)),
    };
    let all = format!("/p/{}/compare?a={}&b={}", shown.project.key(), encode(&a), encode(&b));
    let differences = (!rows.is_empty()).then(|| {
        let text = format!("What would change in {b} if it became like {a}:");
        view! { <p>{text}</p><Diff rows=rows label=format!("From {b} to {a}") /> }
    });
    let alike =
        differences.is_none().then(|| view! { <p>{format!("{a} and {b} have the same switch, targets, rules and shares.")}</p> });
    let (choose, segments, copy) = (choose(keys, &a, &b, Some(swapped)), segments(shown), copy(shown));
    let (one, other) = (side(shown, "side-a", &shown.comparison.a), side(shown, "side-b", &shown.comparison.b));
    view! {
        {heading}
        <div class="stack">
            {choose}
            <div class="beside">{one}{other}</div>
            <Card id="differences" title="Differences" note=note>
                {differences}
                {alike}
                {segments}
                <p class="mt"><a href=all>{format!("All flags that differ between {a} and {b}")}</a></p>
            </Card>
            {copy}
        </div>
    }
}

/// The form that says what is compared.
fn choose(keys: Vec<String>, a: &str, b: &str, swapped: Option<String>) -> Html {
    let choices: Vec<Choice> = keys.iter().map(|key| Choice::new(key.clone(), key.clone())).collect();
    let (options, a, b) = (choices.clone(), a.to_owned(), b.to_owned());
    let swap = swapped.map(|href| view! { <LinkButton href=href kind=ButtonKind::Quiet>"Swap"</LinkButton> });
    view! {
        <Filters label="What to compare">
            <Select name="a" label="Environment" options=options value=a />
            <Select name="b" label="beside" options=choices value=b />
            <Button>"Compare"</Button>
            {swap}
        </Filters>
    }
}

fn side(shown: &Shown, id: &'static str, open: &OpenState) -> Html {
    let environment = &open.snapshot.environment.environment;
    let badge = view! { <EnvironmentBadge colour=environment.colour name=environment.name.clone() /> };
    let rows = state_told::rows(&open.served.state, shown.project.role, &shown.schema, shown.now);
    let fault = open.served.is_faulty().then(|| {
        view! { <Banner tone=Tone::Danger title="This flag is faulty here: everybody gets the fallback variant." /> }
    });
    view! { <Card id=id title=format!("In {}", environment.key) actions=badge flush=true>{fault}{rows}</Card> }
}

/// The segments that either side asks for; they are the same everywhere.
fn segments(shown: &Shown) -> Option<Html> {
    let (a, b) = (&shown.comparison.a.served.state, &shown.comparison.b.served.state);
    let named: std::collections::BTreeSet<&str> = a.segments().union(&b.segments()).copied().collect();
    let names: Vec<String> = named.into_iter().map(str::to_owned).collect();
    (!names.is_empty()).then(|| {
        let text = format!(
            "Asked for here: {}. Segments belong to the project and are the same in every environment.",
            names.join(", ")
        );
        view! { <p class="sub mt">{text}</p> }
    })
}

fn copy(shown: &Shown) -> Html {
    let (a, b) = shown.keys();
    let title = format!("Copy {a} to {b}");
    if a == b || shown.comparison.rows.is_empty() {
        return ().draw();
    }
    let archived = shown.comparison.b.served.is_archived().then(|| "This flag is archived; restore it first.".to_owned());
    let body = match shown.project.refusal(Role::Editor).or(archived) {
        Some(reason) => view! { <DisabledAction reason=reason>{format!("Copy {a} to {b}")}</DisabledAction> },
        None => {
            let hint = format!("Without it {b} stays as it is: on or off.");
            view! {
                <Form id=COPY submit=title.clone() tone=ButtonKind::Plain>
                    <p>{format!("Targets, rules and shares of {a} become a draft in {b}, which you look at before anybody is served by it.")}</p>
                    <Checkbox name=SWITCH label="The switch too" hint=hint />
                </Form>
            }
        }
    };
    view! { <Card id="copy-it" title=title>{body}</Card> }
}
