// SPDX-License-Identifier: MIT OR Apache-2.0

//! A plan as Python: three dictionaries by the names of the parameters.
//!
//! One holds what goes into the groups of an optimiser, under PyTorch's names; one the initialisation; one the
//! multipliers of the layers that have one. A string of JSON is a string of Python.

use anyhow::{Result, bail};

use super::sheet::{Line, Scale, Sheet};

/// The dictionaries.
///
/// # Errors
///
/// Fails if a parameter has no numbers: a script with a hole in it would train something else.
pub(super) fn text(sheet: &Sheet<'_>) -> Result<String> {
    let mut lines = Vec::new();
    for line in &sheet.lines {
        let Some(scale) = &line.scale else {
            bail!(
                "{} says nothing of the parameter `{}`, so there is nothing to paste",
                sheet.rule,
                line.name
            )
        };
        lines.push((serde_json::to_string(line.name)?, line, scale));
    }
    let decay = sheet.constants.weight_decay_kind;
    let relative =
        if sheet.relative_to_base { ", initial scales and multipliers relative to the base" } else { "" };
    let mut text = format!("# {} under {}{relative}\n", sheet.rule, sheet.optimizer);
    text += "# PyTorch: [{\"params\": [p], **OPTIMIZER[name]} for name, p in model.named_parameters()]\n";
    if decay != "none" {
        text += &format!("# weight_decay enters by the kind `{decay}`\n");
    }
    let has_epsilon = sheet.constants.epsilon > 0.0;
    let optimizer = |scale: &Scale| {
        let mut entry = format!("{{\"lr\": {:?}", scale.rate);
        if has_epsilon {
            entry += &format!(", \"eps\": {:?}", scale.epsilon);
        }
        if decay != "none" {
            entry += &format!(", \"weight_decay\": {:?}", scale.weight_decay);
        }
        entry + "}"
    };
    text += &dictionary("OPTIMIZER", &lines, |_, scale| Some(optimizer(scale)));
    text += "# kind and scale: the standard deviation of a gaussian, the singular values of an orthogonal matrix\n";
    if sheet.lines.iter().any(Line::is_normalised_by_token) {
        text += "# of an embedding, the norm of each token's vector\n";
    }
    text += &dictionary("INITIAL", &lines, |_, scale| {
        Some(format!("(\"{}\", {:?})", scale.initial.kind, scale.initial.scale))
    });
    text += "# what the product with the parameter is multiplied by; 1 for those that are not here\n";
    text += &dictionary("MULTIPLIER", &lines, |_, scale| {
        (scale.multiplier != 1.0).then(|| format!("{:?}", scale.multiplier))
    });
    if let Some(multiplier) = sheet.attention_logits {
        text += &format!(
            "# what the products of queries and keys are multiplied by\nATTENTION = {multiplier:?}\n"
        );
    }
    for finding in &sheet.findings {
        text += &format!("# finding: {}\n", finding.message.replace(['\n', '\r'], " "));
    }
    Ok(text)
}

fn dictionary(
    name: &str,
    lines: &[(String, &Line<'_>, &Scale)],
    value: impl Fn(&Line<'_>, &Scale) -> Option<String>,
) -> String {
    let entries = lines
        .iter()
        .filter_map(|(key, line, scale)| value(line, scale).map(|value| format!("    {key}: {value},\n")));
    format!("{name} = {{\n{}}}\n", entries.collect::<String>())
}
