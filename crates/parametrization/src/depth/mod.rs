// SPDX-License-Identifier: MIT OR Apache-2.0

//! Depth: how scales and rates follow from width *and* number of layers (*The Feature Speed Formula*, arXiv
//! 2311.18718).
//!
//! A [`DepthRule`] is a row of a table of [`DepthMonomial`]s. What the row achieves is not stored beside it but
//! follows from it: the exact core (`speed.scaling-criterion`) is that a layer with gradient `g` and rate `η`
//! contributes `η‖g‖²` to the decay of the loss, and that the last features move with the speed `(sum of the
//! contributions below)/(‖b‖ cos θ)`, where `b` is the backward signal there and `θ` its angle to the movement. With
//! `‖b‖ ∝ √m σ_L s_b`, `‖g_1‖ ∝ ‖b‖ s_x`, `‖g_l‖ ∝ ‖b‖ β √m` and `‖g_L‖ ∝ √m s_b` every desideratum is an equality of
//! exponents. Numerical constants that neither width nor depth enters are those of the theory where it has them, else
//! 1.

mod desiderata;
mod table;

pub use desiderata::Desiderata;
pub use table::{
    DEPTH_RULES, GENERIC, LINEAR_GAUSSIAN, LINEAR_ORTHOGONAL, MEAN_FIELD_BY_LOSS, MEAN_FIELD_BY_SPEED,
    MLP_ANY_ACTIVATION, MLP_CORRECTED, MLP_NEURAL_TANGENT, MLP_SHALLOW, RESIDUAL_CONSTANT, RESIDUAL_GENERAL,
    RESIDUAL_NORM_PRESERVING, RESIDUAL_PER_DEPTH, RESIDUAL_PER_ROOT_DEPTH,
};

use widthwise_rounding::Scalar;

use crate::{Initial, Monomial, ParametrizationError};

/// A monomial in width `m`, depth `L`, norm `s_x` of the input, norm `s_b` of the output's gradient, constant `c` of
/// the branch scale, cosine of the last features' angle, and constant `r` of the activation, in this order.
pub type DepthMonomial = Monomial<7>;

/// A row of the table of scalings.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::depth::{Network, RESIDUAL_PER_ROOT_DEPTH};
/// let network = Network { width: 512, depth: 64, ..Network::UNIT };
/// let scales = RESIDUAL_PER_ROOT_DEPTH.scales(&network)?;
/// assert_eq!((scales.branch, scales.rates.map(|[_, hidden, _]| hidden)), (Some(0.125), Some(1.0)));
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DepthRule {
    /// Its name.
    pub name: &'static str,
    /// How layers are joined.
    pub architecture: Architecture,
    /// The standard deviation of the input matrix.
    pub input: DepthMonomial,
    /// The initialisation of hidden matrices; `None` where it depends on the activation: whatever keeps the features'
    /// size.
    pub hidden: Option<Initial<DepthMonomial>>,
    /// The standard deviation of the output matrix.
    pub output: Option<DepthMonomial>,
    /// The scale of a residual branch.
    pub branch: Option<DepthMonomial>,
    /// The rates of input, hidden and output matrices under SGD.
    pub rates: Option<[DepthMonomial; 3]>,
    /// The cosine of the angle between the backward signal at the last features and minus their movement.
    pub cosine: Cosine,
    /// What happens to the depth in the limit.
    pub depth: Depth,
}

/// How layers are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Architecture {
    /// `f ← W φ(f)`
    Perceptron,
    /// `f ← f + β W φ(f)`
    Residual,
    /// `f ← α f + β W φ(f)` with `α² + β² = 1`
    ResidualNormPreserving,
}

/// What is known of the cosine of the angle.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::depth::{Cosine, GENERIC};
/// assert_eq!(GENERIC.cosine, Cosine::Measured);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cosine {
    /// It must be measured, or looked up.
    Measured,
    /// Its leading term.
    Leading(DepthMonomial),
    /// Its power of the depth.
    Order(DepthMonomial),
}

impl Cosine {
    pub(crate) const fn monomial(self) -> DepthMonomial {
        match self {
            Self::Measured => table::COSINE,
            Self::Leading(monomial) | Self::Order(monomial) => monomial,
        }
    }
}

/// What happens to the depth in the limit of large width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Depth {
    /// It grows too.
    Grows,
    /// It stands still.
    Fixed,
}

