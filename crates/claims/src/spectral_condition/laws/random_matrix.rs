// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random matrices and what laws measure on them.
//!
//! Every matrix has a stream of its own, addressed by law, size and part. Measured norms are midpoints of enclosures whose width is far below any margin of a decision.

use alloc::format;

use nalgebra::DMatrix;
use widthwise_linalg::two_norm_enclosure;
use widthwise_network::{
    Activation, Address as NetworkAddress, Initializer, LayerInitializer, Network, Norms,
};
use widthwise_rounding::{Scalar, ScaledEnclosure};
use widthwise_sampling::Stream;

use crate::law::{Address, Law, LawError, Size};

/// The stream of a part of what is drawn at an address.
pub(super) fn stream(law: &Law, seed: u64, address: Address, part: &str) -> Stream {
    Stream::new(seed, &format!("{}/{}/{part}", law.id, address.size), address.draw as u64)
}

/// Independent standard normal entries.
pub(super) fn gaussian(stream: &mut Stream, Size { rows, columns }: Size) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |_, _| stream.normal())
}

/// `Q` with orthonormal rows or columns, whichever there are fewer of, uniformly distributed.
pub(super) fn semi_orthogonal(law: &Law, seed: u64, address: Address) -> Result<DMatrix<f64>, LawError> {
    let Size { rows, columns } = address.size;
    let mut network = Network::new(&[columns, rows], Activation::Identity)?;
    let layer =
        LayerInitializer { weights: Initializer::SemiOrthogonal { sigma: 1.0 }, bias: Initializer::Zero };
    let name = format!("{}/{}", law.id, address.size);
    network.initialize(&[layer], NetworkAddress { seed, name: &name, index: address.draw as u64 })?;
    let [layer] = network.layers() else { return Err(LawError::layer(1)) };
    Ok(layer.weights.clone())
}

/// A fixed vector with entries of different size, `1/j`.
pub(super) fn graded(length: usize) -> DMatrix<f64> {
    DMatrix::from_fn(length, 1, |i, _| 1.0 / f64::from_count(i + 1))
}

/// The spectral norm.
pub(super) fn spectral_norm(a: &DMatrix<f64>) -> Result<f64, LawError> {
    Ok(middle(Norms::of_matrix(a)?.spectral()))
}

/// `‖x‖₂`.
pub(super) fn length(x: &DMatrix<f64>) -> Result<f64, LawError> {
    Ok(middle(two_norm_enclosure(&x.column(0))?))
}

/// `‖A x‖/(‖A‖‖x‖)`.
pub(super) fn alignment(a: &DMatrix<f64>, x: &DMatrix<f64>) -> Result<f64, LawError> {
    Ok(middle(Norms::of_matrix(a)?.alignment(a, &x.column(0))?))
}

/// A number of an enclosure that is narrow.
pub(super) fn middle(enclosure: ScaledEnclosure<f64>) -> f64 {
    enclosure.to_enclosure().midpoint()
}

/// `√rows` and `√columns`.
pub(super) fn roots(Size { rows, columns }: Size) -> [f64; 2] {
    [rows, columns].map(|count| f64::from_count(count).square_root())
}

/// `√rows + √columns`, the limit of the norm of a matrix of independent entries with mean zero and variance one.
pub(super) fn edge(size: Size) -> f64 {
    let [m, n] = roots(size);
    m + n
}

/// `R(m, n)`: the mean of `‖W‖/(√m + √n)` at a finite size, by the Tracy-Widom limit with a shift of one half in both dimensions. Within 0.003 from eight rows and columns on.
pub(super) fn finite_size(size: Size) -> f64 {
    let [m, n] = roots(size);
    let spread = libm::cbrt(1.0 / m + 1.0 / n);
    1.0 - (0.6033 * spread + 0.25 / m + 0.25 / n) / (m + n)
}
