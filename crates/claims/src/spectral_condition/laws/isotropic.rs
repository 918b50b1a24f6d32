// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a random input sees of a matrix: its stable rank.

use alloc::vec;
use alloc::vec::Vec;

use nalgebra::DMatrix;
use widthwise_network::Norms;
use widthwise_rounding::Scalar;

use super::super::PAPER;
use super::random_matrix::{alignment, gaussian, middle, stream};
use crate::law::{Address, Control, Design, Estimand, Law, LawError, Mean, Memory, Quantity, Size};

/// `spectral.alignment.isotropic-mean`.
pub(super) static ISOTROPIC_MEAN: Law = Law {
    id: "spectral.alignment.isotropic-mean",
    paper: &PAPER,
    statement: "x uniform on a sphere of ℝⁿ: E α(A, x)² = sr(A)/n",
    states: "For a fixed A ≠ 0 and x with a direction uniform on the sphere, the mean of α(A, x)² = ‖A x‖²/(‖A‖²‖x‖²) is sr(A)/n with the stable rank sr(A) = ‖A‖_F²/‖A‖². The mean of α itself is less than √(sr(A)/n): \
             for rank one Γ(n/2)/(√π Γ((n + 1)/2)).",
    hypotheses: "A is m×n with rows of sizes from 0.1 to 10, drawn before x and independent of it; beside it u vᵀ with Gaussian u and v.",
    measured_as: "α(A, x)² n/sr(A), whose mean is 1 whatever A is, and α(u vᵀ, x).",
    source: "Section 3, alignment; the identity is added here: E x xᵀ/‖x‖² = 1/n.",
    estimands: &[
        Estimand::Mean(Mean {
            quantity: Quantity::Formula("α²n/sr(A)"),
            predicted: |_| 1.0,
            control: |_| 1.0,
            model_error: 0.0,
        }),
        Estimand::Mean(Mean {
            quantity: Quantity::Formula("α(uvᵀ,x)"),
            predicted: |size| {
                let n = f64::from_count(size.columns);
                let root_of_pi = core::f64::consts::PI.square_root();
                libm::exp(libm::lgamma(n / 2.0) - libm::lgamma((n + 1.0) / 2.0)) / root_of_pi
            },
            control: |size| 1.0 / f64::from_count(size.columns).square_root(),
            model_error: 0.0,
        }),
    ],
    control: Control {
        id: "spectral.alignment.isotropic-mean/of-the-root",
        states: "E α(A, x) = √(sr(A)/n)",
        because: "a square root is concave: for diag(1, 0) it is 2/π, not √½",
    },
    designs: [
        Design { sizes: &[Size::shape(6, 12), Size::shape(12, 6), Size::width(2)], draws: 2000 },
        Design { sizes: &[Size::shape(20, 50), Size::shape(50, 20), Size::width(2)], draws: 4000 },
        Design { sizes: &[Size::shape(20, 50), Size::shape(50, 20), Size::width(2)], draws: 16000 },
    ],
    quantities: measure,
};

fn measure(law: &Law, seed: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
    let Size { rows, columns } = address.size;
    let mut draws = stream(law, seed, address, "A");
    let mut a = gaussian(&mut draws, address.size);
    for mut row in a.row_iter_mut() {
        row *= draws.power_of_ten(-1.0, 1.0);
    }
    let outer: DMatrix<f64> =
        gaussian(&mut draws, Size::shape(rows, 1)) * gaussian(&mut draws, Size::shape(1, columns));
    let x = gaussian(&mut stream(law, seed, address, "x"), Size::shape(columns, 1));
    let norms = Norms::of_matrix(&a)?;
    let seen = middle(norms.alignment(&a, &x.column(0))?);
    let share = middle(norms.stable_rank()?) / f64::from_count(columns);
    Ok(vec![seen * seen / share, alignment(&outer, &x)?])
}
