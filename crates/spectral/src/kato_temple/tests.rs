// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each bound on its own, against exact arithmetic and against its formula.

use super::*;
use crate::exact::Dyadic;
use crate::registers::Portable;
use crate::tiles::square_in_four_sums;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;
use widthwise_rounding::directed::mul_up;

fn exact<T: Scalar>(x: T) -> Dyadic {
    Dyadic::new(x.to_f64())
}

fn dot(x: &[Dyadic], y: &[Dyadic]) -> Dyadic {
    x.iter().zip(y).fold(Dyadic::zero(), |sum, (x, y)| sum.add(&x.mul(y)))
}

/// Whether there was a quotient whose bounds were checked.
fn bounds_hold<T: Scalar>(matrix: &[f64], x: &[f64]) -> bool {
    let (matrix, x): (Vec<T>, Vec<T>) =
        (matrix.iter().map(|&a| T::from_f64(a)).collect(), x.iter().map(|&x| T::from_f64(x)).collect());
    let (short, long) = (x.len(), matrix.len() / x.len());
    let frobenius_square = matrix.iter().fold(T::zero(), |s, &a| s + a * a);
    let frobenius_square = inflate_up(matrix.len() + 1, frobenius_square);
    let mut image = vec![T::zero(); long];
    let quotient = RayleighQuotient::of(Portable, &matrix, &x, &mut image, frobenius_square);

    let rows: Vec<Vec<Dyadic>> =
        (0..short).map(|i| (0..long).map(|k| exact(matrix[i + k * short])).collect()).collect();
    let exact_x: Vec<Dyadic> = x.iter().map(|&x| exact(x)).collect();
    let columns: Vec<Vec<Dyadic>> =
        (0..long).map(|k| (0..short).map(|i| exact(matrix[i + k * short])).collect()).collect();
    let product: Vec<Dyadic> = columns.iter().map(|column| dot(column, &exact_x)).collect();
    let (square, norm_square) = (dot(&product, &product), dot(&exact_x, &exact_x));
    let Some(quotient) = quotient else {
        // Below one half, and a little.
        assert!(square.scaled(2).is_at_most(&norm_square.mul(&Dyadic::new(1.0 + 1e-6))));
        return false;
    };

    // (r_0 + δ − η)²‖x‖² ≤ ‖Mᵀx‖² ≤ (r_0 + δ + η)²‖x‖², exactly.
    let middle = exact(quotient.root).add(&exact(quotient.correction));
    let (low, high) = (middle.sub(&exact(quotient.radius)), middle.add(&exact(quotient.radius)));
    assert!(low.mul(&low).mul(&norm_square).is_at_most(&square));
    assert!(square.is_at_most(&high.mul(&high).mul(&norm_square)));
    assert!(quotient.radius <= T::UNIT_ROUNDOFF * quotient.root);
    let lower = exact(quotient.lower());
    assert!(lower.mul(&lower).mul(&norm_square).is_at_most(&square));
    assert!(exact(quotient.lower_square()).mul(&norm_square).is_at_most(&square));

    // ‖ŷ − Mᵀx‖ ≤ 2u‖Mᵀx‖.
    let error: Vec<Dyadic> = image.iter().zip(&product).map(|(&y, p)| exact(y).sub(p)).collect();
    let twice_u = exact(T::UNIT_ROUNDOFF + T::UNIT_ROUNDOFF);
    assert!(dot(&error, &error).is_at_most(&twice_u.mul(&twice_u).mul(&square)));

    // ε²‖x‖⁴ = ‖Gx‖²‖x‖² − (xᵀGx)², exactly.
    let mut residual = vec![T::zero(); short];
    let upper = quotient.residual_square_upper(Portable, &matrix, &x, &image, &mut residual);
    let gx: Vec<Dyadic> = rows.iter().map(|row| dot(row, &product)).collect();
    let variance = dot(&gx, &gx).mul(&norm_square).sub(&square.mul(&square));
    assert!(variance.is_at_most(&exact(upper).mul(&norm_square).mul(&norm_square)), "{upper}");

    // The residual stored is off by no more than the part of the bound that is not computed.
    let rho = quotient.root * quotient.root;
    let off: Vec<Dyadic> =
        (0..short).map(|i| exact(residual[i]).sub(&gx[i].sub(&exact(rho).mul(&exact_x[i])))).collect();
    let gamma = gamma_upper::<T>(long + 5);
    let allowed = exact(gamma * (quotient.frobenius * quotient.root + rho));
    let allowed = allowed.mul(&allowed).mul(&norm_square).mul(&Dyadic::new(1.0 + 1e-6));
    assert!(dot(&off, &off).is_at_most(&allowed));
    true
}

