//! How the page is put together.

use super::form::{ADD, FreezeForm, PolicyForm, REMOVE, ReviewForm, path_of};
use super::{FORM, Section};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::FlagKind;
use crate::domain::policy::{MAX_QUORUM, When as Which, words};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::server::services::projects::OpenProject;
use crate::server::store::environments::StoredEnvironment;

/// Everything the page shows.
pub struct Shown {
    pub project: OpenProject,
    pub stored: StoredEnvironment,
    pub form: PolicyForm,
    pub concerns: Vec<String>,
    /// Why this person cannot change it.
    pub refusal: Option<String>,
    pub now: Timestamp,
}

pub fn page(shown: Shown) -> Html {
    let Shown { project, stored, form, concerns, refusal, now } = shown;
    let environment = &stored.environment;
    let (key, list) = (environment.key.to_string(), Section::Environments.address(&project));
    let crumbs = vec![Crumb::new("Environments", list.clone()), Crumb::new(key.clone(), format!("{list}/{}", encode(&key)))];
    let people = Section::People.address(&project);
    let lines: Vec<_> = words(&environment.policy, now).into_iter().map(|line| view! { <li>{line}</li> }).collect();
    let concerns: Vec<_> = concerns.into_iter().map(|concern| concerned(concern, people.clone())).collect();
    let (colour, name) = (environment.colour, environment.name.clone());
    let version = stored.version.to_string();
    let body = move || {
        view! {
            <Hidden name="base_version" value=version />
            {reviews(&form)}
            {large(&form)}
            {freezes(&form, now)}
        }
    };
    let save = match refusal {
        None => view! { <Form id=FORM submit="Save" inner_buttons=true>{body()}</Form> },
        Some(reason) => {
            let actions = view! { <DisabledAction reason=reason>"Save"</DisabledAction> };
            view! { <Form id=FORM actions=actions>{body()}</Form> }
        }
    };
    view! {
        <PageHeading title=format!("Policy of {key}") crumbs=crumbs lead="What is asked of a change here before it takes effect.">
            <EnvironmentBadge colour=colour name=name />
        </PageHeading>
        <div class="stack">
            {concerns}
            <Card id="in-words" title="In words">
                <ul>{lines}</ul>
                <p class="sub mt"><a href="/help#reviews">"More about reviews, freezes and breaking the glass"</a></p>
            </Card>
            {save}
        </div>
    }
}

fn concerned(concern: String, people: String) -> Html {
    let add = view! { <LinkButton href=people>"To the people"</LinkButton> };
    view! { <Banner tone=Tone::Warn title=concern actions=add /> }
}

fn reviews(form: &PolicyForm) -> Html {
    let cards = [
        Choice::described(Which::Never.as_str(), Which::Never.label(), "Whoever makes it decides alone."),
        Choice::described(Which::Large.as_str(), Which::Large.label(), "Small ones go through; what is large stands below."),
        Choice::described(Which::Always.as_str(), Which::Always.label(), "Turning off excepted: that is looked at afterwards."),
    ];
    let head = view! {
        <Column label="Flags of the kind" />
        <Column label="Reviewed" />
        <Column label="Approvals" />
        <Column label="By" />
    };
    let rows: Vec<_> = form.kinds.iter().map(|(kind, own)| kind_row(*kind, own)).collect();
    let ReviewForm { when, quorum, reviewers } = form.review.clone();
    view! {
        <Card id="review" title="Reviews">
            <div class="form">
                <RadioCards name="review.when" legend="Other people look first at" options=cards.to_vec() value=when />
                <div class="field-row">
                    <Select name="review.quorum" label="Approvals" options=quorums() value=quorum required=true />
                    <Select name="review.reviewers" label="By" options=roles() value=reviewers required=true />
                </div>
            </div>
        </Card>
        <Card id="kinds" title="By kind" note="a kind with a rule of its own goes by that instead" flush=true>
            <Table caption="Reviews by kind" head=head>{rows}</Table>
        </Card>
    }
}

