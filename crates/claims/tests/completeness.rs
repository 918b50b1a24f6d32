// SPDX-License-Identifier: MIT OR Apache-2.0

//! Nothing of a paper is left out: every statement that its catalogue lists is here as what it is.

#![cfg(feature = "alloc")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;

use widthwise_claims::law::{self, LAWS};
use widthwise_claims::{CATALOGUE, DEFINITIONS, DefinitionKind, find, find_definition};

/// What a statement must be. Where a paper's statement has parts of several kinds, the parts that go by another id are named behind it.
#[derive(Clone, Copy, Debug)]
enum Present {
    Exact,
    Law,
    /// An exact claim of this id, and a law of this one.
    ExactAndLaw(&'static str, &'static str),
    Definition(DefinitionKind),
}

use DefinitionKind::{Assumption, Definition, Rule};
use Present::{Exact, ExactAndLaw, Law};

/// The statements about *A Spectral Condition for Feature Learning*, without the prefix `spectral.`: all 69 but two experiments, on the stable rank of
/// gradients of large batches and on the transfer of the best rate.
const SPECTRAL_CONDITION: [(&str, Present); 67] = [
    // Finite-dimensional, and proved.
    ("opnorm.definition", Exact),
    ("opnorm-bound", Exact),
    ("opnorm-bound.equality", Exact),
    ("opnorm.axioms", Exact),
    ("norms.frobenius", Exact),
    ("norms.entries", Exact),
    ("norms.rank-one", Exact),
    ("norms.semi-orthogonal", Exact),
    ("stable-rank", Exact),
    ("rms.natural-norm", Exact),
    ("condition.upper", Exact),
    ("update-decomposition", Exact),
    ("condition.sufficient", Exact),
    ("condition.unique", Exact),
    ("init.semi-orthogonal", Exact),
    ("claim-1", ExactAndLaw("claim-1.semi-orthogonal", "claim-1")),
    ("init.sigma", Exact),
    ("gradient.outer-product", Exact),
    ("update-alignment.rank-one", Exact),
    ("update.no-cancellation", Exact),
    ("batch.gradient", Exact),
    ("batch.alignment", Exact),
    ("update.loss-change", Exact),
    ("adam.sign-of-rank-one", Exact),
    ("adam.update-bound", Exact),
    ("bias", ExactAndLaw("bias", "bias.rate")),
    ("normalization.naive", Exact),
    ("normalization.frobenius-proxy", Exact),
    ("equals-mup", Exact),
    ("multiplier", Exact),
    ("rule.frobenius", ExactAndLaw("rule.frobenius", "rule.frobenius.standard-start")),
    ("tp4.exponent", Exact),
    ("power-iteration.monotone", Exact),
    ("dual.steepest", Exact),
    ("muon.natural-norm", ExactAndLaw("muon.natural-norm", "rule.muon")),
    ("muon.weight-decay", Exact),
    ("newton-schulz", Exact),
    // Analytic or probabilistic.
    ("alignment.isotropic-mean", Law),
    ("init.gaussian-opnorm", Law),
    ("claim-1.fails-for-contraction", Law),
    ("init.signal-rms", Law),
    ("power-iteration.gap-free", Exact),
    ("modular-norm", Exact),
    // Laws and experiments.
    ("init.other-distributions", Law),
    ("init.natural-norm-formula", Law),
    ("parametrization", Law),
    ("gradient.scale", Law),
    ("update.other-inputs", Law),
    ("assumption-1", Law),
    ("many-steps", ExactAndLaw("many-steps.upper", "many-steps")),
    ("adam.batch", Law),
    ("adam.epsilon", Law),
    ("rule.sp", Law),
    ("rule.sp-lr-over-n", Law),
    ("rule.ntp", Law),
    ("rule.mean-field", Law),
    ("rule.uniform", Law),
    ("rule.entry-size", Law),
    ("rule.spectral", Law),
    ("experiment.mup-vs-ntp", Law),
    ("power-iteration.accuracy", Law),
    // What claims refer to. The third assumption has a law of its own.
    ("desideratum-1", Present::Definition(Definition)),
    ("condition-1", Present::Definition(Definition)),
    ("assumption-2.nonlinearity", Present::Definition(Assumption)),
    ("assumption-3.batch", Law),
    ("one-hot", Present::Definition(Rule)),
    ("coordinate-check", Present::Definition(Rule)),
];

#[test]
fn every_statement_is_present_as_what_it_is() {
    let mut seen = HashSet::new();
    for (name, present) in SPECTRAL_CONDITION {
        assert!(seen.insert(name), "{name} twice");
        let full = |name: &str| format!("spectral.{name}");
        let (exact, law) = (|name: &str| find(&full(name)), |name: &str| law::find(&full(name)));
        match present {
            Exact => assert!(exact(name).is_some() && law(name).is_none(), "{name}"),
            Law => assert!(law(name).is_some() && exact(name).is_none(), "{name}"),
            ExactAndLaw(claim, of_law) => {
                assert!(exact(claim).is_some() && law(of_law).is_some(), "{name}");
            }
            Present::Definition(kind) => {
                assert_eq!(find_definition(&full(name)).map(|found| found.kind), Some(kind), "{name}");
            }
        }
    }
}

#[test]
fn every_other_statement_is_a_part_or_a_case_of_one_of_them() {
    let ids = CATALOGUE.iter().map(|claim| claim.id).chain(LAWS.iter().map(|law| law.id));
    for id in ids.chain(DEFINITIONS.iter().map(|definition| definition.id)) {
        let name = id.strip_prefix("spectral.").unwrap();
        let listed = |name: &str| SPECTRAL_CONDITION.iter().any(|(listed, _)| *listed == name);
        let part = name.rsplit_once('.').is_some_and(|(whole, _)| listed(whole) || whole == "rule");
        assert!(listed(name) || part, "{id}");
    }
}

#[test]
fn definitions_are_tried_by_claims_and_laws_that_exist() {
    let mut seen = HashSet::new();
    for definition in DEFINITIONS {
        assert!(
            seen.insert(definition.id) && find(definition.id).is_none() && law::find(definition.id).is_none()
        );
        assert!(!definition.tried_by.is_empty());
        for id in definition.tried_by {
            assert!(find(id).is_some() || law::find(id).is_some(), "{} refers to {id}", definition.id);
        }
    }
}
