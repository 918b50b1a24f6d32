// SPDX-License-Identifier: MIT OR Apache-2.0

//! The three outcomes of comparing two enclosures.
//!
//! With enclosures no tolerance decides: `lhs ≤ rhs` is *proved* if it holds for every pair of numbers
//! in the two intervals, *refuted* if it fails for every pair, and *undecided* if they overlap.

/// The outcome of a comparison of enclosures.
///
/// The order is by severity: `Proved < Undecided < Refuted`, so the verdict on a conjunction is the
/// maximum of its parts.
///
/// # Examples
///
/// ```
/// use widthwise_rounding::Verdict;
/// assert_eq!(Verdict::Proved.max(Verdict::Undecided), Verdict::Undecided);
/// assert_eq!(Verdict::Refuted.to_string(), "refuted");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The relation holds for every choice of values in the enclosures.
    Proved,
    /// The enclosures overlap: rounding hides the answer.
    Undecided,
    /// The relation fails for every choice of values in the enclosures: a real counterexample.
    Refuted,
}

impl core::fmt::Display for Verdict {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Proved => "proved",
            Self::Undecided => "undecided",
            Self::Refuted => "refuted",
        })
    }
}
