// SPDX-License-Identifier: MIT OR Apache-2.0

//! The deficits of a vector against the singular basis of a matrix, which the equality cases of the claims speak of.
//!
//! The basis is that of [`SingularBasis`]: an approximation `V` with the image `B = A V`, an enclosed defect `e ≥ ‖VᵀV
//! − 1‖_F` and an enclosed coupling `o ≥ ‖BᵀB − diag(‖b_j‖²)‖_F`. Every statement below carries them: a bad basis makes
//! it wide, never wrong.

use nalgebra::DVectorView;
use widthwise_linalg::{dot_enclosure, two_norm_squared_enclosure};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};
use widthwise_spectral::{SingularBasis, singular_basis_workspace_len};

use crate::enclosed::{EnclosedMatrix, root, widened};
use crate::{Refusal, Scratch};

/// The singular basis of an enclosed matrix, and the power of two that stands before both.
#[derive(Debug)]
pub(crate) struct EnclosedBasis<'a, T> {
    basis: SingularBasis<'a, T>,
    /// That of the image, with the power of two of the enclosed matrix.
    exponent: i32,
}

impl<'a, T: Scalar> EnclosedBasis<'a, T> {
    /// The basis of a matrix of `n` columns, `n × n`.
    pub(crate) fn of(scratch: &mut Scratch<'a, T>, a: &EnclosedMatrix<'_, T>) -> Result<Self, Refusal> {
        let center = a.center();
        let work = scratch.take(singular_basis_workspace_len(center.nrows(), center.ncols()))?;
        Ok(Self::from_basis(SingularBasis::of_inexact(&center, a.radius(), work)?, a))
    }

    fn from_basis(basis: SingularBasis<'a, T>, a: &EnclosedMatrix<'_, T>) -> Self {
        let exponent = basis.exponent() + a.exponent();
        Self { basis, exponent }
    }

    /// The nuclear norm `Σ σ_i`.
    fn nuclear_norm(mut self) -> Result<ScaledEnclosure<T>, Refusal> {
        let exponent = self.exponent - self.basis.exponent();
        Ok(self.basis.nuclear_norm()?.scale_exp2(exponent))
    }

    /// `σ_1`, from the longest column `b` of the image.
    ///
    /// `λ_max` of `(A V)ᵀ(A V)` is within the coupling of `‖b‖²` (Weyl), and within factors `1 ± e` of that of `AᵀA`
    /// (Ostrowski).
    fn largest_singular_value(&self) -> Result<ScaledEnclosure<T>, Refusal> {
        let mut longest = ScaledEnclosure::zero();
        for b in self.basis.image().column_iter() {
            longest = longest.maximum(&two_norm_squared_enclosure(&b)?);
        }
        let square = widened(longest, self.basis.coupling());
        let one = ScaledEnclosure::one();
        let defect = self.basis.orthogonality_defect();
        let stretch = one - defect;
        if stretch.significand().lo() <= T::zero() {
            // Nothing is known of a basis that may be singular.
            return Ok(ScaledEnclosure::new(Enclosure::whole(), 0));
        }
        let square = (square / (one + defect)).hull(&(square / stretch));
        Ok(root(square).scale_exp2(self.exponent))
    }

    /// `Σ_i (s² − σ_i²) ⟨v_i, x⟩²` over a full right singular basis, where `s` is at least every `σ_i`.
    ///
    /// Evaluated as `Σ_j (s² − ‖b_j‖²) ĉ_j²` with `ĉ = Vᵀx`. With `x = V ĉ + (1 − V Vᵀ) x` the error is at most
    /// `‖x‖² (s² (3e + e²) + o (1 + e))`.
    pub(crate) fn deficit(
        &self,
        spectral_norm: ScaledEnclosure<T>,
        x: &DVectorView<'_, T>,
    ) -> Result<ScaledEnclosure<T>, Refusal> {
        let norm_squared = spectral_norm.square();
        let mut sum = ScaledEnclosure::zero();
        for (v, b) in self.basis.vectors().column_iter().zip(self.basis.image().column_iter()) {
            let length = two_norm_squared_enclosure(&b)?.scale_exp2(2 * self.exponent);
            sum = sum + (norm_squared - length) * dot_enclosure(&v, x)?.square();
        }
        let one = ScaledEnclosure::one();
        let e = self.basis.orthogonality_defect();
        let three = ScaledEnclosure::count(3);
        let error = norm_squared * (three * e + e.square())
            + self.basis.coupling().scale_exp2(2 * self.exponent) * (one + e);
        Ok(widened(sum, upper(error * two_norm_squared_enclosure(x)?)))
    }

