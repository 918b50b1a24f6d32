// SPDX-License-Identifier: MIT OR Apache-2.0

//! From slopes to a decision, and how often it is wrong.
//!
//! Every predicted exponent and every exponent of a control is a multiple of ½. An estimate within [`TOLERANCE`] of a prediction is more than
//! that away from any other, so accepting the theory's exponent rejects a control's that differs from it: the control tests the table and
//! the rule, and a law whose control says the same as the law is found out.
//!
//! The tolerance is spent twice. Slopes at finite widths are off, since the next power of the width is still there: by up to 0.06 at the narrowest widths, by 0.035 for
//! the quantities with most noise. The scatter of these is 0.027, so six standard deviations are left, and no standard error exceeded 0.032 when the rates were measured;
//! beyond [`LARGEST_STANDARD_ERROR`] an estimate is left open. The rates are those of a thousand seeds at the least effort, where noise and bias are greatest:
//! `error-rates.txt` in the folder of this package, written by its example `error_rates`.

use alloc::vec::Vec;

use widthwise_parametrization::Rational;
use widthwise_rounding::Scalar;

use super::{Exponent, Slope};

/// How far an estimate may lie from an exponent that it supports.
pub const TOLERANCE: f64 = 0.2;

/// The standard error beyond which an estimate decides nothing.
pub const LARGEST_STANDARD_ERROR: f64 = 0.035;

/// The probability, at most, that a true law is refuted: over all its quantities.
pub const FALSE_ALARM: f64 = 1e-6;

/// The probability, at least, that a law with the exponents of the control is refuted.
pub const POWER: f64 = 0.999;

/// What an estimate says of an exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// The interval contains it.
    Supported,
    /// The interval excludes it.
    Excluded,
    /// The standard error is too large to tell.
    TooNoisy,
    /// The quantity was zero, or a network could not be measured.
    Unmeasured,
}

/// The estimated exponent of one quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// What is estimated, and what it should be.
    pub exponent: Exponent,
    /// The estimate; `None` if too few draws were numbers.
    pub slope: Option<Slope>,
    /// Draws on which the quantity was zero or could not be measured.
    pub unmeasured: usize,
}

impl Estimate {
    /// The interval that must contain the predicted exponent: the estimate ± [`TOLERANCE`].
    ///
    /// ```
    /// # use widthwise_claims::law::{Estimate, Slope, find};
    /// # let exponent = find("spectral.rule.ntp").ok_or("unknown id")?.exponents[0];
    /// let slope = Some(Slope { estimate: 0.5, standard_error: 0.01 });
    /// assert_eq!(Estimate { exponent, slope, unmeasured: 0 }.interval(), Some([0.3, 0.7]));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn interval(&self) -> Option<[f64; 2]> {
        self.slope.map(|slope| [slope.estimate - TOLERANCE, slope.estimate + TOLERANCE])
    }

    /// What the estimate says of the predicted exponent.
    ///
    /// ```
    /// # use widthwise_claims::law::{Decision, Estimate, Exponent, Quantity, Slope};
    /// # use widthwise_parametrization::Rational;
    /// let half = Rational::halves(1);
    /// let exponent = Exponent { quantity: Quantity::Update(1), predicted: half, control: Rational::ZERO };
    /// let decide = |estimate, standard_error, unmeasured| {
    ///     Estimate { exponent, slope: Some(Slope { estimate, standard_error }), unmeasured }.decision()
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
                if slope.standard_error > LARGEST_STANDARD_ERROR {
                    Decision::TooNoisy
                } else if distance <= TOLERANCE {
                    Decision::Supported
                } else {
                    Decision::Excluded
                }
            }
            _ => Decision::Unmeasured,
        }
    }
}

/// What all measurements of a law amount to.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    estimates: Vec<Estimate>,
}

impl Findings {
    pub(super) fn new(estimates: Vec<Estimate>) -> Self {
        Self { estimates }
    }

    /// The estimates, in the order of the law's exponents.
    #[must_use]
    pub fn estimates(&self) -> &[Estimate] {
        &self.estimates
    }

    /// Whether every interval contains the exponent that the law predicts.
    #[must_use]
    pub fn prediction_holds(&self) -> bool {
        self.estimates.iter().all(|estimate| estimate.decision() == Decision::Supported)
    }

    /// Whether an interval excludes the exponent that the law predicts: the law is refuted.
    #[must_use]
    pub fn prediction_is_refuted(&self) -> bool {
        self.estimates.iter().any(|estimate| estimate.decision() == Decision::Excluded)
    }

    /// Whether an interval excludes the exponent that the control predicts.
    #[must_use]
    pub fn control_is_refuted(&self) -> bool {
        self.estimates.iter().any(|estimate| estimate.decision_on_control() == Decision::Excluded)
    }
}
