//! A flag in one environment as it was at a moment, to read: who got what, and what a user would have got.

use super::trials::{self, Trials};
use super::{Address, here};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::Schema;
use crate::domain::flag::ExpiryAction;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::domain::when;
use crate::pages::fields::Fields;
use crate::pages::flag_head::{self, Here};
use crate::pages::page::{Frame, PageResult, Place};
use crate::pages::settings::Section;
use crate::pages::state_told;
use crate::pages::visit::Member;
use crate::server::error::Error;
use crate::server::services::attributes;
use crate::server::services::expectations;
use crate::server::services::flags::{self, FlagView};
use crate::server::services::moment;
use crate::server::services::projects::{self, OpenProject};
use crate::server::services::rewind;
use crate::server::services::states::{self, OpenState};
use crate::server::services::trials::{self as services, Asked};
use axum::extract::Path;

struct Shown {
    project: OpenProject,
    view: FlagView,
    live: OpenState,
    /// `None` where it was not there.
    then: Option<OpenState>,
    trials: Trials,
    schema: Schema,
    at: Timestamp,
    now: Timestamp,
}

pub async fn get(member: Member, Path((project, flag, environment)): Address, text: &str, asked: Option<Asked>) -> PageResult {
    let project = projects::open(member.state(), &member.actor(), &project).await?;
    let live = states::open(member.state(), &project, &environment, &flag)?;
    let now = member.visit.now;
    let at = match moment::parse(text) {
        Ok(at) if at <= now => at,
        Ok(_) => return again(member, project, &live, text, "That moment is still to come; the past ends now.".to_owned()).await,
        Err(why) => return again(member, project, &live, text, why).await,
    };
    let then = rewind::flag(member.state(), &project, &live, at).await?;
    let trials = tried(&member, &project, then.as_ref(), asked, at).await?;
    let schema = attributes::schema(member.state(), &project).await?;
    let view = flags::view_of(member.state(), &project, &flag).await?;
    let title = format!("{flag} in {environment}, as of {}", when::exact_second(at));
    let frame = Frame { title, project: Some(project.clone()), place: Place::Flags, ..Frame::default() };
    let shown = Shown { project, view, live, then, trials, schema, at, now };
    member.page(frame, move || page(&shown)).await
}

/// Asks for the moment once more, with what was typed.
async fn again(member: Member, project: OpenProject, live: &OpenState, text: &str, why: String) -> PageResult {
    let view = flags::view_of(member.state(), &project, live.flag_key().as_str()).await?;
    let (now, environment, here) = (member.visit.now, live.environment_key().to_string(), here(&project, live));
    let typed = Fields(vec![("_form".to_owned(), MOMENT.to_owned()), ("at".to_owned(), text.to_owned())]);
    let title = format!("{} in {environment}, as of a moment", live.flag_key());
    let attempt = Some(typed.attempt(Error::field("at", why))?);
    let frame = Frame { title, project: Some(project.clone()), place: Place::Flags, attempt, ..Frame::default() };
    member
        .page(frame, move || {
            let heading = flag_head::heading(&project, &view, Here::Environment(&environment), now);
            view! { {heading}<div class="stack">{choose(&project, view.flag().key.as_str(), here, String::new())}</div> }
        })
        .await
}

/// What the personas of today, and whom somebody thinks of, would have got.
async fn tried(
    member: &Member,
    project: &OpenProject,
    then: Option<&OpenState>,
    asked: Option<Asked>,
    at: Timestamp,
) -> Result<Trials, Error> {
    let Some(then) = then else { return Ok(Trials { personas: Vec::new(), user: None }) };
    let personas = expectations::of_past(member.state(), project, then, at).await?;
    let schema = attributes::schema(member.state(), project).await?;
    let user = asked.map(|asked| {
        let answer = services::of_user(&asked, then, project.role, &schema, at);
        (asked, answer)
    });
    Ok(Trials { personas, user })
}

fn page(shown: &Shown) -> Html {
    let environment = shown.live.environment_key().to_string();
    let heading = flag_head::heading(&shown.project, &shown.view, Here::Environment(&environment), shown.now);
    let body = match &shown.then {
        Some(then) => then_card(shown, then),
        None => view! {
            <Banner tone=Tone::Warn title="It was not there then.">
                <p>"Either the flag or the environment was made later."</p>
            </Banner>
        },
    };
    view! {
        {heading}
        <div class="stack">
            {banner(shown)}
            {body}
            {choose(&shown.project, shown.live.flag_key().as_str(), here(&shown.project, &shown.live), shown.at.to_string())}
        </div>
    }
}

