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
