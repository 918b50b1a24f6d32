// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel of little code: right on every family, a few `u` wide where a gap is proved, and narrow without one.

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

use exact::{Dyadic, Exact, encloses_largest_singular_value};
use families::{FAMILIES, Source, in_format};
use nalgebra::{Matrix2, Matrix3, Matrix4, SMatrix, SVector};
use widthwise_rounding::Scalar;
use widthwise_spectral::{
    BatchScalar, Certificate, SpectralNorm, spectral_norm, spectral_norm_batch, spectral_norm_compact,
};

fn is_right<T: Scalar, const M: usize, const N: usize>(a: &SMatrix<T, M, N>, norm: &SpectralNorm<T>) -> bool {
    let exact: Exact =
        a.row_iter().map(|row| row.iter().map(|x| Dyadic::new(x.to_f64())).collect()).collect();
    let exponent = i64::from(norm.scaled().exponent());
    let end = |x: T| Dyadic::new(x.to_f64()).scaled(exponent);
    let bounds = norm.scaled().significand();
    encloses_largest_singular_value(&exact, &end(bounds.lo()), Some(&end(bounds.hi())))
}

fn in_batch<T: BatchScalar, const M: usize, const N: usize>(a: SMatrix<T, M, N>) -> SpectralNorm<T> {
    let mut norms = [Ok(SpectralNorm::zero())];
    spectral_norm_batch(&[a], &mut norms).unwrap();
    norms[0].unwrap()
}

/// The widest enclosure allowed, in units of `u`, for `s` rows and `l ≥ s` columns.
///
/// *By the powers alone*, to first order and with `γ_k ≤ (k + 1)u` as the kernel has it: the Gram matrix has `E_0 = (l + 5)uF` with `F = ‖M‖_F² ≤
/// sλ₁`, and each squaring `(s + 3)u‖H‖_F² ≤ s(s + 3)uμ₁²`, of which half is left after a root, half of it from the next, and so on: all of it, of `μ₁ =
/// λ₁ − σ`. With `F = 2sσ` both are largest together at `σ = λ₁/2`, and a norm has half of what its square has: `s(l + 5)/2 + s(s + 3)/4`. Outward steps
/// cost `6u` a level (a root, a factor `1 + 4u`, a product), all together twice that in `μ₁`: `3u` of the norm; the last sum `7u` of the square, its root
/// `6u`. The ends are three steps of `2u` apart.
fn widest_allowed<const M: usize, const N: usize>(certificate: Certificate) -> f64 {
    let (short, long) = (M.min(N) as f64, M.max(N) as f64);
    match certificate {
        Certificate::Zero => 0.0,
        Certificate::ClosedForm2x2 => 8.0,
        Certificate::KatoTemple { .. } => 10.0,
        Certificate::SquaringChain { .. } => short * (long + 5.0) / 2.0 + short * (short + 3.0) / 4.0 + 18.5,
        other => panic!("{other:?} is no certificate of this kernel"),
    }
}

/// How many enclosures were proved by a gap and how many without one.
type Count = [usize; 2];

fn every_family_is_enclosed<T: BatchScalar, const M: usize, const N: usize>(count: &mut Count) {
    let mut source = Source::new(42 + (17 * M + N) as u64);
    for _ in 0..4 {
        for (name, family) in FAMILIES {
            let a = in_format::<T>(&family(&mut source, M, N));
            let a = SMatrix::<T, M, N>::from_column_slice(a.as_slice());
            let norm = spectral_norm_compact(&a).unwrap();
            assert!(is_right(&a, &norm), "{} {name} {norm:?} {a:?}", T::NAME);
            let width = norm.scaled().significand().relative_width().to_f64() / T::UNIT_ROUNDOFF.to_f64();
            assert!(width <= widest_allowed::<M, N>(norm.certificate()), "{} {name} {width} {a:?}", T::NAME);
            let without_gap = matches!(norm.certificate(), Certificate::SquaringChain { .. });
            count[usize::from(without_gap)] += 1;
            // The closed form is that of the batches; nothing else is.
            if norm.certificate() == Certificate::ClosedForm2x2
                && a.iter().any(|x| x.magnitude() >= T::MIN_NORMAL)
            {
                assert_eq!(norm, in_batch(a), "{} {name} {a:?}", T::NAME);
            }
        }
    }
}

#[test]
fn every_family_is_enclosed_with_and_without_a_gap() {
    let mut count = [0; 2];
    every_family_is_enclosed::<f64, 2, 2>(&mut count);
    every_family_is_enclosed::<f32, 2, 2>(&mut count);
    every_family_is_enclosed::<f64, 3, 3>(&mut count);
    every_family_is_enclosed::<f32, 3, 5>(&mut count);
    every_family_is_enclosed::<f64, 5, 3>(&mut count);
    every_family_is_enclosed::<f32, 4, 4>(&mut count);
    every_family_is_enclosed::<f64, 8, 8>(&mut count);
    every_family_is_enclosed::<f32, 8, 8>(&mut count);
    every_family_is_enclosed::<f64, 2, 16>(&mut count);
    every_family_is_enclosed::<f32, 16, 7>(&mut count);
    assert!(count.iter().all(|&count| count > 200), "{count:?}");
}

