// SPDX-License-Identifier: MIT OR Apache-2.0

//! Norms of weights, gradients and updates, enclosed, and the ratios that the theory makes of them.
//!
//! A stored matrix is measured as it stands. A gradient of few examples is a sum of few outer products, and its norm
//! needs neither the matrix nor a singular value decomposition of its size (see [`Norms::of_outer_products`]).

use nalgebra::{DMatrix, Dim, RawStorage, Vector};
use widthwise_linalg::{KernelError, frobenius_norm_enclosure, matvec_norm_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{Effort, spectral_norm, spectral_norm_large};

use crate::outer_products::{Scratch, Workspace};
use crate::pass::Entering;
use crate::{Network, NetworkError, Pass};

/// The smaller dimension up to which the small path of `widthwise-spectral` encloses a norm.
const SMALL: usize = 32;

/// The spectral and the Frobenius norm of a fan-out × fan-in matrix.
///
/// # Examples
///
/// A single-example update `−η δ hᵀ`, by its factors and as a matrix:
///
/// ```
/// use nalgebra::{dmatrix, dvector};
/// use widthwise_network::Norms;
///
/// let factored = Norms::of_outer_products(-0.5, &dmatrix![3.0; 4.0], &dmatrix![1.0; 2.0; 2.0])?;
/// let update = dmatrix![-1.5, -3.0, -3.0; -2.0, -4.0, -4.0];
/// let norms = Norms::of_matrix(&update)?;
/// for norms in [factored, norms] {
///     assert!(norms.spectral().to_enclosure().contains(7.5));
///     assert!(norms.frobenius().to_enclosure().contains(7.5));
///     assert!(norms.stable_rank()?.to_enclosure().contains(1.0));
///     // √(3/2) · 7.5
///     assert!((norms.natural().to_enclosure().midpoint() - 9.185586535_f64).abs() < 1e-8);
/// }
/// // Aligned with the input that made it, not with one that is orthogonal to it.
/// assert!(norms.alignment(&update, &dvector![1.0, 2.0, 2.0])?.to_enclosure().contains(1.0));
/// assert!(norms.alignment(&update, &dvector![0.0, 1.0, -1.0])?.to_enclosure().contains(0.0));
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Norms<T> {
    spectral: ScaledEnclosure<T>,
    frobenius: ScaledEnclosure<T>,
    fan_out: usize,
    fan_in: usize,
}

impl<T: Scalar> Norms<T> {
    /// Encloses the norms of a stored matrix.
    ///
    /// By [`spectral_norm`] up to a smaller dimension of 32 and by [`spectral_norm_large`] beyond, whose costs and widths it
    /// has: a few `u` where the largest singular value stands apart. A matrix without entries has norms zero.
    ///
    /// # Errors
    ///
    /// Fails if an entry is NaN or infinite.
    pub fn of_matrix(a: &DMatrix<T>) -> Result<Self, NetworkError> {
        let spectral = if a.nrows().min(a.ncols()) <= SMALL {
            spectral_norm(a)?.scaled()
        } else {
            spectral_norm_large(a, Effort::Standard)?.scaled()
        };
        let frobenius = frobenius_norm_enclosure(a)?;
        Ok(Self { spectral, frobenius, fan_out: a.nrows(), fan_in: a.ncols() })
    }

    /// Encloses the norms of the exact `s Σ_i δ_i h_iᵀ`, for `δ` the columns of `left`, `m × B`, and `h` those of `right`,
    /// `n × B`.
    ///
    /// One pair: `|s|‖δ‖‖h‖`, both norms, a few `u` wide. More: both factors are reduced to their triangular ones by
    /// reflections, and the norms are those of a matrix of at most `B × B`; every rounding is bounded, about
    /// `8B max(m, n) u ‖δ‖_F‖h‖_F` in all, in binary64 for either format. About `4(m + n)B²` operations and the norm of the
    /// small matrix. Sources: `spectral.norms.rank-one`, `spectral.batch.gradient`.
    ///
    /// # Errors
    ///
    /// Fails if the numbers of columns differ or an entry is NaN or infinite.
    pub fn of_outer_products(scale: T, left: &DMatrix<T>, right: &DMatrix<T>) -> Result<Self, NetworkError> {
        let mut scratch = Scratch::new(left.nrows(), right.nrows(), left.ncols());
        Self::of_outer_products_in(scale, left, right, &mut scratch)
    }

    /// [`of_outer_products`](Self::of_outer_products) without allocation.
    pub(crate) fn of_outer_products_in(
        scale: T,
        left: &DMatrix<T>,
        right: &DMatrix<T>,
        scratch: &mut Scratch,
    ) -> Result<Self, NetworkError> {
        NetworkError::require("columns of the right factor", left.ncols(), right.ncols())?;
        let factor = ScaledEnclosure::point(scale)
            .map_err(|_| NetworkError::not_finite(0, "the factor of the outer products"))?
            .magnitude();
        let (fan_out, fan_in) = (left.nrows(), right.nrows());
        let (spectral, frobenius) = if left.ncols() == 1 {
            let norm = frobenius_norm_enclosure(left)? * frobenius_norm_enclosure(right)?;
            (norm, norm)
        } else {
            Workspace::of(scratch, left, right)?.norms(left, right)?
        };
        Ok(Self { spectral: factor * spectral, frobenius: factor * frobenius, fan_out, fan_in })
    }

    /// Encloses the norms of the exact gradient `G_ℓ = (α_ℓ/B) Σ_i δ_i h_iᵀ` for the signals and features that a pass holds,
    /// as [`of_outer_products`](Self::of_outer_products) does. The factor is `α_ℓ/B` rounded, as in the gradient itself.
    ///
    /// The vectors of a one-hot input are orthogonal for different tokens, so their coordinates in the batch serve as
    /// well as those among all tokens.
    ///
    /// # Errors
    ///
    /// Fails if there was no backward pass, shapes do not fit, or there is no such layer.
    ///
    /// # Examples
    ///
    /// ```
    /// use widthwise_network::{Activation, Input, Loss, Network, Norms, Pass};
    /// use nalgebra::dmatrix;
    ///
    /// let network = Network::new(&[5, 2], Activation::Identity)?;
    /// let mut pass = Pass::new(&network, 2)?;
    /// pass.forward(&network, Input::OneHot(&[4, 1]))?;
    /// pass.backward(&network, &Loss::Linear(&dmatrix![2.0, 0.0; 0.0, 6.0]))?;
    /// // ½ diag(2, 6) in the columns 4 and 1.
    /// let norms = Norms::of_gradient(&network, &pass, 0)?;
    /// assert!(norms.spectral().to_enclosure().contains(3.0));
    /// assert!((norms.stable_rank()?.to_enclosure().midpoint() - 10.0_f64 / 9.0).abs() < 1e-12);
    /// # Ok::<(), widthwise_network::NetworkError>(())
    /// ```
    pub fn of_gradient(network: &Network<T>, pass: &Pass<T>, layer: usize) -> Result<Self, NetworkError> {
        let limit = network.layers().len();
        let weights = network.layers().get(layer).ok_or(NetworkError::index("layer", limit, layer))?;
        let mut scratch = Scratch::new(weights.weights.nrows(), weights.weights.ncols(), pass.batch());
        Self::of_gradient_in(network, pass, layer, &mut scratch)
    }

    /// [`of_gradient`](Self::of_gradient) for a layer that exists; only a one-hot layer allocates.
    pub(crate) fn of_gradient_in(
        network: &Network<T>,
        pass: &Pass<T>,
        layer: usize,
        scratch: &mut Scratch,
    ) -> Result<Self, NetworkError> {
        pass.require_shape_of(network)?;
        pass.require_backward()?;
        let scale = network.multipliers()[layer] / T::from_count(pass.batch());
        let signals = &pass.backward_signals()[layer];
        let norms = match pass.entering(layer) {
            Entering::Vectors(h) => Self::of_outer_products_in(scale, signals, h, scratch)?,
            Entering::Tokens(tokens) => {
                // The row of an example is the first example with its token.
                let row = |token| tokens.iter().position(|&other| other == token);
                let coordinates = DMatrix::from_fn(tokens.len(), tokens.len(), |i, j| {
                    if row(tokens[j]) == Some(i) { T::one() } else { T::zero() }
                });
                Self::of_outer_products_in(scale, signals, &coordinates, scratch)?
            }
        };
        Ok(Self { fan_in: network.layers()[layer].weights.ncols(), ..norms })
    }

    /// The spectral norm `‖A‖`, the largest singular value.
    #[must_use]
    pub fn spectral(&self) -> ScaledEnclosure<T> {
        self.spectral
    }

    /// The Frobenius norm `‖A‖_F`, the root of the sum of squared entries.
    #[must_use]
    pub fn frobenius(&self) -> ScaledEnclosure<T> {
        self.frobenius
    }

    /// The natural norm `√(fan-in/fan-out) ‖A‖ = max RMS(Ax)/RMS(x)` (`spectral.rms.natural-norm`).
    #[must_use]
    pub fn natural(&self) -> ScaledEnclosure<T> {
        if self.fan_in == self.fan_out || self.spectral == ScaledEnclosure::zero() {
            return self.spectral;
        }
        let ratio = ScaledEnclosure::count(self.fan_in) / ScaledEnclosure::count(self.fan_out);
        self.spectral * ratio.square_root().unwrap_or_else(ScaledEnclosure::zero)
    }

    /// The stable rank `‖A‖_F²/‖A‖²` (`spectral.stable-rank`), not cut to `[1, min(m, n)]`.
    ///
    /// # Errors
    ///
    /// Fails for zero, and for a sum of outer products that cancel to what may be zero.
    pub fn stable_rank(&self) -> Result<ScaledEnclosure<T>, NetworkError> {
        if self.spectral.significand().lo() > T::zero() {
            Ok(self.frobenius.square() / self.spectral.square())
        } else {
            Err(KernelError::undefined_for_zero("matrix").into())
        }
    }

    /// The alignment `‖Ax‖/(‖A‖‖x‖)` of the matrix, given again, with a vector; not cut to `[0, 1]`.
    ///
    /// # Errors
    ///
    /// Fails if shapes do not fit, an entry is not finite, or the matrix or the vector is zero.
    pub fn alignment<D: Dim, S: RawStorage<T, D>>(
        &self,
        a: &DMatrix<T>,
        x: &Vector<T, D, S>,
    ) -> Result<ScaledEnclosure<T>, NetworkError> {
        NetworkError::require("rows of the matrix", self.fan_out, a.nrows())?;
        NetworkError::require("columns of the matrix", self.fan_in, a.ncols())?;
        let image = matvec_norm_enclosure(a, x)?;
        let length = two_norm_enclosure(x)?;
        if length == ScaledEnclosure::zero() {
            return Err(KernelError::undefined_for_zero("vector").into());
        }
        if self.spectral.significand().lo() > T::zero() {
            Ok(image / (self.spectral * length))
        } else {
            Err(KernelError::undefined_for_zero("matrix").into())
        }
    }
}
