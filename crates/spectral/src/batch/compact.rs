// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel for one matrix of fixed size on a microcontroller: little code, little stack, no vector registers.
//!
//! Theorems T1, T2 and T3. For `M` with `s` rows and `l ≥ s` columns, `1 ≤ max|m_ij| < 2`, `G = MMᵀ`:
//!
//! 1. `Ĝ = fl(G)`, and `H_0 = Ĝ − σI` with half the mean eigenvalue as `σ`: less of the second eigenvalue is left than of the
//!    first, and the first stays the largest in magnitude, since it is not below the mean.
//! 2. `H_{j+1} = r_j² fl(H_j²)`, until a trace says that `H_k` is nearly of rank one. A column of it, multiplied by it
//!    `PRODUCTS` times, is the vector `x`: a product costs a fifth of a squaring.
//! 3. `√ρ = ‖Mᵀx‖/‖x‖` to nearly twice the precision (`quotient.rs`), and a bound of the residual `ε`.
//! 4. The traces prove `λ₂ ≤ b` (`powers.rs`), and T2 gives the upper bound `√ρ + ε²/(2√ρ(ρ − b))`. Otherwise there is another
//!    squaring, and in the end the traces bound `λ₁` itself, without any gap.
//!
//! There is no factorization and no second way to the upper bound, and what is called twice is not copied: that is where the
//! code of the other kernels goes.
//!
//! # The residual
//!
//! `ŷ = fl(h + e)` is off from `y = Mᵀx` by `u‖ŷ‖`, and by `√l(2uβ + γ_{s+1}α) ≤ 0.3u` as `quotient.rs` says, where `‖y‖ ≥ 0.1`: by at
//! most `5u‖y‖`. `r̂ = fl(fl(Mŷ) − fl(ρ̂x))` is off from `Mŷ − ρ̂x` by `γ_{l+1}‖M‖_F‖ŷ‖ + γ_2ρ̂‖x‖`, and `‖y‖ ≤ ‖M‖_F‖x‖`. So
//! `ε ≤ ‖Gx − ρ̂x‖/‖x‖ ≤ ‖r̂‖/‖x‖ + γ_{l+7}(F + ρ̂)`; and `ε² ≤ 2(a² + b²)` saves a root, as `ε` enters squared. The longest
//! path to `ε²` has `s + 5` roundings: the sum of squares, three for `1/‖x‖²`, the product and the sum. The other term is at least
//! `(8u)²`, so one more covers every underflow.
//!
//! # The threshold
//!
//! `b` lies `κε²/(uρ)` below `ρ`, so that what T2 adds to `ρ` is at most `uρ/κ`, whether or not that is well inside the gap.

mod powers;
mod products;

use nalgebra::SMatrix;
use widthwise_linalg::{KernelError, Scaling};
use widthwise_rounding::{Scalar, ScaledEnclosure};

use super::kernel::{down, gamma, least_root, lower_end, up, upper_end};
use super::lanes::Lanes;
use super::one::One;
use super::products::trace_of;
use super::quotient::{RootOfQuotient, on_grid};
use super::{LARGEST, closed_form, single};
use crate::{Certificate, SpectralNorm};
use powers::{Powers, factor_of};
use products::{image, multiple_of_gram};

