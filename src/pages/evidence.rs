//! Whether the history is as it was written: in a line above every history, and on a page for owners, with how long it is kept
//! and how somebody else can check it.

use super::done::{self, Params};
use super::fields::Fields;
use super::page::{self, Frame, PageResult};
use super::visit::Member;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::command::LEAST_RETENTION;
use crate::domain::count::counted;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::server::error::Error;
use crate::server::governance::audit::retention::{GRACE, Policy};
use crate::server::governance::audit::{Known, Verified};
use crate::server::services::evidence::{self, Standing};
use axum::extract::Query as QueryOf;

/// Its address.
pub const ADDRESS: &str = "/history/evidence";
const VERIFY: &str = "verify";
const RETENTION: &str = "retention";

pub async fn get(member: Member, QueryOf(params): QueryOf<Params>) -> PageResult {
    show(member, None, &params.done).await
}

pub async fn post(member: Member, fields: Fields) -> PageResult {
    let (state, actor) = (member.state(), member.actor());
    let done = match fields.form() {
        VERIFY => {
            evidence::verify_now(state, &actor).await?;
            return page::go(ADDRESS);
        }
        RETENTION => evidence::set_retention(state, &actor, fields.get("days"), fields.filled("reason")).await,
        _ => Err(Error::field("", "This page takes the forms verify and retention.")),
    };
    match done {
        Ok(applied) => page::done(ADDRESS, &applied),
        Err(error) => show(member, Some(fields.attempt(error)?), "").await,
    }
}

async fn show(member: Member, attempt: Option<Attempt>, sequence: &str) -> PageResult {
    let standing = evidence::standing(member.state(), &member.actor()).await?;
    let notice = done::notice_of_own(&member, sequence.parse().ok()).await;
    let frame = Frame { title: "Evidence".to_owned(), notice, attempt, ..Frame::default() };
    let now = member.visit.now;
    member.page(frame, move || view(standing, now)).await
}

fn view(standing: Standing, now: Timestamp) -> Html {
    let Standing { known, public_key, policy } = standing;
    let crumbs = vec![Crumb::new("Installation history", "/history")];
    view! {
        <PageHeading title="Evidence" crumbs=crumbs lead="Whether the history is as it was written, and how long it is kept." />
        <div class="stack">
            {line(known.as_ref(), now, false)}
            <Refused forms=vec![VERIFY, ""] />
            {chain(known, now)}
            {signed(public_key)}
            {retention(policy, now)}
        </div>
    }
}

/// The state of the chain in a line, or loudly in a banner. `leads` on to the page that says more, for who may see it.
pub fn line(known: Option<&Known>, now: Timestamp, leads: bool) -> Html {
    let more = leads.then(|| view! { <a href=ADDRESS>"Evidence"</a> });
    let Some(known) = known else {
        return view! { <p class="bar sub"><Icon name=Glyph::Clock />"Not verified yet since the server started." {more}</p> };
    };
    if !known.verified.is_intact() {
        return alarm(&known.verified, more);
    }
    let text = format!("{}, verified {}.", intact(&known.verified), when::relative(known.at, now));
    view! { <p class="bar sub"><Icon name=Glyph::Ok /><span>{text}</span> {more}</p> }
}

/// `Intact to row 1 204`
fn intact(verified: &Verified) -> String {
    match (verified.pruned, verified.rows) {
        (_, 0) => "Nothing is written yet".to_owned(),
        (0, _) => format!("Intact to row {}", number(verified.through())),
        (pruned, _) => {
            format!("Intact from row {} to row {}; older ones were pruned", number(pruned + 1), number(verified.through()))
        }
    }
}

fn number(count: i64) -> String {
    counted(u64::try_from(count).unwrap_or_default())
}

