//! Who gets what: conditions that must all hold, and what is served when they do.

use super::attribute::Schema;
use super::condition::Condition;
use super::key::VariantName;
use super::rollout::Rollout;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A whole, in basis points: shares are counted in hundredths of a percent.
pub const WHOLE: u16 = 10_000;

/// A rule of an ordered list; the first that matches decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Unique within its state, so that edits and history can speak of it after it moved.
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// A paused rule is skipped.
    #[serde(default = "yes")]
    pub active: bool,
    /// All must hold; none at all matches everybody.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    pub serve: Serve,
}

impl Rule {
    /// The same with the values of each condition in the order in which `before` has them, where they are the same values:
    /// boxes know no order, and a change of nothing else is none.
    #[must_use]
    pub fn in_the_order_of(mut self, before: &Self) -> Self {
        let is_same = |one: &[serde_json::Value], other: &[serde_json::Value]| {
            one.len() == other.len()
                && one.iter().all(|value| other.contains(value))
                && other.iter().all(|value| one.contains(value))
        };
        for (condition, was) in self.conditions.iter_mut().zip(&before.conditions) {
            if condition.attribute == was.attribute && is_same(&condition.values, &was.values) {
                condition.values.clone_from(&was.values);
            }
        }
        self
    }

    /// The same for who may not know whom a condition names.
    #[must_use]
    pub fn masked(mut self, schema: &Schema) -> Self {
        self.conditions = self.conditions.into_iter().map(|condition| condition.masked(schema)).collect();
        self
    }
}

fn yes() -> bool {
    true
}

/// What is served to those who match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Serve {
    Variant(VariantName),
    Split(Split),
    Rollout(Rollout),
}

/// Shares of the units, by bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The context attribute whose value is bucketed.
    #[serde(default = "targeting_key")]
    pub bucket_by: String,
    /// Defaults to the flag's key. Two flags with one seed put a unit in the same bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// In this order, each takes the next range of buckets; together [`WHOLE`].
    pub weights: Vec<Weight>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    pub variant: VariantName,
    /// Basis points, 0 to 10000.
    pub share: u16,
}

/// The attribute that is bucketed unless something else is said.
pub const TARGETING_KEY: &str = "targetingKey";

pub(super) fn targeting_key() -> String {
    TARGETING_KEY.to_owned()
}

impl Split {
    /// `share` basis points get `variant`, the others `rest`, by targeting key.
    pub fn two(variant: VariantName, rest: VariantName, share: u16) -> Self {
        let share = share.min(WHOLE);
        Self {
            bucket_by: targeting_key(),
            seed: None,
            weights: vec![Weight { variant, share }, Weight { variant: rest, share: WHOLE - share }],
        }
    }
}

impl Serve {
    /// Every variant that may be served, at whatever share.
    pub fn variants(&self) -> Vec<&VariantName> {
        match self {
            Self::Variant(name) => vec![name],
            Self::Split(split) => split.weights.iter().map(|w| &w.variant).collect(),
            Self::Rollout(rollout) => vec![&rollout.variant, &rollout.rest],
        }
    }
    /// Every variant with the share that gets it at `now`, in basis points.
    pub fn shares(&self, now: Timestamp) -> Vec<(&VariantName, u16)> {
        match self {
            Self::Variant(name) => vec![(name, WHOLE)],
            Self::Split(split) => split.weights.iter().map(|weight| (&weight.variant, weight.share)).collect(),
            Self::Rollout(rollout) => {
                let share = rollout.plan.share(now);
                vec![(&rollout.variant, share), (&rollout.rest, WHOLE - share)]
            }
        }
    }
    /// How many get something other than `variant`, in basis points.
    pub fn share_beside(&self, variant: &VariantName, now: Timestamp) -> u16 {
        self.shares(now).into_iter().filter(|(name, _)| *name != variant).map(|(_, share)| share).sum()
    }
    /// The attribute whose value is bucketed; `None` where nothing is.
    pub fn bucket_by(&self) -> Option<&str> {
        match self {
            Self::Variant(_) => None,
            Self::Split(split) => Some(&split.bucket_by),
            Self::Rollout(rollout) => Some(&rollout.bucket_by),
        }
    }
    /// What units are hashed with; `None` stands for the flag's key.
    pub fn seed(&self) -> Option<&str> {
        match self {
            Self::Variant(_) => None,
            Self::Split(split) => split.seed.as_deref(),
            Self::Rollout(rollout) => rollout.seed.as_deref(),
        }
    }
}

