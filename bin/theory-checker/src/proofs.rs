// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which theorem proves which claim: the manifest of the folder `proofs`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The folder of the proofs, as a reader of the repository finds it.
const FOLDER: &str = "proofs/";

const MANIFEST: &str = include_str!("../../../proofs/manifest.toml");

/// The theorems by claim.
#[derive(Debug, Deserialize)]
pub(crate) struct Manifest {
    claims: BTreeMap<String, Entry>,
}

/// The theorems behind one claim.
#[derive(Debug, Deserialize)]
struct Entry {
    /// Qualified names, separated by spaces.
    theorem: String,
    /// The file, from the folder of the proofs.
    file: String,
}

/// The machine-checked proof of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// Qualified names of the theorems.
    pub(crate) theorems: Vec<String>,
    /// The file that states them.
    pub(crate) file: String,
}

impl Manifest {
    /// The manifest that this binary was built with.
    ///
    /// # Errors
    ///
    /// Fails if the manifest is malformed.
    pub(crate) fn load() -> Result<Self> {
        toml::from_str(MANIFEST).context("the manifest of the proofs is malformed")
    }

    /// The proof of a claim, if it has one.
    pub(crate) fn proof(&self, id: &str) -> Option<Proof> {
        let entry = self.claims.get(id)?;
        Some(Proof {
            theorems: entry.theorem.split_whitespace().map(str::to_owned).collect(),
            file: format!("{FOLDER}{}", entry.file),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_names_theorems_and_their_file() {
        let manifest = Manifest::load().unwrap();
        let proof = manifest.proof("spectral.opnorm-bound").unwrap();
        assert!(proof.theorems.iter().all(|theorem| theorem.contains('.')), "{proof:?}");
        assert!(proof.file.starts_with("proofs/") && proof.file.ends_with(".v"), "{proof:?}");
        assert_eq!(manifest.proof("no.such.claim"), None);
    }
}
