//! Lists of values as people paste them: lines, a row of commas, a column of a spreadsheet, the inside of a JSON or SQL list.

/// What lies between the values of one line. A tab is never part of a value; a comma may be.
const SEPARATORS: [char; 3] = ['\t', ';', ','];

/// The values of a pasted text. Several lines are a value each; one line is split at tabs, semicolons or commas where `split`
/// allows it, quotes around a value holding it together.
pub fn pasted(text: &str, split: bool) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.as_slice() {
        [one] if split => parts(one),
        _ if split => lines.iter().flat_map(|line| if line.contains('\t') { parts(line) } else { vec![alone(line)] }).collect(),
        _ => lines.into_iter().map(str::to_owned).collect(),
    }
}

/// One line, split at the first kind of separator that it holds outside of quotes.
pub fn parts(line: &str) -> Vec<String> {
    let line = unwrapped(line.trim());
    let separator = SEPARATORS.into_iter().find(|separator| cut(line, *separator).len() > 1);
    let found = separator.map_or_else(|| vec![line], |separator| cut(line, separator));
    found.into_iter().map(alone).filter(|part| !part.is_empty()).collect()
}

/// What is complete of a line that is being typed: a comma outside of quotes ends a value. With it what is still written on.
pub fn typed(line: &str) -> (Vec<String>, &str) {
    let parts = cut(line, ',');
    let Some((rest, complete)) = parts.split_last() else { return (Vec::new(), line) };
    (complete.iter().map(|part| alone(part)).filter(|part| !part.is_empty()).collect(), rest)
}

/// Takes away what repeats an earlier value; says how many that were.
pub fn without_repeats(values: &mut Vec<String>) -> usize {
    let before = values.len();
    let mut seen = std::collections::HashSet::new();
    values.retain(|value| seen.insert(value.clone()));
    before - values.len()
}

/// The inside of `["a", "b"]` and of `('a', 'b')`.
fn unwrapped(line: &str) -> &str {
    let inside = |open: char, close: char| line.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    inside('[', ']').or_else(|| inside('(', ')')).unwrap_or(line)
}

/// Cuts where `separator` stands outside of double quotes.
fn cut(line: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    line.split(|c: char| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .collect()
}

/// A value by itself: without the comma that ends its line, and without the quotes around it.
pub fn alone(text: &str) -> String {
    let text = text.trim().trim_end_matches([',', ';']).trim();
    let inside = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    match (inside('"'), inside('\'')) {
        (Some(inner), _) => inner.replace("\"\"", "\""),
        (None, Some(inner)) => inner.to_owned(),
        (None, None) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_people_paste_them() {
        let table: &[(&str, &[&str])] = &[
            ("pro", &["pro"]),
            ("pro, team,free", &["pro", "team", "free"]),
            ("pro; team; a,b", &["pro", "team", "a,b"]),
            ("pro\tteam\tfree", &["pro", "team", "free"]),
            ("pro\r\nteam\r\n\r\n  free ", &["pro", "team", "free"]),
            ("cn=ada,ou=eng\ncn=lin,ou=eng", &["cn=ada,ou=eng", "cn=lin,ou=eng"]),
            ("\"a, b\", c", &["a, b", "c"]),
            ("\"say \"\"hi\"\"\"", &["say \"hi\""]),
            ("[\"a\", \"b\"]", &["a", "b"]),
            ("('a', 'b')", &["a", "b"]),
            ("'a',\n'b',\n", &["a", "b"]),
            ("1\tada\n2\tlin", &["1", "ada", "2", "lin"]),
            (" , ;", &[]),
            ("", &[]),
            ("it's", &["it's"]),
            ("\"unclosed, quote", &["\"unclosed, quote"]),
        ];
        for (text, expected) in table {
            assert_eq!(pasted(text, true), *expected, "{text:?}");
        }
    }

    #[test]
    fn a_comma_ends_a_value_unless_it_is_quoted() {
        let table: &[(&str, &[&str], &str)] = &[
            ("pro", &[], "pro"),
            ("pro,", &["pro"], ""),
            ("pro, te", &["pro"], " te"),
            ("pro,team, f", &["pro", "team"], " f"),
            ("\"Oslo, Nor", &[], "\"Oslo, Nor"),
            ("\"Oslo, Norway\"", &[], "\"Oslo, Norway\""),
            ("\"Oslo, Norway\",", &["Oslo, Norway"], ""),
            (",", &[], ""),
            (" , x", &[], " x"),
            ("", &[], ""),
        ];
        for (text, complete, rest) in table {
            let (found, left) = typed(text);
            assert_eq!(found, *complete, "{text:?}");
            assert_eq!(left, *rest, "{text:?}");
        }
    }

    #[test]
    fn a_pattern_keeps_its_commas() {
        assert_eq!(pasted("a{1,2}\n^b;", false), ["a{1,2}", "^b;"]);
    }

    #[test]
    fn repeats_are_counted() {
        let mut values: Vec<String> = ["a", "b", "a", "a"].map(str::to_owned).to_vec();
        assert_eq!(without_repeats(&mut values), 2);
        assert_eq!(values, ["a", "b"]);
    }
}
