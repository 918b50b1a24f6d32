// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rules of `widthwise-parametrization` that are one rule train one network of `widthwise-network`, to the last bit.
//!
//! Every pair of rules and every optimiser: the constants of the first rule are carried to the second by the conversion of
//! each layer, both networks are drawn from one stream and trained, and the outputs and losses of every step and the
//! effective weights at the end are compared as bits. Widths are powers of four, so every quotient of two numbers of the
//! rules is a power of two, and rounding commutes with it (`spectral.multiplier`).

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use nalgebra::DMatrix;
use widthwise_network::{
    Activation, Address, Decay, Initializer, Input, LayerInitializer, LayerRule, Loss, Method, Network,
    Optimizer, Orthogonalization, Rule as Update, Workspace,
};
use widthwise_parametrization::{
    Constants, Initial, LayerScale, LogicalMatrix, Optimizer as Kind, Role, Rule, ShapeFactor, UpdateFamily,
    WeightDecay, rules,
};
use widthwise_rounding::Scalar;
use widthwise_sampling::Stream;
use widthwise_spectral::NewtonSchulz;

const STEPS: usize = 5;
const BATCH: usize = 2;
/// Square, widening and narrowing layers.
const DEEP: [usize; 4] = [4, 4, 16, 1];
const SHALLOW: [usize; 3] = [4, 16, 4];

/// An optimiser of the rules, and the method of the network that it is.
#[derive(Clone, Copy, Debug)]
struct Trainer {
    kind: Kind,
    method: Method<f64>,
}

fn trainers() -> Vec<Trainer> {
    let polar = Method::Orthogonalized(Orthogonalization::Polar { tolerance: 1e-9, max_steps: 100 });
    let muon =
        Method::Orthogonalized(Orthogonalization::NewtonSchulz { polynomial: NewtonSchulz::Muon, steps: 5 });
    let mut trainers = vec![
        Trainer { kind: Kind::Sgd, method: Method::GradientDescent },
        Trainer { kind: Kind::Sgd, method: Method::Momentum { decay: 0.9 } },
        Trainer {
            kind: Kind::Adam,
            method: Method::Adam { first_decay: 0.9, second_decay: 0.99, epsilon: 0.0 },
        },
        Trainer { kind: Kind::SignDescent, method: Method::Sign },
        Trainer { kind: Kind::SpectrallyNormalized, method: Method::SpectralNormalized },
    ];
    for factor in ShapeFactor::ALL {
        trainers.push(Trainer { kind: Kind::Orthogonalized(factor), method: polar });
    }
    trainers.push(Trainer { kind: Kind::Orthogonalized(ShapeFactor::RmsToRms), method: muon });
    trainers
}

/// A layer's place in a network: its role and matrix, and those of its bias.
#[derive(Clone, Copy, Debug)]
struct Place {
    role: Role,
    matrix: LogicalMatrix,
}

fn places(widths: &[usize]) -> Vec<[Place; 2]> {
    let last = widths.len() - 2;
    let matrix = |fan_out, fan_in| LogicalMatrix::new(fan_out, fan_in).expect("widths are positive");
    (0..=last)
        .map(|layer| {
            let (fan_in, fan_out) = (widths[layer], widths[layer + 1]);
            let (role, bias) = match layer {
                0 => (Role::Input, Role::Bias),
                _ if layer == last => (Role::Output, Role::OutputBias),
                _ => (Role::Hidden, Role::Bias),
            };
            [
                Place { role, matrix: matrix(fan_out, fan_in) },
                Place { role: bias, matrix: matrix(fan_out, 1) },
            ]
        })
        .collect()
}

