// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the paper defines, assumes and prescribes.

use super::PAPER;
use crate::{Definition, DefinitionKind};

/// In the order of the paper.
pub(crate) static DEFINITIONS: [&Definition; 5] =
    [&FEATURE_LEARNING, &CONDITION, &NONLINEARITY, &ONE_HOT, &COORDINATE_CHECK];

static FEATURE_LEARNING: Definition = Definition {
    id: "spectral.desideratum-1",
    kind: DefinitionKind::Definition,
    paper: &PAPER,
    statement: "feature learning: RMS(h_ℓ) = Θ(1) and RMS(Δh_ℓ) = Θ(1) at every hidden layer",
    states: "At every hidden layer ℓ = 1 … L-1, after a step and at every later time: ‖h_ℓ(x)‖ = Θ(√n_ℓ) and ‖Δh_ℓ(x)‖ = Θ(√n_ℓ), that is RMS(h_ℓ) = Θ(1) and RMS(Δh_ℓ) = \
             Θ(1), as the hidden widths grow and depth, inputs, outputs, examples and steps are fixed. Inputs have ‖x‖ = Θ(√n_0); the output has h_L = O(1) at initialisation and \
             Δh_L = Θ(1).",
    remarks: "Entries of order one are what nonlinearities are built for. A change of smaller order freezes the features (the kernel regime), one of larger order blows them \
              up. Θ says nothing of one network: laws decide it as slopes over widths.",
    source: "Desideratum 1, section 2; the line on the output is the condition's for ℓ = L.",
    tried_by: &[
        "spectral.parametrization",
        "spectral.condition.upper",
        "spectral.condition.sufficient",
        "spectral.rule.ntp",
        "spectral.experiment.mup-vs-ntp",
    ],
};

static CONDITION: Definition = Definition {
    id: "spectral.condition-1",
    kind: DefinitionKind::Definition,
    paper: &PAPER,
    statement: "the spectral condition: ‖W_ℓ‖ and ‖ΔW_ℓ‖ are Θ(√(fan-out/fan-in)) at every layer",
    states: "At every layer ℓ = 1 … L: ‖W_ℓ‖ = Θ(√(n_ℓ/n_{ℓ-1})) and ‖ΔW_ℓ‖ = Θ(√(n_ℓ/n_{ℓ-1})) in the spectral norm. With nat(A) = √(fan-in/fan-out) ‖A‖, the operator norm from RMS to \
             RMS, that is nat(W_ℓ) = Θ(1) and nat(ΔW_ℓ) = Θ(1), exactly.",
    remarks: "The ratio is part of it: one spectral norm for all layers fails at the first and the last. nat(W_1) of a spectral start is no power of the width but 1 + √(n_0/n), so \
              initial norms are tested against their formula, not against a slope of zero.",
    source: "Condition 1, section 2.",
    tried_by: &[
        "spectral.rms.natural-norm",
        "spectral.condition.upper",
        "spectral.condition.sufficient",
        "spectral.condition.unique",
        "spectral.init.natural-norm-formula",
        "spectral.parametrization",
        "spectral.rule.uniform",
    ],
};

static NONLINEARITY: Definition = Definition {
    id: "spectral.assumption-2.nonlinearity",
    kind: DefinitionKind::Assumption,
    paper: &PAPER,
    statement: "a nonlinearity keeps the order of the norm: ‖φ(z_ℓ)‖ = Θ(‖z_ℓ‖)",
    states: "‖φ(z_ℓ)‖ = Θ(‖z_ℓ‖) for the preactivations z_ℓ that occur. It holds exactly, with constants α and β, if α|t| ≤ |φ(t)| ≤ β|t| for all t; ReLU has ‖relu(z)‖² + ‖relu(-z)‖² = \
             ‖z‖², so the upper half always and the lower half on average over a symmetric distribution.",
    remarks: "It can fail: a layer whose preactivations are all negative is dead under ReLU, tanh saturates for large z, φ(0) ≠ 0 keeps no small one. That updates are outer products does \
              not depend on it.",
    source: "Assumption 2, section 3.2; the sufficient conditions are added.",
    tried_by: &[
        "spectral.assumption-2.nonlinearity.pointwise",
        "spectral.init.signal-rms",
        "spectral.condition.upper",
    ],
};

static ONE_HOT: Definition = Definition {
    id: "spectral.one-hot",
    kind: DefinitionKind::Rule,
    paper: &PAPER,
    statement: "an embedding of one-hot inputs has the fan-in 1: ‖x‖ = 1, not √n_0",
    states: "For one-hot inputs W e_j is the column j, and ΔW = -η δ e_jᵀ changes that column alone: RMS(Δh) = η RMS(δ). The natural norm of W as a map from unit vectors is max_j RMS(W_:j). So \
             an embedding has the initial scale 1, the rate fan-out under SGD and 1 under Adam, as if its fan-in were 1; to feed √V e_j and keep the fan-in V of the vocabulary is the \
             same.",
    remarks: "With the fan-in V the features shrink as V^(-1/2) and their changes as 1/V. Distinct tokens of a batch are orthogonal inputs. max_j ‖W_:j‖ ≤ ‖W‖, and may be √V smaller. Ask the rules \
              of widthwise-parametrization for the role of an embedding.",
    source: "Section 2, on inputs.",
    tried_by: &["spectral.norms.entries", "spectral.batch.alignment", "spectral.bias"],
};

static COORDINATE_CHECK: Definition = Definition {
    id: "spectral.coordinate-check",
    kind: DefinitionKind::Rule,
    paper: &PAPER,
    statement: "the coordinate check: train a few steps at several widths; sizes and changes must stay flat",
    states: "At several widths, over a few steps, record RMS(z_ℓ), RMS(z_ℓ - z_ℓ⁰), nat(W_ℓ), nat(W_ℓ - W_ℓ⁰) and fit their powers of the width. A rule passes if all are flat, but for the output \
             at initialisation, which may fall as n^(-1/2).",
    remarks: "It sees only what happens: too small a rate hides a blow-up, one-hot or rank-one inputs hide spectral errors, and without the norms of updates a rule of one spectral norm for all \
              layers passes. `theory-checker coordinate-check` runs it with intervals and names the rule whose powers are nearest.",
    source: "Tooling of arXiv 2203.03466, not of this paper; the spectral norms are added.",
    tried_by: &["spectral.parametrization", "spectral.rule.uniform", "spectral.rule.sp"],
};
