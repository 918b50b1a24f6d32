// SPDX-License-Identifier: MIT OR Apache-2.0

//! Activations `φ` and their derivatives `φ′`, entry by entry.
//!
//! Elementary functions come from `libm` in binary64 and are rounded to the format, so an `f32` network sees them
//! nearly correctly rounded and every target sees the same bits. The derivative is the one the backward *and* the forward
//! mode use; where `φ` has a kink it is a convention: `ReLU′(0) = 0`, and the slope at 0 of a leaky ReLU is the
//! leaky one. Identities between the two modes (`spectral.update.no-cancellation`) hold for any convention.

use core::f64::consts::{FRAC_1_SQRT_2, PI};

use widthwise_rounding::Scalar;

/// The activation of the hidden layers; the output layer has none.
///
/// | | `φ(t)` | Lipschitz | `φ(0) = 0` | `√E φ(Z)²`, `Z ~ N(0, 1)` |
/// | --- | --- | --- | --- | --- |
/// | identity | `t` | 1 | yes | 1 |
/// | ReLU | `max(t, 0)` | 1 | yes | 0.707107 |
/// | leaky ReLU, slope `a` | `t` or `a·t` | `max(1, a)` | yes | 0.710634 for `a = 0.1` |
/// | tanh | | 1 | yes | 0.627929 |
/// | GELU | `t Φ(t)`, `Φ` the normal distribution | 1.13 | yes | 0.652090 |
/// | SiLU | `t/(1 + e^{−t})` | 1.10 | yes | 0.596469 |
/// | sine | | 1 | yes | 0.657520 |
/// | sigmoid | `1/(1 + e^{−t})` | 1/4 | no | 0.541645 |
/// | square | `t²` | none | yes | 1.732051 |
///
/// Source: `spectral.assumption-2.nonlinearity`, `spectral.condition.upper`.
///
/// # Examples
///
/// ```
/// use widthwise_network::Activation;
/// assert_eq!(Activation::Relu.value(-2.0), 0.0);
/// assert_eq!(Activation::LeakyRelu { slope: 0.25 }.value(-2.0), -0.5);
/// assert_eq!(Activation::Square.derivative(3.0_f32), 6.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Activation {
    /// `t`: a deep linear network.
    Identity,
    /// `max(t, 0)`.
    Relu,
    /// `t` for `t > 0` and `slope · t` otherwise.
    LeakyRelu {
        /// The factor of numbers that are not positive, rounded to the format of the network.
        slope: f64,
    },
    /// The hyperbolic tangent.
    Tanh,
    /// `t Φ(t)` with the error function, not its tanh approximation.
    Gelu,
    /// `t σ(t)`, also called swish.
    Silu,
    /// The sine.
    Sine,
    /// The logistic function `σ(t) = 1/(1 + e^{−t})`.
    Sigmoid,
    /// `t²`, not homogeneous of degree one.
    Square,
}

impl Activation {
    /// `φ(t)`. Infinite if `t²` leaves the format; NaN for NaN.
    ///
    /// ```
    /// # use widthwise_network::Activation;
    /// assert_eq!(Activation::Sigmoid.value(0.0_f64), 0.5);
    /// assert_eq!(Activation::Tanh.value(1e150_f64), 1.0);
    /// ```
    #[must_use]
    pub fn value<T: Scalar>(self, t: T) -> T {
        match self {
            Self::Identity => t,
            Self::Relu => {
                if t > T::zero() {
                    t
                } else {
                    // NaN is passed on.
                    t * T::zero()
                }
            }
            Self::LeakyRelu { slope } => {
                if t > T::zero() {
                    t
                } else {
                    T::from_f64(slope) * t
                }
            }
            Self::Tanh => in_binary64(t, libm::tanh),
            Self::Gelu => in_binary64(t, |t| t * normal_distribution(t)),
            Self::Silu => in_binary64(t, |t| t * logistic(t)),
            Self::Sine => in_binary64(t, libm::sin),
            Self::Sigmoid => in_binary64(t, logistic),
            Self::Square => t * t,
        }
    }

