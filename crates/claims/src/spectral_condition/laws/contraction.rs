// SPDX-License-Identifier: MIT OR Apache-2.0

//! Claim 1 fails where the fan-out is less than the fan-in: a readout is not aligned with its inputs at the start.

use alloc::vec;
use alloc::vec::Vec;

use widthwise_rounding::Scalar;

use super::super::PAPER;
use super::exponent;
use super::random_matrix::{gaussian, graded, length, semi_orthogonal, spectral_norm, stream};
use crate::law::{
    Address, Control, Design, Distribution, Estimand, Law, LawError, Mean, Memory, Quantity, Size,
    half_beta_distribution,
};

/// `spectral.claim-1.fails-for-contraction`.
pub(super) static CONTRACTION: Law = Law {
    id: "spectral.claim-1.fails-for-contraction",
    paper: &PAPER,
    statement: "Q, 4×n with orthonormal rows, h fixed: α(Q, h)² ~ Beta(2, (n − 4)/2), mean 4/n; so α ~ n^(-1/2)",
    states: "For a uniformly distributed m×n matrix Q with orthonormal rows, m < n, and a vector h ≠ 0 that does not depend on it, α(Q, h)² has the distribution Beta(m/2, (n − m)/2) with the mean m/n. With m fixed α is of order n^(-1/2), for \
             Gaussian matrices too.",
    hypotheses: "m = 4; h has the entries 1/j.",
    measured_as: "Enclosures of ‖Q h‖, ‖h‖ and norms; Q is a product of random reflections, ‖Q‖ = 1. The exponents are those of α(Q, h) and α(W, h), W Gaussian.",
    source: "The remark on the last layer after Claim 1, section 3.1; the distribution is added here.",
    estimands: &[
        exponent(Quantity::Formula("α(Q,h)"), -1, 0),
        exponent(Quantity::Formula("α(W,h)"), -1, 0),
        Estimand::Mean(Mean {
            quantity: Quantity::Formula("α(Q,h)²"),
            predicted: ratio,
            control: |size| ratio(size).square_root(),
            model_error: 0.0,
        }),
        Estimand::Distribution(Distribution {
            quantity: Quantity::Formula("α(Q,h)²"),
            name: "Beta(m/2,(n-m)/2)",
            predicted: |size, x| half_beta_distribution(size.rows, size.columns.saturating_sub(size.rows), x),
            // α itself in the place of its square.
            control: |size, x| {
                half_beta_distribution(size.rows, size.columns.saturating_sub(size.rows), x.square_root())
            },
        }),
    ],
    control: Control {
        id: "spectral.claim-1.fails-for-contraction/aligned",
        states: "α is of order one, and it is α, not α², that has the mean m/n",
        because: "4 of n directions see what they see of a fixed vector: 4/n of its square",
    },
    designs: [
        Design { sizes: &SIZES[0], draws: 700 },
        Design { sizes: &SIZES[1], draws: 1000 },
        Design { sizes: &SIZES[2], draws: 2000 },
    ],
    quantities: measure,
};

const fn readouts([a, b, c, d]: [usize; 4]) -> [Size; 4] {
    [Size::shape(4, a), Size::shape(4, b), Size::shape(4, c), Size::shape(4, d)]
}

static SIZES: [[Size; 4]; 3] =
    [readouts([16, 32, 64, 128]), readouts([64, 128, 256, 512]), readouts([128, 256, 512, 1024])];

/// `m/n`.
fn ratio(size: Size) -> f64 {
    f64::from_count(size.rows) / f64::from_count(size.columns)
}

fn measure(law: &Law, seed: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
    let (q, h) = (semi_orthogonal(law, seed, address)?, graded(address.size.columns));
    let w = gaussian(&mut stream(law, seed, address, "W"), address.size);
    let size = length(&h)?;
    let aligned = length(&(&q * &h))? / size;
    let gaussian = length(&(&w * &h))? / (size * spectral_norm(&w)?);
    Ok(vec![aligned, gaussian, aligned * aligned, aligned * aligned])
}
