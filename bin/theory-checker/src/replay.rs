// SPDX-License-Identifier: MIT OR Apache-2.0

//! `replay`: one instance again, with every number.

use anyhow::{Context, Result, bail};
use serde::Serialize;
use widthwise_claims::{Claim, Control, Outcome};
use widthwise_rounding::Verdict;

use crate::arguments::{Rendering, ReplayArguments};
use crate::counterexample::{Address, Case, control_name};
use crate::exit_status::ExitStatus;
use crate::output;
use crate::render::style::{HEADING, styled};
use crate::render::{human, json, layout};
use crate::selection;
use crate::self_test;
use crate::transcript::{Step, Transcript};

/// Judges the instance again and shows it.
///
/// # Errors
///
/// Fails for an unknown id or control, if the checker does not pass its self-test, or if the instance cannot be drawn or written.
pub(crate) fn run(arguments: &ReplayArguments) -> Result<ExitStatus> {
    let claim = selection::find_claim(&arguments.id)?;
    let control = arguments.control.as_deref().map(|name| find_control(claim, name)).transpose()?;
    self_test::run()?;
    let address =
        Address { claim, control, seed: arguments.seed, index: arguments.index, format: arguments.scalar };
    let case = address.open().context("cannot draw the instance")?;
    let text = match arguments.appearance.rendering {
        Rendering::Human => render(&case),
        Rendering::Json => json::to_text(&Replay::from(&case))?,
    };
    output::print(&text, arguments.appearance.color)?;
    Ok(status(&case))
}

/// The control of a claim, by its whole id or by its name alone.
fn find_control(claim: &'static Claim, name: &str) -> Result<&'static Control> {
    let named = |control: &&Control| control.id == name || control_name(control) == name;
    if let Some(control) = claim.controls.iter().find(named) {
        return Ok(control);
    }
    let names: Vec<_> = claim.controls.iter().map(control_name).collect();
    bail!("{} has no control `{name}`; its controls are {}", claim.id, names.join(", "))
}

/// A claim must hold on the instance; a control must be refuted by it.
fn status(case: &Case) -> ExitStatus {
    match (case.drawn.outcome, case.address.control) {
        (Outcome::Decided(findings), None) if findings.verdict == Verdict::Refuted => ExitStatus::Refuted,
        (Outcome::Decided(findings), None) if !findings.too_wide => ExitStatus::Held,
        (Outcome::Decided(findings), Some(_)) if findings.verdict == Verdict::Refuted => ExitStatus::Held,
        (Outcome::Decided(_), Some(_)) => ExitStatus::Refuted,
        _ => ExitStatus::Inconclusive,
    }
}

fn render(case: &Case) -> String {
    let Address { claim, control, seed, index, format } = case.address;
    let (id, states) = control.map_or((claim.id, claim.statement), |control| (control.id, control.states));
    let mut text = styled(HEADING, id);
    text += &format!("   seed {seed:#x}   index {index}   {}\n{states}\n\n", format.name());
    for part in &case.drawn.arrays {
        text += &layout::array(part, 0);
    }
    text.push('\n');
    text += &steps(&case.drawn);
    if let Some(small) = &case.small {
        text.push('\n');
        text += &human::small_instance(small);
    }
    text + &format!("\noutcome: {}\n", outcome(&case.drawn.outcome))
}

fn steps(transcript: &Transcript) -> String {
    let mut text = String::new();
    for step in &transcript.steps {
        match step {
            Step::Quantity { name, value } => {
                text += &format!("{name}\n  {}\n", layout::interval(value));
            }
            Step::Comparison(sides) => {
                text += &styled(HEADING, sides.formula);
                text += &format!("   {}\n{}", sides.verdict_name(), layout::sides(sides, 2));
                if sides.verdict == Verdict::Undecided {
                    text += &format!("  overlap {:?}, allowed {:?}\n", sides.overlap, sides.allowance);
                }
            }
        }
    }
    text
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Decided(findings) => match findings.verdict {
            Verdict::Proved => "proved".to_owned(),
            Verdict::Refuted => "refuted".to_owned(),
            Verdict::Undecided if findings.too_wide => {
                "undecided, and too wide to have tested anything".to_owned()
            }
            Verdict::Undecided => "undecided: the sides overlap within their allowance".to_owned(),
        },
        Outcome::Skipped(refusal) => format!("skipped, {refusal}"),
        _ => "unknown".to_owned(),
    }
}

/// The replay as JSON.
#[derive(Debug, Serialize)]
struct Replay {
    claim: &'static str,
    control: Option<&'static str>,
    seed: String,
    index: u64,
    scalar: &'static str,
    outcome: String,
    #[serde(flatten)]
    drawn: Judged,
    small: Option<Judged>,
}

/// A judged instance.
#[derive(Debug, Serialize)]
struct Judged {
    arrays: Vec<json::Entries>,
    quantities: Vec<Quantity>,
    comparisons: Vec<json::Comparison>,
}

#[derive(Debug, Serialize)]
struct Quantity {
    name: &'static str,
    #[serde(flatten)]
    bounds: json::Bounds,
}

impl From<&Case> for Replay {
    fn from(case: &Case) -> Self {
        let Address { claim, control, seed, index, format } = case.address;
        Self {
            claim: claim.id,
            control: control.map(|control| control.id),
            seed: format!("{seed:#x}"),
            index,
            scalar: format.name(),
            outcome: outcome(&case.drawn.outcome),
            drawn: (&case.drawn).into(),
            small: case.small.as_ref().map(Judged::from),
        }
    }
}

impl From<&Transcript> for Judged {
    fn from(transcript: &Transcript) -> Self {
        let quantity = |step: &Step| match step {
            Step::Quantity { name, value } => Some(Quantity { name, bounds: value.into() }),
            Step::Comparison(_) => None,
        };
        Self {
            arrays: transcript.arrays.iter().map(json::Entries::from).collect(),
            quantities: transcript.steps.iter().filter_map(quantity).collect(),
            comparisons: transcript.comparisons().map(json::Comparison::from).collect(),
        }
    }
}
