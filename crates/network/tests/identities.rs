// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exact statements of the spectral condition, measured on networks.

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
use nalgebra::DMatrix;
use proptest::prelude::*;
use widthwise_network::{
    Activation, ChangeDecomposition, DirectionalChange, Input, LayerRule, Loss, Method, Norms, Optimizer,
    Parameters, Pass, Rule, Workspace, change_root_mean_square, root_mean_square,
};
use widthwise_rounding::{ScaledEnclosure, Verdict, gamma_upper};

/// A step of gradient descent with a rate of its own for each array; the case's network is moved.
fn descend(case: &mut Case<f64>) -> (Workspace<f64>, Vec<LayerRule<f64>>) {
    let batch = case.input.ncols();
    let rule = |rate| Rule::new(Method::GradientDescent, rate);
    let rules: Vec<_> = (0..case.network.layers().len())
        .map(|layer| LayerRule {
            weights: rule(0.01 / (1.0 + layer as f64)),
            bias: rule(0.02 + 0.01 * layer as f64),
        })
        .collect();
    let mut optimizer = Optimizer::new(&case.network, batch, &rules).unwrap();
    let mut workspace = Workspace::new(&case.network, batch).unwrap();
    let (input, targets, labels) = (case.input.clone(), case.targets.clone(), case.labels.clone());
    let loss = match case.loss {
        0 => Loss::Linear(&targets),
        1 => Loss::SquaredError(&targets),
        _ => Loss::CrossEntropy(&labels),
    };
    workspace.step(&mut case.network, &mut optimizer, Input::Dense(&input), &loss).unwrap();
    (workspace, rules)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// `spectral.update.no-cancellation`, in the stored weights and with biases.
    #[test]
    fn layers_never_cancel_each_other_to_first_order(plan in plans(6)) {
        let case = Case::<f64>::draw(&plan);
        let mut moved = case.clone();
        let (workspace, rules) = descend(&mut moved);
        let mut change = DirectionalChange::new(&case.network, plan.batch).unwrap();
        change.compute(&case.network, workspace.pass(), workspace.update()).unwrap();
        let mut contributions = 0.0;
        for (layer, rule) in rules.iter().enumerate() {
            let gradient = &workspace.gradient().layers()[layer];
            contributions += rule.weights.rate * gradient.weights.norm_squared();
            contributions += gradient.bias.as_ref().map_or(0.0, |bias| rule.bias.rate * bias.norm_squared());
            let signals = &workspace.pass().backward_signals()[layer];
            let sum = signals.dot(&change.preactivations()[layer]);
            let expected = -(plan.batch as f64) * contributions;
            let scale = signals.norm() * change.preactivations()[layer].norm() + contributions;
            prop_assert!((sum - expected).abs() <= 1e-11 * scale, "{} {}", sum, expected);
        }
    }

    /// `spectral.update-alignment.rank-one` and `spectral.norms.rank-one`, decided by enclosures.
    #[test]
    fn updates_of_one_example_are_aligned_with_what_made_them(mut plan in plans(6)) {
        plan.batch = 1;
        let case = Case::<f64>::draw(&plan);
        let mut moved = case.clone();
        let (workspace, rules) = descend(&mut moved);
        for (layer, rule) in rules.iter().enumerate() {
            let update = &workspace.update().layers()[layer].weights;
            let h = workspace.pass().layer_input(layer).unwrap();
            if update.iter().all(|x| *x == 0.0) {
                continue;
            }
            let dense = Norms::of_matrix(update).unwrap();
            let alignment = dense.alignment(update, &h.column(0)).unwrap();
            // The entries of the stored update are rounded twice.
            prop_assert!(alignment.relative_difference(&ScaledEnclosure::one()) < 1e-14);
            prop_assert!(dense.stable_rank().unwrap().relative_difference(&ScaledEnclosure::one()) < 1e-14);
            let factored = Norms::of_gradient(&case.network, workspace.pass(), layer).unwrap().spectral();
            let factored = ScaledEnclosure::point(rule.weights.rate).unwrap() * factored;
            prop_assert!(dense.spectral().relative_difference(&factored) < 1e-14);
        }
    }

    /// `spectral.batch.gradient`: stable rank at most the batch, and norms by factors are those of the matrix.
    #[test]
    fn gradients_of_a_batch_have_the_norms_of_their_factors(plan in plans(6)) {
        let mut case = Case::<f64>::draw(&plan);
        let before = case.network.clone();
        let (workspace, _) = descend(&mut case);
        for (layer, gradient) in workspace.gradient().layers().iter().enumerate() {
            let dense = Norms::of_matrix(&gradient.weights).unwrap();
            let factored = Norms::of_gradient(&before, workspace.pass(), layer).unwrap();
            let (d, h) = (&workspace.pass().backward_signals()[layer], workspace.pass().layer_input(layer).unwrap());
            let most = d.norm() * h.norm() * before.multipliers()[layer];
            let distance = |x: ScaledEnclosure<f64>, y: ScaledEnclosure<f64>| {
                (x.to_enclosure().midpoint() - y.to_enclosure().midpoint()).abs()
            };
            prop_assert!(distance(dense.spectral(), factored.spectral()) <= 1e-12 * most);
            prop_assert!(distance(dense.frobenius(), factored.frobenius()) <= 1e-12 * most);
            if let Ok(rank) = dense.stable_rank() {
                prop_assert!(rank.to_enclosure().midpoint() <= plan.batch as f64 * (1.0 + 1e-12));
            }
        }
    }

    /// `spectral.update-decomposition`, componentwise within the stated bound.
    #[test]
    fn changes_are_the_sum_of_their_three_parts(plan in plans(6)) {
        let case = Case::<f64>::draw(&plan);
        let mut moved = case.clone();
        let (workspace, _) = descend(&mut moved);
        let mut after = Pass::new(&case.network, plan.batch).unwrap();
        after.forward(&moved.network, Input::Dense(&case.input)).unwrap();
        let before = workspace.pass();
        for (layer, own) in case.network.layers().iter().enumerate() {
            let change = ChangeDecomposition::new(&case.network, workspace.update(), before, &after, layer).unwrap();
            let sum = &change.from_features + &change.from_update + &change.from_both;
            let (h, h_after) = (before.layer_input(layer).unwrap(), after.layer_input(layer).unwrap());
            let (w, update) = (&own.weights, &workspace.update().layers()[layer].weights);
            let multiplier = case.network.multipliers()[layer];
            let expected = ((w + update) * h_after - w * h) * multiplier;
            let size = (w.abs() + update.abs()) * (h.abs() + (h_after - h).abs()) + w.abs() * h.abs();
            let bound = size * (gamma_upper::<f64>(2 * h.nrows() + 8) * multiplier * 2.0);
            for ((found, expected), bound) in sum.iter().zip(expected.iter()).zip(bound.iter()) {
                prop_assert!((found - expected).abs() <= *bound + 1e-300, "{} {}", found, expected);
            }
        }
    }

    /// `spectral.condition.upper`: any update, no gradient needed.
    #[test]
    fn natural_norms_bound_features_and_their_changes(mut plan in plans(5), lipschitz in 0..5_usize) {
        plan.biases = false;
        plan.activation = [
            Activation::Identity, Activation::Relu, Activation::LeakyRelu { slope: 0.25 }, Activation::Tanh,
            Activation::Sine,
        ][lipschitz];
        let case = Case::<f64>::draw(&plan);
        let update = Case::<f64>::draw(&Plan { seed: plan.seed.wrapping_add(1), ..plan.clone() }).network;
        let mut moved = case.network.clone();
        let mut step = Parameters::zeros_like(&moved);
        for (step, update) in step.layers_mut().iter_mut().zip(update.layers()) {
            step.weights.copy_from(&update.weights);
        }
        moved.apply(&step).unwrap();
        let (mut before, mut after) = (Pass::new(&moved, plan.batch).unwrap(), Pass::new(&moved, plan.batch).unwrap());
        before.forward(&case.network, Input::Dense(&case.input)).unwrap();
        after.forward(&moved, Input::Dense(&case.input)).unwrap();
        let (mut product, mut moved_product) = (ScaledEnclosure::one(), ScaledEnclosure::one());
        let input = root_mean_square(&case.input).unwrap();
        for (layer, own) in case.network.layers().iter().enumerate() {
            let multiplier = ScaledEnclosure::point(case.network.multipliers()[layer]).unwrap();
            let natural = |weights: &DMatrix<f64>| multiplier * Norms::of_matrix(weights).unwrap().natural();
            let (w, u) = (natural(&own.weights), natural(&step.layers()[layer].weights));
            product = product * w;
            moved_product = moved_product * (w + u);
            let features = before.features().get(layer).unwrap_or(before.output());
            let moved_features = after.features().get(layer).unwrap_or(after.output());
            let slack = ScaledEnclosure::point(1.0 + 1e-12).unwrap();
            let size = root_mean_square(features).unwrap();
            prop_assert_ne!(size.is_at_most(&(product * input * slack)), Verdict::Refuted);
            let change = change_root_mean_square(features, moved_features).unwrap();
            let most = (moved_product * slack - product) * input;
            prop_assert_ne!(change.is_at_most(&most), Verdict::Refuted);
        }
    }

    #[test]
    fn binary32_follows_binary64(mut plan in plans(5)) {
        if plan.activation == Activation::Square {
            plan.activation = Activation::Sine;
        }
        let (mut case, mut narrow) = (Case::<f64>::draw(&plan), Case::<f32>::draw(&plan));
        let batch = plan.batch;
        let mut wide = Workspace::new(&case.network, batch).unwrap();
        let mut small = Workspace::new(&narrow.network, batch).unwrap();
        let depth = case.network.layers().len();
        let rule = Rule::new(Method::GradientDescent, 0.0625);
        let mut one = Optimizer::new(&case.network, batch, &vec![LayerRule { weights: rule, bias: rule }; depth]).unwrap();
        let rule = Rule::new(Method::GradientDescent, 0.0625_f32);
        let mut two = Optimizer::new(&narrow.network, batch, &vec![LayerRule { weights: rule, bias: rule }; depth]).unwrap();
        let (data, narrow_data) = (case.clone(), narrow.clone());
        let x = wide.step(&mut case.network, &mut one, Input::Dense(&data.input), &data.loss()).unwrap();
        let y = small.step(&mut narrow.network, &mut two, Input::Dense(&narrow_data.input), &narrow_data.loss()).unwrap();
        prop_assert!((x - f64::from(y)).abs() <= 1e-4 * (1.0 + x.abs()), "{} {}", x, y);
    }
}

#[test]
fn later_features_see_a_smaller_part_of_the_update_than_those_that_made_it() {
    // The control of the alignment: h + Δh in place of h.
    let plan = Plan {
        widths: vec![4, 6, 5],
        batch: 1,
        activation: Activation::Tanh,
        biases: false,
        loss: 1,
        seed: 11,
    };
    let mut case = Case::<f64>::draw(&plan);
    let (input, network) = (case.input.clone(), case.network.clone());
    let (workspace, _) = descend(&mut case);
    let mut after = Pass::new(&network, 1).unwrap();
    after.forward(&case.network, Input::Dense(&input)).unwrap();
    let update = &workspace.update().layers()[1].weights;
    let norms = Norms::of_matrix(update).unwrap();
    let alignment = norms.alignment(update, &after.layer_input(1).unwrap().column(0)).unwrap();
    assert_eq!(ScaledEnclosure::one().is_at_most(&alignment), Verdict::Refuted);
}
