// SPDX-License-Identifier: MIT OR Apache-2.0

//! Matrices that are no floating-point matrices: a sum, a product, an outer product, known up to a small error.
//!
//! The claims speak of the exact `A + B`, `A B` and `−η δ hᵀ`, whose entries are seldom numbers of the format. Such a matrix is held as a center of stored
//! numbers and a bound of the Frobenius norm of what the center lacks, both times a power of two so that nothing overflows. A norm of the exact matrix then differs from the
//! norm of the center by at most that bound (Weyl).

use nalgebra::{DMatrixView, DMatrixViewMut, DVectorView, Dyn, RawStorage, Vector};
use widthwise_linalg::{
    DotAccumulator, Scaling, frobenius_norm_enclosure, matvec_norm_enclosure, two_norm_enclosure,
};
use widthwise_rounding::directed::{add_up, mul_up, square_root_up, sub_up};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use crate::{Refusal, Scratch};

/// The matrices `2^exponent · (C + R)` with `‖R‖_F ≤ radius`.
#[derive(Debug)]
pub(crate) struct EnclosedMatrix<'a, T> {
    center: DMatrixViewMut<'a, T>,
    radius: T,
    exponent: i32,
}

impl<'a, T: Scalar> EnclosedMatrix<'a, T> {
    /// The matrix whose entries are enclosed by `2^exponent · entry(i, j)`, drawn column by column.
    pub(crate) fn from_entries(
        scratch: &mut Scratch<'a, T>,
        (rows, columns): (usize, usize),
        exponent: i32,
        mut entry: impl FnMut(usize, usize) -> Enclosure<T>,
    ) -> Result<Self, Refusal> {
        let mut center = scratch.matrix(rows, columns)?;
        let mut squares = T::zero();
        for (j, mut column) in center.column_iter_mut().enumerate() {
            for (i, center) in column.iter_mut().enumerate() {
                let enclosure = entry(i, j);
                *center = enclosure.midpoint();
                let error = sub_up(enclosure.hi(), *center).greater(sub_up(*center, enclosure.lo()));
                // A point has no error at all, although subtraction rounds outward.
                if !enclosure.is_point() {
                    squares = add_up(squares, mul_up(error, error));
                }
            }
        }
        let radius = if squares > T::zero() { square_root_up(squares) } else { T::zero() };
        Ok(Self { center, radius, exponent })
    }

    /// The matrix itself.
    pub(crate) fn exact(scratch: &mut Scratch<'a, T>, a: &DMatrixView<'_, T>) -> Result<Self, Refusal> {
        let scaling = Scaling::of(a)?;
        let exponent = scaling.exponent();
        Self::from_entries(scratch, a.shape(), exponent, |i, j| shifted(point(a[(i, j)]), exponent))
    }

    /// `A + B`.
    pub(crate) fn sum(
        scratch: &mut Scratch<'a, T>,
        a: &DMatrixView<'_, T>,
        b: &DMatrixView<'_, T>,
    ) -> Result<Self, Refusal> {
        let exponent = Scaling::of(a)?.exponent().max(Scaling::of(b)?.exponent());
        Self::from_entries(scratch, a.shape(), exponent, |i, j| {
            shifted(point(a[(i, j)]) + point(b[(i, j)]), exponent)
        })
    }

    /// `factor · A`.
    pub(crate) fn multiple(
        scratch: &mut Scratch<'a, T>,
        factor: ScaledEnclosure<T>,
        a: &DMatrixView<'_, T>,
    ) -> Result<Self, Refusal> {
        let exponent = Scaling::of(a)?.exponent() + factor.exponent();
        Self::from_entries(scratch, a.shape(), exponent, |i, j| shifted(factor * point(a[(i, j)]), exponent))
    }

    /// `A B`.
    pub(crate) fn product(
        scratch: &mut Scratch<'a, T>,
        a: &DMatrixView<'_, T>,
        b: &DMatrixView<'_, T>,
    ) -> Result<Self, Refusal> {
        let (scale_a, scale_b) = (Scaling::of(a)?, Scaling::of(b)?);
        let exact = scale_a.is_exact() && scale_b.is_exact();
        let exponent = scale_a.exponent() + scale_b.exponent();
        Self::from_entries(scratch, (a.nrows(), b.ncols()), exponent, |i, j| {
            let mut sum = DotAccumulator::new();
            if !exact {
                sum.assume_scaled_inexactly();
            }
            for (&a, &b) in a.row(i).iter().zip(b.column(j).iter()) {
                sum.add_product(scale_a.apply(a), scale_b.apply(b));
            }
            sum.enclosure()
        })
    }

