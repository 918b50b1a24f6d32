// SPDX-License-Identifier: MIT OR Apache-2.0

//! One-sided Jacobi rotations: orthogonal columns, and with them the singular values.
//!
//! Pairs of columns are rotated until all are orthogonal (Hestenes, J. SIAM 6, 1958): `A V = B` with `V` orthogonal and
//! the columns of `B` orthogonal, so their norms are the singular values of `A`. Small singular values are found as
//! accurately as large ones wherever the data determine them (Demmel and Veselić, SIAM J. Matrix Anal. 13, 1992).
//!
//! Order of operations. A sweep visits the pairs `p < q` with `p` outermost. For each, `α = Σ b_ip²`, `β = Σ b_iq²`,
//! `γ = Σ b_ip b_iq`, ascending. The pair is left alone if `|γ| ≤ (m + 8)u √α √β`. Otherwise `ζ = (β − α)/2γ`, `t =
//! sign(ζ)/(|ζ| + √(1 + ζ²))`, `c = 1/√(1 + t²)`, `s = c t`, and `(b_p, b_q) ← (c b_p − s b_q, s b_p + c b_q)`. A
//! pair whose first column is the shorter is exchanged, so the columns end in descending order.
//!
//! These are approximations without an enclosure: to bound a spectral norm use the `widthwise-spectral` crate.

use nalgebra::{Dim, Dyn, Matrix, MatrixViewMut, RawStorage, RawStorageMut, U0, Vector};
use widthwise_rounding::Scalar;

use crate::{KernelError, Scaling};

/// Rotates the columns of `a` until they are orthogonal, and the columns of `v` along with them.
///
/// Started from the identity, `v` becomes the orthogonal `V` of `A V = B`. On success any two columns of the `m × n`
/// result are orthogonal to `|b_pᵀb_q| ≤ (m + 8)u‖b_p‖‖b_q‖`, as computed, and their norms descend; a column below 2⁻⁴⁸⁰ (binary64;
/// 2⁻⁵⁰ in binary32) of the largest entry of `a` counts as zero. Returns the number of sweeps, the last of which
/// found nothing to do.
///
/// The rotations work on a scaled copy in place. Scaling back rounds to the format: below the normal range orthogonality holds up
/// to `ω/2` an entry, and an entry beyond the largest number becomes infinite.
///
/// About `7mn²` operations a sweep; well-conditioned matrices take 5 to 10 sweeps, hardly any takes more than 20.
///
/// # Errors
///
/// Fails if `v` has not as many columns as `a` or an entry of `a` is not finite; then nothing has changed. Fails if
/// `max_sweeps` sweeps were not enough ([`KernelError::is_not_converged`]); then `a` and `v` are the best so far.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix2, matrix};
/// let a = matrix![1.0_f64, 2.0; 3.0, 4.0];
/// let (mut b, mut v) = (a, Matrix2::identity());
/// widthwise_linalg::orthogonalize_columns(&mut b, &mut v, 30)?;
/// assert!(b.column(0).dot(&b.column(1)).abs() < 1e-14);
/// assert!((a * v - b).abs().max() < 1e-14);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn orthogonalize_columns<T, R, C, D, E, S1, S2>(
    a: &mut Matrix<T, R, C, S1>,
    v: &mut Matrix<T, D, E, S2>,
    max_sweeps: usize,
) -> Result<usize, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorageMut<T, R, C>,
    S2: RawStorageMut<T, D, E>,
{
    KernelError::require("columns of the rotations", a.ncols(), v.ncols())?;
    let scaling = Scaling::of(a)?;
    scale_entries(a, |x| scaling.apply(x));
    let outcome = sweep_until_orthogonal(a, v, max_sweeps);
    scale_entries(a, |x| x.scale_exp2(scaling.exponent()));
    outcome
}

