// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral norm of a Gaussian matrix: `√m + √n`, with its tails and its mean at finite sizes.

use super::super::PAPER;
use super::random_matrix::{edge, finite_size, gaussian, roots, spectral_norm, stream};
use crate::law::{Address, Control, Design, Estimand, Law, LawError, Mean, Memory, Quantity, Range, Size};
use alloc::vec;
use alloc::vec::Vec;
use widthwise_rounding::Scalar;

/// `spectral.init.gaussian-opnorm`.
pub(super) static GAUSSIAN_NORM: Law = Law {
    id: "spectral.init.gaussian-opnorm",
    paper: &PAPER,
    statement: "Gaussian W, m×n: ‖W‖ ≤ √m + √n + t but for e^(-t²/2), and E ‖W‖ = (√m + √n) R(m, n)",
    states: "For independent standard normal entries, ‖W‖ exceeds √m + √n + t with a probability of at most e^(-t²/2), and falls below √(m − 2√(ms)) or √(n − 2√(ns)) with one of at most \
             2e^(-s). Its mean is (√m + √n) R(m, n) with R = 1 − (0.6033 κ + 1/(4√m) + 1/(4√n))/(√m + √n), κ³ = 1/√m + 1/√n, which tends to 1.",
    hypotheses: "W is m×n with independent standard normal entries, m, n ≥ 8.",
    measured_as: "Midpoints of enclosures of ‖W‖, divided by the law's predictor and by three others. t = 7 and s = 25, for every draw.",
    source: "Preliminaries and section 4. The tails are theorems for every size; the mean is the limit of Tracy and Widom with half a row and half a column less, and good to 0.003.",
    estimands: &[
        Estimand::Range(Range {
            quantity: Quantity::Formula("‖W‖/(√m+√n)"),
            predicted: |size| [f64::NEG_INFINITY, 1.0 + T / edge(size)],
            control: |size| {
                let [m, n] = roots(size);
                [f64::NEG_INFINITY, m.greater(n) / edge(size)]
            },
            // e^(-t²/2).
            tail: 2.3e-11,
        }),
        Estimand::Range(Range {
            quantity: Quantity::Formula("‖W‖/(√m+√n)"),
            predicted: |size| {
                let [m, n] = roots(size).map(|root| {
                    let square = root * root - 2.0 * root * S.square_root();
                    square.greater(0.0).square_root()
                });
                [m.greater(n) / edge(size), f64::INFINITY]
            },
            control: |_| [1.0, f64::INFINITY],
            // 2e^(-s).
            tail: 2.8e-11,
        }),
        mean("‖W‖/(√m+√n)", finite_size),
        mean("‖W‖/√max(m,n)", |size| {
            let [m, n] = roots(size);
            finite_size(size) * (m + n) / m.greater(n)
        }),
        mean("‖W‖/√(m+n)", |size| {
            let [m, n] = roots(size);
            finite_size(size) * (m + n) / (m * m + n * n).square_root()
        }),
        mean("‖W‖/√(mn)", |size| {
            let [m, n] = roots(size);
            finite_size(size) * (m + n) / (m * n)
        }),
    ],
    control: Control {
        id: "spectral.init.gaussian-opnorm/other-predictors",
        states: "‖W‖ is √max(m, n) and no more, √(m + n), √(mn), or √m + √n already at finite sizes and never less",
        because: "64×64: 8, 11.3, 64 and 16, but ‖W‖ is about 15.6",
    },
    designs: [
        Design { sizes: &[Size::width(16), Size::shape(32, 16), Size::shape(8, 128)], draws: 160 },
        Design {
            sizes: &[
                Size::width(32),
                Size::width(64),
                Size::width(128),
                Size::shape(256, 64),
                Size::shape(10, 1024),
            ],
            draws: 160,
        },
        Design {
            sizes: &[Size::width(64), Size::width(128), Size::width(256), Size::shape(1024, 16)],
            draws: 256,
        },
    ],
    quantities: measure,
};

/// How far beyond its limit a norm may be.
const T: f64 = 7.0;

/// The exponent of the tail below.
const S: f64 = 25.0;

/// The mean of a quotient of which the control says that it is 1.
const fn mean(quantity: &'static str, predicted: fn(Size) -> f64) -> Estimand {
    Estimand::Mean(Mean {
        quantity: Quantity::Formula(quantity),
        predicted,
        control: |_| 1.0,
        model_error: 0.003,
    })
}

fn measure(law: &Law, seed: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
    let norm = spectral_norm(&gaussian(&mut stream(law, seed, address, "W"), address.size))?;
    let [m, n] = roots(address.size);
    let quotient = norm / (m + n);
    Ok(vec![
        quotient,
        quotient,
        quotient,
        norm / m.greater(n),
        norm / (m * m + n * n).square_root(),
        norm / (m * n),
    ])
}
