// SPDX-License-Identifier: MIT OR Apache-2.0

//! The result of a campaign for reading: a table, what was refuted, and the verdict.

use widthwise_claims::{Extreme, Tally};

use super::layout::{array, hanging, shapes, sides};
use super::style::{self, ASIDE, HEADING, styled};
use crate::campaign::ControlOutcome;
use crate::counterexample::{Address, Case, control_name};
use crate::laws;
use crate::result::{CheckResult, ClaimResult};
use crate::transcript::Transcript;
use crate::verdict::{Reason, Verdict};

/// A column of the table.
struct Column {
    heading: &'static str,
    count: fn(&Tally) -> u64,
}

const COLUMNS: [Column; 5] = [
    Column { heading: "instances", count: |tally| tally.instances },
    Column { heading: "proved", count: |tally| tally.proved },
    Column { heading: "undecided", count: |tally| tally.undecided },
    Column { heading: "refuted", count: |tally| tally.refuted },
    Column { heading: "skipped", count: |tally| tally.skipped },
];

/// The whole result.
pub(crate) fn check(result: &CheckResult) -> String {
    let mut text = format!(
        "theory-checker {}   seed {:#x}   {}   {} instances a claim\n\n",
        env!("CARGO_PKG_VERSION"),
        result.seed,
        result.format.name(),
        result.instances
    );
    if !result.claims.is_empty() {
        text += &table(result);
    }
    if !result.claims.is_empty() && !result.laws.is_empty() {
        text.push('\n');
    }
    text += &laws::human::section(&result.laws);
    for claim in &result.claims {
        if let Some(case) = &claim.counterexample {
            text.push('\n');
            text += &styled(style::of(Verdict::Refuted), format_args!("{} is refuted", claim.claim.id));
            text += &format!(": {}\n", claim.claim.statement);
            text += &counterexample(case);
        }
    }
    text.push('\n');
    text += &styled(style::of(result.verdict), result.verdict.title());
    let status = result.verdict.exit_status();
    text + &format!(": {}\nexit status {}: {}\n", summary(result), status.code(), status.meaning())
}

/// The verdict in one line without colours.
pub(crate) fn conclusion(result: &CheckResult) -> String {
    format!("{}: {}", result.verdict.title(), summary(result))
}

/// A claim: a line of counts, a line of extremes, its controls, and what is open.
fn table(result: &CheckResult) -> String {
    let ids = result.claims.iter().map(|claim| claim.claim.id.len()).max().unwrap_or(0);
    let width = |column: &Column| {
        let counts = result.claims.iter().map(|claim| (column.count)(&claim.counts.tally).to_string().len());
        counts.max().unwrap_or(0).max(column.heading.len())
    };
    let widths = COLUMNS.each_ref().map(width);
    let mut heading = format!("{:ids$}", "claim");
    for (column, width) in COLUMNS.iter().zip(widths) {
        heading += &format!("  {:>width$}", column.heading);
    }
    let mut table = styled(HEADING, heading) + "\n";
    for claim in &result.claims {
        table += &format!("{:ids$}", claim.claim.id);
        for (column, width) in COLUMNS.iter().zip(widths) {
            table += &format!("  {:>width$}", (column.count)(&claim.counts.tally));
        }
        table += &format!("  {}\n", styled(style::of(claim.verdict), claim.verdict.title()));
        table += &extremes(&claim.counts.tally);
        table += &controls(claim);
        table += &open(result, claim);
    }
    table
}

fn extremes(tally: &Tally) -> String {
    let tightest =
        tally.tightest.map(|Extreme { value, index }| format!("tightest left/right {value:?} at {index}"));
    // Of a width nothing but the magnitude is of interest; the JSON has all digits.
    let widest = tally.widest_undecided;
    let widest =
        widest.map(|Extreme { value, index }| format!("widest undecided overlap {value:.1e} at {index}"));
    let extremes: Vec<_> = tightest.into_iter().chain(widest).collect();
    aside(&hanging("", 2, &extremes.join(", ")))
}

