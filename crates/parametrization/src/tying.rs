// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whether one array can play two roles at once, as a tied embedding and readout do.
//!
//! A tied array has one initialisation and one rate. As an embedding it is `n × 1` for each token, as a readout
//! `vocabulary × n`; a rule permits tying if both uses ask for the same powers of the width. Multipliers may
//! differ: each use has its own.

use core::fmt;

use crate::{ParametrizationError, Quantity, Rational, Role, Rule, UpdateFamily};

/// Whether a rule permits two roles to share an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tying {
    /// Both uses ask for the same initialisation and rate, up to constants.
    Permitted,
    /// The two uses ask for different powers of the width.
    Forbidden {
        /// In what.
        quantity: Quantity,
        /// The first role, and the power of the width that it asks for.
        first: (Role, Rational),
        /// The second role, and its power.
        second: (Role, Rational),
    },
}

impl fmt::Display for Tying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permitted => f.write_str("permitted"),
            Self::Forbidden { quantity, first: (one, power), second: (other, another) } => {
                write!(f, "forbidden: the {quantity} is n^({power}) as {one}, n^({another}) as {other}")
            }
        }
    }
}

impl Rule {
    /// Whether two roles can share one array. Zero initialisation goes with every other.
    ///
    /// # Errors
    ///
    /// Fails if the rule says nothing of one of the roles, or has no rate for the family.
    ///
    /// # Examples
    ///
    /// ```
    /// use widthwise_parametrization::{Role, Tying, UpdateFamily, rules};
    /// let tied = |rule: &widthwise_parametrization::Rule| {
    ///     rule.tying(Role::Embedding, Role::Output, UpdateFamily::Entrywise)
    /// };
    /// assert_eq!(tied(&rules::TABLE_8)?, Tying::Permitted);
    /// assert_eq!(tied(&rules::TABLE_3)?.to_string(), "forbidden: the initialisation is n^(0) as embedding, n^(-1) as output");
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn tying(
        &self,
        first: Role,
        second: Role,
        family: UpdateFamily,
    ) -> Result<Tying, ParametrizationError> {
        let start =
            |role: Role| Ok(self.initial(role)?.scale().map(|scale| scale.exponent_of_width(role.scaling())));
        let rate = |role: Role| Ok(Some(self.rate_of(role, family)?.exponent_of_width(role.scaling())));
        let powers = [
            (Quantity::Initial, start(first)?, start(second)?),
            (Quantity::Rate, rate(first)?, rate(second)?),
        ];
        for (quantity, one, other) in powers {
            if let (Some(one), Some(other)) = (one, other)
                && one != other
            {
                return Ok(Tying::Forbidden { quantity, first: (first, one), second: (second, other) });
            }
        }
        Ok(Tying::Permitted)
    }
}
