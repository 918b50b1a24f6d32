// SPDX-License-Identifier: MIT OR Apache-2.0

//! A list of parameters in, a table and what is wrong with it out; and input that has no numbers.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use widthwise_parametrization::{
    Constants, Dimension, Finding, Initial, LogicalMatrix, Optimizer, Parameter, Plan, Role, Shape,
    ShapeFactor, Tying, WeightDecay, rules,
};

const PLAN: Plan<'static> =
    Plan { rule: &rules::TABLE_8, optimizer: Optimizer::Adam, constants: Constants::UNIT };

/// A small transformer of a given width; its fused matrix is declared.
fn transformer(width: usize) -> [Parameter<'static>; 8] {
    let dense = |fan_out, fan_in| Shape::Dense { fan_out, fan_in };
    [
        Parameter::new("embedding", Role::Embedding, Shape::Embedding { vocabulary: 1000, width }),
        Parameter::new("qkv", Role::Hidden, Shape::Fused { blocks: 3, fan_out: width, fan_in: width }),
        Parameter::new("up", Role::Hidden, dense(4 * width, width)),
        Parameter::new("up.bias", Role::Bias, Shape::Bias { width: 4 * width }),
        Parameter::new("down", Role::Hidden, dense(width, 4 * width)),
        Parameter::new("norm", Role::Gain, Shape::Gain { width }),
        Parameter { tied_to: Some("embedding"), ..Parameter::new("head", Role::Output, dense(1000, width)) },
        Parameter::new("head.bias", Role::OutputBias, Shape::Bias { width: 1000 }),
    ]
}

fn at_two_widths() -> [Parameter<'static>; 8] {
    let mut parameters = transformer(256);
    for (parameter, other) in parameters.iter_mut().zip(transformer(64)) {
        parameter.other_width = Some(other.shape);
    }
    parameters
}

