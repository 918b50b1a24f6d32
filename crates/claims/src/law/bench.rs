// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where networks of laws are drawn, trained and measured: the network before its training, after it, and its last step.
//!
//! Scales, multipliers and rates come from the rule on trial. Norms are the middles of enclosures that are a few roundings wide.

use alloc::vec::Vec;

use nalgebra::DMatrix;
use widthwise_linalg::frobenius_norm_enclosure;
use widthwise_network as network;
use widthwise_network::{
    Activation, Initializer, Input, LayerInitializer, LayerParameters, LayerRule, Loss, Method, Network,
    NetworkError, Norms, Pass, Workspace, change_root_mean_square, root_mean_square,
};
use widthwise_parametrization::{Constants, Initial, LayerScale, LogicalMatrix, Optimizer, Role, Rule};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use super::{LawError, Quantity};

/// The memory of measurements: kept from one to the next, it spares a thread the cost of fresh pages. What a measurement finds does not
/// depend on what was measured before.
///
/// # Examples
///
/// ```
/// use widthwise_claims::law::{Address, Memory, find};
/// let law = find("spectral.rule.ntp").ok_or("unknown id")?;
/// let mut memory = Memory::default();
/// let address = Address::at_width(16, 3);
/// let first = law.measure(7, address, &mut memory)?;
/// law.measure(7, Address::at_width(8, 0), &mut memory)?;
/// assert_eq!(law.measure(7, address, &mut memory)?, first);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub(super) bench: Option<Bench>,
}

impl Memory {
    /// A bench for networks of this shape: the one that is there, or a new one.
    pub(super) fn bench(&mut self, shape: Shape) -> Result<&mut Bench, LawError> {
        let bench = match self.bench.take() {
            Some(bench) if bench.shape == shape => bench,
            _ => Bench::new(shape)?,
        };
        Ok(self.bench.insert(bench))
    }
}

/// What the memory of a measurement depends on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    /// Inputs, hidden widths, outputs.
    pub(super) widths: Vec<usize>,
    pub(super) activation: Activation,
    pub(super) biases: bool,
    /// Examples.
    pub(super) batch: usize,
}

/// The rule on trial, and the optimiser that it is asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trial {
    pub(super) rule: &'static Rule,
    pub(super) optimizer: Optimizer,
    /// What makes the updates. Adam's `ε` is a constant before the scale that the rule gives it.
    pub(super) method: Method<f64>,
    /// The constant before the rule's rates.
    pub(super) rate: f64,
    /// The constant before the rule's initial scales, but for those of the first layer.
    pub(super) gain: f64,
}

/// The numbers of a layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayerScales {
    weights: LayerScale,
    /// As the weights where there is no bias.
    bias: LayerScale,
}

impl Trial {
    /// The numbers of each layer of a network.
    pub(super) fn scales(&self, shape: &Shape) -> Result<Vec<LayerScales>, LawError> {
        let epsilon = match self.method {
            Method::Adam { epsilon, .. } => epsilon,
            _ => 0.0,
        };
        let constants = |initial| Constants { initial, rate: self.rate, epsilon, ..Constants::UNIT };
        let layers = shape.widths.len().saturating_sub(1);
        let matrices = shape.widths.iter().zip(shape.widths.iter().skip(1)).enumerate();
        let scale = |(index, (&fan_in, &fan_out)): (usize, (&usize, &usize))| {
            let (role, role_of_bias, gain) = match index {
                0 => (Role::Input, Role::Bias, 1.0),
                _ if index + 1 == layers => (Role::Output, Role::OutputBias, self.gain),
                _ => (Role::Hidden, Role::Bias, self.gain),
            };
            let layer = |role, matrix, gain| self.rule.layer(role, matrix, self.optimizer, &constants(gain));
            let weights = layer(role, LogicalMatrix::new(fan_out, fan_in)?, gain)?;
            let bias = match shape.biases {
                true => layer(role_of_bias, LogicalMatrix::new(fan_out, 1)?, 1.0)?,
                false => weights,
            };
            Ok(LayerScales { weights, bias })
        };
        matrices.map(scale).collect()
    }

    /// What makes an update of numbers with this scale.
    fn rule(&self, scale: &LayerScale) -> network::Rule<f64> {
        let method = match self.method {
            Method::Adam { first_decay, second_decay, .. } => {
                Method::Adam { first_decay, second_decay, epsilon: scale.epsilon }
            }
            method => method,
        };
        network::Rule::new(method, scale.rate)
    }
}

