// SPDX-License-Identifier: MIT OR Apache-2.0

//! The families of matrices and vectors, and the magnitudes they come in.
//!
//! Each family is there because some wrong statement or some careless computation survives all the others: low rank and
//! semi-orthogonal matrices make inequalities tight, graded ones separate a bound on the whole from a bound on its
//! entries, twin singular values defeat power iteration, and extreme magnitudes defeat everything that squares.

use nalgebra::{Dim, Matrix, RawStorageMut};
use widthwise_rounding::Scalar;

use crate::Stream;

/// A family of matrices; [`fill_matrix`](crate::fill_matrix) draws from it.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{MatrixFamily, Stream};
///
/// let family = MatrixFamily::draw(&mut Stream::new(7, "example", 0));
/// assert!(MatrixFamily::ALL.contains(&family));
/// assert_eq!(MatrixFamily::SemiOrthogonal.name(), "semi-orthogonal");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatrixFamily {
    /// All entries zero.
    Zero,
    /// Independent standard normal entries.
    Gaussian,
    /// A sum of `⌈min(m, n)/2⌉` outer products of Gaussian vectors.
    LowRank,
    /// `Q diag(10^(−U(0, 16))) P` with independent Haar-distributed orthogonal `Q` and `P`.
    GradedSpectrum,
    /// Gaussian rows, each times its own `10^(U(−8, 8))`.
    GradedRows,
    /// Independent integers, uniform in −3..=3.
    Integers,
    /// One outer product of two Gaussian vectors: rank one, but for the rounding of each entry.
    OuterProduct,
    /// Independent entries ±1.
    Signs,
    /// All entries one.
    Ones,
    /// Columns (of a tall matrix) or rows (of a wide one) orthonormal, uniformly distributed.
    SemiOrthogonal,
    /// `Q diag(1, 1 − δ, U(0, ½), …) P`: the two largest singular values nearly agree, `δ` being 10⁻⁹, or 2⁻²⁰ in `f32`.
    TwinSingularValues,
    /// One entry with magnitude in `[1, 2]` at a uniform place, the others zero.
    SingleEntry,
    /// `1/(i + j + 1)`, counted from zero: notoriously ill-conditioned.
    Hilbert,
}

impl MatrixFamily {
    /// Every family, in the order of the declaration.
    pub const ALL: [Self; 13] = [
        Self::Zero,
        Self::Gaussian,
        Self::LowRank,
        Self::GradedSpectrum,
        Self::GradedRows,
        Self::Integers,
        Self::OuterProduct,
        Self::Signs,
        Self::Ones,
        Self::SemiOrthogonal,
        Self::TwinSingularValues,
        Self::SingleEntry,
        Self::Hilbert,
    ];

    /// A stable name for reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Gaussian => "Gaussian",
            Self::LowRank => "low-rank",
            Self::GradedSpectrum => "graded-spectrum",
            Self::GradedRows => "graded-rows",
            Self::Integers => "integers",
            Self::OuterProduct => "outer-product",
            Self::Signs => "signs",
            Self::Ones => "ones",
            Self::SemiOrthogonal => "semi-orthogonal",
            Self::TwinSingularValues => "twin-singular-values",
            Self::SingleEntry => "single-entry",
            Self::Hilbert => "Hilbert",
        }
    }

    /// How often the family is drawn, in proportion to the others. Families without randomness are rarer.
    #[must_use]
    pub const fn weight(self) -> u32 {
        match self {
            Self::Zero | Self::Ones | Self::Hilbert => 2,
            Self::SingleEntry => 3,
            Self::Gaussian | Self::Integers => 10,
            Self::LowRank | Self::GradedRows | Self::OuterProduct | Self::Signs => 6,
            Self::GradedSpectrum | Self::SemiOrthogonal => 4,
            Self::TwinSingularValues => 3,
        }
    }

    /// Draws a family in proportion to the weights.
    #[must_use]
    pub fn draw(stream: &mut Stream) -> Self {
        draw(stream, &Self::ALL, Self::weight, Self::Gaussian)
    }
}

