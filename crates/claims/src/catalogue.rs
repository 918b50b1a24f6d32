// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every claim there is, in a fixed order.

use crate::{Claim, spectral_condition};

/// Every claim, paper by paper.
pub static CATALOGUE: &[&Claim] = &spectral_condition::CLAIMS;

/// The claim with this id.
///
/// ```
/// assert!(widthwise_claims::find("spectral.opnorm-bound").is_some());
/// assert!(widthwise_claims::find("spectral").is_none());
/// ```
#[must_use]
pub fn find(id: &str) -> Option<&'static Claim> {
    CATALOGUE.iter().copied().find(|claim| claim.id == id)
}
