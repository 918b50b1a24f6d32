// SPDX-License-Identifier: MIT OR Apache-2.0

//! The failure rates, decided by exact binomial tails, and what no chance may change.

#![allow(clippy::disallowed_methods, reason = "draws of a test need not be the same bits everywhere")]

use super::*;
use nalgebra::{DMatrix, DVector};
use std::vec;
use std::vec::Vec;

/// The probability that a test here fails although the code is right, for each of its two sides.
const FALSE_ALARM: f64 = 1e-6;

/// Standard normal numbers (Box and Muller) from a linear congruence.
struct Normal(u64);

impl Normal {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 32)) >> 11) as f64 / 9_007_199_254_740_992.0 + 1e-17
    }

    fn draw(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (core::f64::consts::TAU * self.uniform()).cos()
    }

    fn vector(&mut self, n: usize) -> DVector<f64> {
        DVector::from_fn(n, |_, _| self.draw())
    }
}

/// The probabilities of `0, …, trials` successes.
fn binomial(trials: usize, probability: f64) -> Vec<f64> {
    // In logarithms, for the first may underflow.
    let mut logarithm = trials as f64 * (1.0 - probability).ln();
    let mut all = vec![logarithm.exp()];
    for k in 0..trials {
        logarithm += ((trials - k) as f64 / (k + 1) as f64 * probability / (1.0 - probability)).ln();
        all.push(logarithm.exp());
    }
    all
}

/// Whether `failures` are not too many for a failure probability of at most `at_most`, nor too few for one of at least
/// `at_least`.
fn rate_is_plausible(failures: usize, trials: usize, at_most: f64, at_least: f64) -> bool {
    let many: f64 = binomial(trials, at_most)[failures..].iter().sum();
    let few: f64 = binomial(trials, at_least)[..=failures].iter().sum();
    many > FALSE_ALARM && few > FALSE_ALARM
}

#[test]
fn the_test_of_rates_refutes_what_is_wrong() {
    assert!(rate_is_plausible(1000, 4000, 0.25, 0.25));
    assert!(!rate_is_plausible(1140, 4000, 0.25, 0.0) && !rate_is_plausible(860, 4000, 1.0 - 1e-9, 0.25));
    assert!((binomial(3000, 0.25).iter().sum::<f64>() - 1.0).abs() < 1e-9);
}

/// For a matrix of rank one the probability of the lemma is nearly reached, so that a wrong constant shows.
#[test]
fn gaussian_probes_fail_as_seldom_as_stated() {
    let mut normal = Normal(0x5eed);
    let a = normal.vector(3) * normal.vector(5).transpose();
    let norm = crate::spectral_norm(&a).unwrap().enclosure();
    let trials = 4000;
    for (count, factor) in [(1, 4.0), (2, 2.0), (3, 1.5)] {
        let mut failures = 0;
        for _ in 0..trials {
            let probes = DMatrix::from_fn(5, count, |_, _| normal.draw());
            let bound = gaussian_probe_bound(&a, &probes, factor).unwrap();
            assert!((bound.failure_probability() * factor.powi(count as i32) - 1.0).abs() < 1e-12);
            failures += usize::from(bound.value() < norm.lo());
        }
        // P[|g| ≤ t] ≥ √(2/π) t (1 − t²/6) at t = √(π/2)/factor.
        let t = 1.2533 / factor;
        let each = (1.0 - t * t / 6.0) / factor;
        assert!(
            rate_is_plausible(failures, trials, factor.powi(-(count as i32)), each.powi(count as i32)),
            "{count} probes: {failures} failures"
        );
    }
}

#[test]
fn growth_fails_as_seldom_as_stated() {
    let mut normal = Normal(0xc0ffee);
    let trials = 4000;
    for (m, n) in [(3, 8), (2, 2), (4, 1), (6, 40)] {
        let a = normal.vector(m) * normal.vector(n).transpose();
        let norm = crate::spectral_norm(&a).unwrap().enclosure();
        for steps in [1, 6] {
            let mut work = vec![f64::NAN; probable_norm_workspace_len(m, n, steps)];
            let mut failures = 0;
            for _ in 0..trials {
                let start = normal.vector(n);
                let bound = probable_norm_bound_in(&a, &start, steps, 0.25, &mut work).unwrap();
                assert_eq!(bound.failure_probability(), 0.25);
                failures += usize::from(bound.value() < norm.lo());
            }
            // The bound of the density is nearly reached in high dimension only.
            let at_least = if n >= 8 { 0.2 } else { 0.0 };
            assert!(rate_is_plausible(failures, trials, 0.25, at_least), "{m} {n} {steps}: {failures}");
        }
    }
}

