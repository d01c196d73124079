//! The steps of a rollout plan as rows of a form: a share, and how long it stays. Texts in, stages or problems out; pure.

mod view;

pub use view::{HoldFields, StageRows};

use crate::domain::flag::Problem;
use crate::domain::plan::{self, MAX_STEPS, Stage};
use crate::domain::rollout::Hold;
use crate::domain::rule::{parse_percent, percent_number};
use crate::domain::time::{DAY, HOUR, MINUTE};

/// The button that draws the form with one more row, and those that draw it with one less.
pub const ADD: &str = "add_step";
pub const REMOVE: &str = "remove_step";
/// The unit that is none: the next step waits.
pub const APPROVAL: &str = "approval";

const UNITS: [(&str, i64); 3] = [("days", DAY), ("hours", HOUR), ("minutes", MINUTE)];

/// A hold as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoldRow {
    pub amount: String,
    pub unit: String,
}

/// A step as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub share: String,
    pub hold: HoldRow,
}

impl HoldRow {
    pub fn of(hold: Hold) -> Self {
        let Hold::For(millis) = hold else { return Self { amount: String::new(), unit: APPROVAL.to_owned() } };
        let whole = UNITS.into_iter().find(|(_, unit)| millis > 0 && millis % unit == 0);
        let (name, unit) = whole.unwrap_or(UNITS[2]);
        Self { amount: (millis / unit).max(1).to_string(), unit: name.to_owned() }
    }

    fn usual() -> Self {
        Self::of(Hold::For(DAY))
    }

    pub fn from_pairs(pairs: &[(String, String)], path: &str) -> Self {
        let get = |part: &str| find(pairs, &format!("{path}.{part}")).unwrap_or_default().to_owned();
        Self { amount: get("hold"), unit: get("unit") }
    }

    /// What it says; `was` where it is written as that would be, to the millisecond.
    pub fn read(&self, path: &str, was: Option<Hold>, problems: &mut Vec<Problem>) -> Hold {
        if let Some(was) = was.filter(|was| Self::of(*was) == *self) {
            return was;
        }
        if self.unit == APPROVAL {
            return Hold::UntilApproved;
        }
        let unit = UNITS.into_iter().find(|(name, _)| *name == self.unit).map(|(_, unit)| unit);
        let Some(unit) = unit else {
            problems.push(Problem::new(format!("{path}.unit"), "Choose days, hours, minutes, or until approved."));
            return Hold::For(DAY);
        };
        let typed = self.amount.trim();
        let read = typed.parse::<i64>().ok().filter(|number| *number > 0).and_then(|number| number.checked_mul(unit));
        read.map(Hold::For).unwrap_or_else(|| {
            let message = match typed {
                "" => format!("Write for how many {} the step stays, such as 1, or choose until approved.", self.unit),
                typed => format!("Write a whole number of {}, such as 1; {typed} is none.", self.unit),
            };
            problems.push(Problem::new(format!("{path}.hold"), message));
            Hold::For(DAY)
        })
    }

    fn pairs(&self, path: &str) -> [(String, String); 2] {
        [(format!("{path}.hold"), self.amount.clone()), (format!("{path}.unit"), self.unit.clone())]
    }
}

pub fn path(at: usize) -> String {
    format!("steps[{at}]")
}

fn find<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The rows of stages.
pub fn rows(stages: &[Stage]) -> Vec<Row> {
    stages.iter().map(|stage| Row { share: percent_number(stage.share), hold: HoldRow::of(stage.hold) }).collect()
}

/// The rows as they were posted, at the places that they have in the form.
pub fn from_pairs(pairs: &[(String, String)]) -> Vec<Row> {
    let has = |at: &usize| find(pairs, &format!("{}.share", path(*at))).is_some();
    let row = |at: usize| Row {
        share: find(pairs, &format!("{}.share", path(at))).unwrap_or_default().to_owned(),
        hold: HoldRow::from_pairs(pairs, &path(at)),
    };
    (0..=MAX_STEPS).take_while(has).map(row).collect()
}

