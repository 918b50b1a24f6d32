// SPDX-License-Identifier: MIT OR Apache-2.0

//! `∇_W 𝓛 = δ hᵀ`: the gradient of a single example is an outer product.
//!
//! A derivative is a limit, and a limit is never seen on an instance. But along any direction the central difference of a quadratic function *is* its derivative, so the chain rule
//! becomes an identity between finite quantities: for `𝓛(W, b) = ⟨c, V φ(W h + b)⟩` with `φ(z) = ½ z²` entrywise, `z = W h + b` and
//! `δ = φ′(z) ⊙ Vᵀc = z ⊙ Vᵀc`,
//!
//! `½ (𝓛(W + E, b + e) − 𝓛(W − E, b − e)) = Σ_ij δ_i h_j E_ij + Σ_i δ_i e_i`
//!
//! for every direction `(E, e)`, however large.

use nalgebra::{DMatrixView, DMatrixViewMut};
use widthwise_linalg::dot_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::kernel;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_vectors_alike};
use crate::enclosed::{point, transposed as transposed_copy};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.gradient.outer-product`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.gradient.outer-product",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "∇_W 𝓛 = δ hᵀ and ∇_b 𝓛 = δ with δ = φ′(z) ⊙ Vᵀ∇𝓛",
    explanation: Explanation {
        states: "For z = W h + b: ∂𝓛/∂W_ij = δ_i h_j, ∂𝓛/∂b = δ, δ = φ′(z) ⊙ Vᵀc. With φ(z) = ½ z² the central difference along any direction (E, e) is exact: \
                 ½ (𝓛(W + E, b + e) − 𝓛(W − E, b − e)) = Σ_ij δ_i h_j E_ij + Σ_i δ_i e_i.",
        hypotheses: "none",
        shapes: "W, E: m×n, h: n, b, e: m, V: k×m, c: k",
        checked_as: "The left side from the losses at both ends, the right side from the outer product, both as enclosures; the overlap is measured against \
                     Σ_i |(Vᵀc)_i| (|W||h| + |b| + |E||h| + |e|)_i², the size of its terms.",
        allowance: "8 (4 (m + n + k) + 64) + 32 units of that sum.",
        source: "Section 3.1; the finite form is added here.",
    },
    layout: &[
        Part::matrix("W", Dimension::M, Dimension::N),
        Part::matrix("E", Dimension::M, Dimension::N),
        Part::vector("h", Dimension::N),
        Part::vector("b", Dimension::M),
        Part::vector("e", Dimension::M),
        Part::matrix("V", Dimension::K, Dimension::M),
        Part::vector("c", Dimension::K),
    ],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.gradient.outer-product/transposed",
            states: "∇_W 𝓛 = h δᵀ for a square W",
            because: "W = 1, h = e_1, E = e_1 e_2ᵀ, b = (0, 1), V = (1, 1), c = 1: 0 ≠ 1",
            check: both!(transposed),
            witness: WITNESS,
        },
        Control {
            id: "spectral.gradient.outer-product/no-activation-derivative",
            states: "δ = Vᵀc: the derivative of the activation forgotten",
            because: "W = 2, h = 1, b = 0, E = 1, e = 0, V = 1, c = 1: 2 ≠ 1",
            check: both!(no_activation_derivative),
            witness: &[
                WitnessPart { rows: 1, columns: 1, entries: &[2.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[0.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[0.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            ],
        },
    ],
};

/// `W = 1`, `E = e_1 e_2ᵀ`, `h = e_1`, `b = (0, 1)`, `e = 0`, `V = (1, 1)`, `c = 1`.
const WITNESS: &[WitnessPart] = &[
    WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
    WitnessPart { rows: 2, columns: 2, entries: &[0.0, 0.0, 1.0, 0.0] },
    WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
    WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
    WitnessPart { rows: 2, columns: 1, entries: &[0.0, 0.0] },
    WitnessPart { rows: 1, columns: 2, entries: &[1.0, 1.0] },
    WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
];

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    // W h + b and E h + e are sums: their terms share magnitudes.
    draw_matrices_alike(stream, instance, &[0, 1], &mut scratch)?;
    draw_vectors_alike(stream, instance, &[2], &mut scratch)?;
    draw_vectors_alike(stream, instance, &[3, 4], &mut scratch)?;
    draw_matrices_alike(stream, instance, &[5], &mut scratch)?;
    draw_vectors_alike(stream, instance, &[6], &mut scratch)
}

/// What a variant of the claim takes for the gradient.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gradient {
    OuterProduct,
    Transposed,
    WithoutActivationDerivative,
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    compare(instance, scratch, trial, Gradient::OuterProduct)
}

fn transposed<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    compare(instance, scratch, trial, Gradient::Transposed)
}

fn no_activation_derivative<T: Scalar>(
    instance: &Instance<'_, T>,
    scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    compare(instance, scratch, trial, Gradient::WithoutActivationDerivative)
}

/// A pre-activation and its change along the direction, with the error signal that reaches it.
struct Unit<T> {
    signal: ScaledEnclosure<T>,
    before: ScaledEnclosure<T>,
    change: ScaledEnclosure<T>,
    /// The sum of the magnitudes of all terms of `z ± (E h + e)`.
    size: ScaledEnclosure<T>,
}

/// The unit `i`, from the transposes of `W` and `E`, whose columns are the rows needed.
fn unit<T: Scalar>(
    parts: &[DMatrixView<'_, T>; 7],
    transposes: &[DMatrixViewMut<'_, T>; 2],
    i: usize,
) -> Result<Unit<T>, Refusal> {
    let [_, _, h, b, e, v, c] = parts;
    let [w, direction] = transposes;
    let h = h.column(0);
    let magnitude = |x: T| point(x.magnitude());
    let mut size = magnitude(b[i]) + magnitude(e[i]);
    for (j, &h) in h.iter().enumerate() {
        size = size + magnitude(h) * (magnitude(w[(j, i)]) + magnitude(direction[(j, i)]));
    }
    Ok(Unit {
        size,
        signal: dot_enclosure(&v.column(i), &c.column(0))?,
        before: dot_enclosure(&w.column(i), &h)? + point(b[i]),
        change: dot_enclosure(&direction.column(i), &h)? + point(e[i]),
    })
}

fn compare<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
    gradient: Gradient,
) -> Result<(), Refusal> {
    let parts: [_; 7] = instance.parts();
    let [w, direction, h, _, e, v, _] = &parts;
    let (m, n) = w.shape();
    if gradient == Gradient::Transposed && m != n {
        return Err(Refusal::Hypothesis("W is square"));
    }
    let transposes = [transposed_copy(w, &mut scratch)?, transposed_copy(direction, &mut scratch)?];
    let mut difference = ScaledEnclosure::zero();
    let mut along = ScaledEnclosure::zero();
    let mut scale = ScaledEnclosure::zero();
    for i in 0..m {
        let Unit { signal, before, change, size } = unit(&parts, &transposes, i)?;
        // ½ (φ(z + e) − φ(z − e)) with φ(z) = ½ z².
        let loss = |z: ScaledEnclosure<T>| signal * z.square();
        difference = difference + (loss(before + change) - loss(before - change)).scale_exp2(-2);
        let delta = match gradient {
            Gradient::WithoutActivationDerivative => signal,
            Gradient::OuterProduct | Gradient::Transposed => signal * before,
        };
        let mut sum = delta * point(e[i]);
        for j in 0..n {
            let entry = if gradient == Gradient::Transposed { direction[(j, i)] } else { direction[(i, j)] };
            sum = sum + delta * point(h[j]) * point(entry);
        }
        along = along + sum;
        scale = scale + signal.magnitude() * size.square();
    }
    let difference = trial.record("½ (𝓛(W + E, b + e) − 𝓛(W − E, b − e))", difference);
    let along = trial.record("Σ δ_i h_j E_ij + Σ δ_i e_i", along);
    let allowance = kernel::<T>(4 * (m + n + v.nrows()) + 64);
    trial.equal_at_scale("½ (𝓛₊ − 𝓛₋) = ⟨δ hᵀ, E⟩ + ⟨δ, e⟩", difference, along, scale, allowance);
    Ok(())
}
