// SPDX-License-Identifier: MIT OR Apache-2.0

//! `list`: a line a claim.

use anyhow::Result;
use serde::Serialize;
use widthwise_claims::Claim;

use crate::arguments::{Appearance, Rendering};
use crate::exit_status::ExitStatus;
use crate::output;
use crate::proofs::Manifest;
use crate::render::json;
use crate::render::style::{ASIDE, HEADING, styled};

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
}

impl Witnesses {
    /// The witnesses of a claim.
    fn of(claim: &Claim, manifest: &Manifest) -> Self {
        Self {
            statement: !claim.explanation.source.is_empty(),
            // The catalogue holds no claim without a check.
            instances: true,
            proof: manifest.proof(claim.id).is_some(),
        }
    }

    /// A letter for each, a point where one is missing.
    fn letters(self) -> String {
        let letters = [(self.statement, 's'), (self.instances, 'i'), (self.proof, 'p')];
        letters.into_iter().map(|(present, letter)| if present { letter } else { '·' }).collect()
    }
}

/// Lists the claims.
///
/// # Errors
///
/// Fails if the list cannot be written.
pub(crate) fn run(claims: &[&'static Claim], appearance: Appearance) -> Result<ExitStatus> {
    let manifest = Manifest::load()?;
    let row = |claim: &&'static Claim| Row {
        id: claim.id,
        kind: claim.kind.name(),
        paper: claim.paper.arxiv,
        statement: claim.statement,
        witnesses: Witnesses::of(claim, &manifest),
    };
    let rows: Vec<_> = claims.iter().map(row).collect();
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
    let heading = format!("{:id$}  {:kind$}  {:paper$}  wit  statement", "claim", "kind", "paper");
    let mut text = styled(HEADING, heading) + "\n";
    for row in rows {
        let letters = row.witnesses.letters();
        text += &format!(
            "{:id$}  {:kind$}  {:paper$}  {letters}  {}\n",
            row.id, row.kind, row.paper, row.statement
        );
    }
    text + &styled(ASIDE, "witnesses: s statement with source, i random instances, p machine-checked proof")
        + "\n"
}
