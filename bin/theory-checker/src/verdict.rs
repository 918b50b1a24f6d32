// SPDX-License-Identifier: MIT OR Apache-2.0

//! From counts and estimates to a verdict: the rules, each of them one line of [`of_claim`] or [`of_law`].

use core::fmt;

use widthwise_claims::Tally;
use widthwise_claims::law::{Decision, Estimate, Findings, Measurements};

use crate::campaign::{ControlOutcome, Stop};
use crate::exit_status::ExitStatus;

/// A claim with more than a fifth of its instances skipped has not been tested on what it speaks of.
const MOST_SKIPPED_PERCENT: u128 = 20;

/// What a campaign says about a claim, or about everything selected. In order of severity, so that the verdict of several is their maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// No counterexample, and every control refuted.
    Held,
    /// The question is open, for a reason.
    Inconclusive(Reason),
    /// Some control was not refuted: the check may be unable to fail.
    ControlNotRefuted,
    /// There is a counterexample.
    Refuted,
    /// Ctrl-C came first.
    Interrupted,
}

/// Why a question is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Too many instances did not meet the hypotheses.
    Skipped {
        /// How many.
        skipped: u64,
        /// Of how many.
        instances: u64,
    },
    /// Enclosures were too wide to test anything.
    TooWide {
        /// On how many instances.
        instances: u64,
        /// The first of them.
        first: u64,
    },
    /// Instances did not fit into memory.
    Memory {
        /// How many.
        instances: u64,
    },
    /// The time budget ended first.
    TimeBudget {
        /// Instances tried.
        instances: u64,
    },
    /// The time budget ended before all of a law was measured.
    Networks {
        /// How many were.
        measured: usize,
        /// Of how many.
        announced: usize,
    },
    /// Quantities of a law were zero, or could not be measured.
    Unmeasured {
        /// Draws, of the quantity with most of them.
        draws: usize,
    },
    /// Estimates of a law have too much noise to decide.
    TooNoisy {
        /// How many estimates.
        estimates: usize,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped { skipped, instances } => write!(
                f,
                "{skipped} of {instances} instances were skipped, more than {MOST_SKIPPED_PERCENT} %"
            ),
            Self::TooWide { instances, first } => {
                write!(f, "enclosures too wide to test {instances} instances, the first at index {first}")
            }
            Self::Memory { instances } => {
                write!(f, "{instances} instances did not fit into the working memory")
            }
            Self::TimeBudget { instances } => write!(f, "the time budget ended after {instances} instances"),
            Self::Networks { measured, announced } => {
                write!(f, "the time budget ended after {measured} of {announced} measurements")
            }
            Self::Unmeasured { draws } => {
                write!(f, "a quantity was zero or could not be measured on {draws} draws")
            }
            Self::TooNoisy { estimates } => {
                write!(f, "{estimates} estimates have too much noise or too few draws to decide")
            }
        }
    }
}

impl Verdict {
    /// The name for reading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Inconclusive(_) => "inconclusive",
            Self::ControlNotRefuted => "control not refuted",
            Self::Refuted => "refuted",
            Self::Interrupted => "interrupted",
        }
    }

    /// Why an inconclusive question is open.
    pub(crate) fn reason(self) -> Option<Reason> {
        match self {
            Self::Inconclusive(reason) => Some(reason),
            _ => None,
        }
    }

    /// How a process with this verdict ends.
    pub(crate) fn exit_status(self) -> ExitStatus {
        match self {
            Self::Held => ExitStatus::Held,
            Self::Inconclusive(_) => ExitStatus::Inconclusive,
            Self::ControlNotRefuted | Self::Refuted => ExitStatus::Refuted,
            Self::Interrupted => ExitStatus::Interrupted,
        }
    }
}

