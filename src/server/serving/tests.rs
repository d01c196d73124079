//! Snapshots against a real database file: faults, reuse, epochs, counts.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod increments;

use super::*;
use crate::domain::environment::Environment;
use crate::domain::flag::{ExpiryAction, Flag, FlagKind, Owner, ValueType};
use crate::domain::id::{EnvironmentId, FlagId, SegmentId};
use crate::domain::key::{FlagKey, SegmentKey, VariantName};
use crate::domain::project::Project;
use crate::domain::rollout::{Plan, Rollout};
use crate::domain::rule::{Rule, Serve};
use crate::domain::segment::Segment;
use crate::domain::state::State;
use crate::domain::time::{DAY, Timestamp};
use crate::engine::{Context, Reason};
use crate::server::store::db::{on_db, run_on_db};
use crate::server::store::{Tx, environments, flags, projects, segments, states};
use serde_json::json;

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

struct World {
    _folder: tempfile::TempDir,
    db: Db,
    clock: Clock,
    project: ProjectId,
    environment: EnvironmentId,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("flagstaff.db")).await.unwrap();
        let (project, environment) = (ProjectId::from_text("p"), EnvironmentId::from_text("e"));
        let mut tx = db.begin().await.unwrap();
        projects::insert(&mut tx, &project, &Project::new(ProjectKey::parse("shop").unwrap(), "Shop"), START).await.unwrap();
        let usual = Environment::usual(EnvironmentKey::parse("production").unwrap(), 0);
        environments::insert(&mut tx, &environment, &project, &usual, START).await.unwrap();
        tx.commit().await.unwrap();
        Self { _folder: folder, db, clock: Clock::at(START), project, environment }
    }

    /// One transaction of the write path: rows, then the revision.
    async fn write(&self, rows: impl AsyncFnOnce(&mut Tx)) {
        let mut tx = self.db.begin().await.unwrap();
        rows(&mut tx).await;
        environments::raise_revisions(&mut tx, &self.project).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A flag that is on for everybody, but for `change`.
    async fn flag(&self, key: &str, change: impl FnOnce(&mut State)) -> FlagId {
        let id = FlagId::from_text(key);
        let flag = boolean(key);
        let mut state = State { enabled: true, ..State::initial(&flag) };
        change(&mut state);
        self.write(async |tx| {
            flags::insert(tx, &id, &self.project, &flag, "test", START).await.unwrap();
            states::insert(tx, &id, &self.environment, &state, START).await.unwrap();
        })
        .await;
        id
    }

    async fn sql(&self, sql: &'static str) {
        self.write(async |tx| {
            run_on_db!(tx, c => sqlx::query(sql).execute(c)).unwrap();
        })
        .await;
    }

    async fn load(&self) -> Serving {
        Serving::load(self.db.clone(), self.clock.clone()).await.unwrap()
    }
}

fn boolean(key: &str) -> Flag {
    Flag {
        key: FlagKey::parse(key).unwrap(),
        kind: FlagKind::Operational,
        value_type: ValueType::Boolean,
        variants: Flag::boolean_variants(),
        fallback_variant: VariantName::off(),
        owner: Owner::Unclaimed("team".to_owned()),
        description: "A flag.".to_owned(),
        scope: String::new(),
        ticket: String::new(),
        tags: Vec::new(),
        rollback_criteria: String::new(),
        expires_at: None,
        on_expiry: ExpiryAction::Notify,
        review_by: None,
        client_visible: false,
        archived_at: None,
    }
}

fn production(serving: &Serving) -> Arc<Snapshot> {
    serving.environment(&ProjectKey::parse("shop").unwrap(), &EnvironmentKey::parse("production").unwrap()).unwrap()
}

fn answer(snapshot: &Snapshot, key: &str, now: Timestamp) -> (String, Reason) {
    let evaluation = snapshot.flag(key).unwrap().evaluate(&Context::empty(), now);
    (evaluation.variant.name.clone(), evaluation.reason)
}

#[tokio::test]
async fn a_state_that_cannot_be_read_or_compiled_disables_its_own_flag_only() {
    let world = World::new().await;
    for key in ["garbage", "impossible", "sound"] {
        world.flag(key, |_| {}).await;
    }
    world.sql("update flag_states set state = '{\"enabled\": maybe' where flag_id = 'garbage'").await;
    world.sql("update flag_states set state = replace(state, '\"on\"', '\"gone\"') where flag_id = 'impossible'").await;
    let snapshot = production(&world.load().await);
    assert_eq!(answer(&snapshot, "garbage", START), ("off".to_owned(), Reason::Default));
    assert_eq!(answer(&snapshot, "impossible", START), ("off".to_owned(), Reason::Default));
    assert_eq!(answer(&snapshot, "sound", START), ("on".to_owned(), Reason::Static));
    let why = |key: &str| snapshot.flag(key).unwrap().fault.as_ref().map(|problems| problems[0].message.clone());
    assert!(why("garbage").unwrap().contains("expected value"), "{:?}", why("garbage"));
    assert!(why("impossible").unwrap().contains("gone is not one of the variants"), "{:?}", why("impossible"));
    assert_eq!(why("sound"), None);
}

