// SPDX-License-Identifier: MIT OR Apache-2.0

//! Drawing a vector from a family, beside the matrix that it will be multiplied by.
//!
//! The singular vector comes from power iteration on `AᵀA` (each step costs `4mn` operations), scaled so that nothing
//! overflows and nothing that matters underflows. It is good enough to make `‖A x‖ = ‖A‖‖x‖` hold to a few digits before
//! the last, which is what an inequality has to be tried on; where the singular values crowd together it is some vector
//! with nearly that property. Nothing here is an enclosure.

use nalgebra::{Dim, Matrix, RawStorage, RawStorageMut};
use widthwise_linalg::{KernelError, Scaling};
use widthwise_rounding::Scalar;

use crate::{Stream, VectorFamily, workspace_len};

/// Steps after which power iteration ends, converged or not.
const MOST_STEPS: usize = 64;

/// Draws a vector of a family into `x`, whose entries are filled in column-major order whatever its orientation.
///
/// `matrix` is the one that [`VectorFamily::TopSingular`] and [`VectorFamily::OrthogonalToTopSingular`] refer to. The former is
/// scaled so that its largest entry has magnitude one. Without a matrix, and for a zero matrix, it is the first
/// coordinate vector. The latter is exactly orthogonal to it (each pair of coordinates is swapped and one sign
/// changed), and zero only in one dimension.
///
/// # Errors
///
/// Fails, before any draw, if `x` has not as many entries as the matrix has columns, if `work` is shorter than
/// [`workspace_len`] of the matrix (or of `x` as a row, without a matrix), or if an entry of the matrix is not finite.
///
/// # Examples
///
/// ```
/// use nalgebra::{Vector2, matrix};
/// use widthwise_sampling::{Stream, VectorFamily, fill_vector};
///
/// let a = matrix![2.0, 0.0; 0.0, 1.0_f64];
/// let mut x = Vector2::zeros();
/// let mut stream = Stream::new(1, "example", 0);
/// fill_vector(&mut stream, VectorFamily::TopSingular, Some(&a), &mut x, &mut [0.0; 4])?;
/// assert!((x[0].abs() - 1.0).abs() < 1e-15 && x[1].abs() < 1e-15);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn fill_vector<T, R, C, D, E, S1, S2>(
    stream: &mut Stream,
    family: VectorFamily,
    matrix: Option<&Matrix<T, R, C, S1>>,
    x: &mut Matrix<T, D, E, S2>,
    work: &mut [T],
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorageMut<T, D, E>,
{
    let (rows, columns) = matrix.map_or((1, x.len()), |a| a.shape());
    if x.len() != columns {
        return Err(KernelError::shape("vector", columns, x.len()));
    }
    let needed = workspace_len(rows, columns);
    let found = work.len();
    let Some((v, w)) = work.get_mut(..needed).and_then(|work| work.split_at_mut_checked(columns)) else {
        return Err(KernelError::shape("workspace", needed, found));
    };
    match family {
        VectorFamily::Zero => fill(x, |_| T::zero()),
        VectorFamily::Coordinate => {
            let place = stream.position(columns);
            fill(x, |position| if position == place { T::one() } else { T::zero() });
        }
        VectorFamily::Graded => fill(x, |_| T::from_f64(stream.normal() * stream.power_of_ten(-8.0, 8.0))),
        VectorFamily::Ones => fill(x, |_| T::one()),
        VectorFamily::Gaussian => fill(x, |_| T::from_f64(stream.normal())),
        VectorFamily::TopSingular => {
            top_singular(stream, matrix, v, w)?;
            for (x, &v) in x.iter_mut().zip(v.iter()) {
                *x = v;
            }
        }
        VectorFamily::OrthogonalToTopSingular => {
            top_singular(stream, matrix, v, w)?;
            orthogonal_vector(stream, v, x);
        }
    }
    Ok(())
}

