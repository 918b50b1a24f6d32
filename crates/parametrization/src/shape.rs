// SPDX-License-Identifier: MIT OR Apache-2.0

//! From the shape of a parameter to the matrix that the rules speak of.
//!
//! A rule reads fan-in and fan-out of the **logical matrix**: the matrix that multiplies an input vector. For a
//! kernel of a convolution that is `out × (in/groups · taps)`, for a bias `width × 1`, for a table of one-hot inputs
//! `width × 1` too, and for several matrices stored as one it is one of them. Factors read off the last two axes of a
//! tensor, or off the stack, are wrong by `√(256/9)` or `√3`.
//!
//! Fields have names, since frameworks differ in the order of the axes.

use core::fmt;

use crate::{ParametrizationError, Role};

/// The shape of a parameter, by what it does.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{LogicalMatrix, Shape};
///
/// // A depthwise convolution of 256 channels with 3 × 3 taps.
/// let kernel = Shape::Convolution { out_channels: 256, in_channels: 256, groups: 256, kernel: &[3, 3] };
/// assert_eq!(kernel.logical_matrix()?, LogicalMatrix::new(256, 9)?);
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape<'a> {
    /// A matrix applied to a vector.
    Dense {
        /// Outputs.
        fan_out: usize,
        /// Inputs.
        fan_in: usize,
    },
    /// Matrices with a common input, stored as one: queries, keys and values, or the gates of a recurrent cell.
    Fused {
        /// How many matrices.
        blocks: usize,
        /// Outputs of each.
        fan_out: usize,
        /// Inputs, common to all.
        fan_in: usize,
    },
    /// The kernel of a convolution of any dimension.
    ///
    /// Fan-out counts the channels of all groups: the backward signal is spread over all of them, so the rate of SGD is
    /// `out/(in/groups · taps)`, although each group alone is a smaller matrix.
    Convolution {
        /// Output channels, of all groups together.
        out_channels: usize,
        /// Input channels, of all groups together.
        in_channels: usize,
        /// Groups; 1 for a plain convolution, `in_channels` for a depthwise one.
        groups: usize,
        /// Taps along each axis.
        kernel: &'a [usize],
    },
    /// The table of one-hot inputs, a column a token: each column is a logical matrix of its own.
    Embedding {
        /// Tokens. They do not count as fan-in.
        vocabulary: usize,
        /// Entries of the vector of a token.
        width: usize,
    },
    /// A bias, one number a unit.
    Bias {
        /// Units.
        width: usize,
    },
    /// The gain of a normalisation layer, one factor a unit.
    Gain {
        /// Units.
        width: usize,
    },
}

