// SPDX-License-Identifier: MIT OR Apache-2.0

//! Quantities by hand, and of networks that are degenerate.

use std::vec;

use nalgebra::dmatrix;
use widthwise_parametrization::rules;

use super::*;

const TRIAL: Trial = Trial {
    rule: &rules::SPECTRAL,
    optimizer: Optimizer::Sgd,
    method: Method::GradientDescent,
    rate: 0.1,
    gain: 1.0,
};

fn shape(widths: &[usize], batch: usize) -> Shape {
    Shape { widths: widths.to_vec(), activation: Activation::Relu, biases: false, batch }
}

/// So many steps towards zero from weights with these numbers in all entries.
fn trained(widths: &[usize], weights: &[f64], x: &DMatrix<f64>, steps: usize) -> Bench {
    let shape = shape(widths, x.ncols());
    let scales = TRIAL.scales(&shape).unwrap();
    let targets = DMatrix::repeat(widths[widths.len() - 1], x.ncols(), 0.0);
    let mut bench = Bench::new(shape).unwrap();
    for (layer, &weight) in bench.network.layers_mut().iter_mut().zip(weights) {
        layer.weights.fill(weight);
    }
    bench.start(x).unwrap();
    bench.train(&TRIAL, &scales, x, &Loss::SquaredError(&targets), steps).unwrap();
    bench
}

fn close(x: f64, y: f64) -> bool {
    (x - y).magnitude() <= 1e-14 * y.magnitude()
}

#[test]
fn quantities_are_those_of_two_weights() {
    // f = w₂w₁x at w = (1, 1), x = 1, half its square: both weights move by -1/10 in the first step, by -0.9³/10 in the second.
    let bench = trained(&[1, 1, 1], &[1.0, 1.0], &dmatrix![1.0], 2);
    let weight = 0.9 - 0.0729;
    let output = weight * weight;
    for (quantity, expected) in [
        (Quantity::Weight(2), 1.0),
        (Quantity::Update(2), 0.0729),
        (Quantity::Gradient(2), 0.729),
        (Quantity::Displacement(1), 0.1729),
        (Quantity::RelativeDisplacement(1), 0.1729),
        (Quantity::RelativeFrobeniusDisplacement(2), 0.1729),
        (Quantity::WeightTriangle(2), weight / 1.1729),
        (Quantity::Feature(2), 1.0),
        (Quantity::TrainedFeature(1), weight),
        (Quantity::TrainedFeature(2), output),
        (Quantity::FeatureChange(2), 1.0 - output),
        (Quantity::RelativeFeatureChange(1), 0.1729),
        (Quantity::FeatureTriangle(2), output / (2.0 - output)),
        (Quantity::ExampleShare(1), 1.0),
    ] {
        let value = bench.quantity(quantity).unwrap();
        assert!(close(value, expected), "{quantity} {value} {expected}");
    }
    assert_eq!(bench.quantity(Quantity::BiasChange(1)).unwrap_err(), LawError::bias(1));
    assert_eq!(bench.quantity(Quantity::Feature(0)).unwrap_err(), LawError::layer(0));
    assert_eq!(bench.quantity(Quantity::Displacement(3)).unwrap_err(), LawError::layer(3));
}

#[test]
fn multipliers_belong_to_matrices_and_gradients_of_effective_weights() {
    // α = 1/2 before w = 2 is the network above; its gradient is half as large, that of the effective weight is not.
    let shape = shape(&[1, 1], 1);
    let mut bench = Bench::new(shape.clone()).unwrap();
    bench.network.layers_mut()[0].weights.fill(2.0);
    bench.network.set_multiplier(0, 0.5).unwrap();
    let x = dmatrix![1.0];
    bench.start(&x).unwrap();
    bench.train(&TRIAL, &TRIAL.scales(&shape).unwrap(), &x, &Loss::SquaredError(&dmatrix![0.0]), 1).unwrap();
    for (quantity, expected) in [
        (Quantity::Weight(1), 1.0),
        (Quantity::Gradient(1), 1.0),
        (Quantity::Update(1), 0.025),
        (Quantity::Displacement(1), 0.025),
    ] {
        let value = bench.quantity(quantity).unwrap();
        assert!(close(value, expected), "{quantity} {value} {expected}");
    }
}