/// The constants of the first rule, and those of the second that mean the same at a place; `None` if one of the rules says
/// nothing of it, or they start with matrices of different laws.
fn converted(
    [first, second]: [&Rule; 2],
    place: Place,
    family: UpdateFamily,
    constants: Constants,
) -> Option<[Constants; 2]> {
    let conversion = first.conversion(second, place.role, family).ok()?;
    let at =
        |monomial: widthwise_parametrization::ShapeMonomial| monomial.at(place.matrix).expect("in range");
    let starts = [first, second].map(|rule| rule.initial(place.role).map(Initial::scale));
    let [first_start, second_start] = match (conversion.initial, starts) {
        (Some(factor), _) => [constants.initial, constants.initial * at(factor)],
        // A bias that starts at zero: the constant zero for the other.
        (None, [Ok(first), Ok(second)]) if first.is_none() || second.is_none() => [0.0; 2],
        (None, _) => return None,
    };
    let rate = at(conversion.rate);
    let weight_decay = match constants.weight_decay {
        WeightDecay::Coupled(lambda) => WeightDecay::Coupled(lambda / rate),
        WeightDecay::TimesRate(lambda) => WeightDecay::TimesRate(lambda / rate),
        other => other,
    };
    Some([
        Constants { initial: first_start, ..constants },
        Constants {
            initial: second_start,
            rate: constants.rate * rate,
            epsilon: constants.epsilon * at(conversion.epsilon),
            weight_decay,
        },
    ])
}

/// A network, and what trains it.
struct Training<T: Scalar> {
    network: Network<T>,
    initializers: Vec<LayerInitializer<T>>,
    rules: Vec<LayerRule<T>>,
}

impl<T: Scalar> Training<T> {
    /// The network of these scales, of weights and biases or of weights alone.
    fn new(widths: &[usize], layers: &[[Option<LayerScale>; 2]], trainer: Trainer) -> Self {
        let biased = layers.iter().all(|[_, bias]| bias.is_some());
        let network = if biased { Network::with_biases } else { Network::new };
        let mut network = network(widths, Activation::Tanh).expect("widths are positive");
        let (mut initializers, mut rules) = (Vec::new(), Vec::new());
        for (index, ([weights, bias], places)) in layers.iter().zip(places(widths)).enumerate() {
            let weights = weights.expect("a scale for every matrix");
            network.set_multiplier(index, T::from_f64(weights.multiplier)).expect("a layer");
            // The network has no multiplier of a bias, so it stands in effective form.
            let bias = bias.map_or(weights, |bias| bias.effective(trainer.kind).expect("in range"));
            let rule = |scale: &LayerScale, place: Place| update::<T>(scale, place, trainer);
            initializers.push(LayerInitializer {
                weights: initializer(weights.initial),
                bias: initializer(bias.initial),
            });
            rules.push(LayerRule { weights: rule(&weights, places[0]), bias: rule(&bias, places[1]) });
        }
        Self { network, initializers, rules }
    }

    /// Trains for some steps.
    fn run(mut self, seed: u64) -> Trajectory<T> {
        let address = Address { seed, name: "trajectories", index: 0 };
        self.network.initialize(&self.initializers, address).expect("scales are finite");
        let widths = [self.network.layers()[0].weights.ncols(), self.rules.len()];
        let outputs = self.network.layers()[widths[1] - 1].weights.nrows();
        let mut stream = Stream::new(seed, "trajectories/data", 0);
        let mut draw = |rows| DMatrix::from_fn(rows, BATCH, |_, _| T::from_f64(stream.normal()));
        let (inputs, targets) = (draw(widths[0]), draw(outputs));
        let mut optimizer =
            Optimizer::new(&self.network, BATCH, &self.rules).expect("a rule for every layer");
        let mut workspace = Workspace::new(&self.network, BATCH).expect("layers fit");
        let mut trajectory = Trajectory { losses: Vec::new(), outputs: Vec::new(), arrays: Vec::new() };
        for _ in 0..STEPS {
            let loss = Loss::SquaredError(&targets);
            let loss = workspace.step(&mut self.network, &mut optimizer, Input::Dense(&inputs), &loss);
            trajectory.losses.push(loss.expect("the network trains"));
            trajectory.outputs.extend(workspace.pass().output().iter());
        }
        for (layer, &multiplier) in self.network.layers().iter().zip(self.network.multipliers()) {
            trajectory.arrays.extend(layer.weights.iter().map(|&weight| multiplier * weight));
            trajectory.arrays.extend(layer.bias.iter().flatten());
        }
        trajectory
    }
}

