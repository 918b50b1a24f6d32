// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels on which the claims rest, each run so that its bits can be compared between targets.
//!
//! A claim that differs between two targets says little about the cause; these digests say which kernel to look at, in the
//! order of dependence: draws first, the spectral norm last.

use nalgebra::allocator::Allocator;
use nalgebra::{
    DMatrixView, DVectorView, DefaultAllocator, Dim, DimMin, DimName, Matrix, OMatrix, OVector, RawStorage,
    U3, U4, U5,
};
use widthwise_linalg::{
    dot, dot_enclosure, frobenius_norm_enclosure, gram, matvec, matvec_norm_enclosure,
    max_column_norm_enclosure, max_column_sum_enclosure, max_row_norm_enclosure, max_row_sum_enclosure,
    singular_values, two_norm_enclosure,
};
use widthwise_rounding::Scalar;
use widthwise_sampling::{Magnitude, MatrixFamily, Stream, VectorFamily, fill_matrix, fill_vector};
use widthwise_spectral::{spectral_norm, spectral_norm_in, workspace_len};

use crate::{Digest, Refusal, Scratch};

/// The shape at each index. Small ones are where compilers unroll and vectorise.
pub(crate) const SHAPES: [(usize, usize); 8] =
    [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (3, 5), (5, 2), (17, 4)];

/// Sweeps after which Jacobi's rotations stop.
const SWEEPS: usize = 30;

/// A kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kernel {
    Draws,
    Dot,
    Matvec,
    Gram,
    Norms,
    SingularValues,
    SpectralNorm,
}

impl Kernel {
    /// Every kernel, each after those it uses.
    pub(crate) const ALL: [Self; 7] = [
        Self::Draws,
        Self::Dot,
        Self::Matvec,
        Self::Gram,
        Self::Norms,
        Self::SingularValues,
        Self::SpectralNorm,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draws => "kernel.draws",
            Self::Dot => "kernel.dot",
            Self::Matvec => "kernel.matvec",
            Self::Gram => "kernel.gram",
            Self::Norms => "kernel.norms",
            Self::SingularValues => "kernel.singular-values",
            Self::SpectralNorm => "kernel.spectral-norm",
        }
    }
}

/// Adds the results of a kernel on a matrix of each family to the digest.
///
/// All kernels see the same matrices `A` and vectors `x`.
pub(crate) fn hash_kernel<T: Scalar>(
    kernel: Kernel,
    seed: u64,
    index: u64,
    (rows, columns): (usize, usize),
    memory: &mut [T],
    digest: &mut Digest,
) -> Result<(), Refusal> {
    let mut stream = Stream::new(seed, "kernel", index);
    for family in MatrixFamily::ALL {
        let mut scratch = Scratch::new(memory);
        let mut a = scratch.matrix(rows, columns)?;
        let mut x = scratch.vector(columns)?;
        fill_matrix(&mut stream, family, &mut a, scratch.rest())?;
        Magnitude::draw(&mut stream).apply(&mut a);
        let family = VectorFamily::draw(&mut stream);
        fill_vector(&mut stream, family, Some(&a), &mut x, scratch.rest())?;
        let (a, x): (DMatrixView<'_, T>, DVectorView<'_, T>) = (a.as_view(), x.as_view());
        hash_matrix(kernel, &a, &x, scratch.frame(), digest)?;
        // The same entries again in a matrix whose shape the compiler knows.
        match a.shape() {
            (3, 3) => hash_fixed::<T, U3>(kernel, &a, &x, scratch, digest)?,
            (4, 4) => hash_fixed::<T, U4>(kernel, &a, &x, scratch, digest)?,
            (5, 5) => hash_fixed::<T, U5>(kernel, &a, &x, scratch, digest)?,
            _ => {}
        }
    }
    Ok(())
}

fn hash_fixed<T: Scalar, D: DimName + DimMin<D, Output = D>>(
    kernel: Kernel,
    a: &DMatrixView<'_, T>,
    x: &DVectorView<'_, T>,
    scratch: Scratch<'_, T>,
    digest: &mut Digest,
) -> Result<(), Refusal>
where
    DefaultAllocator: Allocator<D> + Allocator<D, D>,
{
    let mut a = OMatrix::<T, D, D>::from_iterator(a.iter().copied());
    hash_matrix(kernel, &a, x, scratch, digest)?;
    // Where there is a result or workspace in memory, that of fixed size as well.
    match kernel {
        Kernel::Gram => {
            let mut g = OMatrix::<T, D, D>::zeros();
            gram(&a, &mut g)?;
            add_all(digest, g.iter());
        }
        Kernel::SingularValues => {
            let mut values = OVector::<T, D>::zeros();
            singular_values(&mut a, &mut values, SWEEPS)?;
            add_all(digest, values.iter());
        }
        Kernel::SpectralNorm => digest.add_enclosure(&spectral_norm(&a)?.scaled()),
        Kernel::Draws | Kernel::Dot | Kernel::Matvec | Kernel::Norms => {}
    }
    Ok(())
}

fn hash_matrix<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    kernel: Kernel,
    a: &Matrix<T, R, C, S>,
    x: &DVectorView<'_, T>,
    mut scratch: Scratch<'_, T>,
    digest: &mut Digest,
) -> Result<(), Refusal> {
    let (rows, columns) = a.shape();
    match kernel {
        Kernel::Draws => {
            add_all(digest, a.iter());
            add_all(digest, x.iter());
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
            add_all(digest, image.iter());
            digest.add_enclosure(&matvec_norm_enclosure(a, x)?);
        }
        Kernel::Gram => {
            let mut g = scratch.matrix(columns, columns)?;
            gram(a, &mut g)?;
            add_all(digest, g.iter());
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
            for (to, &from) in rotated.iter_mut().zip(a.iter()) {
                *to = from;
            }
            let mut values = scratch.vector(rows.min(columns))?;
            singular_values(&mut rotated, &mut values, SWEEPS)?;
            add_all(digest, values.iter());
            add_all(digest, rotated.iter());
        }
        Kernel::SpectralNorm => {
            let work = scratch.take(workspace_len(rows, columns))?;
            digest.add_enclosure(&spectral_norm_in(a, work)?.scaled());
        }
    }
    Ok(())
}

fn add_all<'a, T: Scalar>(digest: &mut Digest, values: impl Iterator<Item = &'a T>) {
    for &value in values {
        digest.add_scalar(value);
    }
}
