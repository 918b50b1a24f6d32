// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels of `widthwise-linalg`: products, norms, reflections, rotations.

use nalgebra::{DMatrixViewMut, DVectorView, Dim, Matrix, RawStorage, SMatrix, SVector};
use widthwise_claims::{Refusal, Scratch};
use widthwise_linalg::{
    dot, dot_enclosure, frobenius_norm_enclosure, gram, gram_enclosure, matvec, matvec_enclosure,
    matvec_norm_enclosure, max_column_norm_enclosure, max_column_sum_enclosure, max_row_norm_enclosure,
    max_row_sum_enclosure, orthogonalize_columns, outer_product, outer_product_enclosure, reflect_columns,
    reflect_rows, singular_values, two_norm_enclosure,
};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use super::{Kernel, add_all};
use crate::Digest;

/// Sweeps after which Jacobi's rotations stop.
const SWEEPS: usize = 30;

/// A kernel on a matrix of any storage, with its results in memory.
pub(super) fn hash_matrix<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    kernel: Kernel,
    a: &Matrix<T, R, C, S>,
    x: &DVectorView<'_, T>,
    mut scratch: Scratch<'_, T>,
    digest: &mut Digest,
) -> Result<(), Refusal> {
    let (rows, columns) = a.shape();
    match kernel {
        Kernel::Draws => {
            add_all(digest, a);
            add_all(digest, x);
        }
        Kernel::Dot => {
            for right in a.column_iter() {
                let left = a.column(0);
                digest.add_scalar(dot(&left, &right)?);
                digest.add_enclosure(&dot_enclosure(&left, &right)?);
            }
        }
        Kernel::Matvec => {
            let mut image = scratch.vector(rows)?;
            matvec(a, x, &mut image)?;
            add_all(digest, &image);
            digest.add_enclosure(&matvec_norm_enclosure(a, x)?);
        }
        Kernel::Gram => {
            let mut g = scratch.matrix(columns, columns)?;
            gram(a, &mut g)?;
            add_all(digest, &g);
        }
        Kernel::OuterProduct => {
            let mut product = scratch.matrix(rows, columns)?;
            outer_product(&a.column(0), x, &mut product)?;
            add_all(digest, &product);
        }
        Kernel::Reflections => {
            let mut reflected = scratch.matrix(rows, columns)?;
            copy(a, &mut reflected);
            reflect_columns(&a.column(0), &mut reflected)?;
            reflect_rows(x, &mut reflected)?;
            add_all(digest, &reflected);
        }
        Kernel::Norms => {
            for norm in [
                frobenius_norm_enclosure(a)?,
                max_column_norm_enclosure(a)?,
                max_row_norm_enclosure(a)?,
                max_column_sum_enclosure(a)?,
                max_row_sum_enclosure(a)?,
                two_norm_enclosure(x)?,
            ] {
                digest.add_enclosure(&norm);
            }
        }
        Kernel::SingularValues => {
            let mut rotated = scratch.matrix(rows, columns)?;
            copy(a, &mut rotated);
            let mut values = scratch.vector(if rows < columns { rows } else { columns })?;
            singular_values(&mut rotated, &mut values, SWEEPS)?;
            add_all(digest, &values);
            add_all(digest, &rotated);
        }
        _ => {}
    }
    Ok(())
}

/// The results that are of fixed size, with the compiler's knowledge of it.
pub(super) fn hash_fixed<T: Scalar, const N: usize>(
    kernel: Kernel,
    a: &SMatrix<T, N, N>,
    x: &DVectorView<'_, T>,
    digest: &mut Digest,
) -> Result<(), Refusal> {
    match kernel {
        Kernel::Matvec => {
            let mut image = SVector::<_, N>::repeat(ScaledEnclosure::zero());
            matvec_enclosure(a, x, &mut image)?;
            image.iter().for_each(|entry| digest.add_enclosure(entry));
        }
        Kernel::Gram => {
            let mut g = SMatrix::<T, N, N>::zeros();
            gram(a, &mut g)?;
            add_all(digest, &g);
            let mut g = SMatrix::<_, N, N>::repeat(ScaledEnclosure::zero());
            gram_enclosure(a, &mut g)?;
            g.iter().for_each(|entry| digest.add_enclosure(entry));
        }
        Kernel::OuterProduct => {
            let mut product = SMatrix::<_, N, N>::repeat(ScaledEnclosure::zero());
            outer_product_enclosure(&a.column(0), x, &mut product)?;
            product.iter().for_each(|entry| digest.add_enclosure(entry));
        }
        Kernel::SingularValues => {
            let (mut rotated, mut values) = (*a, SVector::<T, N>::zeros());
            singular_values(&mut rotated, &mut values, SWEEPS)?;
            add_all(digest, &values);
            let (mut rotated, mut rotations) = (*a, SMatrix::<T, N, N>::identity());
            orthogonalize_columns(&mut rotated, &mut rotations, SWEEPS)?;
            add_all(digest, &rotated);
            add_all(digest, &rotations);
        }
        _ => {}
    }
    Ok(())
}

/// Copies entries column by column.
pub(super) fn copy<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    from: &Matrix<T, R, C, S>,
    to: &mut DMatrixViewMut<'_, T>,
) {
    for (to, &from) in to.iter_mut().zip(from.iter()) {
        *to = from;
    }
}
