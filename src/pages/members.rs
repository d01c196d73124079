//! People of a project: who belongs to it with which role, and its teams.

use super::done::{self, Params};
use super::fields::Fields;
use super::page::{self, PageResult};
use super::settings::{self, Section};
use super::teams;
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::{InstanceRole, Role};
use crate::domain::user::User;
use crate::server::error::Error;
use crate::server::services::members::{self, Listed};
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::teams as team_service;
use axum::extract::{Path, Query as QueryOf};

const ADD: &str = "add";
const REMOVE: &str = "remove";
/// The form that changes a role; with the account's id behind it, because there is one in each row.
const ROLE: &str = "role-";
/// Whether somebody may break the glass, in the forms that say it.
const GLASS: &str = "break_glass";
const GLASS_SHOWN: &str = "break_glass_shown";

pub async fn get(member: Member, Path(key): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    show(member, project, None, &params.done).await
}

pub async fn post(member: Member, Path(key): Path<String>, fields: Fields) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let project = projects::open(state, &actor, &key).await?;
    project.require(Role::Admin)?;
    let email = fields.text("email");
    let applied = match fields.form() {
        REMOVE => members::remove(state, &actor, &project, &email).await,
        teams::NEW => {
            let named = (fields.get("name"), fields.get("key"));
            team_service::create(state, &actor, &project, named, teams::chosen(&fields)).await
        }
        form if form == ADD || form.starts_with(ROLE) => {
            let glass = fields.is_checked(GLASS_SHOWN).then(|| fields.is_checked(GLASS));
            members::set(state, &actor, &project, &email, fields.get("role"), glass).await
        }
        _ => Err(Error::field("", "This page takes the forms add, role, remove and team.")),
    };
    match applied {
        // Who took themselves out does not get in here again.
        Ok(_) if fields.form() == REMOVE && email == member.person.email && !actor.is_owner() => page::go("/projects"),
        Ok(applied) => page::done(&Section::People.address(&project), &applied),
        Err(error) => show(member, project, Some(fields.attempt(error)?), "").await,
    }
}

/// Everything the page shows.
struct Shown {
    project: OpenProject,
    people: Vec<Listed>,
    teams: Vec<team_service::Listed>,
    /// For owners: whom they can add.
    candidates: Option<Vec<User>>,
    /// Whether who looks may let others break the glass.
    grants: bool,
    refusal: Option<String>,
}

async fn show(member: Member, project: OpenProject, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let shown = Shown {
        people: members::list(state, &project).await?,
        teams: team_service::list(state, &project).await?,
        candidates: members::candidates(state, &actor, &project).await?,
        refusal: projects::refusal(state, &project, Role::Admin).await?,
        grants: project.role >= Role::Admin && actor.may_break_glass(&project.stored.id),
        project: project.clone(),
    };
    let notice = done::notice(&member, &project, sequence.parse().ok()).await;
    let frame = page::Frame { notice, attempt, ..Section::People.frame(project) };
    member.page(frame, move || view(shown)).await
}

fn view(shown: Shown) -> Html {
    let Shown { project, people, teams, candidates, grants, refusal } = shown;
    let head = settings::head(&project, Section::People, "Who works on this project, and what each may do.");
    let members: Vec<Listed> = people.iter().filter(|listed| listed.role.is_some()).cloned().collect();
    let teams = teams::list(&project, teams, &members, refusal.clone());
    let table = table(people, refusal.is_none(), grants);
    let add = add(candidates, grants, refusal);
    view! {
        {head}
        <div class="stack">
            <Refused forms=vec![REMOVE] />
            {table}
            <Card id="add-somebody" title="Add somebody">{add}</Card>
            {teams}
            <Card id="roles" title="Roles" note="each role may also do what the ones above it may">{roles()}</Card>
        </div>
    }
}

fn table(people: Vec<Listed>, may_edit: bool, grants: bool) -> Html {
    let head = view! {
        <Column label="Name" />
        <Column label="E-mail address" />
        <Column label="Role" />
        {may_edit.then(|| view! { <Column label="Remove" silent=true /> })}
    };
    let rows: Vec<_> = people.into_iter().map(|listed| row(listed, may_edit, grants)).collect();
    view! { <Table caption="People of this project" head=head>{rows}</Table> }
}

