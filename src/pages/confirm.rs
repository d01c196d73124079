//! The confirm page, steps 1 and 2 of the ladder: what will change, why, and the environment's name typed where it is
//! critical. It carries the whole post along, so nothing is kept on the server and nothing typed is lost.

use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::diff::DiffRow;
use crate::domain::policy::Asked;
use crate::domain::role::Role;
use crate::domain::text::{capital, listed};
use crate::server::error::{Confirm, Error};
use crate::server::services::members;
use crate::server::services::projects::OpenProject;
use axum::http::StatusCode;

pub const FORM: &str = "confirm";
/// The form that was sent first.
pub const ORIGIN: &str = "_origin";
const ENVIRONMENT: &str = "_confirm_environment";
const TYPED: &str = "_confirm_typed";
/// What is asked of other people, as JSON.
const REVIEW: &str = "_confirm_review";

/// What is said to those who look at a change first.
pub const TITLE: &str = "request_title";
pub const WHY: &str = "request_why";
pub const REVIEWERS: &str = "request_reviewers";
/// Ask even where no policy does.
pub const ANYWAY: &str = "request_anyway";

/// What a refused change leads to.
pub enum Refusal {
    /// The confirm page; with what was wrong on it, the second time.
    Confirm(Confirm, Option<Attempt>),
    /// The form again.
    Form(Attempt),
}

/// What the confirm page tells.
#[derive(Default)]
pub struct Preview {
    /// `Turn on new_checkout in production`
    pub title: String,
    /// Field by field.
    pub rows: Vec<DiffRow>,
    /// Where *Cancel* leads.
    pub back: String,
    /// What comes of it, in a sentence.
    pub note: Option<String>,
    /// What is probably not meant.
    pub warning: Option<String>,
    /// Title and why of the request that this edits.
    pub asked_as: Option<(String, String)>,
    /// What a new request is called unless somebody says it better; else the title of the page.
    pub short: Option<String>,
    /// Where it can be given a later moment.
    pub later: Option<String>,
    /// Whether nobody is answered differently until something else happens.
    pub unseen: bool,
}

/// Sorts a refusal. What neither page can mend goes on as an error.
pub fn refusal(fields: &Fields, error: Error) -> Result<Refusal, Error> {
    match error {
        Error::Confirm(confirm) => Ok(Refusal::Confirm(confirm, None)),
        Error::Invalid(problems) if fields.is_confirming() && problems.iter().all(|p| is_ours(&p.field)) => {
            let review = serde_json::from_str(fields.get(REVIEW)).ok();
            let (environment, typed) = (fields.text(ENVIRONMENT), fields.is_checked(TYPED));
            let confirm = Confirm { environment, reason: true, typed, review };
            let attempt = fields.attempt(Error::Invalid(problems))?;
            Ok(Refusal::Confirm(confirm, Some(Attempt { form: FORM.to_owned(), ..attempt })))
        }
        other => fields.attempt(other).map(Refusal::Form),
    }
}

fn is_ours(field: &str) -> bool {
    matches!(field, "reason" | "confirmation" | TITLE | WHY | REVIEWERS)
}

/// Shows the page. It posts to the address that was posted to.
pub async fn show(
    member: Member,
    project: OpenProject,
    fields: &Fields,
    confirm: Confirm,
    attempt: Option<Attempt>,
    preview: Preview,
) -> PageResult {
    let carried = carried(fields, &confirm);
    let reviewers = reviewers(&member, &project, confirm.review.as_ref()).await?;
    // Nothing has happened yet: neither a success nor a mistake.
    let refused = attempt.as_ref().filter(|attempt| attempt.is_refusal());
    let status = refused.map_or(StatusCode::PRECONDITION_REQUIRED, |attempt| page::status(Some(attempt)));
    let place = place(&member.visit.path);
    let frame = Frame { title: preview.title.clone(), project: Some(project), place, attempt, ..Frame::default() };
    let crumbs = crumbs(&member.visit.path);
    let lead = lead(&confirm, place, preview.unseen);
    Ok(page::draw(member.visit, frame, status, move || view(confirm, carried, preview, crumbs, lead, reviewers)).await)
}

/// Whom a review may be asked of.
pub async fn reviewers(member: &Member, project: &OpenProject, asked: Option<&Asked>) -> Result<Vec<Choice>, Error> {
    let Some(asked) = asked else { return Ok(Vec::new()) };
    let able = members::able_to_review(member.state(), &member.person, project, asked.reviewers).await?;
    Ok(able.into_iter().map(|(id, name)| Choice::new(id.as_str(), name)).collect())
}

