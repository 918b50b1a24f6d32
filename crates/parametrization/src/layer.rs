// SPDX-License-Identifier: MIT OR Apache-2.0

//! The numbers of one layer: a rule, a role, a matrix and constants in, scales and rates out.

use crate::{Initial, LogicalMatrix, Optimizer, ParametrizationError, Role, Rule, WeightDecay};

/// The constants that a rule leaves to tuning. They do not depend on the width: that is what a rule is for.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Constants, WeightDecay};
/// let weight_decay = WeightDecay::TimesRate(0.1);
/// let constants = Constants { rate: 0.01, epsilon: 1e-8, weight_decay, ..Constants::UNIT };
/// assert_eq!(constants.initial, 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants {
    /// Factor of the initialisation, for independent entries and singular values; zero for zero initialisation. A
    /// gain starts at one whatever it is.
    pub initial: f64,
    /// Factor of the rate.
    pub rate: f64,
    /// Factor of Adam's `ε`.
    pub epsilon: f64,
    /// The decay of a matrix whose rate under the rule is 1.
    pub weight_decay: WeightDecay,
}

impl Constants {
    /// Initialisation and rate 1, no `ε`, no decay: what a rule's tables print.
    pub const UNIT: Self = Self { initial: 1.0, rate: 1.0, epsilon: 0.0, weight_decay: WeightDecay::None };
}

/// Multiplier, initialisation, rate, `ε` and weight decay of one layer, for its trained array `w`: the layer computes
/// `z = multiplier · w h + bias`.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Constants, Initial, LogicalMatrix, Optimizer, Role, rules};
///
/// let readout = LogicalMatrix::new(10, 1024)?;
/// let layer = rules::TABLE_8.layer(Role::Output, readout, Optimizer::Sgd, &Constants::UNIT)?;
/// assert_eq!((layer.multiplier, layer.initial, layer.rate), (1.0 / 1024.0, Initial::Gaussian(1.0), 1024.0));
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerScale {
    /// What the product with `w` is multiplied by.
    pub multiplier: f64,
    /// The initialisation of `w`.
    pub initial: Initial<f64>,
    /// The rate of `w`.
    pub rate: f64,
    /// Adam's `ε` for `w`.
    pub epsilon: f64,
    /// The weight decay of `w`.
    pub weight_decay: WeightDecay,
}

impl Rule {
    /// The numbers of one layer. Each is a monomial at the matrix times a constant: at most six roundings.
    ///
    /// # Errors
    ///
    /// Fails if the rule says nothing of the role or the optimiser, if a constant is negative or not finite, if a
    /// number leaves the range of binary64, and as [`weight_decay`](Self::weight_decay).
    ///
    /// ```
    /// use widthwise_parametrization::{Constants, LogicalMatrix, Optimizer, Role, rules};
    /// let matrix = LogicalMatrix::new(256, 1024)?;
    /// let constants = Constants { rate: 0.5, ..Constants::UNIT };
    /// let layer = rules::SPECTRAL.layer(Role::Hidden, matrix, Optimizer::Sgd, &constants)?;
    /// assert_eq!((layer.multiplier, layer.rate), (1.0, 0.125));
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn layer(
        &self,
        role: Role,
        matrix: LogicalMatrix,
        optimizer: Optimizer,
        constants: &Constants,
    ) -> Result<LayerScale, ParametrizationError> {
        let nonnegative = ParametrizationError::require_nonnegative;
        let (start, rate) =
            (nonnegative("initial scale", constants.initial)?, nonnegative("rate", constants.rate)?);
        let epsilon = nonnegative("epsilon", constants.epsilon)?;
        let scaled = |what, constant: f64, monomial: crate::ShapeMonomial| {
            ParametrizationError::require_finite(what, constant * monomial.at(matrix)?)
        };
        let initial = match self.initial(role)? {
            Initial::Constant(value) => Initial::Constant(value.at(matrix)?),
            drawn => drawn.try_map(|scale| scaled("initial scale", start, scale))?,
        };
        Ok(LayerScale {
            multiplier: self.multiplier(role)?.at(matrix)?,
            initial,
            rate: scaled("rate", rate, self.rate(role, optimizer)?)?,
            epsilon: scaled("epsilon", epsilon, self.epsilon(role)?)?,
            weight_decay: self.weight_decay(role, matrix, optimizer, constants.weight_decay)?,
        })
    }

