// SPDX-License-Identifier: MIT OR Apache-2.0

//! Products with a symmetric matrix and solutions with a triangular one, in binary32.
//!
//! Both only serve the search for a vector, so their order is the processor's and no bound rests on them. A symmetric
//! matrix is read once, its lower triangle, although an entry meets both of its places: a product costs the time to
//! fetch half a matrix. Columns are taken four at a time.

use pulp::{Arch, Simd, WithSimd};

/// Columns at a time.
const GROUP: usize = 4;

/// `Gx` into `out`, from the lower triangle of `G`.
pub(super) fn symmetric_product(lower: &[f32], x: &[f32], out: &mut [f32]) {
    Arch::new().dispatch(SymmetricProduct { lower, x, out });
}

/// `(LLᵀ)⁻¹x` in place, from the lower triangle of `L`.
pub(super) fn solve(lower: &[f32], x: &mut [f32]) {
    Arch::new().dispatch(Solution { lower, x });
}

/// The columns `first..first + GROUP` of an `n × n` matrix from row `from` down.
#[inline(always)]
fn columns(lower: &[f32], n: usize, first: usize, from: usize) -> [&[f32]; GROUP] {
    let column = |c: usize| &lower[(first + c) * n + from..(first + c + 1) * n];
    [column(0), column(1), column(2), column(3)]
}

/// Adds `Σ_c factors[c] · columns[c]` to `out` and returns `columns[c]ᵀx`.
#[inline(always)]
fn multiply_both_ways<S: Simd>(
    simd: S,
    [a, b, c, d]: [&[f32]; GROUP],
    factors: [f32; GROUP],
    x: &[f32],
    out: &mut [f32],
) -> [f32; GROUP] {
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f32s(a), S::as_simd_f32s(b));
    let ((c, c_rest), (d, d_rest)) = (S::as_simd_f32s(c), S::as_simd_f32s(d));
    let ((x, x_rest), (out, out_rest)) = (S::as_simd_f32s(x), S::as_mut_simd_f32s(out));
    let [p, q, r, s] = factors;
    let (p, q, r, s) = (simd.splat_f32s(p), simd.splat_f32s(q), simd.splat_f32s(r), simd.splat_f32s(s));
    let zero = simd.splat_f32s(0.0);
    let (mut t, mut u, mut v, mut w) = (zero, zero, zero, zero);
    for (((((out, &a), &b), &c), &d), &x) in out.iter_mut().zip(a).zip(b).zip(c).zip(d).zip(x) {
        let left = simd.mul_add_e_f32s(a, p, simd.mul_add_e_f32s(b, q, *out));
        let right = simd.mul_add_e_f32s(c, r, simd.mul_f32s(d, s));
        *out = simd.add_f32s(left, right);
        t = simd.mul_add_e_f32s(a, x, t);
        u = simd.mul_add_e_f32s(b, x, u);
        v = simd.mul_add_e_f32s(c, x, v);
        w = simd.mul_add_e_f32s(d, x, w);
    }
    if !out_rest.is_empty() {
        let (a, b) = (simd.partial_load_f32s(a_rest), simd.partial_load_f32s(b_rest));
        let (c, d) = (simd.partial_load_f32s(c_rest), simd.partial_load_f32s(d_rest));
        let (x, old) = (simd.partial_load_f32s(x_rest), simd.partial_load_f32s(out_rest));
        let left = simd.mul_add_e_f32s(a, p, simd.mul_add_e_f32s(b, q, old));
        let right = simd.mul_add_e_f32s(c, r, simd.mul_f32s(d, s));
        simd.partial_store_f32s(out_rest, simd.add_f32s(left, right));
        t = simd.mul_add_e_f32s(a, x, t);
        u = simd.mul_add_e_f32s(b, x, u);
        v = simd.mul_add_e_f32s(c, x, v);
        w = simd.mul_add_e_f32s(d, x, w);
    }
    [simd.reduce_sum_f32s(t), simd.reduce_sum_f32s(u), simd.reduce_sum_f32s(v), simd.reduce_sum_f32s(w)]
}

/// Adds `Σ_c factors[c] · columns[c]` to `out`.
#[inline(always)]
fn add_columns<S: Simd>(simd: S, columns: [&[f32]; GROUP], factors: [f32; GROUP], out: &mut [f32]) {
    let [a, b, c, d] = columns;
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f32s(a), S::as_simd_f32s(b));
    let ((c, c_rest), (d, d_rest)) = (S::as_simd_f32s(c), S::as_simd_f32s(d));
    let (out, out_rest) = S::as_mut_simd_f32s(out);
    let [p, q, r, s] = factors;
    let (p, q, r, s) = (simd.splat_f32s(p), simd.splat_f32s(q), simd.splat_f32s(r), simd.splat_f32s(s));
    for ((((out, &a), &b), &c), &d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        let left = simd.mul_add_e_f32s(a, p, simd.mul_add_e_f32s(b, q, *out));
        let right = simd.mul_add_e_f32s(c, r, simd.mul_f32s(d, s));
        *out = simd.add_f32s(left, right);
    }
    if !out_rest.is_empty() {
        let (a, b) = (simd.partial_load_f32s(a_rest), simd.partial_load_f32s(b_rest));
        let (c, d) = (simd.partial_load_f32s(c_rest), simd.partial_load_f32s(d_rest));
        let old = simd.partial_load_f32s(out_rest);
        let left = simd.mul_add_e_f32s(a, p, simd.mul_add_e_f32s(b, q, old));
        let right = simd.mul_add_e_f32s(c, r, simd.mul_f32s(d, s));
        simd.partial_store_f32s(out_rest, simd.add_f32s(left, right));
    }
}

