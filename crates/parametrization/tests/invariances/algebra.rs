// SPDX-License-Identifier: MIT OR Apache-2.0

//! Invariances of the formulas: exact, or within the counted roundings of the values.

use proptest::prelude::*;
use widthwise_parametrization::{
    Abc, AbcLayer, Entry, Equivalence, Factors, Initial, LogicalMatrix, Optimizer, ParametrizationError,
    Quantity, Rational, Role, Rule, Shape, ShapeFactor, ShapeMonomial, Tying, UpdateFamily, rules,
};
use widthwise_rounding::{Scalar, gamma_upper};

const MUON: Optimizer = Optimizer::Orthogonalized(ShapeFactor::One);
const KAIMING: ShapeMonomial = ShapeMonomial::from_halves([-1, 0, 0]);

fn matrix(fan_out: usize, fan_in: usize) -> LogicalMatrix {
    LogicalMatrix::new(fan_out, fan_in).expect("dimensions are positive")
}

fn at(monomial: ShapeMonomial, matrix: LogicalMatrix) -> f64 {
    monomial.at(matrix).expect("in range")
}

/// The standard deviation of the spectral rule.
fn sigma(matrix: LogicalMatrix) -> f64 {
    at(rules::SPECTRAL.initial(Role::Hidden).expect("defined").scale().expect("drawn"), matrix)
}

fn rate(rule: &Rule, optimizer: Optimizer, matrix: LogicalMatrix) -> f64 {
    at(rule.rate(Role::Hidden, optimizer).expect("defined"), matrix)
}

/// Whether two positive numbers agree within so many roundings altogether.
fn agree(x: f64, y: f64, roundings: usize) -> bool {
    (x - y).magnitude() <= gamma_upper::<f64>(roundings) * x.lesser(y)
}

fn dimension() -> impl Strategy<Value = usize> {
    prop_oneof![1_usize..20, 1_usize..5000, Just(50257)]
}

fn power_of_four() -> impl Strategy<Value = usize> {
    (0_u32..8).prop_map(|k| 4_usize.pow(k))
}

fn rule() -> impl Strategy<Value = &'static Rule> {
    prop::sample::select(&rules::ALL[..])
}

fn family() -> impl Strategy<Value = UpdateFamily> {
    prop::sample::select(&UpdateFamily::ALL[..])
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(&Role::ALL[..])
}

fn optimizer() -> impl Strategy<Value = Optimizer> {
    prop::sample::select(vec![
        Optimizer::Sgd,
        Optimizer::Adam,
        Optimizer::SignDescent,
        Optimizer::SpectrallyNormalized,
        MUON,
        Optimizer::Orthogonalized(ShapeFactor::RmsToRms),
        Optimizer::Orthogonalized(ShapeFactor::SpectralMax),
        Optimizer::Orthogonalized(ShapeFactor::EntryRms),
    ])
}

