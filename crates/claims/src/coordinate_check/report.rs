// SPDX-License-Identifier: MIT OR Apache-2.0

//! From the records of all networks to powers of the width, and from those to a verdict.
//!
//! | outcome | when |
//! | --- | --- |
//! | inconclusive | a hidden layer is narrower than input or output, or than 8: powers of the width are for wider ones |
//! | fail | a power moves: its interval, the estimate ± 4 standard errors, lies beyond ±¼ (above ¼ for what only must not grow) |
//! | inconclusive | a number of a network left the format · a quantity was zero in some networks (dead units) · or in all of them after the last step (nothing trains) · an interval contains ±¼ (noise) |
//! | pass | every interval lies within; zero in all networks before the last step (a readout that starts at zero) is no matter |
//!
//! The first row that applies counts, so a rule that blows up fails by what was measured before its numbers left the format. A quantity that was not a positive number in
//! every network has no estimate, and what has no estimate never passes.
//!
//! The exponents of the theory are multiples of ½, and ¼ is half way: a true 0 is reported to move only if an estimate is off by `¼ + 4 SE`, and a true ½ passes only if one is off by that
//! much. Slopes at widths of 64 to 512 are off by 0.1 or less under rules that keep everything flat. Under rules that blow up, sizes and changes of features are sums of different powers, and
//! their slopes lie between.

use alloc::vec::Vec;
use core::fmt;

use widthwise_network::NetworkError;
use widthwise_parametrization::Rational;
use widthwise_rounding::Scalar;

use super::{
    Coordinate, CoordinateCheck, CoordinateCheckError, Expectation, HALF_WAY, INTERVAL, Observable, Pattern,
    PatternClass, Record, Warning,
};
use crate::law::{Slope, WidthSample};

/// A hundredth: a change below it is a small one.
const SMALL_CHANGE: f64 = 0.01;

/// The mean logarithm of the size of fewer numbers is far below the logarithm of its mean: by 0.06 for eight, by 0.63 for one.
const LEAST_NEURONS: usize = 8;

/// Widths that span less do not tell powers apart.
const SHORT_RANGE: f64 = 8.0;

/// The power of one coordinate.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// What was measured.
    pub coordinate: Coordinate,
    /// The power under a correct rule.
    pub expectation: Expectation,
    /// The mean logarithms of those draws that were positive numbers, for each width with two of them at least.
    pub samples: Vec<WidthSample>,
    /// The estimated power; `None` unless every draw was a positive number.
    pub slope: Option<Slope>,
    /// Networks.
    pub networks: usize,
    /// Networks in which the quantity was zero.
    pub zeros: usize,
    /// Networks in which it was not measured, since a number left the format.
    pub missing: usize,
}

/// What an estimate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// The power is the one expected.
    AsExpected,
    /// It is not.
    Moves,
    /// The interval is too wide to tell.
    Open,
    /// The quantity was zero in every network.
    Zero,
    /// The quantity was zero in some networks.
    SometimesZero,
    /// Some networks could not be measured.
    Missing,
}

impl Estimate {
    /// The estimate ± [`INTERVAL`] standard errors.
    #[must_use]
    pub fn interval(&self) -> Option<[f64; 2]> {
        self.slope.map(|slope| {
            let reach = INTERVAL * slope.standard_error;
            [slope.estimate - reach, slope.estimate + reach]
        })
    }

