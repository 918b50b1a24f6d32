// SPDX-License-Identifier: MIT OR Apache-2.0

//! Singular values that are close or hidden: what the search misses the proof may not.

use crate::{Source, agrees, holds, is_right, norm, widest_allowed, width};
use nalgebra::DMatrix;
use widthwise_rounding::Scalar;

#[test]
fn twins_are_enclosed_at_every_distance() {
    let mut source = Source(3);
    for k in 1..=53 {
        let close = 1.0 - f64::power_of_two(-k);
        let a = source.with_values(20, 20, |i| [1.0, close, 0.5][i.min(2)]);
        let rotated = norm(&a);
        assert!(agrees(&a, &rotated) && width(&rotated) <= 16.0, "{k} {rotated:?}");
        let a = DMatrix::from_fn(20, 20, |i, j| if i == j { [close, 1.0, 0.5][i.min(2)] } else { 0.0 });
        let diagonal = norm(&a);
        assert!(is_right(&a, &diagonal) && width(&diagonal) <= 16.0, "{k} {diagonal:?}");
    }
}

/// The first vector of the search, so that a matrix can hide its singular vector from it.
fn first_vector(n: usize) -> nalgebra::DVector<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    nalgebra::DVector::from_fn(n, |_, _| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 12) as f64 / f64::power_of_two(51) - 1.0
    })
}

#[test]
fn a_singular_vector_orthogonal_to_the_first_vector_is_not_missed() {
    for n in [5, 20, 32] {
        let start = first_vector(n).normalize();
        let mut source = Source(8);
        for top in [1.0 + 1e-12, 1.0 + 1e-6, 1.5, 1e4] {
            let mut hidden = nalgebra::DVector::from_fn(n, |_, _| source.uniform());
            hidden -= &start * start.dot(&hidden);
            hidden.normalize_mut();
            // Singular values 1 along the start, `top` along the hidden vector, small elsewhere.
            let a =
                &start * start.transpose() + &hidden * hidden.transpose() * top + source.matrix(n, n) * 1e-14;
            let norm = norm(&a);
            assert!(agrees(&a, &norm) && width(&norm) <= 16.0, "{n} {top} {norm:?}");
            assert!(norm.enclosure().lo() > top * (1.0 - 1e-11));
        }
    }
}

/// Gaps that a proof in binary32 reaches, that one in binary64 reaches, and that none does.
#[test]
fn close_singular_values_are_enclosed_at_every_gap_and_scale() {
    let mut source = Source(31);
    for (m, n) in [(40, 36), (130, 90)] {
        for gap in [1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-9, 1e-12] {
            for count in [2, 3, 12] {
                let a = source.with_values(m, n, |i| match i {
                    0 => 1.0,
                    i if i < count => 1.0 - gap * i as f64 / count as f64,
                    i => 0.8 - 0.7 * i as f64 / n as f64,
                });
                let found = norm(&a);
                assert!(holds(&a, &found), "{m}x{n} {gap} {count} {found:?}");
                assert!(width(&found) <= widest_allowed(&found, m, n), "{m}x{n} {gap} {count} {found:?}");
                if gap >= 1e-3 || count <= 3 {
                    assert!(width(&found) <= 24.0, "{m}x{n} {gap} {count} {found:?}");
                }
                let single = norm(&a.map(f32::from_f64));
                assert!(agrees(&a.map(f32::from_f64), &single) && width(&single) <= 4.0, "{gap} {single:?}");
            }
        }
    }
}

/// Failure modes 4 and 15: the first vector of the search has no part of the largest singular value, which the process
/// in binary32 then finds late or never.
#[test]
fn a_twin_that_the_search_misses_is_not_missed_by_the_proof() {
    for n in [33, 40] {
        let start = first_vector(n).normalize();
        let mut source = Source(41);
        for k in [3, 10, 20, 24, 30, 40, 52] {
            let mut hidden = nalgebra::DVector::from_fn(n, |_, _| source.uniform());
            hidden -= &start * start.dot(&hidden);
            hidden.normalize_mut();
            let twin = 1.0 + f64::power_of_two(-k);
            let a = &start * start.transpose() + &hidden * hidden.transpose() * twin;
            let found = norm(&a);
            assert!(holds(&a, &found) && width(&found) <= 16.0, "{n} {k} {found:?}");
            assert!(found.enclosure().hi() >= twin * (1.0 - 1e-15), "{n} {k} {found:?}");
        }
    }
}
