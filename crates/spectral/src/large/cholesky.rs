// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Cholesky factorization `M̂ = LLᵀ` of the lower triangle of a matrix, as a proof that it is nearly positive
//! semidefinite (lemma L5).
//!
//! If the factorization of `M̂` runs to its end with every radicand positive and finite, then
//!
//! `λ_min(M̂) ≥ −φ tr(M̂) − μ`, with `φ = γ_k/(1 − γ_k)` and `μ` for underflow,
//!
//! `k` the number of [`roundings`]. Source: S. M. Rump, "Verification of positive definiteness", BIT 46 (2006); N. J.
//! Higham, "Accuracy and Stability of Numerical Algorithms", theorem 10.3.
//!
//! *Proof.* Each `m̂_ij` is met by the factors of the operations on it. Divide the equation that defines `l_ij` by
//! them: shared factors cancel, and `|M̂ − LLᵀ|_ij ≤ γ_k Σ_p |l_ip l_jp| ≤ γ_k ‖l_i‖‖l_j‖` for the rows `l_i` of `L`.
//! The diagonal gives `‖l_j‖² ≤ m̂_jj/(1 − γ_k)`, so the difference is at most `φ √(m̂_ii m̂_jj)`, entrywise, and in the
//! 2-norm at most `φ tr(M̂)`. ∎
//!
//! The strict upper triangle is not read.

use widthwise_rounding::directed::{add_up, div_up, mul_up, sub_down};
use widthwise_rounding::{Scalar, gamma_upper};

/// Columns that the portable factorization treats at a time.
pub(super) const BLOCK: usize = 32;

/// The constant `k` of lemma L5 for an `n × n` matrix.
///
/// Portable: `n + 1`. Entry `(i, j)`, `i > j`, meets at most `j` subtractions and one division; the diagonal `j`
/// subtractions and a root, which counts twice.
///
/// By the crate faer (0.24): `n + 7`. Its diagonal block stores `d·fl(1/fl(√d))` in place of the pivot, off by four
/// factors from the `fl(√d)` by which the block itself was divided; the panel below is multiplied by a rounded
/// reciprocal of the former (two more), and in groups of four its coefficients are multiplied by the reciprocal
/// first. An off-diagonal entry meets at most `i + 5 ≤ n + 4` distinct factors, the diagonal `n + 1`.
pub(super) fn roundings(n: usize) -> usize {
    if cfg!(feature = "faer") { n + 7 } else { n + 1 }
}

/// An upper bound of `−λ_min(M̂)` after a factorization that succeeded, for `trace` an upper bound of `tr(M̂)` that
/// exceeds every diagonal entry: `φ tr(M̂) + μ`.
///
/// `μ ≤ n(n + max(1, √tr(M̂)))ω` is below the allowance.
pub(super) fn indefiniteness(n: usize, trace: f64) -> f64 {
    let gamma = gamma_upper(roundings(n));
    let phi = div_up(gamma, sub_down(1.0, gamma));
    if phi >= 0.0 { add_up(mul_up(phi, trace), f64::UNDERFLOW_ALLOWANCE) } else { f64::INFINITY }
}

/// Factorizes in place. `Err(j)` if the radicand of column `j` was not positive or not finite; then `l_jp`, `p < j`,
/// and the factor of the leading `j × j` block are in place.
#[cfg(feature = "faer")]
pub(super) fn cholesky(matrix: &mut [f64], n: usize, pack: &mut [f64]) -> Result<(), usize> {
    use faer::dyn_stack::{MemBuffer, MemStack};
    use faer::linalg::cholesky::llt::factor::{
        LltError, LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
    };
    use faer::{MatMut, Par};
    let _ = pack;
    let mut memory = MemBuffer::new(cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default()));
    let result = cholesky_in_place(
        MatMut::from_column_major_slice_mut(matrix, n, n),
        // No pivot is corrected.
        LltRegularization::default(),
        Par::Seq,
        MemStack::new(&mut memory),
        Default::default(),
    );
    match result {
        Ok(_) => Ok(()),
        Err(LltError::NonPositivePivot { index }) => Err(index),
    }
}

/// Factorizes in place. `Err(j)` if the radicand of column `j` was not positive or not finite; then `l_jp`, `p < j`,
/// and the factor of the leading `j × j` block are in place.
///
/// Blocks of [`BLOCK`] columns, each updated by all columns to its left when its turn comes nearer: after a block is
/// done, the triangle to its right loses the product of the block with its transpose, tile by tile.
#[cfg(not(feature = "faer"))]
pub(super) fn cholesky(matrix: &mut [f64], n: usize, pack: &mut [f64]) -> Result<(), usize> {
    let mut start = 0;
    while start < n {
        let width = BLOCK.min(n - start);
        factorize_panel(matrix, n, start, width)?;
        subtract_product(matrix, n, start, width, pack);
        start += width;
    }
    Ok(())
}

