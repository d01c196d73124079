//! Each broken file: on which line, and which words of advice.

use super::*;

/// Text, line, words that the message or its path holds.
const FILES: [(&str, usize, &[&str]); 65] = [
    ("", 1, &["mapping", "flags:"]),
    ("- a\n- b\n", 1, &["a list"]),
    ("new_checkout: true\n", 1, &["no flags:", "under it"]),
    ("flags:\n", 1, &["nothing"]),
    ("flags: [a]\n", 1, &["mapping from keys to flags"]),
    ("flags: {}\nflag: {}\n", 2, &["no field \"flag\"", "Did you mean flags?"]),
    ("version: 2\nflags: {}\n", 1, &["must be 1", "later Flagstaff"]),
    ("environments: []\nflags: {}\n", 1, &["long form", "version: 1"]),
    ("flags:\n  a: {enabled: true\n  b: true\n", 3, &["neither YAML nor JSON"]),
    ("flags:\n\ta: true\n", 2, &["neither YAML nor JSON"]),
    ("{\"flags\": {\"a\": true}", 1, &["neither YAML nor JSON"]),
    ("flags:\n  a: true\n---\nflags: {}\n", 4, &["one document"]),
    ("flags:\n  a: *base\n", 2, &["no anchor"]),
    ("flags:\n  a: true\n  b: true\n  a: false\n", 4, &["a second time"]),
    ("flags:\n  a:\n    enabled: true\n    enabled: false\n", 4, &["enabled", "a second time"]),
    ("flags:\n  a: 1\n", 2, &["true, false or a mapping", "the number 1"]),
    ("flags:\n  a:\n", 2, &["true, false or a mapping", "nothing"]),
    ("flags:\n  a: \"true\"\n", 2, &["true, false or a mapping"]),
    ("flags:\n  newCheckout: true\n", 2, &["snake_case", "Write new_checkout."]),
    ("flags:\n  new-checkout: true\n", 2, &["Write new_checkout."]),
    ("flags:\n  \"a b\": true\n", 2, &["letters, digits"]),
    ("flags:\n  a:\n    enabld: true\n", 3, &["no field \"enabld\"", "Did you mean enabled?"]),
    ("flags:\n  a:\n    percent: 5\n", 3, &["Did you mean percentage?"]),
    ("flags:\n  a:\n    zebra: 5\n", 3, &["The fields are: enabled, percentage"]),
    ("flags:\n  a:\n    enabled: yes\n", 3, &["true or false", "Write true, without quotes"]),
    ("flags:\n  a:\n    enabled: \"false\"\n", 3, &["Write false, without quotes"]),
    ("flags:\n  a:\n    enabled: 1\n", 3, &["true or false", "the number 1"]),
    ("flags:\n  a:\n    percentage: 140\n", 3, &["from 0 to 100", "140"]),
    ("flags:\n  a:\n    percentage: -0.5\n", 3, &["from 0 to 100", "-0.5"]),
    ("flags:\n  a:\n    percentage: .nan\n", 3, &["from 0 to 100"]),
    ("flags:\n  a:\n    percentage: 25%\n", 3, &["Write 25, without quotes or %"]),
    ("flags:\n  a:\n    percentage: \"12,5\"\n", 3, &["Write 12.5, without quotes or %"]),
    ("flags:\n  a:\n    percentage: [10]\n", 3, &["number from 0 to 100", "a list"]),
    ("flags:\n  a:\n    allowed_users: user_1\n", 3, &["must be a list", "Write [user_1]"]),
    ("flags:\n  a:\n    allowed_users:\n      - user_1\n      - true\n", 5, &["allowed_users[1]", "in quotes"]),
    ("flags:\n  a:\n    allowed_users: [\"\"]\n", 3, &["empty"]),
    ("flags:\n  a:\n    allowed_users: [user_1, \"user_2 \"]\n", 3, &["allowed_users", "white space before or after"]),
    ("flags:\n  a:\n    allowed_users: [\"user_1\\nuser_2\"]\n", 3, &["allowed_users", "holds a line break"]),
    ("flags:\n  a:\n    rules: {attribute: plan}\n", 3, &["must be a list"]),
    ("flags:\n  a:\n    rules:\n      - plan\n", 4, &["rules[0]", "A rule is a mapping"]),
    (
        "flags:\n  a:\n    rules:\n      - {attribute: plan, operator: equal, value: pro}\n",
        4,
        &["rules[0].operator", "Did you mean equals?", "not_in_segment, time_window"],
    ),
    ("flags:\n  a:\n    rules:\n      - {attribute: plan, operator: \"==\", value: pro}\n", 4, &["They are: equals, not_equals"]),
    ("flags:\n  a:\n    rules:\n      - {attribute: plan, value: pro}\n", 4, &["needs an operator"]),
    ("flags:\n  a:\n    rules:\n      - {operator: in, value: pro}\n", 4, &["Name the attribute"]),
    ("flags:\n  a:\n    rules:\n      - {attribute: plan, operator: in}\n", 4, &["Name the value"]),
    ("flags:\n  a:\n    rules:\n      - {attribute: plan, operator: in, value: []}\n", 4, &["could never match"]),
    ("flags:\n  a:\n    rules:\n      - {attribute: plan, operator: in, values: [a]}\n", 4, &["Did you mean value?"]),
    ("flags:\n  a:\n    rules:\n      - attribute: age\n        operator: less_than\n        value: \"20\"\n", 6, &["number"]),
    (
        "flags:\n  a:\n    rules:\n      - attribute: mail\n        operator: matches\n        value: \"(\"\n",
        6,
        &["rules[0].value"],
    ),
    (
        "flags:\n  a:\n    rules:\n      - {attribute: v, operator: semver_greater, value: 2.10}\n",
        4,
        &["write \"2.10\", in quotes"],
    ),
    ("flags:\n  a:\n    rules:\n      - {attribute: x, operator: exists, value: 1}\n", 4, &["leave value out"]),
    ("flags:\n  a:\n    rules:\n      - {attribute: x, operator: in_segment, value: beta}\n", 4, &["leave attribute out"]),
    ("flags:\n  a:\n    rules:\n      - {operator: in_segment, value: beta}\n", 4, &["no segment", "beta"]),
    (
        "flags:\n  a:\n    rules:\n      - {attribute: age, operator: less_than, value: 5, ignore_case: true}\n",
        4,
        &["leave ignore_case out"],
    ),
    ("flags:\n  a:\n    owner: 42\n", 3, &["must be a text", "in quotes"]),
    ("flags:\n  a:\n    owner: \" \"\n", 3, &["name who answers"]),
    ("flags:\n  a:\n    kind: relase\n", 3, &["Did you mean release?", "kill_switch"]),
    ("flags:\n  a:\n    expires: \"2027-02-30\"\n", 3, &["neither a date nor an instant"]),
    ("flags:\n  a:\n    expires: next week\n", 3, &["2027-06-01"]),
    ("flags:\n  a:\n    on_expiry: delete\n", 3, &["notify, freeze, serve_off, archive"]),
    ("flags:\n  a:\n    jira: A-1\n    ticket: A-2\n", 3, &["keep one"]),
    ("flags:\n  a:\n    percentage: 10\n    rollout: {start: \"2026-11-30\", steps: [1], every: 1d}\n", 4, &["not both"]),
    (
        "flags:\n  a:\n    rollout: {start: \"2026-11-30\", steps: [10, 5], every: 1d}\n",
        3,
        &["larger than the one before", "5 % follows 10 %"],
    ),
    ("flags:\n  a:\n    rollout: {start: \"2026-11-30\", steps: [1, 10]}\n", 3, &["needs every"]),
    ("flags:\n  a:\n    rollout: {start: \"2026-11-30\", steps: [1, 10], every: 1}\n", 3, &["with a unit"]),
];

