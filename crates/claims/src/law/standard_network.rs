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

use super::{Address, Design, Estimand, Law, LawError, Quantity, Size};

/// Widths and draws by effort, from the draws that the noisiest quantity of the law needs: a standard error of 0.027 or less.
///
/// For one draw at each of four widths, the slope has a standard deviation of 0.30 for the output at initialisation, 0.24 for its change, and 0.2 or less for
/// everything else.
pub(crate) const fn designs(draws: usize) -> [Design; 3] {
    const NARROW: &[Size] = &Size::widths([32, 64, 128, 256]);
    const STANDARD: &[Size] = &Size::widths([64, 128, 256, 512]);
    const WIDE: &[Size] = &Size::widths([64, 128, 256, 512, 1024]);
    [
        Design { sizes: NARROW, draws },
        Design { sizes: STANDARD, draws },
        Design { sizes: WIDE, draws: 2 * draws },
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
        widths.resize(1 + self.hidden_layers, address.width());
        widths.push(OUTPUTS);
        let scales = self.scales(&widths)?;
        let bench = memory.bench(&widths)?;

        let name = format!("{}/{}", law.id, address.width());
        let index = address.draw as u64;
        bench.initialize(&scales, network::Address { seed, name: &name, index })?;
        // The step changes the weights, so theirs come first.
        let start = law.estimands.iter().map(|estimand| bench.at_start(estimand.quantity()));
        let start = start.collect::<Result<Vec<_>, _>>()?;

        let mut stream = Stream::new(seed, &format!("{name}/example"), index);
        let (x, coefficients) = (on_sphere(&mut stream, INPUTS), on_sphere(&mut stream, OUTPUTS));
        bench.step(self.method, &scales, &x, &coefficients)?;
        let later = |(estimand, start): (&Estimand, Option<f64>)| match start {
            Some(value) => Ok(value),
            None => bench.quantity(estimand.quantity()),
        };
        law.estimands.iter().zip(start).map(later).collect()
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
/// let address = Address::at_width(16, 3);
/// let first = law.measure(7, address, &mut memory)?;
/// law.measure(7, Address::at_width(8, 0), &mut memory)?;
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

    /// A quantity of the weights before the step; `None` for others.
    fn at_start(&self, quantity: Quantity) -> Result<Option<f64>, LawError> {
        match quantity {
            Quantity::Weight(_) => self.quantity(quantity).map(Some),
            Quantity::Update(_)
            | Quantity::Feature(_)
            | Quantity::FeatureChange(_)
            | Quantity::Formula(_) => Ok(None),
        }
    }

    /// A quantity of the network as it stands, and of the last step.
    fn quantity(&self, quantity: Quantity) -> Result<f64, LawError> {
        let number = match quantity {
            Quantity::Weight(number)
            | Quantity::Update(number)
            | Quantity::Feature(number)
            | Quantity::FeatureChange(number) => number,
            Quantity::Formula(formula) => return Err(LawError::formula(formula)),
        };
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
            Quantity::Formula(formula) => return Err(LawError::formula(formula)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::{LAWS, find};
    use std::boxed::Box;
    use widthwise_parametrization::rules;

    const ADDRESS: Address = Address::at_width(64, 5);

    fn measured(network: &StandardNetwork) -> Vec<f64> {
        let law = find("spectral.rule.spectral").unwrap();
        network.measure(law, 0x5eed, ADDRESS, &mut Memory::default()).unwrap()
    }

    #[test]
    fn rules_with_one_effective_form_give_the_same_bits() {
        // Powers of four: the multipliers are powers of two.
        let [three, eight, nine] = [&rules::TABLE_3, &rules::TABLE_8, &rules::TABLE_9]
            .map(|rule| measured(&StandardNetwork::gradient_descent(rule)));
        assert_eq!(three, eight);
        assert_eq!(three, nine);
        assert_ne!(three, measured(&StandardNetwork::gradient_descent(&rules::NEURAL_TANGENT)));
    }

    #[test]
    fn updates_of_every_family_have_rank_one() {
        let gradient_descent = StandardNetwork::gradient_descent(&rules::SPECTRAL);
        let sign =
            StandardNetwork { optimizer: Optimizer::SignDescent, method: Method::Sign, ..gradient_descent };
        let normalized = StandardNetwork {
            optimizer: Optimizer::SpectrallyNormalized,
            method: Method::SpectralNormalized,
            ..gradient_descent
        };
        let law = find("spectral.rule.spectral").unwrap();
        for network in [gradient_descent, sign, normalized] {
            let mut memory = Memory::default();
            network.measure(law, 1, ADDRESS, &mut memory).unwrap();
            let bench = memory.bench.as_ref().unwrap();
            for (layer, number) in bench.workspace.update().layers().iter().zip(1..) {
                let norm = middle(Norms::of_matrix(&layer.weights).unwrap().natural());
                let quantity = bench.quantity(Quantity::Update(number)).unwrap();
                assert!((quantity / norm - 1.0).magnitude() < 1e-12, "{:?} {number}", network.method);
            }
        }
    }

    #[test]
    fn quantities_are_those_of_a_step_by_hand() {
        let network = StandardNetwork::gradient_descent(&rules::NEURAL_TANGENT);
        let law = find("spectral.rule.ntp").unwrap();
        let mut memory = Memory::default();
        let values = network.measure(law, 3, ADDRESS, &mut memory).unwrap();
        let value = |quantity| {
            let position = law.estimands.iter().position(|estimand| estimand.quantity() == quantity).unwrap();
            values[position]
        };
        let bench = memory.bench.as_ref().unwrap();
        let pass = bench.workspace.pass();
        // ΔW_2 = α (−η α δ_2 h_1ᵀ) with α = 1/8: nat is ‖δ_2‖‖h_1‖ η/64.
        let norms = pass.backward_signals()[1].iter().fold(0.0, |sum, x| sum + x * x)
            * pass.features()[0].iter().fold(0.0, |sum, x| sum + x * x);
        assert!((value(Quantity::Update(2)) / (0.1 / 64.0 * norms.square_root()) - 1.0).magnitude() < 1e-12);
        // c is the backward signal of the output, and RMS(c) = 1; so is that of x.
        for vector in [&pass.backward_signals()[2], pass.layer_input(0).unwrap()] {
            assert!((middle(root_mean_square(vector).unwrap()) - 1.0).magnitude() < 1e-15);
        }
        let change = bench.after.output() - pass.output();
        let squares = change.iter().fold(0.0, |sum, x| sum + x * x);
        assert!(
            (value(Quantity::FeatureChange(3)) / (squares / 4.0).square_root() - 1.0).magnitude() < 1e-12
        );
        // 1/√n times a Gaussian 4×n matrix: a spectral norm of 1 + √(4/n), times √(n/4).
        let weight = value(Quantity::Weight(3));
        assert!((3.0..7.0).contains(&weight), "{weight}");
    }

    #[test]
    fn addresses_are_independent() {
        let law = find("spectral.rule.sp").unwrap();
        let values = |law: &Law, seed, width, draw| {
            law.measure(seed, Address::at_width(width, draw), &mut Memory::default()).unwrap()
        };
        let first = values(law, 1, 32, 0);
        assert_eq!(first, values(law, 1, 32, 0));
        let renamed = Box::new(Law { id: "another", ..*law });
        for other in
            [values(law, 2, 32, 0), values(law, 1, 16, 0), values(law, 1, 32, 1), values(&renamed, 1, 32, 0)]
        {
            assert!(first.iter().zip(&other).all(|(x, y)| x != y), "{first:?} {other:?}");
        }
    }

    #[test]
    fn what_the_rule_or_the_network_lacks_is_an_error() {
        let law = find("spectral.rule.spectral").unwrap();
        let deep_mean_field = StandardNetwork::gradient_descent(&rules::MEAN_FIELD);
        let error = deep_mean_field.measure(law, 1, ADDRESS, &mut Memory::default()).unwrap_err();
        assert!(error.is_of_the_rule());
        let shallow =
            StandardNetwork { hidden_layers: 1, ..StandardNetwork::gradient_descent(&rules::SPECTRAL) };
        let error = shallow.measure(law, 1, ADDRESS, &mut Memory::default()).unwrap_err();
        assert_eq!(std::format!("{error}"), "the network has no layer 3");
    }

    #[test]
    fn designs_ascend_and_spread_over_three_doublings_at_least() {
        for law in LAWS.iter().filter(|law| law.estimands.iter().any(|e| e.exponent().is_some())) {
            for design in law.designs {
                let widths: Vec<_> = design.sizes.iter().map(|size| size.columns).collect();
                assert!(widths.is_sorted() && design.draws >= 2, "{}", law.id);
                let [first, .., last] = widths[..] else { panic!("{}: one width", law.id) };
                assert!(last / first >= 8, "{}", law.id);
            }
        }
    }
}
