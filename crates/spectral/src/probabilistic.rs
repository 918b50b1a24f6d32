// SPDX-License-Identifier: MIT OR Apache-2.0

//! Upper bounds of the spectral norm that hold with a stated probability over random vectors of the caller's.
//!
//! They cost a few products with the matrix where a certificate costs `n³`, and they are no certificates: a
//! [`ProbableBound`] is a type of its own, and nothing makes an enclosure of it. Rounding is accounted for in full;
//! only chance is left.
//!
//! What fails is a random vector nearly orthogonal to the top right singular vector `v`, and nothing else is assumed of
//! the matrix:
//!
//! - `g` Gaussian: `P[|⟨v, g⟩| ≤ t] ≤ √(2/π) t`, the density being at most `1/√(2π)`;
//! - `b/‖b‖` uniform on the sphere of `ℝⁿ`: `P[|⟨v, b⟩| ≤ t‖b‖] ≤ √(2n/π) t`. The density of one coordinate,
//!   proportional to `(1 − c²)^((n−3)/2)`, is at most `Γ(n/2)/(√π Γ((n−1)/2)) ≤ √((n−1)/(2π))` for `n ≥ 3` (Wendel);
//!   for `n = 2` the probability is `(2/π) arcsin t ≤ t`; for `n = 1` it is zero below 1.
//!
//! The matrix must not depend on the vectors. A stored vector may be off its exact draw by `4u` of its length, which
//! covers entries rounded to the format.

use nalgebra::{Dim, Matrix, RawStorage, Vector};
use widthwise_linalg::{
    KernelError, Scaling, frobenius_norm_enclosure, matvec_norm_enclosure, two_norm_enclosure,
};
use widthwise_rounding::directed::{add_up, div_down, div_up, mul_down, mul_up, square_root_up, sub_down};
use widthwise_rounding::{Scalar, ScaledEnclosure, gamma_upper, inflate_up};

use crate::nonnegative::bound;
use crate::squaring::sum_of_squares;

/// An upper bound that fails with at most a stated probability. It proves nothing.
///
/// There is no conversion to an enclosure, and none is sound.
///
/// ```
/// use nalgebra::{Matrix2x3, matrix};
/// use widthwise_spectral::gaussian_probe_bound;
/// // Draws of a caller: two columns, standard normal.
/// let probes = matrix![0.3, -1.2; 0.9, 0.1; -0.4, 0.8];
/// let bound = gaussian_probe_bound(&Matrix2x3::from_element(1.0_f64), &probes, 10.0)?;
/// assert!(bound.value() > 6.0_f64.sqrt() && bound.failure_probability() <= 0.010_000_01);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProbableBound<T> {
    significand: T,
    exponent: i32,
    failure_probability: f64,
}

impl<T: Scalar> ProbableBound<T> {
    /// The number that the norm exceeds with at most the failure probability, rounded up; infinite if it is beyond the
    /// format.
    #[must_use]
    pub fn value(&self) -> T {
        let value = self.significand.scale_exp2(self.exponent);
        // A subnormal result may have been rounded down.
        if value.scale_exp2(self.exponent.saturating_neg()) < self.significand {
            value.next_up()
        } else {
            value
        }
    }

    /// An upper bound of the probability, over the random vectors, that the norm exceeds the value. At most 1.
    #[must_use]
    pub fn failure_probability(&self) -> f64 {
        self.failure_probability
    }
}

/// How far a stored random vector may be from its exact draw, in units of `u` of its length.
const DRAW_ERROR_UNITS: usize = 4;

