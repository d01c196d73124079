//! Changes of a flag that wait for their moment, told on the pages where somebody might change the same.

use super::changes::address;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::text::capital;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::server::services::projects::OpenProject;
use crate::server::services::schedule::Scheduled;

/// One banner each: `Scheduled for 30 Nov 2026 09:00 UTC (in 3 h 12 m): Launch.`
pub fn banners(project: &OpenProject, all: &[Scheduled], now: Timestamp) -> Html {
    all.iter().map(|scheduled| banner(project, scheduled, now)).collect::<Vec<_>>().draw()
}

fn banner(project: &OpenProject, scheduled: &Scheduled, now: Timestamp) -> Html {
    let stored = &scheduled.stored;
    let title = format!("{}: {}.", moment(scheduled, now), stored.title.trim_end_matches('.'));
    let see = view! { <LinkButton href=address(project.key().as_str(), stored.number)>{format!("See #{}", stored.number)}</LinkButton> };
    let (tone, text) = match (scheduled.is_behind, scheduled.is_objected, scheduled.missing) {
        (true, ..) => (Tone::Warn, "What it changes was changed since it was made: it will not be applied unless it is updated."),
        (false, true, _) => (Tone::Warn, "Somebody asked for changes: it will not be applied as it is."),
        (false, false, 0) => (Tone::Info, "A change that is saved here before makes that one out of date."),
        (false, false, _) => (Tone::Info, "It is not approved yet: without that it will not be applied."),
    };
    view! { <Banner tone=tone title=title actions=see><p>{text}</p></Banner> }
}

/// `Scheduled for 30 Nov 2026 09:00 UTC (in 3 h 12 m)`
fn moment(scheduled: &Scheduled, now: Timestamp) -> String {
    let told = scheduled.stored.schedule.as_ref().map_or_else(|| when::exact(scheduled.at), |it| it.told(scheduled.at));
    capital(&format!("scheduled for {told}, {}", when::relative(scheduled.at, now)))
}