/// The verdict on a claim of which `announced` instances were to be tried. `None` stands for a control that was not tried to its end.
///
/// A counterexample counts whatever else happened; a question that was cut short is not answered by what is known of it.
pub(crate) fn of_claim(
    announced: u64,
    tally: &Tally,
    controls: &[Option<ControlOutcome>],
    stop: Option<Stop>,
) -> Verdict {
    let unfinished = tally.instances < announced || controls.iter().any(Option::is_none);
    let stood =
        |control: &Option<ControlOutcome>| control.is_some_and(|control| control.first_refuted.is_none());
    if tally.refuted > 0 {
        Verdict::Refuted
    } else if controls.iter().any(stood) {
        Verdict::ControlNotRefuted
    } else if unfinished && stop == Some(Stop::Interrupt) {
        Verdict::Interrupted
    } else if unfinished {
        Verdict::Inconclusive(Reason::TimeBudget { instances: tally.instances })
    } else if tally.out_of_memory > 0 {
        Verdict::Inconclusive(Reason::Memory { instances: tally.out_of_memory })
    } else if tally.too_wide > 0 {
        let first = tally.first_too_wide.unwrap_or_default();
        Verdict::Inconclusive(Reason::TooWide { instances: tally.too_wide, first })
    } else if u128::from(tally.skipped) * 100 > u128::from(tally.instances) * MOST_SKIPPED_PERCENT {
        Verdict::Inconclusive(Reason::Skipped { skipped: tally.skipped, instances: tally.instances })
    } else {
        Verdict::Held
    }
}

/// The verdict on a law.
///
/// A law is refuted by one estimate that excludes its prediction, whatever the others say, as a claim is by one counterexample.
pub(crate) fn of_law(
    measurements: &Measurements,
    findings: Option<&Findings>,
    stop: Option<Stop>,
) -> Verdict {
    let Some(findings) = findings else {
        let (measured, announced) = (measurements.recorded(), measurements.design().measurements());
        return match stop {
            Some(Stop::Interrupt) => Verdict::Interrupted,
            _ => Verdict::Inconclusive(Reason::Networks { measured, announced }),
        };
    };
    let estimates = findings.estimates();
    let unmeasured = estimates.iter().map(Estimate::unmeasured).max().unwrap_or(0);
    let too_noisy = |estimate: &&Estimate| estimate.decision() == Decision::TooNoisy;
    let too_noisy = estimates.iter().filter(too_noisy).count();
    if findings.prediction_is_refuted() {
        Verdict::Refuted
    } else if unmeasured > 0 {
        Verdict::Inconclusive(Reason::Unmeasured { draws: unmeasured })
    } else if too_noisy > 0 {
        Verdict::Inconclusive(Reason::TooNoisy { estimates: too_noisy })
    } else if !findings.control_is_refuted() {
        Verdict::ControlNotRefuted
    } else {
        Verdict::Held
    }
}

#[cfg(test)]
mod tests {
    use widthwise_claims::{Outcome, Refusal, Trial};
    use widthwise_rounding::{Enclosure, ScaledEnclosure};

    use super::*;

    use widthwise_claims::law::{Design, Estimand, Exponent, Law, Measure, Memory, Size, find};

    const REFUTED: Option<ControlOutcome> = Some(ControlOutcome { instances: 4, first_refuted: Some(3) });
    const SIZES: [Size; 2] = Size::widths([16, 64]);
    const STOOD: Option<ControlOutcome> = Some(ControlOutcome { instances: 1000, first_refuted: None });

    fn outcome(left: f64, right: (f64, f64), allowance: f64) -> Outcome {
        let mut ignore = ();
        let mut trial = Trial::new(&mut ignore);
        let left = ScaledEnclosure::from(Enclosure::from_bounds(left, left));
        let right = ScaledEnclosure::from(Enclosure::from_bounds(right.0, right.1));
        trial.at_most("left ≤ right", left, right, allowance);
        Outcome::Decided(trial.findings())
    }

