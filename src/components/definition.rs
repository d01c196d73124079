//! Facts with their names.

use crate::components::prelude::*;

/// A list of [`Fact`]s.
#[component]
pub fn Definitions(
    /// Names beside the facts, not above them.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> Html {
    view! { <dl class=if wide { "facts wide" } else { "facts" }>{children.draw()}</dl> }
}

#[component]
pub fn Fact(#[prop(into)] label: String, children: Children) -> Html {
    view! { <div><dt>{label}</dt><dd>{children.draw()}</dd></div> }
}
