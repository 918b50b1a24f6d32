// SPDX-License-Identifier: MIT OR Apache-2.0

//! `--panic-free`: the image that links only if no kernel can reach a panic.

use anyhow::{Context, Result, ensure};

use super::build::{self, Firmware};
use super::needs;
use super::target::{Emulation, Target};

/// For size, as firmware is built, and for speed: the compiler proves other indices in range.
const LEVELS: [&str; 2] = ["s", "3"];

/// The target that is linked unless others are named.
pub(super) const TARGET: &str = "thumbv7em-none-eabihf";

/// Links the image at every level.
pub(super) fn link(target: &Target) -> Result<String> {
    ensure!(
        matches!(target.run, Some(Emulation::Board { .. })),
        "no image is linked there: it is not the target of a board"
    );
    needs::install(target)?;
    for level in LEVELS {
        let image = Firmware { package: "kernels", image: "panic-free", level, kernel: None };
        build::firmware(target.triple, image).with_context(|| {
            format!("opt-level {level}: a panic is reachable if the linker misses a_panic_is_reachable")
        })?;
    }
    Ok(format!("no panic is reachable at opt-levels {}", LEVELS.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::target::TARGETS;

    #[test]
    fn a_target_without_a_board_is_an_error_before_anything_is_built() {
        let hosted = TARGETS.iter().find(|target| target.triple == "x86_64-unknown-none").unwrap();
        assert!(link(hosted).unwrap_err().to_string().contains("not the target of a board"));
    }
}
