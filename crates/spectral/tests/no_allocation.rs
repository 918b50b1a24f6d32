// SPDX-License-Identifier: MIT OR Apache-2.0

//! Nothing allocates on the paths of fixed size and in a workspace of the caller's. A program of its own without the
//! harness of tests: the counter sees every thread, and a harness has one that allocates when it likes.

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
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{
    BatchScalar, Effort, NewtonSchulz, SingularBasis, SpectralNorm, alignment, alignment_in,
    gaussian_probe_bound, large_workspace_len, newton_schulz_in, newton_schulz_workspace_len, nuclear_norm,
    nuclear_norm_in, nuclear_norm_workspace_len, orthogonality_defect_in, polar_factor, polar_factor_in,
    polar_factor_workspace_len, probable_norm_bound_in, probable_norm_workspace_len, rms_operator_norm,
    rms_operator_norm_in, schatten_four_norm_enclosure, singular_basis_workspace_len, spectral_norm,
    spectral_norm_batch, spectral_norm_bounds, spectral_norm_bounds_in, spectral_norm_compact,
    spectral_norm_in, spectral_norm_large_in, stable_rank, stable_rank_in, workspace_len,
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
            let _ = black_box(rms_operator_norm(a));
            let _ = black_box(nuclear_norm(a));
            let _ = black_box(polar_factor(&mut a.clone(), 1e-3, 30));
            let _ = black_box(gaussian_probe_bound(a, &SMatrix::<$scalar, $n, 3>::identity(), 4.0));
            in_workspace(a, &x);
        }
        batch::<$scalar, $m, $n>(&matrices);
    )+};
}

/// Every function that works in a slice, in one that is exactly long enough.
fn in_workspace<T: Scalar, const M: usize, const N: usize>(a: &SMatrix<T, M, N>, x: &SVector<T, N>) {
    let mut memory = [T::zero(); 4000];
    let tolerance = T::from_f64(1e-3);

    let _ = black_box(spectral_norm_compact(black_box(a)));
    let work = &mut memory[..workspace_len(M, N)];
    let _ = black_box(spectral_norm_in(black_box(a), work));
    let _ = black_box(stable_rank_in(a, work));
    let _ = black_box(alignment_in(a, x, work));
    let _ = black_box(rms_operator_norm_in(a, work));
    let _ = black_box(spectral_norm_bounds_in(a, 5, &mut memory[..M + N]));
    let _ = black_box(nuclear_norm_in(a, &mut memory[..nuclear_norm_workspace_len(M, N)]));
    let work = &mut memory[..polar_factor_workspace_len(M, N)];
    let _ = black_box(polar_factor_in(&mut a.clone(), tolerance, 30, work));
    let work = &mut memory[..newton_schulz_workspace_len(M, N)];
    let _ = black_box(orthogonality_defect_in(a, work));
    for polynomial in [NewtonSchulz::Cubic, NewtonSchulz::Quintic, NewtonSchulz::Muon] {
        let _ = black_box(newton_schulz_in(&mut a.clone(), polynomial, 5, work));
    }
    let work = &mut memory[..probable_norm_workspace_len(M, N, 20)];
    let _ = black_box(probable_norm_bound_in(a, x, 20, 1e-6, work));

    let work = &mut memory[..singular_basis_workspace_len(M, N)];
    let mut values = [ScaledEnclosure::zero(); 20];
    if let Ok(mut basis) = black_box(SingularBasis::of(a, work)) {
        basis.singular_values(&mut values[..M.min(N)]).unwrap();
        let _ = black_box(basis.nuclear_norm());
    }
    let _ = black_box(SingularBasis::of_inexact(a, tolerance, work).is_ok());
    let _ =
        black_box(SingularBasis::with_vectors(a, tolerance, &SMatrix::<T, N, N>::identity(), work).is_ok());

    let mut memory = [0.0; 8000];
    let work = &mut memory[..large_workspace_len(M, N)];
    let _ = black_box(spectral_norm_large_in(a, Effort::Cheap, work));
    // The crate faer allocates.
    if cfg!(not(feature = "faer")) {
        let _ = black_box(spectral_norm_large_in(a, Effort::Standard, work));
        let budget = Effort::Budget { matrix_vector_products: 9, factorizations: 1 };
        let _ = black_box(spectral_norm_large_in(a, budget, work));
    }
}

fn batch<T: BatchScalar, const M: usize, const N: usize>(matrices: &[SMatrix<T, M, N>; 5]) {
    let mut norms = [Ok(SpectralNorm::zero()); 5];
    spectral_norm_batch(black_box(matrices), &mut norms).unwrap();
    let _ = black_box(norms);
}

fn main() {
    let before = allocations();
    let boxed = black_box(Box::new(1_u8));
    assert!(allocations() > before, "the counter counts");
    drop(boxed);

    let before = allocations();
    run!(f64, 1 1, 1 5, 5 1, 2 2, 3 3, 4 4, 3 7, 7 3, 8 8, 16 16, 20 17,);
    run!(f32, 1 1, 1 5, 5 1, 2 2, 3 3, 4 4, 3 7, 7 3, 8 8, 16 16, 20 17,);
    assert_eq!(allocations() - before, 0);
}
