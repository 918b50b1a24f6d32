// SPDX-License-Identifier: MIT OR Apache-2.0

//! The table of what kernels cost.

use core::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

/// What one kernel costs on one target at one opt-level.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) target: String,
    pub(super) level: String,
    pub(super) kernel: String,
    /// Bytes.
    pub(super) flash: u32,
    /// Bytes.
    pub(super) stack: u32,
    pub(super) instructions: u32,
}

impl Row {
    fn name(&self) -> String {
        format!("{} {} at opt-level {}", self.target, self.kernel, self.level)
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut name = || fields.next().map(str::to_owned);
        let (target, level, kernel) = (name()?, name()?, name()?);
        let mut number = || fields.next()?.parse().ok();
        let row = Self { target, level, kernel, flash: number()?, stack: number()?, instructions: number()? };
        fields.next().is_none().then_some(row)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, level, kernel, flash, stack, instructions } = self;
        write!(f, "{target}\t{level}\t{kernel}\t{flash}\t{stack}\t{instructions}")
    }
}

/// The head of the table, below the line of the toolchain.
const HEAD: &str = "target\tlevel\tkernel\tflash\tstack\tinstructions";

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

    /// The row of a kernel.
    pub(super) fn row(&self, target: &str, level: &str, kernel: &str) -> Option<&Row> {
        self.rows.iter().find(|row| (&*row.target, &*row.level, &*row.kernel) == (target, level, kernel))
    }

    /// Puts these rows of a target in the place of those that are there.
    pub(super) fn replace(&mut self, target: &str, rows: Vec<Row>, toolchain: &str) {
        self.rows.retain(|row| row.target != target);
        self.rows.extend(rows);
        // By target; a target's rows stay in their order.
        self.rows.sort_by(|a, b| a.target.cmp(&b.target));
        toolchain.clone_into(&mut self.toolchain);
    }

    /// What in these rows of a target is more than 5 % above the table, and what is in one of the two alone.
    pub(super) fn differences(&self, target: &str, rows: &[Row]) -> Vec<String> {
        let mut differences = Vec::new();
        for row in rows {
            let name = row.name();
            let Some(kept) = self.row(&row.target, &row.level, &row.kernel) else {
                differences.push(format!("{name} is not in the table"));
                continue;
            };
            for (what, now, then) in [("flash", row.flash, kept.flash), ("stack", row.stack, kept.stack)] {
                if u64::from(now) * 100 > u64::from(then) * 105 {
                    differences.push(format!("{name}: {now} bytes of {what}, {then} in the table"));
                }
            }
        }
        for kept in self.rows.iter().filter(|kept| kept.target == target) {
            if !rows.iter().any(|row| (&row.level, &row.kernel) == (&kept.level, &kept.kernel)) {
                differences.push(format!("{} is in the table and not measured", kept.name()));
            }
        }
        differences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(flash: u32, stack: u32) -> Row {
        Row { target: "board".into(), level: "s".into(), kernel: "dot".into(), flash, stack, instructions: 7 }
    }

    fn table() -> Table {
        let mut table = Table::default();
        table.replace("board", vec![row(1000, 100)], "rustc 1");
        table
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

    fn differences(table: &Table, row: Row) -> Vec<String> {
        table.differences("board", &[row])
    }

    #[test]
    fn more_than_five_per_cent_is_too_much() {
        assert!(differences(&table(), row(1050, 105)).is_empty());
        assert_eq!(
            differences(&table(), row(1051, 105)),
            ["board dot at opt-level s: 1051 bytes of flash, 1000 in the table"]
        );
        assert_eq!(
            differences(&table(), row(900, 106)),
            ["board dot at opt-level s: 106 bytes of stack, 100 in the table"]
        );
    }

    #[test]
    fn a_row_that_only_one_has_is_a_failure() {
        assert_eq!(
            differences(&Table::default(), row(1, 1)),
            ["board dot at opt-level s is not in the table"]
        );
        assert_eq!(
            differences(&table(), Row { level: "3".into(), ..row(1, 1) }),
            [
                "board dot at opt-level 3 is not in the table",
                "board dot at opt-level s is in the table and not measured"
            ]
        );
        assert!(table().differences("another", &[]).is_empty());
    }

    #[test]
    fn a_table_that_is_damaged_is_an_error() {
        assert!(Table::parse("").is_none());
        assert!(Table::parse("# rustc\ntarget\n").is_none());
        assert!(Table::parse(&format!("# rustc\n{HEAD}\nboard\ts\tdot\t1\t2\n")).is_none());
        assert!(Table::parse(&format!("# rustc\n{HEAD}\nboard\ts\tdot\t1\t2\t3\n")).is_some());
    }
}
