// SPDX-License-Identifier: MIT OR Apache-2.0

//! `explain`: everything that a reader needs to judge a claim.

use anyhow::Result;
use serde::Serialize;
use widthwise_claims::{Claim, WitnessPart};

use crate::arguments::{Appearance, Rendering};
use crate::campaign::CONTROL_INSTANCES;
use crate::counterexample::control_name;
use crate::definition;
use crate::embedded;
use crate::exit_status::ExitStatus;
use crate::laws;
use crate::output;
use crate::proofs::Manifest;
use crate::render::json;
use crate::render::layout::hanging;
use crate::render::style::{HEADING, styled};
use crate::selection::Statement;

/// Columns of the headings.
const INDENT: usize = 12;

/// Explains a claim or a law.
///
/// # Errors
///
/// Fails if the explanation cannot be written.
pub(crate) fn run(statement: Statement, appearance: Appearance) -> Result<ExitStatus> {
    let manifest = Manifest::load()?;
    let text = match (statement, appearance.rendering) {
        (Statement::Law(law), rendering) => laws::explain::render(law, rendering)?,
        (Statement::Definition(definition), rendering) => definition::render(definition, rendering)?,
        (Statement::Claim(claim), Rendering::Human) => human(claim, &manifest),
        (Statement::Claim(claim), Rendering::Json) => json::to_text(&Explanation::of(claim, &manifest))?,
    };
    output::print(&text, appearance.color)?;
    Ok(ExitStatus::Held)
}

fn human(claim: &Claim, manifest: &Manifest) -> String {
    let explanation = &claim.explanation;
    let mut text = styled(HEADING, claim.id) + "\n" + &hanging("", 0, claim.statement) + "\n";
    let mut section = |heading: &str, body: &str| {
        text += &hanging(heading, INDENT, body);
    };
    section("States", explanation.states);
    section("Hypotheses", explanation.hypotheses);
    section("Shapes", explanation.shapes);
    section("Checked as", explanation.checked_as);
    section(
        "Decided by",
        "enclosures: an instance proves the claim if the left side's upper end is at most the right side's lower end, refutes it if \
         the sides lie apart the wrong way, and is undecided if they overlap. One counterexample refutes the claim.",
    );
    section("Allowance", explanation.allowance);
    let paper = claim.paper;
    section("Paper", &format!("{}, {}, arXiv:{}", paper.authors, paper.title, paper.arxiv));
    section("Source", explanation.source);
    match manifest.proof(claim.id) {
        Some(proof) => {
            for (position, theorem) in proof.theorems.iter().enumerate() {
                section(if position == 0 { "Proof" } else { "" }, theorem);
            }
            section("", &format!("in {}", proof.file));
        }
        None => section("Proof", "none by machine yet"),
    }
    match embedded::digests(claim.id) {
        0 => section("Embedded", "no run on other targets yet"),
        digests => section(
            "Embedded",
            &format!(
                "{digests} lines of digests of its result bits in {}, the same on every target: cargo xtask embedded",
                embedded::FILE
            ),
        ),
    }
    section(
        "Controls",
        &format!("wrong variants; each must be refuted on one of the first {CONTROL_INSTANCES} instances"),
    );
    for control in claim.controls {
        text += &format!("\n  {}\n", styled(HEADING, control_name(control)));
        text += &hanging("    states", INDENT, control.states);
        text += &hanging("    but", INDENT, control.because);
    }
    text += "\n";
    text += &hanging("Trial", INDENT, &format!("theory-checker check {}", claim.id));
    text +=
        &hanging("Replay", INDENT, &format!("theory-checker replay {} --seed SEED --index INDEX", claim.id));
    text
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
    shapes: &'a str,
    checked_as: &'a str,
    allowance: &'a str,
    source: &'a str,
    proof: Option<json::Proof>,
    /// Lines of digests of its result bits that every target must reproduce.
    embedded_digests: usize,
    controls: Vec<Control<'a>>,
}

#[derive(Debug, Serialize)]
struct Paper<'a> {
    arxiv: &'a str,
    title: &'a str,
    authors: &'a str,
}

#[derive(Debug, Serialize)]
struct Control<'a> {
    id: &'a str,
    states: &'a str,
    because: &'a str,
    counterexample: Vec<Witness<'a>>,
}

/// An array of the counterexample by hand.
#[derive(Debug, Serialize)]
struct Witness<'a> {
    name: &'a str,
    rows: usize,
    columns: usize,
    /// Column by column.
    entries: &'a [f64],
}

impl<'a> Explanation<'a> {
    fn of(claim: &'a Claim, manifest: &Manifest) -> Self {
        let explanation = &claim.explanation;
        let witness = |(part, witness): (&widthwise_sampling::Part, &'a WitnessPart)| Witness {
            name: part.name,
            rows: witness.rows,
            columns: witness.columns,
            entries: witness.entries,
        };
        let control = |control: &'a widthwise_claims::Control| Control {
            id: control.id,
            states: control.states,
            because: control.because,
            counterexample: claim.layout.iter().zip(control.witness).map(witness).collect(),
        };
        Self {
            id: claim.id,
            kind: claim.kind.name(),
            paper: Paper { arxiv: claim.paper.arxiv, title: claim.paper.title, authors: claim.paper.authors },
            statement: claim.statement,
            states: explanation.states,
            hypotheses: explanation.hypotheses,
            shapes: explanation.shapes,
            checked_as: explanation.checked_as,
            allowance: explanation.allowance,
            source: explanation.source,
            proof: json::Proof::of(claim.id, manifest),
            embedded_digests: embedded::digests(claim.id),
            controls: claim.controls.iter().map(control).collect(),
        }
    }
}
