// SPDX-License-Identifier: MIT OR Apache-2.0

//! One instance on trial: what a check compares, what an observer sees, and the outcome.
//!
//! A check computes enclosures and hands each comparison to its [`Trial`]. The trial keeps the worst verdict and the extremes that
//! a report needs, and shows everything to an [`Observer`]: a campaign ignores it, a replay prints it, a digest hashes its bits.
//! So the three see the same computation.
//!
//! Enclosures decide. The allowance that a check passes with each comparison decides nothing about truth: it says how wide the overlap
//! of an undecided comparison may be before the enclosures count as too wide to have tested anything.

use widthwise_linalg::KernelError;
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};

/// The relation that a comparison puts to the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `left ≤ right`.
    AtMost,
    /// `left = right`.
    Equal,
}

impl Relation {
    /// The relation as a symbol: `≤` or `=`.
    ///
    /// ```
    /// assert_eq!(widthwise_claims::Relation::AtMost.symbol(), "≤");
    /// ```
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::AtMost => "≤",
            Self::Equal => "=",
        }
    }
}

/// One comparison of two enclosures, as an [`Observer`] sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Comparison<T> {
    /// What is compared, as a formula: `‖A x‖ ≤ ‖A‖ ‖x‖`.
    pub formula: &'static str,
    /// The relation tested.
    pub relation: Relation,
    /// The left side.
    pub left: ScaledEnclosure<T>,
    /// The right side.
    pub right: ScaledEnclosure<T>,
    /// What the enclosures say.
    pub verdict: Verdict,
    /// Width of the overlap of an undecided comparison relative to its natural scale; zero otherwise.
    pub overlap: f64,
    /// The overlap up to which an undecided comparison counts as tested.
    pub allowance: f64,
}

/// Watches a check: every intermediate quantity and every comparison, in the order of computation.
///
/// Both methods do nothing by default, so `()` is the observer that ignores all.
pub trait Observer<T> {
    /// An intermediate quantity, named as in the statement.
    fn quantity(&mut self, name: &'static str, value: &ScaledEnclosure<T>) {
        let _ = (name, value);
    }

    /// A comparison.
    fn comparison(&mut self, comparison: &Comparison<T>) {
        let _ = comparison;
    }
}

impl<T> Observer<T> for () {}

/// Why an instance has no verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// The instance does not meet a hypothesis of the claim, named here.
    Hypothesis(&'static str),
    /// The memory given does not hold the instance and the workspace of its check.
    Memory,
    /// The instance is no input: an entry is not finite.
    Input(KernelError),
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Hypothesis(what) => write!(f, "hypothesis not met: {what}"),
            Self::Memory => f.write_str("the memory given is too small for this instance"),
            Self::Input(error) => write!(f, "not an instance: {error}"),
        }
    }
}

impl core::error::Error for Refusal {}

impl From<KernelError> for Refusal {
    fn from(error: KernelError) -> Self {
        Self::Input(error)
    }
}

/// What came of one instance.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The instance has a verdict.
    Decided(Findings),
    /// The instance has none.
    Skipped(Refusal),
}

impl Outcome {
    /// The verdict, `None` for a skipped instance.
    ///
    /// ```
    /// use widthwise_claims::{Outcome, Refusal};
    /// assert_eq!(Outcome::Skipped(Refusal::Memory).verdict(), None);
    /// ```
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Decided(findings) => Some(findings.verdict),
            Self::Skipped(_) => None,
        }
    }

    /// Whether the instance is a counterexample.
    #[must_use]
    pub fn is_refuted(&self) -> bool {
        self.verdict() == Some(Verdict::Refuted)
    }
}

/// The sum of the comparisons of one instance.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Findings {
    /// The worst verdict among the comparisons.
    pub verdict: Verdict,
    /// The largest `left / right` among the inequalities with a right side that is not zero, `None` if there was none.
    pub tightest: Option<f64>,
    /// The widest overlap among the undecided comparisons, zero if there was none.
    pub widest_overlap: f64,
    /// Whether an undecided comparison overlapped by more than its allowance: the enclosures were too wide to test it.
    pub too_wide: bool,
}

/// Collects the comparisons of one instance.
pub struct Trial<'a, T> {
    observer: &'a mut dyn Observer<T>,
    findings: Findings,
    compared: bool,
}

impl<T> core::fmt::Debug for Trial<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Trial").field("findings", &self.findings).finish_non_exhaustive()
    }
}

