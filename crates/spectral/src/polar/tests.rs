// SPDX-License-Identifier: MIT OR Apache-2.0

//! The polar factor where it is known, its certificate against exact arithmetic, and hostile input.

use super::*;
use crate::exact::{Dyadic, Exact, eigenvalues_above, smaller_gram as exact_gram};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;
use std::vec;

fn polar<T: Scalar>(a: &DMatrix<T>, tolerance: T) -> (DMatrix<T>, PolarFactor<T>) {
    let mut work = vec![T::NAN; polar_factor_workspace_len(a.nrows(), a.ncols())];
    let mut o = a.clone();
    let proved = polar_factor_in(&mut o, tolerance, 200, &mut work).unwrap();
    let mut again = a.clone();
    assert_eq!(polar_factor(&mut again, tolerance, 200).unwrap(), proved);
    assert_eq!(again, o);
    (o, proved)
}

/// Whether exactly `rank` singular values lie in `ones` and the others are at most `zeros`, decided exactly.
fn is_right<T: Scalar>(o: &DMatrix<T>, proved: &PolarFactor<T>) -> bool {
    let a: Exact = o.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect();
    let gram = exact_gram(&a);
    let count_above = |x: T, inclusive: bool| {
        let x = Dyadic::new(x.to_f64());
        let (above, equal) = eigenvalues_above(&gram, &x.mul(&x));
        if inclusive { above + equal } else { above }
    };
    let none_larger = count_above(proved.ones().hi(), false) == 0;
    let Some(rank) = proved.rank() else { return none_larger };
    none_larger && count_above(proved.ones().lo(), true) == rank && count_above(proved.zeros(), false) <= rank
}

/// An orthogonal matrix, by reflections.
fn orthogonal(n: usize, seed: &[f64]) -> DMatrix<f64> {
    let mut q = DMatrix::identity(n, n);
    for k in 0..2 {
        let v = DVector::from_fn(n, |i, _| seed[(i + 5 * k) % seed.len()] + 0.01);
        q -= (2.0 / v.norm_squared()) * (&q * &v) * v.transpose();
    }
    q
}

#[test]
fn known_polar_factors_are_found() {
    // A signed permutation times a diagonal.
    let a = DMatrix::from_row_slice(3, 3, &[0.0, -2.0, 0.0, 0.0, 0.0, 7.0, 1e-3, 0.0, 0.0]);
    let (o, proved) = polar(&a, 1e-8);
    assert!((o - a.map(|x: f64| if x == 0.0 { 0.0 } else { x.signum() })).norm() < 1e-15);
    assert_eq!(proved.rank(), Some(3));
    assert!(proved.ones().contains(1.0) && proved.ones().width() < 1e-14 && proved.zeros() == 0.0);
    // Orthogonal up to scale already: one look is enough.
    let hadamard = DMatrix::from_fn(
        8,
        8,
        |i: usize, j: usize| if (i & j).count_ones().is_multiple_of(2) { 3.0 } else { -3.0 },
    );
    let (o, proved) = polar(&hadamard, 0.5);
    assert!((o * 8.0_f64.square_root() - hadamard / 3.0).norm() < 1e-13 && proved.steps() <= 7, "{proved:?}");
    // Rank one, wide and tall.
    for (m, n) in [(3, 5), (5, 3), (1, 4), (4, 1)] {
        let (o, proved) = polar(&DMatrix::from_element(m, n, 2.5_f64), 1e-6);
        assert_eq!(proved.rank(), Some(1));
        assert!(
            (o.map(|x| x * ((m * n) as f64).square_root()) - DMatrix::from_element(m, n, 1.0)).norm() < 1e-13
        );
    }
}

#[test]
fn singular_values_are_cut_at_the_tolerance_and_not_near_it() {
    for tolerance in [0.3, 1e-2, 1e-6, 1e-10] {
        for (factor, kept) in [(1.01, true), (0.99, false), (1e3, true), (1e-3, false)] {
            let second = tolerance * factor;
            if second > 1.0 {
                continue;
            }
            let a = DMatrix::from_diagonal(&DVector::from_vec(vec![4.0, -4.0 * second, 0.0]));
            let (o, proved) = polar(&a, tolerance);
            assert_eq!(proved.rank(), Some(if kept { 2 } else { 1 }), "{tolerance} {factor}");
            let expected = DVector::from_vec(vec![1.0, if kept { -1.0 } else { 0.0 }, 0.0]);
            assert!(
                (&o - DMatrix::from_diagonal(&expected)).norm() < 1e-14,
                "{tolerance} {factor} {o:e} {proved:?}"
            );
        }
    }
    // Nothing exceeds itself.
    let (o, proved) = polar(&DMatrix::<f64>::identity(2, 2), 1.01);
    assert!(o.norm() < 1e-30 && proved.rank() == Some(0) && proved.zeros() < 1e-30);
}

