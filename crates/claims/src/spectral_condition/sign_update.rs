// SPDX-License-Identifier: MIT OR Apache-2.0

//! The entrywise sign of a single-example gradient is an outer product again: what Adam and sign descent do with one
//! example.

use nalgebra::{DMatrixView, DMatrixViewMut};
use widthwise_linalg::{matvec_norm_enclosure, max_column_sum_enclosure, two_norm_enclosure};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};

use super::PAPER;
use crate::allowance::{kernel, spectral};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{point, root, spectral_norm};
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.adam.sign-of-rank-one`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.adam.sign-of-rank-one",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "sgn(δ hᵀ) = sgn(δ) sgn(h)ᵀ; its norm is √(nnz δ nnz h), its alignment with h is ‖h‖_1/(√nnz(h) ‖h‖)",
    explanation: Explanation {
        states: "sgn(δ hᵀ) = sgn(δ) sgn(h)ᵀ =: S; ‖S‖ = √(nnz δ nnz h), nnz the number of entries that are not zero; S h = ‖h‖_1 sgn(δ); \
                 ‖S h‖/(‖S‖ ‖h‖) = ‖h‖_1/(√nnz(h) ‖h‖), which lies between 1/√nnz(h) and 1. The first step of Adam without ε is S.",
        hypotheses: "δ, h ≠ 0 where they divide",
        shapes: "δ: m, h: n",
        checked_as: "The sign of each exact product δ_i h_j against the product of the signs; S is stored without rounding. The first step from the averages after one gradient, \
                     (1 − β₁) g/(1 − β₁) over √((1 − β₂) g²/(1 − β₂)).",
        allowance: "the relative width of ‖S‖, twice, and 8 (m + n + 40) + 32 units.",
        source: "Section 3.2, Adam and other adaptive optimisers.",
    },
    layout: &[Part::vector("δ", Dimension::M), Part::vector("h", Dimension::N)],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[
        Control {
            id: "spectral.adam.sign-of-rank-one/aligned",
            states: "‖S‖ ‖h‖ ≤ ‖S h‖: as aligned as the gradient itself",
            because: "h = (2, 1): √2 √5 > 3",
            check: both!(aligned),
            witness: &[
                WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[2.0, 1.0] },
            ],
        },
        Control {
            id: "spectral.adam.sign-of-rank-one/soft-sign",
            states: "the entrywise t/(1 + |t|) of δ hᵀ has rank one too: its first 2×2 minor vanishes",
            because: "δ = h = (1, 2): ½ · ⅘ ≠ (⅔)²",
            check: both!(soft_sign),
            witness: &[
                WitnessPart { rows: 2, columns: 1, entries: &[1.0, 2.0] },
                WitnessPart { rows: 2, columns: 1, entries: &[1.0, 2.0] },
            ],
        },
    ],
};

fn sign<T: Scalar>(x: T) -> T {
    if x > T::zero() {
        T::one()
    } else if x < T::zero() {
        -T::one()
    } else {
        T::zero()
    }
}

/// The sign of a product of stored numbers, which is enclosed away from zero unless it is zero.
fn sign_of<T: Scalar>(x: ScaledEnclosure<T>) -> T {
    sign(x.significand().midpoint())
}

/// How many entries are not zero.
fn nonzeros<T: Scalar>(x: &DMatrixView<'_, T>) -> ScaledEnclosure<T> {
    ScaledEnclosure::count(x.iter().filter(|&&x| x != T::zero()).count())
}

/// `S`, from the signs of the vectors.
fn signs<'a, T: Scalar>(
    delta: &DMatrixView<'_, T>,
    h: &DMatrixView<'_, T>,
    scratch: &mut Scratch<'a, T>,
) -> Result<DMatrixViewMut<'a, T>, Refusal> {
    let mut signs = scratch.matrix(delta.nrows(), h.nrows())?;
    for (mut column, &h) in signs.column_iter_mut().zip(h.iter()) {
        for (entry, &delta) in column.iter_mut().zip(delta.iter()) {
            *entry = sign(delta) * sign(h);
        }
    }
    Ok(signs)
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [delta, h] = instance.parts();
    let (m, n) = (delta.nrows(), h.nrows());
    let allowance = 2.0 * spectral::<T>(m, n) + kernel::<T>(m + n + 40);
    let s = signs(&delta, &h, &mut scratch)?;
    for (s, &h) in s.column_iter().zip(h.iter()) {
        for (&s, &delta) in s.iter().zip(delta.iter()) {
            let gradient = point(delta) * point(h);
            trial.equal("sgn(δ_i h_j) = sgn(δ_i) sgn(h_j)", point(sign_of(gradient)), point(s), 0.0);
            if s != T::zero() {
                trial.equal("first step of Adam = sgn(δ_i h_j)", first_step(gradient), point(s), allowance);
            }
        }
    }

    let norm = trial.record("‖S‖", spectral_norm(&s.as_view(), &mut scratch)?);
    let (of_delta, of_h) = (nonzeros(&delta), nonzeros(&h));
    trial.equal("‖S‖ = √(nnz δ nnz h)", norm, root(of_delta * of_h), allowance);
    // ‖h‖_1 is the column sum of h.
    let sum = trial.record("‖h‖_1", max_column_sum_enclosure(&h)?);
    let length = trial.record("‖h‖", two_norm_enclosure(&h.column(0))?);
    for (row, &delta) in s.row_iter().zip(delta.iter()) {
        let products = row.iter().zip(h.iter()).map(|(&s, &h)| point(s) * point(h));
        let left = products.fold(ScaledEnclosure::zero(), |sum, product| sum + product);
        trial.equal("(S h)_i = ‖h‖_1 sgn(δ_i)", left, sum * point(sign(delta)), allowance);
    }
    let zero = ScaledEnclosure::zero();
    if of_delta != zero && of_h != zero {
        let image = trial.record("‖S h‖", matvec_norm_enclosure(&s, &h.column(0))?);
        let alignment = trial.record("‖h‖_1/(√nnz(h) ‖h‖)", sum / (root(of_h) * length));
        trial.equal("‖S h‖ = ‖h‖_1/(√nnz(h) ‖h‖) · ‖S‖ ‖h‖", image, alignment * norm * length, allowance);
        let one = ScaledEnclosure::one();
        trial.at_most("1/√nnz(h) ≤ ‖h‖_1/(√nnz(h) ‖h‖)", one / root(of_h), alignment, allowance);
        trial.at_most("‖h‖_1/(√nnz(h) ‖h‖) ≤ 1", alignment, one, allowance);
    }
    Ok(())
}

/// The update after one gradient `g ≠ 0`, with `β₁ = 7/8` and `β₂ = 15/16`.
fn first_step<T: Scalar>(g: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    let one = ScaledEnclosure::one();
    let (first, second) = (one.scale_exp2(-3), one.scale_exp2(-4));
    let decay = |new: ScaledEnclosure<T>| one - new;
    let average = first * g / (one - decay(first));
    let square = second * g.square() / (one - decay(second));
    average / root(square)
}

fn aligned<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [delta, h] = instance.parts();
    let (m, n) = (delta.nrows(), h.nrows());
    let s = signs(&delta, &h, &mut scratch)?;
    let norm = trial.record("‖S‖", spectral_norm(&s.as_view(), &mut scratch)?);
    let image = trial.record("‖S h‖", matvec_norm_enclosure(&s, &h.column(0))?);
    let length = two_norm_enclosure(&h.column(0))?;
    trial.at_most("‖S‖ ‖h‖ ≤ ‖S h‖", norm * length, image, spectral::<T>(m, n) + kernel::<T>(m + n));
    Ok(())
}

fn soft_sign<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [delta, h] = instance.parts();
    if delta.nrows() < 2 || h.nrows() < 2 {
        return Err(Refusal::Hypothesis("m, n ≥ 2"));
    }
    let entry = |i: usize, j: usize| {
        let product = point(delta[(i, 0)]) * point(h[(j, 0)]);
        product / (ScaledEnclosure::one() + product.magnitude())
    };
    let (left, right) = (entry(0, 0) * entry(1, 1), entry(0, 1) * entry(1, 0));
    trial.equal("f(δ_1 h_1) f(δ_2 h_2) = f(δ_1 h_2) f(δ_2 h_1)", left, right, kernel::<T>(8));
    Ok(())
}