/// What asks for a review that no policy wants.
pub fn by_wish() -> Error {
    let review = Some(Asked::by_wish());
    Error::Confirm(Confirm { environment: String::new(), reason: true, typed: false, review })
}

/// The part of the project that the posted address belongs to.
fn place(path: &str) -> Place {
    match path.split('/').nth(3) {
        Some("settings") => Place::Settings,
        Some("drafts") => Place::Drafts,
        _ => Place::Flags,
    }
}

fn lead(confirm: &Confirm, place: Place, unseen: bool) -> String {
    let environment = &confirm.environment;
    if let Some(asked) = &confirm.review {
        return reviewed(asked);
    }
    if environment.is_empty() {
        return "Nothing is changed yet.".to_owned();
    }
    match (confirm.typed, place) {
        (true, _) if unseen => format!("{environment} is critical: say why, and type its name."),
        (true, Place::Settings) => format!("{environment} is critical: say why, and type its name."),
        (true, _) => format!("{environment} is critical: customers see this change at once."),
        (false, _) => format!("{environment} is protected: say why before this takes effect."),
    }
}

/// What comes before a change that other people look at first.
pub fn reviewed(asked: &Asked) -> String {
    format!("Nothing is changed yet: {} first. {}.", looks(asked), capital(&listed(&asked.because)))
}

/// What the change is to: the flag and the environment that the posted address names.
fn crumbs(path: &str) -> Vec<Crumb> {
    let parts: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').skip(1).collect();
    let ["p", project, part, rest @ ..] = parts.as_slice() else { return Vec::new() };
    match *part {
        "flags" => {}
        "drafts" => return vec![Crumb::new("Drafts", format!("/p/{project}/drafts"))],
        "settings" => return vec![Crumb::new("Settings", format!("/p/{project}/settings"))],
        _ => return Vec::new(),
    }
    let mut address = format!("/p/{project}/flags");
    let mut crumbs = vec![Crumb::new("Flags", address.clone())];
    for part in rest.iter().take(2).take_while(|part| !matches!(**part, "" | "new" | "edit")) {
        address = format!("{address}/{part}");
        crumbs.push(Crumb::new(*part, address.clone()));
    }
    crumbs
}

/// The fields of the first post, to be posted again.
fn carried(fields: &Fields, confirm: &Confirm) -> Vec<(String, String)> {
    // A wish for a review stays.
    let ours = [TITLE, WHY, REVIEWERS, REVIEW];
    let own =
        |name: &str| matches!(name, "_form" | ORIGIN | ENVIRONMENT | TYPED | "reason" | "confirmation") || ours.contains(&name);
    let mut carried: Vec<_> = fields.0.iter().filter(|(name, _)| !own(name)).cloned().collect();
    carried.push((ORIGIN.to_owned(), fields.form().to_owned()));
    carried.push((ENVIRONMENT.to_owned(), confirm.environment.clone()));
    carried.push((TYPED.to_owned(), confirm.typed.to_string()));
    if let Some(asked) = &confirm.review {
        carried.push((REVIEW.to_owned(), serde_json::to_string(asked).unwrap_or_default()));
    }
    carried
}

fn view(
    confirm: Confirm,
    carried: Vec<(String, String)>,
    preview: Preview,
    crumbs: Vec<Crumb>,
    lead: String,
    reviewers: Vec<Choice>,
) -> Html {
    let hidden: Vec<_> =
        carried.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    let is_review = confirm.review.is_some();
    let is_edit = preview.asked_as.is_some();
    let (title, why) =
        preview.asked_as.unwrap_or_else(|| (preview.short.unwrap_or_else(|| preview.title.clone()), String::new()));
    let environment = confirm.environment;
    let hint = format!("Type {environment} to say that you mean it.");
    // Made in the form, where it finds what was typed.
    let name = move || {
        let field =
            || view! { <Field name="confirmation" label="Environment" required=true mono=true autocomplete="off" hint=hint /> };
        confirm.typed.then(field)
    };
    let note = preview.note.map(|note| view! { <p>{note}</p> });
    let warning = preview.warning.map(|text| view! { <Banner tone=Tone::Warn title=text /> });
    let later = preview.later.map(|href| view! { <LinkButton href=href icon=Glyph::Clock>"Schedule…"</LinkButton> });
    let cancel = view! { {later} <LinkButton href=preview.back kind=ButtonKind::Quiet>"Cancel"</LinkButton> };
    let submit = if is_edit { "Put it into the request" } else { "Request review" };
    let form = if is_review {
        view! {
            <Card id="ask-for-it" title="Ask for a review">
                <Form id=FORM submit=submit actions=cancel>{hidden}{review_fields(title, why, reviewers, true)}</Form>
            </Card>
        }
    } else {
        view! {
            <Card id="confirm-it" title="Confirm">
                <Form id=FORM submit="Apply change" actions=cancel>
                    {hidden}
                    <Field name="reason" label="Reason" required=confirm.reason hint="For the people who read the history." autofocus=true />
                    {name()}
                </Form>
            </Card>
        }
    };
    view! {
        <PageHeading title=preview.title crumbs=crumbs lead=lead />
        <div class="stack">
            {warning}
            <Card id="what-changes" title="What changes">{note}<Diff rows=preview.rows label="What changes" /></Card>
            {form}
        </div>
    }
}

