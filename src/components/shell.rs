//! The whole document around a page: head, theme, styles and the scripts of its islands.

use crate::components::prelude::*;
use crate::islands::Listeners;
use leptos::config::LeptosOptions;
use leptos::hydration::HydrationScripts;

/// Where the embedded files are found. Provided as context by [`Shell`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assets {
    pub stylesheet: String,
    pub icons: String,
    pub favicon: String,
}

impl Default for Assets {
    fn default() -> Self {
        Self { stylesheet: "/pkg/flagstaff.css".to_owned(), icons: "/icons.svg".to_owned(), favicon: "/favicon.svg".to_owned() }
    }
}

/// What a person chose to see; kept in a cookie, so that the server sends it and nothing flashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

/// The document. Its scripts carry the nonce that the route provided ([`leptos::nonce::provide_nonce`]).
#[component]
pub fn Shell(
    /// The page's own name; ` · Flagstaff` is added.
    #[prop(into)]
    title: String,
    #[prop(optional)] theme: Theme,
    #[prop(optional)] assets: Assets,
    /// Loads the islands' code; pages without islands leave it out.
    #[prop(optional, into)]
    scripts: Option<LeptosOptions>,
    children: Children,
) -> Html {
    provide_context(assets.clone());
    let listeners = scripts.is_some().then(|| view! { <Listeners /> });
    let scripts = scripts.map(|options| view! { <HydrationScripts options=options islands=true /> });
    let chosen = (theme != Theme::System).then(|| theme.as_str());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=chosen>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{format!("{title} · Flagstaff")}</title>
                <link rel="icon" href=assets.favicon type="image/svg+xml" />
                <link rel="stylesheet" href=assets.stylesheet />
                {scripts}
            </head>
            <body>
                <a class="skip" href="#main">"Skip to content"</a>
                {children.draw()}
                {listeners}
            </body>
        </html>
    }
}
