// SPDX-License-Identifier: MIT OR Apache-2.0

//! The mean of a quantity at each size, near what is predicted there.
//!
//! A prediction is a number for each size, with a stated error of the model: zero for an exact moment, some parts in a thousand where a limit or an expansion stands for
//! a finite size. The mean of the draws supports it within that error and six standard errors. With a hundred draws or more a mean strays by six of its standard errors, estimated
//! from the same draws, with a probability of less than 4e-8. Noise that reaches half of the prediction decides nothing.

use widthwise_rounding::Scalar;

use super::estimand::{Decision, SizeSample};
use super::{Quantity, Size};

/// How many standard errors a mean may stray, beyond the error of the model.
pub const STANDARD_ERRORS: f64 = 6.0;

/// The part of a prediction at which that many standard errors decide nothing.
pub const LARGEST_NOISE: f64 = 0.5;

/// The mean of one quantity.
#[derive(Clone, Copy, Debug)]
pub struct Mean {
    /// What is measured.
    pub quantity: Quantity,
    /// The mean by the theory, at each size.
    pub predicted: fn(Size) -> f64,
    /// The mean by the control.
    pub control: fn(Size) -> f64,
    /// The relative error of the prediction.
    pub model_error: f64,
}

impl Mean {
    /// The mean at one size.
    pub(super) fn estimate(&self, sample: &SizeSample) -> MeanEstimate {
        MeanEstimate {
            quantity: self.quantity,
            size: sample.size,
            predicted: (self.predicted)(sample.size),
            control: (self.control)(sample.size),
            model_error: self.model_error,
            average: Average::of(&sample.values),
            unmeasured: sample.unmeasured,
        }
    }
}

/// A mean with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Average {
    /// The mean.
    pub mean: f64,
    /// The standard deviation of the mean, by the scatter of the draws.
    pub standard_error: f64,
}

impl Average {
    /// Sums up draws, in their order. `None` for fewer than two.
    ///
    /// ```
    /// use widthwise_claims::law::Average;
    /// assert_eq!(Average::of(&[1.0, 3.0]), Some(Average { mean: 2.0, standard_error: 1.0 }));
    /// ```
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.len() < 2 {
            return None;
        }
        let count = f64::from_count(values.len());
        let mean = values.iter().fold(0.0, |sum, value| sum + value) / count;
        let squares = values.iter().fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
        Some(Self { mean, standard_error: (squares / (count - 1.0) / count).square_root() })
    }
}

/// The mean of one quantity at one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanEstimate {
    /// What is measured.
    pub quantity: Quantity,
    /// At which size.
    pub size: Size,
    /// The mean by the theory.
    pub predicted: f64,
    /// The mean by the control.
    pub control: f64,
    /// The relative error of the prediction.
    pub model_error: f64,
    /// The estimate; `None` if fewer than two draws were numbers.
    pub average: Option<Average>,
    /// Draws on which the quantity was zero or could not be measured.
    pub unmeasured: usize,
}

impl MeanEstimate {
    /// The interval that must contain the predicted mean: the estimate ± the error of the model and six standard errors.
    #[must_use]
    pub fn interval(&self) -> Option<[f64; 2]> {
        let margin = |average: Average| self.margin(average, self.predicted);
        self.average.map(|average| [average.mean - margin(average), average.mean + margin(average)])
    }

    /// What the estimate says of the predicted mean.
    ///
    /// ```
    /// use widthwise_claims::law::{Average, Decision, MeanEstimate, Quantity, Size};
    /// let decide = |mean, standard_error, unmeasured| {
    ///     let estimate = MeanEstimate {
    ///         quantity: Quantity::Formula("α"),
    ///         size: Size::width(8),
    ///         predicted: 0.5,
    ///         control: 1.0,
    ///         model_error: 0.1,
    ///         average: Some(Average { mean, standard_error }),
    ///         unmeasured,
    ///     };
    ///     estimate.decision()
    /// };
    /// // Within 0.05 and 6 · 0.01.
    /// assert_eq!(decide(0.6, 0.01, 0), Decision::Supported);
    /// assert_eq!(decide(0.62, 0.01, 0), Decision::Excluded);
    /// assert_eq!(decide(0.5, 0.05, 0), Decision::TooNoisy);
    /// assert_eq!(decide(0.5, 0.01, 1), Decision::Unmeasured);
    /// ```
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.decide(self.predicted)
    }

    /// What the estimate says of the mean by the control, which is granted the same margin.
    #[must_use]
    pub fn decision_on_control(&self) -> Decision {
        self.decide(self.control)
    }

    fn margin(&self, average: Average, value: f64) -> f64 {
        self.model_error * value.magnitude() + STANDARD_ERRORS * average.standard_error
    }

    fn decide(&self, value: f64) -> Decision {
        match self.average {
            Some(average) if self.unmeasured == 0 && (average.mean + average.standard_error).is_finite() => {
                let noise = STANDARD_ERRORS * average.standard_error;
                let too_noisy = noise > LARGEST_NOISE * self.predicted.magnitude();
                let distance = (average.mean - value).magnitude();
                Decision::new(too_noisy, distance <= self.margin(average, value))
            }
            _ => Decision::Unmeasured,
        }
    }
}
