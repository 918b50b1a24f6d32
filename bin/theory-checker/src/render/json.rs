// SPDX-License-Identifier: MIT OR Apache-2.0

//! The result of a campaign for programs.
//!
//! The shape is that of `schema/check-v1.json`. Within a schema version keys are only ever added.

use anyhow::Result;
use serde::Serialize;

use crate::campaign::ControlOutcome;
use crate::counterexample::Case;
use crate::laws::json::Law;
use crate::number::{Interval, Number};
use crate::proofs::Manifest;
use crate::result::{CheckResult, ClaimResult};
use crate::transcript::{Array, Sides, Transcript};
use crate::verdict::Verdict;

const SCHEMA_VERSION: u32 = 1;

/// The result of a campaign of theory-checker.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Check<'a> {
    /// The version of this schema.
    schema_version: u32,
    /// The version of the checker.
    tool_version: &'a str,
    /// The seed, hexadecimal.
    seed: String,
    /// The floating-point format: f32 or f64.
    scalar: &'a str,
    /// The gravest verdict among the claims.
    verdict: VerdictName,
    /// The claims on trial, in the order of the catalogue, exact claims before laws.
    claims: Vec<Statement<'a>>,
}

/// An exact claim or a law; `kind` tells.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
enum Statement<'a> {
    Exact(Box<Claim<'a>>),
    Law(Box<Law<'a>>),
}

/// A verdict.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum VerdictName {
    Held,
    Refuted,
    ControlNotRefuted,
    Inconclusive,
    Interrupted,
}

impl From<Verdict> for VerdictName {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Held => Self::Held,
            Verdict::Refuted => Self::Refuted,
            Verdict::ControlNotRefuted => Self::ControlNotRefuted,
            Verdict::Inconclusive(_) => Self::Inconclusive,
            Verdict::Interrupted => Self::Interrupted,
        }
    }
}

/// What the campaign says about an exact claim.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Claim<'a> {
    /// The id.
    id: &'a str,
    /// How the claim is decided: exact.
    kind: &'a str,
    /// The arXiv number of the paper.
    paper: &'a str,
    /// The verdict on this claim.
    verdict: VerdictName,
    /// Why an inconclusive claim is inconclusive.
    reason: Option<String>,
    /// Instances tried: proved + undecided + refuted + skipped.
    instances: u64,
    /// Instances on which every comparison is proved.
    proved: u64,
    /// Instances with a comparison that rounding hides.
    undecided: u64,
    /// Counterexamples.
    refuted: u64,
    /// Instances that do not meet a hypothesis or did not fit into memory.
    skipped: u64,
    /// Undecided instances whose enclosures were too wide to test anything.
    too_wide: u64,
    /// The largest left/right of an inequality.
    tightest: Option<Tightest>,
    /// The widest overlap of an undecided comparison, relative to its scale.
    widest_undecided: Option<f64>,
    /// The machine-checked proof.
    proof: Option<Proof>,
    /// The controls together.
    control: Control,
    /// The counterexample with the lowest index.
    counterexample: Option<Counterexample>,
}

/// The instance that comes nearest to equality.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Tightest {
    /// Left side by right side.
    ratio: f64,
    /// The index of the first instance with this ratio.
    index: u64,
}

/// Where a proof is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Proof {
    /// The qualified names of the theorems, separated by spaces.
    theorem: String,
    /// The file that states them, from the root of the repository.
    file: String,
}

impl Proof {
    /// The proof of a claim, if it has one.
    pub(crate) fn of(id: &str, manifest: &Manifest) -> Option<Self> {
        let proof = manifest.proof(id)?;
        Some(Self { theorem: proof.theorems.join(" "), file: proof.file })
    }
}

/// The controls of a claim, summed up.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Control {
    /// The id of the claim with `/control` behind it.
    id: String,
    /// Refuted if every variant is.
    verdict: ControlVerdict,
    /// Instances tried on all variants.
    instances: u64,
    /// The largest first index over the variants, if all are refuted.
    first_index: Option<u64>,
    /// The wrong variants of the claim.
    variants: Vec<Variant>,
}

/// A deliberately wrong variant of a claim.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Variant {
    /// The id.
    id: &'static str,
    /// What came of it.
    verdict: ControlVerdict,
    /// Instances tried, up to the first that refutes it.
    instances: u64,
    /// The index of the first instance that refutes it.
    first_index: Option<u64>,
}

/// What came of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum ControlVerdict {
    Refuted,
    Unfinished,
    NotRefuted,
}

/// A counterexample, as it was drawn and as small as it goes.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Counterexample {
    /// The seed, hexadecimal.
    seed: String,
    /// The index.
    index: u64,
    /// The command that judges the instance again.
    replay: String,
    /// The comparison that refutes, on the instance as it was drawn.
    comparison: Option<Comparison>,
    /// The instance made small while it refutes.
    small: Option<Small>,
}

/// A small counterexample.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Small {
    /// Its arrays.
    arrays: Vec<Entries>,
    /// The comparison that refutes.
    comparison: Option<Comparison>,
}

/// An array of an instance.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Entries {
    /// The letter that the statement uses.
    name: &'static str,
    /// Number of rows.
    rows: usize,
    /// Number of columns.
    columns: usize,
    /// The entries row by row.
    entries: Vec<f64>,
    /// The entries in hexadecimal, in the notation of C's `%a`.
    hexadecimal: Vec<String>,
}

impl From<&Array> for Entries {
    fn from(array: &Array) -> Self {
        Self {
            name: array.name,
            rows: array.rows,
            columns: array.columns,
            entries: array.entries.iter().map(|entry| entry.value).collect(),
            hexadecimal: array.entries.iter().map(|entry| entry.hexadecimal.clone()).collect(),
        }
    }
}

