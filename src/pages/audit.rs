//! The audit: everything that was ever changed in a project, narrowed by who, what, where and when. The address is the state.

use super::done;
use super::evidence;
use super::fields::Fields;
use super::page::{Frame, PageResult, Place};
use super::revert;
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::change::Change;
use crate::domain::environment::Colour;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::governance::audit::Known;
use crate::server::services::audit::{self, History, Wanted};
use crate::server::services::evidence::known;
use crate::server::services::projects;
use axum::extract::{Path, Query as QueryOf};
use serde::Deserialize;

/// What the address may say. Everything is text, because a form sends empty fields too.
#[derive(Deserialize, Default, Clone, Debug)]
#[serde(default)]
pub struct Params {
    who: String,
    what: String,
    object: String,
    environment: String,
    from: String,
    until: String,
    /// Rows older than this one.
    before: String,
    /// Rows newer than this one.
    after: String,
    /// One row alone, with the whole of what it changed.
    row: String,
    /// A project's key; asked for on the history of the installation alone.
    project: String,
    done: String,
}

/// What can be asked for, by the beginning of an action or the whole of it.
const WHAT: [(&str, &str); 19] = [
    ("state", "Answers: any change"),
    ("state.enable", "Answers: turned on"),
    ("state.disable", "Answers: turned off"),
    ("state.edit", "Answers: rules, targets, shares"),
    ("state.import", "Answers: imported"),
    ("flag", "Flags: any change"),
    ("flag.create", "Flags: created"),
    ("flag.edit", "Flags: definition changed"),
    ("flag.archive", "Flags: archived"),
    ("flag.restore", "Flags: restored"),
    ("reminder", "Flags: reminders silenced"),
    ("segment", "Segments"),
    ("persona", "Personas"),
    ("attribute", "Attributes"),
    ("environment", "Environments"),
    ("member", "Members"),
    ("team", "Teams"),
    ("api_key", "API keys"),
    ("project", "The project"),
];

/// The same of accounts and of what else belongs to no project.
const OF_ACCOUNTS: [(&str, &str); 8] = [
    ("user", "Accounts: any change"),
    ("user.create", "Accounts: created"),
    ("user.edit", "Accounts: name or role"),
    ("user.set_password", "Accounts: password set"),
    ("user.disable", "Accounts: disabled"),
    ("user.enable", "Accounts: enabled"),
    ("project.delete", "Projects removed"),
    ("audit", "The history itself"),
];

pub async fn get(member: Member, Path(project): Path<String>, QueryOf(params): QueryOf<Params>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let (wanted, unread) = params.read();
    let history = match params.row.parse() {
        Ok(seq) => audit::alone(member.state(), &project, seq).await?,
        Err(_) => audit::page(member.state(), &project, wanted).await?,
    };
    let actors = audit::actors(member.state(), &project).await?;
    let environments = member.state().serving.environments_of(&project.stored.id);
    let environments = environments.iter().map(|snapshot| &snapshot.environment.environment);
    let environments = environments.map(|environment| (environment.key.to_string(), environment.colour)).collect();
    let notice = done::notice(&member, &project, params.done.parse().ok()).await;
    let reach = Reach::Project(project.key().to_string());
    let (role, now, known) = (Some(project.role), member.visit.now, known(member.state()));
    let shown = Shown { reach, role, now, known, params, unread, history, actors, environments };
    let frame = Frame { title: "Audit log".to_owned(), project: Some(project), place: Place::Audit, notice, ..Frame::default() };
    member.page(frame, move || view(shown)).await
}

/// Takes a change back, or restores what it left: both become a draft.
pub async fn post(member: Member, Path(project): Path<String>, fields: Fields) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let back = format!("/p/{}/audit", project.key());
    revert::post(member, project, fields, back, None).await
}

/// The history of the whole installation, projects that are gone included. Nothing is undone from there.
pub async fn installation(member: Member, QueryOf(params): QueryOf<Params>) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let (wanted, unread) = params.read();
    let project = params.project();
    let history = match params.row.parse() {
        Ok(seq) => audit::alone_of_installation(state, &actor, seq).await?,
        Err(_) => audit::of_installation(state, &actor, project, wanted).await?,
    };
    let actors = audit::all_actors(state, &actor).await?;
    let projects = projects::summaries(state, &actor).await?;
    let mut environments: Vec<(String, Colour)> = Vec::new();
    for snapshot in projects.iter().flat_map(|summary| &summary.environments) {
        let environment = &snapshot.environment.environment;
        if environments.iter().all(|(key, _)| key != environment.key.as_str()) {
            environments.push((environment.key.to_string(), environment.colour));
        }
    }
    let projects = projects.into_iter().map(|summary| (summary.project.key.to_string(), summary.project.name)).collect();
    let (reach, now, known) = (Reach::Installation(projects), member.visit.now, known(state));
    let shown = Shown { reach, role: None, now, known, params, unread, history, actors, environments };
    let frame = Frame { title: "Installation history".to_owned(), ..Frame::default() };
    member.page(frame, move || view(shown)).await
}

