// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

//! A small network that estimates the magnitude of an acceleration from its three axes, without a root, and a certified bound of how much it
//! amplifies an error of the sensor: its Lipschitz constant.
//!
//! The network is `W₃ ReLU(W₂ ReLU(W₁ x))`, its weights integers of eight bits with a scale for each layer, as tools for inference on
//! microcontrollers keep them. `ReLU` moves no two points apart, so the product of the spectral norms of the layers is a bound:
//! `|f(x) − f(y)| ≤ ‖W₃‖ ‖W₂‖ ‖W₁‖ ‖x − y‖`. The function that it was trained to, `‖x‖`, has the constant 1.
//!
//! `bin/firmware/lipschitz` computes the bound at start-up on a Cortex-M4F. To use this for a network of yours, replace `weights.rs`.

mod bound;
mod weights;

pub use bound::{Layer, WIDEST, lipschitz_bound, thousandths};
pub use weights::LAYERS;
