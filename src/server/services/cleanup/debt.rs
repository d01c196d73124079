//! How many flags were overdue, week by week: looked back at by the dates that flags have today, so that a date which was
//! moved since counts as it is now. Pure.

use crate::domain::time::{DAY, Timestamp};
use std::collections::HashMap;

/// Weeks that are looked back at, this one included.
pub const WEEKS: usize = 13;

/// One line of the chart: the end of each week, oldest first; the last is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub owner: String,
    pub weeks: Vec<u64>,
    /// What is overdue now has been for this long at most.
    pub oldest: Option<Timestamp>,
}

impl Line {
    fn new(owner: String) -> Self {
        Self { owner, weeks: vec![0; WEEKS], oldest: None }
    }
    pub fn now(&self) -> u64 {
        self.weeks.last().copied().unwrap_or(0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debt {
    now: Timestamp,
    pub all: Line,
    /// Whose it is, the most first; who owes nothing now comes last.
    pub owners: Vec<Line>,
    by_name: HashMap<String, usize>,
}

impl Debt {
    pub fn new(now: Timestamp) -> Self {
        Self { now, all: Line::new(String::new()), owners: Vec::new(), by_name: HashMap::new() }
    }

    /// Counts a flag that was overdue from `since` on, until it was archived.
    pub fn add(&mut self, owner: String, since: Timestamp, archived_at: Option<Timestamp>) {
        let at = *self.by_name.entry(owner).or_insert_with_key(|owner| {
            self.owners.push(Line::new(owner.clone()));
            self.owners.len() - 1
        });
        for line in [&mut self.all, &mut self.owners[at]] {
            for (week, count) in line.weeks.iter_mut().enumerate() {
                let ago = i64::try_from(WEEKS - 1 - week).unwrap_or(0) * 7 * DAY;
                let then = self.now.plus(-ago);
                *count += u64::from(since <= then && archived_at.is_none_or(|gone| gone > then));
            }
            if archived_at.is_none() {
                line.oldest = Some(line.oldest.map_or(since, |oldest| oldest.min(since)));
            }
        }
    }

    /// The same with owners in their order, without those who owed nothing all the while.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.owners.retain(|line| line.weeks.iter().any(|count| *count > 0));
        self.owners.sort_by(|one, other| other.now().cmp(&one.now()).then_with(|| one.owner.cmp(&other.owner)));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_counts_from_the_day_it_is_overdue_until_it_is_archived() {
        let now = Timestamp::from_millis(1_000 * DAY);
        let mut debt = Debt::new(now);
        debt.add("Ada".into(), now.plus(-15 * DAY), None);
        debt.add("Bo".into(), now.plus(-400 * DAY), Some(now.plus(-8 * DAY)));
        debt.add("Lin".into(), now.plus(-400 * DAY), Some(now.plus(-300 * DAY)));
        debt.add("Ada".into(), now, None);
        let debt = debt.sorted();
        let tail = |line: &Line| line.weeks[WEEKS - 4..].to_vec();
        assert_eq!(tail(&debt.all), [1, 2, 1, 2]);
        assert_eq!(debt.owners.iter().map(|line| line.owner.as_str()).collect::<Vec<_>>(), ["Ada", "Bo"]);
        assert_eq!((tail(&debt.owners[0]), debt.owners[0].oldest), (vec![0, 1, 1, 2], Some(now.plus(-15 * DAY))));
        assert_eq!(tail(&debt.owners[1]), [1, 1, 0, 0]);
    }
}
