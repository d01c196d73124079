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

/// ` Did you mean percentage?`, to follow a sentence; nothing where no known word is near.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(typed, known).map_or_else(String::new, |word| format!(" Did you mean {word}?"))
}

/// Optimal string alignment distance: inserts, removals, changes and swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    // Nobody mistypes that much; a bound keeps a hostile key from costing a square of its length.
    const LONGEST: usize = 64;
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
        }
    }
}
