// SPDX-License-Identifier: MIT OR Apache-2.0

//! The history of the squarings alone: both statements of theorem T3, and what replaces the error of the Gram matrix.

use super::*;

/// The recursions themselves, with errors large enough to see.
#[test]
fn every_error_of_the_chain_enters_both_statements() {
    let mut chain = SquaringChain::<f64>::new(3, 0.5);
    assert!((chain.largest_eigenvalue_upper(0, 1.0) - 8.5).abs() < 1e-14);
    chain.push(1, 0.25);
    chain.push(-2, 0.125);
    // From level 2 to 1: √(level_two/4 + 1/8) = 1.25; to 0: √(2·1.25 + 1/4); to G: 8 times that and 1/2.
    let level_two = 4.0 * (1.25 * 1.25 - 0.125);
    let expected = 8.0 * (2.0_f64 * 1.25 + 0.25).square_root() + 0.5;
    let bound = chain.largest_eigenvalue_upper(2, level_two);
    assert!(bound >= expected && bound <= expected + 1e-13, "{bound} {expected}");
    assert!((chain.largest_eigenvalue_upper(1, 1.25) - expected).abs() < 1e-13);

    // (b): b = 8.5 gives b_0 = 1, b_1 = (1 − 1/4)/2 = 0.375, b_2 = (0.375² − 0.125)·4 = 0.0625.
    let second = 0.0625 * 0.0625;
    assert!(chain.proves_second_eigenvalue_at_most(8.5, second * (1.0 - 1e-13)));
    assert!(!chain.proves_second_eigenvalue_at_most(8.5, second * (1.0 + 1e-13)));
}

#[test]
fn negative_thresholds_prove_nothing() {
    let mut chain = SquaringChain::<f64>::new(0, 0.25);
    assert!(!chain.proves_second_eigenvalue_at_most(0.2, 0.0));
    assert!(chain.proves_second_eigenvalue_at_most(0.5, 0.0));
    chain.push(0, 0.1);
    // 0.25² − 0.1 < 0.
    assert!(!chain.proves_second_eigenvalue_at_most(0.5, 0.0));
    chain.push(0, 0.0);
    assert!(!chain.proves_second_eigenvalue_at_most(0.5, 0.0));
    assert!(!chain.proves_second_eigenvalue_at_most(f64::NAN, 0.0));
}

proptest! {
    #[test]
    fn gap_test_is_right_for_every_threshold(
        n in 2..6_usize,
        seed in 0..1000_u64,
        levels in 0..7_usize,
        part in 0.0_f64..1.2,
    ) {
        let (chain, powers) = chain_from::<f64>(symmetric(n, seed), n, levels);
        let exact = to_exact(&powers[0].0, n);
        let (h, measure) = &powers[levels];
        let largest = (0..n).fold(0, |best, j| if h[j * (n + 1)] > h[best * (n + 1)] { j } else { best });
        let w = &h[n * largest..n * (largest + 1)];
        let scale = w.iter().fold(0.0, |m: f64, x| m.greater(x.magnitude())).exponent().unwrap();
        let w: Vec<f64> = w.iter().map(|x| x.scale_exp2(-scale)).collect();
        let mut image = vec![0.0; n];
        for (column, &x) in h.chunks_exact(n).zip(&w) {
            image.iter_mut().zip(column).for_each(|(y, h)| *y += h * x);
        }
        let b = measure.trace.greater(powers[0].1.trace) * part;
        let second = second_square_upper(measure.square, 2 * n + 1, &w, &image);
        if chain.proves_second_eigenvalue_at_most(b, second) {
            prop_assert!(eigenvalues_above(&exact, &dyadic(b)).0 <= 1);
        }
    }
}

#[test]
fn the_chain_steps_outward_at_every_operation() {
    for seed in 0..200 {
        let random: Vec<f32> = entries(5, seed);
        let [gram_error, error, other, bound, b] =
            [0, 1, 2, 3, 4].map(|i: usize| random[i].magnitude() + 0.01);
        let (gram_error, error, other) = (gram_error / 1024.0, error / 1024.0, other / 1024.0);
        let mut chain = SquaringChain::new(3, gram_error);
        chain.push(1, error);
        chain.push(-1, other);
        let up = |bound: f32, exponent: i32, error: f32| (bound.scale_exp2(exponent) + error).next_up();
        let level_one = up(bound, -1, other).square_root().next_up();
        let level_zero = up(level_one, 1, error).square_root().next_up();
        assert_eq!(chain.largest_eigenvalue_upper(2, bound), up(level_zero, 3, gram_error));

        let b = b * 8.0 + 4.0;
        let factor = 1.0 - 4.0 * f32::UNIT_ROUNDOFF;
        let down = |b: f32, exponent: i32, error: f32| (b * b * factor - error).scale_exp2(exponent);
        let first = (b - gram_error).next_down().scale_exp2(-3);
        let last = down(down(first, -1, error), 1, other);
        let largest = last * last * factor;
        assert!(chain.proves_second_eigenvalue_at_most(b, largest));
        assert!(!chain.proves_second_eigenvalue_at_most(b, largest.next_up()));
    }
    // A product by a power of two that rounds.
    let chain = SquaringChain::<f32>::new(-20, 0.0);
    let bound = f32::power_of_two(-126) * 1.1;
    assert!(dyadic(bound).scaled(-20).is_at_most(&dyadic(chain.largest_eigenvalue_upper(0, bound))));
    assert_eq!(scale_up(bound, -20), bound.scale_exp2(-20).next_up());
    // Where a square might underflow nothing is proved, not even of zero.
    let chain = SquaringChain::<f32>::new(0, 0.0);
    assert!(chain.proves_second_eigenvalue_at_most(1e-9, 0.0));
    assert!(!chain.proves_second_eigenvalue_at_most(4e-10, 0.0));
}

/// The limit leaves room for gaps of the last digit: `(1 − 2u)` to the power `2^k` must vanish.
#[test]
fn the_chain_is_full_six_squarings_after_the_digits() {
    let mut single = SquaringChain::<f32>::new(0, 0.0);
    let mut double = SquaringChain::<f64>::new(0, 0.0);
    while !single.is_full() {
        single.push(0, 0.0);
    }
    while !double.is_full() {
        double.push(0, 0.0);
    }
    assert_eq!((single.squarings(), double.squarings()), (30, 59));
}

/// A second bound of the error counts where it is smaller, and there alone.
#[test]
fn the_smaller_bound_of_the_gram_error_counts() {
    let mut chain = SquaringChain::<f64>::new(0, 0.5);
    let upper = |chain: &SquaringChain<f64>| chain.largest_eigenvalue_upper(0, 1.0);
    for (error, smallest) in
        [(0.75, 0.5), (0.25, 0.25), (f64::INFINITY, 0.25), (0.375, 0.25), (0.0625, 0.0625)]
    {
        chain.tighten_gram_error(error);
        assert!((1.0 + smallest..1.0 + smallest + 1e-15).contains(&upper(&chain)), "{error}");
        assert!(chain.proves_second_eigenvalue_at_most(1.0 + smallest, 1.0 - 1e-14));
        assert!(!chain.proves_second_eigenvalue_at_most(1.0 + smallest, 1.0 + 1e-14));
    }
}
