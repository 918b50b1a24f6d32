// SPDX-License-Identifier: MIT OR Apache-2.0

//! The gradients against two other ways: dual numbers, and central differences (`spectral.gradient.outer-product`).

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, its numbers are small, and its references use the platform's functions"
)]

#[allow(dead_code, reason = "each test uses a part of the cases")]
mod cases;

use cases::{Case, entries, entry_mut, plans};
use nalgebra::DMatrix;
use num_dual::{Dual64, DualNum};
use proptest::prelude::*;
use widthwise_network::{Activation, Input, Network, Parameters, Pass};

/// The loss of a case, written once more for dual numbers with plain loops: no multiplication of matrices, no backward
/// pass, the derivative of every function from the chain rule of the numbers.
fn loss_in_dual_numbers(case: &Case<f64>, parameters: &[Dual64]) -> Dual64 {
    let mut total = Dual64::from(0.0);
    for example in 0..case.input.ncols() {
        let mut parameters = parameters.iter();
        let mut h: Vec<Dual64> = case.input.column(example).iter().map(|&x| Dual64::from(x)).collect();
        let depth = case.network.layers().len();
        for (index, layer) in case.network.layers().iter().enumerate() {
            let (rows, columns) = layer.weights.shape();
            let weights: Vec<Dual64> = parameters.by_ref().take(rows * columns).copied().collect();
            let bias: Vec<Dual64> = if layer.bias.is_some() {
                parameters.by_ref().take(rows).copied().collect()
            } else {
                vec![Dual64::from(0.0); rows]
            };
            let mut z = bias;
            for (i, z) in z.iter_mut().enumerate() {
                for (j, &h) in h.iter().enumerate() {
                    *z += weights[i + j * rows] * h * case.network.multipliers()[index];
                }
            }
            h = if index + 1 < depth {
                z.into_iter().map(|z| activate(case.network.activation(), z)).collect()
            } else {
                z
            };
        }
        let targets = case.targets.column(example);
        let terms = h.iter().zip(targets.iter());
        total += match case.loss {
            0 => terms.map(|(&z, &c)| z * c).sum::<Dual64>(),
            1 => terms.map(|(&z, &y)| (z - y) * (z - y) * 0.5).sum::<Dual64>(),
            _ => {
                // Relative to the largest, whose exponential may leave the format.
                let largest = h.iter().fold(f64::NEG_INFINITY, |largest, z| largest.max(z.re));
                let sum = h.iter().map(|&z| (z - largest).exp()).sum::<Dual64>();
                sum.ln() + largest - h[case.labels[example]]
            }
        };
    }
    total / case.input.ncols() as f64
}

fn activate(activation: Activation, z: Dual64) -> Dual64 {
    match activation {
        Activation::Identity => z,
        Activation::Relu => {
            if z.re > 0.0 {
                z
            } else {
                z * 0.0
            }
        }
        Activation::LeakyRelu { slope } => {
            if z.re > 0.0 {
                z
            } else {
                z * slope
            }
        }
        Activation::Tanh => z.tanh(),
        // By its derivative, which is 1/2 + erf/2 + z·density.
        Activation::Gelu => {
            let (phi, density) = (
                0.5 * libm::erfc(-z.re / core::f64::consts::SQRT_2),
                libm::exp(-z.re * z.re / 2.0) / libm::sqrt(2.0 * core::f64::consts::PI),
            );
            Dual64::new(z.re * phi, z.eps * (phi + z.re * density))
        }
        Activation::Silu => z / ((-z).exp() + 1.0),
        Activation::Sine => z.sin(),
        Activation::Sigmoid => ((-z).exp() + 1.0).recip(),
        Activation::Square => z * z,
        _ => unreachable!("every activation is listed"),
    }
}

/// The gradient and the loss by the crate.
fn gradient(case: &Case<f64>) -> (f64, Vec<f64>) {
    let mut pass = Pass::new(&case.network, case.input.ncols()).unwrap();
    let mut gradient = Parameters::zeros_like(&case.network);
    pass.forward(&case.network, Input::Dense(&case.input)).unwrap();
    let loss = pass.backward(&case.network, &case.loss()).unwrap();
    pass.gradient(&case.network, &mut gradient).unwrap();
    (loss, entries(gradient.layers()))
}

