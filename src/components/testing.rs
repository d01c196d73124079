//! Renders a component the way a page does, for tests.

use crate::components::prelude::*;

/// A text that breaks out of whatever forgets to escape it.
pub const HOSTILE: &str = r#""'><script>alert(1)</script></textarea><b>&amp;"#;

/// The HTML of `view`, rendered once under an owner of its own.
pub fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    owner.with(|| view().to_html())
}

/// Whether none of [`HOSTILE`]'s markup got through as markup, and its text is still there.
pub fn is_safe(html: &str) -> bool {
    !html.contains("<script>alert") && !html.contains("<b>&amp;") && html.contains("alert(1)")
}