/// What was met on the way.
struct Trajectory<T> {
    /// The loss before each step.
    losses: Vec<T>,
    /// The outputs before each step.
    outputs: Vec<T>,
    /// The effective weights, and the biases, at the end.
    arrays: Vec<T>,
}

impl<T: Scalar> Trajectory<T> {
    fn bits(&self) -> Vec<u64> {
        let numbers = [&self.losses, &self.outputs, &self.arrays];
        numbers.into_iter().flatten().map(|x| x.to_f64().to_bits()).collect()
    }
}

fn initializer<T: Scalar>(initial: Initial<f64>) -> Initializer<T> {
    match initial {
        Initial::Gaussian(sigma) => Initializer::Gaussian { sigma: T::from_f64(sigma) },
        Initial::Orthogonal(sigma) => Initializer::SemiOrthogonal { sigma: T::from_f64(sigma) },
        Initial::Zero | Initial::Constant(_) => Initializer::Zero,
    }
}

fn update<T: Scalar>(scale: &LayerScale, place: Place, trainer: Trainer) -> Update<T> {
    // The network leaves the factor of the shape to its caller; a rule has left it out of the rate.
    let factor = trainer.kind.shape_factor().monomial().at(place.matrix).expect("in range");
    let number = T::from_f64;
    let method = match trainer.method {
        Method::GradientDescent => Method::GradientDescent,
        Method::Momentum { decay } => Method::Momentum { decay: number(decay) },
        Method::Adam { first_decay, second_decay, .. } => Method::Adam {
            first_decay: number(first_decay),
            second_decay: number(second_decay),
            epsilon: number(scale.epsilon),
        },
        Method::Sign => Method::Sign,
        Method::SpectralNormalized => Method::SpectralNormalized,
        Method::Orthogonalized(Orthogonalization::Polar { tolerance, max_steps }) => {
            Method::Orthogonalized(Orthogonalization::Polar { tolerance: number(tolerance), max_steps })
        }
        Method::Orthogonalized(Orthogonalization::NewtonSchulz { polynomial, steps }) => {
            Method::Orthogonalized(Orthogonalization::NewtonSchulz { polynomial, steps })
        }
        other => panic!("{other:?}"),
    };
    let rate = scale.rate * factor;
    let decay = match scale.weight_decay {
        WeightDecay::None => Decay::None,
        WeightDecay::Coupled(lambda) => Decay::Coupled(number(lambda)),
        // The factor multiplies the direction, not the decay.
        WeightDecay::TimesRate(lambda) => Decay::Decoupled(number(lambda / factor)),
        WeightDecay::Independent(lambda) => Decay::Decoupled(number(lambda / rate)),
    };
    Update { method, rate: number(rate), decay }
}

/// Trains under both rules, the second with the constants that mean the same; `None` if there are none.
fn trajectories<T: Scalar>(
    pair: [&Rule; 2],
    widths: &[usize],
    biases: bool,
    trainer: Trainer,
    constants: Constants,
) -> Option<[Trajectory<T>; 2]> {
    let mut layers = [Vec::new(), Vec::new()];
    for places in places(widths) {
        let mut scales = [[None; 2]; 2];
        for (array, place) in places.into_iter().enumerate().take(1 + usize::from(biases)) {
            let both = converted(pair, place, trainer.kind.family(), constants)?;
            for (index, (rule, constants)) in pair.into_iter().zip(both).enumerate() {
                let layer = rule.layer(place.role, place.matrix, trainer.kind, &constants);
                scales[index][array] = Some(layer.expect("the conversion has a rate"));
            }
        }
        layers[0].push(scales[0]);
        layers[1].push(scales[1]);
    }
    Some(layers.map(|layers| Training::new(widths, &layers, trainer).run(7)))
}

