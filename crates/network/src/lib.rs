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

extern crate alloc;
#[cfg(test)]
extern crate std;

mod activation;
mod error;
mod finite;
mod loss;
mod network;
mod parameters;
mod pass;
mod product;
mod vectorized;

pub use activation::Activation;
pub use error::NetworkError;
pub use loss::Loss;
pub use network::Network;
pub use parameters::{LayerParameters, Parameters};
pub use pass::{Input, Pass};
