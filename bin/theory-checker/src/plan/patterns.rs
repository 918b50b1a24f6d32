// SPDX-License-Identifier: MIT OR Apache-2.0

//! From the tensors of a checkpoint to a model: patterns of names give the roles.
//!
//! The first pattern that matches a name counts. A tensor that none matches is an error, since a role cannot be guessed;
//! a pattern that matches nothing is one too, since it is misspelt. What is no parameter (masks, running means) is
//! skipped by pattern.
//!
//! ```toml
//! layout = "in-out"
//! skip = ["*.attn.bias"]
//!
//! [[patterns]]
//! name = "*.c_attn.weight"
//! role = "hidden"
//! blocks = 3
//!
//! [[ties]]
//! name = "lm_head.weight"
//! tied_to = "wte.weight"
//! role = "output"
//! ```
//!
//! A checkpoint stores an array that has two uses once. The second use is a parameter all the same, with a multiplier, a
//! scale and a rate by its own role, and it can contradict the first: a tie declares it.

use anyhow::{Result, anyhow, bail, ensure};
use clap::ValueEnum;
use glob::Pattern;
use serde::{Deserialize, Deserializer, de};
use widthwise_parametrization::{Role, ShapeFactor};

use super::description::{factor, head_dimension, no_factor, one, role};
use super::header::Tensor;
use super::model::{Model, ModelParameter, ModelShape, Own};
use super::names::{self, ROLES};

/// The order of the axes of a matrix or of the kernel of a convolution.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Layout {
    /// Outputs, inputs, taps: PyTorch
    #[default]
    OutIn,
    /// Taps, inputs, outputs: JAX, TensorFlow, GPT-2's checkpoints
    InOut,
}

/// A file of patterns.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patterns {
    layout: Option<Layout>,
    #[serde(default, deserialize_with = "head_dimension")]
    head_dimension: Option<usize>,
    #[serde(default)]
    skip: Vec<Name>,
    #[serde(default)]
    patterns: Vec<RolePattern>,
    #[serde(default)]
    ties: Vec<Tie>,
}

/// A second use of a tensor, under a name that the checkpoint does not have.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tie {
    name: String,
    tied_to: String,
    #[serde(deserialize_with = "role")]
    role: Role,
}

/// A pattern, and what it says of the tensors that it matches.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RolePattern {
    name: Name,
    #[serde(deserialize_with = "role")]
    role: Role,
    blocks: Option<usize>,
    layout: Option<Layout>,
    tied_to: Option<String>,
    #[serde(default = "no_factor", deserialize_with = "factor")]
    factor: ShapeFactor,
    #[serde(default = "one")]
    initial: f64,
    #[serde(default = "one")]
    rate: f64,
}

/// A pattern of names: `*` stands for any text, `?` for a character, `[…]` for a set.
#[derive(Clone, Debug)]
struct Name(Pattern);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Pattern::new(&text).map(Self).map_err(|error| de::Error::custom(malformed(&text, &error)))
    }
}

fn malformed(text: &str, error: &glob::PatternError) -> String {
    format!("`{text}` is no pattern: {}", error.msg)
}

/// `GLOB=ROLE` of the command line.
#[derive(Clone, Debug)]
pub(crate) struct RoleArgument(RolePattern);

/// Reads `GLOB=ROLE`.
pub(super) fn role_argument(text: &str) -> Result<RoleArgument, String> {
    let (glob, role) = text.rsplit_once('=').ok_or("`GLOB=ROLE` is expected")?;
    Ok(RoleArgument(RolePattern {
        name: name_argument(glob).map(|NameArgument(name)| name)?,
        role: names::find("role", role, &ROLES)?,
        blocks: None,
        layout: None,
        tied_to: None,
        factor: ShapeFactor::One,
        initial: 1.0,
        rate: 1.0,
    }))
}

/// `GLOB` of the command line.
#[derive(Clone, Debug)]
pub(crate) struct NameArgument(Name);

/// Reads `GLOB`.
pub(super) fn name_argument(text: &str) -> Result<NameArgument, String> {
    Pattern::new(text).map(|pattern| NameArgument(Name(pattern))).map_err(|error| malformed(text, &error))
}

impl Patterns {
    /// These patterns behind those of the command line, whose layout counts before that of the file.
    pub(super) fn behind(
        mut self,
        roles: &[RoleArgument],
        skip: &[NameArgument],
        layout: Option<Layout>,
    ) -> Self {
        self.patterns.splice(0..0, roles.iter().map(|RoleArgument(pattern)| pattern.clone()));
        self.skip.splice(0..0, skip.iter().map(|NameArgument(name)| name.clone()));
        self.layout = layout.or(self.layout);
        self
    }

