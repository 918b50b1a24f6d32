// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every rule is recognized, right rules pass and wrong ones fail; what cannot be measured is never a pass.

use std::vec;
use std::vec::Vec;

use nalgebra::DMatrix;
use proptest::prelude::*;
use widthwise_parametrization::{
    Entry, Initial, Optimizer, Rates, Rule, ShapeFactor, ShapeMonomial, UpdateFamily, rules,
};

use super::bench::Batch;
use super::*;

/// Narrow, for builds without optimisation; the two ends of a range tell most of a slope.
const QUICK: CoordinateCheck<'static> = CoordinateCheck {
    widths: &[32, 128],
    draws: 4,
    steps: 1,
    ..CoordinateCheck::new(&rules::SPECTRAL, Optimizer::Sgd)
};

fn tried(check: &CoordinateCheck<'_>) -> Report {
    let records = check.addresses().map(|address| check.measure(0x5eed, address).unwrap());
    check.report(&records.collect::<Vec<_>>()).unwrap()
}

/// The rows of the theory's table of rules.
const ROWS: [(&Rule, Optimizer); 16] = [
    (&rules::SPECTRAL, Optimizer::Sgd),
    (&rules::STANDARD, Optimizer::Sgd),
    (&rules::STANDARD_OVER_WIDTH, Optimizer::Sgd),
    (&rules::NEURAL_TANGENT, Optimizer::Sgd),
    (&rules::RELATIVE_FROBENIUS, Optimizer::SpectrallyNormalized),
    (&rules::RELATIVE_FROBENIUS_SPECTRAL, Optimizer::SpectrallyNormalized),
    (&rules::RELATIVE_FROBENIUS_REPAIRED, Optimizer::SpectrallyNormalized),
    (&rules::UNIFORM, Optimizer::SpectrallyNormalized),
    (&rules::ENTRY_SIZE, Optimizer::SignDescent),
    (&rules::STANDARD, Optimizer::SignDescent),
    (&rules::STANDARD_OVER_WIDTH, Optimizer::Adam),
    (&rules::SPECTRAL, Optimizer::Adam),
    (&rules::NEURAL_TANGENT, Optimizer::Adam),
    (&rules::SPECTRAL_MAX, Optimizer::Orthogonalized(ShapeFactor::SpectralMax)),
    (&rules::SPECTRAL_ENTRY_RMS, Optimizer::Orthogonalized(ShapeFactor::EntryRms)),
    (&rules::SPECTRAL, Optimizer::Orthogonalized(ShapeFactor::RmsToRms)),
];