proptest! {
    #[test]
    fn quotient_and_residual_are_right_for_every_vector(
        entries in prop::collection::vec(-2.0_f64..2.0, 20),
        x in prop::collection::vec(-2.0_f64..2.0, 4), tiny in 0..40_i32,
    ) {
        let mut x = x;
        x[0] = 1.0 + x[0].magnitude() / 4.0;
        x[3] = x[3].scale_exp2(-tiny);
        bounds_hold::<f64>(&entries, &x);
        bounds_hold::<f32>(&entries, &x);
    }

    #[test]
    fn kato_temple_is_right_for_every_vector_and_threshold(
        values in prop::array::uniform3(0.01_f64..1.0), x in prop::array::uniform3(-0.4_f64..0.4),
        part in 0.0_f64..1.0,
    ) {
        let (mut values, mut x) = (values, x);
        values[0] += 1.0;
        // Nearer to the first vector than to the others, so that ρ seldom falls below λ₂.
        x[0] = 1.5;
        let matrix = [values[0], 0.0, 0.0, 0.0, values[1], 0.0, 0.0, 0.0, values[2]];
        let mut image = [0.0; 3];
        let mut residual = [0.0; 3];
        let quotient = RayleighQuotient::of(Portable, &matrix, &x, &mut image, 16.0).unwrap();
        let upper = quotient.residual_square_upper(Portable, &matrix, &x, &image, &mut residual);
        // From λ₂ up to ρ.
        let second = mul_up(values[1], values[1]).greater(mul_up(values[2], values[2]));
        let b = second + part * (quotient.lower_square() - second);
        if b >= second {
            match quotient.kato_temple(upper, b) {
                Some(bound) => prop_assert!(bound >= values[0], "{bound} {}", values[0]),
                None => prop_assert!(b >= quotient.lower_square() * (1.0 - 1e-15) || part > 0.999_999),
            }
        }
        prop_assert_eq!(quotient.kato_temple(upper, quotient.lower_square()), None);
        prop_assert_eq!(quotient.kato_temple(upper, 5.0), None);
    }
}

#[test]
fn nearly_every_vector_has_a_quotient() {
    let mut checked = 0;
    for seed in 0..100_usize {
        let number = |i: usize| f64::from_count((i * 7919 + seed * 409) % 1009) / 253.0 - 2.0;
        let entries: Vec<f64> = (0..45).map(number).collect();
        let x = [1.3, number(60), number(61), number(62), number(63)];
        checked += usize::from(bounds_hold::<f64>(&entries, &x) && bounds_hold::<f32>(&entries, &x));
    }
    assert!(checked > 90, "{checked}");
}

/// All terms but the first are lost in the sum of the residual, and the first is not the quotient.
#[test]
fn residual_covers_the_roundings_of_its_sum() {
    let mut matrix = [(0.99 * f64::from(f32::UNIT_ROUNDOFF)).square_root(); 200];
    matrix[0] = 1.0;
    assert!(bounds_hold::<f32>(&matrix, &[1.0]));
}

