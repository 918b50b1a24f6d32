// SPDX-License-Identifier: MIT OR Apache-2.0

//! One batch on its way forward and backward, with everything that is met kept.
//!
//! | | shape | formula | in the papers |
//! | --- | --- | --- | --- |
//! | input | `n_0 × B` | `h_0` | `x` |
//! | pre-activation | `n_ℓ × B` | `z_ℓ = α_ℓ (W_ℓ h_{ℓ−1}) + b_ℓ` | `h_ℓ`, `f_ℓ` |
//! | feature | `n_ℓ × B` | `h_ℓ = φ(z_ℓ)`, `ℓ < L` | `h′_ℓ` |
//! | backward signal | `n_ℓ × B` | `δ_L = ∂𝓛_i/∂z_L`, `δ_ℓ = φ′(z_ℓ) ⊙ (α_{ℓ+1} W_{ℓ+1}ᵀ δ_{ℓ+1})` | `δ_ℓ`, `b_ℓ` |
//! | gradient | as `W_ℓ` | `G_ℓ = (α_ℓ/B) δ_ℓ h_{ℓ−1}ᵀ` | `∇_{W_ℓ}𝓛` |
//! | bias gradient | `n_ℓ` | `(1/B) Σ_i δ_ℓ^{(i)}` | `∇_{b_ℓ}𝓛` |
//!
//! Sources: `spectral.gradient.outer-product`, `spectral.batch.gradient`, `spectral.bias`, `spectral.one-hot`,
//! `spectral.multiplier`; `speed.backprop`.
//!
//! Order of operations: each product as [`product`](crate::product) says, times `α` (or `α/B`, rounded once); then the bias;
//! then `φ`. Sums over the batch ascend from zero. A dead ReLU layer is a layer of zeros, and so are the
//! gradients of its neighbours; zero inputs and zero weights likewise.

use alloc::vec::Vec;

use nalgebra::DMatrix;
use widthwise_rounding::Scalar;

use crate::finite::is_finite;
use crate::product::{Factor, Packing, multiply};
use crate::{LayerParameters, Loss, Network, NetworkError, Parameters};

/// A batch of inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input<'a, T> {
    /// One column for each example.
    Dense(&'a DMatrix<T>),
    /// One token for each example, standing for the unit vector `e_token`: the first layer is an embedding, and the
    /// pre-activation of an example is a column of its weights (`spectral.one-hot`). Cheap for any number of tokens.
    OneHot(&'a [usize]),
}

/// How far a pass has come.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Stage {
    Empty,
    Forward,
    Backward,
}

/// The input that a pass keeps.
#[derive(Clone, Debug)]
enum Kept<T> {
    Dense(DMatrix<T>),
    OneHot(Vec<usize>),
}

