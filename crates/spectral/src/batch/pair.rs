// SPDX-License-Identifier: MIT OR Apache-2.0

//! Error-free transforms in lanes.
//!
//! The operations and their order are those of `widthwise_rounding::error_free`, with the splitting of a factor that is
//! used more than once taken out.

use widthwise_rounding::Scalar;

use super::lanes::Lanes;

/// A number in two parts, `high + low`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<V> {
    pub(super) high: V,
    pub(super) low: V,
}

/// `high + low = x` exactly, each with half the digits (Veltkamp).
#[inline(always)]
pub(super) fn split<T: Scalar, V: Lanes<T>>(x: V) -> Pair<V> {
    let c = x.scale(T::power_of_two((T::DIGITS + 1) / 2) + T::one());
    let high = c - (c - x);
    Pair { high, low: x - high }
}

/// `high + low = x + y` exactly (Knuth).
#[inline(always)]
pub(super) fn two_sum<T: Scalar, V: Lanes<T>>(x: V, y: V) -> Pair<V> {
    let high = x + y;
    let y_virtual = high - x;
    let x_virtual = high - y_virtual;
    Pair { high, low: (x - x_virtual) + (y - y_virtual) }
}

/// `high + low = x + y` exactly if `|x| ≥ |y|` (Dekker).
#[inline(always)]
pub(super) fn fast_two_sum<T: Scalar, V: Lanes<T>>(x: V, y: V) -> Pair<V> {
    let high = x + y;
    Pair { high, low: y - (high - x) }
}

/// `high + low = x·y` exactly but for underflow, given both factors split (Dekker).
#[inline(always)]
pub(super) fn two_prod<T: Scalar, V: Lanes<T>>(x: V, x_parts: Pair<V>, y: V, y_parts: Pair<V>) -> Pair<V> {
    let high = x * y;
    let rest =
        ((high - x_parts.high * y_parts.high) - x_parts.low * y_parts.high) - x_parts.high * y_parts.low;
    Pair { high, low: x_parts.low * y_parts.low - rest }
}
