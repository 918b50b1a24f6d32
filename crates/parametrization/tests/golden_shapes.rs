// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every row of the tables of rules, as literal numbers at shapes whose roots are whole, so that equality is exact.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use widthwise_parametrization::{
    Equivalence, Initial, LogicalMatrix, Optimizer, ParametrizationError, Role, Rule, ShapeFactor,
    ShapeMonomial, UpdateFamily, rules,
};

type Outcome = Result<(), ParametrizationError>;

const MATRICES: [Role; 3] = [Role::Input, Role::Hidden, Role::Output];
const COLUMNS: [Role; 5] = [Role::Input, Role::Hidden, Role::Output, Role::Bias, Role::OutputBias];
const MUON: Optimizer = Optimizer::Orthogonalized(ShapeFactor::One);

/// Fan-in 16 outside, width 256 (a hidden layer widens to 1024), 4 outputs.
fn shape(role: Role) -> LogicalMatrix {
    let (fan_out, fan_in) = match role {
        Role::Input => (256, 16),
        Role::Hidden => (1024, 256),
        Role::Output => (4, 256),
        Role::Bias | Role::Gain | Role::Embedding => (256, 1),
        Role::OutputBias => (4, 1),
        Role::Finite => (4, 16),
    };
    LogicalMatrix::new(fan_out, fan_in).expect("dimensions are positive")
}

fn value(role: Role, monomial: ShapeMonomial) -> f64 {
    monomial.at(shape(role)).expect("in range")
}

/// A start as (kind, scale): independent entries, singular values, zero.
fn start(rule: &Rule, role: Role) -> Option<(char, f64)> {
    Some(match rule.initial(role).ok()? {
        Initial::Zero => ('0', 0.0),
        Initial::Gaussian(scale) => ('g', value(role, scale)),
        Initial::Orthogonal(scale) => ('o', value(role, scale)),
        Initial::Constant(scale) => ('c', value(role, scale)),
    })
}

#[test]
fn multipliers_and_initialisations_are_those_of_the_tables() {
    let g = |x| Some(('g', x));
    let o = |x| Some(('o', x));
    let zero = Some(('0', 0.0));
    // Rule; multipliers of input, hidden, output; starts of the same; start of a bias, of an output bias; multiplier
    // of a bias.
    let rows = [
        (&rules::STANDARD, [Some(1.0); 3], [g(0.25), g(0.0625), g(0.0625)], [zero, zero], Some(1.0)),
        (&rules::NEURAL_TANGENT, [0.25, 0.0625, 0.0625].map(Some), [g(1.0); 3], [g(1.0), g(1.0)], Some(1.0)),
        (
            &rules::MEAN_FIELD,
            [Some(1.0), None, Some(0.00390625)],
            [g(0.25), None, g(1.0)],
            [g(1.0), g(1.0)],
            Some(1.0),
        ),
        (&rules::TABLE_3, [Some(1.0); 3], [g(0.25), g(0.0625), g(0.00390625)], [g(1.0), g(1.0)], Some(1.0)),
        (
            &rules::TABLE_8,
            [1.0, 1.0, 0.00390625].map(Some),
            [g(0.25), g(0.0625), g(1.0)],
            [g(1.0), g(1.0)],
            Some(1.0),
        ),
        (
            &rules::TABLE_9,
            [16.0, 1.0, 0.0625].map(Some),
            [g(0.015625), g(0.0625), g(0.0625)],
            [g(0.0625), g(1.0)],
            Some(16.0),
        ),
        (&rules::SPECTRAL, [Some(1.0); 3], [g(0.25), g(0.0625), g(0.0078125)], [g(1.0), g(1.0)], Some(1.0)),
        (&rules::SPECTRAL_ORTHOGONAL, [Some(1.0); 3], [o(4.0), o(2.0), o(0.125)], [zero, zero], Some(1.0)),
        (&rules::MODULAR, [4.0, 2.0, 0.125].map(Some), [o(1.0); 3], [None, None], None),
    ];
    for (rule, multipliers, starts, biases, bias_multiplier) in rows {
        let multiplier = |role| rule.multiplier(role).ok().map(|m| value(role, m));
        assert_eq!(MATRICES.map(multiplier), multipliers, "{}", rule.name);
        assert_eq!(MATRICES.map(|role| start(rule, role)), starts, "{}", rule.name);
        assert_eq!([Role::Bias, Role::OutputBias].map(|role| start(rule, role)), biases, "{}", rule.name);
        assert_eq!(multiplier(Role::Bias), bias_multiplier, "{}", rule.name);
    }
}

