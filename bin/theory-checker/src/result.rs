// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a campaign says: the data that the renderers turn into text.

use widthwise_claims::Claim;

use crate::arguments::Format;
use crate::campaign::Counts;
use crate::counterexample::Case;
use crate::verdict::Verdict;

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
