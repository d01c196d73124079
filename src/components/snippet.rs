//! Code to take along.

use super::copy::CopyButton;
use crate::components::prelude::*;

/// A block of code under its label.
#[component]
pub fn Snippet(#[prop(into)] label: String, #[prop(into)] code: String) -> Html {
    view! {
        <figure class="snippet">
            <figcaption><span>{label.clone()}</span><CopyButton text=code.clone() label=label.clone() /></figcaption>
            <Code label=label code=code />
        </figure>
    }
}

/// The same in several languages, one open at a time; the browser does that by itself.
#[component]
pub fn Snippets(
    /// Unique on its page.
    #[prop(into)]
    name: String,
    /// Language and code; the first stands open.
    items: Vec<(String, String)>,
) -> Html {
    let parts: Vec<_> = items
        .into_iter()
        .enumerate()
        .map(|(at, (label, code))| {
            view! {
                <details name=name.clone() open=at == 0>
                    <summary>{label.clone()}</summary>
                    <div class="snippet"><CopyButton text=code.clone() label=label.clone() /><Code label=label code=code /></div>
                </details>
            }
        })
        .collect();
    view! { <div class="snippets">{parts}</div> }
}

#[component]
fn Code(label: String, code: String) -> Html {
    view! { <pre tabindex="0" role="region" aria-label=label><code>{code}</code></pre> }
}
