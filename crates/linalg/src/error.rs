// SPDX-License-Identifier: MIT OR Apache-2.0

//! What can be wrong with the input of a kernel.
//!
//! A certified function never returns a number for input that has none: it says what was wrong and where.

use core::fmt;

/// The input of a kernel was refused: an entry is not finite, or shapes do not fit.
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

    /// Row and column of the first entry that is not finite, in column-major order; `None` for an error of shape.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        match self.kind {
            KernelErrorKind::Nan { row, column } | KernelErrorKind::Infinite { row, column } => {
                Some((row, column))
            }
            KernelErrorKind::Shape { .. } => None,
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
        }
    }
}

impl core::error::Error for KernelError {}
