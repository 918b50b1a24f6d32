// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the formulas say, operation by operation: a step outward that is left out is hidden by the next one from every
//! exact comparison, so each is looked for here. Sums are exact or those of the code; inputs are of sizes that let every
//! part show.

use std::vec;
use std::vec::Vec;

use widthwise_linalg::DotAccumulator;
use widthwise_rounding::directed::{add_up, div_up, mul_down, mul_up, square_root_up, sub_down};
use widthwise_rounding::error_free::{two_prod, two_sum};
use widthwise_rounding::{Enclosure, Scalar, gamma_upper, inflate_down, inflate_up};

use crate::large::cholesky::{indefiniteness, roundings};
use crate::large::deflation::Deflation;
use crate::large::gram::{EntryNorms, GramNorms, gram_error, gram_height, pack_len};
use crate::large::kato_temple_block::RitzBlock;
use crate::large::products::{compensated_product, dot, dot_height, transposed_product};
use crate::large::ritz_vector::RitzVector;

const TINY: f64 = f64::UNDERFLOW_ALLOWANCE;

struct Source(u64);

impl Source {
    /// In `[0, 1)`.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 * f64::power_of_two(-53)
    }

    /// Between 1 and `2^range`, evenly by exponents.
    fn size(&mut self, range: i32) -> f64 {
        let exponent = (self.uniform() * f64::from(range)) as i32;
        (1.0 + self.uniform()).scale_exp2(exponent)
    }
}

#[test]
fn measures_of_integers_are_their_formulas() {
    let mut source = Source(1);
    for _ in 0..200 {
        let (long, short) = (3 + (source.uniform() * 30.0) as usize, 1 + (source.uniform() * 9.0) as usize);
        let matrix: Vec<f64> =
            (0..long * short).map(|_| f64::from((source.uniform() * 2e6) as i32 - 1_000_000)).collect();
        let norms = EntryNorms::of(&matrix, &mut vec![f64::NAN; long]);
        let columns: Vec<&[f64]> = matrix.chunks_exact(long).collect();
        let square = |column: &&[f64]| column.iter().map(|a| a * a).sum::<f64>();
        let total: f64 = columns.iter().map(square).sum();
        let column_square = columns.iter().map(square).fold(0.0_f64, |m, x| m.greater(x));
        let column_sum = columns
            .iter()
            .map(|column| column.iter().map(|a| a.magnitude()).sum())
            .fold(0.0_f64, |m, x: f64| m.greater(x));
        let row_sum = (0..long)
            .map(|i| columns.iter().map(|column| column[i].magnitude()).sum())
            .fold(0.0_f64, |m, x: f64| m.greater(x));
        let frobenius_square = add_up(inflate_up(long + short + 8, total), TINY);
        assert_eq!(norms.frobenius_square, frobenius_square);
        let product = mul_up(inflate_up(long + 8, column_sum), inflate_up(short, row_sum));
        assert_eq!(norms.size, frobenius_square.lesser(product));
        assert_eq!(norms.column_square, inflate_down(long + 8, column_square));

        let n = 1 + (source.uniform() * 11.0) as usize;
        let gram: Vec<f64> = (0..n * n).map(|_| f64::from((source.uniform() * 1e6) as i32)).collect();
        let square: f64 = (0..n * n)
            .filter(|k| k % n >= k / n)
            .map(|k| gram[k] * gram[k] * if k % (n + 1) == 0 { 1.0 } else { 2.0 })
            .sum();
        let norms = GramNorms::of(&gram, n);
        assert_eq!(norms.frobenius, square_root_up(add_up(inflate_up(2 * n + 6, square), TINY)));
        assert_eq!(norms.trace, (0..n).map(|j| gram[j + j * n]).sum::<f64>());
    }
    assert_eq!(GramNorms::of(&[0.0], 1).frobenius, square_root_up(add_up(inflate_up(8, 0.0), TINY)));
    // The product is the lesser one for a diagonal matrix alone.
    for n in [3, 8, 20] {
        let matrix: Vec<f64> = (0..n * n).map(|k| if k % (n + 1) == 0 { 3.0 } else { 0.0 }).collect();
        let norms = EntryNorms::of(&matrix, &mut vec![f64::NAN; n]);
        assert_eq!(norms.size, mul_up(inflate_up(n + 8, 3.0), inflate_up(n, 3.0)));
    }
}

