// SPDX-License-Identifier: MIT OR Apache-2.0

//! Weight decay: how the same words mean three things, and how each follows from the shape.
//!
//! What must not depend on the width is the fraction of the matrix that a step takes away. How `λ` keeps it fixed
//! depends on where the implementation puts `λ`.

use crate::{Optimizer, ParametrizationError, Role, Rule, UpdateFamily};

/// Weight decay, by where its constant enters.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{LogicalMatrix, Optimizer, Role, WeightDecay, rules};
///
/// // AdamW of most frameworks multiplies λ by the rate, which falls as 1/fan-in: λ must grow.
/// let matrix = LogicalMatrix::new(1024, 1024)?;
/// let decay = rules::TABLE_3.weight_decay(Role::Hidden, matrix, Optimizer::Adam, WeightDecay::TimesRate(0.125))?;
/// assert_eq!(decay, WeightDecay::TimesRate(128.0));
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WeightDecay {
    /// No decay.
    None,
    /// A term `λ‖w‖²/2` of the loss: `λw` joins the gradient, before momentum and normalisation.
    Coupled(f64),
    /// Each step multiplies `w` by `1 − rate · λ` (AdamW as most frameworks have it).
    TimesRate(f64),
    /// Each step multiplies `w` by `1 − λ`.
    Independent(f64),
}

impl WeightDecay {
    /// The constant; zero if there is no decay.
    ///
    /// ```
    /// assert_eq!(widthwise_parametrization::WeightDecay::Coupled(0.5).constant(), 0.5);
    /// ```
    #[must_use]
    pub const fn constant(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Coupled(lambda) | Self::TimesRate(lambda) | Self::Independent(lambda) => lambda,
        }
    }

    pub(crate) const fn map(self, constant: f64) -> Self {
        match self {
            Self::None => Self::None,
            Self::Coupled(_) => Self::Coupled(constant),
            Self::TimesRate(_) => Self::TimesRate(constant),
            Self::Independent(_) => Self::Independent(constant),
        }
    }

    pub(crate) fn require_usable(self) -> Result<Self, ParametrizationError> {
        ParametrizationError::require_nonnegative("weight decay", self.constant())?;
        Ok(self)
    }
}

impl Rule {
    /// The decay for a matrix, from a width-free constant: the product of rate and `λ` stays fixed where both are
    /// multiplied, `λ` itself where it stands alone.
    ///
    /// # Errors
    ///
    /// Fails if the rule has no rate, if the constant is negative or not finite, and for a loss term under a
    /// normalised update: there the strength of the decay depends on the size of the gradient, and no power of the
    /// shape keeps it fixed.
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, Optimizer, Role, WeightDecay, rules};
    /// let (rule, matrix) = (&rules::SPECTRAL, LogicalMatrix::new(256, 1024)?);
    /// let coupled = WeightDecay::Coupled(0.5);
    /// assert_eq!(rule.weight_decay(Role::Hidden, matrix, Optimizer::Sgd, coupled)?, WeightDecay::Coupled(2.0));
    /// assert!(rule.weight_decay(Role::Hidden, matrix, Optimizer::Adam, coupled).is_err());
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn weight_decay(
        &self,
        role: Role,
        matrix: crate::LogicalMatrix,
        optimizer: Optimizer,
        decay: WeightDecay,
    ) -> Result<WeightDecay, ParametrizationError> {
        let rate = self.rate(role, optimizer)?.at(matrix)?;
        let lambda = decay.require_usable()?.constant();
        match decay {
            WeightDecay::None | WeightDecay::Independent(_) => Ok(decay),
            WeightDecay::Coupled(_) if optimizer.family() != UpdateFamily::Gradient => {
                Err(ParametrizationError::coupled_decay())
            }
            WeightDecay::Coupled(_) | WeightDecay::TimesRate(_) => {
                Ok(decay.map(ParametrizationError::require_finite("weight decay", lambda / rate)?))
            }
        }
    }
}