impl Shape<'_> {
    /// The logical matrix, or one of them where several are fused.
    ///
    /// # Errors
    ///
    /// Fails if a dimension is zero, if `groups` does not divide both numbers of channels, or if the product of
    /// fan-in, or of the fused fan-out, exceeds the range of `usize`.
    pub fn logical_matrix(&self) -> Result<LogicalMatrix, ParametrizationError> {
        match *self {
            Self::Dense { fan_out, fan_in } => LogicalMatrix::new(fan_out, fan_in),
            Self::Fused { blocks, fan_out, fan_in } => {
                product("blocks", &[blocks])?;
                let matrix = LogicalMatrix::new(fan_out, fan_in)?;
                product("fused fan-out", &[blocks, fan_out])?;
                Ok(matrix)
            }
            Self::Convolution { out_channels, in_channels, groups, kernel } => {
                product("groups", &[groups])?;
                for channels in [in_channels, out_channels] {
                    if channels % groups != 0 {
                        return Err(ParametrizationError::groups(groups, channels));
                    }
                }
                let taps = product("kernel", kernel)?;
                LogicalMatrix::new(out_channels, product("fan-in", &[in_channels / groups, taps])?)
            }
            Self::Embedding { vocabulary, width } => {
                product("vocabulary", &[vocabulary])?;
                LogicalMatrix::new(width, 1)
            }
            Self::Bias { width } | Self::Gain { width } => LogicalMatrix::new(width, 1),
        }
    }

    /// How many logical matrices the parameter holds: 1 unless fused.
    ///
    /// Optimisers that look at a whole matrix (orthogonalisation, spectral normalisation) go over them one by one; over a
    /// table of one-hot inputs, which counts as one, token by token.
    ///
    /// ```
    /// use widthwise_parametrization::Shape;
    /// assert_eq!(Shape::Fused { blocks: 3, fan_out: 64, fan_in: 64 }.blocks(), 3);
    /// ```
    #[must_use]
    pub const fn blocks(&self) -> usize {
        match *self {
            Self::Fused { blocks, .. } => blocks,
            _ => 1,
        }
    }

    /// How many numbers an array of this shape holds; `None` if they cannot be counted.
    ///
    /// ```
    /// use widthwise_parametrization::Shape;
    /// let kernel = Shape::Convolution { out_channels: 8, in_channels: 8, groups: 8, kernel: &[3, 3] };
    /// assert_eq!(kernel.entries(), Some(72));
    /// ```
    #[must_use]
    pub fn entries(&self) -> Option<usize> {
        let matrix = self.logical_matrix().ok()?;
        let columns = match *self {
            Self::Embedding { vocabulary, .. } => vocabulary,
            _ => self.blocks(),
        };
        matrix.fan_out().checked_mul(matrix.fan_in())?.checked_mul(columns)
    }

    /// Checks that a parameter of this shape can play a role.
    ///
    /// # Errors
    ///
    /// Fails if embedding, gain or bias stands on one side only, or a matrix claims to be one of them.
    ///
    /// ```
    /// use widthwise_parametrization::{Role, Shape};
    /// // A table of tokens that calls itself an input would get fan-in = vocabulary.
    /// let table = Shape::Embedding { vocabulary: 50257, width: 768 };
    /// assert!(table.require_role(Role::Embedding).is_ok());
    /// assert!(table.require_role(Role::Input).unwrap_err().is_role_of_shape());
    /// ```
    pub const fn require_role(&self, role: Role) -> Result<(), ParametrizationError> {
        let (fits, name) = match self {
            Self::Dense { .. } => (role_of_matrix(role), "a matrix"),
            Self::Fused { .. } => (role_of_matrix(role), "fused matrices"),
            Self::Convolution { .. } => (role_of_matrix(role), "a convolution"),
            Self::Embedding { .. } => (matches!(role, Role::Embedding), "an embedding"),
            Self::Bias { .. } => (matches!(role, Role::Bias | Role::OutputBias), "a bias"),
            Self::Gain { .. } => (matches!(role, Role::Gain), "a gain"),
        };
        if fits { Ok(()) } else { Err(ParametrizationError::role_of_shape(role, name)) }
    }
}

const fn role_of_matrix(role: Role) -> bool {
    matches!(role, Role::Input | Role::Hidden | Role::Output | Role::Finite)
}

/// The product of dimensions: 1 if there are none.
fn product(what: &'static str, dimensions: &[usize]) -> Result<usize, ParametrizationError> {
    if dimensions.contains(&0) {
        return Err(ParametrizationError::zero_dimension(what));
    }
    dimensions
        .iter()
        .try_fold(1_usize, |product, &dimension| product.checked_mul(dimension))
        .ok_or(ParametrizationError::dimension_overflow(what))
}

/// Fan-out and fan-in, both at least 1, of the matrix that multiplies an input vector.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::LogicalMatrix;
/// let matrix = LogicalMatrix::new(10, 1024)?;
/// assert_eq!((matrix.fan_out(), matrix.fan_in()), (10, 1024));
/// assert_eq!(matrix.to_string(), "10×1024");
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LogicalMatrix {
    fan_out: usize,
    fan_in: usize,
}

