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
mod change;
mod direction;
mod directional;
mod error;
mod finite;
mod initialize;
mod loss;
mod network;
mod norms;
mod optimizer;
mod outer_products;
mod parameters;
mod pass;
mod product;
mod rule;
mod vectorized;
mod workspace;

pub use activation::Activation;
pub use change::{ChangeDecomposition, change_root_mean_square, root_mean_square};
pub use directional::DirectionalChange;
pub use error::NetworkError;
pub use initialize::{Address, Initializer, LayerInitializer};
pub use loss::Loss;
pub use network::Network;
pub use norms::Norms;
pub use optimizer::Optimizer;
pub use parameters::{LayerParameters, Parameters};
pub use pass::{Input, Pass};
pub use rule::{Decay, LayerRule, Method, Orthogonalization, Rule};
pub use workspace::Workspace;
