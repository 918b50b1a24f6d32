// SPDX-License-Identifier: MIT OR Apache-2.0

//! Perceptrons without biases, trained by each optimiser with the scales of the crate.

use nalgebra::DMatrix;
use widthwise_parametrization::{LayerScale, LogicalMatrix, Optimizer, WeightDecay};
use widthwise_rounding::Scalar;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Activation {
    Identity,
    Relu,
    Tanh,
}

impl Activation {
    fn value(self, x: f64) -> f64 {
        match self {
            Self::Identity => x,
            Self::Relu => x.greater(0.0),
            Self::Tanh => tanh(x),
        }
    }

    fn derivative(self, x: f64) -> f64 {
        match self {
            Self::Identity => 1.0,
            Self::Relu => f64::from(u8::from(x > 0.0)),
            Self::Tanh => 1.0 - tanh(x) * tanh(x),
        }
    }
}

/// A sigmoidal function of the shape of tanh; its exact values do not matter here.
fn tanh(x: f64) -> f64 {
    x / (1.0 + x * x).square_root()
}

#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) w: DMatrix<f64>,
    pub(crate) scale: LayerScale,
    first_moment: DMatrix<f64>,
    second_moment: DMatrix<f64>,
}

impl Layer {
    pub(crate) fn new(w: DMatrix<f64>, scale: LayerScale) -> Self {
        let zeros = DMatrix::zeros(w.nrows(), w.ncols());
        Self { w, scale, first_moment: zeros.clone(), second_moment: zeros }
    }

    pub(crate) fn effective(&self) -> DMatrix<f64> {
        &self.w * self.scale.multiplier
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) layers: Vec<Layer>,
    pub(crate) activation: Activation,
    pub(crate) optimizer: Optimizer,
    /// Factor of the loss.
    pub(crate) loss: f64,
}

const MOMENTUM: f64 = 0.875;

impl Network {
    /// The outputs, one column an example.
    pub(crate) fn output(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        self.forward(x).pop().expect("a network has layers").0
    }

    /// Pre-activation and input of each layer, the first layer first.
    fn forward(&self, x: &DMatrix<f64>) -> Vec<(DMatrix<f64>, DMatrix<f64>)> {
        let mut passed = Vec::new();
        let mut h = x.clone();
        for layer in &self.layers {
            let z = (&layer.w * &h) * layer.scale.multiplier;
            passed.push((z.clone(), h));
            h = z.map(|z| self.activation.value(z));
        }
        passed
    }

    /// The gradients with respect to the trained arrays, of `loss · ‖f − y‖²/2`.
    pub(crate) fn gradients(&self, x: &DMatrix<f64>, y: &DMatrix<f64>) -> Vec<DMatrix<f64>> {
        let passed = self.forward(x);
        let mut delta = (&passed.last().expect("a network has layers").0 - y) * self.loss;
        let mut gradients = Vec::new();
        for (index, (layer, (_, h))) in self.layers.iter().zip(&passed).enumerate().rev() {
            gradients.push((&delta * h.transpose()) * layer.scale.multiplier);
            if index > 0 {
                let below = (layer.w.transpose() * &delta) * layer.scale.multiplier;
                delta = below.zip_map(&passed[index - 1].0, |d, z| d * self.activation.derivative(z));
            }
        }
        gradients.reverse();
        gradients
    }

    /// Trains for some steps on one batch.
    pub(crate) fn train(&mut self, x: &DMatrix<f64>, y: &DMatrix<f64>, steps: i32) {
        for step in 1..=steps {
            for (layer, gradient) in self.gradients(x, y).into_iter().enumerate() {
                update(&mut self.layers[layer], gradient, self.optimizer, step);
            }
        }
    }
}

fn update(layer: &mut Layer, mut gradient: DMatrix<f64>, optimizer: Optimizer, step: i32) {
    let LayerScale { rate, epsilon, weight_decay, .. } = layer.scale;
    if let WeightDecay::Coupled(lambda) = weight_decay {
        gradient += &layer.w * lambda;
    }
    let direction = match optimizer {
        Optimizer::Sgd => {
            layer.first_moment = &layer.first_moment * MOMENTUM + gradient;
            layer.first_moment.clone()
        }
        Optimizer::Adam => {
            let second = 0.96875;
            layer.first_moment = &layer.first_moment * MOMENTUM + &gradient * (1.0 - MOMENTUM);
            layer.second_moment = &layer.second_moment * second + gradient.map(|g| g * g) * (1.0 - second);
            let [first, second] = [MOMENTUM, second].map(|beta| 1.0 - power(beta, step));
            layer.first_moment.zip_map(&layer.second_moment, |m, v| {
                let size = (v / second).square_root() + epsilon;
                if size == 0.0 { 0.0 } else { m / first / size }
            })
        }
        Optimizer::SignDescent => gradient.map(sign),
        Optimizer::Orthogonalized(factor) => {
            layer.first_moment = &layer.first_moment * MOMENTUM + gradient;
            let (m, n) = layer.w.shape();
            let matrix = LogicalMatrix::new(m, n).expect("dimensions are positive");
            orthogonalize(&layer.first_moment, 1e-10) * factor.monomial().at(matrix).expect("in range")
        }
        Optimizer::SpectrallyNormalized => {
            let norm = singular_values(&gradient)[0];
            if norm == 0.0 { gradient } else { gradient / norm }
        }
    };
    let shrink = match weight_decay {
        WeightDecay::TimesRate(lambda) => 1.0 - rate * lambda,
        WeightDecay::Independent(lambda) => 1.0 - lambda,
        WeightDecay::None | WeightDecay::Coupled(_) => 1.0,
    };
    layer.w = &layer.w * shrink - direction * rate;
}

fn sign(x: f64) -> f64 {
    f64::from(i8::from(x > 0.0) - i8::from(x < 0.0))
}

fn power(x: f64, exponent: i32) -> f64 {
    (0..exponent).fold(1.0, |product, _| product * x)
}

pub(crate) fn singular_values(a: &DMatrix<f64>) -> Vec<f64> {
    let mut values = nalgebra::DVector::zeros(a.nrows().min(a.ncols()));
    widthwise_linalg::singular_values(&mut a.clone(), &mut values, 60).expect("entries are finite");
    values.iter().copied().collect()
}

/// `UVᵀ` over the singular values above `threshold` times the largest.
pub(crate) fn orthogonalize(a: &DMatrix<f64>, threshold: f64) -> DMatrix<f64> {
    if a.nrows() < a.ncols() {
        return orthogonalize(&a.transpose(), threshold).transpose();
    }
    let (mut b, mut v) = (a.clone(), DMatrix::identity(a.ncols(), a.ncols()));
    widthwise_linalg::orthogonalize_columns(&mut b, &mut v, 60).expect("entries are finite");
    let norm = |b: &DMatrix<f64>, j| b.column(j).norm_squared().square_root();
    let least = norm(&b, 0) * threshold;
    for j in 0..b.ncols() {
        let norm = norm(&b, j);
        let factor = if norm > least { 1.0 / norm } else { 0.0 };
        b.column_mut(j).apply(|x| *x *= factor);
    }
    b * v.transpose()
}

/// Entries in (−1, 1), a function of a seed.
pub(crate) fn random_matrix(rows: usize, columns: usize, seed: u64) -> DMatrix<f64> {
    let mut state = seed;
    DMatrix::from_fn(rows, columns, |_, _| {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 * 2.0_f64.scale_exp2(-53) - 1.0
    })
}
