// SPDX-License-Identifier: MIT OR Apache-2.0

//! Wrong rules, planted under the laws of right ones: each must be refuted, and what is only written otherwise must not.

use std::boxed::Box;
use std::vec::Vec;

use widthwise_parametrization::{Entry, Initial, Rational, Rule, ShapeMonomial, rules};

use super::TRAINED;
use crate::law::standard_network::StandardNetwork;
use crate::law::{
    Decision, Design, Effort, Estimand, Estimate, Exponent, Findings, LAWS, Law, Measure, Measurements,
    Memory, Quantity, Size, find,
};

/// Narrow, for builds without optimisation; the two ends of a range tell most of a slope.
const TO_REFUTE: Design = Design { sizes: &[Size::width(16), Size::width(128)], draws: 64 };

/// With the draws that the noisiest quantity needs.
const TO_SUPPORT: Design = Design { draws: 176, ..TO_REFUTE };

/// Networks that are trained take longer.
const TRAINED_TO_REFUTE: Design = Design { sizes: &Size::widths([16, 64]), draws: 72 };

fn tried(law: &'static Law, design: Design) -> Findings {
    let (mut memory, mut measurements) = (Memory::default(), Measurements::new(law, design));
    for address in design.addresses() {
        measurements.record(address, law.measure(0x5eed, address, &mut memory));
    }
    measurements.findings().unwrap()
}

/// The laws of networks.
fn networks() -> impl Iterator<Item = &'static Law> {
    let of_matrices = |law: &Law| law.estimands.iter().any(|e| matches!(e.quantity(), Quantity::Formula(_)));
    LAWS.iter().copied().filter(move |law| !of_matrices(law))
}

/// What becomes of a law if the package of rules had this one in its place.
fn planted(id: &str, design: Design, quantities: Measure) -> Findings {
    tried(Box::leak(Box::new(Law { quantities, ..*find(id).unwrap() })), design)
}

/// The slope of a quantity.
fn slope(findings: &Findings, quantity: Quantity) -> f64 {
    let mut estimates = findings.estimates().iter();
    let estimate = estimates.find(|e| e.quantity() == quantity).and_then(Estimate::exponent);
    estimate.and_then(|estimate| estimate.slope).unwrap().estimate
}

/// The quantities whose exponent is not the law's.
fn excluded(findings: &Findings) -> Vec<Quantity> {
    let excluded = findings.estimates().iter().filter(|estimate| estimate.decision() == Decision::Excluded);
    excluded.map(Estimate::quantity).collect()
}

const fn with_initial(entry: Option<Entry>, initial: ShapeMonomial) -> Option<Entry> {
    match entry {
        Some(entry) => Some(Entry { initial: Initial::Gaussian(initial), ..entry }),
        None => None,
    }
}

/// Two widths of the test are noisier than four of a campaign.
fn holds(law: &'static Law) -> Findings {
    let Design { draws, .. } = law.design(Effort::Quick);
    let design = match law.hypotheses {
        TRAINED => Design { draws: 3 * draws, ..TRAINED_TO_REFUTE },
        _ => Design { draws: 3 * draws / 2 + 32, ..TO_SUPPORT },
    };
    let findings = tried(law, design);
    assert!(findings.prediction_holds(), "{} {findings:?}", law.id);
    assert!(findings.control_is_refuted(), "{} {findings:?}", law.id);
    findings
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a minute without optimisation: run with --release")]
fn every_law_of_the_first_step_holds_and_its_control_is_refuted() {
    for law in networks().filter(|law| law.hypotheses != TRAINED) {
        holds(law);
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a minute without optimisation: run with --release")]
fn every_law_of_training_holds_and_its_control_is_refuted() {
    // The columns of the experiment have a test of their own.
    for law in
        LAWS.iter().filter(|law| law.hypotheses == TRAINED && !law.id.starts_with("spectral.experiment."))
    {
        holds(law);
    }
}

#[test]
fn square_layers_that_start_at_the_inverse_of_fan_in_are_refuted() {
    const PER_FAN_IN: ShapeMonomial = ShapeMonomial::from_halves([-2, 0, 0]);
    static WRONG: Rule = Rule { hidden: with_initial(rules::SPECTRAL.hidden, PER_FAN_IN), ..rules::SPECTRAL };
    let findings = planted("spectral.rule.spectral", TO_REFUTE, |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&WRONG).measure(law, seed, address, memory)
    });
    let excluded = excluded(&findings);
    // The signal dies on its way through the square layer, in both directions.
    assert!(excluded.contains(&Quantity::Feature(2)), "{excluded:?}");
    assert!(excluded.contains(&Quantity::Update(1)), "{excluded:?}");
}

#[test]
fn the_multiplier_of_table_8_with_the_rates_of_table_3_is_refuted() {
    const fn mixed() -> Option<Entry> {
        match (rules::TABLE_8.output, rules::TABLE_3.output) {
            (Some(eight), Some(three)) => Some(Entry { rates: three.rates, ..eight }),
            _ => None,
        }
    }
    static WRONG: Rule = Rule { output: mixed(), ..rules::TABLE_3 };
    let findings = planted("spectral.rule.spectral", TO_REFUTE, |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&WRONG).measure(law, seed, address, memory)
    });
    // The readout stands still, and with it what the output would learn from it.
    assert!(excluded(&findings).contains(&Quantity::Update(3)));
    let slope = |findings: &Findings, quantity| {
        let estimates = findings.estimates();
        let estimate = estimates.iter().find(|e| e.quantity() == quantity).and_then(Estimate::exponent);
        estimate.and_then(|estimate| estimate.slope).unwrap().estimate
    };
    assert!((-2.2..-1.8).contains(&slope(&findings, Quantity::Update(3))));
}

