// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whether two rules train the same network, and if not, why.
//!
//! Rules are compared in effective form (`spectral.multiplier`). Two are *identical* if the forms are, as Tables 3, 8
//! and 9; *equal up to constants* if their quotients do not depend on the width, as the spectral rule and Table 3
//! (`spectral.equals-mup`). Exponents are compared as whole numbers of halves: no tolerance decides.

use core::fmt;

use crate::{ParametrizationError, Rational, Role, Rule, ShapeMonomial, UpdateFamily};

/// What a comparison of two rules found, from the closest to the farthest.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Role, UpdateFamily, rules};
/// let found = rules::MEAN_FIELD.equivalence(&rules::TABLE_8, UpdateFamily::Gradient);
/// assert_eq!(found.to_string(), "mean field says nothing of the role hidden");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Equivalence {
    /// The effective forms are the same: the networks are the same, step by step.
    Identical,
    /// The effective forms differ by factors without width, by the law of the initialisation, or by a readout or bias
    /// that is zero at initialisation where the other's does not grow: the limits behave alike, and constants tuned
    /// for one need a new value for the other.
    UpToConstants,
    /// A rule says nothing of the role, or has no rate for the family.
    Undefined {
        /// The role.
        role: Role,
        /// The name of the rule.
        rule: &'static str,
    },
    /// The effective forms differ by a power of the width.
    Different(Difference),
}

/// By what two rules differ.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Equivalence, Quantity, Rational, Role, UpdateFamily, rules};
/// let compare = |role| rules::NEURAL_TANGENT.equivalence_for(&rules::SPECTRAL, role, UpdateFamily::Gradient);
/// let Equivalence::Different(difference) = compare(Role::Output) else { return Err("the readout is larger") };
/// assert_eq!((difference.quantity, difference.exponent), (Quantity::Initial, Some(Rational::halves(1))));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// For which role.
    pub role: Role,
    /// In what.
    pub quantity: Quantity,
    /// The power of the width in the quotient of the first rule's by the second's; `None` if one of the two alone
    /// starts at zero.
    pub exponent: Option<Rational>,
}

/// One of the two quantities of an effective form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// The RMS→RMS norm of the matrix at initialisation.
    Initial,
    /// The rate.
    Rate,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Initial => "initialisation",
            Self::Rate => "rate",
        })
    }
}

impl Equivalence {
    /// Whether the rules are identical or equal up to constants.
    ///
    /// ```
    /// use widthwise_parametrization::{Equivalence, UpdateFamily, rules};
    /// assert!(rules::SPECTRAL.equivalence(&rules::TABLE_3, UpdateFamily::Entrywise).holds());
    /// assert_eq!(rules::TABLE_3.equivalence(&rules::TABLE_9, UpdateFamily::Gradient), Equivalence::Identical);
    /// ```
    #[must_use]
    pub const fn holds(&self) -> bool {
        matches!(self, Self::Identical | Self::UpToConstants)
    }

    const fn distance(&self) -> u8 {
        match self {
            Self::Identical => 0,
            Self::UpToConstants => 1,
            Self::Undefined { .. } => 2,
            Self::Different(_) => 3,
        }
    }
}

impl fmt::Display for Equivalence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identical => f.write_str("identical"),
            Self::UpToConstants => f.write_str("equal up to constants"),
            Self::Undefined { role, rule } => write!(f, "{rule} says nothing of the role {role}"),
            Self::Different(Difference { role, quantity, exponent: Some(exponent) }) => {
                write!(f, "the {quantity} differs by n^({exponent}) for the role {role}")
            }
            Self::Different(Difference { role, quantity, exponent: None }) => {
                write!(f, "the {quantity} of one alone is zero for the role {role}")
            }
        }
    }
}

impl Rule {
    /// Compares two rules on every role; of several findings the farthest, and of equally far ones that of the first
    /// role.
    ///
    /// # Examples
    ///
    /// ```
    /// use widthwise_parametrization::{UpdateFamily, rules};
    /// let found = rules::STANDARD.equivalence(&rules::TABLE_3, UpdateFamily::Gradient);
    /// assert_eq!(found.to_string(), "the rate differs by n^(-1) for the role input");
    /// ```
    #[must_use]
    pub fn equivalence(&self, other: &Self, family: UpdateFamily) -> Equivalence {
        Role::ALL.into_iter().fold(Equivalence::Identical, |farthest, role| {
            let found = self.equivalence_for(other, role, family);
            if found.distance() > farthest.distance() { found } else { farthest }
        })
    }

