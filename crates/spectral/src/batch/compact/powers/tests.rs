// SPDX-License-Identifier: MIT OR Apache-2.0

//! What traces prove, against exact numbers, and what each constant of the bounds is for.

use super::super::products::multiple_of_gram;
use super::super::tests::{exact_gram, example};
use super::*;
use crate::batch::products::trace_of;
use crate::exact::{Dyadic, eigenvalues_above};
use std::vec::Vec;
use widthwise_rounding::{gamma_upper, inflate_up};

/// The traces of the powers up to the number of squarings that is asked for.
fn powers_of<T: Scalar, const N: usize, const CAPACITY: usize>(
    matrix: &[[One<T>; N]; N],
    squarings: usize,
) -> Powers<T, CAPACITY> {
    let (mut power, mut next) = ([[One(T::zero()); N]; N], [[One(T::zero()); N]; N]);
    multiple_of_gram(matrix, T::one(), &mut power);
    let mut powers = Powers::of_gram::<N, N>(trace_of(&power));
    for (i, column) in power.iter_mut().enumerate() {
        column[i] = column[i] - One(powers.shift);
    }
    for k in 1..=squarings {
        let factor = factor_of(powers.traces[k - 1]);
        multiple_of_gram(&power, factor * factor, &mut next);
        (power, next) = (next, power);
        powers.traces[k] = trace_of(&power).0;
    }
    powers
}

/// Two singular values a little apart, the others below: what the traces prove of thresholds on both sides is true, and enough.
#[test]
fn thresholds_are_proved_above_the_second_eigenvalue_and_never_below() {
    fn check<T: Scalar>() {
        let (mut state, mut proved, mut refused) = (3, 0, 0);
        for k in 0..60 {
            let matrix = example::<T, 4>(&mut state);
            let exact = exact_gram(&matrix);
            let values =
                nalgebra::SMatrix::<f64, 4, 4>::from_fn(|i, j| matrix[j][i].0.to_f64()).singular_values();
            let (first, second) = (values[0] * values[0], values[1] * values[1]);
            let rho = T::from_f64(first * (1.0 - 1e-6));
            let powers: Powers<T, 16> = powers_of(&matrix, 2 + k % 14);
            for step in -20..=20 {
                let b = T::from_f64(second + f64::from(step) / 20.0 * (first - second) * 0.99);
                if b < rho && powers.prove_second::<4>(rho, b) {
                    assert!(eigenvalues_above(&exact, &Dyadic::new(b.to_f64())).0 <= 1);
                    proved += 1;
                } else {
                    refused += 1;
                }
            }
        }
        assert!(proved > 500 && refused > 500, "{proved} {refused}");
    }
    check::<f32>();
    check::<f64>();
}

/// The bound holds after any number of squarings, and comes down to the errors.
#[test]
fn root_is_an_upper_bound_after_any_number_of_squarings() {
    fn check<T: Scalar, const CAPACITY: usize>() {
        let mut state = 29;
        for k in 0..40 {
            let mut matrix = example::<T, 6>(&mut state);
            if k % 4 == 0 {
                // All singular values are 1.5.
                for (j, column) in matrix.iter_mut().enumerate() {
                    for (i, entry) in column.iter_mut().enumerate() {
                        entry.0 = if i == (j + k) % 6 { T::from_f64(1.5) } else { T::zero() };
                    }
                }
            }
            let exact = exact_gram(&matrix);
            for squarings in [1, 2, 3, 7, 12, CAPACITY - 1] {
                let upper = powers_of::<T, 6, CAPACITY>(&matrix, squarings).root_upper::<6>();
                let square = Dyadic::new(upper.to_f64()).mul(&Dyadic::new(upper.to_f64()));
                assert_eq!(eigenvalues_above(&exact, &square).0, 0, "{k} {squarings}");
                if squarings == CAPACITY - 1 {
                    let below = upper * (T::one() - T::from_count(60) * T::UNIT_ROUNDOFF);
                    let square = Dyadic::new(below.to_f64()).mul(&Dyadic::new(below.to_f64()));
                    assert!(eigenvalues_above(&exact, &square).0 >= 1, "{k}");
                }
            }
        }
    }
    check::<f32, 28>();
    check::<f64, 57>();
}

