// SPDX-License-Identifier: MIT OR Apache-2.0

//! Times batches against single matrices and against nalgebra's singular values, which prove nothing:
//! `cargo run --release -p widthwise-spectral --features std --example batch_timing`.
//!
//! They are interleaved and the best of several rounds counts. A line gives the times of one matrix, what part
//! of nalgebra's they are (of fixed and of dynamic size for the batch), the widest enclosure in units of `u`, and how many of the matrices no batch proved.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "an example that stops at the first surprise; its counts are small"
)]

use core::hint::black_box;
use std::time::Instant;

use nalgebra::{DMatrix, SMatrix};
use widthwise_rounding::Scalar;
use widthwise_spectral::{SpectralNorm, spectral_norm, spectral_norm_batch};

/// Nearly Gaussian numbers: sums of twelve uniform ones from a linear congruential generator.
fn normal(state: &mut u64) -> f64 {
    (0..12).fold(-6.0, |sum, _| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        sum + (*state >> 11) as f64 / 9_007_199_254_740_992.0
    })
}

const MATRICES: usize = 512;
const ROUNDS: usize = 40;

fn nanoseconds(best: &mut f64, mut run: impl FnMut()) {
    let start = Instant::now();
    run();
    *best = best.lesser(start.elapsed().as_secs_f64() * 1e9 / MATRICES as f64);
}

macro_rules! report {
    ($($scalar:ident $m:literal $n:literal),+) => {$({
        let mut state = 1;
        let matrices: Vec<SMatrix<$scalar, $m, $n>> =
            (0..MATRICES).map(|_| SMatrix::from_fn(|_, _| normal(&mut state) as $scalar)).collect();
        let dynamic: Vec<DMatrix<$scalar>> =
            matrices.iter().map(|a| DMatrix::from_column_slice($m, $n, a.as_slice())).collect();
        let mut norms = vec![Ok(SpectralNorm::zero()); MATRICES];
        let [mut batch, mut single, mut peer, mut dynamic_peer] = [f64::INFINITY; 4];
        for _ in 0..ROUNDS {
            nanoseconds(&mut batch, || spectral_norm_batch(black_box(&matrices), &mut norms).unwrap());
            nanoseconds(&mut single, || {
                matrices.iter().for_each(|a| { let _ = black_box(spectral_norm(black_box(a))); });
            });
            nanoseconds(&mut peer, || {
                matrices.iter().for_each(|a| { black_box(black_box(a).singular_values().max()); });
            });
            nanoseconds(&mut dynamic_peer, || {
                dynamic.iter().for_each(|a| { black_box(black_box(a).singular_values().max()); });
            });
        }
        let widest = norms.iter().fold(0.0, |widest: $scalar, norm| {
            let width = norm.unwrap().scaled().significand().relative_width();
            widest.greater(width / <$scalar as Scalar>::UNIT_ROUNDOFF)
        });
        let alone = norms.iter().zip(&matrices).filter(|(norm, a)| **norm == spectral_norm(*a)).count();
        println!(
            "{} {:2}x{:<2} batch {batch:7.1} ns 1/{:4.1} 1/{:4.1}  single {single:7.1} ns 1/{:4.1}  \
             nalgebra {peer:7.1} ns, dynamic {dynamic_peer:7.1} ns  {widest:3.1} u  {alone:2} of {MATRICES} alone",
            stringify!($scalar), $m, $n, peer / batch, dynamic_peer / batch, peer / single,
        );
    })+};
}

fn main() {
    report!(f64 2 2, f64 3 3, f64 4 4, f64 5 5, f64 8 8, f64 16 16, f64 4 8);
    report!(f32 2 2, f32 3 3, f32 4 4, f32 5 5, f32 8 8, f32 16 16, f32 4 8);
}
