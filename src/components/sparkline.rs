//! The last hours of a count, as small as a word.

use crate::components::prelude::*;

const WIDTH: f64 = 72.0;
const HEIGHT: f64 = 20.0;
/// Room for the line's own width.
const EDGE: f64 = 1.5;

/// One point a value, oldest first; the last is of a stretch still under way, which looks less than it will be, so the line to
/// it is dotted. `label` says in words what the line shows.
#[component]
pub fn Sparkline(values: Vec<u64>, #[prop(into)] label: String) -> Html {
    let silent = values.iter().all(|value| *value == 0);
    let points = points(&values);
    let last = points.len().saturating_sub(1);
    let (whole, running) = (points[..last].join(" "), points[last.saturating_sub(1)..].join(" "));
    view! {
        <svg
            class=if silent { "sparkline silent" } else { "sparkline" } viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            width=WIDTH.to_string() height=HEIGHT.to_string() role="img" aria-label=label
        >
            <polyline points=whole />
            <polyline class="running" points=running />
        </svg>
    }
}

/// Coordinates of the line: the largest value touches the top, zero the bottom.
// Counts beyond 2^52 lose digits that no screen has room for.
#[allow(clippy::cast_precision_loss)]
fn points(values: &[u64]) -> Vec<String> {
    let top = values.iter().copied().max().unwrap_or(0).max(1) as f64;
    let step = (WIDTH - 2.0 * EDGE) / (values.len().max(2) - 1) as f64;
    let point = |(at, value): (usize, &u64)| {
        let x = EDGE + at as f64 * step;
        let y = HEIGHT - EDGE - (*value as f64 / top) * (HEIGHT - 2.0 * EDGE);
        format!("{x:.1},{y:.1}")
    };
    values.iter().enumerate().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_touches_the_top_and_zero_the_bottom() {
        assert_eq!(points(&[0, 10, 5]), ["1.5,18.5", "36.0,1.5", "70.5,10.0"]);
        assert_eq!(points(&[0, 0]), ["1.5,18.5", "70.5,18.5"]);
        assert_eq!(points(&[7]), ["1.5,1.5"]);
        assert!(points(&[]).is_empty());
        assert_eq!(points(&[u64::MAX, 1])[0], "1.5,1.5");
    }
}
