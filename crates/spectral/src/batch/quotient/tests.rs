// SPDX-License-Identifier: MIT OR Apache-2.0

//! `α`, `β` and every claim of exactness, against exact arithmetic and where they are nearly reached.

use super::*;
use crate::batch::lanes::Portable;
use crate::exact::Dyadic;
use std::vec::Vec;

type One<T> = Portable<T, 1>;

fn exact<T: Scalar>(x: T) -> Dyadic {
    Dyadic::new(x.to_f64())
}

fn dot<T: Scalar>(x: &[One<T>], y: &[One<T>]) -> Dyadic {
    x.iter().zip(y).fold(Dyadic::zero(), |sum, (x, y)| sum.add(&exact(x.0[0]).mul(&exact(y.0[0]))))
}

fn is_within(x: &Dyadic, bound: &Dyadic) -> bool {
    x.mul(x).is_at_most(&bound.mul(bound))
}

/// A generator of numbers in `[−1, 1)` with all digits of binary64.
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let high = f64::from((*state >> 32) as u32) * f64::power_of_two(-31);
    high + f64::from((*state >> 5) as u32 & 0xf_ffff) * f64::power_of_two(-51) - 1.0
}

/// The parts of a vector that is normalized and on the grid.
fn parts<T: Scalar, const S: usize>(x: &[One<T>; S], grids: &Grids) -> ([One<T>; S], [One<T>; S]) {
    let (mut coarse, mut fine) = (*x, [Portable([T::zero()]); S]);
    if has_remainder::<T>() {
        for i in 0..S {
            coarse[i] = rounded(x[i], grids.vector);
            fine[i] = x[i] - coarse[i];
        }
    }
    (coarse, fine)
}

/// Checks the image of one column; returns whether `α` and `β` are reached within a twentieth.
fn image_is_right<T: Scalar, const S: usize, const L: usize>(
    column: &[One<T>; S],
    x: &[One<T>; S],
) -> (bool, bool) {
    let grids = Grids::of(T::DIGITS, L);
    let (coarse, fine) = parts(x, &grids);
    let Pair { high: h, low: e } = image_of(column, &coarse, &fine, &grids);
    // The sum of the products of the high parts is exact, h on its grid.
    let entries: [One<T>; S] = core::array::from_fn(|i| rounded(column[i], grids.entry));
    let sum = entries.iter().zip(&coarse).fold(Portable([T::zero()]), |sum, (&a, &x)| sum + a * x);
    let high = dot(&entries, &coarse);
    assert!(exact(sum.0[0]).sub(&high).is_zero());
    assert_eq!(rounded(h, grids.image).0[0], h.0[0]);

    let (alpha, beta) = magnitudes_of_rest::<T, S>(&grids);
    let (alpha, beta, u) = (exact(alpha), exact(beta), exact(T::UNIT_ROUNDOFF));
    // Σ|a''x'| + |ax''|, in the order of the proof.
    let rest = (0..S).fold(Dyadic::zero(), |sum, i| {
        let of_entry =
            exact((column[i] - entries[i]).magnitude().0[0]).mul(&exact(coarse[i].magnitude().0[0]));
        let of_vector = exact(column[i].magnitude().0[0]).mul(&exact(fine[i].magnitude().0[0]));
        sum.add(&of_entry).add(&of_vector)
    });
    assert!(rest.is_at_most(&alpha), "{S} {L}");
    assert!(is_within(&exact(e.0[0]), &beta.add(&u.mul(&beta))), "{S} {L}");
    let off = exact(h.0[0]).add(&exact(e.0[0])).sub(&dot(column, x));
    let allowed = u.add(&u).mul(&beta).add(&exact(gamma::<T>(S + 1)).mul(&alpha));
    assert!(is_within(&off, &allowed), "{S} {L}");
    let most = Dyadic::new(0.95);
    (!is_within(&rest, &most.mul(&alpha)), !is_within(&exact(e.0[0]), &most.mul(&beta)))
}

