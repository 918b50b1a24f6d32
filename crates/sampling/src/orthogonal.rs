// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random orthogonal factors, applied in place.
//!
//! A product `H_1 ⋯ H_m` of Householder reflections, the i-th of which acts on the coordinates from `i` on and maps a
//! Gaussian vector to a multiple of the first of them, times a diagonal matrix of random signs, is Haar-distributed
//! (G. W. Stewart, *The efficient generation of random orthogonal matrices*, 1980). The matrix it is applied to is
//! diagonal at first, so reflections past its last entry change nothing and are left out, and the signs belong to
//! the diagonal.
//!
//! The vector of a reflection is `x + sgn(x_1)‖x‖e_1` for a Gaussian `x`. With `x` itself the product would still be
//! orthogonal, but not uniformly distributed.

use nalgebra::{DVectorView, Dim, Matrix, RawStorageMut};
use widthwise_linalg::{KernelError, reflect_columns, reflect_rows};
use widthwise_rounding::Scalar;

use crate::Stream;

/// Replaces a diagonal matrix `D` by `Q D` with a random orthogonal `Q`; `v` holds as many numbers as `D` has rows.
pub(crate) fn rotate_from_left<T, R, C, S>(
    stream: &mut Stream,
    a: &mut Matrix<T, R, C, S>,
    v: &mut [T],
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    for first in (0..reflections(a.nrows(), a.ncols())).rev() {
        let v = draw_reflection(stream, v, first);
        // Columns before `first` are still zero in the rows that the reflection moves.
        reflect_columns(&v, &mut a.view_range_mut(first.., first..))?;
    }
    Ok(())
}

/// Replaces `A`, a diagonal matrix times anything from the left, by `A P` with a random orthogonal `P`.
///
/// `v` holds as many numbers as `A` has columns.
pub(crate) fn rotate_from_right<T, R, C, S>(
    stream: &mut Stream,
    a: &mut Matrix<T, R, C, S>,
    v: &mut [T],
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    for first in (0..reflections(a.ncols(), a.nrows())).rev() {
        let v = draw_reflection(stream, v, first);
        reflect_rows(&v, &mut a.columns_range_mut(first..))?;
    }
    Ok(())
}

/// How many reflections of `length` coordinates change a diagonal matrix with `other` entries in the other direction.
fn reflections(length: usize, other: usize) -> usize {
    // A reflection of the last coordinate alone is a sign.
    other.min(length.saturating_sub(1))
}

/// Draws the vector of the reflection of the coordinates from `first` on.
fn draw_reflection<'v, T: Scalar>(stream: &mut Stream, v: &'v mut [T], first: usize) -> DVectorView<'v, T> {
    let v = v.get_mut(first..).unwrap_or_default();
    let mut square = T::zero();
    for v in v.iter_mut() {
        *v = T::from_f64(stream.normal());
        square += *v * *v;
    }
    let length = square.square_root();
    if let Some(head) = v.first_mut() {
        *head += if *head < T::zero() { -length } else { length };
    }
    DVectorView::from_slice(v, v.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    /// The orthogonal factor itself.
    fn orthogonal<T: Scalar>(index: u64, n: usize) -> Result<DMatrix<T>, KernelError> {
        let mut stream = Stream::new(5, "orthogonal", index);
        let mut q = DMatrix::from_fn(n, n, |i, j| if i == j { stream.sign() } else { T::zero() });
        rotate_from_left(&mut stream, &mut q, &mut std::vec![T::zero(); n])?;
        Ok(q)
    }

    #[test]
    fn entries_have_the_moments_of_the_uniform_distribution() {
        // q_ij² has mean 1/n, and q_ij⁴ mean 3/(n(n+2)); the reflection with a plain Gaussian vector gives other means on
        // the first column. 4000 draws, six standard deviations.
        const DRAWS: u32 = 4000;
        let n = 3;
        let mut sums = DMatrix::<f64>::zeros(n, n);
        let mut first = DMatrix::<f64>::zeros(n, n);
        for index in 0..DRAWS {
            let q = orthogonal::<f64>(u64::from(index), n).unwrap();
            first += &q;
            sums += q.component_mul(&q);
        }
        let draws = f64::from(DRAWS);
        let deviation = (3.0 / 15.0 - 1.0 / 9.0_f64).square_root() / draws.square_root();
        for (sum, square) in first.iter().zip(sums.iter()) {
            assert!((square / draws - 1.0 / 3.0).abs() < 6.0 * deviation, "{sums}");
            assert!(
                (sum / draws).abs() < 6.0 * (1.0 / 3.0_f64).square_root() / draws.square_root(),
                "{first}"
            );
        }
    }

    #[test]
    fn factors_are_orthogonal_to_a_few_units_per_dimension() {
        fn check<T: Scalar + nalgebra::RealField>(n: usize) {
            let q = orthogonal::<T>(9, n).unwrap();
            let error = (q.tr_mul(&q) - DMatrix::identity(n, n)).amax();
            assert!(error.to_f64() <= 4.0 * n as f64 * T::UNIT_ROUNDOFF.to_f64(), "{n} {error}");
        }
        for n in [1, 2, 3, 5, 17, 96] {
            check::<f32>(n);
            check::<f64>(n);
        }
    }
}