fn banner(shown: &Shown) -> Html {
    let now = here(&shown.project, &shown.live);
    let environment = shown.live.environment_key().as_str();
    let back = format!("{}/{}/revert?at={}", Section::Environments.address(&shown.project), encode(environment), shown.at);
    let actions = view! {
        <LinkButton href=back kind=ButtonKind::Quiet>{format!("Bring {environment} back to then…")}</LinkButton>
        <LinkButton href=now>"See it now"</LinkButton>
    };
    let title = format!("As it was {}, at {}.", when::relative(shown.at, shown.now), when::exact_second(shown.at));
    view! { <Banner title=title actions=actions><p>"To read only: this is the past, put together from the history."</p></Banner> }
}

fn then_card(shown: &Shown, then: &OpenState) -> Html {
    let (flag, state) = (&then.served.stored.flag, &then.served.state);
    let rows = state_told::rows(state, shown.project.role, &shown.schema, shown.at);
    let title = format!("Rules in {} then", then.environment_key());
    let archived = flag.archived_at.is_some().then(|| {
        view! { <Banner title="The flag was archived then."><p>"It answered nobody, whatever stands below."</p></Banner> }
    });
    let fault = then.served.fault.is_some().then(|| {
        let title = format!("What stood there could not be served: everybody got {}.", flag.fallback_variant);
        view! { <Banner tone=Tone::Danger title=title /> }
    });
    let expired = flag.expires_at.filter(|at| *at <= shown.at).map(|_| match &flag.on_expiry {
        ExpiryAction::Serve(name) => {
            view! { <Banner title=format!("The flag had expired then: everybody got {name}.") /> }
        }
        _ => view! { <Banner title="The flag had expired then." /> },
    });
    let trials = flag.archived_at.is_none().then(|| tried_card(shown));
    let definition = definition(then);
    view! {
        {archived} {fault} {expired}
        <Card id="rules" title=title note="first match wins" flush=true>{rows}</Card>
        {trials}
        {definition}
    }
}

fn definition(then: &OpenState) -> Html {
    let flag = &then.served.stored.flag;
    let variants: Vec<String> = flag.variants.iter().map(|variant| format!("{} = {}", variant.name, variant.value)).collect();
    let (variants, fallback) = (variants.join(", "), flag.fallback_variant.to_string());
    let (kind, description) = (flag.kind.label(), flag.description.clone());
    let expires = flag.expires_at.map(|at| view! { <Fact label="Expires"><Exact at=at /></Fact> });
    view! {
        <Card id="definition" title="Its definition then">
            <Definitions wide=true>
                <Fact label="Description">{description}</Fact>
                <Fact label="Kind">{kind}</Fact>
                <Fact label="Variants"><code>{variants}</code></Fact>
                <Fact label="Fallback">{fallback}</Fact>
                {expires}
            </Definitions>
        </Card>
    }
}

fn tried_card(shown: &Shown) -> Html {
    let rows: Vec<_> = shown.trials.personas.iter().map(trials::row).collect();
    let personas = (!rows.is_empty()).then(|| view! { <ul class="tried">{rows}</ul> });
    let hidden = (shown.project.role == Role::Viewer)
        .then(|| view! { <p class="sub pad">"Whom lists name is not shown to viewers, so a reason may be told in part."</p> });
    let action = format!("{}?at={}#personas", here(&shown.project, &shown.live), encode(&shown.at.to_string()));
    let user = trials::try_form(action, shown.trials.user.as_ref());
    let note = format!("what they would have got in {}", shown.live.environment_key());
    view! {
        <Card id="personas" title="Who got what" note=note flush=true>
            {personas}
            {hidden}
            {user}
        </Card>
    }
}

/// The form that names the moment.
const MOMENT: &str = "moment";

/// The way to another moment.
fn choose(project: &OpenProject, flag: &str, action: String, at: String) -> Html {
    let history = format!("{}/history", flag_head::address(project, flag));
    view! {
        <Card id="another" title="Another moment">
            <Ask id=MOMENT label="Another moment" action=action>
                <Field name="at" label="Moment" value=at mono=true width=36 autocomplete="off" hint=moment::HOW moment=true />
                <p class="bar"><Button>"Show"</Button><LinkButton href=history kind=ButtonKind::Quiet>"History"</LinkButton></p>
            </Ask>
        </Card>
    }
}
