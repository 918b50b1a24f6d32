// SPDX-License-Identifier: MIT OR Apache-2.0

//! The coordinate check as a verdict (`spectral.coordinate-check`): does a rule keep features, their changes and spectral norms at one size
//! while the width grows?
//!
//! The practitioner's check trains networks of several widths for a few steps and looks at curves. Here networks of each width are drawn,
//! trained by the rule on trial and measured ([`CoordinateCheck::measure`]); the power of the width of every quantity is estimated with its standard error, and the
//! powers decide ([`CoordinateCheck::report`]). A correct rule has the power 0 everywhere, with one exception here: the output starts at `n^(-1/2)`, since a readout is not aligned
//! with features that it has not seen, and grows to order one as it is trained. (The other one is outside of multi-layer perceptrons: attention logits that are
//! divided by the dimension of a head, not its root, start at `d^(-1/2)`.)
//!
//! Features are the lesser part. Spectral norms of updates are strictly more sensitive: the rule "one spectral norm for all layers" has RMS(z_2) and
//! its change flat, while nat(ΔW_1) and nat(ΔW_3) have the powers ∓1/2. So both are measured, and the powers of the first step are a fingerprint: the rule whose
//! [`Pattern`] lies nearest is named, which for a faulty implementation tells what it implements.
//!
//! A check sees what happened, no more. What it knows not to have seen it says ([`Warning`]): a rate so small that no feature moves hides what large changes would do, one
//! step hides what later ones do, and a short range of widths does not tell powers apart. It trains on dense inputs; errors of embeddings it cannot see.
//!
//! # Examples
//!
//! ```
//! use widthwise_claims::coordinate_check::{CoordinateCheck, Verdict};
//! use widthwise_parametrization::{Optimizer, rules};
//!
//! // Narrow and few, to be quick.
//! let check = CoordinateCheck {
//!     widths: &[16, 64, 256],
//!     draws: 8,
//!     steps: 1,
//!     ..CoordinateCheck::new(&rules::STANDARD, Optimizer::Sgd)
//! };
//! let records = check.addresses().map(|address| check.measure(0x5eed, address)).collect::<Result<Vec<_>, _>>()?;
//! let report = check.report(&records)?;
//! // The readout starts with a spectral norm that grows as the root of the width.
//! let Verdict::Fail(failure) = report.verdict() else { return Err("standard parametrization passes".into()) };
//! assert_eq!(failure.coordinate.to_string(), "nat(W_3) at the start");
//! assert!((failure.slope.estimate - 0.5).abs() < 0.2);
//! // And the rule that was run is recognized by its powers.
//! let nearest = report.nearest().ok_or("not measured")?;
//! assert_eq!(nearest.class.members()[0].rule, &rules::STANDARD);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bench;
mod coordinate;
mod error;
mod pattern;
mod report;
mod warning;

#[cfg(test)]
mod tests;

use alloc::vec;
use alloc::vec::Vec;

use widthwise_parametrization::{Optimizer, Rule};

use crate::law::Address;

pub use bench::Record;
pub use coordinate::{Coordinate, Expectation, Observable};
pub use error::CoordinateCheckError;
pub use pattern::{Member, Pattern, PatternClass};
pub use report::{Decision, Estimate, Failure, Nearest, Reason, Report, Verdict};
pub use warning::Warning;
pub use widthwise_network::Activation;

/// The most neurons of a layer: beyond, the arrays of one network would not fit into the memory of most machines.
pub const WIDEST: usize = 1 << 13;

/// How many times more often a narrow network is drawn, at most.
const MOST_TIMES: usize = 64;

/// How many standard errors an interval reaches to each side of its estimate.
pub const INTERVAL: f64 = 4.0;

/// Where an exponent ends that counts as zero: half way to the next one, since the exponents of the theory are multiples of ½.
pub const HALF_WAY: f64 = 0.25;

/// What is on trial, and on which networks.
///
/// Each draw is a network with its batch: inputs uniform on the sphere of radius `√inputs`, the linear loss `⟨c, z_L⟩` with `c` uniform on the sphere of radius
/// `√outputs`, so that the signal that enters at the output does not depend on the rule, nor on the step. All steps are on the same batch, and a linear loss has no minimum: features grow
/// with every step, and the scatter of the draws with them, so more steps ask for a smaller rate. Networks are the same whatever rule
/// is on trial. Adam has the decays 0.9 and 0.999 and `ε = 0`; an orthogonalised update is the polar factor, times the factor of the shape that the optimiser
/// applies and the rule divides out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoordinateCheck<'a> {
    /// Where scales, multipliers and rates come from.
    pub rule: &'a Rule,
    /// What makes the updates.
    pub optimizer: Optimizer,
    /// The constant of the rates.
    pub rate: f64,
    /// The activation of the hidden layers.
    pub activation: Activation,
    /// The dimension of an input.
    pub inputs: usize,
    /// The dimension of an output.
    pub outputs: usize,
    /// The hidden layers, each as a multiple of the width: `[4, 1, 4]` has a bottleneck.
    pub hidden: &'a [usize],
    /// The widths, ascending.
    pub widths: &'a [usize],
    /// Examples of a batch.
    pub batch: usize,
    /// Steps of training.
    pub steps: usize,
    /// Networks drawn at the widest width; at the others as many times more as they are narrower, see [`draws_at`](CoordinateCheck::draws_at).
    pub draws: usize,
}

