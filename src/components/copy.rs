//! Texts that people take along.

use super::icon::{Glyph, Icon};
use crate::components::prelude::*;

/// A text with a button that copies it. The button stays hidden until a script can do it.
#[component]
pub fn Copy(
    #[prop(into)] text: String,
    /// What it is, for the button: `flag key`.
    #[prop(into)]
    label: String,
) -> Html {
    view! { <span class="copy"><code>{text.clone()}</code><CopyButton text=text label=label /></span> }
}

/// The button alone.
#[component]
pub fn CopyButton(#[prop(into)] text: String, #[prop(into)] label: String) -> Html {
    let label = format!("Copy {label}");
    view! {
        <button type="button" class="btn quiet square" data-copy=text hidden=true aria-label=label.clone() title=label>
            <Icon name=Glyph::Copy />
        </button>
    }
}
