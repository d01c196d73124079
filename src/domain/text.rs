//! Words as people write them.

/// The text with its first letter as a capital: for a message that begins a sentence.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_alone_becomes_a_capital() {
        for (text, expected) in [("editor", "Editor"), ("éa b", "Éa b"), ("", ""), ("7 a", "7 a"), ("new_Key", "New_Key")] {
            assert_eq!(capital(text), expected);
        }
    }
}
