// SPDX-License-Identifier: MIT OR Apache-2.0

//! Times the spectral norm and measures its enclosures: `cargo run --release --example timing`.
//!
//! A line gives the time of one call (the best of several rounds), the widest enclosure in units of `u`, and the mean
//! number of squarings.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "an example that stops at the first surprise; its counts are small"
)]

use core::hint::black_box;
use std::time::Instant;

use nalgebra::{DMatrix, SMatrix};
use widthwise_rounding::Scalar;
use widthwise_spectral::{Certificate, SpectralNorm, spectral_norm, spectral_norm_in, workspace_len};

/// Nearly Gaussian numbers: sums of twelve uniform ones from a linear congruential generator.
struct Source(u64);

impl Source {
    fn normal(&mut self) -> f64 {
        (0..12).fold(-6.0, |sum, _| {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum + (self.0 >> 11) as f64 / 9_007_199_254_740_992.0
        })
    }

    fn gaussian(&mut self, n: usize) -> DMatrix<f64> {
        DMatrix::from_fn(n, n, |_, _| self.normal())
    }
}

fn report<T: Scalar>(name: &str, count: usize, mut norm: impl FnMut(usize) -> SpectralNorm<T>) {
    let mut best = f64::INFINITY;
    for _ in 0..12 {
        let start = Instant::now();
        (0..count).for_each(|index| {
            black_box(norm(black_box(index)));
        });
        best = best.lesser(start.elapsed().as_secs_f64() / count as f64);
    }
    let (mut widest, mut squarings) = (0.0_f64, 0);
    for norm in (0..count).map(norm) {
        let width = norm.scaled().significand().relative_width();
        widest = widest.greater((width / T::UNIT_ROUNDOFF).to_f64());
        squarings += match norm.certificate() {
            Certificate::KatoTemple { squarings } | Certificate::SquaringChain { squarings } => squarings,
            _ => 0,
        };
    }
    let mean = squarings as f64 / count as f64;
    println!("{name:28} {:10.2} us {widest:8.1} u {mean:6.1} squarings", best * 1e6);
}

fn report_in<T: Scalar>(name: &str, matrices: &[DMatrix<T>]) {
    let (rows, columns) = matrices[0].shape();
    let mut work = vec![T::zero(); workspace_len(rows, columns)];
    let name = format!("{} {name} {rows}x{columns}", T::NAME);
    report(&name, matrices.len(), |i| spectral_norm_in(&matrices[i], &mut work).unwrap());
}

macro_rules! report_fixed {
    ($source:expr, $($n:literal),+) => {$(
        let matrices: Vec<_> =
            (0..256).map(|_| SMatrix::<f64, $n, $n>::from_fn(|_, _| $source.normal())).collect();
        let name = concat!("f64 Gaussian ", $n, "x", $n, ", fixed");
        report(name, matrices.len(), |i| spectral_norm(&matrices[i]).unwrap());
    )+};
}

fn main() {
    let mut source = Source(1);
    report_fixed!(source, 2, 3, 5, 7);
    for n in [2, 3, 5, 7, 17, 33, 96] {
        let count = if n < 30 { 256 } else { 8 };
        let gaussian: Vec<_> = (0..count).map(|_| source.gaussian(n)).collect();
        let orthogonal: Vec<_> = gaussian.iter().map(|a| a.clone().qr().q()).collect();
        // The two largest singular values are 1 and 1 − 1e-9.
        let twins = |q: &DMatrix<f64>| {
            let values = DMatrix::from_fn(n, n, |i, j| match (i, j) {
                (0, 0) => 1.0,
                (1, 1) => 1.0 - 1e-9,
                _ if i == j => 0.5,
                _ => 0.0,
            });
            q * values * q.transpose()
        };
        report_in("Gaussian", &gaussian);
        report_in("identity", &[DMatrix::<f64>::identity(n, n)]);
        report_in("orthogonal", &orthogonal);
        report_in("twins", &orthogonal.iter().map(twins).collect::<Vec<_>>());
        report_in("Gaussian", &gaussian.iter().map(|a| a.map(f32::from_f64)).collect::<Vec<_>>());
    }
}
