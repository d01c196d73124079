//! The question to take along: as a command that asks this server, and as a link for a colleague. Neither has an attribute that
//! the project calls private.

use super::Shown;
use super::address;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::text::listed;
use crate::pages::code;
use crate::server::services::contexts::shareable;

pub fn view(shown: &Shown) -> Html {
    let (contexts, left_out) = shareable(&shown.contexts, &shown.schema);
    let left_out = (!left_out.is_empty()).then(
        || view! { <p class="hint">{format!("Left out, because the project calls them private: {}.", listed(&left_out))}</p> },
    );
    let link = format!("{}{}", shown.public_url, address::address(&shown.project, &shown.query.without("page")));
    let flag = if let [only] = shown.asked.flags.as_slice() { Some(only.as_str()) } else { None };
    let curl = code::curl_with(&shown.public_url, flag, &contexts.combination(0));
    let note = note(shown);
    view! {
        <Card id="along" title="Take it along">
            <div class="stack">
                {left_out}
                <Snippet label="As a command" code=curl />
                <p class="hint">{note}</p>
                <Snippet label="As a link to this page" code=link />
            </div>
        </Card>
    }
}

/// What the command cannot say.
fn note(shown: &Shown) -> String {
    let several = if shown.contexts.count() > 1 { "It asks for the first of the combinations. " } else { "" };
    let moment = if shown.at.is_some() { " It asks for now: only this page knows other moments." } else { "" };
    format!("{several}The key in FLAGSTAFF_KEY says which environment answers.{moment}")
}
