// SPDX-License-Identifier: MIT OR Apache-2.0

//! `‖u vᵀ‖ = ‖u vᵀ‖_F = ‖u vᵀ‖_nuc = ‖u‖ ‖v‖`: for an outer product all three norms are one number.

use widthwise_linalg::two_norm_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::{Dimension, Instance, Part, Sizes};

use super::PAPER;
use crate::allowance::{spectral, units};
use crate::claim::{Control, Explanation, WitnessPart, both};
use crate::draw::draw_all;
use crate::enclosed::EnclosedMatrix;
use crate::singular::nuclear_norm;
use crate::{Claim, Kind, Refusal, Scratch, Trial};

/// `spectral.norms.rank-one`.
pub(super) static CLAIM: Claim = Claim {
    id: "spectral.norms.rank-one",
    kind: Kind::Exact,
    paper: &PAPER,
    statement: "‖u vᵀ‖ = ‖u vᵀ‖_F = ‖u vᵀ‖_nuc = ‖u‖ ‖v‖",
    explanation: Explanation {
        states: "‖u vᵀ‖ = ‖u vᵀ‖_F = ‖u vᵀ‖_nuc = ‖u‖ ‖v‖ for all vectors u and v.",
        hypotheses: "none",
        shapes: "u, u′: m, v, v′: n (u′ and v′ serve the control)",
        checked_as: "The exact outer product as a stored center and a bound of what it lacks; spectral norm by enclosure, nuclear norm from a one-sided Jacobi \
                     basis whose defects are enclosed.",
        allowance: "2 min(m,n)² + 64 units for ‖·‖, 8 (m + n + √(mn)) + 32 for the products, 64 max(m, n) + 256 for ‖·‖_nuc.",
        source: "Preliminaries and section 3.1.",
    },
    layout: &[
        Part::vector("u", Dimension::M),
        Part::vector("v", Dimension::N),
        Part::vector("u′", Dimension::M),
        Part::vector("v′", Dimension::N),
    ],
    sizes: Sizes::draw,
    sample: both!(draw_all),
    check: both!(check),
    controls: &[Control {
        id: "spectral.norms.rank-one/rank-two",
        states: "‖u vᵀ + u′ v′ᵀ‖ = ‖u vᵀ + u′ v′ᵀ‖_F: the same for rank two",
        because: "u = v = e_1, u′ = v′ = e_2: 1 ≠ √2",
        check: both!(rank_two),
        witness: &[
            WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[1.0, 0.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
            WitnessPart { rows: 2, columns: 1, entries: &[0.0, 1.0] },
        ],
    }],
};

fn check<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [u, v, ..]: [_; 4] = instance.parts();
    let (u, v) = (u.column(0), v.column(0));
    let (m, n) = (u.nrows(), v.nrows());
    let lengths = trial.record("‖u‖ ‖v‖", two_norm_enclosure(&u)? * two_norm_enclosure(&v)?);
    let outer = EnclosedMatrix::outer_products(&mut scratch, ScaledEnclosure::one(), &[(u, v)])?;
    let norm = trial.record("‖u vᵀ‖", outer.spectral_norm(&mut scratch)?);
    let frobenius = trial.record("‖u vᵀ‖_F", outer.frobenius_norm()?);
    let nuclear = trial.record("‖u vᵀ‖_nuc", nuclear_norm(&outer, &mut scratch)?);
    let allowance = spectral::<T>(m, n) + units::<T>(64 * m.max(n) + 256);
    trial.equal("‖u vᵀ‖ = ‖u‖ ‖v‖", norm, lengths, allowance);
    trial.equal("‖u vᵀ‖_F = ‖u‖ ‖v‖", frobenius, lengths, allowance);
    trial.equal("‖u vᵀ‖_nuc = ‖u‖ ‖v‖", nuclear, lengths, allowance);
    Ok(())
}

fn rank_two<T: Scalar>(
    instance: &Instance<'_, T>,
    mut scratch: Scratch<'_, T>,
    trial: &mut Trial<'_, T>,
) -> Result<(), Refusal> {
    let [u, v, other_u, other_v] = instance.parts();
    let pairs = [(u.column(0), v.column(0)), (other_u.column(0), other_v.column(0))];
    let sum = EnclosedMatrix::outer_products(&mut scratch, ScaledEnclosure::one(), &pairs)?;
    let norm = trial.record("‖u vᵀ + u′ v′ᵀ‖", sum.spectral_norm(&mut scratch)?);
    let frobenius = trial.record("‖u vᵀ + u′ v′ᵀ‖_F", sum.frobenius_norm()?);
    trial.equal("‖u vᵀ + u′ v′ᵀ‖ = ‖u vᵀ + u′ v′ᵀ‖_F", norm, frobenius, spectral::<T>(u.nrows(), v.nrows()));
    Ok(())
}