/// What the rows say, with everything that is wrong with them. A row without a share is left out. They begin above `from`; `was`
/// are the stages that the form was drawn from.
pub fn read(rows: &[Row], from: Option<u16>, was: &[Stage]) -> (Vec<Stage>, Vec<Problem>) {
    let (mut stages, mut places, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    let filled: Vec<_> = rows.iter().enumerate().filter(|(_, row)| !row.share.trim().is_empty()).collect();
    for (number, (at, row)) in filled.iter().enumerate() {
        let path = path(*at);
        let share = parse_percent(&row.share).unwrap_or_else(|| {
            let message = format!("Write a share from 0 to 100 %, such as 25 or 12.5; {} is none.", row.share.trim());
            problems.push(Problem::new(format!("{path}.share"), message));
            0
        });
        let was = was.get(*at).map(|stage| stage.hold);
        // How long the last one stays is not asked.
        let hold = match number + 1 == filled.len() {
            true => row.hold.read(&path, was, &mut Vec::new()),
            false => row.hold.read(&path, was, &mut problems),
        };
        stages.push(Stage { share, hold });
        places.push(*at);
    }
    if problems.is_empty() {
        let found = plan::problems(&stages, from).into_iter();
        let place = |at: usize| places.get(at).copied().unwrap_or(at);
        problems.extend(found.map(|(at, part, message)| Problem::new(format!("{}.{part}", path(place(at))), message)));
    }
    (stages, problems)
}

/// The fields with these rows in the place of those that they hold.
pub fn with_rows(pairs: &[(String, String)], rows: &[Row]) -> Vec<(String, String)> {
    let others = pairs.iter().filter(|(name, _)| !name.starts_with("steps[") && name != ADD && name != REMOVE).cloned();
    let all = rows.iter().enumerate().flat_map(|(at, row)| {
        let path = path(at);
        let [hold, unit] = row.hold.pairs(&path);
        [(format!("{path}.share"), row.share.clone()), hold, unit]
    });
    others.chain(all).collect()
}

/// The fields after one of the rows' own buttons, which draw the form again and save nothing; `None` when it was neither.
pub fn rearranged(pairs: &[(String, String)]) -> Option<Vec<(String, String)>> {
    let mut rows = from_pairs(pairs);
    if find(pairs, ADD).is_some() {
        if rows.len() < MAX_STEPS {
            rows.push(Row { share: String::new(), hold: HoldRow::usual() });
        }
    } else {
        let at: usize = find(pairs, REMOVE)?.parse().ok()?;
        if at < rows.len() {
            rows.remove(at);
        }
    }
    Some(with_rows(pairs, &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(share: &str, amount: &str, unit: &str) -> Row {
        Row { share: share.into(), hold: HoldRow { amount: amount.into(), unit: unit.into() } }
    }

    fn told(rows: &[Row]) -> Vec<String> {
        read(rows, None, &[]).1.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn rows_are_read_as_they_were_written() {
        let stages = [
            Stage { share: 100, hold: Hold::For(2 * DAY) },
            Stage { share: 1_250, hold: Hold::UntilApproved },
            Stage { share: 5_000, hold: Hold::For(90 * MINUTE) },
        ];
        assert_eq!(rows(&stages), [row("1", "2", "days"), row("12.5", "", "approval"), row("50", "90", "minutes")]);
        let sent = with_rows(&[("at".into(), "x".into())], &rows(&stages));
        assert_eq!(read(&from_pairs(&sent), None, &[]), (stages.to_vec(), vec![]));
        let odd = [Stage { share: 100, hold: Hold::For(61_234) }, Stage { share: 200, hold: Hold::For(DAY) }];
        assert_eq!(read(&rows(&odd), None, &odd).0, odd, "what is not touched stays to the millisecond");
    }

    #[test]
    fn what_is_wrong_stands_at_its_field() {
        let table: [(&[Row], &[&str]); 6] = [
            (&[row("1", "1", "days"), row("", "", ""), row("2", "", "")], &[]),
            (&[row("x", "1", "days"), row("200", "1", "days")], &["steps[0].share", "steps[1].share"]),
            (&[row("1", "soon", "days"), row("2", "1", "days")], &["steps[0].hold"]),
            (&[row("1", "1", "weeks"), row("2", "1", "days")], &["steps[0].unit"]),
            (&[row("5", "1", "days"), row("", "", ""), row("5", "1", "days")], &["steps[2].share"]),
            (&[row("1", "99999999999999", "days"), row("2", "1", "days")], &["steps[0].hold"]),
        ];
        for (rows, expected) in table {
            assert_eq!(told(rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn rows_are_added_and_taken_away() {
        let pairs = with_rows(&[], &[row("1", "1", "days"), row("2", "1", "days")]);
        let with = |name: &str, value: &str| [&pairs[..], &[(name.to_owned(), value.to_owned())]].concat();
        let after = |pairs: &[(String, String)]| rearranged(pairs).map(|pairs| from_pairs(&pairs).len());
        assert_eq!(after(&with(ADD, "true")), Some(3));
        assert_eq!(after(&with(REMOVE, "0")), Some(1));
        assert_eq!(after(&with(REMOVE, "9")), Some(2));
        assert_eq!(after(&pairs), None);
        assert_eq!(rearranged(&with(REMOVE, "0")).map(|pairs| from_pairs(&pairs)[0].share.clone()).as_deref(), Some("2"));
    }
}
