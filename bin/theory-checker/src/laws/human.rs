// SPDX-License-Identifier: MIT OR Apache-2.0

//! The laws of a result for reading: a line a law, a line an estimate.

use widthwise_claims::law::{
    Decision, Design, DistributionEstimate, Estimate, ExponentEstimate, MeanEstimate, RangeEstimate, Size,
};

use crate::render::layout::hanging;
use crate::render::style::{self, ASIDE, HEADING, styled};
use crate::result::LawResult;
use crate::verdict::Verdict;

/// The section of the laws; nothing if there are none.
pub(crate) fn section(laws: &[LawResult]) -> String {
    if laws.is_empty() {
        return String::new();
    }
    let ids = laws.iter().map(|law| law.law().id.len()).max().unwrap_or(0);
    let mut text = styled(HEADING, format_args!("{:ids$}  estimates", "law")) + "\n";
    for law in laws {
        text += &format!(
            "{:ids$}  {}  {}\n",
            law.law().id,
            drawn(&law.measurements.design()),
            styled(style::of(law.verdict), law.verdict.title())
        );
        text += &estimates(law);
        text += &open(law);
    }
    text
}

/// What is drawn: `n = 64, 128, 80 draws each`, or `m×n = 16×64, 64, 80 draws each`.
pub(crate) fn drawn(design: &Design) -> String {
    let sizes: Vec<_> = design.sizes.iter().map(Size::to_string).collect();
    let name = if design.sizes.iter().all(|size| size.is_width()) { "n" } else { "m×n" };
    format!("{name} = {}, {} draws each", sizes.join(", "), design.draws)
}

fn estimates(law: &LawResult) -> String {
    let Some(findings) = &law.findings else { return String::new() };
    let mut text = String::new();
    for estimate in findings.estimates() {
        let line = line(estimate);
        text += &match estimate.decision() {
            Decision::Supported => styled(ASIDE, line),
            Decision::Excluded => styled(style::of(Verdict::Refuted), line),
            Decision::TooNoisy | Decision::Unmeasured => line,
        };
        text.push('\n');
    }
    text
}

/// An estimate: what was found, where it must lie, what is predicted, and what the control predicts.
fn line(estimate: &Estimate) -> String {
    let (found, [predicted, control]) = match estimate {
        Estimate::Exponent(exponent) => of_exponent(exponent),
        Estimate::Mean(mean) => of_mean(mean),
        Estimate::Range(range) => of_range(range),
        Estimate::Distribution(distribution) => of_distribution(distribution),
    };
    let quantity = match size(estimate) {
        Some(size) => format!("{} {size}", estimate.quantity()),
        None => estimate.quantity().to_string(),
    };
    let Some(found) = found else {
        return format!("  {quantity:9}  not measured, predicted {predicted}");
    };
    let verdict = match estimate.decision() {
        Decision::Supported => String::new(),
        Decision::Excluded => "  refuted".to_owned(),
        Decision::TooNoisy => "  too noisy".to_owned(),
        Decision::Unmeasured => format!("  {} draws not measured", estimate.unmeasured()),
    };
    format!("  {quantity:9}  {found}  predicted {predicted:>4}  control {control:>4}{verdict}")
}

/// The size of an estimate that is one of several.
fn size(estimate: &Estimate) -> Option<Size> {
    match estimate {
        Estimate::Exponent(_) => None,
        Estimate::Mean(mean) => Some(mean.size),
        Estimate::Range(range) => Some(range.size),
        Estimate::Distribution(distribution) => Some(distribution.size),
    }
}

/// What was found, if it was, and what is predicted by the theory and by the control.
type Line = (Option<String>, [String; 2]);

fn of_exponent(estimate: &ExponentEstimate) -> Line {
    let found = estimate.slope.zip(estimate.interval()).map(|(slope, [lo, hi])| {
        format!("{:6.3} ± {:.3}  in [{lo:6.3}, {hi:6.3}]", slope.estimate, slope.standard_error)
    });
    (found, [estimate.exponent.predicted, estimate.exponent.control].map(|exponent| exponent.to_string()))
}

fn of_mean(estimate: &MeanEstimate) -> Line {
    let found = estimate.average.zip(estimate.interval()).map(|(average, [lo, hi])| {
        format!("{:7.4} ± {:.4}  in [{lo:7.4}, {hi:7.4}]", average.mean, average.standard_error)
    });
    (found, [estimate.predicted, estimate.control].map(|mean| format!("{mean:.4}")))
}

fn of_range(estimate: &RangeEstimate) -> Line {
    let found = estimate.extremes.map(|[lo, hi]| format!("draws in [{lo:.4}, {hi:.4}]"));
    (
        found,
        [estimate.predicted, estimate.control].map(|[lo, hi]| match (lo.is_finite(), hi.is_finite()) {
            (false, _) => format!("≤ {hi:.4}"),
            (_, false) => format!("≥ {lo:.4}"),
            _ => format!("[{lo:.4}, {hi:.4}]"),
        }),
    )
}

fn of_distribution(estimate: &DistributionEstimate) -> Line {
    let found = estimate
        .distances
        .map(|(distance, _)| format!("distance {distance:.4}, at most {:.4}", estimate.critical));
    let control = estimate.distances.map_or_else(String::new, |(_, control)| format!("at {control:.4}"));
    (found, [estimate.name.to_owned(), control])
}

/// Why a law is inconclusive.
fn open(law: &LawResult) -> String {
    let mut text =
        law.verdict.reason().map_or_else(String::new, |reason| hanging("", 2, &reason.to_string()));
    if let Some((count, error)) = law.measurements.failures() {
        text += &hanging("", 2, &format!("{count} draws could not be measured; the first: {error}"));
    }
    text
}
