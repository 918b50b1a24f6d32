// SPDX-License-Identifier: MIT OR Apache-2.0

//! From a scaled matrix to bounds of its largest singular value: propose by squaring, then prove.
//!
//! [`Workspace::square`] and [`Workspace::iterate`] propose a power of the Gram matrix and a vector `x`;
//! [`Workspace::conclude`] proves bounds from them, whatever they are.

use nalgebra::{Dim, Matrix, RawStorage};
use widthwise_linalg::Scaling;
use widthwise_rounding::directed::{add_up, mul_up, square_root_up};
use widthwise_rounding::{Enclosure, Scalar, inflate_up};

use crate::Certificate;
use crate::kato_temple::RayleighQuotient;
use crate::squaring::{
    Measure, SquaringChain, product_error, product_with_transpose, projector_eigenvalue_upper,
};

/// The arrays of the computation, for `M` with `short` rows and `long ≥ short ≥ 2` columns.
pub(crate) struct Workspace<'a, T> {
    /// `M`: columns of `short` numbers.
    pub(crate) matrix: &'a mut [T],
    /// The last power of the Gram matrix, `short × short`.
    pub(crate) power: &'a mut [T],
    /// The next one.
    pub(crate) next: &'a mut [T],
    /// `Mᵀx`, `long` numbers.
    pub(crate) image: &'a mut [T],
    /// `x`, `short` numbers.
    pub(crate) vector: &'a mut [T],
    /// `short` numbers.
    pub(crate) residual: &'a mut [T],
}

/// What squaring has left to say about the power in the workspace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Squared<T> {
    chain: SquaringChain<T>,
    measure: Measure<T>,
    /// An upper bound of `‖M‖_F²`.
    frobenius_square: T,
    /// The best upper bound of the largest eigenvalue so far that needs no gap.
    fallback: T,
}

/// Squaring ends at an impurity of `2^−6`: as `1 − Σμ_i²/(Σμ_i)² ≈ 2 Σ_{i≥2} μ_i/μ₁`, the other eigenvalues are then below
/// `2^−7 μ₁`.
const IMPURITY_EXPONENT: i32 = -6;
/// Products of the last power with one of its columns. They leave the other eigenvectors a part of about `(2^−7)⁵` in `x`; the
/// square of it, which enters the Kato-Temple bound, is below `u`.
const PRODUCTS: usize = 4;

