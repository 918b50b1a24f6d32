// SPDX-License-Identifier: MIT OR Apache-2.0

//! A coordinate check for reading: a line a quantity, the verdict, the nearest rule, the warnings.

use widthwise_claims::coordinate_check::{
    Coordinate, Decision, Estimate, Expectation, HALF_WAY, INTERVAL, Nearest, Observable, Pattern, Report,
    Verdict,
};
use widthwise_parametrization::{Rational, UpdateFamily};

use super::Outcome;
use super::options::ACTIVATIONS;
use crate::plan::names::{self, OPTIMIZERS, RULES};
use crate::render::layout::hanging;
use crate::render::style::{ASIDE, BAD, GOOD, HEADING, OPEN, styled};

/// The whole text.
pub(super) fn text(outcome: &Outcome<'_>) -> String {
    let mut text = styled(HEADING, subject(outcome)) + "\n" + &design(outcome) + "\n";
    if let Some(report) = &outcome.report {
        text += &table(outcome, report);
        text += "\n";
        text += &nearest(outcome, report);
        for warning in report.warnings() {
            text += &hanging("warning", 9, &warning.to_string());
        }
    }
    text + &conclusion(outcome) + "\n"
}

/// What is on trial: `standard under sgd`.
pub(super) fn subject(outcome: &Outcome<'_>) -> String {
    let check = &outcome.check;
    format!("{} under {}", names::of(&check.rule, &RULES), names::of(&check.optimizer, &OPTIMIZERS))
}

/// The verdict in a line.
pub(super) fn headline(outcome: &Outcome<'_>) -> String {
    let Some(report) = &outcome.report else {
        return format!("interrupted: {} of {} networks measured", outcome.measured, outcome.networks());
    };
    match report.verdict() {
        Verdict::Pass => "pass".to_owned(),
        Verdict::Fail(failure) => format!("fail: {failure}"),
        Verdict::Inconclusive(reason) => format!("inconclusive: {reason}"),
    }
}

/// Verdict and exit status.
pub(super) fn conclusion(outcome: &Outcome<'_>) -> String {
    let style = match outcome.report.as_ref().map(Report::verdict) {
        Some(Verdict::Pass) => GOOD,
        Some(Verdict::Fail(_)) => BAD,
        Some(Verdict::Inconclusive(_)) | None => OPEN,
    };
    let status = outcome.exit_status();
    let headline = hanging("", 0, &headline(outcome));
    format!("{}\nexit status {}: {}", styled(style, headline.trim_end()), status.code(), status.meaning())
}

/// A power with two digits.
pub(super) fn hundredths(power: f64) -> String {
    unsigned_zero(format!("{power:.2}"))
}

/// A power with three digits, aligned.
fn thousandths(power: f64) -> String {
    format!("{:>6}", unsigned_zero(format!("{power:.3}")))
}

/// Zero has no sign.
fn unsigned_zero(number: String) -> String {
    match number.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|digit| matches!(digit, b'0' | b'.')) => digits.to_owned(),
        _ => number,
    }
}

fn design(outcome: &Outcome<'_>) -> String {
    let check = &outcome.check;
    let hidden =
        check.hidden.iter().map(|&times| if times == 1 { "n".to_owned() } else { format!("{times}n") });
    let layers: Vec<_> =
        [check.inputs.to_string()].into_iter().chain(hidden).chain([check.outputs.to_string()]).collect();
    let networks: Vec<_> =
        check.widths.iter().map(|&width| format!("{} of n = {width}", check.draws_at(width))).collect();
    let plural =
        |count: usize, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    let design = format!(
        "{}, {}, rate {:?}, {} on {}; networks: {}; seed {:#x}",
        layers.join(" → "),
        names::of(&check.activation, &ACTIVATIONS),
        check.rate,
        plural(check.steps, "step"),
        plural(check.batch, "example"),
        networks.join(", "),
        outcome.seed
    );
    hanging("", 0, &design)
}

