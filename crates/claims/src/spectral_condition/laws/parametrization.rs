// SPDX-License-Identifier: MIT OR Apache-2.0

//! The spectral parametrization under every optimiser: three steps on a batch, so that momentum and Adam remember and updates have rank.

use widthwise_network::{Method, Orthogonalization};
use widthwise_parametrization::{Optimizer, ShapeFactor, rules};
use widthwise_spectral::NewtonSchulz;

use super::super::PAPER;
use super::{TRAINED, TRAINED_AS, exponent};
use crate::law::Quantity::{Displacement, FeatureChange};
use crate::law::trained_network::{TrainedNetwork, designs};
use crate::law::{Control, Design, Estimand, Law, Size};

const SOURCE: &str = "Parametrization 1, section 4; other optimisers by Condition 1, section 3. The controls keep its initial scales and take one rate for all layers.";

/// What the rule says of each quantity, beside what one rate for all layers would do to the matrices and to the first features, in halves.
const fn against([first, second, third]: [i32; 3]) -> [Estimand; 5] {
    [
        exponent(Displacement(1), 0, first),
        exponent(Displacement(2), 0, second),
        exponent(Displacement(3), 0, third),
        exponent(FeatureChange(1), 0, first),
        exponent(FeatureChange(2), 0, second),
    ]
}

/// The same for updates of one norm.
const NORMALIZED_AGAINST: &[Estimand] = &against([-1, 0, 1]);

const fn three_steps(optimizer: Optimizer, method: Method<f64>, rate: f64) -> TrainedNetwork {
    TrainedNetwork { rule: &rules::SPECTRAL, optimizer, method, rate, steps: 3 }
}

/// `spectral.parametrization`.
pub(super) static GRADIENT_DESCENT: Law = Law {
    id: "spectral.parametrization",
    paper: &PAPER,
    statement: "spectral parametrization, SGD: in a few steps, matrices and features move by amounts that do not depend on the width",
    states: "With initial scales √min(a, b)/a and rates b/a, nat(W′_ℓ - W_ℓ) of three layers and RMS(Δh_ℓ) of two have the exponent 0 after three steps.",
    hypotheses: TRAINED,
    measured_as: TRAINED_AS,
    source: SOURCE,
    estimands: &against([-2, 0, 2]),
    control: Control {
        id: "spectral.parametrization/constant-rate",
        states: "the exponents of one rate for all layers: -1, 0, 1",
        because: "b/a is n/16 in the first layer and 1/n in the last",
    },
    designs: designs(40),
    quantities: |law, seed, address, memory| {
        three_steps(Optimizer::Sgd, Method::GradientDescent, 0.1).measure(law, seed, address, memory)
    },
};

/// `spectral.parametrization.momentum`.
pub(super) static MOMENTUM: Law = Law {
    id: "spectral.parametrization.momentum",
    statement: "spectral parametrization, SGD with momentum: matrices and features move by amounts that do not depend on the width",
    states: "With initial scales √min(a, b)/a, rates b/a and the momentum 0.9, nat(W′_ℓ - W_ℓ) of three layers and RMS(Δh_ℓ) of two have the exponent 0 after three steps.",
    control: Control { id: "spectral.parametrization.momentum/constant-rate", ..GRADIENT_DESCENT.control },
    quantities: |law, seed, address, memory| {
        let method = Method::Momentum { decay: 0.9 };
        three_steps(Optimizer::Sgd, method, 0.05).measure(law, seed, address, memory)
    },
    ..GRADIENT_DESCENT
};

/// `spectral.parametrization.sign`.
pub(super) static SIGN: Law = Law {
    id: "spectral.parametrization.sign",
    statement: "spectral parametrization, sign descent: matrices and features move by amounts that do not depend on the width",
    states: "With initial scales √min(a, b)/a and rates 1/a, nat(W′_ℓ - W_ℓ) of three layers and RMS(Δh_ℓ) of two have the exponent 0 after three steps.",
    estimands: &against([0, 2, 2]),
    control: Control {
        id: "spectral.parametrization.sign/constant-rate",
        states: "the exponents of one rate for all layers: 0, 1, 1",
        because: "signs of the gradient of a batch keep a spectral norm of the order of √(ab)",
    },
    designs: designs(10),
    quantities: |law, seed, address, memory| {
        three_steps(Optimizer::SignDescent, Method::Sign, 0.05).measure(law, seed, address, memory)
    },
    ..GRADIENT_DESCENT
};

