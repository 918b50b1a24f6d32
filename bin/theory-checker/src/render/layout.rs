// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text for a terminal of a hundred columns.

use crate::number::{Interval, Number};
use crate::transcript::{Array, Sides};

/// Columns that lines are broken to. Ids, commands and rows of matrices are never broken.
pub(crate) const WIDTH: usize = 100;

/// Breaks text at spaces into lines of at most `width` characters; a longer word keeps its line.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Text broken into indented lines, each with its line end. The first line begins with `head`, filled up to the indentation.
pub(crate) fn hanging(head: &str, indent: usize, text: &str) -> String {
    let mut paragraph = String::new();
    let lines = wrap(text, WIDTH.saturating_sub(indent));
    for (position, line) in lines.iter().enumerate() {
        let head = if position == 0 { head } else { "" };
        paragraph += &format!("{head:indent$}{line}\n");
    }
    paragraph
}

/// The shape of an array: `2×3`, `3` for a vector.
pub(crate) fn shape(array: &Array) -> String {
    if array.columns == 1 { array.rows.to_string() } else { format!("{}×{}", array.rows, array.columns) }
}

/// Names and shapes of all arrays: `A 2×3, x 3`.
pub(crate) fn shapes(arrays: &[Array]) -> String {
    let arrays: Vec<_> = arrays.iter().map(|array| format!("{} {}", array.name, shape(array))).collect();
    arrays.join(", ")
}

/// An array: decimal, and hexadecimal beside it or below it.
pub(crate) fn array(array: &Array, indent: usize) -> String {
    let decimal = rows(array, |number| &number.decimal);
    let hexadecimal = rows(array, |number| &number.hexadecimal);
    let widest = |rows: &[String]| rows.iter().map(|row| row.chars().count()).max().unwrap_or(0);
    let width = widest(&decimal);
    let mut text = format!("{:indent$}{}  {}\n", "", array.name, shape(array));
    let indent = indent + 2;
    if indent + width + 4 + widest(&hexadecimal) <= WIDTH {
        for (decimal, hexadecimal) in decimal.iter().zip(&hexadecimal) {
            text += &format!("{:indent$}{decimal:width$}    {hexadecimal}\n", "");
        }
    } else {
        for row in decimal.iter().chain(&hexadecimal) {
            text += &format!("{:indent$}{row}\n", "");
        }
    }
    text
}

/// The rows of an array, its columns aligned.
fn rows(array: &Array, text: impl Fn(&Number) -> &str) -> Vec<String> {
    let width = array.entries.iter().map(|number| text(number).chars().count()).max().unwrap_or(0);
    let row = |row: &[Number]| {
        let entries: Vec<_> = row.iter().map(|number| format!("{:>width$}", text(number))).collect();
        entries.join("  ")
    };
    array.entries.chunks(array.columns.max(1)).map(row).collect()
}

/// An enclosure: decimal and hexadecimal.
pub(crate) fn interval(interval: &Interval) -> String {
    format!(
        "[{}, {}]  [{}, {}]",
        interval.lo.decimal, interval.hi.decimal, interval.lo.hexadecimal, interval.hi.hexadecimal
    )
}

/// Both sides of a comparison, a line each.
pub(crate) fn sides(sides: &Sides, indent: usize) -> String {
    format!(
        "{:indent$}left   {}\n{:indent$}right  {}\n",
        "",
        interval(&sides.left),
        "",
        interval(&sides.right)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_stay_whole() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("‖A x‖ ≤ ‖A‖ ‖x‖", 7), ["‖A x‖ ≤", "‖A‖ ‖x‖"]);
        assert_eq!(wrap("incomprehensible word", 5), ["incomprehensible", "word"]);
        assert_eq!(wrap("", 5), Vec::<String>::new());
    }

    #[test]
    fn a_matrix_has_decimal_and_hexadecimal_side_by_side() {
        let entries = [1.0, -0.5, 16.0, 0.0].map(|x: f64| Number::new(x, 0)).to_vec();
        let text = array(&Array { name: "A", rows: 2, columns: 2, entries }, 2);
        assert_eq!(
            text,
            "  A  2×2\n     1.0  -0.5     0x1p+0  -0x1p-1\n    16.0   0.0     0x1p+4   0x0p+0\n"
        );
    }
}
