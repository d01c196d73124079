//! What the browser adds to a page that is whole without it: nothing here is needed to read or to change anything.
//!
//! One island stands on every page and listens for all of it, because rows of a table should not each bring their own. It
//! finds its places by attributes: `data-connect`, `data-copy`, `data-local`, `data-share`, `data-shortcuts`. Knows the domain and the server
//! functions.

#[cfg(feature = "hydrate")]
mod connection;
#[cfg(feature = "hydrate")]
mod copy;
#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "hydrate")]
mod key_check;
#[cfg(feature = "hydrate")]
mod keyboard;
#[cfg(feature = "hydrate")]
mod local_time;
#[cfg(feature = "hydrate")]
mod switch;

use leptos::prelude::*;

/// Starts what listens. Shows nothing itself.
#[island]
pub fn Listeners() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        connection::listen();
        copy::listen();
        key_check::listen();
        keyboard::listen();
        local_time::add();
        switch::listen();
    }
}