/// A family of vectors; [`fill_vector`](crate::fill_vector) draws from it.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{Stream, VectorFamily};
///
/// let family = VectorFamily::draw(&mut Stream::new(7, "example", 0));
/// assert!(VectorFamily::ALL.contains(&family));
/// assert_eq!(VectorFamily::TopSingular.name(), "top-singular");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VectorFamily {
    /// All entries zero.
    Zero,
    /// One entry one at a uniform place, the others zero.
    Coordinate,
    /// Gaussian entries, each times its own `10^(U(−8, 8))`.
    Graded,
    /// All entries one.
    Ones,
    /// Independent standard normal entries.
    Gaussian,
    /// In the direction of a right singular vector of the given matrix for its largest singular value.
    TopSingular,
    /// Orthogonal to such a vector, exactly.
    OrthogonalToTopSingular,
}

impl VectorFamily {
    /// Every family, in the order of the declaration.
    pub const ALL: [Self; 7] = [
        Self::Zero,
        Self::Coordinate,
        Self::Graded,
        Self::Ones,
        Self::Gaussian,
        Self::TopSingular,
        Self::OrthogonalToTopSingular,
    ];

    /// A stable name for reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Coordinate => "coordinate",
            Self::Graded => "graded",
            Self::Ones => "ones",
            Self::Gaussian => "Gaussian",
            Self::TopSingular => "top-singular",
            Self::OrthogonalToTopSingular => "orthogonal-to-top-singular",
        }
    }

    /// How often the family is drawn, in proportion to the others.
    #[must_use]
    pub const fn weight(self) -> u32 {
        match self {
            Self::Zero => 1,
            Self::Coordinate | Self::Ones => 2,
            Self::OrthogonalToTopSingular => 3,
            Self::Graded | Self::TopSingular => 4,
            Self::Gaussian => 10,
        }
    }

    /// Draws a family in proportion to the weights.
    #[must_use]
    pub fn draw(stream: &mut Stream) -> Self {
        draw(stream, &Self::ALL, Self::weight, Self::Gaussian)
    }
}

/// A power of two that multiplies a whole array: from large enough that squares overflow, to subnormal.
///
/// # Examples
///
/// ```
/// use nalgebra::vector;
/// use widthwise_sampling::Magnitude;
///
/// let mut v = vector![1.0, 3.0];
/// Magnitude::Small.apply(&mut v);
/// assert_eq!(v, vector![1.0, 3.0] * 2.0_f64.powi(-500));
/// assert_eq!(Magnitude::Small.exponent::<f32>(), -60);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Magnitude {
    /// As drawn.
    Unit,
    /// Times 2⁵⁰⁰ (`f64`) or 2⁶⁰ (`f32`): products of a few such numbers overflow.
    Large,
    /// Times 2⁻⁵⁰⁰ (`f64`) or 2⁻⁶⁰ (`f32`): products of a few such numbers underflow.
    Small,
    /// Times 2⁻¹⁰⁴⁰ (`f64`) or 2⁻¹⁴⁰ (`f32`), rounded: few significant digits are left.
    Subnormal,
}

impl Magnitude {
    /// Every magnitude, in the order of the declaration.
    pub const ALL: [Self; 4] = [Self::Unit, Self::Large, Self::Small, Self::Subnormal];

    /// A stable name for reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Large => "large",
            Self::Small => "small",
            Self::Subnormal => "subnormal",
        }
    }

    /// How often the magnitude is drawn, in proportion to the others.
    #[must_use]
    pub const fn weight(self) -> u32 {
        match self {
            Self::Unit => 13,
            Self::Large | Self::Small | Self::Subnormal => 1,
        }
    }

    /// Draws a magnitude in proportion to the weights.
    #[must_use]
    pub fn draw(stream: &mut Stream) -> Self {
        draw(stream, &Self::ALL, Self::weight, Self::Unit)
    }

    /// The exponent `e` of the factor `2^e` in a format.
    #[must_use]
    pub const fn exponent<T: Scalar>(self) -> i32 {
        let double = T::DIGITS == <f64 as Scalar>::DIGITS;
        match (self, double) {
            (Self::Unit, _) => 0,
            (Self::Large, true) => 500,
            (Self::Large, false) => 60,
            (Self::Small, true) => -500,
            (Self::Small, false) => -60,
            (Self::Subnormal, true) => -1040,
            (Self::Subnormal, false) => -140,
        }
    }

    /// Multiplies every entry by the power of two, rounding once where the result is subnormal.
    pub fn apply<T, R, C, S>(self, a: &mut Matrix<T, R, C, S>)
    where
        T: Scalar,
        R: Dim,
        C: Dim,
        S: RawStorageMut<T, R, C>,
    {
        let exponent = self.exponent::<T>();
        if exponent != 0 {
            for entry in a.iter_mut() {
                *entry = entry.scale_exp2(exponent);
            }
        }
    }
}

