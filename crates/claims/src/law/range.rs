// SPDX-License-Identifier: MIT OR Apache-2.0

//! A range that every draw keeps: a bound that holds with high probability, put to every draw.
//!
//! A theorem says that a draw leaves the range with a probability of at most so much, at any size. One draw outside refutes it: the probability of that, for a true bound,
//! is at most the tail times the number of draws. A bound from one side is a range with an infinite end.

use widthwise_rounding::Scalar;

use super::estimand::{Decision, SizeSample};
use super::{Quantity, Size};

/// The range of one quantity.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// What is measured.
    pub quantity: Quantity,
    /// The ends by the theory, at each size.
    pub predicted: fn(Size) -> [f64; 2],
    /// The ends by the control.
    pub control: fn(Size) -> [f64; 2],
    /// The probability, at most, that a draw lies outside, by the theory.
    pub tail: f64,
}

impl Range {
    /// The extreme draws of one size.
    pub(super) fn estimate(&self, sample: &SizeSample) -> RangeEstimate {
        let (first, rest) = match sample.values.split_first() {
            Some((&first, rest)) => (Some(first), rest),
            None => (None, &[][..]),
        };
        let extend =
            |[least, greatest]: [f64; 2], &value: &f64| [least.lesser(value), greatest.greater(value)];
        RangeEstimate {
            quantity: self.quantity,
            size: sample.size,
            predicted: (self.predicted)(sample.size),
            control: (self.control)(sample.size),
            tail: self.tail,
            extremes: first.map(|first| rest.iter().fold([first; 2], extend)),
            unmeasured: sample.unmeasured,
        }
    }
}

/// The extreme draws of one quantity at one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RangeEstimate {
    /// What is measured.
    pub quantity: Quantity,
    /// At which size.
    pub size: Size,
    /// The ends by the theory.
    pub predicted: [f64; 2],
    /// The ends by the control.
    pub control: [f64; 2],
    /// The probability, at most, that a draw lies outside, by the theory.
    pub tail: f64,
    /// The least and the greatest draw; `None` if there is none.
    pub extremes: Option<[f64; 2]>,
    /// Draws on which the quantity was zero or could not be measured.
    pub unmeasured: usize,
}

impl RangeEstimate {
    /// What the draws say of the predicted range.
    ///
    /// ```
    /// use widthwise_claims::law::{Decision, Quantity, RangeEstimate, Size};
    /// let decide = |extremes, unmeasured| {
    ///     let estimate = RangeEstimate {
    ///         quantity: Quantity::Formula("‖W‖"),
    ///         size: Size::width(8),
    ///         predicted: [f64::NEG_INFINITY, 1.0],
    ///         control: [f64::NEG_INFINITY, 0.5],
    ///         tail: 1e-9,
    ///         extremes: Some(extremes),
    ///         unmeasured,
    ///     };
    ///     (estimate.decision(), estimate.decision_on_control())
    /// };
    /// assert_eq!(decide([0.2, 0.9], 0), (Decision::Supported, Decision::Excluded));
    /// assert_eq!(decide([0.2, 1.1], 0).0, Decision::Excluded);
    /// // A draw outside is outside, whatever became of the others.
    /// assert_eq!(decide([0.2, 1.1], 1).0, Decision::Excluded);
    /// assert_eq!(decide([0.2, 0.9], 1).0, Decision::Unmeasured);
    /// ```
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.decide(self.predicted)
    }

    /// What the draws say of the control's range.
    #[must_use]
    pub fn decision_on_control(&self) -> Decision {
        self.decide(self.control)
    }

    fn decide(&self, [lo, hi]: [f64; 2]) -> Decision {
        match self.extremes {
            Some([least, greatest]) if !(lo <= least && greatest <= hi) => Decision::Excluded,
            Some(_) if self.unmeasured == 0 => Decision::Supported,
            _ => Decision::Unmeasured,
        }
    }
}
