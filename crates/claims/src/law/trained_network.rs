// SPDX-License-Identifier: MIT OR Apache-2.0

//! The experiment of the paper, on data that need no download: a small network learns eight labels in some full-batch steps.
//!
//! 16 inputs, two hidden layers of width `n` with ReLU, one output. Eight inputs uniform on the sphere of radius √16, with labels ±1 by the toss of a coin; the loss
//! is half the squared distance, its mean over the examples. The second and the third matrix start √2 larger than the rule says, which makes up for the
//! half of the square that ReLU takes away.
//!
//! The scatter of the slopes is that of eight labels and 8 signals: it hardly falls with the width, so wide networks buy little.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use widthwise_network as network;
use widthwise_network::{Activation, Loss, Method};
use widthwise_parametrization::{Optimizer, Rule};
use widthwise_sampling::Stream;

use super::bench::{Shape, Trial};
use super::standard_network::on_sphere;
use super::{Address, Design, Law, LawError, Memory, Size};

/// Widths and draws by effort, from the draws that the noisiest quantity of the law needs.
pub(crate) const fn designs(draws: usize) -> [Design; 3] {
    const NARROW: &[Size] = &Size::widths([16, 32, 64, 128]);
    const STANDARD: &[Size] = &Size::widths([64, 128, 256, 512]);
    const WIDE: &[Size] = &Size::widths([64, 128, 256, 512, 1024]);
    [Design { sizes: NARROW, draws }, Design { sizes: STANDARD, draws }, Design { sizes: WIDE, draws }]
}

const INPUTS: usize = 16;
const EXAMPLES: usize = 8;

/// The rule and the optimiser on trial, and how long they train.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrainedNetwork {
    /// Where scales, multipliers and rates come from.
    pub(crate) rule: &'static Rule,
    /// What the rule is asked about.
    pub(crate) optimizer: Optimizer,
    /// What makes the updates. Adam's `ε` is a constant before the scale that the rule gives it.
    pub(crate) method: Method<f64>,
    /// The constant before the rule's rates.
    pub(crate) rate: f64,
    /// Steps on all examples.
    pub(crate) steps: usize,
}

impl TrainedNetwork {
    /// Twenty steps of gradient descent.
    pub(crate) const fn gradient_descent(rule: &'static Rule, rate: f64) -> Self {
        Self { rule, optimizer: Optimizer::Sgd, method: Method::GradientDescent, rate, steps: 20 }
    }

    /// Draws the network of an address, trains it and measures the law's quantities.
    pub(crate) fn measure(
        &self,
        law: &Law,
        seed: u64,
        address: Address,
        memory: &mut Memory,
    ) -> Result<Vec<f64>, LawError> {
        let widths = vec![INPUTS, address.width(), address.width(), 1];
        let shape = Shape { widths, activation: Activation::Relu, biases: false, batch: EXAMPLES };
        let trial = Trial {
            rule: self.rule,
            optimizer: self.optimizer,
            method: self.method,
            rate: self.rate,
            gain: core::f64::consts::SQRT_2,
        };
        let scales = trial.scales(&shape)?;
        let bench = memory.bench(shape)?;

        let name = format!("{}/{}", law.id, address.width());
        let index = address.draw as u64;
        bench.initialize(&scales, network::Address { seed, name: &name, index })?;
        let mut stream = Stream::new(seed, &format!("{name}/examples"), index);
        let x = on_sphere(&mut stream, INPUTS, EXAMPLES);
        let mut targets = bench.start(&x)?.clone();
        for (example, target) in targets.iter_mut().enumerate() {
            *target += if example % 2 == 0 { 1.0 } else { -1.0 };
        }
        bench.train(&trial, &scales, &x, &Loss::SquaredError(&targets), self.steps)?;
        law.estimands.iter().map(|estimand| bench.quantity(estimand.quantity())).collect()
    }
}