#[test]
fn degenerate_input_is_served_or_refused() {
    for (m, n) in [(0, 0), (0, 2), (2, 0), (1, 1), (2, 3)] {
        let (o, proved) = polar(&DMatrix::<f64>::zeros(m, n), 1e-6);
        assert_eq!((o, proved.rank(), proved.steps()), (DMatrix::zeros(m, n), Some(0), 0));
    }
    for x in [f64::MAX, f64::MIN_SUBNORMAL, -1e-310] {
        let (o, proved) = polar(&DMatrix::from_element(2, 2, x), 1e-6);
        assert_eq!(proved.rank(), Some(1));
        assert!((o - DMatrix::from_element(2, 2, 0.5 * x.signum())).norm() < 1e-15, "{x:e}");
    }
    for bad in [f64::NAN, f64::INFINITY] {
        let mut a = DMatrix::from_element(3, 2, 1.0);
        a[(2, 1)] = bad;
        assert_eq!(polar_factor(&mut a, 1e-6, 50).unwrap_err().position(), Some((2, 1)));
        assert_eq!(a[(0, 0)], 1.0);
    }
    let mut a = DMatrix::from_element(3, 2, 1.0);
    let needed = polar_factor_workspace_len(3, 2);
    let error = polar_factor_in(&mut a, 1e-6, 50, &mut vec![0.0; needed - 1]).unwrap_err();
    assert_eq!(error, KernelError::shape("workspace", needed, needed - 1));
    // A tolerance that is no number, or none, or all.
    for (tolerance, rank) in [(f64::NAN, 2), (0.0, 2), (-1.0, 2), (f64::INFINITY, 0)] {
        let (_, proved) = polar(&DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 3.0, 4.0]), tolerance);
        assert_eq!(proved.rank(), Some(rank), "{tolerance}");
    }
}

#[test]
fn too_few_steps_are_admitted() {
    let a = DMatrix::from_diagonal(&DVector::from_vec(vec![1.0, 0.1, 1e-4]));
    for steps in 0..40 {
        let mut o = a.clone();
        let proved = polar_factor(&mut o, 1e-6, steps).unwrap();
        assert!(is_right(&o, &proved) && proved.steps() <= steps, "{steps}");
        assert!(
            if steps < 16 { proved.rank().is_none() } else { steps < 24 || proved.rank() == Some(3) },
            "{steps}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_proved_holds_and_the_factor_is_polar(
        m in 1..7_usize, n in 1..7_usize, entries in prop::collection::vec(-1.0_f64..1.0, 36),
        rank in 1..7_usize, k in -1000_i32..1000, steps in 0..40_usize,
    ) {
        let a = DMatrix::from_fn(m, n, |i, j| entries[i + 6 * (j % rank)]);
        prop_assume!(a.iter().all(|x| x.magnitude() > 1e-6));
        let (o, proved) = polar(&a, 1e-9);
        prop_assert!(is_right(&o, &proved), "{proved:?}");
        prop_assert_eq!(&polar(&a.map(|x| x.scale_exp2(k)), 1e-9), &(o.clone(), proved));
        if m != n {
            prop_assert_eq!(&polar(&a.transpose(), 1e-9).0, &o.transpose());
        }
        if let Some(rank) = proved.rank() {
            prop_assert!(proved.ones().width() < 1e-13 && proved.ones().contains(1.0));
            prop_assert!(rank <= m.min(n));
            // ⟨A, O⟩ = ‖A‖_nuc, but for what was cut.
            let nuclear = crate::nuclear_norm(&a).unwrap().to_enclosure();
            prop_assert!((o.dot(&a) - nuclear.midpoint()).abs() < 1e-8 * nuclear.hi(), "{} {nuclear}", o.dot(&a));
            // OᵀA is symmetric.
            let product = o.transpose() * &a;
            prop_assert!((&product - product.transpose()).norm() < 1e-12);
        }
        let mut partial = a.clone();
        let proved = polar_factor(&mut partial, 1e-9, steps).unwrap();
        prop_assert!(is_right(&partial, &proved));
        let (o, proved) = polar(&a.map(|x| x as f32), 1e-3);
        prop_assert!(is_right(&o, &proved));
    }

    #[test]
    fn rotations_pass_through_even_where_the_rank_is_deficient(
        seed in prop::collection::vec(-1.0_f64..1.0, 7), other in prop::collection::vec(-1.0_f64..1.0, 6),
        rank in 1..4_usize,
    ) {
        let (u, v) = (orthogonal(5, &seed), orthogonal(4, &other));
        let values = [3.0, 1.0, 0.5, 1e-3];
        let diagonal = |f: &dyn Fn(usize) -> f64| {
            DMatrix::from_fn(5, 4, |i, j| if i == j && i < rank { f(i) } else { 0.0 })
        };
        let a = &u * diagonal(&|i| values[i]) * v.transpose();
        let (o, proved) = polar(&a, 1e-8);
        prop_assert_eq!(proved.rank(), Some(rank));
        let expected = u * diagonal(&|_| 1.0) * v.transpose();
        prop_assert!((o - &expected).norm() < 1e-11);
    }
}
