// SPDX-License-Identifier: MIT OR Apache-2.0

//! Times the large path against the singular values of faer and nalgebra in the same run: `cargo run --release --features
//! faer --example large_timing`.
//!
//! An argument selects one number of columns. A line gives the format, the size, the times (the best of several rounds,
//! interleaved), their ratios, the width in units of `u`, the products and factorizations.

#![allow(clippy::unwrap_used, reason = "an example that stops at the first surprise")]

use core::hint::black_box;
use std::time::Instant;

use nalgebra::{DMatrix, RealField};
use widthwise_rounding::Scalar;
use widthwise_spectral::{Effort, large_workspace_len, spectral_norm_large_in};

/// Rows and columns.
const SIZES: [(usize, usize); 8] =
    [(32, 32), (64, 64), (128, 128), (256, 256), (512, 512), (1024, 1024), (2048, 512), (2048, 2048)];

fn gaussian(rows: usize, columns: usize) -> DMatrix<f64> {
    let mut state = 1_u64;
    DMatrix::from_fn(rows, columns, |_, _| {
        (0..12).fold(-6.0, |sum, _| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum + f64::from(u32::try_from(state >> 32).unwrap()) / 4_294_967_296.0
        })
    })
}

/// Seconds of one call, if they are fewer than `best`.
fn time<R>(best: f64, f: impl FnOnce() -> R) -> f64 {
    let start = Instant::now();
    black_box(f());
    best.lesser(start.elapsed().as_secs_f64())
}

fn compare<T: Scalar + RealField + faer::traits::RealField>(rows: usize, columns: usize) {
    let a = gaussian(rows, columns).map(<T as Scalar>::from_f64);
    let b = faer::MatRef::from_column_major_slice(a.as_slice(), rows, columns);
    let mut work = vec![0.0; large_workspace_len(rows, columns)];
    let mut norm = || spectral_norm_large_in(black_box(&a), Effort::Standard, &mut work).unwrap();
    let found = norm();
    let rounds = (2_500_000_000 / (rows * columns * columns)).clamp(3, 400);
    let (mut ours, mut theirs, mut nalgebra) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    for _ in 0..rounds {
        ours = time(ours, &mut norm);
        theirs = time(theirs, || black_box(b).singular_values().unwrap());
        if columns <= 256 {
            nalgebra = time(nalgebra, || black_box(&a).singular_values());
        }
    }
    println!(
        "{} {rows:5} x {columns:4} {:10.3} ms, faer {:10.3} ms = {:5.1}, nalgebra {:5.1}; {:5.1} u, {} products, {} factorizations",
        T::NAME,
        ours * 1e3,
        theirs * 1e3,
        theirs / ours,
        nalgebra / ours,
        found.scaled().significand().relative_width().to_f64() / T::UNIT_ROUNDOFF.to_f64(),
        found.matrix_vector_products(),
        found.factorizations(),
    );
}

fn main() {
    let chosen: Option<usize> = std::env::args().nth(1).and_then(|n| n.parse().ok());
    faer::set_global_parallelism(faer::Par::Seq);
    for (rows, columns) in SIZES {
        if chosen.is_none_or(|n| n == columns) {
            compare::<f64>(rows, columns);
            compare::<f32>(rows, columns);
        }
    }
}
