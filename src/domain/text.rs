//! Words as people write them.

/// The text with its first letter as a capital: for a message that begins a sentence.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `a`, `a and b`, `a, b and c`; past four the rest is counted.
pub fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] if items.len() <= 4 => format!("{} and {last}", most.join(", ")),
        _ => format!("{} and {} more", items[..3].join(", "), items.len() - 3),
    }
}

/// Whether a character shows nothing by itself and changes how what stands around it is read: control characters, line breaks of
/// Unicode, and signs that turn the direction of writing.
pub fn is_misleading(c: char) -> bool {
    c.is_control() || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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

    #[test]
    fn a_few_are_told_and_many_are_counted() {
        let told = |items: &[&str]| listed(&items.iter().map(|&item| item.to_owned()).collect::<Vec<_>>());
        assert_eq!(told(&[]), "");
        assert_eq!(told(&["a"]), "a");
        assert_eq!(told(&["a", "b"]), "a and b");
        assert_eq!(told(&["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(told(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
