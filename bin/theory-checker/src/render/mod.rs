// SPDX-License-Identifier: MIT OR Apache-2.0

//! From results to text, a file for each format.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod layout;
pub(crate) mod style;