    /// `factor · A Bᵀ`.
    pub(crate) fn product_with_transpose(
        scratch: &mut Scratch<'a, T>,
        factor: ScaledEnclosure<T>,
        a: &DMatrixView<'_, T>,
        b: &DMatrixView<'_, T>,
    ) -> Result<Self, Refusal> {
        let (scale_a, scale_b) = (Scaling::of(a)?, Scaling::of(b)?);
        let exact = scale_a.is_exact() && scale_b.is_exact();
        let product = scale_a.exponent() + scale_b.exponent();
        let exponent = product + factor.exponent();
        Self::from_entries(scratch, (a.nrows(), b.nrows()), exponent, |i, j| {
            let mut sum = DotAccumulator::new();
            if !exact {
                sum.assume_scaled_inexactly();
            }
            for (&a, &b) in a.row(i).iter().zip(b.row(j).iter()) {
                sum.add_product(scale_a.apply(a), scale_b.apply(b));
            }
            shifted(factor * ScaledEnclosure::new(sum.enclosure(), product), exponent)
        })
    }

    /// `AᵀA − 1`.
    pub(crate) fn gram_defect(scratch: &mut Scratch<'a, T>, a: &DMatrixView<'_, T>) -> Result<Self, Refusal> {
        let scaling = Scaling::of(a)?;
        let n = a.ncols();
        let one = ScaledEnclosure::one();
        // Both terms of the difference at the scale of the larger one.
        let exponent = (2 * scaling.exponent()).max(0);
        Self::from_entries(scratch, (n, n), exponent, |i, j| {
            let mut sum = DotAccumulator::new();
            if !scaling.is_exact() {
                sum.assume_scaled_inexactly();
            }
            for (&x, &y) in a.column(i).iter().zip(a.column(j).iter()) {
                sum.add_product(scaling.apply(x), scaling.apply(y));
            }
            let entry = ScaledEnclosure::new(sum.enclosure(), 2 * scaling.exponent());
            shifted(if i == j { entry - one } else { entry }, exponent)
        })
    }

    /// `factor · Σ_k u_k v_kᵀ` for the pairs `(u_k, v_k)` given.
    pub(crate) fn outer_products(
        scratch: &mut Scratch<'a, T>,
        factor: ScaledEnclosure<T>,
        pairs: &[(DVectorView<'_, T>, DVectorView<'_, T>)],
    ) -> Result<Self, Refusal> {
        let mut exponent = None;
        let mut shape = (0, 0);
        for (u, v) in pairs {
            shape = (u.nrows(), v.nrows());
            // A vector that vanishes has no size to compare.
            if u.iter().any(|&u| u != T::zero()) && v.iter().any(|&v| v != T::zero()) {
                exponent = exponent.max(Some(Scaling::of(u)?.exponent() + Scaling::of(v)?.exponent()));
            }
        }
        let exponent = exponent.unwrap_or(0) + factor.exponent();
        Self::from_entries(scratch, shape, exponent, |i, j| {
            let sum =
                pairs.iter().fold(ScaledEnclosure::zero(), |sum, (u, v)| sum + point(u[i]) * point(v[j]));
            shifted(factor * sum, exponent)
        })
    }

