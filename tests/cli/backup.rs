//! `flagstaff backup`: a copy that can be relied on, or none.

use super::fixture::{CHECKOUT, Folder};
use super::verify_audit::tamper;

#[tokio::test]
async fn a_backup_is_a_whole_installation_with_its_key() {
    let folder = Folder::with_project().await;
    folder.import("f.yaml", CHECKOUT, &[]).ok();
    let out = folder.run(&["backup", "copy.db"]).ok();
    assert!(out.contains("sound, 3 audit rows.") && out.contains("secret.key"), "{out}");
    let copy = folder.data().with_file_name("copy.db");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let beside =
        std::fs::read_dir(copy.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = beside.filter(|name| name.starts_with("copy.db") && name != "copy.db").collect();
    assert_eq!(left, Vec::<String>::new(), "nothing is left beside it");

    let url = format!("sqlite:{}", copy.display());
    let verified = folder.run(&["verify-audit", "--database-url", &url]).ok();
    assert!(verified.contains("3 rows"), "{verified}");
    let (here, there) = (
        folder.run(&["export", "--project", "shop"]).ok(),
        folder.run(&["export", "--project", "shop", "--database-url", &url]).ok(),
    );
    assert_eq!(here, there);
}

#[tokio::test]
async fn nothing_is_overwritten_and_nothing_unsound_is_kept() {
    let folder = Folder::with_project().await;
    let taken = folder.file("taken.db", "mine");
    folder.run(&["backup", &taken]).failed(1, &["already", "name another"]);
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "mine");
    folder.run(&["backup", "nowhere/copy.db"]).failed(1, &["was not made"]);
    folder.run(&["backup"]).failed(2, &["FILE"]);

    tamper(&folder, "update audit_log set actor = 'nobody'").await;
    folder.run(&["backup", "copy.db"]).failed(1, &["row 1", "verify-audit"]);
    assert!(!folder.data().with_file_name("copy.db").exists() && !folder.data().with_file_name("copy.db.partial").exists());
}
