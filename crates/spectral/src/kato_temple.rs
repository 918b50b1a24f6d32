// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Rayleigh quotient of a vector and the Kato-Temple bound: a tight upper bound from a crude gap (theorems T1, T2).
//!
//! For `G = M Mᵀ`, any `x ≠ 0`, `ρ = ‖Mᵀx‖²/‖x‖²` and `ε = ‖Gx − ρx‖/‖x‖`: `λ₁ ≥ ρ`, and if `λ₂ ≤ b < ρ` then `λ₁ ≤ ρ
//! + ε²/(ρ − b)`. The bound is quadratic in `ε`, so rounding errors of order `n²u` in `ε` never reach the result;
//! only `ρ` has to be accurate, and it is summed compensated.
//!
//! *Proof of T2.* Every eigenvalue has `(λ_i − λ₁)(λ_i − b) ≥ 0`: the first is zero there, and for the others both
//! factors are at most zero. With the unit vector `v` along `x`, `0 ≤ vᵀ(G − λ₁)(G − b)v = ε² − (λ₁ − ρ)(ρ − b)`. `ρ`
//! minimises `‖Gx − ρ̃x‖` over `ρ̃`, so any `ρ̃` may serve in the residual; and the bound grows if `ρ` is replaced by
//! an upper bound in the first place and by a lower bound, still above `b`, in the denominator. ∎

use widthwise_linalg::{DotAccumulator, NormAccumulator};
use widthwise_rounding::directed::{add_up, div_up, mul_down, mul_up, square_root_up, sub_down};
use widthwise_rounding::{Enclosure, Scalar, gamma_upper, inflate_up};

use crate::squaring::sum_of_squares;

/// What a vector `x` says about the largest singular value of `M`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RayleighQuotient<T> {
    /// Encloses `‖Mᵀx‖/‖x‖ = √ρ`, a lower bound of the largest singular value.
    root: Enclosure<T>,
    /// Encloses `‖x‖`.
    norm: Enclosure<T>,
    /// An upper bound of the norm of the vector `ŷ` stored.
    image_norm_upper: T,
    /// An upper bound of `‖ŷ − Mᵀx‖`.
    image_error: T,
}

impl<T: Scalar> RayleighQuotient<T> {
    /// Computes `ŷ ≈ Mᵀx` into `image`, each entry the nearest number to a compensated sum, and the quotient.
    ///
    /// `matrix` has columns of `x.len()` numbers of magnitude at most 2; the largest entry of `x` is in `[1, 2)`.
    pub(crate) fn of(matrix: &[T], x: &[T], image: &mut [T]) -> Self {
        let mut image_norm = NormAccumulator::new();
        for (column, y) in matrix.chunks_exact(x.len()).zip(image.iter_mut()) {
            let mut sum = DotAccumulator::new();
            for (&a, &x) in column.iter().zip(x) {
                sum.add_product(a, x);
            }
            *y = sum.value();
            image_norm.add(&sum);
        }
        let mut square = DotAccumulator::new();
        for &x in x {
            square.add_product(x, x);
        }
        let square = square.enclosure();
        let norm = square.square_root().unwrap_or_else(Enclosure::whole);
        let root = (image_norm.norm_squared() / square).square_root().unwrap_or_else(Enclosure::whole);
        // ŷ_k is the number nearest to high + low, so ‖ŷ‖ ≤ (1 + u)(‖Mᵀx‖ + radius), and it is off by u|ŷ_k| and the
        // radius.
        let image_norm_upper = inflate_up(2, add_up(image_norm.norm().hi(), image_norm.radius()));
        let image_error = add_up(mul_up(T::UNIT_ROUNDOFF, image_norm_upper), image_norm.radius());
        Self { root, norm, image_norm_upper, image_error }
    }

    /// The enclosure of `√ρ`.
    pub(crate) fn root(&self) -> Enclosure<T> {
        self.root
    }

    /// A lower bound of `ρ`.
    pub(crate) fn lower(&self) -> T {
        let root = self.root.lo().greater(T::zero());
        mul_down(root, root).greater(T::zero())
    }

