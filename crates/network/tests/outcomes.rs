// SPDX-License-Identifier: MIT OR Apache-2.0

//! Networks at the edge: dead, zero, of width one, overflowing, mismatched. A documented value or an error, never NaN.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use nalgebra::{DMatrix, dmatrix};
use widthwise_network::{
    Activation, Decay, Input, LayerRule, Loss, Method, Network, NetworkError, Norms, Optimizer,
    Orthogonalization, Parameters, Pass, Rule, Workspace, root_mean_square,
};
use widthwise_rounding::Scalar;
use widthwise_spectral::NewtonSchulz;

fn methods<T: Scalar>() -> [Method<T>; 7] {
    let [decay, square, zero] = [0.9, 0.99, 0.0].map(T::from_f64);
    [
        Method::GradientDescent,
        Method::Momentum { decay },
        Method::Adam { first_decay: decay, second_decay: square, epsilon: zero },
        Method::Sign,
        Method::SpectralNormalized,
        Method::Orthogonalized(Orthogonalization::Polar { tolerance: T::from_f64(1e-6), max_steps: 100 }),
        Method::Orthogonalized(Orthogonalization::NewtonSchulz { polynomial: NewtonSchulz::Muon, steps: 5 }),
    ]
}

/// One step of a network with all weights and biases `weight`, and what it moved.
fn step<T: Scalar>(
    widths: &[usize],
    activation: Activation,
    weight: T,
    input: T,
    batch: usize,
    rule: Rule<T>,
) -> Result<Parameters<T>, NetworkError> {
    let mut network = Network::with_biases(widths, activation)?;
    for layer in network.layers_mut() {
        layer.weights.fill(weight);
        layer.bias.as_mut().unwrap().fill(weight);
    }
    let before = network.clone();
    let rules = vec![LayerRule { weights: rule, bias: rule }; widths.len() - 1];
    let mut optimizer = Optimizer::new(&network, batch, &rules)?;
    let mut workspace = Workspace::new(&network, batch)?;
    let x = DMatrix::repeat(widths[0], batch, input);
    let c = DMatrix::repeat(widths[widths.len() - 1], batch, T::one());
    let result = workspace.step(&mut network, &mut optimizer, Input::Dense(&x), &Loss::Linear(&c));
    if result.is_err() {
        assert_eq!(network, before, "a step that fails leaves the network alone");
    }
    result.map(|_| workspace.update().clone())
}

fn dead_layers<T: Scalar>() {
    for method in methods::<T>() {
        for batch in [1, 3] {
            let rule = Rule::new(method, T::one());
            let update = step(&[3, 4, 2], Activation::Relu, -T::one(), T::one(), batch, rule).unwrap();
            let [first, last] = update.layers() else { panic!("two layers") };
            assert!(first.weights.iter().chain(last.weights.iter()).all(|&x| x == T::zero()), "{method:?}");
            assert!(first.bias.as_ref().unwrap().iter().all(|&x| x == T::zero()), "{method:?}");
            // The output bias is all that is alive.
            assert!(last.bias.as_ref().unwrap().iter().all(|&x| x < T::zero()), "{method:?}");
        }
    }
}

#[test]
fn dead_layers_stand_still_under_every_method() {
    dead_layers::<f64>();
    dead_layers::<f32>();
}

#[test]
fn zero_weights_and_zero_inputs_stand_still_under_every_method() {
    for method in methods::<f64>() {
        let update = step(&[3, 4, 2], Activation::Tanh, 0.0, 0.0, 2, Rule::new(method, 1.0)).unwrap();
        assert!(update.layers().iter().all(|layer| layer.weights.iter().all(|&x| x == 0.0)), "{method:?}");
    }
}

#[test]
fn zero_output_weights_leave_the_layers_below_for_the_second_step() {
    let mut network = Network::new(&[2, 3, 1], Activation::Identity).unwrap();
    network.layers_mut()[0].weights.fill(0.5);
    let rule = Rule::new(Method::SpectralNormalized, 0.25);
    let mut optimizer = Optimizer::new(&network, 1, &[LayerRule { weights: rule, bias: rule }; 2]).unwrap();
    let mut workspace = Workspace::new(&network, 1).unwrap();
    let (x, c) = (dmatrix![1.0; 1.0], dmatrix![1.0]);
    let mut moved = || {
        workspace.step(&mut network, &mut optimizer, Input::Dense(&x), &Loss::Linear(&c)).unwrap();
        workspace.update().layers().iter().map(|layer| layer.weights.norm()).collect::<Vec<f64>>()
    };
    let (first, second) = (moved(), moved());
    assert!(first[0] == 0.0 && (first[1] - 0.25).abs() < 1e-15);
    assert!((second[0] - 0.25).abs() < 1e-15 && (second[1] - 0.25).abs() < 1e-15);
}

#[test]
fn layers_of_width_one_and_batches_of_one_are_numbers() {
    for method in methods::<f64>() {
        let update = step(&[1, 1, 1], Activation::Tanh, 0.5, 1.0, 1, Rule::new(method, 0.125)).unwrap();
        for layer in update.layers() {
            assert!(layer.weights[0] < 0.0 && layer.weights[0].is_finite(), "{method:?}");
        }
    }
}

