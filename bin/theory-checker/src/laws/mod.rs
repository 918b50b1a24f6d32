// SPDX-License-Identifier: MIT OR Apache-2.0

//! Laws: powers of the width, measured on random networks, judged, shown and explained.

pub(crate) mod campaign;
pub(crate) mod error_rates;
pub(crate) mod explain;
pub(crate) mod human;
pub(crate) mod json;
