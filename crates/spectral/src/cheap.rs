// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bounds of the spectral norm from norms that are sums of entries (theorem T7).
//!
//! They need no iteration, no workspace and no gap. `O(mn)`: `max(‖column‖, ‖row‖, ‖A‖_F/√min(m, n)) ≤ ‖A‖₂ ≤
//! min(‖A‖_F, √(‖A‖_1 ‖A‖_∞))`; and `O(mn·min(m, n))`: the Schatten 4-norm, `‖A‖_{S4}/min(m, n)^{1/4} ≤ ‖A‖₂ ≤
//! ‖A‖_{S4}`.

use nalgebra::{Dim, Matrix, RawStorage};
use widthwise_linalg::{
    KernelError, NormAccumulator, Scaling, frobenius_norm_enclosure, max_column_norm_enclosure,
    max_column_sum_enclosure, max_row_norm_enclosure, max_row_sum_enclosure,
};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use crate::centered::scaled_dot;

/// Encloses the spectral norm crudely, in one pass for each of five norms.
///
/// The ends are at most a factor `√min(m, n)` apart, and a few `u` for a matrix of rank one or with a single entry in
/// each row and column. Use [`spectral_norm`](crate::spectral_norm) for a tight enclosure.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::{spectral_norm, spectral_norm_bounds};
///
/// let a = matrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0];
/// let (crude, tight) = (spectral_norm_bounds(&a)?.to_enclosure(), spectral_norm(&a)?.enclosure());
/// assert!(crude.lo() <= tight.lo() && tight.hi() <= crude.hi());
///
/// // A permutation: both bounds are reached.
/// assert!(spectral_norm_bounds(&matrix![0.0, 1.0; 1.0, 0.0])?.to_enclosure().is_point());
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn spectral_norm_bounds<T, R, C, S>(a: &Matrix<T, R, C, S>) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let frobenius = frobenius_norm_enclosure(a)?;
    if frobenius == ScaledEnclosure::zero() {
        return Ok(frobenius);
    }
    let exponent = frobenius.exponent();
    // All of these are within a factor of mn of one another, so at one exponent none leaves the range.
    let aligned = |x: ScaledEnclosure<T>| x.scale_exp2(-exponent).to_enclosure();
    let root = |x: Enclosure<T>| x.square_root().unwrap_or_else(Enclosure::whole);

    let smaller = Enclosure::count(a.nrows().min(a.ncols()));
    let average = aligned(frobenius) / root(smaller);
    let column = aligned(max_column_norm_enclosure(a)?);
    let row = aligned(max_row_norm_enclosure(a)?);
    let lower = average.lo().greater(column.lo()).greater(row.lo());

    let sums = root(aligned(max_column_sum_enclosure(a)?) * aligned(max_row_sum_enclosure(a)?));
    let upper = aligned(frobenius).hi().lesser(sums.hi());
    Ok(ScaledEnclosure::new(Enclosure::from_bounds(lower, upper), exponent))
}

