// SPDX-License-Identifier: MIT OR Apache-2.0

//! The table of what kernels cost.

use core::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

/// What one kernel costs on one target.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) target: String,
    pub(super) kernel: String,
    /// Bytes.
    pub(super) flash: u32,
    /// Bytes.
    pub(super) stack: u32,
    pub(super) instructions: u32,
}

impl Row {
    /// What is left when what an image without kernel costs is taken away.
    pub(super) fn without(self, nothing: &Self) -> Self {
        Self {
            flash: self.flash.saturating_sub(nothing.flash),
            stack: self.stack.saturating_sub(nothing.stack),
            instructions: self.instructions.saturating_sub(nothing.instructions),
            ..self
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (target, kernel) = (fields.next()?.to_owned(), fields.next()?.to_owned());
        let mut number = || fields.next()?.parse().ok();
        let row = Self { target, kernel, flash: number()?, stack: number()?, instructions: number()? };
        fields.next().is_none().then_some(row)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, kernel, flash, stack, instructions } = self;
        write!(f, "{target}\t{kernel}\t{flash}\t{stack}\t{instructions}")
    }
}

/// The head of the table, below the line of the toolchain.
const HEAD: &str = "target\tkernel\tflash\tstack\tinstructions";

/// Every row, and the compiler that built the images.
#[derive(Debug, Default)]
pub(super) struct Table {
    toolchain: String,
    rows: Vec<Row>,
}

impl Table {
    /// Reads the table; one that is not there is empty.
    pub(super) fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).ok_or_else(|| anyhow!("{}: not a table of measurements", path.display()))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let toolchain = lines.next()?.strip_prefix("# ")?.to_owned();
        if lines.next()? != HEAD {
            return None;
        }
        Some(Self { toolchain, rows: lines.map(Row::parse).collect::<Option<_>>()? })
    }

    /// Writes the table.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let rows = self.rows.iter().fold(String::new(), |text, row| text + &format!("{row}\n"));
        fs::write(path, format!("# {}\n{HEAD}\n{rows}", self.toolchain))
            .with_context(|| path.display().to_string())
    }

    /// The compiler that built the images.
    pub(super) fn toolchain(&self) -> &str {
        &self.toolchain
    }

    /// The table with these rows of a target instead.
    pub(super) fn with(mut self, target: &str, rows: Vec<Row>, toolchain: &str) -> Self {
        self.rows.retain(|row| row.target != target);
        self.rows.extend(rows);
        // By target; a target's rows stay in their order.
        self.rows.sort_by(|a, b| a.target.cmp(&b.target));
        Self { toolchain: toolchain.to_owned(), ..self }
    }

    /// What in these rows is more than 5 % above the table, or missing in it.
    pub(super) fn larger(&self, rows: &[Row]) -> Vec<String> {
        let mut larger = Vec::new();
        for row in rows {
            let name = format!("{} {}", row.target, row.kernel);
            let Some(kept) =
                self.rows.iter().find(|kept| (&kept.target, &kept.kernel) == (&row.target, &row.kernel))
            else {
                larger.push(format!("{name} is not in the table"));
                continue;
            };
            for (what, now, then) in [("flash", row.flash, kept.flash), ("stack", row.stack, kept.stack)] {
                if u64::from(now) * 100 > u64::from(then) * 105 {
                    larger.push(format!("{name}: {now} bytes of {what}, {then} in the table"));
                }
            }
        }
        larger
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(flash: u32, stack: u32) -> Row {
        Row { target: "board".into(), kernel: "dot".into(), flash, stack, instructions: 7 }
    }

    fn table() -> Table {
        Table::default().with("board", vec![row(1000, 100)], "rustc 1")
    }

    #[test]
    fn what_is_written_is_read() {
        let path = std::env::temp_dir().join(format!("measured-{}.tsv", std::process::id()));
        table().write(&path).unwrap();
        let read = Table::read(&path);
        fs::remove_file(&path).unwrap();
        let read = read.unwrap();
        assert_eq!((read.toolchain(), &read.rows[..]), ("rustc 1", &[row(1000, 100)][..]));
    }

    #[test]
    fn more_than_five_per_cent_is_too_much() {
        assert!(table().larger(&[row(1050, 105)]).is_empty());
        assert_eq!(table().larger(&[row(1051, 105)]), ["board dot: 1051 bytes of flash, 1000 in the table"]);
        assert_eq!(table().larger(&[row(900, 106)]), ["board dot: 106 bytes of stack, 100 in the table"]);
    }

    #[test]
    fn a_row_that_is_not_kept_is_a_failure() {
        assert_eq!(Table::default().larger(&[row(1, 1)]), ["board dot is not in the table"]);
    }

    #[test]
    fn a_table_that_is_damaged_is_an_error() {
        assert!(Table::parse("# rustc\ntarget\n").is_none());
        assert!(Table::parse(&format!("# rustc\n{HEAD}\nboard\tdot\t1\t2\n")).is_none());
        assert!(Table::parse(&format!("# rustc\n{HEAD}\nboard\tdot\t1\t2\t3\n")).is_some());
    }
}