    fn proved() -> Outcome {
        outcome(1.0, (2.0, 2.0), 0.0)
    }

    fn tally(outcomes: &[(u64, Outcome)]) -> Tally {
        let mut tally = Tally::default();
        for (count, outcome) in outcomes {
            for _ in 0..*count {
                tally.add(tally.instances, outcome);
            }
        }
        tally
    }

    #[test]
    fn a_claim_without_counterexample_whose_controls_are_refuted_holds() {
        let tally = tally(&[(9, proved()), (1, outcome(1.0, (0.9, 1.1), 0.5))]);
        assert_eq!(tally.undecided, 1);
        assert_eq!(of_claim(10, &tally, &[REFUTED, REFUTED], None), Verdict::Held);
    }

    #[test]
    fn a_counterexample_refutes_whatever_else_happened() {
        let tally = tally(&[(9, Outcome::Skipped(Refusal::Memory)), (1, outcome(2.0, (1.0, 1.0), 0.0))]);
        assert_eq!(of_claim(10, &tally, &[STOOD, None], None), Verdict::Refuted);
        assert_eq!(of_claim(20, &tally, &[REFUTED], Some(Stop::Interrupt)), Verdict::Refuted);
    }

    #[test]
    fn one_control_that_stands_spoils_the_verdict() {
        let tally = tally(&[(10, proved())]);
        assert_eq!(of_claim(10, &tally, &[REFUTED, STOOD], None), Verdict::ControlNotRefuted);
    }

    #[test]
    fn one_enclosure_that_is_too_wide_leaves_the_question_open() {
        let tally = tally(&[(9, proved()), (1, outcome(1.0, (0.5, 2.0), 0.1))]);
        let reason = Reason::TooWide { instances: 1, first: 9 };
        assert_eq!(of_claim(10, &tally, &[REFUTED], None), Verdict::Inconclusive(reason));
    }

    #[test]
    fn more_than_a_fifth_skipped_leaves_the_question_open_in_runs_of_any_length() {
        let skipped = Outcome::Skipped(Refusal::Hypothesis("A ≠ 0"));
        assert_eq!(of_claim(10, &tally(&[(8, proved()), (2, skipped)]), &[REFUTED], None), Verdict::Held);
        let reason = Reason::Skipped { skipped: 3, instances: 10 };
        assert_eq!(
            of_claim(10, &tally(&[(7, proved()), (3, skipped)]), &[REFUTED], None),
            Verdict::Inconclusive(reason)
        );
        let reason = Reason::Skipped { skipped: 1, instances: 1 };
        assert_eq!(of_claim(1, &tally(&[(1, skipped)]), &[REFUTED], None), Verdict::Inconclusive(reason));
    }

    #[test]
    fn lack_of_memory_leaves_the_question_open_at_once() {
        let tally = tally(&[(999, proved()), (1, Outcome::Skipped(Refusal::Memory))]);
        let reason = Reason::Memory { instances: 1 };
        assert_eq!(of_claim(1000, &tally, &[REFUTED], None), Verdict::Inconclusive(reason));
    }

    #[test]
    fn what_a_time_budget_cut_short_is_inconclusive_and_what_it_did_not_is_judged() {
        let tally = tally(&[(10, proved())]);
        let reason = Reason::TimeBudget { instances: 10 };
        assert_eq!(of_claim(20, &tally, &[REFUTED], Some(Stop::TimeBudget)), Verdict::Inconclusive(reason));
        assert_eq!(of_claim(10, &tally, &[None], Some(Stop::TimeBudget)), Verdict::Inconclusive(reason));
        assert_eq!(of_claim(10, &tally, &[REFUTED], Some(Stop::TimeBudget)), Verdict::Held);
    }