/// What the formulas say, operation by operation.
#[test]
fn bounds_of_powers_have_every_term() {
    let u = f32::UNIT_ROUNDOFF;
    for trace in [1.0_f32, 2.7, 1e-3, 300.0] {
        let powers = Powers::<f32, 4>::of_gram::<5, 7>(One(trace));
        let frobenius_square = inflate_up(13, trace) + f32::UNDERFLOW_ALLOWANCE;
        let error = inflate_up(3, frobenius_square * gamma_upper::<f32>(7) + f32::UNDERFLOW_ALLOWANCE);
        assert_eq!(powers.frobenius_square.0, frobenius_square);
        assert_eq!(powers.shift, trace * (1.0 / 10.0));
        assert_eq!(powers.error, error + frobenius_square * (4.0 * u));
        assert_eq!(square_upper::<f32, 5>(trace), inflate_up(12, trace));
        assert_eq!(error_of::<f32, 5>(trace), trace * inflate_up(12, gamma_upper::<f32>(7)));
        assert!(factor_of(trace) * trace >= 1.0 && factor_of(trace) * trace < 2.0);
    }
}

/// With traces that are given, each step of both statements.
#[test]
fn statements_follow_the_recurrence() {
    let mut powers = Powers::<f64, 4>::of_gram::<3, 3>(One(3.0));
    powers.traces[1] = 1.25;
    powers.traces[2] = 0.75;
    powers.traces[3] = 1.5;
    let square = |j: usize| inflate_up(8, powers.traces[j]);
    let error = |j: usize| powers.traces[j] * inflate_up(8, gamma_upper::<f64>(5));
    // r_0 = 1/2, r_1 = 1, r_2 = 2.
    let third = inflate_up(2, square(3).square_root()) / 2.0;
    let second = inflate_up(2, (third + error(2)).lesser(square(2)).square_root());
    let first = inflate_up(2, (second + error(1)).lesser(square(1)).square_root()) / 0.5;
    let upper = inflate_up(1, inflate_up(2, first + (powers.shift + powers.error)).square_root());
    assert_eq!(powers.root_upper::<3>(), upper);

    // The least threshold of the first step alone, found by bisection, is that of the formula.
    powers.traces[2] = 0.0;
    let rho = 2.4;
    let a = (rho - powers.shift) - powers.error;
    let limit = |b: f64| {
        let b = (b - powers.shift) - powers.error;
        a * a * 0.25 + b * b * 0.25 > inflate_up(8, 1.25)
    };
    let mut thresholds: Vec<f64> =
        (0..4000).map(|k| 0.5 + f64::from(k) * 5e-4).filter(|&b| b <= rho).collect();
    thresholds.retain(|&b| limit(b) != powers.prove_second::<3>(rho, b));
    assert!(thresholds.is_empty(), "{thresholds:?}");
    assert!(powers.prove_second::<3>(rho, rho) && !powers.prove_second::<3>(rho, 0.5));

    // The second step counts the error of the first.
    powers.traces[1] = 4.0;
    let step = |x: f64| {
        let x = (x - powers.shift) - powers.error;
        x * x * 0.25 - 4.0 * inflate_up(8, gamma_upper::<f64>(5))
    };
    // r_1 = 1/4.
    powers.traces[2] =
        (step(rho) * step(rho) + step(2.0) * step(2.0)) / 16.0 * (1.0 - 10.0 * f64::UNIT_ROUNDOFF);
    let holds =
        |b: f64| step(rho) * step(rho) / 16.0 + step(b) * step(b) / 16.0 > inflate_up(8, powers.traces[2]);
    for k in -60..60 {
        let b = 2.0 + f64::from(k) * f64::UNIT_ROUNDOFF * 4.0;
        assert_eq!(powers.prove_second::<3>(rho, b), holds(b), "{k}");
    }
    assert!(holds(2.0 + 200.0 * f64::UNIT_ROUNDOFF) && !holds(2.0 - 200.0 * f64::UNIT_ROUNDOFF));
}

/// Nothing is proved by no power, by a threshold below the shift, by NaN.
#[test]
fn nothing_is_proved_from_nothing() {
    let mut powers = Powers::<f32, 4>::of_gram::<3, 3>(One(3.0));
    assert!(!powers.prove_second::<3>(3.0, 2.9));
    assert_eq!(powers.root_upper::<3>(), f32::INFINITY);
    powers.traces[1] = f32::MIN_NORMAL;
    assert!(powers.prove_second::<3>(3.0, 2.9));
    for b in [powers.shift, 0.0, -3.0, f32::NAN] {
        assert!(!powers.prove_second::<3>(3.0, b), "{b}");
    }
}
