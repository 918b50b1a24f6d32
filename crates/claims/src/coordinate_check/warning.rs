// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a check knows not to have seen.

use core::fmt;

/// A reason to trust a verdict less. It changes no verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// There was one step.
    OneStep,
    /// No hidden layer changed its features by more than a hundredth, at the narrowest width.
    SmallChange {
        /// The greatest change of a hidden layer, relative to its size at the start.
        relative: f64,
    },
    /// The widths span less than a factor of eight.
    ShortRange {
        /// The widest over the narrowest.
        factor: f64,
    },
    /// There are two widths.
    TwoWidths,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneStep => f.write_str(
                "one step only: what later steps do through changed features and signals is not seen",
            ),
            Self::SmallChange { relative } => write!(
                f,
                "the rate is small: hidden features change by {relative:.1e} of their size at most, so what larger changes would do is not seen",
            ),
            Self::ShortRange { factor } => write!(
                f,
                "the widths span a factor of {factor:.1}: below 8 the power of a sum is hardly told from those of its terms",
            ),
            Self::TwoWidths => f.write_str(
                "two widths have a line through them whether or not there is a power of the width",
            ),
        }
    }
}
