// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral norm of a 2 × 2 matrix in closed form (theorem T8).
//!
//! For `A = [a b; c d]`, `(σ₁ ± σ₂)² = ‖A‖_F² ± 2|det A|`, and the two right-hand sides are sums of squares, so `σ₁ =
//! ½ (√((a + d)² + (c − b)²) + √((a − d)² + (b + c)²))` without cancellation. In interval arithmetic the result is a
//! few `u` wide, and a point for matrices such as `[3 0; 0 4]`, for which no operation rounds.

use widthwise_rounding::{Enclosure, Scalar};

/// Encloses `‖[a b; c d]‖₂` for entries of magnitude at most 2.
pub(crate) fn spectral_norm_of_two_by_two<T: Scalar>(a: T, b: T, c: T, d: T) -> Enclosure<T> {
    let point = |x: T| Enclosure::from_bounds(x, x);
    let (a, b, c, d) = (point(a), point(b), point(c), point(d));
    let hypotenuse = |x: Enclosure<T>, y: Enclosure<T>| {
        // A sum of squares is not negative, so the root exists.
        (x.square() + y.square()).square_root().unwrap_or_else(Enclosure::whole)
    };
    (hypotenuse(a + d, c - b) + hypotenuse(a - d, b + c)).scale_exp2(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_cases_are_points() {
        for (matrix, norm) in [
            ([1.0, 0.0, 0.0, 1.0], 1.0),
            ([1.5, 0.0, 0.0, -2.0], 2.0),
            ([0.0, 1.25, -1.25, 0.0], 1.25),
            ([1.0, 1.0, 1.0, 1.0], 2.0),
        ] {
            let [a, b, c, d] = matrix;
            assert_eq!(spectral_norm_of_two_by_two(a, b, c, d), Enclosure::from_bounds(norm, norm));
        }
    }

    #[test]
    fn other_cases_are_a_few_units_wide() {
        // The golden ratio.
        let norm = spectral_norm_of_two_by_two(1.0_f64, 1.0, 1.0, 0.0);
        assert!(norm.contains(1.618_033_988_749_895), "{norm}");
        assert!(norm.relative_width() <= 6.0 * f64::UNIT_ROUNDOFF);
        // A unit square beside one that underflows.
        let norm = spectral_norm_of_two_by_two(1.0_f64, f64::MIN_SUBNORMAL, 0.0, 0.0);
        assert!(norm.lo() == 1.0 && norm.hi() > 1.0 && norm.hi() < 1.0 + 1e-15);
    }
}
