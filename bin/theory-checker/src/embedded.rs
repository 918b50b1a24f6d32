// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which claims run on every target: the golden table of digests of result bits, which each must reproduce.

/// The table, as a reader of the repository finds it.
pub(crate) const FILE: &str = "tests/golden/digests.txt";

const DIGESTS: &str = include_str!("../../../tests/golden/digests.txt");

/// How many lines of digests of the claim the table holds, over both formats and without its controls.
pub(crate) fn digests(id: &str) -> usize {
    DIGESTS.lines().filter(|line| line.split_whitespace().next() == Some(id)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_a_claim_are_those_of_its_id_alone() {
        assert!(digests("spectral.opnorm-bound") > 0);
        assert_eq!(digests("spectral"), 0);
        let lines = DIGESTS.lines().filter(|line| line.starts_with("spectral.opnorm-bound ")).count();
        assert_eq!(digests("spectral.opnorm-bound"), lines);
    }
}
