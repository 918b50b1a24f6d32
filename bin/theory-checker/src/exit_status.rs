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
}

impl ExitStatus {
    const ALL: [Self; 6] = [
        Self::Held,
        Self::Refuted,
        Self::Error,
        Self::Inconclusive,
        Self::NothingSelected,
        Self::Interrupted,
    ];

    /// The number that the operating system sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Held => 0,
            Self::Refuted => 1,
            Self::Error => 2,
            Self::Inconclusive => 3,
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
    let row = |status: ExitStatus| format!("\n  {:<3}  {}", status.code(), status.meaning());
    "Exit status:".to_owned() + &ExitStatus::ALL.map(row).concat()
}
