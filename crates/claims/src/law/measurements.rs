// SPDX-License-Identifier: MIT OR Apache-2.0

//! The measurements of a law, each at its address.
//!
//! Threads fill sheets of their own and merge them. A sheet keeps every number at the place of its address and sums nothing; sums are
//! formed at the end, in the order of the addresses. So merging is associative, commutative and idempotent, and no bit of the result depends on who
//! measured what. A law has some thousand numbers, which makes this the simplest way to it.

use alloc::vec;
use alloc::vec::Vec;

use super::estimand::SizeSample;
use super::findings::Findings;
use super::{Address, Design, Law, LawError, Size};

/// What has been measured of a law.
///
/// # Examples
///
/// ```
/// use widthwise_claims::law::{Design, Measurements, Memory, Size, find};
///
/// let law = find("spectral.rule.ntp").ok_or("unknown id")?;
/// const SIZES: &[Size] = &Size::widths([8, 16]);
/// let design = Design { sizes: SIZES, draws: 2 };
/// let mut memory = Memory::default();
/// let (mut odd, mut even) = (Measurements::new(law, design), Measurements::new(law, design));
/// for (number, address) in design.addresses().enumerate() {
///     let sheet = if number % 2 == 0 { &mut even } else { &mut odd };
///     sheet.record(address, law.measure(1, address, &mut memory));
/// }
/// assert_eq!((odd.recorded(), odd.findings()), (2, None));
///
/// let mut all = odd.clone();
/// all.merge(&even);
/// even.merge(&odd);
/// assert_eq!(all, even);
/// assert!(all.findings().is_some());
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct Measurements {
    law: &'static Law,
    design: Design,
    places: Vec<Place>,
}

#[derive(Clone, Debug, PartialEq)]
enum Place {
    Empty,
    /// The quantities.
    Measured(Vec<f64>),
    Failed(LawError),
}

impl PartialEq for Measurements {
    fn eq(&self, other: &Self) -> bool {
        self.law.id == other.law.id && self.design == other.design && self.places == other.places
    }
}

impl Measurements {
    /// An empty sheet.
    #[must_use]
    pub fn new(law: &'static Law, design: Design) -> Self {
        Self { law, design, places: vec![Place::Empty; design.measurements()] }
    }

    /// Enters what was measured at an address of the design; an address outside of it is ignored.
    pub fn record(&mut self, address: Address, values: Result<Vec<f64>, LawError>) {
        let place = self.design.position(address).and_then(|position| self.places.get_mut(position));
        if let Some(place) = place {
            *place = match values {
                Ok(values) => Place::Measured(values),
                Err(error) => Place::Failed(error),
            };
        }
    }

    /// Adds what another sheet of the same law and design has and this one has not. A sheet of another law or design adds nothing.
    pub fn merge(&mut self, other: &Self) {
        if self.law.id != other.law.id || self.design != other.design {
            return;
        }
        for (own, other) in self.places.iter_mut().zip(&other.places) {
            if *own == Place::Empty {
                own.clone_from(other);
            }
        }
    }

    /// The law.
    #[must_use]
    pub fn law(&self) -> &'static Law {
        self.law
    }

    /// What is to be measured.
    #[must_use]
    pub fn design(&self) -> Design {
        self.design
    }

    /// How many addresses have been measured or have failed.
    #[must_use]
    pub fn recorded(&self) -> usize {
        self.places.iter().filter(|place| **place != Place::Empty).count()
    }

    /// How many addresses have failed, and the error of the first.
    #[must_use]
    pub fn failures(&self) -> Option<(usize, LawError)> {
        let mut errors = self.places.iter().filter_map(|place| match place {
            Place::Failed(error) => Some(*error),
            Place::Empty | Place::Measured(_) => None,
        });
        let first = errors.next()?;
        Some((1 + errors.count(), first))
    }

    /// What the measurements say of the law; `None` until every address has been measured.
    #[must_use]
    pub fn findings(&self) -> Option<Findings> {
        if self.recorded() < self.places.len() {
            return None;
        }
        let estimates = self.law.estimands.iter().enumerate();
        let estimates =
            estimates.flat_map(|(position, estimand)| estimand.estimates(&self.samples(position)));
        Some(Findings::new(estimates.collect()))
    }

    /// The draws of the quantity of an estimand, size by size.
    fn samples(&self, estimand: usize) -> Vec<SizeSample> {
        let draws = self.places.chunks(self.design.draws.max(1));
        let sample = |(&size, places): (&Size, &[Place])| {
            let values: Vec<_> = places.iter().filter_map(|place| value(place, estimand)).collect();
            SizeSample { size, unmeasured: places.len() - values.len(), values }
        };
        self.design.sizes.iter().zip(draws).map(sample).collect()
    }
}

