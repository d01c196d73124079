//! Flagstaff: self-hosted feature flags in one binary.
//!
//! The map, from the bottom up; each room knows only those above it in this list.
//!
//! - [`domain`]: what a flag is. Plain types, shared with the browser.
//! - [`engine`]: what a flag answers. Pure.
//! - [`server`]: where it is kept, changed and served; its own map is in its file.
//! - [`server_fns`]: the doors that islands knock at; in the browser, only the knocking.
//! - [`islands`]: what the browser adds to a page that works without it.
//! - [`components`] and [`pages`]: what people see.

#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod components;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod engine;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;
pub mod server_fns;

/// Where the browser comes in, once the page's script has loaded the module.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