#[test]
fn errors_of_sums_are_their_formulas() {
    let mut source = Source(2);
    for _ in 0..400 {
        let (long, short) =
            (1 + (source.uniform() * 900.0) as usize, 1 + (source.uniform() * 100.0) as usize);
        let size = source.size(60);
        let error = add_up(mul_up(gamma_upper(gram_height(long, short)), size), TINY);
        assert_eq!(gram_error(long, short, size), error);
        let gamma = gamma_upper(roundings(long));
        let phi = div_up(gamma, sub_down(1.0, gamma));
        assert_eq!(indefiniteness(long, size), add_up(mul_up(phi, size), TINY));
    }
    // So large a matrix that the lemma says nothing.
    assert_eq!(indefiniteness(1 << 53, 1.0), f64::INFINITY);
    assert_eq!(gram_error(5, 5, 0.0), add_up(mul_up(gamma_upper(gram_height(5, 5)), 0.0), TINY));
    assert_eq!(gamma_upper::<f64>(roundings(5)), gamma_upper(if cfg!(feature = "faer") { 12 } else { 6 }));
    // By slices of 256 rows at most, as many as an array for the factorization holds; or one sum and a factor.
    for (long, short, portable) in
        [(1, 1, 2), (20, 20, 21), (32, 1, 33), (33, 1, 34), (600, 4, 51), (600, 100, 51)]
    {
        let height = if cfg!(feature = "faer") { long + 1 } else { portable };
        assert_eq!(gram_height(long, short), height, "{long} {short}");
    }
}

#[test]
fn bound_of_the_complement_is_its_formula() {
    let mut source = Source(3);
    let n = 3;
    for step in 0..600 {
        let q = step % 3;
        let vectors: Vec<f64> = (0..q * n).map(|_| source.uniform() - 0.5).collect();
        let (frobenius, largest) = (source.size(50), source.size(50));
        let weight = source.size(30);
        // The threshold vanishes now and then: then the last digits of the errors show.
        let threshold = if step % 4 < 2 { 1e-30 } else { source.size(20) };
        let gram: Vec<f64> =
            (0..n * n).map(|k| if k % (n + 1) == 0 { -source.size(20) } else { 0.1 }).collect();
        let norms = GramNorms { frobenius, trace: 0.0, largest };
        let error = source.size(40) * f64::power_of_two(-53);
        let deflation = Deflation { threshold, weight, vectors: &vectors };
        let (mut factor, mut pack) = (vec![f64::NAN; n * n], vec![f64::NAN; pack_len(n)]);
        let bound = deflation.complement_upper(&gram, &norms, error, &mut factor, &mut pack).unwrap();
        let assembly = if q == 0 {
            add_up(mul_up(f64::UNIT_ROUNDOFF, add_up(threshold, largest)), TINY)
        } else {
            let squares = inflate_up(q * n + 1, dot(&vectors, &vectors));
            let size = add_up(add_up(mul_up(weight, squares), frobenius), threshold);
            add_up(mul_up(gamma_upper(q + 3), size), TINY)
        };
        // The diagonal as it is assembled.
        let trace = (0..n).fold(0.0, |trace, j| {
            let mut columns = vectors.chunks_exact(n);
            let first = columns.next().map_or(-gram[j + j * n], |x| (weight * x[j]) * x[j] - gram[j + j * n]);
            trace + (columns.fold(first, |sum, x| sum + (weight * x[j]) * x[j]) + threshold)
        });
        let indefinite = indefiniteness(n, inflate_up(n, trace));
        assert_eq!(bound, add_up(threshold, add_up(add_up(assembly, indefinite), error)), "{step}");
    }
}

