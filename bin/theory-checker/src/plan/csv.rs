// SPDX-License-Identifier: MIT OR Apache-2.0

//! A plan as a table of comma-separated values (RFC 4180, lines end with a line feed).

use super::sheet::{Line, Scale, Sheet};

const COLUMNS: &str = "name,role,fan_in,fan_out,blocks,fan_in_scales,fan_out_scales,multiplier,initial_kind,\
                       initial_scale,rate,epsilon,weight_decay";
const COMPARED_COLUMNS: &str = ",other_multiplier,other_initial_kind,other_initial_scale,other_rate,other_epsilon,\
                                other_weight_decay,initial_factor,rate_factor,equivalent,reason,\
                                epsilon_factor,weight_decay_factor";

/// The table, with a line of names on top.
pub(super) fn text(sheet: &Sheet<'_>) -> String {
    let compared = if sheet.comparison.is_some() { COMPARED_COLUMNS } else { "" };
    let mut text = format!("{COLUMNS}{compared}\n");
    for line in &sheet.lines {
        text += &(fields(line).join(",") + "\n");
    }
    text
}

fn fields(line: &Line<'_>) -> Vec<String> {
    let mut fields = vec![
        quoted(line.name),
        line.role.to_owned(),
        line.fan_in.to_string(),
        line.fan_out.to_string(),
        line.blocks.to_string(),
        line.fan_in_scales.to_string(),
        line.fan_out_scales.to_string(),
    ];
    fields.extend(scale_fields(line.scale.as_ref()));
    if let Some(comparison) = &line.comparison {
        fields.extend(scale_fields(comparison.scale.as_ref()));
        let number = |factor: Option<f64>| factor.map_or_else(String::new, |factor| format!("{factor:?}"));
        fields.extend([comparison.initial_factor, comparison.rate_factor].map(number));
        fields.extend([comparison.equivalent.to_string(), quoted(&comparison.reason)]);
        fields.extend([comparison.epsilon_factor, comparison.weight_decay_factor].map(number));
    }
    fields
}

/// The numbers; empty fields if the rule has none.
fn scale_fields(scale: Option<&Scale>) -> [String; 6] {
    let Some(scale) = scale else { return [const { String::new() }; 6] };
    let number = |x: f64| format!("{x:?}");
    [
        number(scale.multiplier),
        scale.initial.kind.to_owned(),
        number(scale.initial.scale),
        number(scale.rate),
        number(scale.epsilon),
        number(scale.weight_decay),
    ]
}

/// A field, in quotation marks where it needs them.
fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_commas_and_marks_are_quoted() {
        assert_eq!(quoted("h.0.weight"), "h.0.weight");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"n\""), "\"say \"\"n\"\"\"");
        assert_eq!(quoted("two\nlines"), "\"two\nlines\"");
    }
}
