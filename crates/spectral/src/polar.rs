// SPDX-License-Identifier: MIT OR Apache-2.0

//! The polar factor `O(A) = Σ u_i v_iᵀ` over the singular values `σ_i > tolerance · σ_1`, by matrix products alone.
//!
//! For a matrix of full rank it is the nearest semi-orthogonal matrix, `A(AᵀA)^{−1/2}`. For others the sum over *all*
//! singular vectors has no meaning, since those of a zero singular value are arbitrary; so the small ones are left
//! out, and `O(A)` is a partial isometry: its singular values are one or zero.
//!
//! Steps, for `A` scaled by a power of two and `σ_1` enclosed:
//!
//! 1. `X = (c/σ_1) A`, with the `c ∈ (0, 1]` for which `p^k(c · tolerance) = √(2/3)`: the quintic Newton–Schulz
//!    polynomial `p(σ) = (15σ − 10σ³ + 3σ⁵)/8` is increasing on `[0, 1]`, so `k` steps sort the singular values at
//!    `√(2/3)`. They end sooner if all have reached one.
//! 2. The polynomial `r(σ) = (5σ³ − 3σ⁵)/2` has the fixed points 0 and 1, at both of which its derivative vanishes, and
//!    `√(2/3)` between them, which repels: it sends the singular values below to zero and those above to one, rounding
//!    errors included.
//! 3. Whatever came of it: with `P = OᵀO` and `η ≥ ‖OP − O‖₂`, every singular value has `|σ³ − σ| ≤ η`, so it lies
//!    within about `η` of 0 or of 1; and the trace of `P` counts the latter.

use nalgebra::allocator::Allocator;
use nalgebra::{DMatrixViewMut, DefaultAllocator, Dim, Matrix, OMatrix, RawStorage, RawStorageMut};
use widthwise_linalg::{DotAccumulator, KernelError, Scaling};
use widthwise_rounding::directed::{add_up, mul_up, square_root_up};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use crate::centered::smaller_gram;
use crate::newton_schulz::Iterate;
use crate::{NewtonSchulz, spectral_norm_in};

/// What is proved of the polar factor that [`polar_factor_in`] computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolarFactor<T> {
    steps: usize,
    rank: Option<usize>,
    ones: Enclosure<T>,
    zeros: T,
}

impl<T: Scalar> PolarFactor<T> {
    /// The number of polynomials applied.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// How many singular values are near one, if it is proved that all others are near zero; `None` if the limit of
    /// steps left some on their way.
    #[must_use]
    pub fn rank(&self) -> Option<usize> {
        self.rank
    }

    /// Contains the singular values near one; all of them if the rank is unknown.
    #[must_use]
    pub fn ones(&self) -> Enclosure<T> {
        self.ones
    }

    /// An upper bound of the singular values near zero: zero if there are none.
    #[must_use]
    pub fn zeros(&self) -> T {
        self.zeros
    }
}

/// Replaces `a` by its polar factor over the singular values above `tolerance · σ_1`, in place; returns what is proved
/// of it. The workspace of 8 numbers an entry lies on the stack for matrices of fixed size; for dynamic sizes it is
/// allocated (feature `alloc`). The result is that of [`polar_factor_in`], bit for bit.
///
/// # Errors
///
/// As [`polar_factor_in`].
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::polar_factor;
///
/// let mut a = matrix![0.0, -2.0; 5.0, 0.0];
/// let proved = polar_factor(&mut a, 1e-10, 100)?;
/// assert!((a - matrix![0.0, -1.0; 1.0, 0.0]).norm() < 1e-15);
/// assert_eq!(proved.rank(), Some(2));
/// assert!(proved.ones().contains(1.0) && proved.ones().width() < 1e-14);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn polar_factor<T, R, C, S>(
    a: &mut Matrix<T, R, C, S>,
    tolerance: T,
    max_steps: usize,
) -> Result<PolarFactor<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    let (rows, columns) = a.shape_generic();
    // For s ≤ l: 2sl + 3s² + 2s + l ≤ 8sl, unless there is no entry.
    let mut work = OMatrix::<[T; 8], R, C>::from_element_generic(rows, columns, [T::zero(); 8]);
    if a.is_empty() {
        return Ok(PolarFactor { steps: 0, rank: Some(0), ones: one(), zeros: T::zero() });
    }
    polar_factor_in(a, tolerance, max_steps, work.as_mut_slice().as_flattened_mut())
}

