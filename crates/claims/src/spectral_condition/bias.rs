// SPDX-License-Identifier: MIT OR Apache-2.0

//! A bias is a weight of fan-in 1 with the input 1: its norms, and the rates that `widthwise-parametrization` gives it.

use widthwise_linalg::two_norm_enclosure;
use widthwise_parametrization::{Optimizer, Role, ShapeFactor, rules};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};
use widthwise_spectral::{rms_operator_norm_in, workspace_len};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_all, draw_scalar, draw_vectors_alike};
use crate::enclosed::{EnclosedMatrix, point, root, spectral_norm};
use crate::formula::{at, matrix, undefined};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.bias`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.bias",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖b‖ = ‖b‖_2, nat(b) = RMS(b); rates m (SGD), 1 (Adam), √m (normalised)",
    explanation: Explanation {
        states: "For a bias b of m units as an m×1 matrix with the input 1: ‖b‖ = ‖b‖_F = ‖b‖_2 and nat(b) = RMS(b). The spectral rule gives it the rates m (SGD), 1 (Adam, sign), √m \
                 (normalised): with the gradient δ the normalised step √m δ/‖δ‖ has root mean square 1, that of SGD m RMS(δ). The multiplier of the weight does not multiply it: \
                 α w h + b is not α (w h + b).",
        hypotheses: "δ ≠ 0 for the normalised step",
        shapes: "b, δ: m, α: scalar (it and w h = δ serve the control)",
        checked_as: "The norms of the m×1 matrix by the enclosures for matrices, the steps as stored centers and bounds of what they lack; the rates as the package \
                     computes them.",
        allowance: "66 units for ‖b‖, and 8 (m + 40) + 32.",
        source: "Appendix on biases. The gradient is spectral.gradient.outer-product.",
    },
    layout: &[Part::vector("b", Dimension::M), Part::vector("δ", Dimension::M), Part::scalar("α")],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.bias/inside-multiplier",
        states: "α (w h + b) = α w h + b",
        because: "α = 2, b = 1, w h = 0: 2 ≠ 1",
        check: both!(inside_multiplier),
        witness: &[
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[0.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[2.0] },
        ],
    }],
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(4) == 0 {
        return draw_all(stream, instance, scratch);
    }
    draw_vectors_alike(stream, instance, &[0, 1], &mut scratch)?;
    draw_scalar(stream, instance, 2);
    Ok(())
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [b, delta, _] = instance.parts();
    let m = b.nrows();
    let allowance = spectral::<T>(m, 1) + kernel::<T>(m + 40);
    let count = ScaledEnclosure::count(m);
    let length = trial.record("‖b‖_2", two_norm_enclosure(&b.column(0))?);
    let norm = trial.record("‖b‖", spectral_norm(&b, &mut scratch)?);
    trial.equal("‖b‖ = ‖b‖_2", norm, length, allowance);
    let work = scratch.rest().get_mut(..workspace_len(m, 1)).ok_or(Refusal::Memory)?;
    let natural = trial.record("nat(b)", rms_operator_norm_in(&b, work)?);
    trial.equal("nat(b) = RMS(b)", natural, length / root(count), allowance);

    let shape = matrix(m, 1)?;
    let rate = |optimizer| at::<T>(rules::SPECTRAL.rate(Role::Bias, optimizer).map_err(undefined)?, shape);
    let sgd = trial.record("rate of SGD", rate(Optimizer::Sgd)?);
    trial.equal("rate of SGD = m", sgd, count, allowance);
    for optimizer in [Optimizer::Adam, Optimizer::SignDescent] {
        trial.equal("rate of Adam = 1", rate(optimizer)?, ScaledEnclosure::one(), allowance);
    }
    let normalised = rate(Optimizer::SpectrallyNormalized)?;
    trial.equal("normalised rate = √m", normalised, root(count), allowance);
    let orthogonalised = rate(Optimizer::Orthogonalized(ShapeFactor::One))?;
    trial.equal("orthogonalised rate = √m", orthogonalised, root(count), allowance);

    let length = two_norm_enclosure(&delta.column(0))?;
    let mean = |factor, frame: &mut Scratch<'_, T>| -> Result<ScaledEnclosure<T>, Refusal> {
        Ok(EnclosedMatrix::multiple(frame, factor, &delta)?.frobenius_norm()? / root(count))
    };
    let step = trial.record("RMS of the step of SGD", mean(sgd, &mut scratch.frame())?);
    trial.equal("RMS(m δ) = √m ‖δ‖", step, root(count) * length, allowance);
    if length.significand().lo() > T::zero() {
        let step = mean(normalised / length, &mut scratch.frame())?;
        trial.equal("RMS(√m δ/‖δ‖) = 1", step, ScaledEnclosure::one(), allowance);
    }
    Ok(())
}

fn inside_multiplier<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [b, product, alpha] = instance.parts();
    let alpha = point(alpha[(0, 0)]);
    for (&b, &product) in b.iter().zip(product.iter()) {
        let (b, product) = (point(b), point(product));
        let (inside, outside) = (alpha * (product + b), alpha * product + b);
        let size = alpha.magnitude() * (product.magnitude() + b.magnitude()) + b.magnitude();
        trial.equal_at_scale("α (w h + b) = α w h + b", inside, outside, size.scale_exp2(1), kernel::<T>(8));
    }
    Ok(())
}
