// SPDX-License-Identifier: MIT OR Apache-2.0

//! Statement, check, proof and code name each other, and nothing names what is not there.
//!
//! `proofs/manifest.toml` is the table: an exact claim has theorems or a written reason, a theorem belongs to a claim or to a lemma of
//! the kernels, and a Rust item that rests on a lemma says so in its documentation. That the theorems hold, and on which axioms, is for
//! `proofs/audit/gate.sh`.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use widthwise_claims::{CATALOGUE, Kind};

#[derive(Deserialize)]
struct Manifest {
    claims: BTreeMap<String, Entry>,
    lemmas: BTreeMap<String, Entry>,
    unproved: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    theorem: String,
    file: String,
    tier: String,
    rust: String,
}

impl Manifest {
    fn read() -> Self {
        let text = read(&root().join("proofs/manifest.toml"));
        toml::from_str(&text).expect("the manifest is TOML of the documented form")
    }

    fn entries(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.claims.iter().chain(&self.lemmas)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a folder of the workspace")
        .to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust source of a crate.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn last_component(name: &str) -> &str {
    name.rsplit(['.', ':']).next().unwrap_or(name)
}

#[test]
fn every_exact_claim_has_a_theorem_or_a_written_reason_and_never_both() {
    let manifest = Manifest::read();
    for claim in CATALOGUE.iter().filter(|claim| claim.kind == Kind::Exact) {
        let proved = manifest.claims.contains_key(claim.id);
        let reason = manifest.unproved.get(claim.id);
        assert!(proved != reason.is_some(), "{}: a theorem or a reason, one of them", claim.id);
        assert!(reason.is_none_or(|reason| reason.len() > 20), "{}: the reason says nothing", claim.id);
    }
}

#[test]
fn every_theorem_in_the_table_of_claims_names_a_claim() {
    for id in Manifest::read().claims.keys() {
        assert!(CATALOGUE.iter().any(|claim| claim.id == id), "no claim has the id {id}");
    }
}

#[test]
fn every_theorem_stands_in_the_file_that_is_named() {
    for (id, entry) in Manifest::read().entries() {
        let text = read(&root().join("proofs").join(&entry.file));
        let module = entry.file.trim_start_matches("theories/").trim_end_matches(".v").replace('/', ".");
        assert!(!entry.theorem.trim().is_empty(), "{id}");
        for theorem in entry.theorem.split_whitespace() {
            let name = last_component(theorem);
            assert_eq!(theorem, format!("Widthwise.{module}.{name}"), "{id}: not of that file");
            let stated = text.lines().any(|line| {
                let mut words = line.split_whitespace();
                matches!(words.next(), Some("Theorem" | "Lemma" | "Corollary"))
                    && words.next().is_some_and(|word| word.trim_end_matches(':') == name)
            });
            assert!(stated, "{id}: {} states no {name}", entry.file);
        }
        assert!(root().join("proofs/audit").join(format!("allow.{}", entry.tier)).exists(), "{id}: tier");
    }
}

#[test]
fn every_item_that_rests_on_a_lemma_says_so() {
    for (id, entry) in Manifest::read().entries() {
        for item in entry.rust.split_whitespace() {
            let package = item.split("::").next().expect("an item has a path");
            let folder =
                package.strip_prefix("widthwise_").expect("an item of this workspace").replace('_', "-");
            let name = last_component(item);
            let sources = sources(&root().join("crates").join(folder).join("src"));
            let texts: Vec<_> =
                sources.iter().map(|path| read(path)).filter(|text| defines(text, name)).collect();
            assert!(!texts.is_empty(), "{id}: there is no {item}");
            let named = texts.iter().any(|text| {
                entry.theorem.split_whitespace().any(|theorem| documents(text, last_component(theorem)))
            });
            assert!(named, "{id}: no documentation of {item} names one of its theorems");
        }
    }
}

/// Whether a source defines a public function or type of this name.
fn defines(text: &str, name: &str) -> bool {
    ["pub fn ", "pub struct "].iter().any(|keyword| {
        let defined = format!("{keyword}{name}");
        text.match_indices(&defined)
            .any(|(at, _)| text[at + defined.len()..].starts_with(['<', '(', ' ', ';']))
    })
}

/// Whether a doc comment holds `name` as code.
fn documents(text: &str, name: &str) -> bool {
    let code = format!("`{name}`");
    text.lines().map(str::trim_start).any(|line| line.starts_with("//") && line.contains(&code))
}

#[test]
fn every_proof_that_the_sources_cite_exists() {
    for folder in ["crates", "bin", "tests"] {
        for path in sources(&root().join(folder)) {
            let text = read(&path);
            for (at, _) in text.match_indices("proofs/theories/") {
                let cited: String =
                    text[at..].chars().take_while(|&c| c.is_alphanumeric() || "/._-".contains(c)).collect();
                let cited = cited.trim_end_matches('.');
                if cited.ends_with(".v") {
                    assert!(root().join(cited).exists(), "{} cites {cited}", path.display());
                }
            }
        }
    }
}
