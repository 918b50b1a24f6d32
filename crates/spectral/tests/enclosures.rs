// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enclosures of hard matrices against the exact oracle, as many as asked for.
//!
//! Every family at every size is met, square, tall and wide, in both formats. A release build checks 20 000 enclosures,
//! a debug build each family once at each size and format; `WIDTHWISE_ENCLOSURES` asks for another number:
//!
//! ```sh
//! WIDTHWISE_ENCLOSURES=1000000 cargo test --release -p widthwise-spectral --test enclosures
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and its numbers are small"
)]

#[allow(dead_code, reason = "each test uses a part of the oracle")]
mod exact;
mod families;

use std::sync::atomic::{AtomicUsize, Ordering};

use exact::{CharacteristicPolynomial, Dyadic, Exact, eigenvalues_above, smaller_gram};
use families::{FAMILIES, Source, in_format};
use nalgebra::DMatrix;
use widthwise_linalg::Scaling;
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_spectral::{Certificate, SpectralNorm, spectral_norm_in, workspace_len};

const SIZES: [usize; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32];

/// How many enclosures a run checks.
fn wanted() -> usize {
    match std::env::var("WIDTHWISE_ENCLOSURES") {
        Ok(count) => count.parse().expect("WIDTHWISE_ENCLOSURES is a number"),
        Err(_) if cfg!(debug_assertions) => FAMILIES.len() * SIZES.len() * 2,
        Err(_) => 20_000,
    }
}

fn to_exact<T: Scalar>(a: &DMatrix<T>) -> Exact {
    a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect()
}

fn ends<T: Scalar>(norm: &ScaledEnclosure<T>) -> (Dyadic, Dyadic) {
    let exponent = i64::from(norm.exponent());
    let end = |x: T| Dyadic::new(x.to_f64()).scaled(exponent);
    (end(norm.significand().lo()), end(norm.significand().hi()))
}

fn norm_of<T: Scalar>(a: &DMatrix<T>) -> SpectralNorm<T> {
    // Not zero: the contents of the workspace must not matter.
    let mut work = vec![T::NAN; workspace_len(a.nrows(), a.ncols())];
    spectral_norm_in(a, &mut work).unwrap()
}

/// The widest enclosure allowed, in units of `u`: theorem by theorem, for `s` rows and `l ≥ s` columns.
///
/// *Kato-Temple after `k` squarings.* The bound adds `ε²/(2(ρ − b)√ρ)` to the quotient, and the gap that is tried is `ρ − b =
/// 2^(−k−1)ρ`. The residual is that of a vector which the rounding of the Gram matrix, up to `slu·ρ`, has turned, so `slu·ρ` too; the
/// roundings of the residual itself add `2√s·lu·ρ` at most, and their allowance the same. With `ε² ≤ 2(a² + b²)` that is `ε² ≤
/// 2(3slu)²ρ²`, and the excess `18(sl)²2^k·u` units of `u`: nothing for a gap in sight, and more than the powers themselves prove for a gap
/// of the order of the errors. The ends are neighbours of the sum of a number and its correction: three steps of `2u`.
fn widest_allowed<T: Scalar>(norm: &SpectralNorm<T>, a: &DMatrix<T>) -> f64 {
    let (short, long) = (a.nrows().min(a.ncols()) as f64, a.nrows().max(a.ncols()) as f64);
    // A step more at each end for entries that lose digits when they are scaled.
    let ends = if Scaling::of(a).unwrap().is_exact() { 6.0 } else { 10.0 };
    let by_powers = 2.0 * short * long + 20.0;
    match norm.certificate() {
        Certificate::Zero => 0.0,
        Certificate::TwoNorm | Certificate::ClosedForm2x2 => ends,
        Certificate::KatoTemple { squarings } => {
            let excess =
                18.0 * (short * long) * (short * long) * f64::power_of_two(squarings as i32 - T::DIGITS);
            (ends + excess).lesser(by_powers)
        }
        Certificate::SquaringChain { .. } => by_powers,
        other => panic!("{other:?} is no certificate of the small path"),
    }
}

