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
    assert_eq!(in_project("export.yaml", &export).ok(), "");
    folder.run(&["check", "--project", "shp", "f.yaml"]).failed(1, &[]);
}