    /// Compares two rules on one role.
    ///
    /// ```
    /// use widthwise_parametrization::{Equivalence, Role, UpdateFamily, rules};
    /// // Mean field is maximal update, as far as it goes.
    /// let compare = |role| rules::MEAN_FIELD.equivalence_for(&rules::TABLE_8, role, UpdateFamily::Gradient);
    /// assert_eq!(compare(Role::Output), Equivalence::Identical);
    /// assert!(!compare(Role::Hidden).holds());
    /// ```
    #[must_use]
    pub fn equivalence_for(&self, other: &Self, role: Role, family: UpdateFamily) -> Equivalence {
        let Ok(left) = self.effective(role, family) else {
            return Equivalence::Undefined { role, rule: self.name };
        };
        let Ok(right) = other.effective(role, family) else {
            return Equivalence::Undefined { role, rule: other.name };
        };
        if left == right {
            return Equivalence::Identical;
        }
        let scaling = role.scaling();
        let norms = [left, right].map(|form| form.initial.halves_of_natural_norm(scaling));
        let initial = match norms {
            [Some(left), Some(right)] => Some(left - right),
            [None, None] => Some(0),
            // Nothing flows on through a readout or a bias: zero there is as good as what does not grow.
            [Some(norm), None] | [None, Some(norm)] => (may_start_at_zero(role) && norm <= 0).then_some(0),
        };
        let rate = left.rate.over(right.rate).halves_of_width(scaling);
        for (quantity, halves) in [(Quantity::Initial, initial), (Quantity::Rate, Some(rate))] {
            if halves != Some(0) {
                let exponent = halves.map(Rational::halves);
                return Equivalence::Different(Difference { role, quantity, exponent });
            }
        }
        Equivalence::UpToConstants
    }

    /// From constants tuned under this rule to those of another that start and move the effective matrix alike: the
    /// quotients of the effective forms. Networks with one activation then train alike step by step, and with the same
    /// bits where multipliers and quotients are powers of two.
    ///
    /// Where the rules are equivalent the quotients do not depend on the width. Where they are not, they tell how
    /// constants drift if one rule is used to imitate the other.
    ///
    /// # Errors
    ///
    /// Fails if one of the rules says nothing of the role or the family.
    ///
    /// # Examples
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, Role, UpdateFamily, rules};
    /// let conversion = rules::SPECTRAL.conversion(&rules::TABLE_3, Role::Output, UpdateFamily::Gradient)?;
    /// // n_L = 4 outputs, any width: initial scale √n_L, rate n_L.
    /// let readout = LogicalMatrix::new(4, 1024)?;
    /// assert_eq!(conversion.initial.ok_or("kinds differ")?.at(readout)?, 2.0);
    /// assert_eq!(conversion.rate.at(readout)?, 4.0);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn conversion(
        &self,
        other: &Self,
        role: Role,
        family: UpdateFamily,
    ) -> Result<Conversion, ParametrizationError> {
        let (from, to) = (self.effective(role, family)?, other.effective(role, family)?);
        let initial = match (from.initial.scale(), to.initial.scale()) {
            (Some(a), Some(b)) if from.initial.is_same_kind(&to.initial) => Some(a.over(b)),
            _ => None,
        };
        let entries = [self, other].map(|rule| rule.effective_gradient_entry(role));
        Ok(Conversion { initial, rate: from.rate.over(to.rate), epsilon: entries[0].over(entries[1]) })
    }
}

/// Whether a network whose parameters of this role are zero trains in the limit as one whose are not.
const fn may_start_at_zero(role: Role) -> bool {
    matches!(role, Role::Output | Role::Bias | Role::OutputBias)
}

/// By what to multiply the constants of one rule to have those of another, see [`Rule::conversion`].
///
/// A weight decay that is multiplied by the rate, [`Coupled`](crate::WeightDecay::Coupled) or
/// [`TimesRate`](crate::WeightDecay::TimesRate), is divided by the factor of the rate; one that stands alone stays.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Conversion, Role, ShapeMonomial, UpdateFamily, rules};
/// let one = ShapeMonomial::ONE;
/// let same = Conversion { initial: Some(one), rate: one, epsilon: one };
/// assert_eq!(rules::TABLE_3.conversion(&rules::TABLE_9, Role::Input, UpdateFamily::Entrywise)?, same);
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// For the initialisation; `None` if those are of different kinds, or zero.
    pub initial: Option<ShapeMonomial>,
    /// For the rate.
    pub rate: ShapeMonomial,
    /// For Adam's `ε`: the quotient of the sizes of an entry of the effective gradient.
    pub epsilon: ShapeMonomial,
}
