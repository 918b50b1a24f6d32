// SPDX-License-Identifier: MIT OR Apache-2.0

//! Initial weights from addressable streams.
//!
//! Every column has a stream of its own, so a matrix of any size is drawn within the length of a stream, and a wider
//! layer begins with the numbers of a narrower one. The stream of column `j` of layer `ℓ` (from zero) of
//! `Address { seed, name, index }` is `Stream::new(seed, "name/index/ℓ/weights", j)`, and of a bias
//! `Stream::new(seed, "name/index/ℓ/bias", 0)`.

use alloc::format;
use alloc::vec;

use nalgebra::{DMatrix, DMatrixViewMut, DVectorView};
use widthwise_linalg::reflect_columns;
use widthwise_rounding::Scalar;
use widthwise_sampling::Stream;

use crate::{Network, NetworkError};

/// Rows of a column that fit the stream of one index, with room to spare: a normal number takes 2.5 words of 2²⁰.
const LONGEST_COLUMN: usize = 1 << 18;

/// How an array begins.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Initializer<T> {
    /// Zeros: biases, and output weights that remove the transient of the first step.
    Zero,
    /// Independent normal numbers of mean zero and standard deviation `sigma`: `σ · x` for a draw `x` rounded to the format.
    Gaussian {
        /// The standard deviation `σ`.
        sigma: T,
    },
    /// `σ Q` with `QᵀQ = 1`, or `QQᵀ = 1` if there are more columns than rows, uniformly distributed: all singular
    /// values are `σ`, to about `4 max(m, n) u` (`spectral.init.semi-orthogonal`). `4ls²` operations for `s = min(m, n)`, `l = max(m, n)`.
    SemiOrthogonal {
        /// The singular value `σ`.
        sigma: T,
    },
}

/// How the arrays of a layer begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerInitializer<T> {
    /// The weights.
    pub weights: Initializer<T>,
    /// The bias, if there is one, as a matrix with one column.
    pub bias: Initializer<T>,
}

/// Where the random numbers of a network come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// The seed of the campaign.
    pub seed: u64,
    /// The name of the experiment.
    pub name: &'a str,
    /// The number of the network in the experiment.
    pub index: u64,
}

impl<T: Scalar> Network<T> {
    /// Draws all weights and biases. The same address gives the same network, on every target.
    ///
    /// # Errors
    ///
    /// Fails if there are not as many initializers as layers, a `sigma` is not finite, or a layer has more than 2¹⁸ rows.
    ///
    /// # Examples
    ///
    /// ```
    /// use widthwise_network::{Activation, Address, Initializer, LayerInitializer, Network, Norms};
    ///
    /// let mut network = Network::<f64>::new(&[3, 8, 2], Activation::Relu)?;
    /// let layer = |weights| LayerInitializer { weights, bias: Initializer::Zero };
    /// let first = layer(Initializer::SemiOrthogonal { sigma: 2.0 });
    /// let last = layer(Initializer::Gaussian { sigma: 0.125 });
    /// network.initialize(&[first, last], Address { seed: 1, name: "example", index: 0 })?;
    ///
    /// let norm = Norms::of_matrix(&network.layers()[0].weights)?.spectral().to_enclosure();
    /// assert!((norm.midpoint() - 2.0).abs() < 1e-14);
    /// # Ok::<(), widthwise_network::NetworkError>(())
    /// ```
    pub fn initialize(
        &mut self,
        initializers: &[LayerInitializer<T>],
        address: Address<'_>,
    ) -> Result<(), NetworkError> {
        self.require_consistent()?;
        NetworkError::require("initializers", self.layers().len(), initializers.len())?;
        for (index, (layer, initializer)) in self.layers().iter().zip(initializers).enumerate() {
            for initializer in [&initializer.weights, &initializer.bias] {
                if let Initializer::Gaussian { sigma } | Initializer::SemiOrthogonal { sigma } = initializer
                    && !sigma.is_finite()
                {
                    return Err(NetworkError::not_finite(index, "the scale of an initializer"));
                }
            }
            let longest = layer.weights.nrows().max(layer.weights.ncols());
            NetworkError::require("width of a random layer, at most", longest.min(LONGEST_COLUMN), longest)?;
        }
        for (index, (layer, initializer)) in self.layers_mut().iter_mut().zip(initializers).enumerate() {
            let name = |what| format!("{}/{}/{index}/{what}", address.name, address.index);
            let (rows, columns) = layer.weights.shape();
            let mut weights = DMatrixViewMut::from_slice(layer.weights.as_mut_slice(), rows, columns);
            draw(address.seed, &name("weights"), &initializer.weights, &mut weights)?;
            if let Some(bias) = &mut layer.bias {
                let mut bias = DMatrixViewMut::from_slice(bias.as_mut_slice(), rows, 1);
                draw(address.seed, &name("bias"), &initializer.bias, &mut bias)?;
            }
        }
        Ok(())
    }
}

fn draw<T: Scalar>(
    seed: u64,
    name: &str,
    initializer: &Initializer<T>,
    out: &mut DMatrixViewMut<'_, T>,
) -> Result<(), NetworkError> {
    match *initializer {
        Initializer::Zero => out.fill(T::zero()),
        Initializer::Gaussian { sigma } => {
            for (mut column, index) in out.column_iter_mut().zip(0..) {
                let mut stream = Stream::new(seed, name, index);
                for entry in column.iter_mut() {
                    *entry = sigma * T::from_f64(stream.normal());
                }
            }
        }
        Initializer::SemiOrthogonal { sigma } => {
            let (rows, columns) = out.shape();
            let tall = semi_orthogonal::<T>(seed, name, rows.max(columns), rows.min(columns))?;
            for i in 0..rows {
                for j in 0..columns {
                    out[(i, j)] = sigma * if rows >= columns { tall[(i, j)] } else { tall[(j, i)] };
                }
            }
        }
    }
    Ok(())
}

/// A random matrix with orthonormal columns: reflections in random vectors, applied to a diagonal of random signs
/// (Stewart, *The efficient generation of random orthogonal matrices*, 1980).
fn semi_orthogonal<T: Scalar>(
    seed: u64,
    name: &str,
    rows: usize,
    columns: usize,
) -> Result<DMatrix<T>, NetworkError> {
    let mut q = DMatrix::repeat(rows, columns, T::zero());
    let mut vector = vec![T::zero(); rows];
    // A reflection of the last coordinate alone is a sign.
    for first in (0..columns).rev() {
        let mut stream = Stream::new(seed, name, first as u64);
        q[(first, first)] = stream.sign();
        let vector = &mut vector[first..];
        if vector.len() < 2 {
            continue;
        }
        let mut square = T::zero();
        for v in vector.iter_mut() {
            *v = T::from_f64(stream.normal());
            square += *v * *v;
        }
        let length = square.square_root();
        vector[0] += if vector[0] < T::zero() { -length } else { length };
        let vector = DVectorView::from_slice(vector, rows - first);
        // Columns before `first` are still zero in the rows that the reflection moves.
        reflect_columns(&vector, &mut q.view_range_mut(first.., first..))?;
    }
    Ok(q)
}
