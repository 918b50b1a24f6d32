// SPDX-License-Identifier: MIT OR Apache-2.0

//! Claim 1 for Gaussian weights: where the fan-out is at least the fan-in, they are aligned with their inputs.

use alloc::vec;
use alloc::vec::Vec;

use widthwise_rounding::Scalar;

use super::super::PAPER;
use super::random_matrix::{finite_size, gaussian, graded, length, roots, spectral_norm, stream};
use crate::law::{
    Address, Control, Design, Distribution, Estimand, Law, LawError, Mean, Memory, Quantity, Range, Size,
    chi_squared_distribution,
};

/// `spectral.claim-1`.
pub(super) static ALIGNED_START: Law = Law {
    id: "spectral.claim-1",
    paper: &PAPER,
    statement: "Gaussian W, m×n, m ≥ n, h fixed: ‖W h‖²/‖h‖² ~ χ²_m, and α(W, h) is near √m/(√m + √n) ≥ ½",
    states: "For independent standard normal entries and a vector h ≠ 0 that does not depend on them, ‖W h‖²/‖h‖² has the distribution χ²_m. So α(W, h) = ‖W h‖/(‖W‖‖h‖) has a mean of about √m/((√m + √n) R(m, n)), and is below \
             √(m − 2√(mt))/(√m + √n + √(2t)) with a probability of at most 2e^(-t).",
    hypotheses: "m ≥ n; h has the entries 1/j.",
    measured_as: "Enclosures of ‖W h‖, ‖h‖ and ‖W‖. For every draw, m − 2√(mt) ≤ ‖W h‖²/‖h‖² ≤ m + 2√(mt) + 2t and the bound on α, with t = 25.",
    source: "Claim 1, section 3.1; the finite versions are added here. The interval is that of Laurent and Massart; part (a) is the exact claim spectral.claim-1.semi-orthogonal.",
    estimands: &[
        Estimand::Distribution(Distribution {
            quantity: Quantity::Formula("‖Wh‖²/‖h‖²"),
            name: "χ²_m",
            predicted: |size, x| chi_squared_distribution(size.rows, x),
            control: |size, x| chi_squared_distribution(2 * size.rows, x),
        }),
        Estimand::Range(Range {
            quantity: Quantity::Formula("‖Wh‖²/‖h‖²"),
            predicted: |size| interval(size.rows),
            control: |size| interval(8 * size.rows),
            // 2e^(-t).
            tail: 2.8e-11,
        }),
        Estimand::Range(Range {
            quantity: Quantity::Formula("α(W,h)"),
            predicted: |size| {
                let [m, n] = roots(size);
                let [square, _] = interval(size.rows);
                [square.greater(0.0).square_root() / (m + n + (2.0 * T).square_root()), f64::INFINITY]
            },
            control: |size| [alignment(size), f64::INFINITY],
            // 2e^(-t).
            tail: 2.8e-11,
        }),
        Estimand::Mean(Mean {
            quantity: Quantity::Formula("α(W,h)"),
            predicted: alignment,
            control: |_| 1.0,
            model_error: 0.02,
        }),
    ],
    control: Control {
        id: "spectral.claim-1/exactly-aligned",
        states: "α(W, h) = 1, and never less than √m/(√m + √n); ‖W h‖²/‖h‖² is larger, as χ²_2m",
        because: "only a semi-orthogonal start is aligned with every h; the top singular vector of a Gaussian one is one direction of n",
    },
    designs: [
        Design { sizes: &[Size::width(16), Size::shape(64, 16)], draws: 700 },
        Design { sizes: &[Size::width(64), Size::shape(256, 64), Size::shape(512, 16)], draws: 1000 },
        Design { sizes: &[Size::width(128), Size::shape(256, 64), Size::shape(1024, 16)], draws: 2000 },
    ],
    quantities: measure,
};

/// The exponent of the tails.
const T: f64 = 25.0;

/// The ends that `χ²` with `m` degrees of freedom leaves with a probability of at most `2e^(-t)`.
fn interval(degrees: usize) -> [f64; 2] {
    let m = f64::from_count(degrees);
    let spread = 2.0 * (m * T).square_root();
    [m - spread, m + spread + 2.0 * T]
}

/// `√m/((√m + √n) R)`.
fn alignment(size: Size) -> f64 {
    let [m, n] = roots(size);
    m / ((m + n) * finite_size(size))
}

fn measure(law: &Law, seed: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
    let w = gaussian(&mut stream(law, seed, address, "W"), address.size);
    let h = graded(address.size.columns);
    let image = length(&(&w * &h))? / length(&h)?;
    let aligned = image / spectral_norm(&w)?;
    Ok(vec![image * image, image * image, aligned, aligned])
}
