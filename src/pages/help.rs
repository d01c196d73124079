//! What one wants to look up: who may what, how a flag decides, how to search, how to connect. Only what is there.

use super::page::{Frame, PageResult};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::role::{InstanceRole, Role};
use crate::server::error::Error;
use crate::server::services::flag_query::EXAMPLES;
use crate::server::services::projects::{self, OpenProject};
use axum::extract::Query;
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Params {
    /// The project that somebody came from.
    #[serde(default)]
    project: String,
}

pub async fn get(member: Member, Query(params): Query<Params>) -> PageResult {
    let url = member.state().public_url.to_string();
    let project = around(&member, &params.project).await?;
    member.page(Frame { title: "Help".to_owned(), project, ..Frame::default() }, move || view(url)).await
}

/// The project whose navigation stays: the one that somebody came from, else their only one.
async fn around(member: &Member, named: &str) -> Result<Option<OpenProject>, Error> {
    let (state, actor) = (member.state(), member.actor());
    match projects::open(state, &actor, named).await {
        Ok(project) => Ok(Some(project)),
        Err(Error::NotFound(_)) => match &projects::visible(state, &actor).await?[..] {
            [only] => projects::open(state, &actor, only.project.key.as_str()).await.map(Some),
            _ => Ok(None),
        },
        Err(error) => Err(error),
    }
}

const ORDER: &[(&str, &str)] = &[
    ("Off", "The environment's switch is off: everyone gets the variant for off."),
    ("Expired", "The flag's expiry has passed and it was told to serve a variant from then on: everyone gets that."),
    ("Individual targets", "The targeting key is on a list: it gets that list's variant."),
    ("Rules", "From the top down, the first whose conditions all hold decides. A paused rule is passed over."),
    ("Everyone else", "Whoever is left gets the last line: a variant, or a share of the variants."),
];

const STEPS: &[(&str, &str)] = &[
    ("Open", "A change is made at once. For a minute the page offers to undo it."),
    ("Protected", "A page shows the difference first and asks for the reason."),
    ("Critical", "The same, and the environment's name is typed. Turning a flag off never asks."),
];

const REVIEWS: &[(&str, &str)] = &[
    (
        "Review",
        "Where an environment's policy asks for it, a change becomes a request: nothing is in force before other people approve it and somebody applies it. Who made a change, or had a hand in it, never approves it, whatever their role.",
    ),
    (
        "Policy",
        "Under Settings › Environments, in each: which changes are reviewed, by kind and by size, how many approve them and who. Changing it is itself met by the policy as it was.",
    ),
    (
        "Bundle",
        "Drafts put together under Drafts become one change: one review, applied whole or not at all, and taken back by one click.",
    ),
    ("By wish", "A draft's page offers a review where no policy asks for one."),
    ("Approval", "Holds for exactly what was looked at: an edit of the request, or of what it changes, asks for it again."),
    (
        "Freeze",
        "A time in which nothing but turning off goes through. Drafts and requests may be made meanwhile, and scheduled for after.",
    ),
    (
        "Break glass",
        "In an emergency, who was given that permission under Settings › People applies a request at once, with a reason. Approvers are told, and somebody else looks at it afterwards.",
    ),
    ("Turning off", "Is never held up. Where a review was due, somebody else looks at it afterwards."),
];

const PLANS: &[(&str, &str)] = &[
    (
        "Plan",
        "A share that grows by itself: 1, 10, 25, 50, 100 %, a day each, or steps of your own. Begin one on a flag's page for an environment, for everyone else or for those whom a rule matches. Who has it keeps it.",
    ),
    (
        "Stays for",
        "A number of days, hours or minutes, or until somebody approves the next step; the steps behind one that waits follow it. A day is 24 hours, so where clocks are turned the rest comes an hour earlier or later on the wall.",
    ),
    (
        "Begins",
        "At once, or at a moment, which may name a time zone: 2026-11-30 09:00 Europe/Berlin; until it has begun it can be given another one, under Change the steps. The switch, and a segment that comes first, take effect at once all the same.",
    ),
    (
        "Pause, resume",
        "It stands still at the share in force. Resumed, what remained of the step remains, and the rest moves with it.",
    ),
    ("Going on early", "Begins the next step now; those after it keep their distances. Complete begins the last one."),
    (
        "Roll back",
        "To 0 % at once, where it stands still. Begin again starts at the first step, with the times and approvals as planned.",
    ),
    (
        "Reviews",
        "Where changes are reviewed a plan is looked at as a whole, and begins when it is applied. Pausing, resuming, rolling back and approving a step that waits follow it and are not asked for again; going on early and changing the steps are. A step that waits is approved by a word of somebody who may review changes there and had no hand in the plan; of anybody else it becomes a change request. A freeze keeps nobody from pausing a plan or rolling it back.",
    ),
    ("Your own", "Under Settings › Rollout plans: named steps to begin the next rollout with."),
];

