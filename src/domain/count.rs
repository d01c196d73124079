//! Numbers as people read them.

/// `1 204`: thousands set apart by a space that does not break.
pub fn counted(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_204, "1 204"), (41_229_000, "41 229 000")] {
            assert_eq!(counted(number).replace('\u{a0}', " "), text);
        }
    }
}
