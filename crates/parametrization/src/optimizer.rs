// SPDX-License-Identifier: MIT OR Apache-2.0

//! What an optimiser does to a gradient, as far as its scale is concerned.
//!
//! Three families are all there is. An update may be linear in the gradients (SGD), have entries of size one (Adam
//! and its relatives), or have spectral norm one (orthogonalised, spectrally normalised). The family decides how the
//! rate follows from the shape (`spectral.condition.unique`) and how a multiplier enters (`spectral.multiplier`).

use core::fmt;

use crate::ShapeMonomial;
use crate::monomial::powers::{ONE, ROOT_ASPECT, ROOT_B, ROOT_MAX, ROOT_MIN};

/// How the size of an update follows from the gradient.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Optimizer, UpdateFamily};
/// assert_eq!(Optimizer::SignDescent.family(), UpdateFamily::Entrywise);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UpdateFamily {
    /// Linear in the gradients: SGD, with or without momentum. With a multiplier `α`, the effective rate is `α²`
    /// times the rate.
    Gradient,
    /// Entries of size one whatever the gradient: Adam, RMSProp, sign descent. The effective rate is `α` times the
    /// rate.
    Entrywise,
    /// Spectral norm one whatever the gradient: orthogonalised (Muon), spectrally normalised. The effective rate is
    /// `α` times the rate.
    Spectral,
}

impl UpdateFamily {
    /// Every family.
    pub const ALL: [Self; 3] = [Self::Gradient, Self::Entrywise, Self::Spectral];

    /// The power of the multiplier in the effective rate: 2 for updates linear in the gradient, else 1
    /// (`spectral.multiplier`).
    ///
    /// ```
    /// use widthwise_parametrization::UpdateFamily;
    /// assert_eq!(UpdateFamily::Gradient.multiplier_power(), 2);
    /// ```
    #[must_use]
    pub const fn multiplier_power(self) -> u32 {
        match self {
            Self::Gradient => 2,
            Self::Entrywise | Self::Spectral => 1,
        }
    }
}

impl fmt::Display for UpdateFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Gradient => "gradient",
            Self::Entrywise => "entrywise",
            Self::Spectral => "spectral",
        })
    }
}

/// An optimiser, as far as the scale of its updates is concerned.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{LogicalMatrix, Optimizer, ShapeFactor, UpdateFamily, rules};
///
/// // This implementation multiplies its updates by √max(1, b/a): what is left is √(b/a) for a contraction, else 1.
/// let muon = Optimizer::Orthogonalized(ShapeFactor::SpectralMax);
/// assert_eq!(muon.family(), UpdateFamily::Spectral);
/// let rate = rules::SPECTRAL.rate(widthwise_parametrization::Role::Hidden, muon)?;
/// assert_eq!(rate.at(LogicalMatrix::new(64, 256)?)?, 0.5);
/// assert_eq!(rate.at(LogicalMatrix::new(256, 64)?)?, 1.0);
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Optimizer {
    /// Stochastic gradient descent, plain or with momentum (heavy ball, Nesterov): momentum changes no exponent.
    Sgd,
    /// Adam, AdamW, RMSProp and every update that divides each entry by a running size of itself, guarded by an `ε`.
    Adam,
    /// The sign of the gradient or of its momentum (signSGD, Lion): entrywise, without `ε`.
    SignDescent,
    /// `UVᵀ` of the momentum's singular value decomposition (Muon), times the factor that the implementation applies
    /// by itself.
    Orthogonalized(ShapeFactor),
    /// The gradient divided by its spectral norm (`spectral.normalization.naive`).
    SpectrallyNormalized,
}

impl Optimizer {
    /// The family of the updates.
    ///
    /// ```
    /// use widthwise_parametrization::{Optimizer, UpdateFamily};
    /// assert_eq!(Optimizer::SpectrallyNormalized.family(), UpdateFamily::Spectral);
    /// ```
    #[must_use]
    pub const fn family(self) -> UpdateFamily {
        match self {
            Self::Sgd => UpdateFamily::Gradient,
            Self::Adam | Self::SignDescent => UpdateFamily::Entrywise,
            Self::Orthogonalized(_) | Self::SpectrallyNormalized => UpdateFamily::Spectral,
        }
    }

