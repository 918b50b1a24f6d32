// SPDX-License-Identifier: MIT OR Apache-2.0

//! `coordinate-check`: a rule on networks of several widths, its powers of the width as a table, a plot and a verdict.

mod campaign;
mod figure;
mod human;
mod json;
pub(crate) mod options;

use core::sync::atomic::AtomicBool;

use anyhow::Result;
use widthwise_claims::coordinate_check::{CoordinateCheck, Report, Verdict};

use crate::arguments::{Color, Rendering, Seed};
use crate::check::{cores, draw_seed, progress_bar};
use crate::exit_status::ExitStatus;
use crate::output::{self, OutputFile, log};
use crate::self_test;
use options::CoordinateCheckOptions;

/// A check with what came of it.
#[derive(Debug)]
struct Outcome<'a> {
    check: CoordinateCheck<'a>,
    seed: u64,
    /// Networks that were measured.
    measured: usize,
    /// `None` if an interrupt came first.
    report: Option<Report>,
}

impl Outcome<'_> {
    fn networks(&self) -> usize {
        self.check.addresses().count()
    }

    fn exit_status(&self) -> ExitStatus {
        match self.report.as_ref().map(Report::verdict) {
            None => ExitStatus::Interrupted,
            Some(Verdict::Pass) => ExitStatus::Flat,
            Some(Verdict::Fail(_)) => ExitStatus::Moves,
            Some(Verdict::Inconclusive(_)) => ExitStatus::Untold,
        }
    }
}

/// Makes the check and writes its result and its plot.
///
/// # Errors
///
/// Fails if the rule has no numbers for such networks, or if a file cannot be written.
pub(crate) fn run(options: &CoordinateCheckOptions, interrupt: &AtomicBool) -> Result<ExitStatus> {
    self_test::run()?;
    let hidden = options.hidden();
    let check = CoordinateCheck {
        rule: options.rule,
        optimizer: options.optimizer,
        rate: options.rate,
        activation: options.activation,
        inputs: options.inputs,
        outputs: options.outputs,
        hidden: &hidden,
        widths: &options.widths,
        batch: options.batch,
        steps: options.steps,
        draws: options.draws,
    };
    check.require_valid()?;
    // Before anything runs for nothing.
    let file = options.run.output.as_deref().map(OutputFile::prepare).transpose()?;
    let plot = options.plot.as_deref().map(OutputFile::prepare).transpose()?;
    let seed = match options.seed {
        Seed::Given(seed) => seed,
        Seed::Random => draw_seed()?,
    };

    let networks = u64::try_from(check.addresses().count()).unwrap_or(u64::MAX);
    let bar = progress_bar(networks, "networks", options.run.progress);
    let jobs = options.run.jobs.map_or_else(cores, usize::from);
    let records = campaign::run(&check, seed, jobs, interrupt, &|networks| bar.inc(networks))?;
    bar.finish_and_clear();
    let measured = records.iter().flatten().count();
    let records: Option<Vec<_>> = records.into_iter().collect();
    let report = records.map(|records| check.report(&records)).transpose()?;
    let outcome = Outcome { check, seed, measured, report };
    write(&outcome, options, file)?;
    if let Some((plot, report)) = plot.zip(outcome.report.as_ref()) {
        plot.write(&figure::svg(&outcome, report)?, Color::Never)?;
    }
    Ok(outcome.exit_status())
}

fn write(outcome: &Outcome<'_>, options: &CoordinateCheckOptions, file: Option<OutputFile>) -> Result<()> {
    let color = options.run.appearance.color;
    let text = match options.run.appearance.rendering {
        Rendering::Human => human::text(outcome),
        Rendering::Json => json::text(outcome)?,
    };
    let Some(file) = file else { return output::print(&text, color) };
    if let Err(error) = file.write(&text, color) {
        // The result is worth more than the place where it was to go.
        output::print(&text, color)?;
        return Err(error);
    }
    log(human::conclusion(outcome));
    Ok(())
}
