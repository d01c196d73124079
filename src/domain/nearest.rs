//! Which known word a mistyped one was meant to be.

/// The known word nearest to `typed`, where it is near enough to be worth saying.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let scored = known.into_iter().filter_map(|word| {
        let distance = distance(&typed, &word.to_lowercase());
        let begins = typed.len() >= 4 && (word.starts_with(&typed) || typed.starts_with(word));
        let near = distance <= (word.chars().count().max(typed.chars().count()) / 3).max(1);
        (near || begins).then_some((distance, word))
    });
    scored.min().map(|(_, word)| word)
}

/// Many known words, to be asked often: a look at their letters tells most of them apart, whatever their order.
#[derive(Debug)]
pub struct Vocabulary<'a>(Vec<(&'a str, Letters)>);

/// How often each letter occurs, folded into a few bins.
type Letters = [u8; 32];

impl<'a> Vocabulary<'a> {
    pub fn new(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self(words.into_iter().map(|word| (word, letters(word))).collect())
    }

    /// As [`nearest`] among all words.
    pub fn nearest(&self, typed: &str) -> Option<&'a str> {
        let (length, own) = (typed.chars().count(), letters(typed));
        let may_be_near = |(word, letters): &&(&str, Letters)| {
            let bound = (word.chars().count().max(length) / 3).max(1);
            word.starts_with(typed) || typed.starts_with(word) || least_distance(letters, &own) <= bound
        };
        nearest(typed, self.0.iter().filter(may_be_near).map(|(word, _)| *word))
    }
}

fn letters(word: &str) -> Letters {
    let mut found = Letters::default();
    for c in word.to_lowercase().chars().take(LONGEST) {
        let bin = &mut found[c as usize % 32];
        *bin = bin.saturating_add(1);
    }
    found
}

/// No edit adds or takes more than one letter, so words are at least this far apart.
fn least_distance(a: &Letters, b: &Letters) -> usize {
    let beyond = |a: &Letters, b: &Letters| a.iter().zip(b).map(|(a, b)| usize::from(a.saturating_sub(*b))).sum::<usize>();
    beyond(a, b).max(beyond(b, a))
}

/// ` Did you mean percentage?`, to follow a sentence; nothing where no known word is near.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(typed, known).map_or_else(String::new, |word| format!(" Did you mean {word}?"))
}

/// Nobody mistypes that much; a bound keeps a hostile key from costing a square of its length.
const LONGEST: usize = 64;

/// Optimal string alignment distance: inserts, removals, changes and swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(LONGEST).collect(), b.chars().take(LONGEST).collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let known = ["percentage", "enabled", "rules", "owner"];
        let table = [
            ("percentge", Some("percentage")),
            ("percent", Some("percentage")),
            ("enabeld", Some("enabled")),
            ("Rules", Some("rules")),
            ("rule", Some("rules")),
            ("onwer", Some("owner")),
            ("zebra", None),
            ("", None),
        ];
        for (typed, expected) in table {
            assert_eq!(nearest(typed, known), expected, "{typed}");
            assert_eq!(Vocabulary::new(known).nearest(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_look_at_the_letters_misses_nothing() {
        let words: Vec<String> =
            (0..400).map(|n| format!("{}_{}", ["new", "old", "Dark", "beta"][n % 4], n * 7919 % 1000)).collect();
        let all = Vocabulary::new(words.iter().map(String::as_str));
        for typed in ["new_79", "new79", "drak_12", "betta_310", "NEW-100", "x", "old_7919", "zzzzzz"] {
            assert_eq!(all.nearest(typed), nearest(typed, words.iter().map(String::as_str)), "{typed}");
        }
    }
}
