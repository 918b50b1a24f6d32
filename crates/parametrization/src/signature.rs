// SPDX-License-Identifier: MIT OR Apache-2.0

//! The powers of the width that a rule leads to: a linear map of its exponents (`spectral.condition.unique`).
//!
//! Let the hidden widths be `n` and inputs, outputs and depth fixed, one example, one step. With `p, q ∈ {0, 1}` the
//! powers of fan-in and fan-out, `s` and `c` those of initial scale and rate in effective form, the RMS→RMS norms
//! `nat = √(a/b) ‖·‖` have the powers
//!
//! - of a matrix of independent entries: `s + max(p, q)/2 + (p − q)/2`; of a semi-orthogonal one: `s + (p − q)/2`;
//! - of its update: `c + d + p/2 + (p − q)/2` if linear in the gradient, where the backward signal has the power `d =
//!   0` at the output and that of `‖W_L‖` below; `c + p` entrywise; `c + (p − q)/2` spectral;
//! - of the change of the output, to first order: `max(e_Δ(L), e_W(L) + max_{l<L} e_Δ(l))`, as the lower layers move
//!   along `W_Lᵀδ`.
//!
//! All are whole numbers of halves, computed without floating point. A rule learns features at every width if all are
//! zero.

use crate::{ParametrizationError, Rational, Role, Rule, UpdateFamily};

/// The powers of the width for a network with input, hidden and output matrices.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Rational, UpdateFamily, rules};
///
/// // The neural tangent parametrization: the loss falls, the features freeze.
/// let signature = rules::NEURAL_TANGENT.signature(UpdateFamily::Gradient)?;
/// let [zero, frozen] = [0, -1].map(|h| Some(Rational::halves(h)));
/// assert_eq!(signature.updates, [frozen, frozen, zero]);
/// assert_eq!(signature.output_change, zero);
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Of the RMS→RMS norms of input, hidden and output matrix at initialisation; `None` for zero initialisation or a
    /// rule without the role.
    pub initial: [Option<Rational>; 3],
    /// Of the RMS→RMS norms of their first updates; `None` if the rule has no such matrix or no rate, and for updates
    /// linear in the gradient if no signal of order one arrives: the matrices below blow up or vanish, or the readout
    /// is zero.
    pub updates: [Option<Rational>; 3],
    /// Of the change of the output in the first step, to first order; `None` if an update has none.
    pub output_change: Option<Rational>,
}

const MATRICES: [Role; 3] = [Role::Input, Role::Hidden, Role::Output];

impl Signature {
    /// Whether every power is zero but that of the readout's start, which may be negative: the features learn, the
    /// output is stable.
    ///
    /// ```
    /// use widthwise_parametrization::{UpdateFamily, rules};
    /// let learns = |rule: &widthwise_parametrization::Rule| {
    ///     rule.signature(UpdateFamily::Entrywise).is_ok_and(|s| s.is_maximal())
    /// };
    /// assert!(learns(&rules::SPECTRAL) && learns(&rules::TABLE_9) && !learns(&rules::NEURAL_TANGENT_OVER_WIDTH));
    /// ```
    #[must_use]
    pub fn is_maximal(&self) -> bool {
        let zero = Some(Rational::ZERO);
        let [input, hidden, output] = self.initial;
        // `None` is below every power.
        input == zero
            && hidden == zero
            && output <= zero
            && self.updates == [zero; 3]
            && self.output_change == zero
    }
}

impl Rule {
    /// The powers of the width that the rule leads to, for a family of optimisers.
    ///
    /// # Errors
    ///
    /// Fails if the rule says nothing of input or output matrices.
    pub fn signature(&self, family: UpdateFamily) -> Result<Signature, ParametrizationError> {
        self.entry(Role::Input)?;
        self.entry(Role::Output)?;
        let initial = MATRICES.map(|role| self.initial_halves(role));
        let updates = MATRICES.map(|role| self.update_halves(role, family));
        let [_, _, output] = initial;
        let mut change = updates[2];
        for (role, update) in [Role::Input, Role::Hidden].into_iter().zip(updates) {
            if self.entry(role).is_err() {
                continue;
            }
            change = match (change, update, output) {
                // A readout that starts at zero hides the layers below in the first step.
                (change, _, None) => change,
                (Some(change), Some(update), Some(output)) => Some(change.max(output + update)),
                _ => None,
            };
        }
        let rational = |halves: Option<i32>| halves.map(Rational::halves);
        Ok(Signature {
            initial: initial.map(rational),
            updates: updates.map(rational),
            output_change: rational(change),
        })
    }

    /// The power of the width in the RMS→RMS norm of the first update, for any role that sees the backward signal of
    /// the network: `None` for finite parameters, as in [`Signature::updates`] otherwise.
    ///
    /// ```
    /// use widthwise_parametrization::{Rational, Role, UpdateFamily, rules};
    /// // SGD with a constant rate leaves biases behind.
    /// let power = |rule: &widthwise_parametrization::Rule| rule.update_exponent(Role::Bias, UpdateFamily::Gradient);
    /// assert_eq!(power(&rules::TABLE_3), Some(Rational::ZERO));
    /// assert_eq!(power(&rules::STANDARD), Some(Rational::halves(-1)));
    /// ```
    #[must_use]
    pub fn update_exponent(&self, role: Role, family: UpdateFamily) -> Option<Rational> {
        self.update_halves(role, family).map(Rational::halves)
    }

    fn initial_halves(&self, role: Role) -> Option<i32> {
        let entry = self.entry(role).ok()?;
        entry.initial.times(entry.multiplier).halves_of_natural_norm(role.scaling())
    }

    fn update_halves(&self, role: Role, family: UpdateFamily) -> Option<i32> {
        let scaling = role.scaling();
        let rate = self.effective(role, family).ok()?.rate.halves_of_width(scaling);
        let (p, q) = (i32::from(scaling.fan_in), i32::from(scaling.fan_out));
        match family {
            UpdateFamily::Gradient => Some(rate + self.backward_halves(role)? + p + p - q),
            UpdateFamily::Entrywise => Some(rate + 2 * p),
            UpdateFamily::Spectral => Some(rate + p - q),
        }
    }

    /// Twice the power of the norm of the backward signal at a parameter.
    fn backward_halves(&self, role: Role) -> Option<i32> {
        let propagates = |role| self.entry(role).is_err() || self.initial_halves(role) == Some(0);
        match role {
            Role::Finite => None,
            Role::Output | Role::OutputBias => {
                (propagates(Role::Input) && propagates(Role::Hidden)).then_some(0)
            }
            // ‖W_Lᵀδ‖ has the power of ‖W_L‖ = nat(W_L)/√n, since the number of outputs is fixed.
            _ if propagates(Role::Input) && propagates(Role::Hidden) => {
                self.initial_halves(Role::Output).map(|natural| natural - 1)
            }
            _ => None,
        }
    }
}