#[test]
fn full_rank_matrices_fail_more_seldom_and_more_steps_tighten() {
    let mut normal = Normal(77);
    let a = DMatrix::from_fn(30, 20, |_, _| normal.draw());
    let norm = crate::spectral_norm(&a).unwrap().enclosure();
    let mut last = f64::INFINITY;
    for steps in [5, 20, 80, 320] {
        let mut work = vec![f64::NAN; probable_norm_workspace_len(30, 20, steps)];
        let mut worst = 0.0_f64;
        for _ in 0..50 {
            let start = normal.vector(20);
            let bound = probable_norm_bound_in(&a, &start, steps, 1e-8, &mut work).unwrap();
            assert!(bound.value() >= norm.lo(), "{steps}");
            worst = if bound.value() > worst { bound.value() } else { worst };
        }
        let expected = (4.5e8_f64).powf(1.0 / steps as f64);
        assert!(worst <= norm.hi() * expected * (1.0 + 1e-9) && worst <= last, "{steps} {worst} {norm}");
        last = worst;
    }
    assert!(last < 1.07 * norm.hi());
}

/// The exact bound `‖A‖ ≤ (‖y_p‖/(t‖b‖))^(1/p)`, with `b` chosen so that it is reached, is not undercut.
#[test]
fn the_growth_bound_is_that_of_its_formula() {
    for (c, steps) in [(0.5_f64, 1), (0.1, 2), (0.01, 5), (1e-4, 9)] {
        let a = DMatrix::from_diagonal(&DVector::from_vec(vec![4.0, 0.0, 3.999]));
        let start = DVector::from_vec(vec![c, (1.0 - c * c).sqrt(), 0.0]);
        // √(2n/π) t = δ: at half the probability the bound is above 4, at twice it is below.
        let delta = (6.0 / core::f64::consts::PI).sqrt() * c;
        let mut work = vec![0.0; probable_norm_workspace_len(3, 3, steps)];
        let mut at =
            |delta: f64| probable_norm_bound_in(&a, &start, steps, delta, &mut work).unwrap().value();
        let tight = at(delta * 0.999_999_999);
        assert!((4.0..4.000_001).contains(&tight), "{c} {steps} {tight}");
        assert!(at(delta * 1.000_001) < 4.0 || steps > 5, "{c} {steps}");
        assert!(
            (at(delta / 2.0) / 4.0 - 2.0_f64.powf(1.0 / steps as f64)).abs() < 1e-6 || at(delta / 2.0) > 5.6
        );
    }
}

/// In binary32 the errors of the products are larger than in the exact iteration; the allowance for them must show.
#[test]
fn rounding_is_accounted_for() {
    let n = 64;
    let mut normal = Normal(5);
    let a = DMatrix::from_fn(n, n, |_, _| normal.draw() as f32);
    let norm = crate::spectral_norm(&a.map(f64::from)).unwrap().enclosure();
    // The top right singular vector has no part in this start but its rounding errors.
    let wide = a.map(f64::from);
    let mut v = normal.vector(n);
    for _ in 0..4000 {
        v = (wide.transpose() * (&wide * &v)).normalize();
    }
    let b = normal.vector(n);
    let b = (&b - &v * v.dot(&b)).map(|x| x as f32);
    for steps in [1, 2, 10, 100, 1000] {
        let mut work = vec![f32::NAN; probable_norm_workspace_len(n, n, steps)];
        // A component of 8u of the length is what the stored vector is allowed to have lost.
        let bound = probable_norm_bound_in(&a, &b, steps, 3.2e-6, &mut work).unwrap();
        assert!(f64::from(bound.value()) >= norm.lo(), "{steps} {bound:?} {norm}");
    }
}

/// A sum of 4000 terms each of which is rounded away: the whole of γ is needed.
#[test]
fn the_worst_rounding_of_a_product_is_accounted_for() {
    let n = 4000;
    let a = DMatrix::from_fn(1, n, |_, j| if j == 0 { 1.0 } else { f32::UNIT_ROUNDOFF });
    let norm = two_norm_enclosure(&a.column(0)).unwrap().to_enclosure().lo();
    let start = DVector::from_element(n, 1.0_f32);
    assert_eq!((&a * &start)[0], 1.0);
    // The component of the start along the row, which is nearly the first unit vector, is (1 + 3999u)/√n.
    let probability = core::f64::consts::FRAC_2_PI.sqrt() * (1.0 + 3990.0 * f64::from(f32::UNIT_ROUNDOFF));
    let mut work = vec![0.0; probable_norm_workspace_len(1, n, 1)];
    let bound = probable_norm_bound_in(&a, &start, 1, probability, &mut work).unwrap();
    assert!(bound.value() >= norm, "{bound:?}");
}

