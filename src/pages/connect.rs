//! The checklist of a new project: a flag, a key, the code, the first answer. Stands on the flag list until a program has
//! asked or somebody waves it away.

use super::code::Code;
use super::page::{self, PageResult};
use super::settings::Section;
use super::visit::{Member, cookie};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::error::Error;
use crate::server::services::connection::{self, Connection, Step};
use crate::server::services::projects::{self, OpenProject};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};

/// Holds who waved it away; for this project's pages alone.
const COOKIE: &str = "connect_off";

/// What the checklist shows.
pub struct Checklist {
    project: OpenProject,
    connection: Connection,
    /// Code by language, once there is a flag to ask for.
    code: Vec<(String, String)>,
    now: Timestamp,
}

/// `None` where there is nothing to tell: in the demo, long after the first answer, or for who waved it away.
pub async fn checklist(member: &Member, project: &OpenProject, headers: &HeaderMap) -> Result<Option<Checklist>, Error> {
    let waved_away = cookie(headers, COOKIE) == Some(member.person.id.as_str());
    if waved_away || connection::is_old(member.state(), project).await? || projects::is_demo(member.state(), project).await? {
        return Ok(None);
    }
    let (connection, now) = (connection::of(member.state(), project).await?, member.visit.now);
    let snapshots = member.state().serving.environments_of(&project.stored.id);
    let flag = snapshots.first().and_then(|snapshot| snapshot.live().next().map(|served| served.stored.clone()));
    let code = flag.map(|stored| {
        let code = Code::of(&member.state().public_url, &stored.flag);
        let each = [("curl", code.curl()), ("Python", code.python()), ("JavaScript", code.javascript())];
        each.map(|(language, text)| (language.to_owned(), text)).to_vec()
    });
    Ok(Some(Checklist { project: project.clone(), connection, code: code.unwrap_or_default(), now }))
}

/// Waves it away, for this person in this browser.
pub async fn dismiss(member: Member, Path(key): Path<String>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &key).await?;
    let mut response = page::go(format!("/p/{}/flags", project.key()))?;
    let secure = if member.state().is_https() { "; Secure" } else { "" };
    let (person, path) = (&member.person.id, format!("/p/{}", project.key()));
    let cookie = format!("{COOKIE}={person}; Path={path}; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

pub fn view(list: Checklist) -> Html {
    let (step, key) = (list.connection.step(), list.project.key().to_string());
    let dismiss = view! {
        <form method="post" action=format!("/p/{key}/connect/dismiss")>
            <Button kind=ButtonKind::Quiet icon=Glyph::Close>"Dismiss"</Button>
        </form>
    };
    let said = list.connection.said(list.now);
    let (flag, api_key, code) = (flag(&list, step), api_key(&list, step), code(&list, step));
    let again = view! { <a href="?" data-again=true>"Check again"</a> };
    let again = (step != Step::Done).then_some(again);
    view! {
        <div class="connect">
            <Card id="connect" title="From here to the first answer" actions=dismiss>
                <ol class="checklist" data-connect=key data-step=step.number().to_string()>
                    {flag}
                    {api_key}
                    {code}
                    <li class="last"><Mark /><span data-said=true>{said}</span></li>
                </ol>
                {again}
            </Card>
        </div>
    }
}

/// A step's number or, by the style sheet, that it is done.
#[component]
fn Mark() -> Html {
    view! { <span class="step" aria-hidden="true"><Icon name=Glyph::Check /></span> }
}

fn done(is_done: bool) -> Html {
    is_done.then(|| view! { <span class="vh">" (done)"</span> }).draw()
}

fn flag(list: &Checklist, step: Step) -> Html {
    let href = format!("/p/{}/flags/new", list.project.key());
    let text = match (step, list.project.refusal(Role::Editor)) {
        (Step::Flag, None) => view! { <a href=href>"Create a flag"</a> },
        _ => "Create a flag".draw(),
    };
    view! { <li><Mark /><span>{text}{done(step > Step::Flag)}</span></li> }
}

fn api_key(list: &Checklist, step: Step) -> Html {
    let href = Section::Keys.address(&list.project);
    let text = match step {
        Step::Key => view! { <a href=href>"Make an API key"</a> },
        _ => "Make an API key".draw(),
    };
    view! { <li><Mark /><span>{text}{done(step > Step::Key)}</span></li> }
}

fn code(list: &Checklist, step: Step) -> Html {
    let code = (step == Step::Ask).then(|| {
        view! {
            <p class="hint">"With the key in the variable FLAGSTAFF_KEY. The page of the key has it filled in."</p>
            <Snippets name="connect" items=list.code.clone() />
        }
    });
    view! { <li><Mark /><div class="code">"Copy this into your program, and run it"{done(step > Step::Ask)}{code}</div></li> }
}
