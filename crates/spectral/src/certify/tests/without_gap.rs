// SPDX-License-Identifier: MIT OR Apache-2.0

//! The bounds that need no gap: which errors enter them, and which of several bounds is taken.

use super::*;
use crate::exact::eigenvalues_above;
use crate::tiles::square_in_eight_sums;

/// The arrays for a matrix of `short` rows, kept until the test is over.
struct Arrays<T> {
    work: Vec<T>,
    short: usize,
    long: usize,
}

impl<T: Scalar> Arrays<T> {
    fn of(matrix: &[T], short: usize) -> Self {
        let long = matrix.len() / short;
        let mut work = vec![T::NAN; workspace_len(short, long)];
        work[..matrix.len()].copy_from_slice(matrix);
        Self { work, short, long }
    }

    fn workspace(&mut self) -> Workspace<'_, T> {
        let (short, long) = (self.short, self.long);
        let (matrix, rest) = self.work.split_at_mut(short * long);
        let (power, rest) = rest.split_at_mut(short * short);
        let (next, rest) = rest.split_at_mut(short * short);
        let (image, rest) = rest.split_at_mut(long);
        let (vector, rest) = rest.split_at_mut(short);
        Workspace { matrix, power, next, image, vector, residual: &mut rest[..short] }
    }
}

fn dyadic<T: Scalar>(x: T) -> Dyadic {
    Dyadic::new(x.to_f64())
}

/// `MMᵀ` of columns of `short` numbers.
fn exact_gram<T: Scalar>(matrix: &[T], short: usize) -> Exact {
    let entry = |i: usize, j: usize| {
        matrix
            .chunks_exact(short)
            .fold(Dyadic::zero(), |sum, column| sum.add(&dyadic(column[i]).mul(&dyadic(column[j]))))
    };
    (0..short).map(|i| (0..short).map(|j| entry(i, j)).collect()).collect()
}

/// Two orthogonal rows of a one and of squares that are all lost beside it: the computed Gram matrix is the identity, and the
/// exact one `1 + 0.99u(l/2 − 1)` times that. Only the error of the Gram matrix tells.
fn rows_that_lose_their_squares<T: Scalar>(long: usize) -> Vec<T> {
    let small = (T::UNIT_ROUNDOFF * T::from_f64(0.99)).square_root();
    let mut matrix = vec![T::zero(); 2 * long];
    for (k, column) in matrix.chunks_exact_mut(2).enumerate() {
        column[k % 2] = if k < 2 { T::one() } else { small };
    }
    matrix
}

#[test]
fn tightened_error_of_the_gram_matrix_covers_what_was_lost() {
    fn check<T: Scalar>() {
        for long in [40, 100, 400] {
            let matrix = rows_that_lose_their_squares::<T>(long);
            let gram = exact_gram(&matrix, 2);
            assert_eq!(eigenvalues_above(&gram, &dyadic(T::one())).0, 2);
            let mut arrays = Arrays::of(&matrix, 2);
            let mut workspace = arrays.workspace();
            // Where squaring ends as the power is a multiple of a projector.
            let squared = workspace.square(Portable, T::power_of_two(-6));
            assert_eq!(eigenvalues_above(&gram, &dyadic(squared.fallback)).0, 0, "{} {long}", T::NAME);
            // And where the powers are all that is left.
            let mut squared = squared;
            squared.fallback = T::INFINITY;
            let (norm, _) = workspace.conclude_by_chain(&squared, T::one(), None);
            let upper = dyadic(norm.hi());
            assert_eq!(eigenvalues_above(&gram, &upper.mul(&upper)).0, 0, "{} {long}", T::NAME);
        }
    }
    check::<f32>();
    check::<f64>();
}

/// `‖M‖_1‖M‖_∞` is less than `‖M‖_F²` for matrices that are nearly the identity, by a factor of their size.
#[test]
fn error_of_the_gram_matrix_is_that_of_the_lesser_norm() {
    let n = 12;
    let matrix: Vec<f64> = (0..n * n)
        .map(|k| if k % (n + 1) == 0 { 1.0 } else { 1e-3 * f64::from_count((k * 7919) % 101) / 101.0 })
        .collect();
    let mut arrays = Arrays::of(&matrix, n);
    let mut workspace = arrays.workspace();
    let mut squared = workspace.square(Portable, 1.0 / 64.0);
    let squarings = squared.chain.squarings();
    squared.fallback = f64::INFINITY;
    // As if the error were known badly, or better than by any norm.
    for known in [1.0, 1e-3, 1e-25] {
        squared.chain = {
            let mut chain = SquaringChain::new(0, known);
            // The same powers without their errors: from `H_k` back to `G` nothing hides the error of `G`.
            (0..squarings).for_each(|_| chain.push(0, 0.0));
            chain
        };
        let (norm, certificate) = workspace.conclude_by_chain(&squared, 1.0, None);
        assert_eq!(certificate, Certificate::SquaringChain { squarings });
        let mut chain = squared.chain;
        let sums = workspace.product_of_max_sums_upper();
        assert!(sums < 1.2);
        chain.tighten_gram_error(product_error(n, sums));
        let bound = Measure::of(workspace.power, n).eigenvalue_upper();
        let square = chain.largest_eigenvalue_upper(squarings, bound);
        assert!(square_root_up(square) <= norm.hi() && norm.hi() <= square_root_up(square), "{known:e}");
        // The root is rounded upward.
        assert!(dyadic(square).is_at_most(&dyadic(norm.hi()).mul(&dyadic(norm.hi()))));
    }
}