const DRAFTS: &[(&str, &str)] = &[
    ("Draft", "Edits of a flag gather in one, for you alone, until you save them as one change. Only the switch acts at once."),
    ("Others", "A flag's page says who else has unsaved changes there. Everybody in the project may look at them, under Drafts."),
    ("Both at once", "Changes of different parts are put together; of the same part you choose, beside what it was."),
    (
        "Half typed",
        "A rule that you left while writing it is offered again, up to 256 KiB of it; the page says where it is more.",
    ),
    ("Several values", "A comma or Enter ends a value; \"Oslo, Norway\" in quotes is one. Without a script: one a line."),
];

const BACK: &[(&str, &str)] = &[
    (
        "Revert",
        "On a row of a history: undoes just that change. What was done since stays; where it was the same part, you choose.",
    ),
    ("Restore this version", "Puts everything back as it was after that change."),
    ("As of then", "Shows a flag as it was at that moment, and whom it would have served."),
    (
        "A whole environment",
        "Under Settings › Environments, in each: names what would change to be as at a moment, and makes one draft of it. What would change every environment stands apart there, unticked.",
    ),
    (
        "Compare",
        "Two environments side by side, one flag or all that differ; one copied to the other. Rules are paired by name and conditions.",
    ),
    ("A moment", "2026-11-30 09:00 is UTC; 2026-11-30 09:00 Europe/Berlin and 2026-11-30T09:00:00+01:00 say where."),
    ("Each of them", "becomes a draft first: look at it, leave out what you like, then save it."),
];

const EVIDENCE: &[(&str, &str)] = &[
    (
        "Intact to row",
        "Every row is as it was written and stands in its place, as far as that one. New ones are verified every five minutes.",
    ),
    ("Row … is not", "Somebody changed the database past Flagstaff, from that row on. Copy it away as it is, and tell an owner."),
    (
        "Signed JSON Lines",
        "For admins: the rows as a file that anybody can check with the public key, without this installation.",
    ),
    (
        "Pruned",
        "An owner may say how long the history is kept. What was removed leaves a stub, so that a further cut is still found.",
    ),
];

const SCHEDULED: &[(&str, &str)] = &[
    (
        "Schedule…",
        "Beside Save, on a draft or a bundle, and beside a flag's switch: it becomes a change request with a moment. Where no policy asks for a review it waits for nothing else; a request in review is applied if it is approved by then.",
    ),
    (
        "When",
        "An instant, or a clock's time in a zone: 2026-11-30 09:00 Europe/Oslo. An hour that clocks show twice or never is asked about. The time by the clock is what is kept, if a zone's rules change.",
    ),
    (
        "Late or missed",
        "Where the server was down at the moment it is made as soon as it is up, told to be late; after the grace that you chose it is not made, and you are told.",
    ),
    (
        "Not made",
        "Where the same flag was changed there since (turning off is made all the same), whoever made it may not edit any more, a freeze holds, or approvals are missing. Whoever has to do with it finds that in the inbox; its author's admins do where the author is gone.",
    ),
    ("Another moment", "On the request's page: reschedule it, or take its moment off. Anybody who edits may."),
];

const SCHEDULE: &[(&str, &str)] = &[
    (
        "Schedule",
        "Steps of plans, scheduled changes, expiries, reviews of flags and freezes, of all environments or one, a week to a year ahead.",
    ),
    (
        "Meets another · Will not come",
        "Two things at one flag within half an hour, or of the same part; and what then comes of it: a change after another at the same flag, one in a freeze, a step of a plan that is replaced before.",
    ),
    ("What will it be at …", "Opens the playground at that moment. Scheduled changes are not in its answers."),
    (
        "As a calendar",
        "An iCalendar address of your own, shown once. Whoever has it sees this project's schedule as you may; replace it or take it back on the same page. It opens nothing once you left the project.",
    ),
];

