// SPDX-License-Identifier: MIT OR Apache-2.0

//! A power of the width, estimated: the slope of a logarithm over the logarithm of the width, with its standard error.
//!
//! Least squares through the means at each width, all with the same weight. The standard error comes from the scatter of the draws at each
//! width, not from the residuals of the line: with four widths those would be worth two degrees of freedom, and a line that does not fit would
//! pass for noise. So written out it is two sums; libraries of statistics offer the residuals' version, and few of them work without `std`.

use widthwise_rounding::Scalar;

/// The logarithms of a quantity at one width, summed up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WidthSample {
    /// The width.
    pub width: usize,
    /// The mean of the logarithms.
    pub mean: f64,
    /// The square of the standard error of the mean.
    pub variance_of_mean: f64,
}

impl WidthSample {
    /// Sums up the draws at a width, in their order. `None` for fewer than two, or if one is not finite.
    ///
    /// ```
    /// use widthwise_claims::law::WidthSample;
    /// let sample = WidthSample::new(8, &[1.0, 3.0]).ok_or("too few draws")?;
    /// // The variance is 2, that of the mean of two half of it.
    /// assert_eq!((sample.mean, sample.variance_of_mean), (2.0, 1.0));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn new(width: usize, logarithms: &[f64]) -> Option<Self> {
        if logarithms.len() < 2 || logarithms.iter().any(|y| !y.is_finite()) {
            return None;
        }
        let draws = f64::from_count(logarithms.len());
        let mean = sum(logarithms.iter().copied()) / draws;
        let squares = sum(logarithms.iter().map(|y| (y - mean) * (y - mean)));
        Some(Self { width, mean, variance_of_mean: squares / (draws - 1.0) / draws })
    }
}

/// An estimated exponent.
///
/// # Examples
///
/// ```
/// use widthwise_claims::law::{Slope, WidthSample};
/// // 3/n, without noise.
/// let sample = |width: usize| WidthSample { width, mean: (3.0 / width as f64).ln(), variance_of_mean: 0.0 };
/// let slope = Slope::fit(&[sample(8), sample(64), sample(512)]).ok_or("too few widths")?;
/// assert!((slope.estimate + 1.0).abs() < 1e-15);
/// assert_eq!(slope.standard_error, 0.0);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// The exponent.
    pub estimate: f64,
    /// The standard deviation of the estimate, by the scatter of the draws.
    pub standard_error: f64,
}

impl Slope {
    /// Fits a line through the means: with `X = ln n` less its mean, the slope is `ΣXy/ΣX²` and the square of its standard error
    /// `ΣX²v/(ΣX²)²`, for means `y` with variances `v`. Sums run in the order given. `None` unless there are two different widths, none zero.
    #[must_use]
    pub fn fit(samples: &[WidthSample]) -> Option<Self> {
        let first = samples.first()?;
        let zero = samples.iter().any(|sample| sample.width == 0);
        if zero || samples.iter().all(|sample| sample.width == first.width) {
            return None;
        }
        let logarithm = |sample: &WidthSample| f64::from_count(sample.width).natural_logarithm();
        let center = sum(samples.iter().map(logarithm)) / f64::from_count(samples.len());
        let deviation = |sample: &WidthSample| logarithm(sample) - center;
        let squares = sum(samples.iter().map(|sample| deviation(sample) * deviation(sample)));
        let products = sum(samples.iter().map(|sample| deviation(sample) * sample.mean));
        let noise =
            sum(samples.iter().map(|sample| deviation(sample) * deviation(sample) * sample.variance_of_mean));
        Some(Self { estimate: products / squares, standard_error: noise.square_root() / squares })
    }

    /// Whether both numbers are finite, as they are if the samples were and no two widths are neighbours beyond 2⁵⁰.
    pub(super) fn is_finite(&self) -> bool {
        self.estimate.is_finite() && self.standard_error.is_finite()
    }
}

/// The sum in the order of the terms.
fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    terms.fold(0.0, |sum, term| sum + term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;
    use widthwise_sampling::Stream;

    fn sample(width: usize, mean: f64, variance_of_mean: f64) -> WidthSample {
        WidthSample { width, mean, variance_of_mean }
    }

    #[test]
    fn what_has_no_slope_has_none() {
        for samples in [
            &[][..],
            &[sample(8, 1.0, 0.0)],
            &[sample(8, 1.0, 0.0), sample(8, 2.0, 0.0), sample(8, 3.0, 0.0)],
            &[sample(0, 1.0, 0.0), sample(8, 2.0, 0.0)],
        ] {
            assert_eq!(Slope::fit(samples), None, "{samples:?}");
        }
        assert_eq!(WidthSample::new(8, &[1.0]), None);
        assert_eq!(WidthSample::new(8, &[1.0, f64::NEG_INFINITY]), None);
        assert_eq!(WidthSample::new(8, &[1.0, f64::NAN]), None);
    }

    #[test]
    fn two_widths_give_the_difference_quotient() {
        // ln 4 apart: the slope is 3/ln 4, its variance (v₁ + v₂)/(ln 4)².
        let slope = Slope::fit(&[sample(16, 1.0, 0.25), sample(64, 4.0, 0.75)]).unwrap();
        let distance = 2.0 * core::f64::consts::LN_2;
        assert!((slope.estimate - 3.0 / distance).magnitude() < 1e-14);
        assert!((slope.standard_error - 1.0 / distance).magnitude() < 1e-14);
    }

    #[test]
    fn the_standard_error_is_the_scatter_of_the_estimate() {
        // 2000 experiments of 8 draws at three widths, with noise that falls with the width.
        let widths = [4, 16, 64];
        let mut slopes = Vec::new();
        for experiment in 0..2000 {
            let mut stream = Stream::new(1, "slope", experiment);
            let samples: Vec<_> = widths
                .iter()
                .map(|&width| {
                    let x = f64::from_count(width);
                    let y: Vec<_> = (0..8)
                        .map(|_| stream.normal() / x.square_root() + 0.5 * x.natural_logarithm())
                        .collect();
                    WidthSample::new(width, &y).unwrap()
                })
                .collect();
            slopes.push(Slope::fit(&samples).unwrap());
        }
        let count = f64::from_count(slopes.len());
        let mean = sum(slopes.iter().map(|slope| slope.estimate)) / count;
        let scatter =
            sum(slopes.iter().map(|slope| (slope.estimate - mean) * (slope.estimate - mean))) / count;
        let stated = sum(slopes.iter().map(|slope| slope.standard_error * slope.standard_error)) / count;
        // Six standard errors of a variance from 2000 normal numbers are a fifth of it.
        assert!((scatter / stated - 1.0).magnitude() < 0.2, "{scatter} {stated}");
        assert!((mean - 0.5).magnitude() < 6.0 * (stated / count).square_root());
    }
}
