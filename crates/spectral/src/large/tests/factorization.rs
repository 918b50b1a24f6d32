// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lemma L5, entry by entry: `|M̂ − LLᵀ| ≤ γ_k‖l_i‖‖l_j‖`, where every rounding goes one way, and its constant.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;
use widthwise_rounding::{Scalar, gamma_upper};

use super::{dot, exact};
use crate::exact::Dyadic;
use crate::large::cholesky::{cholesky, indefiniteness, roundings};
use crate::large::gram::pack_len;

const U: f64 = f64::UNIT_ROUNDOFF;

/// Factorizes the lower triangle and compares each entry; the part of `γ_k` that the last diagonal entry uses.
fn check_entries(lower: &[f64], n: usize) -> Option<f64> {
    let mut factor = lower.to_vec();
    cholesky(&mut factor, n, &mut vec![f64::NAN; pack_len(n)]).ok()?;
    let rows: Vec<Vec<Dyadic>> =
        (0..n).map(|i| (0..=i).map(|j| exact(factor[i + j * n])).collect()).collect();
    let gamma = exact(gamma_upper(roundings(n)));
    let mut last = 0.0;
    for i in 0..n {
        for j in 0..=i {
            let error = exact(lower[i + j * n]).sub(&dot(&rows[i], &rows[j]));
            let sizes = dot(&rows[i], &rows[i]).mul(&dot(&rows[j], &rows[j]));
            assert!(error.mul(&error).is_at_most(&gamma.mul(&gamma).mul(&sizes)), "{n} {i} {j}");
            if i + 1 == n && j == i {
                let part = |k: usize| {
                    let allowed = exact(k as f64 * U).mul(&dot(&rows[i], &rows[i]));
                    error.mul(&error).is_at_most(&allowed.mul(&allowed))
                };
                last = (0..=n).find(|&k| part(k)).unwrap_or(n) as f64 / n as f64;
            }
        }
    }
    Some(last)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_entry_is_near_that_of_the_product(
        n in 1..40_usize, entries in prop::collection::vec(-1.0_f64..1.0, 1600), scale in 0..4_i32,
    ) {
        let lower: Vec<f64> = (0..n * n)
            .map(|k| match (k % n, k / n) {
                (i, j) if i == j => (n as f64).scale_exp2(-scale) + 1.0,
                (i, j) if i > j => entries[k],
                _ => f64::NAN,
            })
            .collect();
        check_entries(&lower, n);
    }
}

/// The last diagonal entry is a little above 1, and every square that it loses is just too small to change it: `0.99u` from `1 + 4u`,
/// whose neighbour below is `2u` away. Its root rounds to `1 + 2u`, the square of which is that entry again but for `4u²`. So what is
/// lost is `0.99(n − 1)u`, of the `nu` and more that the lemma allows.
#[test]
fn squares_that_are_lost_need_most_of_the_constant() {
    for n in [8, 16, 31] {
        let mut lower = vec![0.0; n * n];
        for j in 0..n {
            lower[j + j * n] = 1.0;
            lower[n - 1 + j * n] = (0.99 * U).square_root();
        }
        lower[n * n - 1] = 1.0 + 4.0 * U;
        let part = check_entries(&lower, n).unwrap();
        let lost = (0.99 * (n - 1) as f64) as usize + 1;
        assert_eq!(part, lost as f64 / n as f64, "{n}");
    }
}

/// The counts of the proofs, and a bound no less than they say: `φ ≥ ku(1 + ku)` and `μ`.
#[test]
fn roundings_are_those_of_the_proof() {
    for n in [1, 2, 31, 32, 33, 300, 4000] {
        assert_eq!(roundings(n), if cfg!(feature = "faer") { n + 7 } else { n + 1 });
        let ku = roundings(n) as f64 * U;
        for trace in [1.0, 1.7, 3e5] {
            let least = exact(ku).mul(&exact(1.0 + ku)).mul(&exact(trace));
            assert!(least.is_at_most(&exact(indefiniteness(n, trace))), "{n}");
            assert!(indefiniteness(n, trace) <= ku * trace * (1.0 + 2.0 / roundings(n) as f64), "{n}");
        }
        assert!(indefiniteness(n, 0.0) >= f64::UNDERFLOW_ALLOWANCE);
    }
}
