// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where the weights come from: this training gives them, to the bit, on every machine.
//!
//! After a change that is meant, `WIDTHWISE_BLESS=1 cargo test -p magnitude --test training` writes `src/weights.rs` anew.

#![allow(clippy::expect_used, clippy::std_instead_of_core, reason = "a test fails by panicking")]

use std::fmt::Write;

use nalgebra::DMatrix;
use widthwise_network::{
    Activation, Address, Decay, Initializer, Input, LayerInitializer, LayerRule, Loss, Method, Network,
    NetworkError, Optimizer, Rule, Workspace,
};
use widthwise_rounding::Scalar;
use widthwise_sampling::Stream;

const WIDTHS: [usize; 4] = [3, 8, 8, 1];
const BATCH: usize = 32;
const STEPS: u64 = 2000;
const SEED: u64 = 11;

const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/weights.rs");

const HEAD: &str = "// SPDX-License-Identifier: MIT OR Apache-2.0

//! The weights, written by the test `training`: see there.

use crate::Layer;

/// The layers, from the input to the output.
#[rustfmt::skip]
pub static LAYERS: [Layer<'static>; 3] = [
";

/// A network without biases, trained by Adam with decay on accelerations whose axes are independent normal numbers.
fn trained() -> Result<Network<f64>, NetworkError> {
    let mut network = Network::new(&WIDTHS, Activation::Relu)?;
    let layer =
        LayerInitializer { weights: Initializer::SemiOrthogonal { sigma: 1.0 }, bias: Initializer::Zero };
    network.initialize(&[layer; 3], Address { seed: SEED, name: "magnitude", index: 0 })?;
    let method = Method::Adam { first_decay: 0.9, second_decay: 0.99, epsilon: 1e-8 };
    let rule = Rule { decay: Decay::Decoupled(0.2), ..Rule::new(method, 0.01) };
    let mut optimizer = Optimizer::new(&network, BATCH, &[LayerRule { weights: rule, bias: rule }; 3])?;
    let mut workspace = Workspace::new(&network, BATCH)?;
    for step in 0..STEPS {
        let mut stream = Stream::new(SEED, "accelerations", step);
        let axes = DMatrix::from_fn(3, BATCH, |_, _| stream.normal());
        let magnitudes = DMatrix::from_fn(1, BATCH, |_, example| {
            axes.column(example).iter().map(|axis| axis * axis).sum::<f64>().square_root()
        });
        workspace.step(
            &mut network,
            &mut optimizer,
            Input::Dense(&axes),
            &Loss::SquaredError(&magnitudes),
        )?;
    }
    Ok(network)
}

/// The layer in integers of eight bits, symmetrically: the largest weight becomes 127.
#[expect(
    clippy::cast_possible_truncation,
    reason = "scales are rounded to binary32, integers lie within ±127"
)]
fn quantised(weights: &DMatrix<f64>) -> String {
    let largest = weights.iter().fold(0.0, |largest: f64, weight| largest.greater(weight.magnitude()));
    let scale = (largest / 127.0) as f32;
    let mut text = format!(
        "    Layer {{ outputs: {}, inputs: {}, scale: {scale:e}, weights: &[\n",
        weights.nrows(),
        weights.ncols()
    );
    for row in weights.row_iter() {
        let integers = row.iter().map(|weight| format!("{:.0},", weight / f64::from(scale)));
        writeln!(text, "        {}", integers.collect::<Vec<_>>().join(" "))
            .expect("a string can be written");
    }
    text + "    ] },\n"
}

#[test]
fn the_weights_are_those_of_this_training() {
    let network = trained().expect("no number leaves the format");
    let mut found = HEAD.to_owned();
    for layer in network.layers() {
        found += &quantised(&layer.weights);
    }
    found += "];\n";
    if std::env::var_os("WIDTHWISE_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(WEIGHTS, &found).expect("the weights can be written");
    }
    let kept = std::fs::read_to_string(WEIGHTS).expect("the weights are there");
    assert!(
        kept == found,
        "if the change is meant: WIDTHWISE_BLESS=1 cargo test -p magnitude --test training\n{found}"
    );
}
