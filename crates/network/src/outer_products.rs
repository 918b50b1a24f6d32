// SPDX-License-Identifier: MIT OR Apache-2.0

//! The norms of `D Hᵀ = Σ_i δ_i h_iᵀ` from the triangular factors of `D` and `H`.
//!
//! Reflections turn `D`, `m × B`, into `R_D = Qᵀ D + E` with `Q` orthogonal, of which only the first `q = min(m, B)` rows are
//! kept; likewise `H`. Then `‖D Hᵀ‖ = ‖(R_D − E_D)(R_H − E_H)ᵀ‖`, so both norms of `D Hᵀ` are within
//! `‖E_D‖‖H‖ + ‖D‖‖E_H‖ + ‖E_D‖‖E_H‖` (Frobenius norms) of those of `R_D R_Hᵀ`.
//!
//! *Bound of* `E`. A reflection leaves each column within `γ_{4m+8}` of its length
//! ([`reflect_columns`](widthwise_linalg::reflect_columns)), so `r` of them leave it within `(1 + γ)^r − 1 ≤ rγ/(1 − rγ)`. The
//! entries that are dropped are measured and added. All in binary64, on arrays scaled by powers of two.

use alloc::vec;
use alloc::vec::Vec;

use nalgebra::{DMatrix, DMatrixView, DMatrixViewMut, DVectorView};
use widthwise_linalg::{KernelError, Scaling, frobenius_norm_enclosure, reflect_columns};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure, gamma_upper, inflate_up};
use widthwise_spectral::{spectral_norm_in, workspace_len};

/// The memory that the norms of a sum of outer products need.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    left: Vec<f64>,
    right: Vec<f64>,
    vector: Vec<f64>,
    product: Vec<f64>,
    work: Vec<f64>,
}

impl Scratch {
    /// For `B` pairs of vectors of `m` and `n` numbers.
    pub(crate) fn new(m: usize, n: usize, batch: usize) -> Self {
        if batch == 1 {
            return Self { left: vec![], right: vec![], vector: vec![], product: vec![], work: vec![] };
        }
        let (p, q) = (m.min(batch), n.min(batch));
        Self {
            left: vec![0.0; m * batch],
            right: vec![0.0; n * batch],
            vector: vec![0.0; m.max(n)],
            product: vec![0.0; p * q],
            work: vec![0.0; workspace_len(p, q)],
        }
    }
}

/// A factor after its reflections.
struct Triangle<'a> {
    /// `rows × B`, of which the first `kept` rows count.
    entries: &'a [f64],
    rows: usize,
    kept: usize,
    /// The power of two that the entries were divided by.
    exponent: i32,
    /// At least `‖E‖_F`.
    error: f64,
    /// At least the Frobenius norm of the scaled factor.
    length: f64,
}

/// The factors, ready to be multiplied.
pub(crate) struct Workspace<'a> {
    left: Triangle<'a>,
    right: Triangle<'a>,
    product: &'a mut [f64],
    work: &'a mut [f64],
}

impl<'a> Workspace<'a> {
    /// Reduces both factors, which have one number of columns.
    pub(crate) fn of<T: Scalar>(
        scratch: &'a mut Scratch,
        left: &DMatrix<T>,
        right: &DMatrix<T>,
    ) -> Result<Self, KernelError> {
        let left = triangle(left, &mut scratch.left, &mut scratch.vector)?;
        let right = triangle(right, &mut scratch.right, &mut scratch.vector)?;
        Ok(Self { left, right, product: &mut scratch.product, work: &mut scratch.work })
    }

