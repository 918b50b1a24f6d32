// SPDX-License-Identifier: MIT OR Apache-2.0

//! Families of matrices on which norms have gone wrong, the same in every run.

#![allow(dead_code, reason = "each test uses a part of the families")]

use nalgebra::DMatrix;
use widthwise_rounding::Scalar;

/// A linear congruential generator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source(u64);

impl Source {
    pub(crate) fn new(seed: u64) -> Self {
        // Successive seeds would give nearly parallel sequences.
        let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(mixed ^ (mixed >> 31))
    }

    /// In `[−1, 1)`.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / 9_007_199_254_740_992.0 * 2.0 - 1.0
    }

    /// Nearly Gaussian, of variance one.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() / 2.0
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((self.uniform() + 1.0) / 2.0 * count as f64) as usize
    }

    pub(crate) fn matrix(&mut self, m: usize, n: usize) -> DMatrix<f64> {
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

    /// One of the numbers given.
    fn choose(&mut self, values: &[f64]) -> f64 {
        values[self.below(values.len())]
    }
}

pub(crate) type Family = (&'static str, fn(&mut Source, usize, usize) -> DMatrix<f64>);

fn power_of_ten(k: usize) -> f64 {
    (0..k).fold(1.0, |power, _| power * 10.0)
}

fn sign(positive: bool) -> f64 {
    if positive { 1.0 } else { -1.0 }
}

/// What each family tries: no gap, a gap of every size, rank, exponents at the ends of the range, structure.
pub(crate) const FAMILIES: &[Family] = &[
    ("zero", |_, m, n| DMatrix::zeros(m, n)),
    ("uniform", |s, m, n| s.matrix(m, n)),
    ("Gaussian", |s, m, n| DMatrix::from_fn(m, n, |_, _| s.normal())),
    ("small integers", |s, m, n| s.matrix(m, n).map(|x| (3.0 * x).round())),
    ("zero and one", |s, m, n| s.matrix(m, n).map(|x| if x > 0.0 { 1.0 } else { 0.0 })),
    ("plus and minus one", |s, m, n| s.matrix(m, n).map(|x| sign(x > 0.0))),
    ("all ones", |_, m, n| DMatrix::from_element(m, n, 1.0)),
    ("one entry", |s, m, n| {
        let (row, column, value) = (s.below(m), s.below(n), s.uniform());
        DMatrix::from_fn(m, n, |i, j| if (i, j) == (row, column) { value } else { 0.0 })
    }),
    ("scaled identity", |s, m, n| DMatrix::identity(m, n) * s.choose(&[1.0, 0.1, 1.0 / 3.0, -1.9])),
    ("permutation", |s, m, n| {
        let shift = s.below(m);
        DMatrix::from_fn(m, n, |i, j| if (i + shift) % m.max(n) == j { 1.0 } else { 0.0 })
    }),
    ("orthogonal", |s, m, n| s.with_values(m, n, |_| 1.0)),
    ("Hadamard", |_, m, n| DMatrix::from_fn(m, n, |i, j| sign((i & j).count_ones() % 2 == 0))),
    ("rank one", |s, m, n| s.matrix(m, 1) * s.matrix(1, n)),
    ("rank two", |s, m, n| s.matrix(m, 2) * s.matrix(2, n)),
    ("rank one and noise", |s, m, n| {
        let noise = 1.0 / power_of_ten(3 + s.below(14));
        s.matrix(m, 1) * s.matrix(1, n) + s.matrix(m, n) * noise
    }),
    ("twins", |s, m, n| {
        let gap = 1.0 / power_of_ten(3 + s.below(14));
        s.with_values(m, n, |i| [1.0, 1.0 - gap, 0.5][i.min(2)])
    }),
    ("exact twins by a power of two", |s, m, n| {
        let gap = f64::power_of_two(-(s.below(54) as i32));
        DMatrix::from_fn(m, n, |i, j| if i == j { [1.0, 1.0 - gap, 0.3][i.min(2)] } else { 0.0 })
    }),
    ("cluster", |s, m, n| {
        let spread = 1.0 / power_of_ten(3 + s.below(13));
        s.with_values(m, n, |i| 1.0 - spread * i as f64)
    }),
    ("half multiple", |s, m, n| s.with_values(m, n, |i| if i < m.min(n).div_ceil(2) { 1.0 } else { 0.7 })),
    ("graded", |s, m, n| s.with_values(m, n, |i| 1.0 / power_of_ten(2 * i))),
    ("graded by powers of two", |s, m, n| {
        let step = [-1, -10, -60][s.below(3)];
        DMatrix::from_fn(m, n, |i, j| {
            (1.0 + ((3 * i + 5 * j) % 11) as f64 / 16.0).scale_exp2(step * i.max(j).min(15) as i32)
        })
    }),
    ("rows scaled", |s, m, n| {
        DMatrix::from_fn(m, n, |i, _| s.uniform() * power_of_ten(5 * i % 25) / power_of_ten(12))
    }),
    ("columns scaled", |s, m, n| {
        DMatrix::from_fn(m, n, |_, j| s.uniform() * power_of_ten(5 * j % 25) / power_of_ten(12))
    }),
    ("mixed exponents", |s, m, n| {
        DMatrix::from_fn(m, n, |_, _| s.uniform().scale_exp2((s.uniform() * 300.0) as i32))
    }),
    ("Hilbert", |_, m, n| DMatrix::from_fn(m, n, |i, j| 1.0 / (i + j + 1) as f64)),
    ("Kahan", |s, m, n| {
        let cosine = 0.1 + 0.4 * (s.uniform() + 1.0);
        let sine = (1.0 - cosine * cosine).square_root();
        DMatrix::from_fn(m, n, |i, j| {
            let power = (0..i).fold(1.0, |power, _| power * sine);
            if i == j {
                power
            } else if i < j {
                -power * cosine
            } else {
                0.0
            }
        })
    }),
    ("Jordan", |_, m, n| DMatrix::from_fn(m, n, |i, j| if j == i || j == i + 1 { 1.0 } else { 0.0 })),
    ("Vandermonde", |_, m, n| {
        DMatrix::from_fn(m, n, |i, j| (0..j).fold(1.0, |power, _| power * (i + 1) as f64 / m as f64))
    }),
    ("Wilkinson", |_, m, n| {
        let half = (m.max(n) - 1) as f64 / 2.0;
        DMatrix::from_fn(m, n, |i, j| {
            if i == j {
                (i as f64 - half).magnitude()
            } else if i.abs_diff(j) == 1 {
                1.0
            } else {
                0.0
            }
        })
    }),
    ("symmetric", |s, m, n| {
        let b = s.matrix(m.max(n), m.max(n));
        (&b + b.transpose()).view((0, 0), (m, n)).into_owned()
    }),
    ("skew", |s, m, n| {
        let b = s.matrix(m.max(n), m.max(n));
        (&b - b.transpose()).view((0, 0), (m, n)).into_owned()
    }),
    ("rows that sum to zero", |s, m, n| {
        let mut a = s.matrix(m, n).map(|x| (1e6 * x).round());
        for i in 0..m {
            let sum: f64 = a.row(i).sum();
            a[(i, 0)] -= sum;
        }
        a
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
    ("near the largest numbers", |s, m, n| s.matrix(m, n).map(|x| x.scale_exp2(1015))),
    ("near the smallest numbers", |s, m, n| s.matrix(m, n).map(|x| x.scale_exp2(-1010))),
    ("subnormal", |s, m, n| s.matrix(m, n).map(|x| (x * 20.0).round() * f64::MIN_SUBNORMAL)),
    ("one tiny number among ones", |s, m, n| {
        let (row, column) = (s.below(m), s.below(n));
        // Thousands of digits are slow in exact arithmetic.
        let tiny = f64::power_of_two(if m * n <= 64 { -1074 } else { -200 });
        DMatrix::from_fn(m, n, |i, j| if (i, j) == (row, column) { tiny } else { sign(s.uniform() > 0.0) })
    }),
];

/// A family's matrix in a format; binary32 meets the ends of its own range where binary64 does.
pub(crate) fn in_format<T: Scalar>(a: &DMatrix<f64>) -> DMatrix<T> {
    let largest = a.iter().fold(0.0_f64, |largest, x| largest.greater(x.magnitude()));
    let shift = match largest.exponent() {
        Some(exponent) if exponent > T::MAX_EXPONENT => T::MAX_EXPONENT - exponent,
        Some(exponent) if exponent < T::MIN_EXPONENT => T::MIN_EXPONENT + 1074,
        _ => 0,
    };
    // The largest number of binary64 rounds to infinity in binary32.
    let bounded = |x: T| x.lesser(T::MAX).greater(-T::MAX);
    a.map(|x| bounded(T::from_f64(x.scale_exp2(shift))))
}
