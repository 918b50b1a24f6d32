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

#[cfg(any(test, feature = "proptest"))]
extern crate std;

mod cross;
mod family;
mod instance;
mod layout;
mod matrix;
mod orthogonal;
mod shape;
mod shrink;
mod simplicity;
#[cfg(any(test, feature = "proptest"))]
pub mod strategy;
mod stream;
mod vector;

pub use family::{Families, Magnitude, MatrixFamily, VectorFamily};
pub use instance::{Instance, fill_instance};
pub use layout::{Dimension, Part, Sizes};
pub use matrix::{fill_matrix, workspace_len};
pub use shape::Shape;
pub use shrink::{Shrinker, shrink};
pub use stream::Stream;
pub use vector::fill_vector;