/// A network, its training, and what the training leads to.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    shape: Shape,
    /// The weights before the training.
    start: Vec<DMatrix<f64>>,
    network: Network<f64>,
    /// The last step.
    pub(super) workspace: Workspace<f64>,
    /// The examples before the training, and after it.
    pub(super) before: Pass<f64>,
    pub(super) after: Pass<f64>,
}

impl Bench {
    fn new(shape: Shape) -> Result<Self, LawError> {
        let make = if shape.biases { Network::with_biases } else { Network::new };
        let network = make(&shape.widths, shape.activation)?;
        let workspace = Workspace::new(&network, shape.batch)?;
        let before = Pass::new(&network, shape.batch)?;
        let start = network.layers().iter().map(|layer| layer.weights.clone()).collect();
        Ok(Self { after: before.clone(), shape, start, network, workspace, before })
    }

    /// Draws the weights.
    pub(super) fn initialize(
        &mut self,
        scales: &[LayerScales],
        address: network::Address<'_>,
    ) -> Result<(), LawError> {
        for (layer, scale) in scales.iter().enumerate() {
            self.network.set_multiplier(layer, scale.weights.multiplier)?;
        }
        let layer = |scale: &LayerScales| {
            Ok(LayerInitializer { weights: initializer(&scale.weights)?, bias: initializer(&scale.bias)? })
        };
        let initializers = scales.iter().map(layer).collect::<Result<Vec<_>, LawError>>()?;
        Ok(self.network.initialize(&initializers, address)?)
    }

    /// Passes the examples through the network as it starts; its outputs.
    pub(super) fn start(&mut self, x: &DMatrix<f64>) -> Result<&DMatrix<f64>, LawError> {
        for (start, layer) in self.start.iter_mut().zip(self.network.layers()) {
            start.copy_from(&layer.weights);
        }
        self.before.forward(&self.network, Input::Dense(x))?;
        Ok(self.before.output())
    }

    /// Takes so many steps on all examples, and passes them through what these lead to.
    pub(super) fn train(
        &mut self,
        trial: &Trial,
        scales: &[LayerScales],
        x: &DMatrix<f64>,
        loss: &Loss<'_, f64>,
        steps: usize,
    ) -> Result<(), LawError> {
        let rule = |scale: &LayerScales| LayerRule {
            weights: trial.rule(&scale.weights),
            bias: trial.rule(&scale.bias),
        };
        let rules: Vec<_> = scales.iter().map(rule).collect();
        let mut optimizer = network::Optimizer::new(&self.network, self.shape.batch, &rules)?;
        let input = Input::Dense(x);
        for _ in 0..steps {
            self.workspace.step(&mut self.network, &mut optimizer, input, loss)?;
        }
        Ok(self.after.forward(&self.network, input)?)
    }

    /// A quantity of the network, its training and its last step. What is divided by zero is infinite or NaN, and has no logarithm.
    pub(super) fn quantity(&self, quantity: Quantity) -> Result<f64, LawError> {
        let number = quantity.layer().map_err(LawError::formula)?;
        let (layer, start, multiplier) = self.layer(number)?;
        let moved = || &layer.weights - start;
        let (before, after) = (features(&self.before, number), features(&self.after, number));
        let step = &self.workspace.update().layers()[number - 1];
        Ok(match quantity {
            Quantity::Weight(_) => multiplier * middle(Norms::of_matrix(start)?.natural()),
            Quantity::Update(_) => {
                let (fan_out, fan_in) = step.weights.shape();
                multiplier * frobenius(&step.weights)? * ratio(fan_in, fan_out).square_root()
            }
            Quantity::Displacement(_) => multiplier * middle(Norms::of_matrix(&moved())?.natural()),
            Quantity::RelativeDisplacement(_) => spectral(&moved())? / spectral(start)?,
            Quantity::RelativeFrobeniusDisplacement(_) => frobenius(&moved())? / frobenius(start)?,
            Quantity::WeightTriangle(_) => {
                spectral(&layer.weights)? / (spectral(start)? + spectral(&moved())?)
            }
            Quantity::Gradient(_) => {
                let (fan_out, fan_in) = layer.weights.shape();
                let norms = Norms::of_gradient(&self.network, self.workspace.pass(), number - 1)?;
                middle(norms.spectral()) / multiplier * ratio(fan_out, fan_in).square_root()
            }
            Quantity::BiasChange(_) => {
                let bias = step.bias.as_ref().ok_or(LawError::bias(number))?;
                middle(root_mean_square(bias)?)
            }
            Quantity::Feature(_) => middle(root_mean_square(before)?),
            Quantity::TrainedFeature(_) => middle(root_mean_square(after)?),
            Quantity::FeatureChange(_) => middle(change_root_mean_square(before, after)?),
            Quantity::RelativeFeatureChange(_) => {
                middle(change_root_mean_square(before, after)?) / middle(root_mean_square(before)?)
            }
            Quantity::FeatureTriangle(_) => {
                let change = middle(change_root_mean_square(before, after)?);
                middle(root_mean_square(after)?) / (middle(root_mean_square(before)?) + change)
            }
            Quantity::Cosine(_) => cosine_of_pairs(before),
            Quantity::ExampleShare(_) => {
                let pass = self.workspace.pass();
                let h = pass.layer_input(number - 1).ok_or(LawError::layer(number))?;
                share_of_examples(&pass.backward_signals()[number - 1], h)
            }
            Quantity::Formula(formula) => return Err(LawError::formula(formula)),
        })
    }