    #[test]
    fn what_an_interrupt_cut_short_is_interrupted_and_what_it_did_not_is_judged() {
        let tally = tally(&[(10, proved())]);
        assert_eq!(of_claim(20, &tally, &[REFUTED], Some(Stop::Interrupt)), Verdict::Interrupted);
        assert_eq!(of_claim(10, &tally, &[REFUTED], Some(Stop::Interrupt)), Verdict::Held);
    }

    /// The verdict on the law of one spectral norm, had it been measured so.
    fn law(quantities: Measure) -> Verdict {
        let law: &'static Law =
            Box::leak(Box::new(Law { quantities, ..*find("spectral.rule.uniform").unwrap() }));
        let design = Design { sizes: &SIZES, draws: 2 };
        let mut measurements = Measurements::new(law, design);
        for address in design.addresses() {
            measurements.record(address, law.measure(0, address, &mut Memory::default()));
        }
        of_law(&measurements, measurements.findings().as_ref(), None)
    }

    #[test]
    fn a_law_whose_exponents_are_the_predicted_ones_holds() {
        let powers: Measure = |_, _, address, _| {
            let root = if address.width() == 16 { 4.0 } else { 8.0 };
            Ok(vec![1.0 / root, 1.0, root])
        };
        assert_eq!(law(powers), Verdict::Held);
    }

    #[test]
    fn one_wrong_exponent_refutes_a_law_whatever_else_is_open() {
        // The exponents of the control, and a zero.
        let zero: Measure = |_, _, address, _| Ok(vec![1.0, if address.draw == 0 { 0.0 } else { 1.0 }, 1.0]);
        assert_eq!(law(zero), Verdict::Refuted);
        assert_eq!(law(|_, _, _, _| Ok(vec![1.0; 3])), Verdict::Refuted);
    }

    #[test]
    fn zeros_and_noise_leave_a_law_open() {
        let zero: Measure = |_, _, _, _| Ok(vec![0.0; 3]);
        assert_eq!(law(zero), Verdict::Inconclusive(Reason::Unmeasured { draws: 4 }));
        let noise: Measure = |_, _, address, _| Ok(vec![if address.draw == 0 { 1.0 } else { 2.0 }; 3]);
        assert_eq!(law(noise), Verdict::Inconclusive(Reason::TooNoisy { estimates: 3 }));
    }

    #[test]
    fn a_control_that_says_the_same_as_its_law_is_found_out() {
        let tampered = find("spectral.rule.uniform").unwrap();
        let same = |e: Exponent| Estimand::Exponent(Exponent { control: e.predicted, ..e });
        let estimands: Vec<_> = tampered.estimands.iter().filter_map(Estimand::exponent).map(same).collect();
        let law: &'static Law =
            Box::leak(Box::new(Law { estimands: Box::leak(estimands.into()), ..*tampered }));
        let design = Design { sizes: &SIZES, draws: 2 };
        let mut measurements = Measurements::new(law, design);
        for address in design.addresses() {
            measurements.record(address, law.measure(0, address, &mut Memory::default()));
        }
        let verdict = of_law(&measurements, measurements.findings().as_ref(), None);
        assert_eq!(verdict, Verdict::ControlNotRefuted);
    }

    #[test]
    fn a_law_that_was_cut_short_is_open() {
        let law = find("spectral.rule.uniform").unwrap();
        let measurements = Measurements::new(law, Design { sizes: &SIZES, draws: 2 });
        let reason = Reason::Networks { measured: 0, announced: 4 };
        assert_eq!(of_law(&measurements, None, Some(Stop::TimeBudget)), Verdict::Inconclusive(reason));
        assert_eq!(of_law(&measurements, None, Some(Stop::Interrupt)), Verdict::Interrupted);
    }

    #[test]
    fn the_verdict_on_several_claims_is_the_gravest() {
        let open = Verdict::Inconclusive(Reason::Memory { instances: 1 });
        let order = [Verdict::Held, open, Verdict::ControlNotRefuted, Verdict::Refuted, Verdict::Interrupted];
        assert!(order.is_sorted());
    }
}
