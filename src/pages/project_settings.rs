//! A project's settings: its name, how its flags are called, what a new flag of each kind starts with; and its end.

use super::confirm::{self, Preview, Refusal};
use super::done::{self, Params};
use super::fields::Fields;
use super::page::{self, PageResult};
use super::settings::{self, Section};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::diff::diff;
use crate::domain::flag::{FlagKind, Problem};
use crate::domain::project::{ExpiryDefault, GRACE_DAYS, KindDefaults, Kinds, Project, READY_DAYS, SNAKE_CASE};
use crate::domain::required::RequiredField;
use crate::domain::role::Role;
use crate::server::error::Error;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::users::for_owners;
use axum::extract::{Path, Query as QueryOf};

const FORM: &str = "settings";
const REMOVE: &str = "remove";

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    show(member, project, None, &params.done).await
}

pub async fn post(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    project.require(Role::Admin)?;
    match fields.form() {
        FORM => save(member, project, fields).await,
        REMOVE => remove(member, project, fields).await,
        _ => Err(Error::field("_form", "This page takes the forms settings and remove.").into()),
    }
}

async fn save(member: Member, project: OpenProject, fields: Fields) -> PageResult {
    let saved = match read(&fields, &project.stored.project) {
        Ok(settings) => projects::edit(member.state(), &member.actor(), settings, fields.consent()).await,
        Err(problems) => Err(Error::Invalid(problems)),
    };
    match saved {
        Ok(applied) => page::done(&Section::Project.address(&project), &applied),
        Err(error) => match confirm::refusal(&fields, error)? {
            Refusal::Confirm(ask, attempt) => {
                let preview = preview(&project, &fields);
                confirm::show(member, project, &fields, ask, attempt, preview).await
            }
            Refusal::Form(attempt) => show(member, project, Some(attempt), "").await,
        },
    }
}

fn preview(project: &OpenProject, fields: &Fields) -> Preview {
    let before = &project.stored.project;
    let document = |project: &Project| serde_json::to_value(project).unwrap_or_default();
    let rows = read(fields, before).map(|after| diff(&document(before), &document(&after))).unwrap_or_default();
    let (title, back) = (format!("Change the settings of {}", before.name), Section::Project.address(project));
    Preview { title, rows, back, ..Preview::default() }
}

async fn remove(member: Member, project: OpenProject, fields: Fields) -> PageResult {
    let actor = member.actor();
    for_owners(&actor)?;
    match projects::remove(member.state(), &actor, &project, Some(fields.text("confirmation"))).await {
        Ok(applied) => page::done("/projects", &applied),
        Err(error) => show(member, project, Some(fields.attempt(error)?), "").await,
    }
}

/// The settings as they were sent.
fn read(fields: &Fields, before: &Project) -> Result<Project, Vec<Problem>> {
    let mut problems = Vec::new();
    let name = fields.text("project_name");
    if name.is_empty() {
        problems.push(Problem::new("project_name", "Write a name of 1 to 200 characters."));
    }
    let mut kinds = Kinds::default();
    for kind in FlagKind::ALL {
        let mut days = |part: &str| {
            let name = field(kind, part);
            let text = fields.text(&name);
            let read = (!text.is_empty()).then(|| text.parse::<u32>());
            if matches!(read, Some(Err(_))) {
                problems.push(Problem::new(name, format!("Write a number of days, such as 90; this is {text}.")));
            }
            read.and_then(Result::ok)
        };
        let (lifetime_days, review_days) = (days("lifetime_days"), days("review_days"));
        // Left empty they are what is usual.
        let grace_days = days("grace_days").unwrap_or(GRACE_DAYS);
        let ready_days = days("ready_days").unwrap_or(READY_DAYS);
        let on_expiry = ExpiryDefault::parse(fields.get(&field(kind, "on_expiry"))).unwrap_or_else(|| {
            problems.push(Problem::new(field(kind, "on_expiry"), "Choose what happens after the last day."));
            ExpiryDefault::default()
        });
        let asked = |one: &RequiredField| fields.is_checked(&field(kind, &format!("required.{}", one.as_str())));
        let required = RequiredField::ALL.into_iter().filter(asked).collect::<Vec<_>>().into();
        kinds = kinds.with(kind, KindDefaults { lifetime_days, review_days, on_expiry, grace_days, ready_days, required });
    }
    let said: Vec<String> = problems.iter().map(|problem| problem.field.clone()).collect();
    problems.extend(kinds.problems().into_iter().filter(|problem| !said.contains(&problem.field)));
    let naming_pattern = fields.filled("naming_pattern").unwrap_or_else(|| SNAKE_CASE.to_owned());
    match problems.is_empty() {
        true => Ok(Project { name, naming_pattern, kinds, ..before.clone() }),
        false => Err(problems),
    }
}

