// SPDX-License-Identifier: MIT OR Apache-2.0

//! The bounds that are sums of entries, each where it alone decides, and each operation of the bound of Collatz and
//! Wielandt.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and its numbers are small"
)]

#[allow(dead_code, reason = "each test uses a part of the oracle")]
mod exact;
mod families;

use exact::{Dyadic, Exact, encloses_largest_singular_value};
use families::Source;
use nalgebra::DMatrix;
use widthwise_linalg::Scaling;
use widthwise_rounding::{Scalar, ScaledEnclosure, inflate_up};
use widthwise_spectral::{schatten_four_norm_enclosure, spectral_norm_bounds, spectral_norm_bounds_in};

/// Whether the spectral norm lies in `bounds`, decided exactly.
fn is_right<T: Scalar>(a: &DMatrix<T>, bounds: &ScaledEnclosure<T>) -> bool {
    let exact: Exact =
        a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect();
    let end = |x: T| Dyadic::new(x.to_f64()).scaled(i64::from(bounds.exponent()));
    let (lo, hi) = (bounds.significand().lo(), bounds.significand().hi());
    encloses_largest_singular_value(&exact, &end(lo), Some(&end(hi)))
}

/// A matrix whose norm is one of the five norms of entries, so that both ends are as near as rounding lets them.
fn reached(kind: usize, source: &mut Source) -> DMatrix<f64> {
    let x = source.matrix(3, 1);
    match kind {
        // One column, or one row: its two-norm, which is the Frobenius norm too.
        0 => DMatrix::from_fn(3, 4, |i, j| if j == 1 { x[i] } else { 0.0 }),
        1 => DMatrix::from_fn(4, 3, |i, j| if i == 2 { x[j] } else { 0.0 }),
        // All singular values are equal: the Frobenius norm over a root, and the roots of the largest sums.
        2 => DMatrix::from_fn(3, 3, |i, j| if i == (j + 1) % 3 { x[0] } else { 0.0 }),
        // Hadamard: the Frobenius norm over a root alone.
        3 => DMatrix::from_fn(2, 2, |i, j| if i + j == 2 { -x[0] } else { x[0] }),
        // All ones: every upper bound.
        _ => DMatrix::from_element(3, 5, x[0]),
    }
}

#[test]
fn bounds_that_are_reached_are_on_the_right_side() {
    let mut source = Source::new(1);
    for trial in 0..500 {
        let a = reached(trial % 5, &mut source);
        let bounds = spectral_norm_bounds(&a).unwrap();
        assert!(is_right(&a, &bounds), "{a} {bounds}");
        let a = a.map(|x| x as f32);
        let bounds = spectral_norm_bounds(&a).unwrap();
        assert!(is_right(&a, &bounds), "{a} {bounds}");
    }
}

#[test]
fn the_sharpest_bound_is_taken() {
    let narrow = |a: &DMatrix<f64>| spectral_norm_bounds(a).unwrap().significand().relative_width() < 1e-15;
    let mut source = Source::new(2);
    for kind in 0..3 {
        assert!(narrow(&reached(kind, &mut source)), "{kind}");
    }
    // Lower ends: a column, a row, the average. Upper ends: all entries, the sums.
    let ends = |entries: &[f64]| {
        let bounds = spectral_norm_bounds(&DMatrix::from_row_slice(2, 2, entries)).unwrap().to_enclosure();
        (bounds.lo(), bounds.hi())
    };
    assert_eq!(ends(&[3.0, 0.0, 4.0, 0.0]), (5.0, 5.0));
    assert_eq!(ends(&[3.0, 4.0, 0.0, 0.0]), (5.0, 5.0));
    assert_eq!(ends(&[3.0, 0.0, 0.0, 3.0]), (3.0, 3.0));
    assert!(ends(&[1.0, 1.0, 1.0, -1.0]).0 >= 2.0_f64.square_root().next_down());
}

