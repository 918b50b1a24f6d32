// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Gram matrix `G = AᵀA`.
//!
//! One triangle is computed and mirrored, so the result is symmetric to the bit. Each entry is summed in a local
//! scalar and stored twice: a form that was filled in memory, mirrored and summed again is what some compilers get
//! wrong (see the README of the workspace, "Compilers").

use nalgebra::{Dim, Matrix, RawStorage, RawStorageMut};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::dot::{scaled_dot, sequential_dot};
use crate::{KernelError, Scaling};

/// Computes `G = AᵀA` into `out`: `g_ij = Σ_k a_ki · a_kj`, `k` ascending, in one scalar; `g_ji` is its copy.
///
/// The error is at most `γ_m |A|ᵀ|A| + mω` entrywise, and in the 2-norm at most `γ_m ‖A‖_F² + mnω` (lemma L3).
/// `mn(n + 1)` operations.
///
/// # Errors
///
/// Fails if `out` is not `n × n`.
///
/// # Proof
///
/// `proofs/theories/link/Gram.v`, theorems `gram_error`, `gram_error_frob` and `gram_error_schur`: the bound holds if the result is finite.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix2, matrix};
/// let mut g = Matrix2::zeros();
/// widthwise_linalg::gram(&matrix![1.0, 2.0; 3.0, 4.0; 0.0, 1.0], &mut g)?;
/// assert_eq!(g, matrix![10.0, 14.0; 14.0, 21.0]);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn gram<T, R, C, D, E, S1, S2>(
    a: &Matrix<T, R, C, S1>,
    out: &mut Matrix<T, D, E, S2>,
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorageMut<T, D, E>,
{
    KernelError::require("rows of the result", a.ncols(), out.nrows())?;
    KernelError::require("columns of the result", a.ncols(), out.ncols())?;
    for (j, right) in a.column_iter().enumerate() {
        for (i, left) in a.column_iter().take(j + 1).enumerate() {
            let entry = sequential_dot(&left, &right);
            store_mirrored(out, i, j, entry);
        }
    }
    Ok(())
}

/// Encloses every entry of the exact Gram matrix `AᵀA` into `out`.
///
/// Each entry as by [`dot_enclosure`](crate::dot_enclosure), every column under its own scaling, so that a small column
/// is as accurate as a large one. About `18mn(n + 1)` operations.
///
/// # Errors
///
/// Fails if `out` is not `n × n` or an entry is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix2, matrix};
/// use widthwise_rounding::ScaledEnclosure;
/// let mut g = Matrix2::from_element(ScaledEnclosure::zero());
/// widthwise_linalg::gram_enclosure(&matrix![1e200, 0.0; 0.0, 2.0], &mut g)?;
/// assert_eq!(g[(1, 1)], ScaledEnclosure::count(4));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn gram_enclosure<T, R, C, D, E, S1, S2>(
    a: &Matrix<T, R, C, S1>,
    out: &mut Matrix<ScaledEnclosure<T>, D, E, S2>,
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorageMut<ScaledEnclosure<T>, D, E>,
{
    KernelError::require("rows of the result", a.ncols(), out.nrows())?;
    KernelError::require("columns of the result", a.ncols(), out.ncols())?;
    // The first entry that is not finite is reported by its place in the matrix, not in its column.
    Scaling::of(a)?;
    for (j, right) in a.column_iter().enumerate() {
        let scale_right = Scaling::of(&right)?;
        for (i, left) in a.column_iter().take(j + 1).enumerate() {
            let scale_left = Scaling::of(&left)?;
            let entry = scaled_dot(left.iter(), &scale_left, right.iter(), &scale_right);
            store_mirrored(out, i, j, entry);
        }
    }
    Ok(())
}

/// Stores an entry and its mirror image, which are there: an index would keep its panic in firmware.
#[inline]
fn store_mirrored<E: Copy, R: Dim, C: Dim, S: RawStorageMut<E, R, C>>(
    out: &mut Matrix<E, R, C, S>,
    i: usize,
    j: usize,
    entry: E,
) {
    for place in [(i, j), (j, i)] {
        if let Some(stored) = out.get_mut(place) {
            *stored = entry;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, Matrix2, matrix};
    use proptest::prelude::*;

    #[test]
    fn result_must_be_square_of_the_columns() {
        let a = DMatrix::<f64>::zeros(4, 2);
        assert!(gram(&a, &mut DMatrix::zeros(4, 4)).is_err());
        assert!(gram(&a, &mut DMatrix::zeros(2, 3)).is_err());
        assert!(gram(&a, &mut DMatrix::zeros(2, 2)).is_ok());
        let nan = matrix![f64::NAN, 1.0; 1.0, 1.0];
        assert!(gram_enclosure(&nan, &mut Matrix2::from_element(ScaledEnclosure::zero())).is_err());
    }

    proptest! {
        #[test]
        fn error_is_within_lemma_l3(entries in prop::collection::vec(-1.0_f32..1.0, 30)) {
            // In binary64 the products of binary32 numbers are exact and their sums nearly so.
            let a = DMatrix::from_column_slice(6, 5, &entries);
            let mut g = DMatrix::zeros(5, 5);
            gram(&a, &mut g).unwrap();
            let wide = a.map(f64::from);
            let exact = wide.transpose() * &wide;
            let error = (g.map(f64::from) - exact).norm();
            let bound = f64::from(widthwise_rounding::gamma_upper::<f32>(6)) * wide.norm_squared();
            prop_assert!(error <= bound, "{error:e} {bound:e}");
            prop_assert_eq!(&g, &g.transpose());
        }

        #[test]
        fn enclosure_contains_the_plain_result_inflated(entries in prop::collection::vec(-1.0_f64..1.0, 12)) {
            let a = DMatrix::from_column_slice(4, 3, &entries);
            let (mut plain, mut enclosed) = (DMatrix::zeros(3, 3), DMatrix::from_element(3, 3, ScaledEnclosure::zero()));
            gram(&a, &mut plain).unwrap();
            gram_enclosure(&a, &mut enclosed).unwrap();
            for (plain, enclosed) in plain.iter().zip(enclosed.iter()) {
                let e = enclosed.to_enclosure();
                prop_assert!(e.width() <= 1e-15 && (plain - e.midpoint()).abs() <= 4e-15);
            }
        }
    }
}
