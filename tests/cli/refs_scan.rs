//! `flagstaff refs scan`: fifty keys planted in a generated tree, fifty that only look like them.

use super::fixture::Folder;
use flagstaff::domain::key::ProjectKey;
use flagstaff::server::store::{self, Db};
use std::fs;
use std::path::Path;

const SCAN: [&str; 4] = ["refs", "scan", "--project", "shop"];

/// Each in a line of its own, in a way that languages write it.
const WAYS: [&str; 5] = [
    "client.get_boolean_value(\"{}\", False)",
    "  if (flags['{}']) {",
    "const on = flags.{};",
    "{}: true",
    "// TODO remove {} (PAY-12).",
];

fn near(key: &str, number: usize) -> String {
    match number % 5 {
        0 => format!("{key}_v2"),
        1 => format!("my_{key}"),
        2 => key.to_uppercase(),
        3 => key.replace('_', "-"),
        _ => format!("{key}s"),
    }
}

fn write(top: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = top.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The flags `flag_00` … of the project, and the tree.
async fn planted() -> (Folder, String) {
    let folder = Folder::with_project().await;
    let keys: Vec<String> = (0..50).map(|number| format!("flag_{number:02}")).collect();
    let flags: String = keys.iter().map(|key| format!("  {key}: true\n")).collect();
    folder.import("flags.yaml", &format!("flags:\n{flags}"), &[]).ok();
    let top = folder.data().parent().unwrap().join("web");
    for (number, key) in keys.iter().enumerate() {
        let line = |text: &str| WAYS[number % WAYS.len()].replace("{}", text);
        let text = format!("one\n{}\nthree\n{}\n", line(key), line(&near(key, number)));
        write(&top, &format!("src/part_{}/file_{number}.txt", number % 7), text);
    }
    write(&top, ".gitignore", "dist/\n*.log\n");
    write(&top, "dist/bundle.js", "flag_00");
    write(&top, "build.log", "flag_01");
    write(&top, ".hidden/config", "flag_02");
    write(&top, "picture.bin", b"flag_03\n\0\x01\x02flag_04\n");
    (folder, top.display().to_string())
}

async fn kept(folder: &Folder) -> Vec<(String, usize)> {
    let db = Db::open(&folder.database()).await.unwrap();
    let mut cx = db.read().await.unwrap();
    let project = store::projects::find(&mut cx, &ProjectKey::parse("shop").unwrap()).await.unwrap().unwrap();
    let mut counts: Vec<_> = store::references::counts(&mut cx, &project.id).await.unwrap().into_iter().collect();
    counts.sort();
    drop(cx);
    db.close().await;
    counts
}

#[tokio::test]
async fn fifty_planted_keys_are_found_and_no_near_one() {
    let (folder, tree) = planted().await;
    let out = folder.run(&[&SCAN[..], &["--dry-run", &tree]].concat()).ok();
    assert!(out.contains("50 places name 50 of 50 flags") && out.contains("src/part_0/file_0.txt:2: flag_00"), "{out}");
    assert!(kept(&folder).await.is_empty(), "it was a dry run");
    let out = folder.run(&[&SCAN[..], &["--branch", "main", &tree]].concat()).ok();
    assert!(out.starts_with("web: ") && out.contains("50 places name 50 of 50 flags."), "{out}");
    let counts = kept(&folder).await;
    assert!(counts.len() == 50 && counts.iter().all(|(_, count)| *count == 1), "{counts:?}");
}

#[tokio::test]
async fn a_later_search_takes_the_place_of_the_one_before_and_of_no_other_tree() {
    let (folder, tree) = planted().await;
    folder.run(&[&SCAN[..], &[&tree]].concat()).ok();
    folder.run(&[&SCAN[..], &["--repository", "shop/app", &tree]].concat()).ok();
    assert!(kept(&folder).await.iter().all(|(_, count)| *count == 2));
    fs::remove_dir_all(Path::new(&tree).join("src")).unwrap();
    let out = folder.run(&[&SCAN[..], &[&tree]].concat()).ok();
    assert!(out.contains("0 places name 0 of 50 flags"), "{out}");
    assert!(kept(&folder).await.iter().all(|(_, count)| *count == 1));
}

#[tokio::test]
async fn what_cannot_be_searched_is_said() {
    let (folder, tree) = planted().await;
    folder.run(&[&SCAN[..], &["nowhere"]].concat()).failed(1, &["nowhere is no folder"]);
    folder.run(&["refs", "scan", &tree]).failed(2, &["--project"]);
    folder.run(&["refs", "scan", "--project", "shp", &tree]).failed(1, &["no project called shp", "shop"]);
    folder.run(&["refs", "scan", "--server", "http://127.0.0.1:1", &tree]).failed(2, &["FLAGSTAFF_API_KEY"]);
    let with_key = [("FLAGSTAFF_API_KEY", "fs_x")];
    folder.run_with(&["refs", "scan", "--server", "http://127.0.0.1:1", &tree], &with_key, "").failed(1, &["cannot be asked"]);
}

#[tokio::test]
async fn what_folders_around_a_tree_ignore_is_not_its_word() {
    let (folder, tree) = planted().await;
    write(folder.data().parent().unwrap(), ".gitignore", "*.txt\n");
    let out = folder.run(&[&SCAN[..], &[&tree]].concat()).ok();
    assert!(out.contains("50 places name 50 of 50 flags"), "{out}");
}

#[tokio::test]
async fn a_search_of_nothing_takes_no_earlier_one_away() {
    let (folder, tree) = planted().await;
    folder.run(&[&SCAN[..], &[&tree]].concat()).ok();
    let empty = folder.data().parent().unwrap().join("empty/web");
    fs::create_dir_all(&empty).unwrap();
    let empty = empty.display().to_string();
    let scan = [&SCAN[..], &["--repository", "web", &empty]].concat();
    folder.run(&scan).failed(1, &["no file was searched", "the last search stays", "--partial"]);
    assert_eq!(kept(&folder).await.len(), 50);
    folder.run(&[&scan[..], &["--partial"]].concat()).ok();
    assert!(kept(&folder).await.is_empty());
}

#[tokio::test]
async fn a_repository_is_forgotten_with_all_that_was_found_in_it() {
    let (folder, tree) = planted().await;
    for repository in ["shop/web", "shop/old"] {
        folder.run(&[&SCAN[..], &["--repository", repository, &tree]].concat()).ok();
    }
    let forget = ["refs", "forget", "--project", "shop", "--repository", "shop/old"];
    assert_eq!(folder.run(&forget).ok(), "Forgot the search of shop/old.\n");
    assert!(kept(&folder).await.iter().all(|(_, count)| *count == 1));
    folder.run(&forget).failed(1, &["No search of shop/old is kept"]);
    folder.run(&["refs", "forget", "--project", "shop"]).failed(2, &["--repository"]);
    let db = Db::open(&folder.database()).await.unwrap();
    let rows = store::audit::following(&mut db.read().await.unwrap(), 0, 1_000).await.unwrap();
    let row = rows.last().unwrap();
    assert_eq!((row.action.as_str(), row.object.as_str()), ("references.forget", "repository:shop/old"));
}

#[tokio::test]
async fn a_minified_line_of_a_megabyte_is_searched_like_any_other() {
    let (folder, tree) = planted().await;
    write(Path::new(&tree), "min.js", format!("x='{}';y=flags.flag_07", ".5".repeat(500_000)));
    let out = folder.run(&[&SCAN[..], &[&tree]].concat()).ok();
    assert!(out.contains("51 places name 50 of 50 flags"), "{out}");
}
