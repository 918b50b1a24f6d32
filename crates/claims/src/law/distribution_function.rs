// SPDX-License-Identifier: MIT OR Apache-2.0

//! Distribution functions, by the incomplete gamma and beta functions of the crate `special` (algorithms AS 239, AS 63 and AS 109 with `libm`).
//!
//! Their errors, below 1e-12 in the tests here, are nothing against the distances that are compared with. Arguments outside of the support have the
//! limits; NaN gives NaN, which excludes no distribution and supports none.

use special::{Beta, Gamma};
use widthwise_rounding::Scalar;

/// The probability that `χ²` with so many degrees of freedom is at most `x`: the regularized incomplete gamma function `P(k/2, x/2)`.
///
/// NaN without degrees of freedom.
///
/// ```
/// use widthwise_claims::law::chi_squared_distribution;
/// // With two degrees an exponential distribution.
/// assert!((chi_squared_distribution(2, 3.0) - (1.0 - (-1.5_f64).exp())).abs() < 1e-14);
/// ```
#[must_use]
pub fn chi_squared_distribution(degrees: usize, x: f64) -> f64 {
    if degrees == 0 || x.is_nan() {
        f64::NAN
    } else if x <= 0.0 {
        0.0
    } else if x == f64::INFINITY {
        1.0
    } else {
        (0.5 * x).inc_gamma(0.5 * f64::from_count(degrees))
    }
}

/// The probability that a number of the distribution `Beta(a/2, b/2)` is at most `x`, given `a` and `b`: the regularized incomplete beta function.
///
/// It is that of `|y|²/(|y|² + |z|²)` for standard normal `y` in `a` and `z` in `b` dimensions. NaN if one is zero.
///
/// ```
/// use widthwise_claims::law::half_beta_distribution;
/// // One coordinate of a vector on the sphere in three dimensions is uniform.
/// assert!((half_beta_distribution(1, 2, 0.25) - 0.5).abs() < 1e-14);
/// ```
#[must_use]
pub fn half_beta_distribution(a: usize, b: usize, x: f64) -> f64 {
    if a == 0 || b == 0 || x.is_nan() {
        f64::NAN
    } else if x <= 0.0 {
        0.0
    } else if x >= 1.0 {
        1.0
    } else {
        let (p, q) = (0.5 * f64::from_count(a), 0.5 * f64::from_count(b));
        x.inc_beta(p, q, p.ln_beta(q))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_closed_forms() {
        // Even degrees are sums of Poisson probabilities, P(χ²_2k > x) = e^(-x/2) Σ_(j<k) (x/2)^j/j!.
        for k in [1_usize, 2, 5, 8, 32, 128] {
            for x in [1e-3, 0.5, 1.0, 3.0, 10.0, 16.0, 64.0, 100.0, 256.0, 300.0] {
                let half = 0.5 * x;
                let (mut term, mut sum) = (1.0, 1.0);
                for j in 1..k {
                    term *= half / f64::from_count(j);
                    sum += term;
                }
                let expected = 1.0 - libm::exp(-half) * sum;
                let found = chi_squared_distribution(2 * k, x);
                assert!((found - expected).magnitude() < 1e-12, "{k} {x} {found} {expected}");
            }
        }
        // One degree is an error function.
        for x in [1e-6, 0.1, 1.0, 4.0, 30.0] {
            let expected = libm::erf((0.5_f64 * x).square_root());
            assert!((chi_squared_distribution(1, x) - expected).magnitude() < 1e-12);
        }
        // Beta(1, b) and Beta(2, b): 1 − (1 − x)^b and 1 − (1 − x)^b (1 + b x).
        for b in [1_usize, 2, 7, 30, 254] {
            for x in [1e-6, 0.01, 0.1, 0.5, 0.9, 0.999] {
                let power = libm::pow(1.0 - x, f64::from_count(b));
                let one = half_beta_distribution(2, 2 * b, x);
                let two = half_beta_distribution(4, 2 * b, x);
                assert!((one - (1.0 - power)).magnitude() < 1e-12, "{b} {x}");
                assert!(
                    (two - (1.0 - power * (1.0 + f64::from_count(b) * x))).magnitude() < 1e-12,
                    "{b} {x}"
                );
            }
        }
        // The arcsine law.
        let expected = 2.0 / core::f64::consts::PI * libm::asin(0.3_f64.square_root());
        assert!((half_beta_distribution(1, 1, 0.3) - expected).magnitude() < 1e-12);
    }

    #[test]
    fn arguments_outside_have_limits_and_what_is_undefined_is_no_number() {
        assert_eq!([-1.0, 0.0, f64::INFINITY].map(|x| chi_squared_distribution(3, x)), [0.0, 0.0, 1.0]);
        assert_eq!([-1.0, 0.0, 1.0, 2.0].map(|x| half_beta_distribution(3, 2, x)), [0.0, 0.0, 1.0, 1.0]);
        assert!(chi_squared_distribution(0, 1.0).is_nan() && chi_squared_distribution(1, f64::NAN).is_nan());
        assert!(half_beta_distribution(0, 1, 0.5).is_nan() && half_beta_distribution(1, 0, 0.5).is_nan());
        assert!(half_beta_distribution(1, 1, f64::NAN).is_nan());
    }
}
