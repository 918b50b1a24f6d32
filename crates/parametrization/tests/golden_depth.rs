// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every row of the table of depth scalings, transcribed in ordinary arithmetic, at numbers that are all different
//! primes.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use widthwise_parametrization::Initial;
use widthwise_parametrization::depth::{
    DEPTH_RULES, Desiderata, GENERIC, MLP_CORRECTED, MLP_SHALLOW, Network, RESIDUAL_GENERAL,
};
use widthwise_rounding::{Scalar, gamma_upper};

fn close(found: f64, expected: f64) -> bool {
    // Six roundings of ours, and at most nine of the transcription.
    (found - expected).magnitude() <= gamma_upper::<f64>(15) * expected
}

/// Hidden, output, branch, rates, cosine.
type Expected = (Option<f64>, Option<f64>, Option<f64>, Option<[f64; 3]>, f64);

#[test]
fn every_row_has_the_scales_of_the_table() {
    let network = Network {
        width: 13,
        depth: 5,
        input_norm: 3.0,
        output_gradient_norm: 7.0,
        branch_constant: 11.0,
        cosine: 1.0 / 17.0,
        activation_constant: 19.0,
    };
    let (m, l, x, s, c, t, r) = (13.0, 5.0, 3.0, 7.0, 11.0, 1.0 / 17.0, 19.0);
    let root = |x: f64| x.square_root();
    let he = Some(root(2.0 / m));
    let flat = 1.0 / (m * s);
    let last = 1.0 / (l * m * s * s);
    let relu = root(3.0 / (2.0 * l));
    let rows: [(&str, Expected); 14] = [
        (
            "generic recipe",
            (None, Some(1.0 / (m * s * t)), None, Some([m * t * t / (l * x * x), t * t / l, last]), t),
        ),
        (
            "ReLU MLP, neural tangent",
            (he, Some(1.0 / root(m)), None, Some([1.0 / (l * x * x * s * s), last, last]), relu),
        ),
        (
            "ReLU MLP, mean field, by loss decay",
            (he, Some(flat), None, Some([m / (l * x * x), 1.0 / l, last]), relu),
        ),
        (
            "ReLU MLP, mean field, by feature speed",
            (
                he,
                Some(flat),
                None,
                Some([m / (l * root(l) * x * x), 1.0 / (l * root(l)), 1.0 / (l * root(l) * m * s * s)]),
                relu,
            ),
        ),
        (
            "ReLU MLP, feature speed",
            (he, Some(root(l) / (m * s)), None, Some([m / (l * l * x * x), 1.0 / (l * l), last]), relu),
        ),
        (
            "any activation, feature speed",
            (
                None,
                Some(root(r * l / 3.0) / (m * s)),
                None,
                Some([3.0 * m / (r * l * l * x * x), 3.0 / (r * l * l), last]),
                root(3.0 / (r * l)),
            ),
        ),
        (
            "maximal update, fixed depth",
            (he, Some(flat), None, Some([m / (x * x), 1.0, 1.0 / (m * s * s)]), 1.0),
        ),
        ("linear, orthogonal", (Some(1.0), Some(flat), None, Some([m / (l * x * x), 1.0 / l, last]), 1.0)),
        (
            "linear, Gaussian",
            (
                Some(1.0 / root(m)),
                Some(root(l / 3.0) / (m * s)),
                None,
                Some([3.0 * m / (l * l * x * x), 3.0 / (l * l), last]),
                root(3.0 / l),
            ),
        ),
        (
            "ResNet, branch c/√L",
            (he, Some(flat), Some(c / root(l)), Some([m / (l * x * x), 1.0 / (c * c), last]), 1.0),
        ),
        (
            "ResNet, branch c/L",
            (he, Some(flat), Some(c / l), Some([m / (l * x * x), l / (c * c), last]), 1.0),
        ),
        (
            "ResNet, branch O(1/√L)",
            (
                he,
                Some(1.0 / (m * s * t)),
                Some(c / root(l)),
                Some([m * t * t / (l * x * x), t * t / (l * (c / root(l)) * (c / root(l))), last]),
                t,
            ),
        ),
        (
            "ResNet, branch c, norm kept",
            (
                he,
                Some(root(l) / (m * s)),
                Some(c),
                Some([m / (l * l * x * x), 1.0 / (l * l * c * c), last]),
                1.0 / root(l),
            ),
        ),
        ("ResNet, branch c", (he, None, Some(c), None, 1.0 / root(l))),
    ];
    for (rule, (name, (hidden, output, branch, rates, cosine))) in DEPTH_RULES.iter().zip(rows) {
        assert_eq!(rule.name, name);
        let scales = rule.scales(&network).expect("constants are positive");
        let optional = |found: Option<f64>, expected: Option<f64>| match (found, expected) {
            (Some(found), Some(expected)) => assert!(close(found, expected), "{name}: {found} {expected}"),
            pair => assert_eq!(pair, (None, None), "{name}"),
        };
        assert!(close(scales.input, 1.0 / x), "{name}");
        optional(scales.hidden.and_then(Initial::scale), hidden);
        let orthogonal = matches!(scales.hidden, Some(Initial::Orthogonal(_)));
        assert_eq!(orthogonal, name == "linear, orthogonal");
        optional(scales.output, output);
        optional(scales.branch, branch);
        for layer in 0..3 {
            optional(scales.rates.map(|rates| rates[layer]), rates.map(|rates| rates[layer]));
        }
        assert!(close(scales.cosine, cosine), "{name}");
    }
}

