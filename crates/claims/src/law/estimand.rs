// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a law says of a quantity: its power of the width, its mean, the range of its draws, or its distribution.
//!
//! Four forms, one for each file beside this one, with a prediction, a control and a rule of decision each. From the draws at each size comes an estimate, and from the
//! estimate a [`Decision`] on either.

use alloc::vec::Vec;

use super::{
    Distribution, DistributionEstimate, Exponent, ExponentEstimate, Mean, MeanEstimate, Quantity, Range,
    RangeEstimate, Size,
};

/// What a law says of one quantity, and what the control says.
#[derive(Clone, Copy, Debug)]
pub enum Estimand {
    /// A power of the width.
    Exponent(Exponent),
    /// A mean at each size.
    Mean(Mean),
    /// A range that every draw keeps.
    Range(Range),
    /// A distribution at each size.
    Distribution(Distribution),
}

impl Estimand {
    /// What is measured.
    ///
    /// ```
    /// use widthwise_claims::law::{Quantity, find};
    /// let law = find("spectral.rule.uniform").ok_or("unknown id")?;
    /// assert_eq!(law.estimands[0].quantity(), Quantity::Update(1));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        match self {
            Self::Exponent(exponent) => exponent.quantity,
            Self::Mean(mean) => mean.quantity,
            Self::Range(range) => range.quantity,
            Self::Distribution(distribution) => distribution.quantity,
        }
    }

    /// The exponent, if this is one.
    #[must_use]
    pub fn exponent(&self) -> Option<Exponent> {
        match self {
            Self::Exponent(exponent) => Some(*exponent),
            Self::Mean(_) | Self::Range(_) | Self::Distribution(_) => None,
        }
    }

    /// The estimates from the draws at each size: one of all sizes for an exponent, one a size otherwise.
    pub(super) fn estimates(&self, samples: &[SizeSample]) -> Vec<Estimate> {
        let each = samples.iter();
        match self {
            Self::Exponent(exponent) => [Estimate::Exponent(exponent.estimate(samples))].into(),
            Self::Mean(mean) => each.map(|sample| Estimate::Mean(mean.estimate(sample))).collect(),
            Self::Range(range) => each.map(|sample| Estimate::Range(range.estimate(sample))).collect(),
            Self::Distribution(distribution) => {
                each.map(|sample| Estimate::Distribution(distribution.estimate(sample))).collect()
            }
        }
    }
}

/// The draws of one quantity at one size, in their order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SizeSample {
    pub(super) size: Size,
    /// Those that are positive numbers.
    pub(super) values: Vec<f64>,
    /// How many are not.
    pub(super) unmeasured: usize,
}

/// What the draws say of one quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Estimate {
    /// Of its power of the width.
    Exponent(ExponentEstimate),
    /// Of its mean at one size.
    Mean(MeanEstimate),
    /// Of its range at one size.
    Range(RangeEstimate),
    /// Of its distribution at one size.
    Distribution(DistributionEstimate),
}

impl Estimate {
    /// What was measured.
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        match self {
            Self::Exponent(estimate) => estimate.exponent.quantity,
            Self::Mean(estimate) => estimate.quantity,
            Self::Range(estimate) => estimate.quantity,
            Self::Distribution(estimate) => estimate.quantity,
        }
    }

    /// What the estimate says of the prediction.
    #[must_use]
    pub fn decision(&self) -> Decision {
        match self {
            Self::Exponent(estimate) => estimate.decision(),
            Self::Mean(estimate) => estimate.decision(),
            Self::Range(estimate) => estimate.decision(),
            Self::Distribution(estimate) => estimate.decision(),
        }
    }

    /// What the estimate says of the control.
    #[must_use]
    pub fn decision_on_control(&self) -> Decision {
        match self {
            Self::Exponent(estimate) => estimate.decision_on_control(),
            Self::Mean(estimate) => estimate.decision_on_control(),
            Self::Range(estimate) => estimate.decision_on_control(),
            Self::Distribution(estimate) => estimate.decision_on_control(),
        }
    }

    /// Draws on which the quantity was zero or could not be measured. They support nothing.
    #[must_use]
    pub fn unmeasured(&self) -> usize {
        match self {
            Self::Exponent(estimate) => estimate.unmeasured,
            Self::Mean(estimate) => estimate.unmeasured,
            Self::Range(estimate) => estimate.unmeasured,
            Self::Distribution(estimate) => estimate.unmeasured,
        }
    }

    /// The estimate of an exponent, if this is one.
    #[must_use]
    pub fn exponent(&self) -> Option<ExponentEstimate> {
        match self {
            Self::Exponent(estimate) => Some(*estimate),
            Self::Mean(_) | Self::Range(_) | Self::Distribution(_) => None,
        }
    }
}

/// What an estimate says of a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It agrees.
    Supported,
    /// It excludes it.
    Excluded,
    /// There is too much noise, or there are too few draws, to tell.
    TooNoisy,
    /// The quantity was zero, or could not be measured.
    Unmeasured,
}

impl Decision {
    /// The decision of an estimate that could be measured.
    pub(super) fn new(too_noisy: bool, agrees: bool) -> Self {
        match (too_noisy, agrees) {
            (true, _) => Self::TooNoisy,
            (false, true) => Self::Supported,
            (false, false) => Self::Excluded,
        }
    }
}