    /// The transpose.
    pub(crate) fn transposed<'b>(
        &self,
        scratch: &mut Scratch<'b, T>,
    ) -> Result<EnclosedMatrix<'b, T>, Refusal> {
        let center = transposed(&self.center.as_view(), scratch)?;
        Ok(EnclosedMatrix { center, radius: self.radius, exponent: self.exponent })
    }

    /// The stored center, without the power of two.
    pub(crate) fn center(&self) -> DMatrixView<'_, T> {
        self.center.as_view()
    }

    /// The bound of the error of the center, without the power of two.
    pub(crate) fn radius(&self) -> T {
        self.radius
    }

    /// Adds an error of at most `error`, given without the power of two.
    pub(crate) fn add_error(&mut self, error: ScaledEnclosure<T>) {
        let error = error.to_enclosure().hi();
        if error > T::zero() {
            self.radius = add_up(self.radius, error);
        }
    }

    /// The matrix times `2^shift`, exact.
    pub(crate) fn scale_exp2(self, shift: i32) -> Self {
        Self { exponent: self.exponent + shift, ..self }
    }

    /// The exponent of the power of two.
    pub(crate) fn exponent(&self) -> i32 {
        self.exponent
    }

    /// The entry `(i, j)` of the exact matrix.
    pub(crate) fn entry(&self, i: usize, j: usize) -> ScaledEnclosure<T> {
        let (center, radius) = (self.center[(i, j)], self.radius);
        let entry = Enclosure::from_bounds(center, center) + Enclosure::from_bounds(-radius, radius);
        ScaledEnclosure::new(entry, self.exponent)
    }

    /// The spectral norm of the exact matrix.
    pub(crate) fn spectral_norm(&self, scratch: &mut Scratch<'_, T>) -> Result<ScaledEnclosure<T>, Refusal> {
        let center = spectral_norm(&self.center.as_view(), scratch)?;
        Ok(self.widen(center, self.radius))
    }

    /// The Frobenius norm of the exact matrix.
    pub(crate) fn frobenius_norm(&self) -> Result<ScaledEnclosure<T>, Refusal> {
        Ok(self.widen(frobenius_norm_enclosure(&self.center)?, self.radius))
    }

    /// `‖A x‖` for the exact matrix `A`.
    pub(crate) fn image_norm<S: RawStorage<T, Dyn>>(
        &self,
        x: &Vector<T, Dyn, S>,
    ) -> Result<ScaledEnclosure<T>, Refusal> {
        let center = matvec_norm_enclosure(&self.center, x)?;
        let error =
            ScaledEnclosure::from(Enclosure::from_bounds(T::zero(), self.radius)) * two_norm_enclosure(x)?;
        Ok(widened(center, error).scale_exp2(self.exponent))
    }

    fn widen(&self, center: ScaledEnclosure<T>, radius: T) -> ScaledEnclosure<T> {
        widened(center, Enclosure::from_bounds(T::zero(), radius).into()).scale_exp2(self.exponent)
    }
}

/// The spectral norm of a stored matrix, with its workspace from the scratch.
pub(crate) fn spectral_norm<T: Scalar>(
    a: &DMatrixView<'_, T>,
    scratch: &mut Scratch<'_, T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let needed = widthwise_spectral::workspace_len(a.nrows(), a.ncols());
    let work = scratch.rest().get_mut(..needed).ok_or(Refusal::Memory)?;
    Ok(widthwise_spectral::spectral_norm_in(a, work)?.scaled())
}

/// A value that is not negative, known up to an error of at most `error.hi`.
pub(crate) fn widened<T: Scalar>(value: ScaledEnclosure<T>, error: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    let bound = error.significand().hi();
    if bound == T::zero() {
        return value;
    }
    let both_signs = ScaledEnclosure::new(Enclosure::from_bounds(-bound, bound), error.exponent());
    (value + both_signs).maximum(&ScaledEnclosure::zero())
}

/// `√(n/m)`, by which the RMS→RMS norm of an `m × n` matrix exceeds its spectral norm.
pub(crate) fn rms_factor<T: Scalar>(rows: usize, columns: usize) -> ScaledEnclosure<T> {
    root(ScaledEnclosure::count(columns) / ScaledEnclosure::count(rows))
}

/// The root of a value that is not negative.
pub(crate) fn root<T: Scalar>(x: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    x.square_root().unwrap_or_else(ScaledEnclosure::zero)
}

/// The transpose of a stored matrix, copied.
pub(crate) fn transposed<'a, T: Scalar>(
    a: &DMatrixView<'_, T>,
    scratch: &mut Scratch<'a, T>,
) -> Result<DMatrixViewMut<'a, T>, Refusal> {
    let mut transpose = scratch.matrix(a.ncols(), a.nrows())?;
    a.transpose_to(&mut transpose);
    Ok(transpose)
}

/// A stored number, which is finite: every check looks at its input first.
pub(crate) fn point<T: Scalar>(x: T) -> ScaledEnclosure<T> {
    Enclosure::from_bounds(x, x).into()
}

