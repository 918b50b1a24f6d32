// SPDX-License-Identifier: MIT OR Apache-2.0

//! Statements about all singular values, from an approximate right singular basis and a bound of what it lacks.
//!
//! One-sided Jacobi gives a matrix `V`, nearly orthogonal, for which the columns of `B = A V` are nearly orthogonal. Nothing is believed of it:
//! the two defects are enclosed,
//!
//! - `e ≥ ‖VᵀV − 1‖_F`, so that `√(1 − e) ≤ σ_i(V) ≤ √(1 + e)`,
//! - `o ≥ ‖BᵀB − diag(‖b_j‖²)‖_F`,
//!
//! and every statement below carries them. A bad basis makes an enclosure wide, never wrong.

use nalgebra::{DMatrixView, DMatrixViewMut, DVectorView, Dyn, RawStorage, Vector};
use widthwise_linalg::{
    DotAccumulator, dot_enclosure, orthogonalize_columns, two_norm_enclosure, two_norm_squared_enclosure,
};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};

use crate::enclosed::{EnclosedMatrix, root, spectral_norm, widened};
use crate::{Refusal, Scratch};

/// Sweeps after which the basis is taken as it is; sizes met here need fewer than ten.
const SWEEPS: usize = 30;

/// An approximate right singular basis of a matrix.
#[derive(Debug)]
pub(crate) struct SingularBasis<'a, T> {
    basis: DMatrixViewMut<'a, T>,
    /// `B = A V` without the power of two of `A`.
    image: EnclosedMatrix<'a, T>,
    exponent: i32,
    /// Bound of `‖VᵀV − 1‖_F`.
    defect: ScaledEnclosure<T>,
    /// Bound of the Frobenius norm of the part of `BᵀB` off the diagonal.
    coupling: ScaledEnclosure<T>,
}

impl<'a, T: Scalar> SingularBasis<'a, T> {
    /// The basis of `2^exponent (C + R)`: a matrix of `n` columns, `n × n`.
    pub(crate) fn of(scratch: &mut Scratch<'a, T>, a: &EnclosedMatrix<'_, T>) -> Result<Self, Refusal> {
        let center = a.center();
        let (rows, columns) = center.shape();
        let mut basis = scratch.matrix(columns, columns)?;
        basis.fill_with_identity();
        {
            let mut frame = scratch.frame();
            let mut rotated = frame.matrix(rows, columns)?;
            rotated.copy_from(&center);
            // A basis that has not converged has a large coupling: the statements become wide.
            let _ = orthogonalize_columns(&mut rotated, &mut basis, SWEEPS);
        }
        let mut image = EnclosedMatrix::from_entries(scratch, (rows, columns), 0, |i, j| {
            let mut sum = DotAccumulator::new();
            for (&a, &v) in center.row(i).iter().zip(basis.column(j).iter()) {
                sum.add_product(a, v);
            }
            sum.enclosure()
        })?;
        let defect = {
            let mut frame = scratch.frame();
            upper(EnclosedMatrix::gram_defect(&mut frame, &basis.as_view())?.frobenius_norm()?)
        };
        // ‖R V‖_F ≤ ‖R‖_F √(1 + e).
        image.add_error(upper(bound(a.radius()) * root(ScaledEnclosure::one() + defect)));
        let coupling = coupling(&image)?;
        Ok(Self { basis, image, exponent: a.exponent(), defect, coupling })
    }

    /// The nuclear norm `Σ σ_i`.
    ///
    /// Of `B`, it is at most `Σ_j ‖b_j‖` (triangle inequality) and at least `⟨B, Z⟩ / ‖Z‖` for any `Z` (duality). `Z` is `B` with its
    /// columns orthonormalised, the longest first, so that a short column, whose direction is inexact, disturbs no long one.
    pub(crate) fn nuclear_norm(&self, scratch: &mut Scratch<'_, T>) -> Result<ScaledEnclosure<T>, Refusal> {
        let image = self.image.center();
        let (rows, columns) = image.shape();
        let mut frame = scratch.frame();
        let dual = orthonormalised(&image, &mut frame)?;
        let (mut upper_sum, mut inner) = (ScaledEnclosure::zero(), ScaledEnclosure::zero());
        for (b, z) in image.column_iter().zip(dual.column_iter()) {
            upper_sum = upper_sum + two_norm_enclosure(&b)?;
            inner = inner + dot_enclosure(&b, &z)?;
        }
        let dual_norm = spectral_norm(&dual.as_view(), &mut frame)?;
        let lower = if dual_norm == ScaledEnclosure::zero() { dual_norm } else { inner / dual_norm };
        let of_center = between(lower, upper_sum);
        // ‖X‖_nuc ≤ √r ‖X‖_F.
        let error = bound(self.image.radius()) * root(ScaledEnclosure::count(rows.min(columns)));
        // σ_i(A V) / √(1 + e) ≤ σ_i(A) ≤ σ_i(A V) / √(1 − e).
        Ok(quotient_stretched(widened(of_center, error), self.defect).scale_exp2(self.exponent))
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
        for (v, b) in self.basis.column_iter().zip(self.image.center().column_iter()) {
            let length = two_norm_squared_enclosure(&b)?.scale_exp2(2 * self.exponent);
            sum = sum + (norm_squared - length) * dot_enclosure(&v, x)?.square();
        }
        let one = ScaledEnclosure::one();
        let e = self.defect;
        let three = ScaledEnclosure::count(3);
        let error =
            norm_squared * (three * e + e.square()) + self.coupling.scale_exp2(2 * self.exponent) * (one + e);
        Ok(widened(sum, upper(error * two_norm_squared_enclosure(x)?)))
    }

