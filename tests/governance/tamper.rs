//! Whatever somebody does to the files of an installation without its secret is found: every kind of tamper by name, and two
//! hundred at random. Each is done to a copy of one installation with a long history, two prunings and kept heads.

use super::house::{KEY, NOON, flag, shop, switch};
use super::tampers::{KINDS, Random, Tamper};
use flagstaff::domain::actor::Actor;
use flagstaff::domain::command::Command;
use flagstaff::domain::environment::Environment;
use flagstaff::domain::key::EnvironmentKey;
use flagstaff::domain::project::Project;
use flagstaff::domain::time::{DAY, HOUR};
use flagstaff::server::clock::Clock;
use flagstaff::server::governance::audit::{Evidence, Verified, verify_beside};
use flagstaff::server::governance::{Governance, Submission};
use flagstaff::server::services::demo;
use flagstaff::server::store::Db;
use std::path::{Path, PathBuf};
use tokio::sync::OnceCell;

/// The seeds of the two hundred: one each, from this one on.
const FIRST_SEED: u64 = 20_261_128;

/// An installation in a folder: `flagstaff.db` and `audit.heads`, and beside them `older.db`, a copy from before the first
/// pruning, and `newer.db`, one from after the last.
async fn installation() -> &'static Path {
    static MADE: OnceCell<tempfile::TempDir> = OnceCell::const_new();
    MADE.get_or_init(make).await.path()
}

async fn make() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let db = Db::open(&at("flagstaff.db")).await.unwrap();
    demo::create(&db, KEY, NOON).await.unwrap();
    let clock = Clock::at(NOON);
    let governance = Governance::new(db.clone(), KEY, clock.clone(), None);
    let submit = async |command| governance.submit(&Actor::System, Submission::new(command).because("So it was agreed")).await;
    let environments = ["development", "production"].into_iter().zip(0..);
    let environments = environments.map(|(key, at)| Environment::usual(EnvironmentKey::parse(key).unwrap(), at)).collect();
    submit(Command::CreateProject { project: Project::new(shop(), "Shop"), environments }).await.unwrap();
    submit(Command::CreateFlag { project: shop(), flag: flag("new_checkout") }).await.unwrap();
    submit(Command::SetRetention { days: Some(90) }).await.unwrap();
    let evidence = Evidence::new(db.clone(), KEY, clock.clone(), Some(at("audit.heads")));
    for n in 0..400 {
        clock.set(NOON.plus(n * 8 * HOUR + HOUR));
        submit(switch("new_checkout", "development", n % 2 == 0)).await.unwrap();
        if n % 30 == 0 {
            evidence.remember().await.unwrap();
        }
        match n {
            200 => db.copy_to(&at("older.db")).await.unwrap(),
            320 | 370 => assert!(evidence.prune().await.unwrap() > 0),
            380 => db.copy_to(&at("newer.db")).await.unwrap(),
            _ => {}
        }
    }
    evidence.remember().await.unwrap();
    db.close().await;
    assert_eq!(clock.now(), NOON.plus(133 * DAY + HOUR));
    folder
}

/// A copy of the whole folder.
async fn copied() -> tempfile::TempDir {
    let (from, to) = (installation().await, tempfile::tempdir().unwrap());
    for name in ["flagstaff.db", "older.db", "newer.db", "audit.heads"] {
        std::fs::copy(from.join(name), to.path().join(name)).unwrap();
    }
    to
}

async fn verified(folder: &Path) -> Verified {
    let db = Db::open(&folder.join("flagstaff.db")).await.unwrap();
    let heads: PathBuf = folder.join("audit.heads");
    let (verified, _) = verify_beside(&db, &KEY, Some(&heads), None).await.unwrap();
    db.close().await;
    verified
}

/// Tampers with a copy, and says what should have been found and was not.
async fn miss(kind: &Tamper, seed: u64) -> Option<String> {
    let folder = copied().await;
    let done = kind.tamper(folder.path(), &mut Random(seed)).await;
    let found = verified(folder.path()).await;
    let row = found.first_bad.as_ref().map(|bad| bad.seq);
    let is_found = !found.is_intact() && done.first_bad.is_none_or(|expected| row == Some(expected));
    (!is_found).then(|| format!("{}, seed {seed}: {}: {found:?}, expected {:?}", kind.name, done.what, done.first_bad))
}

async fn all_found(name: &str) {
    let kind = KINDS.iter().find(|kind| kind.name == name).unwrap();
    for seed in 0..6 {
        assert_eq!(miss(kind, seed).await, None);
    }
}

#[tokio::test]
async fn the_untouched_copy_is_sound() {
    let found = verified(copied().await.path()).await;
    assert!(found.is_intact(), "{found:?}");
    assert!(found.rows > 250 && found.pruned > 100, "{found:?}");
}

#[tokio::test]
async fn two_hundred_random_tampers_are_found() {
    let mut missed = Vec::new();
    for seed in FIRST_SEED..FIRST_SEED + 200 {
        missed.extend(miss(Random(seed).one_of(&KINDS), seed).await);
    }
    assert!(missed.is_empty(), "{} of 200 were missed:\n{}", missed.len(), missed.join("\n"));
}

macro_rules! named {
    ($($name:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $name() {
            all_found(stringify!($name)).await;
        })*

        #[test]
        fn every_kind_has_a_test_of_its_own() {
            let mut tested = vec![$(stringify!($name)),*];
            let mut kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            tested.sort_unstable();
            kinds.sort_unstable();
            assert_eq!(tested, kinds);
        }
    };
}

named! {
    a_flipped_bit_is_found,
    an_emptied_field_is_found,
    a_number_that_is_no_number_is_found,
    a_deleted_row_is_found,
    a_forged_row_between_is_found,
    a_forged_row_at_the_end_is_found,
    a_copied_row_at_the_end_is_found,
    two_rows_in_each_others_place_are_found,
    two_contents_in_each_others_place_are_found,
    a_cut_tail_is_found,
    a_cut_tail_with_an_older_head_is_found,
    a_head_record_that_is_gone_is_found,
    a_changed_head_record_is_found,
    an_older_database_is_found,
    an_older_database_of_after_a_pruning_is_found,
    a_changed_stub_is_found,
    a_deleted_stub_is_found,
    a_cut_beginning_is_found,
    a_cut_beginning_with_a_longer_stub_is_found,
    a_flipped_bit_in_the_heads_is_found,
    a_line_out_of_the_heads_is_found,
    lines_cut_off_the_heads_are_found,
    heads_that_are_gone_are_found,
    a_changed_record_of_the_heads_is_found,
}
