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

use exact::Dyadic;
use families::Source;
use nalgebra::DMatrix;
use num_bigint::BigInt;
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

/// The decimal number as a fraction.
fn decimal(text: &str) -> (BigInt, BigInt) {
    let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let power = power.parse::<i64>().unwrap() - fraction.len() as i64;
    let numerator: BigInt = format!("{whole}{fraction}").parse().unwrap();
    let ten = |k: i64| BigInt::from(10).pow(u32::try_from(k).unwrap());
    if power >= 0 { (numerator * ten(power), BigInt::from(1)) } else { (numerator, ten(-power)) }
}

fn is_at_most_fraction(x: &Dyadic, (numerator, denominator): &(BigInt, BigInt)) -> bool {
    if x.exponent >= 0 {
        x.at(0) * denominator <= *numerator
    } else {
        &x.mantissa * denominator <= numerator << usize::try_from(-x.exponent).unwrap()
    }
}

fn golden() -> Vec<(String, DMatrix<f64>, String)> {
    let table: serde_json::Value = serde_json::from_str(include_str!("golden-spectral-norms.json")).unwrap();
    let matrix = |entry: &serde_json::Value| {
        let size = |key: &str| usize::try_from(entry[key].as_u64().unwrap()).unwrap();
        let bits = entry["rows_bits_hex"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|row| row.as_str().unwrap().split(' '));
        let entries = bits.map(|bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap()));
        DMatrix::from_row_iterator(size("m"), size("n"), entries)
    };
    let text = |entry: &serde_json::Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let entries = table.as_array().unwrap().iter();
    entries.map(|entry| (text(entry, "name"), matrix(entry), text(entry, "sigma1"))).collect()
}

#[test]
fn golden_matrices_are_enclosed_tightly() {
    let golden = golden();
    assert_eq!(golden.len(), 41);
    for (name, a, sigma) in golden {
        let norm = norm_in(&a);
        let (lo, hi) = ends(&norm.scaled());
        let (numerator, denominator) = decimal(&sigma);
        // The value is right to 45 digits.
        let slack = BigInt::from(10).pow(44);
        let above = (&numerator * (&slack + 1), &denominator * &slack);
        let below = (&numerator * (&slack - 1), &denominator * &slack);
        assert!(is_at_most_fraction(&lo, &above), "{name}: {}", norm.scaled());
        assert!(!is_at_most_fraction(&hi, &below), "{name}: {}", norm.scaled());
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