/// `columns[c]ᵀx`.
#[inline(always)]
fn dots<S: Simd>(simd: S, columns: [&[f32]; GROUP], x: &[f32]) -> [f32; GROUP] {
    let [a, b, c, d] = columns;
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f32s(a), S::as_simd_f32s(b));
    let ((c, c_rest), (d, d_rest)) = (S::as_simd_f32s(c), S::as_simd_f32s(d));
    let (x, x_rest) = S::as_simd_f32s(x);
    let zero = simd.splat_f32s(0.0);
    let (mut t, mut u, mut v, mut w) = (zero, zero, zero, zero);
    for ((((&x, &a), &b), &c), &d) in x.iter().zip(a).zip(b).zip(c).zip(d) {
        t = simd.mul_add_e_f32s(a, x, t);
        u = simd.mul_add_e_f32s(b, x, u);
        v = simd.mul_add_e_f32s(c, x, v);
        w = simd.mul_add_e_f32s(d, x, w);
    }
    if !x_rest.is_empty() {
        let x = simd.partial_load_f32s(x_rest);
        t = simd.mul_add_e_f32s(simd.partial_load_f32s(a_rest), x, t);
        u = simd.mul_add_e_f32s(simd.partial_load_f32s(b_rest), x, u);
        v = simd.mul_add_e_f32s(simd.partial_load_f32s(c_rest), x, v);
        w = simd.mul_add_e_f32s(simd.partial_load_f32s(d_rest), x, w);
    }
    [simd.reduce_sum_f32s(t), simd.reduce_sum_f32s(u), simd.reduce_sum_f32s(v), simd.reduce_sum_f32s(w)]
}

struct SymmetricProduct<'a> {
    lower: &'a [f32],
    x: &'a [f32],
    out: &'a mut [f32],
}

impl WithSimd for SymmetricProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { lower, x, out } = self;
        let n = x.len();
        out.fill(0.0);
        for first in (0..n).step_by(GROUP) {
            let end = n.min(first + GROUP);
            for j in first..end {
                out[j] += lower[j + j * n] * x[j];
                for i in j + 1..end {
                    out[i] += lower[i + j * n] * x[j];
                    out[j] += lower[i + j * n] * x[i];
                }
            }
            if end < n {
                let factors = [x[first], x[first + 1], x[first + 2], x[first + 3]];
                let columns = columns(lower, n, first, end);
                let sums = multiply_both_ways(simd, columns, factors, &x[end..], &mut out[end..]);
                for (out, sum) in out[first..end].iter_mut().zip(sums) {
                    *out += sum;
                }
            }
        }
    }
}

struct Solution<'a> {
    lower: &'a [f32],
    x: &'a mut [f32],
}

impl WithSimd for Solution<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { lower, x } = self;
        let n = x.len();
        for first in (0..n).step_by(GROUP) {
            let end = n.min(first + GROUP);
            for j in first..end {
                x[j] /= lower[j + j * n];
                for i in j + 1..end {
                    x[i] -= lower[i + j * n] * x[j];
                }
            }
            if end < n {
                let factors = [-x[first], -x[first + 1], -x[first + 2], -x[first + 3]];
                add_columns(simd, columns(lower, n, first, end), factors, &mut x[end..]);
            }
        }
        for first in (0..n).step_by(GROUP).rev() {
            let end = n.min(first + GROUP);
            if end < n {
                let sums = dots(simd, columns(lower, n, first, end), &x[end..]);
                for (x, sum) in x[first..end].iter_mut().zip(sums) {
                    *x -= sum;
                }
            }
            for j in (first..end).rev() {
                for i in j + 1..end {
                    x[j] -= lower[i + j * n] * x[i];
                }
                x[j] /= lower[j + j * n];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;

    proptest! {
        #[test]
        fn a_product_reads_the_lower_triangle_and_a_solution_undoes_it(
            n in 1..40_usize, seed in prop::collection::vec(-1.0_f32..1.0, 1700),
        ) {
            let entry = |i: usize, j: usize| if i == j { 8.0 } else { seed[i + j * n] };
            let lower: Vec<f32> =
                (0..n * n).map(|k| if k % n >= k / n { entry(k % n, k / n) } else { f32::NAN }).collect();
            let x = &seed[seed.len() - n..];
            let mut out = vec![f32::NAN; n];
            symmetric_product(&lower, x, &mut out);
            for (i, out) in out.iter().enumerate() {
                let expected: f64 =
                    (0..n).map(|j| f64::from(entry(i.max(j), i.min(j))) * f64::from(x[j])).sum();
                prop_assert!((f64::from(*out) - expected).abs() <= 1e-4);
            }
            // LLᵀx, solved for x.
            let lower_part = |i: usize, j: usize| if i >= j { f64::from(entry(i, j)) } else { 0.0 };
            let upper: Vec<f64> =
                (0..n).map(|j| (0..n).map(|i| lower_part(i, j) * f64::from(x[i])).sum()).collect();
            let mut solved: Vec<f32> =
                (0..n).map(|i| (0..n).map(|j| lower_part(i, j) * upper[j]).sum::<f64>() as f32).collect();
            solve(&lower, &mut solved);
            for (solved, x) in solved.iter().zip(x) {
                prop_assert!((solved - x).abs() <= 1e-3, "{solved} {x}");
            }
        }
    }
}
