//! What a change is called before it is made: as an order, `turn on new_checkout in production`.

use crate::domain::sentence::Piece;

/// Verbs as the history says them, and as an order does.
const VERBS: [(&str, &str); 28] = [
    ("added", "add"),
    ("advanced", "advance"),
    ("approved", "approve"),
    ("archived", "archive"),
    ("changed", "change"),
    ("completed", "complete"),
    ("created", "create"),
    ("described", "describe"),
    ("disabled", "disable"),
    ("enabled", "enable"),
    ("imported", "import"),
    ("let", "let"),
    ("made", "make"),
    ("moved", "move"),
    ("no longer lets", "no longer let"),
    ("paused", "pause"),
    ("removed", "remove"),
    ("replaced", "replace"),
    ("restored", "restore"),
    ("resumed", "resume"),
    ("revoked", "revoke"),
    ("rolled back", "roll back"),
    ("set", "set"),
    ("silenced", "silence"),
    ("started", "start"),
    ("took back", "take back"),
    ("turned off", "turn off"),
    ("turned on", "turn on"),
];

/// The pieces of a change without who does it, as an order. Where one thing is done besides, both are.
pub fn ordered(told: Vec<Piece>) -> Vec<Piece> {
    let mut pieces = told.into_iter();
    let first = match pieces.next() {
        Some(Piece::Text(text)) => Some(Piece::Text(order(&text))),
        other => other,
    };
    let rest = pieces.map(|piece| match piece {
        Piece::Text(text) => Piece::Text(text.replace(", and changed ", ", and change ")),
        other => other,
    });
    first.into_iter().chain(rest).collect()
}

fn order(text: &str) -> String {
    let is_word = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let found = VERBS.iter().find(|(told, _)| text.strip_prefix(told).is_some_and(is_word));
    let ordered = found.map_or_else(|| text.to_owned(), |(told, order)| text.replacen(told, order, 1));
    ordered.replacen(" and removed ", " and remove ", 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sentence::plain;

    #[test]
    fn what_is_not_done_yet_is_an_order() {
        for (told, order) in [
            ("turned on ", "turn on "),
            ("rolled back the rollout of ", "roll back the rollout of "),
            ("added 2 and removed 1 ids of the segment ", "add 2 and remove 1 ids of the segment "),
            ("set everyone else of ", "set everyone else of "),
            ("settled ", "settled "),
        ] {
            assert_eq!(plain(&ordered(vec![Piece::Text(told.into())])), order);
        }
        let both = vec![
            Piece::Text("started a rollout of ".into()),
            Piece::Value("f".into()),
            Piece::Text(", and changed the switch".into()),
        ];
        assert_eq!(plain(&ordered(both)), "start a rollout of f, and change the switch");
    }
}