    /// The spectral and the Frobenius norm of `D Hᵀ`.
    pub(crate) fn norms<T: Scalar>(
        self,
        left: &DMatrix<T>,
        right: &DMatrix<T>,
    ) -> Result<(ScaledEnclosure<T>, ScaledEnclosure<T>), KernelError> {
        let (l, r) = (&self.left, &self.right);
        let batch = left.ncols();
        let product = &mut self.product[..l.kept * r.kept];
        for (j, column) in product.chunks_exact_mut(l.kept.max(1)).enumerate() {
            for (i, entry) in column.iter_mut().enumerate() {
                let mut sum = 0.0;
                for k in 0..batch {
                    sum += l.entries[i + k * l.rows] * r.entries[j + k * r.rows];
                }
                *entry = sum;
            }
        }
        let product = DMatrixView::from_slice(product, l.kept, r.kept);
        let spectral = spectral_norm_in(&product, self.work)?.scaled();
        let frobenius = frobenius_norm_enclosure(&product)?;

        let point = |x: f64| Enclosure::from_bounds(x, x);
        let (length, error) = ([l.length, r.length].map(point), [l.error, r.error].map(point));
        let rounding = point(gamma_upper(batch)) * (length[0] + error[0]) * (length[1] + error[1]);
        let reduction = error[0] * length[1] + length[0] * error[1] + error[0] * error[1];
        let error = (rounding + reduction + point(f64::UNDERFLOW_ALLOWANCE)).hi();
        // Never more than ‖D‖_F‖H‖_F.
        let most = frobenius_norm_enclosure(left)? * frobenius_norm_enclosure(right)?;
        let finish = |norm: ScaledEnclosure<f64>| {
            let within = ScaledEnclosure::new(Enclosure::from_bounds(-error, error), 0);
            let norm = (norm + within).maximum(&ScaledEnclosure::zero()).scale_exp2(l.exponent + r.exponent);
            narrowed::<T>(norm).minimum(&most)
        };
        Ok((finish(spectral), finish(frobenius)))
    }
}

/// Reduces a factor by reflections.
fn triangle<'a, T: Scalar>(
    a: &DMatrix<T>,
    entries: &'a mut [f64],
    vector: &mut [f64],
) -> Result<Triangle<'a>, KernelError> {
    let (rows, batch) = a.shape();
    let scaling = Scaling::of(a)?;
    // binary32 is scaled in binary64, exactly.
    let wider = T::DIGITS < <f64 as Scalar>::DIGITS;
    let factor = f64::power_of_two(-scaling.exponent());
    let entries = &mut entries[..rows * batch];
    for (to, &from) in entries.iter_mut().zip(a.iter()) {
        *to = if wider { from.to_f64() * factor } else { scaling.apply(from).to_f64() };
    }
    let kept = rows.min(batch);
    let mut matrix = DMatrixViewMut::from_slice(&mut *entries, rows, batch);
    let length = frobenius_norm_enclosure(&matrix)?.to_enclosure().hi();
    let reflections = rows.saturating_sub(1).min(batch);
    for first in 0..reflections {
        let vector = &mut vector[..rows - first];
        let mut square = 0.0;
        for (v, &x) in vector.iter_mut().zip(matrix.column(first).iter().skip(first)) {
            *v = x;
            square += x * x;
        }
        let reach = square.square_root();
        vector[0] += if vector[0] < 0.0 { -reach } else { reach };
        let vector = DVectorView::from_slice(vector, rows - first);
        reflect_columns(&vector, &mut matrix.view_range_mut(first.., first..))?;
    }
    let mut dropped = 0.0;
    for column in matrix.column_iter() {
        for &x in column.iter().skip(kept) {
            dropped += x * x;
        }
    }
    let dropped = inflate_up(rows * batch + 2, (dropped + f64::UNDERFLOW_ALLOWANCE).square_root());
    let point = |x: f64| Enclosure::from_bounds(x, x);
    let growth = Enclosure::count(reflections) * point(gamma_upper(4 * rows + 8));
    let relative = if growth.hi() < 0.5 {
        (growth / (point(1.0) - growth)).hi()
    } else {
        // Then nothing is known but the length of the columns.
        2.0
    };
    let underflow = point(f64::UNDERFLOW_ALLOWANCE);
    let mut error = point(relative) * point(length) + underflow;
    if kept < rows {
        error = error + point(dropped);
    }
    Ok(Triangle { entries, rows, kept, exponent: scaling.exponent(), error: error.hi(), length })
}

