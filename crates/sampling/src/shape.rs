// SPDX-License-Identifier: MIT OR Apache-2.0

//! The shapes of the matrices.
//!
//! Compilers go wrong at sizes 1 to 5, where loops are unrolled and vectorised; blocked kernels go wrong at the edges of
//! their blocks; long thin shapes separate the two dimensions. Large shapes are rare because their cost is cubic: the
//! weights keep the mean of `m·n·min(m, n)` at 648.

use crate::Stream;

/// A row of the table of shapes.
///
/// # Examples
///
/// ```
/// use widthwise_sampling::{Shape, Stream};
///
/// let (rows, columns) = Shape::draw(&mut Stream::new(0, "example", 0));
/// assert!((1..=300).contains(&rows) && (1..=300).contains(&columns));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Rows and columns each uniform in 1..=5.
    Small,
    /// Exactly so many rows and columns.
    Fixed(usize, usize),
}

impl Shape {
    /// The shapes with their weights, which sum to 2048.
    pub const TABLE: [(Self, u32); 15] = [
        (Self::Small, 1111),
        (Self::Fixed(1, 1), 128),
        (Self::Fixed(1, 7), 128),
        (Self::Fixed(7, 1), 128),
        (Self::Fixed(2, 3), 128),
        (Self::Fixed(3, 2), 128),
        (Self::Fixed(5, 5), 128),
        (Self::Fixed(17, 4), 64),
        (Self::Fixed(4, 17), 64),
        (Self::Fixed(33, 33), 8),
        (Self::Fixed(64, 8), 8),
        (Self::Fixed(8, 64), 8),
        (Self::Fixed(1, 300), 8),
        (Self::Fixed(300, 1), 8),
        (Self::Fixed(96, 96), 1),
    ];

    /// Draws rows and columns: a row of the table in proportion to its weight, then what it leaves open.
    #[must_use]
    pub fn draw(stream: &mut Stream) -> (usize, usize) {
        let shape = Self::TABLE.get(stream.weighted_by(Self::TABLE.iter().map(|&(_, weight)| weight)));
        match shape {
            Some(&(Self::Fixed(rows, columns), _)) => (rows, columns),
            _ => (small(stream), small(stream)),
        }
    }
}

/// A dimension uniform in 1..=5.
pub(crate) fn small(stream: &mut Stream) -> usize {
    1 + stream.below(5) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_2048_and_the_mean_cost_is_as_stated() {
        let total: u32 = Shape::TABLE.iter().map(|(_, weight)| weight).sum();
        assert_eq!(total, 2048);
        let cost = |m: usize, n: usize| m * n * m.min(n);
        let mean: usize = Shape::TABLE
            .iter()
            .map(|&(shape, weight)| {
                let cost = match shape {
                    Shape::Fixed(m, n) => cost(m, n),
                    Shape::Small => {
                        (1..=5).flat_map(|m| (1..=5).map(move |n| cost(m, n))).sum::<usize>() / 25
                    }
                };
                cost * weight as usize
            })
            .sum();
        assert_eq!(mean / 2048, 648);
    }

    #[test]
    fn every_shape_occurs() {
        let mut stream = Stream::new(1, "shape", 0);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..40_000 {
            *counts.entry(Shape::draw(&mut stream)).or_insert(0_u32) += 1;
        }
        for (shape, _) in Shape::TABLE {
            if let Shape::Fixed(m, n) = shape {
                assert!(counts.contains_key(&(m, n)), "{m}×{n}");
            }
        }
        for m in 1..=5 {
            assert!((1..=5).all(|n| counts.contains_key(&(m, n))));
        }
    }
}
