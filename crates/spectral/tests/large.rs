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
mod exact;

use exact::{Dyadic, Exact, encloses_largest_singular_value};
use nalgebra::DMatrix;
use num_bigint::BigInt;
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

type Family = (&'static str, fn(&mut Source, usize, usize) -> DMatrix<f64>);

const FAMILIES: &[Family] = &[
    ("zero", |_, m, n| DMatrix::zeros(m, n)),
    ("uniform", |s, m, n| s.matrix(m, n)),
    ("small integers", |s, m, n| s.matrix(m, n).map(|x| (3.0 * x).round())),
    ("plus and minus one", |s, m, n| s.matrix(m, n).map(|x| if x > 0.0 { 1.0 } else { -1.0 })),
    ("all ones", |_, m, n| DMatrix::from_element(m, n, 1.0)),
    ("one entry", |s, m, n| {
        DMatrix::from_fn(m, n, |i, j| if i == m / 2 && j == n / 2 { s.uniform() } else { 0.0 })
    }),
    ("identity", |_, m, n| DMatrix::identity(m, n)),
    ("orthogonal", |s, m, n| s.with_values(m, n, |_| 1.0)),
    ("Hadamard", |_, m, n| {
        let signs = |i: usize, j: usize| if (i & j).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
        let size = m.max(n).next_power_of_two() / 2;
        DMatrix::from_fn(m, n, |i, j| if i < size && j < size { signs(i, j) } else { 0.0 })
    }),
    ("permutation", |_, m, n| DMatrix::from_fn(m, n, |i, j| if (3 * i + 1) % m == j { 1.0 } else { 0.0 })),
    ("rank one", |s, m, n| s.matrix(m, 1) * s.matrix(1, n)),
    ("rank two", |s, m, n| s.matrix(m, 2) * s.matrix(2, n)),
    ("rank one and noise", |s, m, n| s.matrix(m, 1) * s.matrix(1, n) + s.matrix(m, n) * 1e-12),
    ("cluster 1e-4", |s, m, n| s.with_values(m, n, |i| 1.0 - 1e-4 * i as f64 / m as f64)),
    ("cluster 1e-6", |s, m, n| s.with_values(m, n, |i| 1.0 - 1e-6 * i as f64 / m as f64)),
    ("cluster 1e-8", |s, m, n| s.with_values(m, n, |i| 1.0 - 1e-8 * i as f64 / m as f64)),
    ("cluster 1e-9", |s, m, n| s.with_values(m, n, |i| 1.0 - 1e-9 * i as f64 / m as f64)),
    ("cluster 1e-13", |s, m, n| s.with_values(m, n, |i| 1.0 - 1e-13 * i as f64 / m as f64)),
    ("half multiple", |s, m, n| s.with_values(m, n, |i| if i < m.min(n).div_ceil(2) { 1.0 } else { 0.7 })),
    ("five multiple", |s, m, n| s.with_values(m, n, |i| if i < 5 { 1.0 } else { 0.7 - 0.01 * i as f64 })),
    ("eight close", |s, m, n| {
        s.with_values(m, n, |i| if i < 8 { 1.0 - 1e-11 * i as f64 } else { 0.9 - 0.01 * i as f64 })
    }),
    ("graded", |s, m, n| s.with_values(m, n, |i| 0.5_f64.powi(2 * i as i32))),
    ("rows scaled", |s, m, n| {
        DMatrix::from_fn(m, n, |i, _| s.uniform() * 10.0_f64.powi((5 * i % 13) as i32 - 6))
    }),
    ("columns scaled", |s, m, n| {
        DMatrix::from_fn(m, n, |_, j| s.uniform() * 10.0_f64.powi((5 * j % 13) as i32 - 6))
    }),
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
    ("zero rows and columns", |s, m, n| {
        DMatrix::from_fn(m, n, |i, j| if i % 3 == 0 || j % 4 == 1 { 0.0 } else { s.uniform() })
    }),
    ("block diagonal", |s, m, n| {
        DMatrix::from_fn(m, n, |i, j| if i / 4 == j / 4 { s.uniform() } else { 0.0 })
    }),
    ("row sums zero", |s, m, n| {
        let b = s.matrix(m, n);
        DMatrix::from_fn(m, n, |i, j| b[(i, j)] - b[(i, (j + 1) % n)])
    }),
];

fn families_are_enclosed<T: Scalar>(sizes: &[(usize, usize)], convert: impl Fn(f64) -> T) {
    let mut source = Source(2026);
    for &(m, n) in sizes {
        for (name, family) in FAMILIES {
            let a = family(&mut source, m, n).map(&convert);
            let norm = norm(&a);
            assert!(holds(&a, &norm), "{} {name} {m}x{n}: {norm:?}", T::NAME);
            let (width, allowed) = (width(&norm), widest_allowed(&norm, m, n));
            if std::env::var_os("WIDTHWISE_PRINT").is_some() {
                println!("{} {name} {m}x{n}: {width:.1}u {norm:?}", T::NAME);
            }
            assert!(width <= allowed, "{} {name} {m}x{n}: {width}u > {allowed}u, {norm:?}", T::NAME);
        }
    }
}

#[test]
fn families_are_enclosed_in_double() {
    families_are_enclosed(&[(16, 16), (20, 12), (9, 30), (33, 33), (64, 64), (90, 40)], |x| x);
}

#[test]
fn families_are_enclosed_in_single() {
    families_are_enclosed(&[(12, 12), (16, 20), (48, 48)], f32::from_f64);
}

#[test]
fn small_shapes_are_enclosed() {
    let mut source = Source(5);
    for m in 1..10 {
        for n in 1..10 {
            let a = source.matrix(m, n);
            let norm = norm(&a);
            assert!(is_right(&a, &norm), "{m}x{n} {norm:?}");
            assert!(width(&norm) <= 10.0, "{m}x{n} {norm:?}");
        }
    }
}

#[test]
fn twins_are_enclosed_at_every_distance() {
    let mut source = Source(3);
    for k in 1..=53 {
        let close = 1.0 - f64::power_of_two(-k);
        let a = source.with_values(20, 20, |i| [1.0, close, 0.5][i.min(2)]);
        let rotated = norm(&a);
        assert!(agrees(&a, &rotated) && width(&rotated) <= 16.0, "{k} {rotated:?}");
        let a = DMatrix::from_fn(20, 20, |i, j| if i == j { [close, 1.0, 0.5][i.min(2)] } else { 0.0 });
        let diagonal = norm(&a);
        assert!(is_right(&a, &diagonal) && width(&diagonal) <= 16.0, "{k} {diagonal:?}");
    }
}

/// The first vector of the search, so that a matrix can hide its singular vector from it.
fn first_vector(n: usize) -> nalgebra::DVector<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    nalgebra::DVector::from_fn(n, |_, _| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 12) as f64 / f64::power_of_two(51) - 1.0
    })
}