/// Fills every entry, given its position.
fn fill<T, D: Dim, E: Dim, S: RawStorageMut<T, D, E>>(
    x: &mut Matrix<T, D, E, S>,
    mut entry: impl FnMut(usize) -> T,
) {
    for (position, target) in x.iter_mut().enumerate() {
        *target = entry(position);
    }
}

/// Power iteration into `v` from a Gaussian vector, with `A v` in `w`.
fn top_singular<T, R, C, S>(
    stream: &mut Stream,
    matrix: Option<&Matrix<T, R, C, S>>,
    v: &mut [T],
    w: &mut [T],
) -> Result<(), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let scaling = matrix.map(Scaling::of).transpose()?;
    for v in v.iter_mut() {
        *v = T::from_f64(stream.normal());
    }
    if let (Some(a), Some(scaling)) = (matrix, scaling)
        && power_iteration(a, &scaling, v, w)
    {
        return Ok(());
    }
    for (position, v) in v.iter_mut().enumerate() {
        *v = if position == 0 { T::one() } else { T::zero() };
    }
    Ok(())
}

/// Replaces `v` by a multiple of `(AᵀA)^k v` with largest entry ±1; false if that is zero.
///
/// Stops when a step changes no entry of `v` by more than a few units, or after a fixed number of steps.
fn power_iteration<T, R, C, S>(a: &Matrix<T, R, C, S>, scaling: &Scaling<T>, v: &mut [T], w: &mut [T]) -> bool
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let tolerance = T::UNIT_ROUNDOFF * T::from_count(4);
    // The last factor by which a step multiplied the largest entry; it converges to σ².
    let mut growth = T::zero();
    for _ in 0..MOST_STEPS {
        for w in w.iter_mut() {
            *w = T::zero();
        }
        for (column, &v) in a.column_iter().zip(v.iter()) {
            for (w, &entry) in w.iter_mut().zip(column.iter()) {
                *w += scaling.apply(entry) * v;
            }
        }
        let (mut most, mut change) = (T::zero(), T::zero());
        for (column, v) in a.column_iter().zip(v.iter_mut()) {
            let mut dot = T::zero();
            for (&w, &entry) in w.iter().zip(column.iter()) {
                dot += scaling.apply(entry) * w;
            }
            change = change.greater((dot - growth * *v).magnitude());
            most = most.greater(dot.magnitude());
            *v = dot;
        }
        if most == T::zero() {
            return false;
        }
        for v in v.iter_mut() {
            *v /= most;
        }
        if change <= tolerance * most {
            break;
        }
        growth = most;
    }
    true
}