fn kind_row(kind: FlagKind, own: &ReviewForm) -> Html {
    let label = move |what: &str| format!("{what} of {} flags", kind.label().to_lowercase());
    let field = move |part: &str| format!("{}.{part}", path_of(kind));
    let ways =
        [Choice::new("", "Same as above")].into_iter().chain(Which::ALL.map(|when| Choice::new(when.as_str(), when.label())));
    let ReviewForm { when, quorum, reviewers } = own.clone();
    view! {
        <Row>
            <RowHead>{kind.label()}</RowHead>
            <Cell label="Reviewed" full=true>
                <Select name=field("when") label=label("Which changes") options=ways.collect() value=when compact=true />
            </Cell>
            <Cell label="Approvals" full=true>
                <Select name=field("quorum") label=label("Approvals") options=quorums() value=quorum compact=true />
            </Cell>
            <Cell label="By" full=true>
                <Select name=field("reviewers") label=label("Who reviews changes") options=roles() value=reviewers compact=true />
            </Cell>
        </Row>
    }
}

fn quorums() -> Vec<Choice> {
    (1..=MAX_QUORUM).map(|count| Choice::new(count.to_string(), count.to_string())).collect()
}

fn roles() -> Vec<Choice> {
    let approvers = Choice::new(Role::Approver.as_str(), "approvers, and admins");
    vec![approvers, Choice::new(Role::Admin.as_str(), "admins only")]
}

fn large(form: &PolicyForm) -> Html {
    let (growth, changes) = (form.growth.clone(), form.changes.clone());
    let (kill_switch, revert) = (form.kill_switch, form.revert);
    view! {
        <Card id="large" title="What counts as large" note="where only large changes are reviewed; each on its own is enough">
            <div class="form">
                <Field name="large.growth" label="A share grows by more than" value=growth width=6 unit="%" inputmode="decimal"
                    required=true autocomplete="off"
                    hint="In percentage points, from what is served now to the most that the change plans, with what an expiry will serve. A new rule, or one that meets other people, counts as the whole." />
                <Field name="large.changes" label="More changes at once than" value=changes width=6 inputmode="numeric" required=true
                    autocomplete="off" hint="Saved together, such as a release or an import." />
                <Checkbox name="large.kill_switch" label="Any change of a kill switch" checked=kill_switch />
                <Checkbox name="large.revert" label="Bringing the whole environment back to an earlier moment" checked=revert />
            </div>
        </Card>
    }
}

fn freezes(form: &PolicyForm, now: Timestamp) -> Html {
    let rows: Vec<_> = form.freezes.iter().enumerate().map(|(at, freeze)| freeze_row(at, freeze, now)).collect();
    let hint = "Nothing but turning off goes through meanwhile, approved or not; drafts and requests may be made. Moments are in UTC, like 2026-11-27T00:00.";
    view! {
        <Card id="freezes" title="Freezes">
            <FieldGroup legend="Times in which nothing changes" name="freezes" hint=hint>
                {rows}
                <p><Button icon=Glyph::Plus name=ADD value="true">"Add a freeze"</Button></p>
            </FieldGroup>
        </Card>
    }
}

fn freeze_row(at: usize, freeze: &FreezeForm, now: Timestamp) -> Html {
    let FreezeForm { name, from, until } = freeze.clone();
    let is_past = freeze.is_past(now);
    let (number, field) = (at + 1, |part: &str| format!("freezes[{at}].{part}"));
    let past = is_past.then(|| view! { <span class="sub">"past"</span> });
    view! {
        <div class=if is_past { "field-row freeze faded" } else { "field-row freeze" } role="group" aria-label=format!("Freeze {number}")>
            <Field name=field("name") label="Name" value=name required=true width=16 autocomplete="off" placeholder="Black Friday" />
            <Field name=field("from") label="From" value=from required=true mono=true width=24 autocomplete="off" />
            <Field name=field("until") label="Until" value=until required=true mono=true width=24 autocomplete="off" />
            <span class="bar">
                {past}
                <Button kind=ButtonKind::Quiet icon=Glyph::Remove name=REMOVE value=at.to_string() label=format!("Remove freeze {number}")>
                    "Remove"
                </Button>
            </span>
        </div>
    }
}
