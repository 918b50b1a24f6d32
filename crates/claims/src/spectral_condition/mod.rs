// SPDX-License-Identifier: MIT OR Apache-2.0

//! The statements of *A Spectral Condition for Feature Learning*.
//!
//! A file for each family of claims. Norms and alignment come first; they carry everything that follows. Behind them stand the rules of the paper: there the tables of
//! `widthwise-parametrization` are on trial.

mod entries;
mod equality;
mod feature_exponent;
mod frobenius;
mod gradient;
mod initial_scale;
#[cfg(feature = "alloc")]
pub(super) mod laws;
mod maximal_update;
mod multiplier;
mod opnorm_axioms;
mod opnorm_bound;
mod orthogonal_update;
mod rank_one;
mod relative_update;
mod semi_orthogonal;
mod stable_rank;
mod update_alignment;

use crate::{Claim, Paper};

/// The paper.
pub static PAPER: Paper = Paper {
    arxiv: "2310.17813",
    title: "A Spectral Condition for Feature Learning",
    authors: "Greg Yang, James B. Simon, Jeremy Bernstein",
};

/// The claims of the paper, in its order.
pub(super) static CLAIMS: [&Claim; 16] = [
    &opnorm_bound::CLAIM,
    &equality::CLAIM,
    &opnorm_axioms::CLAIM,
    &frobenius::CLAIM,
    &entries::CLAIM,
    &rank_one::CLAIM,
    &semi_orthogonal::CLAIM,
    &stable_rank::CLAIM,
    &update_alignment::CLAIM,
    &gradient::CLAIM,
    &initial_scale::CLAIM,
    &maximal_update::CLAIM,
    &multiplier::CLAIM,
    &feature_exponent::CLAIM,
    &orthogonal_update::CLAIM,
    &relative_update::CLAIM,
];
