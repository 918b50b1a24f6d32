// SPDX-License-Identifier: MIT OR Apache-2.0

//! The nineteen invariances of part L of the spectral condition's notes: each as a law over shapes, rules and
//! optimisers, with its worked numbers, and with a wrong rule that breaks it.
//!
//! `algebra` has those of the formulas (4 to 10, 15 to 19), `training` those of trajectories (1 to 3, 11 to 14), on
//! networks small enough to be trained in a test.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::cast_precision_loss, reason = "the numbers of a test are small")]

mod algebra;
mod network;
mod training;
