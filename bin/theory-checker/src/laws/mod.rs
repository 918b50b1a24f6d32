// SPDX-License-Identifier: MIT OR Apache-2.0

//! Laws: measured on random networks and matrices, judged, shown and explained.

pub(crate) mod campaign;
pub(crate) mod error_rates;
pub(crate) mod explain;
pub(crate) mod human;
pub(crate) mod json;
