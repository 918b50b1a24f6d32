// SPDX-License-Identifier: MIT OR Apache-2.0

//! One step of training: forward, backward, gradient, update, and the memory of all four.

use widthwise_rounding::Scalar;

use crate::{Input, Loss, Network, NetworkError, Optimizer, Parameters, Pass};

/// The memory of a step, and afterwards everything that the step met.
///
/// # Examples
///
/// ```
/// use nalgebra::dmatrix;
/// use widthwise_network::{
///     Activation, Input, LayerRule, Loss, Method, Network, Optimizer, Rule, Workspace,
/// };
///
/// let mut network = Network::new(&[1, 1, 1], Activation::Identity)?;
/// network.layers_mut().iter_mut().for_each(|layer| layer.weights.fill(1.0));
/// let rule = Rule::new(Method::GradientDescent, 0.25);
/// let mut optimizer = Optimizer::new(&network, 1, &[LayerRule { weights: rule, bias: rule }; 2])?;
/// let mut workspace = Workspace::new(&network, 1)?;
///
/// // ½(w₂w₁x − y)² at w = (1, 1), x = 1, y = 3: both weights move by ½.
/// let (x, y) = (dmatrix![1.0], dmatrix![3.0]);
/// let loss = workspace.step(&mut network, &mut optimizer, Input::Dense(&x), &Loss::SquaredError(&y))?;
/// assert_eq!(loss, 2.0);
/// assert_eq!(workspace.update().layers()[0].weights[0], 0.5);
/// assert_eq!(network.layers()[1].weights[0], 1.5);
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Workspace<T> {
    pass: Pass<T>,
    gradient: Parameters<T>,
    update: Parameters<T>,
}

impl<T: Scalar> Workspace<T> {
    /// Memory for steps of `batch` examples with networks of this shape.
    ///
    /// # Errors
    ///
    /// Fails if the batch is empty or the layers do not fit each other.
    pub fn new(network: &Network<T>, batch: usize) -> Result<Self, NetworkError> {
        Ok(Self {
            pass: Pass::new(network, batch)?,
            gradient: Parameters::zeros_like(network),
            update: Parameters::zeros_like(network),
        })
    }

    /// Takes one step: computes the mean loss of the batch, its gradient and the update by the optimizer's rules, and adds
    /// the update to the network. Returns the loss before the step.
    ///
    /// About `6B` operations a weight and those of the rules; nothing is allocated where [`Optimizer::update`] does not.
    ///
    /// # Errors
    ///
    /// Fails where [`Pass::forward`], [`Pass::backward`], [`Pass::gradient`], [`Optimizer::update`] or [`Network::apply`]
    /// does: shapes that do not fit, or a number that leaves the format, as under a rate that is too large. The network is
    /// then unchanged; the optimizer may have taken the gradient into its memory.
    pub fn step(
        &mut self,
        network: &mut Network<T>,
        optimizer: &mut Optimizer<T>,
        input: Input<'_, T>,
        loss: &Loss<'_, T>,
    ) -> Result<T, NetworkError> {
        self.pass.forward(network, input)?;
        let loss = self.pass.backward(network, loss)?;
        self.pass.gradient(network, &mut self.gradient)?;
        optimizer.update(network, &self.pass, &self.gradient, &mut self.update)?;
        network.apply(&self.update)?;
        Ok(loss)
    }

    /// The forward and backward pass of the last step, before the update.
    #[must_use]
    pub fn pass(&self) -> &Pass<T> {
        &self.pass
    }

    /// The gradient of the last step.
    #[must_use]
    pub fn gradient(&self) -> &Parameters<T> {
        &self.gradient
    }

    /// The update of the last step.
    #[must_use]
    pub fn update(&self) -> &Parameters<T> {
        &self.update
    }
}