/// The singular values of `a`, descending, into `out`; `a` is overwritten by the rotated columns.
///
/// Each is accurate to a few `(m + n)u` of the largest, and to `ω`. A singular value beyond the range of the format becomes
/// infinite. If `a` is wide, passing its transpose is faster. About `5mn²` operations a sweep.
///
/// Returns the number of sweeps.
///
/// # Errors
///
/// Fails if `out` has not `min(m, n)` entries or an entry of `a` is not finite.
/// Fails if `max_sweeps` sweeps were not enough ([`KernelError::is_not_converged`]); then `out` holds the norms so far.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix3x5, Vector3};
/// let mut values = Vector3::zeros();
/// widthwise_linalg::singular_values(&mut Matrix3x5::from_element(1.0_f64), &mut values, 30)?;
/// assert!((values[0] - 15.0_f64.sqrt()).abs() < 1e-14);
/// assert!(values[1] < 1e-14 && values[2] < 1e-14);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn singular_values<T, R, C, D, S1, S2>(
    a: &mut Matrix<T, R, C, S1>,
    out: &mut Vector<T, D, S2>,
    max_sweeps: usize,
) -> Result<usize, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    S1: RawStorageMut<T, R, C>,
    S2: RawStorageMut<T, D>,
{
    KernelError::require("singular values", a.nrows().min(a.ncols()), out.nrows())?;
    let scaling = Scaling::of(a)?;
    scale_entries(a, |x| scaling.apply(x));
    let mut no_rotations = MatrixViewMut::from_slice_generic(&mut [], U0, Dyn(a.ncols()));
    let outcome = sweep_until_orthogonal(a, &mut no_rotations, max_sweeps);
    for (value, column) in out.iter_mut().zip(a.column_iter()) {
        *value = square(&column).square_root().scale_exp2(scaling.exponent());
    }
    scale_entries(a, |x| x.scale_exp2(scaling.exponent()));
    outcome
}

fn sweep_until_orthogonal<T, R, C, D, E, S1, S2>(
    a: &mut Matrix<T, R, C, S1>,
    v: &mut Matrix<T, D, E, S2>,
    max_sweeps: usize,
) -> Result<usize, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorageMut<T, R, C>,
    S2: RawStorageMut<T, D, E>,
{
    let columns = a.ncols();
    // A computed γ of orthogonal columns may be γ_m √α √β; 8u more for the roundings of the rotation.
    let tolerance = T::from_count(a.nrows() + 8) * T::UNIT_ROUNDOFF;
    for sweep in 1..=max_sweeps {
        let mut changed = false;
        for p in 0..columns {
            for q in p + 1..columns {
                let (left, right) = a.columns_range_pair(p, q);
                let (alpha, beta) = (square(&left), square(&right));
                // Squares below the allowance have lost digits to underflow.
                if alpha < T::UNDERFLOW_ALLOWANCE && beta < T::UNDERFLOW_ALLOWANCE {
                    continue;
                }
                let mut gamma = T::zero();
                for (&x, &y) in left.iter().zip(right.iter()) {
                    gamma += x * y;
                }
                let small = alpha.lesser(beta) < T::UNDERFLOW_ALLOWANCE;
                if !small && gamma.magnitude() > tolerance * alpha.square_root() * beta.square_root() {
                    let rotation = Rotation::that_annihilates(alpha, beta, gamma);
                    rotation.apply(a, p, q);
                    rotation.apply(v, p, q);
                    changed = true;
                    let (left, right) = a.columns_range_pair(p, q);
                    if square(&left) < square(&right) {
                        a.swap_columns(p, q);
                        v.swap_columns(p, q);
                    }
                } else if alpha < beta {
                    a.swap_columns(p, q);
                    v.swap_columns(p, q);
                    changed = true;
                }
            }
        }
        if !changed {
            return Ok(sweep);
        }
    }
    Err(KernelError::not_converged(max_sweeps))
}

/// A plane rotation by cosine `c` and sine `s`.
struct Rotation<T> {
    cosine: T,
    sine: T,
}

impl<T: Scalar> Rotation<T> {
    /// The rotation by at most 45° that makes columns of squares `alpha`, `beta` and product `gamma ≠ 0` orthogonal.
    fn that_annihilates(alpha: T, beta: T, gamma: T) -> Self {
        let one = T::one();
        let difference = beta - alpha;
        let zeta = difference / (gamma + gamma);
        let magnitude = zeta.magnitude();
        let tangent = if magnitude < T::power_of_two(T::DIGITS) {
            let tangent = one / (magnitude + (one + magnitude * magnitude).square_root());
            if zeta < T::zero() { -tangent } else { tangent }
        } else {
            // √(1 + ζ²) = |ζ| to working accuracy; its square might overflow.
            gamma / difference
        };
        let cosine = one / (one + tangent * tangent).square_root();
        Self { cosine, sine: cosine * tangent }
    }

