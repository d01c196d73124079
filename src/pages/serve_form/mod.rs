//! What is served, as a form writes it: one variant, shares of variants, or a rollout plan that stays. Texts in, a
//! [`Serve`] or problems out; pure. Buckets stay where they are: the order of the weights and the seed outlive an edit.

mod preview;
mod view;

pub use preview::Standing;
pub use view::ServeFields;

use crate::domain::flag::{Flag, Problem};
use crate::domain::key::VariantName;
use crate::domain::rule::{Serve, Split, TARGETING_KEY, WHOLE, Weight, parse_percent, percent, percent_number};
use crate::domain::time::Timestamp;

pub const VARIANT: &str = "variant";
pub const SPLIT: &str = "split";
/// The rollout plan that is there stays.
pub const PLAN: &str = "plan";
/// The button that draws the form again, with what it would do.
pub const CHECK: &str = "check";
/// The buttons that give one variant what is left of the shares.
pub const REST: &str = "rest";

/// The fields as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServeForm {
    /// [`VARIANT`], [`SPLIT`] or [`PLAN`].
    pub mode: String,
    pub variant: String,
    /// Of two variants: percent for one of them.
    pub share: String,
    /// Which of two.
    pub of: String,
    /// Of more variants: percent for each, in the order of their buckets.
    pub shares: Vec<(String, String)>,
    pub bucket_by: String,
    /// Empty: the flag's key.
    pub seed: String,
}

/// Whether one share says it all.
pub fn is_two_way(flag: &Flag) -> bool {
    flag.variants.len() == 2
}

/// The field of one variant's share.
pub fn share_field(variant: &str) -> String {
    format!("serve.shares[{variant}]")
}

impl ServeForm {
    /// The fields of what is served now; the share of a plan is the one in force.
    pub fn of(serve: &Serve, flag: &Flag, now: Timestamp) -> Self {
        let shares = shares(serve, flag, now);
        let chosen = shares.first().map(|pair| pair.0.clone());
        let mode = match serve {
            Serve::Variant(_) => VARIANT,
            Serve::Split(_) => SPLIT,
            Serve::Rollout(_) => PLAN,
        };
        let single = match serve {
            Serve::Variant(name) => Some(name.clone()),
            _ => chosen.clone(),
        };
        Self {
            mode: mode.to_owned(),
            variant: single.map(String::from).unwrap_or_default(),
            share: shares.first().map(|pair| percent_number(pair.1)).unwrap_or_default(),
            of: chosen.map(String::from).unwrap_or_default(),
            shares: shares.into_iter().map(|(name, share)| (name.into(), percent_number(share))).collect(),
            bucket_by: serve.bucket_by().unwrap_or(TARGETING_KEY).to_owned(),
            seed: serve.seed().unwrap_or_default().to_owned(),
        }
    }

    /// The fields as they were posted. `current` gives the order of the shares.
    pub fn from_pairs(pairs: &[(String, String)], flag: &Flag, current: Option<&Serve>) -> Self {
        let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.clone());
        let share = |name: VariantName| (name.to_string(), get(&share_field(name.as_str())));
        let stands = || current.and_then(Serve::seed).unwrap_or_default().to_owned();
        Self {
            mode: get("serve"),
            variant: get("serve.variant"),
            share: get("serve.share"),
            of: get("serve.of"),
            shares: order(flag, current, None).into_iter().map(share).collect(),
            bucket_by: get("serve.bucket_by"),
            // A form without this field has no say in it.
            seed: pairs.iter().find(|(key, _)| key == "serve.seed").map_or_else(stands, |(_, value)| value.clone()),
        }
    }

    /// The shares as they would be with what is left over added to one variant's; `None` where some share is none.
    fn with_rest(&self, variant: &str) -> Option<Vec<(String, String)>> {
        let left = WHOLE.checked_sub(self.sum()?.try_into().ok()?)?;
        let given = |(name, text): &(String, String)| {
            let share = typed_share(text).unwrap_or(0) + if name == variant { left } else { 0 };
            (name.clone(), if name == variant { percent_number(share) } else { text.clone() })
        };
        Some(self.shares.iter().map(given).collect())
    }

    /// The sum of the shares in basis points, as far as they are written; `None` where one is no share.
    pub fn sum(&self) -> Option<u32> {
        self.shares.iter().map(|(_, text)| typed_share(text).map(u32::from)).sum()
    }

    /// What the fields say, with everything that is wrong with them; then the first is only as good as it can be. `current`
    /// is what it replaces.
    pub fn read(&self, flag: &Flag, current: Option<&Serve>) -> (Serve, Vec<Problem>) {
        let mut problems = Vec::new();
        let serve = match (self.mode.as_str(), current) {
            (VARIANT, _) => Serve::Variant(variant(flag, "serve.variant", &self.variant, &mut problems)),
            (SPLIT, _) => Serve::Split(self.split(flag, current, &mut problems)),
            (PLAN, Some(Serve::Rollout(rollout))) => Serve::Rollout(rollout.clone()),
            (PLAN, _) => {
                problems.push(Problem::new("serve", "The rollout plan is not there any more. Choose what is served instead."));
                Serve::Variant(first(flag))
            }
            _ => {
                problems.push(Problem::new("serve", "Choose what is served: one variant, or a share of each."));
                Serve::Variant(first(flag))
            }
        };
        (serve, problems)
    }

    fn split(&self, flag: &Flag, current: Option<&Serve>, problems: &mut Vec<Problem>) -> Split {
        let weights = if is_two_way(flag) { self.two(flag, current, problems) } else { self.several(flag, problems) };
        let seed = Some(self.seed.trim().to_owned()).filter(|seed| !seed.is_empty());
        Split { bucket_by: self.bucket_by.trim().to_owned(), seed, weights }
    }

    fn two(&self, flag: &Flag, current: Option<&Serve>, problems: &mut Vec<Problem>) -> Vec<Weight> {
        let of = variant(flag, "serve.of", &self.of, problems);
        let share = share("serve.share", &self.share, problems);
        let each = order(flag, current, Some(&of)).into_iter();
        each.map(|variant| Weight { share: if variant == of { share } else { WHOLE - share }, variant }).collect()
    }

    /// Nothing typed is nothing served. That together they are a whole is checked where every state is.
    fn several(&self, flag: &Flag, problems: &mut Vec<Problem>) -> Vec<Weight> {
        let mut weights = Vec::new();
        for (name, text) in &self.shares {
            let field = share_field(name);
            let variant = variant(flag, &field, name, problems);
            let share = if text.trim().is_empty() { 0 } else { share(&field, text, problems) };
            weights.push(Weight { variant, share });
        }
        weights
    }
}

