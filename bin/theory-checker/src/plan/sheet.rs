// SPDX-License-Identifier: MIT OR Apache-2.0

//! The plan of a model: the numbers of every parameter, and what is wrong with the list.
//!
//! `--format json` and `toml` show it as it is here; the shape is that of `schema/plan-v1.json`. Within a schema version
//! keys are only ever added.

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use widthwise_parametrization::{
    Constants, Finding, Initial, LayerScale, Parameter, ParametrizationError, Plan, Role, Rule, WeightDecay,
};

use super::comparison::{Comparison, LineComparison, comparison, line_comparison};
use super::model::{Model, ModelParameter};
use super::names::{self, OPTIMIZERS, ROLES, RULES};

const SCHEMA_VERSION: u32 = 1;

/// The plan of a model by theory-checker.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Sheet<'m> {
    /// The version of this schema.
    schema_version: u32,
    /// The version of the checker.
    tool_version: &'static str,
    /// The rule.
    pub(super) rule: &'static str,
    /// Where the rule comes from.
    pub(super) source: &'static str,
    /// The optimiser.
    pub(super) optimizer: &'static str,
    /// Whether the numbers are factors of those at the base.
    pub(super) relative_to_base: bool,
    /// The constants that the plan was made with.
    pub(super) constants: SheetConstants,
    /// What the products of queries and keys are multiplied by, if the model names the dimension of a head.
    pub(super) attention_logits: Option<f64>,
    /// The parameters, in the order of the model.
    #[serde(rename = "parameters")]
    pub(super) lines: Vec<Line<'m>>,
    /// A second rule, if there is one.
    pub(super) comparison: Option<Comparison>,
    /// What is wrong.
    pub(super) findings: Vec<SheetFinding<'m>>,
}

/// The constants that the plan was made with.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SheetConstants {
    /// That of the rate.
    pub(super) rate: f64,
    /// That of the initialisation.
    pub(super) initial: f64,
    /// Adam's ε.
    pub(super) epsilon: f64,
    /// The weight decay; 0 if there is none.
    pub(super) weight_decay: f64,
    /// Where the weight decay enters.
    pub(super) weight_decay_kind: &'static str,
}

/// A parameter.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Line<'m> {
    /// Its name.
    pub(super) name: &'m str,
    /// Its role.
    pub(super) role: &'static str,
    /// The parameter whose array it shares.
    pub(super) tied_to: Option<&'m str>,
    /// Inputs of its matrix.
    pub(super) fan_in: usize,
    /// Outputs of its matrix.
    pub(super) fan_out: usize,
    /// How many matrices of this size it holds.
    pub(super) blocks: usize,
    /// Whether fan-in grows with the width, by the role.
    pub(super) fan_in_scales: bool,
    /// Whether fan-out grows with the width, by the role.
    pub(super) fan_out_scales: bool,
    /// Nothing if the rule says nothing of the role; then a finding tells why.
    pub(super) scale: Option<Scale>,
    /// The second rule, if there is one.
    pub(super) comparison: Option<LineComparison>,
}

/// The numbers of a parameter.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Scale {
    /// What the product with the parameter is multiplied by.
    pub(super) multiplier: f64,
    /// Its initialisation.
    pub(super) initial: SheetInitial,
    /// Its rate.
    pub(super) rate: f64,
    /// Its ε.
    pub(super) epsilon: f64,
    /// Its weight decay.
    pub(super) weight_decay: f64,
}

/// An initialisation.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SheetInitial {
    /// zero, constant, gaussian or orthogonal.
    pub(super) kind: &'static str,
    /// The standard deviation, the singular values or every entry, by the kind.
    pub(super) scale: f64,
}

/// Something wrong.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SheetFinding<'m> {
    /// refused, never-scales, scales-against-role, tied-against-rule, tied-to-nothing, tied-across-sizes, two-factors
    /// or looks-fused.
    pub(super) kind: &'static str,
    /// The parameter.
    pub(super) parameter: &'m str,
    /// What is wrong with it.
    pub(super) message: String,
}

