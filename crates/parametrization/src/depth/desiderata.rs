// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a row of the table achieves: its four desiderata (`speed.properties`), from its exponents.

use super::{Architecture, Depth, DepthMonomial, DepthRule};

/// Which of the four desiderata hold in the limit of large width, and of large depth if it grows.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::depth::{MLP_CORRECTED, MLP_NEURAL_TANGENT};
/// assert!(MLP_CORRECTED.desiderata().is_some_and(|d| d.all()));
/// assert!(MLP_NEURAL_TANGENT.desiderata().is_some_and(|d| !d.feature_learning && d.loss_decay));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Desiderata {
    /// The features have entries of order one.
    pub signal_propagation: bool,
    /// The last features move at a speed of order one.
    pub feature_learning: bool,
    /// The loss decays at a speed of order one.
    pub loss_decay: bool,
    /// All layers contribute to it alike.
    pub balanced_contributions: bool,
}

impl Desiderata {
    /// Whether all four hold.
    #[must_use]
    pub const fn all(&self) -> bool {
        self.signal_propagation && self.feature_learning && self.loss_decay && self.balanced_contributions
    }
}

impl DepthRule {
    /// Whether features keep their size through the layers: unless branches of a residual network are larger than
    /// `1/√L`.
    ///
    /// ```
    /// use widthwise_parametrization::depth::{RESIDUAL_CONSTANT, RESIDUAL_PER_ROOT_DEPTH};
    /// assert!(RESIDUAL_PER_ROOT_DEPTH.propagates_signals() && !RESIDUAL_CONSTANT.propagates_signals());
    /// ```
    #[must_use]
    pub fn propagates_signals(&self) -> bool {
        match (self.architecture, self.branch) {
            (Architecture::Residual, Some(branch)) => {
                let [_, depth, ..] = branch.halves();
                self.depth == Depth::Fixed || depth <= -1
            }
            _ => true,
        }
    }

    /// The contributions `η‖g‖²` of input, a hidden and the output layer to the decay of the loss, up to numerical
    /// constants; `None` if the row has no rates.
    ///
    /// ```
    /// use widthwise_parametrization::depth::{DepthMonomial, MLP_CORRECTED};
    /// let per_depth = DepthMonomial::from_halves([0, -2, 0, 0, 0, 0, 0]);
    /// assert_eq!(MLP_CORRECTED.contributions(), Some([per_depth; 3]));
    /// ```
    #[must_use]
    pub fn contributions(&self) -> Option<[DepthMonomial; 3]> {
        let (width, output_gradient) = (symbol(0), symbol(3));
        let (input, branch) = (symbol(2), self.branch.unwrap_or(DepthMonomial::ONE));
        let backward = squared(self.backward()?);
        let gradients = [
            backward.times(squared(input)),
            backward.times(width).times(squared(branch)),
            squared(output_gradient).times(width),
        ];
        let rates = self.rates?;
        Some([0, 1, 2].map(|layer: usize| gradients[layer].times(rates[layer])))
    }

    /// The speed of the decay of the loss, up to numerical constants: `L` times the contribution of a hidden layer,
    /// the most numerous.
    ///
    /// ```
    /// use widthwise_parametrization::depth::{DepthMonomial, MEAN_FIELD_BY_SPEED};
    /// let per_root_depth = DepthMonomial::from_halves([0, -1, 0, 0, 0, 0, 0]);
    /// assert_eq!(MEAN_FIELD_BY_SPEED.loss_decay(), Some(per_root_depth));
    /// ```
    #[must_use]
    pub fn loss_decay(&self) -> Option<DepthMonomial> {
        let [_, hidden, _] = self.contributions()?;
        Some(hidden.times(symbol(1)))
    }

    /// The speed of the last features, root mean square, up to numerical constants: the decay of the loss over `√m
    /// ‖b‖ cos θ`.
    ///
    /// ```
    /// use widthwise_parametrization::depth::{DepthMonomial, MEAN_FIELD_BY_LOSS};
    /// let root_depth = DepthMonomial::from_halves([0, 1, 0, 0, 0, 0, 0]);
    /// assert!(MEAN_FIELD_BY_LOSS.feature_speed().is_some_and(|speed| speed.is_proportional_to(&root_depth)));
    /// ```
    #[must_use]
    pub fn feature_speed(&self) -> Option<DepthMonomial> {
        let root_width = DepthMonomial::from_halves([1, 0, 0, 0, 0, 0, 0]);
        Some(self.loss_decay()?.over(root_width.times(self.backward()?).times(self.cosine.monomial())))
    }

    /// Which desiderata hold; `None` if the row has no rates.
    ///
    /// ```
    /// use widthwise_parametrization::depth::MEAN_FIELD_BY_SPEED;
    /// assert!(MEAN_FIELD_BY_SPEED.desiderata().is_some_and(|d| d.feature_learning && !d.loss_decay));
    /// ```
    #[must_use]
    pub fn desiderata(&self) -> Option<Desiderata> {
        let [input, hidden, output] = self.contributions()?;
        let constant = |monomial: DepthMonomial| self.is_constant(monomial);
        Some(Desiderata {
            signal_propagation: self.propagates_signals(),
            feature_learning: constant(self.feature_speed()?),
            loss_decay: constant(self.loss_decay()?),
            balanced_contributions: constant(input.over(hidden)) && constant(output.over(hidden)),
        })
    }

    /// `‖b‖ ∝ √m σ_L s_b` at the last features.
    fn backward(&self) -> Option<DepthMonomial> {
        let root_width = DepthMonomial::from_halves([1, 0, 0, 0, 0, 0, 0]);
        Some(self.output?.times(root_width).times(symbol(3)))
    }

    /// Whether nothing that varies enters: width, depth unless fixed, the norms of input and gradient, the measured
    /// cosine.
    fn is_constant(&self, monomial: DepthMonomial) -> bool {
        let [width, depth, input, output_gradient, _branch, cosine, _activation] = monomial.halves();
        let depth = if self.depth == Depth::Fixed { 0 } else { depth };
        [width, depth, input, output_gradient, cosine] == [0; 5]
    }
}

fn squared(monomial: DepthMonomial) -> DepthMonomial {
    monomial.times(monomial)
}

/// A symbol of [`DepthMonomial`] by its place.
fn symbol(index: usize) -> DepthMonomial {
    let mut halves = [0; 7];
    halves[index] = 2;
    DepthMonomial::from_halves(halves)
}