/// Nothing typed is nothing served.
fn typed_share(text: &str) -> Option<u16> {
    if text.trim().is_empty() { Some(0) } else { parse_percent(text) }
}

/// The fields after a button of the form that only draws it again: *Check* leaves them as they are, the one beside a share
/// gives it what is left. `None` when it was neither.
pub fn redrawn(pairs: &[(String, String)], flag: &Flag, current: Option<&Serve>) -> Option<Vec<(String, String)>> {
    let (button, variant) = pairs.iter().find(|(name, _)| name == CHECK || name == REST)?;
    let mut pairs: Vec<_> = pairs.iter().filter(|(name, _)| name != CHECK && name != REST).cloned().collect();
    let given = (button == REST).then(|| ServeForm::from_pairs(&pairs, flag, current).with_rest(variant)).flatten();
    for (name, share) in given.unwrap_or_default() {
        let field = share_field(&name);
        pairs.retain(|(key, _)| *key != field);
        pairs.push((field, share));
    }
    Some(pairs)
}

/// Every variant with its share, in the order of the buckets; none of them left out.
fn shares(serve: &Serve, flag: &Flag, now: Timestamp) -> Vec<(VariantName, u16)> {
    let of = |name: &VariantName| -> u16 {
        match serve {
            Serve::Variant(served) => WHOLE * u16::from(served == name),
            Serve::Split(split) => split.weights.iter().filter(|weight| &weight.variant == name).map(|weight| weight.share).sum(),
            Serve::Rollout(rollout) if &rollout.variant == name => rollout.plan.share(now),
            Serve::Rollout(rollout) if &rollout.rest == name => WHOLE - rollout.plan.share(now),
            Serve::Rollout(_) => 0,
        }
    };
    order(flag, Some(serve), None).into_iter().map(|name| (of(&name), name)).map(|(share, name)| (name, share)).collect()
}

/// The variants in the order of their buckets: as they stand in a split or plan, else `lead` first; new ones at the end.
fn order(flag: &Flag, current: Option<&Serve>, lead: Option<&VariantName>) -> Vec<VariantName> {
    let standing = match current {
        Some(serve @ (Serve::Split(_) | Serve::Rollout(_))) => serve.variants(),
        _ => lead.into_iter().collect(),
    };
    let all = flag.variants.iter().map(|variant| &variant.name);
    let known = standing.into_iter().filter(|name| flag.variant(name).is_some());
    let mut found: Vec<VariantName> = Vec::new();
    for name in known.chain(all) {
        if !found.contains(name) {
            found.push(name.clone());
        }
    }
    found
}

fn first(flag: &Flag) -> VariantName {
    flag.variants.first().map_or_else(VariantName::off, |variant| variant.name.clone())
}

fn variant(flag: &Flag, field: &str, text: &str, problems: &mut Vec<Problem>) -> VariantName {
    let found = flag.variants.iter().find(|variant| variant.name.as_str() == text.trim());
    found.map(|variant| variant.name.clone()).unwrap_or_else(|| {
        let names: Vec<&str> = flag.variants.iter().map(|variant| variant.name.as_str()).collect();
        let message = match text.trim() {
            "" => format!("Choose a variant: {}.", names.join(", ")),
            unknown => format!("{unknown} is not one of the variants: {}.", names.join(", ")),
        };
        problems.push(Problem::new(field, message));
        first(flag)
    })
}

fn share(field: &str, text: &str, problems: &mut Vec<Problem>) -> u16 {
    parse_percent(text).filter(|_| is_in_steps(text)).unwrap_or_else(|| {
        let message = match text.trim() {
            "" => "Write a share from 0 to 100 %, such as 25 or 12.5.".to_owned(),
            typed if parse_percent(typed).is_some() => {
                format!("Shares go in steps of 0.01 %; write {} instead of {typed}.", percent(parse_percent(typed).unwrap_or(0)))
            }
            typed => format!("Write a share from 0 to 100 %, such as 25 or 12.5; {typed} is none."),
        };
        problems.push(Problem::new(field, message));
        0
    })
}

/// Whether nothing was rounded away.
fn is_in_steps(text: &str) -> bool {
    let number = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
    let exact = parse_percent(&number).map(|share| f64::from(share) / 100.0);
    // Far below a step, far above the error of a double.
    number.parse::<f64>().ok().zip(exact).is_some_and(|(typed, kept)| (typed - kept).abs() < 1e-9)
}

/// The form's field for a problem that a state's check found in what is served; `rest` is its path from there on.
pub fn field_of(rest: &str) -> String {
    match rest {
        ".weights" => "serve.shares".to_owned(),
        ".bucket_by" => "serve.bucket_by".to_owned(),
        ".seed" => "serve.seed".to_owned(),
        _ => "serve".to_owned(),
    }
}

#[cfg(test)]
mod tests;