#[test]
fn a_start_rounded_after_it_was_drawn_is_accounted_for() {
    let a = DMatrix::from_row_slice(2, 2, &[1.0_f32, 0.0, 0.0, 0.0]);
    // Drawn with a component of 10⁻⁶, stored with 4u less.
    let start = DVector::from_vec(vec![1e-6 - 4.0 * f32::UNIT_ROUNDOFF, 1.0]);
    let probability = (4.0 / core::f64::consts::PI).sqrt() * 1e-6;
    let mut work = vec![0.0; probable_norm_workspace_len(2, 2, 1)];
    let bound = probable_norm_bound_in(&a, &start, 1, probability, &mut work).unwrap();
    assert!(bound.value() >= 1.0, "{bound:?}");
}

#[test]
fn degenerate_input_is_served_or_refused() {
    let a = DMatrix::from_element(2, 3, 1.0);
    let start = DVector::from_element(3, 1.0);
    let mut work = [0.0; 64];
    let frobenius = 6.0_f64.sqrt();
    for (steps, probability) in [(0, 0.1), (4, 0.0), (4, -1.0), (4, f64::NAN), (4, f64::NEG_INFINITY)] {
        let bound = probable_norm_bound_in(&a, &start, steps, probability, &mut work).unwrap();
        assert!(bound.value() >= frobenius && bound.value() < frobenius * (1.0 + 1e-14), "{probability}");
        assert!((0.0..=1.0).contains(&bound.failure_probability()));
    }
    let bound = probable_norm_bound_in(&a, &start, 4, f64::INFINITY, &mut work).unwrap();
    assert_eq!(bound.failure_probability(), 1.0);
    for (m, n) in [(0, 3), (2, 3)] {
        let zero = DMatrix::<f64>::zeros(m, n);
        let bound = probable_norm_bound_in(&zero, &start, 5, 0.1, &mut work).unwrap();
        assert_eq!(bound.value(), 0.0);
        assert_eq!(gaussian_probe_bound(&zero, &start, 5.0).unwrap().value(), 0.0);
    }
    let none =
        probable_norm_bound_in(&DMatrix::<f64>::zeros(3, 0), &DVector::zeros(0), 5, 0.1, &mut work).unwrap();
    assert_eq!(none.value(), 0.0);
    assert!(
        probable_norm_bound_in(&a, &DVector::zeros(3), 5, 0.1, &mut work)
            .unwrap_err()
            .is_undefined_for_zero()
    );
    assert!(probable_norm_bound_in(&a, &DVector::from_element(2, 1.0), 5, 0.1, &mut work).is_err());
    assert!(probable_norm_bound_in(&a, &start, 5, 0.1, &mut work[..14]).is_err());
    let nan = DMatrix::from_element(2, 3, f64::NAN);
    assert!(probable_norm_bound_in(&nan, &start, 5, 0.1, &mut work).unwrap_err().is_nan());
    assert!(probable_norm_bound_in(&a, &DVector::from_element(3, f64::NAN), 5, 0.1, &mut work).is_err());
    assert!(gaussian_probe_bound(&nan, &start, 5.0).is_err() && gaussian_probe_bound(&a, &a, 5.0).is_err());
    for factor in [1.0, 0.5, -2.0, f64::NAN] {
        let bound = gaussian_probe_bound(&a, &start, factor).unwrap();
        assert_eq!((bound.value(), bound.failure_probability()), (f64::INFINITY, 1.0), "{factor}");
    }
    assert_eq!(gaussian_probe_bound(&a, &start, f64::INFINITY).unwrap().value(), f64::INFINITY);
    assert_eq!(gaussian_probe_bound(&a, &DMatrix::zeros(3, 0), 5.0).unwrap().value(), f64::INFINITY);
    // Scales beyond the range.
    for x in [f64::MAX, f64::MIN_SUBNORMAL] {
        let a = DMatrix::from_element(2, 3, x);
        let bound = probable_norm_bound_in(&a, &start, 9, 0.1, &mut work).unwrap();
        assert!(bound.value() >= x && bound.value() >= 2.0 * x, "{x:e}");
    }
}

#[test]
fn powers_of_two_scale_the_bound() {
    let mut normal = Normal(9);
    let a = DMatrix::from_fn(4, 6, |_, _| normal.draw());
    let (start, probes) = (normal.vector(6), DMatrix::from_fn(6, 2, |_, _| normal.draw()));
    let mut work = [0.0; 64];
    let bound = probable_norm_bound_in(&a, &start, 9, 0.01, &mut work).unwrap().value();
    let probed = gaussian_probe_bound(&a, &probes, 10.0).unwrap().value();
    for k in [-900, -17, 3, 900] {
        let scaled = a.map(|x| x.scale_exp2(k));
        for l in [-900, 0, 900] {
            let start = start.map(|x| x.scale_exp2(l));
            let value = probable_norm_bound_in(&scaled, &start, 9, 0.01, &mut work).unwrap().value();
            assert_eq!(value, bound.scale_exp2(k));
        }
        assert_eq!(gaussian_probe_bound(&scaled, &probes, 10.0).unwrap().value(), probed.scale_exp2(k));
    }
}
