// SPDX-License-Identifier: MIT OR Apache-2.0

//! How an array follows from its gradient: the method, the rate, the decay.
//!
//! A rule belongs to one array, so that weights and biases of each layer may have their own, as the parametrizations ask
//! for. To every rule a bias is a matrix with one column: a weight whose fan-in is 1 and whose input is 1
//! (`spectral.bias`).

use widthwise_rounding::Scalar;
use widthwise_spectral::NewtonSchulz;

/// The direction `D` that a gradient `G` is turned into.
///
/// | method | `D` | norm of `D` | source |
/// | --- | --- | --- | --- |
/// | gradient descent | `G` | `‖G‖` | `spectral.update-alignment.rank-one` |
/// | momentum | `M ← μM + G`, `D = M` | | |
/// | Adam | `m̂/(√v̂ + ε)`, bias-corrected | entries about 1 | `spectral.adam.sign-of-rank-one` |
/// | sign | `sgn G`, `sgn 0 = 0` | `√(nnz δ · nnz h)` for one example | `spectral.adam.sign-of-rank-one` |
/// | spectrally normalised | `G/‖G‖`, zero for zero | 1 | `spectral.normalization.naive` |
/// | orthogonalised | polar factor of `G`, zero for zero | 1 | `spectral.dual.steepest` |
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Method<T> {
    /// `D = G`.
    GradientDescent,
    /// Heavy ball: `M ← μM + G` from zero, `D = M`.
    Momentum {
        /// The factor `μ` of the old direction.
        decay: T,
    },
    /// `m ← β₁m + (1 − β₁)g`, `v ← β₂v + (1 − β₂)g²` from zero, `D = m̂/(√v̂ + ε)` with `m̂ = m/(1 − β₁ᵗ)`,
    /// `v̂ = v/(1 − β₂ᵗ)` at step `t = 1, 2, …`; zero where `m̂` is zero, so that `ε` may be zero.
    ///
    /// Squares of gradients must stay within the format: digits are lost for entries below about `2⁻⁵⁰⁰`, or `2⁻⁶⁰` in
    /// binary32. A square that underflows to zero for a gradient that is not zero is an error if `ε` is zero.
    Adam {
        /// The factor `β₁` of the mean.
        first_decay: T,
        /// The factor `β₂` of the mean square.
        second_decay: T,
        /// The number `ε` beside the root, not under it.
        epsilon: T,
    },
    /// `D = sgn G`.
    Sign,
    /// `D = G/‖G‖` by the upper end of the enclosure of the spectral norm; from the factors of the gradient, so the cost is
    /// small at any width (for a coupled decay, which has no such factors, that of a large norm).
    SpectralNormalized,
    /// `D = O(G)`: all singular values become one, or nearly.
    Orthogonalized(Orthogonalization<T>),
}

/// How a gradient is orthogonalised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Orthogonalization<T> {
    /// The polar factor over the singular values above `tolerance · σ_1`
    /// ([`polar_factor_in`](widthwise_spectral::polar_factor_in)). A single example without coupled decay
    /// has one singular value: then it is `G/‖G‖`, at any width.
    Polar {
        /// Singular values below it, relative to the largest, count as zero.
        tolerance: T,
        /// The most polynomials that are applied.
        max_steps: usize,
    },
    /// So many steps of a Newton–Schulz polynomial ([`newton_schulz_in`](widthwise_spectral::newton_schulz_in)): Muon with
    /// [`NewtonSchulz::Muon`] and five steps.
    NewtonSchulz {
        /// The polynomial.
        polynomial: NewtonSchulz,
        /// How often it is applied.
        steps: usize,
    },
}

/// Weight decay, by the stored array `W`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decay<T> {
    /// None.
    None,
    /// The gradient of `½λ‖W‖_F²` is added: `G + λW` takes the place of `G` (L2 regularisation).
    Coupled(T),
    /// `W` shrinks beside the step: `ΔW = −ηD − (ηλ)W`.
    Decoupled(T),
}

/// Method, rate and decay of one array: `ΔW = −ηD`, and decay.
///
/// # Examples
///
/// ```
/// use widthwise_network::{Decay, Method, Rule};
/// let rule = Rule { method: Method::Sign, rate: 0.01, decay: Decay::Decoupled(0.1) };
/// assert_eq!(Rule::new(Method::Sign, 0.01), Rule { decay: Decay::None, ..rule });
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule<T> {
    /// The direction.
    pub method: Method<T>,
    /// The learning rate `η`, of the stored array.
    pub rate: T,
    /// The decay.
    pub decay: Decay<T>,
}

impl<T: Scalar> Rule<T> {
    /// A rule without decay.
    #[must_use]
    pub fn new(method: Method<T>, rate: T) -> Self {
        Self { method, rate, decay: Decay::None }
    }

    /// Whether all numbers are finite.
    pub(crate) fn is_finite(&self) -> bool {
        let decay = match self.decay {
            Decay::None => T::zero(),
            Decay::Coupled(factor) | Decay::Decoupled(factor) => factor,
        };
        let numbers = match self.method {
            Method::Momentum { decay } => [decay, T::zero(), T::zero()],
            Method::Adam { first_decay, second_decay, epsilon } => [first_decay, second_decay, epsilon],
            Method::Orthogonalized(Orthogonalization::Polar { tolerance, .. }) => {
                [tolerance, T::zero(), T::zero()]
            }
            _ => [T::zero(); 3],
        };
        numbers.into_iter().chain([self.rate, decay]).all(Scalar::is_finite)
    }

    /// Whether the direction is `G/‖G‖` with the norm of a gradient that is known by its factors.
    pub(crate) fn needs_norm_of_factors(&self, batch: usize) -> bool {
        let by_norm = match self.method {
            Method::SpectralNormalized => true,
            Method::Orthogonalized(Orthogonalization::Polar { .. }) => batch == 1,
            _ => false,
        };
        by_norm && !matches!(self.decay, Decay::Coupled(_))
    }
}

/// The rules of a layer's arrays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerRule<T> {
    /// That of the weights.
    pub weights: Rule<T>,
    /// That of the bias, if there is one.
    pub bias: Rule<T>,
}
