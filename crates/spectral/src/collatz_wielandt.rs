// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral norm of non-negative matrices, nearly for nothing (theorem T7, Collatz and Wielandt).
//!
//! For `B = |A|ᵀ|A|` and any `x > 0`, `λ₁(AᵀA) ≤ ρ(B) ≤ max_j (Bx)_j/x_j`, with equality at the Perron vector of `B`,
//! to which `x ← Bx` converges. If no entry of `A` is negative, or signs can be taken from rows and columns, the first
//! inequality is an equality too.
//!
//! *Proof.* `‖Ay‖ ≤ ‖|A||y|‖`, hence the first. With `D = diag(x)`, `ρ(B) = ρ(D⁻¹BD) ≤ ‖D⁻¹BD‖_∞`, which is the second.
//! ∎

use nalgebra::{DVectorView, Dim, Matrix, RawStorage};
use widthwise_linalg::{KernelError, Scaling, matvec_norm_enclosure, two_norm_enclosure};
use widthwise_rounding::directed::{add_up, square_root_up};
use widthwise_rounding::{Scalar, ScaledEnclosure, inflate_up};

use crate::nonnegative::{between, bound, upper as highest};
use crate::spectral_norm_bounds;

/// Encloses the spectral norm crudely, as [`spectral_norm_bounds`], but tightly for a matrix without negative entries:
/// by so many `steps` of power iteration with `|A|ᵀ|A|`, begun at the vector of ones.
///
/// For a positive matrix a step brings the upper end nearer by a factor of `(σ_2/σ_1)²`, down to `(m + n)u`, at `4mn`
/// operations. For others the lower bound gains little and the upper one nothing beyond `‖ |A| ‖₂`. No step makes an
/// end worse.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite or if `work` is shorter than `m + n`.
///
/// # Proof
///
/// `proofs/theories/exact/CollatzWielandt.v`, theorems `collatz_wielandt` and `opnorm_collatz_wielandt`; its rounding
/// is the inflation of lemma L1, for sums whose terms are not negative.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::{spectral_norm_bounds_in, spectral_norm_bounds};
/// let a = matrix![1.0, 2.0; 3.0, 4.0; 5.0, 6.0];
/// let bounds = spectral_norm_bounds_in(&a, 10, &mut [0.0; 5])?.to_enclosure();
/// assert!(bounds.contains(9.525518091565107) && bounds.relative_width() < 4e-15);
/// assert!(spectral_norm_bounds(&a)?.to_enclosure().relative_width() > 0.07);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn spectral_norm_bounds_in<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    steps: usize,
    work: &mut [T],
) -> Result<ScaledEnclosure<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let (rows, columns) = a.shape();
    if work.len() < rows + columns {
        return Err(KernelError::shape("workspace", rows + columns, work.len()));
    }
    let cheap = spectral_norm_bounds(a)?;
    if cheap == ScaledEnclosure::zero() || steps == 0 {
        return Ok(cheap);
    }
    let scaling = Scaling::of(a)?;
    let (x, rest) = work.split_at_mut(columns);
    let (y, _) = rest.split_at_mut(rows);
    x.fill(T::one());
    let mut upper = T::INFINITY;
    for _ in 0..steps {
        upper = upper.lesser(step(a, &scaling, x, y));
    }
    // Scaled by ω at most; the norm is at least 1 here.
    let upper = add_up(square_root_up(upper), T::UNDERFLOW_ALLOWANCE);
    let upper = highest(cheap.minimum(&bound(upper).scale_exp2(scaling.exponent())));
    let x = DVectorView::from_slice(x, columns);
    // The signs of one row, or of one column, may be those of all.
    let lower = cheap.maximum(&(matvec_norm_enclosure(a, &x)? / two_norm_enclosure(&x)?));
    Ok(between(lower, upper))
}

