//! The card that tries the flag: what each persona gets here, what a user whom somebody thinks of gets, and why.

use super::Shown;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::attribute::Schema;
use crate::domain::role::Role;
use crate::engine::Explanation;
use crate::pages::explanation::{trace, words};
use crate::pages::personas::expected;
use crate::pages::playground::address::of_flag;
use crate::pages::settings::Section;
use crate::server::services::expectations::Verdict;
use crate::server::services::trials::Asked;

/// The id of the card's heading; links and the form lead here.
const ID: &str = "personas";

/// The form that asks for somebody.
pub const FORM: &str = "try";

/// What the card shows.
pub struct Trials {
    pub personas: Vec<Verdict>,
    /// What was asked for in the address, with its answer.
    pub user: Option<(Asked, Result<Explanation, String>)>,
}

pub fn card(shown: &Shown) -> Html {
    // It answers nobody.
    if shown.open.served.is_archived() {
        return ().draw();
    }
    let personas = personas(shown);
    let link = match shown.project.refusal(Role::Editor) {
        None => "Edit personas",
        Some(_) => "See personas",
    };
    let playground = of_flag(&shown.project, shown.open.flag_key().as_str(), shown.open.environment_key().as_str());
    let link = view! {
        <LinkButton href=playground kind=ButtonKind::Quiet icon=Glyph::Playground>"Try it in the playground"</LinkButton>
        <LinkButton href=Section::Personas.address(&shown.project) kind=ButtonKind::Quiet>{link}</LinkButton>
    };
    let hidden = (shown.project.role == Role::Viewer)
        .then(|| view! { <p class="sub pad">"Whom lists name is not shown to viewers, so a reason may be told in part."</p> });
    let (user, note) = (user(shown), format!("what they get in {} now", shown.open.environment_key()));
    view! {
        <Card id=ID title="Personas" note=note flush=true actions=link>
            {personas}
            {hidden}
            {user}
        </Card>
    }
}

fn personas(shown: &Shown) -> Html {
    if shown.trials.personas.is_empty() {
        return view! { <p class="pad sub">"None yet. A persona is a user with a name, to see at a glance who gets what."</p> };
    }
    let rows: Vec<_> = shown.trials.personas.iter().map(row).collect();
    view! { <ul class="tried">{rows}</ul> }
}

pub fn row(verdict: &Verdict) -> Html {
    let (name, description) = (verdict.persona.name.clone(), verdict.persona.description.clone());
    let standing = verdict.expected.as_ref().zip(verdict.standing()).map(|(name, standing)| expected::badge(name, standing));
    let answer = match &verdict.now {
        Ok(explanation) => gets(explanation),
        Err(why) => {
            let why = format!("Its context cannot be used: {why}");
            view! { <p class="sub">{why}</p> }
        }
    };
    view! { <li><div><b>{name}</b><p class="sub">{description}</p>{standing}</div>{answer}</li> }
}

/// The variant and its value, the reason in words, and every step on demand.
fn gets(explanation: &Explanation) -> Html {
    let (variant, value) = (explanation.variant.clone(), explanation.value.to_string());
    let (reason, code) = (words(explanation.reason), explanation.reason.as_str());
    let steps = trace(explanation);
    view! {
        <div><b>{variant}</b><p class="sub clamp"><code>{value}</code></p></div>
        <p title=code>{reason}</p>
        <Disclosure label="Step by step" icon=Glyph::Info>{steps}</Disclosure>
    }
}

fn user(shown: &Shown) -> Html {
    try_form(format!("{}#{ID}", shown.here()), shown.trials.user.as_ref())
}

/// The form that asks for somebody. It leads to an address, so that an answer can be sent to a colleague, unless that would have
/// to hold private values.
pub fn try_form(action: String, user: Option<&(Asked, Result<Explanation, String>)>) -> Html {
    let (asked, answer) = user.map(|(asked, answer)| (asked.clone(), told(answer))).unzip();
    let asked = asked.unwrap_or_default();
    view! {
        <div class="pad try">
            <h3>"Try a user"</h3>
            <form method="post" action=action class="form" aria-label="Try a user">
                <input type="hidden" name="_form" value=FORM />
                <Field name="user" label="Targeting key" value=asked.targeting_key mono=true width=24 autocomplete="off" placeholder="user_1" />
                <TextArea name="context" label="More of the context, as JSON" value=asked.context mono=true rows=2
                    placeholder="{\"plan\": \"pro\", \"country\": \"NO\"}" />
                <p><Button>"Try"</Button></p>
            </form>
            {answer}
        </div>
    }
}

fn told(answer: &Result<Explanation, String>) -> Html {
    match answer {
        Err(why) => {
            let why = why.clone();
            view! { <Banner tone=Tone::Danger title="This context cannot be read."><p>{why}</p></Banner> }
        }
        Ok(explanation) => {
            let (variant, value) = (explanation.variant.clone(), explanation.value.to_string());
            let steps = trace(explanation);
            view! {
                <div class="answer" role="group" aria-label="The answer">
                    <p><b>{variant}</b>" "<code>{value}</code></p>
                    {steps}
                </div>
            }
        }
    }
}

/// Where somebody is to be asked for; `None` where that cannot stand in an address, so that the page itself answers.
pub fn address(here: &str, at: Option<&str>, asked: &Asked, schema: &Schema) -> Option<String> {
    let (public, whole) = asked.public(schema);
    whole.then(|| open_address(here, at, &public))
}

/// The address of a question without what no address should hold.
pub fn open_address(here: &str, at: Option<&str>, asked: &Asked) -> String {
    let pairs = [("at", at.unwrap_or_default()), ("user", &asked.targeting_key), ("context", asked.context.trim())];
    let pairs = pairs.into_iter().filter(|(name, value)| !value.is_empty() || *name == "user");
    let query = Query(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    format!("{here}{}#{ID}", query.href())
}