    /// The model of these tensors.
    ///
    /// # Errors
    ///
    /// Names a tensor that no pattern matches or whose shape does not go with its role, a pattern that matches no tensor,
    /// and a tie to what is no parameter.
    pub(super) fn model(&self, tensors: Vec<Tensor>) -> Result<Model> {
        for Name(pattern) in self.skip.iter().chain(self.patterns.iter().map(|pattern| &pattern.name)) {
            let used = tensors.iter().any(|tensor| pattern.matches(&tensor.name));
            ensure!(used, "the pattern `{pattern}` matches no tensor");
        }
        let mut parameters = Vec::new();
        for Tensor { name, shape } in tensors {
            if self.skip.iter().any(|Name(pattern)| pattern.matches(&name)) {
                continue;
            }
            let pattern = self.patterns.iter().find(|pattern| pattern.name.0.matches(&name));
            let pattern = pattern.ok_or_else(|| {
                anyhow!("no pattern gives tensor `{name}` of shape {shape:?} a role; `--skip` leaves it out")
            })?;
            let layout = pattern.layout.or(self.layout).unwrap_or_default();
            let wrong = |message: String| anyhow!("tensor `{name}`: {message}");
            let own = Own::checked(pattern.factor, pattern.initial, pattern.rate).map_err(wrong)?;
            let parameter = ModelParameter {
                name: name.clone(),
                role: pattern.role,
                shape: pattern.shape(&shape, layout).map_err(|error| wrong(error.to_string()))?,
                tied_to: pattern.tied_to.clone(),
                own,
            };
            parameter.check().map_err(|error| wrong(error.to_string()))?;
            parameters.push(parameter);
        }
        let tied: Result<Vec<_>> = self.ties.iter().map(|tie| tie.parameter(&parameters)).collect();
        for parameter in tied? {
            let name = &parameter.name;
            ensure!(
                parameters.iter().all(|other| other.name != *name),
                "tie `{name}`: the name is taken by another parameter"
            );
            parameters.push(parameter);
        }
        ensure!(!parameters.is_empty(), "there are no parameters");
        Ok(Model { head_dimension: self.head_dimension, parameters })
    }
}

impl Tie {
    /// The second use of one of the parameters. The array is one, so are the constants.
    fn parameter(&self, parameters: &[ModelParameter]) -> Result<ModelParameter> {
        let Self { name, tied_to, role } = self;
        let owner = parameters.iter().find(|owner| owner.name == *tied_to);
        let owner = owner.ok_or_else(|| anyhow!("tie `{name}`: there is no parameter `{tied_to}`"))?;
        let parameter = ModelParameter {
            name: name.clone(),
            role: *role,
            shape: owner.shape.in_role(*role),
            tied_to: Some(tied_to.clone()),
            own: owner.own,
        };
        parameter.check().map_err(|error| anyhow!("tie `{name}`: {error}"))?;
        Ok(parameter)
    }
}

impl RolePattern {
    /// What a tensor with these axes is in its role.
    fn shape(&self, axes: &[usize], layout: Layout) -> Result<ModelShape> {
        if let Some(blocks) = self.blocks {
            let (fan_out, fan_in) = match (axes, layout) {
                (&[fan_out, fan_in], Layout::OutIn) | (&[fan_in, fan_out], Layout::InOut) => {
                    (fan_out, fan_in)
                }
                _ => bail!("fused matrices have two axes, and the shape is {axes:?}"),
            };
            ensure!(
                fan_out.checked_rem(blocks) == Some(0),
                "{blocks} fused matrices do not divide the {fan_out} outputs"
            );
            return Ok(ModelShape::Fused { blocks, fan_out: fan_out / blocks, fan_in });
        }
        let shape = match (self.role, axes, layout) {
            (Role::Bias | Role::OutputBias, &[width], _) => ModelShape::Bias { width },
            (Role::Gain, &[width], _) => ModelShape::Gain { width },
            (Role::Bias | Role::OutputBias | Role::Gain, ..) => {
                bail!("a {} has one axis, and the shape is {axes:?}", self.role)
            }
            // A table has a row a token in every framework.
            (Role::Embedding, &[vocabulary, width], _) => ModelShape::Embedding { vocabulary, width },
            (Role::Embedding, ..) => bail!("an embedding has two axes, and the shape is {axes:?}"),
            (_, &[fan_out, fan_in], Layout::OutIn) | (_, &[fan_in, fan_out], Layout::InOut) => {
                ModelShape::Dense { fan_out, fan_in }
            }
            // The axis of the inputs is that of one group, so fan-in is right for any number of groups.
            (_, &[out_channels, in_channels, ref kernel @ ..], Layout::OutIn)
            | (_, &[ref kernel @ .., in_channels, out_channels], Layout::InOut) => {
                ModelShape::Convolution { out_channels, in_channels, groups: 1, kernel: kernel.to_vec() }
            }
            _ => bail!("a matrix has two axes or more, and the shape is {axes:?}"),
        };
        Ok(shape)
    }
}
