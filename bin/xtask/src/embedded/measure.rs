// SPDX-License-Identifier: MIT OR Apache-2.0

//! `--measure`: what a kernel costs on a target, in flash, stack and instructions, kept as a table.
//!
//! Flash is what an image with one call loads, less what the image without it loads; stack the bytes below the caller; instructions those
//! that the emulator executes, which are no cycles. The first two are exact for a toolchain, so more than 5 % above the table is a failure.
//! How many instructions a tick of a board's clock is, is itself measured, by a loop of known length.
//! The table is a file of tab-separated values, `bin/firmware/measured.tsv`; the README beside it shows an excerpt.

mod excerpt;
mod flash;
mod table;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::build::{self, Firmware};
use super::emulation::Run;
use super::target::{Emulation, Target};
use super::{needs, report, root};
use table::{Row, Table};

/// The loop of known length, and its length in instructions.
const LOOP: (&str, u32) = ("loop-of-200000-instructions", 200_000);

/// The kernels, as `bin/firmware/kernels/src/measure/kernel.rs` names them after the loop.
const KERNELS: [&str; 25] = [
    "dot-8-f32",
    "dot-8-f64",
    "matvec-8-f32",
    "matvec-8-f64",
    "spectral-norm-bounds-8-f32",
    "spectral-norm-compact-2-f32",
    "spectral-norm-compact-4-f32",
    "spectral-norm-compact-8-f32",
    "spectral-norm-compact-16-f32",
    "spectral-norm-compact-2-f64",
    "spectral-norm-compact-4-f64",
    "spectral-norm-compact-8-f64",
    "spectral-norm-compact-16-f64",
    "spectral-norm-8-f32",
    "spectral-norm-8-f64",
    "parametrization-layer",
    "lipschitz-bound",
    "nalgebra-singular-values-2-f32",
    "nalgebra-singular-values-4-f32",
    "nalgebra-singular-values-8-f32",
    "nalgebra-singular-values-16-f32",
    "nalgebra-singular-values-2-f64",
    "nalgebra-singular-values-4-f64",
    "nalgebra-singular-values-8-f64",
    "nalgebra-singular-values-16-f64",
];

/// The image without a kernel.
const NOTHING: &str = "nothing";

/// The targets that are measured.
const MEASURED: [&str; 5] = [
    "thumbv6m-none-eabi",
    "thumbv7m-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv8m.main-none-eabihf",
    "riscv32imac-unknown-none-elf",
];

/// For size, as the profile of `bin/firmware` says, and for speed.
const LEVELS: [&str; 2] = ["s", "3"];

/// Calls that an image times together.
const CALLS: u32 = 8;

/// Whether a target is in the table.
pub(super) fn is_measured(target: &Target) -> bool {
    MEASURED.contains(&target.triple)
}

/// The table, read before anything is built, and what is to be done with it.
#[derive(Debug)]
pub(super) struct Measurement {
    path: PathBuf,
    table: Table,
    toolchain: String,
    /// Replace rows by what is measured.
    bless: bool,
}

impl Measurement {
    /// Reads the table.
    pub(super) fn begin(bless: bool) -> Result<Self> {
        let path = root().join("bin/firmware/measured.tsv");
        Ok(Self { table: Table::read(&path)?, path, toolchain: toolchain()?, bless })
    }

    /// Measures every kernel on a target, and compares with the table, or replaces its rows.
    pub(super) fn run(&mut self, target: &Target) -> Result<String> {
        let emulation = match &target.run {
            Some(emulation) if is_measured(target) => emulation,
            _ => bail!("nothing is measured there; but on {}", MEASURED.join(", ")),
        };
        needs::install(target)?;
        let mut rows = Vec::new();
        for level in LEVELS {
            let place = Place { target, emulation, level };
            let nothing = place.count(NOTHING)?;
            let tick = tick(place.count(LOOP.0)?.ticks - nothing.ticks)?;
            for kernel in KERNELS {
                let row = place.row(kernel, place.count(kernel)?, nothing, tick)?;
                println!("{row}");
                rows.push(row);
            }
        }
        if self.bless {
            let summary = format!("{} rows kept", rows.len());
            self.table.replace(target.triple, rows, &self.toolchain);
            self.table.write(&self.path)?;
            self.show()?;
            return Ok(summary);
        }
        let differences = self.table.differences(target.triple, &rows);
        ensure!(
            differences.is_empty(),
            "not what the table of {} says, with 5 % to spare ({} builds here):\n  {}",
            self.table.toolchain(),
            self.toolchain,
            differences.join("\n  ")
        );
        Ok(format!("{} rows within 5 % of the table", rows.len()))
    }