#[tokio::test]
async fn rows_that_cannot_be_read_at_all_do_not_stop_the_others() {
    let world = World::new().await;
    for key in ["lost", "sound"] {
        world.flag(key, |_| {}).await;
    }
    let serving = world.load().await;
    world.sql("update flags set definition = 'x', version = version + 1 where id = 'lost'").await;
    world
        .sql("insert into segments (id, project_id, key, definition, version, updated_at) values ('s', 'p', 'beta', 'x', 1, 0)")
        .await;
    world
        .sql(
            "insert into api_keys (id, environment_id, definition, secret_hash, created_by, created_at) values ('k', 'e', 'x', 'x', 'x', 0)",
        )
        .await;
    world
        .sql(
            "insert into environments (id, project_id, key, name, colour, protection, position, revision, created_at)
             values ('bad', 'p', 'bad', 'Bad', 'grey', 'no such', 9, 1, 0)",
        )
        .await;
    assert!(serving.refresh().await.unwrap());
    let snapshot = production(&serving);
    assert!(snapshot.flag("lost").is_none());
    assert_eq!(answer(&snapshot, "sound", START).0, "on");
    assert!(!serving.refresh().await.unwrap(), "an environment that cannot be read is not tried over and over");
}

#[tokio::test]
async fn what_did_not_change_is_carried_over() {
    let world = World::new().await;
    let segment = |unit: &str| Segment {
        key: SegmentKey::parse("beta").unwrap(),
        name: "Beta".to_owned(),
        description: String::new(),
        include: vec![unit.to_owned()],
        exclude: Vec::new(),
        groups: Vec::new(),
    };
    let id = SegmentId::from_text("s");
    world.write(async |tx| segments::insert(tx, &id, &world.project, &segment("a"), START).await.unwrap()).await;
    let rule: Rule = serde_json::from_value(json!({
        "id": "r", "conditions": [{"operator": "in_segment", "values": ["beta"]}], "serve": {"variant": "off"}
    }))
    .unwrap();
    world.flag("asks", |state| state.rules.push(rule)).await;
    world.flag("plain", |_| {}).await;
    world.flag("edited", |_| {}).await;
    let serving = world.load().await;
    let before = production(&serving);
    let off = State { enabled: false, ..State::clone(&before.flag("edited").unwrap().state) };
    world
        .write(async |tx| {
            segments::update(tx, &id, &segment("b"), START).await.unwrap();
            states::update(tx, &FlagId::from_text("edited"), &world.environment, &off, START).await.unwrap();
        })
        .await;
    assert!(serving.refresh().await.unwrap());
    let after = production(&serving);
    let same = |key: &str| Arc::ptr_eq(before.flag(key).unwrap(), after.flag(key).unwrap());
    assert!(same("plain") && !same("asks") && !same("edited"));
    assert_eq!(after.revision(), before.revision() + 1);
    let b = Context::parse(json!({"targetingKey": "b"})).unwrap();
    assert_eq!(after.flag("asks").unwrap().evaluate(&b, START).variant.name, "off");
    assert_eq!(answer(&after, "edited", START), ("off".to_owned(), Reason::Disabled));
    assert!(!serving.refresh().await.unwrap());
}

#[tokio::test]
async fn passing_a_moment_begins_an_epoch() {
    let world = World::new().await;
    let rollout = Rollout {
        bucket_by: "targetingKey".to_owned(),
        seed: None,
        variant: VariantName::on(),
        rest: VariantName::off(),
        plan: Plan::regular(&[5_000, 10_000], START.plus(DAY), DAY),
    };
    world.flag("ramp", |state| state.fallthrough = Serve::Rollout(rollout)).await;
    let serving = world.load().await;
    let seen = || (production(&serving).epoch, production(&serving).next_change_at);
    assert_eq!(seen(), (0, Some(START.plus(DAY))));
    assert!(!serving.refresh().await.unwrap());
    world.clock.set(START.plus(DAY));
    assert!(serving.refresh().await.unwrap());
    assert_eq!(seen(), (1, Some(START.plus(2 * DAY))));
    world.clock.set(START.plus(9 * DAY));
    world.flag("other", |_| {}).await;
    assert!(serving.refresh().await.unwrap());
    assert_eq!(seen(), (2, None), "a refresh for another reason passes the moment too");
}

#[tokio::test]
async fn counts_survive_snapshots_and_failed_flushes() {
    let world = World::new().await;
    let id = world.flag("counted", |_| {}).await;
    let serving = world.load().await;
    let count = || production(&serving).flag("counted").unwrap().counters.evaluated(0, world.clock.now());
    count();
    world.flag("other", |_| {}).await;
    let renamed = Flag { variants: boolean("counted").variants.into_iter().rev().collect(), ..boolean("counted") };
    world.write(async |tx| flags::update(tx, &id, &renamed, START).await.unwrap()).await;
    serving.refresh().await.unwrap();
    let counters = production(&serving).flag("counted").unwrap().counters.clone();
    let pending: Vec<_> = counters.variants().map(|(name, counter)| (name.to_owned(), counter.evaluated.pending())).collect();
    assert_eq!(pending, [("off".to_owned(), 0), ("on".to_owned(), 1)], "matched by name, not by place");

    world.sql("alter table evaluation_counts rename to elsewhere").await;
    assert!(serving.flush(false).await.is_err());
    assert_eq!(counters.pending_evaluated(), 1, "a failed flush loses nothing");
    world.sql("alter table elsewhere rename to evaluation_counts").await;
    serving.flush(false).await.unwrap();
    serving.flush(false).await.unwrap();
    assert_eq!((counters.pending_evaluated(), counters.last_evaluated()), (0, Some(START)));
    let mut cx = world.db.read().await.unwrap();
    let on = on_db!(&mut cx, c => sqlx::query_scalar::<_, i64>("select evaluated from evaluation_counts where variant = 'on'").fetch_all(c));
    assert_eq!(on.unwrap(), [1]);
}

#[tokio::test]
async fn the_last_good_snapshot_stays_when_the_database_is_gone() {
    let world = World::new().await;
    world.flag("kept", |_| {}).await;
    let serving = world.load().await;
    world.db.close().await;
    serving.publish().await;
    assert!(serving.is_stale());
    assert_eq!(answer(&production(&serving), "kept", START).0, "on");
}
