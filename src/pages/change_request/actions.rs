//! How a request stands, and what whoever looks can do with it; what they cannot, with the reason and who could.

use super::{APPLY, BREAK_GLASS, EDIT, REOPEN, REVERT, REVIEW, SCHEDULE, Shown, UNSCHEDULE, UPDATE, VERDICT, WITHDRAW};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::change_request::{Act, AfterReview, Status};
use crate::pages::confirm::looks;
use crate::pages::schedule_fields;
use crate::server::services::change_requests::Reviewer;

pub fn aside(shown: &Shown) -> Html {
    match shown.opened.stored.request.status {
        Status::Open => view! { {standing(shown)}{verdict(shown)}{apply(shown)}{glass(shown)}{more(shown)} },
        Status::Withdrawn => view! { {comment()}{reopen(shown)} },
        Status::Applied => view! { {after(shown)}{comment()}{revert(shown)} },
    }
}

/// The forms that do not show by themselves why they were refused: those of one button, and those that are not drawn.
pub fn silent(shown: &Shown) -> Vec<&'static str> {
    let buttons = ["", APPLY, UPDATE, WITHDRAW, REOPEN, EDIT, REVERT, UNSCHEDULE];
    let drawn = [(SCHEDULE, is_to_schedule(shown)), (BREAK_GLASS, is_glass(shown)), (REVIEW, is_to_look_at(shown))];
    buttons.into_iter().chain(drawn.into_iter().filter(|(_, drawn)| !drawn).map(|(form, _)| form)).collect()
}

/// A form of one button.
fn button(form: &'static str, label: &'static str, kind: ButtonKind) -> Html {
    view! { <form method="post"><input type="hidden" name="_form" value=form /><Button kind=kind>{label}</Button></form> }
}

/// The same, or the button shown with why it cannot be pressed.
fn either(refusal: Option<String>, form: &'static str, label: &'static str, kind: ButtonKind) -> Html {
    match refusal {
        Some(reason) => view! { <DisabledAction reason=reason>{label}</DisabledAction> },
        None => button(form, label, kind),
    }
}

fn standing(shown: &Shown) -> Html {
    let opened = &shown.opened;
    let found = opened.standing.clone().unwrap_or_default();
    let approved: Vec<String> = found.approved_by.iter().map(|id| opened.name(id)).collect();
    let (have, need) = (approved.len(), found.quorum);
    // Where nobody has to approve it, only who has said something stands here.
    let is_told = |reviewer: &&Reviewer| need > 0 || reviewer.objects || reviewer.has_approved;
    let people: Vec<_> = opened.reviewers.iter().filter(is_told).map(person).collect();
    let outdated: Vec<_> = found
        .outdated
        .iter()
        .map(|id| view! { <li class="sub">{format!("{} approved an earlier content.", opened.name(id))}</li> })
        .collect();
    let nobody = (need > 0 && opened.reviewers.is_empty()).then(|| {
        view! { <p class="hint">"Nobody else here may approve it. An admin gives somebody the role, under Settings, People."</p> }
    });
    let text = match need {
        0 => "Nobody else has to look at it: no policy asks for that.".to_owned(),
        _ => format!("{}: {have} of {need} approved.", crate::domain::text::capital(&looks(&opened.asked))),
    };
    view! {
        <Card id="reviews" title="Reviews">
            <p>{text}</p>
            <ul class="plain stack-tight">{people}{outdated}</ul>
            {nobody}
        </Card>
    }
}

fn person(reviewer: &Reviewer) -> Html {
    let (tone, said) = match (reviewer.has_approved, reviewer.objects, reviewer.was_asked) {
        (true, ..) => (Tone::Ok, "approved"),
        (_, true, _) => (Tone::Warn, "asked for changes"),
        (.., true) => (Tone::Info, "asked"),
        _ => (Tone::Neutral, "may approve"),
    };
    view! { <li>{reviewer.name.clone()}" "<Badge tone=tone text=said /></li> }
}

