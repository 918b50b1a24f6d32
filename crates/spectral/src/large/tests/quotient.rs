// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the proof adds to the square of an image is far below the last digit of it, and hidden by the step outward that
//! follows. It shows where the rest of the compensated sum cancels it: then the square is met exactly, or missed.

use std::vec;
use std::vec::Vec;

use widthwise_rounding::directed::{add_up, mul_up, square_root_up};
use widthwise_rounding::{Scalar, gamma_upper, inflate_up};

use crate::large::ritz_vector::RitzVector;

/// `Mx = (2, 2, 1, 0, …)` and low parts, for `x` of four ones: the quotient is `9/4` and half of `Σ hl`.
fn quotient(low: [f64; 3], rows: usize, frobenius: f64) -> RitzVector {
    let mut matrix = vec![0.0; 4 * rows];
    matrix[..3].copy_from_slice(&[2.0, 2.0, 1.0]);
    matrix[rows..rows + 3].copy_from_slice(&low);
    let mut image = vec![f64::NAN; rows];
    let vector = RitzVector::of(&matrix, &[1.0; 4], frobenius, &mut image);
    assert_eq!(image[..3], [2.0, 2.0, 1.0]);
    vector
}

/// What is subtracted at the lower end of `‖Mx‖²` and what is added at the upper one.
fn corrections(squares_of_low_parts: f64, rows: usize, frobenius: f64) -> (f64, f64) {
    let square = |k: usize| mul_up(gamma_upper::<f64>(k), gamma_upper(k));
    let norm = square_root_up(4.0);
    let radius = add_up(mul_up(square(4), mul_up(frobenius, norm)), f64::UNDERFLOW_ALLOWANCE);
    let omitted = add_up(inflate_up(rows + 1, squares_of_low_parts), f64::UNDERFLOW_ALLOWANCE);
    let terms = inflate_up(2 * rows + 8, 9.0);
    let stored = square_root_up(add_up(terms, omitted));
    let of_radius = mul_up(radius, add_up(add_up(stored, stored), radius));
    let correction = add_up(of_radius, mul_up(square(2 * rows), terms));
    (correction, add_up(omitted, correction))
}

#[test]
fn a_rest_that_cancels_the_correction_shows_every_part_of_it() {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 * f64::power_of_two(-53)
    };
    for step in 0..20_000 {
        let (rows, frobenius) = (3 + step % 6, 3.0 + 0.1 * uniform());
        // The first two rows cancel each other, except in the squares of their low parts; the third has the rest.
        let low = (0.5 + 0.499 * uniform()) * f64::UNIT_ROUNDOFF;
        let (below, above) = corrections(low * low + low * low, rows, frobenius);
        let root = |rest: f64| quotient([low, -low, 0.5 * rest], rows, frobenius).root;
        assert!(root(below).lo() == 1.5 && root(below.next_down()).lo() < 1.5, "{rows} {low:e}");
        assert!(root(-above).hi() == 1.5 && root(-above.next_down()).hi() > 1.5, "{rows} {low:e}");
    }
}

/// Nothing but the allowances: in the bound of the image, and in that of a residual that vanishes.
#[test]
fn an_image_of_nothing_has_the_size_of_the_allowance() {
    let tiny = f64::UNDERFLOW_ALLOWANCE;
    let matrix = [0.0; 6];
    let (mut image, mut residual): (Vec<f64>, Vec<f64>) = (vec![f64::NAN; 3], vec![f64::NAN; 2]);
    let vector = RitzVector::of(&matrix, &[1.0, 0.0], 0.0, &mut image);
    let omitted = add_up(inflate_up(4, 0.0), tiny);
    let terms = inflate_up(14, 0.0);
    let stored = square_root_up(add_up(terms, omitted));
    assert!(vector.image_norm_upper >= inflate_up(2, stored) && vector.root.lo() == 0.0);
    assert!(vector.image_norm_upper <= stored * 1.001);
    let upper = vector.residual_upper(&matrix, &[0.0; 2], &image, (0.0, 0.0), &mut residual);
    let allowance = square_root_up(add_up(inflate_up(8, 0.0), tiny));
    assert!(upper >= allowance && upper <= allowance * 1.001);
}
