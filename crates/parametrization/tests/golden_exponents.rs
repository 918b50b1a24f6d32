// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every row of the table of exponents, and the cross-check with the three exponents of *Tensor Programs IV*: exact.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use widthwise_parametrization::{
    Abc, AbcLayer, FINGERPRINTS, Measured, Rational, Role, Rule, Signature, UpdateFamily, rules,
};

fn h(halves: i32) -> Option<Rational> {
    Some(Rational::halves(halves))
}

#[test]
fn signatures_are_those_of_the_table_of_exponents() {
    // In halves: the readout's start; the updates of input, hidden, output; the change of the output.
    type Power = Option<Rational>;
    let rows: [(&str, Power, [Power; 3], Power); 17] = [
        ("spectral", h(0), [h(0); 3], h(0)),
        ("standard", h(1), [h(-1), h(1), h(2)], h(2)),
        ("standard, rate 1/n", h(1), [h(-3), h(-1), h(0)], h(0)),
        ("neural tangent", h(1), [h(-1), h(-1), h(0)], h(0)),
        ("mean field", h(0), [h(0), None, h(0)], h(0)),
        // The hidden matrix has the power −1/2: no signal arrives.
        ("naive deep mean field", h(0), [None; 3], None),
        ("relative Frobenius", h(1), [h(0), h(1), h(1)], h(2)),
        ("relative Frobenius, spectral initialisation", h(0), [h(0), h(1), h(0)], h(1)),
        ("relative Frobenius, repaired", h(0), [h(0); 3], h(0)),
        ("uniform spectral norm", h(0), [h(-1), h(0), h(1)], h(1)),
        ("relative entry size", h(1), [h(0), h(1), h(1)], h(2)),
        ("standard", h(1), [h(0), h(2), h(2)], h(3)),
        ("spectral", h(0), [h(0); 3], h(0)),
        ("neural tangent", h(1), [h(0), h(1), h(1)], h(2)),
        ("spectral, Muon √max(1, b/a)", h(0), [h(0), h(0), h(1)], h(1)),
        ("spectral, Muon 0.2 √max(a, b)", h(0), [h(0), h(1), h(2)], h(2)),
        ("spectral", h(0), [h(0); 3], h(0)),
    ];
    for (row, (name, output, updates, change)) in FINGERPRINTS.iter().zip(rows) {
        assert_eq!(row.rule.name, name);
        let Signature { initial, updates: found, output_change } =
            row.signature().expect("matrices at both ends");
        assert_eq!((initial[2], found, output_change), (output, updates, change), "{name}");
    }
    let naive =
        rules::NAIVE_DEEP_MEAN_FIELD.signature(UpdateFamily::Gradient).expect("matrices at both ends");
    assert_eq!(naive.initial[1], h(-1));
}

#[test]
fn rates_that_fall_with_the_width_leave_what_the_readout_ruins() {
    let signature = |rule: &Rule| rule.signature(UpdateFamily::Entrywise).expect("matrices at both ends");
    let standard = signature(&rules::STANDARD_OVER_WIDTH);
    assert_eq!((standard.updates, standard.output_change), ([h(-2), h(0), h(0)], h(1)));
    let tangent = signature(&rules::NEURAL_TANGENT_OVER_ROOT_WIDTH);
    assert_eq!((tangent.updates, tangent.output_change), ([h(-1), h(0), h(0)], h(1)));
    // Stable and lazy.
    let standard = signature(&rules::STANDARD_OVER_WIDTH_3_2);
    assert_eq!((standard.updates, standard.output_change), ([h(-3), h(-1), h(-1)], h(0)));
    let tangent = signature(&rules::NEURAL_TANGENT_OVER_WIDTH);
    assert_eq!((tangent.updates, tangent.output_change), ([h(-2), h(-1), h(-1)], h(0)));
}

#[test]
fn the_neural_tangent_rule_with_rate_one_over_fan_in_is_not_lazy_at_the_input() {
    // 1/fan-in of the input layer is a constant: it moves by order one, and the readout of size 1/√n makes √n of it.
    let mut rule = rules::NEURAL_TANGENT_OVER_WIDTH;
    rule.input = rule.input.map(|mut entry| {
        entry.rates.entrywise = Some(widthwise_parametrization::ShapeMonomial::from_halves([-2, 0, 0]));
        entry
    });
    let signature = rule.signature(UpdateFamily::Entrywise).expect("matrices at both ends");
    assert_eq!((signature.updates, signature.output_change), ([h(0), h(-1), h(-1)], h(1)));
}

#[test]
fn every_row_of_maximal_update_moves_every_role_by_order_one() {
    let maximal = [
        &rules::TABLE_3,
        &rules::TABLE_8,
        &rules::TABLE_9,
        &rules::MAXIMAL_UPDATE_PACKAGE,
        &rules::SPECTRAL,
        &rules::SPECTRAL_ORTHOGONAL,
    ];
    for rule in maximal {
        for family in UpdateFamily::ALL {
            assert!(rule.signature(family).expect("matrices").is_maximal(), "{} {family}", rule.name);
            for role in Role::ALL {
                let expected =
                    if role == Role::Finite && family == UpdateFamily::Gradient { None } else { h(0) };
                assert_eq!(rule.update_exponent(role, family), expected, "{} {role} {family}", rule.name);
            }
        }
    }
}

