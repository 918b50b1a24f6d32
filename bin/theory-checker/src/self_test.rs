// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whether this build may judge at all.
//!
//! Two faults make every verdict worthless: a compiler that breaks floating-point arithmetic, and enclosures that confirm what they have
//! not tested. Both are looked for before the first instance.

use anyhow::{Context, Result, ensure};
use widthwise_claims::SELF_CONTROLS;
use widthwise_linalg::canary;

/// Stops a checker that is not to be trusted.
///
/// # Errors
///
/// Fails if the compiler broke the arithmetic of this build, or if a self-control of the claims confirms.
pub(crate) fn run() -> Result<()> {
    canary::self_test().context("this build of theory-checker is not to be trusted")?;
    for control in &SELF_CONTROLS {
        ensure!(
            !control.confirms(),
            "this build of theory-checker is not to be trusted: it confirms {} ({})",
            control.id,
            control.states
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checker_passes_its_own_controls() {
        run().unwrap();
    }
}
