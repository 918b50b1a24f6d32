// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![no_main]

//! The exact claims on a microcontroller, in both formats: the same functions, on the same instances, as on the host.
//!
//! The output is that of a test runner: `test NAME ... ok` or `FAILED`, a line `digest …` for each entry of the golden table, and a
//! last line `N passed, N failed`. The exit status is 0 only if nothing failed. Whether the bits are those of the host is for the
//! reader of the digests to say: `tests/tests/firmware.rs` builds this image, runs it under QEMU and compares.
//!
//! No floating-point number is printed: formatting one costs more flash than a kernel.

mod board;
mod suite;

use semihosting::process;
use widthwise_claims::{CATALOGUE, Checked, SELF_CONTROLS};
use widthwise_linalg::canary;

use crate::suite::Suite;

/// What runs after reset, on every board, in memory that the board lends.
fn run(memory_f32: &mut [f32], memory_f64: &mut [f64]) -> ! {
    let mut suite = Suite::default();
    suite.test("compiler", "canary", canary::self_test().is_ok());
    for control in &SELF_CONTROLS {
        suite.test(control.id, "f64", !control.confirms());
    }
    check_all(&mut suite, memory_f32);
    check_all(&mut suite, memory_f64);
    process::exit(if suite.finish() { 0 } else { 1 })
}

/// Every kernel, claim and worked counterexample in one format.
fn check_all<T: Checked>(suite: &mut Suite, memory: &mut [T]) {
    suite.kernels(memory);
    for claim in CATALOGUE {
        suite.claim(claim, memory);
        for control in claim.controls {
            suite.counterexample(claim, control, memory);
        }
    }
}
