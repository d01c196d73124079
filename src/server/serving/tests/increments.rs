//! A refresh reads only what moved. Whatever happens to the rows, it must come to the same as reading all of them.

use super::*;
use crate::server::serving::rows;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What happens to the rows between two refreshes.
#[derive(Debug, Clone)]
enum Step {
    NewFlag(u8),
    ManyFlags,
    EditFlag(u8),
    SwapVariants(u8),
    BreakFlag(u8),
    Archive(u8),
    Toggle(u8),
    AskSegment(u8),
    BreakState(u8),
    LoseState(u8),
    NewSegment(u8),
    EditSegment(u8),
    BreakSegment(u8),
    LoseSegment(u8),
    NewEnvironment(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let of = |make: fn(u8) -> Step| (0_u8..6).prop_map(make).boxed();
    let makers = [
        Step::NewFlag,
        Step::EditFlag,
        Step::SwapVariants,
        Step::BreakFlag,
        Step::Archive,
        Step::Toggle,
        Step::AskSegment,
        Step::BreakState,
        Step::LoseState,
        Step::NewSegment,
        Step::EditSegment,
        Step::BreakSegment,
        Step::LoseSegment,
        Step::NewEnvironment,
    ];
    prop_oneof![20 => prop::sample::select(makers.to_vec()).prop_flat_map(of), 1 => Just(Step::ManyFlags)]
}

fn key(number: u8) -> String {
    format!("flag_{number}")
}

fn segment(number: u8, unit: &str) -> Segment {
    Segment {
        key: SegmentKey::parse(&format!("segment_{number}")).unwrap(),
        name: "Some".to_owned(),
        description: String::new(),
        include: vec![unit.to_owned()],
        exclude: Vec::new(),
        groups: Vec::new(),
    }
}

impl World {
    /// The flags' rows as they can be read, by identity.
    async fn flag_of(&self, number: u8) -> Option<Flag> {
        let mut cx = self.db.read().await.unwrap();
        flags::of_ids(&mut cx, &[key(number)]).await.unwrap().pop().map(|stored| stored.flag)
    }

    async fn insert_flag(&self, tx: &mut Tx, key: &str) {
        let (id, flag) = (FlagId::from_text(key), boolean(key));
        if flags::insert(tx, &id, &self.project, &flag, "test", START).await.is_ok() {
            states::insert(tx, &id, &self.environment, &State::initial(&flag), START).await.unwrap();
        }
    }

    async fn edit_flag(&self, number: u8, change: impl FnOnce(&mut Flag)) {
        let Some(mut flag) = self.flag_of(number).await else { return };
        change(&mut flag);
        self.write(async |tx| flags::update(tx, &FlagId::from_text(key(number)), &flag, START).await.unwrap()).await;
    }

    async fn edit_state(&self, number: u8, change: impl FnOnce(&mut State)) {
        let id = FlagId::from_text(key(number));
        let found = states::find(&mut self.db.read().await.unwrap(), &id, &self.environment).await.unwrap();
        let Some(mut state) = found.and_then(|found| found.state.ok()) else { return };
        change(&mut state);
        self.write(async |tx| {
            states::update(tx, &id, &self.environment, &state, START).await.unwrap();
        })
        .await;
    }

    /// One statement with the number's flag or segment as `$1`.
    async fn on(&self, sql: &'static str, id: String) {
        self.write(async |tx| {
            run_on_db!(tx, c => sqlx::query(sql).bind(&id).execute(c)).unwrap();
        })
        .await;
    }

