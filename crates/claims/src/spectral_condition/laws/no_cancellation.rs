// SPDX-License-Identifier: MIT OR Apache-2.0

//! Assumption 1 for independent updates: `‖W + ΔW‖` is at least 0.618 of `‖W‖ + ‖ΔW‖`, whatever the size of the update.

use alloc::vec::Vec;

use super::super::PAPER;
use super::random_matrix::{edge, gaussian, length, spectral_norm, stream};
use crate::law::{Address, Control, Design, Estimand, Law, LawError, Mean, Memory, Quantity, Size};

/// `spectral.assumption-1`.
pub(super) static NO_CANCELLATION: Law = Law {
    id: "spectral.assumption-1",
    paper: &PAPER,
    statement: "W Gaussian, ΔW of rank one, independent: ‖W + ΔW‖/(‖W‖ + ‖ΔW‖) tends to at least (√5 − 1)/2 = 0.618",
    states: "For an n×n matrix W of independent normal entries of variance 1/n and an independent ΔW of rank one and norm θ, ‖W + ΔW‖/(‖W‖ + θ) tends to 2/(2 + θ) for θ ≤ 1 and to (θ + 1/θ)/(2 + θ) for θ ≥ 1. The least of it, at θ = (1 + √5)/2, is \
             (√5 − 1)/2.",
    hypotheses: "ΔW = θ u vᵀ with u and v uniform on spheres.",
    measured_as: "Enclosures of both norms, at seven θ for one W.",
    source: "Assumption 1, section 3; the constant is added here, and is the transition of Baik, Ben Arous and Péché. In general the assumption can fail: ΔW = −W.",
    estimands: &[
        at("θ=1/4", |_| limit(THETA[0])),
        at("θ=1/2", |_| limit(THETA[1])),
        at("θ=1", |_| limit(THETA[2])),
        at("θ=1.618", |_| limit(THETA[3])),
        at("θ=2", |_| limit(THETA[4])),
        at("θ=6", |_| limit(THETA[5])),
        at("θ=20", |_| limit(THETA[6])),
    ],
    control: Control {
        id: "spectral.assumption-1/norms-add",
        states: "‖W + ΔW‖ = ‖W‖ + ‖ΔW‖",
        because: "u and v are not the top singular vectors of W: at θ = 1 the norm is still 2, not 3",
    },
    designs: [
        Design { sizes: &[Size::width(48)], draws: 100 },
        Design { sizes: &Size::widths([128, 256]), draws: 120 },
        Design { sizes: &Size::widths([256, 400]), draws: 120 },
    ],
    quantities: measure,
};

const THETA: [f64; 7] = [0.25, 0.5, 1.0, 1.618_033_988_749_895, 2.0, 6.0, 20.0];

/// The limit of the ratio.
fn limit(theta: f64) -> f64 {
    let norm = if theta <= 1.0 { 2.0 } else { theta + 1.0 / theta };
    norm / (2.0 + theta)
}

const fn at(theta: &'static str, predicted: fn(Size) -> f64) -> Estimand {
    Estimand::Mean(Mean {
        quantity: Quantity::Formula(theta),
        predicted,
        control: |_| 1.0,
        model_error: 0.03,
    })
}

fn measure(law: &Law, seed: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
    let n = address.size.columns;
    let mut draws = stream(law, seed, address, "W");
    // The norm tends to 2.
    let w = gaussian(&mut draws, address.size) * (2.0 / edge(address.size));
    let mut unit = || {
        let x = gaussian(&mut draws, Size::shape(n, 1));
        let size = length(&x)?;
        Ok::<_, LawError>(x / size)
    };
    let update = unit()? * unit()?.transpose();
    let norm = spectral_norm(&w)?;
    let ratio = |theta: f64| Ok(spectral_norm(&(&w + &update * theta))? / (norm + theta));
    THETA.into_iter().map(ratio).collect()
}
