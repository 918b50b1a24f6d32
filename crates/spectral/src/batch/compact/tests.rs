// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's parts: products to the bit, and enclosures from any vector at all.

use super::*;
use crate::exact::{Dyadic, Exact, eigenvalues_above};
use widthwise_rounding::{gamma_upper, inflate_up};

/// Entries in `[−1, 1)`, one of them raised above 1.
pub(super) fn example<T: Scalar, const N: usize>(state: &mut u64) -> [[One<T>; N]; N] {
    let mut uniform = || {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let digits =
            f64::from((*state >> 40) as u32) + f64::from((*state >> 11) as u32 >> 3) * f64::power_of_two(-29);
        T::from_f64(digits * f64::power_of_two(-23) - 1.0)
    };
    let mut matrix = [[One(T::zero()); N]; N];
    for column in &mut matrix {
        for entry in column {
            *entry = One(uniform());
        }
    }
    matrix[0][0] = One(T::one() + uniform().magnitude());
    matrix
}

/// `MMᵀ`, exactly.
pub(super) fn exact_gram<T: Scalar, const N: usize>(matrix: &[[One<T>; N]; N]) -> Exact {
    let entry = |i: usize, k: usize| Dyadic::new(matrix[k][i].0.to_f64());
    let sum = |i, j| (0..N).fold(Dyadic::zero(), |sum, k| sum.add(&entry(i, k).mul(&entry(j, k))));
    (0..N).map(|i| (0..N).map(|j| sum(i, j)).collect()).collect()
}

/// Every size has blocks of another overlap.
#[test]
fn products_are_sums_in_ascending_order() {
    fn check<const N: usize>() {
        let mut state = 41;
        let matrix = example::<f32, N>(&mut state);
        let x: [One<f32>; N] = matrix[N - 1];
        let (mut gram, mut y) = ([[One(0.0); N]; N], [One(0.0); N]);
        multiple_of_gram(&matrix, 0.25, &mut gram);
        image(&matrix, &x, &mut y);
        for i in 0..N {
            for j in 0..N {
                let sum = matrix.iter().fold(0.0, |sum, column| sum + column[i].0 * column[j].0);
                assert_eq!(gram[j][i].0, sum * 0.25);
            }
            let sum = matrix.iter().zip(&x).fold(0.0, |sum, (column, x)| sum + column[i].0 * x.0);
            assert_eq!(y[i].0, sum);
        }
    }
    check::<2>();
    check::<3>();
    check::<4>();
    check::<5>();
    check::<7>();
    check::<8>();
    check::<11>();
    check::<16>();
}

/// What the formula says, operation by operation.
#[test]
fn bound_of_the_residual_has_every_term() {
    for (computed, rho, f) in [(0.0_f32, 3.0, 5.0), (1e-3, 3.0, 5.0), (1e-12, 0.0, 5.0), (1e-12, 5.0, 0.0)] {
        let rounding = (f + rho) * gamma_upper::<f32>(13);
        let bound = 2.0 * inflate_up(11, computed + rounding * rounding);
        assert_eq!(residual_square_upper::<f32, 5, 6>(One(computed), One(rho), One(f)).0, bound);
    }
}

/// From a vector that proves a narrow enclosure to one that is far from any singular one.
#[test]
fn whatever_vector_is_proposed_what_is_proved_is_true() {
    fn check<T: Scalar>() {
        let (mut state, mut proved, mut refused) = (17, 0, 0);
        for k in 0..80 {
            let matrix = example::<T, 5>(&mut state);
            let exact = exact_gram(&matrix);
            let (mut power, mut next) = ([[One(T::zero()); 5]; 5], [[One(T::zero()); 5]; 5]);
            multiple_of_gram(&matrix, T::one(), &mut power);
            let mut powers = Powers::<T, 12>::of_gram::<5, 5>(trace_of(&power));
            for (i, column) in power.iter_mut().enumerate() {
                column[i] = column[i] - One(powers.shift);
            }
            for j in 1..6 {
                let factor = factor_of(powers.traces[j - 1]);
                multiple_of_gram(&power, factor * factor, &mut next);
                (power, next) = (next, power);
                powers.traces[j] = trace_of(&power).0;
            }
            let good = vector_of(&power);
            let far = matrix[k % 5];
            for step in 0..24 {
                // From the vector that the powers give to one that has nothing to do with it.
                let weight = T::power_of_two(-2 * step);
                let mut x = good;
                for (x, far) in x.iter_mut().zip(far) {
                    *x = *x + far * One(weight);
                }
                on_grid(&mut x);
                let bounds = conclude(&matrix, &x, &powers);
                let above = |end: T| {
                    let square = Dyadic::new(end.to_f64()).mul(&Dyadic::new(end.to_f64()));
                    eigenvalues_above(&exact, &square).0
                };
                assert!(bounds.lower < T::one() || above(bounds.lower.next_down()) >= 1, "{k} {step}");
                if bounds.proved {
                    assert_eq!(above(bounds.upper), 0, "{k} {step}");
                    proved += 1;
                } else {
                    refused += 1;
                }
            }
            for x in [[One(T::NAN); 5], [One(T::zero()); 5], [One(T::INFINITY); 5]] {
                assert!(!conclude(&matrix, &x, &powers).proved);
            }
        }
        assert!(proved > 200 && refused > 200, "{proved} {refused}");
    }
    check::<f32>();
    check::<f64>();
}

/// What the formulas say, operation by operation. The threshold makes the excess about `u`, so of its own roundings nothing shows.
#[test]
fn conclusion_has_every_term() {
    let u = f32::UNIT_ROUNDOFF;
    let mut state = 5;
    for _ in 0..40 {
        let matrix = example::<f32, 5>(&mut state);
        let mut x = matrix[0];
        on_grid(&mut x);
        let (mut gram, mut y, mut residual) = ([[One(0.0); 5]; 5], [One(0.0); 5], [One(0.0); 5]);
        multiple_of_gram(&matrix, 1.0, &mut gram);
        let powers = Powers::<f32, 4>::of_gram::<5, 5>(trace_of(&gram));
        let mut column = 0;
        let quotient = RootOfQuotient::with_image(&matrix, &x, |entry| {
            y[column] = entry;
            column += 1;
        });
        let (root, correction, radius) = (quotient.root, quotient.correction, quotient.radius);
        image(&matrix, &y, &mut residual);

        let lower = lower_end(root, correction - radius);
        let rho = lower.0 * lower.0 * (1.0 - 3.0 * u);
        let square =
            residual.iter().zip(&x).fold(0.0, |sum, (r, x)| sum + (r.0 - rho * x.0) * (r.0 - rho * x.0));
        let computed = One(square * quotient.inverse.0);
        let square = residual_square_upper::<f32, 5, 5>(computed, One(rho), powers.frobenius_square).0;
        let second = rho - square / rho * (0.5 / u);
        let gap = (rho - second) * (1.0 - 2.0 * u);
        let excess = square / (gap * (2.0 * lower.0));
        let upper = upper_end(root, correction + One((radius.0 + excess) * (1.0 + 6.0 * u)));

        let bounds = conclude(&matrix, &x, &powers);
        assert_eq!((bounds.lower, bounds.upper), (lower.0, upper.0));
    }
}
