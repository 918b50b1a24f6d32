// SPDX-License-Identifier: MIT OR Apache-2.0

//! The example of `bin/firmware` on a board: it must print the bound that the same function computes here.

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use magnitude::{LAYERS, lipschitz_bound, thousandths};

use super::emulation::Run;
use super::report;
use super::target::Emulation;

/// Runs the example.
pub(super) fn run(emulation: &Emulation, image: &Path) -> Result<()> {
    judge(&emulation.emulate(image, &[])?).context("the example")
}

/// Whether the example says what it must.
fn judge(run: &Run) -> Result<()> {
    report::ended(run)?;
    let bound = lipschitz_bound(&LAYERS).map_err(|error| anyhow!("{error}"))?;
    let rounded = thousandths(bound);
    let (whole, fraction) = (rounded / 1000, rounded % 1000);
    let expected =
        format!("lipschitz {:08x}, at most {whole}.{fraction:03}: within the limit\n", bound.to_bits());
    ensure!(
        run.text == expected,
        "differs from the host\n  expected {expected:?}\n     found {:?}",
        run.text
    );
    ensure!(run.code() == Some(0), "the bound is right, but the run ended with {}", run.end());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "lipschitz 401d6c43, at most 2.460: within the limit\n";

    #[test]
    fn the_bound_of_the_host_passes_and_any_other_does_not() {
        assert!(judge(&Run::ended(LINE, 0)).is_ok());
        for (from, to) in [("43,", "42,"), ("2.460", "2.459"), ("within", "above"), ("limit\n", "limit")] {
            let error = judge(&Run::ended(&LINE.replace(from, to), 0)).unwrap_err().to_string();
            assert!(error.contains("differs from the host") && error.contains("401d6c43"), "{error}");
        }
        assert!(judge(&Run::ended(LINE, 1)).unwrap_err().to_string().contains("exit status 1"));
        assert!(judge(&Run::killed(LINE)).is_err());
    }
}
