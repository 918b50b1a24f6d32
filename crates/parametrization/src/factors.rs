// SPDX-License-Identifier: MIT OR Apache-2.0

//! Base widths: the numbers of one width from those that were tuned at another.
//!
//! A thin layer on the width-free formulas. A factor is the quotient of a monomial at two matrices, so factors
//! compose: from base to a middle width and on is from base to the end, and from a width to itself they are 1,
//! exactly.

use crate::{LogicalMatrix, Optimizer, ParametrizationError, Role, Rule, ShapeMonomial};

/// By what the numbers of a layer change from one width to another.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{LogicalMatrix, Optimizer, Role, rules};
///
/// let (base, wide) = (LogicalMatrix::new(256, 256)?, LogicalMatrix::new(1024, 1024)?);
/// let factors = rules::MAXIMAL_UPDATE_PACKAGE.factors(Role::Hidden, base, wide, Optimizer::Adam)?;
/// assert_eq!((factors.initial, factors.rate), (0.5, 0.25));
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// Of the multiplier.
    pub multiplier: f64,
    /// Of the scale of the initialisation; 1 for zero initialisation.
    pub initial: f64,
    /// Of the rate.
    pub rate: f64,
    /// Of Adam's `ε`.
    pub epsilon: f64,
    /// Of a weight decay that the implementation multiplies by the rate, or adds to the loss under SGD: the inverse
    /// of the rate's.
    pub weight_decay: f64,
}

impl ShapeMonomial {
    /// The value at `to` over the value at `from`; exactly 1 if they are the same matrix.
    ///
    /// # Errors
    ///
    /// Fails if a value leaves the range of binary64.
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, ShapeMonomial};
    /// let per_fan_in = ShapeMonomial::from_halves([-2, 0, 0]);
    /// assert_eq!(per_fan_in.ratio(LogicalMatrix::new(10, 64)?, LogicalMatrix::new(10, 256)?)?, 0.25);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn ratio(&self, from: LogicalMatrix, to: LogicalMatrix) -> Result<f64, ParametrizationError> {
        ParametrizationError::require_positive("ratio of the monomial", self.at(to)? / self.at(from)?)
    }
}

impl Rule {
    /// By what the numbers of a layer change from the matrix `from` to the matrix `to`.
    ///
    /// # Errors
    ///
    /// Fails if the rule says nothing of the role or the optimiser, or a factor leaves the range of binary64.
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, Optimizer, Role, rules};
    /// let (base, wide) = (LogicalMatrix::new(10, 64)?, LogicalMatrix::new(10, 1024)?);
    /// let factors = rules::TABLE_8.factors(Role::Output, base, wide, Optimizer::Sgd)?;
    /// assert_eq!((factors.multiplier, factors.rate, factors.weight_decay), (1.0 / 16.0, 16.0, 1.0 / 16.0));
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn factors(
        &self,
        role: Role,
        from: LogicalMatrix,
        to: LogicalMatrix,
        optimizer: Optimizer,
    ) -> Result<Factors, ParametrizationError> {
        let rate = self.rate(role, optimizer)?;
        let initial = self.initial(role)?.scale().unwrap_or(ShapeMonomial::ONE);
        Ok(Factors {
            multiplier: self.multiplier(role)?.ratio(from, to)?,
            initial: initial.ratio(from, to)?,
            rate: rate.ratio(from, to)?,
            epsilon: self.epsilon(role)?.ratio(from, to)?,
            weight_decay: rate.inverse().ratio(from, to)?,
        })
    }

    /// By what to multiply the initialisation that a framework gives at the current shape, a multiple of `default`,
    /// to have the initialisation tuned at `from`: the factor of the rule over that of `default`.
    ///
    /// # Errors
    ///
    /// As [`factors`](Self::factors).
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, Role, ShapeMonomial, rules};
    /// // The default is 1/√fan-in; a readout with a multiplier keeps the scale of the base.
    /// let kaiming = ShapeMonomial::from_halves([-1, 0, 0]);
    /// let (base, wide) = (LogicalMatrix::new(10, 256)?, LogicalMatrix::new(10, 1024)?);
    /// assert_eq!(rules::TABLE_8.initial_correction(Role::Output, base, wide, kaiming)?, 2.0);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn initial_correction(
        &self,
        role: Role,
        from: LogicalMatrix,
        to: LogicalMatrix,
        default: ShapeMonomial,
    ) -> Result<f64, ParametrizationError> {
        let initial = self.initial(role)?.scale().unwrap_or(default);
        initial.over(default).ratio(from, to)
    }
}
