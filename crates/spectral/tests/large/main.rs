// SPDX-License-Identifier: MIT OR Apache-2.0

//! The large path against the exact oracle, on golden matrices and on families made for it to fail.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::std_instead_of_core,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, its numbers are small, and its inputs need not be the same bits everywhere"
)]

#[allow(dead_code, reason = "each test uses a part of the oracle")]
#[path = "../exact/mod.rs"]
mod exact;

mod effort;
mod families;
mod gaps;
mod golden;
mod input;

use exact::{Dyadic, Exact, encloses_largest_singular_value};
use nalgebra::DMatrix;
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};
use widthwise_spectral::{
    Certificate, Effort, SpectralNorm, large_workspace_len, spectral_norm_in, spectral_norm_large_in,
    workspace_len,
};

fn norm_with<T: Scalar>(a: &DMatrix<T>, effort: Effort) -> SpectralNorm<T> {
    // Not zero: the contents of the workspace must not matter.
    let mut work = vec![f64::NAN; large_workspace_len(a.nrows(), a.ncols())];
    spectral_norm_large_in(a, effort, &mut work).unwrap()
}

fn norm<T: Scalar>(a: &DMatrix<T>) -> SpectralNorm<T> {
    norm_with(a, Effort::Standard)
}

fn width<T: Scalar>(norm: &SpectralNorm<T>) -> f64 {
    norm.scaled().significand().relative_width().to_f64() / T::UNIT_ROUNDOFF.to_f64()
}

fn ends<T: Scalar>(norm: &ScaledEnclosure<T>) -> (Dyadic, Dyadic) {
    let exponent = i64::from(norm.exponent());
    let end = |x: T| Dyadic::new(x.to_f64()).scaled(exponent);
    (end(norm.significand().lo()), end(norm.significand().hi()))
}

fn is_right<T: Scalar>(a: &DMatrix<T>, norm: &SpectralNorm<T>) -> bool {
    let exact: Exact =
        a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect();
    let (lo, hi) = ends(&norm.scaled());
    encloses_largest_singular_value(&exact, &lo, Some(&hi))
}

/// Against the small path, which shares neither its search nor its certificate.
fn agrees<T: Scalar>(a: &DMatrix<T>, norm: &SpectralNorm<T>) -> bool {
    let mut work = vec![T::zero(); workspace_len(a.nrows(), a.ncols())];
    let other = spectral_norm_in(a, &mut work).unwrap();
    norm.scaled().is_equal_to(&other.scaled()) != Verdict::Refuted
}

/// Whether the enclosure is right: exactly up to 24 rows (64 in optimised builds), by the small path beyond.
fn holds<T: Scalar>(a: &DMatrix<T>, norm: &SpectralNorm<T>) -> bool {
    let limit = if cfg!(debug_assertions) { 20 } else { 64 };
    agrees(a, norm) && (a.nrows().min(a.ncols()) > limit || is_right(a, norm))
}

/// The widest enclosure allowed, in units of `u`.
fn widest_allowed<T: Scalar>(norm: &SpectralNorm<T>, m: usize, n: usize) -> f64 {
    let (short, long) = (m.min(n) as f64, m.max(n) as f64);
    if T::DIGITS == 24 && norm.certificate() != Certificate::EntryNorms {
        return 4.0;
    }
    match norm.certificate() {
        Certificate::Zero => 0.0,
        Certificate::DeflatedCholesky { vectors: 1 } => 8.0,
        Certificate::DeflatedCholesky { vectors } => 8.0 + 4.0 * vectors as f64,
        _ => short * long + 20.0,
    }
}

struct Source(u64);

impl Source {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / 9_007_199_254_740_992.0 * 2.0 - 1.0
    }

    fn matrix(&mut self, m: usize, n: usize) -> DMatrix<f64> {
        DMatrix::from_fn(m, n, |_, _| self.uniform())
    }

    fn orthogonal(&mut self, n: usize) -> DMatrix<f64> {
        self.matrix(n, n).qr().q()
    }

    /// A matrix with about the singular values `value(0), value(1), …`.
    fn with_values(&mut self, m: usize, n: usize, value: impl Fn(usize) -> f64) -> DMatrix<f64> {
        let middle = DMatrix::from_fn(m, n, |i, j| if i == j { value(i) } else { 0.0 });
        self.orthogonal(m) * middle * self.orthogonal(n)
    }
}