#[test]
fn starts_of_common_initialisers_have_the_known_powers() {
    // Kaiming fan-in 0, 0, 1/2; fan-out −1/2, 0, 1; constant 0, 1/2, 1; Xavier is between the first two, like 1/√max.
    use widthwise_parametrization::{Initial, ShapeMonomial};
    let rows = [
        ([-1, 0, 0], [h(0), h(0), h(1)]),
        ([0, -1, 0], [h(-1), h(0), h(2)]),
        ([0, 0, 0], [h(0), h(1), h(2)]),
        ([-1, -1, 1], [h(-1), h(0), h(1)]),
        ([-2, 0, 1], [h(0), h(0), h(0)]),
    ];
    for (halves, expected) in rows {
        let start = Initial::Gaussian(ShapeMonomial::from_halves(halves));
        let mut rule = rules::SPECTRAL;
        for entry in [&mut rule.input, &mut rule.hidden, &mut rule.output] {
            *entry = entry.map(|entry| widthwise_parametrization::Entry { initial: start, ..entry });
        }
        let signature = rule.signature(UpdateFamily::Spectral).expect("matrices at both ends");
        assert_eq!(signature.initial, expected, "{halves:?}");
    }
}

#[test]
fn measured_powers_find_their_rule() {
    // Measured on networks of width 64 to 2048; names of the rows that fit within 0.1.
    let rows: [(f64, [f64; 3], &[&str]); 6] = [
        (0.0, [0.02, 0.03, 0.04], &["spectral", "relative Frobenius, repaired", "spectral", "spectral"]),
        (0.48, [-0.48, 0.53, 1.04], &["standard"]),
        (0.48, [-1.48, -0.47, 0.04], &["standard, rate 1/n"]),
        (0.5, [0.02, 0.51, 0.49], &["relative Frobenius", "relative entry size", "neural tangent"]),
        (0.0, [0.0, 0.5, 1.0], &["spectral, Muon 0.2 √max(a, b)"]),
        (0.25, [0.25, 0.25, 0.25], &[]),
    ];
    for (output, updates, names) in rows {
        let interval = |x: f64| [x - 0.1, x + 0.1];
        let measured = Measured { output_weight: interval(output), updates: updates.map(interval) };
        let found: Vec<&str> =
            FINGERPRINTS.iter().filter(|row| row.admits(&measured)).map(|row| row.rule.name).collect();
        assert_eq!(found, names);
        let (nearest, distance) = measured.nearest().expect("numbers");
        assert!(names.is_empty() || (nearest.rule.name == names[0] && distance < 0.1));
    }
    let nan = Measured { output_weight: [f64::NAN; 2], updates: [[0.0; 2]; 3] };
    assert!(nan.nearest().is_none() && !FINGERPRINTS.iter().any(|row| row.admits(&nan)));
}

/// Layers from halves of (a, b).
fn layers<const N: usize>(halves: [(i32, i32); N]) -> [AbcLayer; N] {
    halves.map(|(a, b)| AbcLayer { a: Rational::halves(a), b: Rational::halves(b) })
}

#[test]
fn the_three_exponents_agree_with_tensor_programs_iv() {
    let standard = layers([(0, 0), (0, 1), (0, 1)]);
    let tangent = layers([(0, 0), (1, 0), (1, 0)]);
    let maximal = layers([(-1, 1), (0, 1), (1, 1)]);
    let mean_field = layers([(0, 0), (2, 0)]);
    // Layers; c; r; stable.
    let rows: [(&[AbcLayer], i32, i32, bool); 5] = [
        (&standard, 0, -2, false),
        (&standard, 2, 1, true),
        (&tangent, 0, 1, true),
        (&maximal, 0, 0, true),
        (&mean_field, -2, 0, true),
    ];
    for (layers, c, r, stable) in rows {
        let abc = Abc { layers, c: Rational::halves(c) };
        assert_eq!((abc.feature_exponent(), abc.is_stable()), (h(r), Some(stable)));
        assert_eq!(abc.learns_features(), Some(stable && r == 0));
    }
    // The least of the hidden layers counts, wherever it is; the others leave the signal alone.
    let middle = layers([(0, 0), (-1, 2), (1, 0), (1, 0)]);
    assert_eq!(Abc { layers: &middle, c: Rational::ZERO }.feature_exponent(), h(-3));
    // A readout that starts too large, though no update is.
    let large = Abc { layers: &layers([(0, 0), (0, 0)]), c: Rational::integer(2) };
    assert_eq!((large.feature_exponent(), large.is_stable()), (h(4), Some(false)));
    assert_eq!(Abc { layers: &standard[..1], c: Rational::ZERO }.feature_exponent(), None);
    assert_eq!(Abc { layers: &[], c: Rational::ZERO }.is_stable(), None);
}

#[test]
fn the_feature_exponent_is_minus_the_greatest_update_of_the_layers_below_the_output() {
    for rule in [
        &rules::SPECTRAL,
        &rules::TABLE_3,
        &rules::TABLE_8,
        &rules::TABLE_9,
        &rules::STANDARD_OVER_WIDTH,
        &rules::NEURAL_TANGENT,
    ] {
        let layers = rule.abc_layers().expect("three matrices");
        let abc = Abc { layers: &layers, c: Rational::ZERO };
        let [input, hidden, _] = rule.signature(UpdateFamily::Gradient).expect("matrices").updates;
        let greatest = input.max(hidden).expect("rates");
        assert_eq!(abc.is_stable(), Some(true), "{}", rule.name);
        assert_eq!(abc.feature_exponent(), Rational::ZERO.checked_sub(greatest), "{}", rule.name);
    }
    let unstable = rules::STANDARD.abc_layers().expect("three matrices");
    assert_eq!(Abc { layers: &unstable, c: Rational::ZERO }.is_stable(), Some(false));
}