#[test]
fn rates_that_overflow_are_errors_that_name_the_layer() {
    for method in methods::<f64>() {
        let rule = Rule::new(method, f64::MAX);
        let error = step(&[2, 2, 2], Activation::Identity, 3.0, 3.0, 1, rule);
        if let Err(error) = error {
            assert!(error.is_not_finite() && error.layer().is_some(), "{method:?} {error}");
        }
    }
    let rule = Rule::new(Method::GradientDescent, f64::MAX);
    let error = step(&[2, 2, 2], Activation::Identity, 3.0, 3.0, 1, rule).unwrap_err();
    assert_eq!(error.to_string(), "layer 0: an update is not finite");
    let rule = Rule { decay: Decay::Decoupled(f64::MAX), ..Rule::new(Method::Sign, 2.0) };
    let error = step(&[2, 2], Activation::Identity, 3.0, 3.0, 1, rule).unwrap_err();
    assert_eq!(error.to_string(), "layer 0: an update is not finite");
    // The update is a number, the sum is not.
    let rule = Rule::new(Method::Sign, f64::MAX);
    let error = step(&[1, 1], Activation::Identity, -5e307, 1.0, 1, rule).unwrap_err();
    assert_eq!(error.to_string(), "layer 0: a weight is not finite");
}

#[test]
fn numbers_that_leave_the_format_on_the_way_are_errors() {
    let rule = Rule::new(Method::GradientDescent, 1.0);
    let forward = step(&[2, 2, 2], Activation::Identity, 1e200, 1e200, 1, rule).unwrap_err();
    assert_eq!(forward.to_string(), "layer 0: a pre-activation is not finite");
    let feature = step(&[2, 2, 2], Activation::Square, 1e100, 1e100, 1, rule).unwrap_err();
    assert_eq!(feature.to_string(), "layer 0: a feature is not finite");
    let backward = step(&[1, 1, 1, 1], Activation::Sine, 1e200, 0.0, 1, rule).unwrap_err();
    assert_eq!(backward.to_string(), "layer 0: a backward signal is not finite");
    // In binary32 the square of a gradient of 1e−30 underflows, and Adam without ε has nothing to divide by.
    let adam = Method::Adam { first_decay: 0.9_f32, second_decay: 0.99, epsilon: 0.0 };
    let tiny = step(&[1, 1], Activation::Identity, 1.0, 1e-30_f32, 1, Rule::new(adam, 0.1)).unwrap_err();
    assert_eq!(tiny.to_string(), "layer 0: an update is not finite");
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    assert!(Network::<f64>::new(&[3], Activation::Relu).unwrap_err().is_shape());
    assert!(Network::<f64>::new(&[], Activation::Relu).unwrap_err().is_shape());
    assert!(Network::<f64>::new(&[3, 0, 2], Activation::Relu).unwrap_err().is_shape());
    let network = Network::<f64>::with_biases(&[3, 4, 2], Activation::Relu).unwrap();
    assert!(Pass::new(&network, 0).unwrap_err().is_shape());
    let mut pass = Pass::new(&network, 2).unwrap();
    let mut gradient = Parameters::zeros_like(&network);

    let error = pass.backward(&network, &Loss::CrossEntropy(&[0, 1])).unwrap_err();
    assert_eq!(error.to_string(), "a forward pass is needed first");
    assert!(pass.forward(&network, Input::Dense(&DMatrix::zeros(3, 1))).unwrap_err().is_shape());
    assert!(pass.forward(&network, Input::OneHot(&[1])).unwrap_err().is_shape());
    let error = pass.forward(&network, Input::OneHot(&[1, 3])).unwrap_err();
    assert_eq!(error.to_string(), "token 3 is not below 3");
    pass.forward(&network, Input::OneHot(&[1, 2])).unwrap();
    assert_eq!(
        pass.gradient(&network, &mut gradient).unwrap_err().to_string(),
        "a backward pass is needed first"
    );
    let error = pass.backward(&network, &Loss::CrossEntropy(&[0, 2])).unwrap_err();
    assert_eq!(error.to_string(), "label 2 is not below 2");
    assert!(pass.backward(&network, &Loss::Linear(&DMatrix::zeros(2, 3))).unwrap_err().is_shape());
    assert!(pass.backward_from(&network, &DMatrix::zeros(3, 2)).unwrap_err().is_shape());
    pass.backward(&network, &Loss::CrossEntropy(&[0, 1])).unwrap();

    let other = Network::<f64>::with_biases(&[3, 4, 3], Activation::Relu).unwrap();
    assert!(pass.gradient(&other, &mut gradient).unwrap_err().is_shape());
    let without = Network::<f64>::new(&[3, 4, 2], Activation::Relu).unwrap();
    assert!(pass.gradient(&without, &mut gradient).unwrap_err().is_shape());
    assert_eq!(Norms::of_gradient(&network, &pass, 2).unwrap_err().to_string(), "layer 2 is not below 2");

    // A network taken apart.
    let mut broken = network.clone();
    broken.layers_mut()[0].weights = DMatrix::zeros(5, 3);
    assert!(pass.forward(&broken, Input::OneHot(&[1, 2])).unwrap_err().is_shape());
    let mut broken = network.clone();
    broken.layers_mut()[1].bias = None;
    assert!(broken.apply(&gradient).unwrap_err().is_shape());
}

#[test]
fn measures_without_a_value_are_errors() {
    assert!(root_mean_square(&DMatrix::<f64>::zeros(0, 3)).unwrap_err().is_undefined_for_zero());
    let zero = DMatrix::<f64>::zeros(3, 2);
    let norms = Norms::of_matrix(&zero).unwrap();
    assert_eq!(norms.natural().to_enclosure().hi(), 0.0);
    assert!(norms.stable_rank().unwrap_err().is_undefined_for_zero());
    assert!(norms.alignment(&zero, &nalgebra::dvector![1.0, 0.0]).unwrap_err().is_undefined_for_zero());
    assert!(norms.alignment(&zero, &nalgebra::dvector![1.0]).unwrap_err().to_string().contains("needed"));
}
