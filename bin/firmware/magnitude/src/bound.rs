// SPDX-License-Identifier: MIT OR Apache-2.0

//! A bound of the Lipschitz constant of a network whose activation has slopes between −1 and 1: the product of the spectral norms of its layers.
//!
//! Every step from the integers in flash to the bound is exact or rounded upward. A weight is `scale · q` for an integer `q` of
//! eight bits, and `‖scale · Q‖ = scale · ‖Q‖`: the matrix whose norm is enclosed is that of the integers, which are numbers of
//! binary32, so no weight is rounded, whatever the scale.

use nalgebra::SMatrix;
use widthwise_rounding::directed::mul_up;
use widthwise_spectral::{KernelError, spectral_norm_compact};

/// Inputs and outputs that a layer may have.
pub const WIDEST: usize = 8;

/// The weights of a layer: `scale · q`, with `q` row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer<'a> {
    /// Rows.
    pub outputs: usize,
    /// Columns.
    pub inputs: usize,
    /// The factor of every weight: a number that is positive.
    pub scale: f32,
    /// The integers, row by row.
    pub weights: &'a [i8],
}

impl Layer<'_> {
    /// An upper bound of the spectral norm of the layer, a few units of roundoff above it; infinite if it may exceed the largest number.
    ///
    /// One size serves every layer, so the code is there once: a matrix that is filled up with zeros has the same norm.
    ///
    /// # Errors
    ///
    /// Fails if a side is longer than [`WIDEST`], or if there are not as many weights as the sides say.
    pub fn norm_bound(&self) -> Result<f32, KernelError> {
        let Self { outputs, inputs, scale, weights } = *self;
        for side in [outputs, inputs] {
            if side > WIDEST {
                return Err(KernelError::shape("side of a layer, at most", WIDEST, side));
            }
        }
        if weights.len() != outputs * inputs {
            return Err(KernelError::shape("weights of a layer", outputs * inputs, weights.len()));
        }
        // A row becomes a column: the norm of the transpose is the same.
        let mut integers = SMatrix::<f32, WIDEST, WIDEST>::zeros();
        let mut weights = weights.iter();
        for mut column in integers.column_iter_mut().take(outputs) {
            for (entry, &weight) in column.iter_mut().take(inputs).zip(&mut weights) {
                *entry = f32::from(weight);
            }
        }
        Ok(mul_up(scale, spectral_norm_compact(&integers)?.enclosure().hi()))
    }
}

/// An upper bound of the Lipschitz constant of a network of these layers, in the Euclidean norm.
///
/// Not a number if a scale is; a caller that asks whether the bound is at most a limit gets the answer no then.
///
/// # Errors
///
/// Fails if a layer is too large, or its shape and its weights disagree.
///
/// # Examples
///
/// ```
/// use magnitude::{Layer, lipschitz_bound};
///
/// let layer = Layer { outputs: 1, inputs: 2, scale: 0.1, weights: &[3, 4] };
/// let bound = lipschitz_bound(&[layer])?;
/// assert!(0.5 <= bound && bound < 0.500001);
/// # Ok::<(), widthwise_spectral::KernelError>(())
/// ```
pub fn lipschitz_bound(layers: &[Layer<'_>]) -> Result<f32, KernelError> {
    let mut bound = 1.0;
    for layer in layers {
        bound = mul_up(bound, layer.norm_bound()?);
    }
    Ok(bound)
}

/// A bound in thousandths, rounded upward; `u32::MAX` if it is larger or not a number.
///
/// ```
/// use magnitude::thousandths;
/// assert_eq!([thousandths(2.0), thousandths(2.000_1)], [2001, 2001]);
/// assert_eq!(thousandths(f32::NAN), u32::MAX);
/// ```
#[must_use]
pub fn thousandths(bound: f32) -> u32 {
    let scaled = mul_up(bound, 1000.0);
    if scaled.is_nan() {
        return u32::MAX;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what does not fit becomes the end of the range"
    )]
    let whole = scaled as u32;
    // Exact: below 2²⁴ every integer is a number, and above there are no fractions.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    let rounded = whole as f32;
    if rounded < scaled { whole.saturating_add(1) } else { whole }
}
