// SPDX-License-Identifier: MIT OR Apache-2.0

//! One judged instance, written down: its arrays, every number of its check, and the outcome.

use widthwise_claims::{Check, Checked, Comparison, Observer, Outcome, Relation, judge};
use widthwise_rounding::{Scalar, ScaledEnclosure, Verdict};
use widthwise_sampling::Instance;

use crate::number::{Interval, Number};

/// A judged instance.
#[derive(Clone, Debug)]
pub(crate) struct Transcript {
    /// The arrays of the instance.
    pub(crate) arrays: Vec<Array>,
    /// What the check computed and compared, in its order.
    pub(crate) steps: Vec<Step>,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

/// An array of an instance.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    /// The letter that the statement uses.
    pub(crate) name: &'static str,
    /// Number of rows.
    pub(crate) rows: usize,
    /// Number of columns.
    pub(crate) columns: usize,
    /// The entries, row by row as one reads them.
    pub(crate) entries: Vec<Number>,
}

/// A step of a check.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// An intermediate quantity.
    Quantity {
        /// Its name, as in the statement.
        name: &'static str,
        /// Its enclosure.
        value: Interval,
    },
    /// A comparison.
    Comparison(Sides),
}

/// A comparison, both of its sides, and what they say.
#[derive(Clone, Debug)]
pub(crate) struct Sides {
    pub(crate) formula: &'static str,
    pub(crate) relation: Relation,
    pub(crate) left: Interval,
    pub(crate) right: Interval,
    pub(crate) verdict: Verdict,
    pub(crate) overlap: f64,
    pub(crate) allowance: f64,
}

impl Transcript {
    /// Judges an instance and writes everything down.
    pub(crate) fn of<T: Checked>(check: Check<T>, instance: &Instance<'_, T>, memory: &mut [T]) -> Self {
        let mut recorder = Recorder(Vec::new());
        let outcome = judge(check, instance, memory, &mut recorder);
        Self { arrays: arrays(instance), steps: recorder.0, outcome }
    }

    /// The comparisons.
    pub(crate) fn comparisons(&self) -> impl Iterator<Item = &Sides> {
        self.steps.iter().filter_map(|step| match step {
            Step::Comparison(sides) => Some(sides),
            Step::Quantity { .. } => None,
        })
    }

    /// The first comparison that refutes.
    pub(crate) fn refutation(&self) -> Option<&Sides> {
        self.comparisons().find(|sides| sides.verdict == Verdict::Refuted)
    }
}

impl Sides {
    /// What the enclosures say, in a word.
    pub(crate) fn verdict_name(&self) -> &'static str {
        match self.verdict {
            Verdict::Proved => "proved",
            Verdict::Undecided => "undecided",
            Verdict::Refuted => "refuted",
        }
    }
}

struct Recorder(Vec<Step>);

impl<T: Scalar> Observer<T> for Recorder {
    fn quantity(&mut self, name: &'static str, value: &ScaledEnclosure<T>) {
        self.0.push(Step::Quantity { name, value: value.into() });
    }

    fn comparison(&mut self, comparison: &Comparison<T>) {
        self.0.push(Step::Comparison(Sides {
            formula: comparison.formula,
            relation: comparison.relation,
            left: (&comparison.left).into(),
            right: (&comparison.right).into(),
            verdict: comparison.verdict,
            overlap: comparison.overlap,
            allowance: comparison.allowance,
        }));
    }
}

fn arrays<T: Scalar>(instance: &Instance<'_, T>) -> Vec<Array> {
    let array = |(position, part): (usize, &widthwise_sampling::Part)| {
        let matrix = instance.part(position);
        let entries =
            matrix.row_iter().flat_map(|row| row.iter().map(|&x| Number::new(x, 0)).collect::<Vec<_>>());
        Array { name: part.name, rows: matrix.nrows(), columns: matrix.ncols(), entries: entries.collect() }
    };
    instance.layout().iter().enumerate().map(array).collect()
}