proptest! {
    // For every width: the effective forms are the same monomials.
    #[test]
    fn l3_the_three_tables_have_one_effective_form(role in role(), family in family()) {
        for table in [&rules::TABLE_8, &rules::TABLE_9] {
            prop_assert_eq!(rules::TABLE_3.effective(role, family), table.effective(role, family));
            prop_assert_eq!(rules::TABLE_3.equivalence(table, family), Equivalence::Identical);
        }
    }

    #[test]
    fn l4_spectral_over_table_3_is_a_function_of_input_and_output(
        d in 1_usize..50, k in 1_usize..50, narrow in 50_usize..5000, wide in 50_usize..5000,
    ) {
        // Inputs, outputs and a square hidden layer; start, SGD, Adam.
        let expected = |role| match role {
            Role::Input => [1.0, 1.0 / d as f64, 1.0 / d as f64],
            Role::Output => [(k as f64).square_root(), k as f64, 1.0],
            _ => [1.0; 3],
        };
        for n in [narrow, wide] {
            for (role, matrix) in [
                (Role::Input, matrix(n, d)), (Role::Hidden, matrix(n, n)), (Role::Output, matrix(k, n)),
            ] {
                let convert = |family| rules::SPECTRAL.conversion(&rules::TABLE_3, role, family).expect("defined");
                let (sgd, adam) = (convert(UpdateFamily::Gradient), convert(UpdateFamily::Entrywise));
                let found = [sgd.initial.expect("both drawn"), sgd.rate, adam.rate].map(|ratio| at(ratio, matrix));
                for (found, expected) in found.into_iter().zip(expected(role)) {
                    prop_assert!(agree(found, expected, 7), "{} {} {}", role, found, expected);
                }
            }
        }
        // Control: the standard readout is larger than the spectral one by a power of the width.
        let difference = rules::STANDARD.equivalence_for(&rules::SPECTRAL, Role::Output, UpdateFamily::Entrywise);
        let Equivalence::Different(difference) = difference else { panic!("{difference}") };
        prop_assert_eq!((difference.quantity, difference.exponent), (Quantity::Initial, Some(Rational::halves(1))));
    }

    #[test]
    fn l5_fan_in_times_sigma_is_symmetric(a in dimension(), b in dimension()) {
        let (wide, tall) = (matrix(b, a), matrix(a, b));
        prop_assert!(agree(a as f64 * sigma(wide), b as f64 * sigma(tall), 12));
        // Control: Kaiming's is √a, not symmetric.
        let kaiming = [a as f64 * at(KAIMING, wide), b as f64 * at(KAIMING, tall)];
        prop_assert_eq!(agree(kaiming[0], kaiming[1], 12), a == b);
    }

    #[test]
    fn l6_rates_are_powers_of_one_ratio(a in dimension(), b in dimension()) {
        let matrix = matrix(b, a);
        let relations = |rule: &Rule| {
            let [sgd, adam, muon] = [Optimizer::Sgd, Optimizer::Adam, MUON].map(|o| rate(rule, o, matrix));
            let (a, b) = (a as f64, b as f64);
            agree(sgd, muon * muon, 18) && agree(adam * b, sgd, 12) && agree(adam * (a * b).square_root(), muon, 14)
        };
        prop_assert!(relations(&rules::SPECTRAL));
        // Control: Table 3 has the rate 1 for a hidden matrix that is not square.
        prop_assert_eq!(relations(&rules::TABLE_3), a == b);
    }

    #[test]
    fn l7_rates_of_sgd_telescope(widths in prop::collection::vec(dimension(), 2..8)) {
        let product = |rule: &Rule, optimizer| {
            widths.windows(2).fold(1.0, |product, ends| product * rate(rule, optimizer, matrix(ends[1], ends[0])))
        };
        let ends = widths[widths.len() - 1] as f64 / widths[0] as f64;
        prop_assert!(agree(product(&rules::SPECTRAL, Optimizer::Sgd), ends, 50));
        prop_assert!(agree(product(&rules::SPECTRAL, MUON), ends.square_root(), 50));
        // Control: those of Adam do not, unless fan-outs multiply to one.
        let fan_outs: f64 = widths[1..].iter().map(|&b| b as f64).product();
        prop_assert_eq!(agree(product(&rules::SPECTRAL, Optimizer::Adam), ends, 50), fan_outs == 1.0);
    }

    #[test]
    fn l8_rules_are_homogeneous(a in dimension(), b in dimension(), k in 1_u32..6) {
        let c = 4_usize.pow(k);
        let (small, large) = (matrix(b, a), matrix(c * b, c * a));
        let inverse = 1.0 / c as f64;
        // Powers of four: exact.
        prop_assert_eq!(sigma(large), sigma(small) * inverse.square_root());
        for (optimizer, factor) in [(Optimizer::Sgd, 1.0), (MUON, 1.0), (Optimizer::Adam, inverse)] {
            let [small, large] = [small, large].map(|matrix| rate(&rules::SPECTRAL, optimizer, matrix));
            prop_assert_eq!(large, factor * small);
        }
        // Control: a constant rate under Adam.
        let [small, large] = [small, large].map(|matrix| rate(&rules::STANDARD, Optimizer::Adam, matrix));
        prop_assert_ne!(large, inverse * small);
    }

    #[test]
    fn l9_factors_compose(
        rule in rule(), role in role(), optimizer in optimizer(),
        widths in prop::array::uniform3([dimension(), dimension()]),
    ) {
        let [base, middle, end] = widths.map(|[b, a]| matrix(b, a));
        let factors = |from, to| {
            let factors = rule.factors(role, from, to, optimizer)?;
            let Factors { multiplier, initial, rate, epsilon, weight_decay } = factors;
            Ok::<_, ParametrizationError>([multiplier, initial, rate, epsilon, weight_decay])
        };
        if let Ok(direct) = factors(base, end) {
            let (first, second) = (factors(base, middle).expect("defined"), factors(middle, end).expect("defined"));
            for ((direct, first), second) in direct.into_iter().zip(first).zip(second) {
                // Six values of five roundings, three quotients, a product.
                prop_assert!(agree(direct, first * second, 34));
            }
            prop_assert_eq!(factors(end, end).expect("defined"), [1.0; 5]);
        }
    }

    // Control: rescaling from the base again what was rescaled before.
    #[test]
    fn l9_control_rescaling_twice_is_not_rescaling_once(base in power_of_four(), n in power_of_four()) {
        let factor = |from, to| {
            let factors = rules::MAXIMAL_UPDATE_PACKAGE.factors(Role::Hidden, from, to, Optimizer::Adam);
            factors.expect("defined").rate
        };
        let (from, to) = (matrix(base, base), matrix(n, n));
        prop_assert_eq!(factor(from, to) * factor(from, to) == factor(from, to), base == n);
    }

    #[test]
    fn l10_the_natural_norm_of_the_start_is_symmetric(a in dimension(), b in dimension()) {
        // √(a/b) σ (√a + √b), of which the norm of a random matrix is a fraction.
        let natural = |sigma: f64, a: usize, b: usize| {
            let (a, b) = (a as f64, b as f64);
            (a / b).square_root() * sigma * (a.square_root() + b.square_root())
        };
        let [wide, tall] = [matrix(b, a), matrix(a, b)];
        prop_assert!(agree(natural(sigma(wide), a, b), natural(sigma(tall), b, a), 24));
        // Control: Kaiming's is 1 + √(a/b).
        let kaiming = [natural(at(KAIMING, wide), a, b), natural(at(KAIMING, tall), b, a)];
        prop_assert_eq!(agree(kaiming[0], kaiming[1], 24), a == b);
    }

    #[test]
    fn l15_fused_matrices_have_the_rates_of_one(n in dimension(), blocks in 2_usize..9) {
        let fused = Shape::Fused { blocks, fan_out: n, fan_in: n }.logical_matrix().expect("positive");
        prop_assert_eq!(fused, matrix(n, n));
        prop_assert_eq!(rate(&rules::SPECTRAL, Optimizer::Sgd, fused), 1.0);
        prop_assert_eq!(rate(&rules::SPECTRAL, MUON, fused), 1.0);
        // Control: the stack as one matrix. Start and entrywise rate stay, the others grow by blocks and its root.
        let stack = Shape::Dense { fan_out: blocks * n, fan_in: n }.logical_matrix().expect("positive");
        let stacked = |optimizer| rate(&rules::SPECTRAL, optimizer, stack);
        prop_assert!(agree(stacked(Optimizer::Sgd), blocks as f64, 6));
        prop_assert!(agree(stacked(MUON), (blocks as f64).square_root(), 7));
        prop_assert_eq!(sigma(stack), sigma(fused));
        prop_assert_eq!(stacked(Optimizer::Adam), rate(&rules::SPECTRAL, Optimizer::Adam, fused));
    }

    #[test]
    fn l16_a_convolution_is_the_matrix_of_its_flattened_kernel(
        groups in 1_usize..9, out in 1_usize..65, inside in 1_usize..65,
        kernel in prop::collection::vec(1_usize..8, 0..4),
    ) {
        let (out_channels, in_channels) = (groups * out, groups * inside);
        let shape = Shape::Convolution { out_channels, in_channels, groups, kernel: &kernel };
        let taps: usize = kernel.iter().product();
        prop_assert_eq!(shape.logical_matrix(), LogicalMatrix::new(groups * out, inside * taps));
    }

    #[test]
    fn l19_exponents_do_not_see_multipliers(rule in rule(), shift in -6_i8..7, family in family()) {
        // w → w/θ with θ a power of fan-in: start /θ, rate /θ or /θ².
        let theta = ShapeMonomial::from_halves([shift, 0, 0]);
        let shifted = shift_rule(rule, theta, family.multiplier_power());
        prop_assert_eq!(rule.signature(family), shifted.signature(family));
        // Control: the power of the other family.
        let wrong = shift_rule(rule, theta, 3 - family.multiplier_power());
        let (right, wrong) = (rule.signature(family).expect("ends"), wrong.signature(family).expect("ends"));
        let seen = right.updates[2].is_some() && shift != 0;
        prop_assert_eq!(right != wrong, seen);
    }

    #[test]
    fn l19_the_feature_exponent_does_not_see_shifts(
        exponents in prop::collection::vec((-8_i64..9, -8_i64..9), 2..6),
        c in -8_i64..9, theta in 1_i64..9, denominator in 1_i64..6,
    ) {
        let fraction = |x| Rational::new(x, denominator).expect("a positive denominator");
        let layers: Vec<AbcLayer> =
            exponents.into_iter().map(|(a, b)| AbcLayer { a: fraction(a), b: fraction(b) }).collect();
        let shift = |layer: &AbcLayer| layer.shifted(fraction(theta)).expect("small");
        let shifted: Vec<AbcLayer> = layers.iter().map(shift).collect();
        let plain = Abc { layers: &layers, c: fraction(c) };
        let moved = Abc { layers: &shifted, c: fraction(c - 2 * theta) };
        prop_assert!(plain.feature_exponent().is_some());
        prop_assert_eq!(plain.feature_exponent(), moved.feature_exponent());
        prop_assert_eq!(plain.is_stable(), moved.is_stable());
        // Control: the rate of Adam.
        let wrong = Abc { layers: &shifted, c: fraction(c - theta) };
        prop_assert_ne!(plain.feature_exponent(), wrong.feature_exponent());
    }
}

