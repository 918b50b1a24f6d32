// SPDX-License-Identifier: MIT OR Apache-2.0

//! The laws of the paper: what holds of random matrices, and which powers of the width each rule leads to, measured on networks that take their scales and rates from
//! `widthwise-parametrization`.
//!
//! The exponents here are those of the paper, written out. The package on trial computes the same from its tables
//! ([`Rule::signature`](widthwise_parametrization::Rule::signature)), and nothing is taken from there: a wrong entry of a table moves the
//! measured slopes away from the numbers here.

mod aligned_start;
mod assumptions;
mod bias;
mod contraction;
mod entrywise;
mod epsilon;
mod experiment;
mod frobenius;
mod gaussian_norm;
mod gradient;
mod isotropic;
mod many_steps;
mod natural_norm_start;
mod neural_tangent;
mod no_cancellation;
mod orthogonalized;
mod other_distributions;
mod other_inputs;
mod parametrization;
mod power_iteration;
mod random_matrix;
mod relative;
mod sign_batch;
mod signal;
mod spectral;
mod standard;

use widthwise_parametrization::Rational;

use crate::law::{Estimand, Exponent, Law, Quantity};

/// The laws of the paper, in its order.
pub(crate) static LAWS: [&Law; 46] = [
    &isotropic::ISOTROPIC_MEAN,
    &gaussian_norm::GAUSSIAN_NORM,
    &other_distributions::OTHER_DISTRIBUTIONS,
    &aligned_start::ALIGNED_START,
    &contraction::CONTRACTION,
    &natural_norm_start::NATURAL_NORM_START,
    &signal::SIGNAL,
    &no_cancellation::NO_CANCELLATION,
    &sign_batch::SIGN_BATCH,
    &spectral::SPECTRAL,
    &spectral::MEAN_FIELD,
    &standard::STANDARD,
    &standard::STANDARD_OVER_WIDTH,
    &neural_tangent::NEURAL_TANGENT,
    &relative::UNIFORM,
    &relative::ENTRY_SIZE,
    &frobenius::STANDARD_START,
    &frobenius::SPECTRAL_START,
    &frobenius::REPAIRED,
    &entrywise::SIGN,
    &entrywise::WITH_ADAM,
    &entrywise::SIGN_MAXIMAL_UPDATE,
    &entrywise::ADAM_MAXIMAL_UPDATE,
    &entrywise::SIGN_NEURAL_TANGENT,
    &entrywise::ADAM_NEURAL_TANGENT,
    &orthogonalized::MUON,
    &orthogonalized::MUON_MAX,
    &orthogonalized::MUON_ENTRY_RMS,
    &gradient::SCALE,
    &bias::RATE,
    &epsilon::EPSILON,
    &other_inputs::OTHER_INPUTS,
    &other_inputs::LINEAR,
    &parametrization::GRADIENT_DESCENT,
    &parametrization::MOMENTUM,
    &parametrization::SIGN,
    &parametrization::ADAM,
    &parametrization::NORMALIZED,
    &parametrization::ORTHOGONALIZED,
    &many_steps::MANY_STEPS,
    &assumptions::TRAINING,
    &assumptions::BATCH,
    &experiment::MAXIMAL_UPDATE,
    &experiment::NEURAL_TANGENT,
    &experiment::STANDARD_OVER_WIDTH,
    &power_iteration::POWER_ITERATION,
];

/// What every network of these laws has in common.
const NETWORK: &str = "16 inputs, hidden layers of width n with ReLU, 4 outputs. One example x on the sphere of radius √16, linear loss ⟨c, h_L⟩ with \
                       c on the sphere of radius √4, one step with the base rate 0.1. Inputs, outputs and depth are fixed while n grows.";

/// How the quantities of these laws are measured.
const MEASURED: &str = "Scale, multiplier and rate of each layer are asked of the rule in widthwise-parametrization. nat = √(fan-in/fan-out) ‖·‖ of effective \
                        matrices; an update by one example has rank one, so its spectral norm is its Frobenius norm. RMS = ‖·‖/√dim.";

/// What every trained network of these laws has in common.
const TRAINED: &str = "16 inputs, two hidden layers of width n with ReLU, 1 output. Eight examples on the sphere of radius √16 with labels ±1 by the toss of a coin, half the squared \
                       distance as the loss, all examples in every step. Initial scales of the last two matrices are √2 times what the rule says. Inputs, outputs, depth, examples \
                       and steps are fixed while n grows.";

/// How the quantities of trained networks are measured.
const TRAINED_AS: &str = "Scale, multiplier and rate of each layer are asked of the rule in widthwise-parametrization. A prime marks what the training leads to. Spectral norms are the \
                          middles of enclosures. nat = √(fan-in/fan-out) ‖·‖ of effective matrices, RMS = ‖·‖/√dim over all examples.";

/// A quantity with its exponents by the law and by the control, in halves.
const fn exponent(quantity: Quantity, predicted: i32, control: i32) -> Estimand {
    Estimand::Exponent(Exponent {
        quantity,
        predicted: Rational::halves(predicted),
        control: Rational::halves(control),
    })
}

#[cfg(test)]
mod matrix_tests;
#[cfg(test)]
mod tests;
