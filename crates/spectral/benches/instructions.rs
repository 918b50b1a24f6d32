// SPDX-License-Identifier: MIT OR Apache-2.0

//! Instructions of the small kernels, counted by valgrind's callgrind: a regression shows without a clock.
//!
//! `cargo bench -p widthwise-spectral --features std --bench instructions` counts and compares with the numbers kept in
//! `instructions.tsv`; it fails if one has grown by more than 5 %. With `WIDTHWISE_BLESS=1` it writes them anew. It needs
//! `valgrind`. The program runs itself under callgrind, with few and with many calls of a kernel; the difference is
//! what the calls cost. A batch counts for one matrix of it. Counts of another compiler are shown, and do not fail.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::std_instead_of_core,
    reason = "a program whose counts are small"
)]

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use nalgebra::SMatrix;
use widthwise_spectral::{SpectralNorm, spectral_norm, spectral_norm_batch, spectral_norm_compact};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.tsv");
/// Matrices of a batch: a multiple of the lanes of every register.
const MATRICES: usize = 64;
/// Calls of a single kernel, for each matrix, beyond the first; and of a batch.
const CALLS: usize = 4;
const TOLERANCE: f64 = 1.05;

/// Nearly Gaussian numbers: sums of twelve uniform ones from a linear congruential generator.
fn normal(state: &mut u64) -> f64 {
    (0..12).fold(-6.0, |sum, _| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        sum + (*state >> 11) as f64 / 9_007_199_254_740_992.0
    })
}

/// A kernel: its name, and what runs it over all matrices so many times.
type Kernel = (&'static str, fn(usize));

macro_rules! kernels {
    ($($scalar:ident $n:literal),+) => {
        [$(
            (concat!("single ", stringify!($scalar), " ", $n), |calls| {
                let mut state = 1;
                let matrices: Vec<SMatrix<$scalar, $n, $n>> =
                    (0..MATRICES).map(|_| SMatrix::from_fn(|_, _| normal(&mut state) as $scalar)).collect();
                for _ in 0..calls {
                    for a in &matrices {
                        let _ = black_box(spectral_norm(black_box(a)));
                    }
                }
            }),
            (concat!("compact ", stringify!($scalar), " ", $n), |calls| {
                let mut state = 1;
                let matrices: Vec<SMatrix<$scalar, $n, $n>> =
                    (0..MATRICES).map(|_| SMatrix::from_fn(|_, _| normal(&mut state) as $scalar)).collect();
                for _ in 0..calls {
                    for a in &matrices {
                        let _ = black_box(spectral_norm_compact(black_box(a)));
                    }
                }
            }),
            (concat!("batch ", stringify!($scalar), " ", $n), |calls| {
                let mut state = 1;
                let matrices: Vec<SMatrix<$scalar, $n, $n>> =
                    (0..MATRICES).map(|_| SMatrix::from_fn(|_, _| normal(&mut state) as $scalar)).collect();
                let mut norms = [Ok(SpectralNorm::zero()); MATRICES];
                for _ in 0..calls {
                    let _ = black_box(spectral_norm_batch(black_box(&matrices), &mut norms));
                    black_box(&norms);
                }
            }),
        )+]
    };
}

const KERNELS: [Kernel; 30] =
    kernels!(f64 2, f64 3, f64 4, f64 8, f64 16, f32 2, f32 3, f32 4, f32 8, f32 16);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    if let [_, name, calls] = &arguments[..]
        && let Some((_, run)) = KERNELS.iter().find(|kernel| kernel.0 == name)
    {
        run(calls.parse()?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = format!("# {} | {}\n", version("rustc")?, version("valgrind")?);
    for (name, _) in KERNELS {
        let count = (counted(name, CALLS + 1)? - counted(name, 1)?) / (CALLS * MATRICES) as u64;
        writeln!(table, "{name}\t{count}")?;
    }
    if env::var_os("WIDTHWISE_BLESS").is_some() {
        fs::write(KEPT, table)?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(if compare(&fs::read_to_string(KEPT)?, &table)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn version(program: &str) -> Result<String, Box<dyn Error>> {
    let output = Command::new(program).arg("--version").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The instructions of this program with so many calls of a kernel.
fn counted(name: &str, calls: usize) -> Result<u64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args([name, &calls.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find_map(|line| line.split_once("Collected :"));
    let (_, count) = line.ok_or_else(|| format!("callgrind says nothing of {name}: {text}"))?;
    Ok(count.trim().parse()?)
}

/// Prints both columns; whether no count of the same compiler has grown too much.
fn compare(kept: &str, found: &str) -> Result<bool, Box<dyn Error>> {
    let same_compiler = kept.lines().next() == found.lines().next();
    if !same_compiler {
        println!("kept by another toolchain, not compared:\n{}", kept.lines().next().unwrap_or_default());
    }
    println!("{:16} {:>10} {:>10}", "kernel", "kept", "found");
    let mut held = true;
    for (old, new) in kept.lines().zip(found.lines()).skip(1) {
        let (name, new) = new.split_once('\t').ok_or("no tab")?;
        let (old_name, old) = old.split_once('\t').ok_or("no tab")?;
        let grown = old_name != name || new.parse::<f64>()? > TOLERANCE * old.parse::<f64>()?;
        held &= !(grown && same_compiler);
        println!("{name:16} {old:>10} {new:>10}{}", if grown { "  grown" } else { "" });
    }
    Ok(held && kept.lines().count() == found.lines().count())
}
