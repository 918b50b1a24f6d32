// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is measured: a size or a norm, of a layer, after a step; and which power of the width a correct rule gives it.

use alloc::format;
use alloc::string::String;
use core::fmt;

use widthwise_parametrization::Rational;

/// A positive number measured on a layer. Matrices are the effective ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Observable {
    /// `nat(ΔW_ℓ)`, of the last update.
    Update,
    /// `nat(W_ℓ − W_ℓ⁰)`, of all updates so far.
    WeightChange,
    /// `nat(W_ℓ) = √(fan-in/fan-out) ‖W_ℓ‖`.
    Weight,
    /// `RMS(z_ℓ − z_ℓ⁰)`, the change of the pre-activations since the start.
    PreactivationChange,
    /// `RMS(z_ℓ)`, of the pre-activations, which in the last layer are the outputs.
    Preactivation,
}

impl Observable {
    /// Every observable, in the order in which a step is reported.
    pub const ALL: [Self; 5] =
        [Self::Update, Self::WeightChange, Self::Weight, Self::PreactivationChange, Self::Preactivation];

    /// Those that there are before the first step.
    pub(super) const AT_START: [Self; 2] = [Self::Weight, Self::Preactivation];

    /// The formula for a layer.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::Observable;
    /// assert_eq!(Observable::WeightChange.formula(2), "nat(W_2 - W_2⁰)");
    /// ```
    #[must_use]
    pub fn formula(self, layer: usize) -> String {
        match self {
            Self::Update => format!("nat(ΔW_{layer})"),
            Self::WeightChange => format!("nat(W_{layer} - W_{layer}⁰)"),
            Self::Weight => format!("nat(W_{layer})"),
            Self::PreactivationChange => format!("RMS(z_{layer} - z_{layer}⁰)"),
            Self::Preactivation => format!("RMS(z_{layer})"),
        }
    }
}

/// An observable of a layer after a step.
///
/// # Examples
///
/// ```
/// use widthwise_claims::coordinate_check::{Coordinate, Observable};
/// let coordinate = Coordinate { observable: Observable::Update, layer: 2, step: 1 };
/// assert_eq!(coordinate.to_string(), "nat(ΔW_2) at step 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Coordinate {
    /// What is measured.
    pub observable: Observable,
    /// The layer, from 1 on, as in the papers.
    pub layer: usize,
    /// Steps taken; 0 is the start.
    pub step: usize,
}

impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let formula = self.observable.formula(self.layer);
        match self.step {
            0 => write!(f, "{formula} at the start"),
            step => write!(f, "{formula} at step {step}"),
        }
    }
}

/// The power of the width under a correct rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// It is 0.
    Flat,
    /// It is not above 0. The readout may start at zero or small, and the output starts at `n^(-1/2)` and leaves that behind as it is trained: for a few
    /// steps its size is a sum of two powers.
    NotGrowing {
        /// The power, where there is one.
        typical: Option<Rational>,
    },
}

impl Expectation {
    /// What is expected of a coordinate in a network of so many layers.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::{Coordinate, Expectation, Observable};
    /// let output = Coordinate { observable: Observable::Preactivation, layer: 3, step: 0 };
    /// assert_eq!(Expectation::of(output, 3).to_string(), "-1/2");
    /// assert_eq!(Expectation::of(Coordinate { step: 1, ..output }, 3).to_string(), "≤ 0");
    /// assert_eq!(Expectation::of(Coordinate { layer: 2, ..output }, 3), Expectation::Flat);
    /// ```
    #[must_use]
    pub fn of(coordinate: Coordinate, layers: usize) -> Self {
        let output = coordinate.layer == layers;
        match coordinate.observable {
            Observable::Preactivation if output && coordinate.step == 0 => {
                Self::NotGrowing { typical: Some(Rational::halves(-1)) }
            }
            Observable::Preactivation | Observable::Weight if output => Self::NotGrowing { typical: None },
            _ => Self::Flat,
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flat => f.pad("0"),
            Self::NotGrowing { typical: None } => f.pad("≤ 0"),
            Self::NotGrowing { typical: Some(power) } => power.fmt(f),
        }
    }
}