/// What the weights of a layer multiply.
pub(crate) enum Entering<'a, T> {
    /// One column for each example.
    Vectors(&'a DMatrix<T>),
    /// The place of the one in a unit vector for each example.
    Tokens(&'a [usize]),
}

/// The memory and the results of one forward and backward pass of a batch.
///
/// Everything is allocated by [`new`](Self::new), except that the first one-hot input, or the first dense one after it,
/// brings its own memory.
///
/// # Examples
///
/// The gradient of a single example is `δ hᵀ`:
///
/// ```
/// use nalgebra::dmatrix;
/// use widthwise_network::{Activation, Input, Loss, Network, Parameters, Pass};
///
/// let network = Network::new(&[3, 2], Activation::Identity)?;
/// let (mut pass, mut gradient) = (Pass::new(&network, 1)?, Parameters::zeros_like(&network));
///
/// pass.forward(&network, Input::Dense(&dmatrix![1.0; 2.0; 2.0]))?;
/// let loss = pass.backward(&network, &Loss::Linear(&dmatrix![3.0; 4.0]))?;
/// pass.gradient(&network, &mut gradient)?;
/// assert_eq!(loss, 0.0);
/// assert_eq!(gradient.layers()[0].weights, dmatrix![3.0, 6.0, 6.0; 4.0, 8.0, 8.0]);
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pass<T> {
    batch: usize,
    stage: Stage,
    input: Kept<T>,
    preactivations: Vec<DMatrix<T>>,
    features: Vec<DMatrix<T>>,
    backward_signals: Vec<DMatrix<T>>,
    pub(crate) packing: Packing<T>,
}

impl<T: Scalar> Pass<T> {
    /// Memory for passes of `batch` examples through networks of this shape.
    ///
    /// # Errors
    ///
    /// Fails if the batch is empty or the layers do not fit each other.
    pub fn new(network: &Network<T>, batch: usize) -> Result<Self, NetworkError> {
        NetworkError::require("examples", batch.max(1), batch)?;
        network.require_consistent()?;
        let outputs = |layer: &LayerParameters<T>| zeros(layer.weights.nrows(), batch);
        let preactivations: Vec<_> = network.layers().iter().map(outputs).collect();
        let hidden = preactivations.len().saturating_sub(1);
        Ok(Self {
            batch,
            stage: Stage::Empty,
            input: Kept::Dense(zeros(fan_in(network), batch)),
            features: preactivations.iter().take(hidden).cloned().collect(),
            backward_signals: preactivations.clone(),
            preactivations,
            packing: Packing::new(),
        })
    }

    /// The number of examples.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The pre-activations `z_ℓ` of the layers, columns for examples; the last are the outputs.
    #[must_use]
    pub fn preactivations(&self) -> &[DMatrix<T>] {
        &self.preactivations
    }

    /// The features `h_ℓ = φ(z_ℓ)` of the hidden layers, columns for examples.
    #[must_use]
    pub fn features(&self) -> &[DMatrix<T>] {
        &self.features
    }

    /// The outputs `z_L`, columns for examples.
    #[must_use]
    pub fn output(&self) -> &DMatrix<T> {
        // There is a layer, and each has pre-activations.
        &self.preactivations[self.preactivations.len() - 1]
    }

    /// The backward signals `δ_ℓ = ∂𝓛_i/∂z_ℓ` of the layers, columns for examples, without the factor `1/B`.
    #[must_use]
    pub fn backward_signals(&self) -> &[DMatrix<T>] {
        &self.backward_signals
    }

    /// What the weights of a layer multiply: the input or the features of the layer before. `None` for a one-hot
    /// input, which is not stored as vectors, and for a layer that does not exist.
    ///
    /// ```
    /// use widthwise_network::{Activation, Input, Network, Pass};
    /// let network = Network::<f64>::new(&[1000, 3, 2], Activation::Relu)?;
    /// let mut pass = Pass::new(&network, 2)?;
    /// pass.forward(&network, Input::OneHot(&[999, 0]))?;
    /// assert!(pass.layer_input(0).is_none());
    /// assert_eq!(pass.layer_input(1), Some(&pass.features()[0]));
    /// # Ok::<(), widthwise_network::NetworkError>(())
    /// ```
    #[must_use]
    pub fn layer_input(&self, layer: usize) -> Option<&DMatrix<T>> {
        if layer >= self.preactivations.len() {
            return None;
        }
        match self.entering(layer) {
            Entering::Vectors(h) => Some(h),
            Entering::Tokens(_) => None,
        }
    }

    /// What enters a layer that exists.
    pub(crate) fn entering(&self, layer: usize) -> Entering<'_, T> {
        entering(&self.input, &self.features, layer)
    }

    /// Runs the batch through the network and keeps all pre-activations and features.
    ///
    /// `2B` operations a weight.
    ///
    /// # Errors
    ///
    /// Fails if shapes do not fit, a token has no column, or a number on the way is not finite: an input, a pre-activation,
    /// a feature. The error names the layer; the pass then counts as not run.
    pub fn forward(&mut self, network: &Network<T>, input: Input<'_, T>) -> Result<(), NetworkError> {
        self.require_shape_of(network)?;
        self.stage = Stage::Empty;
        self.keep(network, input)?;
        for (index, (layer, &multiplier)) in network.layers().iter().zip(network.multipliers()).enumerate() {
            let z = &mut self.preactivations[index];
            match entering(&self.input, &self.features, index) {
                Entering::Vectors(h) => {
                    let (weights, h) = (Factor::Plain(&layer.weights), Factor::Plain(h));
                    multiply(multiplier, weights, h, z, &mut self.packing);
                }
                Entering::Tokens(tokens) => look_up(multiplier, &layer.weights, tokens, z),
            }
            if let Some(bias) = &layer.bias {
                for mut column in z.column_iter_mut() {
                    for (z, &bias) in column.iter_mut().zip(bias.iter()) {
                        *z += bias;
                    }
                }
            }
            require_finite(index, "a pre-activation", z)?;
            if let Some(h) = self.features.get_mut(index) {
                for (h, &z) in h.iter_mut().zip(z.iter()) {
                    *h = network.activation().value(z);
                }
                require_finite(index, "a feature", h)?;
            }
        }
        self.stage = Stage::Forward;
        Ok(())
    }

    /// Computes the mean loss of the outputs and all backward signals.
    ///
    /// The network must be the one of the forward pass. `2B` operations a weight.
    ///
    /// # Errors
    ///
    /// Fails if there was no forward pass, shapes do not fit, or the loss or a backward signal is not finite.
    pub fn backward(&mut self, network: &Network<T>, loss: &Loss<'_, T>) -> Result<T, NetworkError> {
        self.require_shape_of(network)?;
        self.require_stage(Stage::Forward, "a forward pass")?;
        self.stage = Stage::Forward;
        let last = self.preactivations.len() - 1;
        let loss = loss.evaluate(&self.preactivations[last], &mut self.backward_signals[last])?;
        if !loss.is_finite() {
            return Err(NetworkError::not_finite(last, "the loss"));
        }
        self.propagate(network)?;
        Ok(loss)
    }

    /// Computes all backward signals from given ones at the output, `n_L × B`: `δ_L^{(i)} = ∂𝓛_i/∂z_L^{(i)}` of any loss.
    ///
    /// # Errors
    ///
    /// Fails if there was no forward pass, shapes do not fit, or a backward signal is not finite.
    ///
    /// # Examples
    ///
    /// A unit vector gives the derivative of one output:
    ///
    /// ```
    /// use nalgebra::dmatrix;
    /// use widthwise_network::{Activation, Input, Network, Pass};
    ///
    /// let mut network = Network::new(&[1, 2, 1], Activation::Square)?;
    /// network.layers_mut().iter_mut().for_each(|layer| layer.weights.fill(1.0));
    /// let mut pass = Pass::new(&network, 1)?;
    /// pass.forward(&network, Input::Dense(&dmatrix![3.0]))?;
    /// pass.backward_from(&network, &dmatrix![1.0])?;
    /// assert_eq!(pass.backward_signals()[0], dmatrix![6.0; 6.0]);
    /// # Ok::<(), widthwise_network::NetworkError>(())
    /// ```
    pub fn backward_from(
        &mut self,
        network: &Network<T>,
        output_gradient: &DMatrix<T>,
    ) -> Result<(), NetworkError> {
        self.require_shape_of(network)?;
        self.require_stage(Stage::Forward, "a forward pass")?;
        self.stage = Stage::Forward;
        NetworkError::require("rows of the output gradient", self.output().nrows(), output_gradient.nrows())?;
        NetworkError::require("columns of the output gradient", self.batch, output_gradient.ncols())?;
        let last = self.backward_signals.len() - 1;
        self.backward_signals[last].copy_from(output_gradient);
        self.propagate(network)
    }

    /// From the backward signals of the last layer to those of the others.
    fn propagate(&mut self, network: &Network<T>) -> Result<(), NetworkError> {
        let last = self.backward_signals.len() - 1;
        require_finite(last, "a backward signal", &self.backward_signals[last])?;
        for index in (0..last).rev() {
            let (own, after) = self.backward_signals.split_at_mut(index + 1);
            let (own, after) = (&mut own[index], &after[0]);
            let weights = Factor::Transposed(&network.layers()[index + 1].weights);
            let multiplier = network.multipliers()[index + 1];
            multiply(multiplier, weights, Factor::Plain(after), own, &mut self.packing);
            for (own, &z) in own.iter_mut().zip(self.preactivations[index].iter()) {
                *own *= network.activation().derivative(z);
            }
            require_finite(index, "a backward signal", own)?;
        }
        self.stage = Stage::Backward;
        Ok(())
    }

    /// Writes the gradients of the mean loss: `(α_ℓ/B) δ_ℓ h_{ℓ−1}ᵀ` for the weights and `(1/B) Σ_i δ_ℓ^{(i)}` for the biases.
    ///
    /// They are gradients with respect to the *stored* weights `W_ℓ`, not to the effective `α_ℓ W_ℓ`. `2B` operations a
    /// weight.
    ///
    /// # Errors
    ///
    /// Fails if there was no backward pass, shapes do not fit, or an entry is not finite.
    pub fn gradient(
        &mut self,
        network: &Network<T>,
        gradient: &mut Parameters<T>,
    ) -> Result<(), NetworkError> {
        self.require_shape_of(network)?;
        gradient.require_shape_of(network)?;
        self.require_stage(Stage::Backward, "a backward pass")?;
        let batch = T::from_count(self.batch);
        for (index, layer) in gradient.layers_mut().iter_mut().enumerate() {
            let scale = network.multipliers()[index] / batch;
            let signals = &self.backward_signals[index];
            match entering(&self.input, &self.features, index) {
                Entering::Vectors(h) => {
                    let (signals, h) = (Factor::Plain(signals), Factor::Transposed(h));
                    multiply(scale, signals, h, &mut layer.weights, &mut self.packing);
                }
                Entering::Tokens(tokens) => scatter(scale, signals, tokens, &mut layer.weights),
            }
            require_finite(index, "a gradient", &layer.weights)?;
            if let Some(bias) = &mut layer.bias {
                for (row, bias) in bias.iter_mut().enumerate() {
                    let mut sum = T::zero();
                    for &signal in signals.row(row).iter() {
                        sum += signal;
                    }
                    *bias = sum / batch;
                }
                if !is_finite(bias.as_slice()) {
                    return Err(NetworkError::not_finite(index, "a bias gradient"));
                }
            }
        }
        Ok(())
    }

    /// Checks that the pass has come at least so far.
    fn require_stage(&self, stage: Stage, what: &'static str) -> Result<(), NetworkError> {
        if self.stage >= stage { Ok(()) } else { Err(NetworkError::missing(what)) }
    }

    /// Checks that there was a backward pass.
    pub(crate) fn require_backward(&self) -> Result<(), NetworkError> {
        self.require_stage(Stage::Backward, "a backward pass")
    }

    /// Checks that there was a forward pass.
    pub(crate) fn require_forward(&self) -> Result<(), NetworkError> {
        self.require_stage(Stage::Forward, "a forward pass")
    }

    /// Checks that the memory is that of a network of this shape.
    pub(crate) fn require_shape_of(&self, network: &Network<T>) -> Result<(), NetworkError> {
        network.require_consistent()?;
        NetworkError::require("layers of the pass", network.layers().len(), self.preactivations.len())?;
        for (layer, z) in network.layers().iter().zip(&self.preactivations) {
            NetworkError::require("rows of the pass", layer.weights.nrows(), z.nrows())?;
        }
        Ok(())
    }

    /// Keeps a checked copy of the input.
    fn keep(&mut self, network: &Network<T>, input: Input<'_, T>) -> Result<(), NetworkError> {
        let fan_in = fan_in(network);
        match input {
            Input::Dense(input) => {
                NetworkError::require("rows of the input", fan_in, input.nrows())?;
                NetworkError::require("columns of the input", self.batch, input.ncols())?;
                require_finite(0, "an input", input)?;
                match &mut self.input {
                    Kept::Dense(kept) if kept.shape() == input.shape() => kept.copy_from(input),
                    kept => *kept = Kept::Dense(input.clone()),
                }
            }
            Input::OneHot(tokens) => {
                NetworkError::require("tokens", self.batch, tokens.len())?;
                if let Some(&token) = tokens.iter().find(|&&token| token >= fan_in) {
                    return Err(NetworkError::index("token", fan_in, token));
                }
                match &mut self.input {
                    Kept::OneHot(kept) => kept.copy_from_slice(tokens),
                    kept => *kept = Kept::OneHot(tokens.to_vec()),
                }
            }
        }
        Ok(())
    }
}

