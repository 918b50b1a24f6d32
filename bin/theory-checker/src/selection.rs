// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which claims a command speaks of.
//!
//! Selectors are a union, in the order of the catalogue, exact claims before laws, and these before definitions. Each of them must select something: a selector that selects nothing
//! is more often a slip than a wish, and a campaign that silently runs less than it was asked for proves less.

use core::fmt;

use glob::Pattern;
use widthwise_claims::law::{self, LAWS, Law};
use widthwise_claims::{CATALOGUE, Claim, DEFINITIONS, Definition, Kind, find_definition};

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
    /// What was asked has no meaning for a definition.
    Definition(&'static Definition),
    /// Nothing but definitions is selected where something has to be tried.
    NothingToTry,
}

/// What has an id: an exact claim or a law, which are on trial, or a definition, which they refer to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Statement {
    /// Holds for every instance.
    Claim(&'static Claim),
    /// Speaks of what is drawn at random.
    Law(&'static Law),
    /// Nothing to be tried.
    Definition(&'static Definition),
}

impl Statement {
    /// Every claim, every law, every definition.
    fn all() -> impl Iterator<Item = Self> {
        let claims = CATALOGUE.iter().map(|&claim| Self::Claim(claim));
        let laws = LAWS.iter().map(|&law| Self::Law(law));
        claims.chain(laws).chain(DEFINITIONS.iter().map(|&definition| Self::Definition(definition)))
    }

    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Claim(claim) => claim.id,
            Self::Law(law) => law.id,
            Self::Definition(definition) => definition.id,
        }
    }

    /// The name of its kind.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Claim(claim) => claim.kind.name(),
            Self::Law(_) => Kind::Law.name(),
            Self::Definition(definition) => definition.kind.name(),
        }
    }

    /// The statement in one line.
    pub(crate) fn statement(self) -> &'static str {
        match self {
            Self::Claim(claim) => claim.statement,
            Self::Law(law) => law.statement,
            Self::Definition(definition) => definition.statement,
        }
    }

    /// The arXiv number of the paper.
    pub(crate) fn arxiv(self) -> &'static str {
        match self {
            Self::Claim(claim) => claim.paper.arxiv,
            Self::Law(law) => law.paper.arxiv,
            Self::Definition(definition) => definition.paper.arxiv,
        }
    }
}

/// The claims, laws and definitions of a command.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// Exact claims.
    pub(crate) claims: Vec<&'static Claim>,
    /// Laws.
    pub(crate) laws: Vec<&'static Law>,
    /// Definitions, assumptions and rules.
    pub(crate) definitions: Vec<&'static Definition>,
}

impl Selection {
    /// The same, if there is something to try.
    pub(crate) fn something_to_try(self) -> Result<Self, SelectionError> {
        if self.claims.is_empty() && self.laws.is_empty() {
            Err(SelectionError::NothingToTry)
        } else {
            Ok(self)
        }
    }
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
            Self::Definition(definition) => write!(
                f,
                "`{}` is no claim, its kind is {}; it is tried by `{}`",
                definition.id,
                definition.kind.name(),
                definition.tried_by.join("`, `")
            ),
            Self::NothingToTry => f.write_str(
                "only definitions, assumptions or rules are selected, which nothing decides; `theory-checker explain` names the claims about each"
            ),
        }
    }
}

impl core::error::Error for SelectionError {}

/// What at least one selector selects; everything if there is no selector.
pub(crate) fn select(selectors: &[String]) -> Result<Selection, SelectionError> {
    let selectors = selectors.iter().map(|text| Selector::parse(text)).collect::<Result<Vec<_>, _>>()?;
    for selector in &selectors {
        if !Statement::all().any(|statement| selector.selects(statement)) {
            return Err(SelectionError::Nothing(selector.to_string()));
        }
    }
    let mut selection = Selection { claims: Vec::new(), laws: Vec::new(), definitions: Vec::new() };
    for statement in Statement::all() {
        if selectors.is_empty() || selectors.iter().any(|selector| selector.selects(statement)) {
            match statement {
                Statement::Claim(claim) => selection.claims.push(claim),
                Statement::Law(law) => selection.laws.push(law),
                Statement::Definition(definition) => selection.definitions.push(definition),
            }
        }
    }
    Ok(selection)
}

/// The claim, law or definition with this id.
pub(crate) fn find(id: &str) -> Result<Statement, SelectionError> {
    let claim = widthwise_claims::find(id).map(Statement::Claim);
    let found = claim
        .or_else(|| law::find(id).map(Statement::Law))
        .or_else(|| find_definition(id).map(Statement::Definition));
    found.ok_or_else(|| SelectionError::UnknownId(id.to_owned(), nearest(id)))
}

/// The exact claim with this id.
pub(crate) fn find_claim(id: &str) -> Result<&'static Claim, SelectionError> {
    match find(id)? {
        Statement::Claim(claim) => Ok(claim),
        Statement::Law(law) => Err(SelectionError::Law(law.id.to_owned())),
        Statement::Definition(definition) => Err(SelectionError::Definition(definition)),
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
            Self::Kind(kind) => statement.kind() == kind,
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
        let Selection { claims, laws, definitions } = select(&selectors)?;
        let tried = claims.iter().map(|claim| claim.id).chain(laws.iter().map(|law| law.id));
        Ok(tried.chain(definitions.iter().map(|definition| definition.id)).collect())
    }

    #[test]
    fn no_selector_selects_everything() {
        assert_eq!(ids(&[]).unwrap().len(), CATALOGUE.len() + LAWS.len() + DEFINITIONS.len());
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
    fn a_definition_is_found_but_not_tried() {
        assert!(matches!(find("spectral.condition-1"), Ok(Statement::Definition(_))));
        let error = find_claim("spectral.condition-1").unwrap_err().to_string();
        assert!(
            error.starts_with("`spectral.condition-1` is no claim, its kind is definition; it is tried by `")
        );
        let select = |selector: &str| select(&[selector.to_owned()]).unwrap();
        assert!(matches!(select("kind:rule").something_to_try(), Err(SelectionError::NothingToTry)));
        assert_eq!(select("spectral.condition*").something_to_try().unwrap().definitions.len(), 1);
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