/// The columns `start..start + width`, from the diagonal down: each loses its products with those to its left in the
/// block, one after the other, and is divided by its root.
#[cfg(not(feature = "faer"))]
fn factorize_panel(matrix: &mut [f64], n: usize, start: usize, width: usize) -> Result<(), usize> {
    for j in start..start + width {
        let (left, rest) = matrix.split_at_mut(j * n);
        let column = &mut rest[j..n];
        let done = |p: usize| &left[p * n + j..(p + 1) * n];
        let mut p = start;
        while p + 4 <= j {
            let (a, b, c, d) = (done(p), done(p + 1), done(p + 2), done(p + 3));
            let [w, x, y, z] = [a[0], b[0], c[0], d[0]];
            for ((((entry, a), b), c), d) in column.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *entry = (((*entry - a * w) - b * x) - c * y) - d * z;
            }
            p += 4;
        }
        while p < j {
            let a = done(p);
            let w = a[0];
            for (entry, a) in column.iter_mut().zip(a) {
                *entry -= a * w;
            }
            p += 1;
        }
        let radicand = column[0];
        if !(radicand > 0.0 && radicand.is_finite()) {
            return Err(j);
        }
        let root = radicand.square_root();
        column[0] = root;
        for entry in &mut column[1..] {
            *entry /= root;
        }
    }
    Ok(())
}

/// Subtracts from the lower triangle right of a block the product of the block's rows.
#[cfg(not(feature = "faer"))]
fn subtract_product(matrix: &mut [f64], n: usize, start: usize, width: usize, pack: &mut [f64]) {
    use super::gram::{TILE, for_each_in_tile, tile};
    let below = start + width;
    let rest = n - below;
    let groups = rest.div_ceil(TILE);
    for (group, packed) in pack.chunks_exact_mut(TILE * width).take(groups).enumerate() {
        for (p, packed) in packed.chunks_exact_mut(TILE).enumerate() {
            let column = &matrix[(start + p) * n + below + group * TILE..(start + p + 1) * n];
            for (lane, packed) in packed.iter_mut().enumerate() {
                *packed = column.get(lane).copied().unwrap_or(0.0);
            }
        }
    }
    let size = TILE * width;
    for right in 0..groups {
        for left in right..groups {
            let sums = tile(&pack[left * size..][..size], &pack[right * size..][..size]);
            for_each_in_tile(left, right, rest, |i, j, lane, c| {
                matrix[below + i + (below + j) * n] -= sums[c][lane];
            });
        }
    }
}