/// A probable bound `factor · √(2/π) · max_i ‖Aω_i‖` of the spectral norm, for independent standard Gaussian vectors
/// `ω_i`, the columns of `probes`; it fails with probability at most `factor^(−r)` for `r` columns.
///
/// Halko, Martinsson and Tropp, SIAM Review 53, 2011, lemma 4.1. *Proof.* `‖Aω‖ ≥ ‖A‖ |⟨v, ω⟩|`, and each `|⟨v, ω⟩|` is
/// at most `√(π/2)/factor` with probability at most `1/factor`. ∎ The factor must be chosen before the vectors are
/// drawn. About `30mnr` operations, and no workspace.
///
/// # Errors
///
/// Fails if the shapes do not fit or an entry is NaN or infinite.
///
/// A `factor` of 1 or less, or NaN, or no probe gives an infinite bound with a failure probability of 1.
///
/// # Examples
///
/// ```
/// use nalgebra::{Vector2, matrix};
/// use widthwise_spectral::gaussian_probe_bound;
/// let a = matrix![3.0_f64, 4.0; 0.0, 0.0];
/// let bound = gaussian_probe_bound(&a, &Vector2::new(0.5, -1.25), 1000.0)?;
/// // 1000 √(2/π) · 3.5
/// assert!((bound.value() - 2792.6).abs() < 0.1 && bound.failure_probability() <= 0.001_000_001);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn gaussian_probe_bound<T, R, C, D, E, S1, S2>(
    a: &Matrix<T, R, C, S1>,
    probes: &Matrix<T, D, E, S2>,
    factor: T,
) -> Result<ProbableBound<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    E: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorage<T, D, E>,
{
    if probes.nrows() != a.ncols() {
        return Err(KernelError::shape("rows of the probes", a.ncols(), probes.nrows()));
    }
    Scaling::of(a)?;
    Scaling::of(probes)?;
    let mut failure = 1.0_f64;
    let mut largest = ScaledEnclosure::zero();
    // √(π/2) = 1.253314137315500251…
    let threshold = div_down(T::from_f64(1.253_314_137_315_500_3).next_down(), factor);
    for probe in probes.column_iter() {
        // The exact vector had |⟨v, ω⟩| > threshold; the stored one is off by 4u‖ω‖ at most.
        let stored = bound(threshold)
            - two_norm_enclosure(&probe)? * bound(T::from_count(DRAW_ERROR_UNITS) * T::UNIT_ROUNDOFF);
        let least = stored.maximum(&ScaledEnclosure::zero());
        largest = largest.maximum(&(matvec_norm_enclosure(a, &probe)? / least));
        if factor > T::one() {
            failure = div_up(failure, factor.to_f64());
        }
    }
    let significand = if failure < 1.0 { largest.significand().hi() } else { T::INFINITY };
    Ok(ProbableBound { significand, exponent: largest.exponent(), failure_probability: failure })
}

