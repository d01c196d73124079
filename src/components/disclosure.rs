//! A part of the page that opens on demand. The browser opens and closes it; it needs no script.

use super::icon::{Glyph, Icon};
use crate::components::prelude::*;

/// A button that shows what it stands over.
#[component]
pub fn Disclosure(
    /// What the button says: `Change targets`.
    #[prop(into)]
    label: String,
    #[prop(default = Glyph::Edit)] icon: Glyph,
    /// Shown from the start: after a refused post of the form inside.
    #[prop(optional)]
    open: bool,
    /// Of its button: where an address may lead, to have the focus.
    #[prop(optional, into)]
    id: Option<String>,
    children: Children,
) -> Html {
    view! {
        <details class="disclosure" open=open>
            <summary class="btn quiet" id=id><Icon name=icon />{label}</summary>
            <div class="inside">{children.draw()}</div>
        </details>
    }
}