fn row(listed: Listed, may_edit: bool, grants: bool) -> Html {
    let is_owner = listed.is_owner();
    let Listed { id, user: User { email, name, .. }, role, is_disabled, break_glass } = listed;
    let mark = is_disabled.then(|| view! { " "<Badge text="Deactivated" icon=Glyph::Lock /> });
    let shown = match (is_owner, role) {
        (true, _) => "Owner, in every project".draw(),
        (false, Some(role)) if may_edit => role_form(&id, &name, &email, role, grants.then_some(break_glass)),
        (false, role) => role.map(Role::label).draw(),
    };
    // Who may grant it has a box that says it.
    let has_box = may_edit && grants && !is_owner;
    let glass = (break_glass && !has_box).then(|| view! { " "<Badge text="May break the glass" icon=Glyph::Warning /> });
    // An owner who is a member besides may leave as one.
    let (address, leaver) = (email.clone(), role.is_some().then(|| (name.clone(), email)));
    let removal = may_edit.then(|| view! { <Cell label="Remove">{leaver.map(remove_form)}</Cell> });
    view! {
        <Row faded=is_disabled>
            <RowHead>{name}{mark}{glass}</RowHead>
            <Cell label="E-mail address" full=true>{address}</Cell>
            <Cell label="Role">{shown}</Cell>
            {removal}
        </Row>
    }
}

fn remove_form((name, email): (String, String)) -> Html {
    let label = format!("Remove {name} from the project");
    view! {
        <form method="post">
            <input type="hidden" name="_form" value=REMOVE />
            <input type="hidden" name="email" value=email />
            <Button kind=ButtonKind::Quiet icon=Glyph::Remove label=label>"Remove"</Button>
        </form>
    }
}

/// `glass`: whether they may break the glass, for those who may change that.
fn role_form(id: &str, name: &str, email: &str, role: Role, glass: Option<bool>) -> Html {
    let save = view! { <Button label=format!("Save the role of {name}")>"Save"</Button> };
    let (label, email) = (format!("Role of {name}"), email.to_owned());
    view! {
        <Form id=format!("{ROLE}{id}") class="inline" actions=save>
            <Hidden name="email" value=email />
            <Select name="role" label=label options=role_choices() value=role.as_str() compact=true required=true />
            {move || glass.map(glass_box)}
        </Form>
    }
}

/// To be made inside of a form.
fn glass_box(checked: bool) -> Html {
    view! {
        <Hidden name=GLASS_SHOWN value="true" />
        <Checkbox name=GLASS label="May break the glass" checked=checked />
    }
}

fn role_choices() -> Vec<Choice> {
    Role::ALL.map(|role| Choice::new(role.as_str(), role.label())).to_vec()
}

/// Owners choose among the accounts; others write the address of one they know.
fn add(candidates: Option<Vec<User>>, grants: bool, refusal: Option<String>) -> Html {
    if candidates.as_ref().is_some_and(Vec::is_empty) {
        return view! {
            <p>"Every account is in this project already. "<a href="/people#create">"Create an account"</a>" for somebody new."</p>
        };
    }
    settings::form(ADD, "Add to the project", refusal, move || {
        let who = match candidates {
            Some(users) => {
                let options =
                    users.into_iter().map(|user| Choice::described(user.email.clone(), user.name, user.email)).collect();
                view! {
                    <Select name="email" label="Account" options=options prompt="Choose somebody" required=true />
                    <p class="hint">"Not there? "<a href="/people#create">"Create an account"</a>" first."</p>
                }
            }
            None => view! {
                <Field name="email" label="E-mail address" kind="email" required=true autocomplete="off"
                    hint="Of an account that is there. Owners of the installation make new ones." />
            },
        };
        view! {
            {who}
            <Select name="role" label="Role" options=role_choices() value=Role::Viewer.as_str() required=true />
            {grants.then(|| glass_box(false))}
        }
    })
}

fn roles() -> Html {
    let facts: Vec<_> = Role::ALL.map(|role| view! { <Fact label=role.label()>{role.allows()}</Fact> }).into_iter().collect();
    view! {
        <Definitions wide=true>
            {facts}
            <Fact label="Owner">{InstanceRole::Owner.allows()}</Fact>
            <Fact label="May break the glass">
                "In an emergency applies a change request at once, without the approvals that are due; somebody else looks at it afterwards. An owner grants it, or who holds it."
            </Fact>
        </Definitions>
        <p class="sub mt"><a href="/help#roles">"More about roles"</a></p>
    }
}
