//! A flag's master switch, as a button that posts the other position.

use crate::components::prelude::*;

/// Sends `name=true` or `name=false`: the position it would change to. Stands in a form of its own.
#[component]
pub fn Switch(
    on: bool,
    /// What it switches, where: `new_checkout in production`.
    #[prop(into)]
    label: String,
    #[prop(default = "enabled")] name: &'static str,
    /// Why this person cannot use it; the switch is then shown and does nothing.
    #[prop(optional, into)]
    reason: Option<String>,
    /// What comes of it, as a tip: `Once on, everybody gets on.`
    #[prop(optional, into)]
    says: Option<String>,
) -> Html {
    let checked = if on { "true" } else { "false" };
    let next = if on { "false" } else { "true" };
    match reason {
        None => view! {
            <button type="submit" role="switch" class="switch" aria-checked=checked aria-label=label title=says name=name value=next></button>
        },
        Some(reason) => view! {
            <button
                type="button" role="switch" class="switch" aria-checked=checked aria-disabled="true"
                aria-label=format!("{label}. Not available: {reason}") title=reason
            ></button>
        },
    }
}
