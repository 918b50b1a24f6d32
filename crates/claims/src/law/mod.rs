// SPDX-License-Identifier: MIT OR Apache-2.0

//! Laws: what is estimated on random networks and matrices, and decided with stated rates of error.
//!
//! A statement "this norm is of order `n^s`" says nothing of one matrix. It becomes falsifiable as a slope: the quantity is drawn at several
//! widths, `s` is estimated as the slope of its logarithm over that of the width, and the law stands if the estimate is near what the theory
//! predicts and far from what the control predicts. Other statements are about a mean, about a range that a draw leaves with hardly any probability, about a whole
//! distribution: the four forms of an [`Estimand`], each with a rule of decision. The rates of error are in [`Findings`].
//!
//! A law is plain data in a `static` table. A measurement is a pure function of an address (seed, law, size, draw), and what a law amounts to
//! is a function of all its measurements in the order of their addresses, so the result is the same bits for any number of threads.
//!
//! # Examples
//!
//! ```
//! use widthwise_claims::law::{Design, Measurements, Memory, Size, find};
//!
//! let law = find("spectral.rule.uniform").ok_or("unknown id")?;
//! // Fewer and narrower than any effort: this law has hardly any noise.
//! const SIZES: &[Size] = &Size::widths([16, 32, 64]);
//! let design = Design { sizes: SIZES, draws: 3 };
//! let (mut memory, mut measurements) = (Memory::default(), Measurements::new(law, design));
//! for address in design.addresses() {
//!     measurements.record(address, law.measure(0x5eed, address, &mut memory));
//! }
//! let findings = measurements.findings().ok_or("a measurement is missing")?;
//! assert!(findings.prediction_holds() && findings.control_is_refuted());
//! # Ok::<(), &str>(())
//! ```

mod bench;
mod design;
mod distribution;
mod distribution_function;
mod error;
mod estimand;
mod exponent;
mod findings;
mod mean;
mod measurements;
mod quantity;
mod range;
mod slope;
pub(crate) mod standard_network;
pub(crate) mod trained_network;

use alloc::vec::Vec;

use crate::{Paper, spectral_condition};

pub use bench::Memory;
pub use design::{Address, Design, Effort, Size};
pub use distribution::{Distribution, DistributionEstimate, LARGEST_DISTANCE, LEVEL};
pub use distribution_function::{chi_squared_distribution, half_beta_distribution};
pub use error::LawError;
pub use estimand::{Decision, Estimand, Estimate};
pub use exponent::{Exponent, ExponentEstimate, LARGEST_STANDARD_ERROR, TOLERANCE};
pub use findings::{FALSE_ALARM, Findings, POWER};
pub use mean::{Average, LARGEST_NOISE, Mean, MeanEstimate, STANDARD_ERRORS};
pub use measurements::Measurements;
pub use quantity::Quantity;
pub use range::{Range, RangeEstimate};
pub use slope::{Slope, WidthSample};

/// From law, seed and address to the quantities of the law's estimands, in their order. A pure function: memory only spares allocations.
pub type Measure = fn(&Law, u64, Address, &mut Memory) -> Result<Vec<f64>, LawError>;

/// A law.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// The stable id.
    pub id: &'static str,
    /// Where it comes from.
    pub paper: &'static Paper,
    /// The statement in one line.
    pub statement: &'static str,
    /// The statement, whole.
    pub states: &'static str,
    /// What is drawn, and what is held fixed.
    pub hypotheses: &'static str,
    /// How the quantities are measured.
    pub measured_as: &'static str,
    /// Where the statement stands in the paper, and what was added to it.
    pub source: &'static str,
    /// What the law says of each quantity, and what the control says.
    pub estimands: &'static [Estimand],
    /// The wrong law.
    pub control: Control,
    /// Sizes and draws of each effort, in the order of [`Effort::ALL`].
    pub designs: [Design; 3],
    /// Measures the quantities, in the order of `estimands`, on what is drawn at an address.
    pub quantities: Measure,
}

/// A deliberately wrong law about the same quantities, which their measurements must refute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// The law's id with the control's name behind it.
    pub id: &'static str,
    /// The wrong statement.
    pub states: &'static str,
    /// Why it is wrong.
    pub because: &'static str,
}

impl Law {
    /// Sizes and draws of an effort.
    ///
    /// ```
    /// use widthwise_claims::law::{Effort, find};
    /// let law = find("spectral.rule.sp").ok_or("unknown id")?;
    /// let widths: Vec<_> = law.design(Effort::Standard).sizes.iter().map(|size| size.columns).collect();
    /// assert_eq!(widths, [64, 128, 256, 512]);
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn design(&self, effort: Effort) -> Design {
        let [quick, standard, thorough] = self.designs;
        match effort {
            Effort::Quick => quick,
            Effort::Standard => standard,
            Effort::Thorough => thorough,
        }
    }

    /// The quantities at an address, in the order of the estimands: a pure function of the seed, the law's id and the address.
    ///
    /// # Errors
    ///
    /// Fails if the rule on trial has no number for the network, or a number leaves the format.
    ///
    /// ```
    /// use widthwise_claims::law::{Address, Memory, find};
    /// let law = find("spectral.rule.ntp").ok_or("unknown id")?;
    /// let values = law.measure(7, Address::at_width(32, 0), &mut Memory::default())?;
    /// assert_eq!(values.len(), law.estimands.len());
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn measure(&self, seed: u64, address: Address, memory: &mut Memory) -> Result<Vec<f64>, LawError> {
        (self.quantities)(self, seed, address, memory)
    }
}

/// Every law, paper by paper.
pub static LAWS: &[&Law] = &spectral_condition::laws::LAWS;

/// The law with this id.
///
/// ```
/// assert!(widthwise_claims::law::find("spectral.rule.spectral").is_some());
/// assert!(widthwise_claims::law::find("spectral.opnorm-bound").is_none());
/// ```
#[must_use]
pub fn find(id: &str) -> Option<&'static Law> {
    LAWS.iter().copied().find(|law| law.id == id)
}
