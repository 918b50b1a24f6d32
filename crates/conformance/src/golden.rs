// SPDX-License-Identifier: MIT OR Apache-2.0

//! Matrices whose largest singular value is known to 45 digits, and the functions that must enclose it.
//!
//! The table is `crates/spectral/tests/golden-spectral-norms.json`; the build script writes it as constants. A matrix is in the table
//! of binary32 if its entries are numbers of that format.

use nalgebra::{DMatrixView, SMatrix};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{
    Effort, KernelError, SpectralNorm, large_workspace_len, spectral_norm, spectral_norm_batch,
    spectral_norm_bounds, spectral_norm_bounds_in, spectral_norm_compact, spectral_norm_in,
    spectral_norm_large_in, workspace_len,
};

use crate::{Digest, Format};

/// A matrix with its largest singular value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GoldenMatrix<T: 'static> {
    pub(crate) name: &'static str,
    rows: usize,
    columns: usize,
    /// The greatest number of the format that is not above the singular value.
    below: T,
    /// The least number of the format that is not below it; infinite if it is beyond the format.
    above: T,
    /// Column by column.
    entries: &'static [T],
}

/// The table in both formats.
mod table {
    #![allow(clippy::excessive_precision, reason = "the shortest text that reads back may have nine digits")]

    use super::GoldenMatrix;

    include!(concat!(env!("OUT_DIR"), "/golden.rs"));
}

pub(crate) static F32: &[GoldenMatrix<f32>] = table::F32;
pub(crate) static F64: &[GoldenMatrix<f64>] = table::F64;

/// Steps of the bounds that are refined by products with the matrix.
const STEPS: usize = 8;

/// Numbers of the workspace for large matrices: what 32 × 32 takes, and some more.
pub(crate) const LARGE_WORKSPACE: usize = 6144;

/// A function that encloses the spectral norm.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Enclosing {
    /// Sums of entries.
    Bounds,
    /// Sums of entries, refined by products.
    RefinedBounds,
    /// A workspace of the caller's.
    InWorkspace,
    /// A shape that the compiler knows.
    Fixed,
    /// The same, in little code.
    Compact,
    /// A batch.
    Batch,
    /// The method for large matrices.
    Large,
}

impl Enclosing {
    /// Every function, the coarse ones first.
    pub(crate) const ALL: [Self; 7] = [
        Self::Bounds,
        Self::RefinedBounds,
        Self::InWorkspace,
        Self::Fixed,
        Self::Compact,
        Self::Batch,
        Self::Large,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bounds => "golden.spectral-norm-bounds",
            Self::RefinedBounds => "golden.spectral-norm-bounds-in",
            Self::InWorkspace => "golden.spectral-norm-in",
            Self::Fixed => "golden.spectral-norm",
            Self::Compact => "golden.spectral-norm-compact",
            Self::Batch => "golden.spectral-norm-batch",
            Self::Large => "golden.spectral-norm-large-in",
        }
    }

    /// Whether the function takes a matrix of this shape here. Fixed shapes are compiled for the squares of the table that are small.
    pub(crate) fn takes<T>(self, matrix: &GoldenMatrix<T>) -> bool {
        match self {
            Self::Fixed | Self::Compact | Self::Batch => {
                matches!((matrix.rows, matrix.columns), (3, 3) | (4, 4) | (8, 8))
            }
            _ => true,
        }
    }

    /// How wide the enclosure may be, in units of `u`, relatively: what the functions document, twice.
    fn widest(self, short: f64) -> Option<f64> {
        match self {
            Self::Bounds | Self::RefinedBounds => None,
            _ => Some(2.0 * short * short + 30.0),
        }
    }
}

impl<T: Format> GoldenMatrix<T> {
    /// Encloses the spectral norm and adds the bits to the digest; whether the enclosure contains the norm and is narrow.
    pub(crate) fn enclose(&self, function: Enclosing, memory: &mut [T], digest: &mut Digest) -> bool {
        let Ok(norm) = self.norm(function, memory) else {
            return false;
        };
        digest.add_enclosure(&norm);
        self.is_enclosed_by(&norm, function)
    }

    fn is_enclosed_by(&self, norm: &ScaledEnclosure<T>, function: Enclosing) -> bool {
        let plain = norm.to_enclosure();
        let short = if self.rows < self.columns { self.rows } else { self.columns };
        let narrow = function.widest(f64::from_count(short)).is_none_or(|widest| {
            norm.significand().relative_width().to_f64() <= widest * T::UNIT_ROUNDOFF.to_f64()
        });
        plain.lo() <= self.below && self.above <= plain.hi() && narrow
    }