/// Encloses the spectral norm of a matrix of fixed size in little code: the function for a microcontroller.
///
/// If the largest singular value is well apart from the second, the enclosure is a few `u` wide: at most `4u` in binary64 and up to eight
/// rows in binary32, up to `10u` for sixteen there, as measured. Well apart is 2⁻¹¹, relatively, and 2⁻⁹ for sixteen rows in binary32. Otherwise
/// it may rest on [`Certificate::SquaringChain`] and be about `n²u` wide.
///
/// For an 8 × 8 matrix in binary32 on a Cortex-M4F it takes 4 KB of flash and fewer than 10,000 instructions, optimised for
/// size: less than a third of what [`spectral_norm`](crate::spectral_norm) takes, which is narrow for smaller gaps, accepts
/// every storage, and uses vector registers where there are some. Matrices with more than 16 rows or columns are left to it.
/// No allocation; about `4s³ + 3s²l` operations for `s ≤ l` rows and columns, without a gap up to ten times as many.
///
/// # Errors
///
/// Fails if an entry is NaN or infinite.
///
/// # Examples
///
/// ```
/// use nalgebra::{Matrix3, matrix};
/// use widthwise_spectral::{Certificate, spectral_norm_compact};
///
/// let norm = spectral_norm_compact(&matrix![2.0_f32, 1.0, 0.0; 1.0, 2.0, 0.0; 0.0, 0.0, 1.0])?;
/// assert!(matches!(norm.certificate(), Certificate::KatoTemple { .. }));
/// assert!(norm.enclosure().contains(3.0) && norm.enclosure().relative_width() < 5e-7);
///
/// // All singular values are 1: there is no gap.
/// let norm = spectral_norm_compact(&Matrix3::<f32>::identity())?;
/// assert!(matches!(norm.certificate(), Certificate::SquaringChain { .. }));
/// assert!(norm.enclosure().contains(1.0) && norm.enclosure().relative_width() < 2e-6);
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn spectral_norm_compact<T: Scalar, const M: usize, const N: usize>(
    a: &SMatrix<T, M, N>,
) -> Result<SpectralNorm<T>, KernelError> {
    if M.min(N) < 2 || M.max(N) > LARGEST {
        return single(a);
    }
    let scaling = Scaling::of(a)?;
    if scaling.is_of_zero() {
        return Ok(SpectralNorm::zero());
    }
    // What the scaling rounds is allowed for by the radii of the kernel.
    let (lower, upper, certificate) = if M <= N {
        let mut matrix = [[One(T::zero()); M]; N];
        for (column, entries) in matrix.iter_mut().zip(&a.data.0) {
            let (fours, rest) = column.as_chunks_mut::<4>();
            let (entries, last) = entries.as_chunks::<4>();
            for (four, &[x, y, z, w]) in fours.iter_mut().zip(entries) {
                *four = [
                    One(scaling.apply(x)),
                    One(scaling.apply(y)),
                    One(scaling.apply(z)),
                    One(scaling.apply(w)),
                ];
            }
            for (entry, &x) in rest.iter_mut().zip(last) {
                *entry = One(scaling.apply(x));
            }
        }
        in_format(&matrix)
    } else {
        let mut matrix = [[One(T::zero()); N]; M];
        for (j, entries) in a.as_slice().chunks_exact(M).enumerate() {
            for (column, &x) in matrix.iter_mut().zip(entries) {
                column[j] = One(scaling.apply(x));
            }
        }
        in_format(&matrix)
    };
    // The bounds are of one magnitude, so that a power of two changes no digit.
    let factor = factor_of(upper);
    let exponent = scaling.exponent() + upper.exponent().unwrap_or(0);
    Ok(SpectralNorm::new(ScaledEnclosure::normalized(lower * factor, upper * factor, exponent), certificate))
}

/// With three squarings more than the format has digits, the trace of `s ≤ 16` equal eigenvalues is off by a factor of
/// `s^(2^(1 − k)) < 1 + u`.
#[inline(always)]
fn in_format<T: Scalar, const SHORT: usize, const LONG: usize>(
    matrix: &[[One<T>; SHORT]; LONG],
) -> (T, T, Certificate) {
    if T::DIGITS == 24 {
        enclose::<T, SHORT, LONG, 28>(matrix)
    } else {
        enclose::<T, SHORT, LONG, 57>(matrix)
    }
}

/// Bounds of `‖M‖₂`, for entries of magnitude below 2, the largest at least 1.
#[expect(clippy::needless_range_loop, reason = "an index below a constant needs no check in firmware")]
#[inline(always)]
fn enclose<T: Scalar, const SHORT: usize, const LONG: usize, const CAPACITY: usize>(
    matrix: &[[One<T>; SHORT]; LONG],
) -> (T, T, Certificate) {
    if SHORT == 2 && LONG == 2 {
        // Holds for every such matrix.
        let bounds = closed_form::enclose([matrix[0][0], matrix[0][1], matrix[1][0], matrix[1][1]]);
        return (bounds.lower.0, bounds.upper.0, Certificate::ClosedForm2x2);
    }
    let zero = One(T::zero());
    let mut storage = [[[zero; SHORT]; SHORT]; 2];
    let [power, next] = &mut storage;
    let (mut power, mut next) = (power, next);
    multiple_of_gram(matrix, T::one(), power);
    let mut powers = Powers::<T, CAPACITY>::of_gram::<SHORT, LONG>(trace_of(power));
    for i in 0..SHORT {
        power[i][i] = power[i][i] - One(powers.shift);
    }
    // The largest entry is a lower bound.
    let mut lower = T::one();
    let mut attempts = 0;
    let mut squarings = 0;
    for k in 1..CAPACITY {
        let factor = factor_of(powers.traces[k - 1]);
        multiple_of_gram(power, factor * factor, next);
        (power, next) = (next, power);
        let trace = trace_of(power).0;
        powers.traces[k] = trace;
        squarings = k;
        let of_factor = powers.traces[k - 1] * factor;
        if (attempts == ATTEMPTS || k < 2 || trace < of_factor * of_factor * purity::<T>())
            && k + 1 < CAPACITY
        {
            continue;
        }
        let x = vector_of(power);
        let bounds = conclude(matrix, &x, &powers);
        if bounds.proved {
            return (bounds.lower, bounds.upper, Certificate::KatoTemple { squarings });
        }
        lower = bounds.lower.greater(lower);
        attempts += 1;
    }
    (lower, powers.root_upper::<SHORT>(), Certificate::SquaringChain { squarings })
}

