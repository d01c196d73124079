//! What a page has to say before anything else.

use super::action::Button;
use super::badge::Tone;
use super::icon::{Glyph, Icon};
use crate::components::prelude::*;

/// A notice across the page. What just happened goes into the frame's status region, which reads it out; a banner that
/// is part of the page stands anywhere.
#[component]
pub fn Banner(
    #[prop(optional)] tone: Tone,
    #[prop(into)] title: String,
    /// What to do about it: a button, a link.
    #[prop(optional)]
    actions: Option<Html>,
    #[prop(optional)] children: Option<Children>,
) -> Html {
    let body = children.map(|children| view! { <div class="body">{children.draw()}</div> });
    let actions = actions.map(|view| view! { <div class="bar end">{view}</div> });
    view! {
        <div class=format!("banner {}", tone.as_str())>
            <Icon name=tone.glyph() />
            <div class="text"><b>{title}</b>{body}</div>
            {actions}
        </div>
    }
}

/// The banner that a script fills in when it has changed something in place: the same as the server would have drawn.
#[component]
pub fn DoneTemplate() -> Html {
    let undo = view! { <form method="post"><Button icon=Glyph::Undo>"Undo"</Button></form> };
    view! { <template id="done"><Banner tone=Tone::Ok title="" actions=undo /></template> }
}
