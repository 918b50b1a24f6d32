// SPDX-License-Identifier: MIT OR Apache-2.0

//! The power of the width that a quantity has: a slope, within [`TOLERANCE`] of what is predicted.
//!
//! Every predicted exponent and every exponent of a control is a multiple of ½. An estimate within [`TOLERANCE`] of a prediction is more than
//! that away from any other, so accepting the theory's exponent rejects a control's that differs from it: the control tests the table and
//! the rule, and a law whose control says the same as the law is found out.
//!
//! The tolerance is spent twice. Slopes at finite widths are off, since the next power of the width is still there: when the rates of error were measured, by up to 0.08 at
//! the narrowest widths, and by 0.11 for one quantity that hardly scatters. The scatter is 0.027 at most, and of no quantity less than 5.4 standard deviations are left. Beyond
//! [`LARGEST_STANDARD_ERROR`] an estimate is left open, as happens to a few seeds in a thousand.

use alloc::vec::Vec;

use widthwise_parametrization::Rational;
use widthwise_rounding::Scalar;

use super::estimand::{Decision, SizeSample};
use super::{Quantity, Slope, WidthSample};

/// How far an estimate may lie from an exponent that it supports.
pub const TOLERANCE: f64 = 0.2;

/// The standard error beyond which an estimate decides nothing.
pub const LARGEST_STANDARD_ERROR: f64 = 0.035;

/// The exponent of one quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exponent {
    /// What is measured.
    pub quantity: Quantity,
    /// The power of the width by the theory.
    pub predicted: Rational,
    /// The power of the width by the control.
    pub control: Rational,
}

impl Exponent {
    /// The slope of the logarithms. A size without two draws leaves no line through all sizes.
    pub(super) fn estimate(self, samples: &[SizeSample]) -> ExponentEstimate {
        let logarithms = |sample: &SizeSample| {
            let logarithms: Vec<_> = sample.values.iter().map(|value| value.natural_logarithm()).collect();
            WidthSample::new(sample.size.columns, &logarithms)
        };
        let widths: Option<Vec<_>> = samples.iter().map(logarithms).collect();
        ExponentEstimate {
            exponent: self,
            slope: widths.and_then(|widths| Slope::fit(&widths)),
            unmeasured: samples.iter().map(|sample| sample.unmeasured).sum(),
        }
    }
}

/// The estimated exponent of one quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentEstimate {
    /// What is estimated, and what it should be.
    pub exponent: Exponent,
    /// The estimate; `None` if too few draws were numbers.
    pub slope: Option<Slope>,
    /// Draws on which the quantity was zero or could not be measured.
    pub unmeasured: usize,
}

impl ExponentEstimate {
    /// The interval that must contain the predicted exponent: the estimate ± [`TOLERANCE`].
    ///
    /// ```
    /// # use widthwise_claims::law::{Exponent, ExponentEstimate, Quantity, Slope};
    /// # use widthwise_parametrization::Rational;
    /// # let exponent = Exponent { quantity: Quantity::Update(1), predicted: Rational::ZERO, control: Rational::ZERO };
    /// let slope = Some(Slope { estimate: 0.5, standard_error: 0.01 });
    /// assert_eq!(ExponentEstimate { exponent, slope, unmeasured: 0 }.interval(), Some([0.3, 0.7]));
    /// ```
    #[must_use]
    pub fn interval(&self) -> Option<[f64; 2]> {
        self.slope.map(|slope| [slope.estimate - TOLERANCE, slope.estimate + TOLERANCE])
    }

    /// What the estimate says of the predicted exponent.
    ///
    /// ```
    /// # use widthwise_claims::law::{Decision, Exponent, ExponentEstimate, Quantity, Slope};
    /// # use widthwise_parametrization::Rational;
    /// let half = Rational::halves(1);
    /// let exponent = Exponent { quantity: Quantity::Update(1), predicted: half, control: Rational::ZERO };
    /// let decide = |estimate, standard_error, unmeasured| {
    ///     ExponentEstimate { exponent, slope: Some(Slope { estimate, standard_error }), unmeasured }.decision()
    /// };
    /// assert_eq!(decide(0.45, 0.03, 0), Decision::Supported);
    /// assert_eq!(decide(0.29, 0.03, 0), Decision::Excluded);
    /// assert_eq!(decide(0.5, 0.04, 0), Decision::TooNoisy);
    /// assert_eq!(decide(0.5, 0.03, 1), Decision::Unmeasured);
    /// ```
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.decide(self.exponent.predicted)
    }

    /// What the estimate says of the exponent of the control.
    #[must_use]
    pub fn decision_on_control(&self) -> Decision {
        self.decide(self.exponent.control)
    }

    fn decide(&self, exponent: Rational) -> Decision {
        match self.slope {
            Some(slope) if self.unmeasured == 0 && slope.is_finite() => {
                let distance = (slope.estimate - exponent.to_f64()).magnitude();
                Decision::new(slope.standard_error > LARGEST_STANDARD_ERROR, distance <= TOLERANCE)
            }
            _ => Decision::Unmeasured,
        }
    }
}
