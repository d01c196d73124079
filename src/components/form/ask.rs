//! A form that asks and changes nothing, with room for what was wrong with its fields.

use super::{Attempt, Scope, Summary};
use crate::components::prelude::*;
use leptos::context::Provider;
use std::sync::Arc;

/// Submitting it loads the page with the new query. With an [`Attempt`] at it in the context the fields say what was wrong,
/// under a summary.
#[component]
pub fn Ask(
    /// Unique on its page, and the prefix of its fields' ids.
    #[prop(into)]
    id: String,
    /// For assistive technology.
    #[prop(into)]
    label: String,
    /// Where to; the page's own address unless said.
    #[prop(optional, into)]
    action: Option<String>,
    /// Set where a field may hold what no address should have: it is posted then, with `_form`.
    #[prop(optional)]
    post: bool,
    children: Children,
) -> Html {
    let attempt = Attempt::of(&id).map(Arc::new);
    let scope = Scope { form: id.clone(), attempt: attempt.clone(), ..Scope::default() };
    let fields = scope.clone();
    let body = view! { <Provider value=scope>{children.draw()}</Provider> };
    let summary = attempt
        .filter(|attempt| attempt.is_refusal())
        .map(|attempt| view! { <Summary form=id.clone() attempt=attempt fields=fields.registered() /> });
    let form = post.then(|| view! { <input type="hidden" name="_form" value=id.clone() /> });
    // The Enter key means the plain submit, whatever other buttons stand in the form.
    view! {
        <form method=if post { "post" } else { "get" } action=action id=id.clone() aria-label=label class="form" novalidate=true>
            {form}
            <button type="submit" class="vh" tabindex="-1" aria-hidden="true">"Submit"</button>
            {summary} {body}
        </form>
    }
}
