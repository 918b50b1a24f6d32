// SPDX-License-Identifier: MIT OR Apache-2.0

//! The first-order change `ż` of all pre-activations along an update: forward mode.
//!
//! With `W(τ) = W + τ ΔW`, all layers at once, and `· = d/dτ` at `τ = 0`: `ż_ℓ = α_ℓ(ΔW_ℓ h_{ℓ−1} + W_ℓ ḣ_{ℓ−1}) + Δb_ℓ`,
//! `ḣ_ℓ = φ′(z_ℓ) ⊙ ż_ℓ`, `ḣ_0 = 0`. It is what the feature speed formula is about (`speed.jvp`), and to first
//! order no layer cancels another: `Σ_i ⟨δ_ℓ^{(i)}, ż_ℓ^{(i)}⟩ = −B Σ_{k≤ℓ} η_k ‖G_k‖_F²` along gradient descent
//! (`spectral.update.no-cancellation`).

use alloc::vec::Vec;

use nalgebra::DMatrix;
use widthwise_rounding::Scalar;

use crate::finite::is_finite;
use crate::pass::Entering;
use crate::product::{Factor, Packing, multiply};
use crate::{Network, NetworkError, Parameters, Pass};

/// The directional derivatives of the pre-activations of a batch.
///
/// # Examples
///
/// ```
/// use nalgebra::dmatrix;
/// use widthwise_network::{Activation, DirectionalChange, Input, Network, Parameters, Pass};
///
/// // w₂w₁x with w = (2, 3), x = 1, along (1, 1): 3·1 + 2·1.
/// let mut network = Network::new(&[1, 1, 1], Activation::Identity)?;
/// network.layers_mut()[0].weights[0] = 2.0;
/// network.layers_mut()[1].weights[0] = 3.0;
/// let mut update = Parameters::zeros_like(&network);
/// update.layers_mut().iter_mut().for_each(|layer| layer.weights.fill(1.0));
///
/// let (mut pass, mut change) = (Pass::new(&network, 1)?, DirectionalChange::new(&network, 1)?);
/// pass.forward(&network, Input::Dense(&dmatrix![1.0]))?;
/// change.compute(&network, &pass, &update)?;
/// assert_eq!(change.preactivations()[1][0], 5.0);
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DirectionalChange<T> {
    preactivations: Vec<DMatrix<T>>,
    features: Vec<DMatrix<T>>,
    through_weights: Vec<DMatrix<T>>,
    packing: Packing<T>,
}

impl<T: Scalar> DirectionalChange<T> {
    /// Memory for batches of `batch` examples of networks of this shape.
    ///
    /// # Errors
    ///
    /// Fails if the batch is empty or the layers do not fit each other.
    pub fn new(network: &Network<T>, batch: usize) -> Result<Self, NetworkError> {
        let pass = Pass::new(network, batch)?;
        Ok(Self {
            preactivations: pass.preactivations().to_vec(),
            features: pass.features().to_vec(),
            through_weights: pass.preactivations().to_vec(),
            packing: Packing::new(),
        })
    }

    /// Computes the change of the features of a pass that was run forward through this network.
    ///
    /// `4B` operations a weight. The sum of an entry is `α(ΔW h) + α(W ḣ)`, and then `Δb`.
    ///
    /// # Errors
    ///
    /// Fails if there was no forward pass, shapes do not fit, or a derivative is not finite.
    pub fn compute(
        &mut self,
        network: &Network<T>,
        pass: &Pass<T>,
        update: &Parameters<T>,
    ) -> Result<(), NetworkError> {
        pass.require_shape_of(network)?;
        pass.require_forward()?;
        update.require_shape_of(network)?;
        NetworkError::require("layers of the change", network.layers().len(), self.preactivations.len())?;
        for (own, z) in self.preactivations.iter().zip(pass.preactivations()) {
            NetworkError::require("rows of the change", z.nrows(), own.nrows())?;
            NetworkError::require("columns of the change", z.ncols(), own.ncols())?;
        }
        for (index, (layer, update)) in network.layers().iter().zip(update.layers()).enumerate() {
            let multiplier = network.multipliers()[index];
            let z = &mut self.preactivations[index];
            match pass.entering(index) {
                Entering::Vectors(h) => {
                    multiply(
                        multiplier,
                        Factor::Plain(&update.weights),
                        Factor::Plain(h),
                        z,
                        &mut self.packing,
                    );
                }
                Entering::Tokens(tokens) => crate::pass::look_up(multiplier, &update.weights, tokens, z),
            }
            if let Some(before) = index.checked_sub(1) {
                let through = &mut self.through_weights[index];
                let h = Factor::Plain(&self.features[before]);
                multiply(multiplier, Factor::Plain(&layer.weights), h, through, &mut self.packing);
                for (z, &through) in z.iter_mut().zip(through.iter()) {
                    *z += through;
                }
            }
            if let Some(bias) = &update.bias {
                for mut column in z.column_iter_mut() {
                    for (z, &bias) in column.iter_mut().zip(bias.iter()) {
                        *z += bias;
                    }
                }
            }
            if !is_finite(z.as_slice()) {
                return Err(NetworkError::not_finite(index, "a directional derivative"));
            }
            if let Some(h) = self.features.get_mut(index) {
                let derivative = |z| network.activation().derivative(z);
                for ((h, &change), &z) in h.iter_mut().zip(z.iter()).zip(pass.preactivations()[index].iter())
                {
                    *h = derivative(z) * change;
                }
                if !is_finite(h.as_slice()) {
                    return Err(NetworkError::not_finite(index, "a directional derivative"));
                }
            }
        }
        Ok(())
    }

    /// `ż_ℓ` of the layers, columns for examples.
    #[must_use]
    pub fn preactivations(&self) -> &[DMatrix<T>] {
        &self.preactivations
    }

    /// `ḣ_ℓ = φ′(z_ℓ) ⊙ ż_ℓ` of the hidden layers, columns for examples.
    #[must_use]
    pub fn features(&self) -> &[DMatrix<T>] {
        &self.features
    }
}
