//! The icons of the sprite in `public/icons.svg`, by name, so that a missing one does not compile.

use super::shell::Assets;
use crate::components::prelude::*;

macro_rules! glyphs {
    ($($name:ident $id:literal),* $(,)?) => {
        /// A symbol of the sprite.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Glyph { $($name),* }

        impl Glyph {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The symbol's id in the sprite.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id),* }
            }
        }
    };
}

glyphs! {
    Flag "flag", Audit "scroll-text", Users "users", User "user", Inbox "inbox", Key "key-round", Settings "settings",
    Segment "layers", Playground "flask-conical", Metrics "chart-line", Changes "git-pull-request-arrow",
    Schedule "calendar-clock", Environment "server", Project "box", History "history", Search "search",
    Filter "list-filter", Plus "plus", Close "x", Check "check", ChevronDown "chevron-down", ChevronLeft "chevron-left",
    ChevronRight "chevron-right", Updown "chevrons-up-down", Up "arrow-up", Down "arrow-down", Top "arrow-up-to-line",
    Right "arrow-right", Copy "copy", Edit "pencil", Remove "trash-2", Archive "archive", Restore "archive-restore",
    Pause "pause", Play "play", Undo "undo-2", Warning "triangle-alert", Info "info", Ok "circle-check",
    Danger "octagon-alert", Lock "lock", Sun "sun", Moon "moon", System "monitor", SignOut "log-out", Clock "clock",
    Expired "hourglass", Power "power", Code "code-xml", External "external-link", Tag "tag", More "ellipsis",
}

/// Decoration beside a text that says the same; hidden from assistive technology.
#[component]
pub fn Icon(name: Glyph) -> Html {
    let sprite = use_context::<Assets>().unwrap_or_default().icons;
    let href = format!("{sprite}#{}", name.as_str());
    view! { <svg class="icon" width="16" height="16" aria-hidden="true" focusable="false"><use_ href=href></use_></svg> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sprite_holds_every_glyph_and_no_other() {
        let sprite = include_str!("../../public/icons.svg");
        for glyph in Glyph::ALL {
            assert!(sprite.contains(&format!("<symbol id=\"{}\"", glyph.as_str())), "{glyph:?}");
        }
        assert_eq!(sprite.matches("<symbol ").count(), Glyph::ALL.len());
    }
}