/// An entry lost in scaling raises the norm a little, and nothing else widens its enclosure.
#[test]
fn entries_lost_in_scaling_raise_the_schatten_norm() {
    let (large, tiny) = (f64::power_of_two(1000), f64::power_of_two(-1000));
    for (m, n) in [(2, 2), (2, 3), (3, 2)] {
        let a = DMatrix::from_fn(m, n, |i, j| match (i, j) {
            (0, 0) => large,
            (1, 1) => tiny,
            _ => 0.0,
        });
        let norm = schatten_four_norm_enclosure(&a).unwrap().to_enclosure();
        assert!(norm.lo() <= large && norm.hi() > large && norm.relative_width() < 1e-15, "{norm}");
    }
}

/// The formula of the bound, in the order of its operations: `‖|A|ᵀ|A|x‖` over `x`, inflated once, its root rounded up.
fn collatz_wielandt(a: &DMatrix<f32>, steps: usize) -> f32 {
    let scaling = Scaling::of(a).unwrap();
    let b = a.map(|x| scaling.apply(x).magnitude());
    let (m, n) = b.shape();
    let (mut x, mut upper) = (vec![1.0_f32; n], f32::INFINITY);
    for _ in 0..steps {
        let mut y = vec![0.0_f32; m];
        for (column, x) in b.column_iter().zip(&x) {
            y.iter_mut().zip(column.iter()).for_each(|(y, b)| *y += b * x);
        }
        let image: Vec<f32> =
            b.column_iter().map(|c| c.iter().zip(&y).fold(0.0, |sum, (b, y)| sum + b * y)).collect();
        let ratio = image.iter().zip(&x).fold(0.0_f32, |ratio, (z, x)| ratio.greater(z / x));
        let largest = image.iter().fold(0.0_f32, |largest, &z| largest.greater(z));
        x = image.iter().map(|z| (z / largest).greater(f32::power_of_two(-12))).collect();
        upper = upper.lesser((inflate_up(m + n + 1, ratio) + f32::UNDERFLOW_ALLOWANCE).next_up());
    }
    (upper.square_root() + f32::UNDERFLOW_ALLOWANCE).next_up().next_up().scale_exp2(scaling.exponent())
}

#[test]
fn the_bound_of_collatz_and_wielandt_steps_outward_at_every_operation() {
    let mut source = Source::new(3);
    for trial in 0..300 {
        let (m, n) = (2 + source.below(4), 2 + source.below(5));
        let mut a = source.matrix(m, n).map(|x| (x.magnitude() + 0.3) as f32);
        if trial % 2 == 0 {
            // A column whose part of the vector is below what is allowed.
            a.column_mut(1).iter_mut().for_each(|x| *x = x.scale_exp2(-13));
        }
        let steps = 1 + trial % 8;
        let bounds = spectral_norm_bounds_in(&a, steps, &mut vec![f32::NAN; m + n]).unwrap();
        assert!(is_right(&a, &bounds), "{a} {bounds}");
        let cheap = spectral_norm_bounds(&a).unwrap().to_enclosure().hi();
        let expected = cheap.lesser(collatz_wielandt(&a, steps));
        assert_eq!(bounds.to_enclosure().hi(), expected, "{a} {steps}");
    }
}

/// A column of zeros between others has no quotient, and hides none.
#[test]
fn columns_of_zeros_hide_no_quotient() {
    for steps in 1..6 {
        for place in 0..4 {
            let a = DMatrix::from_fn(4, 4, |i, j| {
                let value = [3.0, 0.0, 1.0, 0.0][(i + 4 - place) % 4];
                if i == j { value } else { 0.0 }
            });
            let bounds = spectral_norm_bounds_in(&a, steps, &mut [f64::NAN; 8]).unwrap();
            assert!(is_right(&a, &bounds), "{steps} {bounds}");
        }
    }
    let a = DMatrix::from_fn(4, 5, |i, j| if j == 2 { 0.0 } else { 1.0 + ((3 * i + 5 * j) % 7) as f64 });
    let bounds = spectral_norm_bounds_in(&a, 40, &mut [f64::NAN; 9]).unwrap();
    assert!(is_right(&a, &bounds) && bounds.significand().relative_width() < 1e-14, "{bounds}");
}
