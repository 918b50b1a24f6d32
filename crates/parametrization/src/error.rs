// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why a shape, a role or a constant was refused.
//!
//! A rule never returns a number for input that has none: it says which dimension, entry or constant is wrong.

use core::fmt;

use crate::Role;

/// A shape has no logical matrix, a rule says nothing about a role, or a constant is no usable number.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::LogicalMatrix;
///
/// let error = LogicalMatrix::new(10, 0).unwrap_err();
/// assert!(error.is_zero_dimension());
/// assert_eq!(error.to_string(), "fan-in is zero");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParametrizationError {
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// A dimension is zero.
    ZeroDimension { what: &'static str },
    /// A product of dimensions exceeds the range of `usize`.
    DimensionOverflow { what: &'static str },
    /// The groups of a convolution do not divide its channels.
    Groups { groups: usize, channels: usize },
    /// A parameter of this role has no such shape.
    RoleOfShape { role: Role, shape: &'static str },
    /// A rule has no entry for a role, or no rate for a family of optimisers.
    Undefined { rule: &'static str, role: Role, what: &'static str },
    /// A constant is NaN, infinite or outside of its range.
    Constant { what: &'static str, value: f64 },
    /// A result left the range of binary64.
    OutOfRange { what: &'static str },
    /// A loss term of weight decay has no width-free scale under a normalised update.
    CoupledDecay,
}

impl ParametrizationError {
    pub(crate) const fn zero_dimension(what: &'static str) -> Self {
        Self { kind: Kind::ZeroDimension { what } }
    }

    pub(crate) const fn dimension_overflow(what: &'static str) -> Self {
        Self { kind: Kind::DimensionOverflow { what } }
    }

    pub(crate) const fn groups(groups: usize, channels: usize) -> Self {
        Self { kind: Kind::Groups { groups, channels } }
    }

    pub(crate) const fn role_of_shape(role: Role, shape: &'static str) -> Self {
        Self { kind: Kind::RoleOfShape { role, shape } }
    }

    pub(crate) const fn undefined(rule: &'static str, role: Role, what: &'static str) -> Self {
        Self { kind: Kind::Undefined { rule, role, what } }
    }

    pub(crate) const fn coupled_decay() -> Self {
        Self { kind: Kind::CoupledDecay }
    }

    pub(crate) const fn constant_out_of_range(what: &'static str, value: f64) -> Self {
        Self { kind: Kind::Constant { what, value } }
    }

    /// Checks that a constant is finite and not negative.
    pub(crate) fn require_nonnegative(what: &'static str, value: f64) -> Result<f64, Self> {
        if value.is_finite() && value >= 0.0 {
            Ok(value)
        } else {
            Err(Self::constant_out_of_range(what, value))
        }
    }

    /// Checks that a constant is finite and positive.
    pub(crate) fn require_positive_constant(what: &'static str, value: f64) -> Result<f64, Self> {
        if value.is_finite() && value > 0.0 {
            Ok(value)
        } else {
            Err(Self::constant_out_of_range(what, value))
        }
    }

    /// Checks that a result is finite and positive.
    pub(crate) fn require_positive(what: &'static str, value: f64) -> Result<f64, Self> {
        if value.is_finite() && value > 0.0 {
            Ok(value)
        } else {
            Err(Self { kind: Kind::OutOfRange { what } })
        }
    }

    /// Checks that a result is finite.
    pub(crate) fn require_finite(what: &'static str, value: f64) -> Result<f64, Self> {
        if value.is_finite() { Ok(value) } else { Err(Self { kind: Kind::OutOfRange { what } }) }
    }

    /// Whether a dimension is zero.
    #[must_use]
    pub const fn is_zero_dimension(&self) -> bool {
        matches!(self.kind, Kind::ZeroDimension { .. })
    }

    /// Whether a product of dimensions exceeds the range of `usize`.
    ///
    /// ```
    /// use widthwise_parametrization::Shape;
    /// let huge = Shape::Convolution { out_channels: 1, in_channels: usize::MAX, groups: 1, kernel: &[3] };
    /// assert!(huge.logical_matrix().unwrap_err().is_dimension_overflow());
    /// ```
    #[must_use]
    pub const fn is_dimension_overflow(&self) -> bool {
        matches!(self.kind, Kind::DimensionOverflow { .. })
    }

    /// Whether the role and the shape of a parameter contradict each other.
    #[must_use]
    pub const fn is_role_of_shape(&self) -> bool {
        matches!(self.kind, Kind::RoleOfShape { .. })
    }

    /// Whether the rule says nothing about what was asked.
    ///
    /// ```
    /// use widthwise_parametrization::{Optimizer, Role, ShapeFactor, rules};
    /// let muon = Optimizer::Orthogonalized(ShapeFactor::One);
    /// assert!(rules::NEURAL_TANGENT.rate(Role::Hidden, muon).unwrap_err().is_undefined());
    /// ```
    #[must_use]
    pub const fn is_undefined(&self) -> bool {
        matches!(self.kind, Kind::Undefined { .. } | Kind::CoupledDecay)
    }

    /// The constant that is NaN, infinite or outside of its range, with its name; `None` for other errors.
    ///
    /// ```
    /// use widthwise_parametrization::{Constants, LogicalMatrix, Optimizer, Role, rules};
    /// let constants = Constants { rate: -1.0, ..Constants::UNIT };
    /// let layer = rules::SPECTRAL.layer(Role::Hidden, LogicalMatrix::new(1, 1)?, Optimizer::Sgd, &constants);
    /// assert_eq!(layer.unwrap_err().constant(), Some(("rate", -1.0)));
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    #[must_use]
    pub const fn constant(&self) -> Option<(&'static str, f64)> {
        match self.kind {
            Kind::Constant { what, value } => Some((what, value)),
            _ => None,
        }
    }

    /// Whether a result left the range of binary64.
    #[must_use]
    pub const fn is_out_of_range(&self) -> bool {
        matches!(self.kind, Kind::OutOfRange { .. })
    }
}

impl fmt::Display for ParametrizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::ZeroDimension { what } => write!(f, "{what} is zero"),
            Kind::DimensionOverflow { what } => write!(f, "{what} overflows"),
            Kind::Groups { groups, channels } => {
                write!(f, "{groups} groups do not divide {channels} channels")
            }
            Kind::RoleOfShape { role, shape } => {
                write!(f, "the role {role} does not go with the shape of {shape}")
            }
            Kind::Undefined { rule, role, what } => write!(f, "{rule} has no {what} for the role {role}"),
            Kind::Constant { what, value } => write!(f, "{what} is {value}"),
            Kind::OutOfRange { what } => write!(f, "{what} is out of range"),
            Kind::CoupledDecay => f.write_str(
                "weight decay as a term of the loss has no width-free scale under a normalised update",
            ),
        }
    }
}

impl core::error::Error for ParametrizationError {}