fn rates(rule: &Rule, optimizer: Optimizer) -> [Option<f64>; 5] {
    COLUMNS.map(|role| rule.rate(role, optimizer).ok().map(|rate| value(role, rate)))
}

#[test]
fn rates_under_sgd_are_those_of_the_tables() {
    let n = 256.0;
    let rows = [
        (&rules::STANDARD, [Some(1.0); 5]),
        (&rules::STANDARD_OVER_WIDTH, [Some(1.0 / n), Some(1.0 / n), Some(1.0 / n), Some(1.0 / n), None]),
        (&rules::NEURAL_TANGENT, [Some(1.0); 5]),
        (&rules::MEAN_FIELD, [Some(n), None, Some(n), Some(n), Some(1.0)]),
        (&rules::TABLE_3, [n, 1.0, 1.0 / n, n, 1.0].map(Some)),
        (&rules::TABLE_8, [n, 1.0, n, n, 1.0].map(Some)),
        (&rules::TABLE_9, [Some(1.0); 5]),
        (&rules::SPECTRAL, [16.0, 4.0, 0.015625, 256.0, 4.0].map(Some)),
        (&rules::SPECTRAL_ORTHOGONAL, [16.0, 4.0, 0.015625, 256.0, 4.0].map(Some)),
        (&rules::MODULAR, [Some(1.0), Some(1.0), Some(1.0), None, None]),
    ];
    for (rule, expected) in rows {
        assert_eq!(rates(rule, Optimizer::Sgd), expected, "{}", rule.name);
    }
}

#[test]
fn rates_of_entrywise_updates_are_those_of_the_tables() {
    let n = 256.0;
    let of_width = |rate| [Some(rate), Some(rate), Some(rate), Some(rate), None];
    let rows = [
        (&rules::STANDARD, [Some(1.0); 5]),
        (&rules::STANDARD_OVER_WIDTH, of_width(1.0 / n)),
        (&rules::STANDARD_OVER_WIDTH_3_2, of_width(1.0 / 4096.0)),
        (&rules::NEURAL_TANGENT, [Some(1.0); 5]),
        (&rules::NEURAL_TANGENT_OVER_ROOT_WIDTH, of_width(1.0 / 16.0)),
        (&rules::NEURAL_TANGENT_OVER_WIDTH, of_width(1.0 / n)),
        (&rules::MEAN_FIELD, [Some(1.0), None, Some(1.0), Some(1.0), Some(1.0)]),
        (&rules::TABLE_3, [1.0, 1.0 / n, 1.0 / n, 1.0, 1.0].map(Some)),
        (&rules::TABLE_8, [1.0, 1.0 / n, 1.0, 1.0, 1.0].map(Some)),
        (&rules::TABLE_9, [1.0 / 16.0, 1.0 / n, 1.0 / 16.0, 1.0 / 16.0, 1.0].map(Some)),
        (&rules::SPECTRAL, [1.0 / 16.0, 1.0 / n, 1.0 / n, 1.0, 1.0].map(Some)),
        // Effective rate 1/a through the multiplier √(b/a).
        (&rules::MODULAR, [Some(1.0 / 64.0), Some(1.0 / 512.0), Some(1.0 / 32.0), None, None]),
    ];
    for (rule, expected) in rows {
        for optimizer in [Optimizer::Adam, Optimizer::SignDescent] {
            assert_eq!(rates(rule, optimizer), expected, "{}", rule.name);
        }
    }
}