/// [`polar_factor`] in a workspace of [`polar_factor_workspace_len`] numbers.
///
/// Singular values within a relative distance of about `(m + n)u/tolerance` of `tolerance · σ_1` may fall on either
/// side. A `tolerance` below `(m + n)u` acts as that: smaller singular values are rounding errors of the first. The
/// zero matrix stays zero, with rank zero. Powers of two in `a` change no bit of the result.
///
/// A matrix of full rank takes `log(σ_1/σ_min)/log(1.875) + 4` steps, others `log(1/tolerance)/log(1.875) + 6`, each at
/// about `2(mn·short + short³)` operations; the proof takes about `30(mn·short + short³)`.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite or if `work` is too short; then `a` has not changed. Steps that do not suffice
/// are no error: the bounds returned are then wide.
///
/// # Examples
///
/// ```
/// use nalgebra::matrix;
/// use widthwise_spectral::{polar_factor_in, polar_factor_workspace_len};
///
/// // Rank one: u vᵀ/(‖u‖‖v‖).
/// let mut a = matrix![3e-200, 3e-200; 4e-200, 4e-200_f64; 0.0, 0.0];
/// let mut work = [0.0; 64];
/// assert!(polar_factor_workspace_len(3, 2) <= work.len());
/// let proved = polar_factor_in(&mut a, 1e-6, 100, &mut work)?;
/// assert_eq!(proved.rank(), Some(1));
/// assert!((a[(0, 0)] - 0.6 / 2.0_f64.sqrt()).abs() < 1e-15 && proved.zeros() < 1e-7);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn polar_factor_in<T, R, C, S>(
    a: &mut Matrix<T, R, C, S>,
    tolerance: T,
    max_steps: usize,
    work: &mut [T],
) -> Result<PolarFactor<T>, KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorageMut<T, R, C>,
{
    let (rows, columns) = a.shape();
    let needed = polar_factor_workspace_len(rows, columns);
    if work.len() < needed {
        return Err(KernelError::shape("workspace", needed, work.len()));
    }
    let scaling = Scaling::of(a)?;
    let norm = spectral_norm_in(a, work)?.scaled();
    if norm == ScaledEnclosure::zero() {
        return Ok(PolarFactor { steps: 0, rank: Some(0), ones: one(), zeros: T::zero() });
    }
    let norm = norm.scale_exp2(-scaling.exponent()).to_enclosure().hi();

    let noise = T::from_count(rows + columns) * T::UNIT_ROUNDOFF;
    let (growth, start) = growth_to_threshold(tolerance.greater(noise));
    let mut iterate = Iterate::load(a, &scaling, norm / start, work);
    let mut steps = 0;
    let mut settling = Settling { last: T::INFINITY, noise };
    let mut is_settled = false;
    while steps < growth.min(max_steps) && !is_settled {
        iterate.square_gram();
        is_settled = settling.is_settled(iterate.distance_from_identity());
        if !is_settled {
            iterate.apply(NewtonSchulz::Quintic.coefficients());
            steps += 1;
        }
    }
    settling.last = T::INFINITY;
    while steps < max_steps && !is_settled {
        iterate.square_gram();
        // By how much a step changes the matrix is how far it was from its limit, unless a singular value is still near
        // the repelling one.
        let is_near = iterate.distance_from_projector() <= T::power_of_two(-6);
        let change = iterate.apply(SEPARATION.map(T::from_f64));
        is_settled = is_near && settling.is_settled(change);
        steps += 1;
    }
    iterate.store(a);
    let (rank, ones, zeros) = certify(a, work)?;
    if is_settled {
        return Ok(PolarFactor { steps, rank, ones, zeros });
    }
    // Some singular values may be on their way from zero to one.
    let all = Enclosure::from_bounds(T::zero(), ones.hi());
    Ok(PolarFactor { steps, rank: None, ones: all, zeros: T::zero() })
}

/// The length of the workspace that [`polar_factor_in`] needs: `2sl + 3s² + 2s + l` for `s = min(m, n)`, `l = max(m,
/// n)`.
///
/// ```
/// assert_eq!(widthwise_spectral::polar_factor_workspace_len(5, 3), 30 + 27 + 6 + 5);
/// ```
#[must_use]
pub fn polar_factor_workspace_len(rows: usize, columns: usize) -> usize {
    let (short, long) = (rows.min(columns), rows.max(columns));
    2 * short * long + 3 * short * short + 2 * short + long
}

/// `r(σ) = (5σ³ − 3σ⁵)/2`, by its coefficients.
const SEPARATION: [f64; 3] = [0.0, 2.5, -1.5];

fn one<T: Scalar>() -> Enclosure<T> {
    Enclosure::from_bounds(T::one(), T::one())
}

/// When an iteration that converges has come as far as rounding lets it.
struct Settling<T> {
    last: T,
    noise: T,
}

impl<T: Scalar> Settling<T> {
    fn is_settled(&mut self, distance: T) -> bool {
        // Below 2⁻⁶ exact steps would divide the distance by far more than two.
        let stagnates = distance <= T::power_of_two(-6) && distance + distance >= self.last;
        self.last = distance;
        stagnates || distance <= self.noise
    }
}

/// The least `k` and the `c ∈ (0, 1]` with `p^k(c · tolerance) = √(2/3)`, to working accuracy.
fn growth_to_threshold<T: Scalar>(tolerance: T) -> (usize, T) {
    let threshold = (T::from_count(2) / T::from_count(3)).square_root();
    let [a, b, c] = NewtonSchulz::Quintic.coefficients::<T>();
    let after = |mut x: T, k: usize| {
        for _ in 0..k {
            let square = x * x;
            x *= a + square * (b + square * c);
        }
        x
    };
    let mut k = 0;
    // The tolerance is at least u, so it grows over the threshold in fewer steps than the format has digits, twice.
    while after(tolerance.lesser(T::one()), k) < threshold && k < 2 * DIGITS_LIMIT {
        k += 1;
    }
    let (mut low, mut high) = (T::zero(), T::one());
    for _ in 0..DIGITS_LIMIT {
        let middle = (low + high) * T::power_of_two(-1);
        // A product above one is beyond where p increases.
        let product = middle * tolerance;
        if product >= threshold || after(product, k) >= threshold {
            high = middle;
        } else {
            low = middle;
        }
    }
    (k, high)
}