fn shifted<T: Scalar>(x: ScaledEnclosure<T>, exponent: i32) -> Enclosure<T> {
    x.scale_exp2(-exponent).to_enclosure()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;

    /// Whether `2^exponent (C + R)` with `‖R‖_F ≤ radius` contains the integer matrix `exact`, for entries below 2⁶⁰.
    fn contains(a: &EnclosedMatrix<'_, f32>, exact: impl Fn(usize, usize) -> i64) -> bool {
        let unit = f64::power_of_two(a.exponent());
        let mut squares = 0.0;
        for j in 0..a.center().ncols() {
            for i in 0..a.center().nrows() {
                let center = f64::from(a.center()[(i, j)]) * unit;
                let error = center - exact(i, j) as f64;
                squares += error * error;
            }
        }
        let radius = f64::from(a.radius()) * unit * (1.0 + 1e-12);
        squares <= radius * radius
    }

    fn integers(len: usize) -> impl Strategy<Value = Vec<i32>> {
        prop::collection::vec(-(1_i32 << 12)..1 << 12, len)
    }

    fn as_f32(integers: &[i32]) -> Vec<f32> {
        integers.iter().map(|&x| x as f32).collect()
    }

    proptest! {
        #[test]
        fn sums_products_and_outer_products_contain_the_exact_integers(a in integers(12), b in integers(12), spread in 0_u32..16) {
            let wide: Vec<i32> = b.iter().map(|&x| x << spread).collect();
            let mut memory = vec![0.0_f32; 400];
            let mut scratch = Scratch::new(&mut memory);
            let (fa, fw) = (as_f32(&a), as_f32(&wide));
            let (ma, mb) = (DMatrixView::from_slice(&fa, 3, 4), DMatrixView::from_slice(&fw, 3, 4));
            let sum = EnclosedMatrix::sum(&mut scratch, &ma, &mb).unwrap();
            prop_assert!(contains(&sum, |i, j| i64::from(a[i + 3 * j]) + i64::from(wide[i + 3 * j])));
            let mb = DMatrixView::from_slice(&fw, 4, 3);
            let product = EnclosedMatrix::product(&mut scratch, &ma, &mb).unwrap();
            let exact = |i: usize, j: usize| (0..4).map(|k| i64::from(a[i + 3 * k]) * i64::from(wide[k + 4 * j])).sum();
            prop_assert!(contains(&product, exact));
            let mt = DMatrixView::from_slice(&fw, 3, 4);
            let product = EnclosedMatrix::product_with_transpose(&mut scratch, ScaledEnclosure::count(5), &ma, &mt).unwrap();
            let exact = |i: usize, j: usize| (0..4).map(|k| 5 * i64::from(a[i + 3 * k]) * i64::from(wide[j + 3 * k])).sum();
            prop_assert!(contains(&product, exact));
            let (u, v) = (ma.column(0), mb.column(1));
            let outer = EnclosedMatrix::outer_products(&mut scratch, ScaledEnclosure::count(3), &[(u, v.as_view())]).unwrap();
            prop_assert!(contains(&outer, |i, j| 3 * i64::from(a[i]) * i64::from(wide[j + 4])));
            let defect = EnclosedMatrix::gram_defect(&mut scratch, &ma).unwrap();
            let exact = |i: usize, j: usize| {
                (0..3).map(|k| i64::from(a[k + 3 * i]) * i64::from(a[k + 3 * j])).sum::<i64>() - i64::from(i == j)
            };
            prop_assert!(contains(&defect, exact));
        }
    }

    #[test]
    fn a_stored_matrix_has_no_error_and_a_rounded_sum_has_one() {
        let mut memory = vec![0.0_f64; 100];
        let mut scratch = Scratch::new(&mut memory);
        let (a, b) = ([1e300, -3e280], [1e284, 2.0]);
        let (a, b) = (DMatrixView::from_slice(&a, 1, 2), DMatrixView::from_slice(&b, 1, 2));
        assert_eq!(EnclosedMatrix::sum(&mut scratch, &a, &a).unwrap().radius(), 0.0);
        assert!(EnclosedMatrix::sum(&mut scratch, &a, &b).unwrap().radius() > 0.0);
    }

    #[test]
    fn norms_of_an_uncertain_matrix_widen_by_its_radius() {
        let mut memory = vec![0.0_f64; 100];
        let mut scratch = Scratch::new(&mut memory);
        let mut a = EnclosedMatrix::from_entries(&mut scratch, (2, 2), 3, |i, j| {
            let entry = if i == j { 1.0 } else { 0.0 };
            Enclosure::from_bounds(entry, entry)
        })
        .unwrap();
        a.add_error(ScaledEnclosure::one().scale_exp2(-2));
        let norm = a.spectral_norm(&mut scratch).unwrap().to_enclosure();
        assert!(norm.lo() <= 6.0 && norm.lo() > 5.99 && norm.hi() >= 10.0 && norm.hi() < 10.01, "{norm}");
        let x = [3.0, 4.0];
        let image = a.image_norm(&DVectorView::from_slice(&x, 2)).unwrap().to_enclosure();
        assert!(
            image.lo() <= 30.0 && image.lo() > 29.99 && image.hi() >= 50.0 && image.hi() < 50.01,
            "{image}"
        );
    }
}
