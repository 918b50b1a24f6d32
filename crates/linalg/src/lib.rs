// SPDX-License-Identifier: MIT OR Apache-2.0
#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

#[cfg(test)]
extern crate std;

mod compensated;
mod dot;
mod error;
mod gram;
mod matvec;
mod outer;
mod scaling;

pub use compensated::DotAccumulator;
pub use dot::{dot, dot_enclosure};
pub use error::KernelError;
pub use gram::{gram, gram_enclosure};
pub use matvec::{matvec, matvec_enclosure, matvec_norm_enclosure};
pub use outer::{outer_product, outer_product_enclosure};
pub use scaling::Scaling;