#[test]
fn rates_of_spectral_updates_are_those_of_the_tables() {
    let rows = [
        (&rules::STANDARD, [Some(1.0); 5]),
        (&rules::NEURAL_TANGENT, [None; 5]),
        (&rules::MEAN_FIELD, [None; 5]),
        (&rules::TABLE_3, [16.0, 1.0, 1.0 / 16.0, 16.0, 1.0].map(Some)),
        (&rules::TABLE_8, [16.0, 1.0, 16.0, 16.0, 1.0].map(Some)),
        (&rules::TABLE_9, [Some(1.0); 5]),
        (&rules::SPECTRAL, [4.0, 2.0, 0.125, 16.0, 2.0].map(Some)),
        (&rules::MODULAR, [Some(1.0), Some(1.0), Some(1.0), None, None]),
        (&rules::SPECTRAL_MAX, [4.0, 2.0, 1.0, 16.0, 2.0].map(Some)),
        (&rules::SPECTRAL_ENTRY_RMS, [3.2, 6.4, 3.2, 16.0, 2.0].map(Some)),
    ];
    for (rule, expected) in rows {
        for optimizer in [MUON, Optimizer::SpectrallyNormalized] {
            assert_eq!(rates(rule, optimizer), expected, "{}", rule.name);
        }
    }
}

#[test]
fn rates_leave_out_the_factor_that_the_optimizer_applies() -> Outcome {
    let rate = |factor, role| rules::SPECTRAL.rate(role, Optimizer::Orthogonalized(factor))?.at(shape(role));
    assert_eq!(rate(ShapeFactor::RmsToRms, Role::Output)?, 1.0);
    assert_eq!(rate(ShapeFactor::SpectralMax, Role::Output)?, 0.125);
    assert_eq!(rate(ShapeFactor::SpectralMax, Role::Hidden)?, 1.0);
    assert_eq!(rate(ShapeFactor::EntryRms, Role::Hidden)?, 2.0 / 6.4);
    Ok(())
}

#[test]
fn an_embedding_has_fan_in_one_and_gains_start_at_one() -> Outcome {
    for rule in [&rules::TABLE_3, &rules::TABLE_8, &rules::SPECTRAL] {
        assert_eq!(start(rule, Role::Embedding), Some(('g', 1.0)), "{}", rule.name);
        let rate = |optimizer| rule.rate(Role::Embedding, optimizer)?.at(shape(Role::Embedding));
        assert_eq!([rate(Optimizer::Sgd)?, rate(Optimizer::Adam)?], [256.0, 1.0], "{}", rule.name);
    }
    for rule in rules::ALL {
        if let Ok(entry) = rule.entry(Role::Gain) {
            let Initial::Constant(scale) = entry.initial else { panic!("{}", rule.name) };
            assert_eq!(value(Role::Gain, scale) * value(Role::Gain, entry.multiplier), 1.0, "{}", rule.name);
        }
    }
    Ok(())
}

#[test]
fn the_modular_convention_is_the_orthogonal_spectral_rule_with_a_multiplier() {
    for family in UpdateFamily::ALL {
        for role in [Role::Input, Role::Hidden, Role::Output, Role::Embedding, Role::Finite] {
            let found = rules::MODULAR.equivalence_for(&rules::SPECTRAL_ORTHOGONAL, role, family);
            assert_eq!(found, Equivalence::Identical, "{role} {family}");
        }
    }
}

#[test]
fn rules_have_names_of_their_own() {
    for (index, rule) in rules::ALL.iter().enumerate() {
        assert!(rules::ALL[..index].iter().all(|other| other.name != rule.name), "{}", rule.name);
    }
}