/// A network for which a row of the table is evaluated. What a row does not mention does not matter, but must be
/// positive.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::depth::{MLP_CORRECTED, Network};
///
/// let network = Network { width: 512, depth: 16, ..Network::UNIT };
/// let scales = MLP_CORRECTED.scales(&network)?;
/// assert_eq!(scales.output, Some(4.0 / 512.0));
/// assert_eq!(scales.rates, Some([512.0 / 256.0, 1.0 / 256.0, 1.0 / (16.0 * 512.0)]));
/// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Network {
    /// Hidden width `m`.
    pub width: usize,
    /// Number `L` of weight layers.
    pub depth: usize,
    /// Norm `s_x = ‖x‖` of an input: 1 if one-hot, `√n_0` if its entries are of order one.
    pub input_norm: f64,
    /// Norm `s_b` of the gradient of the loss in the output.
    pub output_gradient_norm: f64,
    /// Constant `c` of the branch scale: `β = c/√L`, `c/L` or `c`, by the row.
    pub branch_constant: f64,
    /// Cosine of the angle at the last features, in `(0, 1]`.
    pub cosine: f64,
    /// Constant `r` of the activation: 2 for ReLU, 1 for the identity (`cos θ ≈ √(3/(rL))`).
    pub activation_constant: f64,
}

impl Network {
    /// Width, depth and constants 1.
    pub const UNIT: Self = Self {
        width: 1,
        depth: 1,
        input_norm: 1.0,
        output_gradient_norm: 1.0,
        branch_constant: 1.0,
        cosine: 1.0,
        activation_constant: 1.0,
    };

    fn values(&self) -> Result<[f64; 7], ParametrizationError> {
        if self.width == 0 {
            return Err(ParametrizationError::zero_dimension("width"));
        }
        if self.depth == 0 {
            return Err(ParametrizationError::zero_dimension("depth"));
        }
        let positive = ParametrizationError::require_positive_constant;
        let cosine = positive("cosine", self.cosine)?;
        if cosine > 1.0 {
            return Err(ParametrizationError::constant_out_of_range("cosine", cosine));
        }
        Ok([
            f64::from_count(self.width),
            f64::from_count(self.depth),
            positive("norm of the input", self.input_norm)?,
            positive("norm of the output's gradient", self.output_gradient_norm)?,
            positive("constant of the branch", self.branch_constant)?,
            cosine,
            positive("constant of the activation", self.activation_constant)?,
        ])
    }
}

/// A row of the table in numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DepthScales {
    /// The standard deviation of the input matrix.
    pub input: f64,
    /// The initialisation of hidden matrices.
    pub hidden: Option<Initial<f64>>,
    /// The standard deviation of the output matrix.
    pub output: Option<f64>,
    /// The scale of a residual branch.
    pub branch: Option<f64>,
    /// The rates of input, hidden and output matrices under SGD.
    pub rates: Option<[f64; 3]>,
    /// The cosine of the angle, as the row has it.
    pub cosine: f64,
}

impl DepthRule {
    /// The row in numbers, for a network.
    ///
    /// # Errors
    ///
    /// Fails if width or depth is zero, if a constant is not positive and finite or the cosine exceeds 1, or if a
    /// number leaves the range of binary64.
    ///
    /// ```
    /// use widthwise_parametrization::depth::{MLP_NEURAL_TANGENT, Network};
    /// let scales = MLP_NEURAL_TANGENT.scales(&Network { width: 256, depth: 8, ..Network::UNIT })?;
    /// assert_eq!(scales.output, Some(1.0 / 16.0));
    /// # Ok::<(), widthwise_parametrization::ParametrizationError>(())
    /// ```
    pub fn scales(&self, network: &Network) -> Result<DepthScales, ParametrizationError> {
        let values = network.values()?;
        let at = |monomial: DepthMonomial| {
            ParametrizationError::require_positive("a scale of the depth rule", monomial.evaluate(&values))
        };
        let rates = match self.rates {
            Some([input, hidden, output]) => Some([at(input)?, at(hidden)?, at(output)?]),
            None => None,
        };
        Ok(DepthScales {
            input: at(self.input)?,
            hidden: self.hidden.map(|start| start.try_map(at)).transpose()?,
            output: self.output.map(at).transpose()?,
            branch: self.branch.map(at).transpose()?,
            rates,
            cosine: at(self.cosine.monomial())?,
        })
    }
}
