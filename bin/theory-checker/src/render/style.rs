// SPDX-License-Identifier: MIT OR Apache-2.0

//! Colours, few of them and with a meaning each. The streams drop them where they are not wanted.

use core::fmt::Display;

use anstyle::{AnsiColor, Style};

use crate::verdict::Verdict;

/// Headings.
pub(crate) const HEADING: Style = Style::new().bold();
/// What stands in second place.
pub(crate) const ASIDE: Style = Style::new().dimmed();
/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is open.
pub(crate) const OPEN: Style = AnsiColor::Yellow.on_default().bold();

/// The style of a verdict.
pub(crate) fn of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Held => GOOD,
        Verdict::Refuted | Verdict::ControlNotRefuted => BAD,
        Verdict::Inconclusive(_) | Verdict::Interrupted => OPEN,
    }
}

/// Text in a style.
pub(crate) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
