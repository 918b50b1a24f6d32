// SPDX-License-Identifier: MIT OR Apache-2.0

//! The laws of a result for programs.

use serde::Serialize;
use widthwise_claims::law::{
    Decision, DistributionEstimate, Estimate, ExponentEstimate, FALSE_ALARM, MeanEstimate, POWER,
    RangeEstimate, Size,
};

use crate::render::json::VerdictName;
use crate::result::LawResult;

/// What the campaign says about a law. Its estimates are those of exponents, means, ranges and distributions; there are none until everything has been measured.
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
    /// The quantity whose estimated exponent is farthest from its prediction; null, like the next four, if the law has no exponents.
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
    /// The hidden widths of the networks, or the numbers of columns of the matrices.
    widths: Vec<usize>,
    /// Rows and columns of each size.
    shapes: Vec<[usize; 2]>,
    /// Draws of each size.
    replicates: usize,
    /// Measurements so far, those that failed included.
    measured: usize,
    /// The exponent of every quantity that has one.
    exponents: Vec<Exponent>,
    /// The means, at each size.
    means: Vec<Mean>,
    /// The ranges, at each size.
    ranges: Vec<Range>,
    /// The distributions, at each size.
    distributions: Vec<Distribution>,
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

/// The mean of one quantity at one size.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Mean {
    /// What is measured.
    quantity: String,
    /// Rows and columns.
    shape: [usize; 2],
    /// What the interval says of the predicted mean.
    decision: DecisionName,
    /// The mean of the draws; null if too few were numbers.
    estimate: Option<f64>,
    /// The standard error of the estimate.
    standard_error: Option<f64>,
    /// The interval about the estimate that must contain the predicted mean.
    interval: Option<[f64; 2]>,
    /// The mean by the theory.
    predicted: f64,
    /// The mean by the control.
    control_predicted: f64,
    /// The relative error that the prediction may have at this size.
    model_error: f64,
    /// Draws on which the quantity was zero or could not be measured.
    unmeasured: usize,
}

/// The range of one quantity at one size.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Range {
    /// What is measured.
    quantity: String,
    /// Rows and columns.
    shape: [usize; 2],
    /// What the draws say of the predicted range.
    decision: DecisionName,
    /// The least and the greatest draw; null if none was a number.
    extremes: Option<[f64; 2]>,
    /// The ends by the theory; null for none.
    predicted: [Option<f64>; 2],
    /// The ends by the control.
    control_predicted: [Option<f64>; 2],
    /// The probability, at most, that a draw lies outside, by the theory.
    tail: f64,
    /// Draws on which the quantity was zero or could not be measured.
    unmeasured: usize,
}

/// The distribution of one quantity at one size.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Distribution {
    /// What is measured.
    quantity: String,
    /// Rows and columns.
    shape: [usize; 2],
    /// What the predicted distribution is called.
    predicted: &'static str,
    /// What the distance says of it.
    decision: DecisionName,
    /// The greatest difference from the predicted distribution function; null if no draw was a number.
    distance: Option<f64>,
    /// The greatest difference from that of the control.
    control_distance: Option<f64>,
    /// The distance beyond which a distribution is excluded.
    critical: f64,
    /// Draws on which the quantity was zero or could not be measured.
    unmeasured: usize,
}

/// What an estimate says of a prediction.
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
    /// Whether an estimate excludes what it predicts; null until everything has been measured.
    refuted: Option<bool>,
}

impl<'a> From<&'a LawResult> for Law<'a> {
    fn from(result: &'a LawResult) -> Self {
        let (law, findings) = (result.law(), result.findings.as_ref());
        let estimates = findings.map_or(&[][..], |findings| findings.estimates());
        let distance = |estimate: &ExponentEstimate| {
            let predicted = estimate.exponent.predicted.to_f64();
            estimate.slope.map_or(f64::INFINITY, |slope| (slope.estimate - predicted).abs())
        };
        let exponents = estimates.iter().filter_map(Estimate::exponent);
        let farthest =
            exponents.clone().max_by(|a, b| distance(a).total_cmp(&distance(b))).map(Exponent::from);
        let farthest = farthest.as_ref();
        let (mut means, mut ranges, mut distributions) = (Vec::new(), Vec::new(), Vec::new());
        for estimate in estimates {
            match estimate {
                Estimate::Exponent(_) => (),
                Estimate::Mean(mean) => means.push(Mean::from(mean)),
                Estimate::Range(range) => ranges.push(Range::from(range)),
                Estimate::Distribution(distribution) => distributions.push(Distribution::from(distribution)),
            }
        }
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
            widths: design.sizes.iter().map(|size| size.columns).collect(),
            shapes: design.sizes.iter().copied().map(shape).collect(),
            replicates: design.draws,
            measured: result.measurements.recorded(),
            exponents: exponents.map(Exponent::from).collect(),
            means,
            ranges,
            distributions,
            control: Control {
                id: law.control.id,
                refuted: findings.map(widthwise_claims::law::Findings::control_is_refuted),
            },
        }
    }
}

/// Rows and columns.
fn shape(size: Size) -> [usize; 2] {
    [size.rows, size.columns]
}

impl From<Decision> for DecisionName {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Supported => Self::Supported,
            Decision::Excluded => Self::Excluded,
            Decision::TooNoisy => Self::TooNoisy,
            Decision::Unmeasured => Self::Unmeasured,
        }
    }
}

impl From<ExponentEstimate> for Exponent {
    fn from(estimate: ExponentEstimate) -> Self {
        Self {
            quantity: estimate.exponent.quantity.to_string(),
            decision: estimate.decision().into(),
            estimate: estimate.slope.map(|slope| slope.estimate),
            standard_error: estimate.slope.map(|slope| slope.standard_error),
            interval: estimate.interval(),
            predicted: estimate.exponent.predicted.to_f64(),
            control_predicted: estimate.exponent.control.to_f64(),
            unmeasured: estimate.unmeasured,
        }
    }
}

impl From<&MeanEstimate> for Mean {
    fn from(estimate: &MeanEstimate) -> Self {
        Self {
            quantity: estimate.quantity.to_string(),
            shape: shape(estimate.size),
            decision: estimate.decision().into(),
            estimate: estimate.average.map(|average| average.mean),
            standard_error: estimate.average.map(|average| average.standard_error),
            interval: estimate.interval(),
            predicted: estimate.predicted,
            control_predicted: estimate.control,
            model_error: estimate.model_error,
            unmeasured: estimate.unmeasured,
        }
    }
}

impl From<&RangeEstimate> for Range {
    fn from(estimate: &RangeEstimate) -> Self {
        let ends = |ends: [f64; 2]| ends.map(|end| end.is_finite().then_some(end));
        Self {
            quantity: estimate.quantity.to_string(),
            shape: shape(estimate.size),
            decision: estimate.decision().into(),
            extremes: estimate.extremes,
            predicted: ends(estimate.predicted),
            control_predicted: ends(estimate.control),
            tail: estimate.tail,
            unmeasured: estimate.unmeasured,
        }
    }
}

impl From<&DistributionEstimate> for Distribution {
    fn from(estimate: &DistributionEstimate) -> Self {
        Self {
            quantity: estimate.quantity.to_string(),
            shape: shape(estimate.size),
            predicted: estimate.name,
            decision: estimate.decision().into(),
            distance: estimate.distances.map(|(predicted, _)| predicted),
            control_distance: estimate.distances.map(|(_, control)| control),
            critical: estimate.critical,
            unmeasured: estimate.unmeasured,
        }
    }
}
