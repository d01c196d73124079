//! Broken files, in both forms and both languages: what is said, on which line, and that nothing changes.

use super::house::House;
use flagstaff::server::services::flag_file::Finding;

/// A sound flag in the long form, from line 7 on: its lines can be broken one at a time.
const LONG: &str = r#"version: 1
project: {name: Shop, naming_pattern: "^[a-z_]+$", kinds: {release: {lifetime_days: 90}}}
environments:
  - {key: production, name: Production, colour: magenta, protection: open, policy: {review: {when: always, quorum: 2}, kinds: {kill_switch: {when: large}}, large: {growth: 25}, freezes: [{name: Sale, from: "2026-11-27T00:00:00Z", until: "2026-11-30T00:00:00Z"}]}}
segments:
  - {key: beta, name: Beta, groups: [[{attribute: plan, operator: in, values: [pro]}]]}
flags:
  new_checkout:
    kind: release
    value_type: boolean
    variants: {"on": true, "off": false}
    fallback_variant: "off"
    owner: team:payments
    description: The new checkout
    expires_at: "2027-06-01T00:00:00Z"
    environments:
      production:
        enabled: true
        off_variant: "off"
        targets: [{variant: "on", units: [user_1]}]
        rules:
          - {id: r1, conditions: [{attribute: plan, operator: in, values: [pro]}], serve: "on"}
        fallthrough: {split: [{variant: "on", share: 12.5}, {variant: "off", share: 87.5}]}
"#;

/// What stands in the sound file, what stands there instead, and on which line which words are said of it.
const LONG_ROWS: [(&str, &str, usize, &[&str]); 45] = [
    ("version: 1", "version: 3", 1, &["must be 1", "later Flagstaff"]),
    ("version: 1", "version: one", 1, &["must be 1", "short form"]),
    ("segments:", "segmnts:", 5, &["no field \"segmnts\"", "Did you mean segments?"]),
    ("name: Shop", "name: Shop, name: Store", 2, &["a second time"]),
    ("\"^[a-z_]+$\"", "\"(\"", 2, &["project.naming_pattern", "no regular expression"]),
    ("lifetime_days: 90", "lifetime_days: 0", 2, &["kinds.release.lifetime_days", "1 to 3650"]),
    ("lifetime_days: 90", "lifetime_days: ninety", 2, &["whole number of days"]),
    ("colour: magenta", "colour: pink", 4, &["no colour", "teal, amber"]),
    ("protection: open", "protection: opne", 4, &["Did you mean open?"]),
    ("key: production, ", "", 4, &["key is missing", "key: production"]),
    (
        "[{attribute: plan, operator: in, values: [pro]}]]}\nflags",
        "[{operator: in_segment, values: [beta]}]]}\nflags",
        6,
        &["cannot ask for another"],
    ),
    ("groups: [[{", "include: \"3 hidden\", groups: [[{", 6, &["segments[0].include", "made for a viewer", "ask an editor"]),
    ("  new_checkout:", "  newCheckout:", 8, &["keys that match", "^[a-z_]+$"]),
    ("kind: release", "kind: relaese", 9, &["Did you mean release?"]),
    ("    kind: release\n", "", 8, &["kind is missing"]),
    ("value_type: boolean", "value_type: integer", 11, &["a whole number"]),
    ("fallback_variant: \"off\"", "fallback_variant: \"of\"", 12, &["not one of the variants: on, off"]),
    ("owner: team:payments", "owner: 7", 13, &["must be a text", "in quotes"]),
    ("expires_at: \"2027-06-01T00:00:00Z\"", "expires_at: soon", 15, &["neither a date nor an instant"]),
    ("    expires_at: \"2027-06-01T00:00:00Z\"\n", "", 8, &["needs an expiry date"]),
    ("description: The new checkout", "descripton: The new checkout", 14, &["Did you mean description?"]),
    ("      production:", "      live:", 17, &["environment \"live\"", "They are: production"]),
    ("enabled: true", "enabled: yes", 18, &["Write true, without quotes"]),
    ("units: [user_1]", "units: \"12 hidden\"", 20, &["targets[0].units", "made for a viewer"]),
    ("operator: in, values: [pro]}], serve", "operator: matches, values: [\"(\"]}], serve", 22, &["conditions[0].values[0]"]),
    ("operator: in, values: [pro]}], serve", "operator: is, values: [pro]}], serve", 22, &["no operator", "They are: equals"]),
    ("serve: \"on\"}", "serve: true}", 22, &["Put a name in quotes"]),
    ("share: 12.5", "share: 140", 23, &["from 0 to 100", "140"]),
    ("share: 12.5", "share: 12", 23, &["sum to 100 %", "99.5 %"]),
    ("when: always", "when: allways", 4, &["Did you mean always?"]),
    ("when: always", "whn: always", 4, &["no field \"whn\"", "Did you mean when?"]),
    ("quorum: 2", "quorum: 0", 4, &["policy.review.quorum", "1 to 3"]),
    ("quorum: 2", "quorum: 4", 4, &["policy.review.quorum", "1 to 3"]),
    ("quorum: 2", "quorum: 400", 4, &["policy.review.quorum", "1 to 3"]),
    ("quorum: 2", "quorum: two", 4, &["policy.review.quorum", "whole number"]),
    ("quorum: 2", "reviewers: editor", 4, &["no role \"editor\"", "approver, admin"]),
    ("policy: {", "policy: {reviews: 1, ", 4, &["no field \"reviews\"", "Did you mean review?"]),
    ("policy: {review", "policy: [], note: {review", 4, &["policy", "{review:"]),
    ("kill_switch: {when: large}", "killswitch: {when: large}", 4, &["no field \"killswitch\"", "Did you mean kill_switch?"]),
    ("growth: 25", "growth: 101", 4, &["large.growth", "from 0 to 100"]),
    ("name: Sale, ", "", 4, &["freezes[0].name", "name is missing"]),
    ("name: Sale", "name: \"\"", 4, &["freezes[0].name", "1 to 100 characters"]),
    ("until: \"2026-11-30T00:00:00Z\"", "until: \"2026-11-26T00:00:00Z\"", 4, &["freezes[0].until", "end after it begins"]),
    ("until: \"2026-11-30T00:00:00Z\"", "until: soon", 4, &["freezes[0].until"]),
    ("{split: [", "{splits: [", 23, &["no field \"splits\"", "Did you mean split?"]),
];

