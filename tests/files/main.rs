//! Flag files on the real store: what goes out comes in again, what is broken changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

/// Random flags and states, shared with the engine's properties.
#[path = "../engine_properties/any.rs"]
#[allow(dead_code)]
mod any;
mod any_document;
mod broken;
mod house;
mod long;
mod round_trip;
mod segments;
