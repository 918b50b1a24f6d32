// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels on which the claims rest, and the norms built on them, each run so that its bits can be compared between targets.
//!
//! A claim that differs between two targets says little about the cause; these digests say which kernel to look at, in the
//! order of dependence: draws first, what rests on the spectral norm last.

mod linear_algebra;
mod spectral;

use nalgebra::{Const, DMatrixView, DVectorView, DimMin, SMatrix};
use widthwise_claims::{Refusal, Scratch};
use widthwise_rounding::Scalar;
use widthwise_sampling::{Magnitude, MatrixFamily, Stream, VectorFamily, fill_matrix, fill_vector};

use crate::fingerprint::BLOCK;
use crate::{Digest, Format};

/// The shape at each index. Small ones are where compilers unroll and vectorise.
pub(crate) const SHAPES: [(usize, usize); BLOCK] =
    [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (3, 5), (5, 2), (17, 4)];

/// A kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kernel {
    Draws,
    Dot,
    Matvec,
    Gram,
    OuterProduct,
    Reflections,
    Norms,
    SingularValues,
    SpectralBounds,
    SpectralNorm,
    SpectralNormBatch,
    SpectralNormLarge,
    NormRatios,
    NuclearNorm,
    NewtonSchulz,
    PolarFactor,
    ProbableBound,
}

impl Kernel {
    /// Every kernel, each after those it uses.
    pub(crate) const ALL: [Self; 17] = [
        Self::Draws,
        Self::Dot,
        Self::Matvec,
        Self::Gram,
        Self::OuterProduct,
        Self::Reflections,
        Self::Norms,
        Self::SingularValues,
        Self::SpectralBounds,
        Self::SpectralNorm,
        Self::SpectralNormBatch,
        Self::SpectralNormLarge,
        Self::NormRatios,
        Self::NuclearNorm,
        Self::NewtonSchulz,
        Self::PolarFactor,
        Self::ProbableBound,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draws => "kernel.draws",
            Self::Dot => "kernel.dot",
            Self::Matvec => "kernel.matvec",
            Self::Gram => "kernel.gram",
            Self::OuterProduct => "kernel.outer-product",
            Self::Reflections => "kernel.reflections",
            Self::Norms => "kernel.norms",
            Self::SingularValues => "kernel.singular-values",
            Self::SpectralBounds => "kernel.spectral-bounds",
            Self::SpectralNorm => "kernel.spectral-norm",
            Self::SpectralNormBatch => "kernel.spectral-norm-batch",
            Self::SpectralNormLarge => "kernel.spectral-norm-large",
            Self::NormRatios => "kernel.norm-ratios",
            Self::NuclearNorm => "kernel.nuclear-norm",
            Self::NewtonSchulz => "kernel.newton-schulz",
            Self::PolarFactor => "kernel.polar-factor",
            Self::ProbableBound => "kernel.probable-bound",
        }
    }
}

/// Adds the results of a kernel on a matrix of each family to the digest.
///
/// All kernels see the same matrices `A` and vectors `x`.
pub(crate) fn hash_kernel<T: Format>(
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
        linear_algebra::hash_matrix(kernel, &a, &x, scratch.frame(), digest)?;
        spectral::hash_matrix(kernel, &a, &x, scratch.frame(), digest)?;
        // The same entries again in a matrix whose shape the compiler knows.
        match a.shape() {
            (3, 3) => hash_fixed::<T, 3>(kernel, &a, &x, scratch, digest)?,
            (4, 4) => hash_fixed::<T, 4>(kernel, &a, &x, scratch, digest)?,
            (5, 5) => hash_fixed::<T, 5>(kernel, &a, &x, scratch, digest)?,
            _ => {}
        }
    }
    Ok(())
}

fn hash_fixed<T: Format, const N: usize>(
    kernel: Kernel,
    a: &DMatrixView<'_, T>,
    x: &DVectorView<'_, T>,
    mut scratch: Scratch<'_, T>,
    digest: &mut Digest,
) -> Result<(), Refusal>
where
    Const<N>: DimMin<Const<N>, Output = Const<N>>,
{
    let a = SMatrix::<T, N, N>::from_iterator(a.iter().copied());
    // The workspace is still the caller's …
    linear_algebra::hash_matrix(kernel, &a, x, scratch.frame(), digest)?;
    spectral::hash_matrix(kernel, &a, x, scratch, digest)?;
    // … and where there is a function without one, or a result that may be of fixed size, that as well.
    linear_algebra::hash_fixed(kernel, &a, x, digest)?;
    spectral::hash_fixed(kernel, &a, digest)
}

fn add_all<'a, T: Scalar>(digest: &mut Digest, values: impl IntoIterator<Item = &'a T>) {
    for &value in values {
        digest.add_scalar(value);
    }
}