/// Approve, ask for changes, or just say something.
fn verdict(shown: &Shown) -> Html {
    let opened = &shown.opened;
    let outdated =
        opened.is_behind.then(|| "Something changed here since it was made: it is updated or made again first.".to_owned());
    let refusal = opened.refusal(Act::Approve).or(outdated);
    let content = opened.content.clone();
    // What needs nobody's approval is not approved; whoever asked for changes of it may think better of that.
    let is_unasked = opened.standing.as_ref().is_some_and(|standing| standing.quorum == 0 && standing.objected.is_empty());
    let may_object = opened.refusal(Act::RequestChanges).is_none() && !opened.is_behind;
    let object = || view! { <Button name="verdict" value="request-changes">"Request changes"</Button> };
    let buttons = match refusal {
        _ if is_unasked => view! {
            <Button name="verdict" value="comment">"Comment"</Button>
            {may_object.then(object)}
        },
        Some(reason) => view! {
            <DisabledAction reason=reason>"Approve"</DisabledAction>
            <Button name="verdict" value="comment">"Comment"</Button>
        },
        None => view! {
            <Button kind=ButtonKind::Primary name="verdict" value="approve">"Approve"</Button>
            {object()}
            <Button kind=ButtonKind::Quiet name="verdict" value="comment">"Comment"</Button>
        },
    };
    let (title, hint) = match (is_unasked, may_object) {
        (true, false) => ("Say something", "For everybody who reads the request."),
        (true, true) => ("Say something", "Needed to ask for changes, which keeps it from being applied."),
        (false, _) => ("What do you say?", "Needed to ask for changes."),
    };
    view! {
        <Card id="say" title=title>
            <Form id=VERDICT actions=buttons>
                <input type="hidden" name="content" value=content />
                <TextArea name="text" label="Comment" rows=3 hint=hint />
            </Form>
        </Card>
    }
}

fn comment() -> Html {
    let send = view! { <Button name="verdict" value="comment">"Comment"</Button> };
    view! {
        <Card id="say" title="Say something">
            <Form id=VERDICT actions=send><TextArea name="text" label="Comment" rows=3 required=true /></Form>
        </Card>
    }
}

fn apply(shown: &Shown) -> Html {
    let opened = &shown.opened;
    let waits = opened.standing.as_ref().map_or(0, |standing| standing.missing());
    let why = match (opened.refusal(Act::Apply), opened.is_behind, &opened.trouble, opened.is_approved()) {
        (Some(why), ..) => Some(why),
        (None, true, ..) => Some("Something changed here since it was made: update it first.".to_owned()),
        (None, _, Some(why), _) => Some(crate::domain::text::capital(why)),
        (.., true) => None,
        (.., false) if waits == 0 => Some("Somebody asked for changes.".to_owned()),
        (.., false) => {
            Some(format!("It waits for {}.", if waits == 1 { "1 approval".to_owned() } else { format!("{waits} approvals") }))
        }
    };
    let now = either(why, APPLY, "Apply now", ButtonKind::Primary);
    let schedule = schedule(shown);
    view! { <Card id="apply" title="Apply"><div class="stack">{now}{schedule}</div></Card> }
}

/// When it is applied by itself, and the way to say so.
fn schedule(shown: &Shown) -> Html {
    let stored = &shown.opened.stored;
    let refusal = shown.opened.refusal(Act::Schedule);
    let may = refusal.is_none();
    let told = stored.apply_at.map(|at| {
        let schedule = stored.schedule.clone().unwrap_or_else(|| at.into());
        let waits = stored.request.asked.quorum > 0 && !shown.opened.is_approved();
        let condition = if waits { " It is applied if it is approved by then." } else { "" };
        let text = format!("Scheduled for {}, {}.{condition}", schedule.told(at), schedule.grace_told());
        view! { <p>{text}</p><p><When at=at now=shown.now /></p> }
    });
    let off = (may && stored.apply_at.is_some()).then(|| button(UNSCHEDULE, "Do not schedule it", ButtonKind::Quiet));
    let (label, submit) = match stored.apply_at {
        Some(_) => ("Schedule it for another moment", "Reschedule"),
        None => ("Apply it later", "Schedule"),
    };
    let (present, open) = (stored.schedule.clone(), Attempt::of(SCHEDULE).is_some());
    let form = may.then(|| {
        view! {
            <Disclosure label=label icon=Glyph::Clock open=open>
                <Form id=SCHEDULE submit=submit>{schedule_fields::inputs(SCHEDULE, present.as_ref())}</Form>
            </Disclosure>
        }
    });
    let refused = refusal.map(|reason| view! { <DisabledAction reason=reason>{label}</DisabledAction> });
    view! { {told}{form}{refused}{off} }
}

