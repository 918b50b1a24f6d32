// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which rule is this? Measured powers of the width against those of the known rules.
//!
//! The rows are rules with the optimisers they are met with, and for each the [`Signature`] that
//! the exponents predict. An implementation whose measured powers fit another row than the one it claims has that
//! row's fault. Rows with one signature (the spectral rule under any optimiser) cannot be told apart by powers of the
//! width.

use widthwise_rounding::Scalar;

use crate::{Rational, Rule, Signature, UpdateFamily, rules};

/// A rule with the family of the optimiser it runs under: a row of the table.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{Fingerprint, UpdateFamily, rules};
/// // A row of one's own.
/// let row = Fingerprint { claim: "", rule: &rules::TABLE_9, family: UpdateFamily::Entrywise };
/// assert!(row.signature().is_some_and(|signature| signature.is_maximal()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fingerprint {
    /// The id of the claim that the row belongs to.
    pub claim: &'static str,
    /// The rule.
    pub rule: &'static Rule,
    /// The optimiser's family.
    pub family: UpdateFamily,
}

/// The powers measured on networks of growing width: an interval `[lo, hi]` for each.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::{FINGERPRINTS, Measured};
///
/// let slope = |x: f64| [x - 0.1, x + 0.1];
/// let measured = Measured { output_weight: slope(0.48), updates: [slope(-0.48), slope(-0.47), slope(0.04)] };
/// let names: Vec<_> = FINGERPRINTS.iter().filter(|row| row.admits(&measured)).map(|row| row.rule.name).collect();
/// assert_eq!(names, ["neural tangent"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Of the RMS→RMS norm of the readout at initialisation.
    pub output_weight: [f64; 2],
    /// Of the RMS→RMS norms of the first updates of input, hidden and output matrix.
    pub updates: [[f64; 2]; 3],
}

const fn row(claim: &'static str, rule: &'static Rule, family: UpdateFamily) -> Fingerprint {
    Fingerprint { claim, rule, family }
}

/// The known rules, those that learn features and those that fail.
///
/// # Examples
///
/// ```
/// use widthwise_parametrization::FINGERPRINTS;
/// let learn = FINGERPRINTS.iter().filter(|row| row.signature().is_some_and(|signature| signature.is_maximal()));
/// // The spectral rule under each family, and the one repaired to be it.
/// assert_eq!(learn.count(), 4);
/// ```
pub static FINGERPRINTS: [Fingerprint; 17] = [
    row("spectral.rule.spectral", &rules::SPECTRAL, UpdateFamily::Gradient),
    row("spectral.rule.sp", &rules::STANDARD, UpdateFamily::Gradient),
    row("spectral.rule.sp-lr-over-n", &rules::STANDARD_OVER_WIDTH, UpdateFamily::Gradient),
    row("spectral.rule.ntp", &rules::NEURAL_TANGENT, UpdateFamily::Gradient),
    row("spectral.rule.mean-field", &rules::MEAN_FIELD, UpdateFamily::Gradient),
    row("spectral.rule.mean-field", &rules::NAIVE_DEEP_MEAN_FIELD, UpdateFamily::Gradient),
    row("spectral.rule.frobenius", &rules::RELATIVE_FROBENIUS, UpdateFamily::Spectral),
    row("spectral.rule.frobenius", &rules::RELATIVE_FROBENIUS_SPECTRAL, UpdateFamily::Spectral),
    row("spectral.rule.frobenius", &rules::RELATIVE_FROBENIUS_REPAIRED, UpdateFamily::Spectral),
    row("spectral.rule.uniform", &rules::UNIFORM, UpdateFamily::Spectral),
    row("spectral.rule.entry-size", &rules::ENTRY_SIZE, UpdateFamily::Entrywise),
    row("spectral.rule.sp", &rules::STANDARD, UpdateFamily::Entrywise),
    row("spectral.adam.batch", &rules::SPECTRAL, UpdateFamily::Entrywise),
    row("spectral.rule.ntp", &rules::NEURAL_TANGENT, UpdateFamily::Entrywise),
    row("spectral.muon.natural-norm", &rules::SPECTRAL_MAX, UpdateFamily::Spectral),
    row("spectral.muon.natural-norm", &rules::SPECTRAL_ENTRY_RMS, UpdateFamily::Spectral),
    row("spectral.muon.natural-norm", &rules::SPECTRAL, UpdateFamily::Spectral),
];

