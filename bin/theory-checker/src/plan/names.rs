// SPDX-License-Identifier: MIT OR Apache-2.0

//! What roles, rules, optimisers and factors are called on the command line and in files.
//!
//! Names are those of the library, in lower case with hyphens.

use widthwise_parametrization::{Optimizer, Role, Rule, ShapeFactor, rules};

/// Names that resemble what was typed less than this are no help.
const LEAST_SIMILARITY: f64 = 0.6;

pub(crate) const ROLES: [(&str, Role); 8] = [
    ("input", Role::Input),
    ("hidden", Role::Hidden),
    ("output", Role::Output),
    ("bias", Role::Bias),
    ("output-bias", Role::OutputBias),
    ("gain", Role::Gain),
    ("embedding", Role::Embedding),
    ("finite", Role::Finite),
];

pub(crate) const FACTORS: [(&str, ShapeFactor); 4] = [
    ("one", ShapeFactor::One),
    ("rms-to-rms", ShapeFactor::RmsToRms),
    ("spectral-max", ShapeFactor::SpectralMax),
    ("entry-rms", ShapeFactor::EntryRms),
];

pub(crate) const OPTIMIZERS: [(&str, Optimizer); 8] = [
    ("sgd", Optimizer::Sgd),
    ("adam", Optimizer::Adam),
    ("sign-descent", Optimizer::SignDescent),
    ("orthogonalized", Optimizer::Orthogonalized(ShapeFactor::One)),
    ("orthogonalized-rms-to-rms", Optimizer::Orthogonalized(ShapeFactor::RmsToRms)),
    ("orthogonalized-spectral-max", Optimizer::Orthogonalized(ShapeFactor::SpectralMax)),
    ("orthogonalized-entry-rms", Optimizer::Orthogonalized(ShapeFactor::EntryRms)),
    ("spectrally-normalized", Optimizer::SpectrallyNormalized),
];

pub(crate) const RULES: [(&str, &Rule); 22] = [
    ("spectral", &rules::SPECTRAL),
    ("spectral-orthogonal", &rules::SPECTRAL_ORTHOGONAL),
    ("spectral-max", &rules::SPECTRAL_MAX),
    ("spectral-entry-rms", &rules::SPECTRAL_ENTRY_RMS),
    ("modular", &rules::MODULAR),
    ("maximal-update-table-3", &rules::TABLE_3),
    ("maximal-update-table-8", &rules::TABLE_8),
    ("maximal-update-table-9", &rules::TABLE_9),
    ("maximal-update-package", &rules::MAXIMAL_UPDATE_PACKAGE),
    ("standard", &rules::STANDARD),
    ("standard-over-width", &rules::STANDARD_OVER_WIDTH),
    ("standard-over-width-3-2", &rules::STANDARD_OVER_WIDTH_3_2),
    ("neural-tangent", &rules::NEURAL_TANGENT),
    ("neural-tangent-over-root-width", &rules::NEURAL_TANGENT_OVER_ROOT_WIDTH),
    ("neural-tangent-over-width", &rules::NEURAL_TANGENT_OVER_WIDTH),
    ("mean-field", &rules::MEAN_FIELD),
    ("naive-deep-mean-field", &rules::NAIVE_DEEP_MEAN_FIELD),
    ("relative-frobenius", &rules::RELATIVE_FROBENIUS),
    ("relative-frobenius-spectral", &rules::RELATIVE_FROBENIUS_SPECTRAL),
    ("relative-frobenius-repaired", &rules::RELATIVE_FROBENIUS_REPAIRED),
    ("uniform", &rules::UNIFORM),
    ("entry-size", &rules::ENTRY_SIZE),
];

/// The name of a value that the table has.
pub(crate) fn of<T: PartialEq>(value: &T, table: &[(&'static str, T)]) -> &'static str {
    table.iter().find(|(_, named)| named == value).map_or("", |(name, _)| name)
}

/// The value of a name, or what to say about a name that the table has not.
pub(crate) fn find<T: Copy>(what: &str, name: &str, table: &[(&'static str, T)]) -> Result<T, String> {
    if let Some((_, value)) = table.iter().find(|(known, _)| *known == name) {
        return Ok(*value);
    }
    let rated = table.iter().map(|(known, _)| (strsim::normalized_damerau_levenshtein(name, known), *known));
    match rated.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((similarity, known)) if similarity >= LEAST_SIMILARITY => {
            Err(format!("unknown {what} `{name}`; did you mean `{known}`?"))
        }
        _ => {
            let known: Vec<_> = table.iter().map(|(known, _)| *known).collect();
            Err(format!("unknown {what} `{name}`, expected one of: {}", known.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_one_name() {
        for rule in rules::ALL {
            let names = RULES.iter().filter(|(_, named)| *named == rule);
            assert_eq!(names.count(), 1, "{}", rule.name);
        }
    }

    #[test]
    fn every_role_and_every_factor_has_a_name() {
        assert!(Role::ALL.iter().all(|role| !of(role, &ROLES).is_empty()));
        assert!(ShapeFactor::ALL.iter().all(|factor| !of(factor, &FACTORS).is_empty()));
    }

    #[test]
    fn a_name_that_resembles_a_known_one_is_answered_with_it() {
        assert_eq!(find("role", "hidden", &ROLES), Ok(Role::Hidden));
        assert_eq!(
            find("role", "hiden", &ROLES),
            Err("unknown role `hiden`; did you mean `hidden`?".to_owned())
        );
        let far = find("factor", "muon", &FACTORS).unwrap_err();
        assert_eq!(far, "unknown factor `muon`, expected one of: one, rms-to-rms, spectral-max, entry-rms");
    }
}
