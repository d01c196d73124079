//! What the browser adds to a page that is whole without it: nothing here is needed to read or to change anything.
//!
//! One island stands on every page and listens for all of it, because rows of a table should not each bring their own. It
//! finds its places by attributes: `data-chips`, `data-connect`, `data-copy`, `data-drag`,
//! `data-filter`, `data-live-form`, `data-local`, `data-moment`, `data-share`, `data-shares`, `data-shortcuts`. Knows the domain and the server
//! functions.

#[cfg(feature = "hydrate")]
mod chips;
#[cfg(feature = "hydrate")]
mod connection;
#[cfg(feature = "hydrate")]
mod copy;
#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "hydrate")]
mod drag;
#[cfg(feature = "hydrate")]
mod filter;
#[cfg(feature = "hydrate")]
mod key_check;
#[cfg(feature = "hydrate")]
mod keyboard;
#[cfg(feature = "hydrate")]
mod live_form;
#[cfg(feature = "hydrate")]
mod local_time;
#[cfg(feature = "hydrate")]
mod moment;
#[cfg(feature = "hydrate")]
mod shares;
#[cfg(feature = "hydrate")]
mod switch;

use leptos::prelude::*;

/// Starts what listens. Shows nothing itself.
#[island]
pub fn Listeners() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        chips::dress();
        connection::listen();
        copy::listen();
        drag::listen();
        filter::dress();
        key_check::listen();
        keyboard::listen();
        live_form::listen();
        local_time::add();
        moment::dress();
        shares::listen();
        switch::listen();
    }
}
