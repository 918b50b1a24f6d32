// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a claim is: plain data in a `static` table.
//!
//! A claim ties together a statement with its source, the functions that draw an instance and judge it, and its controls: deliberately
//! wrong variants that the same machinery must refute. Nothing is registered at run time.

use widthwise_rounding::Scalar;
use widthwise_sampling::{Instance, Part, Sizes, Stream};

use crate::{Refusal, Scratch, Trial};

/// A paper whose statements are on trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The arXiv number, as selectors use it.
    pub arxiv: &'static str,
    /// The title.
    pub title: &'static str,
    /// The authors.
    pub authors: &'static str,
}

/// How a claim is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An identity or inequality that holds for every instance of its hypotheses.
    Exact,
    /// A scaling exponent, decided by an estimate from random draws with stated rates of error.
    Law,
}

impl Kind {
    /// The name that selectors and reports use.
    ///
    /// ```
    /// assert_eq!(widthwise_claims::Kind::Exact.name(), "exact");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Law => "law",
        }
    }
}

/// What a reader needs to judge a claim.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The statement, whole, in formulas.
    pub states: &'static str,
    /// What an instance must satisfy.
    pub hypotheses: &'static str,
    /// The arrays of an instance and their shapes.
    pub shapes: &'static str,
    /// How the enclosures of both sides are computed.
    pub checked_as: &'static str,
    /// How wide an undecided overlap may be, and why.
    pub allowance: &'static str,
    /// Where the statement stands in the paper, and what was added to it.
    pub source: &'static str,
}

/// Draws the arrays of an instance whose sizes are set.
pub type Sample<T> = fn(&mut Stream, &mut Instance<'_, T>, Scratch<'_, T>) -> Result<(), Refusal>;

/// Judges an instance: computes enclosures and hands the comparisons to the trial.
pub type Check<T> = fn(&Instance<'_, T>, Scratch<'_, T>, &mut Trial<'_, T>) -> Result<(), Refusal>;

/// One generic function, compiled for both formats.
#[derive(Clone, Copy, Debug)]
pub struct Functions<F32, F64> {
    /// The function in binary32.
    pub f32: F32,
    /// The function in binary64.
    pub f64: F64,
}

/// The same function in both formats, as the tables of claims need it.
macro_rules! both {
    ($function:path) => {
        $crate::claim::Functions { f32: $function, f64: $function }
    };
}
pub(crate) use both;

/// One array of a control's worked counterexample: rows, columns, entries in column-major order.
#[derive(Clone, Copy, Debug)]
pub struct WitnessPart {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// Entries, column by column.
    pub entries: &'static [f64],
}

/// A deliberately wrong variant of a claim, which must be refuted on the claim's own instances.
#[derive(Debug)]
pub struct Control {
    /// The claim's id with the control's name behind it.
    pub id: &'static str,
    /// The wrong statement.
    pub states: &'static str,
    /// Why it is wrong: a counterexample in words.
    pub because: &'static str,
    /// Judges an instance of the claim by the wrong statement.
    pub check: Functions<Check<f32>, Check<f64>>,
    /// A counterexample by hand, an array for each part of the claim's layout.
    pub witness: &'static [WitnessPart],
}

/// A statement with its sampler, check and controls.
#[derive(Debug)]
pub struct Claim {
    /// The stable id.
    pub id: &'static str,
    /// How it is decided.
    pub kind: Kind,
    /// Where it comes from.
    pub paper: &'static Paper,
    /// The statement in one line.
    pub statement: &'static str,
    /// The statement explained.
    pub explanation: Explanation,
    /// The arrays of an instance.
    pub layout: &'static [Part],
    /// Draws the sizes of an instance.
    pub sizes: fn(&mut Stream) -> Sizes,
    /// Draws the arrays of an instance.
    pub sample: Functions<Sample<f32>, Sample<f64>>,
    /// Judges an instance.
    pub check: Functions<Check<f32>, Check<f64>>,
    /// The wrong variants, at least one.
    pub controls: &'static [Control],
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A format that claims can be checked in: picks the function compiled for it.
pub trait Checked: Scalar + sealed::Sealed {
    /// The sampler of `claim` in this format.
    fn sample(claim: &Claim) -> Sample<Self>;
    /// The check of `claim` in this format.
    fn check(claim: &Claim) -> Check<Self>;
    /// The check of `control` in this format.
    fn control(control: &Control) -> Check<Self>;
}

macro_rules! checked {
    ($format:ident) => {
        impl Checked for $format {
            fn sample(claim: &Claim) -> Sample<Self> {
                claim.sample.$format
            }

            fn check(claim: &Claim) -> Check<Self> {
                claim.check.$format
            }

            fn control(control: &Control) -> Check<Self> {
                control.check.$format
            }
        }
    };
}

checked!(f32);
checked!(f64);