    /// A layer, counted from 1, its weights before the training, and its multiplier.
    fn layer(&self, number: usize) -> Result<(&LayerParameters<f64>, &DMatrix<f64>, f64), LawError> {
        let multipliers = self.network.multipliers().iter().copied();
        let mut layers = self.network.layers().iter().zip(&self.start).zip(multipliers);
        let layer = number.checked_sub(1).and_then(|index| layers.nth(index));
        layer.map(|((layer, start), multiplier)| (layer, start, multiplier)).ok_or(LawError::layer(number))
    }
}

/// The features of a hidden layer, counted from 1, or the output.
fn features(pass: &Pass<f64>, number: usize) -> &DMatrix<f64> {
    pass.features().get(number - 1).unwrap_or_else(|| pass.output())
}

fn initializer(scale: &LayerScale) -> Result<Initializer<f64>, LawError> {
    match scale.initial {
        Initial::Zero => Ok(Initializer::Zero),
        Initial::Gaussian(sigma) => Ok(Initializer::Gaussian { sigma }),
        Initial::Orthogonal(sigma) => Ok(Initializer::SemiOrthogonal { sigma }),
        Initial::Constant(_) => Err(LawError::EQUAL_ENTRIES),
    }
}

/// `ΔW h_i` of a gradient step against what example `i` alone would have put there, `‖Σ_j ⟨h_j, h_i⟩ δ_j‖ / ‖⟨h_i, h_i⟩ δ_i‖`, for signals
/// `δ` and features `h` in columns: the geometric mean over the examples.
fn share_of_examples(signals: &DMatrix<f64>, h: &DMatrix<f64>) -> f64 {
    let gram = h.transpose() * h;
    let sums = signals * &gram;
    let mut logarithms = 0.0;
    for (example, (sum, own)) in sums.column_iter().zip(signals.column_iter()).enumerate() {
        logarithms +=
            (length(sum.iter()) / (gram[(example, example)] * length(own.iter()))).natural_logarithm();
    }
    libm::exp(logarithms / f64::from_count(h.ncols()))
}

/// The root of the mean square of the cosines between the columns of different examples.
fn cosine_of_pairs(h: &DMatrix<f64>) -> f64 {
    let lengths: Vec<_> = h.column_iter().map(|column| length(column.iter())).collect();
    let (mut squares, mut pairs) = (0.0, 0_usize);
    for (i, x) in h.column_iter().enumerate() {
        for (j, y) in h.column_iter().enumerate().take(i) {
            let product = x.iter().zip(y.iter()).fold(0.0, |sum, (x, y)| sum + x * y);
            let cosine = product / (lengths[i] * lengths[j]);
            squares += cosine * cosine;
            pairs += 1;
        }
    }
    (squares / f64::from_count(pairs)).square_root()
}

fn length<'a>(x: impl Iterator<Item = &'a f64>) -> f64 {
    x.fold(0.0, |sum, x| sum + x * x).square_root()
}

fn spectral(a: &DMatrix<f64>) -> Result<f64, LawError> {
    Ok(middle(Norms::of_matrix(a)?.spectral()))
}

fn frobenius(a: &DMatrix<f64>) -> Result<f64, LawError> {
    Ok(middle(frobenius_norm_enclosure(a).map_err(NetworkError::from)?))
}

fn ratio(numerator: usize, denominator: usize) -> f64 {
    f64::from_count(numerator) / f64::from_count(denominator)
}

/// A number of an enclosure whose width is a few roundings.
pub(super) fn middle(enclosure: ScaledEnclosure<f64>) -> f64 {
    enclosure.to_enclosure().midpoint()
}

#[cfg(test)]
mod tests;
