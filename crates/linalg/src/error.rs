// SPDX-License-Identifier: MIT OR Apache-2.0

//! What can be wrong with the input of a kernel.
//!
//! A certified function never returns a number for input that has none: it says what was wrong and where.

use core::fmt;

/// The input of a kernel was refused: an entry is not finite, shapes do not fit, a ratio is undefined for zero, or a
/// limit of iterations was reached.
///
/// # Examples
///
/// ```
/// use nalgebra::{Vector3, vector};
/// use widthwise_linalg::dot_enclosure;
///
/// let v = vector![1.0, f64::NAN, 2.0];
/// let error = dot_enclosure(&v, &v).unwrap_err();
/// assert_eq!(error.position(), Some((1, 0)));
/// assert_eq!(error.to_string(), "entry (1, 0) is NaN");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelError {
    kind: KernelErrorKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KernelErrorKind {
    /// An entry is NaN.
    Nan { row: usize, column: usize },
    /// An entry is infinite.
    Infinite { row: usize, column: usize },
    /// An argument has another length or shape than the others ask for.
    Shape { what: &'static str, expected: usize, found: usize },
    /// A ratio has no value because an argument is zero.
    Zero { what: &'static str },
    /// An iteration used up its limit.
    NotConverged { limit: usize },
}

impl KernelError {
    pub(crate) fn not_finite(row: usize, column: usize, nan: bool) -> Self {
        let kind = if nan {
            KernelErrorKind::Nan { row, column }
        } else {
            KernelErrorKind::Infinite { row, column }
        };
        Self { kind }
    }

    /// The error of an argument, named `what`, that has `found` rows, columns or numbers where `expected` are needed.
    ///
    /// ```
    /// use widthwise_linalg::KernelError;
    /// let error = KernelError::shape("workspace", 64, 10);
    /// assert_eq!(error.to_string(), "workspace: 64 needed, 10 given");
    /// ```
    #[must_use]
    pub fn shape(what: &'static str, expected: usize, found: usize) -> Self {
        Self { kind: KernelErrorKind::Shape { what, expected, found } }
    }

    /// The error of a ratio that has no value because the argument named `what` is zero.
    ///
    /// ```
    /// use widthwise_linalg::KernelError;
    /// let error = KernelError::undefined_for_zero("matrix");
    /// assert_eq!(error.to_string(), "matrix: undefined for zero");
    /// assert!(error.is_undefined_for_zero());
    /// ```
    #[must_use]
    pub fn undefined_for_zero(what: &'static str) -> Self {
        Self { kind: KernelErrorKind::Zero { what } }
    }

    pub(crate) fn not_converged(limit: usize) -> Self {
        Self { kind: KernelErrorKind::NotConverged { limit } }
    }

    /// Row and column of the first entry that is not finite, in column-major order; `None` for other errors.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        match self.kind {
            KernelErrorKind::Nan { row, column } | KernelErrorKind::Infinite { row, column } => {
                Some((row, column))
            }
            _ => None,
        }
    }

    /// Whether an entry is NaN.
    #[must_use]
    pub fn is_nan(&self) -> bool {
        matches!(self.kind, KernelErrorKind::Nan { .. })
    }

    /// Whether an entry is infinite.
    #[must_use]
    pub fn is_infinite(&self) -> bool {
        matches!(self.kind, KernelErrorKind::Infinite { .. })
    }

    /// Whether a ratio has no value because an argument is zero.
    #[must_use]
    pub fn is_undefined_for_zero(&self) -> bool {
        matches!(self.kind, KernelErrorKind::Zero { .. })
    }

    /// Whether an iteration used up its limit; its data are then the best so far.
    #[must_use]
    pub fn is_not_converged(&self) -> bool {
        matches!(self.kind, KernelErrorKind::NotConverged { .. })
    }

    /// Checks that `found` is what `what` must measure.
    pub(crate) fn require(what: &'static str, expected: usize, found: usize) -> Result<(), Self> {
        if expected == found { Ok(()) } else { Err(Self::shape(what, expected, found)) }
    }
}

impl fmt::Display for KernelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            KernelErrorKind::Nan { row, column } => write!(f, "entry ({row}, {column}) is NaN"),
            KernelErrorKind::Infinite { row, column } => write!(f, "entry ({row}, {column}) is infinite"),
            KernelErrorKind::Shape { what, expected, found } => {
                write!(f, "{what}: {expected} needed, {found} given")
            }
            KernelErrorKind::Zero { what } => write!(f, "{what}: undefined for zero"),
            KernelErrorKind::NotConverged { limit } => write!(f, "not converged within {limit} sweeps"),
        }
    }
}

impl core::error::Error for KernelError {}
