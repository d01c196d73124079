//! `flagstaff user create` and `flagstaff key create`.

use super::fixture::{Folder, Ran};
use flagstaff::server::security::tokens::sha256_hex;
use sqlx::{Connection, SqliteConnection};

fn create(folder: &Folder, more: &[&str], password: &str) -> Ran {
    let args = [&["user", "create", "--email", "Ada@Shop.Example", "--name", "Ada", "--password-stdin"], more].concat();
    folder.run_with(&args, &[], password)
}

async fn connect(folder: &Folder) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite:{}", folder.database().display())).await.unwrap()
}

#[tokio::test]
async fn an_account_is_made_with_a_fresh_installation() {
    let folder = Folder::bare();
    let out = create(&folder, &["--role", "owner"], "correct horse battery\n").ok();
    assert!(out.contains("ada@shop.example"), "{out}");
    let sql = "select instance_role, password_hash from users where email = 'ada@shop.example'";
    let (role, hash): (String, String) = sqlx::query_as(sql).fetch_one(&mut connect(&folder).await).await.unwrap();
    assert_eq!(role, "owner");
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    create(&folder, &["--role", "owner"], "correct horse battery\n").failed(1, &["already is an account"]);
}

#[cfg(unix)]
#[test]
fn what_is_made_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::bare();
    create(&folder, &["--role", "member"], "correct horse battery").ok();
    let mode = |path: std::path::PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(folder.data()), mode(folder.data().join("secret.key"))), (0o700, 0o600));
}

#[tokio::test]
async fn a_role_in_a_project_comes_with_the_account_or_not_at_all() {
    let folder = Folder::with_project().await;
    create(&folder, &["--role", "approver", "--project", "shop"], "correct horse battery").ok();
    let sql = "select u.instance_role, m.role from users u join members m on m.user_id = u.id";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut connect(&folder).await).await.unwrap();
    assert_eq!(rows, [("member".to_owned(), "approver".to_owned())]);

    let other = Folder::with_project().await;
    create(&other, &["--role", "editor", "--project", "nowhere"], "correct horse battery").failed(1, &["There are: shop."]);
    let count: i64 = sqlx::query_scalar("select count(*) from users").fetch_one(&mut connect(&other).await).await.unwrap();
    assert_eq!(count, 0);
}

#[test]
fn bad_accounts_are_refused_and_nothing_asks() {
    let folder = Folder::bare();
    create(&folder, &["--role", "editor"], "x").failed(2, &["add --project"]);
    create(&folder, &["--role", "boss"], "x").failed(2, &["owner or member"]);
    create(&folder, &["--role", "owner"], "short").failed(1, &["password", "at least 12"]);
    let args = ["user", "create", "--email", "ada", "--name", "A", "--role", "owner", "--password-stdin"];
    folder.run_with(&args, &[], "correct horse battery").failed(2, &["no e-mail address"]);
    let args = ["user", "create", "--email", "a@b.c", "--name", "A", "--role", "owner"];
    folder.run_with(&args, &[], "correct horse battery").failed(2, &["--password-stdin"]);
}

#[tokio::test]
async fn a_key_is_printed_alone_and_kept_as_a_hash() {
    let folder = Folder::with_project().await;
    for kind in ["server", "client"] {
        let args = ["key", "create", "--project", "shop", "--environment", "production", "--kind", kind, "--name", "Shop"];
        let out = folder.run(&args).ok();
        let secret = out.strip_suffix('\n').unwrap();
        assert!(
            secret.starts_with(&format!("fs_{kind}_")) && secret.len() > 60 && !secret.contains(char::is_whitespace),
            "{out}"
        );
        let sql = "select count(*) from api_keys where secret_hash = $1";
        let kept: i64 = sqlx::query_scalar(sql).bind(sha256_hex(secret)).fetch_one(&mut connect(&folder).await).await.unwrap();
        assert_eq!(kept, 1);
    }
    let args = ["key", "create", "--project", "shop", "--environment", "prod", "--kind", "server", "--name", "Shop"];
    folder.run(&args).failed(1, &["Did you mean production?"]);
    let args = ["key", "create", "--project", "shop", "--environment", "production", "--kind", "admin", "--name", "Shop"];
    folder.run(&args).failed(2, &["server", "client"]);
}

#[tokio::test]
async fn a_password_is_reset_and_every_session_ends() {
    let folder = Folder::bare();
    create(&folder, &["--role", "owner"], "correct horse battery").ok();
    let mut connection = connect(&folder).await;
    let hash = "select password_hash from users";
    let before: String = sqlx::query_scalar(hash).fetch_one(&mut connection).await.unwrap();
    let session =
        "insert into sessions (id_hash, user_id, data, created_at, expires_at) select 'x', id, '{}', 0, 9e15 from users";
    sqlx::query(session).execute(&mut connection).await.unwrap();
    let reset = |email: &str, password: &str| {
        folder.run_with(&["user", "reset-password", "--email", email, "--password-stdin"], &[], password)
    };
    reset("ada@shop.exmaple", "another long password").failed(1, &["Did you mean ada@shop.example?"]);
    reset("ada", "another long password").failed(2, &["no e-mail address"]);
    reset("ada@shop.example", "short").failed(1, &["at least 12"]);
    folder.run(&["user", "reset-password", "--email", "ada@shop.example"]).failed(2, &["--password-stdin"]);
    let count = "select count(*) from sessions";
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut connection).await.unwrap(), 1);

    assert!(reset("Ada@Shop.example", "another long password\n").ok().contains("signed out everywhere"));
    let after: String = sqlx::query_scalar(hash).fetch_one(&mut connection).await.unwrap();
    assert!(after.starts_with("$argon2id$") && after != before);
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut connection).await.unwrap(), 0);
    assert!(folder.run(&["verify-audit"]).ok().contains("2 rows"));
}