/// Bounds `ρ(|A|ᵀ|A|)` by `max_j z_j/x_j` for `y = |A|x`, `z = |A|ᵀy`, summed ascending, and replaces `x` by `z`
/// scaled.
///
/// Every sum has terms that are not negative, so `z_j/x_j` met at most `m + n + 1` roundings; products that underflow
/// are within the allowance, as `x_j ≥ 2^(−DIGITS/2)`.
fn step<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
    scaling: &Scaling<T>,
    x: &mut [T],
    y: &mut [T],
) -> T {
    y.fill(T::zero());
    for (column, &x) in a.column_iter().zip(x.iter()) {
        for (y, &a) in y.iter_mut().zip(column.iter()) {
            *y += scaling.apply(a).magnitude() * x;
        }
    }
    let (mut ratio, mut largest) = (T::zero(), T::zero());
    for (x, column) in x.iter_mut().zip(a.column_iter()) {
        let mut sum = T::zero();
        for (&a, &y) in column.iter().zip(y.iter()) {
            sum += scaling.apply(a).magnitude() * y;
        }
        ratio = ratio.greater(sum / *x);
        largest = largest.greater(sum);
        *x = sum;
    }
    // A column of zeros has a part of zero, which is no positive vector's.
    let floor = T::power_of_two(-T::DIGITS / 2);
    for x in x.iter_mut() {
        *x = (*x / largest).greater(floor);
    }
    add_up(inflate_up(a.nrows() + a.ncols() + 1, ratio), T::UNDERFLOW_ALLOWANCE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, matrix};
    use proptest::prelude::*;
    use std::vec;
    use widthwise_rounding::Verdict;

    fn bounds<T: Scalar>(a: &DMatrix<T>, steps: usize) -> ScaledEnclosure<T> {
        let mut work = vec![T::NAN; a.nrows() + a.ncols()];
        spectral_norm_bounds_in(a, steps, &mut work).unwrap()
    }

    /// At the first step the bound is `max_j (Bx)_j/x_j` with `x = 1`: the largest sum of a column of `AᵀA`.
    #[test]
    fn the_first_step_is_the_largest_sum_of_the_gram_matrix() {
        // AᵀA = [10 14; 14 20]: √34 against σ₁ = 5.4649857….
        let a = matrix![1.0, 2.0; 3.0, 4.0];
        let scaling = Scaling::of(&a).unwrap();
        let (mut x, mut y) = ([1.0; 2], [0.0; 2]);
        let ratio = step(&a, &scaling, &mut x, &mut y).scale_exp2(4);
        assert!((34.0..34.0 * (1.0 + 1e-14)).contains(&ratio));
    }

    /// Squares of 2⁻¹² are rounded away, 3999 times.
    #[test]
    fn the_worst_rounding_of_a_sum_is_accounted_for() {
        let a = DMatrix::from_fn(4000, 1, |i, _| if i == 0 { 1.0 } else { 2.0_f32.scale_exp2(-13) });
        let (mut x, mut y) = ([1.0], [0.0; 4000]);
        let ratio = step(&a, &Scaling::of(&a).unwrap(), &mut x, &mut y);
        assert!(f64::from(ratio) >= 1.0 + 3999.0 * f64::from(f32::UNIT_ROUNDOFF), "{ratio}");
    }

    #[test]
    fn degenerate_input_is_served_or_refused() {
        for (m, n) in [(0, 0), (0, 3), (3, 0), (2, 2)] {
            assert_eq!(bounds(&DMatrix::<f64>::zeros(m, n), 5), ScaledEnclosure::zero());
        }
        assert!(spectral_norm_bounds_in(&matrix![1.0, f64::NAN], 5, &mut [0.0; 3]).unwrap_err().is_nan());
        assert!(spectral_norm_bounds_in(&matrix![1.0, 2.0], 5, &mut [0.0; 2]).is_err());
        // Columns and rows of zeros; sizes at both ends of the range.
        for x in [f64::MAX, f64::MIN_SUBNORMAL, 1.0] {
            let a = matrix![x, 0.0, x; 0.0, 0.0, 0.0; x, 0.0, x].resize(3, 3, 0.0);
            let bounds = bounds(&a, 4).scale_exp2(-1).to_enclosure();
            assert!(bounds.contains(x) || x < 1e-300, "{x:e} {bounds}");
        }
    }

    proptest! {
        #[test]
        fn the_norm_is_enclosed_and_positive_matrices_tightly(
            m in 1..7_usize, n in 1..7_usize, entries in prop::collection::vec(-1.0_f64..1.0, 36), k in -1000_i32..1000,
            steps in 0..6_usize,
        ) {
            let a = DMatrix::from_fn(m, n, |i, j| entries[i + 6 * j]);
            for a in [a.clone(), a.map(f64::magnitude), a.map(|x| x.magnitude() + 0.5)] {
                let norm = crate::spectral_norm(&a).unwrap().scaled();
                let found = bounds(&a, steps);
                prop_assert_ne!(norm.is_equal_to(&found), Verdict::Refuted);
                let single = a.map(|x| x as f32);
                let found = bounds(&single, steps).to_enclosure();
                let norm = crate::spectral_norm(&single.map(f64::from)).unwrap().enclosure();
                prop_assert!(f64::from(found.lo()) <= norm.hi() && norm.lo() <= f64::from(found.hi()));
            }
            let positive = a.map(|x| x.magnitude() + 0.5);
            let tight = bounds(&positive, 60);
            prop_assert!(tight.significand().relative_width() < 1e-13);
            prop_assert_eq!(bounds(&positive.map(|x| x.scale_exp2(k)), 60), tight.scale_exp2(k));
        }
    }
}
