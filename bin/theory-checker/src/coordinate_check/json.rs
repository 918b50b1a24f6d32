// SPDX-License-Identifier: MIT OR Apache-2.0

//! A coordinate check for programs.
//!
//! The shape is that of `schema/coordinate-check-v1.json`. Within a schema version keys are only ever added.

use anyhow::Result;
use serde::Serialize;
use widthwise_claims::coordinate_check::{
    Decision, Estimate, Expectation, Nearest, Observable, Pattern, Report, Verdict,
};
use widthwise_parametrization::{Rational, UpdateFamily};
use widthwise_rounding::Scalar;

use super::Outcome;
use super::options::ACTIVATIONS;
use crate::plan::names::{self, OPTIMIZERS, RULES};
use crate::render::json::to_text;

const SCHEMA_VERSION: u32 = 1;

/// A coordinate check by theory-checker.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CoordinateCheck<'a> {
    /// The version of this schema.
    schema_version: u32,
    /// The version of the checker.
    tool_version: &'a str,
    /// The seed, hexadecimal.
    seed: String,
    /// The rule on trial.
    rule: &'a str,
    /// The optimiser.
    optimizer: &'a str,
    /// The constant of the rates.
    rate: f64,
    /// The activation of the hidden layers.
    activation: &'a str,
    /// The dimension of an input.
    inputs: usize,
    /// The dimension of an output.
    outputs: usize,
    /// The hidden layers, each as a multiple of the width.
    hidden: &'a [usize],
    /// Examples of a batch.
    batch: usize,
    /// Steps of training.
    steps: usize,
    /// The widths.
    widths: &'a [usize],
    /// Networks of each width.
    draws: Vec<usize>,
    /// Networks measured.
    measured: usize,
    /// What became of the rule.
    verdict: VerdictName,
    /// Why an inconclusive check is inconclusive.
    reason: Option<String>,
    /// The first power that is not that of a correct rule.
    failure: Option<Failure>,
    /// The known rules with the nearest powers; null if one of the powers is not known.
    nearest: Option<NearestRules<'a>>,
    /// The powers of the rule on trial by its own exponents; null if it has none for such networks.
    predicted: Option<Powers>,
    /// What the check knows not to have seen.
    warnings: Vec<String>,
    /// The power of every quantity, in the order of time.
    estimates: Vec<Power>,
}

/// A verdict.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum VerdictName {
    Pass,
    Fail,
    Inconclusive,
    Interrupted,
}

/// A power that is not that of a correct rule.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Failure {
    /// The quantity.
    quantity: String,
    /// Its layer, from 1 on.
    layer: usize,
    /// Steps taken; 0 is the start.
    step: usize,
    /// The estimated power of the width.
    estimate: f64,
}

/// Rules with one pattern of powers.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NearestRules<'a> {
    /// The rules, with the family of optimisers under which they have these powers.
    rules: Vec<RuleOfFamily<'a>>,
    /// The greatest distance of a power from its estimate.
    distance: f64,
    /// Whether that is half way to the next power at most; else no known rule has the powers measured.
    near: bool,
    /// The powers.
    powers: Powers,
}

/// A rule under a family of optimisers.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct RuleOfFamily<'a> {
    /// The rule.
    rule: &'a str,
    /// The family: gradient, entrywise or spectral.
    family: FamilyName,
}

/// A family of optimisers.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum FamilyName {
    Gradient,
    Entrywise,
    Spectral,
}

/// Powers of the width, layer by layer.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Powers {
    /// Of nat(W) at the start.
    weights: Vec<f64>,
    /// Of nat(ΔW) in the first step.
    updates: Vec<f64>,
}

/// The power of one quantity.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Power {
    /// What is measured, for instance nat(ΔW_2).
    quantity: String,
    /// Its kind.
    kind: ObservableName,
    /// The layer, from 1 on.
    layer: usize,
    /// Steps taken; 0 is the start.
    step: usize,
    /// The power under a correct rule; null where it is only bound not to be positive.
    expected: Option<f64>,
    /// Whether a power below that is as good.
    may_fall: bool,
    /// The estimated power; null unless every network gave a positive number.
    estimate: Option<f64>,
    /// Its standard error.
    standard_error: Option<f64>,
    /// The estimate ± 4 standard errors.
    interval: Option<[f64; 2]>,
    /// What the interval says.
    decision: DecisionName,
    /// Networks in which the quantity was zero.
    zeros: usize,
    /// Networks in which it was not measured.
    missing: usize,
    /// The means at the widths, over the networks that gave a positive number.
    means: Vec<Mean>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum ObservableName {
    Update,
    WeightChange,
    Weight,
    PreactivationChange,
    Preactivation,
}

/// What an interval says of a power.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum DecisionName {
    AsExpected,
    Moves,
    Open,
    Zero,
    SometimesZero,
    Missing,
}

/// The mean at a width.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Mean {
    /// The width.
    width: usize,
    /// The mean of the natural logarithms.
    mean_logarithm: f64,
    /// The standard error of that mean.
    standard_error: f64,
}