impl Params {
    /// What to look for, and the texts that could not be read.
    pub(super) fn read(&self) -> (Wanted, Vec<String>) {
        let mut unread = Vec::new();
        let text = |value: &str| Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        let mut date = |value: &str| {
            let value = value.trim();
            let read = Timestamp::parse_date(value).ok();
            if read.is_none() && !value.is_empty() {
                unread.push(value.to_owned());
            }
            read
        };
        let wanted = Wanted {
            actor: text(&self.who),
            action: text(&self.what),
            named: text(&self.object),
            environment: text(&self.environment),
            from: date(&self.from),
            until: date(&self.until),
            older_than: self.before.parse().ok(),
            newer_than: self.after.parse().ok(),
        };
        (wanted, unread)
    }

    /// The one project that is asked for.
    pub(super) fn project(&self) -> Option<String> {
        Some(self.project.trim().to_owned()).filter(|key| !key.is_empty())
    }

    /// The filters alone, for links from page to page.
    pub(super) fn filters(&self) -> Query {
        let all = [
            ("who", &self.who),
            ("what", &self.what),
            ("object", &self.object),
            ("environment", &self.environment),
            ("from", &self.from),
            ("until", &self.until),
            ("project", &self.project),
        ];
        let filled = all.into_iter().filter(|(_, value)| !value.trim().is_empty());
        Query(filled.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect())
    }
}

/// Whose history it is.
#[derive(Debug, Clone)]
enum Reach {
    /// By its key.
    Project(String),
    /// With the key and the name of every project there is.
    Installation(Vec<(String, String)>),
}

impl Reach {
    fn address(&self) -> String {
        match self {
            Self::Project(key) => format!("/p/{key}/audit"),
            Self::Installation(_) => "/history".to_owned(),
        }
    }
}

struct Shown {
    reach: Reach,
    /// Of who looks, where something may be taken back from here.
    role: Option<Role>,
    now: Timestamp,
    /// What is known of the chain.
    known: Option<Known>,
    params: Params,
    unread: Vec<String>,
    history: History,
    actors: Vec<(String, String)>,
    environments: Vec<(String, Colour)>,
}

fn view(shown: Shown) -> Html {
    let Shown { reach, role, now, known, params, unread, history, actors, environments } = shown;
    let mut readable = params.filters();
    readable.0.retain(|(_, value)| !unread.contains(value));
    let unread = (!unread.is_empty()).then(|| {
        let title = format!("{} is no date, so it was left out.", unread.join(" and "));
        view! { <Banner tone=Tone::Warn title=title><p>"Write a day like 2026-11-30."</p></Banner> }
    });
    let query = params.filters();
    let files = (!history.changes.is_empty()).then(|| files(&reach, role, &readable));
    let chain = evidence::line(known.as_ref(), now, matches!(reach, Reach::Installation(_)));
    let list = match history.changes.is_empty() {
        true => nothing(&reach, &query),
        false => rows(&reach, role, now, history, &query, &environments, !params.row.is_empty()),
    };
    let environments = environments.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    let (title, lead) = match &reach {
        Reach::Project(_) => ("Audit log", "Everything that was changed, by whom and why."),
        Reach::Installation(_) => (
            "Installation history",
            "Everything that was changed, to accounts and in every project, those that are gone included.",
        ),
    };
    view! {
        <PageHeading title=title lead=lead actions=files.draw() />
        {chain}
        {unread}
        <FilterForm reach=reach params=params actors=actors environments=environments />
        {list}
    }
}

/// What is looked at, as a file; signed, for who sees all of it.
fn files(reach: &Reach, role: Option<Role>, query: &Query) -> Html {
    let query = query.href().trim_end_matches('?').to_owned();
    let link = |end: &str, label: &'static str| {
        let href = format!("{}.{end}{query}", reach.address());
        view! { <LinkButton href=href kind=ButtonKind::Quiet icon=Glyph::Down><span class="vh">"Download as "</span>{label}</LinkButton> }
    };
    let plain = matches!(reach, Reach::Project(_)).then(|| view! { {link("csv", "CSV")} {link("jsonl", "JSON Lines")} });
    let signed = role.is_none_or(|role| role >= Role::Admin).then(|| link("signed.jsonl", "Signed JSON Lines"));
    view! { {plain} {signed} }
}

