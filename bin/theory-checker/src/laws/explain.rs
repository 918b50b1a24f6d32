// SPDX-License-Identifier: MIT OR Apache-2.0

//! `explain` of a law: everything that a reader needs to judge it.

use anyhow::Result;
use serde::Serialize;
use widthwise_claims::Kind;
use widthwise_claims::law::{
    Effort, Estimand, FALSE_ALARM, LARGEST_DISTANCE, LARGEST_NOISE, LARGEST_STANDARD_ERROR, LEVEL, Law,
    POWER, STANDARD_ERRORS, Size, TOLERANCE,
};

use super::error_rates::{self, ErrorRates};
use super::human::drawn;
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
    section("Decided by", &decided_by(law));
    section("Error rates", &error_rates(law));
    for (position, effort) in Effort::ALL.into_iter().enumerate() {
        let design = law.design(effort);
        let sizes = format!("{}: {}", effort.name(), drawn(&design));
        section(if position == 0 { "Efforts" } else { "" }, &sizes);
    }
    let mut last = "";
    for estimand in law.estimands {
        let (heading, line) = stated(law, estimand);
        section(if heading == last { "" } else { heading }, &line);
        last = heading;
    }
    section("Paper", &format!("{}, {}, arXiv:{}", law.paper.authors, law.paper.title, law.paper.arxiv));
    section("Source", law.source);
    section("Control", "a wrong law; an estimate must exclude what it says");
    text += &format!("\n  {}\n", styled(HEADING, law.control.id));
    text += &hanging("    states", INDENT, law.control.states);
    text += &hanging("    but", INDENT, law.control.because);
    text += "\n";
    text + &hanging("Trial", INDENT, &format!("theory-checker check {}", law.id))
}

/// What an estimand states, at the first and the last of the standard sizes, under the heading of its form.
fn stated(law: &Law, estimand: &Estimand) -> (&'static str, String) {
    let quantity = estimand.quantity();
    let sizes = law.design(Effort::Standard).sizes;
    let ends = || match sizes {
        [] => Vec::new(),
        [only] => vec![*only],
        [first, .., last] => vec![*first, *last],
    };
    let at_ends = |state: &dyn Fn(Size) -> String| {
        let states: Vec<_> = ends().into_iter().map(|size| format!("{} at {size}", state(size))).collect();
        format!("{quantity}: {}", states.join("; "))
    };
    match estimand {
        Estimand::Exponent(exponent) => {
            ("Exponents", format!("{quantity}: {}, control {}", exponent.predicted, exponent.control))
        }
        Estimand::Mean(mean) => {
            let state = |size| format!("{:.4}, control {:.4}", (mean.predicted)(size), (mean.control)(size));
            ("Means", at_ends(&state) + &format!("; model error {}", mean.model_error))
        }
        Estimand::Range(range) => {
            let state = |size| {
                let [lo, hi] = (range.predicted)(size);
                let [control_lo, control_hi] = (range.control)(size);
                format!("[{lo:.4}, {hi:.4}], control [{control_lo:.4}, {control_hi:.4}]")
            };
            (
                "Ranges",
                at_ends(&state) + &format!("; outside with a probability of at most {:.1e}", range.tail),
            )
        }
        Estimand::Distribution(distribution) => {
            ("Distributions", format!("{quantity}: {}", distribution.name))
        }
    }
}

/// The rules of decision for the forms of the law's statements.
fn decided_by(law: &Law) -> String {
    let has = |form: fn(&Estimand) -> bool| law.estimands.iter().any(form);
    let mut text = String::new();
    if has(|estimand| matches!(estimand, Estimand::Exponent(_))) {
        text += &format!(
            "An exponent is the slope of the mean logarithm over ln n, by least squares; the estimate ± {TOLERANCE} must contain what is predicted, and a standard error above \
             {LARGEST_STANDARD_ERROR} leaves it open. "
        );
    }
    if has(|estimand| matches!(estimand, Estimand::Mean(_))) {
        text += &format!(
            "A mean must lie within the error of the model and {STANDARD_ERRORS} standard errors of what is predicted; noise above {LARGEST_NOISE} of it leaves it open. "
        );
    }
    if has(|estimand| matches!(estimand, Estimand::Range(_))) {
        text += "A range must hold every draw. ";
    }
    if has(|estimand| matches!(estimand, Estimand::Distribution(_))) {
        text += &format!(
            "A distribution function must lie within the bound of Dvoretzky, Kiefer, Wolfowitz and Massart of the level {LEVEL:e} everywhere; a bound above {LARGEST_DISTANCE} leaves \
             it open. "
        );
    }
    text + "The law holds if every estimate supports its prediction and one excludes the control; it is refuted if one excludes its prediction. A draw that is zero or no number leaves \
            it open."
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
    efforts: Vec<Drawn<'a>>,
    exponents: Vec<Exponent>,
    /// Means, ranges and distributions, in words.
    statements: Vec<String>,
    control: Control<'a>,
}

#[derive(Debug, Serialize)]
struct Paper<'a> {
    arxiv: &'a str,
    title: &'a str,
    authors: &'a str,
}

/// What an effort draws.
#[derive(Debug, Serialize)]
struct Drawn<'a> {
    effort: &'a str,
    widths: Vec<usize>,
    shapes: Vec<[usize; 2]>,
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
        let drawn = |effort: Effort| {
            let design = law.design(effort);
            Drawn {
                effort: effort.name(),
                widths: design.sizes.iter().map(|size| size.columns).collect(),
                shapes: design.sizes.iter().map(|size| [size.rows, size.columns]).collect(),
                replicates: design.draws,
            }
        };
        let others = law.estimands.iter().filter(|estimand| estimand.exponent().is_none());
        let exponent = |exponent: widthwise_claims::law::Exponent| Exponent {
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
            decided_by: decided_by(law),
            source: law.source,
            tolerance: TOLERANCE,
            largest_standard_error: LARGEST_STANDARD_ERROR,
            false_alarm: FALSE_ALARM,
            power: POWER,
            error_rates: error_rates::of(law.id),
            efforts: Effort::ALL.into_iter().map(drawn).collect(),
            exponents: law.estimands.iter().filter_map(Estimand::exponent).map(exponent).collect(),
            statements: others.map(|estimand| stated(law, estimand).1).collect(),
            control: Control { id: law.control.id, states: law.control.states, because: law.control.because },
        }
    }
}
