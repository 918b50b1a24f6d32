// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::cast_precision_loss,
        reason = "a test fails by panicking, and its numbers are small"
    )
)]

#[cfg(test)]
extern crate std;

mod abc;
pub mod depth;
mod equivalence;
mod error;
mod factors;
mod finding;
mod fingerprint;
mod initial;
mod layer;
mod monomial;
mod optimizer;
mod plan;
mod rational;
mod role;
mod rule;
pub mod rules;
mod shape;
mod signature;
mod tying;
mod weight_decay;

pub use abc::{Abc, AbcLayer};
pub use equivalence::{Conversion, Difference, Equivalence, Quantity};
pub use error::ParametrizationError;
pub use factors::Factors;
pub use finding::{Dimension, Finding};
pub use fingerprint::{FINGERPRINTS, Fingerprint, Measured};
pub use initial::Initial;
pub use layer::{Constants, LayerScale};
pub use monomial::{Monomial, ShapeMonomial};
pub use optimizer::{Optimizer, ShapeFactor, UpdateFamily};
pub use plan::{Parameter, Plan, Row};
pub use rational::Rational;
pub use role::{Role, ScalingDimensions};
pub use rule::{Effective, Entry, Rates, Rule};
pub use shape::{LogicalMatrix, Shape};
pub use signature::Signature;
pub use tying::Tying;
pub use weight_decay::WeightDecay;