    /// `(σ_1² − σ_2²) (‖x‖² − ⟨v_1, x⟩²)` for a matrix of at least two columns.
    ///
    /// The column `b_1` of greatest length gives `v̂ ≈ v_1`. Weyl and Ostrowski enclose `σ_2` between the others and
    /// the defects. The residual `r = ‖AᵀA v̂ − ‖b_1‖² v̂‖` turns the direction by at most `sin θ ≤ r / (‖b_1‖² −
    /// σ_2²)` (Davis–Kahan), which moves `‖x − ⟨v_1, x⟩ v_1‖` by at most `sin θ ‖x‖`.
    pub(crate) fn gap_deficit(
        &self,
        a: &EnclosedMatrix<'_, T>,
        spectral_norm: ScaledEnclosure<T>,
        x: &DVectorView<'_, T>,
    ) -> Result<ScaledEnclosure<T>, Refusal> {
        let image = self.basis.image();
        let mut first = 0;
        let mut longest = ScaledEnclosure::zero();
        for (j, b) in image.column_iter().enumerate() {
            let length = two_norm_squared_enclosure(&b)?;
            if length.ratio(&longest) > 1.0 || j == 0 {
                (first, longest) = (j, length);
            }
        }
        // The two largest lengths, whichever column they belong to.
        let (mut top, mut second) = (ScaledEnclosure::zero(), ScaledEnclosure::zero());
        for b in image.column_iter() {
            let length = two_norm_squared_enclosure(&b)?;
            second = second.maximum(&top.minimum(&length));
            top = top.maximum(&length);
        }
        // Eigenvalues of BᵀB are within the coupling of its diagonal; those of AᵀA follow through V.
        let one = ScaledEnclosure::one();
        let second = widened(second, self.basis.coupling());
        let defect = self.basis.orthogonality_defect();
        let stretch = one - defect;
        let second = if stretch.significand().lo() > T::zero() {
            (second / (one + defect)).hull(&(second / stretch))
        } else {
            // Nothing is known of a basis that may be singular.
            ScaledEnclosure::new(Enclosure::whole(), 0)
        };
        let scale = -2 * self.exponent;
        let gap = spectral_norm.square().scale_exp2(scale) - second;
        let gap = gap.maximum(&ScaledEnclosure::zero());

        let vectors = self.basis.vectors();
        let v = vectors.column(first);
        let v_squared = two_norm_squared_enclosure(&v)?;
        let x_squared = two_norm_squared_enclosure(x)?;
        let along = dot_enclosure(&v, x)?.square() / v_squared;
        let across = root((x_squared - along).maximum(&ScaledEnclosure::zero()));
        let residual = self.residual(a, first, longest)? / root(v_squared);
        let separation = (longest / v_squared) - second;
        let sine = if separation.significand().lo() > T::zero() { residual / separation } else { one };
        let sine = upper(sine.minimum(&one));
        let across = widened(across, sine * root(x_squared));
        Ok((gap * across.square()).scale_exp2(-scale))
    }

    /// A bound of `‖AᵀA v − ρ v‖` for column `j` of the basis and `ρ = ‖b_j‖² / ‖v‖²`, in units of the image.
    fn residual(
        &self,
        a: &EnclosedMatrix<'_, T>,
        j: usize,
        length: ScaledEnclosure<T>,
    ) -> Result<ScaledEnclosure<T>, Refusal> {
        let (center, vectors, image) = (a.center(), self.basis.vectors(), self.basis.image());
        let (v, b) = (vectors.column(j), image.column(j));
        let rho = length / two_norm_squared_enclosure(&v)?;
        // The image has a power of two of its own beside that of the center.
        let unit = -self.basis.exponent();
        let mut squares = ScaledEnclosure::zero();
        for (column, &v) in center.column_iter().zip(v.iter()) {
            let v = ScaledEnclosure::from(Enclosure::from_bounds(v, v));
            squares = squares + (dot_enclosure(&column, &b)?.scale_exp2(unit) - rho * v).square();
        }
        // ‖AᵀA v − Cᵀb‖ ≤ ‖A‖ ‖A v − b‖ + ‖A − C‖ ‖b‖.
        let frobenius = a.frobenius_norm()?.scale_exp2(unit - a.exponent());
        let error =
            frobenius * bound(self.basis.image_error()) + (bound(a.radius()) * root(length)).scale_exp2(unit);
        Ok(upper(root(squares) + error))
    }
}

