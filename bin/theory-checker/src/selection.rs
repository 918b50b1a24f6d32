// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which claims a command speaks of.
//!
//! Selectors are a union, in the order of the catalogue, exact claims before laws. Each of them must select something: a selector that selects nothing
//! is more often a slip than a wish, and a campaign that silently runs less than it was asked for proves less.

use core::fmt;

use glob::Pattern;
use widthwise_claims::law::{self, LAWS, Law};
use widthwise_claims::{CATALOGUE, Claim, Kind};

/// Suggestions below this similarity confuse more than they help.
const LEAST_SIMILARITY: f64 = 0.8;

/// Why a selection failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SelectionError {
    /// No claim has this id; the ids nearest to it.
    UnknownId(String, Vec<&'static str>),
    /// The key of a `key:value` is none that we know.
    UnknownKey(String),
    /// The glob is malformed.
    Glob(String, String),
    /// The selector is well-formed and selects nothing.
    Nothing(String),
    /// What was asked has no meaning for a law.
    Law(String),
}

/// What is on trial: an exact claim or a law.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Statement {
    /// Holds for every instance.
    Claim(&'static Claim),
    /// Speaks of powers of the width.
    Law(&'static Law),
}

impl Statement {
    /// Every claim and every law.
    fn all() -> impl Iterator<Item = Self> {
        CATALOGUE.iter().map(|&claim| Self::Claim(claim)).chain(LAWS.iter().map(|&law| Self::Law(law)))
    }

    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Claim(claim) => claim.id,
            Self::Law(law) => law.id,
        }
    }

    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Claim(claim) => claim.kind,
            Self::Law(_) => Kind::Law,
        }
    }

    /// The arXiv number of the paper.
    pub(crate) fn arxiv(self) -> &'static str {
        match self {
            Self::Claim(claim) => claim.paper.arxiv,
            Self::Law(law) => law.paper.arxiv,
        }
    }
}

/// The claims and laws of a command.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// Exact claims.
    pub(crate) claims: Vec<&'static Claim>,
    /// Laws.
    pub(crate) laws: Vec<&'static Law>,
}

impl fmt::Display for SelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownId(id, nearest) => {
                write!(f, "there is no claim `{id}`")?;
                match nearest.as_slice() {
                    [] => f.write_str("; `theory-checker list` shows all"),
                    nearest => write!(f, "; did you mean `{}`?", nearest.join("` or `")),
                }
            }
            Self::UnknownKey(key) => {
                write!(f, "unknown key `{key}:` in a selector; the keys are `paper:` and `kind:`")
            }
            Self::Glob(glob, error) => write!(f, "malformed glob `{glob}`: {error}"),
            Self::Nothing(selector) => write!(f, "`{selector}` selects no claim"),
            Self::Law(id) => write!(
                f,
                "`{id}` is a law, which no single instance decides; `theory-checker check {id}` measures it again"
            ),
        }
    }
}

impl core::error::Error for SelectionError {}

/// The claims and laws that at least one selector selects; all of them if there is no selector.
pub(crate) fn select(selectors: &[String]) -> Result<Selection, SelectionError> {
    let selectors = selectors.iter().map(|text| Selector::parse(text)).collect::<Result<Vec<_>, _>>()?;
    for selector in &selectors {
        if !Statement::all().any(|statement| selector.selects(statement)) {
            return Err(SelectionError::Nothing(selector.to_string()));
        }
    }
    let mut selection = Selection { claims: Vec::new(), laws: Vec::new() };
    for statement in Statement::all() {
        if selectors.is_empty() || selectors.iter().any(|selector| selector.selects(statement)) {
            match statement {
                Statement::Claim(claim) => selection.claims.push(claim),
                Statement::Law(law) => selection.laws.push(law),
            }
        }
    }
    Ok(selection)
}

/// The claim or law with this id.
pub(crate) fn find(id: &str) -> Result<Statement, SelectionError> {
    let claim = widthwise_claims::find(id).map(Statement::Claim);
    let found = claim.or_else(|| law::find(id).map(Statement::Law));
    found.ok_or_else(|| SelectionError::UnknownId(id.to_owned(), nearest(id)))
}

/// The exact claim with this id.
pub(crate) fn find_claim(id: &str) -> Result<&'static Claim, SelectionError> {
    match find(id)? {
        Statement::Claim(claim) => Ok(claim),
        Statement::Law(law) => Err(SelectionError::Law(law.id.to_owned())),
    }
}

enum Selector {
    Id(&'static str),
    Glob(Pattern),
    Paper(String),
    Kind(String),
}

impl Selector {
    fn parse(text: &str) -> Result<Self, SelectionError> {
        if let Some((key, value)) = text.split_once(':') {
            return match key {
                "paper" => Ok(Self::Paper(value.to_owned())),
                "kind" => Ok(Self::Kind(value.to_owned())),
                _ => Err(SelectionError::UnknownKey(key.to_owned())),
            };
        }
        if text.contains(['*', '?', '[']) {
            let pattern = Pattern::new(text)
                .map_err(|error| SelectionError::Glob(text.to_owned(), error.msg.to_owned()))?;
            return Ok(Self::Glob(pattern));
        }
        find(text).map(|statement| Self::Id(statement.id()))
    }

