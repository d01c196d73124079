//! How the schedule looks.

use super::{AHEAD, MAKE, PER_PAGE, REMOVE, Shown, calendar};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::count::counted;
use crate::domain::schedule::Outcome;
use crate::domain::time::{MINUTE, Timestamp};
use crate::domain::when;
use crate::pages::changes::address;
use crate::server::services::moment;
use crate::server::services::projects::OpenProject;
use crate::server::services::schedule::calendar::{href, told};
use crate::server::services::schedule::{Entry, MOST_CHANGES, Mark, Weight, What};
use crate::server::store::schedules::Run;

const LEAD: &str = "What changes by itself, and when: steps of plans, scheduled changes, expiries, reviews of flags, freezes.";

pub fn page(shown: &Shown) -> Html {
    let frozen: Vec<_> = shown.timeline.frozen.iter().map(|freeze| frozen(freeze, shown.now)).collect();
    let (lately, filters, body) = (lately(shown), filters(shown), body(shown));
    let (then, calendar) = (then(shown), calendar::card(shown));
    let aside = view! { {then}{calendar} };
    view! {
        <PageHeading title="Schedule" lead=LEAD />
        <Split aside=aside aside_label="More of the schedule">
            <Refused forms=vec![MAKE, REMOVE, ""] />
            {frozen}
            {lately}
            {filters}
            {body}
        </Split>
    }
}

fn frozen((place, name, until): &(String, String, Timestamp), now: Timestamp) -> Html {
    let title = format!("{place} is frozen now ({name}), until {}.", when::exact(*until));
    let left = format!(
        "It ends {}. Only turning off, and pausing or rolling back a plan, go through; plans go on.",
        when::relative(*until, now)
    );
    view! { <Banner tone=Tone::Warn title=title><p>{left}</p></Banner> }
}

/// What came lately and did not go as planned.
fn lately(shown: &Shown) -> Option<Html> {
    if shown.lately.is_empty() {
        return None;
    }
    let rows: Vec<_> = shown.lately.iter().map(|run| run_row(&shown.project, run, shown.now)).collect();
    Some(view! {
        <Card id="lately" title="Not as planned" note="in the last 7 days">
            <ul class="plain stack-tight">{rows}</ul>
        </Card>
    })
}

fn run_row(project: &OpenProject, run: &Run, now: Timestamp) -> Html {
    let late = when::span(run.ran_at.millis() - run.due_at.millis());
    let (tone, said) = match run.outcome {
        Outcome::Applied => (Tone::Ok, "applied".to_owned()),
        Outcome::Late => (Tone::Warn, format!("applied {late} late")),
        Outcome::Missed => (Tone::Danger, "missed".to_owned()),
        Outcome::Refused => (Tone::Danger, "not applied".to_owned()),
    };
    let (link, title, number) = (address(project.key().as_str(), run.number), run.title.clone(), format!("#{}", run.number));
    let (due, ago) = (format!(", due {}", when::exact(run.due_at)), run.ran_at);
    view! {
        <li>
            <Badge tone=tone icon=tone.glyph() text=said />" "<a href=link>{title}</a>" "<span class="sub">{number}{due}" · "<Ago at=ago now=now /></span>
        </li>
    }
}

fn filters(shown: &Shown) -> Html {
    let places = shown.timeline.environments.iter();
    let places: Vec<Choice> = places.map(|place| Choice::new(place.key.as_str(), place.name.clone())).collect();
    let lengths = AHEAD.into_iter().map(|(value, days)| {
        let label = if days > 365 { "A year".to_owned() } else { format!("{days} days") };
        Choice::new(value, label)
    });
    let lengths: Vec<Choice> = lengths.collect();
    let (place, days) = (shown.environment.clone().unwrap_or_default(), shown.days.to_string());
    view! {
        <Filters label="Filter the schedule">
            <Select name="env" label="Environment" options=places value=place prompt="All environments" />
            <Select name="days" label="Ahead" options=lengths value=days />
            <Button icon=Glyph::Filter>"Show"</Button>
        </Filters>
    }
}

fn body(shown: &Shown) -> Html {
    let total = shown.timeline.total;
    if total == 0 {
        let text = "Rollout plans, expiry dates and changes that are saved for later stand here. To schedule one, edit a flag and choose Schedule in place of Save, or beside its switch.";
        let action = view! { <LinkButton href=format!("/p/{}/flags", shown.project.key())>"To the flags"</LinkButton> };
        return view! { <EmptyNew icon=Glyph::Schedule title="Nothing is going to happen by itself" action=action><p>{text}</p></EmptyNew> };
    }
    let same_day = |a: &Entry, b: &Entry| a.at.date() == b.at.date();
    let days: Vec<_> = shown.timeline.entries.chunk_by(same_day).map(|day| of_day(&shown.project, day, shown.now)).collect();
    let pages = total.div_ceil(PER_PAGE).max(1) as u64;
    let (page, query) = ((shown.page as u64).saturating_add(1), shown.query.clone());
    let count = match total {
        1 => "1 thing".to_owned(),
        many => format!("{} things", counted(many as u64)),
    };
    let cut = shown.timeline.changes_until.map(|until| {
        let until = when::exact(until);
        view! { <Banner tone=Tone::Info title=format!("Scheduled changes after {until} are not here")><p>{format!("No more than {MOST_CHANGES} are looked at together.")}</p></Banner> }
    });
    view! {
        {cut}
        <p class="sub">{count}", by days of UTC."</p>
        <section class="stack" aria-label="What will happen, in its order">{days}</section>
        <Paging page=page pages=pages query=query />
    }
}

