// SPDX-License-Identifier: MIT OR Apache-2.0

//! A plan for reading: a table, the comparison, the findings.

use super::sheet::{Line, Scale, Sheet};
use crate::exit_status::ExitStatus;
use crate::render::style::{ASIDE, BAD, GOOD, HEADING, styled};

/// The whole text.
pub(super) fn text(sheet: &Sheet<'_>, status: ExitStatus) -> String {
    let mut text = styled(HEADING, format_args!("{} under {}", sheet.rule, sheet.optimizer));
    text += &format!("   {}\n{}\n\n", sheet.source, constants(sheet));
    let rows: Vec<_> = sheet.lines.iter().flat_map(|line| rows(sheet, line)).collect();
    text += &table(&headings(sheet), &rows);
    text += &styled(ASIDE, legend(sheet));
    text += "\n";
    if let Some(multiplier) = sheet.attention_logits {
        text += &format!("products of queries and keys: times {}", short(multiplier));
        if let Some((second, other)) = sheet.comparison.as_ref().and_then(|c| Some((c, c.attention_logits?)))
        {
            text += &format!(" ({}), {} ({})", sheet.rule, short(other), second.rule);
        }
        text += "\n";
    }
    if let Some(comparison) = &sheet.comparison {
        let relation =
            if comparison.equivalent { "train the same network" } else { "train different networks" };
        text += &format!("\n{} and {} {relation}: {}\n", sheet.rule, comparison.rule, comparison.reason);
    }
    text += "\n";
    for finding in &sheet.findings {
        text += &format!("{} {}\n", styled(BAD, "finding"), printable(&finding.message));
    }
    let count = match sheet.findings.len() {
        0 => styled(GOOD, "no findings"),
        1 => styled(BAD, "1 finding"),
        count => styled(BAD, format_args!("{count} findings")),
    };
    text + &format!("{count}\nexit status {}: {}\n", status.code(), status.meaning())
}

fn constants(sheet: &Sheet<'_>) -> String {
    let constants = sheet.constants;
    let mut text = format!("rate {:?}   initial {:?}", constants.rate, constants.initial);
    if constants.epsilon > 0.0 {
        text += &format!("   epsilon {:?}", constants.epsilon);
    }
    if constants.weight_decay_kind != "none" {
        text += &format!("   weight decay {}={:?}", constants.weight_decay_kind, constants.weight_decay);
    }
    text
}

fn headings(sheet: &Sheet<'_>) -> Vec<&'static str> {
    let mut headings = vec!["parameter", "role", "fan-in", "fan-out", "grows"];
    if sheet.comparison.is_some() {
        headings.push("rule");
    }
    headings.extend(["multiplier", "initial", "rate"]);
    if sheet.constants.epsilon > 0.0 {
        headings.push("epsilon");
    }
    if sheet.constants.weight_decay_kind != "none" {
        headings.push("weight decay");
    }
    if sheet.comparison.is_some() {
        headings.push("relation");
    }
    headings
}

/// The rows of a parameter: one, or under a comparison one for each rule and one for the conversion.
fn rows(sheet: &Sheet<'_>, line: &Line<'_>) -> Vec<Vec<String>> {
    let grows = match (line.fan_in_scales, line.fan_out_scales) {
        (true, true) => "in, out",
        (true, false) => "in",
        (false, true) => "out",
        (false, false) => "–",
    };
    let blocks = if line.blocks == 1 { String::new() } else { format!("{} of ", line.blocks) };
    let about = vec![
        printable(line.name),
        line.role.to_owned(),
        line.fan_in.to_string(),
        format!("{blocks}{}", line.fan_out),
        grows.to_owned(),
    ];
    let Some((second, comparison)) = sheet.comparison.as_ref().zip(line.comparison.as_ref()) else {
        return vec![[about, cells(sheet, line.scale.as_ref())].concat()];
    };
    let blank = || vec![String::new(); 5];
    let factor = |factor: Option<f64>| factor.map_or_else(|| "–".to_owned(), |x| format!("× {}", short(x)));
    let (first, other) = (cells(sheet, line.scale.as_ref()), cells(sheet, comparison.scale.as_ref()));
    let mut conversion = vec!["conversion".to_owned(), String::new()];
    conversion.extend([comparison.initial_factor, comparison.rate_factor].map(factor));
    conversion.extend((sheet.constants.epsilon > 0.0).then(|| factor(comparison.epsilon_factor)));
    let has_decay = sheet.constants.weight_decay_kind != "none";
    conversion.extend(has_decay.then(|| factor(comparison.weight_decay_factor)));
    conversion.push(comparison.reason.clone());
    vec![
        [about, vec![sheet.rule.to_owned()], first].concat(),
        [blank(), vec![second.rule.to_owned()], other].concat(),
        [blank(), conversion].concat(),
    ]
}

/// The numbers of a parameter, in the columns that the constants ask for.
fn cells(sheet: &Sheet<'_>, scale: Option<&Scale>) -> Vec<String> {
    let has_epsilon = sheet.constants.epsilon > 0.0;
    let has_decay = sheet.constants.weight_decay_kind != "none";
    let columns = 3 + usize::from(has_epsilon) + usize::from(has_decay);
    let Some(scale) = scale else { return vec!["–".to_owned(); columns] };
    let initial = match scale.initial.kind {
        "zero" => "zero".to_owned(),
        kind => format!("{kind} {}", short(scale.initial.scale)),
    };
    let mut cells = vec![short(scale.multiplier), initial, short(scale.rate)];
    cells.extend(has_epsilon.then(|| short(scale.epsilon)));
    cells.extend(has_decay.then(|| short(scale.weight_decay)));
    cells
}

/// Columns, each as wide as its widest cell; the last is not filled up.
fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let widths: Vec<_> = headings
        .iter()
        .enumerate()
        .map(|(column, heading)| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain([heading.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let filled = cells.enumerate().map(|(column, cell)| {
            let width = widths.get(column).copied().unwrap_or(0);
            format!("{cell:width$}")
        });
        filled.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut text = styled(HEADING, line(&mut headings.iter().copied())) + "\n";
    for row in rows {
        text += &(line(&mut row.iter().map(String::as_str)) + "\n");
    }
    text
}

fn legend(sheet: &Sheet<'_>) -> String {
    let mut legend = "grows: with the width, by the role; initial: standard deviation (gaussian), singular values (orthogonal), every \
                      entry (constant)"
        .to_owned();
    if sheet.lines.iter().any(Line::is_normalised_by_token) {
        legend += "; of an embedding, the norm of each token's vector";
    }
    if sheet.relative_to_base {
        legend += "\nmultiplier and initial are factors of those at the base; rates are the constant times their factor";
    }
    if sheet.comparison.is_some() {
        legend +=
            "\nconversion: what to multiply the constants of the first rule by to have those of the second";
    }
    legend
}

/// A text in one line: names are foreign, and a terminal obeys their control characters.
fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// A number with six significant digits, or the number itself where it has fewer.
fn short(x: f64) -> String {
    let rounded: f64 = format!("{x:.5e}").parse().unwrap_or(x);
    let text = format!("{rounded:?}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(printable("a\u{1b}[31m\nβ"), "a\\u{1b}[31m\\nβ");
    }

    #[test]
    fn numbers_are_short() {
        let cases = [
            (1.0, "1"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.333333"),
            (1.0 / 768.0, "0.00130208"),
            (1e-8, "1e-8"),
            (50257.0, "50257"),
        ];
        for (number, text) in cases {
            assert_eq!(short(number), text);
        }
    }
}
