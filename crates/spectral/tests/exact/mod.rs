// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exact oracle of the tests: how many singular values of a matrix of floating-point numbers exceed a number.
//!
//! A floating-point matrix is an integer matrix times a power of two. There is no tolerance anywhere, and two ways that
//! share nothing but the integers:
//!
//! - [`CharacteristicPolynomial`] counts the singular values above `c` by the signs of a polynomial's coefficients; it
//!   is fast enough for thousands of matrices of 32 rows;
//! - [`inertia`] counts the negative eigenvalues of any symmetric matrix, such as `c²I − AAᵀ`, by an `LDLᵀ`
//!   factorisation (Sylvester's law of inertia). The elimination is Bareiss's: entries stay minors of the matrix, and
//!   every division is exact.

use num_bigint::{BigInt, Sign};
use std::vec::Vec;

mod characteristic;
mod modular;

pub(crate) use characteristic::CharacteristicPolynomial;

/// `mantissa · 2^exponent`, exactly.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dyadic {
    pub(crate) mantissa: BigInt,
    pub(crate) exponent: i64,
}

impl Dyadic {
    pub(crate) fn new(x: f64) -> Self {
        assert!(x.is_finite(), "{x} has no exact value");
        let bits = x.to_bits();
        let field = ((bits >> 52) & 0x7ff) as i64;
        let fraction = (bits & ((1 << 52) - 1)) as i64;
        let (mantissa, exponent) =
            if field == 0 { (fraction, -1074) } else { (fraction + (1 << 52), field - 1075) };
        let mantissa = BigInt::from(if x.is_sign_negative() { -mantissa } else { mantissa });
        Self { mantissa, exponent }
    }

    pub(crate) fn scaled(self, shift: i64) -> Self {
        Self { mantissa: self.mantissa, exponent: self.exponent + shift }
    }

    pub(crate) fn zero() -> Self {
        Self { mantissa: BigInt::ZERO, exponent: 0 }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.mantissa.sign() == Sign::NoSign
    }

    /// The same number with an odd mantissa, or zero.
    pub(crate) fn reduced(&self) -> Self {
        let zeros = self.mantissa.trailing_zeros().unwrap_or(0);
        let exponent = self.exponent + i64::try_from(zeros).expect("a number that memory holds");
        Self { mantissa: &self.mantissa >> zeros, exponent }
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        Self { mantissa: self.at(exponent) + other.at(exponent), exponent }
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        let negated = Self { mantissa: -&other.mantissa, exponent: other.exponent };
        self.add(&negated)
    }

    pub(crate) fn mul(&self, other: &Self) -> Self {
        Self { mantissa: &self.mantissa * &other.mantissa, exponent: self.exponent + other.exponent }
    }

    /// The integer multiple of `2^exponent` that this is, for an exponent not above its own.
    pub(crate) fn at(&self, exponent: i64) -> BigInt {
        &self.mantissa << usize::try_from(self.exponent - exponent).expect("exponent above the unit")
    }

    pub(crate) fn is_at_most(&self, other: &Self) -> bool {
        other.sub(self).mantissa.sign() != Sign::Minus
    }
}

/// A square or rectangular matrix of exact numbers, by rows.
pub(crate) type Exact = Vec<Vec<Dyadic>>;

/// `A Aᵀ` or `Aᵀ A`, whichever is smaller; `rows` must not be empty.
pub(crate) fn smaller_gram(a: &Exact) -> Exact {
    let rows = a.len();
    let columns = a[0].len();
    let tall = rows > columns;
    let (short, long) = if tall { (columns, rows) } else { (rows, columns) };
    let entry = |i: usize, k: usize| if tall { &a[k][i] } else { &a[i][k] };
    let sum =
        |i: usize, j: usize| (0..long).fold(Dyadic::zero(), |sum, k| sum.add(&entry(i, k).mul(entry(j, k))));
    (0..short).map(|i| (0..short).map(|j| sum(i, j)).collect()).collect()
}

/// The numbers of negative and of zero eigenvalues of a symmetric matrix.
pub(crate) fn inertia(symmetric: &Exact) -> (usize, usize) {
    let unit = symmetric.iter().flatten().map(|x| x.exponent).min().unwrap_or(0);
    let mut m: Vec<Vec<BigInt>> =
        symmetric.iter().map(|row| row.iter().map(|x| x.at(unit)).collect()).collect();
    let n = m.len();
    let mut negative = 0;
    let mut previous = BigInt::from(1);
    for k in 0..n {
        if let Some(pivot) = (k..n).find(|&i| m[i][i].sign() != Sign::NoSign) {
            m.swap(k, pivot);
            m.iter_mut().for_each(|row| row.swap(k, pivot));
        } else {
            let Some((i, j)) = (k..n)
                .flat_map(|i| (k..n).map(move |j| (i, j)))
                .find(|&(i, j)| m[i][j].sign() != Sign::NoSign)
            else {
                // The rest is zero.
                return (negative, n - k);
            };
            // Row and column j added to i: the diagonal becomes 2m_ij.
            let other = m[j].clone();
            m[i].iter_mut().zip(other).for_each(|(x, other)| *x += other);
            for row in &mut m {
                let other = row[j].clone();
                row[i] += other;
            }
            m.swap(k, i);
            m.iter_mut().for_each(|row| row.swap(k, i));
        }
        let pivot = m[k][k].clone();
        // A pivot of the matrix itself is the ratio of two successive minors.
        if pivot.sign() != previous.sign() {
            negative += 1;
        }
        let (above, below) = m.split_at_mut(k + 1);
        for row in below {
            let factor = row[k].clone();
            for (x, top) in row.iter_mut().zip(&above[k]).skip(k + 1) {
                *x = (&*x * &pivot - &factor * top) / &previous;
            }
        }
        previous = pivot;
    }
    (negative, 0)
}

/// `bound · I − symmetric`.
pub(crate) fn shifted(symmetric: &Exact, bound: &Dyadic) -> Exact {
    let entry = |i: usize, j: usize, x: &Dyadic| {
        if i == j { bound.sub(x) } else { Dyadic::zero().sub(x) }
    };
    symmetric
        .iter()
        .enumerate()
        .map(|(i, row)| row.iter().enumerate().map(|(j, x)| entry(i, j, x)).collect())
        .collect()
}

/// How many eigenvalues of a symmetric matrix exceed `bound`, and how many equal it.
pub(crate) fn eigenvalues_above(symmetric: &Exact, bound: &Dyadic) -> (usize, usize) {
    inertia(&shifted(symmetric, bound))
}

/// Whether `lo ≤ σ₁ ≤ hi` for the largest singular value of `a`; `None` stands for infinity.
pub(crate) fn encloses_largest_singular_value(a: &Exact, lo: &Dyadic, hi: Option<&Dyadic>) -> bool {
    let polynomial = CharacteristicPolynomial::of_gram(a);
    polynomial.largest_is_at_least(lo) && hi.is_none_or(|hi| polynomial.largest_is_at_most(hi))
}