impl LogicalMatrix {
    /// The matrix of `fan_out` rows and `fan_in` columns, as it is written in `z = W h`.
    ///
    /// # Errors
    ///
    /// Fails if one of them is zero.
    pub const fn new(fan_out: usize, fan_in: usize) -> Result<Self, ParametrizationError> {
        if fan_in == 0 {
            return Err(ParametrizationError::zero_dimension("fan-in"));
        }
        if fan_out == 0 {
            return Err(ParametrizationError::zero_dimension("fan-out"));
        }
        Ok(Self { fan_out, fan_in })
    }

    /// The number of outputs.
    #[must_use]
    pub const fn fan_out(self) -> usize {
        self.fan_out
    }

    /// The number of inputs.
    #[must_use]
    pub const fn fan_in(self) -> usize {
        self.fan_in
    }
}

impl fmt::Display for LogicalMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.fan_out, self.fan_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zero_dimension_is_named() {
        let cases = [
            (Shape::Dense { fan_out: 0, fan_in: 1 }, "fan-out is zero"),
            (Shape::Dense { fan_out: 1, fan_in: 0 }, "fan-in is zero"),
            (Shape::Fused { blocks: 0, fan_out: 1, fan_in: 1 }, "blocks is zero"),
            (Shape::Fused { blocks: 1, fan_out: 0, fan_in: 1 }, "fan-out is zero"),
            (
                Shape::Convolution { out_channels: 1, in_channels: 1, groups: 0, kernel: &[] },
                "groups is zero",
            ),
            (
                Shape::Convolution { out_channels: 1, in_channels: 1, groups: 1, kernel: &[3, 0] },
                "kernel is zero",
            ),
            (
                Shape::Convolution { out_channels: 0, in_channels: 1, groups: 1, kernel: &[3] },
                "fan-out is zero",
            ),
            (
                Shape::Convolution { out_channels: 1, in_channels: 0, groups: 1, kernel: &[3] },
                "fan-in is zero",
            ),
            (Shape::Embedding { vocabulary: 0, width: 1 }, "vocabulary is zero"),
            (Shape::Embedding { vocabulary: 1, width: 0 }, "fan-out is zero"),
            (Shape::Bias { width: 0 }, "fan-out is zero"),
            (Shape::Gain { width: 0 }, "fan-out is zero"),
        ];
        for (shape, message) in cases {
            let error = shape.logical_matrix().unwrap_err();
            assert!(error.is_zero_dimension());
            assert_eq!(std::format!("{error}"), message);
        }
    }

    #[test]
    fn products_that_overflow_are_refused() {
        let huge = usize::MAX / 2;
        let kernel = [huge, 3];
        for shape in [
            Shape::Convolution { out_channels: 1, in_channels: huge, groups: 1, kernel: &[3] },
            Shape::Convolution { out_channels: 1, in_channels: 1, groups: 1, kernel: &kernel },
            Shape::Fused { blocks: 3, fan_out: huge, fan_in: 1 },
        ] {
            assert!(shape.logical_matrix().unwrap_err().is_dimension_overflow());
        }
        // The product of both fans is never formed.
        assert!(Shape::Dense { fan_out: usize::MAX, fan_in: usize::MAX }.logical_matrix().is_ok());
    }

    #[test]
    fn groups_divide_both_numbers_of_channels() {
        for (out_channels, in_channels) in [(6, 4), (4, 6)] {
            let shape = Shape::Convolution { out_channels, in_channels, groups: 4, kernel: &[1] };
            let message = std::format!("{}", shape.logical_matrix().unwrap_err());
            assert_eq!(message, "4 groups do not divide 6 channels");
        }
        let shape = Shape::Convolution { out_channels: 128, in_channels: 64, groups: 2, kernel: &[3, 5] };
        assert_eq!(shape.logical_matrix(), LogicalMatrix::new(128, 480));
    }
}
