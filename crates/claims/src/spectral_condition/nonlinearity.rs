// SPDX-License-Identifier: MIT OR Apache-2.0

//! What an activation does to the norm of a vector, from what it does to numbers: the pointwise facts behind assumption
//! 2.

use nalgebra::DMatrixView;
use widthwise_linalg::two_norm_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::kernel;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_all, draw_vectors_alike};
use crate::enclosed::{point, root};
use crate::formula::store;
use crate::signal::Activation;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.assumption-2.nonlinearity.pointwise`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.assumption-2.nonlinearity.pointwise",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "leaky ReLU: a ‖z‖ ≤ ‖φ(z)‖ ≤ ‖z‖, the same for changes; ReLU: ‖φ(z)‖² + ‖φ(−z)‖² = ‖z‖²",
    explanation: Explanation {
        states: "Leaky ReLU of slope 0 ≤ a ≤ 1: a ‖z‖ ≤ ‖φ(z)‖ ≤ ‖z‖ and a ‖e‖ ≤ ‖φ(z + e) − φ(z)‖ ≤ ‖e‖. ReLU: ‖φ(z)‖² + ‖φ(−z)‖² = ‖z‖², so ‖φ(z)‖ ≤ ‖z‖; \
                 ‖φ(z + e) − φ(z)‖ ≤ ‖e‖, as for the magnitude and every function that is 1-Lipschitz.",
        hypotheses: "|a| ≤ 1, its magnitude taken",
        shapes: "z, e: m, a: scalar",
        checked_as: "ReLU without rounding; a leaky ReLU and the changes entry by entry, where the signs of z and z + e are known.",
        allowance: "8 (m + 16) + 32 units.",
        source: "Section 3.2, assumption 2: the exact conditions under which it holds are added here. The means over Gaussian entries are no part of this claim.",
    },
    layout: &[Part::vector("z", Dimension::M), Part::vector("e", Dimension::M), Part::scalar("a")],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.assumption-2.nonlinearity.pointwise/dead-layer",
            states: "ReLU: ½ ‖z‖ ≤ ‖φ(z)‖",
            because: "z = −1: ½ > 0",
            check: both!(dead_layer),
            witness: &[MINUS_ONE, ONE, ONE],
        },
        Control {
            id: "spectral.assumption-2.nonlinearity.pointwise/saturation",
            states: "φ(t) = t/(1 + |t|) keeps the order of the norm at every scale: ½ ‖z‖ ≤ ‖φ(z)‖",
            because: "z = 4: 2 > ⅘",
            check: both!(saturation),
            witness: &[WitnessPart { rows: 1, columns: 1, entries: &[4.0] }, ONE, ONE],
        },
    ],
};

const ONE: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[1.0] };
const MINUS_ONE: WitnessPart = WitnessPart { rows: 1, columns: 1, entries: &[-1.0] };

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    if stream.below(4) == 0 {
        draw_all(stream, instance, scratch)?;
    } else {
        draw_vectors_alike(stream, instance, &[0, 1], &mut scratch)?;
    }
    let slope = stream.uniform_in(0.0, 1.0);
    store(instance, 2, slope);
    Ok(())
}

/// The norm of a vector of enclosures.
fn norm<T: Scalar>(entries: impl Iterator<Item = ScaledEnclosure<T>>) -> ScaledEnclosure<T> {
    root(entries.fold(ScaledEnclosure::zero(), |sum, entry| sum + entry.square()))
}

/// `‖φ(sign · z)‖`
fn value<T: Scalar>(activation: Activation, z: &DMatrixView<'_, T>, sign: T) -> ScaledEnclosure<T> {
    norm(z.iter().map(|&z| activation.value(point(sign * z))))
}

/// `‖φ(z + e) − φ(z)‖`
fn change<T: Scalar>(
    activation: Activation,
    z: &DMatrixView<'_, T>,
    e: &DMatrixView<'_, T>,
) -> ScaledEnclosure<T> {
    norm(z.iter().zip(e.iter()).map(|(&z, &e)| activation.change(point(z), point(e))))
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [z, e, a] = instance.parts();
    let slope = a[(0, 0)].magnitude();
    if slope > T::one() {
        return Err(Refusal::Hypothesis("|a| ≤ 1"));
    }
    let allowance = kernel::<T>(z.nrows() + 16);
    let length = trial.record("‖z‖", two_norm_enclosure(&z.column(0))?);
    let moved = trial.record("‖e‖", two_norm_enclosure(&e.column(0))?);
    let (leaky, slope) = (Activation { slope: slope.to_f64() }, point(slope));
    let (of_z, of_e) = (value(leaky, &z, T::one()), change(leaky, &z, &e));
    trial.at_most("a ‖z‖ ≤ ‖φ(z)‖", slope * length, of_z, allowance);
    trial.at_most("‖φ(z)‖ ≤ ‖z‖", of_z, length, allowance);
    trial.at_most("a ‖e‖ ≤ ‖φ(z + e) − φ(z)‖", slope * moved, of_e, allowance);
    trial.at_most("‖φ(z + e) − φ(z)‖ ≤ ‖e‖", of_e, moved, allowance);

    let [_, _, relu, magnitude] = Activation::ALL;
    let [above, below] = [T::one(), -T::one()].map(|sign| value(relu, &z, sign));
    let squares = trial.record("‖relu(z)‖² + ‖relu(−z)‖²", above.square() + below.square());
    trial.equal("‖relu(z)‖² + ‖relu(−z)‖² = ‖z‖²", squares, length.square(), allowance);
    trial.at_most("‖relu(z)‖ ≤ ‖z‖", above, length, allowance);
    trial.at_most("‖relu(z + e) − relu(z)‖ ≤ ‖e‖", change(relu, &z, &e), moved, allowance);
    trial.at_most("‖|z + e| − |z|‖ ≤ ‖e‖", change(magnitude, &z, &e), moved, allowance);
    Ok(())
}

fn dead_layer<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [z, ..]: [_; 3] = instance.parts();
    let half = two_norm_enclosure(&z.column(0))?.scale_exp2(-1);
    let [_, _, relu, _] = Activation::ALL;
    let value = trial.record("‖relu(z)‖", value(relu, &z, T::one()));
    trial.at_most("½ ‖z‖ ≤ ‖relu(z)‖", half, value, kernel::<T>(z.nrows() + 16));
    Ok(())
}

fn saturation<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [z, ..]: [_; 3] = instance.parts();
    let half = two_norm_enclosure(&z.column(0))?.scale_exp2(-1);
    let one = ScaledEnclosure::one();
    let value = norm(z.iter().map(|&z| point(z) / (one + point(z).magnitude())));
    let value = trial.record("‖φ(z)‖", value);
    trial.at_most("½ ‖z‖ ≤ ‖φ(z)‖", half, value, kernel::<T>(z.nrows() + 16));
    Ok(())
}
