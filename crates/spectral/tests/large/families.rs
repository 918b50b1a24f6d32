// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every family is enclosed, and as narrowly as its certificate allows.

use crate::{Source, agrees, holds, is_right, norm, widest_allowed, width};
use nalgebra::DMatrix;
use widthwise_rounding::Scalar;
use widthwise_spectral::Certificate;

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
fn hundreds_by_hundreds_are_as_tight_as_tens() {
    let mut source = Source(11);
    for (m, n) in [(150, 150), (300, 40), (40, 300), (129, 97)] {
        let a = source.matrix(m, n);
        let norm = norm(&a);
        assert_eq!(norm.certificate(), Certificate::DeflatedCholesky { vectors: 1 });
        assert!(agrees(&a, &norm) && width(&norm) <= 8.0 && norm.factorizations() == 1, "{norm:?}");
    }
}
