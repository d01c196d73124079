//! Pages beside one another: links, one of them the page one is on.

use super::badge::colour_class;
use crate::components::prelude::*;
use crate::domain::environment::Colour;

#[derive(Debug, Clone, Default)]
pub struct Tab {
    pub label: String,
    pub href: String,
    pub current: bool,
    /// An environment's colour.
    pub colour: Option<Colour>,
    /// A word on what is behind it: `10 %`, `off`, `3`.
    pub detail: Option<String>,
}

#[component]
pub fn Tabs(
    /// What one chooses between: `Environment`.
    #[prop(into)]
    label: String,
    items: Vec<Tab>,
) -> Html {
    let items: Vec<_> = items.into_iter().map(tab).collect();
    view! { <nav class="tabs" aria-label=label><ul>{items}</ul></nav> }
}

fn tab(tab: Tab) -> Html {
    let dot = tab.colour.map(|colour| view! { <span class=format!("dot {}", colour_class(colour)) aria-hidden="true"></span> });
    let detail = tab.detail.map(|text| view! { " "<span class="detail">{text}</span> });
    view! { <li><a href=tab.href aria-current=tab.current.then_some("page")>{dot}{tab.label}{detail}</a></li> }
}
