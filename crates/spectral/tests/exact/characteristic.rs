// SPDX-License-Identifier: MIT OR Apache-2.0

//! The characteristic polynomial of the Gram matrix in integers, and the count of its roots above a number.
//!
//! The coefficients are found modulo as many primes as their size demands and put together by the Chinese remainder
//! theorem. All roots are real, so Descartes' rule of signs counts those above `c²` exactly: they are the sign
//! variations of the polynomial shifted by `c²`. One polynomial serves every bound of its matrix.

use num_bigint::{BigInt, Sign};
use std::vec;
use std::vec::Vec;

use super::modular::Field;
use super::{Dyadic, Exact};

/// `det(xI − G)` for the smaller Gram matrix `G` of a matrix, `x` in units of `2^unit`.
#[derive(Clone, Debug)]
pub(crate) struct CharacteristicPolynomial {
    /// The constant one first.
    coefficients: Vec<BigInt>,
    unit: i64,
}

impl CharacteristicPolynomial {
    /// The polynomial of `A Aᵀ` or `Aᵀ A`, whichever is smaller.
    pub(crate) fn of_gram(a: &Exact) -> Self {
        // The largest unit keeps the integers small.
        let a: Exact = a.iter().map(|row| row.iter().map(Dyadic::reduced).collect()).collect();
        let unit = a.iter().flatten().filter(|x| !x.is_zero()).map(|x| x.exponent).min().unwrap_or(0);
        let integer = |x: &Dyadic| if x.is_zero() { BigInt::ZERO } else { x.at(unit) };
        let rows: Vec<Vec<BigInt>> = a.iter().map(|row| row.iter().map(integer).collect()).collect();
        let (tall, columns) = (rows.len() > a[0].len(), a[0].len());
        let n = rows.len().min(columns);

        // The eigenvalues are not negative, so the k-th elementary symmetric function of them is at most tr(G)^k/k!.
        let trace: BigInt = rows.iter().flatten().map(|x| x * x).sum();
        let (mut size, mut largest) = (BigInt::from(1), BigInt::from(1));
        for k in 1..=n {
            size = size * &trace / k + 1;
            largest = largest.max(size.clone());
        }
        largest <<= 2;

        let mut coefficients = vec![BigInt::ZERO; n + 1];
        let mut modulus = BigInt::from(1);
        for index in 0.. {
            if modulus > largest {
                break;
            }
            let field = Field::of_index(index);
            let residues = residues_of_polynomial(&field, &rows, tall, n);
            let inverse = field.invert(residue(&field, &modulus));
            for (c, r) in coefficients.iter_mut().zip(residues) {
                let difference = field.subtract(r, residue(&field, c));
                *c += &modulus * field.lift(field.multiply(difference, inverse));
            }
            modulus *= field.prime;
        }
        let half = &modulus >> 1;
        for c in &mut coefficients {
            if *c > half {
                *c -= &modulus;
            }
        }
        Self { coefficients, unit: 2 * unit }
    }

    /// How many singular values exceed `bound ≥ 0`, and how many equal it.
    pub(crate) fn singular_values_above(&self, bound: &Dyadic) -> (usize, usize) {
        assert!(bound.mantissa.sign() != Sign::Minus, "a singular value is not negative");
        let bound = bound.reduced();
        let square = bound.mul(&bound);
        let n = self.coefficients.len() - 1;
        let mut shifted = self.coefficients.clone();
        let point = if square.exponent >= self.unit {
            square.at(self.unit)
        } else {
            // x = y/2^s makes the point an integer as well.
            let s = usize::try_from(self.unit - square.exponent).expect("the exponent is below the unit");
            shifted.iter_mut().enumerate().for_each(|(k, c)| *c <<= s * (n - k));
            square.mantissa
        };
        for i in 0..n {
            for k in (i..n).rev() {
                let product = &shifted[k + 1] * &point;
                shifted[k] += product;
            }
        }
        let equal = shifted.iter().take_while(|c| c.sign() == Sign::NoSign).count();
        let mut signs = shifted.iter().map(BigInt::sign).filter(|&sign| sign != Sign::NoSign);
        let mut last = signs.next();
        let mut variations = 0;
        for sign in signs {
            variations += usize::from(Some(sign) != last);
            last = Some(sign);
        }
        (variations, equal)
    }

    /// Whether the largest singular value is at least `bound`.
    pub(crate) fn largest_is_at_least(&self, bound: &Dyadic) -> bool {
        bound.mantissa.sign() != Sign::Plus || self.singular_values_above(bound) != (0, 0)
    }

    /// Whether the largest singular value is at most `bound`.
    pub(crate) fn largest_is_at_most(&self, bound: &Dyadic) -> bool {
        bound.mantissa.sign() != Sign::Minus && self.singular_values_above(bound).0 == 0
    }
}

/// The residue of any integer.
fn residue(field: &Field, x: &BigInt) -> u64 {
    let magnitude = field.residue(x.iter_u64_digits());
    if x.sign() == Sign::Minus { field.subtract(0, magnitude) } else { magnitude }
}

fn residues_of_polynomial(field: &Field, rows: &[Vec<BigInt>], tall: bool, n: usize) -> Vec<u64> {
    let reduced: Vec<Vec<u64>> =
        rows.iter().map(|row| row.iter().map(|x| residue(field, x)).collect()).collect();
    let short: Vec<Vec<u64>> =
        if tall { (0..n).map(|j| reduced.iter().map(|row| row[j]).collect()).collect() } else { reduced };
    let mut gram = vec![0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let products = short[i].iter().zip(&short[j]).map(|(&x, &y)| field.multiply(x, y));
            let sum = products.fold(0, |sum, product| field.add(sum, product));
            gram[i * n + j] = sum;
            gram[j * n + i] = sum;
        }
    }
    field.characteristic_polynomial(&mut gram, n)
}