    /// Writes the excerpt of the README anew, if the table has what it shows.
    fn show(&self) -> Result<()> {
        let path = self.path.with_file_name("README.md");
        let readme = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        if let Some(readme) = excerpt::update(&readme, &self.table) {
            std::fs::write(&path, readme).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }
}

/// Where a kernel is measured.
struct Place<'a> {
    target: &'a Target,
    emulation: &'a Emulation,
    level: &'static str,
}

/// What an image shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    flash: u32,
    stack: u32,
    /// Of all calls together.
    ticks: u32,
}

impl Place<'_> {
    /// Builds the image of a kernel and runs it.
    fn count(&self, kernel: &'static str) -> Result<Counts> {
        let image =
            Firmware { package: "kernels", image: "measure", level: self.level, kernel: Some(kernel) };
        let image = build::firmware(self.target.triple, image)?;
        let bytes = std::fs::read(&image).with_context(|| image.display().to_string())?;
        let flash = flash::loaded(&bytes).ok_or_else(|| anyhow!("{} is no ELF image", image.display()))?;
        let (stack, ticks) = parse(&self.emulation.emulate_counting(&image)?, kernel)?;
        Ok(Counts { flash, stack, ticks })
    }

    /// The row of a kernel: its counts without those of the image that has none.
    fn row(&self, kernel: &str, counts: Counts, nothing: Counts, tick: u32) -> Result<Row> {
        let ticks = counts.ticks.saturating_sub(nothing.ticks);
        Ok(Row {
            target: self.target.triple.to_owned(),
            level: self.level.to_owned(),
            kernel: kernel.to_owned(),
            flash: counts.flash.saturating_sub(nothing.flash),
            stack: counts.stack.saturating_sub(nothing.stack),
            instructions: u32::try_from(u64::from(ticks) * u64::from(tick) / u64::from(CALLS))?,
        })
    }
}

/// The instructions of a tick, from the ticks of the loop.
fn tick(ticks: u32) -> Result<u32> {
    let instructions = LOOP.1 * CALLS;
    let tick = (instructions + ticks / 2).checked_div(ticks).unwrap_or(0);
    // The loop has some instructions around it, and a tick more or less is seen.
    let deviation = (tick * ticks).abs_diff(instructions);
    ensure!(
        tick > 0 && deviation <= instructions / 1000,
        "the emulator's clock is not to be relied on: {instructions} instructions take {ticks} ticks"
    );
    Ok(tick)
}

/// The numbers of a run: `NAME STACK TICKS`.
fn parse(run: &Run, kernel: &str) -> Result<(u32, u32)> {
    report::ended(run)?;
    let words: Vec<_> = run.text.split_whitespace().collect();
    let [name, stack, ticks] = words[..] else {
        bail!("{kernel}: one line is expected, not {:?}", run.text);
    };
    ensure!(name == kernel, "the image measures {name}, not {kernel}");
    let number = |word| u32::from_str_radix(word, 16).with_context(|| format!("{kernel}: {word}"));
    Ok((number(stack)?, number(ticks)?))
}

/// The compiler that builds the images.
fn toolchain() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().context("rustc does not start")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::target::TARGETS;

    #[test]
    fn the_kernels_are_those_of_the_image() {
        let source = root().join("bin/firmware/kernels/src/measure/kernel.rs");
        let source = std::fs::read_to_string(source).unwrap();
        let named: Vec<_> =
            source.lines().filter_map(|line| line.strip_prefix("    \"")?.split('"').next()).collect();
        assert_eq!(named, [&[LOOP.0], &KERNELS[..]].concat());
    }

    #[test]
    fn the_targets_are_boards() {
        let boards = TARGETS.iter().filter(|target| matches!(target.run, Some(Emulation::Board { .. })));
        assert_eq!(boards.filter(|target| is_measured(target)).count(), MEASURED.len());
    }

    #[test]
    fn a_tick_is_a_whole_number_of_instructions() {
        assert_eq!(tick(40_001).unwrap(), 40);
        assert_eq!(tick(1_600_100).unwrap(), 1);
        for odd in [0, 3_200_000, 39_500] {
            assert!(tick(odd).unwrap_err().to_string().contains("not to be relied on"), "{odd}");
        }
    }

    #[test]
    fn a_run_that_says_something_else_is_an_error() {
        assert_eq!(parse(&Run::ended("dot 00000010 0000000a\n", 0), "dot").unwrap(), (16, 10));
        assert!(parse(&Run::ended("dot 00000010 0000000a\n", 0), "matvec").is_err());
        assert!(parse(&Run::ended("dot 00000010\n", 0), "dot").is_err());
        assert!(parse(&Run::killed("dot 00000010 0000000a\n"), "dot").is_err());
    }
}
