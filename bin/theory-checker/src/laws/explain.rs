// SPDX-License-Identifier: MIT OR Apache-2.0

//! `explain` of a law: everything that a reader needs to judge it.

use anyhow::Result;
use serde::Serialize;
use widthwise_claims::Kind;
use widthwise_claims::law::{Effort, FALSE_ALARM, LARGEST_STANDARD_ERROR, Law, POWER, TOLERANCE};

use super::error_rates::{self, ErrorRates};
use crate::arguments::Rendering;
use crate::render::json;
use crate::render::layout::hanging;
use crate::render::style::{HEADING, styled};

/// Columns of the headings.
const INDENT: usize = 12;

/// The text of the explanation.
///
/// # Errors
///
/// Fails only if the explanation has no JSON, which none has.
pub(crate) fn render(law: &Law, rendering: Rendering) -> Result<String> {
    match rendering {
        Rendering::Human => Ok(human(law)),
        Rendering::Json => json::to_text(&Explanation::from(law)),
    }
}

fn human(law: &Law) -> String {
    let mut text = styled(HEADING, law.id) + "\n" + &hanging("", 0, law.statement) + "\n";
    let mut section = |heading: &str, body: &str| {
        text += &hanging(heading, INDENT, body);
    };
    section("States", law.states);
    section("Hypotheses", law.hypotheses);
    section("Measured as", law.measured_as);
    section("Decided by", &decided_by());
    section("Error rates", &error_rates(law));
    for (position, effort) in Effort::ALL.into_iter().enumerate() {
        let design = law.design(effort);
        let widths: Vec<_> = design.widths.iter().map(usize::to_string).collect();
        let networks = format!("{}: n = {}, {} draws each", effort.name(), widths.join(", "), design.draws);
        section(if position == 0 { "Efforts" } else { "" }, &networks);
    }
    for (position, exponent) in law.exponents.iter().enumerate() {
        let line = format!("{}: {}, control {}", exponent.quantity, exponent.predicted, exponent.control);
        section(if position == 0 { "Exponents" } else { "" }, &line);
    }
    section("Paper", &format!("{}, {}, arXiv:{}", law.paper.authors, law.paper.title, law.paper.arxiv));
    section("Source", law.source);
    section("Control", "a wrong law; an interval must exclude one of its exponents");
    text += &format!("\n  {}\n", styled(HEADING, law.control.id));
    text += &hanging("    states", INDENT, law.control.states);
    text += &hanging("    but", INDENT, law.control.because);
    text += "\n";
    text + &hanging("Trial", INDENT, &format!("theory-checker check {}", law.id))
}

fn decided_by() -> String {
    format!(
        "the slope of the mean logarithm over ln n, by least squares. A law holds if each estimate ± {TOLERANCE} contains the predicted exponent \
         and one of them excludes that of the control; it is refuted if one excludes its prediction. A standard error above \
         {LARGEST_STANDARD_ERROR}, a zero or a network without numbers leaves it open."
    )
}

fn error_rates(law: &Law) -> String {
    let stated = format!(
        "a true law is refuted with a probability of at most {FALSE_ALARM:e}, the control with one of at least {POWER}."
    );
    let Some(rates) = error_rates::of(law.id) else { return stated };
    format!(
        "{stated} Measured at the effort quick on {} seeds: the law refuted on {}, left open on {}, the control not refuted on {}; with \
         normal tails, rates of {:e} and {:e}. From {}.",
        rates.seeds,
        rates.refuted,
        rates.open,
        rates.control_not_refuted,
        rates.false_alarm,
        rates.miss,
        error_rates::FILE
    )
}

/// The explanation as JSON.
#[derive(Debug, Serialize)]
struct Explanation<'a> {
    id: &'a str,
    kind: &'a str,
    paper: Paper<'a>,
    statement: &'a str,
    states: &'a str,
    hypotheses: &'a str,
    measured_as: &'a str,
    decided_by: String,
    source: &'a str,
    tolerance: f64,
    largest_standard_error: f64,
    false_alarm: f64,
    power: f64,
    /// As measured, at the effort quick.
    error_rates: Option<ErrorRates>,
    efforts: Vec<Networks<'a>>,
    exponents: Vec<Exponent>,
    control: Control<'a>,
}

#[derive(Debug, Serialize)]
struct Paper<'a> {
    arxiv: &'a str,
    title: &'a str,
    authors: &'a str,
}

/// The networks of an effort.
#[derive(Debug, Serialize)]
struct Networks<'a> {
    effort: &'a str,
    widths: &'a [usize],
    replicates: usize,
}

#[derive(Debug, Serialize)]
struct Exponent {
    quantity: String,
    predicted: f64,
    control_predicted: f64,
}

#[derive(Debug, Serialize)]
struct Control<'a> {
    id: &'a str,
    states: &'a str,
    because: &'a str,
}

impl<'a> From<&'a Law> for Explanation<'a> {
    fn from(law: &'a Law) -> Self {
        let networks = |effort: Effort| {
            let design = law.design(effort);
            Networks { effort: effort.name(), widths: design.widths, replicates: design.draws }
        };
        let exponent = |exponent: &widthwise_claims::law::Exponent| Exponent {
            quantity: exponent.quantity.to_string(),
            predicted: exponent.predicted.to_f64(),
            control_predicted: exponent.control.to_f64(),
        };
        Self {
            id: law.id,
            kind: Kind::Law.name(),
            paper: Paper { arxiv: law.paper.arxiv, title: law.paper.title, authors: law.paper.authors },
            statement: law.statement,
            states: law.states,
            hypotheses: law.hypotheses,
            measured_as: law.measured_as,
            decided_by: decided_by(),
            source: law.source,
            tolerance: TOLERANCE,
            largest_standard_error: LARGEST_STANDARD_ERROR,
            false_alarm: FALSE_ALARM,
            power: POWER,
            error_rates: error_rates::of(law.id),
            efforts: Effort::ALL.into_iter().map(networks).collect(),
            exponents: law.exponents.iter().map(exponent).collect(),
            control: Control { id: law.control.id, states: law.control.states, because: law.control.because },
        }
    }
}
