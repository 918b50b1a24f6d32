// SPDX-License-Identifier: MIT OR Apache-2.0

//! Drawing a matrix from a family.
//!
//! Entries are drawn column by column. What a family computes from its draws is computed in the format of the matrix;
//! the draws, and so the decisions, are the same in both formats.

use nalgebra::{Dim, Matrix, RawStorageMut};
use widthwise_linalg::KernelError;
use widthwise_rounding::Scalar;

use crate::orthogonal::{rotate_from_left, rotate_from_right};
use crate::{MatrixFamily, Stream};

/// Numbers of workspace that [`fill_matrix`] and [`fill_vector`](crate::fill_vector) need for an `m×n` matrix: `m + n`.
///
/// ```
/// assert_eq!(widthwise_sampling::workspace_len(3, 5), 8);
/// ```
#[must_use]
pub const fn workspace_len(rows: usize, columns: usize) -> usize {
    rows.saturating_add(columns)
}

/// Draws a matrix of a family into `a`.
///
/// An empty matrix takes no draws. At most `4mn·min(m, n)` operations and about `2.6 (m + n)·min(m, n)` words.
///
/// # Errors
///
/// Fails, before any draw, if `work` is shorter than [`workspace_len`]. Its contents do not matter.
///
/// # Examples
///
/// ```
/// use nalgebra::Matrix3x2;
/// use widthwise_sampling::{MatrixFamily, Stream, fill_matrix};
///
/// let mut q = Matrix3x2::zeros();
/// let mut stream = Stream::new(1, "example", 0);
/// fill_matrix(&mut stream, MatrixFamily::SemiOrthogonal, &mut q, &mut [0.0; 5])?;
/// assert!((q.tr_mul(&q) - nalgebra::Matrix2::<f64>::identity()).amax() < 1e-15);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn fill_matrix<T, R, C, S>(
    stream: &mut Stream,
    family: MatrixFamily,
    a: &mut Matrix<T, R, C, S>,
    work: &mut [T],
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    let (rows, columns) = a.shape();
    let needed = workspace_len(rows, columns);
    let found = work.len();
    let Some((left, right)) = work.get_mut(..needed).and_then(|work| work.split_at_mut_checked(rows)) else {
        return Err(KernelError::shape("workspace", needed, found));
    };
    match family {
        MatrixFamily::Zero => fill(a, T::zero),
        MatrixFamily::Gaussian => fill(a, || T::from_f64(stream.normal())),
        MatrixFamily::LowRank => sum_of_outer_products(stream, rows.min(columns).div_ceil(2), a, left, right),
        MatrixFamily::GradedSpectrum => {
            fill_diagonal(a, |_| stream.sign::<T>() * T::from_f64(stream.power_of_ten(-16.0, 0.0)));
            rotate_from_left(stream, a, left)?;
            rotate_from_right(stream, a, right)?;
        }
        MatrixFamily::GradedRows => {
            for scale in left.iter_mut() {
                *scale = T::from_f64(stream.power_of_ten(-8.0, 8.0));
            }
            for mut column in a.column_iter_mut() {
                for (entry, &scale) in column.iter_mut().zip(left.iter()) {
                    *entry = T::from_f64(stream.normal()) * scale;
                }
            }
        }
        MatrixFamily::Integers => fill(a, || T::from_f64(f64::from(stream.below(7)) - 3.0)),
        MatrixFamily::OuterProduct => sum_of_outer_products(stream, 1, a, left, right),
        MatrixFamily::Signs => fill(a, || stream.sign()),
        MatrixFamily::Ones => fill(a, T::one),
        MatrixFamily::SemiOrthogonal => {
            fill_diagonal(a, |_| stream.sign());
            // One side suffices: a Haar-distributed matrix times a fixed orthogonal one is Haar-distributed.
            if rows >= columns {
                rotate_from_left(stream, a, left)?;
            } else {
                rotate_from_right(stream, a, right)?;
            }
        }
        MatrixFamily::TwinSingularValues => {
            let gap =
                if T::DIGITS == <f64 as Scalar>::DIGITS { T::from_f64(1e-9) } else { T::power_of_two(-20) };
            fill_diagonal(a, |position| {
                let (sign, other) = (stream.sign::<T>(), stream.uniform_in(0.0, 0.5));
                sign * match position {
                    0 => T::one(),
                    1 => T::one() - gap,
                    _ => T::from_f64(other),
                }
            });
            rotate_from_left(stream, a, left)?;
            rotate_from_right(stream, a, right)?;
        }
        MatrixFamily::SingleEntry => {
            let place = stream.position(rows.saturating_mul(columns));
            let value = stream.sign::<T>() * T::from_f64(stream.uniform_in(1.0, 2.0));
            fill(a, T::zero);
            if let Some(entry) = a.iter_mut().nth(place) {
                *entry = value;
            }
        }
        MatrixFamily::Hilbert => {
            for (j, mut column) in a.column_iter_mut().enumerate() {
                for (i, entry) in column.iter_mut().enumerate() {
                    *entry = T::one() / T::from_count(i + j + 1);
                }
            }
        }
    }
    Ok(())
}