fn field(kind: FlagKind, part: &str) -> String {
    format!("kinds.{}.{part}", kind.as_str())
}

/// What can be removed, and how.
struct Removal {
    key: String,
    is_demo: bool,
    flags: usize,
}

async fn show(member: Member, project: OpenProject, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let state = member.state();
    let refusal = projects::refusal(state, &project, Role::Admin).await?;
    let flags = state.serving.environments_of(&project.stored.id).first().map_or(0, |snapshot| snapshot.flags().count());
    let removal = match member.actor().is_owner() {
        true => Some(Removal { key: project.key().to_string(), is_demo: projects::is_demo(state, &project).await?, flags }),
        false => None,
    };
    let notice = done::notice(&member, &project, sequence.parse().ok()).await;
    let frame = page::Frame { notice, attempt, ..Section::Project.frame(project.clone()) };
    member.page(frame, move || view(&project, refusal, removal)).await
}

fn view(project: &OpenProject, refusal: Option<String>, removal: Option<Removal>) -> Html {
    let stored = project.stored.clone();
    let fields = move || {
        view! {
            <Hidden name="base_version" value=stored.version.to_string() />
            {naming(&stored.project)}
            {kinds(&stored.project.kinds)}
        }
    };
    let form = settings::form(FORM, "Save", refusal, fields);
    view! {
        {settings::head(project, Section::Project, "What the project is called, and what its new flags start with.")}
        <div class="stack">{form}{removal.map(end)}</div>
    }
}

fn naming(project: &Project) -> Html {
    let (key, name, pattern) = (project.key.to_string(), project.name.clone(), project.naming_pattern.clone());
    let hint = format!(
        "A regular expression that the key of every new flag must match. Left empty it is snake_case, such as new_checkout: {SNAKE_CASE} \
         (^ is the start, $ the end). Flags that exist keep their keys."
    );
    view! {
        <Card id="naming" title="Name">
            <div class="form">
                <Definitions wide=true><Fact label="Key"><code>{key}</code></Fact></Definitions>
                <Field name="project_name" label="Name" value=name required=true />
                <Field name="naming_pattern" label="Naming pattern" value=pattern mono=true hint=hint autocomplete="off"
                    suggestions=vec![SNAKE_CASE.to_owned()] />
            </div>
        </Card>
    }
}

fn kinds(kinds: &Kinds) -> Html {
    let head = view! {
        <Column label="Kind" />
        <Column label="Expires after" />
        <Column label="Review after" />
        <Column label="After the last day" />
        <Column label="Archived after" />
        <Column label="Ready to remove after" />
        <Column label="Must say" />
    };
    let rows: Vec<_> = FlagKind::ALL.into_iter().map(|kind| kind_row(kind, kinds.of(kind))).collect();
    view! {
        <Card id="kinds" title="Defaults by kind" flush=true>
            <p class="hint pad">
                "What a new flag starts with unless its maker says otherwise, and what it must say besides its owner and a description; flags that exist stay as they are until somebody edits them. Release and experiment flags are meant to go away, so they need a lifetime. The other kinds are for good: leave their review empty for none. Archived after: the days of grace after the last day, where a flag is to be archived then; a change counts for flags that exist too. Ready to remove after: so many days of one and the same answer put a flag on the cleanup board."
            </p>
            <Table caption="What new flags start with" head=head>{rows}</Table>
        </Card>
    }
}

fn kind_row(kind: FlagKind, usual: KindDefaults) -> Html {
    let days = |part: &str, said: &str, value: Option<u32>| {
        let value = value.map(|days| days.to_string()).unwrap_or_default();
        let label = format!("{said} of {} flags, in days", kind.label().to_lowercase());
        view! {
            <Field name=field(kind, part) label=label value=value compact=true required=true width=6 inputmode="numeric" unit="days"
                autocomplete="off" />
        }
    };
    let none = |text: &'static str| view! { <span class="sub">{text}</span> };
    let (lifetime, review) = match kind.is_permanent() {
        true => (none("never"), days("review_days", "Review", usual.review_days)),
        false => (days("lifetime_days", "Lifetime", usual.lifetime_days), none("no review")),
    };
    let actions: Vec<_> = ExpiryDefault::ALL.into_iter().map(|action| Choice::new(action.as_str(), action.label())).collect();
    let grace = days("grace_days", "Grace before archiving", Some(usual.grace_days));
    let ready = match kind.is_permanent() {
        true => none("never"),
        false => days("ready_days", "Days of one answer until removal", Some(usual.ready_days)),
    };
    let required: Vec<_> = RequiredField::ALL.into_iter().map(|one| required_box(kind, one, usual.required.asks(one))).collect();
    let label = format!("After the last day of {} flags", kind.label().to_lowercase());
    view! {
        <Row>
            <RowHead>{kind.label()}</RowHead>
            <Cell label="Expires after">{lifetime}</Cell>
            <Cell label="Review after">{review}</Cell>
            <Cell label="After the last day" full=true>
                <Select name=field(kind, "on_expiry") label=label options=actions value=usual.on_expiry.as_str() compact=true
                    required=true />
            </Cell>
            <Cell label="Archived after">{grace}</Cell>
            <Cell label="Ready to remove after">{ready}</Cell>
            <Cell label="Must say" full=true>{required}</Cell>
        </Row>
    }
}