#[test]
fn quotient_of_a_vector_is_its_formula() {
    let mut source = Source(6);
    for step in 0..600 {
        let (rows, n) = (1 + step % 9, 1 + step % 4);
        let matrix: Vec<f64> = (0..rows * n).map(|_| source.uniform() - 0.5).collect();
        let x: Vec<f64> = (0..n).map(|_| source.uniform() + 0.1).collect();
        // So large that the errors of the image are no longer small beside it.
        let frobenius = source.size(110);
        let mut image = vec![f64::NAN; rows];
        let vector = RitzVector::of(&matrix, &x, frobenius, &mut image);

        let (mut sum, mut rest, mut omitted) = (0.0, 0.0, 0.0);
        compensated_product(&matrix, &x, rows, |i, high, low| {
            assert_eq!(image[i], high);
            for (a, b) in [(high, high), (high + high, low)] {
                let (h, r) = two_prod(a, b);
                let (p, t) = two_sum(sum, h);
                sum = p;
                rest += t + r;
            }
            omitted += low * low;
        });
        let mut norm_square = DotAccumulator::new();
        x.iter().for_each(|&x| norm_square.add_product(x, x));
        let norm_square = norm_square.enclosure();
        assert_eq!(vector.norm_square, norm_square);
        let square = |gamma: f64| mul_up(gamma, gamma);
        let size = mul_up(frobenius, square_root_up(norm_square.hi()));
        let radius = add_up(mul_up(square(gamma_upper(n)), size), TINY);
        let omitted = add_up(inflate_up(rows + 1, omitted), TINY);
        let terms = inflate_up(2 * rows + 8, sum);
        let stored = square_root_up(add_up(terms, omitted));
        let upper = inflate_up(2, add_up(stored, radius));
        assert_eq!(vector.image_norm_upper, upper);
        assert_eq!(vector.image_error, add_up(mul_up(f64::UNIT_ROUNDOFF, upper), radius));
        let correction = add_up(
            mul_up(radius, add_up(add_up(stored, stored), radius)),
            mul_up(square(gamma_upper(2 * rows)), terms),
        );
        let point = |x: f64| Enclosure::from_bounds(x, x);
        let off = Enclosure::from_bounds(-correction, add_up(omitted, correction));
        let image_square = point(sum) + (point(rest) + off);
        let image_square = Enclosure::from_bounds(image_square.lo().greater(0.0), image_square.hi());
        assert_eq!(Some(vector.root), (image_square / norm_square).square_root());
    }
}

#[test]
fn bound_of_the_residual_is_its_formula() {
    let mut source = Source(4);
    let (long, short) = (7, 3);
    for step in 0..800 {
        // Without a vector nothing is computed, and the last digits of the errors show.
        let size = if step % 2 == 0 { 1.0 } else { 0.0 };
        let matrix: Vec<f64> = (0..long * short).map(|_| source.uniform() - 0.5).collect();
        let x: Vec<f64> = (0..short).map(|_| size * (source.uniform() - 0.5)).collect();
        let image: Vec<f64> = (0..long).map(|_| size * (source.uniform() - 0.5)).collect();
        let lo = source.size(20);
        let vector = RitzVector {
            root: Enclosure::from_bounds(lo, lo * 1.25),
            norm_square: Enclosure::from_bounds(1.0, source.size(60)),
            image_norm_upper: source.size(60),
            image_error: size * source.size(10),
        };
        let (frobenius, sigma) = (source.size(30), source.size(30));
        let mut residual = vec![f64::NAN; short];
        let upper = vector.residual_upper(&matrix, &x, &image, (frobenius, sigma), &mut residual);
        let root = vector.root.midpoint();
        let rho = root * root;
        let mut expected = vec![f64::NAN; short];
        transposed_product(&matrix, &image, &mut expected);
        expected.iter_mut().zip(&x).for_each(|(r, x)| *r -= rho * x);
        assert_eq!(residual, expected);
        let computed = add_up(inflate_up(short + 6, dot(&residual, &residual)), TINY);
        let terms = add_up(
            mul_up(frobenius, vector.image_norm_upper),
            mul_up(rho, square_root_up(vector.norm_square.hi())),
        );
        let rounding = mul_up(gamma_upper(dot_height(long) + 2), terms);
        let carried = mul_up(sigma.lesser(frobenius), vector.image_error);
        assert_eq!(upper, add_up(square_root_up(computed), add_up(add_up(rounding, carried), TINY)));
        let lower = mul_down(lo, lo);
        assert_eq!(vector.lower(), lower);
    }
}

