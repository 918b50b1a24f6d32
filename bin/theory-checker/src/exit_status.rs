// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exit statuses: a script's interface, documented in `--help` and stable for ever.

use std::process::ExitCode;

/// What the process says when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// Everything selected held, and every control was refuted.
    Held,
    /// A claim was refuted, or a control was not.
    Refuted,
    /// The command line is wrong, or something failed that says nothing about the claims.
    Error,
    /// Neither held nor refuted: a budget ended, enclosures were too wide, too many instances were skipped.
    Inconclusive,
    /// A selector selects no claim.
    NothingSelected,
    /// Ctrl-C; what was finished has been written.
    Interrupted,
    /// Every size is kept.
    Flat,
    /// A power of the width is not that of a correct rule.
    Moves,
    /// A coordinate check that tells neither.
    Untold,
    /// A plan without findings.
    NoFindings,
    /// A plan with findings.
    Findings,
}

impl ExitStatus {
    /// Those of commands that judge claims.
    const OF_CLAIMS: [Self; 6] = [
        Self::Held,
        Self::Refuted,
        Self::Error,
        Self::Inconclusive,
        Self::NothingSelected,
        Self::Interrupted,
    ];

    /// Those of `plan`.
    const OF_PLANS: [Self; 3] = [Self::NoFindings, Self::Findings, Self::Error];

    /// Those of `coordinate-check`.
    const OF_COORDINATE_CHECKS: [Self; 5] =
        [Self::Flat, Self::Moves, Self::Error, Self::Untold, Self::Interrupted];

    /// The number that the operating system sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Held | Self::NoFindings | Self::Flat => 0,
            Self::Refuted | Self::Findings | Self::Moves => 1,
            Self::Error => 2,
            Self::Inconclusive | Self::Untold => 3,
            Self::NothingSelected => 4,
            // 128 + SIGINT, as shells have it.
            Self::Interrupted => 130,
        }
    }

    /// What the number means.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Held => "everything selected held, and every control was refuted",
            Self::Refuted => "a claim was refuted, or a control was not",
            Self::Error => "usage error or internal error",
            Self::Inconclusive => {
                "inconclusive: a budget ended, enclosures were too wide, or too much was skipped"
            }
            Self::NothingSelected => "a selector selects nothing",
            Self::Interrupted => "interrupted; what was finished has been written",
            Self::Flat => "pass: features, their changes and spectral norms keep their size at every width",
            Self::Moves => "fail: a power of the width is not that of a correct rule",
            Self::Untold => "inconclusive: too noisy, zero, beyond the format, or too narrow",
            Self::NoFindings => "the plan has no findings",
            Self::Findings => "the plan has findings; it has been written",
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

/// The table of `--help`.
pub(crate) fn help() -> String {
    table(&ExitStatus::OF_CLAIMS)
}

/// The table of `plan --help`.
pub(crate) fn plan_help() -> String {
    table(&ExitStatus::OF_PLANS)
}

/// The table of `coordinate-check --help`.
pub(crate) fn coordinate_check_help() -> String {
    table(&ExitStatus::OF_COORDINATE_CHECKS)
}

fn table(statuses: &[ExitStatus]) -> String {
    let row = |status: &ExitStatus| format!("\n  {:<3}  {}", status.code(), status.meaning());
    "Exit status:".to_owned() + &statuses.iter().map(row).collect::<String>()
}