/// Encloses the Schatten 4-norm `(Σ σ_i⁴)^{1/4} = ‖AᵀA‖_F^{1/2}`, an upper bound of the spectral norm.
///
/// It exceeds the spectral norm by a factor of at most `min(m, n)^{1/4}`, and by little if one singular value
/// dominates. Each entry of the smaller Gram matrix is summed compensated and used at once. About `15mn·min(m, n)`
/// operations.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::schatten_four_norm_enclosure;
///
/// // Singular values 2 and 1.
/// let norm = schatten_four_norm_enclosure(&matrix![2.0, 0.0; 0.0, 1.0])?.to_enclosure();
/// assert!(norm.contains(17.0_f64.sqrt().sqrt()) && norm.relative_width() < 1e-15);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn schatten_four_norm_enclosure<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let scaling = Scaling::of(a)?;
    let mut norm = NormAccumulator::new();
    let wide = a.ncols() > a.nrows();
    let short = a.nrows().min(a.ncols());
    for j in 0..short {
        for i in 0..=j {
            let entry = if wide {
                scaled_dot(a.row(i).iter().zip(a.row(j).iter()), &scaling)
            } else {
                scaled_dot(a.column(i).iter().zip(a.column(j).iter()), &scaling)
            };
            norm.add(&entry);
            if i < j {
                norm.add(&entry);
            }
        }
    }
    let root = norm.norm().square_root().unwrap_or_else(Enclosure::whole);
    Ok(ScaledEnclosure::new(root, scaling.exponent()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};
    use proptest::prelude::*;

    #[test]
    fn rank_one_is_nearly_a_point() {
        let a = DVector::from_fn(5, |i, _| 1.0 / (i + 3) as f64)
            * DVector::from_fn(4, |i, _| (i as f64) - 1.3).transpose();
        let bounds = spectral_norm_bounds(&a).unwrap().to_enclosure();
        let schatten = schatten_four_norm_enclosure(&a).unwrap().to_enclosure();
        assert!((schatten.midpoint() / bounds.hi() - 1.0).abs() < 1e-14);
        assert!(schatten.relative_width() < 1e-15);
    }

    #[test]
    fn entry_size_does_not_determine_the_norm() {
        // ±1 in a Hadamard matrix and in an outer product: norms 2 and 4.
        let hadamard =
            DMatrix::from_fn(4, 4, |i, j| if (i & j).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 });
        let bounds = spectral_norm_bounds(&hadamard).unwrap().to_enclosure();
        assert_eq!((bounds.lo(), bounds.hi()), (2.0, 4.0));
        let bounds = spectral_norm_bounds(&DMatrix::from_element(4, 4, 1.0)).unwrap().to_enclosure();
        assert_eq!((bounds.lo(), bounds.hi()), (2.0, 4.0));
        let schatten = schatten_four_norm_enclosure(&hadamard).unwrap().to_enclosure();
        assert!(schatten.contains(8.0_f64.square_root()));
    }

    #[test]
    fn degenerate_input_is_served_or_refused() {
        for a in [DMatrix::<f64>::zeros(0, 3), DMatrix::zeros(2, 2)] {
            assert_eq!(spectral_norm_bounds(&a), Ok(ScaledEnclosure::zero()));
            assert_eq!(schatten_four_norm_enclosure(&a), Ok(ScaledEnclosure::zero()));
        }
        let a = DMatrix::from_element(2, 2, f64::NAN);
        assert!(spectral_norm_bounds(&a).is_err() && schatten_four_norm_enclosure(&a).is_err());
        let tiny = DMatrix::from_element(3, 3, f64::MIN_SUBNORMAL);
        assert!(spectral_norm_bounds(&tiny).unwrap().to_enclosure().contains(3.0 * f64::MIN_SUBNORMAL));
        let huge = schatten_four_norm_enclosure(&DMatrix::from_element(3, 3, f64::MAX)).unwrap();
        assert_eq!(huge.to_enclosure().lo(), f64::MAX);
        assert!(huge.scale_exp2(-2).to_enclosure().relative_width() < 1e-15);
    }

    proptest! {
        #[test]
        fn bounds_agree_with_the_tight_enclosure(
            m in 1..6_usize, n in 1..6_usize, entries in prop::collection::vec(-1.0_f64..1.0, 25),
            scale in -1000_i32..1000,
        ) {
            let a = DMatrix::from_fn(m, n, |i, j| entries[i + 5 * j].scale_exp2(scale));
            let tight = crate::spectral_norm(&a).unwrap().scaled();
            let bounds = spectral_norm_bounds(&a).unwrap();
            prop_assert_ne!(tight.is_equal_to(&bounds), widthwise_rounding::Verdict::Refuted);
            let schatten = schatten_four_norm_enclosure(&a).unwrap();
            prop_assert_ne!(tight.is_at_most(&schatten), widthwise_rounding::Verdict::Refuted);
            let smaller = ScaledEnclosure::count(m.min(n)).square_root().unwrap().square_root().unwrap();
            prop_assert_ne!((schatten / smaller).is_at_most(&tight), widthwise_rounding::Verdict::Refuted);
        }
    }
}