/// No format here has more digits.
const DIGITS_LIMIT: usize = 64;

/// The number of singular values near one, their enclosure, and a bound of the others.
///
/// *Proof.* With `C` the center of `P` and `ρ ≥ ‖P − C‖_F`, `‖OP − O‖ ≤ ‖OC − O‖_F + ρ‖O‖ ≤ η`, so every singular value
/// has `f(σ) = |σ³ − σ| ≤ η`. Let `η < 3/8 = f(1/2)`.
///
/// - `σ ≤ 1/2`: `σ ≤ η/(1 − σ²)`, which is at most `4η/3 =: z`, hence at most `η/(1 − z²)`.
/// - `1/2 < σ ≤ 1/√3` is excluded, for `f` increases there; on `[1/√3, 1]` it is concave, so it lies above its chord,
///   whose slope exceeds 8/9 in magnitude, and `1 − σ ≤ 9η/8`. With `l = 1 − 9η/8`, `1 − σ = f(σ)/(σ(1 + σ)) ≤ η/(l(1 +
///   l))`.
/// - `σ > 1`: `σ − 1 = f(σ)/(σ(σ + 1)) ≤ η/2`. ∎
fn certify<T, R, C, S>(
    a: &Matrix<T, R, C, S>,
    work: &mut [T],
) -> Result<(Option<usize>, Enclosure<T>, T), KernelError>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    let short = a.nrows().min(a.ncols());
    let (center, rest) = work.split_at_mut(short * short);
    let mut gram = DMatrixViewMut::from_slice(&mut *center, short, short);
    let (lack, exponent) = smaller_gram(a, false, &mut gram)?;
    let norm = spectral_norm_in(a, rest)?.enclosure().hi();
    let unknown = (None, Enclosure::from_bounds(T::zero(), norm), T::zero());
    // Entries of 2 or more are those of no partial isometry.
    if exponent != 0 {
        return Ok(unknown);
    }
    let eta = add_up(cubic_residual_upper(a, &gram), mul_up(lack, norm));
    let separates = eta < T::from_f64(0.375);
    if !separates {
        return Ok(unknown);
    }
    let point = |x: T| Enclosure::from_bounds(x, x);
    let (one, eta) = (point(T::one()), point(eta));
    let largest_zero = eta * point(T::from_count(4)) / point(T::from_count(3));
    let zeros = (eta / (one - largest_zero.square())).hi();
    let least_one = one - eta * point(T::from_f64(1.125));
    let ones = Enclosure::from_bounds(
        (one - eta / (least_one * (one + least_one))).lo(),
        (one + eta * point(T::power_of_two(-1))).hi(),
    );

    let mut trace = Enclosure::zero();
    for i in 0..short {
        trace = trace + point(gram[(i, i)]) + Enclosure::from_bounds(-lack, lack);
    }
    // Of the counts, the one that the trace allows.
    let squares = Enclosure::from_bounds(T::zero(), point(zeros).square().hi());
    let allowed = |rank: usize| {
        let sum = Enclosure::count(rank) * ones.square() + Enclosure::count(short - rank) * squares;
        sum.intersection(&trace).is_some()
    };
    let mut ranks = (0..=short).filter(|&rank| allowed(rank));
    let (Some(rank), None) = (ranks.next(), ranks.next()) else {
        return Ok(unknown);
    };
    Ok((Some(rank), ones, if rank < short { zeros } else { T::zero() }))
}

/// An upper bound of `‖OC − O‖_F`, or of `‖CO − O‖_F` if `C` belongs to the rows.
fn cubic_residual_upper<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>>(
    a: &Matrix<T, R, C, S>,
    center: &DMatrixViewMut<'_, T>,
) -> T {
    let wide = a.nrows() < a.ncols();
    let mut squares = T::zero();
    for j in 0..a.ncols() {
        for i in 0..a.nrows() {
            let mut sum = DotAccumulator::new();
            // The center is symmetric up to its own error only: its rows stand on the left, its columns on the right.
            if wide {
                for (&c, &x) in center.row(i).iter().zip(a.column(j).iter()) {
                    sum.add_product(c, x);
                }
            } else {
                for (&x, &c) in a.row(i).iter().zip(center.column(j).iter()) {
                    sum.add_product(x, c);
                }
            }
            sum.add(-a[(i, j)]);
            let residual = sum.enclosure().magnitude().hi();
            if residual > T::zero() {
                squares = add_up(squares, mul_up(residual, residual));
            }
        }
    }
    if squares > T::zero() { square_root_up(squares) } else { T::zero() }
}

#[cfg(test)]
mod tests;
