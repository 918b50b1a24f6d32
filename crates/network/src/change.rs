// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a step changed: features before and after, and the three parts of a layer's change.
//!
//! `(W + ΔW)(h + Δh) − Wh = WΔh + ΔWh + ΔWΔh` (`spectral.update-decomposition`): what the layers below did, what the layer's
//! own update did to the old features, and what both did together.

use nalgebra::{DMatrix, Dim, Matrix, RawStorage};
use widthwise_linalg::{KernelError, frobenius_norm_enclosure};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use crate::pass::Entering;
use crate::product::{Factor, Packing, multiply};
use crate::{Network, NetworkError, Parameters, Pass};

/// Encloses the root mean square `‖A‖_F/√(mn)` of all entries: of a vector, a matrix, or the features of a batch.
///
/// A few `u` wide; about `30mn` operations.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite, or there is none.
///
/// # Examples
///
/// ```
/// use nalgebra::vector;
/// use widthwise_network::root_mean_square;
/// let rms = root_mean_square(&vector![1.0, -7.0])?.to_enclosure();
/// assert!(rms.contains(5.0) && rms.width() < 1e-14);
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
pub fn root_mean_square<T, R, C, S>(a: &Matrix<T, R, C, S>) -> Result<ScaledEnclosure<T>, NetworkError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    if a.is_empty() {
        return Err(KernelError::undefined_for_zero("number of entries").into());
    }
    let root = ScaledEnclosure::count(a.len()).square_root().unwrap_or_else(ScaledEnclosure::one);
    Ok(frobenius_norm_enclosure(a)? / root)
}

/// Encloses the root mean square of the exact difference of two arrays of stored numbers: the change of features.
///
/// The difference of two numbers is rounded once, relatively, so the enclosure is `2u` wider than that of
/// [`root_mean_square`]. Allocates the difference.
///
/// # Errors
///
/// Fails if the shapes differ, there is no entry, or an entry or a difference is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::dmatrix;
/// use widthwise_network::change_root_mean_square;
/// let change = change_root_mean_square(&dmatrix![1.0; 5.0], &dmatrix![4.0; 1.0])?;
/// assert!(change.to_enclosure().contains(12.5_f64.sqrt()));
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
pub fn change_root_mean_square<T: Scalar>(
    before: &DMatrix<T>,
    after: &DMatrix<T>,
) -> Result<ScaledEnclosure<T>, NetworkError> {
    let norm = root_mean_square(&difference(before, after)?)?;
    // fl(x − y) = (x − y)(1 + ε) with |ε| ≤ u and no error of underflow, so the norm is within a factor 1 ± u.
    let u = T::UNIT_ROUNDOFF;
    let factor = Enclosure::from_bounds(T::one() - (u + u), T::one() + (u + u));
    Ok(norm * ScaledEnclosure::from(factor))
}

/// `after − before`, one rounding an entry.
fn difference<T: Scalar>(before: &DMatrix<T>, after: &DMatrix<T>) -> Result<DMatrix<T>, NetworkError> {
    NetworkError::require("rows of the features after", before.nrows(), after.nrows())?;
    NetworkError::require("columns of the features after", before.ncols(), after.ncols())?;
    Ok(DMatrix::from_fn(before.nrows(), before.ncols(), |i, j| after[(i, j)] - before[(i, j)]))
}

/// The parts of the change of `α W h` in one layer, `n_ℓ × B` each.
///
/// # Examples
///
/// `W = 0`, `ΔW = 1`, `h = 0`, `Δh = 1`: only the part of second order is not zero.
///
/// ```
/// use nalgebra::dmatrix;
/// use widthwise_network::{Activation, ChangeDecomposition, Input, Network, Parameters, Pass};
///
/// let network = Network::new(&[1, 1], Activation::Identity)?;
/// let mut update = Parameters::zeros_like(&network);
/// update.layers_mut()[0].weights[0] = 1.0;
/// let (mut before, mut after) = (Pass::new(&network, 1)?, Pass::new(&network, 1)?);
/// before.forward(&network, Input::Dense(&dmatrix![0.0]))?;
/// after.forward(&network, Input::Dense(&dmatrix![1.0]))?;
///
/// let change = ChangeDecomposition::new(&network, &update, &before, &after, 0)?;
/// assert_eq!((change.from_features[0], change.from_update[0], change.from_both[0]), (0.0, 0.0, 1.0));
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeDecomposition<T> {
    /// `α W Δh`.
    pub from_features: DMatrix<T>,
    /// `α ΔW h`.
    pub from_update: DMatrix<T>,
    /// `α ΔW Δh`.
    pub from_both: DMatrix<T>,
}

impl<T: Scalar> ChangeDecomposition<T> {
    /// Computes the parts for a layer: `network` as it was before the update, and a pass of one batch before it and one
    /// after.
    ///
    /// `Δh` is rounded once, and each part as a product of the crate. Componentwise the sum of the parts differs from the
    /// change of `α W h` by at most `γ_{2n+8}|α|[(|W| + |ΔW|)(|h| + |Δh|) + |W||h|]`, `n` the fan-in.
    ///
    /// # Errors
    ///
    /// Fails if shapes do not fit, a pass was not run forward or has a one-hot input (then `Δh` is zero, and the change is
    /// a column of `ΔW`), or there is no such layer.
    pub fn new(
        network: &Network<T>,
        update: &Parameters<T>,
        before: &Pass<T>,
        after: &Pass<T>,
        layer: usize,
    ) -> Result<Self, NetworkError> {
        let limit = network.layers().len();
        let own = network.layers().get(layer).ok_or(NetworkError::index("layer", limit, layer))?;
        update.require_shape_of(network)?;
        for pass in [before, after] {
            pass.require_shape_of(network)?;
            pass.require_forward()?;
        }
        let (Entering::Vectors(h), Entering::Vectors(after)) =
            (before.entering(layer), after.entering(layer))
        else {
            return Err(NetworkError::missing("a dense input"));
        };
        let change = difference(h, after)?;
        let mut packing = Packing::new();
        let mut part = |weights: &DMatrix<T>, h: &DMatrix<T>| {
            let mut out = DMatrix::repeat(weights.nrows(), h.ncols(), T::zero());
            let multiplier = network.multipliers()[layer];
            multiply(multiplier, Factor::Plain(weights), Factor::Plain(h), &mut out, &mut packing);
            out
        };
        let update = &update.layers()[layer].weights;
        Ok(Self {
            from_features: part(&own.weights, &change),
            from_update: part(update, h),
            from_both: part(update, &change),
        })
    }
}
