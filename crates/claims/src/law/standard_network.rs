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
use widthwise_network as network;
use widthwise_network::{Activation, Loss, Method};
use widthwise_parametrization::{Optimizer, Rule};
use widthwise_rounding::Scalar;
use widthwise_sampling::Stream;

use super::bench::{Shape, Trial};
use super::{Address, Design, Law, LawError, Memory, Size};

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

/// The same with the narrowest networks an octave narrower, for quantities whose slopes are near their limits already there.
pub(crate) const fn narrow_designs(draws: usize) -> [Design; 3] {
    const NARROWER: &[Size] = &Size::widths([16, 32, 64, 128]);
    let [_, standard, thorough] = designs(draws);
    [Design { sizes: NARROWER, draws }, standard, thorough]
}

const INPUTS: usize = 16;
const OUTPUTS: usize = 4;

/// What the network sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Inputs {
    /// One example, uniform on the sphere.
    One,
    /// As many as there are inputs, orthogonal to each other: a multiple of each unit vector.
    Orthogonal,
}

/// The rule and the optimiser on trial.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StandardNetwork {
    /// The batch of the step.
    pub(crate) inputs: Inputs,
    /// Hidden layers: one or two.
    pub(crate) hidden_layers: usize,
    /// That of the hidden layers.
    pub(crate) activation: Activation,
    /// Whether layers have biases.
    pub(crate) biases: bool,
    /// Where scales, multipliers and rates come from.
    pub(crate) rule: &'static Rule,
    /// What the rule is asked about.
    pub(crate) optimizer: Optimizer,
    /// What makes the update. Adam's `ε` is a constant before the scale that the rule gives it.
    pub(crate) method: Method<f64>,
}

impl StandardNetwork {
    /// Two hidden layers under gradient descent.
    pub(crate) const fn gradient_descent(rule: &'static Rule) -> Self {
        Self::new(rule, Optimizer::Sgd, Method::GradientDescent)
    }

    /// The same under the signs of the gradient.
    pub(crate) const fn sign(rule: &'static Rule) -> Self {
        Self::new(rule, Optimizer::SignDescent, Method::Sign)
    }

    /// The same under the gradient divided by its norm.
    pub(crate) const fn normalized(rule: &'static Rule) -> Self {
        Self::new(rule, Optimizer::SpectrallyNormalized, Method::SpectralNormalized)
    }

    /// The same under any optimiser.
    pub(crate) const fn new(rule: &'static Rule, optimizer: Optimizer, method: Method<f64>) -> Self {
        Self {
            inputs: Inputs::One,
            hidden_layers: 2,
            activation: Activation::Relu,
            biases: false,
            rule,
            optimizer,
            method,
        }
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
        let batch = match self.inputs {
            Inputs::One => 1,
            Inputs::Orthogonal => INPUTS,
        };
        let shape = Shape { widths, activation: self.activation, biases: self.biases, batch };
        let trial =
            Trial { rule: self.rule, optimizer: self.optimizer, method: self.method, rate: 0.1, gain: 1.0 };
        let scales = trial.scales(&shape)?;
        let bench = memory.bench(shape)?;

        let name = format!("{}/{}", law.id, address.width());
        let index = address.draw as u64;
        bench.initialize(&scales, network::Address { seed, name: &name, index })?;
        let mut stream = Stream::new(seed, &format!("{name}/example"), index);
        let x = match self.inputs {
            Inputs::One => on_sphere(&mut stream, INPUTS, 1),
            Inputs::Orthogonal => {
                DMatrix::from_diagonal_element(INPUTS, INPUTS, f64::from_count(INPUTS).square_root())
            }
        };
        let coefficients = on_sphere(&mut stream, OUTPUTS, batch);
        bench.start(&x)?;
        bench.train(&trial, &scales, &x, &Loss::Linear(&coefficients), 1)?;
        law.estimands.iter().map(|estimand| bench.quantity(estimand.quantity())).collect()
    }
}

/// Vectors uniform on the sphere of the radius `√length`, in columns: normal numbers, scaled.
pub(super) fn on_sphere(stream: &mut Stream, length: usize, count: usize) -> DMatrix<f64> {
    let mut x = DMatrix::from_fn(length, count, |_, _| stream.normal());
    for mut x in x.column_iter_mut() {
        let squares = x.iter().fold(0.0, |sum, x| sum + x * x);
        // Normal numbers of the stream are never all zero: their pairs lie in the punctured disc.
        let factor = (f64::from_count(length) / squares).square_root();
        for x in x.iter_mut() {
            *x *= factor;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::bench::middle;
    use crate::law::{LAWS, Quantity, find};
    use std::boxed::Box;
    use widthwise_network::{Norms, root_mean_square};
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
        let sign = StandardNetwork::sign(&rules::SPECTRAL);
        let normalized = StandardNetwork::normalized(&rules::SPECTRAL);
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
        let change = bench.after.output() - bench.before.output();
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