fn controls(claim: &ClaimResult) -> String {
    let (mut refuted, mut stood, mut unfinished) = (Vec::new(), Vec::new(), Vec::new());
    for (control, outcome) in claim.claim.controls.iter().zip(&claim.counts.controls) {
        let name = control_name(control);
        match outcome {
            Some(ControlOutcome { first_refuted: Some(index), .. }) => {
                refuted.push(format!("{name} at {index}"));
            }
            Some(ControlOutcome { instances, .. }) => stood.push(format!("{name} on {instances} instances")),
            None => unfinished.push(name.to_owned()),
        }
    }
    let list = |head: &str, names: &[String]| match names {
        [] => String::new(),
        names => hanging("", 2, &format!("{head} {}", names.join(", "))),
    };
    let mut text = aside(&list("controls refuted:", &refuted));
    for line in list("controls not refuted:", &stood).lines() {
        text += &format!("{}\n", styled(style::of(Verdict::ControlNotRefuted), line));
    }
    text + &aside(&list("controls not tried to the end:", &unfinished))
}

/// Why a claim is inconclusive, and how to look into it.
fn open(result: &CheckResult, claim: &ClaimResult) -> String {
    let Some(reason) = claim.verdict.reason() else {
        return String::new();
    };
    let mut text = hanging("", 2, &reason.to_string());
    if let Reason::TooWide { first, .. } = reason {
        let address = Address {
            claim: claim.claim,
            control: None,
            seed: result.seed,
            index: first,
            format: result.format,
        };
        text += &format!("  replay: {}\n", address.replay_command());
    }
    text
}

/// A counterexample as it was drawn and as small as it goes, and how to see it again.
pub(crate) fn counterexample(case: &Case) -> String {
    let mut text = format!("  at index {} ({})\n", case.address.index, shapes(&case.drawn.arrays));
    text += &refutation(&case.drawn);
    if let Some(small) = &case.small {
        text += &small_instance(small);
    }
    text + &format!("  replay: {}\n", case.address.replay_command())
}

/// A counterexample made small.
pub(crate) fn small_instance(small: &Transcript) -> String {
    let mut text = "  made small\n".to_owned();
    for part in &small.arrays {
        text += &array(part, 4);
    }
    text + &refutation(small)
}

fn refutation(transcript: &Transcript) -> String {
    transcript.refutation().map_or_else(String::new, |refutation| {
        format!("    {}\n{}", refutation.formula, sides(refutation, 6))
    })
}

fn summary(result: &CheckResult) -> String {
    let claims = result.claims.iter().map(|claim| claim.verdict);
    let verdicts: Vec<_> = claims.chain(result.laws.iter().map(|law| law.verdict)).collect();
    let of = |what: fn(&Verdict) -> bool| verdicts.iter().filter(|verdict| what(verdict)).count();
    let held = of(|verdict| *verdict == Verdict::Held);
    let mut parts = vec![format!("{held} of {} held", counted(verdicts.len(), "claim"))];
    let mut add = |count: usize, what: &str| {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    };
    add(of(|verdict| *verdict == Verdict::Refuted), "refuted");
    add(of(|verdict| *verdict == Verdict::ControlNotRefuted), "with a control that was not refuted");
    add(of(|verdict| verdict.reason().is_some()), "inconclusive");
    add(of(|verdict| *verdict == Verdict::Interrupted), "interrupted");
    let outcomes = || result.claims.iter().flat_map(|claim| &claim.counts.controls);
    let of_laws = result.laws.iter().filter_map(|law| law.findings.as_ref());
    let refuted = outcomes().flatten().filter(|outcome| outcome.first_refuted.is_some()).count()
        + of_laws.filter(|findings| findings.control_is_refuted()).count();
    let controls = outcomes().count() + result.laws.len();
    parts.push(format!("{refuted} of {} refuted", counted(controls, "control")));
    parts.join(", ")
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Every line dimmed.
fn aside(text: &str) -> String {
    text.lines().map(|line| styled(ASIDE, line) + "\n").collect()
}