const SEGMENTS: &[(&str, &str)] = &[
    ("Who is in", "Those whose targeting key is always in, and those who match all conditions of any one group."),
    ("Who is out", "Those whose key is never in, whatever else holds."),
    (
        "Ids from a file",
        "A text with one id a line, or a CSV: its first column, or the one that is named. What comes of it is shown first.",
    ),
    ("In use", "A change shows which flags and environments it touches. A segment that a flag asks for cannot be removed."),
];

const LIFETIME: &[(&str, &str)] = &[
    (
        "Last day",
        "Its owner hears of it 14, 7 and 1 days before and when it is over, everybody of the team where a team owns it; a week later the project's admins do. Then, as was chosen: nothing more, edits are refused, everybody gets one variant, or it is archived after days of grace, which begin when somebody heard of it.",
    ),
    ("Extend", "On the flag's page, with a reason for the history. Turning off goes through whatever the date."),
    (
        "Silence",
        "Who owns a flag can silence its reminders for up to 90 days. The admins hear of an expiry all the same; days of grace begin after the silence.",
    ),
    (
        "Review",
        "Flags that are for good have no last day, but a day to ask whether they are still needed. Its owner hears of that as of a last day: 14, 7 and 1 days before and on the day, and a week later the admins do.",
    ),
    (
        "Archived by time",
        "Where a policy asks for a review, a change request is opened instead. While a freeze holds, it waits; and while it was asked for by itself in the last 24 h, or searched code names it, which its owner and the admins are told.",
    ),
    (
        "Cleanup",
        "What to take out of the code, to archive or to look at, each with why. Ready to remove: a flag that is meant to go away, and has given everybody the same answer for as many days as the settings say of its kind.",
    ),
    (
        "Gone from the code",
        "Nobody has asked for it by itself for 7 days, and the searched code does not name it. A bulk answer holds every flag, and so speaks for none.",
    ),
    (
        "Searched code",
        "flagstaff refs scan finds the lines of a source tree that name a flag. Archiving warns of them. Admins have a repository that is gone forgotten at the end of the Cleanup page.",
    ),
    (
        "Digest",
        "On Mondays the inbox says which of your flags expire within 14 days, are ready to remove or have no review, the most urgent first.",
    ),
    ("Nobody answers", "owner:nobody finds flags whose owner cannot act; tick them and choose another."),
];

const ATTRIBUTES: &[(&str, &str)] = &[
    ("Attribute", "A fact about the user that your program sends with a question: plan, country, app_version."),
    ("Described", "Its type and its legal values, under Settings › Attributes. Rules that do not fit are then pointed out."),
    ("Seen", "Names that programs sent in the last 30 days are suggested there. Values are never kept."),
    (
        "Private",
        "Values of it that programs or people send are stored nowhere and shown to nobody; viewers do not see what rules compare it with.",
    ),
];

const FILES: &[(&str, &str)] = &[
    (
        "Short form",
        "A few flags as teams write them by hand, for one environment. What is left out gets a default and a warning.",
    ),
    (
        "Export",
        "The whole project, the same bytes each time, under Settings › Import and export. Viewers get it without targets.",
    ),
    ("Import", "Shows what would change, then changes all of it or nothing. What is not in the file stays as it is."),
    (
        "In CI",
        "flagstaff check FILE tells everything that is wrong, or probably not meant, each with its line, and which personas would not get what they should.",
    ),
];

const TRYING: &[(&str, &str)] = &[
    (
        "Playground",
        "Flags in environments for anybody, now or at another moment. To send it on, copy its link or its address: values of private attributes stand in neither.",
    ),
    ("Several values", "One a line, or a list in the JSON once that is ticked: every combination is tried."),
    (
        "Persona",
        "Somebody with a name, under Settings › Personas, and what they should get; each flag's page says whether they do.",
    ),
];