    /// The factor of the shape that the implementation applies to its updates by itself.
    ///
    /// ```
    /// use widthwise_parametrization::{Optimizer, ShapeFactor};
    /// assert_eq!(Optimizer::Adam.shape_factor(), ShapeFactor::One);
    /// ```
    #[must_use]
    pub const fn shape_factor(self) -> ShapeFactor {
        match self {
            Self::Orthogonalized(factor) => factor,
            _ => ShapeFactor::One,
        }
    }
}

impl fmt::Display for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sgd => f.pad("SGD"),
            Self::Adam => f.pad("Adam"),
            Self::SignDescent => f.pad("sign descent"),
            Self::Orthogonalized(factor) => write!(f, "orthogonalised, {factor}"),
            Self::SpectrallyNormalized => f.pad("spectrally normalised"),
        }
    }
}

/// The factor of the shape by which an implementation multiplies an orthogonalised update, named by what it keeps
/// constant (`spectral.muon.natural-norm`).
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{LogicalMatrix, ShapeFactor};
///
/// let head = LogicalMatrix::new(10, 1024)?;
/// // The RMS→RMS norm of the update is what the features feel.
/// assert_eq!(ShapeFactor::RmsToRms.natural_norm().at(head)?, 1.0);
/// assert!((ShapeFactor::SpectralMax.natural_norm().at(head)? - 10.12).abs() < 0.01);
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ShapeFactor {
    /// 1: the spectral norm of the update is 1, its Frobenius norm `√min(a, b)`.
    One,
    /// `√(b/a)`: the RMS→RMS operator norm is 1 for every shape.
    RmsToRms,
    /// `√max(1, b/a)`, of Muon's reference implementation: the RMS→RMS norm is 1 unless the matrix contracts, then
    /// `√(a/b)`.
    SpectralMax,
    /// `0.2 √max(a, b)`, "match the RMS of AdamW": the root mean square of the entries is 0.2, and the RMS→RMS norm
    /// grows as `√n` for square matrices, so the rate does not transfer across widths.
    EntryRms,
}

impl ShapeFactor {
    /// Every factor.
    pub const ALL: [Self; 4] = [Self::One, Self::RmsToRms, Self::SpectralMax, Self::EntryRms];

    /// The factor as a monomial.
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, ShapeFactor};
    /// let square = LogicalMatrix::new(1024, 1024)?;
    /// assert_eq!(ShapeFactor::EntryRms.monomial().at(square)?, 6.4);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    #[must_use]
    pub const fn monomial(self) -> ShapeMonomial {
        match self {
            Self::One => ONE,
            Self::RmsToRms => ROOT_ASPECT,
            // √max(1, b/a) = √(max(a, b)/a) = √(b/min(a, b))
            Self::SpectralMax => ROOT_B.over(ROOT_MIN),
            Self::EntryRms => ROOT_MAX.times(ONE_FIFTH),
        }
    }

    /// The RMS→RMS norm `√(a/b) · factor` of an update `factor · UVᵀ` of full rank.
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, ShapeFactor};
    /// // It grows as √n for square matrices.
    /// assert_eq!(ShapeFactor::EntryRms.natural_norm().at(LogicalMatrix::new(1024, 1024)?)?, 6.4);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    #[must_use]
    pub const fn natural_norm(self) -> ShapeMonomial {
        self.monomial().over(ROOT_ASPECT)
    }

    /// The root mean square of the entries of `factor · UVᵀ` of full rank: `factor/√max(a, b)`.
    ///
    /// ```
    /// use widthwise_parametrization::{LogicalMatrix, ShapeFactor};
    /// assert_eq!(ShapeFactor::EntryRms.entry_rms().at(LogicalMatrix::new(7, 1024)?)?, 0.2);
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    #[must_use]
    pub const fn entry_rms(self) -> ShapeMonomial {
        self.monomial().over(ROOT_MAX)
    }
}

/// `0.2 = √(1/25)`
const ONE_FIFTH: ShapeMonomial =
    ONE.with_square_of_coefficient(core::num::NonZeroU8::MIN, core::num::NonZeroU8::MIN.saturating_add(24));

impl fmt::Display for ShapeFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::One => "factor 1",
            Self::RmsToRms => "factor √(b/a)",
            Self::SpectralMax => "factor √max(1, b/a)",
            Self::EntryRms => "factor 0.2 √max(a, b)",
        })
    }
}
