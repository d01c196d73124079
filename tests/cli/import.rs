//! `flagstaff import`: a difference first, then all of it or nothing.

use super::fixture::{CHECKOUT, Folder};
use sqlx::{Connection, SqliteConnection};

/// Keys and definitions of all flags, and how many audit rows there are.
async fn stored(folder: &Folder) -> (Vec<(String, String)>, i64) {
    let url = format!("sqlite:{}", folder.database().display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let flags = sqlx::query_as("select key, definition from flags order by key").fetch_all(&mut connection).await.unwrap();
    let rows = sqlx::query_scalar("select count(*) from audit_log").fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    (flags, rows)
}

#[tokio::test]
async fn a_dry_run_shows_and_changes_nothing() {
    let folder = Folder::with_project().await;
    let before = stored(&folder).await;
    let out = folder.import("flags.yaml", CHECKOUT, &["--dry-run"]).ok();
    assert!(out.contains("+ new_checkout") && out.contains("payments-team") && out.contains("dry run"), "{out}");
    assert_eq!(stored(&folder).await, before);
}

#[tokio::test]
async fn an_import_is_there_for_the_next_process_and_twice_is_once() {
    let folder = Folder::with_project().await;
    let out = folder.import("flags.yaml", CHECKOUT, &[]).ok();
    assert!(out.contains("Imported 1 flag into shop/production"), "{out}");
    let after = stored(&folder).await;
    assert_eq!(after.0.len(), 1);
    let again = folder.import("flags.yaml", CHECKOUT, &[]).ok();
    assert!(again.contains("nothing had to change") && again.contains("1 of 1 flags stay"), "{again}");
    assert_eq!(stored(&folder).await, after, "the same file leaves the same bytes and no audit row");
}

#[tokio::test]
async fn the_difference_names_what_changes() {
    let folder = Folder::with_project().await;
    folder.import("flags.yaml", CHECKOUT, &[]).ok();
    let changed = CHECKOUT.replace("percentage: 10", "percentage: 25").replace("PAY-1234", "PAY-99");
    let out = folder.import("flags.yaml", &changed, &["--dry-run"]).ok();
    assert!(out.contains("~ new_checkout") && out.contains("PAY-1234 → PAY-99") && out.contains("25 %"), "{out}");
    assert!(!out.contains("payments-team"), "what stays is not told: {out}");
}

#[tokio::test]
async fn a_long_difference_is_counted() {
    let folder = Folder::with_project().await;
    let users = |letter: char| (0..500).map(|n| format!("{letter}{n}, ")).collect::<String>();
    let file = |letter: char| format!("flags:\n  a: {{enabled: true, allowed_users: [{}]}}\n", users(letter));
    folder.import("f.yaml", &file('u'), &[]).ok();
    let out = folder.import("f.yaml", &file('v'), &["--dry-run"]).ok();
    assert!(out.contains("added 500 items: v0, v1, v2 and 497 more") && out.lines().count() < 10, "{out}");
}

#[tokio::test]
async fn one_bad_flag_keeps_all_of_the_file_out() {
    let folder = Folder::with_project().await;
    let before = stored(&folder).await;
    let ran = folder.import("bad.yaml", &format!("{CHECKOUT}  other: {{percentage: 140, ownr: x}}\n"), &[]);
    ran.failed(1, &["bad.yaml:13:", "from 0 to 100", "Did you mean owner?", "2 findings", "nothing was changed"]);
    assert_eq!(ran.out, "");
    assert_eq!(stored(&folder).await, before);
}

#[tokio::test]
async fn what_is_left_out_is_warned_of_for_new_flags_only() {
    let folder = Folder::with_project().await;
    let text = "flags: {dark_mode: true}\n";
    let first = folder.import("flags.yaml", text, &[]);
    first.failed(0, &["flags.yaml:1:9: warning: flags.dark_mode.owner", "console", "flags.dark_mode.expires"]);
    assert_eq!(folder.import("flags.yaml", text, &[]).err, "");
}

#[tokio::test]
async fn a_file_comes_by_standard_input_too() {
    let folder = Folder::with_project().await;
    let args = ["import", "--project", "shop", "--environment", "development", "-"];
    folder.run_with(&args, &[], CHECKOUT).ok();
    folder.run_with(&args, &[], "flags: [").failed(1, &["standard input:1:"]);
    assert_eq!(stored(&folder).await.0.len(), 1);
}

#[tokio::test]
async fn as_somebody_their_rights_decide() {
    let folder = Folder::with_project().await;
    let account = |email: &str, role: &str| {
        let args = ["user", "create", "--email", email, "--name", "X", "--role", role, "--project", "shop", "--password-stdin"];
        folder.run_with(&args, &[], "a long password\n").ok();
    };
    account("vi@shop.example", "viewer");
    account("ed@shop.example", "editor");
    let before = stored(&folder).await;
    folder.import("f.yaml", CHECKOUT, &["--as", "vi@shop.example"]).failed(1, &["editor", "viewer"]);
    folder.import("f.yaml", CHECKOUT, &["--as", "no@shop.example"]).failed(1, &["no account for no@shop.example"]);
    folder.import("f.yaml", CHECKOUT, &["--as", "ed@shop.example"]).failed(1, &["--confirm production"]);
    assert_eq!(stored(&folder).await, before);
    let confirmed = ["--as", "ed@shop.example", "--confirm", "production", "--reason", "Decided on Monday"];
    folder.import("f.yaml", CHECKOUT, &confirmed).ok();
    assert_eq!(stored(&folder).await.0.len(), 1);
}

#[tokio::test]
async fn an_absent_file_or_project_is_told() {
    let folder = Folder::with_project().await;
    let import = |project: &str, environment: &str, file: &str| {
        folder.run(&["import", "--project", project, "--environment", environment, file])
    };
    import("shop", "production", "nowhere.yaml").failed(1, &["nowhere.yaml cannot be read"]);
    let file = folder.file("f.yaml", CHECKOUT);
    import("shopp", "production", &file).failed(1, &["Did you mean shop?"]);
    import("shop", "live", &file).failed(1, &["environment called live", "There are: development, staging, production"]);
    import("shop", "production", "").failed(2, &[]);
}
