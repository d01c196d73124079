//! What one wants to look up: who may what, how a flag decides, how to search, how to connect. Only what is there.

use super::page::{Frame, PageResult};
use super::visit::Member;
use crate::components::*;
use crate::domain::role::{InstanceRole, Role};
use crate::server::error::Error;
use crate::server::services::flag_query::EXAMPLES;
use crate::server::services::projects::{self, OpenProject};
use axum::extract::Query;
use leptos::prelude::*;
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

const DRAFTS: &[(&str, &str)] = &[
    ("Draft", "Edits of a flag gather in one, for you alone, until you save them as one change. Only the switch acts at once."),
    ("Others", "A flag's page says who else has unsaved changes there. Everybody in the project may look at them, under Drafts."),
    ("Both at once", "Changes of different parts are put together; of the same part you choose, beside what it was."),
    ("Half typed", "A rule that you left while writing it is offered again."),
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
        "Under Settings › Environments, in each: names what would change to be as at a moment, and makes one draft of it.",
    ),
    ("Compare", "Two environments side by side, one flag or all that differ; one copied to the other."),
    ("Each of them", "becomes a draft first: look at it, leave out what you like, then save it."),
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
        "Flags in environments for anybody, now or at another moment. To send it on, copy its link: that leaves private values out, which the page's own address has.",
    ),
    ("Several values", "One a line, or a list in the JSON once that is ticked: every combination is tried."),
    (
        "Persona",
        "Somebody with a name, under Settings › Personas, and what they should get; each flag's page says whether they do.",
    ),
];

fn view(url: String) -> impl IntoView {
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
            <Card id="drafts" title="Drafts">{facts(DRAFTS)}</Card>
            <Card id="segments" title="Segments">{facts(SEGMENTS)}</Card>
            <Card id="attributes" title="Attributes">{facts(ATTRIBUTES)}</Card>
            <Card id="trying" title="Trying flags">{facts(TRYING)}</Card>
            <Card id="search" title="Searching flags">{facts_in_code(&EXAMPLES)}</Card>
            <Card id="back" title="Going back">{facts(BACK)}</Card>
            <Card id="files" title="Flag files">{facts(FILES)}</Card>
            <Card id="connect" title="Connecting an SDK">{connect(url)}</Card>
            <Card id="keys" title="Keyboard"><ShortcutList /></Card>
        </div>
    }
}

fn roles() -> impl IntoView {
    let head = view! { <Column label="Role" /> <Column label="In" /> <Column label="May" /> }.into_any();
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

fn facts(items: &'static [(&'static str, &'static str)]) -> impl IntoView {
    let facts: Vec<_> = items.iter().map(|(label, text)| view! { <Fact label=*label>{*text}</Fact> }).collect();
    view! { <Definitions wide=true>{facts}</Definitions> }
}

fn facts_in_code(items: &'static [(&'static str, &'static str)]) -> impl IntoView {
    let facts: Vec<_> =
        items.iter().map(|(code, text)| view! { <div><dt><code>{*code}</code></dt><dd>{*text}</dd></div> }).collect();
    view! { <dl class="facts wide">{facts}</dl> }
}

fn connect(url: String) -> impl IntoView {
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
