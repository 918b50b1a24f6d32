// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers do not matter, and neither does the vector proposed: the enclosure must then be refused or wider, never
//! wrong.

use super::kernel::{conclude, propose, square};
use super::lanes::Portable;
use super::twofold::Twofold;
use super::*;
use crate::exact::{Dyadic, Exact, encloses_largest_singular_value};
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;
use widthwise_rounding::Enclosure;

type One<T> = Portable<T, 1>;

fn norms_in<T: Scalar, V: Lanes<T>, const L: usize, const M: usize, const N: usize>(
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

/// The enclosure of one matrix with entries in `[−2, 2]`, the largest at least 1, for a vector of the test's choice.
fn enclose_with<T: Scalar, const N: usize>(
    a: &SMatrix<T, N, N>,
    spoil: impl Fn(&mut [One<T>; N]),
) -> Option<Enclosure<T>> {
    let zero = Portable([T::zero()]);
    let mut matrix = [[zero; N]; N];
    for (j, column) in matrix.iter_mut().enumerate() {
        for (i, entry) in column.iter_mut().enumerate() {
            *entry = Portable([a[(i, j)]]);
        }
    }
    let mut storage = [[[zero; N]; N]; 2];
    let powers = square(&matrix, &mut storage);
    let mut proposal = propose(&powers);
    spoil(&mut proposal.x);
    conclude(&matrix, &powers, &proposal).proved(0)
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