/// The families and magnitudes that an instance is drawn from.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{Families, MatrixFamily, Stream};
///
/// let families = Families { matrices: &[MatrixFamily::Signs], ..Families::ALL };
/// assert_eq!(families.draw_matrix(&mut Stream::new(0, "example", 0)), MatrixFamily::Signs);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Families<'a> {
    /// The families of matrices, drawn by their weights; Gaussian if there are none.
    pub matrices: &'a [MatrixFamily],
    /// The families of vectors, drawn by their weights; Gaussian if there are none.
    pub vectors: &'a [VectorFamily],
    /// The magnitudes, drawn by their weights; [`Magnitude::Unit`] if there are none.
    pub magnitudes: &'a [Magnitude],
}

impl Families<'_> {
    /// All there are.
    pub const ALL: Families<'static> =
        Families { matrices: &MatrixFamily::ALL, vectors: &VectorFamily::ALL, magnitudes: &Magnitude::ALL };

    /// Draws one of the families of matrices.
    #[must_use]
    pub fn draw_matrix(&self, stream: &mut Stream) -> MatrixFamily {
        draw(stream, self.matrices, MatrixFamily::weight, MatrixFamily::Gaussian)
    }

    /// Draws one of the families of vectors.
    #[must_use]
    pub fn draw_vector(&self, stream: &mut Stream) -> VectorFamily {
        draw(stream, self.vectors, VectorFamily::weight, VectorFamily::Gaussian)
    }

    /// Draws one of the magnitudes.
    #[must_use]
    pub fn draw_magnitude(&self, stream: &mut Stream) -> Magnitude {
        draw(stream, self.magnitudes, Magnitude::weight, Magnitude::Unit)
    }
}

/// Draws from a list by weight. One word, seldom more, for a list of any length.
fn draw<F: Copy>(stream: &mut Stream, list: &[F], weight: fn(F) -> u32, otherwise: F) -> F {
    let position = stream.weighted_by(list.iter().map(|&item| weight(item)));
    list.get(position).copied().unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_distinct_and_every_family_is_drawn() {
        let mut stream = Stream::new(1, "families", 0);
        let drawn: BTreeSet<_> = (0..2000).map(|_| MatrixFamily::draw(&mut stream).name()).collect();
        assert_eq!(drawn.len(), MatrixFamily::ALL.len());
        let drawn: BTreeSet<_> = (0..2000).map(|_| VectorFamily::draw(&mut stream).name()).collect();
        assert_eq!(drawn.len(), VectorFamily::ALL.len());
        let drawn: BTreeSet<_> = (0..2000).map(|_| Magnitude::draw(&mut stream).name()).collect();
        assert_eq!(drawn.len(), Magnitude::ALL.len());
    }

    #[test]
    fn only_listed_families_are_drawn() {
        let mut stream = Stream::new(1, "families", 0);
        let families = Families {
            matrices: &[MatrixFamily::Zero, MatrixFamily::Hilbert],
            vectors: &[],
            magnitudes: &[Magnitude::Subnormal],
        };
        for _ in 0..100 {
            assert!(families.matrices.contains(&families.draw_matrix(&mut stream)));
            assert_eq!(families.draw_vector(&mut stream), VectorFamily::Gaussian);
            assert_eq!(families.draw_magnitude(&mut stream), Magnitude::Subnormal);
        }
    }
}
