// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo xtask embedded`: the suite of conformance on every target, and its digests compared with the golden table and the host's own.
//!
//! For each target: install what is missing, build every library without default features, build the image, run the suite, replay a few
//! instances, and on a board run the example. A step that cannot be done is a failure of that target: nothing is skipped.

mod build;
mod emulation;
mod example;
mod measure;
mod needs;
mod panic_free;
mod report;
mod target;

use core::fmt::Write;
use core::num::NonZero;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use anyhow::{Context, Error, Result, bail, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use widthwise_conformance::{Replay, first_difference};

use build::Images;
use emulation::Run;
use target::{TARGETS, Target};

/// Instances that every target shows as the host does, over claims, controls, formats and seeds.
const REPLAYS: [&str; 4] = [
    "spectral.opnorm-bound --index 3 --scalar f32",
    "spectral.update-alignment.rank-one --index 11 --scalar f64",
    "spectral.norms.entries --index 281474976710652 --scalar f32 --seed 0xffffffffffffffff",
    "spectral.opnorm-bound --index 4 --scalar f64 --control column-norm",
];

/// Run every kernel and claim on every target, and compare the bits
///
/// Builds the libraries and the suite of conformance for each target, runs it under emulation, and compares its verdicts and every digest of
/// its result bits with the golden table and with the host. What is missing is installed: rustup targets, and Debian packages as root.
/// The last line says how many checks passed; the exit status is 0 only if all did.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The targets; all of them without a name
    #[arg(value_name = "TARGET", value_parser = PossibleValuesParser::new(TARGETS.iter().map(|target| target.triple)))]
    targets: Vec<String>,
    /// Build libraries and images, run nothing
    #[arg(long, conflicts_with = "replay")]
    build_only: bool,
    /// Link the image in which no kernel can panic, instead; without targets for the Cortex-M4
    #[arg(long, conflicts_with_all = ["build_only", "replay"])]
    panic_free: bool,
    /// Measure flash, stack and instructions of every kernel instead, and compare with the table in bin/firmware; without targets all of
    /// the table's
    #[arg(long, conflicts_with_all = ["build_only", "replay", "panic_free"])]
    measure: bool,
    /// Replace the targets' rows of the table by what is measured
    #[arg(long, requires = "measure")]
    bless: bool,
    /// Show one instance of this claim on the targets instead, and whether it is the host's
    #[arg(long, value_name = "ID", requires_all = ["index", "targets"])]
    replay: Option<String>,
    /// The index of the instance
    #[arg(long, value_name = "N", requires = "replay")]
    index: Option<u64>,
    /// The seed of the instance, decimal or hexadecimal
    #[arg(long, value_name = "SEED", requires = "replay")]
    seed: Option<String>,
    /// The floating-point format, f32 or f64
    #[arg(long, value_name = "FORMAT", requires = "replay")]
    scalar: Option<String>,
    /// Judge by this control of the claim instead
    #[arg(long, value_name = "NAME", requires = "replay")]
    control: Option<String>,
}

impl Arguments {
    /// The targets asked for, in the order of the table.
    fn targets(&self) -> Vec<&'static Target> {
        let named = |target: &&Target| self.targets.iter().any(|name| name == target.triple);
        TARGETS.iter().filter(|target| self.targets.is_empty() || named(target)).collect()
    }

    /// The instance to replay, as the words of a command line.
    fn replay(&self) -> Option<String> {
        let mut words = self.replay.clone()?;
        let options = [
            ("--index", self.index.map(|index| index.to_string())),
            ("--seed", self.seed.clone()),
            ("--scalar", self.scalar.clone()),
            ("--control", self.control.clone()),
        ];
        for (option, value) in options {
            if let Some(value) = value {
                words += &format!(" {option} {value}");
            }
        }
        Some(words)
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs the command; the exit status is 0 if everything passed, 1 if something failed, 2 if the arguments say nothing.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let targets = arguments.targets();
    if let Some(words) = arguments.replay() {
        let replay = match Replay::parse(words.split(' ')) {
            Ok(replay) => replay,
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::from(2);
            }
        };
        return conclude(targets.iter().map(|target| check(target.triple, || show(target, &replay))));
    }
    if arguments.panic_free {
        let linked = |target: &&&Target| !arguments.targets.is_empty() || target.triple == panic_free::TARGET;
        let targets = targets.iter().filter(linked);
        return conclude(targets.map(|target| check(target.triple, || panic_free::link(target))));
    }
    if arguments.measure {
        let measured = |target: &&&Target| !arguments.targets.is_empty() || measure::is_measured(target);
        let targets = targets.iter().filter(measured);
        return measure::Measurement::begin(arguments.bless).map_or_else(fail, |mut measurement| {
            conclude(targets.map(|target| check(target.triple, || measurement.run(target))))
        });
    }
    if arguments.build_only {
        return conclude(targets.iter().map(|target| check(target.triple, || Ok(build(target)?.0))));
    }
    let tables = match Tables::new() {
        Ok(tables) => tables,
        Err(error) => return fail(error),
    };
    let mut passed = vec![check("host", || tables.compare())];
    passed.extend(conform(&targets, &tables));
    conclude(passed.into_iter())
}

/// Says why nothing could begin.
#[expect(clippy::needless_pass_by_value, reason = "the signature that a map of an error has")]
fn fail(error: Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}

/// Does one check and says in a line what came of it; whether it passed.
fn check(name: &str, work: impl FnOnce() -> Result<String>) -> bool {
    let start = Instant::now();
    let outcome = work();
    let seconds = start.elapsed().as_secs_f64();
    match &outcome {
        Ok(summary) => println!("ok      {name}: {summary} ({seconds:.1} s)"),
        Err(error) => println!("FAILED  {name}: {error:#} ({seconds:.1} s)"),
    }
    outcome.is_ok()
}

