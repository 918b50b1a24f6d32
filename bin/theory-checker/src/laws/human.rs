// SPDX-License-Identifier: MIT OR Apache-2.0

//! The laws of a result for reading: a line a law, a line an exponent.

use widthwise_claims::law::{Decision, Estimate, Measurements};

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
    let mut text = styled(HEADING, format_args!("{:ids$}  powers of the width n", "law")) + "\n";
    for law in laws {
        text += &format!(
            "{:ids$}  {}  {}\n",
            law.law().id,
            networks(&law.measurements),
            styled(style::of(law.verdict), law.verdict.title())
        );
        text += &exponents(law);
        text += &open(law);
    }
    text
}

/// The networks: `n = 64, 128, 80 draws each`.
pub(crate) fn networks(measurements: &Measurements) -> String {
    let design = measurements.design();
    let widths: Vec<_> = design.widths.iter().map(usize::to_string).collect();
    format!("n = {}, {} draws each", widths.join(", "), design.draws)
}

fn exponents(law: &LawResult) -> String {
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

/// An exponent: estimate with standard error, the interval that must hold the prediction, and what is predicted.
fn line(estimate: &Estimate) -> String {
    let exponent = estimate.exponent;
    let quantity = exponent.quantity.to_string();
    let [predicted, control] = [exponent.predicted, exponent.control].map(|exponent| exponent.to_string());
    let Some((slope, [lo, hi])) = estimate.slope.zip(estimate.interval()) else {
        return format!("  {quantity:9}  not measured, predicted {predicted}");
    };
    let verdict = match estimate.decision() {
        Decision::Supported => String::new(),
        Decision::Excluded => "  refuted".to_owned(),
        Decision::TooNoisy => "  too noisy".to_owned(),
        Decision::Unmeasured => format!("  {} draws not measured", estimate.unmeasured),
    };
    format!(
        "  {quantity:9}  {:6.3} ± {:.3}  in [{lo:6.3}, {hi:6.3}]  predicted {predicted:>4}  control {control:>4}{verdict}",
        slope.estimate, slope.standard_error
    )
}

/// Why a law is inconclusive.
fn open(law: &LawResult) -> String {
    let mut text =
        law.verdict.reason().map_or_else(String::new, |reason| hanging("", 2, &reason.to_string()));
    if let Some((count, error)) = law.measurements.failures() {
        text += &hanging("", 2, &format!("{count} networks could not be measured; the first: {error}"));
    }
    text
}
