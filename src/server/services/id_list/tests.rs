#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::segment::MAX_ID;

fn lines(text: &str) -> IdList {
    read(text.as_bytes(), ReadAs::Lines, "").unwrap_or_default()
}

fn table(text: &str, column: &str) -> Result<Vec<String>, String> {
    read(text.as_bytes(), ReadAs::Table, column).map(|found| found.ids)
}

fn said(list: &[&str], text: &str, how: How) -> String {
    let list: Vec<String> = list.iter().map(|id| (*id).to_owned()).collect();
    merge(&list, &lines(text), how).1.sentence().replace('\u{a0}', " ")
}

#[test]
fn a_text_holds_one_id_a_line() {
    let found = lines("\u{feff}a\r\n\r\n  b \nc,d\n\"e\"\na\n<script>\n👩‍🚀");
    assert_eq!(found.ids, ["a", "b", "c,d", "\"e\"", "<script>", "👩‍🚀"]);
    assert_eq!((found.lines, found.twice, found.header), (7, 1, None));
    let headed = lines("User_ID\nid\nuser_id_7");
    assert_eq!(
        (headed.header.as_deref(), headed.ids.as_slice()),
        (Some("User_ID"), &["id".to_owned(), "user_id_7".to_owned()][..])
    );
}

#[test]
fn a_table_is_read_by_its_first_column_or_a_named_one() {
    for (text, column, ids) in [
        ("a,1\nb,2\n", "", vec!["a", "b"]),
        ("email,plan\na@x.example,pro\n", "", vec!["a@x.example"]),
        ("plan;User Id;x\r\npro;7;\r\nfree;8;\r\n", "user id", vec!["7", "8"]),
        ("plan\tkey\npro\tk1\nshort\n\npro\tk2\n", "key", vec!["k1", "k2"]),
        ("name,id\n\"Doe, Jane\",\"u \"\"1\"\"\"\n", "id", vec!["u \"1\""]),
        ("\"a,b\"\n\"c\"\n", "", vec!["a,b", "c"]),
        ("\"x;y;z\",1\nb,2\n", "", vec!["x;y;z", "b"]),
    ] {
        assert_eq!(table(text, column), Ok(ids.into_iter().map(str::to_owned).collect()), "{text:?}");
    }
    let missing = table("plan,user\npro,7\n", "usr").unwrap_err();
    assert_eq!(missing, "No column of the first line is called usr; there are: plan, user.");
}

#[test]
fn lines_that_hold_no_id_are_named() {
    let found = read("id\nok\n\"two\nlines\"\nfine\n\"tab\there\"\n".as_bytes(), ReadAs::Table, "").unwrap_or_default();
    assert_eq!(found.ids, ["ok", "fine"]);
    assert_eq!(found.unfit.get(&Unfit::Control), Some(&vec![3, 6]), "the lines where they begin");
    let long = "x".repeat(MAX_ID + 1);
    let text = format!("a\n{long}\nb\nb\n{long}");
    assert_eq!(
        said(&["a"], &text, How::Add),
        "5 lines: 1 new, 1 twice in the file, 1 already in the list, 2 too long – lines 2, 5"
    );
}

#[test]
fn what_is_no_text_is_refused() {
    for (bytes, said) in [
        (&b"a\nb\ncaf\xe9\n"[..], "Line 3 is no UTF-8"),
        (b"PK\x03\x04\0\0", "This is no text"),
        (b" \n\n", "There is no id in it."),
        (b"user_id\n", "There is no id in it."),
    ] {
        let why = read(bytes, ReadAs::Lines, "").unwrap_err();
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn the_way_of_reading_follows_from_the_file() {
    for (chosen, name, column, expected) in [
        ("", "people.CSV", "", ReadAs::Table),
        ("", "people.tsv", "", ReadAs::Table),
        ("", "people.txt", "", ReadAs::Lines),
        ("", "", "", ReadAs::Lines),
        ("", "people.txt", "email", ReadAs::Table),
        ("lines", "people.csv", "email", ReadAs::Lines),
        ("table", "people.txt", "", ReadAs::Table),
    ] {
        assert_eq!(ReadAs::of(chosen, name, column), expected, "{chosen} {name} {column}");
    }
}

#[test]
fn ids_are_added_removed_or_put_in_place() {
    let list = ["a", "b", "c"].map(str::to_owned);
    let found = lines("c\nd\nd\na");
    for (how, after, said) in [
        (How::Add, vec!["a", "b", "c", "d"], "4 lines: 1 new, 1 twice in the file, 2 already in the list"),
        (How::Remove, vec!["b"], "4 lines: 2 removed, 1 twice in the file, 1 not in the list"),
        (How::Replace, vec!["a", "c", "d"], "4 lines: 1 new, 2 kept, 1 removed, 1 twice in the file"),
    ] {
        let (list, report) = merge(&list, &found, how);
        assert_eq!((list, report.sentence()), (after.into_iter().map(str::to_owned).collect(), said.to_owned()));
    }
    assert_eq!(said(&["a"], "a", How::Add), "1 line: 0 new, 1 already in the list");
}

#[test]
fn a_hundred_thousand_lines_are_reported() {
    let list: Vec<String> = (0..180).map(|n| format!("user_{n}")).collect();
    let mut text: Vec<String> = (0..99_297).map(|n| format!("user_{n}")).collect();
    text.extend((0..700).map(|n| format!("user_{n}")));
    for line in [6, 18, 29] {
        text.insert(line, "x".repeat(1_000));
    }
    let (after, report) = merge(&list, &lines(&text.join("\n")), How::Add);
    assert_eq!(after.len(), 99_297);
    assert_eq!(
        report.sentence().replace('\u{a0}', " "),
        "100 000 lines: 99 117 new, 700 twice in the file, 180 already in the list, 3 too long – lines 7, 19, 30"
    );
    assert_eq!(report.notes(), ["An id has at most 256 characters; the lines that are too long are left out."]);
}
