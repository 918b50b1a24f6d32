// SPDX-License-Identifier: MIT OR Apache-2.0

//! What can be wrong with a list of parameters.
//!
//! Each check is a function from a parameter and its list to at most one finding, so a finding has one cause, and the
//! list of checks is the list of what is looked for.

use core::fmt;

use crate::{LogicalMatrix, Parameter, ParametrizationError, Plan, Role, ShapeFactor, Tying, UpdateFamily};

/// Something wrong with a parameter under a plan.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Dimension, Finding, Role};
/// let (name, role, dimension) = ("head", Role::Output, Dimension::FanIn);
/// let finding = Finding::NeverScales { name, role, dimension, size: 64 };
/// assert_eq!(finding.to_string(), "head: fan-in of the role output should grow with the width, and is 64 at both");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding<'a> {
    /// It has no line in the table.
    Refused {
        /// The parameter.
        name: &'a str,
        /// Why.
        error: ParametrizationError,
    },
    /// The role says that a dimension grows with the width, and it is the same at both widths.
    NeverScales {
        /// The parameter.
        name: &'a str,
        /// Its role.
        role: Role,
        /// The dimension.
        dimension: Dimension,
        /// Its size at both widths.
        size: usize,
    },
    /// The role says that a dimension stands still, and it differs between the widths.
    ScalesAgainstRole {
        /// The parameter.
        name: &'a str,
        /// Its role.
        role: Role,
        /// The dimension.
        dimension: Dimension,
        /// Its size, and that at the other width.
        sizes: [usize; 2],
    },
    /// It shares its array with a parameter whose role asks for another initialisation or rate.
    TiedAgainstRule {
        /// The parameter.
        name: &'a str,
        /// The parameter it is tied to.
        other: &'a str,
        /// By what the two uses differ.
        tying: Tying,
    },
    /// It is tied to a name that no other parameter of the list has.
    TiedToNothing {
        /// The parameter.
        name: &'a str,
        /// The name that no other parameter has.
        other: &'a str,
    },
    /// It is tied to a parameter with another number of entries, so the two cannot be one array.
    TiedAcrossSizes {
        /// The parameter.
        name: &'a str,
        /// The parameter it is tied to.
        other: &'a str,
        /// The numbers of entries of the two.
        entries: [usize; 2],
    },
    /// Its updates are multiplied by two factors of the shape.
    TwoFactors {
        /// The parameter.
        name: &'a str,
        /// The factor of the optimiser.
        optimizer: ShapeFactor,
        /// The factor of the training code.
        training: ShapeFactor,
    },
    /// It has the shape of several square matrices stored as one, as queries, keys and values are, and is treated as
    /// one matrix: the rates of SGD and orthogonalised updates come out too large by `blocks` and `√blocks`.
    LooksFused {
        /// The parameter.
        name: &'a str,
        /// How many square matrices it would hold.
        blocks: usize,
    },
}

/// A dimension of a logical matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// The number of inputs.
    FanIn,
    /// The number of outputs.
    FanOut,
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::FanIn => "fan-in",
            Self::FanOut => "fan-out",
        })
    }
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { name, error } => write!(f, "{name}: {error}"),
            Self::NeverScales { name, role, dimension, size } => {
                write!(
                    f,
                    "{name}: {dimension} of the role {role} should grow with the width, and is {size} at both"
                )
            }
            Self::ScalesAgainstRole { name, role, dimension, sizes: [here, there] } => {
                write!(
                    f,
                    "{name}: {dimension} of the role {role} should stand still, and is {here} here, {there} there"
                )
            }
            Self::TiedAgainstRule { name, other, tying } => write!(f, "{name}: tied to {other}, {tying}"),
            Self::TiedToNothing { name, other } => {
                write!(f, "{name}: tied to {other}, which is no other parameter of the list")
            }
            Self::TiedAcrossSizes { name, other, entries: [here, there] } => {
                write!(f, "{name}: tied to {other}, and has {here} entries where that has {there}")
            }
            Self::TwoFactors { name, optimizer, training } => {
                write!(f, "{name}: the optimiser applies {optimizer}, the training code {training}")
            }
            Self::LooksFused { name, blocks } => {
                write!(f, "{name}: looks like {blocks} square matrices stored as one, and is treated as one")
            }
        }
    }
}

