// SPDX-License-Identifier: MIT OR Apache-2.0

//! Initial weights: their addresses, their moments, their singular values.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, its numbers are small, and its references use the platform's functions"
)]

use nalgebra::DMatrix;
use proptest::prelude::*;
use widthwise_network::{
    Activation, Address, Initializer, Input, LayerInitializer, Loss, Network, Norms, Parameters, Pass,
};
use widthwise_rounding::Scalar;
use widthwise_sampling::Stream;

const NAME: &str = "initialization";

fn drawn<T: Scalar>(widths: &[usize], weights: Initializer<T>, seed: u64, index: u64) -> Network<T> {
    let mut network = Network::with_biases(widths, Activation::Relu).unwrap();
    let layer = LayerInitializer { weights, bias: Initializer::Gaussian { sigma: T::one() } };
    network.initialize(&vec![layer; widths.len() - 1], Address { seed, name: NAME, index }).unwrap();
    network
}

#[test]
fn columns_lie_at_their_documented_addresses() {
    let network = drawn(&[3, 4, 2], Initializer::Gaussian { sigma: 0.5_f64 }, 9, 7);
    let mut stream = Stream::new(9, "initialization/7/1/weights", 3);
    let column: Vec<f64> = (0..2).map(|_| 0.5 * stream.normal()).collect();
    assert_eq!(network.layers()[1].weights.column(3).as_slice(), column);
    let first = Stream::new(9, "initialization/7/0/bias", 0).normal();
    assert_eq!(network.layers()[0].bias.as_ref().unwrap()[0], first);
    assert_eq!(network, drawn(&[3, 4, 2], Initializer::Gaussian { sigma: 0.5 }, 9, 7));
    assert_ne!(network, drawn(&[3, 4, 2], Initializer::Gaussian { sigma: 0.5 }, 9, 8));
    assert_ne!(network, drawn(&[3, 4, 2], Initializer::Gaussian { sigma: 0.5 }, 8, 7));
}

#[test]
fn wider_layers_begin_with_the_numbers_of_narrower_ones() {
    let gaussian = Initializer::Gaussian { sigma: 1.0_f32 };
    let (narrow, wide) = (drawn(&[3, 5], gaussian, 1, 0), drawn(&[8, 11], gaussian, 1, 0));
    assert_eq!(wide.layers()[0].weights.view((0, 0), (5, 3)), narrow.layers()[0].weights);
}

#[test]
fn scales_that_are_not_finite_are_refused_before_anything_is_drawn() {
    let mut network = Network::<f64>::new(&[2, 2], Activation::Relu).unwrap();
    let layer =
        |sigma| LayerInitializer { weights: Initializer::Gaussian { sigma }, bias: Initializer::Zero };
    let address = Address { seed: 0, name: NAME, index: 0 };
    assert!(network.initialize(&[layer(f64::NAN)], address).unwrap_err().is_not_finite());
    assert!(network.initialize(&[layer(1.0), layer(1.0)], address).unwrap_err().is_shape());
    assert!(network.layers()[0].weights.iter().all(|&x| x == 0.0));
}

/// Entries of a uniformly distributed 4 × 2 frame: mean 0, mean square 1/4, variance of the square 3/24 − 1/16.
#[test]
fn semi_orthogonal_weights_are_uniformly_distributed() {
    const DRAWS: u64 = 4_000;
    let (mut sums, mut squares) = (DMatrix::<f64>::zeros(4, 2), DMatrix::<f64>::zeros(4, 2));
    for index in 0..DRAWS {
        let q =
            drawn(&[2, 4], Initializer::SemiOrthogonal { sigma: 1.0 }, 3, index).layers()[0].weights.clone();
        sums += &q;
        squares += q.component_mul(&q);
    }
    let root = (DRAWS as f64).square_root();
    for (sum, square) in sums.iter().zip(squares.iter()) {
        assert!((sum / DRAWS as f64).abs() <= 6.0 * 0.5 / root, "{sums}");
        assert!((square / DRAWS as f64 - 0.25).abs() <= 6.0 * 0.25 / root, "{squares}");
    }
}

