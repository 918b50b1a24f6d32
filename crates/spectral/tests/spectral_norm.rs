// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral norm against the exact oracle, on golden matrices and on families that are known to be hard.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::std_instead_of_core,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, its numbers are small, and its inputs need not be the same bits everywhere"
)]

#[allow(dead_code, reason = "each test uses a part of the oracle")]
mod exact;

use exact::{Dyadic, Exact, encloses_largest_singular_value};
use nalgebra::{DMatrix, Dyn, Matrix, RawStorage};
use num_bigint::BigInt;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{Certificate, SpectralNorm, spectral_norm_in, workspace_len};

fn to_exact<T: Scalar, S: RawStorage<T, Dyn, Dyn>>(a: &Matrix<T, Dyn, Dyn, S>) -> Exact {
    a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect()
}

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

fn is_right<T: Scalar>(a: &DMatrix<T>, norm: &ScaledEnclosure<T>) -> bool {
    let (lo, hi) = ends(norm);
    encloses_largest_singular_value(&to_exact(a), &lo, Some(&hi))
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

/// A linear congruential generator: the families below must be the same in every run.
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

type Family = (&'static str, fn(&mut Source, usize, usize) -> DMatrix<f64>);

const FAMILIES: &[Family] = &[
    ("zero", |_, m, n| DMatrix::zeros(m, n)),
    ("uniform", |s, m, n| s.matrix(m, n)),
    ("small integers", |s, m, n| s.matrix(m, n).map(|x| (3.0 * x).round())),
    ("zero and one", |s, m, n| s.matrix(m, n).map(|x| if x > 0.0 { 1.0 } else { 0.0 })),
    ("plus and minus one", |s, m, n| s.matrix(m, n).map(|x| if x > 0.0 { 1.0 } else { -1.0 })),
    ("all ones", |_, m, n| DMatrix::from_element(m, n, 1.0)),
    ("one entry", |s, m, n| {
        DMatrix::from_fn(m, n, |i, j| if i == m / 2 && j == n / 2 { s.uniform() } else { 0.0 })
    }),
    ("identity", |_, m, n| DMatrix::identity(m, n)),
    ("orthogonal", |s, m, n| s.with_values(m, n, |_| 1.0)),
    ("rank one", |s, m, n| s.matrix(m, 1) * s.matrix(1, n)),
    ("rank two", |s, m, n| s.matrix(m, 2) * s.matrix(2, n)),
    ("rank one and noise", |s, m, n| s.matrix(m, 1) * s.matrix(1, n) + s.matrix(m, n) * 1e-12),
    ("twins 1e-3", |s, m, n| s.with_values(m, n, |i| if i == 0 { 1.0 } else { 1.0 - 1e-3 * i as f64 })),
    ("twins 1e-9", |s, m, n| s.with_values(m, n, |i| [1.0, 1.0 - 1e-9, 0.5][i.min(2)])),
    ("twins 1e-15", |s, m, n| s.with_values(m, n, |i| [1.0, 1.0 - 1e-15, 0.5][i.min(2)])),
    ("cluster 1e-6", |s, m, n| s.with_values(m, n, |i| 1.0 - 1e-6 * i as f64)),
    ("cluster 1e-13", |s, m, n| s.with_values(m, n, |i| 1.0 - 1e-13 * i as f64)),
    ("half multiple", |s, m, n| s.with_values(m, n, |i| if i < m.min(n).div_ceil(2) { 1.0 } else { 0.7 })),
    ("graded", |s, m, n| s.with_values(m, n, |i| 0.1_f64.powi(2 * i as i32))),
    ("rows scaled", |s, m, n| {
        DMatrix::from_fn(m, n, |i, _| s.uniform() * 10.0_f64.powi((5 * i % 17) as i32 - 8))
    }),
    ("columns scaled", |s, m, n| {
        DMatrix::from_fn(m, n, |_, j| s.uniform() * 10.0_f64.powi((5 * j % 17) as i32 - 8))
    }),
    ("mixed exponents", |s, m, n| s.matrix(m, n).map(|x| x * 2.0_f64.powi((x * 2e5) as i32 % 300))),
    ("Hilbert", |_, m, n| DMatrix::from_fn(m, n, |i, j| 1.0 / (i + j + 1) as f64)),
    ("Jordan", |_, m, n| DMatrix::from_fn(m, n, |i, j| if j == i || j == i + 1 { 1.0 } else { 0.0 })),
    ("skew", |s, m, n| {
        let b = s.matrix(m.max(n), m.max(n));
        (&b - b.transpose()).view((0, 0), (m, n)).into_owned()
    }),
    ("duplicated blocks", |s, m, n| {
        let b = s.matrix(m.div_ceil(2), n.div_ceil(2));
        let (p, q) = b.shape();
        DMatrix::from_fn(m, n, |i, j| if (i < p) == (j < q) { b[(i % p, j % q)] } else { 0.0 })
    }),
    ("zero row and column", |s, m, n| {
        DMatrix::from_fn(m, n, |i, j| if i == 0 || j == n - 1 { 0.0 } else { s.uniform() })
    }),
    ("largest numbers", |s, m, n| s.matrix(m, n).map(|x| if x > 0.0 { f64::MAX } else { -f64::MAX })),
    ("subnormal", |s, m, n| s.matrix(m, n).map(|x| (x * 20.0).round() * f64::from_bits(1))),
];

/// The widest enclosure allowed, in units of `u`: theorem by theorem.
fn widest_allowed<T: Scalar>(norm: &SpectralNorm<T>, m: usize, n: usize) -> f64 {
    let (short, long) = (m.min(n) as f64, m.max(n) as f64);
    match norm.certificate() {
        Certificate::Zero => 0.0,
        // A gap of the order of the errors of the Gram matrix may show, but is no better than the chain.
        Certificate::KatoTemple { squarings } if squarings < T::DIGITS as usize - 12 => 16.0,
        Certificate::KatoTemple { .. } | Certificate::SquaringChain { .. } => 2.0 * short * long + 20.0,
        _ => 8.0,
    }
}

fn families_are_enclosed<T: Scalar>(sizes: &[(usize, usize)], convert: impl Fn(f64) -> T) {
    let mut source = Source(2024);
    for &(m, n) in sizes {
        for (name, family) in FAMILIES {
            let a = family(&mut source, m, n).map(&convert);
            if a.iter().any(|x| !x.is_finite()) {
                continue;
            }
            let norm = norm_in(&a);
            assert!(is_right(&a, &norm.scaled()), "{} {name} {m}x{n}: {norm:?} {a:?}", T::NAME);
            let (width, allowed) = (width(&norm), widest_allowed(&norm, m, n));
            assert!(width <= allowed, "{} {name} {m}x{n}: {width}u, {:?}", T::NAME, norm.certificate());
            if m == n && m < 8 {
                // The transpose of a square matrix takes another path to the same number.
                let transposed = norm_in(&a.transpose());
                assert!(is_right(&a, &transposed.scaled()), "{name} {m}x{n} transposed");
            }
        }
    }
}

const SIZES: [(usize, usize); 15] = [
    (1, 1),
    (1, 4),
    (4, 1),
    (2, 2),
    (2, 3),
    (5, 2),
    (3, 3),
    (4, 4),
    (5, 5),
    (3, 7),
    (6, 6),
    (7, 7),
    (8, 8),
    (12, 5),
    (9, 12),
];

#[test]
fn families_are_enclosed_in_double() {
    families_are_enclosed(&SIZES, |x| x);
}

#[test]
fn families_are_enclosed_in_single() {
    families_are_enclosed(&SIZES, f32::from_f64);
}

#[test]
fn larger_families_are_enclosed() {
    families_are_enclosed(&[(16, 16)], f32::from_f64);
}

#[test]
fn many_random_matrices_are_enclosed() {
    let mut source = Source(7);
    for repetition in 0..1500 {
        let (m, n) = (1 + repetition % 6, 1 + repetition / 6 % 6);
        let a = source.matrix(m, n);
        assert!(is_right(&a, &norm_in(&a).scaled()), "{repetition}");
        let a = a.map(f32::from_f64);
        assert!(is_right(&a, &norm_in(&a).scaled()), "{repetition}");
    }
}

#[test]
fn hundreds_by_hundreds_are_tight() {
    let mut source = Source(11);
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