    /// What the interval says of the power that is expected.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::{Coordinate, Decision, Estimate, Expectation, Observable};
    /// use widthwise_claims::law::Slope;
    /// let coordinate = Coordinate { observable: Observable::Update, layer: 1, step: 1 };
    /// let decide = |estimate, standard_error, expectation| {
    ///     let slope = Some(Slope { estimate, standard_error });
    ///     Estimate { coordinate, expectation, samples: vec![], slope, networks: 64, zeros: 0, missing: 0 }.decision()
    /// };
    /// assert_eq!(decide(0.1, 0.03, Expectation::Flat), Decision::AsExpected);
    /// assert_eq!(decide(-0.5, 0.03, Expectation::Flat), Decision::Moves);
    /// assert_eq!(decide(-0.2, 0.03, Expectation::Flat), Decision::Open);
    /// assert_eq!(decide(-0.5, 0.03, Expectation::NotGrowing { typical: None }), Decision::AsExpected);
    /// assert_eq!(decide(f64::NAN, 0.03, Expectation::Flat), Decision::Missing);
    /// ```
    #[must_use]
    pub fn decision(&self) -> Decision {
        if self.missing > 0 {
            return Decision::Missing;
        }
        if self.zeros > 0 {
            return if self.zeros == self.networks { Decision::Zero } else { Decision::SometimesZero };
        }
        let Some([lo, hi]) = self.interval() else { return Decision::Missing };
        if !(lo.is_finite() && hi.is_finite()) {
            return Decision::Missing;
        }
        let may_fall = matches!(self.expectation, Expectation::NotGrowing { .. });
        if lo > HALF_WAY || (hi < -HALF_WAY && !may_fall) {
            Decision::Moves
        } else if hi <= HALF_WAY && (lo >= -HALF_WAY || may_fall) {
            Decision::AsExpected
        } else {
            Decision::Open
        }
    }
}

/// What became of the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Features, their changes and spectral norms have one size at every width.
    Pass,
    /// A power moves: the first in time, and of those at one time the farthest from what is expected.
    Fail(Failure),
    /// Neither.
    Inconclusive(Reason),
}

/// A power that is not the one of a correct rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failure {
    /// What has it.
    pub coordinate: Coordinate,
    /// Its estimate.
    pub slope: Slope,
}

/// Why a check is inconclusive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// A hidden layer is narrower than the input or the output, or than eight neurons. Powers of the width are for wider ones: a rule may start a narrower
    /// layer otherwise, as the spectral one does.
    Narrow {
        /// Its neurons.
        neurons: usize,
        /// The fewest that would do.
        least: usize,
    },
    /// Numbers of networks left the format.
    LeftFormat {
        /// How many networks.
        networks: usize,
        /// What happened in the first of them.
        error: Option<NetworkError>,
    },
    /// A quantity was zero in some networks: dead units, where the network is narrow.
    SometimesZero {
        /// The first such quantity.
        coordinate: Coordinate,
        /// In how many networks.
        networks: usize,
    },
    /// A quantity was zero in every network after the last step: a rate or an input of zero, or layers that the signal does not reach.
    StandsStill(Coordinate),
    /// An interval is too wide. More draws, wider networks, or a smaller rate would narrow it: growth from step to step amplifies scatter.
    Noise(Coordinate),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} goes as n^({:.2})", self.coordinate, self.slope.estimate)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Narrow { neurons, least } => write!(
                f,
                "a hidden layer has {neurons} neurons, and powers of the width are for {least} or more"
            ),
            Self::LeftFormat { networks, error } => {
                write!(f, "the numbers of {networks} networks left the format of binary64")?;
                error.map_or(Ok(()), |error| write!(f, "; the first: {error}"))
            }
            Self::SometimesZero { coordinate, networks } => {
                write!(f, "{coordinate} is zero in {networks} networks, as with dead units")
            }
            Self::StandsStill(coordinate) => {
                write!(f, "{coordinate} is zero in every network: nothing trains")
            }
            Self::Noise(coordinate) => write!(
                f,
                "the interval of {coordinate} is too wide to tell: more draws, wider networks or a smaller rate would narrow it"
            ),
        }
    }
}

/// The class of rules whose powers are nearest to those measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// The rules.
    pub class: PatternClass,
    /// The greatest distance of a power from its estimate.
    pub distance: f64,
}

impl Nearest {
    /// Whether no power is farther than half way to the next exponent: else no known rule has these powers.
    #[must_use]
    pub fn is_near(&self) -> bool {
        self.distance <= HALF_WAY
    }
}

/// What all networks amount to.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    estimates: Vec<Estimate>,
    predicted: Option<Pattern>,
    nearest: Option<Nearest>,
    warnings: Vec<Warning>,
    verdict: Verdict,
}

