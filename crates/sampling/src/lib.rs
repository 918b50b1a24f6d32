// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

#[cfg(test)]
extern crate std;

mod family;
mod instance;
mod matrix;
mod orthogonal;
mod shape;
mod stream;
mod vector;

pub use family::{Families, Magnitude, MatrixFamily, VectorFamily};
pub use instance::{Dimension, Instance, Part, Sizes, fill_instance};
pub use matrix::{fill_matrix, workspace_len};
pub use shape::Shape;
pub use stream::Stream;
pub use vector::fill_vector;