#[test]
fn the_standard_rule_under_the_name_of_the_spectral_one_is_refuted() {
    let findings = planted("spectral.rule.spectral", TO_REFUTE, |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&rules::STANDARD).measure(law, seed, address, memory)
    });
    let excluded = excluded(&findings);
    let updates = [Quantity::Weight(3), Quantity::Update(1), Quantity::Update(2), Quantity::Update(3)];
    assert!(updates.iter().all(|quantity| excluded.contains(quantity)), "{excluded:?}");
    assert!(findings.prediction_is_refuted());
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a minute without optimisation: run with --release")]
fn the_spectral_rule_under_the_name_of_a_wrong_one_is_refuted() {
    let grows = |exponent: Exponent| {
        matches!(exponent.quantity, Quantity::Weight(_) | Quantity::Update(_))
            && exponent.predicted != Rational::ZERO
    };
    let wrong = LAWS.iter().filter(|law| {
        law.id.starts_with("spectral.rule.") && law.estimands.iter().filter_map(Estimand::exponent).any(grows)
    });
    // Updates that are normalised have no scatter.
    let design = Design { draws: 16, ..TO_REFUTE };
    assert!(wrong.clone().count() >= 12);
    for law in wrong {
        let findings = planted(law.id, design, |law, seed, address, memory| {
            StandardNetwork::normalized(&rules::SPECTRAL).measure(law, seed, address, memory)
        });
        assert!(findings.prediction_is_refuted(), "{} {findings:?}", law.id);
    }
}

#[test]
fn maximal_update_has_the_exponents_of_the_spectral_rule() {
    let findings = planted("spectral.rule.spectral", TO_SUPPORT, |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&rules::TABLE_8).measure(law, seed, address, memory)
    });
    assert!(findings.prediction_holds(), "{findings:?}");
}

mod outcomes;
mod trained;

#[test]
fn ids_are_unique_and_controls_differ_from_their_laws() {
    for (position, law) in LAWS.iter().enumerate() {
        assert!(LAWS[..position].iter().all(|other| other.id != law.id), "{}", law.id);
        assert!(crate::find(law.id).is_none(), "{} is an exact claim too", law.id);
        assert_eq!(law.control.id.split_once('/').map(|(id, _)| id), Some(law.id));
        // The rule of decision counts on it: half a power apart, or equal.
        let exponents: Vec<_> = law.estimands.iter().filter_map(Estimand::exponent).collect();
        let distances = exponents.iter().map(|e| e.predicted.checked_sub(e.control).unwrap().to_f64());
        assert!(distances.clone().all(|distance| distance == libm::rint(2.0 * distance) / 2.0));
        let others = exponents.len() < law.estimands.len();
        assert!(others || distances.clone().any(|distance| distance != 0.0), "{}", law.id);
    }
}
