// SPDX-License-Identifier: MIT OR Apache-2.0

//! `check`: the checker examines itself, runs the campaign, and judges what came of it.

use core::sync::atomic::AtomicBool;
use core::time::Duration;
use std::time::Instant;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use widthwise_claims::law::Effort;

use crate::arguments::{CheckOptions, Format, Progress, Rendering, Seed};
use crate::campaign::{self, Plan};
use crate::counterexample::Address;
use crate::exit_status::ExitStatus;
use crate::laws;
use crate::output::{self, OutputFile, log};
use crate::proofs::Manifest;
use crate::render;
use crate::result::{CheckResult, ClaimResult, LawResult};
use crate::selection::Selection;
use crate::self_test;
use crate::verdict::{self, Verdict};

/// Puts the claims on trial and writes the result.
///
/// # Errors
///
/// Fails if the checker does not pass its self-test, or if the result cannot be written.
pub(crate) fn run(
    selection: &Selection,
    options: &CheckOptions,
    interrupt: &AtomicBool,
) -> Result<ExitStatus> {
    self_test::run()?;
    let manifest = Manifest::load()?;
    let file = options.run.output.as_deref().map(OutputFile::prepare).transpose()?;
    let seed = match options.seed {
        Seed::Given(seed) => seed,
        Seed::Random => draw_seed()?,
    };
    let start = Instant::now();
    let plan = Plan {
        claims: &selection.claims,
        seed,
        instances: options.instances.unwrap_or_else(|| options.effort.instances()),
        jobs: options.run.jobs.map_or_else(cores, usize::from),
        // A budget beyond the range of the clock never ends.
        deadline: options.time_budget.and_then(|budget| start.checked_add(budget)),
    };
    let effort = Effort::from(options.effort);
    let laws = laws::campaign::Plan {
        laws: &selection.laws,
        seed,
        effort,
        jobs: plan.jobs,
        deadline: plan.deadline,
    };
    log(format_args!(
        "{} claims, {} controls, {} instances a claim, {}; {} laws, {} draws, effort {}; seed {seed:#x}",
        plan.claims.len(),
        plan.controls(),
        plan.instances,
        options.scalar.name(),
        laws.laws.len(),
        laws.measurements(),
        effort.name()
    ));
    let claims = u64::try_from(plan.claims.len()).unwrap_or(u64::MAX);
    let bar = progress_bar(plan.instances.saturating_mul(claims), "instances", options.run.progress);
    let mut result = examine(&plan, options.scalar, interrupt, &|instances| bar.inc(instances))?;
    bar.finish_and_clear();
    let draws = u64::try_from(laws.measurements()).unwrap_or(u64::MAX);
    let bar = progress_bar(draws, "draws", options.run.progress);
    result.add_laws(measure(&laws, interrupt, &|draws| bar.inc(draws))?);
    bar.finish_and_clear();
    log(format_args!("finished in {}", humantime::format_duration(to_hundredths(start.elapsed()))));

    let color = options.run.appearance.color;
    let text = match options.run.appearance.rendering {
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

/// Runs the campaign, judges it, and looks closely at what was refuted.
fn examine(
    plan: &Plan<'_>,
    format: Format,
    interrupt: &AtomicBool,
    advance: &(dyn Fn(u64) + Sync),
) -> Result<CheckResult> {
    let (counts, stop) = match format {
        Format::F32 => campaign::run::<f32>(plan, interrupt, advance)?,
        Format::F64 => campaign::run::<f64>(plan, interrupt, advance)?,
    };
    let mut claims = Vec::new();
    for (&claim, counts) in plan.claims.iter().zip(counts) {
        let verdict = verdict::of_claim(plan.instances, &counts.tally, &counts.controls, stop);
        let open = |index| Address { claim, control: None, seed: plan.seed, index, format }.open();
        let counterexample = counts.tally.first_refuted.map(open).transpose()?;
        claims.push(ClaimResult { claim, counts, verdict, counterexample });
    }
    let verdict = claims.iter().map(|claim| claim.verdict).max().unwrap_or(Verdict::Held);
    Ok(CheckResult { seed: plan.seed, format, instances: plan.instances, verdict, claims, laws: Vec::new() })
}

/// Measures the laws and judges them.
fn measure(
    plan: &laws::campaign::Plan<'_>,
    interrupt: &AtomicBool,
    advance: &(dyn Fn(u64) + Sync),
) -> Result<Vec<LawResult>> {
    let (sheets, stop) = laws::campaign::run(plan, interrupt, advance)?;
    let judge = |measurements: widthwise_claims::law::Measurements| {
        let findings = measurements.findings();
        let verdict = verdict::of_law(&measurements, findings.as_ref(), stop);
        LawResult { measurements, findings, verdict }
    };
    Ok(sheets.into_iter().map(judge).collect())
}

/// A bar over all instances or networks; hidden unless standard error is a terminal.
pub(crate) fn progress_bar(length: u64, what: &str, progress: Progress) -> ProgressBar {
    let target = match progress {
        Progress::Auto => ProgressDrawTarget::stderr(),
        Progress::Never => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    match ProgressStyle::with_template(&format!(
        "{{bar:40}} {{percent:>3}} %  {{human_pos}} of {{human_len}} {what}  {{eta}} left"
    )) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The number of cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A seed from the operating system.
pub(crate) fn draw_seed() -> Result<u64> {
    getrandom::u64().map_err(|error| anyhow::anyhow!("the operating system gives no random seed: {error}"))
}

fn to_hundredths(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis() / 10 * 10).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use widthwise_claims::{Claim, Control, Functions};

    use super::*;

    /// `spectral.opnorm-bound` judged by the check of its control `column-norm`, with one control, judged by `control`.
    fn tampered(check: bool, control: bool) -> &'static Claim {
        let claim = widthwise_claims::find("spectral.opnorm-bound").unwrap();
        let wrong = claim.controls.first().unwrap();
        let pick = |wrong_check: bool| {
            let Functions { f32, f64 } = if wrong_check { wrong.check } else { claim.check };
            Functions { f32, f64 }
        };
        let control = Control { check: pick(control), ..*wrong };
        Box::leak(Box::new(Claim { check: pick(check), controls: Box::leak(Box::new([control])), ..*claim }))
    }

    fn examined(claim: &'static Claim, format: Format) -> CheckResult {
        let plan = Plan { claims: &[claim], seed: 0x5eed, instances: 600, jobs: 2, deadline: None };
        examine(&plan, format, &AtomicBool::new(false), &|_| ()).unwrap()
    }

    #[test]
    fn a_wrong_check_is_refuted_with_a_small_counterexample_that_replays() {
        for format in [Format::F64, Format::F32] {
            let result = examined(tampered(true, true), format);
            assert_eq!(result.verdict.exit_status(), ExitStatus::Refuted);
            let case = result.claims[0].counterexample.as_ref().unwrap();
            assert_eq!(Some(case.address.index), result.claims[0].counts.tally.first_refuted);
            let small = case.small.as_ref().unwrap();
            assert!(small.outcome.is_refuted());
            // Two entries of A and two of x are the least that tells the largest column from the norm.
            assert!(small.arrays.iter().map(|array| array.entries.len()).sum::<usize>() <= 4, "{small:?}");
            let again = case.address.open().unwrap();
            assert_eq!(format!("{again:?}"), format!("{case:?}"));
        }
    }

    #[test]
    fn a_refutation_is_shown_with_both_sides_the_small_instance_and_the_replay_command() {
        let text = render::human::check(&examined(tampered(true, true), Format::F64));
        let text = anstream::adapter::strip_str(&text).to_string();
        for part in [
            "spectral.opnorm-bound is refuted: ",
            "\n  at index ",
            "\n      left   [",
            "\n      right  [",
            "\n  made small\n    A  ",
            "\n    x  ",
            "\n  replay: theory-checker replay spectral.opnorm-bound --seed 0x5eed --index ",
            "\nrefuted: 0 of 1 claim held, 1 refuted, 1 of 1 control refuted\nexit status 1: ",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        let json =
            render::json::check(&examined(tampered(true, true), Format::F64), &Manifest::load().unwrap());
        let json: serde_json::Value = serde_json::from_str(&json.unwrap()).unwrap();
        assert_eq!(json["verdict"], "refuted");
        assert_eq!(json["claims"][0]["counterexample"]["small"]["comparison"]["verdict"], "refuted");
    }

    #[test]
    fn a_control_that_is_true_is_found_out() {
        let result = examined(tampered(false, false), Format::F64);
        assert_eq!(result.verdict, Verdict::ControlNotRefuted);
        assert_eq!(result.verdict.exit_status(), ExitStatus::Refuted);
        let text = render::human::check(&result);
        assert!(text.contains("controls not refuted: column-norm on 1000 instances"), "{text}");
    }
}
