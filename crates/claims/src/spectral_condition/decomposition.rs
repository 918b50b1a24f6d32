// SPDX-License-Identifier: MIT OR Apache-2.0

//! One step of a layer: `(W + ΔW)(h + Δh) − W h = W Δh + ΔW h + ΔW Δh`.

use nalgebra::DMatrixView;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::kernel;
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::{draw_matrices_alike, draw_vectors_alike};
use crate::enclosed::point;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.update-decomposition`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.update-decomposition",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "(W + ΔW)(h + Δh) − W h = W Δh + ΔW h + ΔW Δh",
    explanation: Explanation {
        states: "For all weights W and features h and any changes ΔW and Δh of them: (W + ΔW)(h + Δh) − W h = W Δh + ΔW h + ΔW Δh.",
        hypotheses: "none",
        shapes: "W, ΔW: m×n, h, Δh: n",
        checked_as: "Entry by entry, the left side from the sums W + ΔW and h + Δh, the right side from three products; the overlap is measured against \
                     2 (|W| + |ΔW|)(|h| + |Δh|), the size of the terms.",
        allowance: "8 (4 n + 16) + 32 units of that size.",
        source: "The recursion displayed in section 3.1.",
    },
    layout: &[
        Part::matrix("W", Dimension::M, Dimension::N),
        Part::matrix("ΔW", Dimension::M, Dimension::N),
        Part::vector("h", Dimension::N),
        Part::vector("Δh", Dimension::N),
    ],
    sizes: Sizes::draw,
    sample: both!(sample),
    check: both!(check),
    controls: &[Control {
        id: "spectral.update-decomposition/without-last-term",
        states: "(W + ΔW)(h + Δh) − W h = W Δh + ΔW h",
        because: "W = 0, ΔW = 1, h = 0, Δh = 1: 1 ≠ 0",
        check: both!(without_last_term),
        witness: &[
            WitnessPart { rows: 1, columns: 1, entries: &[0.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[0.0] },
            WitnessPart { rows: 1, columns: 1, entries: &[1.0] },
        ],
    }],
};

fn sample<T: Scalar>(
    stream: &mut Stream,
    instance: &mut Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
) -> Result<(), Refusal> {
    draw_matrices_alike(stream, instance, &[0, 1], &mut scratch)?;
    draw_vectors_alike(stream, instance, &[2, 3], &mut scratch)
}

/// An entry of both sides and what goes into them.
struct Entry<T> {
    left: ScaledEnclosure<T>,
    /// `(W Δh + ΔW h)_i`
    first_order: ScaledEnclosure<T>,
    /// `(ΔW Δh)_i`
    second_order: ScaledEnclosure<T>,
    /// `2 ((|W| + |ΔW|)(|h| + |Δh|))_i`: more than either side, whatever its sign.
    size: ScaledEnclosure<T>,
}

fn entry<T: Scalar>([w, change, h, moved]: &[DMatrixView<'_, T>; 4], i: usize) -> Entry<T> {
    let zero = ScaledEnclosure::zero();
    let mut entry = Entry { left: zero, first_order: zero, second_order: zero, size: zero };
    for j in 0..w.ncols() {
        let (w, d, h, e) = (point(w[(i, j)]), point(change[(i, j)]), point(h[(j, 0)]), point(moved[(j, 0)]));
        entry.left = entry.left + ((w + d) * (h + e) - w * h);
        entry.first_order = entry.first_order + (w * e + d * h);
        entry.second_order = entry.second_order + d * e;
        let size = (w.magnitude() + d.magnitude()) * (h.magnitude() + e.magnitude());
        entry.size = entry.size + size.scale_exp2(1);
    }
    entry
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let parts = instance.parts();
    let allowance = kernel::<T>(4 * parts[0].ncols() + 16);
    for i in 0..parts[0].nrows() {
        let Entry { left, first_order, second_order, size } = entry(&parts, i);
        let right = first_order + second_order;
        trial.equal_at_scale("(W + ΔW)(h + Δh) − W h = W Δh + ΔW h + ΔW Δh", left, right, size, allowance);
    }
    Ok(())
}

fn without_last_term<T: Scalar>(
    instance: &Instance<'_, T>,
    _: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let parts = instance.parts();
    let allowance = kernel::<T>(4 * parts[0].ncols() + 16);
    for i in 0..parts[0].nrows() {
        let Entry { left, first_order, size, .. } = entry(&parts, i);
        trial.equal_at_scale("(W + ΔW)(h + Δh) − W h = W Δh + ΔW h", left, first_order, size, allowance);
    }
    Ok(())
}