#[component]
fn FilterForm(reach: Reach, params: Params, actors: Vec<(String, String)>, environments: Vec<String>) -> Html {
    let clear = (!params.filters().0.is_empty()).then(|| {
        view! { <LinkButton href=reach.address() kind=ButtonKind::Quiet>"Clear"</LinkButton> }
    });
    let actors = actors.into_iter().map(|(actor, name)| match actor == name {
        true => Choice::new(actor, name),
        false => Choice::described(actor.clone(), name, actor),
    });
    let environments = environments.into_iter().map(|key| Choice::new(key.clone(), key));
    let action = reach.address();
    let (projects, of_accounts) = match reach {
        Reach::Project(_) => (None, &[][..]),
        Reach::Installation(projects) => (Some(projects), &OF_ACCOUNTS[..]),
    };
    let what = of_accounts.iter().chain(&WHAT).map(|(value, label)| Choice::new(*value, *label));
    let projects = projects.map(|projects| {
        let projects = projects.into_iter().map(|(key, name)| Choice::new(key, name)).collect();
        view! { <Select name="project" label="Project" options=projects value=params.project prompt="Any" /> }
    });
    view! {
        <Filters label="Filter the audit log" action=action>
            <Field name="object" label="Flag or other object" kind="search" value=params.object mono=true />
            <Select name="who" label="Who" options=actors.collect() value=params.who prompt="Anybody" />
            <Select name="what" label="What" options=what.collect() value=params.what prompt="Anything" />
            {projects}
            <Select name="environment" label="Environment" options=environments.collect() value=params.environment prompt="Any" />
            <Field name="from" label="From" kind="date" width=16 value=params.from />
            <Field name="until" label="Until, included" kind="date" width=16 value=params.until />
            <Button kind=ButtonKind::Primary>"Filter"</Button>
            {clear}
        </Filters>
    }
}

fn rows(
    reach: &Reach,
    role: Option<Role>,
    now: Timestamp,
    history: History,
    query: &Query,
    environments: &[(String, Colour)],
    is_alone: bool,
) -> Html {
    let newer = history.newer_than.map(|seq| query.with("after", &seq.to_string()).href());
    let older = history.older_than.map(|seq| query.with("before", &seq.to_string()).href());
    let colour = |change: &Change| {
        let found = environments.iter().find(|(key, _)| Some(key) == change.environment.as_ref());
        found.map(|(_, colour)| *colour)
    };
    let everywhere = matches!(reach, Reach::Installation(_));
    let row = |change: Change| {
        let colour = colour(&change);
        let project = change.project.clone().unwrap_or_default();
        let actions = role.and_then(|role| revert::buttons(&change, role));
        view! { <ChangeRow change=change now=now project=project colour=colour tells_project=everywhere open=is_alone actions=actions /> }
    };
    let rows: Vec<_> = history.changes.into_iter().map(row).collect();
    let all = is_alone.then(
        || view! { <p class="bar mt"><LinkButton href=reach.address() kind=ButtonKind::Quiet>"All changes"</LinkButton></p> },
    );
    view! {
        <Changes label="Changes, newest first">{rows}</Changes>
        {all}
        <NewerOlder newer=newer older=older />
    }
}

fn nothing(reach: &Reach, query: &Query) -> Html {
    if query.0.is_empty() {
        return view! {
            <EmptyNew icon=Glyph::Audit title="Nothing has been changed yet">
                <p>"Every change to this project is written down here: who made it, when, why, and what it was before."</p>
            </EmptyNew>
        };
    }
    let said: Vec<&str> = query.0.iter().map(|(_, value)| value.as_str()).collect();
    view! { <EmptyFiltered noun="changes" query=said.join(" · ") clear=reach.address() /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_ask_for_nothing_and_bad_dates_are_named() {
        let params = Params { object: "  ".into(), from: "2026-02-30".into(), until: "2026-11-30".into(), ..Params::default() };
        let (wanted, unread) = params.read();
        assert_eq!(wanted.named, None);
        assert_eq!(wanted.from, None);
        assert_eq!(wanted.until.map(Timestamp::to_date), Some("2026-11-30".to_owned()));
        assert_eq!(unread, ["2026-02-30"]);
    }

    #[test]
    fn links_keep_the_filters_and_drop_the_place() {
        let params = Params { who: "ada@shop.example".into(), before: "9".into(), done: "3".into(), ..Params::default() };
        assert_eq!(params.filters().with("before", "40").href(), "?who=ada%40shop.example&before=40");
    }
}
