// SPDX-License-Identifier: MIT OR Apache-2.0

//! The bounds of the kernel as their formulas, operation by operation.

use super::*;

/// What the formulas say, operation by operation: what one step leaves out the next one hides.
#[test]
fn every_bound_is_inflated_by_its_roundings() {
    let (u, tiny) = (f32::UNIT_ROUNDOFF, f32::UNDERFLOW_ALLOWANCE);
    for found in examples::<f32>() {
        let mut entries = found.gram;
        let gram = Gram::of(&found.matrix, &mut entries);
        let trace = (1..4).fold(found.gram[0][0].0[0], |sum, i| sum + found.gram[i][i].0[0]);
        let size = inflate_up(4 + 4 + 1, trace) + tiny;
        assert_eq!(gram.frobenius_square.0[0], size);
        let error = inflate_up(3, size * (5.0 * u) + tiny);
        assert_eq!(gram.error.0[0], error);

        // The larger ones let what was lost show beside what was computed.
        for factor in [1.0_f32, 3000.0, 1e-20] {
            let gram = Gram {
                entries: &found.gram,
                frobenius_square: Portable([size * factor]),
                error: Portable([error * factor]),
            };
            let trial = Trial::of::<f32, 4, 4>(&gram, &found.x, &mut [[Portable([0.0]); 4]; 4]);
            let x = found.x.map(|x| x.0[0]);
            let image: [f32; 4] = array::from_fn(|i| {
                (1..4).fold(found.gram[0][i].0[0] * x[0], |sum, j| sum + found.gram[j][i].0[0] * x[j])
            });
            let sum = |a: &[f32; 4], b: &[f32; 4]| (1..4).fold(a[0] * b[0], |sum, i| sum + a[i] * b[i]);
            let inverse = 1.0 / sum(&x, &x);
            let rho = sum(&x, &image) * inverse;
            let residual: [f32; 4] = array::from_fn(|i| image[i] - rho * x[i]);
            let (size, error) = (size * factor, error * factor);
            let rounding = inflate_up(4, error + (size + rho) * (7.0 * u) + tiny);
            let computed = inflate_up(2 * 4 + 6, sum(&residual, &residual) * inverse);
            let square = (computed + rounding * rounding + tiny) * (inflate_up(4, 1.0) * 2.0);
            assert_eq!(trial.residual_square.0[0], square);

            let of_rho = 43.0 * u;
            let e = inflate_up(4 + 16, rho * of_rho + size * (8.0 * u) + tiny);
            assert_eq!(gap_error::<f32, _, 4, 4>(Portable([rho]), gram.frobenius_square).0[0], e);
            let distance = square * f32::power_of_two(-rho.exponent().unwrap()) / u + e;
            let b = if rho * 0.25 > distance { rho - distance } else { rho };
            assert_eq!(trial.second.0[0], inflate_up(1, b + e));

            let quotient = RootOfQuotient::of(&found.matrix, &found.x);
            let (root, correction) = (quotient.root.0[0], quotient.correction.0[0]);
            let radius = quotient.radius.0[0];
            // With thresholds up to where the excess is the whole width.
            for part in [0.0, 0.5, 0.999] {
                let second = part * root * root;
                let trial = Trial { second: Portable([second]), gap_proof: Portable([1.0]), ..trial };
                let bounds = conclude(&found.matrix, &found.x, &trial);
                let below = f64::from(root) + f64::from(correction - radius);
                let lower = bounds.lower.0[0];
                assert!(f64::from(lower) <= below && below < f64::from(lower.next_up()));
                let gap = inflate_down(1, inflate_down(2, lower * lower) - second);
                let excess = inflate_up(4, square / (gap * (lower + lower)));
                let above = f64::from(root) + f64::from(correction + inflate_up(2, radius + excess));
                let upper = bounds.upper.0[0];
                if above.is_finite() && above < 2.0 * f64::from(root) {
                    assert!(f64::from(upper) >= above && above > f64::from(upper.next_down()));
                }
            }
        }
    }
}

/// Where there is nothing the allowances are left, and an odd size shows every rounding counted.
#[test]
fn bounds_of_nothing_are_their_allowances() {
    let (u, tiny, nothing) = (f32::UNIT_ROUNDOFF, f32::UNDERFLOW_ALLOWANCE, Portable([0.0_f32]));
    let mut entries = [[nothing; 5]; 5];
    let gram = Gram::of(&[[nothing; 5]; 7], &mut entries);
    assert_eq!(gram.frobenius_square.0[0], tiny);
    assert_eq!(gram.error.0[0], inflate_up(3, tiny * (8.0 * u) + tiny));
    let gram = Gram { entries: &[[nothing; 5]; 5], frobenius_square: nothing, error: nothing };
    let x = [1.0, 0.0, 0.0, 0.0, 0.0].map(|x| Portable([x]));
    let trial = Trial::of::<f32, 5, 7>(&gram, &x, &mut [[nothing; 5]; 5]);
    assert_eq!(trial.residual_square.0[0], tiny * (inflate_up(4, 1.0) * 2.0));
    for (rho, size) in [(0.0_f32, 0.0_f32), (1.7, 2.9), (2.3, 1e6), (1e6, 2.1)] {
        let error = gap_error::<f32, _, 5, 7>(Portable([rho]), Portable([size])).0[0];
        assert_eq!(error, inflate_up(5 + 16, rho * (56.0 * u) + size * (11.0 * u) + tiny));
    }
}
