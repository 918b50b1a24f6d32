// SPDX-License-Identifier: MIT OR Apache-2.0

//! Small random networks with a batch and a loss, from a seed.

use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;
use widthwise_network::{Activation, Address, Initializer, LayerInitializer, Loss, Network};
use widthwise_rounding::Scalar;
use widthwise_sampling::Stream;

pub(crate) const ACTIVATIONS: [Activation; 9] = [
    Activation::Identity,
    Activation::Relu,
    Activation::LeakyRelu { slope: 0.25 },
    Activation::Tanh,
    Activation::Gelu,
    Activation::Silu,
    Activation::Sine,
    Activation::Sigmoid,
    Activation::Square,
];

/// What a case is drawn from.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) widths: Vec<usize>,
    pub(crate) batch: usize,
    pub(crate) activation: Activation,
    pub(crate) biases: bool,
    pub(crate) loss: usize,
    pub(crate) seed: u64,
}

/// Plans of one to four layers with widths from one on.
pub(crate) fn plans(largest: usize) -> impl Strategy<Value = Plan> {
    (
        prop::collection::vec(1..=largest, 2..=5),
        1..=5_usize,
        0..9_usize,
        any::<bool>(),
        0..3_usize,
        any::<u64>(),
    )
        .prop_map(|(widths, batch, activation, biases, loss, seed)| Plan {
            widths,
            batch,
            activation: ACTIVATIONS[activation],
            biases,
            loss,
            seed,
        })
}

/// A network, a batch and the targets of every loss.
#[derive(Clone, Debug)]
pub(crate) struct Case<T> {
    pub(crate) network: Network<T>,
    pub(crate) input: DMatrix<T>,
    pub(crate) targets: DMatrix<T>,
    pub(crate) labels: Vec<usize>,
    pub(crate) loss: usize,
}

impl<T: Scalar> Case<T> {
    pub(crate) fn draw(plan: &Plan) -> Self {
        let widths = &plan.widths;
        let mut network = if plan.biases {
            Network::with_biases(widths, plan.activation).unwrap()
        } else {
            Network::new(widths, plan.activation).unwrap()
        };
        let initializers: Vec<_> = widths[..widths.len() - 1]
            .iter()
            .map(|&fan_in| LayerInitializer {
                weights: Initializer::Gaussian { sigma: T::one() / T::from_count(fan_in).square_root() },
                bias: Initializer::Gaussian { sigma: T::from_f64(0.5) },
            })
            .collect();
        network.initialize(&initializers, Address { seed: plan.seed, name: "case", index: 0 }).unwrap();
        let mut stream = Stream::new(plan.seed, "case/data", 0);
        for layer in 0..network.layers().len() {
            network.set_multiplier(layer, T::from_f64(stream.uniform_in(0.5, 2.0))).unwrap();
        }
        let (first, last) = (widths[0], widths[widths.len() - 1]);
        let mut normal = |rows, columns| DMatrix::from_fn(rows, columns, |_, _| T::from_f64(stream.normal()));
        let (input, targets) = (normal(first, plan.batch), normal(last, plan.batch));
        let labels = (0..plan.batch).map(|_| stream.below(last as u32) as usize).collect();
        Self { network, input, targets, labels, loss: plan.loss }
    }

    pub(crate) fn loss(&self) -> Loss<'_, T> {
        match self.loss {
            0 => Loss::Linear(&self.targets),
            1 => Loss::SquaredError(&self.targets),
            _ => Loss::CrossEntropy(&self.labels),
        }
    }
}

/// All entries of a network's arrays, or of a gradient's, layer by layer: weights, then bias.
pub(crate) fn entries<T: Scalar>(layers: &[widthwise_network::LayerParameters<T>]) -> Vec<T> {
    let bias = |bias: &Option<DVector<T>>| bias.as_ref().map_or(vec![], |bias| bias.as_slice().to_vec());
    layers.iter().flat_map(|layer| [layer.weights.as_slice().to_vec(), bias(&layer.bias)].concat()).collect()
}

/// The place of an entry in the order of [`entries`].
pub(crate) fn entry_mut<T: Scalar>(
    layers: &mut [widthwise_network::LayerParameters<T>],
    mut place: usize,
) -> &mut T {
    for layer in layers {
        if place < layer.weights.len() {
            return &mut layer.weights[place];
        }
        place -= layer.weights.len();
        if let Some(bias) = &mut layer.bias {
            if place < bias.len() {
                return &mut bias[place];
            }
            place -= bias.len();
        }
    }
    unreachable!("no such entry")
}
