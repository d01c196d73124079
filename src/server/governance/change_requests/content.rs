//! What an approval is bound to: the changes themselves, the versions they were made against, and all that they lean on.

use crate::domain::command::Command;
use crate::domain::draft::Item;
use crate::domain::flag::Flag;
use crate::domain::key::{EnvironmentKey, FlagKey, SegmentKey};
use crate::domain::state::State;
use crate::server::error::Error;
use crate::server::security::tokens::sha256_hex;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Cx};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The hash of a request's content as it would take effect now. A segment that a rule of it asks for, or a variant's value,
/// is part of what was looked at: when that changes, the hash does.
pub async fn hash(cx: &mut Cx, project: &StoredProject, items: &[Item]) -> Result<String, Error> {
    let changes: Vec<Value> = items.iter().map(|item| json!([item.command, item.base_version])).collect();
    let leans = Leans::of(cx, project, items).await?.look_up(cx, project).await?;
    Ok(sha256_hex(&json!([changes, leans]).to_string()))
}

/// What changes lean on besides what they replace.
#[derive(Default)]
struct Leans {
    segments: BTreeSet<String>,
    flags: BTreeSet<FlagKey>,
    /// The states of these that are replaced without a word about their version.
    states: BTreeSet<(EnvironmentKey, FlagKey)>,
}

impl Leans {
    async fn of(cx: &mut Cx, project: &StoredProject, items: &[Item]) -> Result<Self, Error> {
        let mut leans = Self::default();
        for item in items {
            match &item.command {
                Command::EditState { flag, state, .. } => leans.state(flag, state),
                Command::SetEnabled { flag, environment, .. } => leans.stored(cx, project, flag, Some(environment)).await?,
                Command::RestoreFlag { flag, .. } => leans.stored(cx, project, flag, None).await?,
                Command::Import { flags, environment, .. } => {
                    flags.iter().for_each(|(flag, state)| leans.state(&flag.key, state));
                    leans.states.extend(flags.iter().map(|(flag, _)| (environment.clone(), flag.key.clone())));
                }
                Command::EditSegment { segment, .. } => leans.segments.extend([segment.key.to_string()]),
                Command::DeleteSegment { segment, .. } => leans.segments.extend([segment.to_string()]),
                _ => {}
            }
        }
        Ok(leans)
    }

    fn state(&mut self, flag: &FlagKey, state: &State) {
        self.flags.insert(flag.clone());
        self.segments.extend(state.segments().into_iter().map(str::to_owned));
    }

    /// The state that a flag has, in one environment or in all.
    async fn stored(
        &mut self,
        cx: &mut Cx,
        project: &StoredProject,
        flag: &FlagKey,
        environment: Option<&EnvironmentKey>,
    ) -> Result<(), Error> {
        let Some(stored) = store::flags::find(cx, &project.id, flag).await? else { return Ok(()) };
        for place in store::environments::of_project(cx, &project.id).await? {
            if environment.is_some_and(|key| *key != place.environment.key) {
                continue;
            }
            let found = store::states::find(cx, &stored.id, &place.id).await?;
            if let Some(state) = found.and_then(|found| found.state.ok()) {
                self.state(flag, &state);
            }
        }
        Ok(())
    }

    async fn look_up(self, cx: &mut Cx, project: &StoredProject) -> Result<BTreeMap<String, Value>, Error> {
        let mut found = BTreeMap::new();
        for key in self.segments {
            let version = match SegmentKey::parse(&key) {
                Ok(parsed) => store::segments::version(cx, &project.id, &parsed).await?,
                Err(_) => None,
            };
            found.insert(format!("segment:{key}"), json!(version));
        }
        for (place, key) in self.states {
            found.insert(format!("state:{place}:{key}"), json!(version_of_state(cx, project, &place, &key).await?));
        }
        for key in self.flags {
            let definition = store::flags::find(cx, &project.id, &key).await?.map(|stored| answers(&stored.flag));
            found.insert(format!("flag:{key}"), json!(definition));
        }
        Ok(found)
    }
}

async fn version_of_state(
    cx: &mut Cx,
    project: &StoredProject,
    place: &EnvironmentKey,
    key: &FlagKey,
) -> Result<Option<i64>, Error> {
    let flag = store::flags::find(cx, &project.id, key).await?;
    let place = store::environments::find(cx, &project.id, place).await?;
    let (Some(flag), Some(place)) = (flag, place) else { return Ok(None) };
    Ok(store::states::find(cx, &flag.id, &place.id).await?.map(|found| found.version))
}

/// The part of a definition that decides what people get and how the change is met; words about a flag may change meanwhile.
fn answers(flag: &Flag) -> Value {
    let moments = json!([flag.expires_at, flag.on_expiry, flag.archived_at]);
    json!([flag.kind, flag.variants, flag.fallback_variant, flag.client_visible, moments])
}