fn findings<'a>(plan: &Plan<'_>, parameters: &[Parameter<'a>]) -> Vec<Finding<'a>> {
    plan.findings(parameters).collect()
}

#[test]
fn a_sound_model_has_a_table_and_no_findings() {
    let parameters = at_two_widths();
    assert_eq!(findings(&PLAN, &parameters), []);
    // Name, matrix, blocks, multiplier, start, rate.
    let rows = [
        ("embedding", (256, 1), 1, 1.0, Initial::Gaussian(1.0), 1.0),
        ("qkv", (256, 256), 3, 1.0, Initial::Gaussian(0.0625), 0.00390625),
        ("up", (1024, 256), 1, 1.0, Initial::Gaussian(0.0625), 0.00390625),
        ("up.bias", (1024, 1), 1, 1.0, Initial::Gaussian(1.0), 1.0),
        ("down", (256, 1024), 1, 1.0, Initial::Gaussian(0.03125), 0.0009765625),
        ("norm", (256, 1), 1, 1.0, Initial::Constant(1.0), 1.0),
        ("head", (1000, 256), 1, 0.00390625, Initial::Gaussian(1.0), 1.0),
        ("head.bias", (1000, 1), 1, 1.0, Initial::Gaussian(1.0), 1.0),
    ];
    for (parameter, (name, (fan_out, fan_in), blocks, multiplier, initial, rate)) in
        parameters.iter().zip(rows)
    {
        let row = PLAN.row(parameter).expect("sound");
        assert_eq!((row.name, row.role, row.blocks), (name, parameter.role, blocks));
        assert_eq!(row.matrix, LogicalMatrix::new(fan_out, fan_in).expect("positive"));
        assert_eq!(row.scaling, parameter.role.scaling());
        assert_eq!(
            (row.layer.multiplier, row.layer.initial, row.layer.rate),
            (multiplier, initial, rate),
            "{name}"
        );
    }
}

#[test]
fn a_dimension_that_never_scales_is_found() {
    let mut parameters = at_two_widths();
    parameters[4].other_width = Some(Shape::Dense { fan_out: 256, fan_in: 256 });
    let never =
        Finding::NeverScales { name: "down", role: Role::Hidden, dimension: Dimension::FanOut, size: 256 };
    assert_eq!(findings(&PLAN, &parameters), [never]);
    assert_eq!(
        never.to_string(),
        "down: fan-out of the role hidden should grow with the width, and is 256 at both"
    );
}

#[test]
fn a_dimension_that_scales_against_its_role_is_found() {
    let mut parameters = at_two_widths();
    parameters[2].role = Role::Input;
    let found = findings(&PLAN, &parameters);
    let (name, role, dimension) = ("up", Role::Input, Dimension::FanIn);
    assert_eq!(found, [Finding::ScalesAgainstRole { name, role, dimension, sizes: [256, 64] }]);
    assert!(found[0].to_string().contains("should stand still, and is 256 here, 64 there"));
}

#[test]
fn a_tied_embedding_is_found_under_a_rule_that_forbids_it() {
    let parameters = at_two_widths();
    for (rule, forbidden) in [
        (&rules::TABLE_3, true),
        (&rules::SPECTRAL, true),
        (&rules::STANDARD, true),
        (&rules::TABLE_9, false),
        (&rules::MAXIMAL_UPDATE_PACKAGE, false),
    ] {
        let found = findings(&Plan { rule, ..PLAN }, &parameters);
        let tied = matches!(
            found[..],
            [Finding::TiedAgainstRule { name: "head", other: "embedding", tying: Tying::Forbidden { .. } }]
        );
        assert_eq!((tied, found.is_empty()), (forbidden, !forbidden), "{}", rule.name);
    }
    let mut parameters = parameters;
    parameters[6].tied_to = Some("wte");
    assert_eq!(findings(&PLAN, &parameters), [Finding::TiedToNothing { name: "head", other: "wte" }]);
    parameters[6].tied_to = Some("head");
    let itself = findings(&PLAN, &parameters);
    assert_eq!(itself, [Finding::TiedToNothing { name: "head", other: "head" }]);
    assert_eq!(itself[0].to_string(), "head: tied to head, which is no other parameter of the list");
}

#[test]
fn arrays_of_two_sizes_are_not_one() {
    let mut parameters = at_two_widths();
    parameters[6].tied_to = Some("up");
    let found = findings(&PLAN, &parameters);
    let entries = [1000 * 256, 4 * 256 * 256];
    assert_eq!(found, [Finding::TiedAcrossSizes { name: "head", other: "up", entries }]);
    assert_eq!(found[0].to_string(), "head: tied to up, and has 256000 entries where that has 262144");
    // All kinds of shapes are counted; what overflows is not.
    let counts = [
        (Shape::Fused { blocks: 3, fan_out: 5, fan_in: 7 }, Some(105)),
        (Shape::Convolution { out_channels: 6, in_channels: 4, groups: 2, kernel: &[3, 5] }, Some(180)),
        (Shape::Embedding { vocabulary: 11, width: 13 }, Some(143)),
        (Shape::Bias { width: 17 }, Some(17)),
        (Shape::Dense { fan_out: usize::MAX, fan_in: 2 }, None),
    ];
    for (shape, count) in counts {
        assert_eq!(shape.entries(), count, "{shape:?}");
    }
}

#[test]
fn two_factors_of_the_shape_are_found() {
    let mut parameters = [Parameter::new("up", Role::Hidden, Shape::Dense { fan_out: 256, fan_in: 64 })];
    parameters[0].factor = ShapeFactor::EntryRms;
    let plan = |factor| Plan { optimizer: Optimizer::Orthogonalized(factor), rule: &rules::SPECTRAL, ..PLAN };
    assert_eq!(findings(&plan(ShapeFactor::One), &parameters), []);
    let (optimizer, training) = (ShapeFactor::SpectralMax, ShapeFactor::EntryRms);
    let found = findings(&plan(optimizer), &parameters);
    assert_eq!(found, [Finding::TwoFactors { name: "up", optimizer, training }]);
    assert!(found[0].to_string().contains("√max(1, b/a), the training code factor 0.2"));
    parameters[0].factor = ShapeFactor::One;
    assert_eq!(findings(&plan(optimizer), &parameters), []);
}

#[test]
fn the_factor_of_the_training_code_is_left_out_of_the_rate_as_that_of_the_optimizer_is() {
    let constants = Constants { weight_decay: WeightDecay::TimesRate(0.25), ..Constants::UNIT };
    let rate = |optimizer, factor| {
        let parameter = Parameter {
            factor,
            ..Parameter::new("down", Role::Hidden, Shape::Dense { fan_out: 64, fan_in: 256 })
        };
        let layer =
            Plan { optimizer, rule: &rules::SPECTRAL, constants }.row(&parameter).expect("sound").layer;
        // What a step takes away is one fraction, whoever applies the factor.
        assert_eq!(layer.rate * layer.weight_decay.constant(), 0.25);
        layer.rate
    };
    let orthogonalized = Optimizer::Orthogonalized;
    assert_eq!(rate(orthogonalized(ShapeFactor::One), ShapeFactor::One), 0.5);
    assert_eq!(rate(orthogonalized(ShapeFactor::RmsToRms), ShapeFactor::One), 1.0);
    assert_eq!(rate(orthogonalized(ShapeFactor::One), ShapeFactor::RmsToRms), 1.0);
}

#[test]
fn a_fused_matrix_treated_as_one_is_found_where_it_matters() {
    let stack = [Parameter::new("qkv", Role::Hidden, Shape::Dense { fan_out: 192, fan_in: 64 })];
    let fused = [Parameter::new("qkv", Role::Hidden, Shape::Fused { blocks: 3, fan_out: 64, fan_in: 64 })];
    for (optimizer, matters) in [
        (Optimizer::Sgd, true),
        (Optimizer::Orthogonalized(ShapeFactor::One), true),
        (Optimizer::SpectrallyNormalized, true),
        (Optimizer::Adam, false),
    ] {
        let plan = Plan { optimizer, ..PLAN };
        let expected = [Finding::LooksFused { name: "qkv", blocks: 3 }];
        assert_eq!(findings(&plan, &stack), expected[..usize::from(matters)], "{optimizer}");
        assert_eq!(findings(&plan, &fused), []);
    }
}

#[test]
fn a_parameter_without_a_line_is_refused_and_the_others_are_checked() {
    let parameters = [
        Parameter::new("a", Role::Input, Shape::Bias { width: 4 }),
        Parameter::new("b", Role::Hidden, Shape::Dense { fan_out: 4, fan_in: 0 }),
        Parameter::new("c", Role::Hidden, Shape::Dense { fan_out: 4, fan_in: 4 }),
        Parameter::new("d", Role::Output, Shape::Dense { fan_out: 1, fan_in: 4 }),
    ];
    let plan = Plan { rule: &rules::MEAN_FIELD, ..PLAN };
    let messages: Vec<String> = plan.findings(&parameters).map(|finding| finding.to_string()).collect();
    assert_eq!(
        messages,
        [
            "a: the role input does not go with the shape of a bias",
            "b: fan-in is zero",
            "c: mean field has no entry for the role hidden",
        ]
    );
}

#[test]
fn every_role_goes_with_the_shapes_of_its_kind_alone() {
    let shapes = [
        (Shape::Dense { fan_out: 1, fan_in: 1 }, "hiof"),
        (Shape::Fused { blocks: 1, fan_out: 1, fan_in: 1 }, "hiof"),
        (Shape::Convolution { out_channels: 1, in_channels: 1, groups: 1, kernel: &[] }, "hiof"),
        (Shape::Embedding { vocabulary: 1, width: 1 }, "e"),
        (Shape::Bias { width: 1 }, "bB"),
        (Shape::Gain { width: 1 }, "g"),
    ];
    let letter = |role| match role {
        Role::Input => 'i',
        Role::Hidden => 'h',
        Role::Output => 'o',
        Role::Bias => 'b',
        Role::OutputBias => 'B',
        Role::Gain => 'g',
        Role::Embedding => 'e',
        Role::Finite => 'f',
    };
    for (shape, roles) in shapes {
        for role in Role::ALL {
            assert_eq!(shape.require_role(role).is_ok(), roles.contains(letter(role)), "{shape:?} {role}");
        }
    }
}

#[test]
fn constants_that_are_no_scales_are_refused_by_name() {
    let matrix = LogicalMatrix::new(4, 4).expect("positive");
    let unit = Constants::UNIT;
    for bad in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for (constants, name) in [
            (Constants { initial: bad, ..unit }, "initial scale"),
            (Constants { rate: bad, ..unit }, "rate"),
            (Constants { epsilon: bad, ..unit }, "epsilon"),
            (Constants { weight_decay: WeightDecay::TimesRate(bad), ..unit }, "weight decay"),
            (Constants { weight_decay: WeightDecay::Independent(bad), ..unit }, "weight decay"),
        ] {
            let error =
                rules::SPECTRAL.layer(Role::Hidden, matrix, Optimizer::Adam, &constants).expect_err("bad");
            let (what, value) = error.constant().expect("a constant");
            assert_eq!(what, name);
            assert!(value == bad || bad.is_nan());
        }
    }
    let huge = Constants { rate: f64::MAX, ..unit };
    let wide = LogicalMatrix::new(4, 1).expect("positive");
    let error = rules::SPECTRAL.layer(Role::Input, wide, Optimizer::Sgd, &huge).expect_err("overflow");
    assert!(error.is_out_of_range());
    assert_eq!(error.to_string(), "rate is out of range");
    // A gain starts at one whatever the constant of the initialisation.
    let constants = Constants { initial: 0.5, ..unit };
    let gain = rules::TABLE_9.layer(Role::Gain, wide, Optimizer::Adam, &constants).expect("sound");
    assert_eq!((gain.multiplier, gain.initial), (2.0, Initial::Constant(0.5)));
    let bias = rules::TABLE_9.layer(Role::Bias, wide, Optimizer::Adam, &constants).expect("sound");
    assert_eq!((bias.multiplier, bias.initial), (2.0, Initial::Gaussian(0.25)));
    // Zero is a constant: no noise at initialisation, a frozen layer.
    let zero = Constants { initial: 0.0, rate: 0.0, ..unit };
    let layer = rules::SPECTRAL.layer(Role::Hidden, matrix, Optimizer::Sgd, &zero).expect("zero is allowed");
    assert_eq!((layer.initial, layer.rate), (Initial::Gaussian(0.0), 0.0));
}

