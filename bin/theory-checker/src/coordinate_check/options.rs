// SPDX-License-Identifier: MIT OR Apache-2.0

//! The command line of `coordinate-check`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use widthwise_network::Activation;
use widthwise_parametrization::{Optimizer, Rule};

use crate::arguments::{DEFAULT_SEED, RunOptions, Seed};
use crate::plan::names;
use crate::plan::options::{constant, optimizer, rule};

/// The activations by their names.
pub(super) const ACTIVATIONS: [(&str, Activation); 7] = [
    ("identity", Activation::Identity),
    ("relu", Activation::Relu),
    ("tanh", Activation::Tanh),
    ("gelu", Activation::Gelu),
    ("silu", Activation::Silu),
    ("sine", Activation::Sine),
    ("sigmoid", Activation::Sigmoid),
];

/// The most networks of one width and the most steps: beyond, a slip of the finger runs for days.
const MOST: u64 = 10_000;

#[derive(Args, Debug)]
pub(crate) struct CoordinateCheckOptions {
    /// The optimiser; factors of the shape that `orthogonalized-…` apply are divided out by the rule
    #[arg(long, value_name = "OPTIMIZER", value_parser = optimizer())]
    pub(crate) optimizer: Optimizer,
    /// The rule
    #[arg(long, value_name = "RULE", default_value = "spectral", value_parser = rule())]
    pub(crate) rule: &'static Rule,
    /// The constant of the rates. Large ones see more: too small a rate hides what changes of order one do
    #[arg(long, value_name = "X", default_value = "0.1", value_parser = constant)]
    pub(crate) rate: f64,
    /// The widths, ascending, at least two
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "64,128,256,512")]
    pub(crate) widths: Vec<usize>,
    /// The hidden layers, each as a multiple of the width: `4,1,4` has a bottleneck [default: 1,1]
    #[arg(long, value_name = "M,…", value_delimiter = ',')]
    pub(crate) hidden: Vec<usize>,
    /// Weight layers, with hidden layers that are all as wide as the width
    #[arg(long, value_name = "L", conflicts_with = "hidden", value_parser = clap::value_parser!(u8).range(2..=64))]
    pub(crate) depth: Option<u8>,
    /// The activation of the hidden layers
    #[arg(long, value_name = "NAME", default_value = "relu", value_parser = activation())]
    pub(crate) activation: Activation,
    /// The dimension of an input
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub(crate) inputs: usize,
    /// The dimension of an output
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) outputs: usize,
    /// Examples of a batch
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) batch: usize,
    /// Steps of training
    #[arg(long, value_name = "N", default_value = "3", value_parser = number())]
    pub(crate) steps: usize,
    /// Networks of the widest width; half the width has twice as many
    #[arg(long, value_name = "N", default_value = "24", value_parser = number())]
    pub(crate) draws: usize,
    /// The seed, decimal or hexadecimal, or `random` to draw one; it is always printed
    #[arg(long, value_name = "SEED", default_value = DEFAULT_SEED)]
    pub(crate) seed: Seed,
    /// Plot the quantities against the width as SVG
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

impl CoordinateCheckOptions {
    /// The hidden layers as multiples of the width.
    pub(super) fn hidden(&self) -> Vec<usize> {
        match self.depth {
            Some(depth) => vec![1; usize::from(depth).saturating_sub(1)],
            None if self.hidden.is_empty() => vec![1, 1],
            None => self.hidden.clone(),
        }
    }
}

fn activation() -> impl TypedValueParser<Value = Activation> {
    PossibleValuesParser::new(ACTIVATIONS.map(|(name, _)| name))
        .try_map(|name| names::find("activation", &name, &ACTIVATIONS))
}

fn number() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u64).range(1..=MOST).try_map(usize::try_from)
}