    /// `(σ_1² − σ_2²) (‖x‖² − ⟨v_1, x⟩²)` for a matrix of at least two columns.
    ///
    /// The column `b_1` of greatest length gives `v̂ ≈ v_1`. Weyl and Ostrowski enclose `σ_2` between the others and the defects. The residual
    /// `r = ‖AᵀA v̂ − ‖b_1‖² v̂‖` turns the direction by at most `sin θ ≤ r / (‖b_1‖² − σ_2²)` (Davis–Kahan), which moves
    /// `‖x − ⟨v_1, x⟩ v_1‖` by at most `sin θ ‖x‖`.
    pub(crate) fn gap_deficit(
        &self,
        a: &EnclosedMatrix<'_, T>,
        spectral_norm: ScaledEnclosure<T>,
        x: &DVectorView<'_, T>,
    ) -> Result<ScaledEnclosure<T>, Refusal> {
        let image = self.image.center();
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
        let second = widened(second, self.coupling);
        let stretch = one - self.defect;
        let second = if stretch.significand().lo() > T::zero() {
            (second / (one + self.defect)).hull(&(second / stretch))
        } else {
            // Nothing is known of a basis that may be singular.
            ScaledEnclosure::new(Enclosure::whole(), 0)
        };
        let scale = -2 * self.exponent;
        let gap = spectral_norm.square().scale_exp2(scale) - second;
        let gap = gap.maximum(&ScaledEnclosure::zero());

        let v = self.basis.column(first);
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

    /// A bound of `‖AᵀA v − ρ v‖` for column `j` of the basis and `ρ = ‖b_j‖² / ‖v‖²`, without the power of two of `A`.
    fn residual(
        &self,
        a: &EnclosedMatrix<'_, T>,
        j: usize,
        length: ScaledEnclosure<T>,
    ) -> Result<ScaledEnclosure<T>, Refusal> {
        let (center, v, b) = (a.center(), self.basis.column(j), self.image.center());
        let b = b.column(j);
        let rho = length / two_norm_squared_enclosure(&v)?;
        let mut squares = ScaledEnclosure::zero();
        for (column, &v) in center.column_iter().zip(v.iter()) {
            let v = ScaledEnclosure::from(Enclosure::from_bounds(v, v));
            squares = squares + (dot_enclosure(&column, &b)? - rho * v).square();
        }
        // ‖AᵀA v − Cᵀb‖ ≤ ‖A‖ ‖A v − b‖ + ‖A − C‖ ‖b‖.
        let frobenius = a.frobenius_norm()?.scale_exp2(-a.exponent());
        let error = frobenius * bound(self.image.radius()) + bound(a.radius()) * root(length);
        Ok(upper(root(squares) + error))
    }
}

/// A bound of the Frobenius norm of `BᵀB` off its diagonal, errors of the center of `B` included.
fn coupling<T: Scalar>(image: &EnclosedMatrix<'_, T>) -> Result<ScaledEnclosure<T>, Refusal> {
    let center = image.center();
    let mut squares = ScaledEnclosure::zero();
    for (j, right) in center.column_iter().enumerate() {
        for left in center.column_iter().take(j) {
            squares = squares + dot_enclosure(&left, &right)?.square().scale_exp2(1);
        }
    }
    // ‖(B + R)ᵀ(B + R) − BᵀB‖ ≤ 2 ‖B‖ ‖R‖ + ‖R‖².
    let radius = bound(image.radius());
    let frobenius = widthwise_linalg::frobenius_norm_enclosure(&center)?;
    Ok(upper(root(squares) + radius * frobenius.scale_exp2(1) + radius.square()))
}

/// The columns of `b` orthonormalised by Gram–Schmidt, twice, the longest first; columns of rounding errors become zero.
fn orthonormalised<'a, T: Scalar>(
    b: &DMatrixView<'_, T>,
    scratch: &mut Scratch<'a, T>,
) -> Result<DMatrixViewMut<'a, T>, Refusal> {
    let (rows, columns) = b.shape();
    let mut z = scratch.matrix(rows, columns)?;
    z.fill(T::zero());
    let mut lengths = scratch.vector(columns)?;
    for (length, column) in lengths.iter_mut().zip(b.column_iter()) {
        *length = length_of(&column);
    }
    let mut candidate = scratch.vector(rows)?;
    let mut noise = T::zero();
    for _ in 0..columns {
        let mut longest = 0;
        for j in 0..columns {
            if lengths[j] > lengths[longest] {
                longest = j;
            }
        }
        let length = lengths[longest];
        if noise == T::zero() {
            // Below, a column is rounding error of the longest one.
            noise = length * T::UNIT_ROUNDOFF * T::from_count(4 * columns);
        }
        if length <= noise {
            break;
        }
        lengths[longest] = -T::one();
        candidate.copy_from(&b.column(longest));
        candidate /= length;
        for _ in 0..2 {
            for other in z.column_iter() {
                let cosine = sequential(&other, &candidate);
                for (candidate, &other) in candidate.iter_mut().zip(other.iter()) {
                    *candidate -= cosine * other;
                }
            }
        }
        let rest = length_of(&candidate);
        if rest > T::power_of_two(-1) {
            for (z, &candidate) in z.column_mut(longest).iter_mut().zip(candidate.iter()) {
                *z = candidate / rest;
            }
        }
    }
    Ok(z)
}

