// SPDX-License-Identifier: MIT OR Apache-2.0

//! The correction of a vector by the factor in binary32.

use std::vec;
use std::vec::Vec;

use widthwise_rounding::directed::square_root_up;

use super::{Source, norms, single_gram, with_values};
use crate::large::ritz_vector::RitzVector;
use crate::large::single::deflation::SingleDeflation;
use crate::large::single::gram::{gram_error, round};
use crate::large::single::refine::refine;

/// A correction takes a vector of single precision to one of double precision.
#[test]
fn a_correction_squares_the_error() {
    let mut source = Source(9);
    let values: Vec<f64> = (0..40).map(|j| 1.0 - 0.02 * f64::from(j)).collect();
    let n = values.len();
    let matrix = with_values(&values, n, &mut source);
    let out = single_gram(&matrix, n, 80);
    let entries = norms(&matrix, n);
    let frobenius = square_root_up(entries.frobenius_square);
    // The singular vector, by power iteration on the exact problem.
    let mut x = source.numbers(n);
    let (mut image, mut residual) = (vec![0.0; n], vec![0.0; n]);
    for _ in 0..700 {
        image.fill(0.0);
        crate::large::products::add_product(&matrix, &x, 1.0, &mut image);
        crate::large::products::transposed_product(&matrix, &image, &mut x);
        assert!(crate::large::lanczos::normalize(&mut x));
    }
    x.iter_mut().for_each(|x| *x += 1e-6 * source.uniform());
    let mut vector = vec![0.0; n];
    round(&x, &mut vector);
    let deflation = SingleDeflation { threshold: 0.97, weight: 0.125, vector: &vector };
    let mut factor = vec![f32::NAN; n * n];
    let error = gram_error(n, n, &entries);
    let bound = deflation.second_upper(&out, (entries.size, error), &mut factor, &mut vec![0.0; n * n]);
    assert!(bound.is_some_and(|bound| bound < 0.98), "{bound:?} {error:e}");
    let mut sizes = Vec::new();
    for _ in 0..2 {
        let known = RitzVector::of(&matrix, &x, frobenius, &mut image);
        sizes.push(known.residual_upper(&matrix, &x, &image, (frobenius, frobenius), &mut residual));
        let shift = known.lower() - f64::from(deflation.threshold);
        let (scratch, single) = (&mut vec![f64::NAN; 5 * n], &mut vec![f32::NAN; n]);
        assert!(refine(&factor, (shift, 1e-6), 12, (&mut x, &mut residual), scratch, single) <= 12);
    }
    assert!(sizes[1] < 1e-4 * sizes[0], "{sizes:?}");
}
