//! A share as a hundred people: easier to feel than a number.

use crate::components::prelude::*;
use crate::domain::rule::{WHOLE, percent};

const COLUMNS: usize = 25;
const DOTS: usize = 100;

/// A hundred dots, of which as many carry a variant's mark as its share in basis points asks for.
///
/// The dots of a larger share include those of a smaller one, as buckets do.
#[component]
pub fn Crowd(
    /// Variants with their shares, together [`WHOLE`].
    shares: Vec<(String, u16)>,
    /// The variant of those who get nothing new; its dots stay hollow.
    #[prop(optional, into)]
    rest: Option<String>,
) -> Html {
    let words: Vec<String> = shares.iter().map(|(name, share)| format!("{} get {name}", percent(*share))).collect();
    let series = series(&shares, rest.as_deref());
    let owners = owners(&shares.iter().map(|pair| pair.1).collect::<Vec<_>>());
    let dots: Vec<_> = owners
        .into_iter()
        .enumerate()
        .map(|(at, owner)| dot(at % COLUMNS, at / COLUMNS, owner.and_then(|owner| series[owner])))
        .collect();
    let legend: Vec<_> = shares.iter().zip(&series).map(|((name, share), series)| entry(name, *share, *series)).collect();
    view! {
        <figure class="crowd">
            <svg viewBox="0 0 250 40" role="img" aria-label=format!("Of 100 users: {}", words.join(", "))>{dots}</svg>
            <figcaption><ul class="legend">{legend}</ul></figcaption>
        </figure>
    }
}

/// Each variant's colour and shape, counted from 1; `None` for the one that stays hollow.
fn series(shares: &[(String, u16)], rest: Option<&str>) -> Vec<Option<usize>> {
    let mut next = 0;
    let mut number = |(name, _): &(String, u16)| {
        if Some(name.as_str()) == rest {
            return None;
        }
        next = next % 6 + 1;
        Some(next)
    };
    shares.iter().map(&mut number).collect()
}

/// Which variant each dot belongs to. Scattered, but the same every time.
fn owners(shares: &[u16]) -> Vec<Option<usize>> {
    let whole = usize::from(WHOLE);
    let mut from = 0;
    let mut ends = Vec::new();
    for share in shares {
        from += usize::from(*share);
        // A share that is not nothing shows, and one that is not everything leaves room.
        let end = (from * DOTS + whole / 2) / whole;
        ends.push(end.clamp(usize::from(from > 0), if from < whole { DOTS - 1 } else { DOTS }));
    }
    ranks().into_iter().map(|rank| ends.iter().position(|end| rank < *end)).collect()
}

/// Each dot's place in the order in which dots are taken: by the finalizer of MurmurHash3, so that it looks like chance.
fn ranks() -> Vec<usize> {
    let mut order: Vec<usize> = (0..DOTS).collect();
    order.sort_by_key(|dot| mixed(u32::try_from(*dot).unwrap_or(0) + SEED));
    let mut ranks = vec![0; DOTS];
    for (rank, dot) in order.into_iter().enumerate() {
        ranks[dot] = rank;
    }
    ranks
}

/// Chosen by eye: it spreads 5, 10 and 25 dots evenly.
const SEED: u32 = 97;

fn mixed(number: u32) -> u32 {
    let number = (number ^ (number >> 16)).wrapping_mul(0x85eb_ca6b);
    let number = (number ^ (number >> 13)).wrapping_mul(0xc2b2_ae35);
    number ^ (number >> 16)
}

fn dot(column: usize, row: usize, series: Option<usize>) -> Html {
    let (x, y) = (column * 10 + 5, row * 10 + 5);
    mark(x, y, series)
}

/// A circle, a square or a diamond: variants differ by shape as well as by colour.
fn mark(x: usize, y: usize, series: Option<usize>) -> Html {
    let class = series.map_or("hollow".to_owned(), |number| format!("v{number}"));
    match series.map(|number| number % 3) {
        Some(2) => view! { <rect class=class x=x - 3 y=y - 3 width="6" height="6" /> },
        Some(0) => {
            let points = format!("{x},{} {},{y} {x},{} {},{y}", y - 4, x + 4, y + 4, x - 4);
            view! { <polygon class=class points=points /> }
        }
        _ => view! { <circle class=class cx=x cy=y r="3.5" /> },
    }
}

fn entry(name: &str, share: u16, series: Option<usize>) -> Html {
    view! {
        <li>
            <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" focusable="false">{mark(5, 5, series)}</svg>
            <b>{name.to_owned()}</b>
            " "
            {percent(share)}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(share: u16) -> usize {
        owners(&[share, WHOLE - share]).iter().filter(|owner| **owner == Some(0)).count()
    }

    #[test]
    fn as_many_dots_as_percent() {
        for (share, dots) in [(0, 0), (1, 1), (100, 1), (1_000, 10), (2_550, 26), (9_999, 99), (WHOLE, 100)] {
            assert_eq!(count(share), dots, "{share}");
        }
    }

    #[test]
    fn a_larger_share_keeps_the_dots_of_a_smaller_one() {
        let on = |share: u16| -> Vec<usize> {
            owners(&[share, WHOLE - share]).iter().enumerate().filter(|(_, o)| **o == Some(0)).map(|(at, _)| at).collect()
        };
        for share in (0..WHOLE).step_by(100) {
            let larger = on(share + 100);
            assert!(on(share).iter().all(|dot| larger.contains(dot)), "{share}");
        }
    }

    #[test]
    fn every_dot_of_three_variants_has_an_owner() {
        assert!(owners(&[3_333, 3_333, 3_334]).iter().all(Option::is_some));
    }
}
