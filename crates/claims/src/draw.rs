// SPDX-License-Identifier: MIT OR Apache-2.0

//! How the arrays of an instance are drawn: what several claims need in the same way.
//!
//! Most claims are homogeneous in each of their arrays, so each array is drawn from any family at any magnitude. Where arrays are added, they share
//! a magnitude: else the smaller one would vanish in most instances. Hypotheses (orthogonality) are met by construction.

use widthwise_linalg::KernelError;
use widthwise_rounding::Scalar;
use widthwise_sampling::{
    Families, Instance, Magnitude, MatrixFamily, Stream, VectorFamily, fill_instance, fill_matrix,
    fill_vector,
};

use crate::{Refusal, Scratch};

/// Draws every array of the instance from every family, at a magnitude of its own.
pub(crate) fn draw_all<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    fill_instance(stream, &Families::ALL, instance, scratch.rest()).map_err(short_workspace)
}

/// Draws the matrices at the positions given from any family, at one magnitude.
pub(crate) fn draw_matrices_alike<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    positions: &[usize],
    scratch: &mut Scratch<'_, T>,
) -> Result<(), Refusal> {
    let magnitude = Magnitude::draw(stream);
    for &position in positions {
        let family = MatrixFamily::draw(stream);
        let mut a = instance.part_mut(position);
        fill_matrix(stream, family, &mut a, scratch.rest()).map_err(short_workspace)?;
        magnitude.apply(&mut a);
    }
    Ok(())
}

/// Draws the vectors at the positions given from the families that need no matrix, at one magnitude.
pub(crate) fn draw_vectors_alike<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    positions: &[usize],
    scratch: &mut Scratch<'_, T>,
) -> Result<(), Refusal> {
    const FAMILIES: Families<'static> = Families {
        vectors: &[
            VectorFamily::Zero,
            VectorFamily::Coordinate,
            VectorFamily::Graded,
            VectorFamily::Ones,
            VectorFamily::Gaussian,
        ],
        ..Families::ALL
    };
    let magnitude = Magnitude::draw(stream);
    for &position in positions {
        let family = FAMILIES.draw_vector(stream);
        let mut x = instance.part_mut(position);
        let none = None::<&nalgebra::DMatrixView<'_, T>>;
        fill_vector(stream, family, none, &mut x, scratch.rest()).map_err(short_workspace)?;
        magnitude.apply(&mut x);
    }
    Ok(())
}

/// Draws the matrix at the position given semi-orthogonal, up to rounding.
pub(crate) fn draw_semi_orthogonal<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    position: usize,
    scratch: &mut Scratch<'_, T>,
) -> Result<(), Refusal> {
    let mut q = instance.part_mut(position);
    fill_matrix(stream, MatrixFamily::SemiOrthogonal, &mut q, scratch.rest()).map_err(short_workspace)
}

/// Draws the number of rows of an isometry with `columns` columns: as many or up to three more.
///
/// The defect of an isometry costs the cube of its columns: above 64 there is one row, and the parts about it are left out.
pub(crate) fn isometry_rows(stream: &mut Stream, columns: usize) -> usize {
    let extra = stream.below(4) as usize;
    if columns <= 64 { columns + extra } else { 1 }
}

/// Draws one number: Gaussian, at any magnitude.
pub(crate) fn draw_scalar<T: Scalar>(stream: &mut Stream, instance: &mut Instance<'_, T>, position: usize) {
    let value = T::from_f64(stream.normal());
    let mut scalar = instance.part_mut(position);
    scalar.fill(value);
    Magnitude::draw(stream).apply(&mut scalar);
}

/// The shapes fit by construction and every matrix drawn is finite: a draw fails only for want of workspace.
fn short_workspace(_: KernelError) -> Refusal {
    Refusal::Memory
}