fn is_to_schedule(shown: &Shown) -> bool {
    let opened = &shown.opened;
    let is_open = opened.stored.request.status == Status::Open;
    is_open && opened.refusal(Act::Schedule).is_none()
}

/// Whether the glass is there to be broken: not for what is behind, nor for what can be applied as it is.
fn is_glass(shown: &Shown) -> bool {
    let opened = &shown.opened;
    let is_open = opened.stored.request.status == Status::Open;
    let may = opened.may_break_glass && opened.refusal(Act::BreakGlass).is_none();
    is_open && may && !opened.is_behind && !(opened.is_approved() && opened.trouble.is_none())
}

fn is_to_look_at(shown: &Shown) -> bool {
    let request = &shown.opened.stored.request;
    request.after_review == AfterReview::Open && shown.opened.refusal(Act::Review).is_none()
}

/// For emergencies, and only shown to who holds it.
fn glass(shown: &Shown) -> Option<Html> {
    let opened = &shown.opened;
    if !is_glass(shown) {
        return None;
    }
    let typed = opened.ladder.as_ref().filter(|ladder| ladder.typed).map(|ladder| ladder.environment.clone());
    let name = move || {
        typed.map(|environment| {
            let hint = format!("Type {environment} to say that you mean it.");
            view! { <Field name="confirmation" label="Environment" required=true mono=true autocomplete="off" hint=hint /> }
        })
    };
    let text = "Applies it at once, without the review that is due. Everybody who may approve is told, and somebody else looks at it afterwards.";
    Some(view! {
        <Card id="glass" title="Emergency">
            <Disclosure label="Break the glass…" icon=Glyph::Warning open=Attempt::of(BREAK_GLASS).is_some()>
                <p>{text}</p>
                <Form id=BREAK_GLASS submit="Break the glass and apply" tone=ButtonKind::Danger>
                    <Field name="reason" label="Reason" required=true hint="For everybody who is told, and for the history." />
                    {name()}
                </Form>
            </Disclosure>
        </Card>
    })
}

fn more(shown: &Shown) -> Html {
    let edit = either(shown.opened.refusal(Act::Edit), EDIT, "Edit", ButtonKind::Plain);
    let withdraw = either(shown.opened.refusal(Act::Withdraw), WITHDRAW, "Take it back", ButtonKind::Danger);
    view! {
        <Card id="more" title="More">
            <div class="bar">{edit}{withdraw}</div>
            <p class="hint">"An edit begins a new round: nobody has approved what it holds then, and who edits it does not approve it."</p>
        </Card>
    }
}

fn reopen(shown: &Shown) -> Html {
    let open = either(shown.opened.refusal(Act::Reopen), REOPEN, "Open it again", ButtonKind::Primary);
    view! { <Card id="more" title="Taken back"><p>"Nothing of it was changed."</p>{open}</Card> }
}

/// The review after the fact.
fn after(shown: &Shown) -> Option<Html> {
    let opened = &shown.opened;
    match opened.stored.request.after_review {
        AfterReview::NotDue => None,
        AfterReview::Done => {
            Some(view! { <Card id="after" title="Review after the fact"><p>"Somebody has looked at it."</p></Card> })
        }
        AfterReview::Open => {
            let form = match opened.refusal(Act::Review) {
                Some(reason) => view! { <DisabledAction reason=reason>"I looked at it"</DisabledAction> },
                None => view! {
                    <Form id=REVIEW submit="I looked at it">
                        <TextArea name="text" label="What you found" rows=3 hint="What it did, and whether something has to follow." />
                    </Form>
                },
            };
            let text = "It went through without the review that was due. It stays open until somebody else has looked at it.";
            Some(view! { <Card id="after" title="Review after the fact"><p>{text}</p>{form}</Card> })
        }
    }
}

fn revert(shown: &Shown) -> Option<Html> {
    let may = shown.opened.refusal(Act::Comment).is_none() && shown.project.role >= crate::domain::role::Role::Editor;
    (may && shown.opened.stored.rows.is_some()).then(|| {
        view! {
            <Card id="revert" title="Take it back">
                <p>"Makes a draft of everything as it was before. It is looked at like any change."</p>
                {button(REVERT, "Revert all of it", ButtonKind::Plain)}
            </Card>
        }
    })
}