/// Basis points as people write them: `12.5 %`, `10 %`.
pub fn percent(share: u16) -> String {
    format!("{} %", percent_number(share))
}

/// The number alone: `12.5`, `10`.
pub fn percent_number(share: u16) -> String {
    let (whole, part) = (share / 100, share % 100);
    match part {
        0 => whole.to_string(),
        p if p % 10 == 0 => format!("{whole}.{}", p / 10),
        p => format!("{whole}.{p:02}"),
    }
}

/// Reads 0 to 100 with decimals, rounded to a basis point. `None` for what is no such number. Counts in whole numbers: reading
/// and writing fractions would make the browser's module a fifth larger.
pub fn parse_percent(text: &str) -> Option<u16> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    let digit = |at: usize| part.as_bytes().get(at).map_or(0, |byte| u32::from(byte - b'0'));
    let whole: u32 = if whole.is_empty() { 0 } else { whole.parse().ok().filter(|number| *number <= 100)? };
    let share = whole * 100 + digit(0) * 10 + digit(1) + u32::from(digit(2) >= 5);
    let beyond = whole == 100 && part.bytes().any(|byte| byte != b'0');
    u16::try_from(share).ok().filter(|share| *share <= WHOLE && !beyond)
}

/// What a sum of shares, in basis points, lacks: `Left: 12.5 %`, `2 % too much`.
pub fn left_of(sum: u32) -> String {
    let whole = u32::from(WHOLE);
    let said = |difference: u32| percent(u16::try_from(difference).unwrap_or(u16::MAX));
    match sum {
        sum if sum < whole => format!("Left: {}", said(whole - sum)),
        sum if sum > whole => format!("{} too much", said(sum - whole)),
        _ => "Together 100 %".to_owned(),
    }
}

/// Rounds a percentage to basis points; `None` outside 0..=100.
pub fn share_of_percent(percent: f64) -> Option<u16> {
    // The cast cannot truncate: the range is checked first.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (0.0..=100.0).contains(&percent).then(|| (percent * 100.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told() {
        for (sum, said) in [(0, "Left: 100 %"), (8_750, "Left: 12.5 %"), (9_999, "Left: 0.01 %"), (10_000, "Together 100 %")] {
            assert_eq!(left_of(sum), said);
        }
        assert_eq!((left_of(10_200), left_of(30_000)), ("2 % too much".to_owned(), "200 % too much".to_owned()));
    }

    #[test]
    fn percentages_are_written_and_read() {
        for (share, text) in [(0, "0 %"), (1, "0.01 %"), (10, "0.1 %"), (100, "1 %"), (1_250, "12.5 %"), (10_000, "100 %")] {
            assert_eq!(percent(share), text);
            assert_eq!(parse_percent(text), Some(share));
        }
        assert_eq!(parse_percent("33,333"), Some(3_333));
        for (text, share) in
            [("12.345", 1_235), ("12.344", 1_234), ("0.005", 1), (".5", 50), ("5.", 500), ("99.999", WHOLE), ("007", 700)]
        {
            assert_eq!(parse_percent(text), Some(share), "{text}");
        }
        for bad in ["", "x", "-1", "100.1", "100.001", "NaN", "inf", "140 %", ".", "1.2.3", "1e1", "99999999999"] {
            assert_eq!(parse_percent(bad), None, "{bad}");
        }
    }
}
