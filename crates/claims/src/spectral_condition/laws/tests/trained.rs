// SPDX-License-Identifier: MIT OR Apache-2.0

//! Wrong rules under the laws of biases, of Adam's `ε`, of gradients and of trained networks.

use std::format;
use std::vec::Vec;

use widthwise_network::{Activation, Method};
use widthwise_parametrization::{Entry, Optimizer, Rule, ShapeMonomial, rules};

use super::{TO_REFUTE, TRAINED_TO_REFUTE, excluded, holds, planted, slope};
use crate::law::Quantity::{BiasChange, Cosine, Displacement, Gradient, Update};
use crate::law::standard_network::{Inputs, StandardNetwork};
use crate::law::trained_network::TrainedNetwork;
use crate::law::{
    Address, Decision, Design, Estimand, Estimate, Exponent, ExponentEstimate, Measure, Memory, find,
};
use crate::spectral_condition::laws::epsilon::adam;

const ONE: ShapeMonomial = ShapeMonomial::from_halves([0, 0, 0]);

/// The start of one rule with the rates of another.
const fn mixed(start: &Rule, rates: &Rule) -> Rule {
    const fn mixed(start: Option<Entry>, rates: Option<Entry>) -> Option<Entry> {
        match (start, rates) {
            (Some(start), Some(Entry { rates, .. })) => Some(Entry { rates, ..start }),
            _ => None,
        }
    }
    Rule {
        input: mixed(start.input, rates.input),
        hidden: mixed(start.hidden, rates.hidden),
        output: mixed(start.output, rates.output),
        ..*start
    }
}

static SPECTRAL_START: Rule = mixed(&rules::SPECTRAL, &rules::STANDARD);
static SPECTRAL_RATES: Rule = mixed(&rules::STANDARD, &rules::SPECTRAL);

#[test]
fn the_standard_start_does_not_have_the_gradients_of_the_spectral_one() {
    let findings = planted("spectral.gradient.scale", TO_REFUTE, |law, seed, address, memory| {
        StandardNetwork::gradient_descent(&rules::STANDARD).measure(law, seed, address, memory)
    });
    assert_eq!(excluded(&findings), [Gradient(1), Gradient(2)]);
}

#[test]
fn a_constant_rate_of_biases_is_refuted() {
    static WRONG: Rule = Rule { bias: rules::STANDARD.bias, ..rules::SPECTRAL };
    let findings = planted("spectral.bias.rate", TO_REFUTE, |law, seed, address, memory| {
        let network = StandardNetwork { biases: true, ..StandardNetwork::gradient_descent(&WRONG) };
        network.measure(law, seed, address, memory)
    });
    assert_eq!(excluded(&findings), [BiasChange(1), BiasChange(2)]);
    assert!((-1.2..-0.8).contains(&slope(&findings, BiasChange(2))));
}

#[test]
fn a_constant_epsilon_is_refuted() {
    static WRONG: Rule = Rule { gradient_entry: ONE, ..rules::SPECTRAL };
    let findings = planted("spectral.adam.epsilon", TO_REFUTE, |law, seed, address, memory| {
        StandardNetwork::new(&WRONG, Optimizer::Adam, adam(100.0)).measure(law, seed, address, memory)
    });
    assert_eq!(excluded(&findings), [Update(1), Update(2)]);
    assert!((-1.2..-0.8).contains(&slope(&findings, Update(2))));
}

#[test]
fn linear_and_rectified_networks_do_not_stand_for_each_other() {
    const RECTIFIED: StandardNetwork =
        StandardNetwork { inputs: Inputs::Orthogonal, ..StandardNetwork::gradient_descent(&rules::SPECTRAL) };
    const LINEAR: StandardNetwork = StandardNetwork { activation: Activation::Identity, ..RECTIFIED };
    let design = Design { draws: 16, ..TO_REFUTE };
    let linear = planted("spectral.update.other-inputs", design, |law, seed, address, memory| {
        LINEAR.measure(law, seed, address, memory)
    });
    let rectified = planted("spectral.update.other-inputs.linear", design, |law, seed, address, memory| {
        RECTIFIED.measure(law, seed, address, memory)
    });
    for findings in [linear, rectified] {
        assert_eq!(excluded(&findings), [Cosine(1), Cosine(2)]);
    }
}