    async fn take(&self, step: Step) {
        match step {
            Step::NewFlag(n) => self.write(async |tx| self.insert_flag(tx, &key(n)).await).await,
            Step::ManyFlags => {
                self.write(async |tx| {
                    for n in 0..=rows::FEW {
                        self.insert_flag(tx, &format!("many_{n}")).await;
                    }
                })
                .await;
            }
            Step::EditFlag(n) => self.edit_flag(n, |flag| flag.description.push('!')).await,
            Step::SwapVariants(n) => self.edit_flag(n, |flag| flag.variants.reverse()).await,
            Step::Archive(n) => self.edit_flag(n, |flag| flag.archived_at = flag.archived_at.xor(Some(START))).await,
            Step::Toggle(n) => self.edit_state(n, |state| state.enabled = !state.enabled).await,
            Step::AskSegment(n) => {
                let rule = serde_json::from_value(json!({
                    "id": "r", "conditions": [{"operator": "in_segment", "values": [format!("segment_{n}")]}], "serve": {"variant": "on"}
                }));
                let rule: Rule = rule.unwrap();
                self.edit_state(n, |state| (state.enabled, state.rules) = (true, vec![rule])).await;
            }
            Step::BreakFlag(n) => self.on("update flags set definition = 'x', version = version + 1 where id = $1", key(n)).await,
            Step::BreakState(n) => {
                self.on("update flag_states set state = 'x', version = version + 1 where flag_id = $1", key(n)).await;
            }
            Step::LoseState(n) => self.on("delete from flag_states where flag_id = $1", key(n)).await,
            Step::NewSegment(n) => {
                let id = SegmentId::from_text(format!("segment_{n}"));
                self.write(async |tx| drop(segments::insert(tx, &id, &self.project, &segment(n, "a"), START).await)).await;
            }
            Step::EditSegment(n) => {
                let id = SegmentId::from_text(format!("segment_{n}"));
                self.write(async |tx| segments::update(tx, &id, &segment(n, "b"), START).await.unwrap()).await;
            }
            Step::BreakSegment(n) => {
                let sql = "update segments set definition = 'x', version = version + 1 where id = $1";
                self.on(sql, format!("segment_{n}")).await;
            }
            Step::LoseSegment(n) => self.on("delete from segments where id = $1", format!("segment_{n}")).await,
            Step::NewEnvironment(n) => {
                let id = EnvironmentId::from_text(format!("e{n}"));
                let usual = Environment::usual(EnvironmentKey::parse(&format!("env-{n}")).unwrap(), i64::from(n));
                self.write(async |tx| drop(environments::insert(tx, &id, &self.project, &usual, START).await)).await;
            }
        }
    }
}

/// Everything that requests and pages can see of what is in force.
fn told(serving: &Serving) -> BTreeMap<String, Vec<String>> {
    let units = [json!({}), json!({"targetingKey": "a"}), json!({"targetingKey": "b"})];
    let contexts = units.map(|unit| Context::parse(unit).unwrap());
    let flag = |flag: &ServedFlag| {
        let answers = contexts.each_ref().map(|context| flag.evaluate(context, START).variant.name.clone());
        format!("{:?} {:?} {} {:?} {:?} {answers:?}", flag.stored, flag.state, flag.state_version, flag.updated_at, flag.fault)
    };
    let of = |snapshot: &Arc<Snapshot>| {
        let segments = &snapshot.segments;
        let mut known: Vec<_> = segments.compiled.keys().chain(segments.faults.keys()).map(|key| key.to_string()).collect();
        known.sort();
        let lines = snapshot.flags().map(|found| flag(found)).chain(known);
        (snapshot.environment.id.to_string(), lines.chain([snapshot.revision().to_string()]).collect())
    };
    serving.catalog().snapshots().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn reading_what_moved_comes_to_the_same_as_reading_everything(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            let serving = world.load().await;
            for step in steps {
                world.take(step.clone()).await;
                serving.refresh().await.unwrap();
                prop_assert_eq!(told(&serving), told(&world.load().await), "after {:?}", step);
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn documents_whose_version_stayed_are_not_read_again() {
    let world = World::new().await;
    for key in ["untouched", "edited"] {
        world.flag(key, |_| {}).await;
    }
    let serving = world.load().await;
    // Unreadable now; who read it would notice.
    world.sql("update flags set definition = 'x' where id = 'untouched'").await;
    world.sql("update flag_states set state = 'x' where flag_id = 'untouched'").await;
    world.sql("update flag_states set state = 'x', version = version + 1 where flag_id = 'edited'").await;
    assert!(serving.refresh().await.unwrap());
    let snapshot = production(&serving);
    assert_eq!(answer(&snapshot, "untouched", START), ("on".to_owned(), Reason::Static));
    assert!(snapshot.flag("untouched").unwrap().fault.is_none());
    assert!(snapshot.flag("edited").unwrap().fault.is_some());
}