    /// An upper bound of `ε = ‖Gx − ρx‖/‖x‖`, given `frobenius ≥ ‖M‖_F`; `residual` receives `fl(Mŷ − ρ̂x)`.
    ///
    /// *Proof.* `Gx − ρ̂x = (Mŷ − ρ̂x) − M(ŷ − Mᵀx)`. The computed residual `r̂_i = fl(Σ_k m_ik ŷ_k − ρ̂x_i)`, `k`
    /// ascending, is off by `γ_{long+2}(|M||ŷ| + ρ̂|x|)_i`, in norm by `γ_{long+2}(‖M‖_F‖ŷ‖ + ρ̂‖x‖)`. The last term
    /// is at most `‖M‖_F‖ŷ − Mᵀx‖`. ∎
    pub(crate) fn residual_upper(
        &self,
        matrix: &[T],
        x: &[T],
        image: &[T],
        frobenius: T,
        residual: &mut [T],
    ) -> T {
        let root = self.root.midpoint();
        let rho = root * root;
        for r in residual.iter_mut() {
            *r = T::zero();
        }
        for (column, &y) in matrix.chunks_exact(x.len()).zip(image) {
            for (r, &a) in residual.iter_mut().zip(column) {
                *r += a * y;
            }
        }
        for (r, &x) in residual.iter_mut().zip(x) {
            *r -= rho * x;
        }
        let computed = add_up(inflate_up(x.len() + 1, sum_of_squares(residual)), T::UNDERFLOW_ALLOWANCE);
        let terms = add_up(mul_up(frobenius, self.image_norm_upper), mul_up(rho, self.norm.hi()));
        let rounding = mul_up(gamma_upper(image.len() + 2), terms);
        let carried = mul_up(frobenius, self.image_error);
        let total =
            add_up(square_root_up(computed), add_up(add_up(rounding, carried), T::UNDERFLOW_ALLOWANCE));
        div_up(total, self.norm.lo())
    }

