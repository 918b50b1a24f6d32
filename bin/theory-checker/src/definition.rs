// SPDX-License-Identifier: MIT OR Apache-2.0

//! `explain` of a definition, an assumption or a rule: what it says, and which claims and laws are about it.

use anyhow::Result;
use serde::Serialize;
use widthwise_claims::Definition;

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
pub(crate) fn render(definition: &Definition, rendering: Rendering) -> Result<String> {
    match rendering {
        Rendering::Human => Ok(human(definition)),
        Rendering::Json => json::to_text(&Explanation::from(definition)),
    }
}

fn human(definition: &Definition) -> String {
    let mut text = styled(HEADING, definition.id) + "\n" + &hanging("", 0, definition.statement) + "\n";
    let mut section = |heading: &str, body: &str| text += &hanging(heading, INDENT, body);
    section("Kind", definition.kind.name());
    section("States", definition.states);
    section("Remarks", definition.remarks);
    let paper = definition.paper;
    section("Paper", &format!("{}, {}, arXiv:{}", paper.authors, paper.title, paper.arxiv));
    section("Source", definition.source);
    section("Tried by", &definition.tried_by.join(", "));
    text
}

#[derive(Serialize)]
struct Explanation {
    id: &'static str,
    kind: &'static str,
    paper: &'static str,
    statement: &'static str,
    states: &'static str,
    remarks: &'static str,
    source: &'static str,
    tried_by: &'static [&'static str],
}

impl From<&Definition> for Explanation {
    fn from(definition: &Definition) -> Self {
        let Definition { id, kind, paper, statement, states, remarks, source, tried_by } = *definition;
        Self { id, kind: kind.name(), paper: paper.arxiv, statement, states, remarks, source, tried_by }
    }
}
