//! From bytes to a tree: the text's encoding and size, YAML's and JSON's grammar, and what a file may unfold to.

use super::finding::{Finding, Place};
use super::raw::{Raw, Source};
use super::tree::Tree;
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Error, NonFiniteFloatPolicy, Options, Spanned};
use std::borrow::Cow;

/// The largest file that is read. An export of five thousand flags in three environments takes about eight.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;
/// The most values in a file, those that aliases repeat included: what a small file can be blown up to.
const MAX_NODES: usize = 4_000_000;
const MAX_DEPTH: usize = 64;
/// The most values that aliases repeat.
const MAX_REPEATED: usize = 100_000;

/// The document's root, or the one thing that keeps it from being read.
pub fn read(bytes: &[u8]) -> Result<Tree, Finding> {
    if bytes.len() > MAX_BYTES {
        let message =
            format!("The file has {} bytes; at most {MAX_BYTES} (32 MiB) are read. Split it into several.", bytes.len());
        return Err(Finding::new(Place::START, "", message));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| not_utf8(bytes, e.valid_up_to()))?;
    let text = json_as_yaml(text.strip_prefix('\u{feff}').unwrap_or(text));
    let raw: Spanned<Raw> = serde_saphyr::from_str_with_options(&text, options()).map_err(|e| unreadable(&e))?;
    Ok(Source(&text).locate(raw))
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 2 * MAX_NODES,
            max_nodes: MAX_NODES,
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
        },
        alias_limits: alias_limits(),
        duplicate_keys: DuplicateKeyPolicy::Error,
        strict_booleans: true,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    }
}

fn alias_limits() -> serde_saphyr::options::AliasLimits {
    let mut limits = serde_saphyr::options::AliasLimits::default();
    limits.max_total_replayed_events = MAX_REPEATED;
    limits.max_replay_stack_depth = 16;
    limits
}

fn not_utf8(bytes: &[u8], at: usize) -> Finding {
    let before = &bytes[..at];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let column = 1 + std::str::from_utf8(&before[start..]).map_or(0, |text| text.chars().count());
    let message = format!("Byte 0x{:02x} is no UTF-8; save the file as UTF-8.", bytes.get(at).copied().unwrap_or_default());
    Finding::new(Place { line, column }, "", message)
}

/// JSON that YAML does not take as it is: tabs between tokens, `\/`, and characters written as two `\u` escapes.
/// Lines stay what they are.
fn json_as_yaml(text: &str) -> Cow<'_, str> {
    let is_json = text.trim_start().starts_with('{');
    if !is_json || !(text.contains('\t') || text.contains("\\/") || text.contains("\\u") || text.contains("\\U")) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut in_text = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (taken, put) = match c {
            '\\' if in_text => escape(rest),
            '\t' if !in_text => (1, Cow::Borrowed(" ")),
            _ => (c.len_utf8(), Cow::Borrowed(&rest[..c.len_utf8()])),
        };
        in_text ^= c == '"';
        out.push_str(&put);
        rest = &rest[taken..];
    }
    Cow::Owned(out)
}

/// The escape that `rest` begins with: how many bytes it takes, and how YAML writes it.
fn escape(rest: &str) -> (usize, Cow<'_, str>) {
    let unit = |at: usize| rest.get(at..at + 6)?.strip_prefix("\\u").and_then(|hex| u16::from_str_radix(hex, 16).ok());
    if rest.starts_with("\\/") {
        return (2, Cow::Borrowed("/"));
    }
    if let (Some(high @ 0xd800..0xdc00), Some(low)) = (unit(0), unit(6))
        && let Some(Ok(c)) = char::decode_utf16([high, low]).next()
    {
        return (12, Cow::Owned(format!("\\U{:08X}", u32::from(c))));
    }
    let taken = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
    (taken, Cow::Borrowed(&rest[..taken]))
}

