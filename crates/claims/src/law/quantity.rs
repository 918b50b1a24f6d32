// SPDX-License-Identifier: MIT OR Apache-2.0

//! What laws speak of: norms of matrices and sizes of features, layer by layer, and quantities of random matrices by their formula.

use core::fmt;

/// A positive number measured on a network and its training, of one step or of several, or on random matrices. Layers count from 1, as in the
/// papers; a prime marks what the training leads to. Matrices are the effective ones, multiplier and all.
///
/// # Examples
///
/// ```
/// use widthwise_claims::law::Quantity;
/// assert_eq!(Quantity::Update(2).to_string(), "nat(ΔW_2)");
/// assert_eq!(Quantity::Displacement(2).to_string(), "nat(W′_2−W_2)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quantity {
    /// `nat(W_ℓ) = √(fan-in/fan-out) ‖W_ℓ‖` at initialisation.
    Weight(usize),
    /// `nat(ΔW_ℓ)` of the last step, which has rank one: that of a single example.
    Update(usize),
    /// `nat(W′_ℓ − W_ℓ)`: how far the training has moved the matrix.
    Displacement(usize),
    /// `‖W′_ℓ − W_ℓ‖ / ‖W_ℓ‖`.
    RelativeDisplacement(usize),
    /// `‖W′_ℓ − W_ℓ‖_F / ‖W_ℓ‖_F`.
    RelativeFrobeniusDisplacement(usize),
    /// `‖W′_ℓ‖ / (‖W_ℓ‖ + ‖W′_ℓ − W_ℓ‖)`: 1 if the training adds to what was there, 0 if it cancels it.
    WeightTriangle(usize),
    /// `√(fan-out/fan-in) ‖∇_{W_ℓ}𝓛‖` in the last step.
    Gradient(usize),
    /// `RMS(Δb_ℓ)` of the last step.
    BiasChange(usize),
    /// `RMS(h_ℓ)` at initialisation: the features of a hidden layer, the output of the last; over all examples.
    Feature(usize),
    /// `RMS(h′_ℓ)`.
    TrainedFeature(usize),
    /// `RMS(Δh_ℓ)`, the change of the features by the training.
    FeatureChange(usize),
    /// `‖Δh_ℓ‖ / ‖h_ℓ‖`.
    RelativeFeatureChange(usize),
    /// `‖h′_ℓ‖ / (‖h_ℓ‖ + ‖Δh_ℓ‖)`.
    FeatureTriangle(usize),
    /// The root mean square of `cos(h_ℓ(x), h_ℓ(x′))` over pairs of examples, at initialisation.
    Cosine(usize),
    /// `‖ΔW_ℓ h_{ℓ−1}(x_i)‖` against `‖ΔW_ℓ^{(i)} h_{ℓ−1}(x_i)‖/B` of what example `i` contributes, in the last step, by gradient descent: the
    /// geometric mean over the examples.
    ExampleShare(usize),
    /// What the law draws is no network: the formula, without spaces.
    Formula(&'static str),
}

impl Quantity {
    /// The number of the layer; the formula of what no network has.
    pub(super) fn layer(self) -> Result<usize, &'static str> {
        match self {
            Self::Weight(layer)
            | Self::Update(layer)
            | Self::Displacement(layer)
            | Self::RelativeDisplacement(layer)
            | Self::RelativeFrobeniusDisplacement(layer)
            | Self::WeightTriangle(layer)
            | Self::Gradient(layer)
            | Self::BiasChange(layer)
            | Self::Feature(layer)
            | Self::TrainedFeature(layer)
            | Self::FeatureChange(layer)
            | Self::RelativeFeatureChange(layer)
            | Self::FeatureTriangle(layer)
            | Self::Cosine(layer)
            | Self::ExampleShare(layer) => Ok(layer),
            Self::Formula(formula) => Err(formula),
        }
    }
}

// Without blanks: a name is one word of the table of error rates.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let l = self.layer().unwrap_or_default();
        match self {
            Self::Weight(_) => write!(f, "nat(W_{l})"),
            Self::Update(_) => write!(f, "nat(ΔW_{l})"),
            Self::Displacement(_) => write!(f, "nat(W′_{l}−W_{l})"),
            Self::RelativeDisplacement(_) => write!(f, "‖W′_{l}−W_{l}‖/‖W_{l}‖"),
            Self::RelativeFrobeniusDisplacement(_) => write!(f, "‖W′_{l}−W_{l}‖_F/‖W_{l}‖_F"),
            Self::WeightTriangle(_) => write!(f, "‖W′_{l}‖/(‖W_{l}‖+‖W′_{l}−W_{l}‖)"),
            Self::Gradient(_) => write!(f, "√(b/a)‖∇_{l}‖"),
            Self::BiasChange(_) => write!(f, "RMS(Δb_{l})"),
            Self::Feature(_) => write!(f, "RMS(h_{l})"),
            Self::TrainedFeature(_) => write!(f, "RMS(h′_{l})"),
            Self::FeatureChange(_) => write!(f, "RMS(Δh_{l})"),
            Self::RelativeFeatureChange(_) => write!(f, "‖Δh_{l}‖/‖h_{l}‖"),
            Self::FeatureTriangle(_) => write!(f, "‖h′_{l}‖/(‖h_{l}‖+‖Δh_{l}‖)"),
            Self::Cosine(_) => write!(f, "cos(h_{l},h_{l})"),
            Self::ExampleShare(_) => write!(f, "‖ΔW_{l}h‖/‖ΔW_{l}^(i)h‖"),
            Self::Formula(formula) => f.write_str(formula),
        }
    }
}
