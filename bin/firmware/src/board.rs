// SPDX-License-Identifier: MIT OR Apache-2.0

//! What depends on the board: the entry after reset, and the memory of the checks.
//!
//! Another architecture is another entry here, its runtime in `Cargo.toml`, and its memory map in `memory`.

use widthwise_claims::FINGERPRINT_MEMORY;

/// The entry after reset, with the FPU as it is then: no flush to zero, no default NaN, round to nearest.
///
/// Statics of an entry are lent to it by the runtime, which calls it once: no `unsafe` of ours.
#[cfg(all(target_arch = "arm", target_os = "none"))]
#[cortex_m_rt::entry]
fn entry() -> ! {
    static mut F32: [f32; FINGERPRINT_MEMORY] = [0.0; FINGERPRINT_MEMORY];
    static mut F64: [f64; FINGERPRINT_MEMORY] = [0.0; FINGERPRINT_MEMORY];
    crate::run(F32, F64)
}
