//! Who will miss a flag, for what archives it by itself and for those who are told of that.

use super::Governance;
use crate::domain::missed::Missed;
use crate::domain::time::{HOUR, Timestamp};
use crate::server::error::Error;
use crate::server::store::flags::StoredFlag;
use crate::server::store::projects::StoredProject;
use crate::server::store::{self, Cx};

impl Governance {
    /// What the last 24 hours and the searched code say: what was written down, and what this server has counted since.
    pub(super) async fn missed(
        &self,
        cx: &mut Cx,
        project: &StoredProject,
        stored: &StoredFlag,
        now: Timestamp,
    ) -> Result<Missed, Error> {
        let first = Timestamp::from_millis((now.millis().div_euclid(HOUR) - 23) * HOUR);
        let mut missed = Missed::default();
        for row in store::counts::hours_of(cx, std::slice::from_ref(&stored.id), first).await? {
            missed.asked += u64::try_from(row.evaluated).unwrap_or(0);
            missed.delivered += u64::try_from(row.delivered).unwrap_or(0);
        }
        let key = stored.flag.key.as_str();
        for snapshot in self.serving.iter().flat_map(|serving| serving.environments_of(&project.id)) {
            if let Some(served) = snapshot.flag(key) {
                missed.asked += served.counters.pending_evaluated();
                missed.delivered += served.counters.pending_delivered();
            }
        }
        missed.places = store::references::count(cx, &project.id, key).await?;
        missed.first = store::references::of_flag(cx, &project.id, key, 1).await?.pop();
        Ok(missed)
    }
}