fn loss_of(network: &Network<f64>, case: &Case<f64>) -> f64 {
    let mut pass = Pass::new(network, case.input.ncols()).unwrap();
    pass.forward(network, Input::Dense(&case.input)).unwrap();
    pass.backward(network, &case.loss()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn gradients_are_those_of_dual_numbers(plan in plans(6)) {
        let case = Case::<f64>::draw(&plan);
        let (loss, found) = gradient(&case);
        let mut parameters: Vec<Dual64> = entries(case.network.layers()).into_iter().map(Dual64::from).collect();
        let mut expected = Vec::new();
        for place in 0..parameters.len() {
            parameters[place].eps = 1.0;
            let dual = loss_in_dual_numbers(&case, &parameters);
            parameters[place].eps = 0.0;
            prop_assert!((dual.re - loss).abs() <= 1e-12 * (1.0 + loss.abs()), "{} {}", dual.re, loss);
            expected.push(dual.eps);
        }
        prop_assert_eq!(found.len(), expected.len());
        let scale = expected.iter().fold(1.0_f64, |scale, x| scale.max(x.abs()));
        for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
            prop_assert!((found - expected).abs() <= 1e-11 * scale, "{}: {} {}", place, found, expected);
        }
    }

    #[test]
    fn gradients_are_limits_of_central_differences(plan in plans(4)) {
        let case = Case::<f64>::draw(&plan);
        let (_, found) = gradient(&case);
        let scale = found.iter().fold(1.0_f64, |scale, x| scale.max(x.abs()));
        let step = 1e-6;
        let kinked = matches!(plan.activation, Activation::Relu | Activation::LeakyRelu { .. });
        for (place, found) in found.iter().enumerate() {
            let moved = |step| {
                let mut network = case.network.clone();
                *entry_mut(network.layers_mut(), place) += step;
                loss_of(&network, &case)
            };
            let [low, middle, high] = [moved(-step), moved(0.0), moved(step)];
            let [left, right] = [(middle - low) / step, (high - middle) / step];
            let central = (high - low) / (step + step);
            // A kink between the two points: the derivatives of its sides differ, and only there.
            if kinked && (left - right).abs() > 1e-4 * scale {
                continue;
            }
            prop_assert!((central - found).abs() <= 1e-6 * scale * scale, "{}: {} {}", place, central, found);
        }
    }

    #[test]
    fn one_hot_inputs_are_unit_vectors(plan in plans(6)) {
        let mut case = Case::<f64>::draw(&plan);
        // Fewer tokens than examples are wanted too: the first width may be one.
        let tokens: Vec<usize> = (0..plan.batch).map(|i| (plan.seed as usize + i * i) % plan.widths[0]).collect();
        case.input = DMatrix::from_fn(plan.widths[0], plan.batch, |i, j| f64::from(u8::from(i == tokens[j])));
        let (loss, expected) = gradient(&case);
        let mut pass = Pass::new(&case.network, plan.batch).unwrap();
        let mut found = Parameters::zeros_like(&case.network);
        pass.forward(&case.network, Input::OneHot(&tokens)).unwrap();
        let found_loss = pass.backward(&case.network, &case.loss()).unwrap();
        pass.gradient(&case.network, &mut found).unwrap();
        prop_assert_eq!(found_loss, loss);
        prop_assert_eq!(entries(found.layers()), expected);
    }
}

#[test]
fn sums_over_a_batch_are_means_of_single_examples() {
    let plan = cases::Plan {
        widths: vec![3, 5, 2],
        batch: 4,
        activation: Activation::Tanh,
        biases: true,
        loss: 1,
        seed: 7,
    };
    let case = Case::<f64>::draw(&plan);
    let (loss, found) = gradient(&case);
    let mut mean = vec![0.0; found.len()];
    let mut mean_loss = 0.0;
    for example in 0..4 {
        let mut single = case.clone();
        single.input = case.input.columns(example, 1).into_owned();
        single.targets = case.targets.columns(example, 1).into_owned();
        let (loss, gradient) = gradient(&single);
        mean_loss += loss / 4.0;
        mean.iter_mut().zip(gradient).for_each(|(mean, g)| *mean += g / 4.0);
    }
    assert!((loss - mean_loss).abs() < 1e-14);
    assert!(found.iter().zip(&mean).all(|(found, mean)| (found - mean).abs() < 1e-14));
}
