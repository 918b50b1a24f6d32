// SPDX-License-Identifier: MIT OR Apache-2.0

//! Why something could not be measured.

use core::fmt;

use widthwise_linalg::KernelError;
use widthwise_network::NetworkError;
use widthwise_parametrization::ParametrizationError;

/// Why a network or matrix of a law could not be drawn, trained or measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LawError {
    kind: LawErrorKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum LawErrorKind {
    Rule(ParametrizationError),
    Network(NetworkError),
    EqualEntries,
    Layer(usize),
    Formula(&'static str),
    Kernel(KernelError),
    Bias(usize),
}

impl LawError {
    /// The rule starts a matrix as one starts a gain.
    pub(crate) const EQUAL_ENTRIES: Self = Self { kind: LawErrorKind::EqualEntries };

    /// The law speaks of a layer that the network has not; layers count from 1.
    pub(crate) fn layer(number: usize) -> Self {
        Self { kind: LawErrorKind::Layer(number) }
    }

    /// The law speaks of a quantity that networks do not have.
    pub(crate) fn formula(formula: &'static str) -> Self {
        Self { kind: LawErrorKind::Formula(formula) }
    }

    /// The law speaks of the bias of a layer that has none.
    pub(crate) fn bias(number: usize) -> Self {
        Self { kind: LawErrorKind::Bias(number) }
    }

    /// Whether the rule on trial has no number for the network.
    ///
    /// ```
    /// use widthwise_claims::law::LawError;
    /// use widthwise_parametrization::{Role, rules};
    /// let error = LawError::from(rules::MEAN_FIELD.entry(Role::Hidden).unwrap_err());
    /// assert!(error.is_of_the_rule());
    /// assert_eq!(error.to_string(), "mean field has no entry for the role hidden");
    /// ```
    #[must_use]
    pub fn is_of_the_rule(&self) -> bool {
        matches!(self.kind, LawErrorKind::Rule(_) | LawErrorKind::EqualEntries)
    }
}

impl From<ParametrizationError> for LawError {
    fn from(error: ParametrizationError) -> Self {
        Self { kind: LawErrorKind::Rule(error) }
    }
}

impl From<NetworkError> for LawError {
    fn from(error: NetworkError) -> Self {
        Self { kind: LawErrorKind::Network(error) }
    }
}

impl From<KernelError> for LawError {
    fn from(error: KernelError) -> Self {
        Self { kind: LawErrorKind::Kernel(error) }
    }
}

impl fmt::Display for LawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            LawErrorKind::Rule(error) => error.fmt(f),
            LawErrorKind::Network(error) => error.fmt(f),
            LawErrorKind::EqualEntries => f.write_str("the rule starts a matrix with equal entries"),
            LawErrorKind::Layer(number) => write!(f, "the network has no layer {number}"),
            LawErrorKind::Formula(formula) => write!(f, "networks have no {formula}"),
            LawErrorKind::Kernel(error) => error.fmt(f),
            LawErrorKind::Bias(number) => write!(f, "layer {number} of the network has no bias"),
        }
    }
}

impl core::error::Error for LawError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.kind {
            LawErrorKind::Rule(error) => Some(error),
            LawErrorKind::Network(error) => Some(error),
            LawErrorKind::Kernel(error) => Some(error),
            LawErrorKind::EqualEntries
            | LawErrorKind::Layer(_)
            | LawErrorKind::Bias(_)
            | LawErrorKind::Formula(_) => None,
        }
    }
}