fn same_bits<T: Scalar>(pair: [&Rule; 2], widths: &[usize], trainer: Trainer, constants: Constants) -> bool {
    // With biases if both rules speak of them.
    let runs = trajectories::<T>(pair, widths, true, trainer, constants)
        .or_else(|| trajectories::<T>(pair, widths, false, trainer, constants));
    let Some([first, second]) = runs else { return false };
    let names = pair.map(|rule| rule.name);
    assert!(first.bits() == second.bits(), "{names:?} {widths:?} {trainer:?} {constants:?}");
    assert!(
        first.losses[0] != first.losses[STEPS - 1],
        "{names:?} {widths:?} {trainer:?} {constants:?}: nothing moves"
    );
    true
}

fn equivalent(pair: [&Rule; 2], widths: &[usize], family: UpdateFamily) -> bool {
    places(widths).iter().all(|[weights, _]| pair[0].equivalence_for(pair[1], weights.role, family).holds())
}

const CONSTANTS: Constants =
    Constants { initial: 1.0, rate: 0.03125, epsilon: 1e-3, weight_decay: WeightDecay::None };

fn decays(kind: Kind) -> Vec<WeightDecay> {
    let mut decays = vec![WeightDecay::None, WeightDecay::TimesRate(0.5), WeightDecay::Independent(0.0625)];
    if kind.family() == UpdateFamily::Gradient {
        decays.push(WeightDecay::Coupled(0.5));
    }
    decays
}

/// Every pair of rules that is one rule as far as the roles of a network of these widths go.
fn equivalent_pairs(widths: &[usize], family: UpdateFamily) -> Vec<[&'static Rule; 2]> {
    let pairs = rules::ALL.iter().enumerate();
    let pairs =
        pairs.flat_map(|(index, first)| rules::ALL[index + 1..].iter().map(|second| [*first, *second]));
    pairs.filter(|pair| equivalent(*pair, widths, family)).collect()
}

#[test]
fn equivalent_rules_train_the_same_network_to_the_last_bit_under_every_optimizer() {
    for trainer in trainers() {
        let mut trained = Vec::new();
        for widths in [&DEEP[..], &SHALLOW] {
            let decays = decays(trainer.kind).into_iter().cycle();
            for ([first, second], weight_decay) in
                equivalent_pairs(widths, trainer.kind.family()).into_iter().zip(decays)
            {
                let constants = Constants { weight_decay, ..CONSTANTS };
                if same_bits::<f64>([first, second], widths, trainer, constants)
                    && same_bits::<f32>([second, first], widths, trainer, constants)
                {
                    trained.push([first.name, second.name]);
                }
            }
        }
        // Those that must be among them: one rule in other words, by constants, and as far as it goes.
        let normalised = trainer.kind.family() != UpdateFamily::Spectral;
        let expected = [
            ([&rules::TABLE_3, &rules::TABLE_8], true),
            ([&rules::TABLE_8, &rules::TABLE_9], true),
            ([&rules::TABLE_3, &rules::SPECTRAL], true),
            ([&rules::SPECTRAL_ORTHOGONAL, &rules::MODULAR], true),
            ([&rules::MEAN_FIELD, &rules::TABLE_8], normalised),
            ([&rules::SPECTRAL, &rules::RELATIVE_FROBENIUS_REPAIRED], !normalised),
        ];
        for (pair, is_expected) in expected {
            assert_eq!(trained.contains(&pair.map(|rule| rule.name)), is_expected, "{trainer:?} {trained:?}");
        }
    }
}

#[test]
fn control_the_rate_of_another_table_trains_another_network() {
    for trainer in trainers() {
        let layers = |rule: &Rule| -> Vec<[Option<LayerScale>; 2]> {
            let scale = |place: Place| rule.layer(place.role, place.matrix, trainer.kind, &CONSTANTS).ok();
            places(&DEEP).into_iter().map(|places| places.map(scale)).collect()
        };
        let run = |layers: &[_]| Training::<f64>::new(&DEEP, layers, trainer).run(7).bits();
        let (three, mut eight) = (layers(&rules::TABLE_3), layers(&rules::TABLE_8));
        assert!(run(&three) == run(&eight), "{trainer:?}");
        let rate = three[2][0].expect("a readout").rate;
        eight[2][0] = eight[2][0].map(|scale| LayerScale { rate, ..scale });
        assert!(run(&three) != run(&eight), "{trainer:?}");
    }
}
