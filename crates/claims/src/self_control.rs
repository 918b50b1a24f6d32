// SPDX-License-Identifier: MIT OR Apache-2.0

//! Controls of the checker itself: computations that look like confirmations and must not count as one.
//!
//! With `δ = (3, 4)`, `h = (1, 2, 2)`, `η = ½` all scaled by `1e150`, plain arithmetic gives infinity for both sides of `‖ΔW h‖ = ‖ΔW‖ ‖h‖`; scaled by
//! `1e−160`, zero for both. `∞ = ∞` and `0 = 0` would confirm anything. The same claim evaluated on enclosures *without* rescaling must therefore
//! end as "too wide to have tested anything", and the claim proper, which rescales, must hold on the same instance.

use widthwise_rounding::{Enclosure, Scalar, ScaledEnclosure, Verdict};

use crate::{Outcome, Trial};

/// A computation that must not count as a confirmation.
#[derive(Debug)]
pub struct SelfControl {
    /// The stable id.
    pub id: &'static str,
    /// What is computed.
    pub states: &'static str,
    /// The power of ten that scales `δ`, `h` and `η`.
    scale: f64,
}

/// Both self-controls.
pub static SELF_CONTROLS: [SelfControl; 2] = [
    SelfControl {
        id: "checker.unscaled-overflow",
        states: "‖ΔW h‖ = ‖ΔW‖ ‖h‖ at 1e150 without rescaling, where both sides overflow",
        scale: 1e150,
    },
    SelfControl {
        id: "checker.unscaled-underflow",
        states: "‖ΔW h‖ = ‖ΔW‖ ‖h‖ at 1e−160 without rescaling, where both sides underflow",
        scale: 1e-160,
    },
];

impl SelfControl {
    /// Evaluates the control: whether it counts as anything but undecided and too wide.
    ///
    /// ```
    /// for control in &widthwise_claims::SELF_CONTROLS {
    ///     assert!(!control.confirms(), "{}", control.id);
    /// }
    /// ```
    #[must_use]
    pub fn confirms(&self) -> bool {
        match self.outcome() {
            Outcome::Decided(findings) => !findings.too_wide || findings.verdict != Verdict::Undecided,
            Outcome::Skipped(_) => true,
        }
    }

    /// What the comparison of the two sides comes to.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let number = |x: f64| Enclosure::from_bounds(x * self.scale, x * self.scale);
        let (delta, h, rate) = ([3.0, 4.0].map(number), [1.0, 2.0, 2.0].map(number), -number(0.5));
        let mut image_squared = Enclosure::zero();
        let mut norm_squared = Enclosure::zero();
        for delta in delta {
            let mut image = Enclosure::zero();
            for h in h {
                let entry = rate * delta * h;
                image = image + entry * h;
                norm_squared = norm_squared + entry.square();
            }
            image_squared = image_squared + image.square();
        }
        let length_squared = h.iter().fold(Enclosure::zero(), |sum, h| sum + h.square());
        let root = |x: Enclosure<f64>| x.square_root().unwrap_or_else(Enclosure::whole);
        let (left, right) = (root(image_squared), root(norm_squared) * root(length_squared));
        let mut ignore = ();
        let mut trial = Trial::new(&mut ignore);
        let allowance = 64.0 * f64::UNIT_ROUNDOFF;
        trial.equal(
            "‖ΔW h‖ = ‖ΔW‖ ‖h‖",
            ScaledEnclosure::from(left),
            ScaledEnclosure::from(right),
            allowance,
        );
        trial.outcome()
    }
}
