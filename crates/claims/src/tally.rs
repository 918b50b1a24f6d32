// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a set of instances amounts to, as a value that merges in any order.
//!
//! A campaign cuts its instances into blocks; each block yields a tally, and tallies merge by an operation that is associative and commutative
//! with the empty tally as its neutral element. So the result is the same bits for any number of threads and any partition.

use widthwise_rounding::Verdict;

use crate::{Outcome, Refusal};

/// A value and the index of the instance that reached it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extreme {
    /// The value.
    pub value: f64,
    /// The index of the first instance with this value.
    pub index: u64,
}

impl Extreme {
    /// The greater value; of equal values the one with the lower index.
    fn greater(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => {
                let first = a.value > b.value || (a.value == b.value && a.index <= b.index);
                Some(if first { a } else { b })
            }
            (one, None) | (None, one) => one,
        }
    }
}

/// Counts and extremes over a set of instances of one claim.
///
/// # Examples
///
/// ```
/// use widthwise_claims::{Outcome, Refusal, Tally};
///
/// let (mut first, mut second) = (Tally::default(), Tally::default());
/// first.add(0, &Outcome::Skipped(Refusal::Memory));
/// second.add(1, &Outcome::Skipped(Refusal::Hypothesis("A ≠ 0")));
/// assert_eq!(first.merge(&second), second.merge(&first));
/// assert_eq!(first.merge(&second).skipped, 2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Tally {
    /// Instances put on trial, skipped ones included.
    pub instances: u64,
    /// Instances whose every comparison is proved.
    pub proved: u64,
    /// Instances with a comparison that rounding hides, and none refuted.
    pub undecided: u64,
    /// Counterexamples.
    pub refuted: u64,
    /// Instances without a verdict: a hypothesis is not met, or memory did not suffice.
    pub skipped: u64,
    /// Instances skipped for lack of memory, among `skipped`.
    pub out_of_memory: u64,
    /// Undecided instances with an overlap beyond its allowance: the enclosures tested nothing.
    pub too_wide: u64,
    /// The largest `left / right` of an inequality.
    pub tightest: Option<Extreme>,
    /// The widest overlap of an undecided comparison, relative to its scale.
    pub widest_undecided: Option<Extreme>,
    /// The lowest index of a counterexample.
    pub first_refuted: Option<u64>,
    /// The lowest index of an instance that was too wide.
    pub first_too_wide: Option<u64>,
}

impl Tally {
    /// Adds the outcome of instance `index`.
    pub fn add(&mut self, index: u64, outcome: &Outcome) {
        self.instances += 1;
        let findings = match outcome {
            Outcome::Skipped(refusal) => {
                self.skipped += 1;
                self.out_of_memory += u64::from(*refusal == Refusal::Memory);
                return;
            }
            Outcome::Decided(findings) => findings,
        };
        match findings.verdict {
            Verdict::Proved => self.proved += 1,
            Verdict::Undecided => self.undecided += 1,
            Verdict::Refuted => {
                self.refuted += 1;
                self.first_refuted = lower(self.first_refuted, Some(index));
            }
        }
        if findings.too_wide {
            self.too_wide += 1;
            self.first_too_wide = lower(self.first_too_wide, Some(index));
        }
        let extreme = |value| Extreme { value, index };
        self.tightest = Extreme::greater(self.tightest, findings.tightest.map(extreme));
        if findings.verdict == Verdict::Undecided {
            self.widest_undecided =
                Extreme::greater(self.widest_undecided, Some(extreme(findings.widest_overlap)));
        }
    }

    /// The tally of both sets of instances, which must be disjoint.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        Self {
            instances: self.instances + other.instances,
            proved: self.proved + other.proved,
            undecided: self.undecided + other.undecided,
            refuted: self.refuted + other.refuted,
            skipped: self.skipped + other.skipped,
            out_of_memory: self.out_of_memory + other.out_of_memory,
            too_wide: self.too_wide + other.too_wide,
            tightest: Extreme::greater(self.tightest, other.tightest),
            widest_undecided: Extreme::greater(self.widest_undecided, other.widest_undecided),
            first_refuted: lower(self.first_refuted, other.first_refuted),
            first_too_wide: lower(self.first_too_wide, other.first_too_wide),
        }
    }
}

fn lower(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, None) | (None, one) => one,
    }
}