fn required_box(kind: FlagKind, one: RequiredField, checked: bool) -> Html {
    let name = field(kind, &format!("required.{}", one.as_str()));
    let label = match one {
        RequiredField::Ticket => "its ticket",
        RequiredField::RollbackCriteria => "when to turn it off",
    };
    let read_out = format!(" ({} flags)", kind.label().to_lowercase());
    view! { <Checkbox name=name label=label checked=checked read_out=read_out /> }
}

fn end(removal: Removal) -> Html {
    let Removal { key, is_demo, flags } = removal;
    if is_demo {
        return view! {
            <Card id="end" title="Remove the demo">
                <Form id=REMOVE submit="Remove the demo" tone=ButtonKind::Danger>
                    <p>"The demo is there to be looked at. Once removed it stays removed; its history is kept."</p>
                </Form>
            </Card>
        };
    }
    let said = match flags {
        1 => "1 flag".to_owned(),
        flags => format!("{flags} flags"),
    };
    let hint = format!("Type {key} to say that you mean this project.");
    view! {
        <Card id="end" title="Remove this project">
            <Form id=REMOVE submit="Remove this project" tone=ButtonKind::Danger>
                <p>
                    {format!("Its {said}, environments, teams, personas and API keys go at once, and SDKs that use its keys are refused. There is no way back. Its history is kept, and its key is never used again.")}
                </p>
                <Field name="confirmation" label="Key" mono=true required=true width=24 autocomplete="off" hint=hint />
            </Form>
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::key::ProjectKey;
    use crate::domain::required::Required;

    fn sent(more: &[(&str, &str)]) -> Result<Project, Vec<String>> {
        let usual = FlagKind::ALL.into_iter().flat_map(|kind| {
            let days = if kind.is_permanent() { ("review_days", "") } else { ("lifetime_days", "30") };
            [(field(kind, days.0), days.1.to_owned()), (field(kind, "on_expiry"), "freeze".to_owned())]
        });
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let fields = Fields(more.chain([("project_name".to_owned(), "Shop".to_owned())]).chain(usual).collect());
        let Ok(key) = ProjectKey::parse("shop") else { return Err(Vec::new()) };
        let read = read(&fields, &Project::new(key, "Before"));
        read.map_err(|problems| problems.into_iter().map(|problem| problem.field).collect())
    }

    #[test]
    fn what_was_typed_is_read_kind_by_kind() {
        let project = sent(&[("kinds.operational.review_days", " 14 "), ("kinds.experiment.required.ticket", "true")]);
        let kinds = project.map(|project| (project.kinds, project.naming_pattern));
        let of = |kind| kinds.as_ref().ok().map(|(kinds, _)| kinds.of(kind));
        let expected = |lifetime_days, review_days| {
            let required = Required::default();
            let on_expiry = ExpiryDefault::Freeze;
            let (grace_days, ready_days) = (GRACE_DAYS, READY_DAYS);
            Some(KindDefaults { lifetime_days, review_days, on_expiry, grace_days, ready_days, required })
        };
        assert_eq!(of(FlagKind::Release), expected(Some(30), None));
        assert_eq!(of(FlagKind::Operational), expected(None, Some(14)));
        assert_eq!(of(FlagKind::KillSwitch), expected(None, None));
        let asks = Required { ticket: true, rollback_criteria: false };
        assert_eq!(of(FlagKind::Experiment).map(|usual| usual.required), Some(asks));
        assert_eq!(kinds.map(|(_, pattern)| pattern), Ok(SNAKE_CASE.to_owned()));
    }

    #[test]
    fn everything_wrong_is_told_once_at_its_field() {
        let wrong = [
            ("kinds.release.lifetime_days", "soon"),
            ("kinds.experiment.lifetime_days", "0"),
            ("kinds.permission.review_days", "-1"),
            ("kinds.kill_switch.on_expiry", "explode"),
            ("project_name", " "),
        ];
        let mut found = sent(&wrong).err().unwrap_or_default();
        found.sort();
        let mut expected: Vec<String> = wrong.iter().map(|(field, _)| (*field).to_owned()).collect();
        expected.sort();
        // What cannot be read is missing as well, which is not said twice.
        assert_eq!(found, expected);
    }
}