impl CoordinateCheck<'static> {
    /// The standard measurement of the theory over three steps: 16 inputs, two hidden layers with ReLU of widths 64 to 512, 4 outputs, one example, rate 0.1, 24 draws.
    #[must_use]
    pub const fn new(rule: &'static Rule, optimizer: Optimizer) -> Self {
        Self {
            rule,
            optimizer,
            rate: 0.1,
            activation: Activation::Relu,
            inputs: 16,
            outputs: 4,
            hidden: &[1, 1],
            widths: &[64, 128, 256, 512],
            batch: 1,
            steps: 3,
            draws: 24,
        }
    }
}

impl CoordinateCheck<'_> {
    /// The number of weight matrices.
    #[must_use]
    pub fn layers(&self) -> usize {
        self.hidden.len() + 1
    }

    /// The widths of all layers, input and output included, of the networks of a width.
    fn neurons(&self, width: usize) -> Vec<usize> {
        let hidden = self.hidden.iter().map(|multiple| multiple.saturating_mul(width));
        let mut neurons = vec![self.inputs];
        neurons.extend(hidden);
        neurons.push(self.outputs);
        neurons
    }

    /// Checks that there is something to measure.
    ///
    /// # Errors
    ///
    /// Fails if there is no hidden layer, no two ascending widths, fewer than two draws, no step, a dimension of zero or above [`WIDEST`],
    /// or the rule has no numbers for the networks.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::CoordinateCheck;
    /// use widthwise_parametrization::{Optimizer, rules};
    /// let check = CoordinateCheck::new(&rules::SPECTRAL, Optimizer::Adam);
    /// assert!(check.require_valid().is_ok());
    /// let error = CoordinateCheck { widths: &[64], ..check }.require_valid().unwrap_err();
    /// assert_eq!(error.to_string(), "two widths at least are needed, in ascending order");
    /// // The rule says nothing of hidden layers: one hidden layer is no matter, two are.
    /// let mean_field = CoordinateCheck::new(&rules::MEAN_FIELD, Optimizer::Sgd);
    /// assert!(mean_field.require_valid().is_err());
    /// assert!(CoordinateCheck { hidden: &[1], ..mean_field }.require_valid().is_ok());
    /// ```
    pub fn require_valid(&self) -> Result<(), CoordinateCheckError> {
        let ascending = self.widths.windows(2).all(|pair| pair[0] < pair[1]);
        if self.widths.len() < 2 || !ascending {
            return Err(CoordinateCheckError::WIDTHS);
        }
        if self.hidden.is_empty() {
            return Err(CoordinateCheckError::HIDDEN);
        }
        if self.draws < 2 {
            return Err(CoordinateCheckError::DRAWS);
        }
        if self.steps == 0 {
            return Err(CoordinateCheckError::STEPS);
        }
        CoordinateCheckError::require_size("examples of a batch", self.batch)?;
        for &width in self.widths {
            for neurons in self.neurons(width) {
                CoordinateCheckError::require_size("neurons of a layer", neurons)?;
            }
            self.scales(width)?;
        }
        Ok(())
    }

    /// How many networks of a width are drawn: half the width, twice the draws, up to 64 times those at the widest width.
    ///
    /// The variance of a logarithm falls as the inverse of the width and the cost of a network grows as its square, so this halves the error of a slope at two thirds of the time
    /// of equal numbers.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::CoordinateCheck;
    /// use widthwise_parametrization::{Optimizer, rules};
    /// let check = CoordinateCheck { draws: 10, ..CoordinateCheck::new(&rules::SPECTRAL, Optimizer::Sgd) };
    /// assert_eq!([64, 128, 256, 512].map(|width| check.draws_at(width)), [80, 40, 20, 10]);
    /// ```
    #[must_use]
    pub fn draws_at(&self, width: usize) -> usize {
        let widest = self.widths.last().copied().unwrap_or(width);
        self.draws.saturating_mul((widest / width.max(1)).clamp(1, MOST_TIMES))
    }

    /// The addresses of all networks, width by width.
    #[must_use]
    pub fn addresses(&self) -> impl DoubleEndedIterator<Item = Address> {
        self.widths
            .iter()
            .flat_map(|&width| (0..self.draws_at(width)).map(move |draw| Address::at_width(width, draw)))
    }

    /// What is measured on each network, in the order of its history.
    #[must_use]
    pub fn coordinates(&self) -> Vec<Coordinate> {
        let at = |step: usize| {
            let observables: &[Observable] = if step == 0 { &Observable::AT_START } else { &Observable::ALL };
            observables.iter().flat_map(move |&observable| {
                (1..=self.layers()).map(move |layer| Coordinate { observable, layer, step })
            })
        };
        (0..=self.steps).flat_map(at).collect()
    }
}