#[test]
fn multipliers_that_are_none_are_refused() {
    let matrix = LogicalMatrix::new(4, 4).expect("positive");
    let layer = rules::TABLE_9.layer(Role::Input, matrix, Optimizer::Adam, &Constants::UNIT).expect("sound");
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(layer.with_multiplier(bad, Optimizer::Adam).expect_err("bad").constant().is_some());
    }
    assert!(layer.with_multiplier(1e-320, Optimizer::Sgd).expect_err("1/θ² overflows").is_out_of_range());
}

#[test]
fn weight_decay_keeps_its_fraction_of_a_step() {
    let matrix = LogicalMatrix::new(256, 1024).expect("positive");
    let decay = |optimizer, decay| rules::SPECTRAL.weight_decay(Role::Hidden, matrix, optimizer, decay);
    use WeightDecay::{Coupled, Independent, TimesRate};
    assert_eq!(decay(Optimizer::Sgd, Coupled(0.5)), Ok(Coupled(2.0)));
    assert_eq!(decay(Optimizer::Sgd, TimesRate(0.5)), Ok(TimesRate(2.0)));
    assert_eq!(decay(Optimizer::Adam, TimesRate(0.5)), Ok(TimesRate(512.0)));
    assert_eq!(decay(Optimizer::Orthogonalized(ShapeFactor::One), TimesRate(0.5)), Ok(TimesRate(1.0)));
    for optimizer in [Optimizer::Sgd, Optimizer::Adam] {
        assert_eq!(decay(optimizer, Independent(0.5)), Ok(Independent(0.5)));
        assert_eq!(decay(optimizer, WeightDecay::None), Ok(WeightDecay::None));
    }
    // A loss term under a normalised update shrinks by what the gradient leaves: no power of the shape.
    assert!(decay(Optimizer::Adam, Coupled(0.5)).expect_err("no power").is_undefined());
}

#[test]
fn a_dimension_of_the_head_that_is_zero_is_refused() {
    assert!(rules::TABLE_3.attention_logits(0).expect_err("zero").is_zero_dimension());
}
