// SPDX-License-Identifier: MIT OR Apache-2.0

//! How the entries of a parameter start.

use core::fmt;

use crate::{ScalingDimensions, ShapeMonomial};

/// The initialisation of a parameter: its kind, and its scale as a monomial of a rule or as a number.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Initial, LogicalMatrix, Role, rules};
///
/// let start = rules::SPECTRAL.initial(Role::Hidden)?;
/// let Initial::Gaussian(sigma) = start else { return Err("the spectral rule draws its entries".into()) };
/// assert_eq!(sigma.at(LogicalMatrix::new(256, 256)?)?, 0.0625);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial<T> {
    /// Every entry is zero.
    Zero,
    /// Every entry is the same: the gain of a normalisation layer.
    Constant(T),
    /// Independent entries of mean zero and this standard deviation. Every law with a finite fourth moment has the same
    /// spectral norm as the Gaussian (`spectral.init.other-distributions`).
    Gaussian(T),
    /// Every singular value of the logical matrix is this number (`spectral.init.semi-orthogonal`). A table of one-hot
    /// inputs has a matrix a token: every column has this norm, whereas semi-orthogonal tables of many tokens have
    /// smaller ones.
    Orthogonal(T),
}

impl<T> Initial<T> {
    /// The scale; `None` for zero initialisation.
    ///
    /// ```
    /// use widthwise_parametrization::Initial;
    /// assert_eq!(Initial::Orthogonal(0.5).scale(), Some(0.5));
    /// assert_eq!(Initial::<f64>::Zero.scale(), None);
    /// ```
    #[must_use]
    pub fn scale(self) -> Option<T> {
        match self {
            Self::Zero => None,
            Self::Constant(scale) | Self::Gaussian(scale) | Self::Orthogonal(scale) => Some(scale),
        }
    }

    /// The same kind of initialisation with another scale.
    pub(crate) fn try_map<U, E>(self, f: impl FnOnce(T) -> Result<U, E>) -> Result<Initial<U>, E> {
        Ok(match self {
            Self::Zero => Initial::Zero,
            Self::Constant(scale) => Initial::Constant(f(scale)?),
            Self::Gaussian(scale) => Initial::Gaussian(f(scale)?),
            Self::Orthogonal(scale) => Initial::Orthogonal(f(scale)?),
        })
    }

    /// Whether two initialisations differ by their scale alone.
    pub(crate) fn is_same_kind<U>(&self, other: &Initial<U>) -> bool {
        matches!(
            (self, other),
            (Self::Zero, Initial::Zero)
                | (Self::Constant(_), Initial::Constant(_))
                | (Self::Gaussian(_), Initial::Gaussian(_))
                | (Self::Orthogonal(_), Initial::Orthogonal(_))
        )
    }
}

impl Initial<ShapeMonomial> {
    pub(crate) const fn times(self, factor: ShapeMonomial) -> Self {
        match self {
            Self::Zero => Self::Zero,
            Self::Constant(scale) => Self::Constant(scale.times(factor)),
            Self::Gaussian(scale) => Self::Gaussian(scale.times(factor)),
            Self::Orthogonal(scale) => Self::Orthogonal(scale.times(factor)),
        }
    }

    /// Twice the exponent of the RMS→RMS norm `√(a/b) ‖W‖`, `None` for zero: `‖W‖` is `σ √max(a, b)` up to a constant
    /// for independent entries (`spectral.init.gaussian-opnorm`), `σ` for a semi-orthogonal matrix, and the 2-norm
    /// for a gain, a vector.
    pub(crate) fn halves_of_natural_norm(&self, scaling: ScalingDimensions) -> Option<i32> {
        let (p, q) = (i32::from(scaling.fan_in), i32::from(scaling.fan_out));
        let norm = match self {
            Self::Zero => return None,
            Self::Constant(scale) | Self::Gaussian(scale) => {
                scale.halves_of_width(scaling) + if p > q { p } else { q }
            }
            Self::Orthogonal(scale) => scale.halves_of_width(scaling),
        };
        Some(norm + p - q)
    }
}

impl<T: fmt::Display> fmt::Display for Initial<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero => f.write_str("zero"),
            Self::Constant(scale) => write!(f, "every entry {scale}"),
            Self::Gaussian(scale) => write!(f, "standard deviation {scale}"),
            Self::Orthogonal(scale) => write!(f, "singular values {scale}"),
        }
    }
}
