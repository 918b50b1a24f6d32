// SPDX-License-Identifier: MIT OR Apache-2.0

//! Nothing allocates on the paths of fixed size. One test in a binary of its own: the counter sees every thread.

#![allow(
    clippy::unwrap_used,
    clippy::std_instead_of_core,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking, and its counts are small"
)]

use std::alloc::System;
use std::hint::black_box;

use nalgebra::{SMatrix, SVector};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use widthwise_rounding::Scalar;
use widthwise_spectral::{
    BatchScalar, SpectralNorm, alignment, schatten_four_norm_enclosure, spectral_norm, spectral_norm_batch,
    spectral_norm_bounds, spectral_norm_in, stable_rank, workspace_len,
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

/// Every function on a matrix of fixed size, at four of them: with a gap, without one, zero, and not finite.
macro_rules! run {
    ($scalar:ty, $($m:literal $n:literal,)+) => {$(
        let ordinary = SMatrix::<$scalar, $m, $n>::from_fn(|i, j| 1.0 / (1 + i + 2 * j) as $scalar - 0.2);
        let not_finite = SMatrix::<$scalar, $m, $n>::from_element(<$scalar as Scalar>::NAN);
        let matrices = [ordinary, SMatrix::identity(), SMatrix::zeros(), not_finite, ordinary.map(|x| x * x)];
        let x = SVector::<$scalar, $n>::from_element(1.0);
        for a in &matrices {
            let _ = black_box(spectral_norm(black_box(a)));
            let _ = black_box(stable_rank(a));
            let _ = black_box(alignment(a, &x));
            let _ = black_box(spectral_norm_bounds(a));
            let _ = black_box(schatten_four_norm_enclosure(a));
            let mut work = [0.0; 2000];
            assert!(workspace_len($m, $n) <= work.len());
            let _ = black_box(spectral_norm_in(a, &mut work));
        }
        batch::<$scalar, $m, $n>(&matrices);
    )+};
}

fn batch<T: BatchScalar, const M: usize, const N: usize>(matrices: &[SMatrix<T, M, N>; 5]) {
    let mut norms = [Ok(SpectralNorm::zero()); 5];
    spectral_norm_batch(black_box(matrices), &mut norms).unwrap();
    let _ = black_box(norms);
}

#[test]
fn nothing_is_allocated_at_fixed_sizes() {
    let before = allocations();
    let boxed = black_box(Box::new(1_u8));
    assert!(allocations() > before, "the counter counts");
    drop(boxed);

    let before = allocations();
    run!(f64, 1 1, 1 5, 5 1, 2 2, 3 3, 4 4, 3 7, 7 3, 8 8, 16 16, 20 17,);
    run!(f32, 1 1, 1 5, 5 1, 2 2, 3 3, 4 4, 3 7, 7 3, 8 8, 16 16, 20 17,);
    assert_eq!(allocations() - before, 0);
}
