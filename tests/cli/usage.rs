//! Options, variables, help and exit codes.

use super::fixture::{CHECKOUT, Folder};

const COMMANDS: [&[&str]; 12] = [
    &["serve"],
    &["user"],
    &["user", "create"],
    &["user", "reset-password"],
    &["key"],
    &["key", "create"],
    &["import"],
    &["export"],
    &["check"],
    &["evaluate"],
    &["backup"],
    &["verify-audit"],
];

#[test]
fn every_command_has_help() {
    let folder = Folder::bare();
    for command in COMMANDS {
        let out = folder.run(&[command, &["--help"]].concat()).ok();
        assert!(out.contains("Usage: flagstaff") && out.contains("--data <DIR>"), "{command:?}: {out}");
    }
    let out = folder.run(&["--help"]).ok();
    assert!(out.contains("backup") && !out.contains("migrate-data"), "only what is there is listed: {out}");
    assert!(folder.run(&["--version"]).ok().starts_with("flagstaff "));
}

#[test]
fn wrong_usage_is_two() {
    let folder = Folder::bare();
    let table: [(&[&str], &str); 6] = [
        (&[], "Usage"),
        (&["user"], "create"),
        (&["sreve"], "serve"),
        (&["import", "--project", "shop"], "FILE"),
        (&["import", "--project", "a b", "--environment", "x", "f"], "project key"),
        (&["evaluate", "--file", "x", "--context", "{}", "--contexts", "y", "k"], "cannot be used with"),
    ];
    for (args, words) in table {
        folder.run(args).failed(2, &[words]);
    }
    folder.run(&["verify-audit", "--database-url", "postgres://ada:hush@db/x"]).failed(2, &["sqlite:PATH"]);
}

#[test]
fn options_are_variables_too() {
    let folder = Folder::bare();
    let file = folder.file("flags.yaml", CHECKOUT);
    let variables = [
        ("FLAGSTAFF_FILE", file.as_str()),
        ("FLAGSTAFF_CONTEXT", "{\"targetingKey\":\"user_123\"}"),
        ("FLAGSTAFF_EXPLAIN", "true"),
    ];
    let out = folder.run_with(&["evaluate", "--at", "2026-12-01T00:00:00Z", "new_checkout"], &variables, "").ok();
    assert!(out.contains("TARGETING_MATCH") && out.contains("\"steps\""), "{out}");
}

#[test]
fn an_unknown_variable_of_ours_is_refused() {
    let folder = Folder::bare();
    let file = folder.file("flags.yaml", CHECKOUT);
    let args = ["evaluate", "--file", &file, "--context", "{}", "new_checkout"];
    let with = |name: &str| folder.run_with(&args, &[(name, "x")], "");
    with("FLAGSTAFF_PROJCT").failed(2, &["FLAGSTAFF_PROJCT", "did you mean FLAGSTAFF_PROJECT?"]);
    with("FLAGSTAFF_ZEBRAS").failed(2, &["FLAGSTAFF_ZEBRAS", "FLAGSTAFF_SECRET_KEY"]);
    // The missing option is missing because of the typing mistake, so that is what is told.
    let args = ["import", "--environment", "production", &file];
    folder.run_with(&args, &[("FLAGSTAFF_PROJCT", "shop")], "").failed(2, &["did you mean FLAGSTAFF_PROJECT?"]);
    assert_eq!(folder.run_with(&["--help"], &[("FLAGSTAFF_PROJCT", "shop")], "").code, 0);
}

#[test]
fn a_database_may_be_elsewhere_and_the_secret_in_a_variable() {
    let folder = Folder::bare();
    let url = format!("sqlite:{}", folder.data().with_file_name("other.db").display());
    let secret = "ab".repeat(32);
    let args =
        ["user", "create", "--email", "a@b.c", "--name", "A", "--role", "owner", "--password-stdin", "--database-url", &url];
    folder.run_with(&args, &[("FLAGSTAFF_SECRET_KEY", &secret)], "correct horse battery").ok();
    assert!(!folder.data().join("secret.key").exists() && !folder.database().exists());
    let verify = ["verify-audit", "--database-url", &url];
    folder.run_with(&verify, &[("FLAGSTAFF_SECRET_KEY", &secret)], "").ok();
    folder.run_with(&verify, &[("FLAGSTAFF_SECRET_KEY", &"cd".repeat(32))], "").failed(1, &["row 1"]);
    folder.run_with(&verify, &[("FLAGSTAFF_SECRET_KEY", "short")], "").failed(1, &["64 hexadecimal digits"]);
    folder.run(&verify).failed(1, &["no secret key at"]);
}
