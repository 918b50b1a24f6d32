// SPDX-License-Identifier: MIT OR Apache-2.0

//! The command line of `plan`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use widthwise_parametrization::{Optimizer, Rule, WeightDecay};

use super::model::nonnegative;
use super::names::{self, OPTIMIZERS, RULES};
use super::patterns::{Layout, NameArgument, RoleArgument, name_argument, role_argument};
use crate::arguments::Color;

#[derive(Args, Debug)]
pub(crate) struct PlanOptions {
    /// A description (`.toml`, `.json`), or a checkpoint (`.safetensors`) of which only the header is read
    pub(crate) model: PathBuf,
    /// The optimiser; `orthogonalized-…` multiply their updates by a factor of the shape themselves
    #[arg(long, value_name = "OPTIMIZER", value_parser = optimizer())]
    pub(crate) optimizer: Optimizer,
    /// The rule
    #[arg(long, value_name = "RULE", default_value = "spectral", value_parser = rule())]
    pub(crate) rule: &'static Rule,
    /// A second rule to set beside the first, with the conversion of constants and what tells them apart
    #[arg(long, value_name = "RULE", value_parser = rule(), hide_possible_values = true)]
    pub(crate) compare: Option<&'static Rule>,
    /// The same model at another width: what should grow and does not is found
    #[arg(long, value_name = "FILE", conflicts_with = "base")]
    pub(crate) other_width: Option<PathBuf>,
    /// The same model at the width where the constants were tuned: numbers become factors of those at the base
    #[arg(long, value_name = "FILE", conflicts_with = "compare")]
    pub(crate) base: Option<PathBuf>,
    /// How the plan is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = PlanFormat::Human)]
    pub(crate) format: PlanFormat,
    /// Write the plan to a file; it appears there whole or not at all
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Colours: `auto` asks the terminal and honours NO_COLOR
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    // Those below have headings of their own.
    #[command(flatten)]
    pub(crate) constants: ConstantOptions,
    #[command(flatten)]
    pub(crate) roles: RoleOptions,
}

/// Which tensor of a checkpoint plays which part.
#[derive(Args, Debug)]
#[command(next_help_heading = "Roles of the tensors of a checkpoint")]
pub(crate) struct RoleOptions {
    /// Tensors whose name matches the glob play the role; the first that matches counts
    #[arg(long = "role", value_name = "GLOB=ROLE", value_parser = role_argument)]
    pub(crate) roles: Vec<RoleArgument>,
    /// Tensors that are no parameters
    #[arg(long, value_name = "GLOB", value_parser = name_argument)]
    pub(crate) skip: Vec<NameArgument>,
    /// The order of axes [default: out-in]
    #[arg(long, value_enum)]
    pub(crate) layout: Option<Layout>,
    /// A TOML file of patterns, which come after those of the command line
    #[arg(long = "roles", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

impl RoleOptions {
    pub(crate) fn are_given(&self) -> bool {
        !self.roles.is_empty() || !self.skip.is_empty() || self.layout.is_some() || self.file.is_some()
    }
}

/// The constants that a rule leaves to tuning.
#[derive(Args, Debug)]
#[command(next_help_heading = "Constants")]
pub(crate) struct ConstantOptions {
    /// The rate
    #[arg(long, value_name = "X", default_value = "1", value_parser = constant)]
    pub(crate) rate: f64,
    /// The scale of the initialisation; 0 for zero initialisation
    #[arg(long, value_name = "X", default_value = "1", value_parser = constant)]
    pub(crate) initial: f64,
    /// Adam's ε
    #[arg(long, value_name = "X", default_value = "0", value_parser = constant)]
    pub(crate) epsilon: f64,
    /// Weight decay by where it enters: `times-rate=X` (AdamW of PyTorch and Optax), `coupled=X` (a term of the loss,
    /// SGD of PyTorch), `independent=X`
    #[arg(long, value_name = "KIND=X", default_value = "none", value_parser = weight_decay)]
    pub(crate) weight_decay: WeightDecay,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For reading
    Human,
    /// For programs: one object
    Json,
    /// The object of `json` in TOML
    Toml,
    /// A line a parameter
    Csv,
    /// Dictionaries to paste into a training script
    Python,
}

/// A rule by its name.
pub(crate) fn rule() -> impl TypedValueParser<Value = &'static Rule> {
    PossibleValuesParser::new(RULES.map(|(name, _)| name)).try_map(|name| names::find("rule", &name, &RULES))
}

/// An optimiser by its name.
pub(crate) fn optimizer() -> impl TypedValueParser<Value = Optimizer> {
    PossibleValuesParser::new(OPTIMIZERS.map(|(name, _)| name))
        .try_map(|name| names::find("optimiser", &name, &OPTIMIZERS))
}

/// A finite number that is not negative.
pub(crate) fn constant(text: &str) -> Result<f64, String> {
    nonnegative(text.parse().map_err(|_| "is no number".to_owned())?)
}

fn weight_decay(text: &str) -> Result<WeightDecay, String> {
    if text == "none" {
        return Ok(WeightDecay::None);
    }
    let (kind, value) = text.split_once('=').ok_or("`none` or `KIND=X` is expected")?;
    let lambda = constant(value)?;
    let kinds = [
        ("times-rate", WeightDecay::TimesRate(lambda)),
        ("coupled", WeightDecay::Coupled(lambda)),
        ("independent", WeightDecay::Independent(lambda)),
    ];
    names::find("kind", kind, &kinds)
}
