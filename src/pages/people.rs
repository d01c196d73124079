//! Every account of the installation, and a new one. For owners.

use super::done::{self, Params};
use super::fields::Fields;
use super::page::{Frame, PageResult};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::{InstanceRole, Role};
use crate::server::security::secrets::Secret;
use crate::server::services::projects;
use crate::server::services::users::{self, Account, Made, NewAccount, Temporary};
use axum::extract::Query as QueryOf;

/// Not `account`: so is the menu of one's own called, on every page.
const FORM: &str = "new-account";

/// The address of one account's page.
pub fn address(email: &str) -> String {
    format!("/people/{}", encode(email))
}

pub async fn get(member: Member, QueryOf(params): QueryOf<Params>) -> PageResult {
    show(member, None, &params.done).await
}

pub async fn post(member: Member, fields: Fields) -> PageResult {
    let wanted = NewAccount {
        name: fields.text("name"),
        email: fields.text("email"),
        role: fields.text("role"),
        password: temporary(&fields),
        project: fields.text("project"),
        project_role: fields.text("project_role"),
    };
    match users::create(member.state(), &member.actor(), wanted).await {
        Ok(made) => made_page(member, made).await,
        Err(error) => show(member, Some(fields.attempt(error)?), "").await,
    }
}

async fn show(member: Member, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let accounts = users::list(member.state(), &member.actor()).await?;
    let projects = projects::visible(member.state(), &member.actor()).await?;
    let projects = projects.into_iter().map(|stored| Choice::new(stored.project.key.to_string(), stored.project.name)).collect();
    let notice = done::notice_of_own(&member, sequence.parse().ok()).await;
    let frame = Frame { title: "People".to_owned(), notice, attempt, ..Frame::default() };
    member.page(frame, move || view(accounts, projects)).await
}

fn view(accounts: Vec<Account>, projects: Vec<Choice>) -> Html {
    let head = view! {
        <Column label="Name" />
        <Column label="E-mail address" />
        <Column label="In the installation" />
        <Column label="In projects" />
        <Column label="State" />
    };
    let rows: Vec<_> = accounts.into_iter().map(row).collect();
    let lead = "Every account of this installation. Whoever leaves is deactivated: their name stays in the history.";
    view! {
        <PageHeading title="People" lead=lead />
        <div class="stack">
            <Table caption="Accounts" head=head>{rows}</Table>
            <Card id="create" title="Create an account"><Form id=FORM submit="Create account">{fields(projects)}</Form></Card>
        </div>
    }
}

fn row(account: Account) -> Html {
    let state = state(&account);
    let Account { user, roles, is_disabled, .. } = account;
    let (role, page) = (user.instance_role, address(&user.email));
    let roles = match role {
        InstanceRole::Owner => view! { <span class="sub">"admin in every project"</span> },
        InstanceRole::Member => roles_in_projects(roles),
    };
    view! {
        <Row faded=is_disabled>
            <RowHead><a href=page>{user.name}</a></RowHead>
            <Cell label="E-mail address">{user.email}</Cell>
            <Cell label="In the installation" nowrap=true>{role.label()}</Cell>
            <Cell label="In projects">{roles}</Cell>
            <Cell label="State">{state}</Cell>
        </Row>
    }
}

/// Whether the account can be used.
pub fn state(account: &Account) -> Html {
    match (account.is_disabled, account.must_change_password) {
        (true, _) => view! { <Badge text="Deactivated" icon=Glyph::Lock /> },
        (false, true) => view! { <Badge text="Temporary password" tone=Tone::Warn icon=Glyph::Clock /> },
        (false, false) => view! { <Badge text="Active" tone=Tone::Ok icon=Glyph::Ok /> },
    }
}

/// The projects that somebody belongs to, with their role in each.
pub fn roles_in_projects(roles: Vec<(crate::domain::key::ProjectKey, String, Role)>) -> Html {
    if roles.is_empty() {
        return view! { <span class="sub">"in none yet"</span> };
    }
    let items: Vec<_> = roles
        .into_iter()
        .map(|(key, name, role)| {
            view! { <li><a href=format!("/p/{key}/settings/people")>{name}</a>{format!(" ({})", role.label().to_lowercase())}</li> }
        })
        .collect();
    view! { <ul>{items}</ul> }
}

fn fields(projects: Vec<Choice>) -> Html {
    let instance = InstanceRole::ALL.map(|role| Choice::described(role.as_str(), role.label(), role.allows())).to_vec();
    let roles = Role::ALL.map(|role| Choice::new(role.as_str(), role.label())).to_vec();
    view! {
        <Field name="name" label="Name" required=true autocomplete="off" />
        <Field name="email" label="E-mail address" kind="email" required=true autocomplete="off"
            hint="They sign in with it, and the audit history names them by it." />
        <RadioCards name="role" legend="In the installation" options=instance value=InstanceRole::Member.as_str() />
        <div class="field-row">
            <Select name="project" label="Project" options=projects prompt="None yet" />
            <Select name="project_role" label="Role in it" options=roles value=Role::Viewer.as_str() required=true />
        </div>
        {password_fields()}
    }
}

/// A temporary password: made here, or typed; to be made inside of a form.
pub fn password_fields() -> Html {
    let ways = vec![
        Choice::described("made", "Make one for me", "It is shown once, on the next page."),
        Choice::described("typed", "I type one", "At least 12 characters, in the field below."),
    ];
    view! {
        <RadioCards name="way" legend="Temporary password" options=ways value="made"
            hint="You hand it over; at the first sign-in they choose one of their own." />
        <Field name="password" label="Password that you type" mono=true width=24 autocomplete="off" />
    }
}

/// The temporary password that was asked for. One that was typed counts, whichever way was chosen.
pub fn temporary(fields: &Fields) -> Temporary {
    match (fields.get("way"), fields.get("password")) {
        ("made", "") => Temporary::Made,
        (_, typed) => Temporary::Typed(Secret::new(typed.to_owned())),
    }
}

/// What an owner sees after making an account: the password too, this once, where it was made here.
async fn made_page(member: Member, made: Made) -> PageResult {
    let title = format!("{} has an account", made.user.name);
    let (email, frame) = (made.user.email, Frame { title: title.clone(), ..Frame::default() });
    let url = member.state().public_url.to_string();
    member.page(frame, move || handed_over(title, url, email, made.password)).await
}

/// What to pass on: where, as whom, with which password. The answer is kept nowhere, and a reload does not bring it back.
pub fn handed_over(title: String, url: String, email: String, password: Option<Secret<String>>) -> Html {
    let back = address(&email);
    let password = match password {
        // Handing it over is what the page is for.
        Some(password) => {
            let shown = password.reveal().clone();
            view! { <Copy text=shown label="password" /> }
        }
        None => "the one you typed".draw(),
    };
    view! {
        <PageHeading title=title crumbs=vec![Crumb::new("People", "/people")] />
        <Card id="hand-over" title="Pass this on" note="it is shown this once">
            <Definitions wide=true>
                <Fact label="Address"><Copy text=format!("{url}/login") label="address" /></Fact>
                <Fact label="E-mail address">{email}</Fact>
                <Fact label="Password">{password}</Fact>
            </Definitions>
            <p class="sub mt">"At the first sign-in they are asked to choose a password of their own; until then nothing else opens."</p>
            <p class="bar mt">
                <LinkButton href="/people">"Back to people"</LinkButton>
                <LinkButton href=back kind=ButtonKind::Quiet>"Open the account"</LinkButton>
            </p>
        </Card>
    }
}
