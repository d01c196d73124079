//! A flag's dates: extended, reviewed, and silenced, each in a small form of its own.

use super::Shown;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::last_day;
use crate::domain::role::Role;
use crate::domain::time::{DAY, Timestamp};
use crate::domain::when;
use crate::server::services::reminders::{Archive, Date, LONGEST_SNOOZE};

pub const EXTEND: &str = "extend";
pub const REVIEW: &str = "review";
pub const SNOOZE: &str = "snooze";
pub const WAKE: &str = "wake";

/// Nothing for a flag without dates, or that is archived.
pub fn lifetime(shown: &Shown) -> Option<Html> {
    let flag = shown.view.flag();
    if flag.archived_at.is_some() || (flag.expires_at.is_none() && flag.review_by.is_none() && !flag.kind.is_permanent()) {
        return None;
    }
    let expiry = flag.expires_at.map(|at| expiry(shown, at));
    let review = (flag.expires_at.is_none() || flag.review_by.is_some()).then(|| review(shown));
    let snooze = (flag.expires_at.is_some() || flag.review_by.is_some()).then(|| snooze(shown));
    Some(view! { <Card id="lifetime" title="Lifetime"><div class="stack tight">{expiry}{review}{snooze}</div></Card> })
}

fn expiry(shown: &Shown, at: Timestamp) -> Html {
    let day = when::date(last_day(at));
    let text = match at <= shown.now {
        true => format!("Its last day was {day}."),
        false => format!("Its last day is {day}, {}.", when::relative(at, shown.now)),
    };
    let archived = archive(shown);
    let form = date_form(shown, Date::Expiry, EXTEND, "Extend", "Last day", at <= shown.now);
    view! { <p>{text}{archived}</p> {form} }
}

/// What its expiry does about archiving it, and what that waits for.
fn archive(shown: &Shown) -> Option<Html> {
    Some(match shown.reminders.archive {
        Archive::Never => return None,
        Archive::From(from) if from <= shown.now && shown.missed.remains() => {
            format!(" It was to be archived from {} on, and that waits. {}", when::exact(from), shown.missed.said()).draw()
        }
        Archive::From(from) => format!(
            " It is archived from {} on, once nobody has asked for it for a day and no searched code names it.",
            when::exact(from)
        ).draw(),
        Archive::Asked(number) => {
            let href = format!("/p/{}/changes/{number}", shown.project.key());
            view! { " "<a href=href>{format!("Change request #{number}")}</a>" asks for its archive." }
        }
        Archive::Over => {
            " It was archived by its expiry, or that was asked for, once already: it does not come up again unless its last day moves.".draw()
        }
    })
}

fn review(shown: &Shown) -> Html {
    let (text, is_due) = match shown.view.flag().review_by {
        None => ("Nobody is asked whether it is still needed.".to_owned(), true),
        Some(at) if at <= shown.now => (format!("Its review was due on {}: is it still needed?", when::date(at)), true),
        Some(at) => (format!("Its next review is on {}.", when::date(at)), false),
    };
    let form = date_form(shown, Date::Review, REVIEW, "Set the next review", "Review by", is_due);
    view! { <p>{text}</p> {form} }
}

/// A day and a reason. It stands open where it is due, and after a refusal.
fn date_form(shown: &Shown, date: Date, form: &'static str, label: &'static str, field: &'static str, is_due: bool) -> Html {
    if let Some(reason) = shown.project.refusal(Role::Editor) {
        return view! { <p><DisabledAction reason=reason brief=true>{label}</DisabledAction></p> };
    }
    let flag = shown.view.flag();
    let day = date.proposed(flag, &shown.project.stored.project.kinds, shown.now).to_date();
    let version = shown.view.version().to_string();
    let open = is_due || Attempt::of(form).is_some();
    view! {
        <Disclosure label=format!("{label}…") icon=Glyph::Clock open=open id=format!("{form}-open")>
            <Form id=form submit=label>
                <Hidden name="base_version" value=version />
                <Field name=date.field() label=field kind="date" value=day required=true width=16 />
                <Field name="reason" label="Why it is still needed" required=true hint="For the people who read the history." />
            </Form>
        </Disclosure>
    }
}

fn snooze(shown: &Shown) -> Html {
    if let Some(until) = shown.reminders.snoozed_until {
        let text = format!("Reminders to its owner are silent until {}.", when::date(until));
        let wake = shown.reminders.may_snooze.then(|| {
            view! {
                <form method="post">
                    <input type="hidden" name="_form" value=WAKE />
                    <Button icon=Glyph::Play>"Let them speak again"</Button>
                </form>
            }
        });
        return view! { <p>{text}</p> {wake} };
    }
    if !shown.reminders.may_snooze {
        return view! { <p class="sub">"Its owner, or an admin, can silence its reminders."</p> };
    }
    let (day, open) = (shown.now.plus(14 * DAY).to_date(), Attempt::of(SNOOZE).is_some());
    let hint = format!("At most {LONGEST_SNOOZE} days ahead. The project's admins hear of an expiry all the same.");
    view! {
        <Disclosure label="Silence reminders…" icon=Glyph::Pause open=open>
            <Form id=SNOOZE submit="Silence">
                <Field name="until" label="Until" kind="date" value=day required=true width=16 hint=hint />
                <Field name="reason" label="Why" />
            </Form>
        </Disclosure>
    }
}
