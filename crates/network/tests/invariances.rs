// SPDX-License-Identifier: MIT OR Apache-2.0

//! What must change no bit, or only the order of sums: powers of two in the loss and in the parametrization, and the
//! order of neurons (`spectral.multiplier`; section "invariances" of the theory).

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, its numbers are small, and its references use the platform's functions"
)]

#[allow(dead_code, reason = "each test uses a part of the cases")]
mod cases;

use cases::{Case, Plan, entries, plans};
use nalgebra::DMatrix;
use proptest::prelude::*;
use widthwise_network::{
    Activation, Decay, Input, LayerRule, Method, Network, NetworkError, Optimizer, Orthogonalization,
    Parameters, Pass, Rule, Workspace,
};
use widthwise_rounding::Scalar;
use widthwise_spectral::NewtonSchulz;

fn adam<T: Scalar>(epsilon: f64) -> Method<T> {
    let [first_decay, second_decay, epsilon] = [0.9, 0.99, epsilon].map(T::from_f64);
    Method::Adam { first_decay, second_decay, epsilon }
}

fn polar<T: Scalar>() -> Method<T> {
    Method::Orthogonalized(Orthogonalization::Polar { tolerance: T::from_f64(1e-5), max_steps: 100 })
}

fn muon<T: Scalar>() -> Method<T> {
    Method::Orthogonalized(Orthogonalization::NewtonSchulz { polynomial: NewtonSchulz::Muon, steps: 5 })
}

/// Three steps with a given factor of the loss; all outputs and weights met.
fn scaled_loss<T: Scalar>(case: &Case<T>, rule: Rule<T>, factor: T) -> Result<Vec<T>, NetworkError> {
    let mut network = case.network.clone();
    let batch = case.input.ncols();
    let rules = vec![LayerRule { weights: rule, bias: rule }; network.layers().len()];
    let mut optimizer = Optimizer::new(&network, batch, &rules)?;
    let mut pass = Pass::new(&network, batch)?;
    let (mut gradient, mut update) = (Parameters::zeros_like(&network), Parameters::zeros_like(&network));
    let mut met = Vec::new();
    for _ in 0..3 {
        pass.forward(&network, Input::Dense(&case.input))?;
        let mut signal = DMatrix::repeat(pass.output().nrows(), batch, T::zero());
        case.loss().evaluate(pass.output(), &mut signal)?;
        pass.backward_from(&network, &signal.map(|x| factor * x))?;
        pass.gradient(&network, &mut gradient)?;
        optimizer.update(&network, &pass, &gradient, &mut update)?;
        network.apply(&update)?;
        met.extend(pass.output().iter());
        met.extend(entries(network.layers()));
    }
    Ok(met)
}

/// The rule of a parametrization with `θ` times the multiplier, in the table of `spectral.multiplier`.
fn shifted<T: Scalar>(rule: Rule<T>, theta: T) -> Rule<T> {
    let (method, per_step) = match rule.method {
        Method::GradientDescent | Method::Momentum { .. } => (rule.method, theta * theta),
        Method::Adam { first_decay, second_decay, epsilon } => {
            (Method::Adam { first_decay, second_decay, epsilon: epsilon * theta }, theta)
        }
        method => (method, theta),
    };
    let decay = match rule.decay {
        Decay::None => Decay::None,
        // The gradient of the stored weights has θ times the size, the weights 1/θ times.
        Decay::Coupled(factor) => Decay::Coupled(factor * theta * theta),
        // The product of rate and decay stays.
        Decay::Decoupled(factor) => Decay::Decoupled(factor * per_step),
    };
    Rule { method, rate: rule.rate / per_step, decay }
}

