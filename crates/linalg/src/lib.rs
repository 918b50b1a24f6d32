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

#[cfg(test)]
extern crate std;

pub mod canary;
mod compensated;
mod dot;
mod error;
mod gram;
mod jacobi;
mod matvec;
mod norm;
mod outer;
mod reflection;
mod scaling;

pub use compensated::{DotAccumulator, NormAccumulator};
pub use dot::{dot, dot_enclosure};
pub use error::KernelError;
pub use gram::{gram, gram_enclosure};
pub use jacobi::{orthogonalize_columns, singular_values};
pub use matvec::{matvec, matvec_enclosure, matvec_norm_enclosure};
pub use norm::{
    frobenius_norm_enclosure, frobenius_norm_squared_enclosure, max_column_norm_enclosure,
    max_column_sum_enclosure, max_entry, max_row_norm_enclosure, max_row_sum_enclosure, two_norm_enclosure,
    two_norm_squared_enclosure,
};
pub use outer::{outer_product, outer_product_enclosure};
pub use reflection::{reflect_columns, reflect_rows};
pub use scaling::Scaling;