/// A probable bound of the spectral norm from `steps` products with the matrix and its transpose in turn, begun at
/// `start`, whose direction is uniform on the sphere (a standard Gaussian vector); it fails with at most the
/// `failure_probability` given.
///
/// The growth of the iterates bounds the norm: with `y_0 = b`, `y_1 = A b`, `y_2 = AᵀA b`, … and `v` the top singular
/// vector, `‖y_p‖ ≥ ‖A‖^p |⟨v, b⟩|`, hence `‖A‖ ≤ (‖y_p‖/(t‖b‖))^(1/p)` unless `|⟨v, b⟩| < t‖b‖`. In exact arithmetic
/// the value is never above the one of Kuczyński and Woźniakowski (SIAM J. Matrix Anal. Appl. 13, 1992, theorem 4.1:
/// `0.824 √n (1 − ε)^(k−1/2)` for the last Rayleigh quotient, `p = 2k − 1`), whose proof this is with the constant
/// `√(2/π) < 0.798`. It exceeds the norm by a factor of about `(√n/failure_probability)^(1/steps)`: 40 steps give 1.5
/// for `n = 1000` and `10⁻⁶`, 200 steps 1.09. It never exceeds the Frobenius norm, which bounds the norm for certain.
///
/// *Proof with rounding.* Suppose `‖A‖ > V`. The component `w_j` of the computed iterate along the singular vector of
/// its side satisfies `w_{j+1} ≥ 2^(−e_j)(V w_j − η_j)`, where `2^(−e_j)` keeps the iterate in range and `η_j =
/// γ‖A‖_F‖x_j‖` bounds the rounding of the product (lemma L2). So `w_j ≥ h_j` with `h_p > ‖x_p‖`, `h_j = (2^(e_j)
/// h_{j+1} + η_j)/V` leads to `w_p > ‖x_p‖`, which is absurd: `‖A‖ ≤ V` whenever `w_0 ≥ h_0`. The event `w_0 ≥ t‖b‖` is
/// fixed beforehand; the `V` reported is about the least with `h_0 ≤ t‖b‖`. ∎
///
/// About `2mn` operations a step, and one pass for the Frobenius norm.
///
/// # Errors
///
/// Fails if the shapes do not fit, an entry is NaN or infinite, `start` is zero or `work` is shorter than
/// [`probable_norm_workspace_len`].
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix3x4, Vector4};
/// use widthwise_spectral::{probable_norm_bound_in, probable_norm_workspace_len};
/// let mut work = [0.0; 256];
/// assert!(probable_norm_workspace_len(3, 4, 100) <= work.len());
/// // A draw of the caller's.
/// let start = Vector4::new(0.3, -1.2, 0.9, 0.1);
/// let a = Matrix3x4::new(9.0, 1.0, 0.0, 2.0, 0.0, 3.0, 1.0, 1.0, 1.0, 0.0, 2.0, 5.0);
/// let bound = probable_norm_bound_in(&a, &start, 100, 1e-6, &mut work)?;
/// assert!(bound.value() > 9.6 && bound.value() < 11.4 && bound.failure_probability() == 1e-6);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn probable_norm_bound_in<T, R, C, D, S1, S2>(
    a: &Matrix<T, R, C, S1>,
    start: &Vector<T, D, S2>,
    steps: usize,
    failure_probability: f64,
    work: &mut [T],
) -> Result<ProbableBound<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    D: Dim,
    S1: RawStorage<T, R, C>,
    S2: RawStorage<T, D>,
{
    let (rows, columns) = a.shape();
    let needed = probable_norm_workspace_len(rows, columns, steps);
    if work.len() < needed {
        return Err(KernelError::shape("workspace", needed, work.len()));
    }
    if start.nrows() != columns {
        return Err(KernelError::shape("start vector", columns, start.nrows()));
    }
    let (scaling, start_scaling) = (Scaling::of(a)?, Scaling::of(start)?);
    let frobenius = frobenius_norm_enclosure(a)?;
    let start_norm = two_norm_enclosure(start)?.scale_exp2(-start_scaling.exponent()).to_enclosure();
    if columns > 0 && start_norm.hi() == T::zero() {
        return Err(KernelError::undefined_for_zero("start vector"));
    }
    let largest = frobenius.scale_exp2(-scaling.exponent()).to_enclosure().hi();
    let (right, rest) = work.split_at_mut(columns);
    let (left, rest) = rest.split_at_mut(rows);
    let (errors, rest) = rest.split_at_mut(steps);
    let (powers, _) = rest.split_at_mut(steps);
    for (to, &from) in right.iter_mut().zip(start.iter()) {
        *to = start_scaling.apply(from);
    }
    let gamma = mul_up(gamma_upper(rows.max(columns)), largest);
    for (step, (error, power)) in errors.iter_mut().zip(powers.iter_mut()).enumerate() {
        let forward = step.is_multiple_of(2);
        // What products and scaling lose to underflow is within the allowance.
        let length = two_norm_upper(if forward { right } else { left });
        *error = add_up(mul_up(gamma, length), mul_up(add_up(length, T::one()), T::UNDERFLOW_ALLOWANCE));
        *power = if forward {
            multiply(a, &scaling, right, left);
            normalise(left)
        } else {
            multiply_transposed(a, &scaling, left, right);
            normalise(right)
        };
    }
    let last = two_norm_upper(if steps.is_multiple_of(2) { right } else { left });
    let initial = |norm: T| {
        let mut component = last.next_up();
        for (&error, &power) in errors.iter().zip(powers.iter()).rev() {
            component = div_up(add_up(mul_up(component, power), error), norm);
        }
        component
    };
    let fraction = least_fraction::<T>(columns, failure_probability);
    let allowed = mul_down(fraction, start_norm.lo());
    // The least norm that is refuted, between zero and the Frobenius norm.
    let (mut low, mut high) = (T::zero(), largest);
    for _ in 0..BISECTIONS {
        let middle = (low + high) * T::power_of_two(-1);
        if initial(middle) <= allowed {
            high = middle;
        } else {
            low = middle;
        }
    }
    // One that is no probability is not reported as one; the bound is then the Frobenius norm.
    let failure_probability = if failure_probability < 1.0 { failure_probability.greater(0.0) } else { 1.0 };
    Ok(ProbableBound { significand: high, exponent: scaling.exponent(), failure_probability })
}