/// The value of a quantity if it is a positive number, as every quantity of a law is.
fn value(place: &Place, estimand: usize) -> Option<f64> {
    match place {
        Place::Measured(values) => {
            values.get(estimand).copied().filter(|value| value.is_finite() && *value > 0.0)
        }
        Place::Empty | Place::Failed(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::{Decision, Estimate, ExponentEstimate, Measure, Memory, find};
    use proptest::prelude::*;
    use std::boxed::Box;
    use widthwise_parametrization::{Role, rules};
    use widthwise_rounding::Scalar;

    const DESIGN: Design = Design { sizes: &[Size::width(8), Size::width(64)], draws: 3 };

    /// The law of one spectral norm with measurements of another kind.
    fn law(quantities: Measure) -> &'static Law {
        let law = find("spectral.rule.uniform").unwrap();
        Box::leak(Box::new(Law { quantities, ..*law }))
    }

    fn filled(law: &'static Law) -> Measurements {
        let mut measurements = Measurements::new(law, DESIGN);
        for address in DESIGN.addresses() {
            measurements.record(address, law.measure(1, address, &mut Memory::default()));
        }
        measurements
    }

    fn exponents(findings: &Findings) -> Vec<ExponentEstimate> {
        findings.estimates().iter().filter_map(Estimate::exponent).collect()
    }

    /// n^(-1/2), 1, n^(1/2), and a little noise.
    fn powers(_: &Law, _: u64, address: Address, _: &mut Memory) -> Result<Vec<f64>, LawError> {
        let root = f64::from_count(address.width()).square_root();
        let noise = 1.0 + 0.001 * f64::from_count(address.draw);
        Ok(vec![noise / root, noise, noise * root])
    }

    #[test]
    fn exponents_are_found() {
        let findings = filled(law(powers)).findings().unwrap();
        assert!(findings.prediction_holds() && findings.control_is_refuted());
        let slopes: Vec<_> = exponents(&findings).iter().map(|e| e.slope.unwrap().estimate).collect();
        for (slope, expected) in slopes.iter().zip([-0.5, 0.0, 0.5]) {
            assert!((slope - expected).magnitude() < 1e-12, "{slopes:?}");
        }
    }

    #[test]
    fn a_zero_leaves_its_quantity_open_and_is_counted() {
        let zero = |_: &Law, _: u64, address: Address, _: &mut Memory| {
            let mut values =
                powers(find("spectral.rule.uniform").unwrap(), 0, address, &mut Memory::default())?;
            if address.draw == 1 {
                values[1] = 0.0;
            }
            Ok(values)
        };
        let findings = filled(law(zero)).findings().unwrap();
        let decisions: Vec<_> = findings.estimates().iter().map(Estimate::decision).collect();
        assert_eq!(decisions, [Decision::Supported, Decision::Unmeasured, Decision::Supported]);
        assert_eq!(findings.estimates()[1].unmeasured(), 2);
        assert!(!findings.prediction_holds() && !findings.prediction_is_refuted());
    }

    #[test]
    fn failures_are_kept_and_leave_everything_open() {
        let law = law(|_, _, _, _| Err(rules::MEAN_FIELD.entry(Role::Hidden).unwrap_err().into()));
        let measurements = filled(law);
        let (count, error) = measurements.failures().unwrap();
        assert_eq!((count, error.is_of_the_rule()), (6, true));
        let findings = measurements.findings().unwrap();
        assert!(findings.estimates().iter().all(|estimate| estimate.decision() == Decision::Unmeasured));
    }

    #[test]
    fn noise_leaves_the_question_open() {
        let noisy = |_: &Law, _: u64, address: Address, _: &mut Memory| {
            Ok(vec![1.0 + 0.2 * f64::from_count(address.draw); 3])
        };
        let findings = filled(law(noisy)).findings().unwrap();
        assert!(findings.estimates().iter().all(|estimate| estimate.decision() == Decision::TooNoisy));
    }

    #[test]
    fn foreign_sheets_and_addresses_change_nothing() {
        let law = law(powers);
        let mut measurements = Measurements::new(law, DESIGN);
        measurements.record(Address::at_width(16, 0), Ok(vec![1.0; 3]));
        measurements.record(Address::at_width(8, 3), Ok(vec![1.0; 3]));
        measurements.merge(&filled(find("spectral.rule.sp").unwrap()));
        assert_eq!(measurements.recorded(), 0);
    }

    proptest! {
        #[test]
        fn any_partition_merges_to_the_same_sheet(owners in prop::collection::vec(0_usize..3, 6)) {
            let law = law(powers);
            let mut sheets = [(); 3].map(|()| Measurements::new(law, DESIGN));
            for (address, &owner) in DESIGN.addresses().zip(&owners) {
                sheets[owner].record(address, law.measure(1, address, &mut Memory::default()));
            }
            let whole = filled(law);
            for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 2, 1]] {
                let mut sum = Measurements::new(law, DESIGN);
                for sheet in order {
                    sum.merge(&sheets[sheet]);
                    sum.merge(&sheets[sheet]);
                }
                prop_assert_eq!(&sum, &whole);
                prop_assert_eq!(sum.findings(), whole.findings());
            }
        }
    }
}
