//! `semver_…`: semantic versions by precedence, and version ranges. `2.3` reads as `2.3.0`.

use super::{Comparison, Verdict};
use crate::domain::flag::Problem;
use crate::engine::words;
use semver::{BuildMetadata, Prerelease, Version, VersionReq};
use serde_json::Value;

/// Reads `x.y.z` or `x.y`, each with an optional pre-release and build.
fn parse(text: &str) -> Option<Version> {
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    if core.bytes().filter(|b| *b == b'.').count() != 1 {
        return Version::parse(text).ok();
    }
    let (major, minor) = core.split_once('.')?;
    let (pre, build) = match rest.split_once('+') {
        Some((pre, build)) => (pre, BuildMetadata::new(build).ok().filter(|b| !b.is_empty())?),
        None => (rest, BuildMetadata::EMPTY),
    };
    let pre = match pre.strip_prefix('-') {
        Some(pre) => Prerelease::new(pre).ok().filter(|p| !p.is_empty())?,
        None => Prerelease::EMPTY,
    };
    Some(Version { major: part(major)?, minor: part(minor)?, patch: 0, pre, build })
}

/// A number without a leading zero.
fn part(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

fn version(value: &Value) -> Option<Version> {
    parse(value.as_str()?)
}

pub(super) fn read(value: &Value, field: &str) -> Result<Version, Problem> {
    version(value).ok_or_else(|| {
        let message = format!("{} is no semantic version; write it like \"2.3.0\" or \"2.3\".", words::show(value));
        Problem::new(field, message)
    })
}

/// Reads a range such as `^1.2`, `~2`, `>=1.2, <2`, `1.*`. A bare version is refused, because tools differ on whether it
/// means that version or all that are compatible.
pub(super) fn read_range(value: &Value, field: &str) -> Result<VersionReq, Problem> {
    let text = value.as_str().unwrap_or_default();
    let bare = |part: &str| part.trim().starts_with(|c: char| c.is_ascii_digit()) && !part.contains(['*', 'x', 'X']);
    let readable = VersionReq::parse(text).ok().filter(|_| !text.split(',').any(bare) && !text.trim().is_empty());
    readable.ok_or_else(|| {
        let message = format!("{} is no version range; write it like \"^1.2\", \"~2\" or \">=1.2, <2\".", words::show(value));
        Problem::new(field, message)
    })
}

/// Whether `actual` is a version that stands so to any expected one, by precedence: pre-releases count, builds do not.
pub(super) fn compares(actual: &Value, order: Comparison, expected: &[Version]) -> Verdict {
    Verdict::of(version(actual), |found| expected.iter().any(|other| order.holds(found.cmp_precedence(other))))
}

/// Whether `actual` is a version within any of the ranges. A pre-release is within a range only where the range names a
/// pre-release of the same `x.y.z`.
pub(super) fn in_range(actual: &Value, ranges: &[VersionReq]) -> Verdict {
    Verdict::of(version(actual), |found| ranges.iter().any(|range| range.matches(&found)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn versions_of_two_parts_are_read_as_three() {
        for (short, long) in
            [("2.3", "2.3.0"), ("2.3-beta.1", "2.3.0-beta.1"), ("0.0+b", "0.0.0+b"), ("1.2-a+b-c", "1.2.0-a+b-c")]
        {
            assert_eq!(parse(short), Version::parse(long).ok(), "{short}");
        }
        for bad in ["", "2", "2.", ".3", "v2.3", "2.03", "2.3.", "2.3-", "2.3+", "2.3.4.5", "a.b", "1.2 ", "2.3-é"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn ranges_say_how_they_mean_it() {
        for good in ["^1.2", "~2", ">=1.2, <2", "=1.2.3", "1.*", "1.x", "*"] {
            assert!(read_range(&json!(good), "f").is_ok(), "{good}");
        }
        for bad in [json!("1.2"), json!("1.2.3"), json!(">=1 <2"), json!(""), json!("^1 || ^2"), json!(1.2), json!(">=1, 2")] {
            assert!(read_range(&bad, "f").is_err(), "{bad}");
        }
    }
}
