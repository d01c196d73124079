//! Whether a line of code names a flag: its key as a whole word, in its own spelling.

use std::collections::HashSet;

/// The keys that are looked for.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    all: HashSet<String>,
    /// Whether some key is so many bytes long: what has another length is not looked up.
    lengths: Vec<bool>,
}

impl FromIterator<String> for Keys {
    fn from_iter<T: IntoIterator<Item = String>>(keys: T) -> Self {
        let all: HashSet<String> = keys.into_iter().filter(|key| !key.is_empty()).collect();
        let mut lengths = vec![false; all.iter().map(String::len).max().unwrap_or(0) + 1];
        all.iter().for_each(|key| lengths[key.len()] = true);
        Self { all, lengths }
    }
}

impl Keys {
    pub fn len(&self) -> usize {
        self.all.len()
    }
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(String::as_str)
    }

    /// The keys that a line names, each once. `flags.new_checkout` names `new_checkout`; of dotted keys the longest one counts.
    /// However long the line is: at each place no more of it is looked at than the longest key has.
    pub fn named_in(&self, line: &str) -> Vec<&str> {
        let (mut found, mut seen, mut at) = (Vec::new(), HashSet::new(), 0);
        while let Some(c) = line[at..].chars().next() {
            let named = if c.is_ascii_alphanumeric() && begins(&line[..at]) { self.longest_at(line, at) } else { None };
            if let Some(key) = named.filter(|key| seen.insert(*key)) {
                found.push(key);
            }
            at += named.map_or(c.len_utf8(), str::len);
        }
        found
    }

    /// The longest key that stands at a place and ends there as a word.
    fn longest_at(&self, line: &str, at: usize) -> Option<&str> {
        let rest = &line[at..];
        let of_a_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let reach = rest.bytes().take(self.lengths.len().saturating_sub(1)).take_while(of_a_key).count();
        let fits = |length: &usize| self.lengths[*length] && ends(&rest[*length..]);
        (1..=reach).rev().filter(fits).find_map(|length| self.all.get(&rest[..length])).map(String::as_str)
    }
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a name may begin after this text. `-` belongs to a name that goes on before it, as in `old-name`, and not in
/// `--name` and `<!--name`. `$` belongs to none: it marks a variable, as in `$name` and `${name}`, and a variable that is called
/// like the flag is a use of it.
fn begins(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        // What an escape such as \n stands for ends there, unless the backslash is itself escaped.
        Some('n' | 'r' | 't') => back.take_while(|c| *c == '\\').count() % 2 == 1,
        Some('-') => !back.next().is_some_and(is_of_a_name),
        Some(c) => !is_of_a_name(c),
        None => true,
    }
}

/// Whether a name may end before this text: `-` goes on with it where more of a name follows, and not in `name->on`.
fn ends(after: &str) -> bool {
    let mut on = after.chars();
    match on.next() {
        Some('-') => !on.next().is_some_and(is_of_a_name),
        Some(c) => !is_of_a_name(c),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str]) -> Keys {
        keys.iter().map(|&key| key.to_owned()).collect()
    }

    #[test]
    fn keys_are_whole_words_in_their_own_spelling() {
        let keys = keys(&["new_checkout", "dark", "a.b", "b", "kebab-case", "odd--key"]);
        for (line, expected) in [
            ("if flags.get(\"new_checkout\") {", vec!["new_checkout"]),
            ("new_checkout", vec!["new_checkout"]),
            ("client.new_checkout.enabled", vec!["new_checkout"]),
            ("x = 'new_checkout'; y = \"dark\" // new_checkout", vec!["new_checkout", "dark"]),
            ("new_checkout_v2 my_new_checkout new_checkouts New_Checkout NEW_CHECKOUT newCheckout", vec![]),
            ("new-checkout new_checkout-old old-new_checkout", vec![]),
            ("darkness _dark dark1 ädark darkä", vec![]),
            ("a.b", vec!["a.b"]),
            ("x.a.b.c", vec!["a.b"]),
            ("a.c b", vec!["b"]),
            ("kebab-case kebab-cases kebab", vec!["kebab-case"]),
            ("odd--key odd-key", vec!["odd--key"]),
            ("(dark)=>dark;", vec!["dark"]),
            ("", vec![]),
        ] {
            assert_eq!(keys.named_in(line), expected, "{line}");
        }
        assert!(Keys::default().named_in("new_checkout").is_empty());
    }

    #[test]
    fn signs_beside_a_key_are_no_part_of_it() {
        let keys = keys(&["new_checkout", "next"]);
        for line in [
            "$flags->new_checkout->enabled()",
            "case new_checkout->1",
            "deploy --new_checkout",
            "<!--new_checkout-->",
            "\"\\nnew_checkout\"",
            "\"\\tnew_checkout\"",
            "\"\\r\\nnew_checkout\\n\"",
            "C:\\new_checkout",
            "${new_checkout}",
            "if ($new_checkout) {",
            "\"prefix$new_checkout\"",
            "new_checkout$",
            "a-- new_checkout",
            "-new_checkout-",
        ] {
            assert_eq!(keys.named_in(line), ["new_checkout"], "{line}");
        }
        for line in ["nnew_checkout", "\\\\nnew_checkout", "old-new_checkout", "new_checkout-2", "\\anew_checkout"] {
            assert_eq!(keys.named_in(line), Vec::<&str>::new(), "{line}");
        }
        assert_eq!(keys.named_in("\\next"), ["next"], "a key that begins as an escape does");
    }

    /// Minified and generated files have lines of megabytes: each place of them costs at most a key's length.
    #[test]
    fn a_line_of_a_megabyte_takes_no_longer_for_being_dotted() {
        let longest = "k".repeat(128);
        let keys = keys(&["new_checkout", "a.b", &longest]);
        let line = format!("{}new_checkout", ".5".repeat(500_000));
        assert!(keys.named_in(&line).is_empty(), "it is .5new_checkout");
        let line = format!("{}.new_checkout", ".5".repeat(500_000));
        assert_eq!(keys.named_in(&line), ["new_checkout"]);
        assert_eq!(keys.named_in(&"a-b.".repeat(250_000)), Vec::<&str>::new());
    }
}
