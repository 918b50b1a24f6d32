// SPDX-License-Identifier: MIT OR Apache-2.0

//! What can go wrong with a network: shapes, indices, numbers that leave the format.
//!
//! No function of this crate returns NaN or infinity in silence: an overflow on the way is an error that names the
//! layer and the quantity.

use core::fmt;

use widthwise_linalg::KernelError;

/// Why a pass, a gradient, a step or a measurement has no result.
///
/// Layers are counted from zero, as in [`Network::layers`](crate::Network::layers).
///
/// # Examples
///
/// ```
/// use nalgebra::dmatrix;
/// use widthwise_network::{Activation, Input, Network, Pass};
///
/// let network = Network::<f64>::new(&[2, 3, 1], Activation::Tanh)?;
/// let mut pass = Pass::new(&network, 1)?;
/// let error = pass.forward(&network, Input::Dense(&dmatrix![1.0; f64::NAN])).unwrap_err();
/// assert_eq!((error.is_not_finite(), error.layer()), (true, Some(0)));
/// assert_eq!(error.to_string(), "layer 0: an input is not finite");
///
/// let error = pass.forward(&network, Input::Dense(&dmatrix![1.0])).unwrap_err();
/// assert_eq!(error.to_string(), "rows of the input: 2 needed, 1 given");
/// # Ok::<(), widthwise_network::NetworkError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkError {
    kind: NetworkErrorKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NetworkErrorKind {
    /// An argument measures something else than the others ask for.
    Shape { what: &'static str, expected: usize, found: usize },
    /// A token or a label is not below its limit.
    Index { what: &'static str, limit: usize, found: usize },
    /// A number is NaN or infinite.
    NotFinite { layer: usize, what: &'static str },
    /// Something is asked of a pass that has not come so far.
    Missing { what: &'static str },
    /// A measurement refused its input.
    Kernel(KernelError),
}

impl NetworkError {
    pub(crate) fn index(what: &'static str, limit: usize, found: usize) -> Self {
        Self { kind: NetworkErrorKind::Index { what, limit, found } }
    }

    pub(crate) fn not_finite(layer: usize, what: &'static str) -> Self {
        Self { kind: NetworkErrorKind::NotFinite { layer, what } }
    }

    pub(crate) fn missing(what: &'static str) -> Self {
        Self { kind: NetworkErrorKind::Missing { what } }
    }

    /// Checks that `found` is what `what` must measure.
    pub(crate) fn require(what: &'static str, expected: usize, found: usize) -> Result<(), Self> {
        if expected == found {
            Ok(())
        } else {
            Err(Self { kind: NetworkErrorKind::Shape { what, expected, found } })
        }
    }

    /// The layer in which a number was not finite; `None` for other errors.
    #[must_use]
    pub fn layer(&self) -> Option<usize> {
        match self.kind {
            NetworkErrorKind::NotFinite { layer, .. } => Some(layer),
            _ => None,
        }
    }

    /// Whether a number was NaN or infinite: an input, or a result that left the format.
    #[must_use]
    pub fn is_not_finite(&self) -> bool {
        match self.kind {
            NetworkErrorKind::NotFinite { .. } => true,
            NetworkErrorKind::Kernel(error) => error.is_nan() || error.is_infinite(),
            _ => false,
        }
    }

    /// Whether an argument has the wrong shape.
    #[must_use]
    pub fn is_shape(&self) -> bool {
        matches!(self.kind, NetworkErrorKind::Shape { .. })
    }

    /// Whether a ratio has no value because an argument is zero.
    #[must_use]
    pub fn is_undefined_for_zero(&self) -> bool {
        matches!(self.kind, NetworkErrorKind::Kernel(error) if error.is_undefined_for_zero())
    }
}

impl From<KernelError> for NetworkError {
    fn from(error: KernelError) -> Self {
        Self { kind: NetworkErrorKind::Kernel(error) }
    }
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            NetworkErrorKind::Shape { what, expected, found } => {
                write!(f, "{what}: {expected} needed, {found} given")
            }
            NetworkErrorKind::Index { what, limit, found } => {
                write!(f, "{what} {found} is not below {limit}")
            }
            NetworkErrorKind::NotFinite { layer, what } => write!(f, "layer {layer}: {what} is not finite"),
            NetworkErrorKind::Missing { what } => write!(f, "{what} is needed first"),
            NetworkErrorKind::Kernel(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for NetworkError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.kind {
            NetworkErrorKind::Kernel(error) => Some(error),
            _ => None,
        }
    }
}
