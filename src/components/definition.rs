//! Facts with their names.

use leptos::prelude::*;

/// A list of [`Fact`]s.
#[component]
pub fn Definitions(
    /// Names beside the facts, not above them.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    view! { <dl class=if wide { "facts wide" } else { "facts" }>{children()}</dl> }
}

#[component]
pub fn Fact(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! { <div><dt>{label}</dt><dd>{children()}</dd></div> }
}
