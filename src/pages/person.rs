//! One account, as owners of the installation keep it.

use super::done::{self, Params};
use super::fields::Fields;
use super::page::{self, Frame, PageResult};
use super::people::{self, address};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::InstanceRole;
use crate::server::error::Error;
use crate::server::services::users::{self, Account};
use axum::extract::{Path, Query as QueryOf};

const NAME: &str = "name";
const ROLE: &str = "role";
const PASSWORD: &str = "password";
const ACCESS: &str = "access";

pub async fn get(member: Member, Path(email): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    show(member, &email, None, &params.done).await
}

pub async fn post(member: Member, Path(email): Path<String>, fields: Fields) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    // Whoever is no owner learns nothing of who has an account.
    let account = users::find(state, &actor, &email).await?;
    let applied = match fields.form() {
        NAME => users::rename(state, &actor, &email, fields.text("name")).await,
        ROLE => match InstanceRole::parse(fields.get("role")) {
            Some(role) => users::set_role(state, &actor, &email, role).await,
            None => Err(Error::field("role", "Choose member or owner.")),
        },
        ACCESS => users::set_disabled(state, &actor, &email, fields.is_checked("disabled")).await,
        PASSWORD => return set_password(member, account, fields).await,
        _ => Err(Error::field("", "This page takes the forms name, role, password and access.")),
    };
    match applied {
        // Who gave up their own rights does not get in here again.
        Ok(_) if email == member.person.email && fields.form() != NAME => page::go("/account"),
        Ok(applied) => page::done(&address(&email), &applied),
        Err(error) => show(member, &email, Some(fields.attempt(error)?), "").await,
    }
}

async fn set_password(member: Member, account: Account, fields: Fields) -> PageResult {
    let email = account.user.email;
    let set = users::set_password(member.state(), &member.actor(), &email, people::temporary(&fields)).await;
    match set {
        Ok((_, made)) => {
            let title = format!("{} has a new password", account.user.name);
            let (frame, url) = (Frame { title: title.clone(), ..Frame::default() }, member.state().public_url.to_string());
            member.page(frame, move || people::handed_over(title, url, email, made)).await
        }
        Err(error) => show(member, &email, Some(fields.attempt(error)?), "").await,
    }
}

async fn show(member: Member, email: &str, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let account = users::find(member.state(), &member.actor(), email).await?;
    let is_self = account.user.email == member.person.email;
    let notice = done::notice_of_own(&member, sequence.parse().ok()).await;
    let frame = Frame { title: account.user.name.clone(), notice, attempt, ..Frame::default() };
    member.page(frame, move || view(account, is_self)).await
}

fn view(account: Account, is_self: bool) -> Html {
    let state = people::state(&account);
    let Account { user, roles, is_disabled, .. } = account;
    let role = user.instance_role;
    let roles = match role {
        InstanceRole::Owner => "admin in every project".draw(),
        InstanceRole::Member => people::roles_in_projects(roles),
    };
    // What has no form here has no other place to say why it was refused.
    let refused = if is_self { vec![ACCESS, PASSWORD] } else { vec![ACCESS] };
    let password = match is_self {
        true => view! { <p>"This is your own account: "<a href="/account">"change your password"</a>" there."</p> },
        false => password_form(),
    };
    let (title, name, access) = (user.name.clone(), user.name.clone(), access(&user.name, is_disabled));
    view! {
        <PageHeading title=title crumbs=vec![Crumb::new("People", "/people")]>{state}</PageHeading>
        <div class="stack">
            <Refused forms=refused />
            <Card id="about" title="Account">
                <div class="stack">
                    <Definitions wide=true>
                        <Fact label="E-mail address">{user.email}</Fact>
                        <Fact label="In projects">{roles}</Fact>
                    </Definitions>
                    {name_form(name)}
                </div>
            </Card>
            <Card id="in-installation" title="In the installation">{role_form(role)}</Card>
            <Card id="new-password" title="Temporary password">{password}</Card>
            {access}
        </div>
    }
}

fn name_form(name: String) -> Html {
    view! { <Form id=NAME submit="Rename" tone=ButtonKind::Plain><Field name="name" label="Name" value=name required=true autocomplete="off" /></Form> }
}

fn role_form(role: InstanceRole) -> Html {
    let options = InstanceRole::ALL.map(|role| Choice::described(role.as_str(), role.label(), role.allows())).to_vec();
    view! {
        <Form id=ROLE submit="Save role" tone=ButtonKind::Plain>
            <RadioCards name="role" legend="Role" options=options value=role.as_str() />
        </Form>
    }
}

fn password_form() -> Html {
    view! {
        <Form id=PASSWORD submit="Set temporary password" tone=ButtonKind::Plain>
            <p>"For somebody who lost theirs. They are signed out everywhere, and choose a new one at the next sign-in."</p>
            {people::password_fields()}
        </Form>
    }
}

fn access(name: &str, is_disabled: bool) -> Html {
    let (title, said, label, kind, value) = match is_disabled {
        false => (
            "Deactivate",
            format!("{name} is signed out at once and cannot sign in again. Flags and history keep the name."),
            "Deactivate account",
            ButtonKind::Danger,
            "true",
        ),
        true => (
            "Activate",
            format!("{name} can sign in again, with the same password and the same roles."),
            "Activate account",
            ButtonKind::Plain,
            "false",
        ),
    };
    view! {
        <Card id="access-to-it" title=title>
            <form method="post" class="form" id=ACCESS>
                <input type="hidden" name="_form" value=ACCESS />
                <input type="hidden" name="disabled" value=value />
                <p>{said}</p>
                <p><Button kind=kind>{label}</Button></p>
            </form>
        </Card>
    }
}
