// SPDX-License-Identifier: MIT OR Apache-2.0

//! The rows of the table (`speed.table-mlp`, `speed.table-resnet`, `speed.table-linear`).

use core::num::NonZeroU8;

use super::{Architecture, Cosine, Depth, DepthMonomial, DepthRule};
use crate::Initial::{Gaussian, Orthogonal};

const ONE: DepthMonomial = DepthMonomial::ONE;
/// Width `m`.
const M: DepthMonomial = DepthMonomial::from_halves([2, 0, 0, 0, 0, 0, 0]);
/// Depth `L`.
const L: DepthMonomial = DepthMonomial::from_halves([0, 2, 0, 0, 0, 0, 0]);
/// Norm `s_x` of the input.
const X: DepthMonomial = DepthMonomial::from_halves([0, 0, 2, 0, 0, 0, 0]);
/// Norm `s_b` of the output's gradient.
const S: DepthMonomial = DepthMonomial::from_halves([0, 0, 0, 2, 0, 0, 0]);
/// Constant `c` of the branch.
const C: DepthMonomial = DepthMonomial::from_halves([0, 0, 0, 0, 2, 0, 0]);
/// Cosine of the angle.
pub(super) const COSINE: DepthMonomial = DepthMonomial::from_halves([0, 0, 0, 0, 0, 2, 0]);
/// Constant `r` of the activation.
const R: DepthMonomial = DepthMonomial::from_halves([0, 0, 0, 0, 0, 0, 2]);
const ROOT_M: DepthMonomial = DepthMonomial::from_halves([1, 0, 0, 0, 0, 0, 0]);
const ROOT_L: DepthMonomial = DepthMonomial::from_halves([0, 1, 0, 0, 0, 0, 0]);
const ROOT_R: DepthMonomial = DepthMonomial::from_halves([0, 0, 0, 0, 0, 0, 1]);

const M_S: DepthMonomial = M.times(S);
const X_2: DepthMonomial = X.times(X);
const S_2: DepthMonomial = S.times(S);
const L_2: DepthMonomial = L.times(L);
/// `L^{3/2}`
const L_3_2: DepthMonomial = L.times(ROOT_L);
/// `1/(L m s_b²)`, the rate that lets the output contribute `1/L`.
const OUTPUT_RATE: DepthMonomial = L.times(M).times(S_2).inverse();

/// `√(numerator/denominator)`
const fn root(numerator: u8, denominator: u8) -> DepthMonomial {
    const fn nonzero(x: u8) -> NonZeroU8 {
        NonZeroU8::MIN.saturating_add(x - 1)
    }
    ONE.with_square_of_coefficient(nonzero(numerator), nonzero(denominator))
}

/// The angle of ReLU networks, `√(3/(2L))` (`speed.relu-mlp-angle`).
const RELU_COSINE: DepthMonomial = root(3, 2).over(ROOT_L);

const fn perceptron(
    name: &'static str,
    output: DepthMonomial,
    rates: [DepthMonomial; 3],
    cosine: Cosine,
) -> DepthRule {
    DepthRule {
        name,
        architecture: Architecture::Perceptron,
        input: X.inverse(),
        hidden: Some(Gaussian(root(2, 1).over(ROOT_M))),
        output: Some(output),
        branch: None,
        rates: Some(rates),
        cosine,
        depth: Depth::Grows,
    }
}

/// The whole theory in one line: measure or look up the cosine, set the output scale by it, and give each layer the
/// rate `1/(L‖g‖²)`.
pub const GENERIC: DepthRule = DepthRule {
    hidden: None,
    ..perceptron(
        "generic recipe",
        M_S.times(COSINE).inverse(),
        [M.times(COSINE).times(COSINE).over(L.times(X_2)), COSINE.times(COSINE).over(L), OUTPUT_RATE],
        Cosine::Measured,
    )
};

/// ReLU networks, neural tangent: features freeze as `m^{-1/2}`.
pub const MLP_NEURAL_TANGENT: DepthRule = perceptron(
    "ReLU MLP, neural tangent",
    ROOT_M.inverse(),
    [L.times(X_2).times(S_2).inverse(), OUTPUT_RATE, OUTPUT_RATE],
    Cosine::Leading(RELU_COSINE),
);

/// ReLU networks, mean field at the output and rates for a loss that decays at unit speed: features move as `√L`.
pub const MEAN_FIELD_BY_LOSS: DepthRule = perceptron(
    "ReLU MLP, mean field, by loss decay",
    M_S.inverse(),
    [M.over(L.times(X_2)), L.inverse(), OUTPUT_RATE],
    Cosine::Leading(RELU_COSINE),
);

/// ReLU networks, mean field at the output and rates for features that move at unit speed: the loss decays as
/// `L^{-1/2}`.
pub const MEAN_FIELD_BY_SPEED: DepthRule = perceptron(
    "ReLU MLP, mean field, by feature speed",
    M_S.inverse(),
    [M.over(L_3_2.times(X_2)), L_3_2.inverse(), L_3_2.times(M).times(S_2).inverse()],
    Cosine::Leading(RELU_COSINE),
);

/// ReLU networks, the scaling of the paper: the output larger by `√L`, and every desideratum holds.
pub const MLP_CORRECTED: DepthRule = perceptron(
    "ReLU MLP, feature speed",
    ROOT_L.over(M_S),
    [M.over(L_2.times(X_2)), L_2.inverse(), OUTPUT_RATE],
    Cosine::Leading(RELU_COSINE),
);

