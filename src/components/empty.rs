//! Places with nothing in them. Nothing yet and nothing found are not the same.

use super::icon::{Glyph, Icon};
use crate::components::prelude::*;

/// Nothing yet: says what will be here, and offers the one thing to do.
#[component]
pub fn EmptyNew(
    icon: Glyph,
    #[prop(into)] title: String,
    #[prop(optional)] action: Option<Html>,
    /// A sentence or two that teach.
    children: Children,
) -> Html {
    view! {
        <div class="empty">
            <span class="emblem"><Icon name=icon /></span>
            <h2>{title}</h2>
            <div class="about">{children.draw()}</div>
            {action}
        </div>
    }
}

/// Nothing found: shows what was asked for, and takes it back.
#[component]
pub fn EmptyFiltered(
    /// What there is none of: `flags`.
    #[prop(into)]
    noun: String,
    /// The query as it was typed.
    #[prop(into)]
    query: String,
    /// The page without the query.
    #[prop(into)]
    clear: String,
) -> Html {
    let what = if query.is_empty() {
        view! { <p class="about">{format!("No {noun} match these filters.")}</p> }
    } else {
        view! { <p class="about">{format!("No {noun} match ")}<code>{query}</code>"."</p> }
    };
    view! {
        <div class="empty filtered">
            <span class="emblem"><Icon name=Glyph::Search /></span>
            {what}
            <p><a class="btn" href=clear>"Clear filters"</a></p>
        </div>
    }
}
