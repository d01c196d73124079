//! The top of a page: where it hangs, what it is, and what to do with the whole of it.

use crate::components::prelude::*;

/// A page above this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    pub label: String,
    pub href: String,
}

impl Crumb {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// The only `<h1>` of a page in the frame. The children are marks beside the title: badges, a count.
#[component]
pub fn PageHeading(
    #[prop(into)] title: String,
    #[prop(optional)] crumbs: Vec<Crumb>,
    /// The title is a key.
    #[prop(optional)]
    mono: bool,
    /// A sentence under the title.
    #[prop(optional, into)]
    lead: Option<String>,
    #[prop(optional)] actions: Option<Html>,
    #[prop(optional)] children: Option<Children>,
) -> Html {
    let links: Vec<_> = crumbs.into_iter().map(|crumb| view! { <li><a href=crumb.href>{crumb.label}</a></li> }).collect();
    let crumbs = (!links.is_empty()).then(|| view! { <nav aria-label="Breadcrumb"><ol class="crumbs">{links}</ol></nav> });
    let lead = lead.map(|text| view! { <p class="lead">{text}</p> });
    let actions = actions.map(|view| view! { <div class="bar end">{view}</div> });
    view! {
        <div class="heading">
            {crumbs}
            <div class="bar">
                <h1 class=mono.then_some("mono")>{title}</h1>
                {children.map(|children| children.draw())}
                {actions}
            </div>
            {lead}
        </div>
    }
}
