// SPDX-License-Identifier: MIT OR Apache-2.0

//! `--measure`: what a kernel costs on a target, in flash, stack and instructions, kept as a table.
//!
//! Flash is what an image with one call loads, less what the image without it loads; stack the bytes below the caller; instructions those
//! that the emulator executes, which are no cycles. The first two are exact for a toolchain, so more than 5 % above the table is a failure.
//! The table is a file of tab-separated values, `bin/firmware/measured.tsv`.

mod flash;
mod table;

use std::process::Command;

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::emulation::Run;
use super::target::{Emulation, Target};
use super::{build, needs, report, root};
use table::{Row, Table};

/// The kernels, as `bin/firmware/src/bin/measure/kernel.rs` names them.
const KERNELS: [&str; 22] = [
    "dot-8-f32",
    "dot-8-f64",
    "matvec-8-f32",
    "matvec-8-f64",
    "spectral-norm-bounds-8-f32",
    "spectral-norm-2-f32",
    "spectral-norm-4-f32",
    "spectral-norm-8-f32",
    "spectral-norm-16-f32",
    "spectral-norm-2-f64",
    "spectral-norm-4-f64",
    "spectral-norm-8-f64",
    "spectral-norm-16-f64",
    "parametrization-layer",
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

/// The targets that are measured, and the instructions of a tick of their clock.
const TICKS: [(&str, u32); 4] = [
    ("thumbv6m-none-eabi", 40),
    ("thumbv7em-none-eabihf", 40),
    ("thumbv8m.main-none-eabihf", 50),
    ("riscv32imac-unknown-none-elf", 1),
];

/// Calls that an image times together.
const CALLS: u32 = 8;

/// Whether a target is in the table.
pub(super) fn is_measured(target: &Target) -> bool {
    TICKS.iter().any(|(triple, _)| *triple == target.triple)
}

/// Measures every kernel on a target, and compares with the table, or replaces its rows.
pub(super) fn run(target: &Target, bless: bool) -> Result<String> {
    let Some((Emulation::Board { .. }, (_, tick))) =
        target.run.as_ref().zip(TICKS.iter().find(|(triple, _)| *triple == target.triple))
    else {
        bail!("nothing is measured there");
    };
    needs::install(target)?;
    let nothing = measure(target, NOTHING, *tick)?;
    let mut rows = Vec::new();
    for kernel in KERNELS {
        let row = measure(target, kernel, *tick)?.without(&nothing);
        println!("{row}");
        rows.push(row);
    }
    let path = root().join("bin/firmware/measured.tsv");
    let kept = Table::read(&path)?;
    if bless {
        kept.with(target.triple, rows, &toolchain()?).write(&path)?;
        return Ok(format!("{} kernels measured and kept", KERNELS.len()));
    }
    let larger = kept.larger(&rows);
    ensure!(
        larger.is_empty(),
        "more than 5 % above the table of {}:\n  {}",
        kept.toolchain(),
        larger.join("\n  ")
    );
    Ok(format!("{} kernels within 5 % of the table", KERNELS.len()))
}

fn measure(target: &Target, kernel: &'static str, tick: u32) -> Result<Row> {
    let image = build::firmware(target.triple, "measure", "s", Some(kernel))?;
    let bytes = std::fs::read(&image).with_context(|| image.display().to_string())?;
    let flash = flash::loaded(&bytes).ok_or_else(|| anyhow!("{} is no ELF image", image.display()))?;
    let emulation = target.run.as_ref().ok_or_else(|| anyhow!("nothing runs there"))?;
    let (stack, ticks) = parse(&emulation.emulate_counting(&image)?, kernel)?;
    let instructions = u32::try_from(u64::from(ticks) * u64::from(tick) / u64::from(CALLS))?;
    Ok(Row { target: target.triple.to_owned(), kernel: kernel.to_owned(), flash, stack, instructions })
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

    #[test]
    fn the_kernels_are_those_of_the_image() {
        let source = root().join("bin/firmware/src/bin/measure/kernel.rs");
        let source = std::fs::read_to_string(source).unwrap();
        let named: Vec<_> =
            source.lines().filter_map(|line| line.strip_prefix("    \"")?.split('"').next()).collect();
        assert_eq!(named, KERNELS);
    }

    #[test]
    fn a_run_that_says_something_else_is_an_error() {
        assert_eq!(parse(&Run::ended("dot 00000010 0000000a\n", 0), "dot").unwrap(), (16, 10));
        assert!(parse(&Run::ended("dot 00000010 0000000a\n", 0), "matvec").is_err());
        assert!(parse(&Run::ended("dot 00000010\n", 0), "dot").is_err());
        assert!(parse(&Run::killed("dot 00000010 0000000a\n"), "dot").is_err());
    }
}