#[test]
fn a_dead_layer_has_no_logarithms() {
    let bench = trained(&[2, 3, 1], &[-1.0, 1.0], &dmatrix![1.0, 2.0; 1.0, 0.5], 3);
    for quantity in [
        Quantity::Update(1),
        Quantity::Displacement(1),
        Quantity::Gradient(2),
        Quantity::Feature(1),
        Quantity::TrainedFeature(2),
        Quantity::FeatureChange(1),
        Quantity::RelativeFeatureChange(1),
        Quantity::FeatureTriangle(1),
        Quantity::Cosine(1),
        Quantity::ExampleShare(2),
    ] {
        let value = bench.quantity(quantity).unwrap();
        assert!(!value.natural_logarithm().is_finite(), "{quantity} {value}");
    }
    assert_eq!(bench.quantity(Quantity::WeightTriangle(1)).unwrap(), 1.0);
}

#[test]
fn zero_inputs_and_zero_weights_have_no_logarithms() {
    let silent = trained(&[2, 3, 1], &[1.0, 1.0], &dmatrix![0.0; 0.0], 2);
    assert_eq!(silent.quantity(Quantity::Displacement(1)).unwrap(), 0.0);
    assert!(silent.quantity(Quantity::RelativeFeatureChange(1)).unwrap().is_nan());
    let zero = trained(&[2, 3, 1], &[1.0, 0.0], &dmatrix![1.0; 1.0], 2);
    for quantity in [
        Quantity::RelativeDisplacement(2),
        Quantity::RelativeFrobeniusDisplacement(2),
        Quantity::WeightTriangle(2),
    ] {
        assert!(zero.quantity(quantity).unwrap().is_nan(), "{quantity}");
    }
}

#[test]
fn a_single_example_has_no_pairs() {
    let bench = trained(&[2, 3, 1], &[1.0, 1.0], &dmatrix![1.0; 1.0], 1);
    assert!(bench.quantity(Quantity::Cosine(1)).unwrap().is_nan());
    assert!(close(bench.quantity(Quantity::ExampleShare(2)).unwrap(), 1.0));
}

#[test]
fn cosines_are_those_of_the_columns() {
    assert_eq!(cosine_of_pairs(&dmatrix![2.0, 0.0; 0.0, 3.0]), 0.0);
    assert!(close(cosine_of_pairs(&dmatrix![1.0, 3.0; 1.0, 3.0]), 1.0));
    // Cosines 0, 1/√2, 1/√2.
    assert!(close(cosine_of_pairs(&dmatrix![1.0, 0.0, 1.0; 0.0, 1.0, 1.0]), (1.0_f64 / 3.0).square_root()));
}

#[test]
fn examples_that_cancel_have_no_share() {
    // Orthogonal features: each example has what it contributes.
    assert!(close(share_of_examples(&dmatrix![1.0, -5.0], &dmatrix![1.0, 0.0; 0.0, 2.0]), 1.0));
    // h₁ = (1, 0), h₂ = (1, 1), δ₂ = −δ₁: the update is not zero and does not move h₁.
    assert_eq!(share_of_examples(&dmatrix![-1.0, 1.0], &dmatrix![1.0, 1.0; 0.0, 1.0]), 0.0);
    // The same example twice: twice what each contributes.
    assert!(close(share_of_examples(&dmatrix![1.0, 1.0], &dmatrix![3.0, 3.0]), 2.0));
}

#[test]
fn shapes_tell_which_memory_fits() {
    let mut memory = Memory::default();
    let narrow = shape(&[2, 3, 1], 1);
    memory.bench(narrow.clone()).unwrap().network.layers_mut()[0].weights.fill(7.0);
    assert_eq!(memory.bench(narrow.clone()).unwrap().network.layers()[0].weights[0], 7.0);
    for other in [
        shape(&[2, 4, 1], 1),
        shape(&[2, 3, 1], 2),
        Shape { biases: true, ..narrow.clone() },
        Shape { activation: Activation::Identity, ..narrow.clone() },
    ] {
        memory.bench(narrow.clone()).unwrap().network.layers_mut()[0].weights.fill(7.0);
        assert_eq!(memory.bench(other).unwrap().network.layers()[0].weights[0], 0.0);
    }
    assert!(memory.bench(Shape { widths: vec![2, 0, 1], ..narrow }).is_err());
}