/// What the parser said, in the words of somebody who writes a flag file.
fn unreadable(error: &Error) -> Finding {
    let error = error.without_snippet();
    let at = error.location().map_or(Place::START, Place::from);
    // What went wrong while an alias was followed is told where the alias stands.
    let error = if let Error::AliasError { error, .. } = error { error } else { error };
    let (path, message) = match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.clone().unwrap_or_default();
            (key.clone(), format!("{key} is here a second time in the same mapping; keep one of the two."))
        }
        Error::MultipleDocuments { .. } => {
            (String::new(), "A second document begins here (---); write one document, with one flags: mapping.".to_owned())
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => (String::new(), too_much()),
        Error::UnknownAnchor { .. } => {
            (String::new(), "This alias has no anchor; define it above with &name, or write the value out.".to_owned())
        }
        other => {
            let said = other.render();
            // The scanner has a limit of its own on brackets within brackets, and no error of its own for it.
            let message = match said.contains("recursion limit") {
                true => too_much(),
                false => format!("This is neither YAML nor JSON: {}", first_line(&said)),
            };
            (String::new(), message)
        }
    };
    Finding::new(at, path, message)
}

fn too_much() -> String {
    format!(
        "The file unfolds to too much: at most {MAX_NODES} values, {MAX_DEPTH} levels deep and {MAX_REPEATED} repeated by aliases \
         are read. Write the values out, or split the file."
    )
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_start_matches("error: ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::server::services::flag_file::tree::Node;
    use serde_json::Value;

    fn json(text: &str) -> Value {
        read(text.as_bytes()).unwrap().json().unwrap()
    }
    fn refused(text: &[u8]) -> Finding {
        read(text).unwrap_err()
    }

    #[test]
    fn yaml_and_json_make_the_same_tree() {
        let yaml = "a: 1\nb: [x, 2.5, true]\nc: {d: null, e: \"007\"}\non: yes\n";
        let text =
            "{\n\t\"a\": 1,\n\t\"b\": [\"x\", 2.5, true],\n\t\"c\": {\"d\": null, \"e\": \"007\"},\n\t\"on\": \"yes\"\n}\n";
        assert_eq!(json(yaml), json(text));
        assert_eq!(json(text), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn json_escapes_are_read_as_json_reads_them() {
        for text in [
            r#"{"a": "\ud83d\ude00"}"#,
            r#"{"a": "http:\/\/x"}"#,
            r#"{"a": "\\/ \\u0041 \" \t\n"}"#,
            "{\"a\":\t\"\\u00e9\"}",
            r#"{"a":1e3,"b":-0,"c":"\\"}"#,
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            let both = (json(text), expected);
            assert!(both.0 == both.1 || both.0["a"].as_f64() == both.1["a"].as_f64(), "{text}: {both:?}");
        }
    }

    #[test]
    fn every_node_knows_its_line() {
        let tree = read(b"flags:\n  a:\n    users: [007,\n      x]\n").unwrap();
        let Node::Map(root) = &tree.node else { panic!("{tree:?}") };
        let Node::Map(flags) = &root[0].value.node else { panic!("{root:?}") };
        assert_eq!(flags[0].at, Place { line: 2, column: 3 });
        let Node::Map(fields) = &flags[0].value.node else { panic!("{flags:?}") };
        let Node::List(users) = &fields[0].value.node else { panic!("{fields:?}") };
        assert_eq!((users[0].at.line, users[0].written.as_str()), (3, "007"));
        assert_eq!(users[1].at, Place { line: 4, column: 7 });
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let bomb = {
            let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
            for n in 1..12 {
                let refs = vec![format!("*a{}", n - 1); 10].join(", ");
                text += &format!("a{n}: &a{n} [{refs}]\n");
            }
            text
        };
        let deep = "[".repeat(5_000);
        let table: [(&[u8], usize, &str); 9] = [
            (b"a: 1\nb: \xff\n", 2, "UTF-8"),
            (b"a: 1\nb: 2\na: 3\n", 3, "a second time"),
            (b"{\"a\": 1,\n \"a\": 2}", 2, "a second time"),
            (b"a: [1, 2\nb: 3\n", 2, "neither YAML nor JSON"),
            (b"a: 1\n---\nb: 2\n", 3, "one document"),
            (b"a: *nowhere\n", 1, "no anchor"),
            (b"a:\n\t- 1\n", 2, "neither YAML nor JSON"),
            (bomb.as_bytes(), 0, "unfolds to too much"),
            (deep.as_bytes(), 1, "unfolds to too much"),
        ];
        for (text, line, words) in table {
            let finding = refused(text);
            assert!(finding.message.contains(words), "{finding:?}");
            assert!(line == 0 || finding.at.line == line, "{finding:?} should be on line {line}");
        }
        assert!(refused(&vec![b' '; MAX_BYTES + 1]).message.contains("32 MiB"));
    }
}
