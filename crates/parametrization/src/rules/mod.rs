// SPDX-License-Identifier: MIT OR Apache-2.0

//! The rules of the literature, as data.
//!
//! Formulas are exact for effective matrices of any shape where the rule has one formula for all roles (the spectral
//! ones), and up to constants that no width enters elsewhere. In the tables `a` is fan-in and `b` fan-out.

mod maximal_update;
mod mean_field;
mod neural_tangent;
mod relative;
mod spectral;
mod standard;

pub use maximal_update::{MAXIMAL_UPDATE_PACKAGE, TABLE_3, TABLE_8, TABLE_9};
pub use mean_field::{MEAN_FIELD, NAIVE_DEEP_MEAN_FIELD};
pub use neural_tangent::{NEURAL_TANGENT, NEURAL_TANGENT_OVER_ROOT_WIDTH, NEURAL_TANGENT_OVER_WIDTH};
pub use relative::{
    ENTRY_SIZE, RELATIVE_FROBENIUS, RELATIVE_FROBENIUS_REPAIRED, RELATIVE_FROBENIUS_SPECTRAL, UNIFORM,
};
pub use spectral::{MODULAR, SPECTRAL, SPECTRAL_ENTRY_RMS, SPECTRAL_MAX, SPECTRAL_ORTHOGONAL};
pub use standard::{STANDARD, STANDARD_OVER_WIDTH, STANDARD_OVER_WIDTH_3_2};

use crate::Rule;

/// Every rule of this module.
///
/// ```
/// use widthwise_parametrization::rules;
/// assert!(rules::ALL.iter().any(|rule| rule.name == "spectral"));
/// ```
pub static ALL: [&Rule; 22] = [
    &STANDARD,
    &STANDARD_OVER_WIDTH,
    &STANDARD_OVER_WIDTH_3_2,
    &NEURAL_TANGENT,
    &NEURAL_TANGENT_OVER_ROOT_WIDTH,
    &NEURAL_TANGENT_OVER_WIDTH,
    &MEAN_FIELD,
    &NAIVE_DEEP_MEAN_FIELD,
    &TABLE_3,
    &TABLE_8,
    &TABLE_9,
    &MAXIMAL_UPDATE_PACKAGE,
    &SPECTRAL,
    &SPECTRAL_ORTHOGONAL,
    &MODULAR,
    &SPECTRAL_MAX,
    &SPECTRAL_ENTRY_RMS,
    &RELATIVE_FROBENIUS,
    &RELATIVE_FROBENIUS_SPECTRAL,
    &RELATIVE_FROBENIUS_REPAIRED,
    &UNIFORM,
    &ENTRY_SIZE,
];