impl Plan<'_> {
    /// What is wrong with a list of parameters, in its order.
    ///
    /// A parameter whose shape at another width is not given is not checked for dimensions that should grow.
    ///
    /// Cost: proportional to the length of the list, for tied parameters to its square.
    ///
    /// # Examples
    ///
    /// ```
    /// use widthwise_parametrization::{Constants, Finding, Optimizer, Parameter, Plan, Role, Shape, rules};
    ///
    /// let parameters = [
    ///     Parameter::new("embedding", Role::Embedding, Shape::Embedding { vocabulary: 100, width: 64 }),
    ///     Parameter {
    ///         tied_to: Some("embedding"),
    ///         ..Parameter::new("head", Role::Output, Shape::Dense { fan_out: 100, fan_in: 64 })
    ///     },
    /// ];
    /// let plan = Plan { rule: &rules::SPECTRAL, optimizer: Optimizer::Adam, constants: Constants::UNIT };
    /// let mut findings = plan.findings(&parameters);
    /// assert!(matches!(findings.next(), Some(Finding::TiedAgainstRule { name: "head", .. })));
    /// assert!(findings.next().is_none());
    /// ```
    pub fn findings<'a, 's>(
        &'s self,
        parameters: &'s [Parameter<'a>],
    ) -> impl Iterator<Item = Finding<'a>> + 's {
        parameters.iter().flat_map(move |parameter| {
            [
                self.refused(parameter),
                dimension_finding(parameter, Dimension::FanIn),
                dimension_finding(parameter, Dimension::FanOut),
                self.tied(parameter, parameters),
                self.two_factors(parameter),
                self.looks_fused(parameter),
            ]
            .into_iter()
            .flatten()
        })
    }

    fn refused<'a>(&self, parameter: &Parameter<'a>) -> Option<Finding<'a>> {
        let name = parameter.name;
        self.row(parameter).err().map(|error| Finding::Refused { name, error })
    }

    fn tied<'a>(&self, parameter: &Parameter<'a>, parameters: &[Parameter<'a>]) -> Option<Finding<'a>> {
        let (name, other) = (parameter.name, parameter.tied_to?);
        let owner = parameters.iter().find(|owner| owner.name == other && owner.name != name);
        let Some(owner) = owner else { return Some(Finding::TiedToNothing { name, other }) };
        // A size that overflows is refused in its own line.
        let entries = [parameter.shape.entries()?, owner.shape.entries()?];
        if entries[0] != entries[1] {
            return Some(Finding::TiedAcrossSizes { name, other, entries });
        }
        match self.rule.tying(owner.role, parameter.role, self.optimizer.family()) {
            Ok(Tying::Permitted) => None,
            Ok(tying) => Some(Finding::TiedAgainstRule { name, other, tying }),
            // A role without entry is refused in its own line.
            Err(_) => None,
        }
    }

    fn two_factors<'a>(&self, parameter: &Parameter<'a>) -> Option<Finding<'a>> {
        let (optimizer, training) = (self.optimizer.shape_factor(), parameter.factor);
        let both = optimizer != ShapeFactor::One && training != ShapeFactor::One;
        both.then_some(Finding::TwoFactors { name: parameter.name, optimizer, training })
    }

    fn looks_fused<'a>(&self, parameter: &Parameter<'a>) -> Option<Finding<'a>> {
        // Entrywise updates have the rate 1/fan-in, which fusing does not change.
        if parameter.role != Role::Hidden
            || parameter.shape.blocks() != 1
            || self.optimizer.family() == UpdateFamily::Entrywise
        {
            return None;
        }
        let matrix = parameter.matrix().ok()?;
        // Three squares are queries, keys and values. Two and four are the shape of a hidden layer that widens, too.
        let three = matrix.fan_in().checked_mul(3)? == matrix.fan_out();
        three.then_some(Finding::LooksFused { name: parameter.name, blocks: 3 })
    }
}

fn dimension_finding<'a>(parameter: &Parameter<'a>, dimension: Dimension) -> Option<Finding<'a>> {
    let (name, role) = (parameter.name, parameter.role);
    let size = |matrix: LogicalMatrix| match dimension {
        Dimension::FanIn => matrix.fan_in(),
        Dimension::FanOut => matrix.fan_out(),
    };
    let here = size(parameter.matrix().ok()?);
    let there = size(parameter.other_width?.logical_matrix().ok()?);
    let grows = match dimension {
        Dimension::FanIn => role.scaling().fan_in,
        Dimension::FanOut => role.scaling().fan_out,
    };
    match (grows, here == there) {
        (true, true) => Some(Finding::NeverScales { name, role, dimension, size: here }),
        (false, false) => Some(Finding::ScalesAgainstRole { name, role, dimension, sizes: [here, there] }),
        _ => None,
    }
}