/// Of the bound by the gap, that of the powers, and that found on the way, the least is taken, with its certificate.
#[test]
fn the_least_of_three_bounds_is_taken() {
    let matrix = rows_that_lose_their_squares::<f64>(6);
    let mut arrays = Arrays::of(&matrix, 2);
    let mut workspace = arrays.workspace();
    let mut squared = workspace.square(Portable, 1.0 / 64.0);
    let squarings = squared.chain.squarings();
    squared.fallback = f64::INFINITY;
    let (by_chain, _) = workspace.conclude_by_chain(&squared, 1.0, None);
    assert!(by_chain.hi() > 1.0 && by_chain.hi() < 1.5 && by_chain.lo() == 1.0);
    for (fallback, by_gap) in [
        (f64::INFINITY, None),
        (4.0, None),
        (1.0, None),
        (4.0, Some(3.0)),
        (4.0, Some(1.0)),
        (1.0, Some(3.0)),
        (f64::INFINITY, Some(1.0)),
    ] {
        squared.fallback = fallback;
        let (norm, certificate) = workspace.conclude_by_chain(&squared, 1.0, by_gap);
        let others = by_chain.hi().lesser(square_root_up(fallback));
        let expected = match by_gap {
            Some(upper) if upper <= others => (upper, Certificate::KatoTemple { squarings }),
            _ => (others, Certificate::SquaringChain { squarings }),
        };
        assert_eq!((norm.lo(), norm.hi(), certificate), (1.0, expected.0, expected.1));
    }
}

/// What squaring keeps as a bound without a gap holds, although the next power is no projector.
#[test]
fn every_bound_found_on_the_way_holds() {
    for (n, seed) in [(3, 1), (4, 2), (5, 3), (6, 4), (8, 5), (12, 6)] {
        let entry = |i: usize| f64::from_count((i * 7919 + seed * 409) % 1009) / 505.0 - 1.0;
        for diagonal in [1.0, 4.0, 60.0, 1e5, 1e8, 1e12] {
            let matrix: Vec<f64> = (0..n * n)
                .map(|i| (entry(i) + if i % (n + 1) == 0 { diagonal } else { 0.0 }) / diagonal)
                .collect();
            let gram = exact_gram(&matrix, n);
            let mut arrays = Arrays::of(&matrix, n);
            let mut workspace = arrays.workspace();
            let squared = workspace.square(Portable, 1.0 / 64.0);
            assert_eq!(eigenvalues_above(&gram, &dyadic(squared.fallback)).0, 0, "{n} {diagonal}");
            // No worse than the Frobenius norm.
            assert!(squared.fallback <= squared.frobenius_square);
        }
    }
}

/// A power whose squares are lost in the sum that holds the one: what is proved of the second eigenvalue holds.
#[test]
fn second_eigenvalue_covers_squares_that_are_lost() {
    let n = 64;
    let small = (0.99 * f32::UNIT_ROUNDOFF).square_root();
    // A one, and a matrix of rank one beside it with the eigenvalue (n − 1)·small.
    let power: Vec<f32> = (0..n * n)
        .map(|k| match (k % n, k / n) {
            (0, 0) => 1.0,
            (0, _) | (_, 0) => 0.0,
            _ => small,
        })
        .collect();
    let mut arrays = Arrays::of(&power, n);
    let mut workspace = arrays.workspace();
    workspace.power.copy_from_slice(&power);
    let power_square = square_in_eight_sums(Portable, &power);
    let squared = Squared {
        chain: SquaringChain::new(0, 0.0),
        frobenius_square: 2.0,
        fallback: 2.0,
        power_square,
        products: 1,
    };
    let second = dyadic(workspace.iterate(Portable, &squared));
    let eigenvalue = dyadic(small).mul(&Dyadic::new(63.0));
    assert!(eigenvalue.mul(&eigenvalue).is_at_most(&second));
}
