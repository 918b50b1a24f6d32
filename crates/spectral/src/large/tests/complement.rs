// SPDX-License-Identifier: MIT OR Apache-2.0

//! Theorem T4: the bound on the complement is the threshold and every error, each seen alone.

use std::vec;

use widthwise_rounding::{Scalar, gamma_upper};

use super::exact;
use crate::exact::Dyadic;
use crate::large::cholesky::roundings;
use crate::large::deflation::Deflation;
use crate::large::gram::{GramNorms, pack_len};

const U: f64 = f64::UNIT_ROUNDOFF;

/// `bI + τXXᵀ − Ĝ` for two columns, and what its bound must be at least: `b + γ_5(τΣ‖x_k‖² + F + |b|) + φ tr(M̂) + E_G`, where
/// `γ_k ≥ ku` and `φ ≥ ku`.
#[test]
fn bound_of_the_complement_adds_every_error() {
    let n = 3;
    let gram = [0.5, 0.1, -0.2, f64::NAN, 0.25, 0.05, f64::NAN, f64::NAN, 0.125];
    let vectors = [0.8, 0.6, 0.0, 0.0, 0.6, -0.8];
    let large = f64::power_of_two(40);
    let small = f64::power_of_two(-40);
    // One of the errors is large, in turn: the weight with the trace, the size of the Gram matrix, its error.
    for (weight, frobenius, gram_error) in [
        (large, 1.0, small),
        (small, large, small),
        (small, 1.0, large),
        (large, large, large),
        (large, small, f64::power_of_two(-12)),
    ] {
        for threshold in [1.0, 1.5, 3.0] {
            let deflation = Deflation { threshold, weight, vectors: &vectors };
            let norms = GramNorms { frobenius, trace: 0.875, largest: 0.5 };
            let (mut factor, mut pack) = (vec![f64::NAN; n * n], vec![f64::NAN; pack_len(n)]);
            let bound =
                deflation.complement_upper(&gram, &norms, gram_error, &mut factor, &mut pack).unwrap();
            let squares = vectors.iter().fold(Dyadic::zero(), |sum, &x| sum.add(&exact(x).mul(&exact(x))));
            let lifted = exact(weight).mul(&squares);
            let assembly = exact(5.0 * U).mul(&lifted.add(&exact(frobenius)).add(&exact(threshold)));
            // The trace is that of the exact matrix up to a part that the spare unit of γ covers.
            let trace = lifted.add(&exact(3.0 * threshold)).sub(&exact(0.875));
            let factorization = exact(roundings(n) as f64 * U).mul(&trace);
            let least = exact(threshold).add(&assembly).add(&factorization).add(&exact(gram_error));
            assert!(least.is_at_most(&exact(bound)), "{weight:e} {frobenius:e} {gram_error:e}");
        }
    }
}

/// Without columns only the diagonal is rounded: `b + u(b + max ĝ_ii) + φ tr(M̂) + E_G`.
#[test]
fn direct_bound_adds_every_error() {
    let n = 2;
    for (threshold, largest, gram_error) in
        [(1.0, f64::power_of_two(30), 0.0), (1.0, 0.5, f64::power_of_two(-20)), (1.0, 0.5, 0.0)]
    {
        let gram = [0.5, 0.1, f64::NAN, 0.25];
        let deflation = Deflation { threshold, weight: 0.0, vectors: &[] };
        let norms = GramNorms { frobenius: 1.0, trace: 0.75, largest };
        let (mut factor, mut pack) = (vec![f64::NAN; n * n], vec![f64::NAN; pack_len(n)]);
        let bound = deflation.complement_upper(&gram, &norms, gram_error, &mut factor, &mut pack).unwrap();
        let assembly = exact(U).mul(&exact(threshold).add(&exact(largest)));
        let factorization = exact(roundings(n) as f64 * U).mul(&exact(2.0 * threshold - 0.75));
        let least = exact(threshold).add(&assembly).add(&factorization).add(&exact(gram_error));
        assert!(least.is_at_most(&exact(bound)), "{largest:e} {gram_error:e}");
    }
}

/// A threshold that vanishes beside what it is subtracted from still counts where its own part is all there is: one of `b` and
/// `max ĝ_ii` is zero, the other not, and the sum rounds by nearly half a unit of the larger one.
#[test]
fn rounding_of_the_diagonal_is_covered_whichever_part_is_larger() {
    let tiny = 0.99 * U;
    for (threshold, diagonal) in [(1.0, -tiny), (tiny, -1.0)] {
        let deflation = Deflation { threshold, weight: 0.0, vectors: &[] };
        let norms = GramNorms { frobenius: 1.0, trace: diagonal, largest: diagonal.magnitude() };
        let (mut factor, mut pack) = ([f64::NAN], vec![f64::NAN; pack_len(1)]);
        let bound = deflation.complement_upper(&[diagonal], &norms, 0.0, &mut factor, &mut pack).unwrap();
        // What was lost and what the root may lose.
        let least = exact(threshold).add(&exact(U).mul(&exact(1.0 + tiny))).add(&exact(2.0 * U));
        assert!(least.is_at_most(&exact(bound)), "{threshold:e}");
    }
}

/// A trace that always rounds down is inflated: the bound is that of the exact trace.
#[test]
fn trace_that_always_rounds_down_is_inflated() {
    let n = 600;
    let mut gram = vec![0.0; n * n];
    (0..n).for_each(|j| gram[j + j * n] = if j == 0 { -1.0 } else { -0.99 * U });
    let deflation = Deflation { threshold: 0.0, weight: 0.0, vectors: &[] };
    let norms = GramNorms { frobenius: 0.0, trace: -1.0, largest: 0.0 };
    let (mut factor, mut pack) = (vec![f64::NAN; n * n], vec![f64::NAN; pack_len(n)]);
    let bound = deflation.complement_upper(&gram, &norms, 0.0, &mut factor, &mut pack).unwrap();
    let trace = exact(1.0).add(&exact(0.99 * U).mul(&exact(599.0)));
    // φ > γ: by more than the roundings of the bound, for a matrix of so many rows.
    let least = exact(gamma_upper(roundings(n))).mul(&trace);
    assert!(least.is_at_most(&exact(bound)));
}

/// Numbers so small that nothing but the allowances is left: one of the assembly, one of the factorization.
#[test]
fn both_allowances_for_underflow_enter() {
    let tiny = f64::UNDERFLOW_ALLOWANCE;
    for vectors in [&[][..], &[0.0][..]] {
        let deflation = Deflation { threshold: 0.0, weight: 1.0, vectors };
        let norms = GramNorms { frobenius: 0.0, trace: 0.0, largest: 0.0 };
        let (mut factor, mut pack) = ([f64::NAN], vec![f64::NAN; pack_len(1)]);
        let gram = [-f64::power_of_two(-1000)];
        let bound = deflation.complement_upper(&gram, &norms, 0.0, &mut factor, &mut pack).unwrap();
        assert!(exact(tiny).scaled(1).is_at_most(&exact(bound)));
    }
}