/// Whole files, for the environment production where they are short.
fn whole() -> Vec<(Vec<u8>, usize, &'static [&'static str])> {
    let text = |text: &str| text.as_bytes().to_vec();
    let bomb = {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..12 {
            text += &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "));
        }
        text.into_bytes()
    };
    vec![
        (text("flags:\n  a: {enabled: true, percentage: 140}\n"), 2, &["from 0 to 100"]),
        (text("flags:\n  a: {enabled: true, percent: 10}\n"), 2, &["Did you mean percentage?"]),
        (text("flags:\n  a: true\n  a: false\n"), 3, &["a second time"]),
        (text("{\"flags\": {\n  \"a\": true,\n  \"a\": false}}"), 3, &["a second time"]),
        (
            text(
                "{\"flags\": {\"a\": {\"enabled\": true,\n \"rules\": [{\"attribute\": \"p\", \"operator\": \"==\", \"value\": 1}]}}}",
            ),
            2,
            &["no operator"],
        ),
        (text("{\"version\": 1, \"flags\": {\n \"a\": {\"kind\": \"release\"}}}"), 2, &["value_type is missing"]),
        (text("{\"version\": 1,\n \"flags\": []}"), 2, &["a mapping such as"]),
        (text("flags:\n\ta: true\n"), 2, &["neither YAML nor JSON"]),
        (text("flags:\n  a: &x {enabled: *x}\n"), 2, &[]),
        (text("flags:\n  a: {<<: 5}\n"), 2, &[]),
        (b"flags:\n  caf\xe9: true\n".to_vec(), 2, &["UTF-8"]),
        (text("environments: []\nflags: {}\n"), 1, &["long form", "version: 1"]),
        (format!("flags: {}", "[".repeat(4_000)).into_bytes(), 1, &["unfolds to too much"]),
        (bomb, 0, &["unfolds to too much"]),
        (vec![b' '; 40 * 1024 * 1024], 1, &["MiB"]),
        (Vec::new(), 1, &["flags:"]),
    ]
}

async fn refused(house: &House, file: &[u8], line: usize, words: &[&str]) {
    let shown = || String::from_utf8_lossy(&file[..file.len().min(2_000)]).into_owned();
    let findings = house.findings(Some("production"), file).await;
    let told = |finding: &Finding| {
        let said = format!("{}: {}", finding.path, finding.message);
        (line == 0 || finding.at.line == line) && words.iter().all(|word| said.contains(word))
    };
    assert!(findings.iter().any(told), "{words:?} on line {line} is not among {findings:#?}\n{}", shown());
}

#[tokio::test]
async fn every_broken_file_is_refused_with_its_line_and_advice_and_changes_nothing() {
    let house = House::with(&["production"]).await;
    let before = house.rows().await;
    for (sound, broken, line, words) in LONG_ROWS {
        assert!(LONG.contains(sound), "{sound:?}");
        let place = LONG.find(sound).unwrap();
        let file = format!("{}{broken}{}", &LONG[..place], &LONG[place + sound.len()..]);
        // An admin may bring keys that a pattern does not allow; an editor may not.
        if broken.contains("newCheckout") {
            let editor = house.person("ed", Some(flagstaff::domain::role::Role::Editor)).await;
            let error = house.prepare(&editor, None, file.as_bytes()).await;
            let Err(flagstaff::server::services::import::ImportError::File(findings)) = error else { panic!("{error:?}") };
            let said = |finding: &Finding| finding.at.line == line && words.iter().all(|word| finding.message.contains(word));
            assert!(findings.iter().any(said), "{findings:#?}");
            continue;
        }
        refused(&house, file.as_bytes(), line, words).await;
    }
    for (file, line, words) in whole() {
        refused(&house, &file, line, words).await;
    }
    assert_eq!(house.rows().await, before + 2, "the editor's account, and nothing else");
    assert!(house.findings(None, LONG.as_bytes()).await.is_empty(), "unbroken it is sound");
}

#[tokio::test]
async fn one_run_tells_everything() {
    let house = House::with(&["production"]).await;
    let file = LONG
        .replace("kind: release\n", "kind: relaese\n")
        .replace("share: 12.5", "share: 140")
        .replace("colour: magenta", "colour: 7");
    let findings = house.findings(None, file.as_bytes()).await;
    let lines: Vec<usize> = findings.iter().map(|finding| finding.at.line).collect();
    assert_eq!(lines, [4, 9, 23], "{findings:#?}");
    assert!(findings[2].to_string().starts_with("23:"), "{}", findings[2]);
    assert_eq!(findings[2].path, "flags.new_checkout.environments.production.fallthrough.split[0].share");
}
