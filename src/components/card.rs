//! Parts of a page, each with its heading, and how they stand beside one another.

use crate::components::prelude::*;

/// A part of the page under a heading of its own. Cards do not stand in cards.
#[component]
pub fn Card(
    /// Unique on its page; the heading's id, so that links can lead here.
    #[prop(into)]
    id: String,
    #[prop(into)] title: String,
    /// A few muted words after the title: `first match wins`.
    #[prop(optional, into)]
    note: Option<String>,
    /// At the end of the header: badges and buttons.
    #[prop(optional)]
    actions: Option<Html>,
    /// The children bring their own padding: rows, tables.
    #[prop(optional)]
    flush: bool,
    children: Children,
) -> Html {
    let note = note.map(|text| view! { <span class="sub">{text}</span> });
    let actions = actions.map(|view| view! { <div class="bar end">{view}</div> });
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <header><h2 id=id.clone()>{title}</h2>{note}{actions}</header>
            <div class=if flush { "flush" } else { "pad" }>{children.draw()}</div>
        </section>
    }
}

/// One row of an ordered list in a flush [`Card`]: its number, what it says, what can be done with it.
#[component]
pub fn RuleRow(
    /// `1`, `2`, or `–` for everyone else.
    #[prop(into)]
    number: String,
    #[prop(into)] title: String,
    /// Skipped for now.
    #[prop(optional)]
    paused: bool,
    #[prop(optional)] actions: Option<Html>,
    children: Children,
) -> Html {
    let badge = paused.then(|| view! { <super::Badge text="Paused" icon=super::Glyph::Pause /> });
    let actions = actions.map(|view| view! { <div class="bar">{view}</div> });
    view! {
        <div class=if paused { "rule paused" } else { "rule" }>
            <span class="n">{number}</span>
            <div class="body"><h3>{title}" "{badge}</h3>{children.draw()}</div>
            {actions}
        </div>
    }
}

/// A row of that list that is no item: what can be added between them.
#[component]
pub fn RuleGap(children: Children) -> Html {
    view! { <div class="rule"><span></span><div class="body">{children.draw()}</div></div> }
}

/// The page's main part with a narrower one beside it, below it where there is no room.
#[component]
pub fn Split(aside: Html, #[prop(into)] aside_label: String, children: Children) -> Html {
    view! {
        <div class="split">
            <div class="stack">{children.draw()}</div>
            <aside class="stack" aria-label=aside_label>{aside}</aside>
        </div>
    }
}

/// What waits to be saved, at the foot of the window.
#[component]
pub fn SaveBar(#[prop(into)] title: String, #[prop(optional, into)] note: Option<String>, children: Children) -> Html {
    let note = note.map(|text| view! { <span class="sub">{text}</span> });
    view! {
        <div class="savebar" role="group" aria-label=title.clone()>
            <b>{title.clone()}</b>
            {note}
            <div class="bar end">{children.draw()}</div>
        </div>
    }
}
