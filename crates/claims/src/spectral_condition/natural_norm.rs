// SPDX-License-Identifier: MIT OR Apache-2.0

//! In root mean squares the norm of a matrix is `nat(A) = √(n/m) ‖A‖`: what the paper's condition keeps of order one.

use widthwise_linalg::{matvec_norm_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};
use widthwise_spectral::{rms_operator_norm_in, workspace_len};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{EnclosedMatrix, rms_factor, root, spectral_norm, transposed};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.rms.natural-norm`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.rms.natural-norm",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "nat(A) = √(n/m) ‖A‖ = max RMS(A x)/RMS(x); nat(A B) ≤ nat(A) nat(B); nat(Aᵀ) = (m/n) nat(A)",
    explanation: Explanation {
        states: "With RMS(v) = ‖v‖/√(dim v) and nat(A) = √(n/m) ‖A‖ for an m×n matrix: RMS(A x) ≤ nat(A) RMS(x), attained by the matrix u xᵀ at x; nat(A B) ≤ nat(A) nat(B); \
                 nat(1) = 1; nat(Aᵀ) = (m/n) nat(A), so the norm is not that of the transpose.",
        hypotheses: "none",
        shapes: "A: m×n, B: n×k, x: n, u: m",
        checked_as: "nat(A) as the package computes it; u xᵀ and A B as stored centers and bounds of what they lack; Aᵀ enclosed by itself.",
        allowance: "the relative widths of the spectral norms, and 8 (m + n + k + m n) + 32 units.",
        source: "The reformulation in natural norms.",
    },
    layout: &[
        Part::matrix("A", Dimension::M, Dimension::N),
        Part::matrix("B", Dimension::N, Dimension::K),
        Part::vector("x", Dimension::N),
        Part::vector("u", Dimension::M),
    ],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[Control {
        id: "spectral.rms.natural-norm/transpose",
        states: "nat(Aᵀ) = nat(A)",
        because: "A = (1, 1) (1×2): 1 ≠ 2",
        check: both!(transpose),
        witness: &[
            WitnessPart { rows: 1, columns: 2, entries: &[1.0, 1.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
        ],
    }],
};

/// `nat(Aᵀ)`, from an enclosure of its own.
fn natural_norm_of_transpose<T: Scalar>(
    a: &nalgebra::DMatrixView<'_, T>,
    scratch: &mut Scratch<'_, T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let (m, n) = a.shape();
    let mut frame = scratch.frame();
    let transpose = transposed(a, &mut frame)?;
    Ok(rms_factor(n, m) * spectral_norm(&transpose.as_view(), &mut frame)?)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, b, x, u] = instance.parts();
    let (x, u) = (x.column(0), u.column(0));
    let ((m, n), k) = (a.shape(), b.ncols());
    let allowance = 2.0 * spectral::<T>(m, n) + spectral::<T>(n, k) + kernel::<T>(m + n + k + m * n);

    let work = scratch.rest().get_mut(..workspace_len(m, n)).ok_or(Refusal::Memory)?;
    let natural = trial.record("nat(A)", rms_operator_norm_in(&a, work)?);
    let norm = spectral_norm(&a, &mut scratch)?;
    let count = |count: usize| ScaledEnclosure::<T>::count(count);
    trial.equal("m nat(A)² = n ‖A‖²", count(m) * natural.square(), count(n) * norm.square(), allowance);

    let mean = |length: ScaledEnclosure<T>, dimension: usize| length / root(count(dimension));
    let input = trial.record("RMS(x)", mean(two_norm_enclosure(&x)?, n));
    let image = trial.record("RMS(A x)", mean(matvec_norm_enclosure(&a, &x)?, m));
    trial.at_most("RMS(A x) ≤ nat(A) RMS(x)", image, natural * input, allowance);
    {
        let mut frame = scratch.frame();
        let outer = EnclosedMatrix::outer_products(&mut frame, ScaledEnclosure::one(), &[(u, x)])?;
        let natural = rms_factor(m, n) * outer.spectral_norm(&mut frame)?;
        let image = mean(outer.image_norm(&x)?, m);
        trial.equal("RMS(u xᵀ x) = nat(u xᵀ) RMS(x)", image, natural * input, allowance);
    }
    {
        let mut frame = scratch.frame();
        let product = EnclosedMatrix::product(&mut frame, &a, &b)?;
        let of_product = trial.record("nat(A B)", rms_factor(m, k) * product.spectral_norm(&mut frame)?);
        let of_b = trial.record("nat(B)", rms_factor(n, k) * spectral_norm(&b, &mut frame)?);
        trial.at_most("nat(A B) ≤ nat(A) nat(B)", of_product, natural * of_b, 2.0 * allowance);
    }
    {
        let mut frame = scratch.frame();
        let mut identity = frame.matrix(k, k)?;
        identity.fill_with_identity();
        let natural = rms_factor(k, k) * spectral_norm(&identity.as_view(), &mut frame)?;
        trial.equal("nat(1) = 1", natural, ScaledEnclosure::one(), spectral::<T>(k, k));
    }
    let of_transpose = trial.record("nat(Aᵀ)", natural_norm_of_transpose(&a, &mut scratch)?);
    trial.equal("n nat(Aᵀ) = m nat(A)", count(n) * of_transpose, count(m) * natural, allowance);
    Ok(())
}

fn transpose<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, ..]: [_; 4] = instance.parts();
    let (m, n) = a.shape();
    let natural = rms_factor(m, n) * spectral_norm(&a, &mut scratch)?;
    let natural = trial.record("nat(A)", natural);
    let of_transpose = trial.record("nat(Aᵀ)", natural_norm_of_transpose(&a, &mut scratch)?);
    trial.equal("nat(Aᵀ) = nat(A)", of_transpose, natural, spectral::<T>(m, n));
    Ok(())
}