/// The upper end alone, as a number.
fn upper<T: Scalar>(x: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    let hi = x.significand().hi();
    ScaledEnclosure::new(Enclosure::from_bounds(hi, hi), x.exponent())
}

fn bound<T: Scalar>(radius: T) -> ScaledEnclosure<T> {
    Enclosure::from_bounds(radius, radius).into()
}

/// The nuclear norm of an enclosed matrix, through its basis on the side of fewer columns.
pub(crate) fn nuclear_norm<T: Scalar>(
    a: &EnclosedMatrix<'_, T>,
    scratch: &mut Scratch<'_, T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let mut frame = scratch.frame();
    if a.center().nrows() < a.center().ncols() {
        let transpose = a.transposed(&mut frame)?;
        return EnclosedBasis::of(&mut frame, &transpose)?.nuclear_norm();
    }
    EnclosedBasis::of(&mut frame, a)?.nuclear_norm()
}

/// `σ_1` of an enclosed matrix, through its basis on the side of fewer columns.
pub(crate) fn largest_singular_value<T: Scalar>(
    a: &EnclosedMatrix<'_, T>,
    scratch: &mut Scratch<'_, T>,
) -> Result<ScaledEnclosure<T>, Refusal> {
    let mut frame = scratch.frame();
    if a.center().nrows() < a.center().ncols() {
        let transpose = a.transposed(&mut frame)?;
        return EnclosedBasis::of(&mut frame, &transpose)?.largest_singular_value();
    }
    EnclosedBasis::of(&mut frame, a)?.largest_singular_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrixView, DMatrixViewMut};
    use std::vec;
    use widthwise_sampling::{MatrixFamily, Stream, fill_matrix};

    #[test]
    fn nuclear_norm_of_a_product_sums_its_singular_values() {
        let mut memory = vec![0.0; 4096];
        let mut scratch = Scratch::new(&mut memory);
        let (a, b) = ([0.0, 3.0, 0.0, -4.0, 0.0, 0.0], [8.0, 0.0, 0.0, 16.0]);
        let (a, b) = (DMatrixView::from_slice(&a, 3, 2), DMatrixView::from_slice(&b, 2, 2));
        let product = EnclosedMatrix::product(&mut scratch, &a, &b).unwrap();
        let norm = nuclear_norm(&product, &mut scratch).unwrap().to_enclosure();
        assert!(norm.contains(24.0 + 64.0) && norm.relative_width() < 1e-14, "{norm}");
        let wide = product.transposed(&mut scratch).unwrap();
        assert_eq!(nuclear_norm(&wide, &mut scratch).unwrap().to_enclosure(), norm);
    }

    #[test]
    fn largest_singular_value_of_a_product_and_its_transpose() {
        let mut memory = vec![0.0; 4096];
        let mut scratch = Scratch::new(&mut memory);
        let (a, b) = ([0.0, 3.0, 0.0, -4.0, 0.0, 0.0], [8.0, 0.0, 0.0, 16.0]);
        let (a, b) = (DMatrixView::from_slice(&a, 3, 2), DMatrixView::from_slice(&b, 2, 2));
        let mut product = EnclosedMatrix::product(&mut scratch, &a, &b).unwrap();
        let value = largest_singular_value(&product, &mut scratch).unwrap().to_enclosure();
        assert!(value.contains(64.0) && value.relative_width() < 1e-14, "{value}");
        let wide = product.transposed(&mut scratch).unwrap();
        assert!(largest_singular_value(&wide, &mut scratch).unwrap().to_enclosure().contains(64.0));
        let unit = f64::power_of_two(product.exponent());
        product.add_error(bound(8.0 / unit));
        let value = largest_singular_value(&product, &mut scratch).unwrap().to_enclosure();
        assert!(value.contains(56.5) && value.contains(71.5), "{value}");
    }

    #[test]
    fn deficits_are_enclosed_for_a_matrix_whose_basis_is_known() {
        // AᵀA = diag(9, 4, 1) times a power of two in a rotated order; x has all coordinates.
        for unit in [1.0, 0.125, 1024.0] {
            let entries = [0.0, 2.0, 0.0, 0.0, 0.0, -1.0, 3.0, 0.0, 0.0].map(|x| x * unit);
            let a = DMatrixView::from_slice(&entries, 3, 3);
            let x = [1.0, 2.0, 4.0];
            let mut memory = vec![0.0; 4096];
            let mut scratch = Scratch::new(&mut memory);
            let mut a = EnclosedMatrix::exact(&mut scratch, &a).unwrap();
            for error in [0.0, 1e-13] {
                a.add_error(bound(error));
                let mut frame = scratch.frame();
                let basis = EnclosedBasis::of(&mut frame, &a).unwrap();
                let x = DVectorView::from_slice(&x, 3);
                let norm = ScaledEnclosure::count(3) * bound(unit);
                let deficit = basis.deficit(norm, &x).unwrap().to_enclosure();
                let exact = (5.0 + 32.0) * unit * unit;
                assert!(deficit.contains(exact) && deficit.relative_width() < 1e-11, "{deficit}");
                let gap = basis.gap_deficit(&a, norm, &x).unwrap().to_enclosure();
                let exact = 5.0 * 5.0 * unit * unit;
                assert!(gap.contains(exact) && gap.relative_width() < 1e-11, "{gap}");
            }
        }
    }

    /// A basis with `‖VᵀV − 1‖ > 1` bounds no eigenvalue from above.
    #[test]
    fn a_short_basis_says_nothing_of_the_second_singular_value() {
        let mut memory = vec![0.0; 4096];
        let mut scratch = Scratch::new(&mut memory);
        let entries = [2.0, 0.0, 0.0, 1.0];
        let a = EnclosedMatrix::exact(&mut scratch, &DMatrixView::from_slice(&entries, 2, 2)).unwrap();
        let vectors = [1.0 / 64.0, 0.0, 0.0, 1.0 / 64.0];
        let vectors = DMatrixView::from_slice(&vectors, 2, 2);
        let work = scratch.take(singular_basis_workspace_len(2, 2)).unwrap();
        let basis = SingularBasis::with_vectors(&a.center(), a.radius(), &vectors, work).unwrap();
        let basis = EnclosedBasis::from_basis(basis, &a);
        let x = [1.0, 2.0];
        let gap = basis.gap_deficit(&a, ScaledEnclosure::count(2), &DVectorView::from_slice(&x, 2)).unwrap();
        assert!(gap.to_enclosure().contains(12.0), "{gap}");
    }

    #[test]
    fn a_basis_that_is_none_makes_statements_wide_and_not_wrong() {
        let mut memory = vec![0.0; 4096];
        let mut scratch = Scratch::new(&mut memory);
        let mut stream = Stream::new(1, "a basis that is none", 0);
        for unit in [1.0, 64.0] {
            let entries = [2.0, 0.0, 0.0, 1.0].map(|x| x * unit);
            let a = EnclosedMatrix::exact(&mut scratch, &DMatrixView::from_slice(&entries, 2, 2)).unwrap();
            for _ in 0..50 {
                let mut vectors = [0.0; 4];
                let mut vectors = DMatrixViewMut::from_slice(&mut vectors, 2, 2);
                fill_matrix(&mut stream, MatrixFamily::Gaussian, &mut vectors, &mut [0.0; 4]).unwrap();
                let mut frame = scratch.frame();
                let work = frame.take(singular_basis_workspace_len(2, 2)).unwrap();
                let basis = SingularBasis::with_vectors(&a.center(), a.radius(), &vectors, work).unwrap();
                let basis = EnclosedBasis::from_basis(basis, &a);
                let x = [1.0, 2.0];
                let x = DVectorView::from_slice(&x, 2);
                let norm = ScaledEnclosure::count(2) * bound(unit);
                let exact = 12.0 * unit * unit;
                assert!(basis.deficit(norm, &x).unwrap().to_enclosure().contains(exact));
                assert!(basis.gap_deficit(&a, norm, &x).unwrap().to_enclosure().contains(exact));
            }
        }
    }
}