/// Fills every entry, column by column.
fn fill<T, R, C, S>(a: &mut Matrix<T, R, C, S>, mut entry: impl FnMut() -> T)
where
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    for target in a.iter_mut() {
        *target = entry();
    }
}

/// Fills the diagonal from its top, and zero elsewhere.
fn fill_diagonal<T, R, C, S>(a: &mut Matrix<T, R, C, S>, mut entry: impl FnMut(usize) -> T)
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    for (j, mut column) in a.column_iter_mut().enumerate() {
        for (i, target) in column.iter_mut().enumerate() {
            *target = if i == j { entry(i) } else { T::zero() };
        }
    }
}

/// `Σ u vᵀ` over `rank` pairs of Gaussian vectors, added in the order in which they are drawn.
fn sum_of_outer_products<T, R, C, S>(
    stream: &mut Stream,
    rank: usize,
    a: &mut Matrix<T, R, C, S>,
    u: &mut [T],
    v: &mut [T],
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    fill(a, T::zero);
    for _ in 0..rank {
        for factor in u.iter_mut().chain(v.iter_mut()) {
            *factor = T::from_f64(stream.normal());
        }
        for (mut column, &v) in a.column_iter_mut().zip(v.iter()) {
            for (entry, &u) in column.iter_mut().zip(u.iter()) {
                *entry += u * v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Magnitude;
    use nalgebra::{DMatrix, RealField};
    use std::vec;
    use std::vec::Vec;

    const SHAPES: [(usize, usize); 10] =
        [(1, 1), (1, 7), (7, 1), (2, 3), (3, 2), (5, 5), (17, 4), (4, 17), (33, 33), (8, 64)];

    fn stream(index: u64) -> Stream {
        Stream::new(11, "matrix", index)
    }

    fn sample<T: Scalar>(family: MatrixFamily, (rows, columns): (usize, usize), index: u64) -> DMatrix<T> {
        // Neither the old entries nor the workspace may shine through.
        let mut a = DMatrix::from_element(rows, columns, T::NAN);
        let mut work = vec![T::NAN; workspace_len(rows, columns)];
        fill_matrix(&mut stream(index), family, &mut a, &mut work).unwrap();
        a
    }

    /// Singular values in descending order, by the library.
    fn singular_values<T: Scalar + RealField>(a: &DMatrix<T>) -> Vec<f64> {
        let mut values: Vec<f64> = a.map(|x| x.to_f64()).singular_values().iter().copied().collect();
        values.sort_by(|x, y| y.total_cmp(x));
        values
    }

    /// The rounding errors of a product with two orthogonal factors, with a wide margin.
    fn tolerance<T: Scalar>((rows, columns): (usize, usize)) -> f64 {
        8.0 * (rows + columns) as f64 * T::UNIT_ROUNDOFF.to_f64()
    }

    #[test]
    fn every_entry_of_every_family_is_finite_in_every_magnitude() {
        fn check<T: Scalar>() {
            for family in MatrixFamily::ALL {
                for (index, shape) in SHAPES.into_iter().chain([(0, 0), (0, 3), (3, 0)]).enumerate() {
                    for magnitude in Magnitude::ALL {
                        let mut a = sample::<T>(family, shape, index as u64);
                        magnitude.apply(&mut a);
                        assert!(a.iter().all(|x| x.is_finite()), "{} {shape:?}", family.name());
                    }
                }
            }
        }
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn both_formats_are_drawn_with_the_same_decisions() {
        for family in MatrixFamily::ALL {
            for shape in SHAPES {
                let (coarse, fine) = (sample::<f32>(family, shape, 1), sample::<f64>(family, shape, 1));
                let largest = fine.iter().fold(0.0_f64, |most, x| most.greater(x.magnitude()));
                for (x, y) in coarse.iter().zip(fine.iter()) {
                    assert!((f64::from(*x) - y).magnitude() <= 1e-5 * largest, "{} {shape:?}", family.name());
                }
                let (mut coarse, mut fine) = (stream(2), stream(2));
                let (rows, columns) = shape;
                let len = workspace_len(rows, columns);
                fill_matrix(
                    &mut coarse,
                    family,
                    &mut DMatrix::<f32>::zeros(rows, columns),
                    &mut vec![0.0; len],
                )
                .unwrap();
                fill_matrix(
                    &mut fine,
                    family,
                    &mut DMatrix::<f64>::zeros(rows, columns),
                    &mut vec![0.0; len],
                )
                .unwrap();
                assert_eq!(coarse.bits(), fine.bits());
            }
        }
    }

    #[test]
    fn views_inside_a_larger_matrix_get_the_same_entries() {
        for family in MatrixFamily::ALL {
            let mut large = DMatrix::from_element(6, 6, 99.0);
            fill_matrix(&mut stream(3), family, &mut large.view_mut((1, 2), (4, 3)), &mut [0.0; 7]).unwrap();
            assert_eq!(large.view((1, 2), (4, 3)), sample::<f64>(family, (4, 3), 3));
            assert_eq!(large.iter().filter(|&&x| x == 99.0).count(), 24);
        }
    }

    #[test]
    fn short_workspace_is_refused_before_any_draw() {
        for family in MatrixFamily::ALL {
            let mut stream = stream(4);
            let mut a = DMatrix::from_element(3, 2, 7.0);
            let error = fill_matrix(&mut stream, family, &mut a, &mut [0.0; 4]).unwrap_err();
            assert_eq!(error, KernelError::shape("workspace", 5, 4));
            assert_eq!((a, stream.bits()), (DMatrix::from_element(3, 2, 7.0), self::stream(4).bits()));
        }
    }

    #[test]
    fn semi_orthogonal_matrices_have_orthonormal_columns_or_rows() {
        fn check<T: Scalar + RealField>() {
            for shape in SHAPES.into_iter().chain([(300, 1), (96, 96)]) {
                let q = sample::<T>(MatrixFamily::SemiOrthogonal, shape, 5).map(|x| x.to_f64());
                // A reflection on the wrong side would leave rows or columns of zeros.
                assert!(q.iter().all(|&x| x != 0.0), "{shape:?}");
                let gram = if shape.0 >= shape.1 { q.tr_mul(&q) } else { &q * q.transpose() };
                let error = (&gram - DMatrix::identity(gram.nrows(), gram.nrows())).amax();
                assert!(
                    error <= 2.0 * shape.0.max(shape.1) as f64 * T::UNIT_ROUNDOFF.to_f64(),
                    "{shape:?} {error}"
                );
            }
        }
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn twin_singular_values_are_apart_by_the_gap() {
        fn check<T: Scalar + RealField>(gap: f64) {
            for shape in SHAPES {
                let sigma = singular_values(&sample::<T>(MatrixFamily::TwinSingularValues, shape, 6));
                let error = tolerance::<T>(shape);
                assert!((sigma[0] - 1.0).magnitude() <= error, "{shape:?} {sigma:?}");
                assert!(
                    sigma.get(1).is_none_or(|second| (1.0 - gap - second).magnitude() <= error),
                    "{sigma:?}"
                );
                assert!(sigma.iter().skip(2).all(|&other| other <= 0.5 + error));
                // The gap is not lost in the rounding errors.
                assert!(sigma.len() < 2 || sigma[0] - sigma[1] > 0.5 * gap, "{shape:?} {sigma:?}");
            }
        }
        check::<f64>(1e-9);
        check::<f32>(f64::power_of_two(-20));
    }

    #[test]
    fn graded_spectra_span_sixteen_decades() {
        let sigma = singular_values(&sample::<f64>(MatrixFamily::GradedSpectrum, (33, 33), 7));
        assert!(sigma[0] <= 1.0 + tolerance::<f64>((33, 33)) && sigma[0] > 1e-3);
        let within = |lo: f64, hi: f64| sigma.iter().filter(|sigma| (lo..hi).contains(*sigma)).count();
        assert!(within(1e-4, 1.0) > 2 && within(1e-8, 1e-4) > 2 && within(1e-12, 1e-8) > 2, "{sigma:?}");
    }

    #[test]
    fn low_rank_matrices_have_half_the_rank_and_outer_products_rank_one() {
        fn check<T: Scalar + RealField>() {
            for shape in SHAPES {
                let half = shape.0.min(shape.1).div_ceil(2);
                for (family, rank) in [(MatrixFamily::LowRank, half), (MatrixFamily::OuterProduct, 1)] {
                    let sigma = singular_values(&sample::<T>(family, shape, 8));
                    let error = tolerance::<T>(shape) * sigma[0];
                    assert!(sigma[rank - 1] > 10.0 * error, "{shape:?} {sigma:?}");
                    assert!(sigma.get(rank).is_none_or(|&next| next <= error), "{shape:?} {sigma:?}");
                }
            }
        }
        check::<f64>();
        check::<f32>();
    }

    #[test]
    fn entries_are_of_the_kind_that_the_family_names() {
        let a = |family| sample::<f64>(family, (33, 33), 9);
        assert!(a(MatrixFamily::Zero).iter().all(|&x| x == 0.0));
        assert!(a(MatrixFamily::Ones).iter().all(|&x| x == 1.0));
        let signs = a(MatrixFamily::Signs);
        assert!(signs.iter().all(|&x| x == 1.0 || x == -1.0));
        assert!(signs.sum().abs() < 6.0 * 33.0);
        for k in -3..=3 {
            let hits = a(MatrixFamily::Integers).iter().filter(|&&x| x == f64::from(k)).count();
            assert!((90..=225).contains(&hits), "{k} {hits}");
        }
        assert!(a(MatrixFamily::Integers).iter().all(|x| x.abs() <= 3.0));
        let single = a(MatrixFamily::SingleEntry);
        let nonzero: Vec<f64> = single.iter().copied().filter(|&x| x != 0.0).collect();
        assert!(nonzero.len() == 1 && (1.0..=2.0).contains(&nonzero[0].abs()));
        let hilbert = a(MatrixFamily::Hilbert);
        assert_eq!((hilbert[(0, 0)], hilbert[(2, 1)], hilbert[(32, 32)]), (1.0, 0.25, 1.0 / 65.0));
        let gaussian = a(MatrixFamily::Gaussian);
        let count = 33.0 * 33.0;
        assert!((gaussian.norm_squared() / count - 1.0).abs() < 6.0 * (2.0 / count).square_root());
    }

    #[test]
    fn single_entries_visit_every_place() {
        let mut places = [false; 6];
        for index in 0..200 {
            let a = sample::<f64>(MatrixFamily::SingleEntry, (2, 3), index);
            places[a.iter().position(|&x| x != 0.0).unwrap()] = true;
        }
        assert_eq!(places, [true; 6]);
    }

    #[test]
    fn graded_rows_span_sixteen_decades() {
        let a = sample::<f64>(MatrixFamily::GradedRows, (64, 8), 10);
        let norms: Vec<f64> = a.row_iter().map(|row| row.norm()).collect();
        let within = |lo: f64, hi: f64| norms.iter().filter(|norm| (lo..hi).contains(*norm)).count();
        assert!(
            within(1e-8, 1e-4) > 4 && within(1e-4, 1.0) > 4 && within(1.0, 1e4) > 4 && within(1e4, 1e9) > 4
        );
    }
}