impl<T: Scalar> Workspace<'_, T> {
    fn short(&self) -> usize {
        self.vector.len()
    }

    fn long(&self) -> usize {
        self.image.len()
    }

    /// Copies the scaled matrix, transposed if it has more rows than columns.
    pub(crate) fn load<R: Dim, C: Dim, S: RawStorage<T, R, C>>(
        &mut self,
        a: &Matrix<T, R, C, S>,
        scaling: &Scaling<T>,
    ) {
        if a.nrows() <= a.ncols() {
            for (entry, &a) in self.matrix.iter_mut().zip(a.iter()) {
                *entry = scaling.apply(a);
            }
        } else {
            let short = self.short();
            for (i, column) in a.column_iter().enumerate() {
                for (entry, &a) in self.matrix.iter_mut().skip(i).step_by(short).zip(column.iter()) {
                    *entry = scaling.apply(a);
                }
            }
        }
    }

    /// An upper bound of `‖M‖_F²`.
    fn square_upper(&self) -> T {
        let mut total = T::zero();
        for column in self.matrix.chunks_exact(self.short()) {
            let mut squares = T::zero();
            for &x in column {
                squares += x * x;
            }
            total += squares;
        }
        add_up(inflate_up(self.short() + self.long() + 1, total), T::UNDERFLOW_ALLOWANCE)
    }

    /// An upper bound of `‖M‖_1 ‖M‖_∞`; overwrites `residual`.
    fn product_of_max_sums_upper(&mut self) -> T {
        let mut max_column = T::zero();
        for sum in self.residual.iter_mut() {
            *sum = T::zero();
        }
        for column in self.matrix.chunks_exact(self.vector.len()) {
            let mut column_sum = T::zero();
            for (row_sum, &x) in self.residual.iter_mut().zip(column) {
                column_sum += x.magnitude();
                *row_sum += x.magnitude();
            }
            max_column = max_column.greater(column_sum);
        }
        let max_row = self.residual.iter().fold(T::zero(), |m: T, &sum| m.greater(sum));
        mul_up(inflate_up(self.short(), max_column), inflate_up(self.long(), max_row))
    }

    /// Encloses `‖M‖₂` for a matrix that is not zero, with entries of magnitude at most 2, the largest at least 1.
    #[inline(never)]
    pub(crate) fn enclose(&mut self) -> (Enclosure<T>, Certificate) {
        let squared = self.square(T::power_of_two(IMPURITY_EXPONENT));
        let second_square = self.iterate(&squared);
        self.conclude(squared, second_square)
    }

    /// Squares the Gram matrix until one eigenvalue dominates, or until it is nearly a multiple of a projector.
    fn square(&mut self, impurity_wanted: T) -> Squared<T> {
        let (short, long) = (self.short(), self.long());
        let frobenius_square = self.square_upper();
        let exponent = frobenius_square.exponent().unwrap_or(0);
        product_with_transpose(self.matrix, short, T::power_of_two(-exponent), self.power);
        let mut chain = SquaringChain::new(exponent, product_error(long, frobenius_square));
        let mut fallback = frobenius_square;
        let mut last_impurity = T::INFINITY;
        let mut measure = Measure::of(self.power, short);
        loop {
            let impurity = measure.impurity();
            if impurity <= impurity_wanted || chain.is_full() {
                break;
            }
            let exponent = measure.square.exponent().unwrap_or(0);
            product_with_transpose(self.power, short, T::power_of_two(-exponent), self.next);
            let error = product_error(short, measure.size_upper());
            let level = chain.squarings();
            chain.push(exponent, error);
            let mut is_projector = false;
            // Where squaring hardly helps, the largest eigenvalue may be multiple.
            if last_impurity - impurity <= T::power_of_two(-4) {
                let (bound, distance) =
                    projector_eigenvalue_upper(self.power, self.next, short, exponent, error, &measure);
                // A distance d costs d/2^level in the end: what squaring could still gain is no more than the errors of the
                // Gram matrix and of the powers, each several n·u.
                let level_power = T::power_of_two(i32::try_from(level).unwrap_or(i32::MAX));
                is_projector = distance <= T::from_count(4 * short) * T::UNIT_ROUNDOFF * level_power;
                if is_projector {
                    chain.tighten_gram_error(product_error(long, self.product_of_max_sums_upper()));
                    fallback = fallback.lesser(chain.largest_eigenvalue_upper(level, bound));
                }
            }
            last_impurity = impurity;
            core::mem::swap(&mut self.power, &mut self.next);
            measure = Measure::of(self.power, short);
            if is_projector {
                break;
            }
        }
        Squared { chain, measure, frobenius_square, fallback }
    }

    /// The bounds that the power, the vector and `second_square`, an upper bound of the square of the power's second
    /// eigenvalue, prove.
    fn conclude(&mut self, squared: Squared<T>, second_square: Option<T>) -> (Enclosure<T>, Certificate) {
        let Squared { mut chain, measure, frobenius_square, fallback } = squared;
        let squarings = chain.squarings();
        let quotient = RayleighQuotient::of(self.matrix, self.vector, self.image);
        let by_gap = second_square.and_then(|second_square| {
            // After k squarings the ratio of the first two eigenvalues to the power 2^k is large: (1 − 2^(−k−1))^(2^k) ≈ 0.6
            // lies between their powers.
            let gap = T::power_of_two(-i32::try_from(squarings + 1).unwrap_or(i32::MAX));
            let b = quotient.lower() * (T::one() - gap);
            if !chain.proves_second_eigenvalue_at_most(b, second_square) {
                return None;
            }
            let frobenius = square_root_up(frobenius_square);
            let residual =
                quotient.residual_upper(self.matrix, self.vector, self.image, frobenius, self.residual);
            quotient.kato_temple(residual, b)
        });
        let lower = quotient.root().lo();
        if let Some(upper) = by_gap {
            // Wider only if the gap is hardly larger than the errors of the Gram matrix: then the chain may be tighter.
            if upper <= lower + T::from_count(16) * T::UNIT_ROUNDOFF * lower {
                return (Enclosure::from_bounds(lower, upper), Certificate::KatoTemple { squarings });
            }
        }
        chain.tighten_gram_error(product_error(self.long(), self.product_of_max_sums_upper()));
        let by_chain = chain.largest_eigenvalue_upper(squarings, measure.eigenvalue_upper());
        let by_chain = square_root_up(by_chain.lesser(fallback));
        match by_gap {
            Some(upper) if upper <= by_chain => {
                (Enclosure::from_bounds(lower, upper), Certificate::KatoTemple { squarings })
            }
            _ => (Enclosure::from_bounds(lower, by_chain), Certificate::SquaringChain { squarings }),
        }
    }

    /// Leaves in `vector` a column of the last power `H` multiplied by `H` a few times, its largest entry in `[1, 2)`; returns an
    /// upper bound of the square of the second eigenvalue of `H`, if the last product gives one.
    fn iterate(&mut self, squared: &Squared<T>) -> Option<T> {
        let measure = &squared.measure;
        let n = self.short();
        let column = self.power.chunks_exact(n).nth(measure.largest_diagonal)?;
        self.vector.copy_from_slice(column);
        for _ in 0..PRODUCTS {
            normalize(self.vector);
            for y in self.residual.iter_mut() {
                *y = T::zero();
            }
            for (column, &x) in self.power.chunks_exact(n).zip(self.vector.iter()) {
                for (y, &h) in self.residual.iter_mut().zip(column) {
                    *y += h * x;
                }
            }
            core::mem::swap(&mut self.vector, &mut self.residual);
        }
        // The last product and its factor; the residual's place is free again afterwards.
        let second_square = measure.second_square_upper(self.residual, self.vector);
        normalize(self.vector);
        second_square
    }
}

/// Scales by the power of two that brings the largest entry into `[1, 2)`; a zero vector becomes the first unit vector.
fn normalize<T: Scalar>(x: &mut [T]) {
    let largest = x.iter().fold(T::zero(), |m: T, x| m.greater(x.magnitude()));
    match largest.exponent() {
        Some(exponent) => x.iter_mut().for_each(|x| *x = x.scale_exp2(-exponent)),
        None => {
            if let Some(first) = x.first_mut() {
                *first = T::one();
            }
        }
    }
}

#[cfg(test)]
mod tests;
