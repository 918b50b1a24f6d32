// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral norm of matrices whose entries are not normal: a mean of zero, a variance of one and light tails are what it takes.

use alloc::vec::Vec;

use nalgebra::DMatrix;
use widthwise_rounding::Scalar;
use widthwise_sampling::Stream;

use super::super::PAPER;
use super::random_matrix::{edge, finite_size, spectral_norm, stream};
use crate::law::{Address, Control, Design, Estimand, Law, LawError, Mean, Memory, Quantity, Range, Size};

/// `spectral.init.other-distributions`.
pub(super) static OTHER_DISTRIBUTIONS: Law = Law {
    id: "spectral.init.other-distributions",
    paper: &PAPER,
    statement: "n×n entries of mean 0, variance 1, light tails: E ‖W‖ is that of normal ones; otherwise not",
    states: "For independent entries that are uniform, ±1, or normal and cut at two standard deviations, scaled to the variance 1, the mean of ‖W‖/(2√n) is R(n, n) as for normal entries. Cut without \
             scaling it is 0.8796 R(n, n). A mean of 1/4 makes it (θ + 1/θ)/2 with θ = √n/4 > 1; one entry in n, scaled to the variance 1, about 0.676 + 0.206 ln n; Cauchy entries exceed 2.",
    hypotheses: "W is n×n with independent entries of the one distribution.",
    measured_as: "Midpoints of enclosures of ‖W‖, divided by 2√n.",
    source: "Common initialisations, section 4; the limit is that of Bai and Yin, which asks for four moments. The spike of a mean is that of Baik, Ben Arous and Péché; the value for sparse entries is \
             measured, from 32 to 256.",
    estimands: &[
        mean("uniform", finite_size, 0.03),
        mean("signs", finite_size, 0.03),
        mean("cut", finite_size, 0.03),
        mean("cut,unscaled", |size| DEVIATION_OF_CUT * finite_size(size), 0.03),
        mean(
            "mean-1/4",
            |size| {
                let theta = MEAN * f64::from_count(size.columns).square_root();
                0.5 * (theta + 1.0 / theta)
            },
            0.05,
        ),
        mean("sparse", |size| 0.676 + 0.206 * f64::from_count(size.columns).natural_logarithm(), 0.05),
        Estimand::Range(Range {
            quantity: Quantity::Formula("Cauchy"),
            predicted: |_| [2.0, f64::INFINITY],
            control: |size| [f64::NEG_INFINITY, 1.0 + 7.0 / edge(size)],
            // All n² entries are below y = 4√n with a probability of at most exp(−2n²y/(π(1 + y²))): 3.2e-13 at n = 32, less beyond.
            tail: 3.3e-13,
        }),
    ],
    control: Control {
        id: "spectral.init.other-distributions/variance-alone",
        states: "the mean of ‖W‖/(2√n) is R(n, n) for every distribution, heavy tails, sparse entries and a mean included",
        because: "a mean is a spike of rank one, n/4 large; a single entry of a Cauchy matrix is larger than all that",
    },
    designs: [
        Design { sizes: &[Size::width(32)], draws: 128 },
        Design { sizes: &Size::widths([64, 128]), draws: 128 },
        Design { sizes: &Size::widths([128, 256]), draws: 128 },
    ],
    quantities: measure,
};

/// The standard deviation of a normal number that is drawn again while it exceeds 2.
const DEVIATION_OF_CUT: f64 = 0.879_625_661_034_239_8;

/// The mean of the entries that have one.
const MEAN: f64 = 0.25;

const fn mean(entries: &'static str, predicted: fn(Size) -> f64, model_error: f64) -> Estimand {
    Estimand::Mean(Mean {
        quantity: Quantity::Formula(entries),
        predicted,
        control: finite_size,
        model_error,
    })
}

/// Draws an entry of an `n × n` matrix.
type Entry = fn(&mut Stream, usize) -> f64;

/// Entries by name, in the order of the estimands.
const ENTRIES: [(&str, Entry); 7] = [
    ("uniform", |stream, _| 3.0_f64.square_root() * stream.uniform::<f64>()),
    ("signs", |stream, _| stream.sign()),
    ("cut", |stream, _| cut(stream) / DEVIATION_OF_CUT),
    ("cut,unscaled", |stream, _| cut(stream)),
    ("mean-1/4", |stream, _| MEAN + stream.normal()),
    ("sparse", |stream, n| {
        let entry = f64::from_count(n).square_root() * stream.normal();
        if stream.below(u32::try_from(n).unwrap_or(u32::MAX)) == 0 { entry } else { 0.0 }
    }),
    // A quotient of normal numbers.
    ("Cauchy", |stream, _| stream.normal() / stream.normal()),
];

/// A normal number, drawn again while it exceeds 2: seldom, so within the stream.
fn cut(stream: &mut Stream) -> f64 {
    loop {
        let x = stream.normal();
        if x.magnitude() <= 2.0 {
            return x;
        }
    }
}

fn measure(law: &Law, seed: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
    let Size { rows, columns } = address.size;
    let quotient = |(name, entry): (&str, Entry)| {
        let mut draws = stream(law, seed, address, name);
        let w = DMatrix::from_fn(rows, columns, |_, _| entry(&mut draws, columns));
        Ok(spectral_norm(&w)? / edge(address.size))
    };
    ENTRIES.into_iter().map(quotient).collect()
}
