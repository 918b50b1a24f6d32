// SPDX-License-Identifier: MIT OR Apache-2.0

//! The distribution of a quantity at each size: the distance of Kolmogorov and Smirnov from the one that is predicted.
//!
//! The inequality of Dvoretzky, Kiefer and Wolfowitz with Massart's constant (*The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality*, 1990) bounds the probability that the
//! empirical distribution function of `N` draws is anywhere farther than `ε` from the true one by `2 exp(−2Nε²)`, for every `N`. So `ε = √(ln(2/α)/(2N))` has the level `α` without
//! a limit, and a distribution is excluded if the distance is greater. Beyond [`LARGEST_DISTANCE`] an `ε` decides nothing: there are too few draws.

use alloc::vec::Vec;

use widthwise_rounding::Scalar;

use super::estimand::{Decision, SizeSample};
use super::{Quantity, Size};

/// The probability, at most, that a true distribution is excluded at one size.
pub const LEVEL: f64 = 1e-8;

/// The critical distance beyond which nothing is decided.
pub const LARGEST_DISTANCE: f64 = 0.125;

/// The distribution of one quantity.
#[derive(Clone, Copy, Debug)]
pub struct Distribution {
    /// What is measured.
    pub quantity: Quantity,
    /// What it is called.
    pub name: &'static str,
    /// The distribution function by the theory, at each size.
    pub predicted: fn(Size, f64) -> f64,
    /// The distribution function by the control.
    pub control: fn(Size, f64) -> f64,
}

impl Distribution {
    /// The distances at one size.
    pub(super) fn estimate(&self, sample: &SizeSample) -> DistributionEstimate {
        let mut values = sample.values.clone();
        values.sort_unstable_by(f64::total_cmp);
        let distance = |function: fn(Size, f64) -> f64| {
            let values: Vec<_> = values.iter().map(|&value| function(sample.size, value)).collect();
            kolmogorov_distance(&values)
        };
        DistributionEstimate {
            quantity: self.quantity,
            name: self.name,
            size: sample.size,
            distances: distance(self.predicted).zip(distance(self.control)),
            critical: critical_distance(values.len()),
            unmeasured: sample.unmeasured,
        }
    }
}

/// The distance of an empirical distribution function from another, whose values at the draws in ascending order are given. `None` without draws, or if a value is
/// no number.
fn kolmogorov_distance(values: &[f64]) -> Option<f64> {
    if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let count = f64::from_count(values.len());
    let distance = |(position, &value): (usize, &f64)| {
        // On both sides of the step.
        let (below, above) = (f64::from_count(position) / count, f64::from_count(position + 1) / count);
        (value - below).greater(above - value)
    };
    Some(values.iter().enumerate().map(distance).fold(0.0, f64::greater))
}

/// `√(ln(2/α)/(2N))` for `N` draws.
fn critical_distance(draws: usize) -> f64 {
    ((2.0 / LEVEL).natural_logarithm() / (2.0 * f64::from_count(draws))).square_root()
}

/// The distances of one quantity's distribution at one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DistributionEstimate {
    /// What is measured.
    pub quantity: Quantity,
    /// What the predicted distribution is called.
    pub name: &'static str,
    /// At which size.
    pub size: Size,
    /// The distances from the theory's distribution and from the control's; `None` if no draw was a number.
    pub distances: Option<(f64, f64)>,
    /// The distance beyond which a distribution is excluded.
    pub critical: f64,
    /// Draws on which the quantity was zero or could not be measured.
    pub unmeasured: usize,
}

impl DistributionEstimate {
    /// What the draws say of the predicted distribution.
    ///
    /// ```
    /// use widthwise_claims::law::{Decision, DistributionEstimate, Quantity, Size};
    /// let decide = |distance, critical, unmeasured| {
    ///     let estimate = DistributionEstimate {
    ///         quantity: Quantity::Formula("α²"),
    ///         name: "Beta",
    ///         size: Size::width(8),
    ///         distances: Some((distance, 0.9)),
    ///         critical,
    ///         unmeasured,
    ///     };
    ///     (estimate.decision(), estimate.decision_on_control())
    /// };
    /// assert_eq!(decide(0.04, 0.05, 0), (Decision::Supported, Decision::Excluded));
    /// assert_eq!(decide(0.06, 0.05, 0).0, Decision::Excluded);
    /// assert_eq!(decide(0.04, 0.5, 0), (Decision::TooNoisy, Decision::TooNoisy));
    /// assert_eq!(decide(0.04, 0.05, 1).0, Decision::Unmeasured);
    /// ```
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.decide(self.distances.map(|(predicted, _)| predicted))
    }

    /// What the draws say of the control's distribution.
    #[must_use]
    pub fn decision_on_control(&self) -> Decision {
        self.decide(self.distances.map(|(_, control)| control))
    }

    fn decide(&self, distance: Option<f64>) -> Decision {
        match distance {
            Some(distance) if self.unmeasured == 0 => {
                Decision::new(self.critical > LARGEST_DISTANCE, distance <= self.critical)
            }
            _ => Decision::Unmeasured,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use widthwise_sampling::Stream;

    #[test]
    fn the_distance_is_the_greatest_on_either_side_of_a_step() {
        // One draw at the median: half below, half above. At the upper end the whole step lies below.
        assert_eq!(kolmogorov_distance(&[0.5]), Some(0.5));
        assert_eq!(kolmogorov_distance(&[1.0]), Some(1.0));
        assert_eq!(kolmogorov_distance(&[0.25, 0.75]), Some(0.25));
        assert_eq!(kolmogorov_distance(&[0.0, 0.5, 0.75, 1.0]), Some(0.25));
        assert_eq!(kolmogorov_distance(&[]), None);
        assert_eq!(kolmogorov_distance(&[0.5, f64::NAN]), None);
    }

    #[test]
    fn uniform_draws_exceed_a_critical_distance_no_more_often_than_the_inequality_says() {
        // The distance whose bound is a tenth, for 40 draws; 2000 experiments.
        let critical = (20.0_f64.natural_logarithm() / 80.0).square_root();
        let exceeds = |experiment: &u64| {
            let mut stream = Stream::new(1, "kolmogorov", *experiment);
            let mut values: Vec<_> = (0..40).map(|_| 0.5 + 0.5 * stream.uniform::<f64>()).collect();
            values.sort_unstable_by(f64::total_cmp);
            kolmogorov_distance(&values).unwrap() > critical
        };
        let count = (0..2000).filter(exceeds).count();
        // A tenth of 2000, and for 40 draws the bound is nearly reached.
        assert!((100..=200).contains(&count), "{count}");
    }
}