/// The rule with its matrices divided by `theta`, and rates divided by a power of it.
fn shift_rule(rule: &Rule, theta: ShapeMonomial, power: u32) -> Rule {
    let per_theta = ShapeMonomial::from_halves(theta.exponents().map(|e| {
        // Exponents of `theta` are halves of small numbers.
        let halves = -2 * e.numerator() / e.denominator();
        i8::try_from(halves).expect("small")
    }));
    let product = |x: ShapeMonomial, y: ShapeMonomial| {
        let [x, y] = [x, y].map(|m| {
            m.exponents().map(|e| i8::try_from(2 * e.numerator() / e.denominator()).expect("small"))
        });
        ShapeMonomial::from_halves([0, 1, 2].map(|i: usize| x[i] + y[i]))
    };
    let mut shifted = *rule;
    for entry in [&mut shifted.input, &mut shifted.hidden, &mut shifted.output].into_iter().flatten() {
        entry.multiplier = product(entry.multiplier, theta);
        entry.initial = match entry.initial {
            Initial::Gaussian(scale) => Initial::Gaussian(product(scale, per_theta)),
            Initial::Orthogonal(scale) => Initial::Orthogonal(product(scale, per_theta)),
            other => other,
        };
        let divide = |rate: ShapeMonomial| (0..power).fold(rate, |rate, _| product(rate, per_theta));
        entry.rates.gradient = entry.rates.gradient.map(divide);
        entry.rates.entrywise = entry.rates.entrywise.map(divide);
        entry.rates.spectral = entry.rates.spectral.map(divide);
    }
    shifted
}