/// The outputs and losses of six steps under weights `W/θ_ℓ` and multipliers `α_ℓ θ_ℓ`.
fn trajectory<T: Scalar>(
    case: &Case<T>,
    rule: Rule<T>,
    thetas: &[T],
    shift: impl Fn(Rule<T>, T) -> Rule<T>,
) -> Result<Vec<T>, NetworkError> {
    let mut network: Network<T> = case.network.clone();
    let batch = case.input.ncols();
    let mut rules = Vec::new();
    for (layer, &theta) in thetas.iter().enumerate() {
        let multiplier = network.multipliers()[layer];
        network.set_multiplier(layer, multiplier * theta)?;
        network.layers_mut()[layer].weights.apply(|w| *w /= theta);
        rules.push(LayerRule { weights: shift(rule, theta), bias: rule });
    }
    let mut optimizer = Optimizer::new(&network, batch, &rules)?;
    let mut workspace = Workspace::new(&network, batch)?;
    let mut met = Vec::new();
    for _ in 0..6 {
        met.push(workspace.step(&mut network, &mut optimizer, Input::Dense(&case.input), &case.loss())?);
        met.extend(workspace.pass().output().iter());
    }
    Ok(met)
}

fn rules<T: Scalar>() -> Vec<Rule<T>> {
    let rule = |method, rate| Rule::new(method, T::from_f64(rate));
    let with = |rule: Rule<T>, decay| Rule { decay, ..rule };
    let factor = T::from_f64(0.3);
    vec![
        rule(Method::GradientDescent, 0.01),
        with(rule(Method::GradientDescent, 0.01), Decay::Coupled(factor)),
        with(rule(Method::GradientDescent, 0.01), Decay::Decoupled(factor)),
        rule(Method::Momentum { decay: T::from_f64(0.9) }, 0.003),
        rule(adam(1e-3), 0.01),
        with(rule(adam(1e-3), 0.01), Decay::Decoupled(factor)),
        with(rule(adam(1e-3), 0.01), Decay::Coupled(factor)),
        rule(Method::Sign, 0.01),
        rule(Method::SpectralNormalized, 0.01),
        with(rule(Method::SpectralNormalized, 0.01), Decay::Coupled(factor)),
        rule(polar(), 0.01),
        with(rule(muon(), 0.01), Decay::Decoupled(factor)),
    ]
}

/// A plan whose numbers stay well inside the format.
fn plan(seed: u64) -> Plan {
    Plan { widths: vec![3, 5, 4, 2], batch: 3, activation: Activation::Tanh, biases: true, loss: 1, seed }
}

fn shifts_change_no_bit<T: Scalar>() {
    for (index, rule) in rules::<T>().into_iter().enumerate() {
        let case = Case::draw(&plan(index as u64));
        let plain = trajectory(&case, rule, &[T::one(); 3], shifted).unwrap();
        let thetas = [5, -3, -7].map(T::power_of_two);
        assert_eq!(trajectory(&case, rule, &thetas, shifted).unwrap(), plain, "{rule:?}");
    }
}

#[test]
fn powers_of_two_between_multiplier_and_weights_change_no_bit_of_a_trajectory() {
    shifts_change_no_bit::<f64>();
    shifts_change_no_bit::<f32>();
}

#[test]
fn other_factors_between_multiplier_and_weights_change_rounding_alone() {
    for (index, rule) in rules::<f64>().into_iter().enumerate() {
        if rule.method == polar() {
            // Its threshold is a matter of digits where singular values are small.
            continue;
        }
        let case = Case::draw(&plan(index as u64));
        let plain = trajectory(&case, rule, &[1.0; 3], shifted).unwrap();
        let moved = trajectory(&case, rule, &[3.0, 0.7, 1.0 / 9.0], shifted).unwrap();
        let largest = plain.iter().zip(&moved).fold(0.0_f64, |largest, (x, y)| largest.max((x - y).abs()));
        assert!(largest < 1e-11, "{rule:?} {largest}");
    }
}

