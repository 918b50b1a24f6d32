// SPDX-License-Identifier: MIT OR Apache-2.0

//! The norms of 2 × 2 matrices: right, narrow, and right to the last part of the radius.

use super::*;
use crate::batch::closed_form;

/// `σ₁` of a 2 × 2 matrix, and the radius of its closed form.
#[test]
fn closed_form_is_right_and_inflated() {
    fn check<T: Scalar>() {
        let mut state = 3_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from((state >> 32) as u32) * f64::power_of_two(-31) - 1.0
        };
        for k in 0..400 {
            let mut a = SMatrix::<T, 2, 2>::from_fn(|_, _| T::from_f64(uniform()));
            a[(k % 2, k / 2 % 2)] = T::one() + T::from_f64(uniform().magnitude());
            // Rotations and reflections, nearly, and entries that underflow.
            match k % 5 {
                1 => a = SMatrix::from([[a.m11, a.m12], [-a.m12, a.m11]]),
                2 => a = SMatrix::from([[a.m11, a.m12], [a.m12, -a.m11]]),
                3 => a.m12 = a.m12.scale_exp2(-T::DIGITS * 3),
                4 => a = SMatrix::from([[a.m11, T::zero()], [a.m12, T::zero()]]),
                _ => {}
            }
            if a.iter().all(|x| x.magnitude() < T::one()) {
                continue;
            }
            let [b, c, d, e] = [a.m11, a.m21, a.m12, a.m22].map(|x| Portable([x]));
            let bounds = closed_form::enclose([b, d, c, e]);
            let norm = bounds.proved(0).unwrap();
            assert!(is_right(&a, &norm), "{} {norm} {a:?}", T::NAME);
            assert!(norm.relative_width() <= T::from_count(4) * T::UNIT_ROUNDOFF);
        }
        // Both roots are powers of two: nothing but the radius is left of the width, one number to each side.
        let [one, zero] = [T::one(), T::zero()].map(|x| Portable([x]));
        let norm = closed_form::enclose([one, zero, zero, one]).proved(0).unwrap();
        assert_eq!((norm.lo(), norm.hi()), (T::one().next_down(), T::one().next_up()));
    }
    check::<f32>();
    check::<f64>();
}

/// The largest entry of a diagonal matrix is its norm: a point, and no other matrix takes that path.
#[test]
fn norms_of_diagonal_matrices_are_points() {
    for (entries, norm) in [
        ([1.0, 0.0, 0.0, 1.0], 1.0),
        ([1.5, 0.0, 0.0, -1.75], 1.75),
        ([0.0, 1.25, -1.0, 0.0], 1.25),
        ([0.0, 0.0, -1.5, 0.0], 1.5),
    ] {
        assert_eq!(spectral_norm_of_two_by_two(entries), Enclosure::from_bounds(norm, norm));
    }
    for [a, b, c, d] in
        [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]]
    {
        let norm = spectral_norm_of_two_by_two([a, b, c, d]);
        assert!(norm.contains(core::f64::consts::SQRT_2) && norm.lo() < norm.hi());
    }
}

/// The radius is thousands of times narrower than the enclosure, so an error of its size moves one end in thousands; binary64
/// knows the norms of matrices of binary32 far better than that.
#[test]
fn closed_form_is_right_for_very_many_matrices() {
    let mut state = 17_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f32::from_f64(f64::from((state >> 32) as u32) * f64::power_of_two(-31) - 1.0)
    };
    let mut roots = 0.0;
    for _ in 0..300_000 {
        let [a, b, c, d] = [1.0 + uniform().magnitude(), uniform(), uniform(), uniform()];
        let norm = closed_form::enclose([a, b, c, d].map(|x| Portable([x]))).proved(0).unwrap();
        let [a, b, c, d] = [a, b, c, d].map(f64::from);
        let square = |x: f64, y: f64| x * x + y * y;
        let exact = 0.5 * (square(a + d, c - b).square_root() + square(a - d, b + c).square_root());
        let slack = 1e-14;
        assert!(f64::from(norm.lo()) <= exact * (1.0 + slack), "{norm} {exact}");
        assert!(f64::from(norm.hi()) >= exact * (1.0 - slack), "{norm} {exact}");
        roots += exact;
    }
    assert!(roots > 300_000.0);
}
