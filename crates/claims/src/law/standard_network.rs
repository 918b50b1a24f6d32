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
    Activation, Initializer, Input, LayerInitializer, LayerRule, Loss, Method, Network, NetworkError, Norms, Pass,
    Workspace, change_root_mean_square, root_mean_square,
};
use widthwise_parametrization::{Constants, Initial, LayerScale, LogicalMatrix, Optimizer, Role, Rule};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::Stream;

use super::{Address, Design, Law, LawError, Quantity};

/// Widths and draws by effort. 96 draws bring the noisiest slope, that of the four outputs at initialisation with a standard
/// deviation of 0.26 a draw, to a standard error of 0.027.
pub(crate) const DESIGNS: [Design; 3] = [
    Design { widths: &[32, 64, 128, 256], draws: 96 },
    Design { widths: &[64, 128, 256, 512], draws: 96 },
    Design { widths: &[64, 128, 256, 512, 1024], draws: 192 },
];

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
    pub(crate) fn measure(&self, law: &Law, seed: u64, address: Address) -> Result<Vec<f64>, LawError> {
        let step = Step::take(self, law.id, seed, address)?;
        law.exponents.iter().map(|exponent| step.quantity(exponent.quantity)).collect()
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

/// A network before and after its first step.
struct Step {
    initial: Network<f64>,
    workspace: Workspace<f64>,
    after: Pass<f64>,
}

impl Step {
    fn take(setup: &StandardNetwork, law: &str, seed: u64, address: Address) -> Result<Self, LawError> {
        let mut widths = vec![INPUTS];
        widths.resize(1 + setup.hidden_layers, address.width);
        widths.push(OUTPUTS);
        let scales = setup.scales(&widths)?;

        let mut network = Network::new(&widths, Activation::Relu)?;
        for (layer, scale) in scales.iter().enumerate() {
            network.set_multiplier(layer, scale.multiplier)?;
        }
        let name = format!("{law}/{}", address.width);
        let index = address.draw as u64;
        let initializers = scales.iter().map(initializer).collect::<Result<Vec<_>, _>>()?;
        network.initialize(&initializers, network::Address { seed, name: &name, index })?;
        let initial = network.clone();

        let mut stream = Stream::new(seed, &format!("{name}/example"), index);
        let x = on_sphere(&mut stream, INPUTS);
        let coefficients = on_sphere(&mut stream, OUTPUTS);

        let rule = |scale: &LayerScale| {
            let rule = network::Rule::new(setup.method, scale.rate);
            LayerRule { weights: rule, bias: rule }
        };
        let rules: Vec<_> = scales.iter().map(rule).collect();
        let mut optimizer = network::Optimizer::new(&network, 1, &rules)?;
        let mut workspace = Workspace::new(&network, 1)?;
        workspace.step(&mut network, &mut optimizer, Input::Dense(&x), &Loss::Linear(&coefficients))?;
        let mut after = Pass::new(&network, 1)?;
        after.forward(&network, Input::Dense(&x))?;
        Ok(Self { initial, workspace, after })
    }

    fn quantity(&self, quantity: Quantity) -> Result<f64, LawError> {
        let (Quantity::Weight(number)
        | Quantity::Update(number)
        | Quantity::Feature(number)
        | Quantity::FeatureChange(number)) = quantity;
        let layer = number.wrapping_sub(1);
        let missing = LawError::layer(number);
        let weights = &self.initial.layers().get(layer).ok_or(missing)?.weights;
        let multiplier = self.initial.multipliers().get(layer).copied().unwrap_or(1.0);
        let before = features(self.workspace.pass(), layer);
        Ok(match quantity {
            Quantity::Weight(_) => multiplier * middle(Norms::of_matrix(weights)?.natural()),
            Quantity::Update(_) => {
                let (fan_out, fan_in) = weights.shape();
                let update = self.workspace.update().layers().get(layer).ok_or(missing)?;
                let norm = middle(frobenius_norm_enclosure(&update.weights).map_err(NetworkError::from)?);
                multiplier * norm * (f64::from_count(fan_in) / f64::from_count(fan_out)).square_root()
            }
            Quantity::Feature(_) => middle(root_mean_square(before)?),
            Quantity::FeatureChange(_) => {
                middle(change_root_mean_square(before, features(&self.after, layer))?)
            }
        })
    }
}

/// The features of a hidden layer, or the output.
fn features(pass: &Pass<f64>, layer: usize) -> &DMatrix<f64> {
    pass.features().get(layer).unwrap_or_else(|| pass.output())
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
