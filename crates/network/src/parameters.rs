// SPDX-License-Identifier: MIT OR Apache-2.0

//! One array for each weight matrix and bias: what weights, gradients and updates have in common.

use alloc::vec::Vec;

use nalgebra::{DMatrix, DVector};
use widthwise_rounding::Scalar;

use crate::{Network, NetworkError};

/// The arrays of one layer: weights, fan-out × fan-in, and a bias if the layer has one.
///
/// Plain data; functions that take it check the shapes.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerParameters<T> {
    /// One row for each output, one column for each input.
    pub weights: DMatrix<T>,
    /// One number for each output.
    pub bias: Option<DVector<T>>,
}

impl<T: Scalar> LayerParameters<T> {
    /// Checks that the arrays have the shapes of another layer's.
    pub(crate) fn require_shape_of(&self, other: &Self) -> Result<(), NetworkError> {
        NetworkError::require("rows of the weights", other.weights.nrows(), self.weights.nrows())?;
        NetworkError::require("columns of the weights", other.weights.ncols(), self.weights.ncols())?;
        let length = |layer: &Self| layer.bias.as_ref().map_or(0, DVector::len);
        NetworkError::require("entries of the bias", length(other), length(self))
    }

    /// Zeros in the same shapes.
    pub(crate) fn zeros_like(&self) -> Self {
        Self {
            weights: DMatrix::repeat(self.weights.nrows(), self.weights.ncols(), T::zero()),
            bias: self.bias.as_ref().map(|bias| DVector::repeat(bias.len(), T::zero())),
        }
    }
}

/// An array for each weight matrix and bias of a network: a gradient, an update, a direction.
///
/// # Examples
///
/// ```
/// use widthwise_network::{Activation, Network, Parameters};
///
/// let network = Network::<f64>::with_biases(&[3, 5, 2], Activation::Relu)?;
/// let gradient = Parameters::zeros_like(&network);
/// assert_eq!(gradient.layers().len(), 2);
/// assert_eq!(gradient.layers()[0].weights.shape(), (5, 3));
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T> {
    layers: Vec<LayerParameters<T>>,
}

impl<T: Scalar> Parameters<T> {
    /// Zeros in the shapes of a network.
    #[must_use]
    pub fn zeros_like(network: &Network<T>) -> Self {
        Self { layers: network.layers().iter().map(LayerParameters::zeros_like).collect() }
    }

    /// The layers, from the input on.
    #[must_use]
    pub fn layers(&self) -> &[LayerParameters<T>] {
        &self.layers
    }

    /// The layers, from the input on, to be changed.
    pub fn layers_mut(&mut self) -> &mut [LayerParameters<T>] {
        &mut self.layers
    }

    /// Checks that there is an array for each of the network's.
    pub(crate) fn require_shape_of(&self, network: &Network<T>) -> Result<(), NetworkError> {
        NetworkError::require("layers", network.layers().len(), self.layers.len())?;
        self.layers.iter().zip(network.layers()).try_for_each(|(own, other)| own.require_shape_of(other))
    }
}
