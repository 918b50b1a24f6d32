// SPDX-License-Identifier: MIT OR Apache-2.0

//! Instances: tuples of arrays that share symbolic dimensions, one after the other in a slice.

use core::fmt;
use core::ops::Range;

use nalgebra::{DMatrixView, DMatrixViewMut};
use widthwise_linalg::KernelError;
use widthwise_rounding::Scalar;

use crate::{Dimension, Families, Part, Sizes, Stream, fill_matrix, fill_vector};

/// A tuple of arrays with a layout, in memory that the caller lends.
///
/// The parts follow one another in the order of the layout, each column by column. Memory past the last part is left
/// alone, so one buffer serves instances of all sizes that fit.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{Dimension, Instance, Part, Sizes};
///
/// static LAYOUT: [Part; 2] = [
///     Part::matrix("A", Dimension::M, Dimension::N),
///     Part::vector("x", Dimension::N),
/// ];
/// let sizes = Sizes { m: 1, n: 2, ..Sizes::ONES };
/// let mut data = [1.0, 2.0, 3.0, 4.0];
/// let mut instance = Instance::new(&LAYOUT, sizes, &mut data)?;
/// instance.part_mut(0).fill(5.0);
/// let [a, x] = instance.parts();
/// assert_eq!((a.shape(), x.shape()), ((1, 2), (2, 1)));
/// assert_eq!((a[(0, 1)], x[1]), (5.0, 4.0));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub struct Instance<'a, T> {
    layout: &'static [Part],
    sizes: Sizes,
    data: &'a mut [T],
}

impl<'a, T: Scalar> Instance<'a, T> {
    /// The number of entries of all parts together; `usize::MAX` where no `usize` can hold it.
    ///
    /// ```
    /// use widthwise_sampling::{Dimension, Instance, Part, Sizes};
    /// static LAYOUT: [Part; 1] = [Part::matrix("A", Dimension::M, Dimension::N)];
    /// assert_eq!(Instance::<f64>::len(&LAYOUT, &Sizes { m: 3, n: 5, ..Sizes::ONES }), 15);
    /// ```
    #[must_use]
    pub fn len(layout: &[Part], sizes: &Sizes) -> usize {
        layout.iter().fold(0_usize, |len, part| len.saturating_add(part.len(sizes)))
    }

    /// The instance stored in `data`, whose present contents are its entries.
    ///
    /// # Errors
    ///
    /// Fails if `data` is shorter than [`len`](Self::len).
    pub fn new(layout: &'static [Part], sizes: Sizes, data: &'a mut [T]) -> Result<Self, KernelError> {
        let needed = Self::len(layout, &sizes);
        if data.len() < needed {
            return Err(KernelError::shape("data of the instance", needed, data.len()));
        }
        Ok(Self { layout, sizes, data })
    }