#[test]
fn a_singular_vector_orthogonal_to_the_first_vector_is_not_missed() {
    for n in [5, 20, 32] {
        let start = first_vector(n).normalize();
        let mut source = Source(8);
        for top in [1.0 + 1e-12, 1.0 + 1e-6, 1.5, 1e4] {
            let mut hidden = nalgebra::DVector::from_fn(n, |_, _| source.uniform());
            hidden -= &start * start.dot(&hidden);
            hidden.normalize_mut();
            // Singular values 1 along the start, `top` along the hidden vector, small elsewhere.
            let a =
                &start * start.transpose() + &hidden * hidden.transpose() * top + source.matrix(n, n) * 1e-14;
            let norm = norm(&a);
            assert!(agrees(&a, &norm) && width(&norm) <= 16.0, "{n} {top} {norm:?}");
            assert!(norm.enclosure().lo() > top * (1.0 - 1e-11));
        }
    }
}

#[test]
fn golden_matrices_are_enclosed() {
    let table: serde_json::Value = serde_json::from_str(include_str!("golden-spectral-norms.json")).unwrap();
    let mut seen = 0;
    for entry in table.as_array().unwrap() {
        let size = |key: &str| usize::try_from(entry[key].as_u64().unwrap()).unwrap();
        let rows = entry["rows_bits_hex"].as_array().unwrap();
        let entries = rows.iter().flat_map(|row| row.as_str().unwrap().split(' '));
        let a = DMatrix::from_row_iterator(
            size("m"),
            size("n"),
            entries.map(|bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap())),
        );
        let name = entry["name"].as_str().unwrap();
        let norm = norm(&a);
        // The value is right to 45 digits; digits · 10^power as a fraction.
        let text = entry["sigma1"].as_str().unwrap();
        let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let power = power.parse::<i64>().unwrap() - fraction.len() as i64;
        let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
        let ten = |k: i64| BigInt::from(10).pow(u32::try_from(k).unwrap());
        let compare = |x: &Dyadic, change: i64| {
            let slack = ten(44);
            let (mut left, mut right) = (x.mantissa.clone() * &slack, digits.clone() * (&slack + change));
            if power >= 0 {
                right *= ten(power);
            } else {
                left *= ten(-power);
            }
            let shift = usize::try_from(x.exponent.unsigned_abs()).unwrap();
            if x.exponent >= 0 {
                left <<= shift;
            } else {
                right <<= shift;
            }
            left.cmp(&right)
        };
        let (lo, hi) = ends(&norm.scaled());
        assert!(compare(&lo, 1).is_le(), "{name} {norm:?}");
        assert!(compare(&hi, -1).is_ge(), "{name} {norm:?}");
        let (m, n) = a.shape();
        let allowed = widest_allowed(&norm, m, n).max(10.0);
        assert!(width(&norm) <= allowed, "{name}: {}u {norm:?}", width(&norm));
        seen += usize::from(m.min(n) >= 3);
    }
    assert_eq!(seen, 40);
}