impl CoordinateCheck<'_> {
    /// What the records of all networks amount to.
    ///
    /// # Errors
    ///
    /// As [`require_valid`](Self::require_valid), and unless there is one record for each of the [`addresses`](Self::addresses), in their order.
    ///
    /// ```
    /// use widthwise_claims::coordinate_check::{CoordinateCheck, Reason, Verdict};
    /// use widthwise_parametrization::{Optimizer, rules};
    /// // Without a rate nothing trains, and what does not move is no size at all.
    /// let check = CoordinateCheck {
    ///     rate: 0.0,
    ///     widths: &[32, 64],
    ///     draws: 2,
    ///     steps: 1,
    ///     ..CoordinateCheck::new(&rules::MODULAR, Optimizer::SpectrallyNormalized)
    /// };
    /// let records = check.addresses().map(|address| check.measure(1, address)).collect::<Result<Vec<_>, _>>()?;
    /// let report = check.report(&records)?;
    /// assert!(matches!(report.verdict(), Verdict::Inconclusive(Reason::StandsStill(_))));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn report(&self, records: &[Record]) -> Result<Report, CoordinateCheckError> {
        self.require_valid()?;
        let coordinates = self.coordinates();
        let addresses = records.iter().map(Record::address);
        let long = records.iter().any(|record| record.values().len() > coordinates.len());
        if long || !addresses.eq(self.addresses()) {
            return Err(CoordinateCheckError::RECORDS);
        }
        let estimates = coordinates
            .iter()
            .enumerate()
            .map(|(place, &coordinate)| self.estimate(coordinate, records, place));
        let estimates: Vec<_> = estimates.collect();
        Ok(Report {
            predicted: Pattern::of(self.rule, self.optimizer.family(), self.layers()),
            nearest: self.nearest(&estimates),
            warnings: self.warnings(&estimates),
            verdict: self.verdict(&estimates, records),
            estimates,
        })
    }

    fn estimate(&self, coordinate: Coordinate, records: &[Record], place: usize) -> Estimate {
        let expectation = Expectation::of(coordinate, self.layers());
        let (mut zeros, mut missing) = (0, 0);
        let mut samples = Vec::new();
        for &width in self.widths {
            let mut logarithms = Vec::new();
            for record in records.iter().filter(|record| record.address().width() == width) {
                match record.values().get(place) {
                    Some(&0.0) => zeros += 1,
                    Some(&value) if value > 0.0 && value.is_finite() => {
                        logarithms.push(value.natural_logarithm());
                    }
                    _ => missing += 1,
                }
            }
            samples.extend(WidthSample::new(width, &logarithms));
        }
        let slope = if zeros + missing == 0 { Slope::fit(&samples) } else { None };
        Estimate { coordinate, expectation, samples, slope, networks: records.len(), zeros, missing }
    }

    fn verdict(&self, estimates: &[Estimate], records: &[Record]) -> Verdict {
        let least = self.inputs.max(self.outputs).max(LEAST_NEURONS);
        let neurons = self.widths.iter().flat_map(|width| self.hidden.iter().map(move |times| times * width));
        if let Some(neurons) = neurons.min().filter(|&neurons| neurons < least) {
            return Verdict::Inconclusive(Reason::Narrow { neurons, least });
        }
        let excess =
            |estimate: &Estimate, slope: Slope| (slope.estimate - estimate.expectation.power()).magnitude();
        let failures = estimates.iter().filter(|estimate| estimate.decision() == Decision::Moves);
        let failures = failures.filter_map(|estimate| Some((estimate, estimate.slope?)));
        // The order of the coordinates is that of time.
        let first = failures.reduce(|first, next| {
            let together = first.0.coordinate.step == next.0.coordinate.step;
            if together && excess(next.0, next.1) > excess(first.0, first.1) { next } else { first }
        });
        if let Some((estimate, slope)) = first {
            return Verdict::Fail(Failure { coordinate: estimate.coordinate, slope });
        }
        let find = |decision| estimates.iter().find(|estimate| estimate.decision() == decision);
        let failed = records.iter().filter(|record| record.failure().is_some());
        if let Some(missing) = find(Decision::Missing) {
            return Verdict::Inconclusive(Reason::LeftFormat {
                networks: failed.clone().count().max(missing.missing),
                error: failed.clone().find_map(Record::failure),
            });
        }
        if let Some(zero) = find(Decision::SometimesZero) {
            return Verdict::Inconclusive(Reason::SometimesZero {
                coordinate: zero.coordinate,
                networks: zero.zeros,
            });
        }
        let still = estimates
            .iter()
            .find(|estimate| estimate.coordinate.step == self.steps && estimate.decision() == Decision::Zero);
        if let Some(still) = still {
            return Verdict::Inconclusive(Reason::StandsStill(still.coordinate));
        }
        match find(Decision::Open) {
            Some(open) => Verdict::Inconclusive(Reason::Noise(open.coordinate)),
            None => Verdict::Pass,
        }
    }

    /// The nearest pattern; `None` if a power of the fingerprint is not estimated.
    fn nearest(&self, estimates: &[Estimate]) -> Option<Nearest> {
        let power = |observable, layer, step| {
            let coordinate = Coordinate { observable, layer, step };
            let estimate = estimates.iter().find(|estimate| estimate.coordinate == coordinate)?;
            Some(estimate.slope?.estimate)
        };
        let layers = 1..=self.layers();
        let weights = layers.clone().map(|layer| power(Observable::Weight, layer, 0));
        let updates = layers.map(|layer| power(Observable::Update, layer, 1));
        let measured = weights.chain(updates).collect::<Option<Vec<_>>>()?;
        let classes = PatternClass::all(self.layers()).into_iter().map(|class| {
            let distance = class.pattern().distance(&measured);
            Nearest { class, distance }
        });
        classes.reduce(|nearest, next| if next.distance < nearest.distance { next } else { nearest })
    }

    fn warnings(&self, estimates: &[Estimate]) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.steps == 1 {
            warnings.push(Warning::OneStep);
        }
        if let Some(relative) = self.greatest_change(estimates).filter(|&relative| relative < SMALL_CHANGE) {
            warnings.push(Warning::SmallChange { relative });
        }
        if let [narrowest, .., widest] = *self.widths {
            let factor = f64::from_count(widest) / f64::from_count(narrowest);
            if factor < SHORT_RANGE {
                warnings.push(Warning::ShortRange { factor });
            }
        }
        if self.widths.len() == 2 {
            warnings.push(Warning::TwoWidths);
        }
        warnings
    }

    /// The greatest change of the features of a hidden layer in all steps, relative to their size at the start, at the narrowest width: quotients
    /// of geometric means. `None` if no layer has both.
    fn greatest_change(&self, estimates: &[Estimate]) -> Option<f64> {
        let narrowest = *self.widths.first()?;
        let mean = |observable, layer, step| {
            let coordinate = Coordinate { observable, layer, step };
            let estimate = estimates.iter().find(|estimate| estimate.coordinate == coordinate)?;
            estimate.samples.iter().find(|sample| sample.width == narrowest).map(|sample| sample.mean)
        };
        let change = |layer| {
            let change = mean(Observable::PreactivationChange, layer, self.steps)?;
            Some(libm::exp(change - mean(Observable::Preactivation, layer, 0)?))
        };
        (1..self.layers()).filter_map(change).reduce(Scalar::greater)
    }
}

impl Expectation {
    /// The power to compare with.
    fn power(self) -> f64 {
        match self {
            Self::NotGrowing { typical: Some(power) } => power.to_f64(),
            Self::Flat | Self::NotGrowing { typical: None } => Rational::ZERO.to_f64(),
        }
    }
}

impl Report {
    /// The powers of all coordinates, in the order of [`CoordinateCheck::coordinates`].
    #[must_use]
    pub fn estimates(&self) -> &[Estimate] {
        &self.estimates
    }

    /// The estimate of a coordinate; `None` if it is none of the check.
    #[must_use]
    pub fn estimate(&self, coordinate: Coordinate) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| estimate.coordinate == coordinate)
    }

    /// The powers that the rule on trial should lead to by its own exponents; `None` where it has none.
    #[must_use]
    pub fn predicted(&self) -> Option<&Pattern> {
        self.predicted.as_ref()
    }

    /// The class of rules that the powers at the start and of the first step fit best; `None` if one of them has no estimate.
    #[must_use]
    pub fn nearest(&self) -> Option<&Nearest> {
        self.nearest.as_ref()
    }

    /// What the check knows not to have seen.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }
}