    /// The layout.
    #[must_use]
    pub fn layout(&self) -> &'static [Part] {
        self.layout
    }

    /// The sizes of the dimensions.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// All entries, part after part, column after column.
    #[must_use]
    pub fn data(&self) -> &[T] {
        self.data.get(..Self::len(self.layout, &self.sizes)).unwrap_or_default()
    }

    /// All entries, to be changed.
    #[must_use]
    pub fn data_mut(&mut self) -> &mut [T] {
        self.data.get_mut(..Self::len(self.layout, &self.sizes)).unwrap_or_default()
    }

    /// Takes over the sizes and the entries of another instance of the same layout.
    ///
    /// # Errors
    ///
    /// Fails if the layouts differ, or if the memory behind `self` is too short; `self` is then unchanged.
    ///
    /// ```
    /// use widthwise_sampling::{Dimension, Instance, Part, Sizes};
    /// static LAYOUT: [Part; 1] = [Part::vector("x", Dimension::N)];
    /// let (mut data, mut other) = ([1.0, 2.0], [3.0]);
    /// let mut instance = Instance::new(&LAYOUT, Sizes { n: 2, ..Sizes::ONES }, &mut data)?;
    /// instance.copy_from(&Instance::new(&LAYOUT, Sizes::ONES, &mut other)?)?;
    /// assert_eq!(instance.data(), [3.0]);
    /// # Ok::<(), widthwise_linalg::KernelError>(())
    /// ```
    pub fn copy_from(&mut self, other: &Instance<'_, T>) -> Result<(), KernelError> {
        if self.layout != other.layout {
            return Err(KernelError::shape("parts of the layout", self.layout.len(), other.layout.len()));
        }
        let source = other.data();
        let found = self.data.len();
        let Some(target) = self.data.get_mut(..source.len()) else {
            return Err(KernelError::shape("data of the instance", source.len(), found));
        };
        target.copy_from_slice(source);
        self.sizes = other.sizes;
        Ok(())
    }

    /// The part at a position of the layout; an empty 0×0 matrix past its end.
    #[must_use]
    pub fn part(&self, position: usize) -> DMatrixView<'_, T> {
        view(&*self.data, self.locate(position))
    }

    /// The part at a position of the layout, to be changed; an empty 0×0 matrix past its end.
    #[must_use]
    pub fn part_mut(&mut self, position: usize) -> DMatrixViewMut<'_, T> {
        let place = self.locate(position);
        view_mut(&mut *self.data, place)
    }

    /// A part to be changed, and one that lies before it.
    fn factor_and_part_mut(
        &mut self,
        earlier: Option<usize>,
        position: usize,
    ) -> (Option<DMatrixView<'_, T>>, DMatrixViewMut<'_, T>) {
        let place = self.locate(position);
        let earlier = earlier.map(|earlier| self.locate(earlier));
        let (before, rest) = self.data.split_at_mut_checked(place.start).unwrap_or_default();
        (earlier.map(|place| view(before, place)), view_mut(rest, Place { start: 0, ..place }))
    }

    /// The first `N` parts; empty 0×0 matrices past the end of the layout.
    #[must_use]
    pub fn parts<const N: usize>(&self) -> [DMatrixView<'_, T>; N] {
        core::array::from_fn(|position| self.part(position))
    }

    /// The first `N` parts, to be changed; empty 0×0 matrices past the end of the layout.
    ///
    /// ```
    /// use widthwise_sampling::{Dimension, Instance, Part, Sizes};
    /// static LAYOUT: [Part; 2] = [Part::vector("x", Dimension::N), Part::vector("y", Dimension::N)];
    /// let mut data = [1.0, 2.0, 0.0, 0.0];
    /// let mut instance = Instance::new(&LAYOUT, Sizes { n: 2, ..Sizes::ONES }, &mut data)?;
    /// let [x, mut y] = instance.parts_mut();
    /// y.copy_from(&x);
    /// assert_eq!(data, [1.0, 2.0, 1.0, 2.0]);
    /// # Ok::<(), widthwise_linalg::KernelError>(())
    /// ```
    #[must_use]
    pub fn parts_mut<const N: usize>(&mut self) -> [DMatrixViewMut<'_, T>; N] {
        let (layout, sizes) = (self.layout, self.sizes);
        let mut rest = &mut *self.data;
        core::array::from_fn(|position| {
            let part = layout.get(position);
            let (rows, columns) = part.map_or((0, 0), |part| (sizes.of(part.rows), sizes.of(part.columns)));
            let (data, behind) = core::mem::take(&mut rest)
                .split_at_mut_checked(rows.saturating_mul(columns))
                .unwrap_or_default();
            rest = behind;
            view_mut(data, Place { rows, columns, start: 0 })
        })
    }

    fn locate(&self, position: usize) -> Place {
        Place::of(self.layout, &self.sizes, position)
    }
}

/// Writes the parts as rows of numbers, each beside its name.
impl<T: Scalar> fmt::Debug for Instance<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = |position| Rows(self.part(position));
        let parts = self.layout.iter().enumerate();
        f.debug_map().entries(parts.map(|(position, part)| (part.name, rows(position)))).finish()
    }
}

/// A matrix that is written as a list of its rows.
pub(crate) struct Rows<'v, T>(pub(crate) DMatrixView<'v, T>);

/// One row of it.
struct Row<'v, T>(&'v DMatrixView<'v, T>, usize);

impl<T: Scalar> fmt::Debug for Rows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.0.nrows()).map(|i| Row(&self.0, i))).finish()
    }
}

impl<T: Scalar> fmt::Debug for Row<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.row(self.1).iter()).finish()
    }
}

/// Shape and first entry of a matrix in a slice.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    rows: usize,
    columns: usize,
    start: usize,
}

impl Place {
    /// Where a part is stored; nowhere past the end of the layout.
    pub(crate) fn of(layout: &[Part], sizes: &Sizes, position: usize) -> Self {
        match (layout.get(position), layout.get(..position)) {
            (Some(part), Some(before)) => Self {
                rows: sizes.of(part.rows),
                columns: sizes.of(part.columns),
                start: before.iter().fold(0_usize, |len, part| len.saturating_add(part.len(sizes))),
            },
            _ => Self { rows: 0, columns: 0, start: 0 },
        }
    }

