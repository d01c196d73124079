//! `flagstaff export`, and its file into another installation.

use super::fixture::{CHECKOUT, Folder};

const EXPORT: [&str; 3] = ["export", "--project", "shop"];

#[tokio::test]
async fn an_export_makes_the_same_project_elsewhere() {
    let (from, to) = (Folder::with_project().await, Folder::with_project().await);
    from.import("short.yaml", CHECKOUT, &[]).ok();
    let yaml = from.run(&EXPORT).ok();
    assert!(
        yaml.starts_with("# A project of Flagstaff") && yaml.contains("\nversion: 1\n") && yaml.contains("owner: payments-team"),
        "{yaml}"
    );
    let file = to.file("shop.yaml", &yaml);
    let import = ["import", "--project", "shop", &file];
    let dry = to.run(&[&import[..], &["--dry-run"]].concat()).ok();
    assert!(dry.contains("+ new_checkout") && dry.contains("production: enabled") && dry.contains("dry run"), "{dry}");
    let out = to.run(&import).ok();
    assert!(out.contains("Imported 1 flag into shop: 2 changes."), "{out}");
    assert_eq!(to.run(&EXPORT).ok(), yaml);
    let json = to.run(&[&EXPORT[..], &["--format", "json"]].concat()).ok();
    assert_eq!(
        to.run(&["import", "--project", "shop", &to.file("shop.json", &json)]).ok(),
        "1 of 1 flags stay as they are.\nshop has all of it already; nothing had to change.\n"
    );
}

#[tokio::test]
async fn one_environment_is_exported_and_taken_alone() {
    let folder = Folder::with_project().await;
    folder.import("short.yaml", CHECKOUT, &[]).ok();
    let only = folder.run(&[&EXPORT[..], &["--environment", "staging"]].concat()).ok();
    assert!(only.contains("key: staging") && !only.contains("production"), "{only}");
    folder.run(&[&EXPORT[..], &["--environment", "stagign"]].concat()).failed(1, &["Did you mean staging?"]);
    folder.run(&["export", "--project", "shp"]).failed(1, &["Did you mean shop?"]);
    folder.run(&[&EXPORT[..], &["--format", "xml"]].concat()).failed(2, &["yaml, json"]);
    let file = folder.file("only.yaml", &only);
    folder
        .run(&["import", "--project", "shop", "--environment", "production", &file])
        .failed(1, &["says nothing of production", "staging"]);
    let short = folder.file("short.yaml", CHECKOUT);
    folder.run(&["import", "--project", "shop", &short]).failed(2, &["short form", "--environment"]);
}

#[tokio::test]
async fn a_long_file_is_evaluated_without_an_installation() {
    let folder = Folder::with_project().await;
    folder.import("short.yaml", CHECKOUT, &[]).ok();
    let file = folder.file("shop.yaml", &folder.run(&EXPORT).ok());
    let bare = Folder::bare();
    let evaluate = ["evaluate", "--file", &file, "--context", "{\"targetingKey\": \"user_123\"}", "--at", "2026-12-01T00:00:00Z"];
    bare.run(&[&evaluate[..], &["new_checkout"]].concat()).failed(2, &["development, staging, production", "--environment"]);
    let on = bare.run(&[&evaluate[..], &["--environment", "production", "--explain", "new_checkout"]].concat()).ok();
    assert!(on.contains("\"value\":true") && on.contains("\"steps\""), "{on}");
    let off = bare.run(&[&evaluate[..], &["--environment", "staging", "new_checkout"]].concat()).ok();
    assert!(off.contains("\"value\":false") && off.contains("DISABLED"), "{off}");
    bare.run(&[&evaluate[..], &["--environment", "live", "new_checkout"]].concat()).failed(1, &["There are: development"]);
    bare.run(&[&evaluate[..], &["--environment", "staging", "new_chekout"]].concat()).failed(1, &["Did you mean new_checkout?"]);
    let only = folder.file("only.yaml", &folder.run(&[&EXPORT[..], &["--environment", "production"]].concat()).ok());
    bare.run(&["evaluate", "--file", &only, "--context", "{\"targetingKey\": \"user_123\"}", "new_checkout"]).ok();
    assert!(!bare.data().exists());
}

#[test]
fn a_mistyped_folder_is_no_new_installation() {
    let folder = Folder::bare();
    let file = folder.file("f.yaml", CHECKOUT);
    let table: [&[&str]; 5] = [
        &["import", "--project", "shop", "--environment", "production", &file],
        &["export", "--project", "shop"],
        &["check", "--project", "shop", &file],
        &["backup", "copy.db"],
        &["key", "create", "--project", "shop", "--environment", "production", "--kind", "server", "--name", "X"],
    ];
    for args in table {
        folder.run(args).failed(1, &["there is no database at", "--data"]);
        assert!(!folder.data().exists(), "{args:?} left something behind");
    }
}
