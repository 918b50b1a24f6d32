// SPDX-License-Identifier: MIT OR Apache-2.0

//! The bound is one: no pair of inputs shows more, and it is the product of the norms but for roundings.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use magnitude::{LAYERS, Layer, WIDEST, lipschitz_bound};
use nalgebra::{DMatrix, DVector};
use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure};
use widthwise_sampling::Stream;
use widthwise_spectral::spectral_norm;

/// The exact weights: a scale and an integer have 24 and 8 bits, their product fits binary64.
fn matrix(layer: &Layer<'_>) -> DMatrix<f64> {
    let weights = layer.weights.iter().map(|&weight| f64::from(layer.scale) * f64::from(weight));
    DMatrix::from_row_iterator(layer.outputs, layer.inputs, weights)
}

/// What the network computes.
fn estimate(layers: &[DMatrix<f64>; 3], axes: &DVector<f64>) -> f64 {
    let rectified = |x: DVector<f64>| x.map(|x| if x > 0.0 { x } else { 0.0 });
    (&layers[2] * rectified(&layers[1] * rectified(&layers[0] * axes)))[0]
}

/// The product of the norms of the exact weights, in binary64.
fn product(layers: &[DMatrix<f64>; 3]) -> Enclosure<f64> {
    layers
        .iter()
        .map(|layer| spectral_norm(layer).unwrap().scaled())
        .fold(ScaledEnclosure::one(), |product, norm| product * norm)
        .to_enclosure()
}

#[test]
fn the_network_estimates_the_magnitude() {
    let layers = LAYERS.each_ref().map(matrix);
    let mut stream = Stream::new(3, "directions", 0);
    let mut worst = 0.0;
    for _ in 0..10_000 {
        let axes = DVector::from_fn(3, |_, _| stream.normal());
        let error = (estimate(&layers, &axes) / axes.norm() - 1.0).abs();
        worst = if error > worst { error } else { worst };
    }
    assert!(worst < 0.15, "{worst}");
}

#[test]
fn no_two_inputs_move_the_estimate_further_than_the_bound() {
    let layers = LAYERS.each_ref().map(matrix);
    let bound = f64::from(lipschitz_bound(&LAYERS).unwrap());
    let mut stream = Stream::new(4, "pairs", 0);
    let mut steepest = 0.0;
    for index in 0..20_000 {
        let x = DVector::from_fn(3, |_, _| stream.normal());
        let length = f64::power_of_two(-(index % 20));
        let y = &x + DVector::from_fn(3, |_, _| stream.normal() * length);
        let slope = (estimate(&layers, &x) - estimate(&layers, &y)).abs() / (&x - &y).norm();
        steepest = if slope > steepest { slope } else { steepest };
    }
    assert!(steepest <= bound, "{steepest} {bound}");
    // And it says something: the trained function has slope 1.
    assert!(steepest > 0.9 && bound < 3.0, "{steepest} {bound}");
}

#[test]
fn the_bound_is_the_product_of_the_norms_but_for_roundings() {
    let (bound, product) = (lipschitz_bound(&LAYERS).unwrap(), product(&LAYERS.each_ref().map(matrix)));
    let excess = f64::from(bound) / product.lo() - 1.0;
    assert!(f64::from(bound) >= product.hi());
    assert!(excess < 20.0 * f64::from(f32::EPSILON), "{excess:e}");
}

#[test]
fn random_layers_of_every_shape_are_bounded() {
    let mut stream = Stream::new(5, "layers", 0);
    for outputs in 1..=WIDEST {
        for inputs in 1..=WIDEST {
            let weights: Vec<i8> =
                (0..outputs * inputs).map(|_| stream.bits().to_le_bytes()[0].cast_signed()).collect();
            // Neither a power of two nor one whose products with the integers fit binary32.
            let layer = Layer { outputs, inputs, scale: 0.013_7, weights: &weights };
            let (bound, exact) =
                (f64::from(layer.norm_bound().unwrap()), spectral_norm(&matrix(&layer)).unwrap().enclosure());
            assert!(
                exact.hi() <= bound && bound <= exact.lo() * (1.0 + 1e-4),
                "{outputs}×{inputs}: {bound} {exact}"
            );
        }
    }
}

#[test]
fn layers_that_do_not_fit_are_errors_and_empty_ones_are_not() {
    let layer = Layer { outputs: 9, inputs: 1, scale: 1.0, weights: &[1; 9] };
    assert!(layer.norm_bound().is_err());
    assert!(Layer { outputs: 1, inputs: 9, ..layer }.norm_bound().is_err());
    assert!(Layer { outputs: 2, inputs: 4, ..layer }.norm_bound().is_err());
    assert!(Layer { outputs: 3, inputs: 2, weights: &[], ..layer }.norm_bound().is_err());
    for (outputs, inputs) in [(0, 0), (0, 3), (3, 0)] {
        let bound = Layer { outputs, inputs, weights: &[], ..layer }.norm_bound().unwrap();
        assert!((0.0..f32::MIN_POSITIVE).contains(&bound), "{bound}");
    }
    assert_eq!(lipschitz_bound(&[]), Ok(1.0));
}

#[test]
fn a_scale_that_is_no_number_or_too_large_passes_no_limit() {
    let layer = Layer { outputs: 1, inputs: 1, scale: f32::NAN, weights: &[1] };
    assert!(!lipschitz_bound(&[layer]).is_ok_and(|bound| bound <= f32::MAX));
    for scale in [f32::INFINITY, f32::MAX] {
        let layers = [Layer { scale, ..layer }; 2];
        assert!(!lipschitz_bound(&layers).is_ok_and(|bound| bound <= f32::MAX));
    }
}