/// The model at another width.
pub(super) enum Other<'m> {
    /// Not given.
    None,
    /// For the findings alone.
    Width(Vec<&'m ModelParameter>),
    /// The base that the constants belong to.
    Base(Vec<&'m ModelParameter>),
}

impl Line<'_> {
    /// Whether the start is stated for each token's vector: an orthogonal table of many tokens would have smaller ones.
    pub(super) fn is_normalised_by_token(&self) -> bool {
        let embedding = self.role == names::of(&Role::Embedding, &ROLES);
        let is_orthogonal =
            |scale: Option<&Scale>| scale.is_some_and(|scale| scale.initial.kind == "orthogonal");
        let other = self.comparison.as_ref().and_then(|comparison| comparison.scale.as_ref());
        embedding && (is_orthogonal(self.scale.as_ref()) || is_orthogonal(other))
    }
}

impl<'m> Other<'m> {
    fn parameter(&self, index: usize) -> Option<&'m ModelParameter> {
        match self {
            Self::None => None,
            Self::Width(others) | Self::Base(others) => others.get(index).copied(),
        }
    }

    fn base(&self, index: usize) -> Option<&'m ModelParameter> {
        match self {
            Self::Base(others) => others.get(index).copied(),
            Self::None | Self::Width(_) => None,
        }
    }
}

/// The plan of a model.
///
/// # Errors
///
/// Fails if a number leaves the range of binary64, or if the weight decay does not go with the optimiser.
pub(super) fn sheet<'m>(
    model: &'m Model,
    other: &Other<'m>,
    plan: &Plan<'static>,
    second: Option<&'static Rule>,
) -> Result<Sheet<'m>> {
    let mut lines = Vec::new();
    let mut findings = Vec::new();
    for (index, described) in model.parameters.iter().enumerate() {
        let parameter = described.view(other.parameter(index));
        let scale = scale(plan, described, &parameter, other.base(index));
        let scale = match scale {
            Err(error) if error.is_undefined() => {
                findings.push(finding(&Finding::Refused { name: parameter.name, error }));
                None
            }
            scale => {
                let context = || format!("parameter `{}`", parameter.name);
                Some(scale.map_err(Into::into).and_then(Scale::in_range).with_context(context)?)
            }
        };
        let comparison =
            second.map(|second| line_comparison(plan, second, described, &parameter)).transpose()?;
        let matrix = described.check()?;
        let scaling = described.role.scaling();
        lines.push(Line {
            name: &described.name,
            role: names::of(&described.role, &ROLES),
            tied_to: described.tied_to.as_deref(),
            fan_in: matrix.fan_in(),
            fan_out: matrix.fan_out(),
            blocks: parameter.shape.blocks(),
            fan_in_scales: scaling.fan_in,
            fan_out_scales: scaling.fan_out,
            scale,
            comparison,
        });
    }
    let parameters: Vec<_> =
        model.parameters.iter().enumerate().map(|(index, p)| p.view(other.parameter(index))).collect();
    let others = plan.findings(&parameters).filter(|found| !matches!(found, Finding::Refused { .. }));
    findings.extend(others.map(|found| finding(&found)));
    let head = model.head_dimension;
    Ok(Sheet {
        schema_version: SCHEMA_VERSION,
        tool_version: env!("CARGO_PKG_VERSION"),
        rule: names::of(&plan.rule, &RULES),
        source: plan.rule.source,
        optimizer: names::of(&plan.optimizer, &OPTIMIZERS),
        relative_to_base: matches!(other, Other::Base(_)),
        constants: SheetConstants {
            rate: plan.constants.rate,
            initial: plan.constants.initial,
            epsilon: plan.constants.epsilon,
            weight_decay: plan.constants.weight_decay.constant(),
            weight_decay_kind: decay_kind(plan.constants.weight_decay),
        },
        attention_logits: head.map(|dimension| plan.rule.attention_logits(dimension)).transpose()?,
        lines,
        comparison: second.map(|second| comparison(plan, second, model)).transpose()?,
        findings,
    })
}

