// SPDX-License-Identifier: MIT OR Apache-2.0

//! The largest eigenvalues of a symmetric tridiagonal matrix and their eigenvectors.
//!
//! Sturm counts, several at a time, then inverse iteration. Nothing here is certified: the results propose vectors.

use core::array;

use widthwise_rounding::Scalar;

use super::products::two_norm;
use super::vectorized::vectorized;

/// Parts that an interval is cut into at a time.
const SECTIONS: usize = 9;

/// A symmetric tridiagonal matrix: its diagonal, and the entries beside it (one fewer).
#[derive(Clone, Copy, Debug)]
pub(super) struct Tridiagonal<'a> {
    pub(super) diagonal: &'a [f64],
    pub(super) beside: &'a [f64],
}

impl Tridiagonal<'_> {
    /// The number of eigenvalues above `x`: the positive pivots of `T − x`.
    fn count_above(&self, x: f64) -> usize {
        let (mut count, mut pivot) = (0, 1.0);
        let mut beside = 0.0;
        for (j, &a) in self.diagonal.iter().enumerate() {
            pivot = (a - x) - beside * beside / pivot;
            if pivot == 0.0 {
                pivot = -f64::MIN_NORMAL;
            }
            count += usize::from(pivot > 0.0);
            beside = self.beside.get(j).copied().unwrap_or(0.0);
        }
        count
    }

    /// [`count_above`](Self::count_above) of several numbers: the divisions of one wait for those of no other.
    fn counts_above(&self, x: [f64; SECTIONS - 1]) -> [usize; SECTIONS - 1] {
        vectorized(
            #[inline(always)]
            || {
                let (mut counts, mut pivots) = ([0; SECTIONS - 1], [1.0; SECTIONS - 1]);
                let mut beside = 0.0;
                for (j, &a) in self.diagonal.iter().enumerate() {
                    for ((pivot, count), x) in pivots.iter_mut().zip(&mut counts).zip(&x) {
                        let next = (a - x) - beside / *pivot;
                        *pivot = if next == 0.0 { -f64::MIN_NORMAL } else { next };
                        *count += usize::from(*pivot > 0.0);
                    }
                    beside = self.beside.get(j).map_or(0.0, |b| b * b);
                }
                counts
            },
        )
    }

    /// The eigenvalue number `index` from the top, which lies in `[lo, hi]`, to about `tolerance`.
    pub(super) fn eigenvalue(&self, index: usize, lo: f64, hi: f64, tolerance: f64) -> f64 {
        let (mut lo, mut hi) = (lo, hi);
        for _ in 0..32 {
            let step = (hi - lo) / f64::from_count(SECTIONS);
            if hi - lo <= tolerance || lo + step <= lo || hi - step >= hi {
                break;
            }
            let points = array::from_fn(|k| lo + step * f64::from_count(k + 1));
            let counts = self.counts_above(points);
            let above = counts.iter().filter(|&&count| count > index).count();
            lo = if above > 0 { points[above - 1] } else { lo };
            hi = if above < points.len() { points[above] } else { hi };
        }
        // The last digits.
        for _ in 0..100 {
            let middle = lo + 0.5 * (hi - lo);
            if hi - lo <= tolerance || middle <= lo || middle >= hi {
                break;
            }
            if self.count_above(middle) > index {
                lo = middle;
            } else {
                hi = middle;
            }
        }
        lo + 0.5 * (hi - lo)
    }

    /// An interval that holds all eigenvalues (Gershgorin).
    pub(super) fn range(&self) -> (f64, f64) {
        let (mut lo, mut hi) = (0.0_f64, 0.0_f64);
        for (j, &a) in self.diagonal.iter().enumerate() {
            let before = if j > 0 { self.beside[j - 1].magnitude() } else { 0.0 };
            let radius = before + self.beside.get(j).map_or(0.0, |b| b.magnitude());
            lo = lo.lesser(a - radius);
            hi = hi.greater(a + radius);
        }
        (lo, hi)
    }

    /// The Rayleigh quotient of a unit vector.
    pub(super) fn quotient(&self, x: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (j, (&a, &y)) in self.diagonal.iter().zip(x).enumerate() {
            let next = x.get(j + 1).copied().unwrap_or(0.0);
            sum += y * (a * y + 2.0 * self.beside.get(j).copied().unwrap_or(0.0) * next);
        }
        sum
    }

    /// A unit eigenvector for the eigenvalue `theta`, by two steps of inverse iteration from a vector that depends on
    /// `index`. `scratch` holds at least `4k` numbers for the size `k`.
    pub(super) fn eigenvector(&self, theta: f64, index: usize, scratch: &mut [f64], out: &mut [f64]) {
        let k = self.diagonal.len();
        for (j, x) in out.iter_mut().enumerate() {
            // No eigenvector is orthogonal to all of these.
            *x = 1.0 + 0.5 * f64::from_count((7 * j + 3 * index * j + index) % 11) / 11.0;
        }
        for _ in 0..3 {
            let norm = two_norm(out);
            if !(norm > 0.0 && norm.is_finite()) {
                break;
            }
            out.iter_mut().for_each(|x| *x /= norm);
            self.solve_shifted(theta, &mut scratch[..4 * k], out);
        }
        let norm = two_norm(out);
        if norm > 0.0 && norm.is_finite() {
            out.iter_mut().for_each(|x| *x /= norm);
        } else {
            out.fill(0.0);
            out[0] = 1.0;
        }
    }

    /// `(T − θ)⁻¹ x` by elimination with row exchanges; a vanishing pivot becomes the smallest that matters.
    fn solve_shifted(&self, theta: f64, scratch: &mut [f64], x: &mut [f64]) {
        let k = self.diagonal.len();
        let (diagonal, rest) = scratch.split_at_mut(k);
        let (above, rest) = rest.split_at_mut(k);
        let (second, _) = rest.split_at_mut(k);
        let smallest = f64::UNIT_ROUNDOFF * theta.magnitude().greater(f64::MIN_NORMAL / f64::UNIT_ROUNDOFF);
        let guarded = |p: f64| {
            if p.magnitude() >= smallest {
                p
            } else if p < 0.0 {
                -smallest
            } else {
                smallest
            }
        };
        diagonal[0] = self.diagonal[0] - theta;
        above[0] = self.beside.first().copied().unwrap_or(0.0);
        for j in 0..k - 1 {
            let (b, next) = (self.beside[j], self.diagonal[j + 1] - theta);
            let after = self.beside.get(j + 1).copied().unwrap_or(0.0);
            if diagonal[j].magnitude() >= b.magnitude() {
                let factor = b / guarded(diagonal[j]);
                second[j] = 0.0;
                diagonal[j + 1] = next - factor * above[j];
                above[j + 1] = after;
                x[j + 1] -= factor * x[j];
            } else {
                let factor = diagonal[j] / b;
                diagonal[j] = b;
                let old = above[j];
                above[j] = next;
                second[j] = after;
                diagonal[j + 1] = old - factor * next;
                above[j + 1] = -factor * after;
                let swapped = x[j];
                x[j] = x[j + 1];
                x[j + 1] = swapped - factor * x[j];
            }
        }
        for j in (0..k).rev() {
            let mut value = x[j];
            if j + 1 < k {
                value -= above[j] * x[j + 1];
            }
            if j + 2 < k {
                value -= second[j] * x[j + 2];
            }
            x[j] = value / guarded(diagonal[j]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec;

    proptest! {
        #[test]
        fn pairs_satisfy_their_equation(
            diagonal in prop::collection::vec(0.0_f64..4.0, 1..30), beside in prop::collection::vec(0.0_f64..1.0, 29),
        ) {
            let k = diagonal.len();
            let t = Tridiagonal { diagonal: &diagonal, beside: &beside[..k - 1] };
            let (lo, hi) = t.range();
            let mut last = f64::INFINITY;
            for index in 0..k.min(4) {
                let theta = t.eigenvalue(index, lo, hi, 1e-15);
                prop_assert!(theta <= last + 1e-14);
                last = theta;
                let (mut scratch, mut s) = (vec![f64::NAN; 4 * k], vec![f64::NAN; k]);
                t.eigenvector(theta, index, &mut scratch, &mut s);
                for j in 0..k {
                    let mut residual = (diagonal[j] - theta) * s[j];
                    if j > 0 { residual += beside[j - 1] * s[j - 1]; }
                    if j + 1 < k { residual += beside[j] * s[j + 1]; }
                    prop_assert!(residual.magnitude() <= 1e-12, "{residual:e}");
                }
            }
        }
    }
}
