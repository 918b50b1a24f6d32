// SPDX-License-Identifier: MIT OR Apache-2.0

//! Losses of a batch and their gradients with respect to the outputs.
//!
//! The loss of a batch is the mean `𝓛 = (1/B) Σ_i 𝓛_i`. What travels backward is `δ_L^{(i)} = ∂𝓛_i/∂z_L^{(i)}`, *without* the
//! factor `1/B`, which the gradients of weights and biases carry (`spectral.batch.gradient`).

use nalgebra::DMatrix;
use widthwise_rounding::Scalar;

use crate::NetworkError;

/// A loss and its targets, one column or label for each example.
///
/// | | `𝓛_i` | `δ_L^{(i)}` |
/// | --- | --- | --- |
/// | linear | `⟨c_i, z_i⟩` | `c_i`: does not depend on the network |
/// | squared error | `½‖z_i − y_i‖²` | `z_i − y_i` |
/// | cross-entropy | `log Σ_k e^{z_k} − z_y` | `softmax(z_i) − e_y` |
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Loss<'a, T> {
    /// The inner product with fixed coefficients, `n_L × B`.
    Linear(&'a DMatrix<T>),
    /// Half the squared distance from targets, `n_L × B`.
    SquaredError(&'a DMatrix<T>),
    /// The negative logarithm of the softmax probability of a label, one label below `n_L` for each example.
    CrossEntropy(&'a [usize]),
}

impl<T: Scalar> Loss<'_, T> {
    /// Computes the mean loss of outputs `n_L × B` and writes `δ_L` for each example into `gradient`, of the same shape.
    ///
    /// Sums run over the outputs of an example and then over the examples, ascending, from zero; the mean is their sum
    /// divided by `B`. The softmax is taken relative to the largest output, so it neither overflows nor is it zero by
    /// zero. Exponentials and logarithms come from `libm` in binary64. The loss is infinite or NaN if its sum leaves
    /// the format.
    ///
    /// # Errors
    ///
    /// Fails if shapes differ, there is no example, or a label has no output.
    ///
    /// # Examples
    ///
    /// ```
    /// use nalgebra::{DMatrix, dmatrix};
    /// use widthwise_network::Loss;
    ///
    /// let outputs = dmatrix![1.0, 0.0; 1.0, 2.0];
    /// let mut gradient = DMatrix::zeros(2, 2);
    /// let loss = Loss::SquaredError(&dmatrix![1.0, 0.0; 0.0, 0.0]).evaluate(&outputs, &mut gradient)?;
    /// assert_eq!((loss, gradient), (1.25, dmatrix![0.0, 0.0; 1.0, 2.0]));
    ///
    /// // Two equal outputs: probability ½ each.
    /// let mut gradient = DMatrix::zeros(2, 1);
    /// let loss = Loss::CrossEntropy(&[0]).evaluate(&dmatrix![800.0; 800.0], &mut gradient)?;
    /// assert!((loss - 2.0_f64.ln()).abs() < 1e-15);
    /// assert_eq!(gradient, dmatrix![-0.5; 0.5]);
    /// # Ok::<(), widthwise_network::NetworkError>(())
    /// ```
    pub fn evaluate(&self, outputs: &DMatrix<T>, gradient: &mut DMatrix<T>) -> Result<T, NetworkError> {
        let (width, batch) = outputs.shape();
        NetworkError::require("examples", batch.max(1), batch)?;
        NetworkError::require("rows of the output gradient", width, gradient.nrows())?;
        NetworkError::require("columns of the output gradient", batch, gradient.ncols())?;
        let sum = match self {
            Self::Linear(coefficients) => {
                require_targets(coefficients, outputs)?;
                gradient.copy_from(coefficients);
                sum_of_terms(outputs, coefficients, |z, c| c * z)
            }
            Self::SquaredError(targets) => {
                require_targets(targets, outputs)?;
                for ((gradient, &z), &y) in gradient.iter_mut().zip(outputs.iter()).zip(targets.iter()) {
                    *gradient = z - y;
                }
                sum_of_terms(outputs, targets, |z, y| (z - y) * (z - y)) * T::power_of_two(-1)
            }
            Self::CrossEntropy(labels) => {
                NetworkError::require("labels", batch, labels.len())?;
                if let Some(&label) = labels.iter().find(|&&label| label >= width) {
                    return Err(NetworkError::index("label", width, label));
                }
                cross_entropy(outputs, labels, gradient)
            }
        };
        Ok(sum / T::from_count(batch))
    }
}

fn require_targets<T: Scalar>(targets: &DMatrix<T>, outputs: &DMatrix<T>) -> Result<(), NetworkError> {
    NetworkError::require("rows of the targets", outputs.nrows(), targets.nrows())?;
    NetworkError::require("columns of the targets", outputs.ncols(), targets.ncols())
}

/// The sum over the examples of sums over their outputs.
fn sum_of_terms<T: Scalar>(outputs: &DMatrix<T>, targets: &DMatrix<T>, term: impl Fn(T, T) -> T) -> T {
    let mut total = T::zero();
    for (outputs, targets) in outputs.column_iter().zip(targets.column_iter()) {
        let mut sum = T::zero();
        for (&z, &y) in outputs.iter().zip(targets.iter()) {
            sum += term(z, y);
        }
        total += sum;
    }
    total
}

fn cross_entropy<T: Scalar>(outputs: &DMatrix<T>, labels: &[usize], gradient: &mut DMatrix<T>) -> T {
    let mut total = T::zero();
    for (example, &label) in labels.iter().enumerate() {
        let outputs = outputs.column(example);
        let mut gradient = gradient.column_mut(example);
        let largest = outputs.iter().fold(-T::INFINITY, |largest, &z| largest.greater(z));
        // At least one term is 1.
        let mut sum = 0.0;
        for (gradient, &z) in gradient.iter_mut().zip(outputs.iter()) {
            let power = libm::exp((z - largest).to_f64());
            *gradient = T::from_f64(power);
            sum += power;
        }
        for gradient in gradient.iter_mut() {
            *gradient = T::from_f64(gradient.to_f64() / sum);
        }
        gradient[label] -= T::one();
        total += T::from_f64(libm::log(sum)) + (largest - outputs[label]);
    }
    total
}