    /// The Kato-Temple bound: an upper bound of the largest singular value if `λ₂ ≤ b`, `None` unless `b < ρ`.
    ///
    /// `√(ρ + δ) ≤ √ρ + δ/(2√ρ)` for `δ = ε²/(ρ − b)`.
    pub(crate) fn kato_temple(&self, residual_upper: T, b: T) -> Option<T> {
        let gap = sub_down(self.lower(), b);
        if !(gap > T::zero() && self.root.lo() > T::zero()) {
            return None;
        }
        let delta = div_up(mul_up(residual_upper, residual_upper), gap);
        let bound = add_up(self.root.hi(), div_up(delta, self.root.lo() + self.root.lo()));
        if bound.is_finite() { Some(bound) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Dyadic;
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;

    fn exact<T: Scalar>(x: T) -> Dyadic {
        Dyadic::new(x.to_f64())
    }

    fn dot(x: &[Dyadic], y: &[Dyadic]) -> Dyadic {
        x.iter().zip(y).fold(Dyadic::zero(), |sum, (x, y)| sum.add(&x.mul(y)))
    }

    fn bounds_hold<T: Scalar>(matrix: &[f64], x: &[f64]) {
        let (matrix, x): (Vec<T>, Vec<T>) =
            (matrix.iter().map(|&a| T::from_f64(a)).collect(), x.iter().map(|&x| T::from_f64(x)).collect());
        let (short, long) = (x.len(), matrix.len() / x.len());
        let mut image = vec![T::zero(); long];
        let quotient = RayleighQuotient::of(&matrix, &x, &mut image);

        // lo²‖x‖² ≤ ‖Mᵀx‖² ≤ hi²‖x‖², exactly.
        let rows: Vec<Vec<Dyadic>> =
            (0..short).map(|i| (0..long).map(|k| exact(matrix[i + k * short])).collect()).collect();
        let exact_x: Vec<Dyadic> = x.iter().map(|&x| exact(x)).collect();
        let columns: Vec<Vec<Dyadic>> =
            (0..long).map(|k| (0..short).map(|i| exact(matrix[i + k * short])).collect()).collect();
        let product: Vec<Dyadic> = columns.iter().map(|column| dot(column, &exact_x)).collect();
        let (square, norm_square) = (dot(&product, &product), dot(&exact_x, &exact_x));
        let (lo, hi) = (exact(quotient.root().lo()), exact(quotient.root().hi()));
        assert!(lo.mul(&lo).mul(&norm_square).is_at_most(&square));
        assert!(square.is_at_most(&hi.mul(&hi).mul(&norm_square)));
        assert!(quotient.root().relative_width() <= T::from_count(8) * T::UNIT_ROUNDOFF);
        let lower = exact(quotient.lower());
        assert!(lower.mul(&norm_square).is_at_most(&square));

        // ‖ŷ − Mᵀx‖ and ‖ŷ‖.
        let stored: Vec<Dyadic> = image.iter().map(|&y| exact(y)).collect();
        let error: Vec<Dyadic> = stored.iter().zip(&product).map(|(y, p)| y.sub(p)).collect();
        let bound = exact(quotient.image_error);
        assert!(dot(&error, &error).is_at_most(&bound.mul(&bound)));
        let bound = exact(quotient.image_norm_upper);
        assert!(dot(&stored, &stored).is_at_most(&bound.mul(&bound)));

        // ε²‖x‖⁴ = ‖Gx‖²‖x‖² − (xᵀGx)², exactly.
        let frobenius_square = matrix.iter().fold(T::zero(), |s, &a| s + a * a);
        let frobenius = square_root_up(inflate_up(matrix.len() + 1, frobenius_square));
        let mut residual = vec![T::zero(); short];
        let upper = quotient.residual_upper(&matrix, &x, &image, frobenius, &mut residual);
        let gx: Vec<Dyadic> = rows.iter().map(|row| dot(row, &product)).collect();
        let variance = dot(&gx, &gx).mul(&norm_square).sub(&square.mul(&square));
        let scaled = exact(upper).mul(&norm_square);
        assert!(variance.is_at_most(&scaled.mul(&scaled)), "{upper}");

        // The residual stored is off by no more than the part that is not the computed one.
        let rho = quotient.root().midpoint() * quotient.root().midpoint();
        let off: Vec<Dyadic> =
            (0..short).map(|i| exact(residual[i]).sub(&gx[i].sub(&exact(rho).mul(&exact_x[i])))).collect();
        let computed = sum_of_squares(&residual).square_root();
        let allowed = exact(mul_up(upper, quotient.norm.hi())).sub(&exact(computed.next_down().next_down()));
        assert!(dot(&off, &off).is_at_most(&allowed.mul(&allowed)));
    }

    proptest! {
        #[test]
        fn quotient_and_residual_are_right_for_every_vector(
            entries in prop::collection::vec(-2.0_f64..2.0, 20),
            x in prop::collection::vec(-2.0_f64..2.0, 4), tiny in 0..40_i32,
        ) {
            let mut x = x;
            x[0] = 1.0 + x[0].magnitude() / 4.0;
            x[3] = x[3].scale_exp2(-tiny);
            bounds_hold::<f64>(&entries, &x);
            bounds_hold::<f32>(&entries, &x);
        }

        #[test]
        fn kato_temple_is_right_for_every_vector_and_threshold(
            values in prop::array::uniform3(0.01_f64..2.0), x in prop::array::uniform3(-2.0_f64..2.0),
            part in 0.0_f64..1.0,
        ) {
            let (mut values, mut x) = (values, x);
            values.sort_by(|a, b| b.partial_cmp(a).unwrap());
            // Nearer to the first vector than to the others, so that ρ seldom falls below λ₂.
            x[0] = 4.0 + x[0].magnitude();
            let matrix = [values[0], 0.0, 0.0, 0.0, values[1], 0.0, 0.0, 0.0, values[2]];
            let mut image = [0.0; 3];
            let mut residual = [0.0; 3];
            let quotient = RayleighQuotient::of(&matrix, &x, &mut image);
            let upper = quotient.residual_upper(&matrix, &x, &image, 4.0, &mut residual);
            // From λ₂ up to ρ and beyond.
            let second = mul_up(values[1], values[1]);
            let b = second + part * (quotient.lower() - second);
            prop_assume!(b >= second);
            match quotient.kato_temple(upper, b) {
                Some(bound) => prop_assert!(bound >= values[0], "{bound} {}", values[0]),
                None => prop_assert!(b >= quotient.lower() * (1.0 - 1e-15) || part > 0.999_999),
            }
            prop_assert_eq!(quotient.kato_temple(upper, quotient.lower()), None);
            prop_assert_eq!(quotient.kato_temple(upper, 5.0), None);
        }
    }

    /// All terms but the first are lost in the sum of the residual, and the first is not the quotient.
    #[test]
    fn residual_covers_the_roundings_of_its_sum() {
        let mut matrix = [(0.99 * f64::from(f32::UNIT_ROUNDOFF)).square_root(); 200];
        matrix[0] = 1.0;
        bounds_hold::<f32>(&matrix, &[1.0]);
    }

    /// What the formulas say, operation by operation: what one step leaves out the next one hides.
    #[test]
    fn every_bound_steps_outward_at_every_operation() {
        let u = f32::UNIT_ROUNDOFF;
        let tiny = f32::UNDERFLOW_ALLOWANCE;
        for seed in 0..60 {
            let number = |i: usize| f32::from_count((i * 7919 + seed * 409) % 1009) / 505.0 - 1.0;
            let matrix: Vec<f32> = (0..12).map(number).collect();
            let x: Vec<f32> = (0..3).map(|i| if i == 0 { 1.3 } else { number(20 + i) }).collect();
            let (mut image, mut residual) = (vec![0.0; 4], vec![0.0; 3]);
            let quotient = RayleighQuotient::of(&matrix, &x, &mut image);

            let mut norm = NormAccumulator::new();
            for (column, &y) in matrix.chunks_exact(3).zip(&image) {
                let mut sum = DotAccumulator::new();
                column.iter().zip(&x).for_each(|(&a, &x)| sum.add_product(a, x));
                assert_eq!(y, sum.value());
                norm.add(&sum);
            }
            let image_norm = inflate_up(2, (norm.norm().hi() + norm.radius()).next_up());
            assert_eq!(quotient.image_norm_upper, image_norm);
            let image_error = ((u * image_norm).next_up() + norm.radius()).next_up();
            assert_eq!(quotient.image_error, image_error);
            let root = quotient.root();
            assert_eq!(quotient.lower(), (root.lo() * root.lo()).next_down());

            // The larger one lets what was lost show beside what was computed.
            let frobenius = if seed % 2 == 0 { 4.0 } else { 3e7 };
            let upper = quotient.residual_upper(&matrix, &x, &image, frobenius, &mut residual);
            let rho = root.midpoint() * root.midpoint();
            let computed = (inflate_up(4, sum_of_squares(&residual)) + tiny).next_up();
            let terms = (frobenius * image_norm).next_up() + (rho * quotient.norm.hi()).next_up();
            let rounding = (gamma_upper::<f32>(6) * terms.next_up()).next_up();
            let carried = (frobenius * image_error).next_up();
            let rest = ((rounding + carried).next_up() + tiny).next_up();
            let total = (computed.square_root().next_up() + rest).next_up();
            assert_eq!(upper, (total / quotient.norm.lo()).next_up());

            let b = quotient.lower() * 0.75;
            let gap = (quotient.lower() - b).next_down();
            let delta = ((upper * upper).next_up() / gap).next_up();
            let bound = (root.hi() + (delta / (root.lo() + root.lo())).next_up()).next_up();
            assert_eq!(quotient.kato_temple(upper, b), Some(bound));
        }
        // Nothing but underflow is left of a zero matrix.
        let (mut image, mut residual) = ([1.0_f32; 1], [0.0; 1]);
        let quotient = RayleighQuotient::of(&[0.0], &[1.0], &mut image);
        let upper = quotient.residual_upper(&[0.0], &[1.0], &image, 0.0, &mut residual);
        let computed = tiny.next_up().square_root().next_up();
        let rest = {
            let one = 0.0_f32.next_up();
            let image_norm = inflate_up(2, one);
            let image_error = ((u * image_norm).next_up() + 0.0).next_up();
            let terms = ((0.0 * image_norm).next_up() + (0.0 * quotient.norm.hi()).next_up()).next_up();
            let rounding = (gamma_upper::<f32>(3) * terms).next_up();
            ((rounding + (0.0 * image_error).next_up()).next_up() + tiny).next_up()
        };
        assert_eq!(upper, ((computed + rest).next_up() / quotient.norm.lo()).next_up());
    }

    #[test]
    fn residual_of_an_eigenvector_is_of_the_order_of_rounding() {
        let matrix = [2.0, 0.0, 0.0, 1.0];
        let (mut image, mut residual) = ([0.0; 2], [0.0; 2]);
        let quotient = RayleighQuotient::of(&matrix, &[1.0, 0.0], &mut image);
        let upper = quotient.residual_upper(&matrix, &[1.0, 0.0], &image, 2.5, &mut residual);
        assert!(upper > 0.0 && upper < 100.0 * f64::UNIT_ROUNDOFF);
        assert_eq!(quotient.kato_temple(upper, 1.0), Some(2.0_f64.next_up()));
    }
}