/// The narrowest interval of the format that contains one of binary64.
pub(crate) fn narrowed<T: Scalar>(x: ScaledEnclosure<f64>) -> ScaledEnclosure<T> {
    let (lo, hi) = (x.significand().lo(), x.significand().hi());
    let (mut low, mut high) = (T::from_f64(lo), T::from_f64(hi));
    if low.to_f64() > lo {
        low = low.next_down();
    }
    if high.to_f64() < hi {
        high = high.next_up();
    }
    ScaledEnclosure::new(Enclosure::from_bounds(low, high), x.exponent())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Norms;
    use proptest::prelude::*;
    use widthwise_rounding::Verdict;
    use widthwise_sampling::Stream;

    fn random<T: Scalar>(stream: &mut Stream, rows: usize, columns: usize) -> DMatrix<T> {
        // Small integers, so that a product of two is exact.
        DMatrix::from_fn(rows, columns, |_, _| T::from_f64(f64::from(stream.below(17)) - 8.0))
    }

    fn check<T: Scalar>(m: usize, n: usize, batch: usize, seed: u64) {
        let mut stream = Stream::new(seed, "outer products", 0);
        let (left, right): (DMatrix<T>, DMatrix<T>) =
            (random(&mut stream, m, batch), random(&mut stream, n, batch));
        let scale = T::from_f64(-0.375);
        let dense = DMatrix::from_fn(m, n, |i, j| {
            scale * (0..batch).fold(T::zero(), |sum, k| sum + left[(i, k)] * right[(j, k)])
        });
        let (found, expected) =
            (Norms::of_outer_products(scale, &left, &right).unwrap(), Norms::of_matrix(&dense).unwrap());
        for (found, expected) in
            [(found.spectral(), expected.spectral()), (found.frobenius(), expected.frobenius())]
        {
            assert_ne!(
                found.is_equal_to(&expected),
                Verdict::Refuted,
                "{m} {n} {batch} {found:?} {expected:?}"
            );
        }
        let most = left.map(T::to_f64).norm() * right.map(T::to_f64).norm() * 0.375;
        let width = found.spectral().to_enclosure().width().to_f64();
        let noise = if batch == 1 {
            16.0 * T::UNIT_ROUNDOFF.to_f64()
        } else {
            T::UNIT_ROUNDOFF.to_f64() * 4.0 + 1e-12
        };
        assert!(width <= noise * most, "{m} {n} {batch} {width} {most}");
    }

    #[test]
    fn shapes_of_all_proportions_agree_with_the_matrix() {
        for (m, n, batch) in
            [(1, 1, 1), (5, 1, 3), (1, 5, 3), (3, 4, 9), (40, 3, 5), (50, 60, 8), (7, 7, 7), (64, 64, 2)]
        {
            check::<f64>(m, n, batch, 3);
            check::<f32>(m, n, batch, 4);
        }
    }

    #[test]
    fn outer_products_that_cancel_may_be_zero() {
        // h_1 = h_2, δ_2 = −δ_1.
        let left = DMatrix::from_row_slice(2, 2, &[3.0, -3.0, 4.0, -4.0]);
        let right = DMatrix::from_row_slice(3, 2, &[1.0, 1.0, 2.0, 2.0, 2.0, 2.0]);
        let norms = Norms::of_outer_products(1.0, &left, &right).unwrap();
        let spectral = norms.spectral().to_enclosure();
        assert!(spectral.contains(0.0) && spectral.hi() < 1e-10);
        assert!(norms.stable_rank().unwrap_err().is_undefined_for_zero());
    }

    #[test]
    fn zero_factors_have_norm_zero_and_powers_of_two_change_no_digit() {
        let zero = DMatrix::<f64>::zeros(3, 2);
        let norms = Norms::of_outer_products(1.0, &zero, &zero).unwrap();
        assert!(norms.spectral().to_enclosure().hi() == 0.0);
        let mut stream = Stream::new(1, "outer products", 1);
        let (left, right): (DMatrix<f64>, DMatrix<f64>) =
            (random(&mut stream, 9, 3), random(&mut stream, 6, 3));
        let norms = Norms::of_outer_products(1.0, &left, &right).unwrap();
        let tiny = left.map(|x| x.scale_exp2(-600));
        let scaled = Norms::of_outer_products(1.0, &tiny, &right.map(|x| x.scale_exp2(-500))).unwrap();
        assert_eq!(scaled.spectral().scale_exp2(1100), norms.spectral());
    }

    #[test]
    fn entries_that_are_not_finite_are_refused() {
        let (mut left, right) = (DMatrix::repeat(3, 2, 1.0), DMatrix::repeat(4, 2, 1.0));
        assert!(Norms::of_outer_products(f64::NAN, &left, &right).unwrap_err().is_not_finite());
        assert!(Norms::of_outer_products(1.0, &left, &DMatrix::repeat(4, 3, 1.0)).unwrap_err().is_shape());
        left[(2, 1)] = f64::INFINITY;
        assert!(Norms::of_outer_products(1.0, &left, &right).unwrap_err().is_not_finite());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn norms_by_factors_are_those_of_the_matrix(
            m in 1..24_usize, n in 1..24_usize, batch in 1..12_usize, seed in any::<u64>(),
        ) {
            check::<f64>(m, n, batch, seed);
            check::<f32>(m, n, batch, seed);
        }
    }
}
