// SPDX-License-Identifier: MIT OR Apache-2.0

//! Fingerprints: the powers of the width that each known rule leads to at the start and in the first step.
//!
//! They are computed from the exponents of the rules ([`Rule::signature`]), exactly, and stored nowhere. Rules with the same powers cannot be told
//! apart by any widths: they are one class.

use alloc::vec;
use alloc::vec::Vec;

use widthwise_parametrization::{Rational, Role, Rule, UpdateFamily, rules};
use widthwise_rounding::Scalar;

use super::bench::roles;

/// The powers of nat(W_ℓ) at the start and of nat(ΔW_ℓ) in the first step, layer by layer.
///
/// # Examples
///
/// ```
/// use widthwise_claims::coordinate_check::Pattern;
/// use widthwise_parametrization::{Rational, UpdateFamily, rules};
/// let pattern = Pattern::of(&rules::STANDARD, UpdateFamily::Gradient, 3).ok_or("no pattern")?;
/// assert_eq!(pattern.weights(), [0, 0, 1].map(Rational::halves));
/// assert_eq!(pattern.updates(), [-1, 1, 2].map(Rational::halves));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    weights: Vec<Rational>,
    updates: Vec<Rational>,
}

impl Pattern {
    /// The powers of a rule in networks of so many layers; `None` if it says nothing of one of them, has no rate, or its signal does not arrive.
    #[must_use]
    pub fn of(rule: &Rule, family: UpdateFamily, layers: usize) -> Option<Self> {
        let signature = rule.signature(family).ok()?;
        let place = |role| match role {
            Role::Input => 0,
            Role::Hidden => 1,
            _ => 2_usize,
        };
        let powers = |table: [Option<Rational>; 3]| {
            roles(layers).map(|role| table.get(place(role)).copied().flatten()).collect::<Option<Vec<_>>>()
        };
        Some(Self { weights: powers(signature.initial)?, updates: powers(signature.updates)? })
    }

    /// Of nat(W_ℓ) at the start.
    #[must_use]
    pub fn weights(&self) -> &[Rational] {
        &self.weights
    }

    /// Of nat(ΔW_ℓ) in the first step.
    #[must_use]
    pub fn updates(&self) -> &[Rational] {
        &self.updates
    }

    /// The greatest distance from measured powers, those of the weights before those of the updates.
    pub(super) fn distance(&self, measured: &[f64]) -> f64 {
        let powers = self.weights.iter().chain(&self.updates);
        powers.zip(measured).fold(0.0, |greatest, (power, measured)| {
            greatest.greater((measured - power.to_f64()).magnitude())
        })
    }
}

/// A known rule under a family of optimisers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The rule.
    pub rule: &'static Rule,
    /// What makes its updates.
    pub family: UpdateFamily,
}

/// All known rules with one pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternClass {
    pattern: Pattern,
    members: Vec<Member>,
}

impl PatternClass {
    /// The classes of all rules of [`rules`], under every family of optimisers, in networks of so many layers.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::PatternClass;
    /// use widthwise_parametrization::rules;
    /// let classes = PatternClass::all(3);
    /// // Entries that move by a fraction of their size are matrices that move by a fraction of their Frobenius norm.
    /// let class = classes.iter().find(|class| class.members().iter().any(|member| member.rule == &rules::ENTRY_SIZE));
    /// assert!(class.is_some_and(|class| class.members().iter().any(|member| member.rule == &rules::RELATIVE_FROBENIUS)));
    /// ```
    #[must_use]
    pub fn all(layers: usize) -> Vec<Self> {
        let mut classes: Vec<Self> = Vec::new();
        for rule in rules::ALL {
            for family in UpdateFamily::ALL {
                let Some(pattern) = Pattern::of(rule, family, layers) else { continue };
                let member = Member { rule, family };
                match classes.iter_mut().find(|class| class.pattern == pattern) {
                    Some(class) => class.members.push(member),
                    None => classes.push(Self { pattern, members: vec![member] }),
                }
            }
        }
        classes
    }

    /// The powers that its members share.
    #[must_use]
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The rules, with the optimisers under which they have these powers.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Whether the rule is a member under the family.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::PatternClass;
    /// use widthwise_parametrization::{UpdateFamily, rules};
    /// let maximal = PatternClass::all(3).into_iter().find(|class| class.contains(&rules::SPECTRAL, UpdateFamily::Gradient));
    /// assert!(maximal.is_some_and(|class| class.contains(&rules::TABLE_9, UpdateFamily::Entrywise)));
    /// ```
    #[must_use]
    pub fn contains(&self, rule: &Rule, family: UpdateFamily) -> bool {
        self.members.iter().any(|member| member.rule == rule && member.family == family)
    }
}
