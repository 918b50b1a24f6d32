// SPDX-License-Identifier: MIT OR Apache-2.0

//! The excerpt of the table in the README of `bin/firmware`: `--bless` writes it, a test compares.

use super::table::Table;

const BEGIN: &str = "<!-- from measured.tsv -->\n";
const END: &str = "<!-- end -->\n";

/// The target of the excerpt.
const TARGET: &str = "thumbv7em-none-eabihf";

/// The kernels of the excerpt.
const KERNELS: [&str; 10] = [
    "matvec-8-f32",
    "spectral-norm-bounds-8-f32",
    "spectral-norm-compact-8-f32",
    "spectral-norm-8-f32",
    "nalgebra-singular-values-8-f32",
    "spectral-norm-compact-8-f64",
    "spectral-norm-8-f64",
    "nalgebra-singular-values-8-f64",
    "parametrization-layer",
    "lipschitz-bound",
];

/// The text with the excerpt of this table in its place; `None` if it has no place, or the table lacks a row.
pub(super) fn update(text: &str, table: &Table) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", of(table)?))
}

/// The excerpt: a line a kernel, a group of columns for each opt-level.
fn of(table: &Table) -> Option<String> {
    let mut lines = String::from(
        "| kernel | flash at `s`, bytes | stack | instructions | flash at 3, bytes | stack | instructions |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for kernel in KERNELS {
        lines += &format!("| `{kernel}` |");
        for level in super::LEVELS {
            let row = table.row(TARGET, level, kernel)?;
            for number in [row.flash, row.stack, row.instructions] {
                lines += &format!(" {} |", grouped(number));
            }
        }
        lines.push('\n');
    }
    Some(lines)
}

/// A number in groups of three digits.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::root;

    #[test]
    fn the_readme_shows_the_table() {
        let folder = root().join("bin/firmware");
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        let table = Table::read(&folder.join("measured.tsv")).unwrap();
        let shown = update(&readme, &table).unwrap();
        assert!(readme == shown, "if the table is right: cargo xtask embedded --measure {TARGET} --bless");
    }

    #[test]
    fn a_text_without_a_place_or_a_table_without_the_rows_gives_nothing() {
        assert_eq!(update("no place", &Table::default()), None);
        assert_eq!(update(&format!("{BEGIN}{END}"), &Table::default()), None);
    }

    #[test]
    fn digits_are_grouped() {
        assert_eq!([0, 999, 1000, 4_287_665].map(grouped), ["0", "999", "1,000", "4,287,665"]);
    }
}
