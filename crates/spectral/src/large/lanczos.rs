// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Lanczos process on `G = MᵀM` with full reorthogonalisation: proposes the vectors of a bound.
//!
//! It runs in the orthogonal complement of the vectors found before (the locked ones), so that a second run sees what
//! the first missed: a single run finds one copy of a multiple eigenvalue, and may stop inside a close pair. An
//! exhausted subspace is left by a fresh vector. Nothing here is certified.
//!
//! Source: B. N. Parlett, "The Symmetric Eigenvalue Problem", chapter 13.

use widthwise_rounding::Scalar;

use super::products::{add_product, transposed_product, two_norm};
use super::tridiagonal::Tridiagonal;

/// The most vectors of a block.
pub(super) const BLOCK_LIMIT: usize = 8;
/// Ritz values looked at: those of a block, and the next.
pub(super) const RITZ_VALUES: usize = BLOCK_LIMIT + 1;

/// `G`, as the product with it is computed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operator<'a> {
    /// By `Ĝ`, both triangles.
    Gram(&'a [f64]),
    /// By `M`, then `Mᵀ`.
    Matrix(&'a [f64]),
    /// By `Ĝ` in binary32, its lower triangle.
    #[cfg(feature = "faer")]
    Single(&'a [f32]),
}

impl Operator<'_> {
    /// Products with a matrix of the size of `M` that one application costs.
    pub(super) fn products(&self) -> usize {
        match self {
            Self::Gram(_) => 1,
            #[cfg(feature = "faer")]
            Self::Single(_) => 1,
            Self::Matrix(_) => 2,
        }
    }

    pub(super) fn apply(&self, x: &[f64], image: &mut [f64], out: &mut [f64]) {
        match *self {
            Self::Gram(gram) => {
                out.fill(0.0);
                add_product(gram, x, 1.0, out);
            }
            Self::Matrix(matrix) => {
                image.fill(0.0);
                add_product(matrix, x, 1.0, image);
                transposed_product(matrix, image, out);
            }
            #[cfg(feature = "faer")]
            Self::Single(lower) => super::single::apply(lower, x, image, out),
        }
    }
}

/// The largest Ritz values of a run, with bounds of their residuals in exact arithmetic.
#[derive(Clone, Copy, Debug)]
pub(super) struct RitzValues {
    pub(super) values: [f64; RITZ_VALUES],
    pub(super) residuals: [f64; RITZ_VALUES],
    /// How many of them there are.
    pub(super) count: usize,
    /// Steps taken.
    pub(super) steps: usize,
    /// Whether the subspace is everything.
    pub(super) complete: bool,
}

impl RitzValues {
    fn none() -> Self {
        Self {
            values: [0.0; RITZ_VALUES],
            residuals: [f64::INFINITY; RITZ_VALUES],
            count: 0,
            steps: 0,
            complete: false,
        }
    }
}

/// The arrays of a run.
#[derive(Debug)]
pub(super) struct Lanczos<'a> {
    /// Columns of the basis, of `n` numbers; as many as fit are the most steps.
    pub(super) basis: &'a mut [f64],
    /// The tridiagonal matrix: as many numbers each as there may be columns.
    pub(super) diagonal: &'a mut [f64],
    pub(super) beside: &'a mut [f64],
    /// At least `5n` numbers.
    pub(super) scratch: &'a mut [f64],
    /// `n` numbers.
    pub(super) next: &'a mut [f64],
}

/// The next number in `[−1, 1)` of a fixed sequence.
pub(super) fn next_uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    // The upper 52 bits over 2^51.
    f64::from_bits((*state >> 12) | 0x3ff0_0000_0000_0000) * 2.0 - 3.0
}

/// Subtracts from `x` its projections on orthonormal columns, twice.
pub(super) fn orthogonalize(columns: &[f64], x: &mut [f64], scratch: &mut [f64]) {
    let count = columns.len() / x.len();
    for _ in 0..2 {
        project_out(columns, x, &mut scratch[..count]);
    }
}

fn project_out(columns: &[f64], x: &mut [f64], coefficients: &mut [f64]) {
    transposed_product(columns, x, coefficients);
    add_product(columns, coefficients, -1.0, x);
}

/// Scales to norm one; a vector that vanishes is left, and false returned.
pub(super) fn normalize(x: &mut [f64]) -> bool {
    let norm = two_norm(x);
    let usable = norm > 0.0 && norm.is_finite();
    if usable {
        x.iter_mut().for_each(|x| *x /= norm);
    }
    usable
}

