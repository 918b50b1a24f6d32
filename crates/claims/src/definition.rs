// SPDX-License-Identifier: MIT OR Apache-2.0

//! Definitions, assumptions and rules: what claims and laws refer to, and what nothing decides by itself.
//!
//! A definition is neither true nor false, and an assumption may fail. Each is written down once, under a stable id, with the claims and laws that
//! say when it is met, what follows from it, and what happens without it.

use crate::{Paper, spectral_condition};

/// What a statement is that is not on trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DefinitionKind {
    /// Gives a name to a property.
    Definition,
    /// Is taken for granted by what rests on it, and may fail.
    Assumption,
    /// Says what to do.
    Rule,
}

impl DefinitionKind {
    /// The name that selectors and reports use.
    ///
    /// ```
    /// assert_eq!(widthwise_claims::DefinitionKind::Assumption.name(), "assumption");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Assumption => "assumption",
            Self::Rule => "rule",
        }
    }
}

/// A statement that claims and laws refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The stable id.
    pub id: &'static str,
    /// What it is.
    pub kind: DefinitionKind,
    /// Where it comes from.
    pub paper: &'static Paper,
    /// The statement in one line.
    pub statement: &'static str,
    /// The statement, whole, in formulas.
    pub states: &'static str,
    /// What it is good for, and how it can fail.
    pub remarks: &'static str,
    /// Where the statement stands in the paper, and what was added to it.
    pub source: &'static str,
    /// The ids of the claims and laws about it.
    pub tried_by: &'static [&'static str],
}

/// Every definition, paper by paper.
pub static DEFINITIONS: &[&Definition] = &spectral_condition::definitions::DEFINITIONS;

/// The definition with this id.
///
/// ```
/// use widthwise_claims::{DefinitionKind, find_definition};
/// assert!(find_definition("spectral.condition-1").is_some_and(|found| found.kind == DefinitionKind::Definition));
/// assert!(find_definition("spectral.opnorm-bound").is_none());
/// ```
#[must_use]
pub fn find_definition(id: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().copied().find(|definition| definition.id == id)
}
