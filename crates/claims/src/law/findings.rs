// SPDX-License-Identifier: MIT OR Apache-2.0

//! From estimates to a decision, and how often it is wrong.
//!
//! A law holds if every estimate supports its prediction and one excludes the control. It is refuted by one that excludes its prediction, as a claim is by one
//! counterexample. The rates are those of a thousand seeds at the least effort, where noise and the errors of the models are greatest:
//! `error-rates.txt` in the folder of this package, written by its example `error_rates`.

use alloc::vec::Vec;

use super::{Decision, Estimate};

/// The probability, at most, that a true law is refuted: over all its quantities.
pub const FALSE_ALARM: f64 = 1e-6;

/// The probability, at least, that a law that says what the control says is refuted.
pub const POWER: f64 = 0.999;

/// What all measurements of a law amount to.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    estimates: Vec<Estimate>,
}

impl Findings {
    pub(super) fn new(estimates: Vec<Estimate>) -> Self {
        Self { estimates }
    }

    /// The estimates, in the order of the law's estimands, size by size where there is one a size.
    #[must_use]
    pub fn estimates(&self) -> &[Estimate] {
        &self.estimates
    }

    /// Whether every estimate supports what the law predicts.
    #[must_use]
    pub fn prediction_holds(&self) -> bool {
        self.estimates.iter().all(|estimate| estimate.decision() == Decision::Supported)
    }

    /// Whether an estimate excludes what the law predicts: the law is refuted.
    #[must_use]
    pub fn prediction_is_refuted(&self) -> bool {
        self.estimates.iter().any(|estimate| estimate.decision() == Decision::Excluded)
    }

    /// Whether an estimate excludes what the control predicts.
    #[must_use]
    pub fn control_is_refuted(&self) -> bool {
        self.estimates.iter().any(|estimate| estimate.decision_on_control() == Decision::Excluded)
    }
}
