// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs a loop with the vector instructions of the processor at hand.
//!
//! The loops keep independent sums side by side, so wider registers change the speed and no bit: a compiler may neither
//! reorder a sum nor fuse a product into it.

/// Calls `f`, compiled for the widest vector instructions found at run time. What `f` calls must be inlined into it.
#[cfg(feature = "std")]
#[inline(always)]
pub(crate) fn vectorized<R>(f: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(f)
}

/// Calls `f`.
#[cfg(not(feature = "std"))]
#[inline(always)]
pub(crate) fn vectorized<R>(f: impl FnOnce() -> R) -> R {
    f()
}
