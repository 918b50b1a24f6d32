// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is refused, and entries of extreme size.

use crate::{Source, agrees, is_right, norm, width};
use nalgebra::DMatrix;
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};
use widthwise_spectral::{Certificate, Effort, large_workspace_len, spectral_norm_large_in};

#[test]
fn bad_input_is_refused_where_it_is() {
    for (row, column) in [(0, 0), (7, 3), (19, 29), (19, 0)] {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut a = DMatrix::from_element(20, 30, 1.0);
            a[(row, column)] = bad;
            let mut work = vec![0.0; large_workspace_len(20, 30)];
            for effort in [Effort::Standard, Effort::Cheap] {
                let error = spectral_norm_large_in(&a, effort, &mut work).unwrap_err();
                assert_eq!(error.position(), Some((row, column)));
            }
        }
    }
    let a = DMatrix::from_element(20, 30, 1.0);
    assert!(
        spectral_norm_large_in(&a, Effort::Standard, &mut vec![0.0; large_workspace_len(20, 30) - 1])
            .is_err()
    );
    for (m, n) in [(0, 0), (0, 40), (40, 0), (1, 50), (50, 1), (40, 40)] {
        assert_eq!(norm(&DMatrix::<f64>::zeros(m, n)).scaled(), ScaledEnclosure::zero());
    }
}

#[test]
fn extreme_entries_are_enclosed() {
    let mut source = Source(23);
    let mut check = |name: &str, map: &dyn Fn(f64, usize) -> f64| {
        let b = source.matrix(20, 20);
        let a = DMatrix::from_fn(20, 20, |i, j| map(b[(i, j)], i + 20 * j));
        let norm = norm(&a);
        assert!(is_right(&a, &norm), "{name} {norm:?}");
        assert!(width(&norm) <= 10.0, "{name} {norm:?}");
    };
    check("largest", &|x, _| if x > 0.0 { f64::MAX } else { -f64::MAX });
    check("subnormal", &|x, _| (x * 20.0).round() * f64::MIN_SUBNORMAL);
    check("one subnormal", &|_, k| if k == 77 { f64::MIN_SUBNORMAL } else { 0.0 });
    check("mixed", &|x, k| x.scale_exp2((k * 37 % 600) as i32 - 300));
    check("all exponents", &|x, k| x.scale_exp2((k * 37 % 2040) as i32 - 1020));
    check("tiny", &|x, _| x.scale_exp2(-1000));
}

#[test]
fn powers_of_two_scale_the_enclosure_and_strides_change_nothing() {
    let mut source = Source(29);
    for _ in 0..4 {
        let a = source.matrix(24, 18);
        let expected = norm(&a);
        for k in [-900, -3, 1, 700] {
            let scaled = norm(&a.map(|x| x.scale_exp2(k)));
            assert_eq!(scaled.scaled(), expected.scaled().scale_exp2(k));
        }
        let mut padded = DMatrix::from_element(48, 19, f64::NAN);
        padded.view_with_steps_mut((0, 0), (24, 18), (1, 0)).copy_from(&a);
        let mut work = vec![1e300; large_workspace_len(24, 18)];
        let view = padded.view_with_steps((0, 0), (24, 18), (1, 0));
        assert_eq!(spectral_norm_large_in(&view, Effort::Standard, &mut work).unwrap(), expected);
        assert_eq!(norm(&a.transpose()), expected);
        let flipped = norm(&DMatrix::from_fn(24, 18, |i, j| -a[(23 - i, 17 - j)]));
        assert_ne!(flipped.scaled().is_equal_to(&expected.scaled()), Verdict::Refuted);
        #[cfg(feature = "alloc")]
        assert_eq!(widthwise_spectral::spectral_norm_large(&a, Effort::Standard).unwrap(), expected);
    }
}

/// Converted to binary32 before they are scaled, these entries would be infinite, or zero.
#[test]
fn entries_beyond_binary32_are_scaled_first() {
    let mut source = Source(37);
    for (m, n) in [(40, 40), (70, 40), (40, 70), (150, 140)] {
        let a = source.matrix(m, n);
        let expected = norm(&a);
        assert_eq!(expected.certificate(), Certificate::DeflatedCholesky { vectors: 1 });
        assert!(width(&expected) <= 8.0 && expected.factorizations() == 1, "{expected:?}");
        for k in [-1000, -140, 140, 900] {
            assert_eq!(norm(&a.map(|x| x.scale_exp2(k))).scaled(), expected.scaled().scale_exp2(k));
        }
        // One entry far above all others, and far below.
        for k in [-1060, -160, -30, 30, 160, 1000] {
            let mut b = a.clone();
            b[(m / 2, n / 3)] = f64::power_of_two(k);
            let found = norm(&b);
            assert!(agrees(&b, &found) && width(&found) <= 14.0, "{k} {found:?}");
        }
    }
}
