// SPDX-License-Identifier: MIT OR Apache-2.0

//! A second rule beside that of a plan: whether they are one, and what its constants would have to be.

use anyhow::{Result, anyhow};
use serde::Serialize;
use widthwise_parametrization::{
    Equivalence, Parameter, ParametrizationError, Plan, Rule, ShapeMonomial, WeightDecay,
};

use super::model::{Model, ModelParameter};
use super::names::{self, RULES};
use super::sheet::{Scale, scale};

/// Two rules side by side.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Comparison {
    /// The second rule.
    pub(super) rule: &'static str,
    /// Where it comes from.
    pub(super) source: &'static str,
    /// Whether the rules train the same network, up to constants, as far as the roles of this model go.
    pub(super) equivalent: bool,
    /// By what they differ, or how close they are.
    pub(super) reason: String,
    /// What the second rule multiplies the products of queries and keys by, if the model names the dimension of a head.
    pub(super) attention_logits: Option<f64>,
}

/// A parameter under the second rule.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct LineComparison {
    /// Its numbers; nothing if the second rule says nothing of the role.
    pub(super) scale: Option<Scale>,
    /// Whether the rules agree on the role, up to constants.
    pub(super) equivalent: bool,
    /// By what they differ, or how close they are.
    pub(super) reason: String,
    /// By what to multiply the constant of the initialisation for the second rule.
    pub(super) initial_factor: Option<f64>,
    /// By what to multiply the constant of the rate for the second rule.
    pub(super) rate_factor: Option<f64>,
    /// By what to multiply Adam's ε for the second rule.
    pub(super) epsilon_factor: Option<f64>,
    /// By what to multiply the weight decay for the second rule; nothing if there is none.
    pub(super) weight_decay_factor: Option<f64>,
}

/// The two rules, as far as the roles of the model go.
pub(super) fn comparison(
    plan: &Plan<'_>,
    second: &'static Rule,
    model: &Model,
) -> Result<Comparison, ParametrizationError> {
    let family = plan.optimizer.family();
    let found = model.parameters.iter().map(|p| plan.rule.equivalence_for(second, p.role, family));
    // The farthest of all, as in the comparison of whole rules.
    let rank = |equivalence: &Equivalence| match equivalence {
        Equivalence::Identical => 0,
        Equivalence::UpToConstants => 1,
        Equivalence::Undefined { .. } => 2,
        Equivalence::Different(_) => 3,
    };
    let farthest =
        found.fold(
            Equivalence::Identical,
            |farthest, found| {
                if rank(&found) > rank(&farthest) { found } else { farthest }
            },
        );
    let head = model.head_dimension;
    Ok(Comparison {
        rule: names::of(&second, &RULES),
        source: second.source,
        equivalent: farthest.holds(),
        reason: farthest.to_string(),
        attention_logits: head.map(|dimension| second.attention_logits(dimension)).transpose()?,
    })
}

/// A parameter under the second rule, and what to multiply the constants by.
pub(super) fn line_comparison(
    plan: &Plan<'_>,
    second: &'static Rule,
    described: &ModelParameter,
    parameter: &Parameter<'_>,
) -> Result<LineComparison> {
    let (role, family) = (described.role, plan.optimizer.family());
    let equivalence = plan.rule.equivalence_for(second, role, family);
    let conversion = plan.rule.conversion(second, role, family).ok();
    let matrix = described.check()?;
    let factor = |monomial: Option<ShapeMonomial>| monomial.map(|monomial| monomial.at(matrix)).transpose();
    let scale = match scale(&Plan { rule: second, ..*plan }, described, parameter, None) {
        Err(error) if error.is_undefined() => None,
        scale => Some(scale.map_err(|error| anyhow!("parameter `{}`: {error}", parameter.name))?),
    };
    let rate_factor = factor(conversion.map(|conversion| conversion.rate))?;
    Ok(LineComparison {
        scale,
        equivalent: equivalence.holds(),
        reason: equivalence.to_string(),
        initial_factor: factor(conversion.and_then(|conversion| conversion.initial))?,
        rate_factor,
        epsilon_factor: factor(conversion.map(|conversion| conversion.epsilon))?,
        weight_decay_factor: match plan.constants.weight_decay {
            WeightDecay::None => None,
            WeightDecay::Independent(_) => rate_factor.map(|_| 1.0),
            // The product of rate and decay stays.
            WeightDecay::Coupled(_) | WeightDecay::TimesRate(_) => rate_factor.map(|rate| 1.0 / rate),
        },
    })
}
