// SPDX-License-Identifier: MIT OR Apache-2.0

//! Products and linear combinations of enclosed matrices.
//!
//! With `A = C + R` and `B = D + S`, the error of `C D` is `A B − C D = R D + C S + R S`, at most
//! `‖R‖ ‖D‖ + ‖C‖ ‖S‖ + ‖R‖ ‖S‖` in Frobenius norms; a combination moves by the combination of the errors.

use widthwise_linalg::frobenius_norm_enclosure;
use widthwise_rounding::{Scalar, ScaledEnclosure};

use crate::enclosed::{EnclosedMatrix, point};
use crate::{Refusal, Scratch};

impl<'a, T: Scalar> EnclosedMatrix<'a, T> {
    /// `A B`.
    pub(crate) fn times<'b>(
        &self,
        scratch: &mut Scratch<'b, T>,
        other: &EnclosedMatrix<'_, T>,
    ) -> Result<EnclosedMatrix<'b, T>, Refusal> {
        let (a, b) = (self.center(), other.center());
        let mut product = EnclosedMatrix::product(scratch, &a, &b)?;
        let (error_a, error_b) = (point(self.radius()), point(other.radius()));
        let error = error_a * frobenius_norm_enclosure(&b)?
            + frobenius_norm_enclosure(&a)? * error_b
            + error_a * error_b;
        product.add_error(error.scale_exp2(-product.exponent()));
        Ok(product.scale_exp2(self.exponent() + other.exponent()))
    }

    /// `Σ factor · A` over the terms given, which have one shape.
    pub(crate) fn combination(
        scratch: &mut Scratch<'a, T>,
        terms: &[(ScaledEnclosure<T>, &EnclosedMatrix<'_, T>)],
    ) -> Result<Self, Refusal> {
        let zero = ScaledEnclosure::zero();
        let mut exponent = None;
        let mut shape = (0, 0);
        for (factor, a) in terms {
            shape = a.center().shape();
            // A term that vanishes has no size to compare.
            if *factor != zero && (a.radius() > T::zero() || a.center().iter().any(|&x| x != T::zero())) {
                exponent = exponent.max(Some(factor.exponent() + a.exponent()));
            }
        }
        let exponent = exponent.unwrap_or(0);
        let mut sum = Self::from_entries(scratch, shape, exponent, |i, j| {
            let sum = terms.iter().fold(zero, |sum, (factor, a)| {
                sum + (*factor * point(a.center()[(i, j)])).scale_exp2(a.exponent())
            });
            sum.scale_exp2(-exponent).to_enclosure()
        })?;
        for (factor, a) in terms {
            let error = factor.magnitude() * point(a.radius());
            sum.add_error(error.scale_exp2(a.exponent() - exponent));
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrixView;
    use std::vec;

    /// The entries of the corner of the ball `C + R` in the direction of the first entry.
    fn corner(a: &EnclosedMatrix<'_, f64>) -> [f64; 4] {
        let unit = f64::power_of_two(a.exponent());
        let mut entries = [0.0; 4];
        for (entry, &center) in entries.iter_mut().zip(a.center().iter()) {
            *entry = center * unit;
        }
        entries[0] += a.radius() * unit;
        entries
    }

    fn distance(a: &EnclosedMatrix<'_, f64>, exact: [f64; 4]) -> f64 {
        let unit = f64::power_of_two(a.exponent());
        let center = a.center();
        let squares = center.iter().zip(exact).map(|(&center, exact)| {
            let error = center * unit - exact;
            error * error
        });
        squares.sum::<f64>().square_root()
    }

    fn product([a, c, b, d]: [f64; 4], [e, g, f, h]: [f64; 4]) -> [f64; 4] {
        [a * e + b * g, c * e + d * g, a * f + b * h, c * f + d * h]
    }

    #[test]
    fn products_and_combinations_contain_those_of_every_corner() {
        let mut memory = vec![0.0; 400];
        let mut scratch = Scratch::new(&mut memory);
        let (a, b) = ([3.0, -1.0, 2.0, 5.0], [0.5, 7.0, -4.0, 1.0]);
        for error in [0.0, 0.25] {
            let mut enclosed = [&a, &b].map(|entries| {
                let view = DMatrixView::from_slice(entries, 2, 2);
                EnclosedMatrix::exact(&mut scratch, &view).unwrap()
            });
            enclosed.iter_mut().for_each(|matrix| matrix.add_error(point(error)));
            let [a, b] = &enclosed;
            let exact = product(corner(a), corner(b));
            let times = a.times(&mut scratch, b).unwrap();
            let radius = times.radius() * f64::power_of_two(times.exponent());
            assert!(distance(&times, exact) <= radius * (1.0 + 1e-12), "{times:?}");
            assert_eq!(radius > 0.0, error > 0.0);

            let terms = [(point(3.0), a), (point(-0.5), b)];
            let sum = EnclosedMatrix::combination(&mut scratch, &terms).unwrap();
            let (of_a, of_b) = (corner(a), corner(b));
            let exact = core::array::from_fn(|i| 3.0 * of_a[i] - 0.5 * of_b[i]);
            let radius = sum.radius() * f64::power_of_two(sum.exponent());
            assert!(distance(&sum, exact) <= radius * (1.0 + 1e-12), "{sum:?}");
            assert_eq!(radius > 0.0, error > 0.0);
        }
    }
}
