//! Sentences about rules, with names and values set apart.

use crate::domain::sentence::Piece;
use leptos::prelude::*;

#[component]
pub fn Sentence(pieces: Vec<Piece>) -> impl IntoView {
    let parts: Vec<_> = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.into_any(),
            Piece::Name(text) => view! { <b>{text}</b> }.into_any(),
            Piece::Value(text) => view! { <code>{text}</code> }.into_any(),
        })
        .collect();
    view! { <span class="sentence">{parts}</span> }
}