/// The whole result.
///
/// # Errors
///
/// Fails if it has no JSON.
pub(super) fn text(outcome: &Outcome<'_>) -> Result<String> {
    let (check, report) = (&outcome.check, outcome.report.as_ref());
    let verdict = report.map(Report::verdict);
    to_text(&CoordinateCheck {
        schema_version: SCHEMA_VERSION,
        tool_version: env!("CARGO_PKG_VERSION"),
        seed: format!("{:#x}", outcome.seed),
        rule: names::of(&check.rule, &RULES),
        optimizer: names::of(&check.optimizer, &OPTIMIZERS),
        rate: check.rate,
        activation: names::of(&check.activation, &ACTIVATIONS),
        inputs: check.inputs,
        outputs: check.outputs,
        hidden: check.hidden,
        batch: check.batch,
        steps: check.steps,
        widths: check.widths,
        draws: check.widths.iter().map(|&width| check.draws_at(width)).collect(),
        measured: outcome.measured,
        verdict: match verdict {
            None => VerdictName::Interrupted,
            Some(Verdict::Pass) => VerdictName::Pass,
            Some(Verdict::Fail(_)) => VerdictName::Fail,
            Some(Verdict::Inconclusive(_)) => VerdictName::Inconclusive,
        },
        reason: match verdict {
            Some(Verdict::Inconclusive(reason)) => Some(reason.to_string()),
            _ => None,
        },
        failure: match verdict {
            Some(Verdict::Fail(failure)) => Some(Failure {
                quantity: failure.coordinate.observable.formula(failure.coordinate.layer),
                layer: failure.coordinate.layer,
                step: failure.coordinate.step,
                estimate: failure.slope.estimate,
            }),
            _ => None,
        },
        nearest: report.and_then(Report::nearest).map(NearestRules::from),
        predicted: report.and_then(Report::predicted).map(Powers::from),
        warnings: report.map_or(&[][..], Report::warnings).iter().map(ToString::to_string).collect(),
        estimates: report.map_or(&[][..], Report::estimates).iter().map(Power::from).collect(),
    })
}

impl<'a> From<&Nearest> for NearestRules<'a> {
    fn from(nearest: &Nearest) -> Self {
        let rules = nearest.class.members().iter().map(|member| RuleOfFamily {
            rule: names::of(&member.rule, &RULES),
            family: match member.family {
                UpdateFamily::Gradient => FamilyName::Gradient,
                UpdateFamily::Entrywise => FamilyName::Entrywise,
                UpdateFamily::Spectral => FamilyName::Spectral,
            },
        });
        Self {
            rules: rules.collect(),
            distance: nearest.distance,
            near: nearest.is_near(),
            powers: nearest.class.pattern().into(),
        }
    }
}

impl From<&Pattern> for Powers {
    fn from(pattern: &Pattern) -> Self {
        let list = |powers: &[Rational]| powers.iter().map(|power| power.to_f64()).collect();
        Self { weights: list(pattern.weights()), updates: list(pattern.updates()) }
    }
}

impl From<&Estimate> for Power {
    fn from(estimate: &Estimate) -> Self {
        let coordinate = estimate.coordinate;
        Self {
            quantity: coordinate.observable.formula(coordinate.layer),
            kind: match coordinate.observable {
                Observable::Update => ObservableName::Update,
                Observable::WeightChange => ObservableName::WeightChange,
                Observable::Weight => ObservableName::Weight,
                Observable::PreactivationChange => ObservableName::PreactivationChange,
                Observable::Preactivation => ObservableName::Preactivation,
            },
            layer: coordinate.layer,
            step: coordinate.step,
            expected: match estimate.expectation {
                Expectation::Flat => Some(0.0),
                Expectation::NotGrowing { typical } => typical.map(Rational::to_f64),
            },
            may_fall: estimate.expectation != Expectation::Flat,
            estimate: estimate.slope.map(|slope| slope.estimate),
            standard_error: estimate.slope.map(|slope| slope.standard_error),
            interval: estimate.interval(),
            decision: match estimate.decision() {
                Decision::AsExpected => DecisionName::AsExpected,
                Decision::Moves => DecisionName::Moves,
                Decision::Open => DecisionName::Open,
                Decision::Zero => DecisionName::Zero,
                Decision::SometimesZero => DecisionName::SometimesZero,
                Decision::Missing => DecisionName::Missing,
            },
            zeros: estimate.zeros,
            missing: estimate.missing,
            means: estimate
                .samples
                .iter()
                .map(|sample| Mean {
                    width: sample.width,
                    mean_logarithm: sample.mean,
                    standard_error: sample.variance_of_mean.square_root(),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change of the types must be seen in the committed schema.
    #[test]
    fn the_committed_schema_is_the_one_of_the_types() {
        let committed = include_str!("../../schema/coordinate-check-v1.json");
        let generated = to_text(&schemars::schema_for!(CoordinateCheck<'_>)).unwrap();
        assert!(committed == generated, "schema/coordinate-check-v1.json should be:\n{generated}");
    }
}
