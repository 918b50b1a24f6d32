// SPDX-License-Identifier: MIT OR Apache-2.0

//! From a gradient to an update, one rule for each array.
//!
//! Order of operations, entry by entry, with `g` the entry of the gradient and `w` that of the stored array:
//!
//! 1. coupled decay: `g ← g + λw`;
//! 2. the direction `d`: momentum `m = μm + g`; Adam `m = β₁m + (1 − β₁)g`, `v = β₂v + (1 − β₂)(gg)`,
//!    `d = (m/c₁)/(√(v/c₂) + ε)` with `c = 1 − βᵗ` and the power by repeated products; spectral normalisation
//!    `d = (2^{−e}g)/s` for `‖G‖ ≤ s·2^e`;
//! 3. `Δw = −(ηd)`, and with decoupled decay `Δw = −(ηd) − (ηλ)w`.
//!
//! Every step commutes with powers of two, as long as nothing underflows: scaling the loss changes no bit of the updates of
//! Adam (with `ε` scaled), sign, spectral normalisation and orthogonalisation, and a multiplier `α 2^k` over weights
//! `2^{−k}W` with the rates of `spectral.multiplier` gives trajectories with the same bits.

use alloc::vec;
use alloc::vec::Vec;

use widthwise_rounding::Scalar;

use crate::direction::{ArrayState, Work};
use crate::finite::is_finite;
use crate::outer_products::Scratch;
use crate::{LayerRule, Network, NetworkError, Norms, Parameters, Pass};

/// The rules of a network's arrays, and what they remember.
///
/// # Examples
///
/// One step of gradient descent, `δ = (3, 4)`, `h = (1, 2, 2)`, `η = ½`:
///
/// ```
/// use nalgebra::dmatrix;
/// use widthwise_network::{
///     Activation, Input, LayerRule, Loss, Method, Network, Optimizer, Parameters, Pass, Rule,
/// };
///
/// let network = Network::new(&[3, 2], Activation::Identity)?;
/// let mut pass = Pass::new(&network, 1)?;
/// let (mut gradient, mut update) = (Parameters::zeros_like(&network), Parameters::zeros_like(&network));
/// let rule = Rule::new(Method::GradientDescent, 0.5);
/// let mut optimizer = Optimizer::new(&network, 1, &[LayerRule { weights: rule, bias: rule }])?;
///
/// pass.forward(&network, Input::Dense(&dmatrix![1.0; 2.0; 2.0]))?;
/// pass.backward(&network, &Loss::Linear(&dmatrix![3.0; 4.0]))?;
/// pass.gradient(&network, &mut gradient)?;
/// optimizer.update(&network, &pass, &gradient, &mut update)?;
/// assert_eq!(update.layers()[0].weights, dmatrix![-1.5, -3.0, -3.0; -2.0, -4.0, -4.0]);
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Optimizer<T> {
    batch: usize,
    layers: Vec<LayerState<T>>,
    scratch: Vec<Scratch>,
    work: Work<T>,
}

/// What is remembered of one layer.
#[derive(Clone, Debug)]
struct LayerState<T> {
    weights: ArrayState<T>,
    bias: ArrayState<T>,
}

impl<T: Scalar> Optimizer<T> {
    /// Memory for the rules, one for each layer, of networks of this shape and batches of up to `batch` examples.
    ///
    /// Momentum keeps one number an entry, Adam two. A polar factor of more than one example takes `5s²` and more
    /// (`s = min(m, n)`), a spectral norm `2B` numbers a neuron.
    ///
    /// # Errors
    ///
    /// Fails if there are not as many rules as layers, the layers do not fit each other, the batch is empty, or a number
    /// in a rule is not finite.
    pub fn new(network: &Network<T>, batch: usize, rules: &[LayerRule<T>]) -> Result<Self, NetworkError> {
        network.require_consistent()?;
        NetworkError::require("examples", batch.max(1), batch)?;
        NetworkError::require("rules", network.layers().len(), rules.len())?;
        let mut optimizer = Self { batch, layers: vec![], scratch: vec![], work: Work::new() };
        for (index, (layer, rule)) in network.layers().iter().zip(rules).enumerate() {
            let (rows, columns) = layer.weights.shape();
            let entries_of_bias = layer.bias.as_ref().map_or(0, |bias| bias.len());
            if !(rule.weights.is_finite() && rule.bias.is_finite()) {
                return Err(NetworkError::not_finite(index, "a number of a rule"));
            }
            optimizer.work.reserve(&rule.weights, (rows, columns), batch);
            optimizer.work.reserve(&rule.bias, (entries_of_bias, entries_of_bias.min(1)), batch);
            let scratch = if rule.weights.needs_norm_of_factors(batch) {
                Scratch::new(rows, columns, batch)
            } else {
                Scratch::new(0, 0, 1)
            };
            optimizer.scratch.push(scratch);
            optimizer.layers.push(LayerState {
                weights: ArrayState::new(rule.weights, rows * columns),
                bias: ArrayState::new(rule.bias, entries_of_bias),
            });
        }
        Ok(optimizer)
    }

    /// Computes the update `ΔW` of every array; the network is not changed, the memory of the rules is.
    ///
    /// The pass is the one of the gradient: spectral norms come from its factors. Nothing is allocated, but by one-hot
    /// layers that are normalised and by norms of large matrices under a coupled decay.
    ///
    /// # Errors
    ///
    /// Fails if shapes do not fit, there was no backward pass, the batch is larger than that of [`new`](Self::new), or an
    /// entry of the gradient or of the update is not finite.
    pub fn update(
        &mut self,
        network: &Network<T>,
        pass: &Pass<T>,
        gradient: &Parameters<T>,
        update: &mut Parameters<T>,
    ) -> Result<(), NetworkError> {
        pass.require_shape_of(network)?;
        pass.require_backward()?;
        gradient.require_shape_of(network)?;
        update.require_shape_of(network)?;
        NetworkError::require("layers of the optimizer", network.layers().len(), self.layers.len())?;
        if pass.batch() > self.batch {
            NetworkError::require("examples", self.batch, pass.batch())?;
        }
        for (index, layer) in gradient.layers().iter().enumerate() {
            let bias = layer.bias.as_ref().map_or(&[][..], |bias| bias.as_slice());
            if !is_finite(layer.weights.as_slice()) || !is_finite(bias) {
                return Err(NetworkError::not_finite(index, "a gradient"));
            }
        }
        let layers = network.layers().iter().zip(gradient.layers()).zip(update.layers_mut());
        for (index, ((own, gradient), out)) in layers.enumerate() {
            let state = &mut self.layers[index];
            let norm = if state.weights.rule().needs_norm_of_factors(pass.batch()) {
                Some(Norms::of_gradient_in(network, pass, index, &mut self.scratch[index])?.spectral())
            } else {
                None
            };
            let shape = own.weights.shape();
            let arrays = (own.weights.as_slice(), gradient.weights.as_slice(), out.weights.as_mut_slice());
            if !state.weights.write(shape, arrays, norm, &mut self.work)? {
                return Err(NetworkError::not_finite(index, "an update"));
            }
            if let (Some(own), Some(gradient), Some(out)) = (&own.bias, &gradient.bias, &mut out.bias) {
                let arrays = (own.as_slice(), gradient.as_slice(), out.as_mut_slice());
                if !state.bias.write((own.len(), 1), arrays, None, &mut self.work)? {
                    return Err(NetworkError::not_finite(index, "an update of a bias"));
                }
            }
        }
        Ok(())
    }
}
