// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers do not matter, and neither does the vector proposed: the enclosure must then be refused or wider, never
//! wrong.

mod closed_form;
mod formulas;
mod pivots;
mod scaling;

use super::kernel::{Bounds, Gram, conclude, down, gamma, propose, up};
use super::lanes::Portable;
use super::products::sum_of_squares;
use super::quotient::{RootOfQuotient, on_grid};
use super::trial::{Trial, factorize, gap_error, improve};
use super::twofold::Twofold;
use super::*;
use crate::exact::{Dyadic, Exact, encloses_largest_singular_value};
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;
use widthwise_rounding::{Enclosure, gamma_upper, inflate_down, inflate_up};

type One<T> = Portable<T, 1>;

impl<T: Scalar> WithSingles<T> for Twofold<Portable<T, 3>, 3> {
    type Single = Twofold<Portable<f32, 3>, 3>;

    fn to_single(self) -> Self::Single {
        Twofold(self.0.to_single(), self.1.to_single())
    }

    fn with_singles(self, single: Self::Single) -> Self {
        Twofold(self.0.with_singles(single.0), self.1.with_singles(single.1))
    }
}

fn norms_in<T: Scalar, V: WithSingles<T>, const L: usize, const M: usize, const N: usize>(
    zero: V,
    matrices: &[SMatrix<T, M, N>],
) -> Vec<Result<SpectralNorm<T>, KernelError>> {
    let mut norms = vec![Ok(SpectralNorm::zero()); matrices.len()];
    Groups { matrices, norms: &mut norms }.enclose::<V, L>(zero);
    norms
}

/// Every kind of register gives the same bits.
fn registers_agree<T: BatchScalar, const M: usize, const N: usize>(matrices: &[SMatrix<T, M, N>]) {
    let mut norms = vec![Ok(SpectralNorm::zero()); matrices.len()];
    spectral_norm_batch(matrices, &mut norms).unwrap();
    let zero = T::zero();
    assert_eq!(norms, norms_in::<T, _, 1, M, N>(Portable([zero; 1]), matrices));
    assert_eq!(norms, norms_in::<T, _, 4, M, N>(Portable([zero; 4]), matrices));
    let twofold: Twofold<_, 3> = Twofold(Portable([zero; 3]), Portable([zero; 3]));
    assert_eq!(norms, norms_in::<T, _, 6, M, N>(twofold, matrices));
}

fn matrices_of<T: Scalar, const M: usize, const N: usize>(entries: &[f64]) -> Vec<SMatrix<T, M, N>> {
    let matrix =
        |start: usize| SMatrix::from_fn(|i, j| T::from_f64(entries[(start + i + j * M) % entries.len()]));
    (0..11).map(|k| matrix(k * M * N)).collect()
}

/// One matrix in one lane, its Gram matrix, and the vector that the kernel finds.
struct Found<T, const N: usize> {
    matrix: [[One<T>; N]; N],
    gram: [[One<T>; N]; N],
    x: [One<T>; N],
}

impl<T: Scalar, const N: usize> Found<T, N> {
    /// For entries in `[−2, 2]`, the largest at least 1.
    fn of(a: &SMatrix<T, N, N>) -> Self {
        let zero = Portable([T::zero()]);
        let matrix: [[One<T>; N]; N] = array::from_fn(|j| array::from_fn(|i| Portable([a[(i, j)]])));
        let mut entries = [[zero; N]; N];
        let gram = Gram::of(&matrix, &mut entries);
        let mut x = propose(gram.entries, &mut [[[Portable([0.0]); N]; N]; 2]);
        let mut factors = [[zero; N]; N];
        for _ in 0..3 {
            Trial::of::<T, N, N>(&gram, &x, &mut factors);
            improve(&factors, zero, &mut x);
        }
        Self { matrix, gram: entries, x }
    }

    fn trial(&self) -> Trial<One<T>> {
        let mut entries = self.gram;
        let gram = Gram::of(&self.matrix, &mut entries);
        Trial::of::<T, N, N>(&gram, &self.x, &mut [[Portable([T::zero()]); N]; N])
    }