/// The matrix of one trial. The family changes fastest, then size and shape together: fourteen sizes and three shapes
/// meet in every way.
fn trial(index: usize) -> (&'static str, DMatrix<f64>) {
    let (name, family) = FAMILIES[index % FAMILIES.len()];
    let step = index / FAMILIES.len();
    let size = SIZES[step % SIZES.len()];
    let mut source = Source::new(index as u64);
    let longer = size + 1 + source.below(size);
    let (m, n) = match step % 3 {
        0 => (size, size),
        1 => (longer, size),
        _ => (size, longer),
    };
    (name, family(&mut source, m, n))
}

fn check<T: Scalar>(name: &str, a: &DMatrix<T>) {
    let (m, n) = a.shape();
    let norm = norm_of(a);
    let (lo, hi) = ends(&norm.scaled());
    let polynomial = CharacteristicPolynomial::of_gram(&to_exact(a));
    let right = polynomial.largest_is_at_least(&lo) && polynomial.largest_is_at_most(&hi);
    assert!(right, "{} {name} {m}x{n}: {norm:?} {a:?}", T::NAME);
    let width = norm.scaled().significand().relative_width().to_f64() / T::UNIT_ROUNDOFF.to_f64();
    let allowed = widest_allowed(&norm, a);
    assert!(width <= allowed, "{} {name} {m}x{n}: {width}u, {:?} {a:?}", T::NAME, norm.certificate());
}

#[test]
fn every_family_and_size_is_enclosed() {
    let (wanted, next) = (wanted(), AtomicUsize::new(0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    // Two enclosures of each matrix, one in each format.
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if 2 * index >= wanted {
                        break;
                    }
                    let (name, a) = trial(index);
                    check::<f64>(name, &in_format(&a));
                    check::<f32>(name, &in_format(&a));
                    if (index + 1) % 50_000 == 0 {
                        eprintln!("{} enclosures checked or begun", 2 * (index + 1));
                    }
                }
            });
        }
    });
    eprintln!("{} enclosures checked", wanted.next_multiple_of(2));
}

/// The oracle has teeth: an end moved to the wrong side by `10⁻¹³` is always refused.
#[test]
fn ends_moved_by_one_part_in_ten_trillion_are_refused() {
    let up = Dyadic::new(1.0 + 1e-13);
    let down = Dyadic::new(1.0 - 1e-13);
    let mut refused = 0;
    for index in 0..FAMILIES.len() * if cfg!(debug_assertions) { 9 } else { 12 } {
        let (name, a) = trial(index);
        let norm = norm_of(&a);
        if norm.certificate() == Certificate::Zero {
            continue;
        }
        // The narrow enclosure leaves nowhere to hide.
        assert!(norm.scaled().significand().relative_width() < 1e-13, "{name}: {norm:?}");
        let (lo, hi) = ends(&norm.scaled());
        let polynomial = CharacteristicPolynomial::of_gram(&to_exact(&a));
        assert!(!polynomial.largest_is_at_least(&lo.mul(&up)), "{name}: {norm:?}");
        assert!(!polynomial.largest_is_at_most(&hi.mul(&down)), "{name}: {norm:?}");
        refused += 2;
    }
    assert!(refused > 500, "{refused}");
}

/// Signs of the characteristic polynomial and signs of the pivots, counted for numbers anywhere between the singular
/// values and for numbers that are singular values.
#[test]
fn both_ways_to_count_agree() {
    for index in 0..FAMILIES.len() * 6 {
        let (name, a) = trial(index);
        let exact = to_exact(&a);
        let (gram, polynomial) = (smaller_gram(&exact), CharacteristicPolynomial::of_gram(&exact));
        let hi = ends(&norm_of(&a).scaled()).1;
        let mut source = Source::new(index as u64);
        let mut bounds = vec![Dyadic::zero(), Dyadic::new(1.0), hi.clone()];
        bounds.extend((0..4).map(|_| hi.mul(&Dyadic::new(source.uniform().magnitude()))));
        bounds.extend(exact.iter().flatten().filter(|x| Dyadic::zero().is_at_most(x)).take(3).cloned());
        for bound in bounds {
            let pivots = eigenvalues_above(&gram, &bound.mul(&bound));
            assert_eq!(polynomial.singular_values_above(&bound), pivots, "{name} {bound:?} {a:?}");
        }
    }
}
