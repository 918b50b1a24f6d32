// SPDX-License-Identifier: MIT OR Apache-2.0

//! The formats that the suite runs in, each with its golden matrices.

use widthwise_claims::Checked;
use widthwise_spectral::BatchScalar;

use crate::golden::{F32, F64, GoldenMatrix};

/// A format with all that the suite asks for.
pub(crate) trait Format: Checked + BatchScalar + 'static {
    /// The golden matrices whose entries are numbers of this format.
    fn golden() -> &'static [GoldenMatrix<Self>];
}

impl Format for f32 {
    fn golden() -> &'static [GoldenMatrix<Self>] {
        F32
    }
}

impl Format for f64 {
    fn golden() -> &'static [GoldenMatrix<Self>] {
        F64
    }
}

/// A format by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormatName {
    F32,
    F64,
}

impl FormatName {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::F32, Self::F64].into_iter().find(|format| format.text() == text)
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
}
