// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each lemma of the squaring chain on its own, against exact arithmetic: the slack of one bound must not hide an error
//! in another.

mod chain;

use super::*;
use crate::exact::{Dyadic, Exact, eigenvalues_above, smaller_gram};
use crate::tiles::trace;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

/// The exact matrix of columns of `short` numbers.
fn to_exact<T: Scalar>(columns: &[T], short: usize) -> Exact {
    let entry = |i: usize, k: usize| Dyadic::new(columns[i + k * short].to_f64());
    (0..short).map(|i| (0..columns.len() / short).map(|k| entry(i, k)).collect()).collect()
}

fn dyadic<T: Scalar>(x: T) -> Dyadic {
    Dyadic::new(x.to_f64())
}

fn minus(a: &Exact, b: &Exact) -> Exact {
    a.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a.sub(b)).collect()).collect()
}

fn scaled(a: &Exact, exponent: i32) -> Exact {
    a.iter().map(|row| row.iter().map(|x| x.clone().scaled(i64::from(exponent))).collect()).collect()
}

/// Whether `‖symmetric‖₂ ≤ bound`, decided exactly.
fn norm_is_at_most(symmetric: &Exact, bound: &Dyadic) -> bool {
    let zero: Exact = symmetric.iter().map(|row| row.iter().map(|_| Dyadic::zero()).collect()).collect();
    [symmetric.clone(), minus(&zero, symmetric)].iter().all(|m| eigenvalues_above(m, bound).0 == 0)
}

/// Numbers in `[−2, 2]` that are rounded in every product.
fn entries<T: Scalar>(count: usize, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::from_f64((state >> 11) as f64 / 9_007_199_254_740_992.0 * 4.0 - 2.0)
    };
    (0..count).map(|_| next()).collect()
}

fn frobenius_square_upper<T: Scalar>(m: &[T]) -> T {
    add_up(inflate_up(m.len() + 1, sum_of_squares(m)), T::UNDERFLOW_ALLOWANCE)
}

#[test]
fn every_entry_is_the_ascending_sum_whatever_the_block() {
    for short in 1..12_usize {
        for long in [1, 2, 5, 13] {
            let m: Vec<f64> = entries(short * long, 7);
            let mut out = vec![f64::NAN; short * short];
            product_with_transpose(&m, short, 0.25, &mut out);
            for i in 0..short {
                for j in 0..short {
                    let mut sum = 0.0;
                    for column in m.chunks_exact(short) {
                        sum += column[i] * column[j];
                    }
                    assert_eq!(
                        out[i + j * short].to_bits(),
                        (sum * 0.25).to_bits(),
                        "{short} {long} {i} {j}"
                    );
                }
            }
        }
    }
}

/// The largest entry of the exact error of the product and its bound, both times `2^-exponent`.
fn error_and_bound<T: Scalar>(m: &[T], short: usize, size: T) -> (Exact, T) {
    let long = m.len() / short;
    let mut out = vec![T::zero(); short * short];
    product_with_transpose(m, short, T::one(), &mut out);
    let exact = to_exact(m, short);
    let gram: Exact = (0..short)
        .map(|i| {
            (0..short)
                .map(|j| (0..long).fold(Dyadic::zero(), |s, k| s.add(&exact[i][k].mul(&exact[j][k]))))
                .collect()
        })
        .collect();
    (minus(&to_exact(&out, short), &gram), product_error(long, size))
}

#[test]
fn lemma_l3_bounds_the_error_of_the_gram_matrix_and_is_reached_within_a_constant() {
    for (short, long) in [(2, 2), (3, 5), (5, 5), (4, 40), (7, 9)] {
        for seed in 0..20 {
            let m: Vec<f64> = entries(short * long, seed);
            let (error, bound) = error_and_bound(&m, short, frobenius_square_upper(&m));
            assert!(norm_is_at_most(&error, &dyadic(bound)), "{short} {long} {seed}");
            let m: Vec<f32> = entries(short * long, seed);
            let (error, bound) = error_and_bound(&m, short, frobenius_square_upper(&m));
            assert!(norm_is_at_most(&error, &dyadic(bound)), "{short} {long} {seed}");
        }
    }
    // A one and a thousand products that are just below half an ulp of it: all are lost, and the error is nearly γ.
    let mut m = vec![0.0_f32; 2000];
    m[0] = 1.0;
    let small = (0.99 * f32::UNIT_ROUNDOFF).square_root();
    m.iter_mut().skip(2).step_by(2).for_each(|x| *x = small);
    let (error, bound) = error_and_bound(&m, 2, frobenius_square_upper(&m));
    assert!(norm_is_at_most(&error, &dyadic(bound)));
    assert!(!norm_is_at_most(&error, &dyadic(bound * 0.95)));
}