/// Does every check, counts, and prints the last line.
fn conclude(checks: impl Iterator<Item = bool>) -> ExitCode {
    let (passed, failed): (Vec<_>, Vec<_>) = checks.partition(|&passed| passed);
    println!("{} passed, {} failed", passed.len(), failed.len());
    if failed.is_empty() && !passed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the digests must be.
struct Tables {
    /// The committed table.
    golden: String,
    /// The table as this program computes it.
    host: String,
}

impl Tables {
    fn new() -> Result<Self> {
        let path = root().join("tests/golden/digests.txt");
        let golden = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut output = String::new();
        widthwise_conformance::run(&mut output)?;
        let host = report::digests(&output).fold(String::new(), |table, line| table + line + "\n");
        Ok(Self { golden, host })
    }

    fn compare(&self) -> Result<String> {
        if let Some(difference) = first_difference(self.golden.lines(), self.host.lines()) {
            bail!("this build differs from the golden table: {difference}");
        }
        Ok(format!("{} digests of the golden table", self.host.lines().count()))
    }
}

/// Installs and builds everything of a target; returns what was built, and the images if they can be run.
fn build(target: &Target) -> Result<(String, Option<Images>)> {
    needs::install(target)?;
    let mut built = Vec::new();
    if target.libraries {
        built.push(format!("{} libraries built", build::libraries(target)?));
    }
    let images = target.run.as_ref().map(|run| build::images(target.triple, run)).transpose()?;
    if images.is_some() {
        built.push("image built".to_owned());
    }
    Ok((built.join(", "), images))
}

/// Builds for one target after the other, as cargo does no two builds at once, while those that are built run, one a core.
fn conform(targets: &[&'static Target], tables: &Tables) -> Vec<bool> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        // A check that panics has not passed.
        let join = |run: ScopedJoinHandle<'_, bool>| run.join().unwrap_or(false);
        let (mut passed, mut running) = (Vec::new(), VecDeque::new());
        for &target in targets {
            if running.len() == cores {
                passed.extend(running.pop_front().map(join));
            }
            let built = build(target);
            let exercise = move || built.and_then(|built| exercise(target, built, tables));
            running.push_back(scope.spawn(move || check(target.triple, exercise)));
        }
        passed.extend(running.into_iter().map(join));
        passed
    })
}

/// Runs the suite, the replays and the example, if something runs there; adds to the summary.
fn exercise(
    target: &Target,
    (mut summary, images): (String, Option<Images>),
    tables: &Tables,
) -> Result<String> {
    let (Some(run), Some(Images { suite, example })) = (&target.run, images) else {
        return Ok(summary);
    };
    let start = Instant::now();
    let counts = report::judge(target.triple, &run.emulate(&suite, &[])?, tables)?;
    let seconds = start.elapsed().as_secs_f64();
    write!(summary, ", {} tests and {} digests in {seconds:.1} s", counts.tests, counts.digests)?;
    for words in REPLAYS {
        let replay = parse(words)?;
        same_as_host(&run.emulate(&suite, &words_of(&replay))?, &replay)?;
    }
    write!(summary, ", {} replays", REPLAYS.len())?;
    if let Some(example) = example {
        example::run(run, &example)?;
        summary += ", the example";
    }
    Ok(summary)
}

/// Shows an instance on a target.
fn show(target: &Target, replay: &Replay) -> Result<String> {
    let Some(run) = &target.run else {
        bail!("nothing runs there: it is a target that the libraries are built for");
    };
    needs::install(target)?;
    let image = build::images(target.triple, run)?.suite;
    let output = run.emulate(&image, &words_of(replay))?;
    print!("{}", output.text);
    same_as_host(&output, replay)?;
    Ok("the same on the host".to_owned())
}

fn parse(words: &str) -> Result<Replay> {
    Replay::parse(words.split(' ')).map_err(|error| anyhow::anyhow!("{words}: {error}"))
}

fn words_of(replay: &Replay) -> Vec<String> {
    format!("replay {replay}").split(' ').map(str::to_owned).collect()
}

/// Whether a target shows an instance as the host does: the same text, the same exit status.
fn same_as_host(run: &Run, replay: &Replay) -> Result<()> {
    let mut expected = String::new();
    let status = replay.run(&mut expected)?;
    report::ended(run).with_context(|| format!("replay {replay}"))?;
    if let Some((expected, found)) = report::first_line_that_differs(&expected, &run.text) {
        bail!("replay {replay}: differs from the host\n  expected {expected}\n     found {found}");
    }
    ensure!(
        run.code() == Some(i32::from(status)),
        "replay {replay}: exit status {status} expected, it ended with {}",
        run.end()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_replay_is_of_an_instance_that_fits_and_decides() {
        for words in REPLAYS {
            let replay = parse(words).unwrap();
            let mut output = String::new();
            assert_eq!(replay.run(&mut output), Ok(0), "{output}");
        }
    }

    #[test]
    fn a_replay_that_differs_names_the_line() {
        let replay = parse(REPLAYS[0]).unwrap();
        let mut text = String::new();
        replay.run(&mut text).unwrap();
        let run = |text: &str, code| Run::ended(text, code);
        assert!(same_as_host(&run(&text, 0), &replay).is_ok());
        let error = same_as_host(&run(&text, 1), &replay).unwrap_err().to_string();
        assert!(error.contains("exit status 0 expected, it ended with exit status 1"), "{error}");
        let error =
            same_as_host(&run(&text.replacen("0x1.", "0x1.8", 1), 0), &replay).unwrap_err().to_string();
        assert!(error.contains("expected   ") && error.contains("found   0x1.8"), "{error}");
    }
}
