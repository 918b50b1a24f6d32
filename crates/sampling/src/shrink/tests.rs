// SPDX-License-Identifier: MIT OR Apache-2.0

//! Shrinking ends, never grows, and ends at a local minimum.

use super::*;
use crate::{Families, Stream, fill_instance};
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

static LAYOUT: [Part; 3] =
    [Part::matrix("A", Dimension::M, Dimension::N), Part::vector("x", Dimension::N), Part::scalar("c")];

/// Sizes and entries of a random instance.
fn sample<T: Scalar>(index: u64, m: usize, n: usize) -> (Sizes, Vec<T>) {
    let sizes = Sizes { m, n, ..Sizes::ONES };
    let mut data = vec![T::zero(); m * n + n + 1];
    if let Ok(mut instance) = Instance::new(&LAYOUT, sizes, &mut data) {
        let stream = &mut Stream::new(3, "shrink", index);
        let drawn = fill_instance(stream, &Families::ALL, &mut instance, &mut vec![T::zero(); m + n + 1]);
        assert!(drawn.is_ok());
    }
    (sizes, data)
}

fn scratch<T: Scalar>(sizes: &Sizes) -> Vec<T> {
    vec![T::zero(); Shrinker::scratch_len(&LAYOUT, sizes)]
}

/// A failure that depends on sizes, on a cancellation and on a single entry.
fn fails<T: Scalar>(instance: &Instance<'_, T>, kind: u64) -> bool {
    let [a, x, c] = instance.parts();
    let sum = a.iter().fold(T::zero(), |sum, &x| sum + x);
    match kind {
        0 => a.ncols() >= 2 && a.iter().any(|&x| x > T::from_f64(0.3)),
        1 => sum != a.iter().rev().fold(T::zero(), |sum, &x| sum + x),
        2 => x.iter().zip(a.iter()).any(|(&x, &a)| x * a > c[0]),
        3 => a.iter().any(|&x| x * x == T::zero() && x != T::zero()),
        _ => a.nrows() > x.nrows(),
    }
}

fn total<T: Scalar>(instance: &Instance<'_, T>) -> (usize, u64) {
    let sizes = instance.sizes();
    (sizes.m + sizes.n, instance.data().iter().map(|&x| u64::from(complexity(x))).sum())
}

fn check<T: Scalar>(index: u64, m: usize, n: usize, kind: u64) -> Result<(), TestCaseError> {
    let (sizes, mut data) = sample::<T>(index, m, n);
    let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
    if !fails(&instance, kind) {
        return Ok(());
    }
    let mut last = total(&instance);
    let before = last;
    let mut scratch = scratch(&sizes);
    let mut strict = true;
    let made = shrink(
        &mut instance,
        &mut scratch,
        &mut |candidate| {
            let failed = fails(candidate, kind);
            strict &= total(candidate) < last;
            if failed {
                last = total(candidate);
            }
            failed
        },
        1_000_000,
    )
    .unwrap();
    prop_assert!(strict, "a candidate was not smaller");
    prop_assert!(fails(&instance, kind));
    prop_assert_eq!(total(&instance), last);
    prop_assert!(last < before || made == 0);
    // No single move that a fresh shrinker knows keeps the failure.
    let mut shrinker = Shrinker::new();
    while let Some(candidate) = shrinker.propose(&instance, &mut scratch).unwrap() {
        prop_assert!(!fails(&candidate, kind), "{:?} can shrink to {:?}", instance.data(), candidate.data());
        shrinker.report(false);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn result_fails_is_smaller_and_is_a_local_minimum(
        index in any::<u64>(), m in 1_usize..7, n in 1_usize..7, kind in 0_u64..5,
    ) {
        check::<f64>(index, m, n, kind)?;
        check::<f32>(index, m, n, kind)?;
    }
}

#[test]
fn what_always_fails_shrinks_to_zeros_of_size_one() {
    let (sizes, mut data) = sample::<f64>(1, 300, 3);
    let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
    shrink(&mut instance, &mut scratch(&sizes), &mut |_| true, 100).unwrap();
    assert_eq!((instance.sizes(), instance.data()), (Sizes::ONES, &[0.0; 3][..]));
}

#[test]
fn what_never_fails_stays() {
    let (sizes, mut data) = sample::<f64>(1, 4, 3);
    let copy = data.clone();
    let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
    let made = shrink(&mut instance, &mut scratch(&sizes), &mut |_| false, usize::MAX).unwrap();
    assert_eq!((made, instance.data()), (0, &copy[..]));
}

#[test]
fn calls_are_limited_and_scratch_memory_is_checked() {
    let (sizes, mut data) = sample::<f64>(2, 4, 3);
    let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
    let mut calls = 0;
    let mut count = |_: &Instance<'_, f64>| {
        calls += 1;
        true
    };
    shrink(&mut instance, &mut scratch(&sizes), &mut count, 5).unwrap();
    assert_eq!(calls, 5);
    let error = shrink(&mut instance, &mut [0.0; 1], &mut |_| true, 5).unwrap_err();
    assert!(!error.is_nan() && error.position().is_none());
}

#[test]
fn entries_that_are_not_finite_are_shrunk_away_where_they_do_not_matter() {
    let sizes = Sizes { m: 2, n: 2, ..Sizes::ONES };
    let mut data = [f64::NAN, f64::INFINITY, 2.5, f64::NEG_INFINITY, 1.0, f64::NAN, 3.0];
    let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
    let mut has_nan = |x: &Instance<'_, f64>| x.data().iter().any(|x| x.is_nan());
    shrink(&mut instance, &mut scratch(&sizes), &mut has_nan, 1000).unwrap();
    assert_eq!(instance.data().iter().filter(|x| x.is_nan()).count(), 1);
    assert_eq!(instance.data().iter().filter(|&&x| x == 0.0).count(), 2);
}
