// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::std_instead_of_core, reason = "a test fails by panicking")
)]

#[cfg(test)]
extern crate std;

mod command;
mod digest;
mod fingerprint;
mod format;
mod golden;
mod kernels;
mod replay;
mod suite;
mod table;

pub use command::{FAILED, INCONCLUSIVE, PASSED, USAGE, command};
pub use digest::Digest;
pub use fingerprint::{MEMORY, SEED};
use format::Format;
pub use replay::{Replay, ReplayError};
pub use suite::{Counts, run};
pub use table::{Difference, first_difference};
