//! Sentences about rules, with names and values set apart.

use crate::components::prelude::*;
use crate::domain::sentence::Piece;

#[component]
pub fn Sentence(pieces: Vec<Piece>) -> Html {
    let parts: Vec<_> = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.draw(),
            Piece::Name(text) => view! { <b>{text}</b> },
            Piece::Value(text) => view! { <code>{text}</code> },
        })
        .collect();
    view! { <span class="sentence">{parts}</span> }
}