    fn selects(&self, statement: Statement) -> bool {
        match self {
            Self::Id(id) => statement.id() == *id,
            Self::Glob(pattern) => pattern.matches(statement.id()),
            Self::Paper(arxiv) => statement.arxiv() == arxiv,
            Self::Kind(kind) => statement.kind().name() == kind,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.write_str(id),
            Self::Glob(pattern) => f.write_str(pattern.as_str()),
            Self::Paper(arxiv) => write!(f, "paper:{arxiv}"),
            Self::Kind(kind) => write!(f, "kind:{kind}"),
        }
    }
}

/// Up to three ids that resemble `id`, best first.
fn nearest(id: &str) -> Vec<&'static str> {
    let similarity = |candidate: &str| {
        // A piece of an id is as good a hint as a misspelt whole.
        if !id.is_empty() && candidate.contains(id) {
            1.0
        } else {
            strsim::normalized_damerau_levenshtein(id, candidate)
        }
    };
    let mut rated: Vec<_> = Statement::all().map(|s| (similarity(s.id()), s.id())).collect();
    rated.retain(|(similarity, _)| *similarity >= LEAST_SIMILARITY);
    rated.sort_by(|a, b| b.0.total_cmp(&a.0));
    rated.into_iter().take(3).map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(selectors: &[&str]) -> Result<Vec<&'static str>, SelectionError> {
        let selectors: Vec<_> = selectors.iter().map(|&selector| selector.to_owned()).collect();
        let Selection { claims, laws } = select(&selectors)?;
        Ok(claims.iter().map(|claim| claim.id).chain(laws.iter().map(|law| law.id)).collect())
    }

    #[test]
    fn no_selector_selects_everything() {
        assert_eq!(ids(&[]).unwrap().len(), CATALOGUE.len() + LAWS.len());
    }

    #[test]
    fn an_id_selects_its_claim_alone() {
        assert_eq!(ids(&["spectral.opnorm-bound"]), Ok(vec!["spectral.opnorm-bound"]));
    }

    #[test]
    fn selectors_are_a_union_in_the_order_of_the_catalogue() {
        let union = ids(&["spectral.stable-rank", "spectral.opnorm-bound*", "spectral.opnorm-bound"]);
        assert_eq!(
            union,
            Ok(vec!["spectral.opnorm-bound", "spectral.opnorm-bound.equality", "spectral.stable-rank"])
        );
    }

    #[test]
    fn keys_select_by_paper_and_kind() {
        assert!(ids(&["paper:2310.17813"]).unwrap().contains(&"spectral.opnorm-bound"));
        assert_eq!(ids(&["kind:exact"]).unwrap().len(), CATALOGUE.len());
        assert_eq!(ids(&["kind:law"]).unwrap().len(), LAWS.len());
    }

    #[test]
    fn a_law_is_found_but_not_among_the_claims() {
        assert!(matches!(find("spectral.rule.sp"), Ok(Statement::Law(_))));
        let error = find_claim("spectral.rule.sp").unwrap_err();
        assert_eq!(error, SelectionError::Law("spectral.rule.sp".to_owned()));
        assert_eq!(ids(&["spectral.rule.*-over-n"]).unwrap(), ["spectral.rule.sp-lr-over-n"]);
    }

    #[test]
    fn a_selector_that_selects_nothing_is_named() {
        for empty in ["zzz.*", "paper:0000.00000", "kind:rumour"] {
            assert_eq!(ids(&["spectral.*", empty]), Err(SelectionError::Nothing(empty.to_owned())));
        }
    }

    #[test]
    fn unknown_ids_come_with_the_nearest_ones() {
        let Err(SelectionError::UnknownId(_, nearest)) = ids(&["spectral.opnorm-buond"]) else {
            panic!("no error")
        };
        assert_eq!(nearest[0], "spectral.opnorm-bound");
        let Err(SelectionError::UnknownId(_, nearest)) = ids(&["stable-rank"]) else { panic!("no error") };
        assert_eq!(nearest, ["spectral.stable-rank"]);
        let Err(error) = ids(&["nothing-like-it"]) else { panic!("no error") };
        assert_eq!(error.to_string(), "there is no claim `nothing-like-it`; `theory-checker list` shows all");
    }

    #[test]
    fn malformed_selectors_are_refused() {
        assert_eq!(ids(&["author:yang"]), Err(SelectionError::UnknownKey("author".to_owned())));
        assert!(matches!(ids(&["spectral.[a"]), Err(SelectionError::Glob(..))));
    }
}