impl Lanczos<'_> {
    /// Runs from `self.next` in the complement of the orthonormal columns `locked` until `stop`, asked now and then, or
    /// for `limit` steps. The Ritz values are those of the last step.
    pub(super) fn run(
        &mut self,
        operator: Operator<'_>,
        locked: &[f64],
        image: &mut [f64],
        (limit, random): (usize, &mut u64),
        stop: impl Fn(&RitzValues) -> bool,
    ) -> RitzValues {
        let n = self.next.len();
        let dimension = n - (locked.len() / n).min(n);
        let limit = limit.min(dimension).min(self.basis.len() / n).min(self.diagonal.len());
        let mut ritz = RitzValues::none();
        let (mut scale, mut check, mut exhausted) = (0.0_f64, RITZ_VALUES.min(dimension), 0);
        orthogonalize(locked, self.next, self.scratch);
        if !normalize(self.next) {
            self.refresh(locked, 0, random);
        }
        for k in 0..limit {
            let (done, rest) = self.basis.split_at_mut(k * n);
            let vector = &mut rest[..n];
            vector.copy_from_slice(self.next);
            operator.apply(vector, image, self.next);
            let alpha = super::products::dot(vector, self.next);
            self.diagonal[k] = alpha;
            add_product(vector, &[alpha], -1.0, self.next);
            if k > 0 {
                add_product(&done[(k - 1) * n..], &[self.beside[k - 1]], -1.0, self.next);
            }
            project_out(&self.basis[..(k + 1) * n], self.next, &mut self.scratch[..=k]);
            if !locked.is_empty() {
                orthogonalize(locked, self.next, self.scratch);
            }
            let mut beta = two_norm(self.next);
            scale = scale.greater(alpha + beta);
            ritz.complete = k + 1 == dimension;
            // What rounding leaves of a vector in the subspace.
            let exhausted_now = beta <= f64::from_count(n) * f64::UNIT_ROUNDOFF * scale;
            if exhausted_now || ritz.complete {
                beta = 0.0;
            }
            self.beside[k] = beta;
            exhausted += usize::from(exhausted_now);
            // An exhausted subspace says nothing of what it misses: a few fresh vectors show multiple eigenvalues.
            if k + 1 == limit
                || ritz.complete
                || (k + 1 >= check && !(exhausted_now && exhausted < RITZ_VALUES))
            {
                self.ritz_values(k + 1, beta, &mut ritz);
                check = k + 1 + ((k + 1) / 12).max(4);
                if ritz.complete || stop(&ritz) {
                    break;
                }
            }
            if exhausted_now {
                self.refresh(locked, k + 1, random);
            } else {
                self.next.iter_mut().for_each(|x| *x /= beta);
            }
        }
        ritz
    }

    /// A fresh unit vector orthogonal to the locked columns and the first of the basis.
    fn refresh(&mut self, locked: &[f64], columns: usize, random: &mut u64) {
        let n = self.next.len();
        for _ in 0..4 {
            self.next.iter_mut().for_each(|x| *x = next_uniform(random));
            orthogonalize(locked, self.next, self.scratch);
            orthogonalize(&self.basis[..columns * n], self.next, self.scratch);
            if normalize(self.next) {
                orthogonalize(locked, self.next, self.scratch);
                orthogonalize(&self.basis[..columns * n], self.next, self.scratch);
                if normalize(self.next) {
                    return;
                }
            }
        }
    }

    fn ritz_values(&mut self, steps: usize, beta: f64, ritz: &mut RitzValues) {
        let tridiagonal =
            Tridiagonal { diagonal: &self.diagonal[..steps], beside: &self.beside[..steps - 1] };
        let (lo, hi) = tridiagonal.range();
        let mut upper = hi;
        // A first look: two values, from which a wide gap can be told. Bisection to the last digit is for close ones.
        let coarse = f64::power_of_two(-16) * hi;
        let first = tridiagonal.eigenvalue(0, lo.greater(ritz.values[0]), hi, coarse);
        let second =
            if steps > 1 { tridiagonal.eigenvalue(1, lo, (first + coarse).lesser(hi), coarse) } else { lo };
        let is_wide = first - second > f64::power_of_two(-8) * first;
        ritz.steps = steps;
        ritz.count = steps.min(if is_wide { 2 } else { RITZ_VALUES });
        let tolerance = 0.5 * f64::UNIT_ROUNDOFF * hi;
        let (scratch, vector) = self.scratch.split_at_mut(4 * steps);
        let vector = &mut vector[..steps];
        for index in 0..ritz.count {
            let value = match (ritz.count, index) {
                (2, 0) => first,
                (2, _) => second,
                _ => tridiagonal.eigenvalue(index, lo, upper, tolerance),
            };
            upper = (value + 2.0 * tolerance).lesser(hi);
            tridiagonal.eigenvector(value, index, scratch, vector);
            // The quotient of the vector is far more accurate than a first look.
            ritz.values[index] = if ritz.count == 2 { tridiagonal.quotient(vector) } else { value };
            ritz.residuals[index] = beta * vector[steps - 1].magnitude();
        }
    }

    /// The Ritz vector of number `index` after a run of so many steps, into `out`.
    pub(super) fn ritz_vector(&mut self, ritz: &RitzValues, index: usize, out: &mut [f64]) {
        let (n, steps) = (out.len(), ritz.steps);
        let tridiagonal =
            Tridiagonal { diagonal: &self.diagonal[..steps], beside: &self.beside[..steps - 1] };
        let (scratch, vector) = self.scratch.split_at_mut(4 * steps);
        tridiagonal.eigenvector(ritz.values[index], index, scratch, &mut vector[..steps]);
        out.fill(0.0);
        add_product(&self.basis[..steps * n], &vector[..steps], 1.0, out);
    }
}
