//! How many get another variant when what is served changes: exact where the buckets stay, expected where everybody is drawn
//! again. Speaks of shares alone; who has no value to be bucketed by is not counted.

use super::key::VariantName;
use super::rule::{Serve, WHOLE, percent};
use super::time::Timestamp;

/// What a change does to those whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shift {
    /// Everybody keeps what they have.
    Nobody,
    /// To the bucket.
    Moves(Vec<Move>),
    /// By another seed or attribute, so that old and new bucket have nothing to do with one another: the share that is
    /// expected to change, in basis points.
    Shuffled(u16),
}

/// A share that leaves one variant for another, in basis points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub from: VariantName,
    pub to: VariantName,
    pub share: u16,
}

/// What becomes of everybody's variant at `now`. `flag` is the seed where none is set.
pub fn shift(before: &Serve, after: &Serve, flag: &str, now: Timestamp) -> Shift {
    let by = |serve: &Serve| (serve.bucket_by().map(str::to_owned), serve.seed().unwrap_or(flag).to_owned());
    let drawn = |serve: &Serve| served(serve, now).len() > 1;
    // Who all get the same are not drawn at all, whatever they are bucketed by.
    if drawn(before) && drawn(after) && by(before) != by(after) {
        return Shift::Shuffled(expected(before, after, now));
    }
    match moves(before, after, now) {
        moves if moves.is_empty() => Shift::Nobody,
        moves => Shift::Moves(moves),
    }
}

/// The variants that somebody gets, with their shares.
fn served(serve: &Serve, now: Timestamp) -> Vec<(VariantName, u16)> {
    let mut found: Vec<(VariantName, u16)> = Vec::new();
    for (name, share) in serve.shares(now).into_iter().filter(|(_, share)| *share > 0) {
        match found.iter_mut().find(|(other, _)| other == name) {
            Some((_, sum)) => *sum = sum.saturating_add(share),
            None => found.push((name.clone(), share)),
        }
    }
    found
}

/// `1 - Σ p·q`: the chance that two draws that know nothing of one another differ.
fn expected(before: &Serve, after: &Serve, now: Timestamp) -> u16 {
    let (before, after) = (served(before, now), served(after, now));
    let of = |name: &VariantName| after.iter().find(|(other, _)| other == name).map_or(0, |(_, share)| u64::from(*share));
    let same: u64 = before.iter().map(|(name, share)| u64::from(*share) * of(name)).sum();
    let whole = u64::from(WHOLE);
    u16::try_from((whole * whole).saturating_sub(same).div_ceil(whole)).unwrap_or(WHOLE)
}

/// Goes along the buckets from one border to the next.
fn moves(before: &Serve, after: &Serve, now: Timestamp) -> Vec<Move> {
    let (before, after) = (ends(before, now), ends(after, now));
    let mut borders: Vec<u16> = before.iter().chain(&after).map(|(_, end)| *end).collect();
    borders.sort_unstable();
    let at = |ends: &[(VariantName, u16)], bucket: u16| ends.iter().find(|(_, end)| bucket < *end).map(|(name, _)| name.clone());
    let (mut found, mut start) = (Vec::<Move>::new(), 0);
    for end in borders.into_iter().filter(|end| *end > 0) {
        if let (Some(from), Some(to)) = (at(&before, start), at(&after, start))
            && from != to
            && end > start
        {
            match found.iter_mut().find(|other| other.from == from && other.to == to) {
                Some(other) => other.share += end - start,
                None => found.push(Move { from, to, share: end - start }),
            }
        }
        start = end;
    }
    found
}

/// Every variant with the end of its buckets, which is without.
fn ends(serve: &Serve, now: Timestamp) -> Vec<(VariantName, u16)> {
    let mut end = 0_u16;
    let range = |(name, share): (&VariantName, u16)| {
        end = end.saturating_add(share).min(WHOLE);
        (name.clone(), end)
    };
    serve.shares(now).into_iter().map(range).collect()
}

/// What a change does, in sentences; `whom` it concerns as in *25 % of those it matches*.
pub fn sentences(before: &Serve, after: &Serve, flag: &str, whom: &str, now: Timestamp) -> Vec<String> {
    let whom = match after.bucket_by().or(before.bucket_by()) {
        Some(attribute) if attribute != super::rule::TARGETING_KEY => format!("{whom}, counted by {attribute},"),
        _ => whom.to_owned(),
    };
    match shift(before, after, flag, now) {
        Shift::Nobody => vec![format!("Nobody of {} gets another variant.", whom.trim_end_matches(','))],
        Shift::Shuffled(share) => {
            let why = match before.bucket_by() == after.bucket_by() {
                true => "another seed",
                false => "another attribute to bucket by",
            };
            vec![
                format!("About {} of {whom} get another variant: they are shuffled anew.", rounded(share)),
                format!("That comes of {why}; keep it as it was and only the shares decide."),
            ]
        }
        Shift::Moves(moves) => moved(&moves, before, after, &whom, now),
    }
}

fn moved(moves: &[Move], before: &Serve, after: &Serve, whom: &str, now: Timestamp) -> Vec<String> {
    let all: u16 = moves.iter().map(|one| one.share).sum();
    let each: Vec<String> = moves.iter().map(|one| format!("{} {} → {}", percent(one.share), one.from, one.to)).collect();
    let mut out = vec![format!("{} of {whom} get another variant: {}.", percent(all), each.join(", "))];
    let spare = all.saturating_sub(needed(before, after, now));
    if spare > 0 {
        let text = "more than these shares ask for: variants lie side by side, and a raised share takes from the next one.";
        out.push(format!("That is {} {text}", percent(spare)));
    } else if all < WHOLE {
        out.push("Everybody else keeps what they have.".to_owned());
    }
    out
}

/// The fewest that could move.
fn needed(before: &Serve, after: &Serve, now: Timestamp) -> u16 {
    let before = served(before, now);
    let had = |name: &VariantName| before.iter().find(|(other, _)| other == name).map_or(0, |(_, share)| *share);
    served(after, now).iter().map(|(name, share)| share.saturating_sub(had(name))).sum()
}

/// A guess needs no hundredths.
fn rounded(share: u16) -> String {
    if share < 100 { percent(share) } else { percent((share + 50) / 100 * 100) }
}

#[cfg(test)]
#[path = "shift_tests.rs"]
mod tests;
