//! Small marks: what state something is in, and which environment is meant.

use super::icon::{Glyph, Icon};
use crate::components::prelude::*;
use crate::domain::environment::Colour;

/// What a colour says. It never says it alone: the text does too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Neutral,
    Ok,
    Warn,
    Danger,
    Info,
}

impl Tone {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Danger => "danger",
            Self::Info => "info",
        }
    }
    pub const fn glyph(self) -> Glyph {
        match self {
            Self::Neutral | Self::Info => Glyph::Info,
            Self::Ok => Glyph::Ok,
            Self::Warn => Glyph::Warning,
            Self::Danger => Glyph::Danger,
        }
    }
}

/// The class that gives an environment its colour, in both themes.
pub const fn colour_class(colour: Colour) -> &'static str {
    match colour {
        Colour::Teal => "env-teal",
        Colour::Amber => "env-amber",
        Colour::Magenta => "env-magenta",
        Colour::Blue => "env-blue",
        Colour::Violet => "env-violet",
        Colour::Grey => "env-grey",
    }
}

/// A state in a word or two: `Rolling out · 10 %, next 25 % in 3 h 12 m`.
#[component]
pub fn Badge(#[prop(optional)] tone: Tone, #[prop(optional)] icon: Option<Glyph>, #[prop(into)] text: String) -> Html {
    let icon = icon.map(|name| view! { <Icon name=name /> });
    view! { <span class=format!("badge {}", tone.as_str())>{icon} {text}</span> }
}

/// An environment by its name, in its colour.
#[component]
pub fn EnvironmentBadge(colour: Colour, #[prop(into)] name: String) -> Html {
    view! { <span class=format!("badge {}", colour_class(colour))>{name}</span> }
}
