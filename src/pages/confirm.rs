//! The confirm page, steps 1 and 2 of the ladder: what will change, why, and the environment's name typed where it is
//! critical. It carries the whole post along, so nothing is kept on the server and nothing typed is lost.

use super::fields::Fields;
use super::page::{self, Frame, PageResult, Place};
use super::visit::Member;
use crate::components::*;
use crate::domain::diff::DiffRow;
use crate::server::error::{Confirm, Error};
use crate::server::services::projects::OpenProject;
use axum::http::StatusCode;
use leptos::prelude::*;

pub const FORM: &str = "confirm";
/// The form that was sent first.
pub const ORIGIN: &str = "_origin";
const ENVIRONMENT: &str = "_confirm_environment";
const TYPED: &str = "_confirm_typed";

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
    /// Whether nobody is answered differently until something else happens.
    pub unseen: bool,
}

/// Sorts a refusal. What neither page can mend goes on as an error.
pub fn refusal(fields: &Fields, error: Error) -> Result<Refusal, Error> {
    match error {
        Error::Confirm(confirm) => Ok(Refusal::Confirm(confirm, None)),
        Error::Invalid(problems) if fields.is_confirming() && problems.iter().all(|p| is_ours(&p.field)) => {
            let confirm = Confirm { environment: fields.text(ENVIRONMENT), reason: true, typed: fields.is_checked(TYPED) };
            let attempt = fields.attempt(Error::Invalid(problems))?;
            Ok(Refusal::Confirm(confirm, Some(Attempt { form: FORM.to_owned(), ..attempt })))
        }
        other => fields.attempt(other).map(Refusal::Form),
    }
}

fn is_ours(field: &str) -> bool {
    matches!(field, "reason" | "confirmation")
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
    // Nothing has happened yet: neither a success nor a mistake.
    let status = attempt.as_ref().map_or(StatusCode::PRECONDITION_REQUIRED, |attempt| page::status(Some(attempt)));
    let place = place(&member.visit.path);
    let frame = Frame { title: preview.title.clone(), project: Some(project), place, attempt, ..Frame::default() };
    let crumbs = crumbs(&member.visit.path);
    let lead = lead(&confirm, place, preview.unseen);
    Ok(page::draw(member.visit, frame, status, move || view(confirm, carried, preview, crumbs, lead)).await)
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
    match (confirm.typed, place) {
        (true, _) if unseen => format!("{environment} is critical: say why, and type its name."),
        (true, Place::Settings) => format!("{environment} is critical: say why, and type its name."),
        (true, _) => format!("{environment} is critical: customers see this change at once."),
        (false, _) => format!("{environment} is protected: say why before this takes effect."),
    }
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
    let own = |name: &str| matches!(name, "_form" | ORIGIN | ENVIRONMENT | TYPED | "reason" | "confirmation");
    let mut carried: Vec<_> = fields.0.iter().filter(|(name, _)| !own(name)).cloned().collect();
    carried.push((ORIGIN.to_owned(), fields.form().to_owned()));
    carried.push((ENVIRONMENT.to_owned(), confirm.environment.clone()));
    carried.push((TYPED.to_owned(), confirm.typed.to_string()));
    carried
}

fn view(confirm: Confirm, carried: Vec<(String, String)>, preview: Preview, crumbs: Vec<Crumb>, lead: String) -> impl IntoView {
    let hidden: Vec<_> =
        carried.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    let environment = confirm.environment;
    let hint = format!("Type {environment} to say that you mean it.");
    // Made in the form, where it finds what was typed.
    let name = move || {
        let field =
            || view! { <Field name="confirmation" label="Environment" required=true mono=true autocomplete="off" hint=hint /> };
        confirm.typed.then(field)
    };
    let note = preview.note.map(|note| view! { <p>{note}</p> });
    let cancel = view! { <LinkButton href=preview.back kind=ButtonKind::Quiet>"Cancel"</LinkButton> }.into_any();
    view! {
        <PageHeading title=preview.title crumbs=crumbs lead=lead />
        <div class="stack">
            <Card id="what-changes" title="What changes">{note}<Diff rows=preview.rows label="What changes" /></Card>
            <Card id="confirm-it" title="Confirm">
                <Form id=FORM submit="Apply change" actions=cancel>
                    {hidden}
                    <Field name="reason" label="Reason" required=true hint="For the people who read the history." autofocus=true />
                    {name()}
                </Form>
            </Card>
        </div>
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
        let confirm = Confirm { environment: "production".into(), reason: true, typed: true };
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