    /// What the products of queries and keys of a head are multiplied by: `1/d` under maximal update, since trained
    /// queries and keys are aligned, `1/√d` under the rules that look at initialisation only.
    ///
    /// # Errors
    ///
    /// Fails if the dimension is zero.
    ///
    /// ```
    /// use widthwise_parametrization::rules;
    /// assert_eq!(rules::SPECTRAL.attention_logits(64)?, 1.0 / 64.0);
    /// assert_eq!(rules::STANDARD.attention_logits(64)?, 1.0 / 8.0);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn attention_logits(&self, head_dimension: usize) -> Result<f64, ParametrizationError> {
        if head_dimension == 0 {
            return Err(ParametrizationError::zero_dimension("dimension of the head"));
        }
        self.attention_logits.at(LogicalMatrix::new(1, head_dimension)?)
    }
}

impl LayerScale {
    /// The same layer with another multiplier: the network it trains is the same, step by step (`spectral.multiplier`).
    ///
    /// With `θ` the quotient of the multipliers: initial scale `/θ`; rate `/θ²` for updates linear in the gradient,
    /// else `/θ`; `ε · θ`; decay `· θ²` as a loss term, or by the inverse of the rate's factor, or unchanged. Exact
    /// if `θ` is a power of two and nothing leaves the normal range.
    ///
    /// # Errors
    ///
    /// Fails if the multiplier is zero, negative or not finite, or a result leaves the range of binary64.
    ///
    /// # Examples
    ///
    /// ```
    /// use widthwise_parametrization::{Constants, LogicalMatrix, Optimizer, Role, rules};
    ///
    /// // A layer of Table 8, written with the multiplier of Table 3: it is that of Table 3.
    /// let (role, readout, adam) = (Role::Output, LogicalMatrix::new(10, 256)?, Optimizer::Adam);
    /// let constants = Constants { epsilon: 1e-8, ..Constants::UNIT };
    /// let eight = rules::TABLE_8.layer(role, readout, adam, &constants)?;
    /// assert_eq!(eight.with_multiplier(1.0, adam)?, rules::TABLE_3.layer(role, readout, adam, &constants)?);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn with_multiplier(
        &self,
        multiplier: f64,
        optimizer: Optimizer,
    ) -> Result<Self, ParametrizationError> {
        ParametrizationError::require_positive_constant("multiplier", multiplier)?;
        ParametrizationError::require_positive_constant("multiplier", self.multiplier)?;
        let theta =
            ParametrizationError::require_positive("quotient of multipliers", multiplier / self.multiplier)?;
        let twice = optimizer.family().multiplier_power() == 2;
        let divided = |x: f64| if twice { x / theta / theta } else { x / theta };
        let lambda = self.weight_decay.constant();
        let lambda = match self.weight_decay {
            WeightDecay::Coupled(_) => lambda * theta * theta,
            WeightDecay::TimesRate(_) if twice => lambda * theta * theta,
            WeightDecay::TimesRate(_) => lambda * theta,
            WeightDecay::None | WeightDecay::Independent(_) => lambda,
        };
        let finite = ParametrizationError::require_finite;
        Ok(Self {
            multiplier,
            initial: self.initial.try_map(|scale| finite("initial scale", scale / theta))?,
            rate: finite("rate", divided(self.rate))?,
            epsilon: finite("epsilon", self.epsilon * theta)?,
            weight_decay: self.weight_decay.map(finite("weight decay", lambda)?),
        })
    }

    /// The effective layer: the same with multiplier 1.
    ///
    /// # Errors
    ///
    /// As [`with_multiplier`](Self::with_multiplier).
    ///
    /// ```
    /// use widthwise_parametrization::{Constants, Initial, LogicalMatrix, Optimizer, Role, rules};
    /// let matrix = LogicalMatrix::new(64, 16)?;
    /// let layer = rules::NEURAL_TANGENT.layer(Role::Hidden, matrix, Optimizer::Sgd, &Constants::UNIT)?;
    /// let effective = layer.effective(Optimizer::Sgd)?;
    /// assert_eq!((effective.initial, effective.rate), (Initial::Gaussian(0.25), 1.0 / 16.0));
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn effective(&self, optimizer: Optimizer) -> Result<Self, ParametrizationError> {
        self.with_multiplier(1.0, optimizer)
    }
}
