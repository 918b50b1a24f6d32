// SPDX-License-Identifier: MIT OR Apache-2.0

//! Trains a perceptron at several widths and rates under two rules, and shows where the best rate goes.
//!
//! Under the spectral rule the constant of the rate that is best at width 64 serves at width 512, and the loss is what it was;
//! under the standard rule the loss there is several times that of the narrow network. The data are made here, the seed is
//! fixed.
//!
//! ```sh
//! cargo run --release --manifest-path crates/parametrization/examples/transfer/Cargo.toml -- transfer.svg
//! ```
//!
//! With `--quick` only the narrow networks are swept, and the wide ones are trained once, at the rate that was best: what one
//! does with a rule.

mod network;
mod plot;

use std::error::Error;

use burn::optim::{AdamConfig, GradientsParams};
use burn::prelude::*;
use burn::tensor::Distribution;
use widthwise_parametrization::{Constants, Optimizer, Plan, Rule, rules};

use network::{INPUTS, Network};

const WIDTHS: [usize; 4] = [64, 128, 256, 512];
/// The constants of the rate are powers of two with these exponents.
const SPECTRAL_RATES: [i32; 8] = [-7, -6, -5, -4, -3, -2, -1, 0];
const STANDARD_RATES: [i32; 8] = [-10, -9, -8, -7, -6, -5, -4, -3];
const STEPS: usize = 150;
const BATCH: usize = 128;
/// The loss of a run is the mean over its last steps.
const LAST: usize = 25;
const SEEDS: [u64; 2] = [1, 2];
/// By how much the loss may grow from the narrowest to the widest network under a rule whose rates transfer, and by how much
/// it must under one whose rates do not.
const STAYS: f64 = 1.5;
const GROWS: f64 = 2.5;

/// The losses under one rule: for each width one for each constant of the rate.
pub struct Sweep {
    rule: &'static Rule,
    exponents: [i32; 8],
    losses: Vec<[f64; 8]>,
}

/// A rate tuned at the narrowest width and used at the widest.
struct Transfer {
    rule: &'static str,
    /// The exponent of the constant.
    exponent: i32,
    narrow: f64,
    wide: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let argument = std::env::args_os().nth(1);
    let rules = [(&rules::SPECTRAL, SPECTRAL_RATES), (&rules::STANDARD, STANDARD_RATES)];
    let [spectral, standard] = if argument.as_ref().is_some_and(|argument| argument == "--quick") {
        let [spectral, standard] = rules.map(|(rule, exponents)| tune_and_transfer(rule, exponents));
        [spectral?, standard?]
    } else {
        let [spectral, standard] = rules.map(|(rule, exponents)| sweep(rule, exponents, &WIDTHS));
        let sweeps = [spectral?, standard?];
        for sweep in &sweeps {
            sweep.print();
        }
        if let Some(path) = argument {
            plot::write(path.as_ref(), &sweeps)?;
        }
        if sweeps[0].drift().abs() > 1 {
            return Err(
                "the best rate is expected to stay within a factor of two under the spectral rule".into()
            );
        }
        sweeps.map(|sweep| sweep.transfer())
    };
    for transfer in [&spectral, &standard] {
        let Transfer { rule, exponent, narrow, wide } = transfer;
        println!(
            "{rule}: 2^{exponent}, the best at width {}, has the loss {narrow:.3} there and {wide:.3} at width {}, {:.1} times as much",
            WIDTHS[0],
            WIDTHS[3],
            transfer.growth(),
        );
    }
    if spectral.growth() <= STAYS && standard.growth() >= GROWS {
        Ok(())
    } else {
        Err("the tuned rate is expected to serve the wide network under the spectral rule, and under it alone".into())
    }
}

impl Transfer {
    /// How many times the loss of the narrowest network the widest has.
    fn growth(&self) -> f64 {
        self.wide / self.narrow
    }
}

/// Trains the narrowest networks at every rate, and the widest at the best of them.
fn tune_and_transfer(rule: &'static Rule, exponents: [i32; 8]) -> Result<Transfer, Box<dyn Error>> {
    let sweep = sweep(rule, exponents, &WIDTHS[..1])?;
    let best = sweep.best()[0];
    let wide = mean_loss(rule, WIDTHS[3], exponents[best])?;
    Ok(Transfer { rule: rule.name, exponent: exponents[best], narrow: sweep.losses[0][best], wide })
}