#[test]
fn measures_are_upper_bounds() {
    for n in 2..9 {
        for seed in 0..20 {
            let h: Vec<f32> = symmetric(n, seed);
            let measure = Measure::of(&h, n);
            let exact = to_exact(&h, n);
            let square = exact.iter().flatten().fold(Dyadic::zero(), |s, x| s.add(&x.mul(x)));
            assert!(square.is_at_most(&dyadic(measure.square_upper)));
            assert!(norm_is_at_most(&exact, &dyadic(measure.eigenvalue_upper())));
        }
    }
    // 1 + 2⁻²⁴ four times over: the computed sum is low, its inflation is not.
    let h = [1.0_f32, f32::UNIT_ROUNDOFF.square_root(), f32::UNIT_ROUNDOFF.square_root(), 1.0];
    let measure = Measure::of(&h, 2);
    assert!(f64::from(measure.square) < 2.0 + 2.0 * f64::from(f32::UNIT_ROUNDOFF));
    assert!(f64::from(measure.square_upper) >= 2.0 + 2.0 * f64::from(f32::UNIT_ROUNDOFF));
}

#[test]
fn sums_of_magnitudes_are_inflated() {
    // The off-diagonal entry is less than half an ulp of the diagonal: the computed sum is one, the eigenvalue is not.
    let small = 0.9 * f32::UNIT_ROUNDOFF;
    let h = [1.0_f32, small, small, 1.0];
    assert!(norm_is_at_most(&to_exact(&h, 2), &dyadic(Measure::of(&h, 2).max_sum_upper)));
    assert!(!norm_is_at_most(&to_exact(&h, 2), &dyadic(1.0)));
}

#[test]
fn the_trace_of_the_square_bounds_the_frobenius_norm() {
    let mut below = 0;
    for n in 2..9 {
        for seed in 0..20 {
            let h: Vec<f32> = symmetric(n, seed);
            let mut next = vec![0.0; n * n];
            product_with_transpose(&h, n, 1.0, &mut next);
            let computed = trace(&next, n);
            let square = h.iter().fold(Dyadic::zero(), |s, &x| s.add(&dyadic(x).mul(&dyadic(x))));
            assert!(square.is_at_most(&dyadic(square_upper(computed, n))), "{n} {seed}");
            below += usize::from(!square.is_at_most(&dyadic(computed)));
            let expected = (inflate_up(2 * n, computed) + f32::UNDERFLOW_ALLOWANCE).next_up();
            assert_eq!(square_upper(computed, n), expected);
        }
    }
    assert!(below > 20, "the trace itself is often too small: {below}");
}

/// A positive semidefinite matrix of trace about one: the scaled Gram matrix of random columns, some of them copies.
fn symmetric<T: Scalar>(n: usize, seed: u64) -> Vec<T> {
    let long = n + (seed % 3) as usize;
    let mut m: Vec<T> = entries(n * long, seed);
    if seed % 4 == 1 {
        // Orthogonal in exact arithmetic: the largest eigenvalue is multiple.
        for (index, x) in m.iter_mut().enumerate() {
            *x = if index % n == index / n { T::one() } else { T::zero() };
        }
    }
    let exponent = frobenius_square_upper(&m).exponent().unwrap();
    let mut h = vec![T::zero(); n * n];
    product_with_transpose(&m, n, T::power_of_two(-exponent), &mut h);
    h
}

type Power<T> = (Vec<T>, Measure<T>);

/// The chain of `levels` squarings from `h`, with every power and its measure.
fn chain_from<T: Scalar>(h: Vec<T>, n: usize, levels: usize) -> (SquaringChain<T>, Vec<Power<T>>) {
    let mut chain = SquaringChain::new(0, T::zero());
    let measure = Measure::of(&h, n);
    let mut powers = vec![(h, measure)];
    for level in 0..levels {
        let (h, measure) = &powers[level];
        let exponent = measure.square.exponent().unwrap();
        let mut next = vec![T::zero(); n * n];
        product_with_transpose(h, n, T::power_of_two(-exponent), &mut next);
        chain.push(i16::try_from(exponent).unwrap(), product_error(n, measure.size_upper()));
        let measure = Measure::of(&next, n);
        powers.push((next, measure));
    }
    (chain, powers)
}

