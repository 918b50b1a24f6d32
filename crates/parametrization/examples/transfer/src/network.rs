// SPDX-License-Identifier: MIT OR Apache-2.0

//! A perceptron whose scales and rates a plan decides.

use burn::module::Param;
use burn::prelude::*;
use burn::tensor::Distribution;
use burn::tensor::activation::tanh;
use widthwise_parametrization::{Initial, Parameter, ParametrizationError, Plan, Role, Row, Shape};

/// Numbers of an input.
pub const INPUTS: usize = 16;

/// The parameters of the network of this width, in the order of their use: all that a plan needs to know.
pub fn parameters(width: usize) -> [Parameter<'static>; 5] {
    let dense = |fan_out, fan_in| Shape::Dense { fan_out, fan_in };
    [
        Parameter::new("input.weight", Role::Input, dense(width, INPUTS)),
        Parameter::new("input.bias", Role::Bias, Shape::Bias { width }),
        Parameter::new("hidden.weight", Role::Hidden, dense(width, width)),
        Parameter::new("hidden.bias", Role::Bias, Shape::Bias { width }),
        Parameter::new("output.weight", Role::Output, dense(1, width)),
    ]
}

/// A perceptron with two hidden layers and one output. A weight has a row an input, as products from the right ask for.
#[derive(Module, Debug)]
pub struct Network {
    weights: Vec<Param<Tensor<2>>>,
    biases: Vec<Param<Tensor<2>>>,
    /// The multipliers of the weights, which are not trained.
    #[module(skip)]
    multipliers: Vec<f64>,
}

/// The rate of a parameter.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// The parameter.
    pub id: burn::module::ParamId,
    /// Its rate.
    pub rate: f64,
}

impl Network {
    /// The network at its initialisation, and the rates of its parameters.
    ///
    /// # Errors
    ///
    /// Fails if the rule of the plan has no number for a parameter.
    pub fn planned(
        plan: &Plan<'_>,
        width: usize,
        device: &Device,
    ) -> Result<(Self, Vec<Rate>), ParametrizationError> {
        let mut network = Self { weights: Vec::new(), biases: Vec::new(), multipliers: Vec::new() };
        let mut rates = Vec::new();
        for parameter in parameters(width) {
            let row = plan.row(&parameter)?;
            let param = Param::from_tensor(initial(&row, device));
            rates.push(Rate { id: param.id, rate: row.layer.rate });
            if matches!(row.role, Role::Bias | Role::OutputBias) {
                network.biases.push(param);
            } else {
                network.weights.push(param);
                network.multipliers.push(row.layer.multiplier);
            }
        }
        Ok((network, rates))
    }

    /// The outputs, a row an input.
    pub fn forward(&self, inputs: Tensor<2>) -> Tensor<2> {
        let mut features = inputs;
        for (layer, (weight, multiplier)) in self.weights.iter().zip(&self.multipliers).enumerate() {
            let products = features.matmul(weight.val()) * *multiplier;
            features = match self.biases.get(layer) {
                Some(bias) => tanh(products + bias.val()),
                None => products,
            };
        }
        features
    }
}

/// The trained array of a row of the plan. Biases start at zero, whatever the rule permits.
fn initial(row: &Row<'_>, device: &Device) -> Tensor<2> {
    let shape = [row.matrix.fan_in(), row.matrix.fan_out()];
    match row.layer.initial {
        Initial::Gaussian(deviation) if row.role != Role::Bias => {
            Tensor::random(shape, Distribution::Normal(0.0, deviation), device)
        }
        _ => Tensor::zeros(shape, device),
    }
}