    /// The entries, if the slice holds them all.
    fn range(self) -> Option<Range<usize>> {
        let len = self.rows.checked_mul(self.columns)?;
        Some(self.start..self.start.checked_add(len)?)
    }
}

/// The matrix at a place; empty if the slice is too short.
pub(crate) fn view<T: Scalar>(data: &[T], place: Place) -> DMatrixView<'_, T> {
    match place.range().and_then(|range| data.get(range)) {
        Some(data) => DMatrixView::from_slice(data, place.rows, place.columns),
        None => DMatrixView::from_slice(&[], 0, 0),
    }
}

/// The matrix at a place, to be changed; empty if the slice is too short.
fn view_mut<T: Scalar>(data: &mut [T], place: Place) -> DMatrixViewMut<'_, T> {
    match place.range().and_then(|range| data.get_mut(range)) {
        Some(data) => DMatrixViewMut::from_slice(data, place.rows, place.columns),
        None => DMatrixViewMut::from_slice(&mut [], 0, 0),
    }
}

/// Draws every part of an instance: a matrix from a family of matrices, a vector or a number from one of vectors, each times
/// a magnitude of its own.
///
/// The matrix beside a vector is the first one before it in the layout that can be multiplied by it, by the names of the
/// dimensions.
///
/// # Errors
///
/// Fails if `work` is shorter than [`workspace_len`](crate::workspace_len) of the largest part.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{Dimension, Families, Instance, Part, Sizes, Stream, fill_instance};
///
/// static LAYOUT: [Part; 2] = [
///     Part::matrix("A", Dimension::M, Dimension::N),
///     Part::vector("x", Dimension::N),
/// ];
/// let (mut data, mut work) = ([0.0; 8], [0.0; 5]);
/// let mut instance = Instance::new(&LAYOUT, Sizes { m: 3, n: 2, ..Sizes::ONES }, &mut data)?;
/// fill_instance(&mut Stream::new(1, "example", 0), &Families::ALL, &mut instance, &mut work)?;
/// assert!(instance.data().iter().all(|x: &f64| x.is_finite()));
/// # Ok::<(), widthwise_linalg::KernelError>(())
/// ```
pub fn fill_instance<T: Scalar>(
    stream: &mut Stream,
    families: &Families<'_>,
    instance: &mut Instance<'_, T>,
    work: &mut [T],
) -> Result<(), KernelError> {
    for (position, part) in instance.layout.iter().enumerate() {
        if part.is_vector() {
            let length = if part.columns == Dimension::One { part.rows } else { part.columns };
            let factor = instance
                .layout
                .iter()
                .take(position)
                .position(|earlier| !earlier.is_vector() && earlier.columns == length);
            let family = families.draw_vector(stream);
            let (factor, mut x) = instance.factor_and_part_mut(factor, position);
            fill_vector(stream, family, factor.as_ref(), &mut x, work)?;
            families.draw_magnitude(stream).apply(&mut x);
        } else {
            let family = families.draw_matrix(stream);
            let mut a = instance.part_mut(position);
            fill_matrix(stream, family, &mut a, work)?;
            families.draw_magnitude(stream).apply(&mut a);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Magnitude, VectorFamily};
    use nalgebra::DMatrix;
    use std::vec;

    static LAYOUT: [Part; 5] = [
        Part::matrix("A", Dimension::M, Dimension::N),
        Part::vector("x", Dimension::N),
        Part::matrix("B", Dimension::K, Dimension::M),
        Part::vector("y", Dimension::M),
        Part::scalar("c"),
    ];
    const SIZES: Sizes = Sizes { m: 2, n: 3, k: 4, p: 9 };

    #[test]
    fn parts_follow_one_another_column_by_column() {
        let mut data: [f64; 25] = core::array::from_fn(|i| i as f64);
        let mut instance = Instance::new(&LAYOUT, SIZES, &mut data).unwrap();
        assert_eq!(Instance::<f64>::len(&LAYOUT, &SIZES), 20);
        assert_eq!(instance.data().len(), 20);
        let [a, x, b, y, c] = instance.parts();
        assert_eq!(a, DMatrix::from_row_slice(2, 3, &[0.0, 2.0, 4.0, 1.0, 3.0, 5.0]));
        assert_eq!((x[0], x[2], b[(0, 0)], b[(3, 1)]), (6.0, 8.0, 9.0, 16.0));
        assert_eq!((y[1], c[0]), (18.0, 19.0));
        for position in 0..5 {
            let copy = instance.part(position).into_owned();
            assert_eq!(instance.part_mut(position), copy);
            assert_eq!(instance.parts_mut::<5>()[position], copy);
        }
    }

    #[test]
    fn positions_past_the_end_are_empty() {
        let mut data = [0.0; 20];
        let mut instance = Instance::new(&LAYOUT, SIZES, &mut data).unwrap();
        assert_eq!(instance.part(5).shape(), (0, 0));
        assert_eq!(instance.part_mut(usize::MAX).shape(), (0, 0));
        assert_eq!(instance.parts::<7>()[6].shape(), (0, 0));
        assert_eq!(instance.parts_mut::<7>()[5].shape(), (0, 0));
        assert_eq!(instance.parts_mut::<7>()[4].shape(), (1, 1));
    }

    #[test]
    fn short_memory_and_sizes_beyond_all_memory_are_refused() {
        assert!(Instance::new(&LAYOUT, SIZES, &mut [0.0; 19]).is_err());
        let huge = Sizes { m: usize::MAX, n: 2, ..Sizes::ONES };
        assert_eq!(Instance::<f64>::len(&LAYOUT, &huge), usize::MAX);
        assert!(Instance::new(&LAYOUT, huge, &mut [0.0; 20]).is_err());
        // 2 · 2^(b − 1) is zero in b bits.
        let wrapping = Sizes { m: 1 << (usize::BITS - 1), n: 2, ..Sizes::ONES };
        assert_eq!(LAYOUT[0].len(&wrapping), usize::MAX);
    }

    #[test]
    fn empty_dimensions_are_served() {
        let sizes = Sizes { m: 0, n: 3, ..Sizes::ONES };
        let mut data = [0.0; 4];
        let mut instance = Instance::new(&LAYOUT, sizes, &mut data).unwrap();
        let stream = &mut Stream::new(0, "empty", 0);
        fill_instance(stream, &Families::ALL, &mut instance, &mut [0.0; 4]).unwrap();
        let [a, x, b, y, c] = instance.parts();
        assert_eq!(
            [a.shape(), x.shape(), b.shape(), y.shape(), c.shape()],
            [(0, 3), (3, 1), (1, 0), (0, 1), (1, 1)]
        );
    }

    #[test]
    fn vectors_are_drawn_beside_the_matrix_that_multiplies_them() {
        let families = Families {
            vectors: &[VectorFamily::OrthogonalToTopSingular],
            magnitudes: &[Magnitude::Unit],
            ..Families::ALL
        };
        for index in 0..50 {
            let mut data = vec![0.0_f64; 20];
            let mut instance = Instance::new(&LAYOUT, SIZES, &mut data).unwrap();
            fill_instance(&mut Stream::new(0, "beside", index), &families, &mut instance, &mut [0.0; 6])
                .unwrap();
            for (matrix, vector) in [(0, 1), (2, 3)] {
                let a = instance.part(matrix).into_owned();
                let mut v = DMatrix::zeros(a.ncols(), 1);
                let family = VectorFamily::TopSingular;
                let stream = &mut Stream::new(1, "beside", index);
                fill_vector(stream, family, Some(&a), &mut v, &mut [0.0; 6]).unwrap();
                // Two starts of power iteration agree where the largest singular value is isolated.
                let sigma = a.singular_values();
                if sigma.len() < 2 || sigma[1] < 0.5 * sigma[0] {
                    assert!(instance.part(vector).dot(&v).abs() < 1e-8);
                }
            }
        }
    }

    #[test]
    fn copies_need_the_same_layout_and_enough_memory() {
        static OTHER: [Part; 1] = [Part::scalar("c")];
        let (mut large, mut small, mut other) = ([1.0; 20], [2.0; 20], [3.0; 20]);
        let mut target = Instance::new(&LAYOUT, Sizes::ONES, &mut small[..5]).unwrap();
        let source = Instance::new(&LAYOUT, SIZES, &mut large).unwrap();
        assert!(target.copy_from(&source).is_err());
        assert!(target.copy_from(&Instance::new(&OTHER, SIZES, &mut other).unwrap()).is_err());
        assert_eq!((target.sizes(), target.data()), (Sizes::ONES, &[2.0; 5][..]));
    }
}
