// SPDX-License-Identifier: MIT OR Apache-2.0

//! Invariances of trajectories. Those under powers of two are equalities of bits; the others, of matrices within the
//! rounding of a thousand operations in a row, where a wrong rule is off by more than a hundredth.

use nalgebra::DMatrix;
use proptest::prelude::*;
use widthwise_parametrization::{
    Constants, Initial, LayerScale, LogicalMatrix, Optimizer, Role, Rule, ShapeFactor, UpdateFamily,
    WeightDecay, rules,
};
use widthwise_rounding::{Scalar, gamma_upper};

use crate::network::{Activation, Layer, Network, orthogonalize, random_matrix, singular_values};

const OPTIMIZERS: [Optimizer; 6] = [
    Optimizer::Sgd,
    Optimizer::Adam,
    Optimizer::SignDescent,
    Optimizer::Orthogonalized(ShapeFactor::One),
    Optimizer::Orthogonalized(ShapeFactor::SpectralMax),
    Optimizer::SpectrallyNormalized,
];

/// Those that see no axes.
const EQUIVARIANT: [Optimizer; 3] =
    [Optimizer::Sgd, Optimizer::Orthogonalized(ShapeFactor::RmsToRms), Optimizer::SpectrallyNormalized];

fn optimizer() -> impl Strategy<Value = Optimizer> {
    prop::sample::select(&OPTIMIZERS[..])
}

fn decay() -> impl Strategy<Value = WeightDecay> {
    prop::sample::select(vec![
        WeightDecay::None,
        WeightDecay::Coupled(0.0625),
        WeightDecay::TimesRate(0.25),
        WeightDecay::Independent(0.03125),
    ])
}

fn activation() -> impl Strategy<Value = Activation> {
    prop::sample::select(vec![Activation::Identity, Activation::Relu, Activation::Tanh])
}

const PLAIN: LayerScale = LayerScale {
    multiplier: 1.0,
    initial: Initial::Gaussian(1.0),
    rate: 0.05,
    epsilon: 1e-3,
    weight_decay: WeightDecay::None,
};

/// A network of given widths with one scale for all layers; inputs and targets of two examples.
fn network(
    widths: &[usize],
    scale: LayerScale,
    optimizer: Optimizer,
    activation: Activation,
    seed: u64,
) -> (Network, DMatrix<f64>, DMatrix<f64>) {
    let layers = (0..widths.len() - 1)
        .map(|l| Layer::new(random_matrix(widths[l + 1], widths[l], seed ^ (l as u64 + 1)), scale));
    let network = Network { layers: layers.collect(), activation, optimizer, loss: 1.0 };
    let ends = [widths[0], widths[widths.len() - 1]];
    let [x, y] = [0, 1].map(|end| random_matrix(ends[end], 2, seed ^ (77 + end as u64)));
    (network, x, y)
}

fn trained(mut network: Network, x: &DMatrix<f64>, y: &DMatrix<f64>, steps: i32) -> DMatrix<f64> {
    network.train(x, y, steps);
    network.output(x)
}

/// The network with other multipliers, its arrays and scales moved by the conversion for `optimizer`.
fn with_multipliers(network: &Network, multipliers: &[f64], optimizer: Optimizer) -> Network {
    let mut moved = network.clone();
    for (layer, &multiplier) in moved.layers.iter_mut().zip(multipliers) {
        let theta = multiplier / layer.scale.multiplier;
        let scale = layer.scale.with_multiplier(multiplier, optimizer).expect("powers of two");
        *layer = Layer::new(&layer.w / theta, scale);
    }
    moved
}

fn distance(a: &DMatrix<f64>, b: &DMatrix<f64>) -> f64 {
    let largest = a.amax().greater(b.amax());
    if largest == 0.0 { 0.0 } else { (a - b).amax() / largest }
}

/// A thousand roundings in a row.
fn rounding() -> f64 {
    gamma_upper(1000)
}

fn scalar_network(multiplier: f64, w: f64, rate: f64, optimizer: Optimizer) -> Network {
    let scale = LayerScale { multiplier, rate, epsilon: 0.0, ..PLAIN };
    let layers = vec![Layer::new(DMatrix::from_element(1, 1, w), scale)];
    Network { layers, activation: Activation::Identity, optimizer, loss: 1.0 }
}

