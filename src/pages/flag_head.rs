//! The top of every page about one flag: its key, where it stands, and the pages beside this one.

use crate::components::prelude::*;
use crate::components::*;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::server::services::flags::FlagView;
use crate::server::services::projects::OpenProject;
use crate::server::services::status::{self, Stage};
use crate::server::serving::{ServedFlag, Snapshot};
use crate::server::store::change_requests::Waiting;

/// Which of a flag's pages this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here<'a> {
    Overview,
    /// By its key.
    Environment(&'a str),
    History,
    Compare,
}

/// The address of a flag's page.
pub fn address(project: &OpenProject, flag: &str) -> String {
    format!("/p/{}/flags/{}", project.key(), encode(flag))
}

pub fn heading(project: &OpenProject, view: &FlagView, here: Here<'_>, now: Timestamp) -> Html {
    heading_with(project, view, here, now, ().draw())
}

/// The same with what can be done with the whole flag.
pub fn heading_with(project: &OpenProject, view: &FlagView, here: Here<'_>, now: Timestamp, actions: Html) -> Html {
    let flag = view.flag();
    let key = flag.key.to_string();
    let above = address(project, &key);
    let mut crumbs = vec![Crumb::new("Flags", format!("/p/{}/flags", project.key()))];
    if here != Here::Overview {
        crumbs.push(Crumb::new(key.clone(), above));
    }
    // One that has passed is the status already.
    let ahead = flag.expires_at.filter(|at| *at > now && flag.archived_at.is_none());
    let expiry = ahead.map(|at| {
        view! { <Badge icon=Glyph::Expired text=format!("Expires {}", when::relative(at, now)) /> }
    });
    let in_review = in_review(project.key().as_str(), &view.in_review);
    let (kind, tone, status) = (flag.kind.label(), tone(view.status.stage), view.status.text.clone());
    view! {
        <PageHeading title=key.clone() mono=true crumbs=crumbs lead=flag.description.clone() actions=actions>
            <CopyButton text=key label="flag key" />
            <Badge tone=tone text=status />
            {in_review}
            <Badge text=kind />
            {expiry}
        </PageHeading>
        {tabs(project, view, here, now)}
    }
}

fn tabs(project: &OpenProject, view: &FlagView, here: Here<'_>, now: Timestamp) -> Html {
    let flag = address(project, view.flag().key.as_str());
    let overview = Tab { label: "Overview".into(), href: flag.clone(), current: here == Here::Overview, ..Tab::default() };
    let history =
        Tab { label: "History".into(), href: format!("{flag}/history"), current: here == Here::History, ..Tab::default() };
    // With one environment there is nothing to compare.
    let compare = (view.places.len() > 1).then(|| Tab {
        label: "Compare".into(),
        href: format!("{flag}/compare"),
        current: here == Here::Compare,
        ..Tab::default()
    });
    let environments = view.places.iter().map(|(snapshot, served)| environment(&flag, snapshot, served, here, now));
    let items = std::iter::once(overview).chain(environments).chain(compare).chain([history]).collect();
    view! { <Tabs label="This flag" items=items /> }
}

fn environment(flag: &str, snapshot: &Snapshot, served: &ServedFlag, here: Here<'_>, now: Timestamp) -> Tab {
    let environment = &snapshot.environment.environment;
    let detail = status::reach_of(served, now);
    Tab {
        label: environment.name.clone(),
        href: format!("{flag}/{}", environment.key),
        current: here == Here::Environment(environment.key.as_str()),
        colour: Some(environment.colour),
        detail: Some(format!("· {detail}")),
    }
}

/// Links to the open change requests that would change a flag.
pub fn in_review(project: &str, requests: &[Waiting]) -> Html {
    let link = |waiting: &Waiting| {
        let number = waiting.number;
        let word = match (waiting.apply_at, waiting.is_stopped) {
            (None, _) => "In review",
            (Some(_), false) => "Scheduled",
            (Some(_), true) => "Scheduled, will not come",
        };
        let href = format!("/p/{project}/changes/{number}");
        view! { " "<a href=href>{format!("{word}: #{number}")}</a> }
    };
    requests.iter().map(link).collect::<Vec<_>>().draw()
}

/// The colour of a status line.
pub const fn tone(stage: Stage) -> Tone {
    match stage {
        Stage::Expired => Tone::Danger,
        Stage::ReadyToRemove => Tone::Warn,
        Stage::RollingOut | Stage::Partial | Stage::InDevelopment | Stage::Internal => Tone::Info,
        Stage::FullyOn | Stage::Permanent => Tone::Ok,
        Stage::Created | Stage::Off | Stage::Archived => Tone::Neutral,
    }
}
