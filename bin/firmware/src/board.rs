// SPDX-License-Identifier: MIT OR Apache-2.0

//! What depends on the board: the entry after reset.
//!
//! Another architecture is another entry here, its runtime in `Cargo.toml`, and its memory map in `memory`.

/// The entry after reset, with the FPU as it is then: no flush to zero, no default NaN, round to nearest.
#[cfg_attr(all(target_arch = "arm", target_os = "none"), cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn entry() -> ! {
    crate::run()
}
