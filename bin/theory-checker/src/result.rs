// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a campaign says: the data that the renderers turn into text.

use widthwise_claims::Claim;
use widthwise_claims::law::{Findings, Law, Measurements};

use crate::arguments::Format;
use crate::campaign::Counts;
use crate::counterexample::Case;
use crate::verdict::Verdict;

/// The result of a campaign: a function of the selection, the seed, the format, the number of instances and the effort alone.
#[derive(Clone, Debug)]
pub(crate) struct CheckResult {
    pub(crate) seed: u64,
    pub(crate) format: Format,
    /// Instances of each claim that were announced.
    pub(crate) instances: u64,
    pub(crate) verdict: Verdict,
    pub(crate) claims: Vec<ClaimResult>,
    pub(crate) laws: Vec<LawResult>,
}

impl CheckResult {
    /// Adds laws; the verdict is the gravest of all.
    pub(crate) fn add_laws(&mut self, laws: Vec<LawResult>) {
        self.verdict = laws.iter().map(|law| law.verdict).fold(self.verdict, Verdict::max);
        self.laws.extend(laws);
    }
}

/// What a campaign says about one law.
#[derive(Clone, Debug)]
pub(crate) struct LawResult {
    pub(crate) measurements: Measurements,
    /// What all measurements amount to; `None` while some are missing.
    pub(crate) findings: Option<Findings>,
    pub(crate) verdict: Verdict,
}

impl LawResult {
    pub(crate) fn law(&self) -> &'static Law {
        self.measurements.law()
    }
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
