// SPDX-License-Identifier: MIT OR Apache-2.0

//! The enclosure of the spectral norms of several small matrices at once: inverse iteration, one deflated factorization,
//! Kato-Temple.
//!
//! The theorems are T1, T2 and T4. For `M` with `s` rows and `l ≥ s` columns, `|m_ij| ≤ 2`, `G = MMᵀ`:
//!
//! 1. `Ĝ = fl(G)`, and `x`: its column with the largest diagonal entry, multiplied by `Ĝ` a few times.
//! 2. A trial (`trial.rs`): `ρ` and a bound of the residual `ε` of `x`, `b` as far below `ρ` as the width allows, and
//!    the factorization of `bI + τxxᵀ − Ĝ`. Pivots above zero prove `λ₂ ≤ b` (T4) and end the search. Otherwise the same
//!    factors improve `x`, and there is another trial. A lane that has ended keeps its vector: its trials repeat themselves
//!    to the bit, so it does not matter for how many of them its neighbours ask.
//! 3. `√ρ = ‖Mᵀx‖/‖x‖` to nearly twice the precision (`quotient.rs`).
//! 4. T2 gives the upper bound `√(ρ + ε²/(ρ − b)) ≤ √ρ + ε²/(2√ρ(ρ − b))`.
//!
//! Steps 1 and 2 may propose any vector: what a trial proves, it proves for that one.

use widthwise_rounding::{Enclosure, Scalar};

use super::lanes::{Lanes, WithSingles};
use super::pair::fast_two_sum;
use super::products::{column_of_largest_diagonal, product_with_transpose, symmetric_product, trace_of};
use super::quotient::{RootOfQuotient, normalize, on_grid};
use super::trial::{Trial, improve};

/// Trials before a lane is given up: each one but the last about triples the number of correct digits of `x`.
pub(super) const TRIALS: usize = 6;

/// The widest enclosure that counts as proved, in units of `u`.
const WIDEST: usize = 8;

/// Bounds of each lane, and whether they hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds<V> {
    pub(super) lower: V,
    pub(super) upper: V,
    /// Positive where the bounds are proved and narrow.
    pub(super) proof: V,
}

impl<V> Bounds<V> {
    /// The bounds, proved if they are narrow and `root` is near a norm that is at least 1. NaN anywhere proves nothing.
    #[inline(always)]
    pub(super) fn of<T: Scalar>(root: V, lower: V, upper: V) -> Self
    where
        V: Lanes<T>,
    {
        let zero = root.splat(T::zero());
        let width = upper - lower;
        let widest = lower.scale(T::from_count(WIDEST) * T::UNIT_ROUNDOFF);
        let proof = widest.if_greater(width, root, zero);
        let proof = zero.if_greater(width, zero, proof);
        let proof = root.if_greater(root.splat(least_root()), proof, zero);
        Self { lower, upper, proof }
    }

    /// The enclosure of a lane, if it is proved and narrow.
    #[inline(always)]
    pub(super) fn proved<T: Scalar>(&self, lane: usize) -> Option<Enclosure<T>>
    where
        V: Lanes<T>,
    {
        if self.proof.get(lane) > T::zero() {
            Some(Enclosure::from_bounds(self.lower.get(lane), self.upper.get(lane)))
        } else {
            None
        }
    }
}

/// A root that is not greater does not count: a norm is at least as large as the largest entry, which is 1 or more.
#[inline(always)]
pub(super) fn least_root<T: Scalar>() -> T {
    T::one() - T::power_of_two(-3)
}

/// The factor of `inflate_up` (lemma L1), for the few roundings of this kernel a constant of the compiled code.
#[inline(always)]
pub(super) fn up<T: Scalar>(roundings: usize) -> T {
    T::one() + (T::UNIT_ROUNDOFF + T::UNIT_ROUNDOFF) * T::from_count(roundings / 2 + roundings % 2 + 1)
}

/// The factor of `inflate_down` (lemma L1), likewise.
#[inline(always)]
pub(super) fn down<T: Scalar>(roundings: usize) -> T {
    T::one() - gamma::<T>(roundings)
}

