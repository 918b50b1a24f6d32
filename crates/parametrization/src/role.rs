// SPDX-License-Identifier: MIT OR Apache-2.0

//! The part a parameter plays: which of its dimensions grow with the width.
//!
//! A rule is a function of role and shape. The role cannot be read off a shape: a 1024 × 1024 matrix may be hidden or
//! finite, a 50257 × 768 one an embedding or a readout. So it is an argument everywhere, and has no default.

use core::fmt;

/// The part a parameter plays in a network whose hidden widths grow like `n` while inputs, outputs and depth stand
/// still.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::Role;
/// // The rows of a readout are classes, its columns hidden units.
/// let scaling = Role::Output.scaling();
/// assert!(scaling.fan_in && !scaling.fan_out);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A matrix from a finite dimension to the width; also the kernel of a depthwise convolution, whose fan-in stands
    /// still.
    Input,
    /// A matrix from width to width.
    Hidden,
    /// A matrix from the width to a finite dimension (a readout or "head").
    Output,
    /// A bias added to hidden units: a matrix of fan-in 1 that sees the input 1 (`spectral.bias`).
    Bias,
    /// A bias added to outputs: nothing about it grows.
    OutputBias,
    /// The gain of a normalisation layer, one factor a hidden unit; it starts at one and otherwise scales like a bias.
    Gain,
    /// The table of one-hot inputs, a column a token: as if its fan-in were 1, since the input has norm 1
    /// (`spectral.one-hot`).
    Embedding,
    /// A matrix between finite dimensions.
    Finite,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Input,
        Self::Hidden,
        Self::Output,
        Self::Bias,
        Self::OutputBias,
        Self::Gain,
        Self::Embedding,
        Self::Finite,
    ];

    /// Which dimensions of the logical matrix grow with the width.
    ///
    /// ```
    /// let scaling = widthwise_parametrization::Role::Embedding.scaling();
    /// assert!(scaling.fan_out && !scaling.fan_in);
    /// ```
    #[must_use]
    pub const fn scaling(self) -> ScalingDimensions {
        let (fan_in, fan_out) = match self {
            Self::Input | Self::Bias | Self::Gain | Self::Embedding => (false, true),
            Self::Hidden => (true, true),
            Self::Output => (true, false),
            Self::OutputBias | Self::Finite => (false, false),
        };
        ScalingDimensions { fan_in, fan_out }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Input => "input",
            Self::Hidden => "hidden",
            Self::Output => "output",
            Self::Bias => "bias",
            Self::OutputBias => "output bias",
            Self::Gain => "gain",
            Self::Embedding => "embedding",
            Self::Finite => "finite",
        })
    }
}

/// Which dimensions of a logical matrix grow with the width.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Role, ScalingDimensions};
/// assert_eq!(Role::Hidden.scaling(), ScalingDimensions { fan_in: true, fan_out: true });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScalingDimensions {
    /// Fan-in grows like the width.
    pub fan_in: bool,
    /// Fan-out grows like the width.
    pub fan_out: bool,
}