/// Entries and a vector whose parts left out are as large as they can be.
fn worst<T: Scalar, const S: usize>(shift: i32) -> ([One<T>; S], [One<T>; S]) {
    let grids = Grids::of(T::DIGITS, S);
    let nearly_half = |exponent: i32| (T::one() - T::power_of_two(-7)).scale_exp2(-exponent - 1);
    let entry = T::from_count(2) - T::power_of_two(-grids.entry) + nearly_half(grids.entry);
    let step = T::power_of_two(-grids.vector);
    let rest = if has_remainder::<T>() { nearly_half(grids.vector) } else { T::zero() };
    let mut x = [Portable([T::one() / T::from_count(S) - step + rest]); S];
    x[0].0[0] -= step * T::from_f64(f64::from(shift));
    on_grid(&mut x);
    ([Portable([entry]); S], x)
}

#[test]
fn the_rest_of_an_image_is_as_small_as_the_proof_says_and_no_smaller() {
    fn check<T: Scalar, const S: usize, const L: usize>() {
        let mut state = 11;
        let (mut alpha_reached, mut beta_reached) = (false, false);
        for shift in 0..600 {
            let (column, x) = worst::<T, S>(shift);
            let (alpha, beta) = image_is_right::<T, S, L>(&column, &x);
            alpha_reached |= alpha;
            beta_reached |= beta;
            let column = core::array::from_fn(|_| Portable([T::from_f64(2.0 * uniform(&mut state))]));
            let mut x = core::array::from_fn(|_| Portable([T::from_f64(uniform(&mut state))]));
            on_grid(&mut x);
            image_is_right::<T, S, L>(&column, &x);
        }
        assert!(alpha_reached && beta_reached, "{S} {L}: {alpha_reached} {beta_reached}");
    }
    check::<f32, 16, 16>();
    check::<f32, 4, 4>();
    check::<f32, 2, 16>();
    check::<f64, 16, 16>();
    check::<f64, 4, 15>();
}

/// `(root + correction ∓ radius)‖x‖` around `‖Mᵀx‖`, and the sums that the proof calls exact.
fn root_is_right<T: Scalar, const S: usize, const L: usize>(matrix: &[[One<T>; S]; L], x: &[One<T>; S]) {
    let grids = Grids::of(T::DIGITS, L);
    let (coarse, fine) = parts(x, &grids);
    let images: Vec<One<T>> =
        matrix.iter().map(|column| image_of(column, &coarse, &fine, &grids).high).collect();
    let zero = Portable([T::zero()]);
    let sum = images.iter().fold(zero, |sum, &h| sum + h * h);
    assert!(exact(sum.0[0]).sub(&dot(&images, &images)).is_zero());
    let high: [One<T>; S] = core::array::from_fn(|i| rounded(coarse[i], grids.norm));
    let low: [One<T>; S] = core::array::from_fn(|i| coarse[i] - high[i]);
    let high_square = sum_of_products(&high, &high);
    let low_square = low.iter().zip(&high).fold(zero, |sum, (&l, &h)| sum + l * ((h + h) + l));
    let square = exact(high_square.0[0]).add(&exact(low_square.0[0]));
    assert!(square.sub(&dot(&coarse, &coarse)).is_zero());

    let RootOfQuotient { root, correction, radius, .. } = RootOfQuotient::of(matrix, x);
    if root.0[0].to_f64() <= 0.875 {
        return;
    }
    let y: Vec<Dyadic> = matrix.iter().map(|column| dot(column, x)).collect();
    let square = y.iter().fold(Dyadic::zero(), |sum, y| sum.add(&y.mul(y)));
    let norm_square = dot(x, x);
    let middle = exact(root.0[0]).add(&exact(correction.0[0]));
    let (low, high) = (middle.sub(&exact(radius.0[0])), middle.add(&exact(radius.0[0])));
    assert!(low.mul(&low).mul(&norm_square).is_at_most(&square), "{S} {L}");
    assert!(square.is_at_most(&high.mul(&high).mul(&norm_square)), "{S} {L}");
}

fn sum_of_products<T: Scalar, const S: usize>(x: &[One<T>; S], y: &[One<T>; S]) -> One<T> {
    x.iter().zip(y).fold(Portable([T::zero()]), |sum, (&x, &y)| sum + x * y)
}

