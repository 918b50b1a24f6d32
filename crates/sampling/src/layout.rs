// SPDX-License-Identifier: MIT OR Apache-2.0

//! Layouts: which arrays an instance consists of, and which dimensions they share.
//!
//! A statement about `A x` and `y` speaks of an `m×n` matrix, an `n`-vector and an `m`-vector. Its layout, a list of
//! [`Part`]s, says so as constant data, so that one piece of code draws, stores, compares and shrinks the instances of
//! all statements.

use crate::Stream;
use crate::shape::{Shape, small};

/// A symbolic dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Rows of the main matrix.
    M,
    /// Columns of the main matrix.
    N,
    /// A further dimension: rows of a following matrix, a batch, a rank.
    K,
    /// A fourth dimension.
    P,
    /// One, always: the columns of a vector, both dimensions of a number.
    One,
}

impl Dimension {
    /// The dimensions that have a size of their own: all but [`One`](Self::One).
    pub const SYMBOLS: [Self; 4] = [Self::M, Self::N, Self::K, Self::P];
}

/// An array of a layout: its name and its symbolic shape.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{Dimension, Part};
///
/// static LAYOUT: [Part; 3] = [
///     Part::matrix("A", Dimension::M, Dimension::N),
///     Part::vector("x", Dimension::N),
///     Part::scalar("step"),
/// ];
/// assert!(!LAYOUT[0].is_vector() && LAYOUT[1].is_vector() && LAYOUT[2].is_vector());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The letter that the statement uses.
    pub name: &'static str,
    /// The number of rows.
    pub rows: Dimension,
    /// The number of columns.
    pub columns: Dimension,
}

impl Part {
    /// A matrix.
    #[must_use]
    pub const fn matrix(name: &'static str, rows: Dimension, columns: Dimension) -> Self {
        Self { name, rows, columns }
    }

    /// A column vector.
    #[must_use]
    pub const fn vector(name: &'static str, length: Dimension) -> Self {
        Self { name, rows: length, columns: Dimension::One }
    }

    /// A number, stored as a 1×1 matrix.
    #[must_use]
    pub const fn scalar(name: &'static str) -> Self {
        Self { name, rows: Dimension::One, columns: Dimension::One }
    }

    /// Whether the part is a vector (of either orientation) or a number by its declaration, whatever the sizes.
    #[must_use]
    pub const fn is_vector(&self) -> bool {
        matches!(self.rows, Dimension::One) || matches!(self.columns, Dimension::One)
    }

    /// The number of entries; `usize::MAX` where no `usize` can hold it.
    #[must_use]
    pub const fn len(&self, sizes: &Sizes) -> usize {
        sizes.of(self.rows).saturating_mul(sizes.of(self.columns))
    }
}

/// The sizes of the symbolic dimensions.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{Dimension, Sizes};
///
/// let sizes = Sizes { m: 2, n: 3, ..Sizes::ONES };
/// assert_eq!(sizes.of(Dimension::N), 3);
/// assert_eq!(sizes.with(Dimension::N, 4).of(Dimension::N), 4);
/// assert_eq!(sizes.of(Dimension::One), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sizes {
    /// The size of [`Dimension::M`].
    pub m: usize,
    /// The size of [`Dimension::N`].
    pub n: usize,
    /// The size of [`Dimension::K`].
    pub k: usize,
    /// The size of [`Dimension::P`].
    pub p: usize,
}

impl Sizes {
    /// Every dimension one.
    pub const ONES: Self = Self { m: 1, n: 1, k: 1, p: 1 };

    /// Draws sizes: `m` and `n` as a [`Shape`], `k` and `p` uniform in 1..=5.
    #[must_use]
    pub fn draw(stream: &mut Stream) -> Self {
        let (m, n) = Shape::draw(stream);
        Self { m, n, k: small(stream), p: small(stream) }
    }

    /// The size of a dimension.
    #[must_use]
    pub const fn of(&self, dimension: Dimension) -> usize {
        match dimension {
            Dimension::M => self.m,
            Dimension::N => self.n,
            Dimension::K => self.k,
            Dimension::P => self.p,
            Dimension::One => 1,
        }
    }

    /// The sizes with one of them replaced; unchanged for [`Dimension::One`].
    #[must_use]
    pub const fn with(mut self, dimension: Dimension, size: usize) -> Self {
        match dimension {
            Dimension::M => self.m = size,
            Dimension::N => self.n = size,
            Dimension::K => self.k = size,
            Dimension::P => self.p = size,
            Dimension::One => {}
        }
        self
    }
}