impl<'a, T: Scalar> Trial<'a, T> {
    /// A trial without comparisons yet.
    pub fn new(observer: &'a mut dyn Observer<T>) -> Self {
        let findings =
            Findings { verdict: Verdict::Proved, tightest: None, widest_overlap: 0.0, too_wide: false };
        Self { observer, findings, compared: false }
    }

    /// What the comparisons so far amount to.
    ///
    /// ```
    /// use widthwise_claims::Trial;
    /// use widthwise_rounding::{ScaledEnclosure, Verdict};
    ///
    /// let mut ignore = ();
    /// let mut trial = Trial::<f64>::new(&mut ignore);
    /// trial.at_most("1 ≤ 2", ScaledEnclosure::one(), ScaledEnclosure::count(2), 0.0);
    /// assert_eq!(trial.findings().verdict, Verdict::Proved);
    /// assert_eq!(trial.findings().tightest, Some(0.5));
    /// ```
    #[must_use]
    pub fn findings(&self) -> Findings {
        self.findings
    }

    /// What came of the instance: a trial without a comparison has tested nothing.
    ///
    /// ```
    /// use widthwise_claims::Trial;
    /// assert_eq!(Trial::<f64>::new(&mut ()).outcome().verdict(), None);
    /// ```
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.compared {
            Outcome::Decided(self.findings)
        } else {
            Outcome::Skipped(Refusal::Hypothesis("there is something to compare"))
        }
    }

    /// Shows an intermediate quantity to the observer and returns it.
    pub fn record(&mut self, name: &'static str, value: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
        self.observer.quantity(name, &value);
        value
    }

    /// Puts `left ≤ right` to the test.
    ///
    /// `allowance`: see the module; relative to the larger of the two sides.
    pub fn at_most(
        &mut self,
        formula: &'static str,
        left: ScaledEnclosure<T>,
        right: ScaledEnclosure<T>,
        allowance: f64,
    ) {
        let ratio = left.ratio(&right);
        if ratio.is_finite() {
            let tightest = self.findings.tightest.map_or(ratio, |t| t.greater(ratio));
            self.findings.tightest = Some(tightest);
        }
        let verdict = left.is_at_most(&right);
        let overlap = if verdict == Verdict::Undecided { left.relative_excess(&right) } else { 0.0 };
        self.conclude(Comparison {
            formula,
            relation: Relation::AtMost,
            left,
            right,
            verdict,
            overlap,
            allowance,
        });
    }

    /// Puts `left = right` to the test.
    ///
    /// Proved only if both sides are one and the same number without rounding; else undecided at best.
    /// `allowance`: see the module; relative to the larger of the two sides.
    pub fn equal(
        &mut self,
        formula: &'static str,
        left: ScaledEnclosure<T>,
        right: ScaledEnclosure<T>,
        allowance: f64,
    ) {
        let verdict = left.is_equal_to(&right);
        let overlap = if verdict == Verdict::Undecided { left.relative_difference(&right) } else { 0.0 };
        self.conclude(Comparison {
            formula,
            relation: Relation::Equal,
            left,
            right,
            verdict,
            overlap,
            allowance,
        });
    }

    /// [`equal`](Self::equal) where terms may cancel: the overlap is measured relative to `scale`, an upper bound of the terms.
    pub fn equal_at_scale(
        &mut self,
        formula: &'static str,
        left: ScaledEnclosure<T>,
        right: ScaledEnclosure<T>,
        scale: ScaledEnclosure<T>,
        allowance: f64,
    ) {
        let verdict = left.is_equal_to(&right);
        let overlap = if verdict == Verdict::Undecided {
            // |left − right| against the scale: both sides moved up by it, so that nothing cancels.
            (left + scale).relative_difference(&(right + scale)) * 2.0
        } else {
            0.0
        };
        self.conclude(Comparison {
            formula,
            relation: Relation::Equal,
            left,
            right,
            verdict,
            overlap,
            allowance,
        });
    }

    fn conclude(&mut self, comparison: Comparison<T>) {
        self.compared = true;
        let findings = &mut self.findings;
        findings.verdict = findings.verdict.max(comparison.verdict);
        findings.widest_overlap = findings.widest_overlap.greater(comparison.overlap);
        findings.too_wide = findings.too_wide || comparison.overlap > comparison.allowance;
        self.observer.comparison(&comparison);
    }
}
