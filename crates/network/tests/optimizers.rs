// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every method against a reference that loops over single numbers, for several steps.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, its numbers are small, and its references use the platform's functions"
)]

#[allow(dead_code, reason = "each test uses a part of the cases")]
mod cases;

use cases::{Case, Plan, plans};
use nalgebra::{DMatrix, dmatrix};
use proptest::prelude::*;
use widthwise_network::{
    Activation, Decay, Input, LayerRule, Loss, Method, Network, NetworkError, Norms, Optimizer,
    Orthogonalization, Parameters, Pass, Rule, Workspace,
};
use widthwise_rounding::Scalar;
use widthwise_spectral::NewtonSchulz;

const POLAR: Orthogonalization<f64> = Orthogonalization::Polar { tolerance: 1e-10, max_steps: 200 };

fn methods() -> [Method<f64>; 8] {
    let (polynomial, steps) = (NewtonSchulz::Muon, 5);
    [
        Method::GradientDescent,
        Method::Momentum { decay: 0.75 },
        Method::Adam { first_decay: 0.9, second_decay: 0.99, epsilon: 1e-8 },
        Method::Adam { first_decay: 0.5, second_decay: 0.999, epsilon: 0.0 },
        Method::Sign,
        Method::SpectralNormalized,
        Method::Orthogonalized(POLAR),
        Method::Orthogonalized(Orthogonalization::NewtonSchulz { polynomial, steps }),
    ]
}

/// One array's reference: gradients in, the array moved in place.
struct Reference {
    rule: Rule<f64>,
    history: Vec<DMatrix<f64>>,
}

impl Reference {
    fn direction(&mut self, array: &DMatrix<f64>, gradient: &DMatrix<f64>) -> DMatrix<f64> {
        let mut gradient = gradient.clone();
        if let Decay::Coupled(factor) = self.rule.decay {
            gradient += array * factor;
        }
        self.history.push(gradient.clone());
        let (rows, columns) = gradient.shape();
        let time = self.history.len() as i32;
        // Weighted sums over the whole history in place of recursions.
        let mean = |decay: f64, i: usize, j: usize, power: i32| {
            self.history
                .iter()
                .zip(0..)
                .map(|(past, age)| decay.powi(time - 1 - age) * past[(i, j)].powi(power))
                .sum::<f64>()
        };
        match self.rule.method {
            Method::GradientDescent => gradient,
            Method::Momentum { decay } => DMatrix::from_fn(rows, columns, |i, j| mean(decay, i, j, 1)),
            Method::Adam { first_decay: p, second_decay: q, epsilon } => {
                DMatrix::from_fn(rows, columns, |i, j| {
                    let m = (1.0 - p) * mean(p, i, j, 1) / (1.0 - p.powi(time));
                    let v = (1.0 - q) * mean(q, i, j, 2) / (1.0 - q.powi(time));
                    if m == 0.0 { 0.0 } else { m / (v.square_root() + epsilon) }
                })
            }
            Method::Sign => gradient.map(|g| if g == 0.0 { 0.0 } else { g.signum() }),
            _ if gradient.amax() == 0.0 => gradient,
            Method::SpectralNormalized => {
                // Squares of small gradients would underflow.
                let gradient = &gradient / gradient.amax();
                let norm = largest_singular_value(&gradient);
                gradient / norm
            }
            Method::Orthogonalized(Orthogonalization::NewtonSchulz { .. }) => {
                let gradient = &gradient / gradient.amax();
                let norm = gradient.norm();
                let mut x = gradient / norm;
                for _ in 0..5 {
                    let gram = &x * x.transpose();
                    x = &x * 3.4445 - &gram * &x * 4.775 + &gram * &gram * &x * 2.0315;
                }
                x
            }
            _ => polar_factor(&gradient),
        }
    }

    fn step(&mut self, array: &mut DMatrix<f64>, gradient: &DMatrix<f64>) {
        let direction = self.direction(array, gradient);
        if let Decay::Decoupled(factor) = self.rule.decay {
            *array *= 1.0 - self.rule.rate * factor;
        }
        *array -= direction * self.rule.rate;
    }
}

fn largest_singular_value(a: &DMatrix<f64>) -> f64 {
    let gram = if a.nrows() < a.ncols() { a * a.transpose() } else { a.transpose() * a };
    gram.symmetric_eigenvalues().iter().fold(0.0_f64, |largest, x| largest.max(*x)).square_root()
}

/// `Σ u_i v_iᵀ` over the singular values that are not small, from the eigenvectors of the Gram matrix.
fn polar_factor(a: &DMatrix<f64>) -> DMatrix<f64> {
    let eigen = (a.transpose() * a).symmetric_eigen();
    let largest = eigen.eigenvalues.max();
    let mut out = DMatrix::zeros(a.nrows(), a.ncols());
    for (value, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        if *value > 1e-12 * largest {
            out += a * vector * vector.transpose() / value.square_root();
        }
    }
    out
}