fn view(url: String) -> Html {
    view! {
        <PageHeading title="Help" />
        <div class="stack">
            <Card id="roles" title="Roles" note="each role may also do what the ones above it may" flush=true>{roles()}</Card>
            <Card id="order" title="How a flag decides" note="the first that applies">
                {facts(ORDER)}
                <p class="sub mt">
                    "A share is drawn by the context's targeting key, or another attribute that the rule names, so the same user always gets the same answer. Who has none gets the variant for off."
                </p>
            </Card>
            <Card id="environments" title="Changing an environment">{facts(STEPS)}</Card>
            <Card id="reviews" title="Reviews and freezes">{facts(REVIEWS)}</Card>
            <Card id="plans" title="Rollout plans">{facts(PLANS)}</Card>
            <Card id="drafts" title="Drafts">{facts(DRAFTS)}</Card>
            <Card id="scheduled" title="Scheduled changes">{facts(SCHEDULED)}</Card>
            <Card id="schedule" title="Schedule and calendar">{facts(SCHEDULE)}</Card>
            <Card id="lifetime" title="Lifetime and cleanup">{facts(LIFETIME)}</Card>
            <Card id="segments" title="Segments">{facts(SEGMENTS)}</Card>
            <Card id="attributes" title="Attributes">{facts(ATTRIBUTES)}</Card>
            <Card id="trying" title="Trying flags">{facts(TRYING)}</Card>
            <Card id="search" title="Searching flags">{facts_in_code(&EXAMPLES)}</Card>
            <Card id="back" title="Going back">{facts(BACK)}</Card>
            <Card id="evidence" title="The history as evidence">{facts(EVIDENCE)}</Card>
            <Card id="files" title="Flag files">{facts(FILES)}</Card>
            <Card id="connect" title="Connecting an SDK">{connect(url)}</Card>
            <Card id="keys" title="Keyboard"><ShortcutList /></Card>
        </div>
    }
}

fn roles() -> Html {
    let head = view! { <Column label="Role" /> <Column label="In" /> <Column label="May" /> };
    // From the least to the most; each may also do what the ones before it may.
    let of_projects = Role::ALL.map(|role| (role.label(), "a project", role.allows()));
    let owner = (InstanceRole::Owner.label(), "the installation", InstanceRole::Owner.allows());
    let rows: Vec<_> = of_projects
        .into_iter()
        .chain([owner])
        .map(|(role, place, may)| {
            view! { <Row><RowHead>{role}</RowHead><Cell label="In" nowrap=true>{place}</Cell><Cell label="May">{may}</Cell></Row> }
        })
        .collect();
    view! { <Table caption="What each role may do" head=head>{rows}</Table> }
}

fn facts(items: &'static [(&'static str, &'static str)]) -> Html {
    let facts: Vec<_> = items.iter().map(|(label, text)| view! { <Fact label=*label>{*text}</Fact> }).collect();
    view! { <Definitions wide=true>{facts}</Definitions> }
}

fn facts_in_code(items: &'static [(&'static str, &'static str)]) -> Html {
    let facts: Vec<_> =
        items.iter().map(|(code, text)| view! { <div><dt><code>{*code}</code></dt><dd>{*text}</dd></div> }).collect();
    view! { <dl class="facts wide">{facts}</dl> }
}

fn connect(url: String) -> Html {
    let ask = format!(
        "curl -s {url}/ofrep/v1/evaluate/flags/FLAG \\\n  \
         -H \"Authorization: Bearer $FLAGSTAFF_KEY\" -H \"Content-Type: application/json\" \\\n  \
         -d '{{\"context\": {{\"targetingKey\": \"user_1\"}}}}'"
    );
    view! {
        <div class="stack">
            <p>
                "Any OpenFeature SDK with an OFREP provider works. Give the provider this server's address, "
                <Copy text=url label="address" />
                ", and an API key of the environment. A server key sees every flag; a client key, for browsers and phones, sees the values of flags that are marked for clients."
            </p>
            <p>"1. Make a key in the project's settings, under API keys. It is shown once. Replace it there when it got about: the old one goes on as long as you choose."</p>
            <Snippet label="2. Ask for a flag" code=ask />
            <p class="sub">"Every flag's own page has this for Python and JavaScript, with its key filled in. What a user would get, and why, stands on the flag's page for an environment, under Personas, and in the playground."</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::time::MINUTE;
    use crate::server::services::undo;

    #[test]
    fn undo_is_offered_as_long_as_said() {
        assert_eq!(undo::OFFERED, MINUTE);
    }
}