#[test]
fn l1_l2_worked_numbers_of_one_weight() {
    // W = 1, x = 2, y = 3: the gradient is −2. Rate 1/10 gives 1.2 under SGD and 1.1 under sign descent and Adam.
    let [x, y] = [2.0, 3.0].map(|value| DMatrix::from_element(1, 1, value));
    for (optimizer, rate, after) in
        [(Optimizer::Sgd, 0.00625, 1.2), (Optimizer::SignDescent, 0.025, 1.1), (Optimizer::Adam, 0.025, 1.1)]
    {
        let plain = scalar_network(1.0, 1.0, 0.1, optimizer);
        let mut moved = with_multipliers(&plain, &[4.0], optimizer);
        assert_eq!(moved.layers[0].w[0], 0.25);
        assert_eq!(moved.layers[0].scale.rate, rate);
        let gradient = if optimizer == Optimizer::Sgd { -8.0 } else { -1.0 };
        assert!(optimizer != Optimizer::Sgd || moved.gradients(&x, &y)[0][0] == gradient);
        moved.train(&x, &y, 1);
        let mut plain = plain;
        plain.train(&x, &y, 1);
        assert_eq!(moved.layers[0].effective()[0], plain.layers[0].w[0]);
        assert!((plain.layers[0].w[0] - after).abs() <= f64::EPSILON);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn l1_l2_multipliers_are_folded_into_start_and_rate(
        widths in prop::collection::vec(1_usize..7, 3..5), powers in prop::collection::vec(-7_i32..8, 4),
        optimizer in optimizer(), decay in decay(), activation in activation(), seed in any::<u64>(),
    ) {
        let scale = LayerScale { weight_decay: decay, ..PLAIN };
        let (plain, x, y) = network(&widths, scale, optimizer, activation, seed);
        let multipliers: Vec<f64> = powers.into_iter().map(f64::power_of_two).collect();
        let moved = with_multipliers(&plain, &multipliers, optimizer);
        let back = with_multipliers(&moved, &vec![1.0; widths.len() - 1], optimizer);
        for (layer, original) in back.layers.iter().zip(&plain.layers) {
            prop_assert_eq!((&layer.w, layer.scale), (&original.w, original.scale));
        }
        prop_assert_eq!(trained(plain, &x, &y, 6), trained(moved, &x, &y, 6));
    }

    // Controls: the conversion of the other family; ε and a loss term left behind.
    #[test]
    fn l1_l2_controls_with_another_power_differ(
        n in 2_usize..6, power in 1_i32..4, optimizer in optimizer(), seed in any::<u64>(),
    ) {
        let (plain, x, y) = network(&[3, n, 2], PLAIN, optimizer, Activation::Tanh, seed);
        let theta = f64::power_of_two(power);
        let expected = trained(plain.clone(), &x, &y, 1);
        let other = if optimizer == Optimizer::Sgd { Optimizer::SignDescent } else { Optimizer::Sgd };
        let wrong = with_multipliers(&plain, &[theta; 2], other);
        prop_assert!(distance(&expected, &trained(wrong, &x, &y, 1)) > 1e-6);
        if optimizer == Optimizer::Adam {
            let mut wrong = with_multipliers(&plain, &[theta; 2], optimizer);
            for layer in &mut wrong.layers {
                layer.scale.epsilon = PLAIN.epsilon;
            }
            prop_assert!(distance(&expected, &trained(wrong, &x, &y, 1)) > 0.0);
        }
    }

    #[test]
    fn l3_the_three_tables_train_the_same_network(
        wide in any::<bool>(), optimizer in optimizer(),
        epsilon in prop::sample::select(vec![0.0, 1e-8]), seed in any::<u64>(),
    ) {
        // Orthogonalising 64 × 64 matrices is slow in a debug build.
        let n = if wide && optimizer.family() != UpdateFamily::Spectral { 64 } else { 16 };
        let outputs = [&rules::TABLE_3, &rules::TABLE_8, &rules::TABLE_9]
            .map(|rule| train_under(rule, rule, n, optimizer, epsilon, seed));
        prop_assert_eq!(&outputs[0], &outputs[1]);
        prop_assert_eq!(&outputs[0], &outputs[2]);
        // Control: the multipliers and starts of Table 8 with the rates of Table 3.
        let mixed = train_under(&rules::TABLE_8, &rules::TABLE_3, n, optimizer, epsilon, seed);
        prop_assert!(distance(&outputs[0], &mixed) > 1e-3);
    }

    #[test]
    fn l11_normalised_updates_do_not_see_the_scale_of_the_loss(
        widths in prop::collection::vec(1_usize..7, 3..5), power in 1_i32..40,
        optimizer in optimizer(), seed in any::<u64>(),
    ) {
        let (plain, x, y) = network(&widths, PLAIN, optimizer, Activation::Tanh, seed);
        let c = f64::power_of_two(power);
        let mut scaled = Network { loss: c, ..plain.clone() };
        for layer in &mut scaled.layers {
            match optimizer {
                Optimizer::Sgd => layer.scale.rate /= c,
                Optimizer::Adam => layer.scale.epsilon *= c,
                _ => {}
            }
        }
        let expected = trained(plain.clone(), &x, &y, 4);
        prop_assert_eq!(&expected, &trained(scaled, &x, &y, 4));
        // Control: SGD with its rate unchanged.
        let wrong = Network { loss: c, optimizer: Optimizer::Sgd, ..plain.clone() };
        let plain = Network { optimizer: Optimizer::Sgd, ..plain };
        let gradients = plain.gradients(&x, &y);
        prop_assert!(gradients[0].amax() == 0.0 || trained(plain, &x, &y, 1) != trained(wrong, &x, &y, 1));
    }

    #[test]
    fn l12_neurons_can_be_permuted(
        n in 2_usize..7, turn in 1_usize..6, optimizer in optimizer(), activation in activation(), seed in any::<u64>(),
    ) {
        let (plain, x, y) = network(&[3, n, 2], PLAIN, optimizer, activation, seed);
        let permutation = DMatrix::from_fn(n, n, |i, j| f64::from(u8::from(i == (j + turn) % n)));
        let difference = step_distance(&plain, &permutation, &x, &y);
        prop_assert!(difference <= rounding(), "{}", difference);
        // Control: the layer above is not permuted along. (The output of rectified units may be zero.)
        if turn % n != 0 && activation != Activation::Relu {
            let mut wrong = plain.clone();
            wrong.layers[0].w = &permutation * &wrong.layers[0].w;
            prop_assert!(distance(&plain.output(&x), &wrong.output(&x)) > rounding());
        }
    }

    #[test]
    fn l13_hidden_units_of_linear_networks_can_be_rotated_unless_updates_are_entrywise(
        n in 2_usize..6, optimizer in prop::sample::select(&EQUIVARIANT[..]), seed in any::<u64>(),
    ) {
        let (plain, x, y) = network(&[4, n, 3], PLAIN, optimizer, Activation::Identity, seed);
        let rotation = orthogonalize(&random_matrix(n, n, !seed), 0.0);
        // Orthogonalisation is as well conditioned as the least of the singular values above its threshold.
        let well = plain.gradients(&x, &y).iter().all(|g| singular_values(g)[1] > 1e-3 * singular_values(g)[0]);
        let rotated = orthogonal_defect(&rotation) <= rounding();
        prop_assume!(rotated && well);
        let difference = step_distance(&plain, &rotation, &x, &y);
        prop_assert!(difference <= 1e4 * rounding(), "{}", difference);
    }

    #[test]
    fn l14_orthogonalisation_over_the_range_is_equivariant(
        rank in 1_usize..4, extra in 1_usize..4, seed in any::<u64>(),
    ) {
        let n = rank + extra;
        let g = random_matrix(n, rank, seed) * random_matrix(rank, n, seed ^ 5);
        let values = singular_values(&g);
        let rotation = orthogonalize(&random_matrix(n, n, !seed), 0.0);
        prop_assume!(values[rank - 1] > 1e-3 * values[0] && orthogonal_defect(&rotation) <= rounding());
        let (of_rotated, rotated) =
            (orthogonalize(&(&rotation * &g), 1e-10), &rotation * orthogonalize(&g, 1e-10));
        prop_assert!((of_rotated - rotated).amax() <= 1e4 * rounding());
    }
}

/// Trains 4–n–n–2 with the multipliers and starts of one rule and the rates of another.
fn train_under(
    start: &Rule,
    rates: &Rule,
    n: usize,
    optimizer: Optimizer,
    epsilon: f64,
    seed: u64,
) -> DMatrix<f64> {
    let constants = Constants { rate: 0.125, epsilon, ..Constants::UNIT };
    let widths = [4, n, n, 2];
    let roles = [Role::Input, Role::Hidden, Role::Output];
    let layers = roles.into_iter().enumerate().map(|(l, role)| {
        let matrix = LogicalMatrix::new(widths[l + 1], widths[l]).expect("dimensions are positive");
        let layer =
            |rule: &Rule| rule.layer(role, matrix, optimizer, &constants).expect("the tables are complete");
        let scale = LayerScale { rate: layer(rates).rate, ..layer(start) };
        let sigma = scale.initial.scale().expect("the tables draw entries");
        Layer::new(random_matrix(widths[l + 1], widths[l], seed ^ (l as u64 + 1)) * sigma, scale)
    });
    let network = Network { layers: layers.collect(), activation: Activation::Tanh, optimizer, loss: 1.0 };
    let [x, y] = [(4, 77), (2, 78)].map(|(rows, salt)| random_matrix(rows, 2, seed ^ salt));
    trained(network, &x, &y, 5)
}

/// The relative distance, after one step, between the network and the one whose hidden units were mapped by an
/// orthogonal matrix before it.
fn step_distance(plain: &Network, q: &DMatrix<f64>, x: &DMatrix<f64>, y: &DMatrix<f64>) -> f64 {
    let mut mapped = plain.clone();
    mapped.layers[0].w = q * &mapped.layers[0].w;
    mapped.layers[1].w = &mapped.layers[1].w * q.transpose();
    let mut plain = plain.clone();
    plain.train(x, y, 1);
    mapped.train(x, y, 1);
    let first = distance(&(q * &plain.layers[0].w), &mapped.layers[0].w);
    first.greater(distance(&plain.layers[1].w, &(&mapped.layers[1].w * q)))
}

fn orthogonal_defect(q: &DMatrix<f64>) -> f64 {
    (q.transpose() * q - DMatrix::identity(q.ncols(), q.ncols())).amax()
}

#[test]
fn l13_controls_entrywise_updates_and_other_activations_see_the_axes() {
    let rotation = DMatrix::from_row_slice(2, 2, &[0.6, -0.8, 0.8, 0.6]);
    for (optimizer, activation, equivariant) in [
        (Optimizer::Sgd, Activation::Identity, true),
        (Optimizer::Orthogonalized(ShapeFactor::RmsToRms), Activation::Identity, true),
        (Optimizer::SpectrallyNormalized, Activation::Identity, true),
        (Optimizer::SignDescent, Activation::Identity, false),
        (Optimizer::Adam, Activation::Identity, false),
        (Optimizer::Sgd, Activation::Relu, false),
    ] {
        let (plain, x, y) = network(&[3, 2, 2], PLAIN, optimizer, activation, 20);
        let difference = step_distance(&plain, &rotation, &x, &y);
        assert_eq!(difference <= rounding(), equivariant, "{optimizer} {activation:?} {difference}");
        assert!(equivariant || difference > 0.01, "{optimizer} {activation:?} {difference}");
    }
}

#[test]
fn l14_control_directions_of_the_null_space_are_arbitrary() {
    let g = random_matrix(4, 3, 1) * random_matrix(3, 4, 2);
    let rotation =
        DMatrix::from_row_slice(4, 4, &[0.6, -0.8, 0., 0., 0.8, 0.6, 0., 0., 0., 0., 1., 0., 0., 0., 0., 1.]);
    let defect = |threshold| {
        (orthogonalize(&(&rotation * &g), threshold) - &rotation * orthogonalize(&g, threshold)).amax()
    };
    assert!(defect(1e-10) <= rounding());
    assert!(defect(0.0) > 0.01);
}
