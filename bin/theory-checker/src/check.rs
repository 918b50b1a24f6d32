// SPDX-License-Identifier: MIT OR Apache-2.0

//! `check`: the checker examines itself, runs the campaign, and judges what came of it.

use core::sync::atomic::AtomicBool;
use core::time::Duration;
use std::time::Instant;

use anyhow::{Result, ensure};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use widthwise_claims::{Checked, Claim, SELF_CONTROLS};

use crate::arguments::{CheckOptions, Format, Progress, Rendering, Seed};
use crate::campaign::{self, Counts, Plan};
use crate::counterexample::{Address, Case};
use crate::exit_status::ExitStatus;
use crate::output::{self, OutputFile, log};
use crate::proofs::Manifest;
use crate::render;
use crate::verdict::{self, Verdict};

/// The result of a campaign: a function of the selection, the seed, the format and the number of instances alone.
#[derive(Clone, Debug)]
pub(crate) struct CheckResult {
    pub(crate) seed: u64,
    pub(crate) format: Format,
    /// Instances of each claim that were announced.
    pub(crate) instances: u64,
    pub(crate) verdict: Verdict,
    pub(crate) claims: Vec<ClaimResult>,
}

/// What a campaign says about one claim.
#[derive(Clone, Debug)]
pub(crate) struct ClaimResult {
    pub(crate) claim: &'static Claim,
    pub(crate) counts: Counts,
    pub(crate) verdict: Verdict,
    /// The counterexample with the lowest index.
    pub(crate) counterexample: Option<Case>,
}

/// Puts the claims on trial and writes the result.
///
/// # Errors
///
/// Fails if the checker does not pass its own controls, or if the result cannot be written.
pub(crate) fn run(
    claims: &[&'static Claim],
    options: &CheckOptions,
    interrupt: &AtomicBool,
) -> Result<ExitStatus> {
    examine_self()?;
    let manifest = Manifest::load()?;
    let file = options.output.as_deref().map(OutputFile::prepare).transpose()?;
    let seed = match options.seed {
        Seed::Given(seed) => seed,
        Seed::Random => draw_seed()?,
    };
    let start = Instant::now();
    let plan = Plan {
        claims,
        seed,
        instances: options.instances,
        jobs: options.jobs.map_or(0, usize::from),
        // A budget beyond the range of the clock never ends.
        deadline: options.time_budget.and_then(|budget| start.checked_add(budget)),
    };
    log(format_args!(
        "{} claims, {} controls, {} instances a claim, seed {seed:#x}, {}",
        claims.len(),
        plan.controls(),
        plan.instances,
        options.scalar.name()
    ));
    let result = match options.scalar {
        Format::F32 => examine::<f32>(&plan, options, interrupt)?,
        Format::F64 => examine::<f64>(&plan, options, interrupt)?,
    };
    log(format_args!("finished in {}", humantime::format_duration(to_hundredths(start.elapsed()))));

    let color = options.appearance.color;
    let text = match options.appearance.rendering {
        Rendering::Human => render::human::check(&result),
        Rendering::Json => render::json::check(&result, &manifest)?,
    };
    match file {
        None => output::print(&text, color)?,
        Some(file) => {
            if let Err(error) = file.write(&text, color) {
                // The result is worth more than the place where it was to go.
                output::print(&text, color)?;
                return Err(error);
            }
            log(render::human::conclusion(&result));
        }
    }
    Ok(result.verdict.exit_status())
}

/// Stops a checker that would confirm what no checker may confirm.
fn examine_self() -> Result<()> {
    for control in &SELF_CONTROLS {
        ensure!(
            !control.confirms(),
            "this build of the checker is not to be trusted: it confirms {} ({})",
            control.id,
            control.states
        );
    }
    Ok(())
}

fn examine<T: Checked>(
    plan: &Plan<'_>,
    options: &CheckOptions,
    interrupt: &AtomicBool,
) -> Result<CheckResult> {
    let bar = progress_bar(plan, options.progress);
    let (counts, stop) = campaign::run::<T>(plan, interrupt, &|instances| bar.inc(instances))?;
    bar.finish_and_clear();
    let mut claims = Vec::new();
    for (&claim, counts) in plan.claims.iter().zip(counts) {
        let verdict = verdict::of_claim(plan.instances, &counts.tally, &counts.controls, stop);
        let counterexample = match counts.tally.first_refuted {
            Some(index) => Some(
                Address { claim, control: None, seed: plan.seed, index, format: options.scalar }.open()?,
            ),
            None => None,
        };
        claims.push(ClaimResult { claim, counts, verdict, counterexample });
    }
    let verdict = claims.iter().map(|claim| claim.verdict).max().unwrap_or(Verdict::Held);
    Ok(CheckResult { seed: plan.seed, format: options.scalar, instances: plan.instances, verdict, claims })
}

/// A bar over all instances; hidden unless standard error is a terminal.
fn progress_bar(plan: &Plan<'_>, progress: Progress) -> ProgressBar {
    let target = match progress {
        Progress::Auto => ProgressDrawTarget::stderr(),
        Progress::Never => ProgressDrawTarget::hidden(),
    };
    let claims = u64::try_from(plan.claims.len()).unwrap_or(u64::MAX);
    let bar = ProgressBar::with_draw_target(Some(plan.instances.saturating_mul(claims)), target);
    match ProgressStyle::with_template(
        "{bar:40} {percent:>3} %  {human_pos} instances  {per_sec}  {eta} left",
    ) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A seed from the operating system.
fn draw_seed() -> Result<u64> {
    getrandom::u64().map_err(|error| anyhow::anyhow!("the operating system gives no random seed: {error}"))
}

fn to_hundredths(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis() / 10 * 10).unwrap_or(u64::MAX))
}