/// Trains at every width and rate.
fn sweep(rule: &'static Rule, exponents: [i32; 8], widths: &[usize]) -> Result<Sweep, Box<dyn Error>> {
    let mut losses = Vec::new();
    for width in widths {
        let mut row = [0.0; 8];
        for (loss, exponent) in row.iter_mut().zip(exponents) {
            *loss = mean_loss(rule, *width, exponent)?;
        }
        losses.push(row);
    }
    Ok(Sweep { rule, exponents, losses })
}

/// The loss after training, averaged over the seeds.
fn mean_loss(rule: &Rule, width: usize, exponent: i32) -> Result<f64, Box<dyn Error>> {
    let mut sum = 0.0;
    for seed in SEEDS {
        sum += train(rule, width, constant(exponent), seed)?;
    }
    Ok(sum / SEEDS.len() as f64)
}

/// `2^exponent`, for the exponents of the grids, none of them positive.
fn constant(exponent: i32) -> f64 {
    1.0 / f64::from(1_u32 << exponent.unsigned_abs())
}

/// Trains one network by Adam, and returns its mean loss over the last steps.
fn train(rule: &Rule, width: usize, rate: f64, seed: u64) -> Result<f64, Box<dyn Error>> {
    let device = Device::flex().autodiff();
    device.seed(seed);
    let plan = Plan { rule, optimizer: Optimizer::Adam, constants: Constants { rate, ..Constants::UNIT } };
    let (mut network, rates) = Network::planned(&plan, width, &device)?;
    // An ε far below every gradient: with one near them, it would have to follow the width too.
    let mut optimizer = AdamConfig::new().with_epsilon(1e-12).init();
    let mut total = 0.0;
    for step in 0..STEPS {
        let inputs = Tensor::random([BATCH, INPUTS], Distribution::Normal(0.0, 1.0), &device);
        let loss = (network.forward(inputs.clone()) - target(inputs)).square().mean();
        if step + LAST >= STEPS {
            total += loss.clone().into_scalar::<f64>();
        }
        let mut gradients = loss.backward();
        for rate in &rates {
            let gradient = GradientsParams::from_params(&mut gradients, &network, &[rate.id]);
            network = optimizer.step(rate.rate, network, gradient);
        }
    }
    Ok(total / LAST as f64)
}

/// What is to be learnt: a product of two directions and a wave along a third, of size one.
fn target(inputs: Tensor<2>) -> Tensor<2> {
    let coordinate = |index: usize| inputs.clone().narrow(1, index, 1);
    coordinate(0) * coordinate(1) + (coordinate(2) * 2.0).sin()
}

impl Sweep {
    /// The position of the best rate at each width.
    fn best(&self) -> Vec<usize> {
        let least = |losses: &[f64; 8]| {
            let order = |a: &(usize, &f64), b: &(usize, &f64)| a.1.total_cmp(b.1);
            losses.iter().enumerate().min_by(order).map_or(0, |(position, _)| position)
        };
        self.losses.iter().map(least).collect()
    }

    /// What becomes of the rate that is best for the narrowest network.
    fn transfer(&self) -> Transfer {
        let best = self.best()[0];
        let [narrow, wide] = [0, WIDTHS.len() - 1].map(|row| self.losses[row][best]);
        Transfer { rule: self.rule.name, exponent: self.exponents[best], narrow, wide }
    }

    /// The exponent by which the best rate changes from the narrowest network to the widest.
    fn drift(&self) -> i32 {
        let best = self.best();
        self.exponents[best[WIDTHS.len() - 1]] - self.exponents[best[0]]
    }

    fn print(&self) {
        println!(
            "{}: loss by width (down) and constant of the rate (across), * the best of its row",
            self.rule.name
        );
        let heading: String =
            self.exponents.iter().map(|exponent| format!("{:>9}", format!("2^{exponent}"))).collect();
        println!("{:>5}{heading}", "");
        for ((width, losses), best) in WIDTHS.iter().zip(&self.losses).zip(self.best()) {
            let cells = losses
                .iter()
                .enumerate()
                .map(|(position, loss)| format!("{loss:>8.3}{}", if position == best { '*' } else { ' ' }));
            println!("{width:>5}{}", cells.collect::<String>().trim_end());
        }
        println!("the best rate moves by 2^{} from the narrowest to the widest\n", self.drift());
    }
}
