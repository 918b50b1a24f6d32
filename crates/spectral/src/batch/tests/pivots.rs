// SPDX-License-Identifier: MIT OR Apache-2.0

//! What positive pivots prove, and pivots that are no numbers.

use super::*;

/// In single precision the pivots are positive for thresholds slightly below the second eigenvalue: they prove no more
/// than the bound says, and no less would do.
#[test]
fn positive_pivots_prove_the_gap_up_to_the_bound_of_the_errors() {
    let mut below = 0;
    for found in examples::<f32>() {
        let a = SMatrix::<f64, 4, 4>::from_fn(|i, j| f64::from(found.matrix[j][i].0[0]));
        let values = a.singular_values();
        let (first, second) = (values[0] * values[0], values[1] * values[1]);
        let mut entries = found.gram;
        let gram = Gram::of(&found.matrix, &mut entries);
        let square = sum_of_squares(&found.x);
        let rho = Portable([f32::from_f64(first)]);
        let error = f64::from(gap_error::<f32, _, 4, 4>(rho, gram.frobenius_square).0[0]);
        for step in -40..40_i32 {
            let b =
                Portable([f32::from_f64(second * (1.0 + f64::from(step) * f64::from(f32::UNIT_ROUNDOFF)))]);
            let least =
                factorize(gram.entries, &found.x, rho.over(square), b, &mut [[Portable([0.0]); 4]; 4]);
            if least.0[0] >= f32::power_of_two(-60) {
                let b = f64::from(b.0[0]);
                assert!(second <= b + error, "{second} {b}");
                below += usize::from(second > b * (1.0 + 1e-12));
            }
        }
    }
    assert!(below > 20, "{below}");
}

/// NaN in any entry that a pivot depends on must not leave a least pivot that looks positive.
#[test]
fn pivots_that_are_no_numbers_prove_nothing() {
    for place in 0..4 {
        for bad in [f64::NAN, f64::INFINITY] {
            let mut gram = [[Portable([0.0_f64]); 4]; 4];
            (0..4).for_each(|i| gram[i][i].0[0] = 0.25);
            let x = [1.0, 0.0, 0.0, 0.0].map(|x| Portable([x]));
            let least = |gram: &[[One<f64>; 4]; 4]| {
                factorize(gram, &x, Portable([1.0]), Portable([0.5]), &mut [[Portable([0.0]); 4]; 4]).0[0]
            };
            assert_eq!(least(&gram), 0.25);
            gram[place][place].0[0] = bad;
            let proved = least(&gram) > 0.0;
            assert!(!proved, "{place} {bad}");
        }
    }
}

/// A pivot between zero and the least one that counts: the proof of the factorization asks for `2⁻⁶⁰`.
#[test]
fn pivots_below_the_least_one_prove_nothing() {
    let proved = |part: i32| {
        // The first vector is exact, so that the threshold does not depend on the rest of the matrix.
        let x = [1.0, 0.0, 0.0].map(|x| Portable([x]));
        let (frobenius_square, error) = (Portable([2.0]), Portable([1e-15]));
        let mut entries = [[Portable([0.0_f64]); 3]; 3];
        entries[0][0].0[0] = 1.0;
        let trial = |entries: &[[One<f64>; 3]; 3]| {
            let gram = Gram { entries, frobenius_square, error };
            Trial::of::<f64, 3, 3>(&gram, &x, &mut [[Portable([0.0]); 3]; 3])
        };
        let e = gap_error::<f64, _, 3, 3>(Portable([1.0]), frobenius_square);
        let square = trial(&entries).residual_square.0[0];
        let b = 1.0 - (square * (4.0 / f64::UNIT_ROUNDOFF) + e.0[0]);
        assert_eq!(trial(&entries).second.0[0], inflate_up(1, b + e.0[0]));
        // Pivots of 2⁻¹⁰ and, after a product that cancels it, of `2^part` and a little.
        entries[1][1].0[0] = b - f64::power_of_two(-10);
        entries[2][2].0[0] = b - f64::power_of_two(-30);
        let off = f64::power_of_two(-20) * (1.0 - f64::power_of_two(part + 29));
        (entries[1][2].0[0], entries[2][1].0[0]) = (off, off);
        let gram = Gram { entries: &entries, frobenius_square, error };
        let mut factors = [[Portable([0.0]); 3]; 3];
        let least = factorize(gram.entries, &x, Portable([1.0]), Portable([b]), &mut factors).0[0];
        assert!((f64::power_of_two(part)..1.01 * f64::power_of_two(part)).contains(&least), "{least:e}");
        trial(&entries).gap_proof.0[0] > 0.0
    };
    assert!(proved(-59) && !proved(-61));
}
