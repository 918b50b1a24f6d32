// SPDX-License-Identifier: MIT OR Apache-2.0

//! One correction of an eigenvector with a factor in binary32 as the preconditioner. Only proposes.
//!
//! For a unit vector `x` with quotient `ρ` and residual `r = Gx − ρx`, the vector `x + t` is better if
//! `(ρI − G)t = r`, `t ⊥ x`. With `M = bI + τvvᵀ − G ≈ LLᵀ` and `c = ρ − b`, `ρI − G + τvvᵀ = M + cI`, which is positive
//! definite. The conjugate gradients on it, preconditioned by `M`, reduce the error by a factor that depends on
//! `1 + c/(b − λ₂)` alone, and `Mp` follows from a recurrence, so that a step costs one solution with each triangle.

use widthwise_rounding::Scalar;

use super::super::products::{add_product, dot, two_norm};
use super::gram::round;
use super::products::solve;

/// Steps of the conjugate gradients, at most.
const STEPS: usize = 12;

/// The least part of the residual that is left: what a factor in binary32 reaches.
const REDUCTION: f64 = 1e-6;

/// Replaces the unit vector `x` by a better one, given its `residual`, which is overwritten, and `shift` `= ρ − b`,
/// until the part `goal` of the residual is left. Returns the number of solutions, at most `limit`. `scratch` holds
/// `5n` numbers, `single` `n`.
pub(super) fn refine(
    factor: &[f32],
    (shift, goal): (f64, f64),
    limit: usize,
    (x, residual): (&mut [f64], &mut [f64]),
    scratch: &mut [f64],
    single: &mut [f32],
) -> usize {
    let n = x.len();
    let size = two_norm(residual);
    if !(size > 0.0 && size.is_finite()) {
        return 0;
    }
    residual.iter_mut().for_each(|r| *r /= size);
    let (correction, rest) = scratch.split_at_mut(n);
    let (direction, rest) = rest.split_at_mut(n);
    let (image, rest) = rest.split_at_mut(n);
    let z = &mut rest[..n];
    correction.fill(0.0);
    let (mut steps, mut last) = (0, f64::INFINITY);
    while steps < STEPS.min(limit) && two_norm(residual) > goal.greater(REDUCTION) {
        round(residual, &mut single[..n]);
        solve(factor, &mut single[..n]);
        for (z, &single) in z.iter_mut().zip(&single[..n]) {
            *z = single.to_f64();
        }
        steps += 1;
        let product = dot(residual, z);
        let ratio = product / last;
        // M·direction = residual + ratio · (M·the direction before).
        for ((d, m), (&z, &r)) in direction.iter_mut().zip(&mut *image).zip(z.iter().zip(&*residual)) {
            let (old, old_image) = if steps == 1 { (0.0, 0.0) } else { (*d, *m) };
            *d = z + ratio * old;
            *m = r + ratio * old_image;
        }
        let curvature = dot(direction, image) + shift * dot(direction, direction);
        let length = product / curvature;
        if !(length > 0.0 && length.is_finite()) {
            break;
        }
        add_product(direction, &[length], 1.0, correction);
        add_product(image, &[length], -1.0, residual);
        add_product(direction, &[length * shift], -1.0, residual);
        last = product;
    }
    let along = dot(correction, x);
    for (x, t) in x.iter_mut().zip(&*correction) {
        *x += size * (t - along * *x);
    }
    steps
}