#[test]
fn hundreds_by_hundreds_are_as_tight_as_tens() {
    let mut source = Source(11);
    for (m, n) in [(150, 150), (300, 40), (40, 300), (129, 97)] {
        let a = source.matrix(m, n);
        let norm = norm(&a);
        assert_eq!(norm.certificate(), Certificate::DeflatedCholesky { vectors: 1 });
        assert!(agrees(&a, &norm) && width(&norm) <= 8.0 && norm.factorizations() == 1, "{norm:?}");
    }
}

#[test]
fn any_budget_gives_a_valid_enclosure_within_it() {
    let mut source = Source(17);
    let matrices = [
        source.matrix(24, 20),
        source.matrix(50, 40),
        source.with_values(40, 40, |i| 1.0 - 1e-5 * i as f64),
        source.with_values(20, 20, |_| 1.0),
        source.with_values(20, 20, |i| 1.0 - 1e-7 * i as f64),
        source.with_values(20, 20, |i| if i < 5 { 1.0 } else { 0.5 }),
    ];
    for a in &matrices {
        for products in [0, 1, 2, 3, 5, 8, 20, 60, 1000] {
            for factorizations in [0, 1, 2, 3, 40] {
                let effort = Effort::Budget { matrix_vector_products: products, factorizations };
                let norm = norm_with(a, effort);
                assert!(agrees(a, &norm), "{effort:?} {norm:?}");
                assert!(norm.factorizations() <= factorizations, "{effort:?} {norm:?}");
                assert!(norm.matrix_vector_products() <= products, "{effort:?} {norm:?}");
            }
        }
        let unlimited = Effort::Budget { matrix_vector_products: usize::MAX, factorizations: usize::MAX };
        assert_eq!(norm_with(a, unlimited), norm(a));
    }
}

