//! Changes of what all environments have in common, apart from those of the one that somebody brings back.

use crate::components::prelude::*;
use crate::components::*;

/// The rows, under a heading that says how far they reach; `said` is said of them besides.
pub fn set_apart<R: IntoView + 'static>(rows: Vec<R>, said: &'static str) -> Html {
    view! {
        <section class="stack apart" aria-labelledby="everywhere">
            <h2 id="everywhere">"In every environment"</h2>
            <p class="sub">
                "Definitions, archiving and segments are the project's: each of these changes every environment at once, not only this one. "
                {said}
            </p>
            <Changes label="What changes in every environment">{rows}</Changes>
        </section>
    }
}