/// What is said to those who look at it first; to be made inside of a form.
pub fn review_fields(title: String, why: String, reviewers: Vec<Choice>, autofocus: bool) -> Html {
    view! {
        <Field name=TITLE label="Title" value=title required=true hint="What changes, in a line." />
        <TextArea name=WHY label="Why" value=why required=true hint="For those who look at it, and for the history." autofocus=autofocus />
        {reviewer_boxes(reviewers)}
    }
}

/// Whom to ask; to be made inside of a form.
pub fn reviewer_boxes(reviewers: Vec<Choice>) -> Html {
    let nobody = reviewers.is_empty();
    let boxes: Vec<_> =
        reviewers.into_iter().map(|choice| view! { <Checkbox name=REVIEWERS label=choice.label value=choice.value /> }).collect();
    match nobody {
        true => view! {
            <p class="hint">"Nobody else in this project could approve it yet. An admin gives somebody the role approver."</p>
        },
        false => view! {
            <fieldset class="group">
                <legend>"Reviewers"</legend>
                <p class="hint">"Tick whom to ask. Nobody ticked asks everybody who may approve it."</p>
                {boxes}
            </fieldset>
        },
    }
}

/// `one approver looks at it`
pub fn looks(asked: &Asked) -> String {
    let noun = if asked.reviewers == Role::Admin { "admin" } else { "approver" };
    match asked.quorum {
        0 | 1 => format!("one {noun} looks at it"),
        many => format!("{many} {noun}s look at it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flag::Problem;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_post_survives_the_confirm_page_whole() {
        let first = fields(&[("_form", "share"), ("share", "25"), ("tag", "a"), ("tag", "b"), ("reason", "early")]);
        let confirm = Confirm { environment: "production".into(), reason: true, typed: true, review: None };
        let mut again = carried(&first, &confirm);
        again.push(("_form".into(), FORM.into()));
        again.push(("reason".into(), "Ship it".into()));
        again.push(("confirmation".into(), "production".into()));
        let second = Fields(again);
        assert_eq!(second.form(), "share");
        assert_eq!(second.get("share"), "25");
        assert_eq!(second.all("tag"), ["a", "b"]);
        let consent = second.consent();
        assert_eq!((consent.reason.as_deref(), consent.confirmation.as_deref()), (Some("Ship it"), Some("production")));
        assert_eq!(first.consent().confirmation, None);
        assert_eq!(carried(&second, &confirm), carried(&first, &confirm));
    }

    #[test]
    fn the_address_says_what_the_change_is_to() {
        for (path, expected) in [
            ("/p/shop/flags/new_checkout/production", "Flags, new_checkout, production"),
            ("/p/shop/flags/new_checkout/production/rules/r1?x=1", "Flags, new_checkout, production"),
            ("/p/shop/flags/new_checkout/edit", "Flags, new_checkout"),
            ("/p/shop/flags/new_checkout", "Flags, new_checkout"),
            ("/p/shop/flags/new", "Flags"),
            ("/p/shop/undo/7", ""),
        ] {
            let labels: Vec<String> = crumbs(path).into_iter().map(|crumb| crumb.label).collect();
            assert_eq!(labels.join(", "), expected, "{path}");
        }
        assert_eq!(crumbs("/p/shop/flags/a/b")[2].href, "/p/shop/flags/a/b");
    }

    #[test]
    fn what_the_confirm_page_got_wrong_comes_back_to_it() {
        let problem = |field: &str| Error::Invalid(vec![Problem::new(field, "no")]);
        let confirming = fields(&[("_form", FORM), (ORIGIN, "share"), (ENVIRONMENT, "production"), (TYPED, "true")]);
        assert!(matches!(refusal(&confirming, problem("reason")), Ok(Refusal::Confirm(c, Some(_))) if c.typed));
        assert!(matches!(refusal(&confirming, problem("share")), Ok(Refusal::Form(a)) if a.form == "share"));
        assert!(matches!(refusal(&fields(&[("_form", "share")]), problem("reason")), Ok(Refusal::Form(_))));
        assert!(refusal(&confirming, Error::NotFound("flag")).is_err());
    }
}
