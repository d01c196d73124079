//! What is served to those who match: one variant, or shares of the units by bucket.

use super::bucket::Seed;
use super::condition::Scope;
use super::context::{AttributePath, unit};
use super::trace::Trace;
use crate::domain::key::VariantName;
use crate::domain::rollout::Plan;
use crate::domain::rule::{Serve, Split, WHOLE};
use crate::domain::time::Timestamp;

/// A [`Serve`] with variants as indices. A split that gives everybody the same is a variant already.
#[derive(Debug)]
pub(super) enum CompiledServe {
    Variant(usize),
    Split(By, Box<[Range]>),
    Rollout(Rollout),
}

/// Which attribute is bucketed, under which seed.
#[derive(Debug)]
pub(super) struct By {
    pub(super) attribute: AttributePath,
    pub(super) seed: Seed,
}

/// Buckets from the end of the range before up to `end`, which is without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) end: u16,
    pub(super) variant: usize,
}

#[derive(Debug)]
pub(super) struct Rollout {
    pub(super) by: By,
    pub(super) variant: usize,
    pub(super) rest: usize,
    pub(super) plan: Plan,
}

/// What serving came to.
pub(super) enum Served {
    /// Everybody gets it.
    Whole(usize),
    /// A share strictly between none and all gets it.
    Share(usize),
    /// There was nothing to bucket.
    NoUnit,
}

impl CompiledServe {
    /// `index` finds a variant by name; `flag` is the seed where none is set.
    pub(super) fn compile(serve: &Serve, flag: &str, index: impl Fn(&VariantName) -> usize) -> Self {
        match serve {
            Serve::Variant(name) => Self::Variant(index(name)),
            Serve::Split(split) => compile_split(split, flag, index),
            Serve::Rollout(rollout) => Self::Rollout(Rollout {
                by: By::new(&rollout.bucket_by, rollout.seed.as_deref(), flag),
                variant: index(&rollout.variant),
                rest: index(&rollout.rest),
                plan: rollout.plan.clone(),
            }),
        }
    }

    /// Whether two contexts may be served differently, now or later.
    pub(super) fn reads_context(&self) -> bool {
        match self {
            Self::Variant(_) => false,
            Self::Split(..) => true,
            Self::Rollout(rollout) => rollout.variant != rollout.rest,
        }
    }

    pub(super) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        if let Self::Rollout(rollout) = self { rollout.plan.next_change(now) } else { None }
    }

    pub(super) fn serve<T: Trace>(&self, scope: &Scope<'_>, trace: &mut T) -> Served {
        match self {
            Self::Variant(variant) => Served::Whole(*variant),
            Self::Split(by, ranges) => by.pick(ranges, scope, trace),
            Self::Rollout(rollout) => rollout.serve(scope, trace),
        }
    }
}

impl Rollout {
    fn serve<T: Trace>(&self, scope: &Scope<'_>, trace: &mut T) -> Served {
        let share = self.plan.share(scope.now);
        trace.plan(self, share, scope.now);
        match share {
            0 => Served::Whole(self.rest),
            share if share >= WHOLE || self.variant == self.rest => Served::Whole(self.variant),
            end => {
                let ranges = [Range { end, variant: self.variant }, Range { end: WHOLE, variant: self.rest }];
                self.by.pick(&ranges, scope, trace)
            }
        }
    }
}

impl By {
    fn new(attribute: &str, seed: Option<&str>, flag: &str) -> Self {
        Self { attribute: AttributePath::new(attribute), seed: Seed::new(seed.unwrap_or(flag)) }
    }

    fn pick<T: Trace>(&self, ranges: &[Range], scope: &Scope<'_>, trace: &mut T) -> Served {
        let actual = scope.context.find(&self.attribute);
        let Some(unit) = actual.and_then(unit) else {
            trace.bucket(self, actual, None, ranges);
            return Served::NoUnit;
        };
        let bucket = self.seed.bucket(&unit);
        trace.bucket(self, actual, Some((&unit, bucket)), ranges);
        range_of(ranges, bucket).map_or(Served::NoUnit, |range| Served::Share(range.variant))
    }
}

/// The range a bucket falls into; ranges together cover them all.
pub(super) fn range_of(ranges: &[Range], bucket: u16) -> Option<&Range> {
    ranges.iter().find(|range| bucket < range.end)
}

fn compile_split(split: &Split, flag: &str, index: impl Fn(&VariantName) -> usize) -> CompiledServe {
    let mut served = split.weights.iter().filter(|weight| weight.share > 0).map(|weight| index(&weight.variant));
    if let Some(first) = served.next()
        && served.all(|other| other == first)
    {
        return CompiledServe::Variant(first);
    }
    let mut end = 0_u16;
    let ranges = split.weights.iter().map(|weight| {
        end = end.saturating_add(weight.share);
        Range { end, variant: index(&weight.variant) }
    });
    CompiledServe::Split(By::new(&split.bucket_by, split.seed.as_deref(), flag), ranges.collect())
}