/// `spectral.parametrization.adam`.
pub(super) static ADAM: Law = Law {
    id: "spectral.parametrization.adam",
    statement: "spectral parametrization, Adam: matrices and features move by amounts that do not depend on the width",
    states: "With initial scales √min(a, b)/a, rates 1/a and ε in proportion to the entries of the gradient, nat(W′_ℓ - W_ℓ) of three layers and RMS(Δh_ℓ) of two have the \
             exponent 0 after three steps.",
    estimands: &against([0, 2, 2]),
    control: Control {
        id: "spectral.parametrization.adam/constant-rate",
        states: "the exponents of one rate for all layers: 0, 1, 1",
        because: "entries of one size keep a spectral norm of the order of √(ab)",
    },
    designs: designs(10),
    quantities: |law, seed, address, memory| {
        let method = Method::Adam { first_decay: 0.9, second_decay: 0.99, epsilon: 1e-3 };
        three_steps(Optimizer::Adam, method, 0.05).measure(law, seed, address, memory)
    },
    ..GRADIENT_DESCENT
};

/// `spectral.parametrization.normalized`.
pub(super) static NORMALIZED: Law = Law {
    id: "spectral.parametrization.normalized",
    statement: "spectral parametrization, spectrally normalised updates: matrices and features move by amounts that do not depend on the width",
    states: "With initial scales √min(a, b)/a and updates η √(b/a) G/‖G‖, nat(W′_ℓ - W_ℓ) of three layers and RMS(Δh_ℓ) of two have the exponent 0 after three steps.",
    estimands: NORMALIZED_AGAINST,
    control: Control {
        id: "spectral.parametrization.normalized/constant-rate",
        states: "the exponents of one norm for all updates: -1/2, 0, 1/2",
        because: "√(b/a) is √n/4 in the first layer and 1/√n in the last",
    },
    designs: designs(10),
    quantities: |law, seed, address, memory| {
        let optimizer = Optimizer::SpectrallyNormalized;
        three_steps(optimizer, Method::SpectralNormalized, 0.1).measure(law, seed, address, memory)
    },
    ..GRADIENT_DESCENT
};

/// `spectral.parametrization.orthogonalized`.
pub(super) static ORTHOGONALIZED: Law = Law {
    id: "spectral.parametrization.orthogonalized",
    statement: "spectral parametrization, orthogonalised updates: matrices and features move by amounts that do not depend on the width",
    states: "With initial scales √min(a, b)/a and updates η √(b/a) U Vᵀ for G = U S Vᵀ, nat(W′_ℓ - W_ℓ) of three layers and RMS(Δh_1) have the exponent 0 after three \
             steps. U Vᵀ is Muon's: five steps of its polynomial.",
    // RMS(Δh_2) has a slope of 0.16 at widths as small as the number of examples.
    estimands: NORMALIZED_AGAINST.split_at(4).0,
    control: Control {
        id: "spectral.parametrization.orthogonalized/constant-rate",
        states: "the exponents of one norm for all updates: -1/2, 0, 1/2",
        because: "√(b/a) is √n/4 in the first layer and 1/√n in the last",
    },
    // A polar factor costs n³.
    designs: [
        Design { sizes: &Size::widths([8, 16, 32, 64]), draws: 12 },
        Design { sizes: &Size::widths([16, 32, 64, 128]), draws: 12 },
        Design { sizes: &Size::widths([32, 64, 128, 256]), draws: 12 },
    ],
    quantities: |law, seed, address, memory| {
        let method = Method::Orthogonalized(Orthogonalization::NewtonSchulz {
            polynomial: NewtonSchulz::Muon,
            steps: 5,
        });
        let optimizer = Optimizer::Orthogonalized(ShapeFactor::One);
        three_steps(optimizer, method, 0.1).measure(law, seed, address, memory)
    },
    ..GRADIENT_DESCENT
};
