// SPDX-License-Identifier: MIT OR Apache-2.0

//! What crosses crates: golden digests, traceability, the command line from outside; the suite of conformance as a program.
//!
//! The tests are in `tests/`. The library holds what two of them need: the table of digests of result bits.

pub mod compiler;
pub mod digests;

/// The README of the workspace, whose example is tested with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
