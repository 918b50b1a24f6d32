// SPDX-License-Identifier: MIT OR Apache-2.0

//! A step allocates nothing once its memory is there. A program without the harness of tests: the count is that of the process.

#![allow(clippy::unwrap_used, clippy::std_instead_of_core, reason = "a test fails by panicking")]

use std::alloc::System;

use nalgebra::DMatrix;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use widthwise_network::{
    Activation, DirectionalChange, Input, LayerRule, Loss, Method, Network, Optimizer, Orthogonalization,
    Rule, Workspace,
};
use widthwise_spectral::NewtonSchulz;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let widths = [40, 50, 60, 3];
    for method in [
        Method::GradientDescent,
        Method::Momentum { decay: 0.9 },
        Method::Adam { first_decay: 0.9, second_decay: 0.99, epsilon: 1e-8 },
        Method::Sign,
        Method::SpectralNormalized,
        Method::Orthogonalized(Orthogonalization::Polar { tolerance: 1e-6, max_steps: 100 }),
        Method::Orthogonalized(Orthogonalization::NewtonSchulz { polynomial: NewtonSchulz::Muon, steps: 5 }),
    ] {
        for batch in [1, 6] {
            let mut network = Network::<f64>::with_biases(&widths, Activation::Gelu).unwrap();
            network.layers_mut().iter_mut().for_each(|layer| layer.weights.fill_with_identity());
            let rule = Rule::new(method, 0.01);
            let mut optimizer =
                Optimizer::new(&network, batch, &[LayerRule { weights: rule, bias: rule }; 3]).unwrap();
            let mut workspace = Workspace::new(&network, batch).unwrap();
            let mut change = DirectionalChange::new(&network, batch).unwrap();
            let input = DMatrix::from_fn(40, batch, |i, j| ((3 * i + 5 * j) % 7) as f64 - 3.0);
            let targets = DMatrix::repeat(3, batch, 1.0);
            let region = Region::new(ALLOCATOR);
            for _ in 0..3 {
                workspace
                    .step(&mut network, &mut optimizer, Input::Dense(&input), &Loss::SquaredError(&targets))
                    .unwrap();
                change.compute(&network, workspace.pass(), workspace.update()).unwrap();
            }
            let seen = region.change();
            assert_eq!((seen.allocations, seen.reallocations), (0, 0), "{method:?} {batch}");
        }
    }
}