    fn enclosure(&self) -> Option<Enclosure<T>> {
        conclude(&self.matrix, &self.x, &self.trial()).proved(0)
    }
}

/// The enclosure of one matrix with entries in `[−2, 2]`, the largest at least 1, for a vector of the test's choice.
fn enclose_with<T: Scalar, const N: usize>(
    a: &SMatrix<T, N, N>,
    spoil: impl Fn(&mut [One<T>; N]),
) -> Option<Enclosure<T>> {
    let mut found = Found::of(a);
    spoil(&mut found.x);
    on_grid(&mut found.x);
    found.enclosure()
}

fn is_right<T: Scalar, const N: usize>(a: &SMatrix<T, N, N>, norm: &Enclosure<T>) -> bool {
    let exact: Exact =
        a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect();
    let end = |x: T| Dyadic::new(x.to_f64());
    encloses_largest_singular_value(&exact, &end(norm.lo()), Some(&end(norm.hi())))
}

fn spoiled_vectors_prove_nothing_wrong<T: Scalar>(entries: &[f64], vector: &[f64], part: i32) {
    let mut a = SMatrix::<T, 4, 4>::from_fn(|i, j| T::from_f64(entries[i + 4 * j]));
    a[(0, 0)] = T::one() + a[(0, 0)].magnitude() * T::power_of_two(-2);
    let sum = T::from_f64(vector.iter().map(|x| x.magnitude()).sum());
    let mut right = 0;
    let mut check = |spoil: &dyn Fn(&mut [One<T>; 4])| {
        if let Some(norm) = enclose_with(&a, spoil) {
            assert!(is_right(&a, &norm), "{norm} {a:?}");
            right += 1;
        }
    };
    check(&|_| {});
    // From far off to hardly at all.
    for k in [0, part, part + 12] {
        check(&|x| {
            for (x, &y) in x.iter_mut().zip(vector) {
                x.0[0] += (T::from_f64(y) / sum).scale_exp2(-k);
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn registers_do_not_matter(
        entries in prop::collection::vec(-2.0_f64..2.0, 61), exponent in -40_i32..40, zeros in 0..3_usize,
    ) {
        let mut entries: Vec<f64> = entries.iter().map(|x| x.scale_exp2(exponent)).collect();
        for k in 0..zeros {
            entries[17 * k] = 0.0;
        }
        registers_agree(&matrices_of::<f64, 2, 2>(&entries));
        registers_agree(&matrices_of::<f64, 3, 5>(&entries));
        registers_agree(&matrices_of::<f32, 5, 3>(&entries));
        registers_agree(&matrices_of::<f64, 8, 8>(&entries));
        registers_agree(&matrices_of::<f32, 4, 4>(&entries));
        registers_agree(&matrices_of::<f64, 11, 12>(&entries));
    }

    #[test]
    fn any_vector_gives_a_valid_enclosure_or_none(
        entries in prop::collection::vec(-1.0_f64..1.0, 16), vector in prop::collection::vec(-1.0_f64..1.0, 4),
        part in 1..40_i32,
    ) {
        prop_assume!(vector.iter().any(|x| x.magnitude() > 0.1));
        spoiled_vectors_prove_nothing_wrong::<f64>(&entries, &vector, part);
        spoiled_vectors_prove_nothing_wrong::<f32>(&entries, &vector, part);
    }

    #[test]
    fn steps_to_the_neighbours_are_exact(x in 1e-9_f64..1e9) {
        let lane = Portable([x]);
        prop_assert_eq!(lane.next_up_of_normal().0[0], x.next_up());
        prop_assert_eq!(lane.next_down_of_normal().0[0], x.next_down());
        prop_assert_eq!(lane.reciprocal_power_of_two().0[0], f64::power_of_two(-x.exponent().unwrap()));
        let x = f32::from_f64(x);
        let lane = Portable([x]);
        prop_assert_eq!(lane.next_up_of_normal().0[0], x.next_up());
        prop_assert_eq!(lane.next_down_of_normal().0[0], x.next_down());
        prop_assert_eq!(lane.reciprocal_power_of_two().0[0], f32::power_of_two(-x.exponent().unwrap()));
    }
}

#[test]
fn steps_at_powers_of_two_are_exact() {
    for exponent in -30..30 {
        let power = f64::power_of_two(exponent);
        for x in [power, power.next_up(), power.next_down()] {
            let lane = Portable([x]);
            assert_eq!(lane.next_up_of_normal().0[0], x.next_up());
            assert_eq!(lane.next_down_of_normal().0[0], x.next_down());
            assert_eq!(lane.reciprocal_power_of_two().0[0], f64::power_of_two(-x.exponent().unwrap()));
        }
    }
}

/// With the second singular vector everything but the gap test is content.
#[test]
fn second_singular_vector_is_refused() {
    let a = SMatrix::<f64, 3, 3>::from_diagonal(&nalgebra::vector![1.5, 1.0, 0.25]);
    let norm = enclose_with(&a, |_| {}).unwrap();
    assert!(norm.contains(1.5) && norm.relative_width() <= 2.0 * f64::EPSILON);
    let unit = |index: usize| {
        move |x: &mut [One<f64>; 3]| {
            for (i, x) in x.iter_mut().enumerate() {
                x.0[0] = if i == index { 1.0 } else { 0.0 };
            }
        }
    };
    assert_eq!(enclose_with(&a, unit(1)), None);
    assert_eq!(enclose_with(&a, unit(2)), None);
    // Two equal largest singular values: no gap.
    let a = SMatrix::<f64, 3, 3>::from_diagonal(&nalgebra::vector![1.5, 1.5, 0.25]);
    assert_eq!(enclose_with(&a, unit(0)), None);
    assert_eq!(enclose_with(&a, |_| {}), None);
}

/// Matrices with entries in `[−2, 2]`, the largest 1 or more, and a vector that is not quite the first one.
fn examples<T: Scalar>() -> Vec<Found<T, 4>> {
    let mut state = 7_u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let digits =
            f64::from((state >> 40) as u32) + f64::from((state >> 11) as u32 >> 3) * f64::power_of_two(-29);
        T::from_f64(digits * f64::power_of_two(-23) - 1.0)
    };
    (0..200)
        .map(|k| {
            let mut a = SMatrix::<T, 4, 4>::from_fn(|_, _| uniform());
            a[(0, 0)] = T::one() + a[(0, 0)].magnitude();
            let mut found = Found::of(&a);
            if k % 2 == 1 {
                for x in &mut found.x {
                    x.0[0] += uniform().scale_exp2(-6);
                }
                on_grid(&mut found.x);
            }
            found
        })
        .collect()
}

fn exact<T: Scalar>(x: One<T>) -> Dyadic {
    Dyadic::new(x.0[0].to_f64())
}

fn product(x: &[Dyadic], y: &[Dyadic]) -> Dyadic {
    x.iter().zip(y).fold(Dyadic::zero(), |sum, (x, y)| sum.add(&x.mul(y)))
}

/// The exact Gram matrix.
fn exact_gram<T: Scalar>(found: &Found<T, 4>) -> Vec<Vec<Dyadic>> {
    let row = |i: usize| (0..4).map(|k| exact(found.matrix[k][i])).collect::<Vec<_>>();
    (0..4).map(|i| (0..4).map(|j| product(&row(i), &row(j))).collect()).collect()
}

fn bounds_of_the_kernel_hold<T: Scalar>() {
    let mut rounded_down = 0;
    for found in examples::<T>() {
        let mut entries = found.gram;
        let gram = Gram::of(&found.matrix, &mut entries);
        let exact_gram = exact_gram(&found);
        // F and E_G.
        let trace = (0..4).fold(Dyadic::zero(), |sum, i| sum.add(&exact_gram[i][i]));
        assert!(trace.is_at_most(&exact(gram.frobenius_square)));
        let plain = (0..4).fold(Portable([T::zero()]), |sum, i| sum + found.gram[i][i]);
        rounded_down += usize::from(!trace.is_at_most(&exact(plain)));
        let bound = exact(gram.error);
        for (gram, exact_gram) in found.gram.iter().zip(&exact_gram) {
            for (&entry, exact_entry) in gram.iter().zip(exact_gram) {
                let error = exact(entry).sub(exact_entry);
                assert!(error.mul(&error).is_at_most(&bound.mul(&bound)));
            }
        }
        // ε²‖x‖⁴ = ‖Gx‖²‖x‖² − (xᵀGx)².
        let trial = found.trial();
        let x: Vec<Dyadic> = found.x.iter().map(|&x| exact(x)).collect();
        let image: Vec<Dyadic> = exact_gram.iter().map(|row| product(row, &x)).collect();
        let (square, quotient) = (product(&x, &x), product(&x, &image));
        let variance = product(&image, &image).mul(&square).sub(&quotient.mul(&quotient));
        assert!(variance.is_at_most(&exact(trial.residual_square).mul(&square).mul(&square)));
        // (root + correction ∓ radius)²‖x‖² around xᵀGx.
        let root = RootOfQuotient::of(&found.matrix, &found.x);
        let middle = exact(root.root).add(&exact(root.correction));
        let (low, high) = (middle.sub(&exact(root.radius)), middle.add(&exact(root.radius)));
        assert!(low.mul(&low).mul(&square).is_at_most(&quotient));
        assert!(quotient.is_at_most(&high.mul(&high).mul(&square)));
        assert!(root.radius.0[0] <= T::UNIT_ROUNDOFF * root.root.0[0]);
        // What is proved stands or falls with the gap.
        if found.enclosure().is_some() {
            let none = |trial: &Trial<One<T>>| conclude(&found.matrix, &found.x, trial).proved::<T>(0);
            assert_eq!(none(&Trial { gap_proof: Portable([T::zero()]), ..trial }), None);
            assert_eq!(none(&Trial { gap_proof: Portable([T::NAN]), ..trial }), None);
            // b above ρ, just and far, and no more than the errors below.
            let rho = root.root * root.root;
            assert_eq!(none(&Trial { second: rho.scale(up(4)), ..trial }), None);
            assert_eq!(none(&Trial { second: rho.scale(T::from_count(4)), ..trial }), None);
            assert_eq!(none(&Trial { second: rho.scale(down(1)), ..trial }), None);
        }
    }
    assert!(rounded_down > 20);
}

#[test]
fn bounds_of_the_kernel_hold_in_exact_numbers() {
    bounds_of_the_kernel_hold::<f64>();
    bounds_of_the_kernel_hold::<f32>();
}

#[test]
fn constants_are_those_of_the_lemmas() {
    fn check<T: Scalar>() {
        for count in 0..200 {
            assert_eq!(up::<T>(count), inflate_up(count, T::one()));
            assert_eq!(down::<T>(count), inflate_down(count, T::one()));
            assert_eq!(gamma::<T>(count), gamma_upper(count));
        }
    }
    check::<f32>();
    check::<f64>();
}

/// A width up to eight units counts, NaN and zero do not.
#[test]
fn bounds_that_are_wide_or_no_numbers_are_not_proved() {
    let proved = |root: f64, lower: f64, upper: f64| {
        Bounds::of(Portable([root]), Portable([lower]), Portable([upper])).proved(0).is_some()
    };
    let u = f64::UNIT_ROUNDOFF;
    assert!(proved(1.0, 1.0, 1.0) && proved(1.0, 1.0, 1.0 + 6.0 * u));
    assert!(!proved(1.0, 1.0, 1.0 + 8.0 * u) && !proved(1.0, 1.0, 1.0 - u));
    assert!(!proved(0.875, 0.875, 0.875) && proved(0.876, 0.876, 0.876));
    assert!(!proved(1.0, -1.0, -1.0) && !proved(1.0, 0.0, 0.0));
    for bad in [f64::NAN, f64::INFINITY, -f64::INFINITY] {
        assert!(!proved(bad, 1.0, 1.0) || bad > 0.0);
        assert!(!proved(1.0, bad, 1.0) && !proved(1.0, 1.0, bad) && !proved(bad, bad, bad));
    }
}
