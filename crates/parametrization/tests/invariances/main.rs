// SPDX-License-Identifier: MIT OR Apache-2.0

//! What rules keep: each invariance as a law over shapes, rules and optimisers, with worked numbers, and with a wrong
//! rule that breaks it. The number of an invariance is in the name of its tests.
//!
//! Of trajectories, on networks small enough to be trained in a test:
//!
//! - 1 and 2: a multiplier is folded into initialisation and rate, for updates linear in the gradient and for the
//!   others;
//! - 3: Tables 3, 8 and 9 train one network;
//! - 11: normalised updates do not see the scale of the loss;
//! - 12 and 13: neurons can be permuted, and rotated in linear networks unless updates are entrywise;
//! - 14: orthogonalisation over the range of a gradient is equivariant.
//!
//! Of formulas:
//!
//! - 4: the spectral rule over Table 3 is a function of input and output dimension;
//! - 5, 6, 7, 8: fan-in times σ is symmetric; the rates are powers of one ratio; they telescope; they are homogeneous;
//! - 9: factors from a base compose;
//! - 10: the natural norm of the initialisation is symmetric;
//! - 15 and 16: fused matrices have the rates of one, a convolution those of its flattened kernel;
//! - 17 and 18: which rules permit a tied embedding, and a readout that starts at zero;
//! - 19: exponents are exact, and do not see multipliers.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::cast_precision_loss, reason = "the numbers of a test are small")]

mod algebra;
mod network;
mod training;