impl Fingerprint {
    /// The powers that the rule predicts; `None` if it says nothing of input or output matrices.
    ///
    /// ```
    /// use widthwise_parametrization::{FINGERPRINTS, Rational};
    /// let standard = FINGERPRINTS[1].signature().ok_or("no matrices")?;
    /// assert_eq!(standard.output_change, Some(Rational::integer(1)));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn signature(&self) -> Option<Signature> {
        self.rule.signature(self.family).ok()
    }

    /// Whether every power of the row lies in its interval. A row without a power for one of them admits nothing.
    ///
    /// ```
    /// use widthwise_parametrization::{FINGERPRINTS, Measured};
    /// let measured = Measured { output_weight: [-0.1, 0.1], updates: [[-0.1, 0.1]; 3] };
    /// assert!(FINGERPRINTS[0].admits(&measured) && !FINGERPRINTS[1].admits(&measured));
    /// ```
    #[must_use]
    pub fn admits(&self, measured: &Measured) -> bool {
        self.powers().is_some_and(|powers| {
            powers.into_iter().zip(measured.intervals()).all(|(x, [lo, hi])| lo <= x && x <= hi)
        })
    }

    /// The greatest distance of a power of the row from the middle of its interval; `None` for a row without one of
    /// the powers.
    ///
    /// ```
    /// use widthwise_parametrization::{FINGERPRINTS, Measured};
    /// let measured = Measured { output_weight: [0.5; 2], updates: [[-0.5; 2], [0.25; 2], [1.0; 2]] };
    /// assert_eq!(FINGERPRINTS[1].distance(&measured), Some(0.25));
    /// ```
    #[must_use]
    pub fn distance(&self, measured: &Measured) -> Option<f64> {
        let distances = self.powers()?.into_iter().zip(measured.intervals());
        Some(
            distances.fold(0.0, |greatest: f64, (x, [lo, hi])| {
                greatest.greater((x - 0.5 * (lo + hi)).magnitude())
            }),
        )
    }

    fn powers(&self) -> Option<[f64; 4]> {
        let Signature { initial: [_, _, output], updates: [input, hidden, readout], .. } =
            self.signature()?;
        Some([output?, input?, hidden?, readout?].map(Rational::to_f64))
    }
}

impl Measured {
    fn intervals(&self) -> [[f64; 2]; 4] {
        let [input, hidden, output] = self.updates;
        [self.output_weight, input, hidden, output]
    }

    /// The row of [`FINGERPRINTS`] whose powers are nearest to the middles of the intervals, and their greatest
    /// distance. Of rows equally near, the first; `None` if a number is NaN.
    ///
    /// ```
    /// use widthwise_parametrization::Measured;
    /// let measured = Measured { output_weight: [0.4, 0.6], updates: [[0.0, 0.1], [0.4, 0.6], [0.4, 0.6]] };
    /// let (row, distance) = measured.nearest().ok_or("not a number")?;
    /// assert_eq!((row.rule.name, distance), ("relative Frobenius", 0.05));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn nearest(&self) -> Option<(&'static Fingerprint, f64)> {
        if self.intervals().as_flattened().iter().any(|x| x.is_nan()) {
            return None;
        }
        FINGERPRINTS
            .iter()
            .filter_map(|row| Some((row, row.distance(self)?)))
            .reduce(|nearest, next| if next.1 < nearest.1 { next } else { nearest })
    }
}