#[test]
fn epsilon_follows_the_gradient() {
    // Table 3: 1/n, 1/n, 1 (`spectral.adam.epsilon`). n is fan-out: 1024 for the hidden matrix here.
    let rows = [
        (&rules::TABLE_3, [1.0 / 256.0, 1.0 / 1024.0, 1.0]),
        (&rules::TABLE_8, [1.0 / 256.0, 1.0 / 1024.0, 1.0 / 256.0]),
        (&rules::TABLE_9, [1.0 / 16.0, 1.0 / 1024.0, 1.0 / 16.0]),
        (&rules::SPECTRAL, [1.0 / 256.0, 1.0 / 1024.0, 1.0]),
        // The backward signal of a readout of size 1/√n is larger by √n.
        (&rules::STANDARD, [1.0 / 16.0, 1.0 / 32.0, 1.0]),
        (&rules::NEURAL_TANGENT, [1.0 / 64.0, 1.0 / 512.0, 1.0 / 16.0]),
    ];
    for (rule, expected) in rows {
        let epsilons = MATRICES.map(|role| rule.epsilon(role).ok().map(|epsilon| value(role, epsilon)));
        assert_eq!(epsilons, expected.map(Some), "{}", rule.name);
    }
}

#[test]
fn epsilon_is_converted_by_the_gradients() -> Outcome {
    // From the standard rule, whose gradients are 1/√n, to Table 3, where they are 1/n: times √n below the output.
    let rows = [
        (Role::Input, 16.0),
        (Role::Hidden, 32.0),
        (Role::Output, 1.0),
        (Role::Bias, 16.0),
        (Role::Finite, 1.0),
    ];
    for (role, expected) in rows {
        let conversion = rules::STANDARD.conversion(&rules::TABLE_3, role, UpdateFamily::Entrywise)?;
        assert_eq!(value(role, conversion.epsilon), expected, "{role}");
        // A multiplier is no part of it.
        let conversion = rules::TABLE_3.conversion(&rules::TABLE_9, role, UpdateFamily::Entrywise)?;
        assert_eq!(conversion.epsilon, ShapeMonomial::ONE, "{role}");
    }
    Ok(())
}

#[test]
fn factors_from_a_base_are_those_of_the_package() -> Outcome {
    let rule = &rules::MAXIMAL_UPDATE_PACKAGE;
    let matrix = |(fan_out, fan_in)| LogicalMatrix::new(fan_out, fan_in);
    let kaiming = ShapeMonomial::from_halves([-1, 0, 0]);
    let constant = ShapeMonomial::ONE;
    // Role; base; wide (r_a = 16, r_b = 4); forward; start against Kaiming and against a constant; SGD, Adam; decay
    // under both.
    let rows = [
        (Role::Input, (64, 16), (256, 16), 1.0, [1.0, 1.0], [4.0, 1.0], [0.25, 1.0]),
        (Role::Bias, (64, 1), (256, 1), 1.0, [1.0, 1.0], [4.0, 1.0], [0.25, 1.0]),
        (Role::Gain, (64, 1), (256, 1), 1.0, [1.0, 1.0], [4.0, 1.0], [0.25, 1.0]),
        (Role::Hidden, (64, 64), (256, 1024), 1.0, [1.0, 0.25], [0.25, 0.0625], [4.0, 16.0]),
        (Role::Output, (10, 64), (10, 1024), 0.0625, [4.0, 1.0], [16.0, 1.0], [0.0625, 1.0]),
        (Role::Finite, (10, 16), (10, 16), 1.0, [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]),
    ];
    for (role, base, wide, forward, corrections, rate, decay) in rows {
        let (base, wide) = (matrix(base)?, matrix(wide)?);
        for (default, correction) in [kaiming, constant].into_iter().zip(corrections) {
            assert_eq!(rule.initial_correction(role, base, wide, default)?, correction, "{role}");
        }
        for (index, optimizer) in [Optimizer::Sgd, Optimizer::Adam].into_iter().enumerate() {
            let factors = rule.factors(role, base, wide, optimizer)?;
            assert_eq!(factors.multiplier, forward, "{role}");
            assert_eq!((factors.rate, factors.weight_decay), (rate[index], decay[index]), "{role}");
        }
    }
    // A bias whose default is ±1/√fan-in of its layer: the default fell by √r_a, the rule says that the
    // initialisation stays.
    let layer = [matrix((64, 64))?, matrix((256, 1024))?];
    assert_eq!(1.0 / kaiming.ratio(layer[0], layer[1])?, 4.0);
    Ok(())
}

