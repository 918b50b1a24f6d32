// SPDX-License-Identifier: MIT OR Apache-2.0

//! Multi-layer perceptrons of any widths.
//!
//! `z_ℓ = α_ℓ W_ℓ h_{ℓ−1} + b_ℓ`, `h_ℓ = φ(z_ℓ)` in the hidden layers, and `z_L` is the output. `W_ℓ` has one row for each
//! output (fan-out) and one column for each input (fan-in); the multiplier `α_ℓ` stands before the weights and not
//! before the bias, so the effective weights are `α_ℓ W_ℓ` (`spectral.multiplier`, `spectral.bias`).

use alloc::vec;
use alloc::vec::Vec;

use nalgebra::{DMatrix, DVector};
use widthwise_rounding::Scalar;

use crate::finite::is_finite;
use crate::{Activation, LayerParameters, NetworkError, Parameters};

/// A multi-layer perceptron: weights, multipliers and an activation.
///
/// # Examples
///
/// A linear network of two layers whose hidden unit adds two inputs:
///
/// ```
/// use nalgebra::dmatrix;
/// use widthwise_network::{Activation, Input, Network, Pass};
///
/// let mut network = Network::new(&[2, 1, 1], Activation::Identity)?;
/// network.layers_mut()[0].weights.fill(1.0);
/// network.layers_mut()[1].weights.fill(1.0);
/// network.set_multiplier(1, 0.5)?;
///
/// let mut pass = Pass::new(&network, 1)?;
/// pass.forward(&network, Input::Dense(&dmatrix![3.0; 4.0]))?;
/// assert_eq!(pass.output()[0], 3.5);
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Network<T> {
    activation: Activation,
    layers: Vec<LayerParameters<T>>,
    multipliers: Vec<T>,
}

impl<T: Scalar> Network<T> {
    /// A network without biases, its weights zero, its multipliers one.
    ///
    /// `widths` are `n_0` (input), the hidden widths, and `n_L` (output): one more than there are layers.
    ///
    /// # Errors
    ///
    /// Fails if there are fewer than two widths or one is zero.
    pub fn new(widths: &[usize], activation: Activation) -> Result<Self, NetworkError> {
        NetworkError::require("widths", widths.len().max(2), widths.len())?;
        for &width in widths {
            NetworkError::require("neurons of a layer", width.max(1), width)?;
        }
        let layer = |(&fan_in, &fan_out): (&usize, &usize)| LayerParameters {
            weights: DMatrix::repeat(fan_out, fan_in, T::zero()),
            bias: None,
        };
        let layers: Vec<_> = widths.iter().zip(widths.iter().skip(1)).map(layer).collect();
        let multipliers = vec![T::one(); layers.len()];
        Ok(Self { activation, layers, multipliers })
    }

    /// A network with a bias in every layer, all parameters zero, the multipliers one.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_biases(widths: &[usize], activation: Activation) -> Result<Self, NetworkError> {
        let mut network = Self::new(widths, activation)?;
        for layer in &mut network.layers {
            layer.bias = Some(DVector::repeat(layer.weights.nrows(), T::zero()));
        }
        Ok(network)
    }

    /// The activation of the hidden layers.
    #[must_use]
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Weights and biases of the layers, from the input on: layer `ℓ` of the papers is number `ℓ − 1`.
    #[must_use]
    pub fn layers(&self) -> &[LayerParameters<T>] {
        &self.layers
    }

    /// Weights and biases, to be changed. A layer that no longer fits its neighbours is an error of the next pass.
    pub fn layers_mut(&mut self) -> &mut [LayerParameters<T>] {
        &mut self.layers
    }

    /// The multipliers `α_ℓ` of the layers.
    #[must_use]
    pub fn multipliers(&self) -> &[T] {
        &self.multipliers
    }

    /// Sets the multiplier of a layer.
    ///
    /// # Errors
    ///
    /// Fails if there is no such layer or the multiplier is not finite.
    pub fn set_multiplier(&mut self, layer: usize, multiplier: T) -> Result<(), NetworkError> {
        let limit = self.layers.len();
        let Some(place) = self.multipliers.get_mut(layer) else {
            return Err(NetworkError::index("layer", limit, layer));
        };
        if !multiplier.is_finite() {
            return Err(NetworkError::not_finite(layer, "the multiplier"));
        }
        *place = multiplier;
        Ok(())
    }

    /// Adds an update to weights and biases: `W_ℓ ← W_ℓ + ΔW_ℓ`, one rounding an entry.
    ///
    /// # Errors
    ///
    /// Fails if the shapes differ or a sum is not finite; the network is then unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// use widthwise_network::{Activation, Network, Parameters};
    ///
    /// let mut network = Network::new(&[1, 1], Activation::Identity)?;
    /// let mut update = Parameters::zeros_like(&network);
    /// update.layers_mut()[0].weights.fill(-f64::MAX);
    /// network.apply(&update)?;
    /// // The second time the sum overflows, and nothing happens.
    /// assert!(network.apply(&update).unwrap_err().is_not_finite());
    /// assert_eq!(network.layers()[0].weights[0], -f64::MAX);
    /// # Ok::<(), widthwise_network::NetworkError>(())
    /// ```
    pub fn apply(&mut self, update: &Parameters<T>) -> Result<(), NetworkError> {
        update.require_shape_of(self)?;
        for (index, (own, update)) in self.layers.iter().zip(update.layers()).enumerate() {
            for (own, update, what) in arrays(own, update) {
                if !sums_are_finite(own, update) {
                    return Err(NetworkError::not_finite(index, what));
                }
            }
        }
        for (own, update) in self.layers.iter_mut().zip(update.layers()) {
            for (own, &update) in own.weights.iter_mut().zip(update.weights.iter()) {
                *own += update;
            }
            if let (Some(own), Some(update)) = (&mut own.bias, &update.bias) {
                for (own, &update) in own.iter_mut().zip(update.iter()) {
                    *own += update;
                }
            }
        }
        Ok(())
    }

    /// Checks that the layers still fit each other.
    pub(crate) fn require_consistent(&self) -> Result<(), NetworkError> {
        for (layer, next) in self.layers.iter().zip(self.layers.iter().skip(1)) {
            NetworkError::require("fan-in of a layer", layer.weights.nrows(), next.weights.ncols())?;
        }
        for layer in &self.layers {
            if let Some(bias) = &layer.bias {
                NetworkError::require("entries of the bias", layer.weights.nrows(), bias.len())?;
            }
        }
        Ok(())
    }
}

/// Pairs of arrays of two layers of one shape, named.
fn arrays<'a, T: Scalar>(
    own: &'a LayerParameters<T>,
    other: &'a LayerParameters<T>,
) -> impl Iterator<Item = (&'a [T], &'a [T], &'static str)> {
    let biases = own.bias.as_ref().zip(other.bias.as_ref());
    let weights = (own.weights.as_slice(), other.weights.as_slice(), "a weight");
    [weights].into_iter().chain(biases.map(|(own, other)| (own.as_slice(), other.as_slice(), "a bias")))
}

/// Whether no sum of two entries is NaN or infinite.
fn sums_are_finite<T: Scalar>(x: &[T], y: &[T]) -> bool {
    // In pieces that stay in the first cache.
    const PIECE: usize = 512;
    let mut sums = [T::zero(); PIECE];
    x.chunks(PIECE).zip(y.chunks(PIECE)).all(|(x, y)| {
        for ((sum, &x), &y) in sums.iter_mut().zip(x).zip(y) {
            *sum = x + y;
        }
        is_finite(&sums[..x.len()])
    })
}
