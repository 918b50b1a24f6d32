// SPDX-License-Identifier: MIT OR Apache-2.0

//! What becomes of networks that are degenerate: a zero or a number that leaves the format leaves a law open, and never lets it pass.

use std::vec::Vec;

use widthwise_parametrization::{Entry, Initial, Rule, rules};

use super::{planted, tried};
use crate::law::standard_network::StandardNetwork;
use crate::law::trained_network::TrainedNetwork;
use crate::law::{Address, Decision, Design, Findings, LawError, Memory, Size, find};

/// Widths at which something may be wrong.
const ONE: &[Size] = &Size::widths([1, 8]);
const ODD: &[Size] = &Size::widths([3, 17, 99]);
const TWO_ODD: &[Size] = &Size::widths([17, 99]);

const DESIGN: Design = Design { sizes: &Size::widths([8, 64]), draws: 4 };

fn decisions(findings: &Findings) -> Vec<Decision> {
    findings.estimates().iter().map(crate::law::Estimate::decision).collect()
}

#[test]
fn zero_output_weights_leave_what_they_block_open() {
    const fn zero(entry: Option<Entry>) -> Option<Entry> {
        match entry {
            Some(entry) => Some(Entry { initial: Initial::Zero, ..entry }),
            None => None,
        }
    }
    static ZERO: Rule = Rule { output: zero(rules::SPECTRAL.output), ..rules::SPECTRAL };
    // Normalised updates: zero gradients have zero updates, those of the readout have no scatter.
    let findings = planted("spectral.rule.frobenius.repaired", DESIGN, |law, seed, address, memory| {
        StandardNetwork::normalized(&ZERO).measure(law, seed, address, memory)
    });
    // nat(W_3) and the updates below are zero.
    let open = Decision::Unmeasured;
    assert_eq!(decisions(&findings), [open, open, open, Decision::Supported]);
    assert!(findings.estimates().iter().take(3).all(|estimate| estimate.unmeasured() == 8));
    assert!(!findings.prediction_holds() && !findings.prediction_is_refuted());
    // With training the readout begins to move, and what divides by its start is infinite.
    let findings = planted("spectral.experiment.mup-vs-ntp", DESIGN, |law, seed, address, memory| {
        TrainedNetwork::gradient_descent(&ZERO, 0.3).measure(law, seed, address, memory)
    });
    assert!(findings.estimates().iter().all(|estimate| {
        estimate.exponent().and_then(|e| e.slope).is_none_or(|s| s.estimate.is_finite())
    }));
}

#[test]
fn rates_that_overflow_are_failures_and_leave_everything_open() {
    let blown_up = |law: &crate::law::Law, seed, address, memory: &mut Memory| {
        TrainedNetwork::gradient_descent(&rules::STANDARD, 1e160).measure(law, seed, address, memory)
    };
    let law = find("spectral.many-steps").unwrap();
    let error: LawError = blown_up(law, 1, Address::at_width(8, 0), &mut Memory::default()).unwrap_err();
    assert!(!error.is_of_the_rule());
    let findings = planted("spectral.many-steps", DESIGN, blown_up);
    assert!(decisions(&findings).iter().all(|decision| *decision == Decision::Unmeasured));
    assert!(
        !findings.prediction_holds() && !findings.prediction_is_refuted() && !findings.control_is_refuted()
    );
}

#[test]
fn a_failure_leaves_nothing_behind_for_the_next_network() {
    let law = find("spectral.many-steps").unwrap();
    let address = Address::at_width(8, 1);
    let mut memory = Memory::default();
    let network = TrainedNetwork::gradient_descent(&rules::STANDARD, 1e160);
    assert!(network.measure(law, 1, address, &mut memory).is_err());
    assert_eq!(law.measure(1, address, &mut memory), law.measure(1, address, &mut Memory::default()));
}

#[test]
fn networks_of_width_one_are_measured_or_left_open() {
    let mut memory = Memory::default();
    for law in crate::law::LAWS {
        for draw in 0..4 {
            // A single hidden unit is dead as often as not: zeros, infinities and NaN have no logarithm.
            let values = law.measure(3, Address::at_width(1, draw), &mut memory).unwrap();
            assert_eq!(values.len(), law.estimands.len(), "{}", law.id);
        }
    }
    let findings = tried(find("spectral.many-steps").unwrap(), Design { sizes: ONE, draws: 8 });
    assert!(findings.estimates().iter().any(|estimate| estimate.unmeasured() > 0));
    assert!(!findings.prediction_holds());
}

#[test]
fn widths_need_not_be_powers_of_two() {
    let findings = tried(find("spectral.rule.uniform").unwrap(), Design { sizes: ODD, draws: 4 });
    let findings_of_three_steps =
        tried(find("spectral.parametrization.normalized").unwrap(), Design { sizes: TWO_ODD, draws: 24 });
    for findings in [findings, findings_of_three_steps] {
        assert!(findings.prediction_holds() && findings.control_is_refuted(), "{findings:?}");
    }
}