/// What enters a layer: the input of the pass or the features of the layer before.
fn entering<'a, T>(input: &'a Kept<T>, features: &'a [DMatrix<T>], layer: usize) -> Entering<'a, T> {
    match (layer.checked_sub(1), input) {
        (Some(before), _) => Entering::Vectors(&features[before]),
        (None, Kept::Dense(input)) => Entering::Vectors(input),
        (None, Kept::OneHot(tokens)) => Entering::Tokens(tokens),
    }
}

/// The width of the input.
fn fan_in<T: Scalar>(network: &Network<T>) -> usize {
    network.layers().first().map_or(0, |layer| layer.weights.ncols())
}

fn zeros<T: Scalar>(rows: usize, columns: usize) -> DMatrix<T> {
    DMatrix::repeat(rows, columns, T::zero())
}

fn require_finite<T: Scalar>(
    layer: usize,
    what: &'static str,
    array: &DMatrix<T>,
) -> Result<(), NetworkError> {
    if is_finite(array.as_slice()) { Ok(()) } else { Err(NetworkError::not_finite(layer, what)) }
}

/// The columns of the weights that belong to the tokens, times the multiplier.
pub(crate) fn look_up<T: Scalar>(multiplier: T, weights: &DMatrix<T>, tokens: &[usize], z: &mut DMatrix<T>) {
    for (mut z, &token) in z.column_iter_mut().zip(tokens) {
        for (z, &weight) in z.iter_mut().zip(weights.column(token).iter()) {
            *z = multiplier * weight;
        }
    }
}

/// `scale · Σ_i δ_i e_{t_i}ᵀ`: the sums of the signals of each token, in ascending order of the examples.
fn scatter<T: Scalar>(scale: T, signals: &DMatrix<T>, tokens: &[usize], out: &mut DMatrix<T>) {
    out.fill(T::zero());
    for (signal, &token) in signals.column_iter().zip(tokens) {
        for (out, &signal) in out.column_mut(token).iter_mut().zip(signal.iter()) {
            *out += signal;
        }
    }
    for (example, &token) in tokens.iter().enumerate() {
        // Once for each token that occurs.
        if !tokens[..example].contains(&token) {
            for out in out.column_mut(token).iter_mut() {
                *out *= scale;
            }
        }
    }
}