/// The numbers of a parameter, with its own constants; as factors of those at the base, if there is one.
pub(super) fn scale(
    plan: &Plan<'_>,
    described: &ModelParameter,
    parameter: &Parameter<'_>,
    base: Option<&ModelParameter>,
) -> Result<Scale, ParametrizationError> {
    let mut constants = plan.constants;
    constants.initial *= described.own.initial;
    constants.rate *= described.own.rate;
    let plan = Plan { constants, ..*plan };
    let here = Scale::of(&plan.row(parameter)?.layer);
    let Some(base) = base else { return Ok(here) };
    // The quotient of two rows with the constants 1, times the constants.
    let unit = Plan { constants: unit_like(&constants), ..plan };
    let (over, under) = (unit.row(parameter)?.layer, unit.row(&base.view(None))?.layer);
    let (over, under) = (Scale::of(&over), Scale::of(&under));
    Ok(Scale {
        multiplier: over.multiplier / under.multiplier,
        initial: SheetInitial {
            kind: here.initial.kind,
            scale: match here.initial.kind {
                "zero" => 0.0,
                // A gain starts at what the rule says, whatever the constant is.
                "constant" => over.initial.scale / under.initial.scale,
                _ => constants.initial * (over.initial.scale / under.initial.scale),
            },
        },
        rate: constants.rate * (over.rate / under.rate),
        epsilon: constants.epsilon * (over.epsilon / under.epsilon),
        weight_decay: match constants.weight_decay {
            WeightDecay::None => 0.0,
            decay => decay.constant() * (over.weight_decay / under.weight_decay),
        },
    })
}

/// Constants of one, with a decay of the same kind.
fn unit_like(constants: &Constants) -> Constants {
    let weight_decay = match constants.weight_decay {
        WeightDecay::None => WeightDecay::None,
        WeightDecay::Coupled(_) => WeightDecay::Coupled(1.0),
        WeightDecay::TimesRate(_) => WeightDecay::TimesRate(1.0),
        WeightDecay::Independent(_) => WeightDecay::Independent(1.0),
    };
    Constants { initial: 1.0, rate: 1.0, epsilon: 1.0, weight_decay }
}

impl Scale {
    /// Checks the products with factors of a base, which the library has not seen.
    fn in_range(self) -> Result<Self> {
        let numbers = [
            ("multiplier", self.multiplier),
            ("initial scale", self.initial.scale),
            ("rate", self.rate),
            ("epsilon", self.epsilon),
            ("weight decay", self.weight_decay),
        ];
        for (name, number) in numbers {
            ensure!(number.is_finite(), "{name} is out of range");
        }
        Ok(self)
    }

    fn of(layer: &LayerScale) -> Self {
        let (kind, scale) = match layer.initial {
            Initial::Zero | Initial::Gaussian(0.0) | Initial::Orthogonal(0.0) => ("zero", 0.0),
            Initial::Constant(value) => ("constant", value),
            Initial::Gaussian(deviation) => ("gaussian", deviation),
            Initial::Orthogonal(singular_value) => ("orthogonal", singular_value),
        };
        Self {
            multiplier: layer.multiplier,
            initial: SheetInitial { kind, scale },
            rate: layer.rate,
            epsilon: layer.epsilon,
            weight_decay: layer.weight_decay.constant(),
        }
    }
}

fn decay_kind(decay: WeightDecay) -> &'static str {
    match decay {
        WeightDecay::None => "none",
        WeightDecay::Coupled(_) => "coupled",
        WeightDecay::TimesRate(_) => "times-rate",
        WeightDecay::Independent(_) => "independent",
    }
}

fn finding<'m>(found: &Finding<'m>) -> SheetFinding<'m> {
    let (kind, parameter) = match *found {
        Finding::Refused { name, .. } => ("refused", name),
        Finding::NeverScales { name, .. } => ("never-scales", name),
        Finding::ScalesAgainstRole { name, .. } => ("scales-against-role", name),
        Finding::TiedAgainstRule { name, .. } => ("tied-against-rule", name),
        Finding::TiedToNothing { name, .. } => ("tied-to-nothing", name),
        Finding::TiedAcrossSizes { name, .. } => ("tied-across-sizes", name),
        Finding::TwoFactors { name, .. } => ("two-factors", name),
        Finding::LooksFused { name, .. } => ("looks-fused", name),
        _ => ("other", ""),
    };
    SheetFinding { kind, parameter, message: found.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change of the types must be seen in the committed schema.
    #[test]
    fn the_committed_schema_is_the_one_of_the_types() {
        let committed = include_str!("../../schema/plan-v1.json");
        let generated = crate::render::json::to_text(&schemars::schema_for!(Sheet<'_>)).unwrap();
        assert!(committed == generated, "schema/plan-v1.json should be:\n{generated}");
    }
}
