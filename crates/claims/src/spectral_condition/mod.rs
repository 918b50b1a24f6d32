// SPDX-License-Identifier: MIT OR Apache-2.0

//! The statements of *A Spectral Condition for Feature Learning*.
//!
//! A file for each family of claims. Norms and alignment come first; they carry everything that follows. Behind them stand the rules of the paper: there the tables of
//! `widthwise-parametrization` are on trial.

mod adam_update;
mod aligned_start;
mod batch_alignment;
mod batch_gradient;
mod bias;
mod decomposition;
pub(super) mod definitions;
mod entries;
mod equality;
mod feature_bound;
mod feature_change;
mod feature_exponent;
mod frobenius;
mod frobenius_proxy;
mod gradient;
mod initial_scale;
#[cfg(feature = "alloc")]
pub(super) mod laws;
mod loss_change;
mod many_steps;
mod maximal_update;
mod modular_norm;
mod multiplier;
mod natural_norm;
mod newton_schulz;
mod no_cancellation;
mod nonlinearity;
mod normalization;
mod opnorm_axioms;
mod opnorm_bound;
mod opnorm_definition;
mod orthogonal_start;
mod orthogonal_update;
mod power_iteration;
mod power_iteration_start;
mod rank_one;
mod relative_update;
mod scaling_exponents;
mod semi_orthogonal;
mod sign_update;
mod stable_rank;
mod steepest;
mod update_alignment;
mod weight_decay;

use crate::{Claim, Paper};

/// The paper.
pub static PAPER: Paper = Paper {
    arxiv: "2310.17813",
    title: "A Spectral Condition for Feature Learning",
    authors: "Greg Yang, James B. Simon, Jeremy Bernstein",
};

/// The claims of the paper, in its order.
pub(super) static CLAIMS: [&Claim; 41] = [
    &opnorm_definition::CLAIM,
    &opnorm_bound::CLAIM,
    &equality::CLAIM,
    &opnorm_axioms::CLAIM,
    &frobenius::CLAIM,
    &entries::CLAIM,
    &rank_one::CLAIM,
    &semi_orthogonal::CLAIM,
    &stable_rank::CLAIM,
    &natural_norm::CLAIM,
    &feature_bound::CLAIM,
    &decomposition::CLAIM,
    &feature_change::CLAIM,
    &scaling_exponents::CLAIM,
    &orthogonal_start::CLAIM,
    &aligned_start::CLAIM,
    &update_alignment::CLAIM,
    &gradient::CLAIM,
    &no_cancellation::CLAIM,
    &nonlinearity::CLAIM,
    &batch_gradient::CLAIM,
    &batch_alignment::CLAIM,
    &loss_change::CLAIM,
    &many_steps::CLAIM,
    &sign_update::CLAIM,
    &adam_update::CLAIM,
    &bias::CLAIM,
    &normalization::CLAIM,
    &frobenius_proxy::CLAIM,
    &initial_scale::CLAIM,
    &maximal_update::CLAIM,
    &multiplier::CLAIM,
    &feature_exponent::CLAIM,
    &power_iteration::CLAIM,
    &power_iteration_start::CLAIM,
    &steepest::CLAIM,
    &orthogonal_update::CLAIM,
    &relative_update::CLAIM,
    &weight_decay::CLAIM,
    &newton_schulz::CLAIM,
    &modular_norm::CLAIM,
];