#[test]
fn the_spectral_rule_has_the_known_numbers() -> Outcome {
    // fan-out, fan-in; σ, SGD, Adam, Muon.
    let rows = [
        (1, 1, [1.0, 1.0, 1.0, 1.0]),
        (256, 64, [0.125, 4.0, 0.015625, 2.0]),
        (64, 256, [0.03125, 0.25, 0.00390625, 0.5]),
        (256, 256, [0.0625, 1.0, 0.00390625, 1.0]),
        (1024, 784, [0.03571428571, 1.306122449, 0.001275510204, 1.142857143]),
        (10, 1024, [0.003088161778, 0.009765625, 0.0009765625, 0.09882117688]),
        (1, 4096, [0.000244140625, 0.000244140625, 0.000244140625, 0.015625]),
        (4096, 1, [1.0, 4096.0, 1.0, 64.0]),
        (3072, 768, [0.03608439182, 4.0, 0.001302083333, 2.0]),
        (768, 3072, [0.009021097956, 0.25, 0.0003255208333, 0.5]),
        (768, 50257, [0.0005514219496, 0.01528145333, 1.989772569e-5, 0.1236181756]),
    ];
    for (fan_out, fan_in, expected) in rows {
        let matrix = LogicalMatrix::new(fan_out, fan_in)?;
        let sigma = rules::SPECTRAL.initial(Role::Hidden)?.scale().expect("the rule draws entries");
        let rate = |optimizer| rules::SPECTRAL.rate(Role::Hidden, optimizer)?.at(matrix);
        let found = [sigma.at(matrix)?, rate(Optimizer::Sgd)?, rate(Optimizer::Adam)?, rate(MUON)?];
        for (found, expected) in found.into_iter().zip(expected) {
            // The table has ten digits.
            assert!((found - expected).abs() <= 5e-10 * expected, "{matrix}: {found} {expected}");
        }
    }
    // One rounding where the radicands are squares.
    assert_eq!(rules::SPECTRAL.rate(Role::Hidden, MUON)?.at(LogicalMatrix::new(1024, 784)?)?, 8.0 / 7.0);
    Ok(())
}

#[test]
fn shape_factors_keep_constant_what_they_are_named_by() -> Outcome {
    let head = LogicalMatrix::new(10, 1024)?;
    let natural = |factor: ShapeFactor| factor.natural_norm().at(head);
    assert_eq!(natural(ShapeFactor::RmsToRms)?, 1.0);
    assert!((natural(ShapeFactor::SpectralMax)? - 10.119288512538814).abs() < 1e-14);
    for (fan_out, fan_in) in [(1, 4096), (4096, 1), (768, 3072), (3072, 768), (10, 1024)] {
        let matrix = LogicalMatrix::new(fan_out, fan_in)?;
        assert_eq!(ShapeFactor::EntryRms.entry_rms().at(matrix)?, 0.2);
        assert_eq!(ShapeFactor::RmsToRms.natural_norm().at(matrix)?, 1.0);
        assert_eq!(ShapeFactor::One.monomial().at(matrix)?, 1.0);
        let expands = fan_out >= fan_in;
        assert_eq!(ShapeFactor::SpectralMax.natural_norm().at(matrix)? == 1.0, expands);
    }
    Ok(())
}