#[test]
fn wrong_rates_under_a_multiplier_move_the_outputs() {
    let differs = |rule: Rule<f64>, shift: &dyn Fn(Rule<f64>, f64) -> Rule<f64>| {
        let case = Case::draw(&plan(0));
        let plain = trajectory(&case, rule, &[1.0; 3], shifted).unwrap();
        let wrong = trajectory(&case, rule, &[32.0, 0.125, 0.0078125], shift).unwrap();
        plain.iter().zip(&wrong).any(|(x, y)| (x - y).abs() > 1e-6)
    };
    let descent = Rule::new(Method::GradientDescent, 0.01);
    assert!(differs(descent, &|rule, theta| Rule { rate: rule.rate / theta, ..rule }));
    let adam = Rule::new(adam(1e-3), 0.01);
    assert!(differs(adam, &|rule, theta| Rule { rate: rule.rate / (theta * theta), ..shifted(rule, theta) }));
    assert!(differs(adam, &|rule, theta| Rule { method: rule.method, ..shifted(rule, theta) }));
    let decayed = Rule { decay: Decay::Decoupled(0.3), ..adam };
    assert!(differs(decayed, &|rule, theta| Rule { decay: rule.decay, ..shifted(rule, theta) }));
    assert!(!differs(decayed, &shifted));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn powers_of_two_in_the_loss_change_no_bit_of_scale_free_methods(mut plan in plans(6), power in -40_i32..40) {
        // Outputs of a square network are so large that a softmax probability may be subnormal, and lose digits.
        if plan.activation == Activation::Square {
            plan.loss %= 2;
        }
        let case = Case::<f64>::draw(&plan);
        let factor = f64::power_of_two(power);
        for method in [Method::Sign, Method::SpectralNormalized, polar(), muon()] {
            let rule = Rule::new(method, 0.01);
            prop_assert_eq!(scaled_loss(&case, rule, 1.0), scaled_loss(&case, rule, factor), "{:?}", method);
        }
        let (one, scaled) = (Rule::new(adam(1e-3), 0.01), Rule::new(adam(1e-3 * factor), 0.01));
        prop_assert_eq!(scaled_loss(&case, one, 1.0), scaled_loss(&case, scaled, factor));
        // Gradient descent is not free of scale, but for its rate.
        let (one, scaled) = (Rule::new(Method::GradientDescent, 0.01), Rule::new(Method::GradientDescent, 0.01 / factor));
        prop_assert_eq!(scaled_loss(&case, one, 1.0), scaled_loss(&case, scaled, factor));
    }

    #[test]
    fn neurons_may_change_places(mut plan in plans(6), shift in 1..5_usize) {
        if plan.widths.len() == 2 {
            plan.widths.insert(1, 4);
        }
        let case = Case::<f64>::draw(&plan);
        // The neurons of every hidden layer move on by `shift`, and the weights that read them follow.
        let depth = case.network.layers().len();
        let turned = |parameters: &mut [widthwise_network::LayerParameters<f64>]| {
            for layer in 0..depth - 1 {
                let rows = parameters[layer].weights.nrows();
                let place = |i: usize| (i + shift) % rows;
                let own = parameters[layer].clone();
                parameters[layer].weights = DMatrix::from_fn(rows, own.weights.ncols(), |i, j| own.weights[(place(i), j)]);
                if let (Some(to), Some(from)) = (&mut parameters[layer].bias, &own.bias) {
                    to.iter_mut().enumerate().for_each(|(i, to)| *to = from[place(i)]);
                }
                let next = parameters[layer + 1].weights.clone();
                parameters[layer + 1].weights = DMatrix::from_fn(next.nrows(), rows, |i, j| next[(i, place(j))]);
            }
        };
        // Not sign and Adam without ε: a difference of rounding may turn the sign of a gradient that is zero but for it.
        for method in [Method::GradientDescent, Method::SpectralNormalized, adam(1e-2), muon()] {
            let rule = Rule::new(method, 0.001);
            let run = |mut network: Network<f64>| {
                let mut optimizer =
                    Optimizer::new(&network, plan.batch, &vec![LayerRule { weights: rule, bias: rule }; depth])?;
                let mut workspace = Workspace::new(&network, plan.batch)?;
                for _ in 0..2 {
                    workspace.step(&mut network, &mut optimizer, Input::Dense(&case.input), &case.loss())?;
                }
                Ok::<_, NetworkError>((workspace.pass().output().clone(), network))
            };
            let mut moved = case.network.clone();
            turned(moved.layers_mut());
            let Ok((output, mut network)) = run(case.network.clone()) else { continue };
            let (moved_output, moved) = run(moved).unwrap();
            turned(network.layers_mut());
            let scale = 1.0 + output.amax();
            prop_assert!((&output - &moved_output).amax() <= 1e-9 * scale, "{:?}", method);
            for (x, y) in entries(network.layers()).iter().zip(entries(moved.layers())) {
                prop_assert!((x - y).abs() <= 1e-9 * (1.0 + x.abs()), "{:?} {} {}", method, x, y);
            }
        }
    }
}