/// Values equal or nearly so: as narrow as the errors of the Gram matrix allow.
#[test]
fn clusters_of_every_spread_cost_at_most_the_square_of_the_size() {
    let mut source = Source::new(7);
    for k in 0..200 {
        let (mut p, q) = (source.matrix(6, 6).qr().q(), source.matrix(6, 6).qr().q());
        let gap = f64::power_of_two(-(k % 50));
        for (i, mut column) in p.column_iter_mut().enumerate() {
            column *= if i < 1 + source.below(5) { 1.0 - gap * i as f64 / 8.0 } else { 0.5 };
        }
        let a = SMatrix::<f64, 6, 6>::from_column_slice((p * q).as_slice());
        let norm = spectral_norm_compact(&a).unwrap();
        assert!(is_right(&a, &norm), "{k}");
        let width = norm.scaled().significand().relative_width() / f64::UNIT_ROUNDOFF;
        let widest =
            if gap >= f64::power_of_two(-3) { 8.0 } else { widest_allowed::<6, 6>(norm.certificate()) };
        assert!(width <= widest, "{k} {width} {norm:?}");
    }
}

#[test]
fn multiplicity_costs_at_most_the_square_of_the_size() {
    fn check<T: Scalar, const N: usize>(a: &SMatrix<T, N, N>) {
        let norm = spectral_norm_compact(a).unwrap();
        assert!(matches!(norm.certificate(), Certificate::SquaringChain { .. }), "{norm:?}");
        assert!(is_right(a, &norm));
        let width = norm.scaled().significand().relative_width().to_f64() / T::UNIT_ROUNDOFF.to_f64();
        assert!(width <= widest_allowed::<N, N>(norm.certificate()), "{} {N} {width}", T::NAME);
    }
    check(&Matrix3::<f64>::identity());
    check(&Matrix3::<f32>::from_diagonal(&nalgebra::vector![3.0, -3.0, 1.0]));
    let hadamard = |i: usize, j: usize| if (i & j).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
    check(&SMatrix::<f64, 4, 4>::from_fn(hadamard));
    check(&SMatrix::<f64, 8, 8>::from_fn(hadamard));
    check(&SMatrix::<f64, 16, 16>::from_fn(hadamard));
    check(&SMatrix::<f32, 8, 8>::from_fn(|i, j| hadamard(i, j) as f32));
    check(&SMatrix::<f32, 16, 16>::from_fn(|i, j| hadamard(i, j) as f32));
}

/// No quotient of a vector is better than the largest entry, which is a number.
#[test]
fn the_largest_entry_is_a_lower_bound_to_the_last_digit() {
    fn check<T: Scalar, const N: usize>(scale: T) {
        let norm = spectral_norm_compact(&(SMatrix::<T, N, N>::identity() * scale)).unwrap();
        assert!(matches!(norm.certificate(), Certificate::SquaringChain { .. }));
        assert_eq!(norm.enclosure().lo(), scale);
    }
    check::<f64, 3>(1.0);
    check::<f64, 8>(4.0);
    check::<f32, 5>(0.25);
    check::<f32, 16>(1.0);
}

#[test]
fn what_is_no_matrix_of_numbers_is_refused_where_it_is_not() {
    for (row, column, bad) in [(0, 0, f32::NAN), (2, 1, f32::INFINITY), (3, 3, f32::NEG_INFINITY)] {
        let mut a = Matrix4::from_element(1.0);
        a[(row, column)] = bad;
        let error = spectral_norm_compact(&a).unwrap_err();
        assert_eq!(error.position(), Some((row, column)));
        assert_eq!(error.is_nan(), bad.is_nan());
    }
}

#[test]
fn other_shapes_and_zero_have_the_norm_of_the_general_function() {
    assert_eq!(spectral_norm_compact(&Matrix2::<f64>::zeros()), Ok(SpectralNorm::zero()));
    assert_eq!(spectral_norm_compact(&SMatrix::<f64, 5, 3>::zeros()), Ok(SpectralNorm::zero()));
    assert_eq!(
        spectral_norm_compact(&SMatrix::<f64, 0, 3>::zeros()),
        spectral_norm(&SMatrix::<f64, 0, 3>::zeros())
    );
    let vector = SVector::<f64, 7>::from_fn(|i, _| i as f64 - 2.5);
    assert_eq!(spectral_norm_compact(&vector), spectral_norm(&vector));
    let long = SMatrix::<f32, 3, 17>::from_fn(|i, j| (i * j) as f32 - 4.0);
    assert_eq!(spectral_norm_compact(&long), spectral_norm(&long));
}

/// The matrix times a power of two has the norm times that power, to the bit, down to the last digit of the range.
#[test]
fn scaling_by_powers_of_two_is_exact() {
    let a = SMatrix::<f64, 3, 4>::from_fn(|i, j| ((5 * i + 3 * j) % 7) as f64 - 3.0);
    let norm = spectral_norm_compact(&a).unwrap();
    for shift in [-1074, -1000, -5, 300, 1020] {
        let scaled = spectral_norm_compact(&a.map(|x| x.scale_exp2(shift))).unwrap();
        assert_eq!(scaled.scaled(), norm.scaled().scale_exp2(shift), "{shift}");
        assert_eq!(scaled.certificate(), norm.certificate());
    }
}
