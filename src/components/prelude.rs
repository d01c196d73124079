//! What a file that writes markup imports: Leptos's prelude, with its `view!` and its `Children` changed into ours.

pub use leptos::prelude::*;

pub(crate) use super::markup::{Children, Draw, Html, view};
