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

/// Both places that tighten the error take `γ_l‖M‖_1‖M‖_∞`, which is less than `γ_l‖M‖_F²` for matrices that are nearly the
/// identity. From a power that vanishes nothing but the error comes back.
#[test]
fn error_of_the_gram_matrix_is_that_of_the_lesser_norm() {
    for (n, long) in [(2, 2), (2, 7), (12, 12), (12, 31)] {
        let matrix: Vec<f64> = (0..n * long)
            .map(|k| if k % (n + 1) == 0 { 1.0 } else { 1e-4 * f64::from_count((k * 7919) % 101) / 101.0 })
            .collect();
        let sum = |from: usize, step: usize, count: usize| {
            (0..count).fold(Dyadic::zero(), |sum, k| sum.add(&dyadic(matrix[from + k * step].magnitude())))
        };
        let largest = |sums: Vec<Dyadic>| {
            sums.into_iter().fold(Dyadic::zero(), |m, x| if m.is_at_most(&x) { x } else { m })
        };
        let columns = largest((0..long).map(|k| sum(k * n, 1, n)).collect());
        let rows = largest((0..n).map(|i| sum(i, n, long)).collect());
        let product = columns.mul(&rows);
        let least = product.mul(&Dyadic::new(f64::from_count(long) * f64::UNIT_ROUNDOFF));

        let mut arrays = Arrays::of(&matrix, n);
        let mut workspace = arrays.workspace();
        let mut squared = workspace.square(Portable, 1.0 / 64.0);
        squared.chain = SquaringChain::new(0, 1.0);
        squared.fallback = f64::INFINITY;
        workspace.power.fill(0.0);
        let (norm, _) = workspace.conclude_by_chain(&squared, 0.0, None);
        let error = product_error(long, workspace.product_of_max_sums_upper());
        assert!(least.is_at_most(&dyadic(error)));
        let nothing = Measure::of(workspace.power, n).eigenvalue_upper();
        assert_eq!(norm.hi(), square_root_up(add_up(nothing, error)));

        // A multiple of the identity, and its square.
        for k in 0..n * n {
            workspace.power[k] = if k % (n + 1) == 0 { 1.0 } else { 0.0 };
            workspace.next[k] = 0.25 * workspace.power[k];
        }
        let mut chain = SquaringChain::new(0, 1.0);
        let (is_projector, bound) = workspace.step_without_gap(&mut chain, 2, f64::from_count(n));
        assert!(is_projector && bound < 1.0 + 1e-13);
        assert_eq!(chain.largest_eigenvalue_upper(0, 0.0), add_up(0.0_f64.next_up(), error));
        assert!(bound > 1.0 + error);
    }
}

/// A squaring without a gap has the error of the lesser of two sizes, each of which may be that.
#[test]
fn error_of_a_squaring_is_that_of_the_lesser_size() {
    let mut of_trace = 0;
    for n in [2_usize, 3, 8, 13] {
        for part in [0.0, 0.01, 0.4, 0.9] {
            let mut arrays = Arrays::of(&vec![1.0_f64; n * n], n);
            let mut workspace = arrays.workspace();
            for k in 0..n * n {
                let (i, j) = (k % n, k / n);
                let entry = f64::from_count((i.max(j) * 7919 + i.min(j) * 409) % 1009) / 1009.0;
                workspace.power[k] = if i == j { 1.0 - 0.1 * entry } else { part * entry };
            }
            product_with_transpose(workspace.power, n, 1.0, workspace.next);
            let square = trace(workspace.next, n);
            let (of_square, of_sums) =
                (square_upper(square, n), Measure::of(workspace.power, n).size_upper());
            of_trace += usize::from(of_square < of_sums);
            let mut expected = SquaringChain::new(0, 0.0);
            expected.push(0, product_error(n, of_sums.lesser(of_square)));
            let mut chain = SquaringChain::new(0, 0.0);
            workspace.step_without_gap(&mut chain, 0, square);
            let error = |chain: &SquaringChain<f64>| chain.largest_eigenvalue_upper(1, 0.0);
            assert_eq!(error(&chain), error(&expected), "{n} {part}");
        }
    }
    assert!(of_trace > 0 && of_trace < 16, "{of_trace}");
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
    let second = workspace.iterate(Portable, &squared);
    // The column of the largest diagonal entry is the first unit vector, and so is its image.
    let expected = second_square_upper(power_square, power.len() / 8 + 4, &power[..n], &power[..n]);
    assert_eq!(second, expected);
    let second = dyadic(second);
    let eigenvalue = dyadic(small).mul(&Dyadic::new(63.0));
    assert!(eigenvalue.mul(&eigenvalue).is_at_most(&second));
}
