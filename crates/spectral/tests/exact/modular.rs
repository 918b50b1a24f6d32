// SPDX-License-Identifier: MIT OR Apache-2.0

//! The characteristic polynomial of a matrix over a prime field.
//!
//! The matrix becomes an upper Hessenberg one by a similarity, of which the polynomial follows by a recurrence (Cohen, A
//! Course in Computational Algebraic Number Theory, algorithm 2.2.9). Residues are in Montgomery's form.

use std::sync::Mutex;
use std::vec;
use std::vec::Vec;

/// The integers modulo a prime between `2^61` and `2^62`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) prime: u64,
    /// `−1/prime` modulo `2^64`.
    inverse: u64,
    /// `2^64` and `2^128`.
    one: u64,
    square: u64,
}

impl Field {
    fn new(prime: u64) -> Self {
        // Newton's iteration doubles the digits that are right; an odd number is its own inverse modulo 8.
        let mut inverse = prime;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(prime.wrapping_mul(inverse)));
        }
        let one = ((1_u128 << 64) % u128::from(prime)) as u64;
        let square = (u128::from(one) * u128::from(one) % u128::from(prime)) as u64;
        Self { prime, inverse: inverse.wrapping_neg(), one, square }
    }

    /// The field of the `index`-th prime below `2^62`.
    pub(super) fn of_index(index: usize) -> Self {
        static PRIMES: Mutex<Vec<u64>> = Mutex::new(Vec::new());
        let mut primes = PRIMES.lock().expect("no test panics while it looks for a prime");
        while primes.len() <= index {
            let mut candidate = primes.last().map_or((1 << 62) - 1, |prime| prime - 2);
            while !is_prime(candidate) {
                candidate -= 2;
            }
            primes.push(candidate);
        }
        Self::new(primes[index])
    }

    pub(super) fn multiply(&self, a: u64, b: u64) -> u64 {
        let product = u128::from(a) * u128::from(b);
        let multiple = (product as u64).wrapping_mul(self.inverse);
        let reduced = ((product + u128::from(multiple) * u128::from(self.prime)) >> 64) as u64;
        if reduced >= self.prime { reduced - self.prime } else { reduced }
    }

    pub(super) fn add(&self, a: u64, b: u64) -> u64 {
        let sum = a + b;
        if sum >= self.prime { sum - self.prime } else { sum }
    }

    pub(super) fn subtract(&self, a: u64, b: u64) -> u64 {
        if a >= b { a - b } else { a + (self.prime - b) }
    }

    pub(super) fn invert(&self, a: u64) -> u64 {
        self.power(a, self.prime - 2)
    }

    fn power(&self, a: u64, exponent: u64) -> u64 {
        let (mut result, mut square) = (self.one, a);
        for bit in 0..64 {
            if exponent >> bit & 1 == 1 {
                result = self.multiply(result, square);
            }
            square = self.multiply(square, square);
        }
        result
    }

    /// The residue of a natural number, given by its digits to the base `2^64`, the least first.
    pub(super) fn residue(&self, digits: impl DoubleEndedIterator<Item = u64>) -> u64 {
        digits.rev().fold(0, |value, digit| {
            let shifted = self.multiply(value, self.square);
            self.add(shifted, self.multiply(digit, self.square))
        })
    }

    /// The natural number below the prime that a residue stands for.
    pub(super) fn lift(&self, a: u64) -> u64 {
        self.multiply(a, 1)
    }

    /// The coefficients of `det(xI − H)`, the constant one first, for `H` given by rows of `n` residues.
    pub(super) fn characteristic_polynomial(&self, h: &mut [u64], n: usize) -> Vec<u64> {
        self.reduce_to_hessenberg(h, n);
        // Polynomials of the leading blocks; the k-th has degree k.
        let mut blocks = vec![vec![self.one]];
        for k in 0..n {
            let previous = &blocks[k];
            let mut next = vec![0; k + 2];
            for (degree, &c) in previous.iter().enumerate() {
                next[degree + 1] = self.add(next[degree + 1], c);
                next[degree] = self.subtract(next[degree], self.multiply(h[k * n + k], c));
            }
            let mut product = self.one;
            for i in (0..k).rev() {
                product = self.multiply(product, h[(i + 1) * n + i]);
                let factor = self.multiply(product, h[i * n + k]);
                for (x, &c) in next.iter_mut().zip(&blocks[i]) {
                    *x = self.subtract(*x, self.multiply(factor, c));
                }
            }
            blocks.push(next);
        }
        blocks.pop().expect("the polynomial of the empty block is there")
    }

    fn reduce_to_hessenberg(&self, h: &mut [u64], n: usize) {
        let mut factors = vec![0; n];
        for k in 1..n.saturating_sub(1) {
            let Some(pivot) = (k..n).find(|&i| h[i * n + k - 1] != 0) else { continue };
            if pivot != k {
                for j in 0..n {
                    h.swap(pivot * n + j, k * n + j);
                }
                for i in 0..n {
                    h.swap(i * n + pivot, i * n + k);
                }
            }
            let inverse = self.invert(h[k * n + k - 1]);
            // Rows from the pivot's, then columns to it: the two halves of one similarity.
            let (above, below) = h.split_at_mut((k + 1) * n);
            let top = &above[k * n..];
            for (row, factor) in below.chunks_exact_mut(n).zip(&mut factors[k + 1..]) {
                *factor = self.multiply(row[k - 1], inverse);
                for (x, &t) in row[k - 1..].iter_mut().zip(&top[k - 1..]) {
                    *x = self.subtract(*x, self.multiply(*factor, t));
                }
            }
            for row in h.chunks_exact_mut(n) {
                let (left, right) = row.split_at_mut(k + 1);
                for (&x, &factor) in right.iter().zip(&factors[k + 1..]) {
                    left[k] = self.add(left[k], self.multiply(x, factor));
                }
            }
        }
    }
}

/// The test of Miller and Rabin with the first twelve primes, which is a proof below `2^64` (Sorenson and Webster, Math.
/// Comp. 86, 2017).
fn is_prime(odd: u64) -> bool {
    let multiply = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(odd)) as u64;
    let twos = (odd - 1).trailing_zeros();
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37].iter().all(|&base: &u64| {
        let exponent = (odd - 1) >> twos;
        let mut power = 1;
        for bit in (0..64).rev() {
            power = multiply(power, power);
            if exponent >> bit & 1 == 1 {
                power = multiply(power, base);
            }
        }
        if power == 1 {
            return true;
        }
        for _ in 0..twos {
            if power == odd - 1 {
                return true;
            }
            power = multiply(power, power);
        }
        false
    })
}