/// Some steps of a case by the crate and by references that see the same gradients; the largest difference of a weight.
fn discrepancy(plan: &Plan, rule: Rule<f64>) -> Result<f64, NetworkError> {
    let mut case = Case::<f64>::draw(plan);
    let depth = case.network.layers().len();
    let mut optimizer =
        Optimizer::new(&case.network, plan.batch, &vec![LayerRule { weights: rule, bias: rule }; depth])?;
    let mut workspace = Workspace::new(&case.network, plan.batch)?;
    let reference = || Reference { rule, history: Vec::new() };
    let mut references: Vec<_> = (0..depth).map(|_| (reference(), reference())).collect();
    let mut largest = 0.0_f64;
    for _ in 0..4 {
        let mut expected: Vec<_> = case.network.layers().to_vec();
        let (input, targets, labels) = (case.input.clone(), case.targets.clone(), case.labels.clone());
        let loss = match case.loss {
            0 => Loss::Linear(&targets),
            1 => Loss::SquaredError(&targets),
            _ => Loss::CrossEntropy(&labels),
        };
        workspace.step(&mut case.network, &mut optimizer, Input::Dense(&input), &loss)?;
        for (index, layer) in expected.iter_mut().enumerate() {
            let gradient = &workspace.gradient().layers()[index];
            references[index].0.step(&mut layer.weights, &gradient.weights);
            let scale = 1.0 + layer.weights.amax();
            largest = largest.max((&layer.weights - &case.network.layers()[index].weights).amax() / scale);
            if let (Some(bias), Some(gradient)) = (&layer.bias, &gradient.bias) {
                let rows = bias.len();
                let column = |x: &nalgebra::DVector<f64>| DMatrix::from_column_slice(rows, 1, x.as_slice());
                let mut bias = column(bias);
                references[index].1.step(&mut bias, &column(gradient));
                let found = column(case.network.layers()[index].bias.as_ref().unwrap());
                largest = largest.max((&bias - &found).amax() / (1.0 + bias.amax()));
            }
        }
    }
    Ok(largest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn methods_of_single_entries_are_their_loops(plan in plans(6), method in 0..5_usize, decay in 0..3_usize) {
        let decay = [Decay::None, Decay::Coupled(0.125), Decay::Decoupled(0.25)][decay];
        let rule = Rule { method: methods()[method], rate: 0.03125, decay };
        // A descent that diverges may leave the format in four steps; the step says so.
        match discrepancy(&plan, rule) {
            Ok(largest) => prop_assert!(largest < 1e-12, "{}", largest),
            Err(error) => prop_assert!(error.is_not_finite(), "{}", error),
        }
    }

    #[test]
    fn spectral_normalisation_is_division_by_the_largest_singular_value(plan in plans(6), decay in 0..3_usize) {
        let decay = [Decay::None, Decay::Coupled(0.125), Decay::Decoupled(0.25)][decay];
        let rule = Rule { method: Method::SpectralNormalized, rate: 0.03125, decay };
        let largest = discrepancy(&plan, rule).unwrap();
        prop_assert!(largest < 1e-9, "{}", largest);
    }

    #[test]
    fn newton_schulz_is_its_polynomial(plan in plans(6)) {
        let largest = discrepancy(&plan, Rule::new(methods()[7], 0.03125)).unwrap();
        prop_assert!(largest < 1e-10, "{}", largest);
    }

    #[test]
    fn polar_factors_of_updates_are_those_of_the_gradient(plan in plans(6)) {
        // The reference squares singular values, so those near its threshold are out of its reach: the gradient is compared
        // by what defines the factor instead.
        let case = Case::<f64>::draw(&plan);
        let rule = Rule::new(Method::Orthogonalized(POLAR), 1.0);
        let depth = case.network.layers().len();
        let mut network = case.network.clone();
        let mut optimizer =
            Optimizer::new(&network, plan.batch, &vec![LayerRule { weights: rule, bias: rule }; depth]).unwrap();
        let mut workspace = Workspace::new(&network, plan.batch).unwrap();
        workspace.step(&mut network, &mut optimizer, Input::Dense(&case.input), &case.loss()).unwrap();
        for (gradient, update) in workspace.gradient().layers().iter().zip(workspace.update().layers()) {
            let (gradient, factor) = (&gradient.weights, -&update.weights);
            let gradient = gradient / gradient.amax().max(f64::MIN_POSITIVE);
            // OᵀG is symmetric and positive, and O OᵀG = G over the singular values that count.
            let stretch = factor.transpose() * &gradient;
            prop_assert!((&stretch - stretch.transpose()).amax() < 1e-7);
            prop_assert!((&factor * &stretch - &gradient).amax() < 1e-7);
            let cube = &factor * factor.transpose() * &factor;
            prop_assert!((cube - &factor).amax() < 1e-7);
        }
    }
}

#[test]
fn one_example_moves_by_the_worked_number() {
    let mut network = Network::new(&[3, 2], Activation::Identity).unwrap();
    let rule = Rule::new(Method::GradientDescent, 0.5);
    let mut optimizer = Optimizer::new(&network, 1, &[LayerRule { weights: rule, bias: rule }]).unwrap();
    let mut workspace = Workspace::new(&network, 1).unwrap();
    let (h, delta) = (dmatrix![1.0; 2.0; 2.0], dmatrix![3.0; 4.0]);
    workspace.step(&mut network, &mut optimizer, Input::Dense(&h), &Loss::Linear(&delta)).unwrap();
    let update = &workspace.update().layers()[0].weights;
    assert_eq!(*update, dmatrix![-1.5, -3.0, -3.0; -2.0, -4.0, -4.0]);
    assert_eq!(update * &h, dmatrix![-13.5; -18.0]);
    let norms = Norms::of_matrix(update).unwrap();
    assert!(norms.spectral().to_enclosure().contains(7.5) && norms.frobenius().to_enclosure().contains(7.5));
    assert_eq!(network.layers()[0].weights, *update);
}

#[test]
fn first_step_of_adam_without_epsilon_is_the_sign() {
    // Without the correction of the bias the first direction would be (1 − β₁)/√(1 − β₂) times as long.
    let plan = Plan {
        widths: vec![4, 5, 3],
        batch: 2,
        activation: Activation::Tanh,
        biases: true,
        loss: 1,
        seed: 3,
    };
    let case = Case::<f64>::draw(&plan);
    let step = |method| {
        let rule = Rule::new(method, 1.0);
        let mut network = case.network.clone();
        let mut optimizer =
            Optimizer::new(&network, 2, &[LayerRule { weights: rule, bias: rule }; 2]).unwrap();
        let mut workspace = Workspace::new(&network, 2).unwrap();
        workspace.step(&mut network, &mut optimizer, Input::Dense(&case.input), &case.loss()).unwrap();
        cases::entries(workspace.update().layers())
    };
    let adam = step(Method::Adam { first_decay: 0.9, second_decay: 0.999, epsilon: 0.0 });
    for (adam, sign) in adam.iter().zip(step(Method::Sign)) {
        assert!((adam - sign).abs() <= 8.0 * f64::EPSILON, "{adam} {sign}");
    }
}

#[test]
fn worked_numbers_of_two_parametrizations_agree() {
    // w = ¼ under the multiplier 4, x = 2, y = 3, loss ½(αwx − y)².
    let step = |multiplier: f64, weight, method, rate| {
        let mut network = Network::new(&[1, 1], Activation::Identity).unwrap();
        network.layers_mut()[0].weights[0] = weight;
        network.set_multiplier(0, multiplier).unwrap();
        let rule = Rule::new(method, rate);
        let mut optimizer = Optimizer::new(&network, 1, &[LayerRule { weights: rule, bias: rule }]).unwrap();
        let mut workspace = Workspace::new(&network, 1).unwrap();
        let (x, y) = (dmatrix![2.0], dmatrix![3.0]);
        workspace.step(&mut network, &mut optimizer, Input::Dense(&x), &Loss::SquaredError(&y)).unwrap();
        (workspace.gradient().layers()[0].weights[0], network.layers()[0].weights[0])
    };
    let close = |(g, w): (f64, f64), (h, v): (f64, f64)| (g - h).abs() + (w - v).abs() < 1e-15;
    assert!(close(step(1.0, 1.0, Method::GradientDescent, 0.1), (-2.0, 1.2)));
    assert!(close(step(4.0, 0.25, Method::GradientDescent, 0.00625), (-8.0, 0.3)));
    assert!(close(step(1.0, 1.0, Method::Sign, 0.1), (-2.0, 1.1)));
    assert!(close(step(4.0, 0.25, Method::Sign, 0.025), (-8.0, 0.275)));
}

#[test]
fn rules_and_memories_of_another_shape_are_refused() {
    let network = Network::<f64>::new(&[3, 2], Activation::Relu).unwrap();
    let rule = Rule::new(Method::SpectralNormalized, 0.1);
    let layer = LayerRule { weights: rule, bias: rule };
    assert!(Optimizer::new(&network, 1, &[layer; 2]).unwrap_err().is_shape());
    assert!(Optimizer::new(&network, 0, &[layer]).unwrap_err().is_shape());
    let endless = LayerRule { weights: Rule::new(Method::Sign, f64::INFINITY), bias: rule };
    assert!(Optimizer::new(&network, 1, &[endless]).unwrap_err().is_not_finite());

    // A batch larger than announced, and another network.
    let mut optimizer = Optimizer::new(&network, 2, &[layer]).unwrap();
    let (gradient, mut update) = (Parameters::zeros_like(&network), Parameters::zeros_like(&network));
    let mut pass = Pass::new(&network, 3).unwrap();
    let error = optimizer.update(&network, &pass, &gradient, &mut update).unwrap_err();
    assert_eq!(error.to_string(), "a backward pass is needed first");
    pass.forward(&network, Input::Dense(&DMatrix::repeat(3, 3, 1.0))).unwrap();
    pass.backward_from(&network, &DMatrix::repeat(2, 3, 1.0)).unwrap();
    let error = optimizer.update(&network, &pass, &gradient, &mut update).unwrap_err();
    assert_eq!(error.to_string(), "examples: 2 needed, 3 given");
    let other = Network::<f64>::new(&[3, 4], Activation::Relu).unwrap();
    assert!(optimizer.update(&other, &pass, &gradient, &mut update).unwrap_err().is_shape());
}
