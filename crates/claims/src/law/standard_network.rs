// SPDX-License-Identifier: MIT OR Apache-2.0

//! The standard measurement: a small network with wide hidden layers takes one step on one example.
//!
//! 16 inputs, one or two hidden layers of width `n` with ReLU, 4 outputs. The input is uniform on the sphere of radius √16, the loss is
//! linear, `⟨c, h_L⟩` with `c` uniform on the sphere of radius √4: so the backward signal at the output does not depend on the rule, and the
//! slopes have half the scatter that a squared error would give them. Initial scales, multipliers and rates come from the rule, with the constant 1 for scales and
//! 0.1 for rates.
//!
//! One example makes updates of rank one, whatever of the three families of optimisers makes them (`spectral.update-alignment.rank-one`,
//! `spectral.adam.sign-of-rank-one`), so the spectral norm of an update is its Frobenius norm and no singular value is computed.

use alloc::format;
use alloc::vec;
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
use widthwise_sampling::Stream;

use super::{Address, Design, Exponent, Law, LawError, Quantity};

/// Widths and draws by effort, from the draws that the noisiest quantity of the law needs: a standard error below 0.03.
///
/// For one draw at each of four widths, the slope has a standard deviation of 0.30 for the output at initialisation, 0.24 for its change, and 0.2 or less for
/// everything else.
pub(crate) const fn designs(draws: usize) -> [Design; 3] {
    [
        Design { widths: &[32, 64, 128, 256], draws },
        Design { widths: &[64, 128, 256, 512], draws },
        Design { widths: &[64, 128, 256, 512, 1024], draws: 2 * draws },
    ]
}

const INPUTS: usize = 16;
const OUTPUTS: usize = 4;
const CONSTANTS: Constants = Constants { rate: 0.1, ..Constants::UNIT };

/// The rule and the optimiser on trial.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StandardNetwork {
    /// Hidden layers: one or two.
    pub(crate) hidden_layers: usize,
    /// Where scales, multipliers and rates come from.
    pub(crate) rule: &'static Rule,
    /// What the rule is asked about.
    pub(crate) optimizer: Optimizer,
    /// What makes the update.
    pub(crate) method: Method<f64>,
}

impl StandardNetwork {
    /// Two hidden layers under gradient descent.
    pub(crate) const fn gradient_descent(rule: &'static Rule) -> Self {
        Self { hidden_layers: 2, rule, optimizer: Optimizer::Sgd, method: Method::GradientDescent }
    }

    /// Draws the network of an address, takes the step and measures the law's quantities.
    pub(crate) fn measure(
        &self,
        law: &Law,
        seed: u64,
        address: Address,
        memory: &mut Memory,
    ) -> Result<Vec<f64>, LawError> {
        let mut widths = vec![INPUTS];
        widths.resize(1 + self.hidden_layers, address.width);
        widths.push(OUTPUTS);
        let scales = self.scales(&widths)?;
        let bench = memory.bench(&widths)?;

        let name = format!("{}/{}", law.id, address.width);
        let index = address.draw as u64;
        bench.initialize(&scales, network::Address { seed, name: &name, index })?;
        // The step changes the weights, so theirs come first.
        let start = law.exponents.iter().map(|exponent| bench.at_start(exponent.quantity));
        let start = start.collect::<Result<Vec<_>, _>>()?;

        let mut stream = Stream::new(seed, &format!("{name}/example"), index);
        let (x, coefficients) = (on_sphere(&mut stream, INPUTS), on_sphere(&mut stream, OUTPUTS));
        bench.step(self.method, &scales, &x, &coefficients)?;
        let later = |(exponent, start): (&Exponent, Option<f64>)| match start {
            Some(value) => Ok(value),
            None => bench.after_step(exponent.quantity),
        };
        law.exponents.iter().zip(start).map(later).collect()
    }

    /// The numbers of each layer.
    fn scales(&self, widths: &[usize]) -> Result<Vec<LayerScale>, LawError> {
        let layers = widths.len().saturating_sub(1);
        let matrices = widths.iter().zip(widths.iter().skip(1)).enumerate();
        let scale = |(index, (&fan_in, &fan_out)): (usize, (&usize, &usize))| {
            let role = match index {
                0 => Role::Input,
                _ if index + 1 == layers => Role::Output,
                _ => Role::Hidden,
            };
            Ok(self.rule.layer(role, LogicalMatrix::new(fan_out, fan_in)?, self.optimizer, &CONSTANTS)?)
        };
        matrices.map(scale).collect()
    }
}

/// The memory of measurements: kept from one to the next, it spares a thread the cost of fresh pages. What a measurement finds does not
/// depend on what was measured before.
///
/// # Examples
///
/// ```
/// use widthwise_claims::law::{Address, Memory, find};
/// let law = find("spectral.rule.ntp").ok_or("unknown id")?;
/// let mut memory = Memory::default();
/// let address = Address { width: 16, draw: 3 };
/// let first = law.measure(7, address, &mut memory)?;
/// law.measure(7, Address { width: 8, draw: 0 }, &mut memory)?;
/// assert_eq!(law.measure(7, address, &mut memory)?, first);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory {
    bench: Option<Bench>,
}