/// Any activation with `cos θ ≈ √(3/(rL))`, constants included. Hidden matrices start with the gain that keeps the
/// features' size.
pub const MLP_ANY_ACTIVATION: DepthRule = DepthRule {
    hidden: None,
    ..perceptron(
        "any activation, feature speed",
        root(1, 3).times(ROOT_R).times(ROOT_L).over(M_S),
        [root(9, 1).times(M).over(R.times(L_2).times(X_2)), root(9, 1).over(R.times(L_2)), OUTPUT_RATE],
        Cosine::Leading(root(3, 1).over(ROOT_R.times(ROOT_L))),
    )
};

/// ReLU networks of fixed depth: maximal update.
pub const MLP_SHALLOW: DepthRule = DepthRule {
    depth: Depth::Fixed,
    ..perceptron(
        "maximal update, fixed depth",
        M_S.inverse(),
        [M.over(X_2), ONE, M.times(S_2).inverse()],
        Cosine::Order(ONE),
    )
};

/// Linear networks of orthogonal matrices: the angle is zero, and depth asks for no correction.
pub const LINEAR_ORTHOGONAL: DepthRule = DepthRule {
    hidden: Some(Orthogonal(ONE)),
    ..perceptron(
        "linear, orthogonal",
        M_S.inverse(),
        [M.over(L.times(X_2)), L.inverse(), OUTPUT_RATE],
        Cosine::Leading(ONE),
    )
};

/// Linear networks of Gaussian matrices: [`MLP_ANY_ACTIVATION`] with `r = 1`.
pub const LINEAR_GAUSSIAN: DepthRule = DepthRule {
    hidden: Some(Gaussian(ROOT_M.inverse())),
    ..perceptron(
        "linear, Gaussian",
        root(1, 3).times(ROOT_L).over(M_S),
        [root(9, 1).times(M).over(L_2.times(X_2)), root(9, 1).over(L_2), OUTPUT_RATE],
        Cosine::Leading(root(3, 1).over(ROOT_L)),
    )
};

const fn residual(
    name: &'static str,
    branch: DepthMonomial,
    output: DepthMonomial,
    rates: [DepthMonomial; 3],
    cosine: Cosine,
) -> DepthRule {
    DepthRule {
        architecture: Architecture::Residual,
        branch: Some(branch),
        ..perceptron(name, output, rates, cosine)
    }
}

/// Residual networks with branches of scale `c/√L`: the depth rule of maximal update.
pub const RESIDUAL_PER_ROOT_DEPTH: DepthRule = residual(
    "ResNet, branch c/√L",
    C.over(ROOT_L),
    M_S.inverse(),
    [M.over(L.times(X_2)), C.times(C).inverse(), OUTPUT_RATE],
    Cosine::Order(ONE),
);

/// Residual networks with branches of scale `c/L`: the limit is a differential equation, and the cosine tends to one.
pub const RESIDUAL_PER_DEPTH: DepthRule = residual(
    "ResNet, branch c/L",
    C.over(L),
    M_S.inverse(),
    [M.over(L.times(X_2)), L.over(C.times(C)), OUTPUT_RATE],
    Cosine::Leading(ONE),
);

/// Residual networks with branches of any scale `β ≤ c/√L`, by the measured cosine; `c = β√L`, so that the hidden
/// rate is `cos²/(Lβ²)`.
pub const RESIDUAL_GENERAL: DepthRule = residual(
    "ResNet, branch O(1/√L)",
    C.over(ROOT_L),
    M_S.times(COSINE).inverse(),
    [M.times(COSINE).times(COSINE).over(L.times(X_2)), COSINE.times(COSINE).over(C.times(C)), OUTPUT_RATE],
    Cosine::Measured,
);

/// Residual networks with branches of constant scale `c` whose joints keep the norm: they behave like ReLU networks
/// without branches.
pub const RESIDUAL_NORM_PRESERVING: DepthRule = DepthRule {
    architecture: Architecture::ResidualNormPreserving,
    ..residual(
        "ResNet, branch c, norm kept",
        C,
        ROOT_L.over(M_S),
        [M.over(L_2.times(X_2)), L_2.times(C).times(C).inverse(), OUTPUT_RATE],
        Cosine::Order(ROOT_L.inverse()),
    )
};

/// Residual networks with branches of constant scale `c` on an identity: features grow as `(1 + c²)^{L/2}`, no
/// scaling repairs it.
pub const RESIDUAL_CONSTANT: DepthRule = DepthRule {
    output: None,
    rates: None,
    ..residual("ResNet, branch c", C, ONE, [ONE; 3], Cosine::Order(ROOT_L.inverse()))
};

/// The whole table.
///
/// ```
/// use widthwise_parametrization::depth::{DEPTH_RULES, MLP_CORRECTED};
/// assert!(DEPTH_RULES.contains(&&MLP_CORRECTED));
/// ```
pub static DEPTH_RULES: [&DepthRule; 14] = [
    &GENERIC,
    &MLP_NEURAL_TANGENT,
    &MEAN_FIELD_BY_LOSS,
    &MEAN_FIELD_BY_SPEED,
    &MLP_CORRECTED,
    &MLP_ANY_ACTIVATION,
    &MLP_SHALLOW,
    &LINEAR_ORTHOGONAL,
    &LINEAR_GAUSSIAN,
    &RESIDUAL_PER_ROOT_DEPTH,
    &RESIDUAL_PER_DEPTH,
    &RESIDUAL_GENERAL,
    &RESIDUAL_NORM_PRESERVING,
    &RESIDUAL_CONSTANT,
];