/// What comes on one day.
fn of_day(project: &OpenProject, entries: &[Entry], now: Timestamp) -> Option<Html> {
    let day = entries.first()?.at;
    let events: Vec<_> = entries.iter().map(|entry| event(project, entry, now)).collect();
    Some(view! {
        <Card id=format!("day-{}", day.to_date()) title=when::weekday_and_date(day) flush=true>
            <ol class="plain agenda">{events}</ol>
        </Card>
    })
}

fn event(project: &OpenProject, entry: &Entry, now: Timestamp) -> Html {
    let places = match entry.places.is_empty() {
        true => view! { <span class="sub">"everywhere"</span> },
        false => {
            let badges = entry.places.iter().map(|place| {
                let (colour, name) = (place.0.colour, place.0.key.to_string());
                view! { <EnvironmentBadge colour=colour name=name />" " }
            });
            badges.collect::<Vec<_>>().draw()
        }
    };
    let (icon, kind) = kind(&entry.what);
    let (link, said, at) = (href(project, entry), told(entry), entry.at);
    let touches = match &entry.what {
        What::Change { schedule, .. } => {
            let flags = crate::domain::text::listed(&entry.flags);
            let moment = schedule.as_ref().map(|schedule| schedule.told(at)).filter(|told| told.contains(" in "));
            let text =
                [Some(flags).filter(|text| !text.is_empty()), moment].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            (!text.is_empty()).then(|| view! { <p class="sub">{text}</p> })
        }
        _ => None,
    };
    let marks: Vec<_> = entry.marks.iter().map(mark).collect();
    let marks = (!marks.is_empty()).then(|| view! { <ul class="plain stack-tight">{marks}</ul> });
    view! {
        <li>
            <AtTime at=at now=now />
            <div>
                <p><Badge icon=icon text=kind />" "<a href=link>{said}</a></p>
                {touches}
                {marks}
            </div>
            <span>{places}</span>
        </li>
    }
}

const fn kind(what: &What) -> (Glyph, &'static str) {
    match what {
        What::Step { .. } => (Glyph::Metrics, "Plan"),
        What::Change { .. } => (Glyph::Schedule, "Change"),
        What::Expiry(_) => (Glyph::Expired, "Expiry"),
        What::Review => (Glyph::Search, "Review"),
        What::FreezeBegins { .. } | What::FreezeEnds { .. } => (Glyph::Lock, "Freeze"),
    }
}

pub fn mark(mark: &Mark) -> Html {
    let (tone, word) = match mark.weight {
        Weight::Note => (Tone::Info, "Note"),
        Weight::Meets => (Tone::Warn, "Meets another"),
        Weight::Stops => (Tone::Danger, "Will not come"),
    };
    view! { <li><Badge tone=tone icon=tone.glyph() text=word />" "{mark.text.clone()}</li> }
}

/// The way to the playground at a moment.
fn then(shown: &Shown) -> Html {
    let action = format!("/p/{}/playground", shown.project.key());
    let places = shown.timeline.environments.iter();
    let places: Vec<Choice> = places.map(|place| Choice::new(place.key.as_str(), place.name.clone())).collect();
    // Where customers are is what one wants to know of.
    let usual = shown.timeline.environments.last().map(|place| place.key.to_string());
    let place = shown.environment.clone().or(usual).unwrap_or_default();
    // To the minute, and after what comes in it.
    let next = shown.timeline.entries.first().map_or(shown.now, |entry| entry.at).plus(MINUTE - 1);
    let next = next.plus(-(next.millis().rem_euclid(MINUTE)));
    view! {
        <Card id="then" title="What will it be at …">
            <Ask id="then-form" label="What will it be at a moment" action=action>
                <Select name="env" label="Environment" options=places value=place required=true />
                <Field name="at" label="Moment" value=moment::typed_at(next) required=true mono=true autocomplete="off" hint=moment::HOW moment=true />
                <p class="bar"><Button icon=Glyph::Playground>"Open the playground"</Button></p>
                <p class="hint">"Plans, expiries and time windows as they will be then. Scheduled changes are not in it: they are not made yet."</p>
            </Ask>
        </Card>
    }
}
