// SPDX-License-Identifier: MIT OR Apache-2.0

//! The natural norm of initial weights: `1 + min(ρ, 1/ρ)` under the spectral rule, `1 + 1/ρ` where every layer starts at `1/√fan-in`.

use alloc::vec::Vec;

use widthwise_parametrization::{Constants, Initial, LogicalMatrix, Optimizer, Role, Rule, rules};
use widthwise_rounding::Scalar;

use super::super::PAPER;
use super::random_matrix::{finite_size, gaussian, roots, spectral_norm, stream};
use crate::law::{Address, Control, Design, Estimand, Law, LawError, Mean, Memory, Quantity, Size};

/// `spectral.init.natural-norm-formula`.
pub(super) static NATURAL_NORM_START: Law = Law {
    id: "spectral.init.natural-norm-formula",
    paper: &PAPER,
    statement: "spectral start: E nat(W) = (1 + min(ρ, 1/ρ)) R, at most 2; start at 1/√fan-in: (1 + 1/ρ) R, without bound",
    states: "For b×a matrices with ρ = √(b/a) and Gaussian entries, nat(W) = √(a/b)‖W‖ has the mean (1 + min(ρ, 1/ρ)) R(b, a) at the scale √min(a, b)/a of the spectral rule, and (1 + 1/ρ) R(b, a) at 1/√a.",
    hypotheses: "a, b ≥ 8; the scales are asked of widthwise-parametrization for a matrix whose dimensions both grow.",
    measured_as: "Midpoints of enclosures of ‖W‖, times √(a/b).",
    source: "Condition 1 and Parametrization 1, sections 2 and 4; the constants are added here. Over a fixed number of inputs nat(W) falls from 2 to 1, which is no exponent.",
    estimands: &[
        Estimand::Mean(Mean {
            quantity: Quantity::Formula("nat(W),spectral"),
            predicted: bounded,
            control: unbounded,
            model_error: 0.003,
        }),
        Estimand::Mean(Mean {
            quantity: Quantity::Formula("nat(W),1/√fan-in"),
            predicted: unbounded,
            control: bounded,
            model_error: 0.003,
        }),
    ],
    control: Control {
        id: "spectral.init.natural-norm-formula/exchanged",
        states: "the rules exchanged: a start at 1/√fan-in is bounded, and the spectral one is not",
        because: "10×1024: 11.1 at 1/√fan-in, 1.1 under the spectral rule",
    },
    designs: [
        Design {
            sizes: &[Size::width(16), Size::shape(32, 16), Size::shape(16, 64), Size::shape(8, 128)],
            draws: 160,
        },
        Design {
            sizes: &[Size::width(64), Size::shape(256, 64), Size::shape(64, 256), Size::shape(10, 1024)],
            draws: 160,
        },
        Design {
            sizes: &[Size::width(128), Size::shape(512, 128), Size::shape(128, 512), Size::shape(16, 1024)],
            draws: 160,
        },
    ],
    quantities: measure,
};

/// `(1 + min(ρ, 1/ρ)) R`.
fn bounded(size: Size) -> f64 {
    let [b, a] = roots(size);
    (1.0 + b.lesser(a) / b.greater(a)) * finite_size(size)
}

/// `(1 + 1/ρ) R`.
fn unbounded(size: Size) -> f64 {
    let [b, a] = roots(size);
    (1.0 + a / b) * finite_size(size)
}

/// The scale of Gaussian entries by a rule.
fn scale(rule: &Rule, Size { rows, columns }: Size) -> Result<f64, LawError> {
    let matrix = LogicalMatrix::new(rows, columns)?;
    let layer = rule.layer(Role::Hidden, matrix, Optimizer::Sgd, &Constants::UNIT)?;
    match layer.initial {
        Initial::Gaussian(sigma) => Ok(layer.multiplier * sigma),
        Initial::Zero | Initial::Orthogonal(_) | Initial::Constant(_) => Err(LawError::EQUAL_ENTRIES),
    }
}

fn measure(law: &Law, seed: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
    let norm = spectral_norm(&gaussian(&mut stream(law, seed, address, "W"), address.size))?;
    let [b, a] = roots(address.size);
    let natural = |rule| Ok(scale(rule, address.size)? * norm * a / b);
    [&rules::SPECTRAL, &rules::STANDARD].into_iter().map(natural).collect::<Result<_, LawError>>()
}
