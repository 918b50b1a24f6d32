// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sign of a batch's gradient, as of Adam's first step: its norm and its alignment are those of rank one but for constants.

use alloc::vec;
use alloc::vec::Vec;

use nalgebra::DMatrix;
use widthwise_network::Norms;
use widthwise_rounding::Scalar;

use super::super::PAPER;
use super::exponent;
use super::random_matrix::{gaussian, middle, stream};
use crate::law::{Address, Control, Design, Estimand, Law, LawError, Mean, Memory, Quantity, Size};

/// `spectral.adam.batch`.
pub(super) static SIGN_BATCH: Law = Law {
    id: "spectral.adam.batch",
    paper: &PAPER,
    statement: "S = sgn(Σ_b δ_b h_bᵀ), B examples, n×n: ‖S‖/n and α(S, h_1) do not depend on n",
    states: "For Gaussian δ_b and h_b, b ≤ B, with B fixed, ‖S‖/n and α(S, h_1) tend to constants, the first at least √(2/(πB)). With B = 1 they are 1 and √(2/π). So an entrywise optimiser moves a layer by n times its rate for every batch of fixed size: rate 1/fan-in.",
    hypotheses: "B = 1, 2, 4.",
    measured_as: "Enclosures of ‖S‖ and of the alignment; exponents for B = 2 and 4, means for B = 1.",
    source: "Section 3.2, on Adam; the law is added here.",
    estimands: &[
        Estimand::Mean(Mean {
            quantity: Quantity::Formula("‖S‖/n,B=1"),
            predicted: |_| 1.0,
            control: |size| 2.0 / f64::from_count(size.columns).square_root(),
            model_error: 1e-12,
        }),
        Estimand::Mean(Mean {
            quantity: Quantity::Formula("α,B=1"),
            predicted: |_| (2.0 / core::f64::consts::PI).square_root(),
            control: |_| 1.0,
            model_error: 0.05,
        }),
        exponent(Quantity::Formula("‖S‖/n,B=2"), 0, -1),
        exponent(Quantity::Formula("α,B=2"), 0, -1),
        exponent(Quantity::Formula("‖S‖/n,B=4"), 0, -1),
        exponent(Quantity::Formula("α,B=4"), 0, -1),
    ],
    control: Control {
        id: "spectral.adam.batch/independent-signs",
        states: "the exponents of independent random signs: ‖S‖/n ~ 2 n^(-1/2)",
        because: "the signs are those of a matrix of rank B, and keep its directions",
    },
    designs: [
        Design { sizes: &Size::widths([16, 32, 64, 128]), draws: 24 },
        Design { sizes: &Size::widths([32, 64, 128, 256]), draws: 24 },
        Design { sizes: &Size::widths([64, 128, 256, 512]), draws: 24 },
    ],
    quantities: measure,
};

fn measure(law: &Law, seed: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
    let n = address.size.columns;
    let mut draws = stream(law, seed, address, "batch");
    let (left, right) = (gaussian(&mut draws, Size::shape(n, 4)), gaussian(&mut draws, Size::shape(n, 4)));
    let mut values = vec![];
    for batch in [1, 2, 4] {
        let sum: DMatrix<f64> = left.columns(0, batch) * right.columns(0, batch).transpose();
        let signs = sum.map(|entry| if entry > 0.0 { 1.0 } else { -1.0 });
        let norms = Norms::of_matrix(&signs)?;
        values.push(middle(norms.spectral()) / f64::from_count(n));
        values.push(middle(norms.alignment(&signs, &right.column(0))?));
    }
    Ok(values)
}