/// What the formulas say, operation by operation: what one step leaves out the next one hides.
#[test]
fn every_bound_is_inflated_by_its_roundings() {
    let tiny = f32::UNDERFLOW_ALLOWANCE;
    for seed in 0..60 {
        let number = |i: usize| f32::from_count((i * 7919 + seed * 409) % 1009) / 505.0 - 1.0;
        let mut matrix: Vec<f32> = (0..12).map(number).collect();
        matrix[0] = 1.9;
        let x: Vec<f32> = (0..3).map(|i| if i == 0 { 1.3 } else { number(20 + i) }).collect();
        let (mut image, mut residual) = (vec![0.0; 4], vec![0.0; 3]);
        // The larger ones let what was lost show beside what was computed, and the radius beside the root.
        let size = [16.0, 9e9, 1e15, 4e15][seed % 4];
        let Some(quotient) = RayleighQuotient::of(Portable, &matrix, &x, &mut image, size) else { continue };

        let frobenius = size.square_root().next_up();
        let (gamma, image_gamma) = (gamma_upper::<f32>(4 + 3 + 17), gamma_upper::<f32>(3));
        let radius =
            quotient.root * (gamma * gamma * 3.0) + frobenius * (image_gamma * image_gamma) + tiny * 8.0;
        assert_eq!(quotient.radius, inflate_up(6, radius));
        let below = f64::from(quotient.root) + f64::from(quotient.correction - quotient.radius);
        let lower = quotient.lower();
        assert!(f64::from(lower) <= below && below < f64::from(lower.next_up()));
        assert_eq!(quotient.lower_square(), inflate_down(1, lower * lower));

        let upper = quotient.residual_square_upper(Portable, &matrix, &x, &image, &mut residual);
        let rho = quotient.root * quotient.root;
        let norm = quotient.root + (quotient.correction.magnitude() + 2.0 * quotient.radius);
        let terms = frobenius * norm + rho;
        let terms = gamma_upper::<f32>(4 + 5) * terms + frobenius * quotient.radius;
        let rounding = inflate_up(7, terms + (tiny + tiny));
        let computed = inflate_up(2 * 3 + 6, square_in_four_sums(&residual) / quotient.norm_square);
        assert_eq!(upper, inflate_up(4, (computed + (rounding * rounding + tiny)) * 2.0));

        // With residuals and thresholds up to where the excess is half of the bound.
        for part in [0.75, 0.9, 0.999] {
            let b = quotient.lower_square() * part;
            let gap = inflate_down(1, quotient.lower_square() - b);
            for square in [upper, 0.3 * gap, gap, 1.7 * gap] {
                let excess = inflate_up(5, quotient.radius + square / (gap * (lower + lower)));
                let above = quotient.correction + excess;
                let sum = f64::from(quotient.root) + f64::from(above);
                if above < quotient.root {
                    let bound = quotient.kato_temple(square, b).unwrap();
                    assert!(f64::from(bound) >= sum && sum > f64::from(bound.next_down()), "{seed} {part}");
                }
            }
        }
    }
}

#[test]
fn residual_of_an_eigenvector_is_of_the_order_of_rounding() {
    let matrix = [2.0, 0.0, 0.0, 1.0];
    let (mut image, mut residual) = ([0.0; 2], [0.0; 2]);
    let quotient = RayleighQuotient::of(Portable, &matrix, &[1.0, 0.0], &mut image, 6.25).unwrap();
    let upper = quotient.residual_square_upper(Portable, &matrix, &[1.0, 0.0], &image, &mut residual);
    assert!(upper < 1e-26, "{upper:e}");
    assert!(quotient.kato_temple(upper, 2.0).is_some_and(|bound| (2.0..2.0 + 2e-15).contains(&bound)));
}

#[test]
fn a_vector_with_a_small_quotient_proves_nothing() {
    let matrix = [1.0, 0.0, 0.0, 0.25];
    let mut image = [0.0; 2];
    assert!(RayleighQuotient::of(Portable, &matrix, &[0.0, 1.0], &mut image, 2.0).is_none());
    assert!(RayleighQuotient::of(Portable, &matrix, &[f64::NAN, 1.0], &mut image, 2.0).is_none());
}

/// A radius above the root leaves zero for a lower bound, and no upper one.
#[test]
fn a_radius_above_the_root_proves_nothing() {
    for (correction, radius) in [(0.0, 1.0), (0.0, 5.0), (0.5, 3.0), (-0.5, 0.9), (0.0, f64::INFINITY)] {
        let quotient = RayleighQuotient { root: 1.0, correction, radius, norm_square: 1.0, frobenius: 4.0 };
        let low = if radius > 1.0 || correction < 0.0 { 0.0 } else { quotient.lower() };
        assert_eq!(quotient.lower(), low);
        assert!(quotient.lower() >= 0.0 && quotient.lower().is_sign_positive());
        assert_eq!(quotient.lower_square(), 0.0);
        assert_eq!(quotient.kato_temple(1e-3, 0.25), None);
        assert_eq!(quotient.kato_temple(1e-3, -0.25), None);
    }
    // Just below it, both are bounds.
    let quotient =
        RayleighQuotient { root: 1.0, correction: 0.0, radius: 0.75, norm_square: 1.0, frobenius: 4.0 };
    assert_eq!(quotient.lower(), 0.25);
    assert!(quotient.kato_temple(0.0, 0.0).unwrap() >= 1.75);
    // An excess above the root rounds upward.
    for excess in 0..40 {
        let square = 1.0 + f64::from(excess) / 37.0;
        let bound = quotient.kato_temple(square, 0.0).unwrap();
        assert!(bound > 1.75 + square / (0.0625 * 0.5), "{bound}");
    }
}

/// For integers every sum is exact.
#[test]
fn squares_of_integers_are_summed_exactly() {
    for length in 0..14_usize {
        let x: Vec<f64> = (0..length).map(|k| 3.0 + k as f64).collect();
        let sum: usize = (0..length).map(|k| (3 + k) * (3 + k)).sum();
        assert_eq!(square_in_four_sums(&x), sum as f64);
    }
}
