// SPDX-License-Identifier: MIT OR Apache-2.0

//! The polynomials against their known orbits, the defect against exact arithmetic.

use super::*;
use crate::exact::{Dyadic, Exact, eigenvalues_above, smaller_gram as exact_gram};
use nalgebra::{DMatrix, DVector, matrix};
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

fn steps<T: Scalar>(
    a: &DMatrix<T>,
    polynomial: NewtonSchulz,
    steps: usize,
) -> (DMatrix<T>, ScaledEnclosure<T>) {
    let mut work = vec![T::NAN; newton_schulz_workspace_len(a.nrows(), a.ncols())];
    let mut x = a.clone();
    let defect = newton_schulz_in(&mut x, polynomial, steps, &mut work).unwrap();
    (x, defect)
}

/// Whether `lo ≤ ‖G − 1‖₂ ≤ hi` for the smaller Gram matrix of `a`, decided exactly.
fn defect_is_right<T: Scalar>(a: &DMatrix<T>, defect: &ScaledEnclosure<T>) -> bool {
    let a: Exact = a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect();
    let one = Dyadic::new(1.0);
    let mut difference = exact_gram(&a);
    for (i, row) in difference.iter_mut().enumerate() {
        row[i] = row[i].sub(&one);
    }
    let negated: Exact =
        difference.iter().map(|row| row.iter().map(|x| Dyadic::zero().sub(x)).collect()).collect();
    let above = |bound: &Dyadic| {
        [&difference, &negated]
            .map(|m| eigenvalues_above(m, bound))
            .iter()
            .fold((0, 0), |s, c| (s.0 + c.0, s.1 + c.1))
    };
    let end = |x: T| Dyadic::new(x.to_f64()).scaled(i64::from(defect.exponent()));
    let (lo, hi) = (end(defect.significand().lo()), end(defect.significand().hi()));
    let (over, equal) = above(&lo);
    over + equal > 0 && above(&hi).0 == 0
}

#[test]
fn singular_values_follow_the_orbit_of_the_polynomial() {
    // diag(3, 1)/√10 under Muon.
    let a = DMatrix::from_diagonal(&DVector::from_vec(vec![3.0_f64, 1.0]));
    let orbit =
        [(0.75185, 0.94467), (1.04842, 0.75680), (0.68186, 1.04139), (1.13433, 0.68247), (0.75303, 1.13371)];
    for (k, (first, second)) in orbit.into_iter().enumerate() {
        let (x, _) = steps(&a, NewtonSchulz::Muon, k + 1);
        assert!((x[(0, 0)] - first).abs() < 5e-6 && (x[(1, 1)] - second).abs() < 5e-6, "{k} {x}");
    }
    // E′ = (3E² + E³)/4 and E′ = 5E³/8 + 15E⁴/64 + 9E⁵/64 at E = 1/2, from a matrix with both values 1/√2.
    for (polynomial, expected) in [
        (NewtonSchulz::Cubic, (3.0 * 0.25 + 0.125) / 4.0),
        (NewtonSchulz::Quintic, 0.625 * 0.125 + 0.234_375 * 0.0625 + 0.140_625 * 0.031_25),
    ] {
        let (x, defect) = steps(&DMatrix::<f64>::identity(2, 2), polynomial, 1);
        assert!((1.0 - x[(0, 0)] * x[(0, 0)] - expected).abs() < 1e-15, "{polynomial:?}");
        assert!((defect.to_enclosure().midpoint() - expected).abs() < 1e-15);
    }
}

#[test]
fn muon_keeps_every_matrix_below_its_maximum_and_does_not_converge() {
    for n in [1, 2, 5, 9] {
        let a = DMatrix::from_fn(n, n + 2, |i, j| (((3 * i + 5 * j + i * j) % 11) as f64) - 4.7);
        for k in 1..12 {
            let (x, _) = steps(&a, NewtonSchulz::Muon, k);
            let norm = crate::spectral_norm(&x).unwrap().enclosure();
            assert!(norm.hi() <= 1.202_368_62, "{n} {k} {norm}");
        }
        let (_, defect) = steps(&a, NewtonSchulz::Cubic, 40);
        assert!(defect.to_enclosure().hi() < 1e-13, "{n}");
    }
}