/// The length of the workspace of [`probable_norm_bound_in`]: `m + n + 2 steps`.
///
/// ```
/// assert_eq!(widthwise_spectral::probable_norm_workspace_len(3, 4, 10), 27);
/// ```
#[must_use]
pub fn probable_norm_workspace_len(rows: usize, columns: usize, steps: usize) -> usize {
    rows + columns + 2 * steps
}

/// Halvings of the interval of the norm: more than a useful bound has digits.
const BISECTIONS: usize = 40;

/// A `t` such that a stored vector with a uniform direction has `|⟨v, b⟩| < t‖b‖` with at most this probability; zero
/// or less, or NaN, if there is none.
fn least_fraction<T: Scalar>(dimension: usize, failure_probability: f64) -> T {
    // √(2n/π), rounded up.
    let factor =
        square_root_up(mul_up(f64::from_count(dimension).next_up(), core::f64::consts::FRAC_2_PI.next_up()));
    let exact = T::from_f64(div_down(failure_probability, factor)).next_down();
    // A stored vector off by 4u of the length of its draw: (t − 4u)(1 − 4u) ≥ t − 8u for t ≤ 1.
    let exact = exact.lesser(T::one());
    sub_down(exact, T::from_count(2 * DRAW_ERROR_UNITS) * T::UNIT_ROUNDOFF)
}

/// An upper bound of `‖x‖₂`, for entries of at most 2.
fn two_norm_upper<T: Scalar>(x: &[T]) -> T {
    let square = inflate_up(x.len() + 1, sum_of_squares(x));
    square_root_up(add_up(square, T::UNDERFLOW_ALLOWANCE))
}

/// Scales `x` by a power of two to its largest entry in `[1, 2)`; returns the inverse power. Zero stays zero.
fn normalise<T: Scalar>(x: &mut [T]) -> T {
    let largest = x.iter().fold(T::zero(), |m: T, x| m.greater(x.magnitude()));
    let exponent = largest.exponent().unwrap_or(0);
    for x in x.iter_mut() {
        *x = x.scale_exp2(-exponent);
    }
    T::power_of_two(exponent)
}

/// `y = A x` for the scaled matrix: `y ← y + a_j x_j`, `j` ascending.
fn multiply<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
    scaling: &Scaling<T>,
    x: &[T],
    y: &mut [T],
) {
    y.fill(T::zero());
    for (column, &x) in a.column_iter().zip(x) {
        for (y, &a) in y.iter_mut().zip(column.iter()) {
            *y += scaling.apply(a) * x;
        }
    }
}

/// `x = Aᵀ y` for the scaled matrix: `x_j = Σ_i a_ij y_i`, `i` ascending.
fn multiply_transposed<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
    scaling: &Scaling<T>,
    y: &[T],
    x: &mut [T],
) {
    for (x, column) in x.iter_mut().zip(a.column_iter()) {
        let mut sum = T::zero();
        for (&a, &y) in column.iter().zip(y) {
            sum += scaling.apply(a) * y;
        }
        *x = sum;
    }
}

#[cfg(test)]
mod tests;
