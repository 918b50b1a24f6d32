// SPDX-License-Identifier: MIT OR Apache-2.0

//! `list`: a line a claim.

use anyhow::Result;
use serde::Serialize;

use crate::arguments::{Appearance, Rendering};
use crate::embedded;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::proofs::Manifest;
use crate::render::json;
use crate::render::style::{ASIDE, HEADING, styled};
use crate::selection::{Selection, Statement};

const LEGEND: &str =
    "seen in: s statement with source, i random instances, p machine-checked proof, e embedded run";

/// A claim of the list.
#[derive(Debug, Serialize)]
struct Row {
    id: &'static str,
    kind: &'static str,
    paper: &'static str,
    statement: &'static str,
    witnesses: Witnesses,
}

/// What speaks for a claim.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Witnesses {
    /// The statement and its source in the paper.
    statement: bool,
    /// The check on random instances.
    instances: bool,
    /// The machine-checked proof.
    proof: bool,
    /// The run on a microcontroller.
    embedded: bool,
}

impl Witnesses {
    /// The witnesses of a statement.
    fn of(statement: Statement, manifest: &Manifest) -> Self {
        let source = match statement {
            Statement::Claim(claim) => claim.explanation.source,
            Statement::Law(law) => law.source,
            Statement::Definition(definition) => definition.source,
        };
        Self {
            statement: !source.is_empty(),
            // The catalogue holds no claim without a check, and no law without a measurement.
            instances: !matches!(statement, Statement::Definition(_)),
            proof: manifest.proof(statement.id()).is_some(),
            embedded: embedded::digests(statement.id()) > 0,
        }
    }

    /// A letter for each, a point where one is missing.
    fn letters(self) -> String {
        let letters = [(self.statement, 's'), (self.instances, 'i'), (self.proof, 'p'), (self.embedded, 'e')];
        letters.into_iter().map(|(present, letter)| if present { letter } else { '·' }).collect()
    }
}

/// Lists the claims.
///
/// # Errors
///
/// Fails if the list cannot be written.
pub(crate) fn run(selection: &Selection, appearance: Appearance) -> Result<ExitStatus> {
    let manifest = Manifest::load()?;
    let row = |statement: Statement| Row {
        id: statement.id(),
        kind: statement.kind(),
        paper: statement.arxiv(),
        statement: statement.statement(),
        witnesses: Witnesses::of(statement, &manifest),
    };
    let claims = selection.claims.iter().map(|&claim| Statement::Claim(claim));
    let laws = selection.laws.iter().map(|&law| Statement::Law(law));
    let definitions = selection.definitions.iter().map(|&definition| Statement::Definition(definition));
    let rows: Vec<_> = claims.chain(laws).chain(definitions).map(row).collect();
    let text = match appearance.rendering {
        Rendering::Human => human(&rows),
        Rendering::Json => json::to_text(&rows)?,
    };
    output::print(&text, appearance.color)?;
    Ok(ExitStatus::Held)
}

fn human(rows: &[Row]) -> String {
    let width = |column: fn(&Row) -> &str, heading: &str| {
        rows.iter().map(|row| column(row).len()).max().unwrap_or(0).max(heading.len())
    };
    let (id, kind) = (width(|row| row.id, "claim"), width(|row| row.kind, "kind"));
    let paper = width(|row| row.paper, "paper");
    let heading = format!("{:id$}  {:kind$}  {:paper$}  seen  statement", "claim", "kind", "paper");
    let mut text = styled(HEADING, heading) + "\n";
    for row in rows {
        let letters = row.witnesses.letters();
        text += &format!(
            "{:id$}  {:kind$}  {:paper$}  {letters}  {}\n",
            row.id, row.kind, row.paper, row.statement
        );
    }
    text + &styled(ASIDE, LEGEND) + "\n"
}