#[test]
fn a_width_that_is_enough_ends_the_search() {
    let mut source = Source(19);
    let a = source.matrix(40, 40);
    let crude = norm_with(&a, Effort::RelativeWidth(10.0));
    assert_eq!((crude.certificate(), crude.matrix_vector_products()), (Certificate::EntryNorms, 0));
    for effort in [1e-3, 1e-15, 0.0, -1.0, f64::NAN].map(Effort::RelativeWidth) {
        let norm = norm_with(&a, effort);
        let enough = if let Effort::RelativeWidth(enough) = effort { enough } else { 0.0 };
        let enough = (enough / f64::UNIT_ROUNDOFF).greater(8.0);
        assert!(agrees(&a, &norm) && width(&norm) <= enough, "{effort:?} {norm:?}");
    }
    let cheap = norm_with(&a, Effort::Cheap);
    assert!(agrees(&a, &cheap) && cheap.certificate() == Certificate::EntryNorms);
    // No workspace is needed for it.
    assert_eq!(spectral_norm_large_in(&a, Effort::Cheap, &mut []).unwrap(), cheap);
    // A cluster of all: the width is out of reach, and the search ends.
    let a = source.with_values(40, 40, |_| 1.0);
    let norm = norm_with(&a, Effort::RelativeWidth(1e-16));
    assert!(agrees(&a, &norm) && width(&norm) <= 1600.0, "{norm:?}");
}

#[test]
fn bad_input_is_refused_where_it_is() {
    for (row, column) in [(0, 0), (7, 3), (19, 29), (19, 0)] {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut a = DMatrix::from_element(20, 30, 1.0);
            a[(row, column)] = bad;
            let mut work = vec![0.0; large_workspace_len(20, 30)];
            for effort in [Effort::Standard, Effort::Cheap] {
                let error = spectral_norm_large_in(&a, effort, &mut work).unwrap_err();
                assert_eq!(error.position(), Some((row, column)));
            }
        }
    }
    let a = DMatrix::from_element(20, 30, 1.0);
    assert!(
        spectral_norm_large_in(&a, Effort::Standard, &mut vec![0.0; large_workspace_len(20, 30) - 1])
            .is_err()
    );
    for (m, n) in [(0, 0), (0, 40), (40, 0), (1, 50), (50, 1), (40, 40)] {
        assert_eq!(norm(&DMatrix::<f64>::zeros(m, n)).scaled(), ScaledEnclosure::zero());
    }
}

#[test]
fn extreme_entries_are_enclosed() {
    let mut source = Source(23);
    let mut check = |name: &str, map: &dyn Fn(f64, usize) -> f64| {
        let b = source.matrix(20, 20);
        let a = DMatrix::from_fn(20, 20, |i, j| map(b[(i, j)], i + 20 * j));
        let norm = norm(&a);
        assert!(is_right(&a, &norm), "{name} {norm:?}");
        assert!(width(&norm) <= 10.0, "{name} {norm:?}");
    };
    check("largest", &|x, _| if x > 0.0 { f64::MAX } else { -f64::MAX });
    check("subnormal", &|x, _| (x * 20.0).round() * f64::MIN_SUBNORMAL);
    check("one subnormal", &|_, k| if k == 77 { f64::MIN_SUBNORMAL } else { 0.0 });
    check("mixed", &|x, k| x.scale_exp2((k * 37 % 600) as i32 - 300));
    check("all exponents", &|x, k| x.scale_exp2((k * 37 % 2040) as i32 - 1020));
    check("tiny", &|x, _| x.scale_exp2(-1000));
}

