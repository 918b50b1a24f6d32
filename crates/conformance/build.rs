// SPDX-License-Identifier: MIT OR Apache-2.0

//! Writes the golden matrices as constants: one table, that of the tests of the spectral norm, for host and target.
//!
//! A target has no integers of any length to compare 45 decimal digits with, so the largest singular value becomes the two
//! neighbouring numbers of the format between which it lies. An enclosure with ends in that format is right if and only if it
//! contains both.

#![allow(clippy::expect_used, reason = "a build script fails by panicking")]

use core::cmp::Ordering;
use core::fmt::{Display, LowerExp, Write};
use std::env::var;
use std::fs;
use std::path::Path;

use serde_json::Value;

const TABLE: &str = "../spectral/tests/golden-spectral-norms.json";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={TABLE}");
    let table = fs::read_to_string(TABLE).expect("the golden table is there");
    let table: Value = serde_json::from_str(&table).expect("the golden table is JSON");
    let mut tables = [String::new(), String::new()];
    for matrix in table.as_array().expect("the golden table is a list") {
        let name = matrix["name"].as_str().expect("a golden matrix has a name");
        let value = matrix["sigma1"].as_str().expect("a golden matrix has a largest singular value");
        let (rows, columns) = (size(&matrix["m"]), size(&matrix["n"]));
        let entries = by_columns(&matrix["rows_bits_hex"]);
        assert_eq!(entries.len(), rows * columns, "{name}");
        let (below, above) = neighbours(value);
        let single = |x: f64| x.is_finite() && f64::from(narrow(x)) == x;
        if entries.iter().all(|&x| single(x)) {
            let entries: Vec<_> = entries.iter().map(|&x| narrow(x)).collect();
            // The numbers of binary32 are numbers of binary64: its neighbours are those of these neighbours.
            let (mut low, mut high) = (narrow(below), narrow(above));
            if f64::from(low) > below {
                low = low.next_down();
            }
            if f64::from(high) < above {
                high = high.next_up();
            }
            add(&mut tables[0], name, (rows, columns), &entries, (low, high));
        }
        add(&mut tables[1], name, (rows, columns), &entries, (below, above));
    }
    let mut text = String::new();
    for (format, table) in ["f32", "f64"].iter().zip(tables) {
        let constant = format.to_uppercase();
        writeln!(text, "pub(super) static {constant}: &[GoldenMatrix<{format}>] = &[\n{table}];")
            .expect("a string can be written");
    }
    let out = var("OUT_DIR").expect("cargo sets the folder for output");
    fs::write(Path::new(&out).join("golden.rs"), text).expect("the folder for output can be written");
}

fn size(value: &Value) -> usize {
    value.as_u64().and_then(|size| usize::try_from(size).ok()).expect("a size is a small number")
}

/// The nearest number of binary32.
#[allow(clippy::cast_possible_truncation, reason = "the rounding is what is wanted")]
fn narrow(x: f64) -> f32 {
    x as f32
}

/// The entries, column by column, from rows of bits.
fn by_columns(rows: &Value) -> Vec<f64> {
    let rows: Vec<Vec<f64>> = rows
        .as_array()
        .expect("a golden matrix has rows")
        .iter()
        .map(|row| row.as_str().expect("a row is text").split(' ').map(from_bits).collect())
        .collect();
    (0..rows[0].len()).flat_map(|j| rows.iter().map(move |row| row[j])).collect()
}

fn from_bits(digits: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(digits, 16).expect("an entry is 16 hexadecimal digits"))
}

/// The greatest number of binary64 that is not above the decimal number, and the least that is not below.
fn neighbours(decimal: &str) -> (f64, f64) {
    let nearest: f64 = decimal.parse().expect("a singular value is a decimal number");
    if nearest == f64::INFINITY {
        return (f64::MAX, f64::INFINITY);
    }
    // All digits of the binary number: at most 767 of them are not zero.
    let (value, nearest_digits) = (digits(decimal), digits(&format!("{nearest:.800e}")));
    match value.cmp(&nearest_digits) {
        Ordering::Less => (nearest.next_down(), nearest),
        Ordering::Equal => (nearest, nearest),
        Ordering::Greater => (nearest, nearest.next_up()),
    }
}

/// Decimal exponent of the leading digit and the digits from there, without zeros at the end: compares as the number does.
fn digits(decimal: &str) -> (i64, String) {
    let (digits, exponent) = decimal.split_once('e').unwrap_or((decimal, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let zeros = i64::try_from(all.len() - significant.len()).expect("a number is short");
    let whole = i64::try_from(whole.len()).expect("a number is short");
    let exponent: i64 = exponent.parse().expect("an exponent is a number");
    (exponent + whole - zeros, significant.trim_end_matches('0').to_owned())
}

fn add<T: Display + LowerExp>(
    table: &mut String,
    name: &str,
    (rows, columns): (usize, usize),
    entries: &[T],
    (below, above): (T, T),
) {
    // The shortest decimal text reads back as the same number.
    let number = |x: &T| if x.to_string() == "inf" { "f64::INFINITY".to_owned() } else { format!("{x:e}") };
    let entries: Vec<_> = entries.iter().map(number).collect();
    writeln!(
        table,
        "    GoldenMatrix {{ name: \"{name}\", rows: {rows}, columns: {columns}, below: {}, above: {}, entries: &[{}] }},",
        number(&below),
        number(&above),
        entries.join(", ")
    )
    .expect("a string can be written");
}