#[test]
fn every_broken_file_is_refused_with_its_line_and_advice() {
    for (text, line, words) in FILES {
        let findings = read(text).err().unwrap_or_else(|| panic!("taken, but must not be:\n{text}"));
        let told = |finding: &Finding| {
            let said = format!("{}: {}", finding.path, finding.message);
            finding.at.line == line && words.iter().all(|word| said.contains(word))
        };
        assert!(findings.iter().any(told), "{words:?} on line {line} is not among {findings:#?}\n{text}");
    }
}

#[test]
fn broken_variants_are_refused() {
    let table: [(&str, usize, &str); 12] = [
        ("variants: [a, b]", 3, "must be a mapping"),
        ("variants: {}", 3, "at least one variant"),
        ("variants:\n  small: 1\n  large: big", 5, "All variants have one type"),
        ("variants: {a: [1]}", 3, "Wrap a list"),
        ("variants: {a: null}", 3, "this is nothing"),
        ("variants: {a: .inf}", 3, "must be finite"),
        ("variants: {\"a b\": 1}", 3, "variant name"),
        ("value_type: text\nvariants: {a: x}", 3, "boolean, string, integer, number, object"),
        ("value_type: integer\nvariants: {a: 2147483648}", 4, "2147483647"),
        ("value_type: string", 3, "Name the variants too"),
        ("variants: {a: x, b: y}\nserve: c", 4, "They are: a, b"),
        ("off: of", 3, "Did you mean off?"),
    ];
    for (lines, line, words) in table {
        let findings = read(&flag_a(lines)).err().unwrap_or_else(|| panic!("taken, but must not be:\n{lines}"));
        let told = |finding: &Finding| finding.at.line == line && finding.message.contains(words);
        assert!(findings.iter().any(told), "{words:?} on line {line} is not among {findings:#?}\n{lines}");
    }
}

