// SPDX-License-Identifier: MIT OR Apache-2.0

//! How long one step takes at large widths: the least of some runs, on one core.
//!
//! ```sh
//! cargo run --release -p widthwise-network --features std --example step_timing -- 4096
//! ```
//!
//! The first network has three layers, `16 – n – n – 4`, the second three of `n × n`.

use std::time::Instant;

use nalgebra::DMatrix;
use widthwise_network::{
    Activation, Address, Initializer, Input, LayerInitializer, LayerRule, Loss, Method, Network,
    NetworkError, Optimizer, Rule, Workspace,
};
use widthwise_rounding::Scalar;

fn main() -> Result<(), NetworkError> {
    let width = std::env::args().nth(1).and_then(|width| width.parse().ok()).unwrap_or(1024);
    for widths in [[16, width, width, 4], [width; 4]] {
        time::<f32>(&widths)?;
        time::<f64>(&widths)?;
    }
    Ok(())
}

fn time<T: Scalar>(widths: &[usize; 4]) -> Result<(), NetworkError> {
    let mut network = Network::<T>::new(widths, Activation::Relu)?;
    let layer = |fan_in| LayerInitializer {
        weights: Initializer::Gaussian { sigma: T::one() / T::from_count(fan_in).square_root() },
        bias: Initializer::Zero,
    };
    let address = Address { seed: 0, name: "step_timing", index: 0 };
    network.initialize(&[layer(widths[0]), layer(widths[1]), layer(widths[2])], address)?;
    let [first_decay, second_decay, epsilon] = [0.9, 0.999, 1e-8].map(T::from_f64);
    let methods = [
        ("gradient descent", Method::GradientDescent),
        ("Adam", Method::Adam { first_decay, second_decay, epsilon }),
        ("sign", Method::Sign),
        ("spectrally normalised", Method::SpectralNormalized),
    ];
    for (name, method) in methods {
        for batch in [1, 32] {
            let rule = Rule::new(method, T::from_f64(1e-6));
            let mut optimizer =
                Optimizer::new(&network, batch, &[LayerRule { weights: rule, bias: rule }; 3])?;
            let mut workspace = Workspace::new(&network, batch)?;
            let x = DMatrix::from_fn(widths[0], batch, |i, j| T::from_count((3 * i + 5 * j) % 7));
            let y = DMatrix::repeat(widths[3], batch, T::one());
            let mut least = f64::INFINITY;
            for _ in 0..4 {
                let start = Instant::now();
                workspace.step(&mut network, &mut optimizer, Input::Dense(&x), &Loss::SquaredError(&y))?;
                least = least.lesser(start.elapsed().as_secs_f64());
            }
            println!("{widths:?} {} batch {batch}, {name}: {least:.3} s", T::NAME);
        }
    }
    Ok(())
}
