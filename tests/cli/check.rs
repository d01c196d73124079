//! `flagstaff check`: findings for CI.

use super::fixture::{CHECKOUT, Folder};

#[test]
fn every_finding_is_a_line_of_its_own_and_ends_with_one() {
    let folder = Folder::bare();
    let file = folder.file("bad.yaml", "flags:\n  a: {percentage: 140, ownr: x}\n  b: true\n");
    let ran = folder.run(&["check", &file]);
    ran.failed(1, &["2 findings in"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 2, "{ran:?}");
    assert!(lines[0].ends_with("bad.yaml:2:19: flags.a.percentage: A percentage is from 0 to 100; this is 140."), "{ran:?}");
    assert!(lines[1].contains("bad.yaml:2:24: flags.a.ownr: ") && lines[1].contains("Did you mean owner?"), "{ran:?}");
    assert!(!folder.data().exists(), "it needs no installation");
}

#[test]
fn warnings_are_findings_too_unless_they_are_allowed() {
    let folder = Folder::bare();
    let file = folder.file("thin.yaml", "flags:\n  a: {enabled: true, owner: ada, expires: \"2199-01-01\"}\n");
    let ran = folder.run(&["check", &file]);
    ran.failed(1, &["1 finding in"]);
    assert!(ran.out.contains("thin.yaml:2:3: warning: flags.a.description: "), "{ran:?}");
    assert!(folder.run(&["check", "--allow-warnings", &file]).ok().contains("warning"));
    let sound = "flags:\n  a: {enabled: true, owner: ada, description: d, expires: \"2199-01-01\"}\n";
    assert_eq!(folder.run(&["check", &folder.file("sound.yaml", sound)]).ok(), "");
    folder.run(&["check", "nowhere.yaml"]).failed(1, &["cannot be read"]);
    folder.run(&["check"]).failed(2, &["FILE"]);
    assert!(folder.run_with(&["check", "-"], &[], "flags: [").out.starts_with("standard input:1:"));
}

#[tokio::test]
async fn a_project_knows_more() {
    let folder = Folder::with_project().await;
    folder.import("f.yaml", CHECKOUT, &[]).ok();
    let in_project = |name: &str, text: &str| folder.run(&["check", "--project", "shop", &folder.file(name, text)]);
    let camel = "flags:\n  newCheckout: {enabled: true, owner: ada, description: d, expires: \"2199-01-01\"}\n";
    assert_eq!(folder.run(&["check", &folder.file("camel.yaml", camel)]).ok(), "");
    let ran = in_project("camel.yaml", camel);
    assert!(ran.code == 1 && ran.out.contains("Write new_checkout."), "{ran:?}");
    let typed = in_project(
        "typed.yaml",
        "flags:\n  new_checkout: {variants: {a: x, b: y}, description: d, owner: ada, expires: \"2199-01-01\"}\n",
    );
    assert!(typed.code == 1 && typed.out.contains("cannot change"), "{typed:?}");
    in_project("f.yaml", "flags: {}").failed(1, &["1 finding"]);
    let export = folder.run(&["export", "--project", "shop"]).ok();
    let ran = in_project("export.yaml", &export);
    assert!(ran.code == 1 && ran.out.lines().count() == 1, "{ran:?}");
    assert!(
        ran.out.contains("warning: flags.new_checkout.owner: Nobody answers for new_checkout: its owner, “payments-team”"),
        "{ran:?}"
    );
    folder.run(&["check", "--project", "shp", "f.yaml"]).failed(1, &[]);
}

#[test]
fn what_is_probably_not_meant_is_found_at_its_line() {
    let folder = Folder::bare();
    let short = "flags:
  a:
    enabled: true
    owner: ada
    description: d
    expires: \"2199-01-01\"
    rules:
      - {attribute: plan, operator: in, value: [pro, free], name: Paying}
      - {attribute: plan, operator: equals, value: pro}
      - {attribute: flags.a, operator: equals, value: true}
";
    let ran = folder.run(&["check", &folder.file("short.yaml", short)]);
    ran.failed(1, &["2 findings in"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(
        lines[0].ends_with(
            "short.yaml:9:52: warning: flags.a.rules[1].value: Rule 2 never decides: rule 1 (Paying) above it matches everybody \
             whom it matches. Move it above rule 1 (Paying), or remove it."
        ),
        "{ran:?}"
    );
    assert!(lines[1].contains("short.yaml:10:") && lines[1].contains("asks for another flag, a, through"), "{ran:?}");
    let long = "version: 1
attributes:
  - {name: plan, value_type: text, legal_values: [free, pro]}
segments:
  - {key: beta, name: Beta}
flags:
  a:
    kind: permission
    value_type: boolean
    variants: {\"on\": true, \"off\": false}
    fallback_variant: \"off\"
    owner: ada
    description: d
    environments:
      production:
        enabled: true
        off_variant: \"off\"
        rules:
          - id: r1
            conditions:
              - {attribute: plan, operator: equals, values: [gold]}
              - {attribute: plam, operator: exists}
              - {operator: in_segment, values: [beta]}
            serve: \"on\"
        fallthrough: \"off\"
environments:
  - {key: production, name: Production, colour: magenta, protection: open}
";
    let ran = folder.run(&["check", &folder.file("long.yaml", long)]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!((ran.code, lines.len()), (1, 3), "{ran:?}");
    for (line, path, said) in [
        (21, "conditions[0]", "which is not among its values: free and pro."),
        (22, "conditions[1]", "Did you mean plan?"),
        (23, "conditions[2]", "asks for the segment beta, which is empty"),
    ] {
        let found = lines.iter().find(|text| text.contains(said)).unwrap_or_else(|| panic!("{said}: {ran:?}"));
        assert!(found.contains(&format!("long.yaml:{line}:")), "{found}");
        assert!(found.contains(&format!("flags.a.environments.production.rules[0].{path}: Rule 1 ")), "{found}");
    }
}

/// One flag for each lint, with the sentence that is printed at its line.
#[tokio::test]
async fn every_lint_is_printed_with_its_sentence() {
    let flag = |name: &str, more: &str, state: &str| {
        format!(
            "  {name}:
    kind: permission
    value_type: boolean
    variants: {{\"on\": true, \"off\": false}}
    fallback_variant: \"off\"
    description: d
{more}
    environments:
      production:
        enabled: true
        off_variant: \"off\"
        fallthrough: \"on\"
{state}
"
        )
    };
    let conditions = |rules: &[&str]| {
        let rule =
            |(at, conditions): (usize, &&str)| format!("          - {{id: r{at}, conditions: [{conditions}], serve: \"on\"}}\n");
        format!("        rules:\n{}", rules.iter().enumerate().map(rule).collect::<String>())
    };
    let pro = "{attribute: plan, operator: equals, values: [pro]}";
    let owner = "    owner: team:payments";
    let table = [
        (
            "shadowed",
            owner,
            conditions(&["", pro]),
            "Rule 2 is never reached: rule 1 above it matches everybody. Move it above rule 1, or remove it.",
        ),
        (
            "unreachable",
            owner,
            conditions(&[pro, pro]),
            "Rule 2 never decides: rule 1 above it has the same conditions. Change the conditions of one of them, or remove rule 2.",
        ),
        (
            "duplicate",
            owner,
            conditions(&[&format!("{pro}, {pro}")]),
            "Rule 1 asks twice for “plan equals pro”. Remove it; the rule matches the same users.",
        ),
        (
            "contradictory",
            owner,
            conditions(&[&format!("{pro}, {{attribute: plan, operator: equals, values: [free]}}")]),
            "Rule 1 matches nobody unless plan is a list: it asks for “plan equals pro” and for “plan equals free”. Remove one of the two, or put the values into one condition, which holds for any of them.",
        ),
        (
            "impossible",
            owner,
            conditions(&[&format!("{pro}, {{attribute: plan, operator: not_exists}}")]),
            "Rule 1 never matches: “plan equals pro” and “plan is absent” cannot both hold. Remove one of the two. For users of either kind, make two rules.",
        ),
        (
            "empty",
            owner,
            conditions(&["{operator: in_segment, values: [nobody]}"]),
            "Rule 1 asks for the segment nobody, which is empty: nobody is in it. Put somebody into nobody, or ask for another segment.",
        ),
        (
            "unknown",
            owner,
            conditions(&["{attribute: plam, operator: exists}"]),
            "Rule 1 looks at plam, which the project has not described. Did you mean plan? Otherwise describe plam in the settings, under Attributes.",
        ),
        (
            "type",
            owner,
            conditions(&["{attribute: age, operator: contains, values: [\"3\"]}"]),
            "Rule 1 compares age as a text, but it is described as a number. Use another comparison, or describe age as a text.",
        ),
        (
            "value",
            owner,
            conditions(&["{attribute: age, operator: equals, values: [\"20\"]}"]),
            "Rule 1 compares age with 20, but it is described as a number. Texts and numbers are never equal: write it like 20, and choose its type.",
        ),
        (
            "legal",
            owner,
            conditions(&["{attribute: plan, operator: equals, values: [gold]}"]),
            "Rule 1 compares plan with gold, which is not among its values: free and pro. Write one of them, or add gold to the values of plan.",
        ),
        (
            "unserved",
            "    owner: team:payments\n    variants: {\"on\": true, \"off\": false, maybe: true}",
            String::new(),
            "Nobody gets maybe here: no target, rule or share serves it. Serve maybe to somebody, or remove it where no environment needs it.",
        ),
        (
            "nested",
            owner,
            conditions(&["{attribute: flags.shadowed, operator: equals, values: [true]}"]),
            "Rule 1 asks for another flag, shadowed, through the attribute flags.shadowed. Nobody sees here when shadowed changes. Ask for what its rules ask for, or let both ask for one segment.",
        ),
        (
            "ownerless",
            "    owner: Payments",
            String::new(),
            "Nobody answers for ownerless: its owner, “Payments”, is no person and no team of the project. Choose a person or a team of the project as its owner.",
        ),
        (
            "expired",
            "    owner: team:payments\n    expires_at: \"2020-01-01T00:00:00Z\"",
            String::new(),
            "Take it out of the code and archive it, or move its last day.",
        ),
    ];
    let head = "version: 1
environments:
  - {key: production, name: Production, colour: magenta, protection: critical}
teams:
  - {key: payments, name: Payments}
attributes:
  - {name: plan, value_type: text, legal_values: [free, pro]}
  - {name: age, value_type: number}
segments:
  - {key: nobody, name: Nobody}
flags:
";
    let folder = Folder::with_project().await;
    for (name, more, state, said) in table {
        let base = flag(name, more, &state);
        // A second list of variants takes the place of the first.
        let base = if more.contains("variants:") {
            base.replacen("    variants: {\"on\": true, \"off\": false}\n", "", 1)
        } else {
            base
        };
        let other = if name == "nested" { flag("shadowed", owner, "") } else { String::new() };
        let file = folder.file("lint.yaml", &format!("{head}{base}{other}"));
        let ran = folder.run(&["check", "--project", "shop", &file]);
        let lines: Vec<&str> = ran.out.lines().collect();
        assert!(ran.code == 1 && lines.len() == 1, "{name}: {ran:?}");
        assert!(lines[0].contains(&format!(": warning: flags.{name}")) && lines[0].ends_with(said), "{name}: {ran:?}");
        assert!(folder.run(&["check", "--project", "shop", "--allow-warnings", &file]).code == 0, "{name} is never in the way");
    }
}

const EXPECTED: &str = r#"version: 1
environments:
  - {key: production, name: production, colour: magenta, protection: critical}
personas:
  - key: pro
    name: Pro in Norway
    context: {targetingKey: user_7, plan: pro}
    expect:
      production:
        new_checkout: "on"
        gone: "on"
        other: green
      prodction: {new_checkout: "on"}
  - {key: nobody, name: Nobody, context: {}, expect: {production: {new_checkout: "off"}}}
flags:
  new_checkout: &flag
    kind: operational
    value_type: boolean
    variants: {"on": true, "off": false}
    fallback_variant: "off"
    owner: ada
    description: d
    environments:
      production:
        enabled: false
        off_variant: "off"
        rules: [{id: r1, conditions: [{attribute: plan, operator: equals, values: [pro]}], serve: "on"}]
        fallthrough: "off"
"#;

fn expected() -> String {
    let other = EXPECTED.split_once("  new_checkout: &flag\n").unwrap().1;
    format!("{}  other:\n{other}", EXPECTED.replace(" &flag", ""))
}

#[test]
fn personas_in_a_file_are_tried_on_its_flags() {
    let folder = Folder::bare();
    let ran = folder.run(&["check", &folder.file("broken.yaml", &expected())]);
    ran.failed(1, &["4 findings in"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(
        lines[0].ends_with(
            "broken.yaml:10:9: personas[0].expect.production.new_checkout: Pro in Norway expects on, gets off. Serves off, because the flag is off here."
        ),
        "{ran:?}"
    );
    for (at, text) in [(1, ":11:9: warning: "), (2, ":12:9: warning: "), (3, ":13:19: warning: ")] {
        assert!(lines[at].contains(text), "{text}: {ran:?}");
    }
    for text in ["no flag gone", "other has no variant green", "no environment prodction", "Did you mean production?"] {
        assert!(ran.out.contains(text), "{text}: {ran:?}");
    }
    let sound = expected().replace("enabled: false", "enabled: true").replace("        gone: \"on\"\n        other: green\n", "");
    let sound = sound.replace("      prodction: {new_checkout: \"on\"}\n", "");
    assert_eq!(folder.run(&["check", &folder.file("sound.yaml", &sound)]).ok(), "");
    let wrong = sound.replace("        new_checkout: \"on\"\n", "        new_checkout: true\n");
    let ran = folder.run(&["check", &folder.file("wrong.yaml", &wrong)]);
    assert!(ran.code == 1 && ran.out.contains("wrong.yaml:10:"), "{ran:?}");
}

#[tokio::test]
async fn stored_personas_are_tried_on_the_files_flags() {
    let folder = Folder::with_project().await;
    let sound = expected().replace("enabled: false", "enabled: true").replace("        gone: \"on\"\n        other: green\n", "");
    let sound = sound.replace("      prodction: {new_checkout: \"on\"}\n", "");
    let import = folder.run(&["import", "--project", "shop", &folder.file("sound.yaml", &sound)]);
    assert_eq!(import.code, 0, "{import:?}");
    let export = folder.run(&["export", "--project", "shop"]).ok();
    assert!(export.contains("expect:") && export.contains("production: {new_checkout: \"on\"}"), "{export}");
    let flags = format!("version: 1\nflags:\n{}", sound.split_once("\nflags:\n").unwrap().1);
    let in_project = |name: &str, text: &str| folder.run(&["check", "--project", "shop", &folder.file(name, text)]);
    // That nobody owns them, or gets one of their variants, is another matter.
    let told = |out: &str| {
        out.lines()
            .filter(|line| !line.contains("Nobody answers for") && !line.contains("Nobody gets on here"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert!(told(&in_project("same.yaml", &flags).out).is_empty());
    let ran = in_project("off.yaml", &flags.replacen("enabled: true", "enabled: false", 1));
    assert_eq!((ran.code, told(&ran.out).len()), (1, 1), "{ran:?}");
    let found = ": flags.new_checkout.environments.production: Pro in Norway expects on, gets off.";
    assert!(ran.out.contains("off.yaml:11:7") && ran.out.contains(found), "{ran:?}");
    let short = folder.file("short.yaml", "flags:\n  new_checkout: {enabled: true, percentage: 0}\n");
    let ran = folder.run(&["check", "--project", "shop", &short]);
    assert!(told(&ran.out).is_empty(), "of no environment nothing is known: {ran:?}");
    let ran = folder.run(&["check", "--project", "shop", "--environment", "production", &short]);
    let found = "short.yaml:2:1: flags.new_checkout: Pro in Norway expects on, gets off. Serves off, as to everyone";
    assert!(ran.code == 1 && ran.out.contains(found) && told(&ran.out).len() == 1, "{ran:?}");
    assert!(told(&folder.run(&["check", "--project", "shop", "--environment", "staging", &short]).out).is_empty());
    let nowhere = folder.run(&["check", "--project", "shop", "--environment", "prodction", &short]);
    nowhere.failed(1, &["no environment of shop called prodction"]);
}
