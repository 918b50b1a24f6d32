// SPDX-License-Identifier: MIT OR Apache-2.0

//! Times the large path against faer's singular values in the same run: `cargo run --release --features faer --example
//! large_timing`.
//!
//! An argument selects one number of columns. A line gives the size, the times (the best of several rounds, interleaved), their ratio, the width in units of `u`,
//! the products and factorizations.

#![allow(clippy::unwrap_used, reason = "an example that stops at the first surprise")]

use core::hint::black_box;
use std::time::Instant;

use nalgebra::DMatrix;
use widthwise_rounding::Scalar;
use widthwise_spectral::{Effort, large_workspace_len, spectral_norm_large_in};

fn gaussian(rows: usize, columns: usize) -> DMatrix<f64> {
    let mut state = 1_u64;
    DMatrix::from_fn(rows, columns, |_, _| {
        (0..12).fold(-6.0, |sum, _| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum + f64::from(u32::try_from(state >> 32).unwrap()) / 4_294_967_296.0
        })
    })
}

fn main() {
    let chosen: Option<usize> = std::env::args().nth(1).and_then(|n| n.parse().ok());
    for (rows, columns) in
        [(32, 32), (64, 64), (128, 128), (256, 256), (512, 512), (1024, 1024), (2048, 512), (2048, 2048)]
    {
        if chosen.is_some_and(|n| n != columns) {
            continue;
        }
        let a = gaussian(rows, columns);
        let b = faer::MatRef::from_column_major_slice(a.as_slice(), rows, columns);
        faer::set_global_parallelism(faer::Par::Seq);
        let mut work = vec![0.0; large_workspace_len(rows, columns)];
        let rounds = (2_500_000_000 / (rows * columns * columns)).clamp(3, 400);
        let (mut ours, mut theirs, mut nalgebra) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
        let mut norm = None;
        for _ in 0..rounds {
            let start = Instant::now();
            norm =
                Some(black_box(spectral_norm_large_in(black_box(&a), Effort::Standard, &mut work).unwrap()));
            ours = ours.lesser(start.elapsed().as_secs_f64());
            let start = Instant::now();
            black_box(black_box(b).singular_values().unwrap());
            theirs = theirs.lesser(start.elapsed().as_secs_f64());
            if columns <= 128 {
                let start = Instant::now();
                black_box(black_box(&a).singular_values());
                nalgebra = nalgebra.lesser(start.elapsed().as_secs_f64());
            }
        }
        let norm = norm.unwrap();
        println!(
            "{rows:5} x {columns:4} {:10.3} ms, faer {:10.3} ms = {:5.1}, nalgebra {:5.1}; {:5.1} u, {} products, {} factorizations",
            ours * 1e3,
            theirs * 1e3,
            theirs / ours,
            nalgebra / ours,
            norm.scaled().significand().relative_width() / f64::UNIT_ROUNDOFF,
            norm.matrix_vector_products(),
            norm.factorizations(),
        );
    }
}