/// A comparison of two enclosures.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Comparison {
    /// What is compared.
    formula: &'static str,
    /// The relation tested: ≤ or =.
    relation: &'static str,
    /// What the enclosures say: proved, undecided or refuted.
    verdict: &'static str,
    /// The left side.
    left: Bounds,
    /// The right side.
    right: Bounds,
    /// The overlap of an undecided comparison, relative to its scale.
    overlap: f64,
    /// The overlap up to which an undecided comparison counts as tested.
    allowance: f64,
}

impl From<&Sides> for Comparison {
    fn from(sides: &Sides) -> Self {
        Self {
            formula: sides.formula,
            relation: sides.relation.symbol(),
            verdict: sides.verdict_name(),
            left: (&sides.left).into(),
            right: (&sides.right).into(),
            overlap: sides.overlap,
            allowance: sides.allowance,
        }
    }
}

/// An enclosure. The hexadecimal texts are exact; a number beyond the range of binary64 is null.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Bounds {
    /// The lower end.
    lo: Option<f64>,
    /// The upper end.
    hi: Option<f64>,
    /// The lower end in the notation of C's `%a`.
    lo_hexadecimal: String,
    /// The upper end in the notation of C's `%a`.
    hi_hexadecimal: String,
}

impl From<&Interval> for Bounds {
    fn from(interval: &Interval) -> Self {
        let finite = |number: &Number| number.value.is_finite().then_some(number.value);
        Self {
            lo: finite(&interval.lo),
            hi: finite(&interval.hi),
            lo_hexadecimal: interval.lo.hexadecimal.clone(),
            hi_hexadecimal: interval.hi.hexadecimal.clone(),
        }
    }
}

/// The whole result.
///
/// # Errors
///
/// Fails only if a value has no JSON, which no result has.
pub(crate) fn check(result: &CheckResult, manifest: &Manifest) -> Result<String> {
    let claims = result.claims.iter().map(|claim| Statement::Exact(Box::new(self::claim(claim, manifest))));
    let laws = result.laws.iter().map(|law| Statement::Law(Box::new(law.into())));
    to_text(&Check {
        schema_version: SCHEMA_VERSION,
        tool_version: env!("CARGO_PKG_VERSION"),
        seed: format!("{:#x}", result.seed),
        scalar: result.format.name(),
        verdict: result.verdict.into(),
        claims: claims.chain(laws).collect(),
    })
}

/// Any value as a text that ends with a line end.
///
/// # Errors
///
/// Fails if the value has no JSON.
pub(crate) fn to_text(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

fn claim<'a>(result: &'a ClaimResult, manifest: &Manifest) -> Claim<'a> {
    let (claim, tally) = (result.claim, &result.counts.tally);
    Claim {
        id: claim.id,
        kind: claim.kind.name(),
        paper: claim.paper.arxiv,
        verdict: result.verdict.into(),
        reason: result.verdict.reason().map(|reason| reason.to_string()),
        instances: tally.instances,
        proved: tally.proved,
        undecided: tally.undecided,
        refuted: tally.refuted,
        skipped: tally.skipped,
        too_wide: tally.too_wide,
        tightest: tally.tightest.map(|extreme| Tightest { ratio: extreme.value, index: extreme.index }),
        widest_undecided: tally.widest_undecided.map(|extreme| extreme.value),
        proof: Proof::of(claim.id, manifest),
        control: control(result),
        counterexample: result.counterexample.as_ref().map(counterexample),
    }
}

fn control(result: &ClaimResult) -> Control {
    let variant = |(control, outcome): (&widthwise_claims::Control, &Option<ControlOutcome>)| Variant {
        id: control.id,
        verdict: match outcome {
            Some(ControlOutcome { first_refuted: Some(_), .. }) => ControlVerdict::Refuted,
            Some(ControlOutcome { first_refuted: None, .. }) => ControlVerdict::NotRefuted,
            None => ControlVerdict::Unfinished,
        },
        instances: outcome.map_or(0, |outcome| outcome.instances),
        first_index: outcome.and_then(|outcome| outcome.first_refuted),
    };
    let variants: Vec<_> = result.claim.controls.iter().zip(&result.counts.controls).map(variant).collect();
    let verdict = variants.iter().map(|variant| variant.verdict).max().unwrap_or(ControlVerdict::NotRefuted);
    Control {
        id: format!("{}/control", result.claim.id),
        verdict,
        instances: variants.iter().map(|variant| variant.instances).sum(),
        first_index: match verdict {
            ControlVerdict::Refuted => variants.iter().filter_map(|variant| variant.first_index).max(),
            ControlVerdict::Unfinished | ControlVerdict::NotRefuted => None,
        },
        variants,
    }
}

fn counterexample(case: &Case) -> Counterexample {
    Counterexample {
        seed: format!("{:#x}", case.address.seed),
        index: case.address.index,
        replay: case.address.replay_command(),
        comparison: comparison(&case.drawn),
        small: case.small.as_ref().map(|small| Small {
            arrays: small.arrays.iter().map(Entries::from).collect(),
            comparison: comparison(small),
        }),
    }
}

fn comparison(transcript: &Transcript) -> Option<Comparison> {
    transcript.refutation().map(Comparison::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change of the types must be seen in the committed schema.
    #[test]
    fn the_committed_schema_is_the_one_of_the_types() {
        let committed = include_str!("../../schema/check-v1.json");
        let generated = to_text(&schemars::schema_for!(Check<'_>)).unwrap();
        assert!(committed == generated, "schema/check-v1.json should be:\n{generated}");
    }
}
