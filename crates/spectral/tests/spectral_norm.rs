// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral norm of golden matrices, whose value is known to 45 digits, and of matrices too large for the exact
//! oracle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and its numbers are small"
)]

#[allow(dead_code, reason = "each test uses a part of the oracle")]
mod exact;
mod families;
mod golden;

use exact::Dyadic;
use families::Source;
use golden::Golden;
use nalgebra::DMatrix;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{Certificate, SpectralNorm, spectral_norm_in, workspace_len};

fn norm_in<T: Scalar>(a: &DMatrix<T>) -> SpectralNorm<T> {
    // Not zero: the contents of the workspace must not matter.
    let mut work = vec![T::NAN; workspace_len(a.nrows(), a.ncols())];
    spectral_norm_in(a, &mut work).unwrap()
}

fn ends<T: Scalar>(norm: &ScaledEnclosure<T>) -> (Dyadic, Dyadic) {
    let exponent = i64::from(norm.exponent());
    let end = |x: T| Dyadic::new(x.to_f64()).scaled(exponent);
    (end(norm.significand().lo()), end(norm.significand().hi()))
}

/// The relative width in units of `u`.
fn width<T: Scalar>(norm: &SpectralNorm<T>) -> f64 {
    norm.scaled().significand().relative_width().to_f64() / T::UNIT_ROUNDOFF.to_f64()
}

#[test]
fn golden_matrices_are_enclosed_tightly() {
    for golden in Golden::all() {
        let (name, a) = (&golden.name, &golden.matrix);
        let norm = norm_in(a);
        let (lo, hi) = ends(&norm.scaled());
        let one = Dyadic::new(1.0);
        assert!(golden.power_is_at_least(&one, 1, &lo), "{name}: {}", norm.scaled());
        assert!(golden.power_is_at_most(&one, 1, &hi), "{name}: {}", norm.scaled());
        let short = a.nrows().min(a.ncols()) as f64;
        let limit = match norm.certificate() {
            Certificate::SquaringChain { .. } => 2.0 * short * short,
            _ => 30.0,
        };
        assert!(width(&norm) <= limit, "{name}: {}u, {:?}", width(&norm), norm.certificate());
    }
}

#[test]
fn hundreds_by_hundreds_are_tight() {
    let mut source = Source::new(11);
    for (m, n) in [(96, 96), (200, 40), (64, 300)] {
        let a = source.matrix(m, n);
        let norm = norm_in(&a);
        assert!(matches!(norm.certificate(), Certificate::KatoTemple { .. }) && width(&norm) <= 14.0);
        // Independent, though not exact: Jacobi rotations.
        let mut b = if m < n { a.transpose() } else { a };
        let mut values = nalgebra::DVector::zeros(m.min(n));
        widthwise_linalg::singular_values(&mut b, &mut values, 40).unwrap();
        assert!((values[0] / norm.enclosure().midpoint() - 1.0).abs() < 1e-13);
    }
}
