// SPDX-License-Identifier: MIT OR Apache-2.0

//! Computed matrices held as a center of stored numbers and a bound of what the center lacks.
//!
//! The entries of a product are enclosed one by one, compensated; their midpoints are stored, and the distances to the
//! farther ends are summed to a bound of the Frobenius norm of the rest. A norm of the exact matrix differs from that of
//! the center by at most this bound (Weyl).

use nalgebra::{DMatrixView, DMatrixViewMut};
use widthwise_linalg::{DotAccumulator, Scaling};
use widthwise_rounding::directed::{add_up, mul_up, square_root_up, sub_up};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

/// Stores midpoints of `entry(i, j)` column by column into `center`; returns a bound of the Frobenius norm of the rest.
pub(crate) fn fill_center<T: Scalar>(
    center: &mut DMatrixViewMut<'_, T>,
    mut entry: impl FnMut(usize, usize) -> Enclosure<T>,
) -> T {
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
    if squares > T::zero() { square_root_up(squares) } else { T::zero() }
}

/// `V^T V − 1` times `2^(−exponent)`, where `exponent` is returned beside the bound of what the center lacks; `center` is
/// square of the columns of `v`, whose entries `scaling` belongs to.
pub(crate) fn gram_minus_one<T: Scalar>(
    v: &DMatrixView<'_, T>,
    scaling: &Scaling<T>,
    center: &mut DMatrixViewMut<'_, T>,
) -> (T, i32) {
    let one = ScaledEnclosure::one();
    // Both terms of the difference at the scale of the larger one.
    let exponent = (2 * scaling.exponent()).max(0);
    let error = fill_center(center, |i, j| {
        let mut sum = DotAccumulator::new();
        if !scaling.is_exact() {
            sum.assume_scaled_inexactly();
        }
        for (&x, &y) in v.column(i).iter().zip(v.column(j).iter()) {
            sum.add_product(scaling.apply(x), scaling.apply(y));
        }
        let entry = ScaledEnclosure::new(sum.enclosure(), 2 * scaling.exponent());
        let entry = if i == j { entry - one } else { entry };
        entry.scale_exp2(-exponent).to_enclosure()
    });
    (error, exponent)
}