/// `gamma_upper` (lemma L0), likewise.
#[inline(always)]
pub(super) fn gamma<T: Scalar>(roundings: usize) -> T {
    T::from_count(roundings + 1) * T::UNIT_ROUNDOFF
}

/// The Gram matrix `Ĝ` and bounds of its errors.
#[derive(Debug)]
pub(super) struct Gram<'a, V, const SHORT: usize> {
    pub(super) entries: &'a [[V; SHORT]; SHORT],
    /// `F ≥ ‖M‖_F²`.
    pub(super) frobenius_square: V,
    /// A bound of `‖Ĝ − G‖` (lemma L3).
    pub(super) error: V,
}

impl<'a, V, const SHORT: usize> Gram<'a, V, SHORT> {
    #[inline(always)]
    pub(super) fn of<T: Scalar, const LONG: usize>(
        matrix: &[[V; SHORT]; LONG],
        entries: &'a mut [[V; SHORT]; SHORT],
    ) -> Self
    where
        V: Lanes<T>,
    {
        product_with_transpose(matrix, entries);
        let (frobenius_square, error) = errors_of_gram::<T, V, SHORT, LONG>(trace_of(entries));
        Self { entries, frobenius_square, error }
    }
}

/// `F` and the bound of `‖Ĝ − G‖`, for the trace of `Ĝ`.
#[inline(always)]
pub(super) fn errors_of_gram<T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(
    trace: V,
) -> (V, V) {
    let allowance = trace.splat(T::UNDERFLOW_ALLOWANCE);
    let frobenius_square = trace.scale(up(SHORT + LONG + 1)) + allowance;
    let error = (frobenius_square.scale(gamma(LONG)) + allowance).scale(up(3));
    (frobenius_square, error)
}

/// Room for the matrices of one group.
#[derive(Debug)]
pub(super) struct Workspace<V, S, const SHORT: usize> {
    pub(super) gram: [[V; SHORT]; SHORT],
    pub(super) factors: [[V; SHORT]; SHORT],
    pub(super) powers: [[[S; SHORT]; SHORT]; 2],
}

impl<V, S, const SHORT: usize> Workspace<V, S, SHORT> {
    #[inline(always)]
    pub(super) fn new<T: Scalar>(zero: V) -> Self
    where
        V: WithSingles<T, Single = S>,
        S: Lanes<f32>,
    {
        let matrix = [[zero; SHORT]; SHORT];
        Self { gram: matrix, factors: matrix, powers: [[[zero.to_single(); SHORT]; SHORT]; 2] }
    }
}

/// Encloses `‖M‖₂` in each lane; entries of magnitude at most 2, the largest at least 1. Other lanes are not proved.
#[inline(always)]
pub(super) fn enclose<T: Scalar, V: WithSingles<T>, const SHORT: usize, const LONG: usize>(
    matrix: &[[V; SHORT]; LONG],
    workspace: &mut Workspace<V, V::Single, SHORT>,
) -> Bounds<V> {
    let Workspace { gram, factors, powers } = workspace;
    let gram = Gram::of(matrix, gram);
    let mut x = propose(gram.entries, powers);
    let trial = search::<T, V, SHORT, LONG>(&gram, &mut x, factors, TRIALS);
    conclude(matrix, &x, &trial)
}

/// Step 2: the last of at most `trials` trials, for the `x` that it leaves; `factors` are those of the last one.
#[inline(always)]
pub(super) fn search<T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(
    gram: &Gram<'_, V, SHORT>,
    x: &mut [V; SHORT],
    factors: &mut [[V; SHORT]; SHORT],
    mut trials: usize,
) -> Trial<V> {
    loop {
        let trial = Trial::of::<T, SHORT, LONG>(gram, x, factors);
        trials -= 1;
        if trials == 0 || trial.gap_proof.all_positive() {
            return trial;
        }
        improve(factors, trial.gap_proof, x);
    }
}

