// SPDX-License-Identifier: MIT OR Apache-2.0

//! Second moments of the signal at the start, exact at every width.

use alloc::vec;
use alloc::vec::Vec;

use nalgebra::DMatrix;
use widthwise_network::Activation;
use widthwise_rounding::Scalar;

use super::super::PAPER;
use super::random_matrix::{gaussian, length, stream};
use crate::law::{Address, Control, Design, Estimand, Law, LawError, Mean, Memory, Quantity, Size};

/// `spectral.init.signal-rms`.
pub(super) static SIGNAL: Law = Law {
    id: "spectral.init.signal-rms",
    paper: &PAPER,
    statement: "at the start E ‖h_ℓ‖² = ‖x‖² Π σ²n, halved by each ReLU, and E ‖∇_W‖_F² = E ‖δ‖² E ‖h‖²",
    states: "Let the entries of W_k, n_k×n_(k−1), be independent with mean zero and variance σ_k². In a linear network E ‖h_ℓ‖² = ‖x‖² Π_(k≤ℓ) σ_k² n_k; a ReLU behind a layer with a symmetric distribution halves it. With a linear loss E ‖δ_ℓ‖² = ‖c‖² \
             Π_(k>ℓ) σ_k² n_(k−1), and the gradient of W_ℓ has the mean square E ‖δ_ℓ‖² E ‖h_(ℓ−1)‖², since the factors share no weights.",
    hypotheses: "Three layers, 16 → m → n → 16, standard normal entries; x and c with the entries 1/j.",
    measured_as: "Squares of norms, each divided by what is predicted for it, so that their means are 1; for a hyperbolic tangent RMS(tanh(W x))² with pre-activations of variance one, whose mean is E tanh(Z)².",
    source: "Added here; section 4 uses the orders.",
    estimands: &[
        unit("‖h_2‖²,linear", 1.0),
        unit("‖h_3‖²,linear", 1.0),
        unit("‖∇W_2‖²,linear", 1.0),
        unit("‖h_1‖²,ReLU", 2.0),
        unit("‖h_2‖²,ReLU", 4.0),
        Estimand::Mean(Mean {
            quantity: Quantity::Formula("RMS(h_1)²,tanh"),
            predicted: |_| MEAN_SQUARE_OF_TANH,
            control: |_| 0.5,
            model_error: 0.0,
        }),
    ],
    control: Control {
        id: "spectral.init.signal-rms/other-halves",
        states: "a ReLU keeps the mean square, and a hyperbolic tangent halves it as a ReLU does",
        because: "a ReLU keeps one of two signs; E tanh(Z)² = 0.3943 for a normal Z",
    },
    designs: [
        Design { sizes: &[Size::shape(32, 24), Size::width(32)], draws: 1000 },
        Design { sizes: &[Size::shape(32, 128), Size::width(128)], draws: 4000 },
        Design { sizes: &[Size::shape(32, 128), Size::width(256)], draws: 8000 },
    ],
    quantities: measure,
};

/// `E tanh(Z)²` for a standard normal `Z`, by quadrature.
const MEAN_SQUARE_OF_TANH: f64 = 0.394_294_49;

/// Inputs and outputs.
const ENDS: usize = 16;

/// A quotient with the mean 1, of which the control says another.
const fn unit(quantity: &'static str, control: f64) -> Estimand {
    let control: fn(Size) -> f64 = if control == 1.0 {
        |_| 1.0
    } else if control == 2.0 {
        |_| 2.0
    } else {
        |_| 4.0
    };
    Estimand::Mean(Mean {
        quantity: Quantity::Formula(quantity),
        predicted: |_| 1.0,
        control,
        model_error: 0.0,
    })
}

fn square(x: &DMatrix<f64>) -> Result<f64, LawError> {
    let norm = length(x)?;
    Ok(norm * norm)
}

fn measure(law: &Law, seed: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
    let Size { rows: m, columns: n } = address.size;
    let mut draws = stream(law, seed, address, "W");
    let first = gaussian(&mut draws, Size::shape(m, ENDS));
    let second = gaussian(&mut draws, Size::shape(n, m));
    let third = gaussian(&mut draws, Size::shape(ENDS, n));
    let [m, n, ends] = [m, n, ENDS].map(f64::from_count);
    let x = super::random_matrix::graded(ENDS);
    let size = square(&x)?;
    let z = &first * &x;
    let (deep, relu) = (&second * &z, Activation::Relu);
    let half = z.map(|z| relu.value(z));
    let quarter = (&second * &half).map(|z| relu.value(z));
    let backward = third.tr_mul(&x);
    let root = size.square_root();
    let saturated = z.map(|z| Activation::Tanh.value(z / root));
    Ok(vec![
        square(&deep)? / (size * m * n),
        square(&(&third * &deep))? / (size * m * n * ends),
        square(&backward)? * square(&z)? / (size * size * n * m),
        2.0 * square(&half)? / (size * m),
        4.0 * square(&quarter)? / (size * m * n),
        square(&saturated)? / m,
    ])
}