/// Fills `x` with a vector exactly orthogonal to `v ≠ 0`: `(±v_2, ∓v_1, ±v_4, ∓v_3, …)`, each pair with its own sign.
fn orthogonal_vector<T, D, E, S>(stream: &mut Stream, v: &[T], x: &mut Matrix<T, D, E, S>)
where
    T: Scalar,
    D: Dim,
    E: Dim,
    S: RawStorageMut<T, D, E>,
{
    fill(x, |_| T::zero());
    let mut nonzero = false;
    let mut target = x.iter_mut();
    for pair in v.chunks_exact(2) {
        let sign = stream.sign::<T>();
        if let (&[first, second], Some(x), Some(y)) = (pair, target.next(), target.next()) {
            *x = sign * second;
            *y = -(sign * first);
            nonzero |= first != T::zero() || second != T::zero();
        }
    }
    // Only the last of an odd number of coordinates is left: any other coordinate vector will do.
    if !nonzero
        && v.len() > 1
        && let Some(x) = x.iter_mut().next()
    {
        *x = T::one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Magnitude, MatrixFamily, fill_matrix};
    use nalgebra::{DMatrix, DVector};
    use std::vec;

    fn matrix<T: Scalar>(family: MatrixFamily, rows: usize, columns: usize, index: u64) -> DMatrix<T> {
        let mut a = DMatrix::zeros(rows, columns);
        let stream = &mut Stream::new(13, "vector.matrix", index);
        fill_matrix(stream, family, &mut a, &mut vec![T::zero(); rows + columns]).unwrap();
        a
    }

    fn sample<T: Scalar>(family: VectorFamily, a: &DMatrix<T>, index: u64) -> DVector<T> {
        let mut x = DVector::from_element(a.ncols(), T::NAN);
        let stream = &mut Stream::new(13, "vector", index);
        fill_vector(stream, family, Some(a), &mut x, &mut vec![T::NAN; a.nrows() + a.ncols()]).unwrap();
        x
    }

    #[test]
    fn every_entry_of_every_family_is_finite_beside_every_matrix() {
        fn check<T: Scalar>() {
            for family in VectorFamily::ALL {
                for beside in MatrixFamily::ALL {
                    for (rows, columns) in [(1, 1), (1, 7), (7, 1), (3, 2), (5, 5), (0, 3), (3, 0)] {
                        for magnitude in Magnitude::ALL {
                            let mut a = matrix::<T>(beside, rows, columns, 1);
                            magnitude.apply(&mut a);
                            let mut x = sample(family, &a, 1);
                            assert!(x.iter().all(|x| x.is_finite()), "{} {}", family.name(), beside.name());
                            magnitude.apply(&mut x);
                            assert!(x.iter().all(|x| x.is_finite()));
                        }
                    }
                }
            }
        }
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn top_singular_vectors_are_stretched_by_the_spectral_norm() {
        fn check<T: Scalar>(family: MatrixFamily, slack: f64) {
            for (index, (rows, columns)) in
                (0..).zip([(1, 1), (1, 7), (7, 1), (2, 3), (5, 5), (17, 4), (4, 17)])
            {
                let mut a = matrix::<T>(family, rows, columns, index);
                for exponent in [0, T::MIN_EXPONENT / 2, T::MAX_EXPONENT / 2] {
                    for entry in a.iter_mut() {
                        *entry = entry.scale_exp2(exponent);
                    }
                    let v = sample(VectorFamily::TopSingular, &a, index).map(|x| x.to_f64());
                    for entry in a.iter_mut() {
                        *entry = entry.scale_exp2(-exponent);
                    }
                    let b = a.map(|x| x.to_f64());
                    let stretch = (&b * &v).norm() / v.norm();
                    let spectral_norm = b.singular_values().amax();
                    assert!(
                        stretch >= (1.0 - slack) * spectral_norm,
                        "{} {stretch} {spectral_norm}",
                        family.name()
                    );
                    assert_eq!(v.amax(), 1.0);
                }
            }
        }
        for family in [MatrixFamily::OuterProduct, MatrixFamily::Ones, MatrixFamily::SemiOrthogonal] {
            check::<f64>(family, 1e-14);
            check::<f32>(family, 1e-5);
        }
        for family in [MatrixFamily::TwinSingularValues, MatrixFamily::Hilbert, MatrixFamily::SingleEntry] {
            check::<f64>(family, 2e-9);
            check::<f32>(family, 1e-5);
        }
        check::<f64>(MatrixFamily::Gaussian, 1e-3);
        check::<f32>(MatrixFamily::GradedRows, 1e-3);
    }

    #[test]
    fn power_iteration_serves_the_ends_of_the_range() {
        fn check<T: Scalar>() {
            for extreme in [T::MAX, T::MIN_SUBNORMAL] {
                let v = sample(VectorFamily::TopSingular, &DMatrix::from_element(3, 2, extreme), 0);
                assert!(v[0] == v[1] && v[0].magnitude() == T::one());
            }
        }
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn orthogonal_vectors_are_exactly_orthogonal_and_not_zero() {
        for columns in 1..8 {
            for index in 0..20 {
                let a = matrix::<f64>(MatrixFamily::ALL[index as usize % 13], 4, columns, index);
                let v = sample(VectorFamily::TopSingular, &a, index);
                let x = sample(VectorFamily::OrthogonalToTopSingular, &a, index);
                assert_eq!(widthwise_linalg::dot(&x, &v).unwrap(), 0.0);
                assert_eq!(x.amax() > 0.0, columns > 1, "{v} {x}");
            }
        }
    }

    #[test]
    fn orthogonal_to_the_last_of_an_odd_number_of_coordinates_is_the_first() {
        let a = nalgebra::dmatrix![0.0, 0.0, 5.0];
        assert_eq!(sample(VectorFamily::OrthogonalToTopSingular, &a, 0), nalgebra::dvector![1.0, 0.0, 0.0]);
    }

    #[test]
    fn without_a_direction_the_first_coordinate_is_chosen() {
        let first = nalgebra::dvector![1.0_f64, 0.0, 0.0];
        assert_eq!(sample(VectorFamily::TopSingular, &DMatrix::zeros(2, 3), 0), first);
        let mut x = DVector::zeros(3);
        let stream = &mut Stream::new(13, "vector", 0);
        fill_vector(stream, VectorFamily::TopSingular, None::<&DMatrix<f64>>, &mut x, &mut [0.0; 4]).unwrap();
        assert_eq!(x, first);
    }

    #[test]
    fn both_formats_take_the_same_words() {
        for family in VectorFamily::ALL {
            let (mut coarse, mut fine) = (Stream::new(13, "words", 0), Stream::new(13, "words", 0));
            let (mut x, mut y) = (DVector::<f32>::zeros(5), DVector::<f64>::zeros(5));
            let (a, b) = (
                matrix::<f32>(MatrixFamily::Hilbert, 3, 5, 0),
                matrix::<f64>(MatrixFamily::Hilbert, 3, 5, 0),
            );
            fill_vector(&mut coarse, family, Some(&a), &mut x, &mut [0.0; 8]).unwrap();
            fill_vector(&mut fine, family, Some(&b), &mut y, &mut [0.0; 8]).unwrap();
            assert_eq!(coarse.bits(), fine.bits());
            for (x, y) in x.iter().zip(y.iter()) {
                assert!(
                    (f64::from(*x) - y).magnitude() <= 1e-5 * y.magnitude().greater(0.1),
                    "{}",
                    family.name()
                );
            }
        }
    }

    #[test]
    fn entries_are_of_the_kind_that_the_family_names() {
        let a = matrix::<f64>(MatrixFamily::Gaussian, 2, 200, 0);
        assert!(sample(VectorFamily::Zero, &a, 0).iter().all(|&x| x == 0.0));
        assert!(sample(VectorFamily::Ones, &a, 0).iter().all(|&x| x == 1.0));
        let coordinate = sample(VectorFamily::Coordinate, &a, 0);
        assert_eq!((coordinate.sum(), coordinate.amax()), (1.0, 1.0));
        let graded = sample(VectorFamily::Graded, &a, 0);
        assert!(graded.amax() > 1e6 && graded.iter().any(|x| x.abs() < 1e-6));
        let gaussian = sample(VectorFamily::Gaussian, &a, 0);
        assert!((gaussian.norm_squared() / 200.0 - 1.0).abs() < 0.6);
    }

    #[test]
    fn misfits_and_numbers_that_are_not_finite_are_refused() {
        let stream = &mut Stream::new(13, "vector", 0);
        let a = DMatrix::<f64>::identity(2, 3);
        let x = &mut DVector::zeros(3);
        let family = VectorFamily::TopSingular;
        assert!(fill_vector(stream, family, Some(&a), &mut DVector::zeros(2), &mut [0.0; 5]).is_err());
        assert!(fill_vector(stream, family, Some(&a), x, &mut [0.0; 4]).is_err());
        assert!(
            fill_vector(stream, family, Some(&(&a * f64::NAN)), x, &mut [0.0; 5]).is_err_and(|e| e.is_nan())
        );
        assert_eq!(stream.bits(), Stream::new(13, "vector", 0).bits());
    }
}