/// Squarings of `Ĝ`, and products of the last power with one of its columns: the part of the second eigenvector in `x` falls by
/// the power `2^squarings·(1 + products)` of the ratio of the first two eigenvalues.
///
/// They need not find the first eigenvector well, but no other one better: the trials do the rest. Few operations win: a
/// squaring has as many as `(s + 1)/2` products.
const fn powers(short: usize) -> (usize, usize) {
    match short {
        ..=4 => (5, 3),
        5..=8 => (3, 7),
        _ => (2, 15),
    }
}

/// Step 1, in single precision.
#[expect(clippy::needless_range_loop, reason = "two matrices are indexed alike")]
#[inline(always)]
pub(super) fn propose<T: Scalar, V: WithSingles<T>, const SHORT: usize>(
    gram: &[[V; SHORT]; SHORT],
    storage: &mut [[[V::Single; SHORT]; SHORT]; 2],
) -> [V; SHORT] {
    let (squarings, products) = powers(SHORT);
    let [power, next] = storage;
    let (mut power, mut next) = (power, next);
    let factor = trace_of(gram).reciprocal_power_of_two();
    for j in 0..SHORT {
        for i in 0..SHORT {
            power[j][i] = (gram[j][i] * factor).to_single();
        }
    }
    for squaring in 0..squarings {
        product_with_transpose(power, next);
        (power, next) = (next, power);
        // `tr H ∈ [1, 2)` means `tr H² ≥ 1/s`.
        if squaring % 2 == 1 {
            let factor = trace_of(power).reciprocal_power_of_two();
            for j in 0..SHORT {
                for i in 0..SHORT {
                    power[j][i] = power[j][i] * factor;
                }
            }
        }
    }
    let mut single = column_of_largest_diagonal(power);
    for round in 0..products {
        single = symmetric_product(power, &single);
        if round % 4 == 3 {
            normalize(&mut single);
        }
    }
    normalize(&mut single);
    let mut x = gram[0];
    for i in 0..SHORT {
        x[i] = x[i].with_singles(single[i]);
    }
    on_grid(&mut x);
    x
}

/// Steps 3 and 4: what is proved holds whatever vector was proposed. `x` is on the grid, `trial` is of it.
#[inline(always)]
pub(super) fn conclude<T: Scalar, V: Lanes<T>, const SHORT: usize, const LONG: usize>(
    matrix: &[[V; SHORT]; LONG],
    x: &[V; SHORT],
    trial: &Trial<V>,
) -> Bounds<V> {
    let zero = trial.gap_proof.splat(T::zero());
    let RootOfQuotient { root, correction, radius, .. } = RootOfQuotient::of(matrix, x);
    let lower = lower_end(root, correction - radius);
    let rho_lower = (lower * lower).scale(down(2));
    let gap = (rho_lower - trial.second).scale(down(1));
    let excess = trial.residual_square.over(gap * (lower + lower)).scale(up(4));
    let upper = upper_end(root, correction + (radius + excess).scale(up(2)));
    let mut bounds = Bounds::of(root, lower, upper);
    bounds.proof = gap.if_greater(zero, bounds.proof, zero);
    bounds.proof = trial.gap_proof.if_greater(zero, bounds.proof, zero);
    bounds
}

/// A number at most `x + y`, the number below where `x + y` is none; `x` is normal, positive and larger than `y`.
#[inline(always)]
pub(super) fn lower_end<T: Scalar, V: Lanes<T>>(x: V, y: V) -> V {
    let sum = fast_two_sum(x, y);
    x.splat(T::zero()).if_greater(sum.low, sum.high.next_down_of_normal(), sum.high)
}

/// A number at least `x + y`, the number above where `x + y` is none; `x` is normal, positive and larger than `y`.
#[inline(always)]
pub(super) fn upper_end<T: Scalar, V: Lanes<T>>(x: V, y: V) -> V {
    let sum = fast_two_sum(x, y);
    sum.low.if_greater(x.splat(T::zero()), sum.high.next_up_of_normal(), sum.high)
}
