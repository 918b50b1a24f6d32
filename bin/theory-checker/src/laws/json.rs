// SPDX-License-Identifier: MIT OR Apache-2.0

//! The laws of a result for programs.

use serde::Serialize;
use widthwise_claims::law::{Decision, Estimate, FALSE_ALARM, POWER};

use crate::render::json::VerdictName;
use crate::result::LawResult;

/// What the campaign says about a law. Estimates are null until every network has been measured.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Law<'a> {
    /// The id.
    id: &'a str,
    /// How the claim is decided: law.
    kind: &'a str,
    /// The arXiv number of the paper.
    paper: &'a str,
    /// The verdict on this law.
    verdict: VerdictName,
    /// Why an inconclusive law is inconclusive.
    reason: Option<String>,
    /// The quantity whose estimate is farthest from its prediction.
    quantity: Option<String>,
    /// Its estimated power of the width.
    estimate: Option<f64>,
    /// The interval about the estimate that must contain the predicted power.
    interval: Option<[f64; 2]>,
    /// The power of the width by the theory.
    predicted: Option<f64>,
    /// The power of the width by the control.
    control_predicted: Option<f64>,
    /// The probability, at most, that a true law is refuted.
    false_alarm: f64,
    /// The probability, at least, that a law with the exponents of the control is refuted.
    power: f64,
    /// The hidden widths of the networks.
    widths: &'a [usize],
    /// Draws at each width.
    replicates: usize,
    /// Networks measured so far, those that failed included.
    measured: usize,
    /// The exponent of every quantity.
    exponents: Vec<Exponent>,
    /// The wrong law.
    control: Control<'a>,
}

/// The estimated exponent of one quantity.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Exponent {
    /// What is measured, for instance nat(ΔW_2).
    quantity: String,
    /// What the interval says of the predicted power.
    decision: DecisionName,
    /// The estimated power of the width; null if too few draws were numbers.
    estimate: Option<f64>,
    /// The standard error of the estimate.
    standard_error: Option<f64>,
    /// The interval about the estimate that must contain the predicted power.
    interval: Option<[f64; 2]>,
    /// The power of the width by the theory.
    predicted: f64,
    /// The power of the width by the control.
    control_predicted: f64,
    /// Draws on which the quantity was zero or could not be measured.
    unmeasured: usize,
}

/// What an interval says of a power.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum DecisionName {
    Supported,
    Excluded,
    TooNoisy,
    Unmeasured,
}

/// The wrong law, on the same measurements.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Control<'a> {
    /// Its id.
    id: &'a str,
    /// Whether an interval excludes one of its powers; null until every network has been measured.
    refuted: Option<bool>,
}

impl<'a> From<&'a LawResult> for Law<'a> {
    fn from(result: &'a LawResult) -> Self {
        let (law, findings) = (result.law(), result.findings.as_ref());
        let estimates = findings.map_or(&[][..], |findings| findings.estimates());
        let distance = |estimate: &Estimate| {
            let predicted = estimate.exponent.predicted.to_f64();
            estimate.slope.map_or(f64::INFINITY, |slope| (slope.estimate - predicted).abs())
        };
        let farthest =
            estimates.iter().max_by(|a, b| distance(a).total_cmp(&distance(b))).map(Exponent::from);
        let farthest = farthest.as_ref();
        let design = result.measurements.design();
        Self {
            id: law.id,
            kind: widthwise_claims::Kind::Law.name(),
            paper: law.paper.arxiv,
            verdict: result.verdict.into(),
            reason: result.verdict.reason().map(|reason| reason.to_string()),
            quantity: farthest.map(|exponent| exponent.quantity.clone()),
            estimate: farthest.and_then(|exponent| exponent.estimate),
            interval: farthest.and_then(|exponent| exponent.interval),
            predicted: farthest.map(|exponent| exponent.predicted),
            control_predicted: farthest.map(|exponent| exponent.control_predicted),
            false_alarm: FALSE_ALARM,
            power: POWER,
            widths: design.widths,
            replicates: design.draws,
            measured: result.measurements.recorded(),
            exponents: estimates.iter().map(Exponent::from).collect(),
            control: Control {
                id: law.control.id,
                refuted: findings.map(widthwise_claims::law::Findings::control_is_refuted),
            },
        }
    }
}

impl From<&Estimate> for Exponent {
    fn from(estimate: &Estimate) -> Self {
        Self {
            quantity: estimate.exponent.quantity.to_string(),
            decision: match estimate.decision() {
                Decision::Supported => DecisionName::Supported,
                Decision::Excluded => DecisionName::Excluded,
                Decision::TooNoisy => DecisionName::TooNoisy,
                Decision::Unmeasured => DecisionName::Unmeasured,
            },
            estimate: estimate.slope.map(|slope| slope.estimate),
            standard_error: estimate.slope.map(|slope| slope.standard_error),
            interval: estimate.interval(),
            predicted: estimate.exponent.predicted.to_f64(),
            control_predicted: estimate.exponent.control.to_f64(),
            unmeasured: estimate.unmeasured,
        }
    }
}