    fn apply<R: Dim, C: Dim, S: RawStorageMut<T, R, C>>(
        &self,
        a: &mut Matrix<T, R, C, S>,
        p: usize,
        q: usize,
    ) {
        let (mut left, mut right) = a.columns_range_pair_mut(p, q);
        for (x, y) in left.iter_mut().zip(right.iter_mut()) {
            let (old_x, old_y) = (*x, *y);
            *x = self.cosine * old_x - self.sine * old_y;
            *y = self.sine * old_x + self.cosine * old_y;
        }
    }
}

fn square<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(column: &Matrix<T, R, C, S>) -> T {
    let mut sum = T::zero();
    for &x in column.iter() {
        sum += x * x;
    }
    sum
}

fn scale_entries<T: Scalar, R: Dim, C: Dim, S: RawStorageMut<T, R, C>>(
    a: &mut Matrix<T, R, C, S>,
    scale: impl Fn(T) -> T,
) {
    for entry in a.iter_mut() {
        *entry = scale(*entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};
    use proptest::prelude::*;

    fn values<T: Scalar>(a: &DMatrix<T>) -> DVector<T> {
        let mut out = DVector::from_element(a.nrows().min(a.ncols()), T::zero());
        let sweeps = singular_values(&mut a.clone(), &mut out, 40).unwrap();
        assert!(sweeps <= 40);
        out
    }

    #[test]
    fn values_of_a_diagonal_matrix_are_its_sorted_magnitudes() {
        let a = DMatrix::from_diagonal(&DVector::from_vec(std::vec![2.0, -7.0, 0.0, 1e-30, 3.0]));
        assert_eq!(values(&a).as_slice(), [7.0, 3.0, 2.0, 1e-30, 0.0]);
    }

    #[test]
    fn scaling_back_rounds_at_the_ends_of_the_range() {
        // Columns of subnormal numbers are orthogonal as far as multiples of ω can be.
        let unit = f64::MIN_SUBNORMAL;
        let mut a =
            DMatrix::from_row_slice(3, 3, &[-19.0, -4.0, -6.0, -18.0, 1.0, 0.0, 0.0, -5.0, -4.0]) * unit;
        let mut v = DMatrix::identity(3, 3);
        assert!(orthogonalize_columns(&mut a, &mut v, 40).is_ok());
        let whole = a.map(|x| x / unit);
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            let (b_p, b_q) = (whole.column(p), whole.column(q));
            // Each entry is off by half a unit at most.
            let error = 0.5 * (b_p.iter().chain(b_q.iter()).map(|x| x.abs()).sum::<f64>() + 1.5);
            assert!(b_p.dot(&b_q).abs() <= error, "{b_p} {b_q}");
        }
        // A column longer than the largest number has an entry that is none.
        let mut a = DMatrix::from_row_slice(2, 2, &[f64::MAX, f64::MAX, f64::MAX, -f64::MAX / 2.0]);
        assert!(orthogonalize_columns(&mut a, &mut DMatrix::identity(2, 2), 40).is_ok());
        assert!(a.iter().any(|x| x.is_infinite()) && a.iter().all(|x| !x.is_nan()));
    }

    #[test]
    fn all_ones_of_every_shape_have_one_value() {
        for (m, n) in [(3, 5), (5, 3), (1, 7), (7, 1), (2, 2), (4, 50)] {
            let values = values(&DMatrix::from_element(m, n, 1.0));
            assert!((values[0] - ((m * n) as f64).square_root()).abs() < 1e-14 * (m * n) as f64, "{m} {n}");
            assert!(values.iter().skip(1).all(|&x| x < 1e-14), "{m} {n}");
        }
    }

    #[test]
    fn rank_two_matrices_have_two_values() {
        for seed in 0..200_usize {
            let entry = |i: usize| ((i * 7919 + seed * 104_729) % 1009) as f64 / 504.5 - 1.0;
            let (u, v) = (
                DMatrix::from_fn(12, 2, |i, j| entry(i + 12 * j)),
                DMatrix::from_fn(2, 8, |i, j| entry(40 + i + 2 * j)),
            );
            let a = u * v;
            let values = values(&a);
            let squares: f64 = values.iter().map(|x| x * x).sum();
            assert!((squares / a.norm_squared() - 1.0).abs() < 1e-14, "{seed}");
            assert!(values.iter().skip(2).all(|&x| x < 1e-14), "{seed}");
        }
    }

    #[test]
    fn extreme_scales_scale_the_values() {
        for n in [2, 3, 6] {
            let a = DMatrix::from_fn(n, n, |i, j| ((3 * i + 5 * j) % 7) as f64 - 2.5);
            let expected = values(&a);
            for k in [664, -664, 1015, -1015] {
                let scaled = values(&a.map(|x: f64| x.scale_exp2(k)));
                assert_eq!(scaled.map(|x| x.scale_exp2(-k)), expected);
            }
            // Subnormal entries are integers times ω.
            let tiny = values(&a.map(|x: f64| (x + x).scale_exp2(-1074)));
            for (tiny, expected) in tiny.iter().zip(expected.iter()) {
                assert!(
                    (tiny.scale_exp2(1000).scale_exp2(73) - expected).abs() <= 0.26,
                    "{tiny:e} {expected}"
                );
            }
        }
    }

    #[test]
    fn hitting_the_limit_is_an_error_and_leaves_progress() {
        let mut a = DMatrix::from_fn(5, 5, |i, j| 1.0 / (i + j + 1) as f64);
        let (before, mut out) = (a.norm(), DVector::zeros(5));
        let error = singular_values(&mut a, &mut out, 1).unwrap_err();
        assert!(error.is_not_converged());
        assert!((out.norm() - before).abs() < 1e-14);
        assert!(singular_values(&mut a, &mut out, 0).is_err());
    }

    #[test]
    fn bad_input_is_refused() {
        let mut out = DVector::zeros(2);
        assert!(singular_values(&mut DMatrix::<f64>::zeros(2, 3), &mut DVector::zeros(3), 9).is_err());
        let mut nan = DMatrix::from_element(2, 2, f64::NAN);
        assert!(singular_values(&mut nan, &mut out, 9).unwrap_err().is_nan());
        assert_eq!(singular_values(&mut DMatrix::<f64>::zeros(0, 3), &mut DVector::zeros(0), 9), Ok(1));
        assert!(orthogonalize_columns(&mut nan, &mut DMatrix::zeros(3, 3), 9).is_err());
    }

    proptest! {
        #[test]
        fn rotations_are_orthogonal_and_reproduce_the_columns(
            m in 1..9_usize, n in 1..9_usize, seed in prop::collection::vec(-1.0_f64..1.0, 64),
            rank in 1..9_usize, grade in 0..40_usize,
        ) {
            // Columns beyond the rank repeat earlier ones; later ones are graded.
            let a = DMatrix::from_fn(m, n, |i, j| seed[i + 8 * (j % rank)].scale_exp2(-i32::try_from(grade * j).unwrap()));
            let (mut b, mut v) = (a.clone(), DMatrix::identity(n, n));
            let sweeps = orthogonalize_columns(&mut b, &mut v, 40).unwrap();
            prop_assert!(sweeps <= 40);
            prop_assert!((&v.transpose() * &v - DMatrix::identity(n, n)).norm() <= 1e-13);
            prop_assert!((a * v - &b).norm() <= 1e-13);
            for p in 0..n {
                for q in p + 1..n {
                    let (x, y) = (b.column(p), b.column(q));
                    prop_assert!(x.dot(&y).abs() <= 32.0 * f64::UNIT_ROUNDOFF * x.norm() * y.norm() + 1e-140);
                    prop_assert!(x.norm() >= y.norm() * (1.0 - 1e-14) || y.norm() < 1e-140);
                }
            }
        }

        #[test]
        fn single_precision_agrees_with_double(entries in prop::collection::vec(-1.0_f32..1.0, 24)) {
            let a = DMatrix::from_column_slice(6, 4, &entries);
            let (single, double) = (values(&a), values(&a.map(f64::from)));
            for (s, d) in single.iter().zip(double.iter()) {
                prop_assert!((f64::from(*s) - d).abs() <= 20.0 * f64::from(f32::UNIT_ROUNDOFF) * double[0]);
            }
        }
    }
}