/// `xᵀy` of two vectors of one length.
fn sequential<T: Scalar, S1: RawStorage<T, Dyn>, S2: RawStorage<T, Dyn>>(
    x: &Vector<T, Dyn, S1>,
    y: &Vector<T, Dyn, S2>,
) -> T {
    x.iter().zip(y.iter()).fold(T::zero(), |sum, (&x, &y)| sum + x * y)
}

fn length_of<T: Scalar, S: RawStorage<T, Dyn>>(x: &Vector<T, Dyn, S>) -> T {
    sequential(x, x).square_root()
}

/// `[x / √(1 + e), x / √(1 − e)]` for `x ≥ 0`.
fn quotient_stretched<T: Scalar>(x: ScaledEnclosure<T>, e: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    let one = ScaledEnclosure::one();
    (x / root(one + e)).hull(&(x / root(one - e)))
}

/// The values from the lower end of `lower`, or zero, to the upper end of `upper`.
fn between<T: Scalar>(lower: ScaledEnclosure<T>, upper: ScaledEnclosure<T>) -> ScaledEnclosure<T> {
    lower.minimum(&upper).hull(&upper).maximum(&ScaledEnclosure::zero())
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
        return SingularBasis::of(&mut frame, &transpose)?.nuclear_norm(&mut frame);
    }
    SingularBasis::of(&mut frame, a)?.nuclear_norm(&mut frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use widthwise_sampling::{MatrixFamily, Stream, fill_matrix};

    /// `diag(values)` between two random orthogonal factors would be rounded; a signed permutation of it is exact.
    fn nuclear(entries: &[f64], rows: usize, columns: usize) -> Enclosure<f64> {
        let mut memory = vec![0.0; 4096];
        let mut scratch = Scratch::new(&mut memory);
        let a =
            EnclosedMatrix::exact(&mut scratch, &DMatrixView::from_slice(entries, rows, columns)).unwrap();
        nuclear_norm(&a, &mut scratch).unwrap().to_enclosure()
    }

    #[test]
    fn nuclear_norm_sums_the_singular_values() {
        assert!(nuclear(&[0.0, 3.0, 0.0, -4.0, 0.0, 0.0], 3, 2).contains(7.0));
        assert!(nuclear(&[0.0, 3.0, 0.0, 0.0, -4.0, 0.0], 2, 3).contains(7.0));
        // All ones: rank one, √(mn).
        let ones = nuclear(&[1.0; 12], 3, 4);
        assert!(ones.contains(12.0_f64.square_root()) && ones.relative_width() < 1e-13, "{ones}");
        // Hadamard: four singular values 2.
        let h = [1.0, 1.0, 1.0, 1.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0, 1.0];
        let hadamard = nuclear(&h, 4, 4);
        assert!(hadamard.contains(8.0) && hadamard.relative_width() < 1e-13, "{hadamard}");
        assert_eq!(nuclear(&[0.0; 6], 2, 3), Enclosure::zero());
        // σ₁σ₂ = |det| = 1 and σ₁² + σ₂² = 2 + 10¹⁶: the small one counts with its digits.
        let skewed = nuclear(&[1.0, 0.0, 1e8, 1.0], 2, 2);
        let exact = (1e16_f64 + 4.0).square_root();
        assert!(skewed.contains(exact) && skewed.relative_width() < 1e-14, "{skewed}");
    }

    #[test]
    fn deficits_are_enclosed_for_a_matrix_whose_basis_is_known() {
        // AᵀA = diag(9, 4, 1) in a rotated order; x has all coordinates.
        let entries = [0.0, 2.0, 0.0, 0.0, 0.0, -1.0, 3.0, 0.0, 0.0];
        let a = DMatrixView::from_slice(&entries, 3, 3);
        let x = [1.0, 2.0, 4.0];
        let mut memory = vec![0.0; 4096];
        let mut scratch = Scratch::new(&mut memory);
        let a = EnclosedMatrix::exact(&mut scratch, &a).unwrap();
        let basis = SingularBasis::of(&mut scratch, &a).unwrap();
        let x = DVectorView::from_slice(&x, 3);
        let norm = ScaledEnclosure::count(3);
        let deficit = basis.deficit(norm, &x).unwrap().to_enclosure();
        assert!(deficit.contains(5.0 + 32.0) && deficit.relative_width() < 1e-12, "{deficit}");
        let gap = basis.gap_deficit(&a, norm, &x).unwrap().to_enclosure();
        assert!(gap.contains(5.0 * 5.0) && gap.relative_width() < 1e-12, "{gap}");
    }

    /// A basis with `‖VᵀV − 1‖ > 1` bounds no eigenvalue from above.
    #[test]
    fn a_short_basis_says_nothing_of_the_second_singular_value() {
        let mut memory = vec![0.0; 4096];
        let mut scratch = Scratch::new(&mut memory);
        let entries = [2.0, 0.0, 0.0, 1.0];
        let a = EnclosedMatrix::exact(&mut scratch, &DMatrixView::from_slice(&entries, 2, 2)).unwrap();
        let mut basis = SingularBasis::of(&mut scratch, &a).unwrap();
        basis.basis.fill_with_identity();
        basis.basis.scale_mut(1.0 / 64.0);
        let v = basis.basis.as_view();
        let mut other = vec![0.0; 4096];
        let mut frame = Scratch::new(&mut other);
        basis.image = EnclosedMatrix::from_entries(&mut frame, (2, 2), 0, |i, j| {
            let entry = a.center()[(i, j)] / 64.0;
            Enclosure::from_bounds(entry, entry)
        })
        .unwrap();
        basis.defect = upper(EnclosedMatrix::gram_defect(&mut frame, &v).unwrap().frobenius_norm().unwrap());
        basis.coupling = coupling(&basis.image).unwrap();
        let x = [1.0, 2.0];
        let gap = basis.gap_deficit(&a, ScaledEnclosure::count(2), &DVectorView::from_slice(&x, 2)).unwrap();
        assert!(gap.to_enclosure().contains(12.0), "{gap}");
    }

    #[test]
    fn a_basis_that_is_none_makes_statements_wide_and_not_wrong() {
        let mut memory = vec![0.0; 4096];
        let mut scratch = Scratch::new(&mut memory);
        let entries = [2.0, 0.0, 0.0, 1.0];
        let a = EnclosedMatrix::exact(&mut scratch, &DMatrixView::from_slice(&entries, 2, 2)).unwrap();
        let mut basis = SingularBasis::of(&mut scratch, &a).unwrap();
        let mut stream = Stream::new(1, "a basis that is none", 0);
        for _ in 0..50 {
            fill_matrix(&mut stream, MatrixFamily::Gaussian, &mut basis.basis, &mut [0.0; 4]).unwrap();
            let mut frame = scratch.frame();
            let v = basis.basis.as_view();
            basis.image = EnclosedMatrix::product(&mut frame, &a.center(), &v)
                .and_then(|p| {
                    EnclosedMatrix::from_entries(&mut Scratch::new(vec![0.0; 4].leak()), (2, 2), 0, |i, j| {
                        p.entry(i, j).to_enclosure()
                    })
                })
                .unwrap();
            basis.defect =
                upper(EnclosedMatrix::gram_defect(&mut frame, &v).unwrap().frobenius_norm().unwrap());
            basis.coupling = coupling(&basis.image).unwrap();
            assert!(basis.nuclear_norm(&mut frame).unwrap().to_enclosure().contains(3.0));
            let x = [1.0, 2.0];
            let x = DVectorView::from_slice(&x, 2);
            let norm = ScaledEnclosure::count(2);
            assert!(basis.deficit(norm, &x).unwrap().to_enclosure().contains(12.0));
            assert!(basis.gap_deficit(&a, norm, &x).unwrap().to_enclosure().contains(12.0));
        }
    }
}