#[test]
fn one_run_tells_everything() {
    let findings = read("flags:\n  A: true\n  b: {percentage: 101, ownr: x}\n  c: {enabled: maybe}\n").unwrap_err();
    let lines: Vec<usize> = findings.iter().map(|finding| finding.at.line).collect();
    assert_eq!(lines, [2, 3, 3, 4], "{findings:#?}");
    assert_eq!(findings[1].to_string(), "3:19: flags.b.percentage: A percentage is from 0 to 100; this is 101.");
}

#[test]
fn bytes_that_are_no_text_are_told_by_line() {
    let findings = in_project(|setting| parse(b"flags:\n  a: true\n  b\xe9: true\n", &setting)).unwrap_err();
    assert_eq!((findings.len(), findings[0].at), (1, Place { line: 3, column: 4 }));
}

#[test]
fn too_many_users_belong_into_a_segment() {
    let users: String = (0..10_001).map(|n| format!("    - u{n}\n")).collect();
    let findings = read(&format!("flags:\n  a:\n    allowed_users:\n{users}")).unwrap_err();
    assert_eq!((findings.len(), findings[0].at.line), (1, 3), "{findings:#?}");
    assert!(findings[0].message.contains("segment"));
}

#[test]
fn nothing_that_is_typed_makes_it_panic() {
    let whole = "flags:\n  a: {enabled: true, percentage: 12.5, allowed_users: [x, 1], rules: [{attribute: p, operator: in, value: [a, 1]}],\n    rollout: {start: \"2026-11-30\", steps: [1, 2], every: 1d}, variants: {a: 1, b: 2.5}, expires: \"2027-01-01\"}\n";
    let other = ["\u{0}", "\t", "}", "]", "*", "&", "é", "\u{feff}", "!!binary x", "\u{1F600}", ": ", "- "];
    for cut in (0..whole.len()).filter(|at| whole.is_char_boundary(*at)) {
        let _ = read(&whole[..cut]);
        let _ = read(&whole[cut..]);
        let put = other[cut % other.len()];
        let _ = read(&format!("{}{put}{}", &whole[..cut], &whole[cut..]));
    }
}