fn each_step_of_the_chain_is_right<T: Scalar>() {
    for n in 2..7 {
        for seed in 0..12 {
            let (chain, powers) = chain_from::<T>(symmetric(n, seed), n, 5);
            let exact = to_exact(&powers[0].0, n);
            for (level, (h, measure)) in powers.iter().enumerate() {
                // (a) from every level, by the norms and by the distance from a projector.
                let bound = chain.largest_eigenvalue_upper(level, measure.eigenvalue_upper());
                assert_eq!(eigenvalues_above(&exact, &dyadic(bound)).0, 0, "{n} {seed} {level}");
                let Some((next, _)) = powers.get(level + 1) else { continue };
                let (exponent, error) = (i32::from(chain.exponents[level]), chain.errors[level]);
                let (bound, _) = projector_eigenvalue_upper(h, next, n, exponent, error, measure);
                assert!(norm_is_at_most(&to_exact(h, n), &dyadic(bound)), "{n} {seed} {level}");
                // E_j alone.
                let square = minus(&scaled(&to_exact(next, n), exponent), &smaller_gram(&to_exact(h, n)));
                assert!(norm_is_at_most(&square, &dyadic(error)), "{n} {seed} {level}");
            }
        }
    }
}

#[test]
fn each_step_of_the_chain_is_right_in_double() {
    each_step_of_the_chain_is_right::<f64>();
}

#[test]
fn each_step_of_the_chain_is_right_in_single() {
    each_step_of_the_chain_is_right::<f32>();
}

#[test]
fn a_projector_is_recognised() {
    let h = [0.5_f64, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0];
    let (chain, powers) = chain_from(h.to_vec(), 3, 1);
    let (bound, distance) = projector_eigenvalue_upper(
        &h,
        &powers[1].0,
        3,
        i32::from(chain.exponents[0]),
        chain.errors[0],
        &powers[0].1,
    );
    assert!(distance < 1e-14);
    assert!((0.5..0.5 + 1e-14).contains(&bound), "{bound}");
    // The error of the square enters, divided by the eigenvalue.
    let (bound, _) =
        projector_eigenvalue_upper(&h, &powers[1].0, 3, i32::from(chain.exponents[0]), 0.125, &powers[0].1);
    assert!((bound - 0.75).abs() < 1e-14, "{bound}");
    // The Frobenius norm knows no better than √2 times the eigenvalue.
    assert!(powers[0].1.square_upper > 0.49);
}

#[test]
fn distance_from_a_projector_covers_its_roundings() {
    let mut hidden = 0;
    for seed in 0..200_u8 {
        // h times the identity: in floating point fl(h²) − fl(κh) is often zero, and W − κH is not.
        let value = 0.25 + f32::from(seed) / 1024.0 / 1.1;
        let h = [value, 0.0, 0.0, value];
        let next = h.map(|x| x * x);
        let measure = Measure::of(&h, 2);
        let kappa = measure.square / measure.trace;
        let difference = dyadic(value * value).sub(&dyadic(kappa).mul(&dyadic(value)));
        let square = difference.mul(&difference).scaled(1);
        let bound = dyadic(projector_distance_upper(&h, &next, 2, 0, kappa, &measure));
        assert!(square.is_at_most(&bound.mul(&bound)), "{seed}");
        hidden += usize::from(value * value == kappa * value && !square.is_at_most(&dyadic(1e-24_f64)));
    }
    assert!(hidden > 20, "the computed distance alone does not tell: {hidden}");
}

#[test]
fn second_eigenvalue_bound_holds_for_every_vector() {
    for n in 2..7 {
        for seed in 0..12 {
            let (_, powers) = chain_from::<f64>(symmetric(n, seed), n, 4);
            for (h, measure) in &powers {
                let square = smaller_gram(&to_exact(h, n));
                for vector in 0..6 {
                    let w: Vec<f64> = if vector < 2 {
                        // A column of the power: close to the first eigenvector.
                        h.chunks_exact(n).nth(vector % n).unwrap().to_vec()
                    } else {
                        entries(n, 100 * seed + vector as u64)
                    };
                    let largest = w.iter().fold(0.0, |m: f64, x| m.greater(x.magnitude()));
                    let w: Vec<f64> =
                        w.iter().map(|x| x.scale_exp2(-largest.exponent().unwrap_or(0))).collect();
                    let mut image = vec![0.0; n];
                    for (column, &x) in h.chunks_exact(n).zip(&w) {
                        image.iter_mut().zip(column).for_each(|(y, h)| *y += h * x);
                    }
                    let bound = second_square_upper(measure.square, 2 * n + 1, &w, &image);
                    assert!(eigenvalues_above(&square, &dyadic(bound)).0 <= 1, "{n} {seed} {vector}");
                }
            }
        }
    }
}

#[test]
fn a_vanishing_image_proves_nothing() {
    assert!(second_square_upper(1.0, 5, &[0.0, 1.0], &[0.0, 0.0]) >= 1.0);
    assert!(second_square_upper(1.0, 5, &[0.0, 1.0], &[0.0, 1e-17]) >= 1.0);
    let bound = second_square_upper(1.0, 5, &[1.0, 0.0], &[1.0, 0.0]);
    assert!((0.0..1e-14).contains(&bound));
    assert!(second_square_upper(1.0, 5, &[1.0, 0.0], &[f64::NAN, 0.0]).is_nan());
}