/// After a factorization that failed at column `j`: a vector `z` with `zᵀM̂z ≤ 0`, or nearly, in which entry `j` is 1
/// and those after it vanish.
///
/// `z = (−L₁₁⁻ᵀ l_j, 1, 0)`, for which `zᵀM̂z` is the radicand that failed.
pub(super) fn witness(factor: &[f64], n: usize, j: usize, z: &mut [f64]) {
    z.fill(0.0);
    z[j] = 1.0;
    for p in (0..j).rev() {
        let column = &factor[p * n..(p + 1) * n];
        // Entry p of −L₁₁⁻ᵀ l_j: the rows below it in column p are known.
        let known = super::products::dot(&column[p + 1..=j], &z[p + 1..=j]);
        z[p] = -known / column[p];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{Dyadic, inertia};
    use crate::large::gram::pack_len;
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;

    fn full(lower: &[f64], n: usize) -> Vec<Vec<Dyadic>> {
        (0..n).map(|i| (0..n).map(|j| Dyadic::new(lower[i.max(j) + i.min(j) * n])).collect()).collect()
    }

    fn succeeds(lower: &[f64], n: usize) -> bool {
        let mut factor = lower.to_vec();
        cholesky(&mut factor, n, &mut vec![f64::NAN; pack_len(n)]).is_ok()
    }

    /// Lemma L5: success on a matrix shifted to the brink.
    fn success_implies_the_bound(lower: &[f64], n: usize) -> bool {
        if !succeeds(lower, n) {
            return false;
        }
        let trace = (0..n).map(|j| lower[j + j * n]).sum::<f64>() * (1.0 + 1e-13);
        let shift = Dyadic::new(indefiniteness(n, trace));
        let mut shifted = full(lower, n);
        for (j, row) in shifted.iter_mut().enumerate() {
            row[j] = row[j].add(&shift);
        }
        assert_eq!(inertia(&shifted).0, 0);
        true
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn success_means_no_eigenvalue_below_the_bound(
            n in 1..9_usize, entries in prop::collection::vec(-1.0_f64..1.0, 81), scale in 30..70_i32, rank in 1..9_usize,
        ) {
            // A Gram matrix that may be singular, shifted by a little to either side.
            let rank = rank.min(n);
            let row = |i: usize| &entries[i * 9..i * 9 + rank];
            for sign in [-1.0, 1.0] {
                let shift = sign * f64::power_of_two(-scale);
                let lower: Vec<f64> = (0..n * n).map(|k| {
                    let (i, j) = (k % n, k / n);
                    let dot: f64 = row(i).iter().zip(row(j)).map(|(x, y)| x * y).sum();
                    if i == j { dot + shift } else if i > j { dot } else { f64::NAN }
                }).collect();
                success_implies_the_bound(&lower, n);
            }
        }

        #[test]
        fn witness_has_a_small_quotient(n in 2..90_usize, seed in 1..u64::MAX) {
            // An indefinite matrix: the failing column proves it.
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 11) as f64 / 4_503_599_627_370_496.0 - 1.0
            };
            let lower: Vec<f64> =
                (0..n * n).map(|k| next() + if k % (n + 1) == 0 { 0.6 * (n as f64).square_root() } else { 0.0 }).collect();
            let mut factor = lower.clone();
            if let Err(j) = cholesky(&mut factor, n, &mut vec![f64::NAN; pack_len(n)]) {
                let mut z = vec![f64::NAN; n];
                witness(&factor, n, j, &mut z);
                let (mut quotient, mut size) = (0.0, 0.0);
                for a in 0..n {
                    for b in 0..n {
                        let term = z[a] * lower[a.max(b) + a.min(b) * n] * z[b];
                        quotient += term;
                        size += term.magnitude();
                    }
                }
                prop_assert!(quotient <= 1e-10 * size, "{quotient} {size}");
            }
        }
    }

    /// Every rounding in one direction, in the last pivot of a matrix that is not positive definite.
    #[test]
    fn bound_covers_radicands_that_always_round_up() {
        let mut reached = 0;
        for n in [12_usize, 40] {
            for step in 0..20 {
                // An arrow: the last row holds t, and the last diagonal entry is just below the n − 1 squares of it.
                let t = 0.37 + 0.009 * f64::from(step);
                let mut lower = vec![0.0; n * n];
                for j in 0..n {
                    lower[j + j * n] = 1.0;
                    lower[n - 1 + j * n] = t;
                }
                let mut last = (n - 1) as f64 * t * t * (1.0 + 40.0 * f64::EPSILON);
                lower[n * n - 1] = last;
                while succeeds(&lower, n) {
                    last = last.next_down();
                    lower[n * n - 1] = last;
                }
                lower[n * n - 1] = last.next_up();
                assert!(succeeds(&lower, n));
                // M̂ + s is positive semidefinite if and only if (last + s)(1 + s) ≥ (n − 1)t², exactly.
                let trace = ((n - 1) as f64 + last) * (1.0 + 1e-13);
                let s = Dyadic::new(indefiniteness(n, trace));
                let left = Dyadic::new(lower[n * n - 1]).add(&s).mul(&Dyadic::new(1.0).add(&s));
                let t = Dyadic::new(t);
                assert!(Dyadic::new((n - 1) as f64).mul(&t.mul(&t)).is_at_most(&left), "{n} {step}");
                reached += 1;
            }
        }
        assert!(reached == 40, "{reached}");
    }

    /// Failure mode 7: the factor, and the column that fails, are those of the lower triangle.
    #[test]
    fn garbage_above_the_diagonal_changes_nothing() {
        let mut state = 7_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / 4_503_599_627_370_496.0 - 1.0
        };
        for n in [2, 3, 17, 40, 65, 150, 300] {
            let entries: Vec<f64> = (0..n * n).map(|_| uniform()).collect();
            // Positive definite, and not.
            for diagonal in [n as f64, 0.5 * (n as f64).square_root()] {
                let factorize = |garbage: f64| {
                    let mut factor: Vec<f64> = (0..n * n)
                        .map(|k| match (k % n, k / n) {
                            (i, j) if i < j => garbage,
                            (i, j) if i == j => diagonal,
                            _ => entries[k],
                        })
                        .collect();
                    let result = cholesky(&mut factor, n, &mut vec![f64::NAN; pack_len(n)]);
                    let columns = result.err().unwrap_or(n);
                    let lower = (0..columns).flat_map(|j| (j..columns).map(move |i| i + j * n));
                    (result, lower.map(|k| factor[k].to_bits()).collect::<Vec<_>>())
                };
                let expected = factorize(0.0);
                assert!(expected.0.is_ok() || diagonal < n as f64, "{n}");
                for garbage in [f64::NAN, f64::INFINITY, 1e300, -1.0] {
                    assert_eq!(factorize(garbage), expected, "{n} {garbage}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_finite_is_not_positive() {
        for n in [1, 2, 5, 40] {
            for bad in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
                let mut lower = vec![0.0; n * n];
                (0..n).for_each(|j| lower[j + j * n] = 1.0);
                assert!(succeeds(&lower, n));
                lower[n * n - 1] = bad;
                assert!(!succeeds(&lower, n), "{n} {bad}");
                if n > 1 && !bad.is_finite() {
                    lower[n * n - 1] = 1.0;
                    lower[n - 1] = bad;
                    assert!(!succeeds(&lower, n), "{n} {bad}");
                }
            }
        }
    }
}
