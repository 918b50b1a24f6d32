// SPDX-License-Identifier: MIT OR Apache-2.0

//! A model as its file describes it: parameters that own their names and shapes.

use std::collections::HashMap;

use anyhow::{Result, anyhow, bail};
use serde::Deserialize;
use widthwise_parametrization::{LogicalMatrix, Parameter, ParametrizationError, Role, Shape, ShapeFactor};

/// A model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    /// Entries of a query or key of one head, if there is attention.
    pub(crate) head_dimension: Option<usize>,
    /// Its parameters, at least one, each name once.
    pub(crate) parameters: Vec<ModelParameter>,
}

/// A parameter of a model. Its shape has a logical matrix, and goes with its role.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ModelParameter {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) shape: ModelShape,
    pub(crate) tied_to: Option<String>,
    pub(crate) own: Own,
}

/// What a parameter has of its own, beside the constants of all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Own {
    /// The factor that the training code applies to its updates.
    pub(crate) factor: ShapeFactor,
    /// Factor of the constant of the initialisation; zero for zero initialisation.
    pub(crate) initial: f64,
    /// Factor of the constant of the rate.
    pub(crate) rate: f64,
}

impl Own {
    /// Checks the constants of a parameter.
    ///
    /// # Errors
    ///
    /// Says which one is negative or not finite.
    pub(crate) fn checked(factor: ShapeFactor, initial: f64, rate: f64) -> Result<Self, String> {
        for (name, value) in [("initial", initial), ("rate", rate)] {
            nonnegative(value).map_err(|message| format!("{name} {message}"))?;
        }
        Ok(Self { factor, initial, rate })
    }
}

/// Checks that a constant is a number at least zero.
pub(crate) fn nonnegative(value: f64) -> Result<f64, String> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(format!("must be a finite number, at least zero, and is {value}"))
    }
}

/// The shape of a parameter, as [`Shape`], by the names of its kinds and dimensions.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum ModelShape {
    Dense { fan_out: usize, fan_in: usize },
    Fused { blocks: usize, fan_out: usize, fan_in: usize },
    Convolution { out_channels: usize, in_channels: usize, groups: usize, kernel: Vec<usize> },
    Embedding { vocabulary: usize, width: usize },
    Bias { width: usize },
    Gain { width: usize },
}

impl ModelShape {
    /// The shape that the library speaks of.
    pub(crate) fn view(&self) -> Shape<'_> {
        match *self {
            Self::Dense { fan_out, fan_in } => Shape::Dense { fan_out, fan_in },
            Self::Fused { blocks, fan_out, fan_in } => Shape::Fused { blocks, fan_out, fan_in },
            Self::Convolution { out_channels, in_channels, groups, ref kernel } => {
                Shape::Convolution { out_channels, in_channels, groups, kernel }
            }
            Self::Embedding { vocabulary, width } => Shape::Embedding { vocabulary, width },
            Self::Bias { width } => Shape::Bias { width },
            Self::Gain { width } => Shape::Gain { width },
        }
    }

    /// The shape of the same array in another role: a table of tokens is a matrix with a row a token, and the other way
    /// round. Whether the role goes with the shape is left to [`ModelParameter::check`].
    pub(crate) fn in_role(&self, role: Role) -> Self {
        match *self {
            Self::Embedding { vocabulary, width } if role != Role::Embedding => {
                Self::Dense { fan_out: vocabulary, fan_in: width }
            }
            Self::Dense { fan_out, fan_in } if role == Role::Embedding => {
                Self::Embedding { vocabulary: fan_out, width: fan_in }
            }
            ref same => same.clone(),
        }
    }
}

impl ModelParameter {
    /// Checks that the shape has a logical matrix and goes with the role.
    ///
    /// # Errors
    ///
    /// Says which dimension is zero, which product overflows, or that role and shape contradict each other.
    pub(crate) fn check(&self) -> Result<LogicalMatrix, ParametrizationError> {
        self.shape.view().require_role(self.role)?;
        self.shape.view().logical_matrix()
    }

    /// The parameter that the library speaks of.
    pub(crate) fn view<'a>(&'a self, other_width: Option<&'a Self>) -> Parameter<'a> {
        Parameter {
            other_width: other_width.map(|other| other.shape.view()),
            tied_to: self.tied_to.as_deref(),
            factor: self.own.factor,
            ..Parameter::new(&self.name, self.role, self.shape.view())
        }
    }
}

impl Model {
    /// The parameters of the same model at another width, in the order of this one.
    ///
    /// # Errors
    ///
    /// Names a parameter that one of the two lacks, or whose role or kind of shape differs.
    pub(crate) fn matched<'a>(&self, other: &'a Self) -> Result<Vec<&'a ModelParameter>> {
        let mut others: HashMap<&str, &ModelParameter> =
            other.parameters.iter().map(|parameter| (parameter.name.as_str(), parameter)).collect();
        let matched: Result<Vec<_>> = self
            .parameters
            .iter()
            .map(|here| {
                let name = here.name.as_str();
                let there = others.remove(name).ok_or_else(|| anyhow!("there is no parameter `{name}`"))?;
                let same_kind = core::mem::discriminant(&here.shape) == core::mem::discriminant(&there.shape);
                if here.role != there.role || !same_kind {
                    bail!("parameter `{name}` has another role or another kind of shape there");
                }
                Ok(there)
            })
            .collect();
        let matched = matched?;
        if let Some(left) = other.parameters.iter().find(|there| others.contains_key(there.name.as_str())) {
            bail!("parameter `{}` is only there", left.name);
        }
        Ok(matched)
    }
}
