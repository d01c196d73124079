//! Code that asks for the flag, ready to be copied.

use super::Shown;
use super::next::SNIPPET;
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::when;
use crate::pages::code::Code;
use crate::pages::settings::Section;
use crate::server::services::usage::Usage;

pub fn snippets(shown: &Shown) -> Html {
    let code = Code::of(&shown.public_url, shown.view.flag());
    let items = vec![
        ("curl".to_owned(), code.curl()),
        ("Python".to_owned(), code.python()),
        ("JavaScript".to_owned(), code.javascript()),
    ];
    let seen = shown.usage.iter().filter_map(Usage::last_seen).max();
    let how = make_a_key(shown);
    let heard = match seen {
        Some(at) => {
            view! { <Badge tone=Tone::Ok icon=Glyph::Ok text=format!("Connected: last asked {}", when::relative(at, shown.now)) /> }
        }
        None => view! { <Badge tone=Tone::Info icon=Glyph::Clock text="Waiting for the first evaluation" /> },
    };
    view! {
        <Card id=SNIPPET title="Use it in your code" actions=heard>
            <div class="stack">
                {how}
                <div>
                    <p class="hint">"2. Ask for the flag, with that key in FLAGSTAFF_KEY."</p>
                    <Snippets name="use" items=items />
                </div>
            </div>
        </Card>
    }
}

/// The way to the page that makes keys. Its form says who may.
fn make_a_key(shown: &Shown) -> Html {
    let keys = Section::Keys.address(&shown.project);
    view! {
        <p class="hint">"1. Make an API key for the environment under "<a href=keys>"Settings, API keys"</a>"; an admin of the project can."</p>
    }
}