    /// `φ′(t)`, with the conventions of the module at kinks.
    ///
    /// ```
    /// # use widthwise_network::Activation;
    /// assert_eq!(Activation::Relu.derivative(0.0), 0.0);
    /// assert_eq!(Activation::Sigmoid.derivative(0.0_f64), 0.25);
    /// ```
    #[must_use]
    pub fn derivative<T: Scalar>(self, t: T) -> T {
        match self {
            Self::Identity => T::one(),
            Self::Relu => {
                if t > T::zero() {
                    T::one()
                } else {
                    T::zero()
                }
            }
            Self::LeakyRelu { slope } => {
                if t > T::zero() {
                    T::one()
                } else {
                    T::from_f64(slope)
                }
            }
            Self::Tanh => in_binary64(t, |t| {
                let tanh = libm::tanh(t);
                // 1 − tanh² without cancellation.
                (1.0 - tanh) * (1.0 + tanh)
            }),
            Self::Gelu => in_binary64(t, |t| {
                let density = libm::exp(-0.5 * t * t) / libm::sqrt(2.0 * PI);
                normal_distribution(t) + t * density
            }),
            Self::Silu => in_binary64(t, |t| logistic(t) * (1.0 + t * logistic(-t))),
            Self::Sine => in_binary64(t, libm::cos),
            Self::Sigmoid => in_binary64(t, |t| logistic(t) * logistic(-t)),
            Self::Square => t + t,
        }
    }
}

fn in_binary64<T: Scalar>(t: T, f: impl FnOnce(f64) -> f64) -> T {
    T::from_f64(f(t.to_f64()))
}

/// `1/(1 + e^{−t})`, without overflow on either side.
fn logistic(t: f64) -> f64 {
    if t < 0.0 {
        let power = libm::exp(t);
        power / (1.0 + power)
    } else {
        1.0 / (1.0 + libm::exp(-t))
    }
}

/// `Φ(t) = P(Z ≤ t)`, accurate in the lower tail.
fn normal_distribution(t: f64) -> f64 {
    0.5 * libm::erfc(-t * FRAC_1_SQRT_2)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every activation.
    pub(crate) const ALL: [Activation; 9] = [
        Activation::Identity,
        Activation::Relu,
        Activation::LeakyRelu { slope: 0.1 },
        Activation::Tanh,
        Activation::Gelu,
        Activation::Silu,
        Activation::Sine,
        Activation::Sigmoid,
        Activation::Square,
    ];

    #[test]
    fn root_mean_squares_under_the_normal_distribution_are_those_of_the_table() {
        // Simpson's rule on [−12, 12].
        let expected =
            [1.0, FRAC_1_SQRT_2, 0.710634, 0.627929, 0.652090, 0.596469, 0.657520, 0.541645, 1.732051];
        for (activation, expected) in ALL.into_iter().zip(expected) {
            let steps = 4800;
            let mut sum = 0.0;
            for k in 0..=steps {
                let t = -12.0 + 24.0 * f64::from(k) / f64::from(steps);
                let weight = if k == 0 || k == steps { 1.0 } else { f64::from(2 + 2 * (k % 2)) };
                let value: f64 = activation.value(t);
                sum += weight * value * value * libm::exp(-0.5 * t * t);
            }
            let mean = sum * 24.0 / f64::from(steps) / 3.0 / libm::sqrt(2.0 * PI);
            assert!((libm::sqrt(mean) - expected).magnitude() < 1e-6, "{activation:?} {mean}");
        }
    }

    #[test]
    fn no_finite_number_gives_nan_or_leaves_the_format_but_for_the_square() {
        for activation in ALL {
            for t in [0.0, -0.0, 1e-320, -1e-320, 1e150, -1e150, f64::MAX, -f64::MAX, 745.2, -745.2] {
                let (value, derivative) = (activation.value(t), activation.derivative(t));
                assert!(!value.is_nan() && !derivative.is_nan(), "{activation:?} {t}");
                let may_leave = activation == Activation::Square;
                assert!(may_leave || (value.is_finite() && derivative.is_finite()), "{activation:?} {t}");
            }
            assert!(activation.value(f64::NAN).is_nan(), "{activation:?}");
        }
    }

    proptest! {
        #[test]
        fn derivatives_are_limits_of_central_differences(t in -6.0_f64..6.0) {
            for activation in ALL {
                let step = 1e-5;
                prop_assume!(t.magnitude() > step);
                let difference = (activation.value(t + step) - activation.value(t - step)) / (step + step);
                let derivative: f64 = activation.derivative(t);
                prop_assert!((difference - derivative).magnitude() < 1e-8, "{:?} {} {}", activation, difference, derivative);
            }
        }

        #[test]
        fn binary32_is_binary64_rounded(t in -6.0_f32..6.0) {
            for activation in [Activation::Tanh, Activation::Gelu, Activation::Silu, Activation::Sine, Activation::Sigmoid] {
                prop_assert_eq!(f64::from(activation.value(t)), f64::from(activation.value(f64::from(t)) as f32));
            }
        }
    }
}