fn alarm(verified: &Verified, more: Option<Html>) -> Html {
    let title = match &verified.first_bad {
        Some(bad) => format!("Row {} {}.", number(bad.seq), bad.why),
        None => verified.bad_heads.clone().unwrap_or_default(),
    };
    let sound = match (&verified.first_bad, verified.rows) {
        (None, _) => "Every row that is there fits the one before it.".to_owned(),
        (Some(_), 0) => "None of the rows can be relied on.".to_owned(),
        (Some(_), _) => {
            let first = number(verified.pruned + 1);
            format!("Rows {first} to {} are sound; what follows cannot be relied on.", number(verified.through()))
        }
    };
    let also = verified.first_bad.is_some().then(|| verified.bad_heads.clone()).flatten();
    let what_to_do = "Somebody changed the database or its folder past Flagstaff, or an older copy was put back. Keep both as they are: \
                      copy them away, then compare with your last backup. \"flagstaff verify-audit\" says the same in the shell.";
    view! {
        <Banner tone=Tone::Danger title=title>
            <p>{sound} " " {also}</p>
            <p>{what_to_do} " " {more}</p>
        </Banner>
    }
}

fn chain(known: Option<Known>, now: Timestamp) -> Html {
    let facts = known.map(|known| {
        let kept = match known.kept {
            Some((seq, at)) => view! { {format!("row {}, ", number(seq))} <Ago at=at now=now /> },
            None => "nothing yet".draw(),
        };
        view! {
            <Definitions wide=true>
                <Fact label="New rows verified"><When at=known.at now=now /></Fact>
                <Fact label="All rows verified"><When at=known.whole_at now=now /></Fact>
                <Fact label="Remembered in audit.heads">{kept}</Fact>
            </Definitions>
        }
    });
    view! {
        <Card id="chain" title="The chain">
            <div class="stack">
                <p>
                    "Each row carries a mac over itself and the row before it, made with the installation's secret: none can be
                    changed, removed, added or moved unseen. New rows are verified every five minutes, all of them once a day. The
                    end of the chain is kept every hour in the file audit.heads beside the secret, so that an older or another
                    database in the place of this one is found out."
                </p>
                {facts}
                <form method="post" class="form">
                    <input type="hidden" name="_form" value=VERIFY />
                    <p><Button icon=Glyph::Check>"Verify all rows now"</Button></p>
                </form>
            </div>
        </Card>
    }
}

fn signed(public_key: String) -> Html {
    let command = format!("flagstaff verify-audit --file history.signed.jsonl --key {public_key}");
    let link = view! {
        <LinkButton href="/history.signed.jsonl" kind=ButtonKind::Quiet icon=Glyph::Down>"Download"</LinkButton>
    };
    view! {
        <Card id="signed" title="Signed export" actions=link>
            <div class="stack">
                <p>
                    "The whole history as JSON Lines with a signature (Ed25519). Who has the public key can check it, on any machine
                    and without this installation; a line that was changed is named. Admins find the same of their project on its
                    audit log. Hand the public key over by another way than the file."
                </p>
                <Definitions>
                    <Fact label="Public key"><Copy text=public_key label="public key" /></Fact>
                    <Fact label="Check it with"><Copy text=command label="command" /></Fact>
                </Definitions>
            </div>
        </Card>
    }
}

fn retention(policy: Policy, now: Timestamp) -> Html {
    let begins = policy.since.map(|since| since.plus(GRACE)).filter(|begins| policy.days.is_some() && *begins > now);
    let begins = begins.map(|begins| {
        view! { <Banner tone=Tone::Warn title=format!("Nothing is removed before {}.", when::exact(begins)) /> }
    });
    let days = policy.days.map(|days| days.to_string()).unwrap_or_default();
    let hint = format!("Nothing: for ever. At least {LEAST_RETENTION}.");
    view! {
        <Card id="kept" title="How long it is kept" note=policy.days.map_or("for ever", |_| "then pruned")>
            <Form id=RETENTION submit="Save" tone=ButtonKind::Plain>
                {begins}
                <p>
                    "Older rows are removed once a day, for good, the first time a day after this is set. Undoing, restoring and looking
                    back then end where the history begins. A stub stays, from which the chain goes on, and the history tells what
                    was removed. Nothing is removed while any row is not as it was written."
                </p>
                <Field name="days" label="Keep rows for" value=days inputmode="numeric" width=6 unit="days" hint=hint />
                <Field name="reason" label="Why" hint="For the people who read the history." />
            </Form>
        </Card>
    }
}