#[test]
fn zero_stays_zero_and_bad_input_is_refused() {
    for (m, n) in [(0, 0), (0, 3), (3, 0)] {
        let (x, defect) = steps(&DMatrix::<f64>::zeros(m, n), NewtonSchulz::Muon, 5);
        assert_eq!((x.shape(), defect), ((m, n), ScaledEnclosure::zero()));
    }
    let (x, defect) = steps(&DMatrix::<f64>::zeros(2, 3), NewtonSchulz::Muon, 5);
    assert_eq!((x, defect), (DMatrix::zeros(2, 3), ScaledEnclosure::one()));
    // A zero singular value stays zero to the bit where nothing rounds.
    let (x, _) = steps(&matrix![5.0, 0.0; 0.0, 0.0].resize(2, 2, 0.0), NewtonSchulz::Quintic, 9);
    assert_eq!(x, DMatrix::from_diagonal(&DVector::from_vec(vec![1.0, 0.0])));
    for bad in [f64::NAN, f64::INFINITY] {
        let mut a = matrix![1.0, 2.0; 3.0, bad];
        let mut work = [0.0; 64];
        let error = newton_schulz_in(&mut a, NewtonSchulz::Cubic, 3, &mut work).unwrap_err();
        assert_eq!(error.position(), Some((1, 1)));
        assert_eq!(a[(0, 1)], 2.0);
        assert!(orthogonality_defect_in(&a, &mut work).is_err());
    }
    let mut a = matrix![1.0, 2.0; 3.0, 4.0];
    assert!(newton_schulz_in(&mut a, NewtonSchulz::Cubic, 3, &mut [0.0; 25]).is_err());
    assert!(orthogonality_defect_in(&a, &mut [0.0; 25]).is_err());
}

proptest! {
    #[test]
    fn the_defect_is_enclosed_and_powers_of_two_change_no_bit(
        m in 1..7_usize, n in 1..7_usize, entries in prop::collection::vec(-1.0_f64..1.0, 36), k in -1000_i32..1000,
        count in 0..30_usize, kind in 0..3_usize,
    ) {
        let a = DMatrix::from_fn(m, n, |i, j| entries[i + 6 * j]);
        prop_assume!(a.iter().all(|x| x.magnitude() > 1e-6));
        let polynomial = [NewtonSchulz::Cubic, NewtonSchulz::Quintic, NewtonSchulz::Muon][kind];
        let (x, defect) = steps(&a, polynomial, count);
        prop_assert!(defect_is_right(&x, &defect));
        prop_assert_eq!(&steps(&a.map(|x| x.scale_exp2(k)), polynomial, count).0, &x);
        if m != n {
            prop_assert_eq!(steps(&a.transpose(), polynomial, count).0, x.transpose());
        }
        let (x, defect) = steps(&a.map(|x| x as f32), polynomial, count);
        prop_assert!(defect_is_right(&x, &defect));
        // Any matrix, not only an iterate.
        let mut work = vec![f64::NAN; newton_schulz_workspace_len(m, n)];
        let scaled = a.map(|x| x.scale_exp2(k % 20));
        let defect = orthogonality_defect_in(&scaled, &mut work).unwrap();
        prop_assert!(defect_is_right(&scaled, &defect));
    }
}

#[test]
fn products_by_blocks_are_ascending_sums() {
    for n in 1..12_usize {
        let q: Vec<f64> = (0..n * n).map(|i| 1.0 / (i + 3) as f64).collect();
        let x: Vec<f64> = (0..n).map(|i| (i as f64) - 1.3).collect();
        let mut out = vec![f64::NAN; n];
        multiply(&q, &x, &mut out);
        for i in 0..n {
            let sum = (0..n).fold(0.0, |sum, k| sum + q[i + k * n] * x[k]);
            assert_eq!(out[i], sum);
        }
    }
}
