// SPDX-License-Identifier: MIT OR Apache-2.0

//! What laws speak of: norms of matrices and sizes of features, layer by layer, and quantities of random matrices by their formula.

use core::fmt;

/// A positive number measured on a network and its first step, or on random matrices. Layers count from 1, as in the papers.
///
/// # Examples
///
/// ```
/// use widthwise_claims::law::Quantity;
/// assert_eq!(Quantity::Update(2).to_string(), "nat(ΔW_2)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quantity {
    /// `nat(W_ℓ) = √(fan-in/fan-out) ‖W_ℓ‖` of the effective matrix at initialisation.
    Weight(usize),
    /// `nat(ΔW_ℓ)` of the effective matrix in the first step.
    Update(usize),
    /// `RMS(h_ℓ)` at initialisation: the features of a hidden layer, the output of the last.
    Feature(usize),
    /// `RMS(Δh_ℓ)`, their change by the first step.
    FeatureChange(usize),
    /// What the law draws is no network: the formula, without spaces.
    Formula(&'static str),
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weight(layer) => write!(f, "nat(W_{layer})"),
            Self::Update(layer) => write!(f, "nat(ΔW_{layer})"),
            Self::Feature(layer) => write!(f, "RMS(h_{layer})"),
            Self::FeatureChange(layer) => write!(f, "RMS(Δh_{layer})"),
            Self::Formula(formula) => f.write_str(formula),
        }
    }
}
