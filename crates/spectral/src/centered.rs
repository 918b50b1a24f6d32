// SPDX-License-Identifier: MIT OR Apache-2.0

//! Computed matrices held as a center of stored numbers and a bound of what the center lacks.
//!
//! The entries of a product are enclosed one by one, compensated; their midpoints are stored, and the distances to the
//! farther ends are summed to a bound of the Frobenius norm of the rest. A norm of the exact matrix differs from that
//! of the center by at most this bound (Weyl).

use nalgebra::{DMatrixViewMut, Dim, Matrix, RawStorage};
use widthwise_linalg::{DotAccumulator, KernelError, Scaling};
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

/// The smaller of `AᵀA` and `AAᵀ`, minus the identity if `minus_one`, times `2^(−exponent)`; returns the bound of what
/// the square `center` lacks, and the exponent, which is zero unless entries reach 2.
pub(crate) fn smaller_gram<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
    minus_one: bool,
    center: &mut DMatrixViewMut<'_, T>,
) -> Result<(T, i32), KernelError> {
    let scaling = Scaling::of(a)?;
    let wide = a.nrows() < a.ncols();
    let one = ScaledEnclosure::one();
    // Both terms of the difference at the scale of the larger one.
    let exponent = (2 * scaling.exponent()).max(0);
    let error = fill_center(center, |i, j| {
        let sum = if wide {
            scaled_dot(a.row(i).iter().zip(a.row(j).iter()), &scaling)
        } else {
            scaled_dot(a.column(i).iter().zip(a.column(j).iter()), &scaling)
        };
        let entry = ScaledEnclosure::new(sum.enclosure(), 2 * scaling.exponent());
        let entry = if minus_one && i == j { entry - one } else { entry };
        entry.scale_exp2(-exponent).to_enclosure()
    });
    Ok((error, exponent))
}

/// `Σ xy` of pairs that `scaling` scales.
pub(crate) fn scaled_dot<'a, T: Scalar>(
    pairs: impl Iterator<Item = (&'a T, &'a T)>,
    scaling: &Scaling<T>,
) -> DotAccumulator<T> {
    let mut sum = DotAccumulator::new();
    if !scaling.is_exact() {
        sum.assume_scaled_inexactly();
    }
    for (&x, &y) in pairs {
        sum.add_product(scaling.apply(x), scaling.apply(y));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// What the formula says, operation by operation: the next step hides what one leaves out.
    #[test]
    fn what_the_center_lacks_steps_outward_at_every_operation() {
        for seed in 0..200 {
            let number = |i: usize| f32::from_count((i * 7919 + seed * 409) % 1009) / 505.0 - 1.0;
            // Ends far apart, so that their distances from the midpoint are rounded; a point among them.
            let entries: Vec<Enclosure<f32>> = (0..6)
                .map(|i| {
                    let (a, b) = (number(i), number(i + 10).scale_exp2(-3 * (i as i32 % 3)));
                    if i == 4 {
                        Enclosure::from_bounds(a, a)
                    } else {
                        Enclosure::from_bounds(a.lesser(b), a.greater(b))
                    }
                })
                .collect();
            let mut storage = [0.0; 6];
            let mut center = DMatrixViewMut::from_slice(&mut storage, 2, 3);
            let rest = fill_center(&mut center, |i, j| entries[i + 2 * j]);

            let mut squares = 0.0_f32;
            for (entry, &midpoint) in entries.iter().zip(&storage) {
                assert_eq!(midpoint, entry.midpoint());
                if !entry.is_point() {
                    let above = (entry.hi() - midpoint).next_up();
                    let error = above.greater((midpoint - entry.lo()).next_up());
                    squares = (squares + (error * error).next_up()).next_up();
                }
            }
            assert_eq!(rest, squares.square_root().next_up());
        }
        let mut storage = [f64::NAN; 1];
        let mut center = DMatrixViewMut::from_slice(&mut storage, 1, 1);
        assert_eq!(fill_center(&mut center, |_, _| Enclosure::from_bounds(0.1, 0.1)), 0.0);
        assert_eq!(storage, [0.1]);
    }
}