/// What the formulas say, operation by operation: a step that is left out changes no proved statement that a random
/// matrix shows, since the next step hides it, so each is looked for here.
#[test]
fn every_bound_steps_outward_at_every_operation() {
    let (u, tiny) = (f32::UNIT_ROUNDOFF, f32::UNDERFLOW_ALLOWANCE);
    for seed in 0..50 {
        let n = 3 + (seed % 4) as usize;
        let h: Vec<f32> = symmetric(n, seed);
        let measure = Measure::of(&h, n);

        let size = measure.square * 1.7;
        assert_eq!(product_error(n, size), ((gamma_upper::<f32>(n) * size).next_up() + tiny).next_up());
        assert_eq!(measure.square_upper, (inflate_up(2 * n + 1, measure.square) + tiny).next_up());
        let column_sum = |column: &[f32]| column.iter().fold(0.0, |s: f32, x| s + x.magnitude());
        let max_sum = h.chunks_exact(n).map(column_sum).fold(0.0, |m: f32, s| m.greater(s));
        assert_eq!(measure.max_sum_upper, inflate_up(n, max_sum));
        let frobenius = measure.square_upper.square_root().next_up();
        let sum_square = (measure.max_sum_upper * measure.max_sum_upper).next_up();
        assert_eq!(measure.size_upper(), measure.square_upper.lesser(sum_square));
        assert_eq!(measure.eigenvalue_upper(), frobenius.lesser(measure.max_sum_upper));

        let mut w: Vec<f32> = entries(n, seed + 77);
        w[0] = 1.75;
        let image: Vec<f32> = h.chunks_exact(n).map(|column| sum_of_squares(column) + 0.5).collect();
        let quotient = square_in_four_sums(&image) / square_in_four_sums(&w);
        // The factor of a bound counts roundings in pairs: both parities show each of them.
        for roundings in [2 * n, 2 * n + 1] {
            let whole = inflate_up(roundings + 3, measure.square) * (1.0 + gamma_upper::<f32>(2 * n)) + tiny;
            let second = inflate_up(1, whole - inflate_down(2 * n + 4, quotient));
            assert_eq!(second_square_upper(measure.square, roundings, &w, &image), second);
        }

        let mut next = vec![0.0; n * n];
        product_with_transpose(&h, n, 0.5, &mut next);
        let kappa = measure.square / measure.trace;
        let mut square = 0.0;
        for (h, next) in h.chunks_exact(n).zip(next.chunks_exact(n)) {
            square += h.iter().zip(next).fold(0.0, |s, (h, next)| {
                let difference = next * 2.0 - kappa * h;
                s + difference * difference
            });
        }
        let computed = (inflate_up(2 * n + 1, square) + tiny).next_up().square_root().next_up();
        let size = ((frobenius + kappa).next_up() * frobenius).next_up();
        let distance = (computed + (4.0 * u * size).next_up()).next_up();
        assert_eq!(projector_distance_upper(&h, &next, n, 1, kappa, &measure), distance);
        let eta = (distance + 0.01).next_up();
        let bound = (kappa + (eta / kappa).next_up()).next_up();
        let expected = (bound, distance / (kappa * kappa));
        assert_eq!(projector_eigenvalue_upper(&h, &next, n, 1, 0.01, &measure), expected);
    }
    // Nothing but underflow is left of these.
    let nothing = Measure::of(&[0.0_f32; 4], 2);
    assert_eq!(nothing.square_upper, tiny.next_up());
    assert_eq!(product_error(3, 0.0_f32), (0.0_f32.next_up() + tiny).next_up());
    let zeros = [0.0_f32; 4];
    assert!(projector_distance_upper(&zeros, &zeros, 2, 0, 0.0, &nothing) >= tiny.square_root());
}

/// Entries whose squares are no numbers: the allowance is what is left of each bound.
#[test]
fn squares_that_underflow_are_covered() {
    let n = 16;
    // 0.45 of the smallest number each.
    let h = [f32::power_of_two(-76) * 1.9; 256];
    let square = h.iter().fold(Dyadic::zero(), |s, &x| s.add(&dyadic(x).mul(&dyadic(x))));
    let mut next = [f32::NAN; 256];
    product_with_transpose(&h, n, 1.0, &mut next);
    assert_eq!(next, [0.0; 256]);
    assert!(square.is_at_most(&dyadic(square_upper(trace(&next, n), n))));
    assert!(square.is_at_most(&dyadic(Measure::of(&h, n).square_upper)));
    // μ₂² alone, beside an image that vanishes.
    let second = second_square_upper(0.0_f32, 5, &[1.0, 0.0], &[0.0, 0.0]);
    assert!(square.is_at_most(&dyadic(second)));
}