/// `spectral.init.signal-rms`: exact second moments at every width, for linear and ReLU networks, and for gradients under a
/// linear loss. Mean tests with six standard errors.
#[test]
fn second_moments_of_features_and_gradients_are_products_of_variances() {
    const DRAWS: u64 = 4_000;
    let widths = [3, 5, 7, 2];
    let sigmas = [0.8, 0.5, 0.6];
    let (x, c) =
        (DMatrix::from_column_slice(3, 1, &[1.0, -2.0, 0.5]), DMatrix::from_column_slice(2, 1, &[0.5, 1.0]));
    for (activation, halves) in [(Activation::Identity, 1.0), (Activation::Relu, 0.5)] {
        let mut network = Network::<f64>::new(&widths, activation).unwrap();
        let mut pass = Pass::new(&network, 1).unwrap();
        let mut gradient = Parameters::zeros_like(&network);
        let layers = sigmas.map(|sigma| LayerInitializer {
            weights: Initializer::Gaussian { sigma },
            bias: Initializer::Zero,
        });
        let mut moments = [[0.0; 2]; 6];
        for index in 0..DRAWS {
            network.initialize(&layers, Address { seed: 2, name: NAME, index }).unwrap();
            pass.forward(&network, Input::Dense(&x)).unwrap();
            pass.backward(&network, &Loss::Linear(&c)).unwrap();
            pass.gradient(&network, &mut gradient).unwrap();
            let features = [&pass.features()[0], &pass.features()[1], pass.output()];
            let gradients = gradient.layers().iter().map(|layer| &layer.weights);
            for (moment, array) in moments.iter_mut().zip(features.into_iter().chain(gradients)) {
                let square = array.norm_squared();
                moment[0] += square;
                moment[1] += square * square;
            }
        }
        let variance = |layer: usize| sigmas[layer] * sigmas[layer];
        let size = |width: usize| widths[width] as f64;
        // ‖h_ℓ‖² grows by σ²·fan-out and a half, ‖δ_ℓ‖² from above by σ²·fan-in and a half.
        let h = |layer: usize| {
            (0..layer).fold(5.25, |h, k| h * variance(k) * size(k + 1) * if k < 2 { halves } else { 1.0 })
        };
        let delta = |layer: usize| (layer + 1..3).fold(1.25, |d, k| d * variance(k) * size(k) * halves);
        let expected = [h(1), h(2), h(3), delta(0) * 5.25, delta(1) * h(1), delta(2) * h(2)];
        for (place, (moment, expected)) in moments.iter().zip(expected).enumerate() {
            let mean = moment[0] / DRAWS as f64;
            let deviation = (moment[1] / DRAWS as f64 - mean * mean).square_root();
            let error = deviation / (DRAWS as f64).square_root();
            assert!(
                (mean - expected).abs() <= 6.0 * error,
                "{activation:?} {place}: {mean} {expected} {error}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn singular_values_of_semi_orthogonal_weights_are_their_scale(
        rows in 1..20_usize, columns in 1..20_usize, seed in any::<u64>(),
    ) {
        let weights = drawn(&[columns, rows], Initializer::SemiOrthogonal { sigma: 0.75_f64 }, seed, 0).layers()[0].weights.clone();
        let norms = Norms::of_matrix(&weights).unwrap();
        let noise = 8.0 * rows.max(columns) as f64 * f64::EPSILON;
        prop_assert!((norms.spectral().to_enclosure().midpoint() / 0.75 - 1.0).abs() < noise);
        let full = rows.min(columns) as f64;
        prop_assert!((norms.stable_rank().unwrap().to_enclosure().midpoint() / full - 1.0).abs() < 4.0 * noise);
        let gram = if rows >= columns { weights.tr_mul(&weights) } else { &weights * weights.transpose() };
        let identity = DMatrix::identity(gram.nrows(), gram.ncols()) * 0.5625;
        prop_assert!((gram - identity).amax() < noise);
    }
}
