// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why a coordinate check cannot be made. (What goes wrong with a network on the way is no error but a finding.)

use core::fmt;

use widthwise_network::NetworkError;
use widthwise_parametrization::ParametrizationError;

use super::WIDEST;

/// Why there is nothing to check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoordinateCheckError {
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Design(&'static str),
    Size { what: &'static str, found: usize },
    Rule(ParametrizationError),
    Network(NetworkError),
}

impl CoordinateCheckError {
    pub(super) const WIDTHS: Self = Self::design("two widths at least are needed, in ascending order");
    pub(super) const HIDDEN: Self = Self::design("one hidden layer at least is needed");
    pub(super) const DRAWS: Self = Self::design("two draws at least are needed, to see their scatter");
    pub(super) const STEPS: Self = Self::design("one step at least is needed");
    pub(super) const RECORDS: Self = Self::design("one record for each address is needed, in their order");
    pub(super) const ADDRESS: Self = Self::design("the address is none of this check");
    pub(super) const EQUAL_ENTRIES: Self = Self::design("the rule starts a matrix with equal entries");

    const fn design(message: &'static str) -> Self {
        Self { kind: Kind::Design(message) }
    }

    /// Checks that a dimension is neither zero nor too large.
    pub(super) fn require_size(what: &'static str, found: usize) -> Result<(), Self> {
        if (1..=WIDEST).contains(&found) { Ok(()) } else { Err(Self { kind: Kind::Size { what, found } }) }
    }

    /// Whether the rule has no number for the networks.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::CoordinateCheck;
    /// use widthwise_parametrization::{Optimizer, rules};
    /// let error = CoordinateCheck::new(&rules::MEAN_FIELD, Optimizer::Sgd).require_valid().unwrap_err();
    /// assert!(error.is_of_the_rule());
    /// assert_eq!(error.to_string(), "mean field has no entry for the role hidden");
    /// ```
    #[must_use]
    pub fn is_of_the_rule(&self) -> bool {
        matches!(self.kind, Kind::Rule(_)) || *self == Self::EQUAL_ENTRIES
    }
}

impl From<ParametrizationError> for CoordinateCheckError {
    fn from(error: ParametrizationError) -> Self {
        Self { kind: Kind::Rule(error) }
    }
}

impl From<NetworkError> for CoordinateCheckError {
    fn from(error: NetworkError) -> Self {
        Self { kind: Kind::Network(error) }
    }
}

impl fmt::Display for CoordinateCheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Design(message) => f.write_str(message),
            Kind::Size { what, found } => {
                write!(f, "{what}: between 1 and {WIDEST} are possible, not {found}")
            }
            Kind::Rule(error) => error.fmt(f),
            Kind::Network(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CoordinateCheckError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.kind {
            Kind::Rule(error) => Some(error),
            Kind::Network(error) => Some(error),
            Kind::Design(_) | Kind::Size { .. } => None,
        }
    }
}
