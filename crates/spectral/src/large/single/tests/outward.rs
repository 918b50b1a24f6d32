// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the formulas of the proof in binary32 say, operation by operation: a step outward that is left out is hidden by
//! the next one from every exact comparison, so each is looked for here.

use std::vec;
use std::vec::Vec;

use widthwise_rounding::directed::{add_up, mul_up, square_root_up};
use widthwise_rounding::{Scalar, inflate_up};

use super::{Source, U};
use crate::large::gram::EntryNorms;
use crate::large::single::cholesky::{cholesky, factor_size, indefiniteness, roundings};
use crate::large::single::deflation::SingleDeflation;
use crate::large::single::gram::{gram_error, gram_height, gram_size};
use crate::large::single::{UNDERFLOW_ALLOWANCE, gamma};

const TINY: f64 = UNDERFLOW_ALLOWANCE;

/// Between 1 and `2^range`, evenly by exponents.
fn size(source: &mut Source, range: i32) -> f64 {
    let exponent = (source.uniform().magnitude() * f64::from(range)) as i32;
    (1.0 + source.uniform().magnitude()).scale_exp2(exponent)
}

#[test]
fn errors_of_the_gram_matrix_are_their_formulas() {
    let mut source = Source(1);
    for _ in 0..1000 {
        let long = 32 + (source.uniform().magnitude() * 3000.0) as usize;
        let short = 32 + (source.uniform().magnitude() * 300.0) as usize;
        // So large a Frobenius norm that what the entries lose is no longer small beside them.
        let norms = EntryNorms {
            frobenius_square: size(&mut source, 90),
            size: size(&mut source, 40),
            column_square: 1.0,
        };
        let gamma = gamma(gram_height(long, short));
        let s = square_root_up(norms.size);
        let e = mul_up(U, square_root_up(norms.frobenius_square));
        let outer = add_up(s, e);
        let sums = mul_up(gamma, mul_up(outer, outer));
        let entries = mul_up(e, add_up(outer, s));
        assert_eq!(gram_error(long, short, &norms), add_up(add_up(sums, entries), TINY));
        let sums = mul_up(add_up(1.0, gamma), mul_up(outer, outer));
        assert_eq!(gram_size(long, short, &norms), add_up(sums, TINY));
    }
}

#[test]
fn bound_of_the_assembly_is_its_formula() {
    let mut source = Source(2);
    for step in 0..1000 {
        let vector: Vec<f32> = source.numbers(1 + step % 9).iter().map(|&x| x as f32).collect();
        let (weight, threshold) = (size(&mut source, 40) as f32, size(&mut source, 40) as f32);
        let gram_size = size(&mut source, 40);
        // What they are off by does not depend on their signs.
        for sign in [1.0, -1.0] {
            let deflation =
                SingleDeflation { threshold: sign * threshold, weight: sign * weight, vector: &vector };
            let squares = vector.iter().fold(0.0, |sum, &v| sum + f64::from(v) * f64::from(v));
            let squares = inflate_up(vector.len() + 1, squares);
            let entries = add_up(mul_up(f64::from(weight), squares), gram_size);
            let entries = add_up(entries, f64::from(threshold));
            assert_eq!(
                deflation.assembly_error(gram_size),
                add_up(mul_up(gamma(4), entries), TINY),
                "{step}"
            );
        }
    }
}

#[test]
fn bound_of_the_second_eigenvalue_is_its_formula() {
    let (mut source, n) = (Source(3), 3);
    for step in 0..1000 {
        let vector: Vec<f32> = source.numbers(n).iter().map(|&x| x as f32).collect();
        // The threshold vanishes now and then: then the last digits of the errors show.
        let threshold = if step % 4 == 0 { size(&mut source, 20) as f32 } else { 1e-30 };
        let weight = size(&mut source, 20) as f32;
        let gram: Vec<f32> =
            (0..n * n).map(|k| if k % (n + 1) == 0 { -size(&mut source, 20) as f32 } else { 0.1 }).collect();
        let (gram_size, gram_error) = (size(&mut source, 20), U * size(&mut source, 20));
        let deflation = SingleDeflation { threshold, weight, vector: &vector };
        let (mut factor, mut product) = (vec![f32::NAN; n * n], vec![f32::NAN; n * n]);
        let bound =
            deflation.second_upper(&gram, (gram_size, gram_error), &mut factor, &mut product).unwrap();
        let mut same = vec![f32::NAN; n * n];
        deflation.assemble(&gram, &mut same);
        assert!(cholesky(&mut same, n, &mut product));
        let indefinite = indefiniteness(&same, n, &mut vec![f32::NAN; n]);
        let errors = add_up(deflation.assembly_error(gram_size), indefinite);
        assert_eq!(bound, add_up(f64::from(threshold), add_up(errors, gram_error)), "{step}");
    }
}

/// For integers every sum is exact. With a heavy diagonal the product of the two sums is the lesser bound.
#[test]
fn size_of_a_factor_of_integers_is_its_formula() {
    let (mut source, mut count) = (Source(4), [0; 2]);
    for step in 0..600 {
        let n = 1 + step % 20;
        let heavy = step % 3 == 0;
        let factor: Vec<f32> = (0..n * n)
            .map(|k| {
                let (i, j) = (k % n, k / n);
                let x = (source.uniform() * 100.0) as i32 as f32;
                if i < j {
                    f32::NAN
                } else if heavy {
                    if i == j { 50.0 } else { (x * 0.011) as i32 as f32 }
                } else {
                    x
                }
            })
            .collect();
        let entry = |i: usize, j: usize| if i < j { 0.0 } else { factor[i + j * n].magnitude() };
        let sums = |entry: &dyn Fn(usize, usize) -> f32| {
            (0..n).map(|j| (0..n).map(|i| entry(i, j)).sum::<f32>()).fold(0.0_f32, |m, x| m.greater(x))
        };
        let (column_sum, row_sum) = (sums(&entry), sums(&|i, j| entry(j, i)));
        let squares: f32 = (0..n * n).map(|k| entry(k % n, k / n) * entry(k % n, k / n)).sum();
        assert!(squares < f32::power_of_two(24));
        let up = |k: usize, x: f32| f64::from(inflate_up(k, x));
        let product = mul_up(up(n + 8, column_sum), up(n, row_sum));
        let squares = add_up(up(2 * n + 9, squares), TINY);
        count[usize::from(product < squares)] += 1;
        let found = factor_size(&factor, n, &mut vec![f32::NAN; n]);
        assert_eq!(found, product.lesser(squares), "{step}");
        let indefinite = add_up(mul_up(gamma(roundings(n)), found), TINY);
        assert_eq!(indefiniteness(&factor, n, &mut vec![f32::NAN; n]), indefinite);
    }
    assert!(count.iter().all(|&count| count > 100), "{count:?}");
}