#[test]
fn l5_to_l10_worked_numbers() {
    assert_eq!([sigma(matrix(256, 64)), sigma(matrix(64, 256))], [0.125, 0.03125]);
    assert_eq!([64.0 * sigma(matrix(256, 64)), 256.0 * sigma(matrix(64, 256))], [8.0, 8.0]);
    let rates = [Optimizer::Sgd, MUON, Optimizer::Adam].map(|o| rate(&rules::SPECTRAL, o, matrix(256, 1024)));
    assert_eq!(rates, [0.25, 0.5, 1.0 / 1024.0]);
    let product = [784, 1024, 300, 77, 10].windows(2).fold(1.0, |product, ends| {
        product * rate(&rules::SPECTRAL, Optimizer::Sgd, matrix(ends[1], ends[0]))
    });
    assert!((product - 0.0127551020).abs() < 5e-11);
    let factors = |role, from, to, optimizer| {
        rules::MAXIMAL_UPDATE_PACKAGE.factors(role, from, to, optimizer).expect("defined")
    };
    let hidden = |optimizer| factors(Role::Hidden, matrix(256, 256), matrix(1024, 1024), optimizer);
    assert_eq!(
        [hidden(Optimizer::Adam).initial, hidden(Optimizer::Adam).rate, hidden(Optimizer::Sgd).rate],
        [0.5, 0.25, 1.0]
    );
    assert_eq!(factors(Role::Output, matrix(10, 256), matrix(10, 1024), Optimizer::Adam).multiplier, 0.25);
    for (b, a) in [(3072_usize, 768_usize), (768, 3072)] {
        let (x, y) = (a as f64, b as f64);
        let natural = (x / y).square_root() * sigma(matrix(b, a)) * (x.square_root() + y.square_root());
        assert!(agree(natural, 1.5, 20), "{natural}");
    }
}