#[test]
fn bound_of_a_block_is_its_formula() {
    let mut source = Source(5);
    let n = 3;
    let (mut bounded, mut refused) = (0, 0);
    for step in 0..600 {
        let q = 1 + step % 2;
        let vectors: Vec<f64> = (0..q * n)
            .map(|k| if k % n == k / n { 1.0 + source.uniform() } else { 0.3 * source.uniform() })
            .collect();
        let root = 1.0 + source.uniform();
        // So much now and then that `t` would leave the interval in which it is sought.
        let noise = if step % 7 == 0 { 1e-10 } else { 1e-15 };
        // Images in the ratio of one root, and a little: `Θ − tN` is small.
        let images: Vec<f64> = vectors.iter().map(|x| x * root * (1.0 + noise * source.uniform())).collect();
        let known: Vec<RitzVector> = vectors
            .chunks_exact(n)
            .map(|x| {
                let square = dot(x, x);
                let lo = root * (1.0 - 1e-14 * source.uniform());
                RitzVector {
                    root: Enclosure::from_bounds(lo, lo.next_up().next_up()),
                    norm_square: Enclosure::from_bounds(square * 0.99, square * 1.01),
                    image_norm_upper: root * square.square_root() * (1.0 + source.uniform()),
                    image_error: 1e-14 * source.uniform(),
                }
            })
            .collect();
        let complement = root * root * 0.9 * source.uniform();
        let residual_square = [1e-30, 1e-14, 1.0][step % 3] * source.uniform();
        let block = RitzBlock { vectors: &vectors, images: &images, known: &known };
        let upper = block.upper(residual_square, complement);

        let of = |end: fn(&RitzVector) -> f64| known.iter().fold(0.0_f64, |m, v| m.greater(end(v)));
        let (largest, root_lower, root_upper) =
            (of(RitzVector::lower), of(|v| v.root.lo()), of(|v| v.root.hi()));
        let rho_upper = mul_up(root_upper, root_upper);
        let gap = sub_down(largest, complement);
        let t = Enclosure::from_bounds(largest, rho_upper * (1.0 + f64::power_of_two(-40)));
        let enclosed = |x: &[f64], y: &[f64]| {
            let mut sum = DotAccumulator::new();
            x.iter().zip(y).for_each(|(&x, &y)| sum.add_product(x, y));
            sum.enclosure()
        };
        let (mut excess, mut smallest) = (0.0_f64, f64::INFINITY);
        for (i, v) in known.iter().enumerate() {
            let (mut row, mut dependence) = (0.0, 0.0);
            if q == 2 {
                let w = &known[1 - i];
                let of_block =
                    |columns: &[f64]| enclosed(&columns[i * n..][..n], &columns[(1 - i) * n..][..n]);
                let off = add_up(
                    add_up(
                        mul_up(v.image_norm_upper, w.image_error),
                        mul_up(w.image_norm_upper, v.image_error),
                    ),
                    mul_up(v.image_error, w.image_error),
                );
                let (product, theta) = (of_block(&vectors), of_block(&images));
                let theta = theta + Enclosure::from_bounds(-off, off);
                row = add_up(row, (t * product - theta).magnitude().hi());
                dependence = add_up(dependence, product.magnitude().hi());
                excess = excess.greater(div_up(row, v.norm_square.lo()));
            }
            smallest = smallest.lesser(sub_down(v.norm_square.lo(), dependence));
        }
        let added = add_up(excess, div_up(residual_square, mul_down(smallest, gap)));
        let expected = add_up(root_upper, div_up(added, root_lower + root_lower));
        let is_bound = gap > 0.0 && smallest > 0.0 && add_up(rho_upper, excess) <= t.hi();
        assert_eq!(upper, is_bound.then_some(expected), "{step}");
        bounded += usize::from(is_bound);
        refused += usize::from(!is_bound);
    }
    assert!(bounded > 200 && refused > 20, "{bounded} {refused}");
}