#[test]
fn cosines_follow_the_map_of_the_rectifier() {
    // c ↦ (√(1 − c²) + (π − arccos c) c)/π from 0: 1/π, then 0.4937.
    let law = find("spectral.update.other-inputs").unwrap();
    let cosines = law.measure(1, Address::at_width(400, 0), &mut Memory::default()).unwrap();
    for (cosine, expected) in cosines.iter().zip([core::f64::consts::FRAC_1_PI, 0.4937]) {
        assert!((expected - 0.05..expected + 0.05).contains(cosine), "{cosines:?}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a minute without optimisation: run with --release")]
fn starts_and_rates_of_different_rules_do_not_mix() {
    let cases: [(&str, Measure); 4] = [
        ("spectral.parametrization", |law, seed, address, memory| {
            let network = TrainedNetwork::gradient_descent(&SPECTRAL_START, 0.1);
            TrainedNetwork { steps: 3, ..network }.measure(law, seed, address, memory)
        }),
        ("spectral.parametrization", |law, seed, address, memory| {
            let network = TrainedNetwork::gradient_descent(&SPECTRAL_RATES, 0.01);
            TrainedNetwork { steps: 3, ..network }.measure(law, seed, address, memory)
        }),
        ("spectral.parametrization.sign", |law, seed, address, memory| {
            let (optimizer, method) = (Optimizer::SignDescent, Method::Sign);
            let network = TrainedNetwork { rule: &SPECTRAL_START, optimizer, method, rate: 0.05, steps: 3 };
            network.measure(law, seed, address, memory)
        }),
        ("spectral.parametrization.normalized", |law, seed, address, memory| {
            let (optimizer, method) = (Optimizer::SpectrallyNormalized, Method::SpectralNormalized);
            let network = TrainedNetwork { rule: &SPECTRAL_START, optimizer, method, rate: 0.1, steps: 3 };
            network.measure(law, seed, address, memory)
        }),
    ];
    for (id, quantities) in cases {
        let findings = planted(id, TRAINED_TO_REFUTE, quantities);
        assert!(findings.prediction_is_refuted(), "{id} {findings:?}");
        let moved = [Displacement(1), Displacement(2), Displacement(3)];
        assert!(excluded(&findings).iter().any(|quantity| moved.contains(quantity)), "{id} {findings:?}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a minute without optimisation: run with --release")]
fn each_column_of_the_experiment_holds_and_refutes_the_others() {
    let columns =
        ["", ".ntp", ".sp"].map(|column| find(&format!("spectral.experiment.mup-vs-ntp{column}")).unwrap());
    for law in columns {
        let findings = holds(law);
        let refutes = |other: Exponent| {
            let mut own = findings.estimates().iter().filter_map(Estimate::exponent);
            let shared = own.find(|own| own.exponent.quantity == other.quantity);
            shared.is_some_and(|own| {
                ExponentEstimate { exponent: other, ..own }.decision() == Decision::Excluded
            })
        };
        for other in columns.into_iter().filter(|other| other.id != law.id) {
            assert!(
                other.estimands.iter().filter_map(Estimand::exponent).any(refutes),
                "{} as {} {findings:?}",
                law.id,
                other.id
            );
        }
    }
}

#[test]
fn the_kernel_regime_is_not_that_of_many_steps() {
    let findings = planted("spectral.many-steps", TRAINED_TO_REFUTE, |law, seed, address, memory| {
        TrainedNetwork::gradient_descent(&rules::NEURAL_TANGENT, 0.5).measure(law, seed, address, memory)
    });
    assert!(excluded(&findings).contains(&Displacement(2)), "{findings:?}");
}

#[test]
fn training_cancels_less_than_two_fifths_of_what_was_there() {
    // The least that an independent update of rank one leaves is (√5 − 1)/2.
    let law = find("spectral.assumption-1.training").unwrap();
    let mut memory = Memory::default();
    for address in TRAINED_TO_REFUTE.addresses().filter(|address| address.draw < 8) {
        let quotients: Vec<_> = law.measure(2, address, &mut memory).unwrap();
        assert!(quotients.iter().all(|quotient| (0.6..=1.0).contains(quotient)), "{address:?} {quotients:?}");
    }
}