#[test]
fn l16_worked_number_of_a_depthwise_convolution() {
    let shape = Shape::Convolution { out_channels: 256, in_channels: 256, groups: 256, kernel: &[3, 3] };
    let factor = ShapeFactor::RmsToRms.monomial();
    assert_eq!(at(factor, shape.logical_matrix().expect("positive")), 16.0 / 3.0);
    // Control: the last two axes of the kernel.
    assert_eq!(at(factor, matrix(3, 3)), 1.0);
}

#[test]
fn l17_tables_8_and_9_permit_tied_embeddings() {
    for family in UpdateFamily::ALL {
        let tying = |rule: &Rule| rule.tying(Role::Embedding, Role::Output, family).expect("defined");
        assert_eq!(tying(&rules::TABLE_8), Tying::Permitted);
        // Both of its arrays are those of Table 8, divided by √n: the embedding by √fan-out, the readout by √fan-in.
        assert_eq!(tying(&rules::TABLE_9), Tying::Permitted);
        assert_eq!(tying(&rules::MAXIMAL_UPDATE_PACKAGE), Tying::Permitted);
        for (rule, power) in [(&rules::TABLE_3, -2), (&rules::SPECTRAL, -2), (&rules::STANDARD, -1)] {
            let forbidden = Tying::Forbidden {
                quantity: Quantity::Initial,
                first: (Role::Embedding, Rational::ZERO),
                second: (Role::Output, Rational::halves(power)),
            };
            assert_eq!(tying(rule), forbidden, "{}", rule.name);
        }
    }
    // The array itself: one start, one rate, whatever the vocabulary.
    for (rule, optimizer) in [
        (&rules::TABLE_8, Optimizer::Sgd),
        (&rules::TABLE_8, Optimizer::Adam),
        (&rules::TABLE_9, Optimizer::Adam),
    ] {
        let layer = |role, matrix| {
            let layer = rule.layer(role, matrix, optimizer, &widthwise_parametrization::Constants::UNIT);
            layer.map(|layer| (layer.initial, layer.rate))
        };
        assert_eq!(layer(Role::Embedding, matrix(768, 1)), layer(Role::Output, matrix(50257, 768)));
    }
}

#[test]
fn l18_a_readout_that_starts_at_zero_goes_with_every_row_of_maximal_update() {
    for rule in
        [&rules::TABLE_3, &rules::TABLE_8, &rules::TABLE_9, &rules::SPECTRAL, &rules::SPECTRAL_ORTHOGONAL]
    {
        let zero = with_zero_readout(rule);
        for family in UpdateFamily::ALL {
            assert_eq!(zero.equivalence(rule, family), Equivalence::UpToConstants, "{}", rule.name);
            assert_eq!(rule.equivalence(&zero, family), Equivalence::UpToConstants, "{}", rule.name);
        }
    }
    // A readout that vanishes is as good as zero, too.
    let mut vanishing = rules::TABLE_3;
    vanishing.output = vanishing.output.map(|mut entry| {
        entry.initial = Initial::Gaussian(ShapeMonomial::from_halves([-3, 0, 0]));
        entry
    });
    let found =
        vanishing.equivalence_for(&with_zero_readout(&rules::TABLE_3), Role::Output, UpdateFamily::Gradient);
    assert_eq!(found, Equivalence::UpToConstants);
    // Control: the standard readout grows, so zero is not what it stands for.
    for family in UpdateFamily::ALL {
        let found =
            with_zero_readout(&rules::STANDARD).equivalence_for(&rules::STANDARD, Role::Output, family);
        let Equivalence::Different(difference) = found else { panic!("{found}") };
        assert_eq!((difference.quantity, difference.exponent), (Quantity::Initial, None));
        assert_eq!(found.to_string(), "the initialisation of one alone is zero for the role output");
    }
    // Control: nothing flows through a hidden matrix that is zero.
    let mut dead = rules::SPECTRAL;
    dead.hidden = dead.hidden.map(|entry| Entry { initial: Initial::Zero, ..entry });
    for family in UpdateFamily::ALL {
        assert!(!dead.equivalence(&rules::SPECTRAL, family).holds());
    }
    // In the first step of SGD only the readout moves.
    let zero = with_zero_readout(&rules::SPECTRAL).signature(UpdateFamily::Gradient).expect("ends");
    assert_eq!(zero.updates, [None, None, Some(Rational::ZERO)]);
    assert_eq!((zero.initial[2], zero.output_change), (None, Some(Rational::ZERO)));
}

fn with_zero_readout(rule: &Rule) -> Rule {
    let mut zero = *rule;
    zero.output = zero.output.map(|mut entry| {
        entry.initial = Initial::Zero;
        entry
    });
    zero
}