fn table(outcome: &Outcome<'_>, report: &Report) -> String {
    let last = outcome.check.steps;
    let shown = |estimate: &&Estimate| {
        let telling = match estimate.coordinate.step {
            0 => true,
            step if step == last => true,
            1 => {
                matches!(estimate.coordinate.observable, Observable::Update | Observable::PreactivationChange)
            }
            _ => false,
        };
        let fine = |estimate: &Estimate| matches!(estimate.decision(), Decision::AsExpected | Decision::Zero);
        // Where the last step is amiss too, its line tells enough.
        let end = report.estimate(Coordinate { step: last, ..estimate.coordinate });
        telling || (!fine(estimate) && end.is_none_or(fine))
    };
    let mut text = styled(
        HEADING,
        format_args!(
            "{:16}  {:>5}  {:>15}  {:>16}  {:>8}",
            "quantity", "step", "power of n", "interval", "expected"
        ),
    ) + "\n";
    for estimate in report.estimates().iter().filter(shown) {
        let line = line(estimate);
        text += &match estimate.decision() {
            Decision::AsExpected => styled(ASIDE, line),
            Decision::Moves => styled(BAD, line),
            _ => line,
        };
        text += "\n";
    }
    let legend = format!(
        "± one standard error; intervals reach {INTERVAL} of them and must stay within ±{HALF_WAY}. Steps between are shown where something is amiss; `--format json` has all."
    );
    text + &styled(ASIDE, hanging("", 0, &legend).trim_end()) + "\n"
}

fn line(estimate: &Estimate) -> String {
    let coordinate = estimate.coordinate;
    let step = match coordinate.step {
        0 => "start".to_owned(),
        step => step.to_string(),
    };
    let head = format!("{:16}  {step:>5}", coordinate.observable.formula(coordinate.layer));
    let (power, interval) = match estimate.slope.zip(estimate.interval()) {
        Some((slope, [lo, hi])) => (
            format!("{} ± {:.3}", thousandths(slope.estimate), slope.standard_error),
            format!("[{}, {}]", thousandths(lo), thousandths(hi)),
        ),
        None => ("–".to_owned(), String::new()),
    };
    let what = match estimate.decision() {
        Decision::AsExpected if estimate.expectation == Expectation::Flat => "flat".to_owned(),
        Decision::AsExpected => "does not grow".to_owned(),
        Decision::Moves if estimate.slope.is_some_and(|slope| slope.estimate > 0.0) => "grows".to_owned(),
        Decision::Moves => "vanishes".to_owned(),
        Decision::Open => "too noisy to tell".to_owned(),
        Decision::Zero => "zero".to_owned(),
        Decision::SometimesZero => format!("zero in {} of {}", estimate.zeros, estimate.networks),
        Decision::Missing => format!("not measured in {} of {}", estimate.missing, estimate.networks),
    };
    format!("{head}  {power:>15}  {interval:>16}  {:>8}  {what}", estimate.expectation)
}

/// Which rules have such powers, and which the rule on trial should have.
fn nearest(outcome: &Outcome<'_>, report: &Report) -> String {
    let family = outcome.check.optimizer.family();
    let Some(nearest) = report.nearest() else {
        return hanging("nearest", 9, "none: not every power at the start and of the first step is known");
    };
    let distance = format!("no power is farther off than {:.2}", nearest.distance);
    let mut text = if nearest.is_near() {
        hanging("nearest", 9, &format!("{}; {distance}", members(nearest, family)))
    } else {
        let text =
            format!("no known rule; {} has a power {:.2} off", members(nearest, family), nearest.distance);
        hanging("nearest", 9, &text)
    };
    text += &hanging("", 9, &powers(nearest.class.pattern()));
    if !nearest.class.contains(outcome.check.rule, family)
        && let Some(predicted) = report.predicted()
    {
        let rule = names::of(&outcome.check.rule, &RULES);
        text += &hanging("", 9, &format!("by its own exponents {rule} has {}", powers(predicted)));
    }
    text
}

/// The members of a class under the family of the optimiser; if there are none, all with their families.
fn members(nearest: &Nearest, family: UpdateFamily) -> String {
    let members = nearest.class.members();
    let name = |member: &&widthwise_claims::coordinate_check::Member| names::of(&member.rule, &RULES);
    let own: Vec<_> =
        members.iter().filter(|member| member.family == family).map(|member| name(&member)).collect();
    if !own.is_empty() {
        return own.join(", ");
    }
    let all: Vec<_> =
        members.iter().map(|member| format!("{} ({} updates)", name(&member), member.family)).collect();
    all.join(", ")
}

fn powers(pattern: &Pattern) -> String {
    let list = |powers: &[Rational]| powers.iter().map(Rational::to_string).collect::<Vec<_>>().join(", ");
    format!(
        "nat(W) ~ {} at the start, nat(ΔW) ~ {} in the first step",
        list(pattern.weights()),
        list(pattern.updates())
    )
}