#[test]
fn powers_of_two_scale_the_enclosure_and_strides_change_nothing() {
    let mut source = Source(29);
    for _ in 0..4 {
        let a = source.matrix(24, 18);
        let expected = norm(&a);
        for k in [-900, -3, 1, 700] {
            let scaled = norm(&a.map(|x| x.scale_exp2(k)));
            assert_eq!(scaled.scaled(), expected.scaled().scale_exp2(k));
        }
        let mut padded = DMatrix::from_element(48, 19, f64::NAN);
        padded.view_with_steps_mut((0, 0), (24, 18), (1, 0)).copy_from(&a);
        let mut work = vec![1e300; large_workspace_len(24, 18)];
        let view = padded.view_with_steps((0, 0), (24, 18), (1, 0));
        assert_eq!(spectral_norm_large_in(&view, Effort::Standard, &mut work).unwrap(), expected);
        assert_eq!(norm(&a.transpose()), expected);
        let flipped = norm(&DMatrix::from_fn(24, 18, |i, j| -a[(23 - i, 17 - j)]));
        assert_ne!(flipped.scaled().is_equal_to(&expected.scaled()), Verdict::Refuted);
        #[cfg(feature = "alloc")]
        assert_eq!(widthwise_spectral::spectral_norm_large(&a, Effort::Standard).unwrap(), expected);
    }
}

/// Gaps that a proof in binary32 reaches, that one in binary64 reaches, and that none does.
#[test]
fn close_singular_values_are_enclosed_at_every_gap_and_scale() {
    let mut source = Source(31);
    for (m, n) in [(40, 36), (130, 90)] {
        for gap in [1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-9, 1e-12] {
            for count in [2, 3, 12] {
                let a = source.with_values(m, n, |i| match i {
                    0 => 1.0,
                    i if i < count => 1.0 - gap * i as f64 / count as f64,
                    i => 0.8 - 0.7 * i as f64 / n as f64,
                });
                let found = norm(&a);
                assert!(holds(&a, &found), "{m}x{n} {gap} {count} {found:?}");
                assert!(width(&found) <= widest_allowed(&found, m, n), "{m}x{n} {gap} {count} {found:?}");
                if gap >= 1e-3 || count <= 3 {
                    assert!(width(&found) <= 24.0, "{m}x{n} {gap} {count} {found:?}");
                }
                let single = norm(&a.map(f32::from_f64));
                assert!(agrees(&a.map(f32::from_f64), &single) && width(&single) <= 4.0, "{gap} {single:?}");
            }
        }
    }
}

/// Converted to binary32 before they are scaled, these entries would be infinite, or zero.
#[test]
fn entries_beyond_binary32_are_scaled_first() {
    let mut source = Source(37);
    for (m, n) in [(40, 40), (70, 40), (40, 70), (150, 140)] {
        let a = source.matrix(m, n);
        let expected = norm(&a);
        assert_eq!(expected.certificate(), Certificate::DeflatedCholesky { vectors: 1 });
        assert!(width(&expected) <= 8.0 && expected.factorizations() == 1, "{expected:?}");
        for k in [-1000, -140, 140, 900] {
            assert_eq!(norm(&a.map(|x| x.scale_exp2(k))).scaled(), expected.scaled().scale_exp2(k));
        }
        // One entry far above all others, and far below.
        for k in [-1060, -160, -30, 30, 160, 1000] {
            let mut b = a.clone();
            b[(m / 2, n / 3)] = f64::power_of_two(k);
            let found = norm(&b);
            assert!(agrees(&b, &found) && width(&found) <= 14.0, "{k} {found:?}");
        }
    }
}

/// Failure modes 4 and 15: the first vector of the search has no part of the largest singular value, which the process
/// in binary32 then finds late or never.
#[test]
fn a_twin_that_the_search_misses_is_not_missed_by_the_proof() {
    for n in [33, 40] {
        let start = first_vector(n).normalize();
        let mut source = Source(41);
        for k in [3, 10, 20, 24, 30, 40, 52] {
            let mut hidden = nalgebra::DVector::from_fn(n, |_, _| source.uniform());
            hidden -= &start * start.dot(&hidden);
            hidden.normalize_mut();
            let twin = 1.0 + f64::power_of_two(-k);
            let a = &start * start.transpose() + &hidden * hidden.transpose() * twin;
            let found = norm(&a);
            assert!(holds(&a, &found) && width(&found) <= 16.0, "{n} {k} {found:?}");
            assert!(found.enclosure().hi() >= twin * (1.0 - 1e-15), "{n} {k} {found:?}");
        }
    }
}