    fn norm(&self, function: Enclosing, memory: &mut [T]) -> Result<ScaledEnclosure<T>, KernelError> {
        let (rows, columns) = (self.rows, self.columns);
        let a = DMatrixView::from_slice(self.entries, rows, columns);
        match function {
            Enclosing::Bounds => spectral_norm_bounds(&a),
            Enclosing::RefinedBounds => spectral_norm_bounds_in(&a, STEPS, memory),
            Enclosing::InWorkspace => {
                let needed = workspace_len(rows, columns);
                let length = if needed < memory.len() { needed } else { memory.len() };
                spectral_norm_in(&a, &mut memory[..length]).map(|norm| norm.scaled())
            }
            Enclosing::Fixed => match rows {
                3 => spectral_norm(&fixed::<T, 3>(self.entries)),
                4 => spectral_norm(&fixed::<T, 4>(self.entries)),
                _ => spectral_norm(&fixed::<T, 8>(self.entries)),
            }
            .map(|norm| norm.scaled()),
            Enclosing::Compact => match rows {
                3 => spectral_norm_compact(&fixed::<T, 3>(self.entries)),
                4 => spectral_norm_compact(&fixed::<T, 4>(self.entries)),
                _ => spectral_norm_compact(&fixed::<T, 8>(self.entries)),
            }
            .map(|norm| norm.scaled()),
            Enclosing::Batch => match rows {
                3 => of_a_batch(fixed::<T, 3>(self.entries)),
                4 => of_a_batch(fixed::<T, 4>(self.entries)),
                _ => of_a_batch(fixed::<T, 8>(self.entries)),
            },
            Enclosing::Large => large(&a),
        }
    }
}

fn fixed<T: Format, const N: usize>(entries: &[T]) -> SMatrix<T, N, N> {
    SMatrix::from_iterator(entries.iter().copied())
}

/// The norm of a matrix among others, which must not matter.
pub(crate) fn of_a_batch<T: Format, const M: usize, const N: usize>(
    a: SMatrix<T, M, N>,
) -> Result<ScaledEnclosure<T>, KernelError> {
    let matrices = [SMatrix::repeat(T::one()), a, SMatrix::zeros()];
    let mut norms = [Ok(SpectralNorm::zero()); 3];
    spectral_norm_batch(&matrices, &mut norms)?;
    norms[1].map(|norm| norm.scaled())
}

/// The norm by the method for large matrices, whose workspace is binary64 in both formats.
#[inline(never)]
pub(crate) fn large<T: Format>(a: &DMatrixView<'_, T>) -> Result<ScaledEnclosure<T>, KernelError> {
    let mut work = [0.0; LARGE_WORKSPACE];
    let needed = large_workspace_len(a.nrows(), a.ncols());
    let work = work.get_mut(..needed).ok_or(KernelError::shape("workspace", needed, LARGE_WORKSPACE))?;
    spectral_norm_large_in(a, Effort::Standard, work).map(|norm| norm.scaled())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<T: Copy>(table: &[GoldenMatrix<T>], name: &str) -> GoldenMatrix<T> {
        *table.iter().find(|matrix| matrix.name == name).unwrap()
    }

    #[test]
    fn the_tables_hold_every_matrix_and_those_of_single_numbers() {
        assert_eq!((F64.len(), F32.len()), (41, 13));
        for matrix in F32 {
            let wide = named(F64, matrix.name);
            assert!(matrix.entries.iter().zip(wide.entries).all(|(&a, &b)| f64::from(a) == b));
            assert!(f64::from(matrix.below) <= wide.below && wide.above <= f64::from(matrix.above));
        }
    }

    #[test]
    fn a_singular_value_lies_between_neighbours() {
        for matrix in F64 {
            assert!(
                matrix.above == matrix.below || matrix.above == matrix.below.next_up(),
                "{}",
                matrix.name
            );
        }
        let hilbert = named(F64, "hilbert4");
        assert_eq!((hilbert.below, hilbert.above), (1.500_214_280_059_242_6, 1.500_214_280_059_242_8));
        let exact = named(F64, "hadamard16");
        assert_eq!((exact.below, exact.above), (4.0, 4.0));
        let beyond = named(F64, "max4");
        assert_eq!((beyond.below, beyond.above), (f64::MAX, f64::INFINITY));
        let least = named(F64, "subn3");
        assert_eq!((least.below, least.above), (f64::from_bits(4), f64::from_bits(5)));
    }

    #[test]
    fn an_enclosure_that_misses_the_norm_or_is_wide_is_refused() {
        let mut memory = [0.0; crate::MEMORY];
        let mut encloses =
            |matrix: &GoldenMatrix<f64>, function| matrix.enclose(function, &mut memory, &mut Digest::new());
        let golden = named(F64, "hilbert4");
        assert!(Enclosing::ALL.iter().all(|&function| encloses(&golden, function)));
        // A table that is wrong by 10⁻¹⁴ must fail all but the sums of entries, which are wider than that.
        let wrong = GoldenMatrix { above: golden.above * (1.0 + 1e-14), ..golden };
        let caught = Enclosing::ALL.iter().filter(|&&function| !encloses(&wrong, function)).count();
        assert_eq!(caught, Enclosing::ALL.len() - 1);
        let norm = spectral_norm_bounds(&DMatrixView::from_slice(golden.entries, 4, 4)).unwrap();
        assert!(!golden.is_enclosed_by(&norm, Enclosing::InWorkspace), "too wide for the function");
    }
}