impl Memory {
    /// Networks of these widths: those that are there, or new ones.
    fn bench(&mut self, widths: &[usize]) -> Result<&mut Bench, LawError> {
        let bench = match self.bench.take() {
            Some(bench) if bench.widths == widths => bench,
            _ => Bench::new(widths)?,
        };
        Ok(self.bench.insert(bench))
    }
}

/// A network, its step, and what the step leads to.
#[derive(Clone, Debug)]
struct Bench {
    widths: Vec<usize>,
    network: Network<f64>,
    workspace: Workspace<f64>,
    after: Pass<f64>,
}

impl Bench {
    fn new(widths: &[usize]) -> Result<Self, LawError> {
        let network = Network::new(widths, Activation::Relu)?;
        let (workspace, after) = (Workspace::new(&network, 1)?, Pass::new(&network, 1)?);
        Ok(Self { widths: widths.to_vec(), network, workspace, after })
    }

    /// Draws the weights.
    fn initialize(&mut self, scales: &[LayerScale], address: network::Address<'_>) -> Result<(), LawError> {
        for (layer, scale) in scales.iter().enumerate() {
            self.network.set_multiplier(layer, scale.multiplier)?;
        }
        let initializers = scales.iter().map(initializer).collect::<Result<Vec<_>, _>>()?;
        Ok(self.network.initialize(&initializers, address)?)
    }

    /// Takes the step and passes the example through the network that it leads to.
    fn step(
        &mut self,
        method: Method<f64>,
        scales: &[LayerScale],
        x: &DMatrix<f64>,
        coefficients: &DMatrix<f64>,
    ) -> Result<(), LawError> {
        let rule = |scale: &LayerScale| {
            let rule = network::Rule::new(method, scale.rate);
            LayerRule { weights: rule, bias: rule }
        };
        let rules: Vec<_> = scales.iter().map(rule).collect();
        let mut optimizer = network::Optimizer::new(&self.network, 1, &rules)?;
        let (input, loss) = (Input::Dense(x), Loss::Linear(coefficients));
        self.workspace.step(&mut self.network, &mut optimizer, input, &loss)?;
        Ok(self.after.forward(&self.network, input)?)
    }

    /// The quantities of the weights before the step; `None` for others.
    fn at_start(&self, quantity: Quantity) -> Result<Option<f64>, LawError> {
        let Quantity::Weight(number) = quantity else { return Ok(None) };
        let (layer, multiplier) = self.layer(number)?;
        Ok(Some(multiplier * middle(Norms::of_matrix(&layer.weights)?.natural())))
    }

    /// The other quantities.
    fn after_step(&self, quantity: Quantity) -> Result<f64, LawError> {
        let (Quantity::Weight(number)
        | Quantity::Update(number)
        | Quantity::Feature(number)
        | Quantity::FeatureChange(number)) = quantity;
        let (layer, multiplier) = self.layer(number)?;
        let before = features(self.workspace.pass(), number);
        Ok(match quantity {
            Quantity::Weight(_) => multiplier * middle(Norms::of_matrix(&layer.weights)?.natural()),
            Quantity::Update(_) => {
                let (fan_out, fan_in) = layer.weights.shape();
                let update = &self.workspace.update().layers()[number - 1].weights;
                let norm = middle(frobenius_norm_enclosure(update).map_err(NetworkError::from)?);
                multiplier * norm * (f64::from_count(fan_in) / f64::from_count(fan_out)).square_root()
            }
            Quantity::Feature(_) => middle(root_mean_square(before)?),
            Quantity::FeatureChange(_) => {
                middle(change_root_mean_square(before, features(&self.after, number))?)
            }
        })
    }

    /// A layer, counted from 1, and its multiplier.
    fn layer(&self, number: usize) -> Result<(&LayerParameters<f64>, f64), LawError> {
        let mut layers = self.network.layers().iter().zip(self.network.multipliers().iter().copied());
        number.checked_sub(1).and_then(|index| layers.nth(index)).ok_or(LawError::layer(number))
    }
}

/// The features of a hidden layer, counted from 1, or the output.
fn features(pass: &Pass<f64>, number: usize) -> &DMatrix<f64> {
    pass.features().get(number - 1).unwrap_or_else(|| pass.output())
}

fn initializer(scale: &LayerScale) -> Result<LayerInitializer<f64>, LawError> {
    let weights = match scale.initial {
        Initial::Zero => Initializer::Zero,
        Initial::Gaussian(sigma) => Initializer::Gaussian { sigma },
        Initial::Orthogonal(sigma) => Initializer::SemiOrthogonal { sigma },
        Initial::Constant(_) => return Err(LawError::EQUAL_ENTRIES),
    };
    Ok(LayerInitializer { weights, bias: Initializer::Zero })
}

/// A vector uniform on the sphere of the radius `√length`: normal numbers, scaled.
fn on_sphere(stream: &mut Stream, length: usize) -> DMatrix<f64> {
    let mut x = DMatrix::from_fn(length, 1, |_, _| stream.normal());
    let squares = x.iter().fold(0.0, |sum, x| sum + x * x);
    // Sixteen normal numbers of the stream are never all zero: their pairs lie in the punctured disc.
    let factor = (f64::from_count(length) / squares).square_root();
    for x in x.iter_mut() {
        *x *= factor;
    }
    x
}

/// A number of an enclosure whose width is a few roundings.
fn middle(enclosure: ScaledEnclosure<f64>) -> f64 {
    enclosure.to_enclosure().midpoint()
}