#[test]
#[cfg_attr(debug_assertions, ignore = "a minute without optimisation: run with --release")]
fn every_rule_is_recognized_and_fails_unless_it_learns_features() {
    for (rule, optimizer) in ROWS {
        let report = tried(&CoordinateCheck { rule, optimizer, ..QUICK });
        let nearest = report.nearest().unwrap();
        assert!(nearest.class.contains(rule, optimizer.family()), "{} {optimizer}: {nearest:?}", rule.name);
        assert!(nearest.is_near(), "{} {optimizer}: {}", rule.name, nearest.distance);
        assert_eq!(report.predicted(), Some(nearest.class.pattern()));
        let maximal = rule.signature(optimizer.family()).unwrap().is_maximal();
        match report.verdict() {
            Verdict::Fail(failure) => assert!(!maximal, "{} {optimizer}: {failure}", rule.name),
            // With so few draws.
            Verdict::Pass | Verdict::Inconclusive(Reason::Noise(_)) => {
                assert!(maximal, "{} {optimizer}", rule.name);
            }
            Verdict::Inconclusive(reason) => panic!("{} {optimizer}: {reason}", rule.name),
        }
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a minute without optimisation: run with --release")]
fn the_spectral_rule_passes_under_each_family_of_optimizers() {
    for (optimizer, draws) in
        [(Optimizer::Sgd, 32), (Optimizer::SignDescent, 12), (Optimizer::SpectrallyNormalized, 12)]
    {
        let report = tried(&CoordinateCheck { optimizer, draws, ..QUICK });
        assert_eq!(report.verdict(), Verdict::Pass, "{optimizer} {report:?}");
    }
}

#[test]
fn mean_field_passes_with_one_hidden_layer() {
    let check = CoordinateCheck {
        rule: &rules::MEAN_FIELD,
        optimizer: Optimizer::SignDescent,
        hidden: &[1],
        draws: 16,
        ..QUICK
    };
    let report = tried(&check);
    assert_eq!(report.verdict(), Verdict::Pass);
    let nearest = report.nearest().unwrap();
    assert!(nearest.class.contains(&rules::MEAN_FIELD, UpdateFamily::Gradient));
    assert!(nearest.class.contains(&rules::SPECTRAL, UpdateFamily::Entrywise));
}

/// The control of the claim.
#[test]
fn a_check_of_features_at_the_start_tells_standard_from_spectral_by_the_output_alone() {
    let [standard, spectral] =
        [&rules::STANDARD, &rules::SPECTRAL].map(|rule| tried(&CoordinateCheck { rule, ..QUICK }));
    let power = |report: &Report, layer| {
        let coordinate = Coordinate { observable: Observable::Preactivation, layer, step: 0 };
        report.estimate(coordinate).unwrap().slope.unwrap().estimate
    };
    // They start the same networks, but for a factor of √4/√n before the output.
    for (layer, difference) in [(1, 0.0), (2, 0.0), (3, -0.5)] {
        let found = power(&spectral, layer) - power(&standard, layer);
        assert!((found - difference).abs() < 1e-9, "{layer} {found}");
    }
    let decision = |report: &Report| {
        let coordinate = Coordinate { observable: Observable::Weight, layer: 3, step: 0 };
        report.estimate(coordinate).unwrap().decision()
    };
    assert_eq!([decision(&standard), decision(&spectral)], [Decision::Moves, Decision::AsExpected]);
}

#[test]
fn one_spectral_norm_for_all_layers_passes_by_features_and_fails_by_norms() {
    // At narrow widths the part of the layer below is still seen: the widths of the theory's measurement, but two.
    let report = tried(&CoordinateCheck {
        rule: &rules::UNIFORM,
        optimizer: Optimizer::SpectrallyNormalized,
        widths: &[64, 512],
        draws: 5,
        ..QUICK
    });
    for observable in [Observable::Preactivation, Observable::PreactivationChange] {
        let coordinate = Coordinate { observable, layer: 2, step: 1 };
        let estimate = report.estimate(coordinate).unwrap();
        assert_eq!(estimate.decision(), Decision::AsExpected, "{coordinate} {estimate:?}");
    }
    let Verdict::Fail(failure) = report.verdict() else { panic!("it passes") };
    assert_eq!((failure.coordinate.observable, failure.coordinate.step), (Observable::Update, 1));
    assert!((libm::fabs(failure.slope.estimate) - 0.5).abs() < 1e-9);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a minute without optimisation: run with --release")]
fn later_steps_and_bottlenecks_and_batches_pass_too() {
    let check = CoordinateCheck {
        optimizer: Optimizer::Adam,
        hidden: &[2, 1, 2],
        widths: &[16, 64],
        batch: 3,
        steps: 3,
        draws: 12,
        rate: 0.05,
        activation: Activation::Tanh,
        ..QUICK
    };
    let report = tried(&check);
    assert_eq!(report.verdict(), Verdict::Pass, "{report:?}");
    assert_eq!(report.estimates().len(), 2 * 4 + 3 * 5 * 4);
}

/// The spectral rule with a readout that starts at zero.
fn zero_readout() -> Rule {
    let entry = rules::SPECTRAL.output.map(|entry| Entry { initial: Initial::Zero, ..entry });
    Rule { output: entry, ..rules::SPECTRAL }
}

#[test]
fn a_readout_that_starts_at_zero_passes_after_its_second_step() {
    let rule = zero_readout();
    let check = CoordinateCheck {
        rule: &rule,
        steps: 2,
        optimizer: Optimizer::SpectrallyNormalized,
        draws: 16,
        ..QUICK
    };
    let report = tried(&check);
    assert_eq!(report.verdict(), Verdict::Pass);
    let decision =
        |observable, layer, step| report.estimate(Coordinate { observable, layer, step }).unwrap().decision();
    assert_eq!(decision(Observable::Weight, 3, 0), Decision::Zero);
    assert_eq!(decision(Observable::Update, 1, 1), Decision::Zero);
    assert_eq!(decision(Observable::Update, 1, 2), Decision::AsExpected);
    assert!(report.nearest().is_none());
    // After one step the layers below it have not moved.
    let report = tried(&CoordinateCheck { steps: 1, ..check });
    assert!(matches!(report.verdict(), Verdict::Inconclusive(Reason::StandsStill(_))));
}

#[test]
fn an_input_of_zero_stands_still() {
    let batch = Batch { inputs: DMatrix::repeat(16, 1, 0.0), coefficients: DMatrix::repeat(4, 1, 1.0) };
    let records: Vec<_> =
        QUICK.addresses().map(|address| QUICK.measure_on(1, address, &batch).unwrap()).collect();
    let report = QUICK.report(&records).unwrap();
    assert!(matches!(report.verdict(), Verdict::Inconclusive(Reason::StandsStill(_))), "{report:?}");
}

#[test]
fn a_rate_of_zero_stands_still() {
    let report = tried(&CoordinateCheck { rate: 0.0, draws: 2, ..QUICK });
    assert!(matches!(report.verdict(), Verdict::Inconclusive(Reason::StandsStill(_))));
}

#[test]
fn dead_layers_leave_the_question_open() {
    // Eight units are dead at once in one network out of 256.
    let check = CoordinateCheck { widths: &[8, 16], inputs: 4, draws: 256, ..QUICK };
    let report = tried(&check);
    let Verdict::Inconclusive(Reason::SometimesZero { networks, .. }) = report.verdict() else {
        panic!("{:?}", report.verdict())
    };
    assert!((1..40).contains(&networks), "{networks}");
}

#[test]
fn layers_narrower_than_what_they_stand_between_decide_nothing() {
    let neurons = |check: CoordinateCheck<'_>| match tried(&CoordinateCheck { draws: 3, ..check }).verdict() {
        Verdict::Inconclusive(Reason::Narrow { neurons, least }) => (neurons, least),
        verdict => panic!("{verdict:?}"),
    };
    assert_eq!(neurons(CoordinateCheck { widths: &[1, 32], ..QUICK }), (1, 16));
    // Even with one input and one output: the mean logarithm of one normal number is far from that of a few.
    let smallest = CoordinateCheck { inputs: 1, outputs: 1, activation: Activation::Identity, ..QUICK };
    assert_eq!(neurons(CoordinateCheck { widths: &[1, 32], ..smallest }), (1, 8));
    // The spectral rule starts such a layer otherwise.
    assert_eq!(neurons(CoordinateCheck { outputs: 64, widths: &[32, 128], ..QUICK }), (32, 64));
    assert_eq!(
        neurons(CoordinateCheck { rule: &rules::STANDARD, hidden: &[3, 1], widths: &[15, 64], ..QUICK }),
        (15, 16)
    );
}

#[test]
fn numbers_that_leave_the_format_are_no_pass() {
    let check = CoordinateCheck { rate: 1e200, steps: 4, ..QUICK };
    let report = tried(&check);
    let Verdict::Inconclusive(Reason::LeftFormat { networks, error }) = report.verdict() else {
        panic!("{:?}", report.verdict())
    };
    assert!(networks > 0);
    assert!(error.unwrap().is_not_finite());
    // What was measured before still fails a wrong rule.
    let report = tried(&CoordinateCheck { rule: &rules::STANDARD, ..check });
    assert!(matches!(report.verdict(), Verdict::Fail(_)));
}

#[test]
fn subnormal_rates_are_measured_or_stand_still() {
    for rate in [1e-300, 1e-310, 5e-324] {
        let report = tried(&CoordinateCheck { rate, draws: 2, ..QUICK });
        assert!(!matches!(report.verdict(), Verdict::Pass), "{rate} {:?}", report.verdict());
    }
}

#[test]
fn few_draws_leave_the_question_open() {
    let report = tried(&CoordinateCheck { draws: 2, widths: &[32, 64], ..QUICK });
    assert!(matches!(report.verdict(), Verdict::Inconclusive(Reason::Noise(_))), "{report:?}");
}

#[test]
fn a_check_says_what_it_cannot_see() {
    let warnings =
        |check: CoordinateCheck<'_>| tried(&CoordinateCheck { draws: 2, ..check }).warnings().to_vec();
    assert_eq!(warnings(QUICK), [Warning::OneStep, Warning::ShortRange { factor: 4.0 }, Warning::TwoWidths]);
    let wide = CoordinateCheck { widths: &[16, 32, 128], steps: 2, rate: 0.1, ..QUICK };
    assert_eq!(warnings(wide), []);
    let slow = warnings(CoordinateCheck { rate: 1e-6, ..wide });
    let [Warning::SmallChange { relative }] = slow[..] else { panic!("{slow:?}") };
    assert!(relative > 1e-8 && relative < 1e-4);
}

#[test]
fn what_is_no_check_is_refused() {
    let message = |check: CoordinateCheck<'_>| std::format!("{}", check.require_valid().unwrap_err());
    assert_eq!(
        message(CoordinateCheck { widths: &[64, 32], ..QUICK }),
        "two widths at least are needed, in ascending order"
    );
    assert_eq!(message(CoordinateCheck { hidden: &[], ..QUICK }), "one hidden layer at least is needed");
    assert_eq!(
        message(CoordinateCheck { draws: 1, ..QUICK }),
        "two draws at least are needed, to see their scatter"
    );
    assert_eq!(message(CoordinateCheck { steps: 0, ..QUICK }), "one step at least is needed");
    for (check, found) in [
        (CoordinateCheck { widths: &[0, 1], ..QUICK }, "0"),
        (CoordinateCheck { hidden: &[1, usize::MAX], ..QUICK }, "18446744073709551615"),
        (CoordinateCheck { inputs: 0, ..QUICK }, "0"),
        (CoordinateCheck { outputs: 8193, ..QUICK }, "8193"),
    ] {
        assert_eq!(
            message(check),
            std::format!("neurons of a layer: between 1 and 8192 are possible, not {found}")
        );
    }
    for rate in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(CoordinateCheck { rate, ..QUICK }.require_valid().unwrap_err().is_of_the_rule());
    }
    let constant = Initial::Constant(ShapeMonomial::ONE);
    let none = Rates { gradient: None, entrywise: None, spectral: None };
    let entry = rules::SPECTRAL.hidden;
    let equal = Rule { hidden: entry.map(|entry| Entry { initial: constant, ..entry }), ..rules::SPECTRAL };
    assert!(CoordinateCheck { rule: &equal, ..QUICK }.require_valid().unwrap_err().is_of_the_rule());
    let still = Rule { hidden: entry.map(|entry| Entry { rates: none, ..entry }), ..rules::SPECTRAL };
    assert!(CoordinateCheck { rule: &still, ..QUICK }.require_valid().unwrap_err().is_of_the_rule());
    assert!(QUICK.measure(1, Address::at_width(64, 0)).is_err());
    assert!(QUICK.measure(1, Address::at_width(128, 4)).is_err());
}

#[test]
fn records_must_be_those_of_the_check_in_their_order() {
    let check = CoordinateCheck { widths: &[16, 32], draws: 2, ..QUICK };
    let mut records: Vec<_> = check.addresses().map(|address| check.measure(1, address).unwrap()).collect();
    assert!(check.report(&records).is_ok());
    records.swap(0, 1);
    assert!(check.report(&records).is_err());
    records.swap(0, 1);
    assert!(check.report(&records[1..]).is_err());
    assert!(CoordinateCheck { hidden: &[1], ..check }.report(&records).is_err());
}

#[test]
fn a_record_is_a_function_of_seed_and_address() {
    let measure =
        |seed, width, draw| QUICK.measure(seed, Address::at_width(width, draw)).unwrap().values().to_vec();
    let first = measure(1, 32, 0);
    assert_eq!(first, measure(1, 32, 0));
    for other in [measure(2, 32, 0), measure(1, 128, 0), measure(1, 32, 1)] {
        assert!(first.iter().zip(&other).all(|(x, y)| x != y));
    }
}

#[test]
fn the_first_step_is_the_one_that_laws_measure() {
    // One example: an update has rank one, and its spectral norm is its Frobenius norm.
    let address = Address::at_width(128, 0);
    let record = QUICK.measure(3, address).unwrap();
    let places = QUICK.coordinates();
    let value = |observable, layer, step| {
        let coordinate = Coordinate { observable, layer, step };
        record.values()[places.iter().position(|&place| place == coordinate).unwrap()]
    };
    // z_1 moves by -η (128/16) ‖x‖² δ_1 and ‖x‖² = 16: RMS(Δz_1) = nat(ΔW_1) RMS(x), for one example exactly.
    let quotient = value(Observable::PreactivationChange, 1, 1) / value(Observable::Update, 1, 1);
    assert!((quotient - 1.0).abs() < 1e-12, "{quotient}");
    for layer in 1..=3 {
        let quotient = value(Observable::WeightChange, layer, 1) / value(Observable::Update, layer, 1);
        assert!((quotient - 1.0).abs() < 1e-12, "{layer} {quotient}");
    }
    // A Gaussian square matrix of entries 1/√n has a norm of about 2.
    let start = value(Observable::Weight, 2, 0);
    assert!((1.7..2.2).contains(&start), "{start}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any records give some verdict, and none with a number that is no positive one passes.
    #[test]
    fn no_record_of_any_numbers_panics_or_passes_with_a_hole(
        place in 0_usize..21, value in prop::sample::select(vec![0.0, f64::NAN, f64::INFINITY, -1.0, 5e-324, f64::MAX]),
    ) {
        // Enough draws for a slope without the one that has the hole.
        let check = CoordinateCheck { widths: &[16, 32], draws: 3, ..QUICK };
        let flat: Vec<_> = check.addresses().map(|address| Record::of(address, vec![1.0; 21])).collect();
        prop_assert_eq!(check.report(&flat).unwrap().verdict(), Verdict::Pass);
        let mut records = flat;
        let mut values = vec![1.0; 21];
        values[place] = value;
        records[4] = Record::of(records[4].address(), values);
        prop_assert_ne!(check.report(&records).unwrap().verdict(), Verdict::Pass);
        records[4] = Record::of(records[4].address(), vec![1.0; place]);
        let verdict = check.report(&records).unwrap().verdict();
        let left_format = matches!(verdict, Verdict::Inconclusive(Reason::LeftFormat { .. }));
        prop_assert!(left_format, "{:?}", verdict);
    }
}
