// SPDX-License-Identifier: MIT OR Apache-2.0

//! Spectral, Frobenius and nuclear norm: `‖A‖ ≤ ‖A‖_F ≤ √rank ‖A‖` and `‖A‖_F² ≤ ‖A‖ ‖A‖_nuc`.

use widthwise_linalg::frobenius_norm_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes, Stream};

use super::PAPER;
use crate::allowance::{kernel, spectral, units};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::{EnclosedMatrix, root, spectral_norm};
use crate::singular::nuclear_norm;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.norms.frobenius`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.norms.frobenius",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖A‖ ≤ ‖A‖_F ≤ √rank ‖A‖ ≤ √min(m,n) ‖A‖ and ‖A‖_F² ≤ ‖A‖ ‖A‖_nuc",
    explanation: Explanation {
        states: "‖A‖ ≤ ‖A‖_F ≤ √min(m, n) ‖A‖; ‖U V‖_F ≤ √k ‖U V‖ for an inner dimension k, which is what rank ≤ k means; \
                 ‖A‖_F² ≤ ‖A‖ ‖A‖_nuc.",
        hypotheses: "none",
        shapes: "A: m×n, U: m×k, V: k×n",
        checked_as: "U V as a stored center and a bound of what it lacks; the nuclear norm from a one-sided Jacobi basis whose defects are enclosed.",
        allowance: "twice the relative width of ‖A‖, and 64 max(m, n) + 256 units for the nuclear norm.",
        source: "Preliminaries, spectral against Frobenius norm.",
    },
    layout: &[
        Part::matrix("A", Dimension::M, Dimension::N),
        Part::matrix("U", Dimension::M, Dimension::K),
        Part::matrix("V", Dimension::K, Dimension::N),
    ],
    sizes,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[Control {
        id: "spectral.norms.frobenius/rank-less-one",
        states: "‖A‖_F ≤ √(min(m, n) − 1) ‖A‖",
        because: "A = 1 (2×2): √2 > 1",
        check: both!(rank_less_one),
        witness: &[
            WitnessPart { rows: 2, columns: 2, entries: &[1.0, 0.0, 0.0, 1.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
            WitnessPart { rows: 1, columns: 2, entries: &[1.0, 0.0] },
        ],
    }],
};

fn sizes(stream: &mut Stream) -> Sizes {
    let sizes = Sizes::draw(stream);
    let k = 1 + stream.below(4) as usize;
    Sizes { k, ..sizes }
}

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, u, v] = instance.parts();
    let (m, n) = a.shape();
    let allowance = 2.0 * spectral::<T>(m, n) + kernel::<T>(m + n);
    let norm = trial.record("‖A‖", spectral_norm(&a, &mut scratch)?);
    let frobenius = trial.record("‖A‖_F", frobenius_norm_enclosure(&a)?);
    trial.at_most("‖A‖ ≤ ‖A‖_F", norm, frobenius, allowance);
    let rank = ScaledEnclosure::count(m.min(n));
    trial.at_most("‖A‖_F ≤ √min(m, n) ‖A‖", frobenius, root(rank) * norm, allowance);

    let nuclear = {
        let mut frame = scratch.frame();
        let a = EnclosedMatrix::exact(&mut frame, &a)?;
        nuclear_norm(&a, &mut frame)?
    };
    let nuclear = trial.record("‖A‖_nuc", nuclear);
    let basis = units::<T>(64 * m.max(n) + 256);
    trial.at_most("‖A‖_F² ≤ ‖A‖ ‖A‖_nuc", frobenius.square(), norm * nuclear, allowance + basis);

    let product = EnclosedMatrix::product(&mut scratch, &u, &v)?;
    let norm = trial.record("‖U V‖", product.spectral_norm(&mut scratch)?);
    let frobenius = trial.record("‖U V‖_F", product.frobenius_norm()?);
    let rank = ScaledEnclosure::count(u.ncols());
    let allowance = allowance + 2.0 * spectral::<T>(m, n) + kernel::<T>(u.ncols() + m * n);
    trial.at_most("‖U V‖_F ≤ √k ‖U V‖", frobenius, root(rank) * norm, allowance);
    Ok(())
}

fn rank_less_one<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [a, ..]: [_; 3] = instance.parts();
    let (m, n) = a.shape();
    if m.min(n) < 2 {
        return Err(Refusal::Hypothesis("min(m, n) ≥ 2"));
    }
    let norm = spectral_norm(&a, &mut scratch)?;
    let frobenius = frobenius_norm_enclosure(&a)?;
    let factor = root(ScaledEnclosure::count(m.min(n) - 1));
    trial.at_most("‖A‖_F ≤ √(min(m, n) − 1) ‖A‖", frobenius, factor * norm, spectral::<T>(m, n));
    Ok(())
}
