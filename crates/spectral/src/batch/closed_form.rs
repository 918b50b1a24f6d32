// SPDX-License-Identifier: MIT OR Apache-2.0

//! The norms of 2 × 2 matrices in closed form (theorem T8), for one matrix or in lanes.
//!
//! `2σ₁ = √P_1 + √P_2` with `P_1 = (a + d)² + (c − b)²` and `P_2 = (a − d)² + (b + c)²`. Each sum of two entries is `s + t`
//! exactly; `P = fl(s_1² + s_2²)` and `Q` is what rounding lost plus `2(s_1t_1 + s_2t_2)`. Then `r = fl(√P)`, `Δ = P − r² + Q`,
//! and `r + Δ/(2r)` is the root to nearly twice the precision.
//!
//! # Bound
//!
//! `|Q| ≤ 5uP`, with an error of at most `12u²P`; the squares `t²` left out are `2u²P`. `P − fl(r²)` is exact (Sterbenz), so `|Δ| ≤
//! 9uP` is evaluated with an error of at most `30u²P`, and the series `√(1 + z) = 1 + z/2 − …`, `|z| ≤ 9u`, leaves out at most
//! `11u²`. The divisor `2r + u²2⁻¹²` instead of `2r` changes the quotient by a part `u` where `r ≥ u2⁻¹²`; below, all of it is
//! less than `u²2⁻⁹`. Underflow moves `P` by less than `2⁵ω` and a root by less than `√(2⁵ω)`, far below `u²`. The two roots
//! together are at least 2, and their sum and that of the corrections add `10u²` of it: all errors are below `100u² < γ_16²`,
//! relatively.

use widthwise_rounding::{Enclosure, Scalar};

use super::kernel::{Bounds, gamma, lower_end, up, upper_end};
use super::lanes::Lanes;
use super::one::One;
use super::pair::{Pair, split, two_prod, two_sum};

/// Encloses `‖[a b; c d]‖₂`, at most `4u` wide, for entries of magnitude at most 2, the largest at least 1.
///
/// Of a diagonal matrix, and of one with its rows exchanged, it is the largest entry, exactly; in lanes that is not asked.
pub(crate) fn spectral_norm_of_two_by_two<T: Scalar>([a, b, c, d]: [T; 4]) -> Enclosure<T> {
    let zero = T::zero();
    if (b == zero && c == zero) || (a == zero && d == zero) {
        let norm = [b, c, d].iter().fold(a.magnitude(), |largest, x| largest.greater(x.magnitude()));
        return Enclosure::from_bounds(norm, norm);
    }
    let bounds = enclose([a, b, c, d].map(One));
    Enclosure::from_bounds(bounds.lower.0, bounds.upper.0)
}

/// Encloses `‖[a b; c d]‖₂` in each lane; entries of magnitude at most 2, the largest at least 1. Other lanes are not proved.
#[inline(always)]
pub(super) fn enclose<T: Scalar, V: Lanes<T>>([a, b, c, d]: [V; 4]) -> Bounds<V> {
    let zero = a.splat(T::zero());
    let first = root(two_sum(a, d), two_sum(c, zero - b));
    let second = root(two_sum(a, zero - d), two_sum(b, c));
    let sum = two_sum(first.high, second.high);
    let correction = (first.low + second.low) + sum.low;
    let relative = gamma::<T>(16);
    let radius = sum.high.scale(relative * relative * up::<T>(3));
    let half = T::power_of_two(-1);
    let root = sum.high.scale(half);
    let lower = lower_end(root, (correction - radius).scale(half));
    let upper = upper_end(root, (correction + radius).scale(half));
    Bounds::of(root, lower, upper)
}

/// `√((s_1 + t_1)² + (s_2 + t_2)²)`, nearly.
#[inline(always)]
fn root<T: Scalar, V: Lanes<T>>(x: Pair<V>, y: Pair<V>) -> Pair<V> {
    let x_square = square(x.high);
    let y_square = square(y.high);
    let sum = two_sum(x_square.high, y_square.high);
    let cross = x.high * x.low + y.high * y.low;
    let rest = (sum.low + (x_square.low + y_square.low)) + (cross + cross);
    let high = sum.high.square_root();
    let high_square = square(high);
    let difference = ((sum.high - high_square.high) - high_square.low) + rest;
    let divisor = (high + high) + high.splat(T::UNIT_ROUNDOFF * T::UNIT_ROUNDOFF * T::power_of_two(-12));
    Pair { high, low: difference.over(divisor) }
}

#[inline(always)]
fn square<T: Scalar, V: Lanes<T>>(x: V) -> Pair<V> {
    let parts = split(x);
    two_prod(x, parts, x, parts)
}