#[test]
fn every_row_achieves_what_the_table_says() {
    // Signal propagation, feature learning, loss decay, balanced contributions.
    let rows = [
        "1111", "1011", "1011", "1101", "1111", "1111", "1111", "1111", "1111", "1111", "1111", "1111",
        "1111",
    ];
    for (rule, expected) in DEPTH_RULES.iter().zip(rows) {
        let Desiderata { signal_propagation, feature_learning, loss_decay, balanced_contributions } =
            rule.desiderata().expect("rates");
        let found = [signal_propagation, feature_learning, loss_decay, balanced_contributions];
        let found: String = found.map(|holds| if holds { '1' } else { '0' }).iter().collect();
        assert_eq!(found, expected, "{}", rule.name);
    }
    let last = DEPTH_RULES[13];
    assert!(last.desiderata().is_none() && !last.propagates_signals());
}

#[test]
fn the_speeds_of_the_rows_are_those_of_the_table_of_perceptrons() {
    use widthwise_parametrization::depth::{
        DepthMonomial, MEAN_FIELD_BY_LOSS, MEAN_FIELD_BY_SPEED, MLP_NEURAL_TANGENT,
    };
    let power = |halves| DepthMonomial::from_halves(halves);
    // −loss decay and feature speed, in halves of the powers of m, L, s_x, s_b.
    let rows = [
        (&MLP_NEURAL_TANGENT, [0; 7], [-1, 1, 0, -2, 0, 0, 0]),
        (&MEAN_FIELD_BY_LOSS, [0; 7], [0, 1, 0, 0, 0, 0, 0]),
        (&MEAN_FIELD_BY_SPEED, [0, -1, 0, 0, 0, 0, 0], [0; 7]),
        (&MLP_CORRECTED, [0; 7], [0; 7]),
    ];
    for (rule, decay, speed) in rows {
        assert!(rule.loss_decay().expect("rates").is_proportional_to(&power(decay)), "{}", rule.name);
        assert!(rule.feature_speed().expect("rates").is_proportional_to(&power(speed)), "{}", rule.name);
    }
}

#[test]
fn a_wrong_power_of_the_depth_breaks_a_desideratum() {
    let mut rule = MLP_CORRECTED;
    rule.output =
        rule.output.map(|_| widthwise_parametrization::depth::MEAN_FIELD_BY_LOSS.output.expect("a readout"));
    let found = rule.desiderata().expect("rates");
    assert!(!found.balanced_contributions && !found.loss_decay);
    let mut rule = RESIDUAL_GENERAL;
    rule.branch = Some(widthwise_parametrization::depth::DepthMonomial::ONE);
    assert!(!rule.propagates_signals());
    // The depth of the shallow row matters once it grows.
    let mut rule = MLP_SHALLOW;
    rule.depth = widthwise_parametrization::depth::Depth::Grows;
    assert!(!rule.desiderata().expect("rates").loss_decay);
}

#[test]
fn numbers_that_are_no_scales_are_refused() {
    let unit = Network::UNIT;
    for network in [Network { width: 0, ..unit }, Network { depth: 0, ..unit }] {
        assert!(GENERIC.scales(&network).expect_err("zero").is_zero_dimension());
    }
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for network in [
            Network { input_norm: bad, ..unit },
            Network { output_gradient_norm: bad, ..unit },
            Network { branch_constant: bad, ..unit },
            Network { cosine: bad, ..unit },
            Network { activation_constant: bad, ..unit },
        ] {
            let (what, value) = GENERIC.scales(&network).expect_err("bad").constant().expect("a constant");
            assert!(!what.is_empty() && (value == bad || bad.is_nan()));
        }
    }
    let beyond = Network { cosine: 1.5, ..unit };
    assert_eq!(GENERIC.scales(&beyond).expect_err("bad").constant(), Some(("cosine", 1.5)));
    let tiny = Network { input_norm: 1e-200, ..unit };
    assert!(GENERIC.scales(&tiny).expect_err("1/s_x² overflows").is_out_of_range());
}