/// The purity `‖H‖_F²/(tr H)²` of the power before the last one at which a vector is tried: above one half, which two equal
/// eigenvalues would have, and low, since products are cheap.
#[inline(always)]
fn purity<T: Scalar>() -> T {
    T::power_of_two(-1) + T::power_of_two(-4)
}

/// Vectors that are tried before the end: where the gap is too small for the first ones, each has twice the digits.
const ATTEMPTS: usize = 4;

/// Products with the last power.
const PRODUCTS: usize = 3;

/// A column of the power, multiplied by it a few times.
#[expect(clippy::needless_range_loop, reason = "an index below a constant needs no check in firmware")]
#[inline(always)]
fn vector_of<T: Scalar, const SHORT: usize>(power: &[[One<T>; SHORT]; SHORT]) -> [One<T>; SHORT] {
    let mut column = &power[0];
    let mut largest = column[0].0;
    for j in 1..SHORT {
        let diagonal = power[j][j].0;
        if diagonal > largest {
            largest = diagonal;
            column = &power[j];
        }
    }
    let mut x = *column;
    for _ in 0..PRODUCTS {
        let previous = x;
        image(power, &previous, &mut x);
    }
    on_grid(&mut x);
    x
}

/// Bounds of `‖M‖₂`; the lower one holds if it is at least 1, the upper one if it is proved.
#[derive(Debug)]
struct Conclusion<T> {
    lower: T,
    upper: T,
    proved: bool,
}

/// Steps 3 and 4: what is proved holds whatever vector was proposed. `x` is on the grid.
#[inline(always)]
fn conclude<T: Scalar, const SHORT: usize, const LONG: usize, const CAPACITY: usize>(
    matrix: &[[One<T>; SHORT]; LONG],
    x: &[One<T>; SHORT],
    powers: &Powers<T, CAPACITY>,
) -> Conclusion<T> {
    let mut y = [One(T::zero()); LONG];
    let mut entries = y.iter_mut();
    let RootOfQuotient { root, correction, radius, inverse } =
        RootOfQuotient::with_image(matrix, x, |entry| {
            if let Some(y) = entries.next() {
                *y = entry;
            }
        });
    let lower = lower_end(root, correction - radius);
    let rho = lower * lower * One(down(2));
    let mut residual = [One(T::zero()); SHORT];
    image(matrix, &y, &mut residual);
    let mut square = One(T::zero());
    for (&r, &x) in residual.iter().zip(x) {
        let r = r - rho * x;
        square = square + r * r;
    }
    let residual_square =
        residual_square_upper::<T, SHORT, LONG>(square * inverse, rho, powers.frobenius_square);
    let second = rho - residual_square.over(rho) * One(tightness::<T>() / T::UNIT_ROUNDOFF);
    let gap = (rho - second) * One(down(1));
    let excess = residual_square.over(gap * (lower + lower));
    let upper = upper_end(root, correction + (radius + excess) * One(up(4)));
    let proved = root.0 > least_root() && powers.prove_second::<SHORT>(rho.0, second.0);
    Conclusion { lower: lower.0, upper: upper.0, proved }
}

/// An upper bound of `ε²`, for `‖r̂‖²/‖x‖²` as computed.
#[inline(always)]
fn residual_square_upper<T: Scalar, const SHORT: usize, const LONG: usize>(
    computed: One<T>,
    rho: One<T>,
    frobenius_square: One<T>,
) -> One<T> {
    let rounding = (frobenius_square + rho) * One(gamma::<T>(LONG + 7));
    (computed + rounding * rounding) * One(up::<T>(SHORT + 6) * T::from_count(2))
}

/// `κ`: what Kato-Temple may add to the squared norm is `uρ/κ`.
#[inline(always)]
fn tightness<T: Scalar>() -> T {
    T::power_of_two(-1)
}

#[cfg(test)]
mod tests;