#[test]
fn root_is_within_the_radius_for_every_shape() {
    fn check<T: Scalar, const S: usize, const L: usize>() {
        let mut state = 5;
        for k in 0..60_usize {
            let (column, x) = worst::<T, S>(i32::try_from(k).unwrap());
            // All columns nearly the same: those that are the same hide in a sum what each loses.
            root_is_right::<T, S, L>(&[column; L], &x);
            let columns: [[One<T>; S]; L] = core::array::from_fn(|c| {
                let steps = (c * (c + 1) / 2 * (2 * k + 1)) % 64;
                let less = T::from_count(steps) * T::power_of_two(2 - T::DIGITS / 2);
                column.map(|Portable([entry])| Portable([entry - less]))
            });
            root_is_right::<T, S, L>(&columns, &x);
            // Images near 2, so that the sum of their squares is as large as it can be, of any last digits.
            let mut less =
                |size: f64| T::one() - T::from_f64(uniform(&mut state)).magnitude() * T::from_f64(size);
            let columns: [[One<T>; S]; L] =
                core::array::from_fn(|_| core::array::from_fn(|_| Portable([less(0.01) * T::from_count(2)])));
            let mut x = core::array::from_fn(|_| Portable([less(0.01) / T::from_count(S)]));
            on_grid(&mut x);
            root_is_right::<T, S, L>(&columns, &x);
            // The least image that counts, by columns that nearly cancel, and whatever comes.
            let size = if k % 2 == 0 { 2.0 } else { 0.3 };
            let mut matrix: [[One<T>; S]; L] = core::array::from_fn(|_| {
                core::array::from_fn(|_| Portable([T::from_f64(size * uniform(&mut state))]))
            });
            matrix[0][0].0[0] = T::from_f64(1.5);
            let mut x = core::array::from_fn(|_| Portable([T::from_f64(uniform(&mut state))]));
            on_grid(&mut x);
            root_is_right::<T, S, L>(&matrix, &x);
        }
    }
    check::<f32, 16, 16>();
    check::<f32, 2, 16>();
    check::<f32, 15, 15>();
    check::<f32, 3, 5>();
    check::<f64, 16, 16>();
    check::<f64, 2, 16>();
}

/// What the formula says, operation by operation.
#[test]
fn radius_is_inflated_by_its_roundings() {
    fn check<const S: usize, const L: usize>(of_alpha: f32, of_beta: f32, alpha: f32, image: i32) {
        let u = f32::UNIT_ROUNDOFF;
        let beta = f32::power_of_two(-image - 1) + alpha;
        let absolute = (of_alpha * u * alpha + of_beta * u * beta) * f32::from_count(L + 16) * 0.125;
        let absolute = absolute * (1.0 + 14.0 * u);
        for (root, inverse) in [(1.0_f32, 4.0_f32), (1.7, 63.9), (3.3, 1.01)] {
            let relative = inverse * (u / 1024.0) + 21.0 * u * (21.0 * u);
            let radius =
                root * relative + (inverse * 0.125 + 2.0) * absolute + f32::UNDERFLOW_ALLOWANCE * 64.0;
            let found = radius_of::<f32, One<f32>, S, L>(Portable([root]), Portable([inverse]));
            assert_eq!(found.0[0], radius * (1.0 + 14.0 * u));
        }
    }
    // α = 2⁻⁹(1 + 2⁻¹⁰) + s2⁻¹⁴; 1.4(l + 2) + 2, rounded up.
    let alpha = |s: f32| f32::power_of_two(-9) * (1.0 + f32::power_of_two(-10)) + s * f32::power_of_two(-14);
    check::<16, 16>(18.0, 28.0, alpha(16.0), 8);
    check::<4, 4>(6.0, 11.0, alpha(4.0), 9);
    check::<2, 15>(4.0, 26.0, alpha(2.0), 9);
    let Portable([tiny]) = radius_of::<f64, One<f64>, 4, 4>(Portable([0.0]), Portable([0.0]));
    assert!((f64::UNDERFLOW_ALLOWANCE * 64.0..1e-19).contains(&tiny), "{tiny:e}");
}
