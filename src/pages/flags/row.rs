//! One flag in the list: what it is, where it stands in each environment, how much it is used and until when it lives.

use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::environment::Protection;
use crate::domain::flag::last_day;
use crate::domain::time::{DAY, Timestamp};
use crate::domain::when;
use crate::pages::bulk::TICKS;
use crate::pages::flag_head::{in_review, tone};
use crate::pages::switch_form::switch_form;
use crate::server::services::flag_list::ListRow;
use crate::server::services::status;
use crate::server::serving::{ServedFlag, Snapshot};

/// What all rows share.
pub struct RowContext {
    pub project: String,
    /// The list's own address, to come back to after a switch.
    pub here: String,
    /// Why this person may not switch.
    pub refusal: Option<String>,
    pub now: Timestamp,
}

pub fn flag_row(row: &ListRow, context: &RowContext) -> Html {
    let flag = row.view.flag();
    let href = format!("/p/{}/flags/{}", context.project, flag.key);
    let is_archived = flag.archived_at.is_some();
    let cells: Vec<_> = row.view.places.iter().map(|(snapshot, served)| place(snapshot, served, context)).collect();
    let (key, description, owner) = (flag.key.to_string(), flag.description.clone(), row.view.owner.clone());
    let tick = context.refusal.is_none().then(|| {
        let (label, value) = (format!("Choose {key}"), key.clone());
        view! { <input type="checkbox" class="tick" form=TICKS name="flag" value=value aria-label=label /> }
    });
    let (standing, activity) = (standing(row), activity(row));
    let in_review = in_review(&context.project, &row.view.in_review);
    let (seen, expires) = (last_seen(row, context.now), expiry(row, context.now));
    view! {
        <Row faded=is_archived>
            <RowHead>
                <div class="ticked">{tick}<a class="key" href=href>{key}</a></div>
                <div class="sub clamp">{description}</div>
            </RowHead>
            <Cell label="Status, owner" full=true>{standing}{in_review}<div class="sub">{owner}</div></Cell>
            {cells}
            <Cell label="Last seen"><span class="use">{activity}{seen}</span></Cell>
            <Cell label="Expires">{expires}</Cell>
        </Row>
    }
}

fn standing(row: &ListRow) -> Html {
    let status = &row.view.status;
    let faulty: Vec<String> = row
        .view
        .places
        .iter()
        .filter(|(_, served)| served.fault.is_some())
        .map(|(snapshot, _)| snapshot.environment.environment.name.clone())
        .collect();
    let fault = (!faulty.is_empty()).then(|| {
        view! { " " <Badge tone=Tone::Danger icon=Glyph::Danger text=format!("Fault in {}", faulty.join(", ")) /> }
    });
    // What stands behind the dot may go to a second line; read out it is one text.
    let (text, rest) = status.text.split_once(" · ").unwrap_or((&status.text, ""));
    let (tone, text, rest) = (tone(status.stage), text.to_owned(), rest.to_owned());
    let rest = (!rest.is_empty()).then(|| view! { <span class="vh">" · "</span><span class="sub nowrap">{rest}</span> });
    view! { <span class="status" data-status=true><Badge tone=tone text=text />{rest}</span> {fault} }
}

/// The switch and the share of one environment.
fn place(snapshot: &Snapshot, served: &ServedFlag, context: &RowContext) -> Html {
    let environment = &snapshot.environment.environment;
    let share = status::reach_of(served, context.now);
    let name = environment.name.clone();
    if served.is_archived() {
        return view! { <Cell label=name><span class="sub">"–"</span></Cell> };
    }
    let switch = switch_form(&context.project, snapshot, served, &context.here, context.refusal.as_deref(), context.now);
    // Where a click is enough, a script may turn the switch in place.
    let is_open = environment.protection == Protection::Open;
    view! { <Cell label=name nowrap=true>{switch}<span class="sub" data-share=is_open>{share}</span></Cell> }
}

fn activity(row: &ListRow) -> Html {
    let activity = &row.activity;
    let (evaluated, delivered) = (counted(activity.evaluated), counted(activity.delivered));
    let label = format!("{evaluated} evaluated and {delivered} delivered in the last 24 hours");
    view! { <Sparkline values=activity.hours.clone() label=label /> }
}

fn last_seen(row: &ListRow, now: Timestamp) -> Html {
    match row.activity.last_seen {
        Some(at) => view! { <Ago at=at now=now /> },
        None => view! { <span class="sub">"never"</span> },
    }
}

fn expiry(row: &ListRow, now: Timestamp) -> Html {
    let Some(at) = row.view.flag().expires_at else { return view! { <span class="sub">"never"</span> } };
    let ahead = at.millis() - now.millis();
    match (row.view.flag().archived_at.is_some(), ahead) {
        (false, ..=0) => view! { <Badge tone=Tone::Danger text=format!("overdue {}", when::rough(ahead)) /> },
        (false, left) if left <= 14 * DAY => view! { <Badge tone=Tone::Warn text=when::relative(at, now) /> },
        _ => view! { <Day at=last_day(at) /> },
    }
}
