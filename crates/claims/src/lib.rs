// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::cast_possible_truncation,
        clippy::std_instead_of_core,
        reason = "a test fails by panicking, and its numbers are small"
    )
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod allowance;
mod catalogue;
mod claim;
#[cfg(feature = "alloc")]
pub mod coordinate_check;
mod definition;
mod draw;
mod enclosed;
mod enclosed_algebra;
mod examine;
mod formula;
mod hexadecimal;
#[cfg(feature = "alloc")]
pub mod law;
mod scratch;
mod self_control;
mod signal;
mod singular;
pub mod spectral_condition;
mod tally;
mod trial;

pub use catalogue::{CATALOGUE, find};
pub use claim::{Check, Checked, Claim, Control, Explanation, Functions, Kind, Paper, Sample, WitnessPart};
pub use definition::{DEFINITIONS, Definition, DefinitionKind, find_definition};
pub use examine::{draw, examine, judge, load_witness, memory_len};
pub use hexadecimal::Hexadecimal;
pub use scratch::Scratch;
pub use self_control::{SELF_CONTROLS, SelfControl};
pub use tally::{Extreme, Tally};
pub use trial::{Comparison, Findings, Observer, Outcome, Refusal, Relation, Trial};
